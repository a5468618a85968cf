"""Declared events: what is assumed to happen, where, how likely, and what it does to people, sites and roads.

Events are assumptions of a case, never forecasts. Each has one or more causes (a compound event has several); a cause
gives every point an intensity between 0 (untouched) and 1 (at its worst), and a table turns intensity into need, loss
and blocked roads. A random field that is correlated in space makes neighbours fare alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.hazards.events import Response
from instances.hazards.fields import correlated_field, cut_links, survival, usable_share
from instances.index import Index
from instances.network import Roads
from instances.places import Demand
from instances.preparation import Phases
from instances.scenarios import LEVELS

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.str_]


@dataclass(frozen=True)
class Flood:
    """Water from the shore: it reaches ``reach`` metres inland where the ground is average."""

    reach: float
    hazard = "flood"


@dataclass(frozen=True)
class Blast:
    """Explosion or large fire: buildings suffer up to ``radius`` metres around, the cordon is the same circle."""

    x: float
    y: float
    radius: float
    hazard = "explosion"


@dataclass(frozen=True)
class Plume:
    """Toxic cloud that drifts ``length`` metres towards ``bearing`` (degrees clockwise from north)."""

    x: float
    y: float
    bearing: float
    length: float
    hazard = "release"


@dataclass(frozen=True)
class Outage:
    """Winter power cut: ``share`` of the town is dark and cold, and snow slows everybody."""

    share: float
    hazard = "outage"


Cause = Flood | Blast | Plume | Outage


@dataclass(frozen=True)
class Event:
    """One scenario as declared: ``weight`` is its relative likelihood given that something happens."""

    name: str
    title: str
    level: str
    weight: float
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class Consequence:
    """What one hazard does at an intensity between 0 and 1; shares of residents look for a public place.

    A site loses its usable area in proportion, all of it from the ``ruin`` intensity of its kind on. Stock and links
    have lognormal fragility curves with the median given here.
    """

    need: tuple[tuple[float, float], ...]  # (share, above this intensity) in the first hours, days, weeks
    ruin: tuple[float, float, float]  # indoors, in the open, underground
    stock: float
    cut: float
    slow: float  # factor on travel time on touched links
    everywhere: float  # added to the factor on all links for every step of the level


CONSEQUENCES: dict[str, Consequence] = {
    "flood": Consequence(((0.60, 0.0), (0.45, 0.2), (0.35, 0.5)), (0.50, 0.33, 0.11), 0.4, 1.25, 2.0, 0.0),
    "explosion": Consequence(((0.80, 0.0), (0.55, 0.4), (0.45, 0.6)), (0.10, 0.10, 0.10), 0.6, 1.1, 1.2, 0.0),
    "release": Consequence(((0.70, 0.0), (0.20, 0.5), (0.00, 1.0)), (0.10, 0.10, 0.10), 0.7, 0.8, 1.2, 0.0),
    "outage": Consequence(((0.08, 0.0), (0.35, 0.0), (0.06, 0.0)), (3.30, 1.00, 2.50), 2.3, 9.0, 1.0, 0.1),
}
SPREAD = 0.25  # of the logarithm of the intensity at which stock is lost or a link is cut
COLD = "outage"  # nobody can camp in the open in winter, lit or dark
SETTING_IN = (24.0, 240.0)  # h: a phase that begins before the first is "hours", before the second "days", else "weeks"
BACKGROUND = {"moderate": 0.05, "high": 0.10, "extreme": 0.20}  # largest usable share lost anywhere by mishap
ROUGHNESS = 0.35  # spread of the log of a flood's reach, from the lie of the land, which the map does not hold
REACH = 400.0  # m, distance at which the random fields have lost 95 % of their correlation
TUNNEL_DEPTH = 1.5  # water finds a tunnel this many times as far from the shore as a street


def in_words(events: tuple[Event, ...]) -> tuple[str, ...]:
    """The assumptions behind the scenarios, one sentence each."""
    shares = "; ".join(f"{name} {', '.join(f'{share:.0%}' for share, _ in c.need)}" for name, c in CONSEQUENCES.items())
    total = sum(e.weight for e in events) or 1.0  # events without any mass are refused later, in better words
    return (
        "Hazards are declared assumptions, not forecasts: place, size and likelihood of every event were chosen.",
        f"Share of residents hit that look for a public place in the first hours, days and weeks: {shares}.",
        "A flood spreads with distance from the shore because the map holds no heights; bridges stay passable.",
        "In a winter outage no site in the open can be used; snow slows everybody.",
        *(f"{e.title} ({e.level}): probability {e.weight / total:.3f}." for e in events),
    )


@dataclass(frozen=True, eq=False)
class Ground:
    """What events touch: demand points, sites and links with their place and nature."""

    demand: Demand
    site: Index
    site_x: Floats
    site_y: Floats
    open_air: Flags
    underground: Flags
    roads: Roads
    middle: Floats  # point halfway along each link
    bridge: Flags
    tunnel: Flags
    shore: Any = None  # line or area of water, None inland
    home_class: Texts | None = None  # classes by which curves tell places apart, such as land-use codes
    site_class: Texts | None = None


def responses(events: tuple[Event, ...], ground: Ground, phases: Phases, seed: int) -> tuple[Response, ...]:
    """What every event does, before it meets a number of people.

    Raises
    ------
    ValueError
        If there is no event, a level is unknown, or a flood is declared where there is no shore.
    """
    _check(events, ground)
    people, sites = len(ground.demand.demand), len(ground.site)
    x = np.concatenate([ground.demand.x, ground.site_x, ground.middle[:, 0]])
    y = np.concatenate([ground.demand.y, ground.site_y, ground.middle[:, 1]])
    shore = _distance(ground.shore, x, y)
    # Two fields an event: the lie of the land, and how strong things are that stand on it.
    points = np.column_stack([x, y])
    reach = max(REACH, float(np.ptp(points, axis=0).max()) / 50.0)  # a field over a whole region is coarser
    lie, strength = correlated_field(points, reach, 2 * len(events), np.random.default_rng(seed)).reshape(2, -1, len(x))
    here, there, links = np.split(np.arange(len(x)), [people, people + sites])
    spans = np.digitize(phases.start, SETTING_IN)
    done = []
    for s, event in enumerate(events):
        unhurt = np.ones((people, len(phases.phase)))
        usable, survives = np.ones((2, sites))
        cut, slow = np.zeros(len(links), bool), np.ones(len(links))
        for cause in event.causes:
            what = CONSEQUENCES[cause.hazard]
            force = _intensity(cause, x, y, shore, lie[s])
            share, above = np.array([what.need[k] for k in spans]).T
            unhurt *= 1.0 - share * (force[here, None] > above)
            usable *= _usable(cause, what, force[there], shore[there], ground)
            soaked = 1.0 + (ground.underground & isinstance(cause, Flood))  # water stands deeper below ground
            survives *= survival(force[there] * soaked, what.stock, SPREAD)
            blocked = cut_links(force[links], what.cut, SPREAD, strength[s, links])
            if isinstance(cause, Flood):
                blocked = (blocked & ~ground.bridge) | (ground.tunnel & (shore[links] < TUNNEL_DEPTH * cause.reach))
            cut |= blocked
            slow *= np.where(force[links] > 0, what.slow, 1.0) * (1.0 + what.everywhere * _rank(event))
        usable *= 1.0 - BACKGROUND[event.level] * _quantile(strength[s, there])
        done.append(Response(1.0 - unhurt, usable, survives, cut, slow))
    return tuple(done)


def hazard_of(event: Event) -> str:
    """Hazards of an event joined with +."""
    return "+".join(dict.fromkeys(c.hazard for c in event.causes))


def default_events(ground: Ground, seed: int, count: int = 12) -> tuple[Event, ...]:
    """Events for a town nobody has declared any for: floods where there is a shore, blasts and plumes where people
    live, and winter outages, in rising levels. Sizes are the same everywhere; places are drawn with the seed.
    """
    rng = np.random.default_rng(seed + 1)
    x, y, people = ground.demand.x, ground.demand.y, ground.demand.people
    kinds = [*(["flood"] if ground.shore is not None else []), "explosion", "outage", "release"]
    reach = {"moderate": 60.0, "high": 120.0, "extreme": 220.0}
    events = []
    for k in range(count):
        level, kind = LEVELS[k // len(kinds) % len(LEVELS)], kinds[k % len(kinds)]
        at = int(rng.choice(len(x), p=people / people.sum()))
        size = reach[level]
        made: dict[str, Cause] = {
            "flood": Flood(size),
            "explosion": Blast(float(x[at]), float(y[at]), 1.2 * size),
            "release": Plume(float(x[at]), float(y[at]), float(rng.uniform(0, 360)), 4.0 * size),
            "outage": Outage({"moderate": 0.3, "high": 0.6, "extreme": 0.9}[level]),
        }
        weight = {"moderate": 6.0, "high": 3.0, "extreme": 1.0}[level]
        place = "" if kind in ("flood", "outage") else f" near {ground.demand.title[at]}"
        title = f"{level.capitalize()} {kind} {k // len(kinds) + 1}{place}"
        events.append(Event(f"{kind} {k // len(kinds) + 1}", title, level, weight, (made[kind],)))
    return tuple(events)


def _check(events: tuple[Event, ...], ground: Ground) -> None:
    faults = [f"{e.name}: level {e.level!r} is not one of {', '.join(LEVELS)}" for e in events if e.level not in LEVELS]
    dry = [e.name for e in events if ground.shore is None and any(isinstance(c, Flood) for c in e.causes)]
    faults += [f"{name}: a flood, but the map holds no shore" for name in dry]
    if not events:
        faults.append("no events: declare at least one")
    if faults:
        raise ValueError("Events: " + "; ".join(faults) + ".")


def _rank(event: Event) -> int:
    return LEVELS.index(event.level) + 1


def _intensity(cause: Cause, x: Floats, y: Floats, shore: Floats, field: Floats) -> Floats:
    """Intensity of a cause at points, in [0, 1]."""
    if isinstance(cause, Flood):
        return np.clip(1.0 - shore / (cause.reach * np.exp(ROUGHNESS * field)), 0.0, 1.0)
    if isinstance(cause, Outage):
        return (field >= np.quantile(field, 1.0 - cause.share)).astype(np.float64)
    east, north = x - cause.x, y - cause.y
    if isinstance(cause, Blast):
        return np.clip(1.0 - np.hypot(east, north) / cause.radius, 0.0, 1.0)
    turn = np.deg2rad(cause.bearing)
    along = east * np.sin(turn) + north * np.cos(turn)
    across = np.abs(east * np.cos(turn) - north * np.sin(turn))
    half = 0.08 * cause.length + 0.22 * np.clip(along, 0.0, None)  # a cloud that widens by 22 m in 100 m
    inside = (along > -0.08 * cause.length) & (across < half)
    return np.where(inside, np.clip(1.0 - np.maximum(along, 0.0) / cause.length, 0.0, 1.0), 0.0)


def _usable(cause: Cause, what: Consequence, force: Floats, shore: Floats, ground: Ground) -> Floats:
    usable = np.ones(len(force))
    kinds = (~ground.open_air & ~ground.underground, ground.open_air, ground.underground)
    for kind, ruin in zip(kinds, what.ruin, strict=True):
        usable[kind] = usable_share(force[kind], 0.0, ruin)
    if isinstance(cause, Flood):
        usable[ground.underground & (shore < TUNNEL_DEPTH * cause.reach)] = 0.0
    if cause.hazard == COLD:
        usable[ground.open_air] = 0.0
    return usable


def _distance(shore: Any, x: Floats, y: Floats) -> Floats:
    import shapely

    if shore is None:
        return np.full(len(x), np.inf)
    shapely.prepare(shore)
    return np.asarray(shapely.distance(shore, shapely.points(x, y)), np.float64)


def _quantile(field: Floats) -> Floats:
    """Standard normal values as quantiles in (0, 1)."""
    from scipy.special import ndtr

    return np.asarray(ndtr(field), np.float64)
