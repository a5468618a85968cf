"""What may happen to a city: from the events of a rule to scenarios with their effects on people, sites and roads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from instances.accounts import Ledger
from instances.hazards import declared, splits
from instances.hazards.chains.following import Chains
from instances.hazards.chains.services import Services, facility_places
from instances.hazards.curves.curve import Curves, curves_in_force
from instances.hazards.declared import Ground
from instances.hazards.effects import IN_WORDS, Vulnerable
from instances.hazards.events import Happening, Likelihood, Response, Source, conditioned
from instances.hazards.exposed import Exposed
from instances.hazards.luck import Luck
from instances.hazards.sources.earthquakes import place_of, source_events
from instances.hazards.sources.footprints import Maps, mapped_events
from instances.hazards.sources.sets import climada_set, set_events, table_set
from instances.index import Index
from instances.preparation import Phases
from instances.scenarios import Damage, Effects, Scenarios
from instances.schema import InstanceError

if TYPE_CHECKING:
    from instances.hazards.rule import HazardsRule
    from instances.layers.layer import Frame

Floats = NDArray[np.float64]
NOTHING = "nothing happens"


@dataclass(frozen=True, eq=False)
class Futures:
    """Scenarios and what they do."""

    scenarios: Scenarios
    effects: Effects
    damage: Damage


def happen(
    rule: HazardsRule, layers: Mapping[str, Any], ground: Ground, phases: Phases, frame: Frame, ledger: Ledger,
    seed: int,
) -> Futures:  # fmt: skip
    """Scenarios of all events of the rule; the same seed gives the same numbers.

    People are those of the demand points: by day ``demand.day``, else ``demand.people``.

    Raises
    ------
    InstanceError
        If layers, files or curves are missing or wrong, or probabilities do not fit together; all faults at once.
    """
    faults: list[str] = []
    curves = _curves(rule, frame, faults)
    ground = _with_classes(rule, layers, ground, ledger, faults)
    exposed, facilities = _exposed(rule, layers, ground, ledger, faults)
    luck = Luck(exposed.xy, seed, rule.sampling.independent, _names(exposed) if rule.sampling.independent else ())
    _tell_reach(rule, luck, ledger)
    maps = Maps(rule.footprints, layers, exposed, ledger, faults)
    sources = _sources(rule, layers, ground, exposed, maps, phases, frame, ledger, faults, seed)
    _raise(faults)
    likely = _conditioned(rule, sources, ledger)
    happenings = splits.by_draw(likely.happenings, rule.sampling.draws, luck)
    services = {
        k: Services(rule.chains[k], layers, places, starts, exposed, luck)  # type: ignore[arg-type]
        for k, (places, starts) in facilities.items()
    }
    happenings = Chains(rule, layers, exposed, luck, maps, services, ledger, faults).apply(happenings)
    maps.book()
    happenings = splits.by_time(splits.by_season(happenings, rule.seasons), rule.times)
    faults += _gaps(happenings, curves, rule)
    _raise(faults)
    if likely.nothing:
        first = happenings[0]
        happenings.append(Happening(NOTHING, NOTHING.capitalize(), "none", likely.nothing, "moderate", time=first.time))
    _tell(rule, happenings, curves, ground, ledger)
    return _futures(rule, happenings, Vulnerable(exposed, curves, luck, rule.sampling, phases), likely.rate)


def _futures(rule: HazardsRule, happenings: list[Happening], stands: Vulnerable, rate: float | None) -> Futures:
    ground, phases = stands.ground, stands.phases
    size = len(happenings)
    need = np.zeros((len(ground.demand.demand), len(phases.phase), size))
    usable, survives = np.ones((2, len(ground.site), size))
    cut, slow = np.zeros((len(ground.middle), size), bool), np.ones((len(ground.middle), size))
    for s, happening in enumerate(happenings):
        one: Response = stands.respond(happening)
        day = happening.time == "day" and ground.demand.day is not None
        people = ground.demand.day if day else ground.demand.people
        assert people is not None
        need[:, :, s] = np.rint(people[:, None] * one.hit)
        usable[:, s], survives[:, s], cut[:, s], slow[:, s] = one.usable, one.survives, one.cut, one.slow
    probability = np.array([h.mass for h in happenings])
    affected = need.sum(axis=0).max(axis=0)
    level = splits.ranked(np.array([h.level for h in happenings]), affected, probability, rule.levels, rate)
    scenario = Index.named("scenario", [h.name for h in happenings])
    times, seasons = (np.array([getattr(h, n) for h in happenings]) for n in ("time", "season"))
    scenarios = Scenarios(
        scenario,
        probability / probability.sum(),
        level,
        np.array([h.hazard for h in happenings]),
        np.array([h.title for h in happenings]),
        time=times if (times != "").all() else None,
        season=seasons if (seasons != "").any() else None,
    )
    effects = Effects(
        scenario, ground.demand.demand, phases.phase, ground.site, need, usable.round(3), survives.round(3)
    )
    return Futures(scenarios, effects, Damage(scenario, ground.roads.link, cut, slow))


def _sources(
    rule: HazardsRule, layers: Mapping[str, Any], ground: Ground, exposed: Exposed, maps: Maps, phases: Phases,
    frame: Frame, ledger: Ledger, faults: list[str], seed: int,
) -> list[Source]:  # fmt: skip
    sources = _declared(rule, ground, phases, frame, ledger, faults, seed)
    joining = {chain.footprint for chain in rule.chains if chain.then == "footprint"}
    sources += mapped_events(maps, rule.footprints_share, joining)
    sources += source_events(rule.earthquakes, rule.earthquakes_share, layers, exposed, frame, ledger, faults)
    sets = [(r, climada_set(r, frame.folder, faults)) for r in rule.climada]
    for given in [*sets, *((r, table_set(r, layers, ledger, faults)) for r in rule.events)]:
        if given[1] is not None:
            found = set_events(given[1], given[0], exposed, frame, ledger, faults)  # type: ignore[arg-type]
            sources += [found] if found is not None else []
    faults += [f for layer in layers.values() for f in getattr(layer, "faults", []) if f not in faults]
    return sources


def _declared(
    rule: HazardsRule, ground: Ground, phases: Phases, frame: Frame, ledger: Ledger, faults: list[str], seed: int
) -> list[Source]:
    """Declared or assumed events, whose responses are made at once from a table of their own."""
    if not rule.declared and rule.assumed is None:
        return []
    events, kind = declared.default_events(ground, seed, rule.assumed or 1), "weight"
    if rule.declared:
        kinds = {r.kind for r in rule.declared}
        if len(kinds) > 1:
            faults.append(f"declared: events are given by {', '.join(sorted(kinds))}; use one of them for all")
            return []
        kind = kinds.pop()
        events = tuple(
            declared.Event(
                r.name, r.title or r.name, r.level,
                next((v for v in (r.probability, r.weight, r.return_period and 1.0 / r.return_period) if v), 0.0),
                tuple(_cause(c, frame) for c in r.causes),
            )
            for r in rule.declared
        )  # fmt: skip
    try:
        done = declared.responses(events, ground, phases, seed)
    except ValueError as error:
        faults.append(str(error))
        return []
    ledger.assume(*declared.in_words(events)[:4])
    found = tuple(
        Happening(e.name, e.title, declared.hazard_of(e), e.weight, e.level, responses=(r,))
        for e, r in zip(events, done, strict=True)
    )
    return [Source("declared", kind, found, rule.declared_share)]


def _cause(rule: Any, frame: Frame) -> declared.Cause:
    if rule.hazard == "flood":
        return declared.Flood(rule.reach)
    if rule.hazard == "outage":
        return declared.Outage(rule.share)
    x, y = place_of(rule.at, frame)
    if rule.hazard == "explosion":
        return declared.Blast(x, y, rule.radius)
    return declared.Plume(x, y, rule.bearing, rule.length)


def _curves(rule: HazardsRule, frame: Frame, faults: list[str]) -> Curves:
    try:
        return curves_in_force(rule.curves, frame.folder)
    except InstanceError as error:
        faults += error.faults
        return Curves((), {}, {})


def _exposed(
    rule: HazardsRule, layers: Mapping[str, Any], ground: Ground, ledger: Ledger, faults: list[str]
) -> tuple[Exposed, dict[int, tuple[dict[str, Floats], dict[str, int]]]]:
    """What hazards touch, facilities included, and where the facilities of each chain are in it."""
    at = int(Exposed(ground).ends[-1])
    found, points = {}, [np.zeros((0, 2))]
    for k, chain in enumerate(rule.chains):
        if chain.then != "services":
            continue
        places = facility_places(chain, layers, ledger, faults)
        starts = {}
        for name, xy in places.items():
            starts[name] = at
            at += len(xy)
            points.append(xy)
        if len(places) == sum(s.layer is not None for s in chain.services):
            found[k] = places, starts
    return Exposed(ground, np.concatenate(points)), found


def _with_classes(
    rule: HazardsRule, layers: Mapping[str, Any], ground: Ground, ledger: Ledger, faults: list[str]
) -> Ground:
    for part in ("homes", "sites"):
        given = getattr(rule.classes, part)
        if given is None:
            continue
        layer = layers.get(given.layer)
        if layer is None or not hasattr(layer, "texts"):
            there = ", ".join(layers) or "none"
            faults.append(f"classes of {part}: no layer called {given.layer!r}; there are {there}")
            continue
        found = Exposed(ground).class_at(layer, given.column, part)
        ledger.read(f"{given.layer} (classes of {part})", len(layer))
        unused = ~np.isin(layer.texts(given.column), found)
        ledger.drop(f"{given.layer} (classes of {part})", "no place has its class", layer.id[unused].tolist())
        ledger.note(f"classes of {part} from {given.layer}: {(found == '').sum()} of {len(found)} lie in no polygon")
        ground = replace(ground, home_class=found) if part == "homes" else replace(ground, site_class=found)
    return ground


def _conditioned(rule: HazardsRule, sources: list[Source], ledger: Ledger) -> Likelihood:
    unknown = rule.probabilities == "unknown"
    likely = conditioned(sources, unknown, rule.nothing == "keep")
    for note in likely.notes:
        ledger.note(note)
    if unknown:
        ledger.assume("Nobody knows the probabilities of events: all are nominally as likely as each other.")
    if rule.levels.return_periods and likely.rate is None:
        fault = "levels by return period need events with rates: return periods, or event sets with rates"
        raise InstanceError("Hazards", [fault])
    return likely


def _gaps(happenings: list[Happening], curves: Curves, rule: HazardsRule) -> list[str]:
    """Hazards nobody says anything about, and times of day that only some events have."""
    pairs = sorted({(f.hazard, f.measure) for h in happenings for f in h.forces})
    triggers = {hazard for chain in rule.chains for hazard in chain.after}
    faults = [
        f"no curve says what {hazard} ({measure}) does; add one under curves.own"
        for hazard, measure in pairs
        if not curves.known(hazard, measure) and hazard not in triggers
    ]
    timed = [bool(h.time) for h in happenings]
    if any(timed) and not all(timed):
        faults.append("some events name a time of day and others do not; give times, so that all have one")
    return faults


def _tell(rule: HazardsRule, happenings: list[Happening], curves: Curves, ground: Ground, ledger: Ledger) -> None:
    """Which curves were used and where they come from."""
    pairs = {(f.hazard, f.measure) for h in happenings for f in h.forces}
    for curve in curves.used(pairs):
        text = f"{', '.join(curve.hazard)}, {', '.join(curve.asset)}: {curve.basis.removeprefix('assumed: ')}"
        (ledger.assume if curve.basis.startswith("assumed: ") else ledger.cite)(text)
    for hazard in sorted({hazard for hazard, _ in pairs}):
        if hazard in curves.seeking:
            shares = ", ".join(f"{s:.0%}" for s in curves.seeking[hazard])
            ledger.assume(f"{hazard}: {shares} seek a place in the hours, days, weeks after ({curves.words[hazard]}).")
        else:
            ledger.note(f"{hazard}: nobody seeks a place because of it, no shares are given (curves.seeking)")
    if pairs:
        ledger.assume(*IN_WORDS)
    for season in rule.seasons:
        (ledger.assume if season.assumption else ledger.cite)(f"Season {season.name}: {season.basis}")
    if rule.times is not None and ground.demand.day is None:
        ledger.assume("As many people are at each place by day as at night; no layer says otherwise.")
    ledger.note(f"{len(happenings)} scenarios of {len({h.key[0] for h in happenings})} events")


def _tell_reach(rule: HazardsRule, luck: Luck, ledger: Ledger) -> None:
    given = rule.sampling
    if given.independent:
        ledger.assume("Every place has luck of its own, which understates how much fails together.")
        return
    reaches = {**dict.fromkeys(["other hazards"], given.reach), **given.reaches}
    text = ", ".join(f"{name} {luck.least_reach(r):.0f} m" for name, r in reaches.items())
    ledger.assume(f"Places fail alike where they are near; 95 % of the correlation is gone at: {text}.")


def _names(exposed: Exposed) -> list[str]:
    g = exposed.ground
    sets = (("home", g.demand.demand), ("site", g.site), ("link", g.roads.link))
    names = [f"{kind} {label}" for kind, index in sets for label in index.labels()]
    return names + [f"facility {k}" for k in range(len(exposed.facilities))]


def _raise(faults: list[str]) -> None:
    if faults:
        raise InstanceError("Hazards", list(dict.fromkeys(faults)))
