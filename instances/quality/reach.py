"""Who can reach a place in time, which places nobody reaches, and how many routes there are."""

from __future__ import annotations

import numpy as np

from instances.instance import Instance
from instances.quality.people import open_to_people
from instances.quality.section import Section, some

Found = tuple[list[Section], list[str]]


def reach(instance: Instance) -> Found:
    """Routes and reach, as far as the instance has them."""
    if instance.routes is None or instance.demand is None:
        return [], []
    tables: list[Section] = [_routes(instance)]
    warnings: list[str] = []
    found = reached(instance)
    if found is not None:
        more, warnings = _reach(instance, *found)
        tables += more
    return tables, warnings


def reached(instance: Instance) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Demand points that have a place in reach, and sites that anybody reaches.

    A place counts if it serves the phase, is still usable, and a route leads there within the standard of its mode in
    the scenario's travel times.

    Returns
    -------
    tuple of three bool arrays, or None if the instance lacks modes, options, routes or effects
        In reach if every link were strengthened, shape (demand, phase, scenario); in reach as the roads stand, same
        shape; reached by anybody ever, shape (site,).
    """
    options, modes, effects, routes = instance.options, instance.modes, instance.effects, instance.routes
    if options is None or modes is None or effects is None or routes is None:
        return None
    site, mode = options.option["site"].position, options.option["mode"].position
    open_ = modes.serves[mode] & (options.ready > 0) & ((options.capacity > 0) & open_to_people(instance))[:, None]
    longest = np.full((instance.sites.site.size, modes.phase.size), -np.inf)
    np.maximum.at(longest, site, np.where(open_, modes.standard[mode][:, None], -np.inf))
    start, goal = routes.route["demand"].position, routes.route["site"].position
    blocked = np.zeros(routes.minutes.shape, bool)
    if routes.crossing is not None and instance.damage is not None:
        hit = instance.damage.cut[routes.crossing["link"].position]
        np.logical_or.at(blocked, routes.crossing["route"].position, hit)
    could, does = np.zeros(effects.need.shape, bool), np.zeros(effects.need.shape, bool)
    anybody = np.zeros(instance.sites.site.size, bool)
    for h in range(modes.phase.size):
        for s in range(routes.scenario.size):
            near = (routes.minutes[:, s] <= longest[goal, h]) & (effects.usable[goal, s] > 0)
            could[start[near], h, s] = True
            does[start[near & ~blocked[:, s]], h, s] = True
            anybody[goal[near]] = True
    return could, does, anybody


def _reach(instance: Instance, could: np.ndarray, does: np.ndarray, anybody: np.ndarray) -> Found:
    demand, effects, futures = instance.demand, instance.effects, instance.scenarios
    assert demand is not None and effects is not None
    rows = []
    for h, phase in enumerate(effects.phase.labels()):
        for s, scenario in enumerate(futures.scenario.labels()):
            need = effects.need[:, h, s]
            rows.append((phase, scenario, need.sum(), need[~does[:, h, s]].sum(), need[~could[:, h, s]].sum()))
    columns = [("phase", ""), ("scenario", ""), ("in need", "people"), ("cut off as roads stand", "people")]
    tables = [Section.of("reach", "Places in reach", [*columns, ("out of reach anyway", "people")], rows)]

    zones = ["all"] if demand.zone is None else demand.zone.target.labels()
    zone = np.zeros(demand.demand.size, int) if demand.zone is None else demand.zone.position
    never = ~np.asarray(could.any(axis=2))
    stranded, warnings = [], []
    without: dict[tuple[int, ...], list[str]] = {}  # the same people are told once for all phases
    for h, phase in enumerate(effects.phase.labels()):
        for z, label in enumerate(zones):
            out = np.flatnonzero(never[:, h] & (zone == z))
            names = some(demand.demand.labels(out))
            residents = demand.people[zone == z].sum()
            stranded.append((phase, label, residents, demand.people[out].sum(), out.size, names))
        # A phase in which nobody is in need anywhere needs no places.
        out = np.flatnonzero(never[:, h] & (effects.need[:, h].max(axis=1, initial=0.0) > 0))
        if out.size:
            without.setdefault(tuple(out.tolist()), []).append(phase)
    for out_, phases in without.items():
        stuck = demand.people[list(out_)].sum()
        warnings.append(
            f"reach: {stuck:,.0f} people at {len(out_)} demand points can reach no place in any scenario, "
            f"phase {', '.join(phases)} ({some(demand.demand.labels(out_))}); "
            "add sites or options near them, or allow longer ways"
        )
    columns = [("phase", ""), ("zone", ""), ("residents", "people"), ("out of reach", "people")]
    columns += [("demand points", "1"), ("which", "")]
    tables.append(Section.of("unreached", "People who can never reach a place", columns, stranded))

    offers = np.zeros(instance.sites.site.size, bool)
    assert instance.options is not None
    offers[instance.options.option["site"].position[open_to_people(instance)]] = True
    idle = np.flatnonzero(offers & ~anybody)
    if idle.size:
        warnings.append(
            f"sites: nobody can reach {idle.size} of {offers.sum()} that may shelter people, in any phase or scenario "
            f"({some(instance.sites.site.labels(idle))}); they only make the problem larger"
        )
    rows_ = [(instance.sites.site.label(int(j)), instance.sites.title[j], instance.sites.use[j]) for j in idle]
    tables.append(
        Section.of("idle sites", "Sites that nobody reaches", [("site", ""), ("title", ""), ("use", "")], rows_)
    )
    return tables, warnings


def _routes(instance: Instance) -> Section:
    """Counts and spreads over demand points, those without any route included."""
    routes, demand = instance.routes, instance.demand
    assert routes is not None and demand is not None
    count = demand.demand.size
    start, goal = routes.route["demand"].position, routes.route["site"].position
    pairs = np.unique(start * max(instance.sites.site.size, 1) + goal)
    per_demand = np.bincount(start, minlength=count)
    sites = np.bincount(pairs // max(instance.sites.site.size, 1), minlength=count)
    possible = count * instance.sites.site.size
    rows = [
        ("pairs of demand and site", possible, "1"),
        ("pairs with a route", pairs.size, "1"),
        ("pairs dropped, out of reach", possible - pairs.size, "1"),
        ("routes", start.size, "1"),
        ("routes beside the first of a pair", start.size - pairs.size, "1"),
        ("demand points without a route", (per_demand == 0).sum(), "1"),
    ]
    for what, values, unit in (
        ("routes per demand point", per_demand, "1"),
        ("sites per demand point", sites, "1"),
        ("walk, all routes and scenarios", routes.minutes, "min"),
    ):
        for word, figure in (("least", np.min), ("median", np.median), ("most", np.max)):
            rows.append((f"{what}, {word}", figure(values) if values.size else None, unit))
    return Section.of("routes", "Routes", [("what", ""), ("value", ""), ("unit", "")], rows)
