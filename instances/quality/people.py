"""People, what each scenario does to them, and the room there could be for them."""

from __future__ import annotations

import numpy as np

from instances.instance import Instance
from instances.preparation import Modes, Options
from instances.quality.section import Section, some
from instances.scenarios import LEVELS

Found = tuple[list[Section], list[str]]


def people(instance: Instance) -> Found:
    """Residents and the largest need by zone, with a total."""
    demand, effects = instance.demand, instance.effects
    if demand is None:
        return [], []
    most = np.full(demand.demand.size, np.nan) if effects is None else effects.need.max(axis=(1, 2), initial=0.0)
    groups = [("all", np.ones(demand.demand.size, bool))]
    if demand.zone is not None:
        groups = [(label, demand.zone.position == z) for z, label in enumerate(demand.zone.target.labels())] + groups
    rows = [(label, inside.sum(), demand.people[inside].sum(), most[inside].sum()) for label, inside in groups]
    columns = [("zone", ""), ("demand points", "1"), ("residents", "people"), ("need at worst", "people")]
    empty = [label for label, inside in groups[:-1] if not inside.any()]
    warnings = [f"zones: nobody lives in {some(empty)}"] if empty else []
    there = (
        demand.people if demand.day is None else np.maximum(demand.people, demand.day)
    )  # workers may need a place too
    more = np.flatnonzero(most > there * (1 + 1e-9))
    if more.size:
        warnings.append(
            f"effects.need: more people need a place than live at {more.size} demand points "
            f"({some(demand.demand.labels(more))}); right only if visitors are meant"
        )
    return [Section.of("people", "People by zone", columns, rows)], warnings


def scenarios(instance: Instance) -> Found:
    """What each scenario does, and how probability is spread over levels."""
    futures, effects, damage, hauls = instance.scenarios, instance.effects, instance.damage, instance.hauls
    count = futures.scenario.size
    none = [None] * count
    need = none if effects is None else effects.need.sum(axis=0).max(axis=0, initial=0.0)
    cut = none if damage is None else damage.cut.sum(axis=0)
    slow = none if damage is None else ((damage.slowdown > 1) & ~damage.cut).sum(axis=0)
    lost = none if effects is None else (effects.usable == 0).sum(axis=0)
    hurt = none if effects is None else ((effects.usable > 0) & (effects.usable < 1)).sum(axis=0)
    blocked = none if hauls is None else (~hauls.passable).sum(axis=0)
    rows = zip(
        futures.scenario.labels(), futures.title, futures.probability, futures.level, futures.hazard,
        need, cut, slow, lost, hurt, blocked, strict=True,
    )  # fmt: skip
    columns = [("scenario", ""), ("title", ""), ("probability", "1"), ("level", ""), ("hazard", "")]
    columns += [("in need", "people"), ("links cut", "1"), ("links slowed", "1")]
    columns += [("sites lost", "1"), ("sites hurt", "1"), ("hauls blocked", "1")]
    levels = [
        (name, (futures.level == name).sum(), futures.probability[futures.level == name].sum()) for name in LEVELS
    ]
    never = np.flatnonzero(futures.probability == 0)
    warnings = []
    if never.size:
        warnings.append(
            f"scenarios: {never.size} have probability 0 ({some(futures.scenario.labels(never))}); "
            "they count only where the worst case does"
        )
    return [
        Section.of("scenarios", "What may happen", columns, list(rows)),
        Section.of("levels", "Shock levels", [("level", ""), ("scenarios", "1"), ("probability", "1")], levels),
    ], warnings


def capacity(instance: Instance) -> Found:
    """Room against need in every phase and scenario, if every site were prepared and fully staffed."""
    options, modes, effects = instance.options, instance.modes, instance.effects
    if options is None or modes is None or effects is None:
        return [], []
    shelters = np.flatnonzero(modes.role == "shelter")
    site, mode = options.option["site"].position, options.option["mode"].position
    places = options.capacity[:, None] * options.ready * modes.serves[mode] * open_to_people(instance)[:, None]
    room = most_room(options, modes, places, instance.sites.site.size)
    rows, tight = [], []
    for h, phase in enumerate(effects.phase.labels()):
        for s, scenario in enumerate(instance.scenarios.scenario.labels()):
            usable = effects.usable[:, s]
            by_mode = [(places[mode == m, h] * usable[site[mode == m]]).sum() for m in shelters]
            need, most = effects.need[:, h, s].sum(), room[:, h] @ usable
            rows.append((phase, scenario, need, most, need / most if most > 0 else None, *by_mode))
            if need > most * (1 + 1e-9):
                tight.append((need - most, phase, scenario, need, most))
    columns = [("phase", ""), ("scenario", ""), ("in need", "people"), ("room at most", "people"), ("filled", "1")]
    columns += [(f"room as {label}", "people") for label in modes.mode.labels(shelters)]
    warnings = []
    if tight:
        _, phase, scenario, need, most = max(tight)
        warnings.append(
            f"room: in {len(tight)} of {len(rows)} pairs of phase and scenario more people need a place than all sites "
            f"together could take, worst in {phase}, {scenario}: {need:,.0f} people, room for {most:,.0f}; "
            "a promise to serve everyone there cannot be kept"
        )
    return [Section.of("capacity", "Room and need", columns, rows)], warnings


def open_to_people(instance: Instance) -> np.ndarray:
    """Options that may shelter people: role shelter, at a site that is not forbidden; shape (options,)."""
    options, modes = instance.options, instance.modes
    assert options is not None and modes is not None
    shelter = modes.role[options.option["mode"].position] == "shelter"
    allowed = instance.sites.status[options.option["site"].position] != "forbidden"
    return np.asarray(shelter & allowed)


def most_room(options: Options, modes: Modes, places: np.ndarray, sites: int) -> np.ndarray:
    """Most people each site can take in each phase, shape (sites, phases), ``places`` given per option and phase.

    Modes share the site's area by their footprints. Filling the area with the densest mode first is the optimum of
    this fractional knapsack (Dantzig 1957, doi:10.1287/opre.5.2.266).
    """
    site = options.option["site"].position
    with np.errstate(divide="ignore", invalid="ignore"):
        density = np.where(places > 0, places / options.footprint[:, None], 0.0)
    room = np.zeros((sites, places.shape[1]))
    for h in range(places.shape[1]):
        area = np.ones(sites)
        for o in np.argsort(-density[:, h], kind="stable"):
            if places[o, h] <= 0:
                break
            share = min(1.0, area[site[o]] / options.footprint[o]) if options.footprint[o] > 0 else 1.0
            room[site[o], h] += share * places[o, h]
            area[site[o]] -= share * options.footprint[o]
    return room
