"""Events before they meet people and roads: what forces act where, and how likely each event is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from instances.schema import InstanceError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MASSES = ("rate", "weight", "probability", "unknown")


@dataclass(frozen=True, eq=False)
class Force:
    """One hazard's intensity at every point: people, sites, links and facilities of services.

    Attributes
    ----------
    measure
        What the intensity measures: depth, PGA, SA1, PGD, gust, temperature, share.
    homes, sites, links, facilities
        Intensity in the measure's own unit (:data:`instances.hazards.measures.UNIT`), 0 where untouched.
    scatter
        Spread of the logarithm of the intensity that neighbours share, and that all places share; 0 for a map taken
        as it is. It is drawn once per draw of the event.
    """

    hazard: str
    measure: str
    homes: Floats
    sites: Floats
    links: Floats
    facilities: Floats
    within: float = 0.0
    between: float = 0.0
    reach: float = 0.0  # m, practical range of the scatter within one event

    @property
    def everywhere(self) -> Floats:
        """People, sites, links and facilities in one array."""
        return np.concatenate([self.homes, self.sites, self.links, self.facilities])

    def scaled(self, factor: Floats) -> Force:
        """Intensity times a factor a point (in the order of :attr:`everywhere`), without any scatter left."""
        sizes = [len(self.homes), len(self.sites), len(self.links)]
        homes, sites, links, facilities = np.split(self.everywhere * factor, np.cumsum(sizes))
        return Force(self.hazard, self.measure, homes, sites, links, facilities)


@dataclass(frozen=True, eq=False)
class Response:
    """What an event does, already as shares and factors."""

    hit: Floats  # (people, phases): share that seeks a place
    usable: Floats  # per site
    survives: Floats  # per site
    cut: Flags  # per link
    slow: Floats  # per link, at least 1


@dataclass(frozen=True, eq=False)
class Happening:
    """One event with its forces; splits (draws, chains, seasons, times) make several of it.

    Attributes
    ----------
    root
        Name of the event that it began as: everything random is drawn from the seed, this name and ``draw``, so that
        splits of one event differ only in what the split says.
    mass
        Probability once conditioned; before, a rate, weight or probability as its source gives it.
    """

    name: str
    title: str
    hazard: str
    mass: float
    level: str = ""
    season: str = ""
    time: str = ""
    forces: tuple[Force, ...] = ()
    responses: tuple[Response, ...] = ()
    root: str = ""
    draw: int = 0
    need: float = 1.0  # factors of the season
    open_air: float = 1.0
    slow: float = 1.0

    @property
    def key(self) -> tuple[str, int]:
        """What its random numbers depend on."""
        return self.root or self.name, self.draw

    def split(self, name: str, title: str, share: float, **changes: object) -> Happening:
        """A part of the event with ``share`` of its probability; names are joined with commas."""
        joined = {"name": f"{self.name}, {name}" if name else self.name, "mass": self.mass * share}
        joined |= {"title": f"{self.title}, {title}" if title else self.title, "root": self.root or self.name}
        return replace(self, **joined, **changes)  # type: ignore[arg-type]

    def joined(self, hazard: str, *forces: Force) -> dict[str, object]:
        """Changes that add another hazard with its forces."""
        labels = dict.fromkeys([*self.hazard.split("+"), *hazard.split("+")])
        return {"hazard": "+".join(labels), "forces": (*self.forces, *forces)}


@dataclass(frozen=True, eq=False)
class Source:
    """Events of one section of the rule, whose masses can be compared with each other."""

    name: str
    kind: str  # one of MASSES
    happenings: tuple[Happening, ...]
    share: float | None = None  # probability that an event that happens is one of these
    nothing: float = 0.0  # mass of events that touch nothing here
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, eq=False)
class Likelihood:
    """Events with probabilities that sum to 1, together with that of nothing happening (0 unless it is kept)."""

    happenings: list[Happening]
    nothing: float
    rate: float | None  # events a year that the probabilities are shares of; None if unknown
    notes: list[str]


def conditioned(sources: list[Source], unknown: bool = False, keep_nothing: bool = False) -> Likelihood:
    """Probabilities given that an event happens: they sum to 1.

    Masses of one kind are compared as they are. Sources of different kinds (rates a year, relative weights) cannot be
    compared, so each then needs its ``share``. Probabilities may sum to less than 1; the rest is that nothing
    happens.

    Parameters
    ----------
    unknown
        Nobody knows the probabilities: all events are equally likely, nominally.
    keep_nothing
        "Nothing happens" is one more event, with the mass of all events that touch nothing.

    Raises
    ------
    InstanceError
        If masses are not positive, do not fit together, or no event is left.
    """
    faults, notes = _mass_faults(sources, unknown), []
    if faults:
        raise InstanceError("The events have no usable probabilities", faults)
    shared = len({s.kind for s in sources}) > 1 or any(s.share is not None for s in sources)
    given: list[Happening] = []
    idle = 0.0
    for source in sources:
        masses = np.array([1.0 if unknown else h.mass for h in source.happenings])
        nothing = 0.0 if unknown else source.nothing
        total = float(masses.sum()) + nothing
        if source.kind == "rate" and not unknown:
            notes.append(
                f"{source.name}: {total:.4g} events a year, of which {nothing:.4g} touch nothing here; "
                f"at least one in a year with probability {1.0 - np.exp(-total):.3f}"
            )
        scale = (source.share or 0.0) / total if shared and not unknown else 1.0
        given += [replace(h, mass=float(m) * scale) for h, m in zip(source.happenings, masses, strict=True)]
        idle += nothing * scale
    if not shared and not unknown and sources[0].kind == "probability":
        idle = max(0.0, 1.0 - float(np.sum([h.mass for h in given])))
    idle = idle if keep_nothing else 0.0
    whole = float(np.sum([h.mass for h in given])) + idle
    known = not unknown and all(s.kind == "rate" for s in sources)
    rate = sum(h.mass for s in sources for h in s.happenings) + (idle and sum(s.nothing for s in sources))
    return Likelihood([replace(h, mass=h.mass / whole) for h in given], idle / whole, rate if known else None, notes)


def _mass_faults(sources: list[Source], unknown: bool) -> list[str]:
    faults = []
    if not any(s.happenings for s in sources):
        return ["no events: give at least one that touches people, sites or roads"]
    names = [h.name for s in sources for h in s.happenings]
    twice = sorted({n for n in names if names.count(n) > 1})[:5] if len(set(names)) < len(names) else []
    faults += [f"{n!r}: more than one event of this name" for n in twice]
    if unknown:
        return faults
    for source in sources:
        bad = [h.name for h in source.happenings if not (np.isfinite(h.mass) and h.mass > 0)]
        if bad:
            faults.append(f"{source.name}: {len(bad)} events have no mass above 0, first {bad[0]!r}")
        if source.kind == "unknown":
            faults.append(f"{source.name}: no probability, return period or weight; or say probabilities: unknown")
    total = sum(h.mass for s in sources if s.kind == "probability" and s.share is None for h in s.happenings)
    if total > 1.0 + 1e-9:
        faults.append(f"probabilities sum to {total:.6g}, more than 1")
    kinds = {s.kind for s in sources}
    shares = [s.share for s in sources]
    if len(kinds) > 1 and None in shares:
        faults.append(
            f"{', '.join(f'{_first(s)} by {s.kind}' for s in sources)}: these cannot be compared; give every one its "
            "share, the probability that an event that happens is one of these (declared_share, footprints_share, "
            "earthquakes_share; share in climada and events)"
        )
    elif None in shares and any(s is not None for s in shares):
        faults.append("share: give it to every source of events or to none")
    elif None not in shares and abs(sum(s or 0.0 for s in shares) - 1.0) > 1e-6:
        faults.append(f"share: sums to {sum(s or 0.0 for s in shares):.6g} over the sources, not 1")
    return faults


def _first(source: Source) -> str:
    """A source without the kind of mass that some carry in their name."""
    return source.name.removesuffix(f" by {source.kind}")
