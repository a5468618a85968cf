"""Questions of location put to an instance: its people, its sites in one mode, and its shortest ways on a calm day."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.location.access import Access
from formulations.location.pairs import Pairs
from instances import matrix
from instances.instance import Instance
from instances.marked import Marked
from instances.schema import InstanceError

Between = Literal["straight", "hauls"]


def access_of(
    instance: Instance,
    *,
    mode: str | None = None,
    by: Literal["metres", "minutes"] | None = None,
    limit: float | None = None,
    scenario: str | None = None,
    between: Between | None = None,
) -> Access:
    """What a question of location needs of an instance.

    People are the residents of the demand points. A pair of a demand point and a site is within reach if the instance
    has a route between them; of several ways the shortest counts. Zones and names are those of the instance.

    Parameters
    ----------
    mode
        What sites are prepared for: their capacity and cost are those of the option for this mode, and a candidate
        without one is forbidden. With None it is the mode of shelter that has most room at each site, the cheapest of
        them if several have; the only one where there is only one. An instance without options knows neither capacity
        nor cost, and all sites are candidates.
    by
        ``metres`` along the network or ``minutes`` on foot; None takes metres, unless the instance was made of a
        matrix of minutes and its metres are derived.
    limit
        Longer ways are left out, in metres or minutes.
    scenario
        Whose minutes are meant, where ways that it cuts are left out. With None it is a calm day: no way is cut, and
        each takes as long as in the scenario in which it is fastest.
    between
        Distances between sites: ``straight``, in metres as the crow flies; ``hauls``, along the roads as in ``by``,
        the shorter of the two directions. None leaves them out.

    Raises
    ------
    InstanceError
        If the instance lacks people or ways, or something named here is unknown; all faults at once. People without a
        site within reach are no fault here: the questions that serve everybody refuse them by name.
    """
    instance.need("demand", "routes")
    assert instance.demand is not None and instance.routes is not None
    assumed = instance.about.assumptions
    if by is None:
        derived = matrix.METRES_DERIVED.partition(";")[0]
        by = "minutes" if any(said.startswith(derived) for said in assumed) else "metres"
    faults = [] if by in ("metres", "minutes") else [f"by: {by!r} is unknown; use metres or minutes"]
    if limit is not None and not limit >= 0:
        faults.append(f"limit: {limit!r}, expected {by} from 0 up")
    kept = _uncut(instance, scenario, faults)
    room, price, offered = _options(instance, mode, faults)
    apart = _between(instance, between, by, faults)
    if faults:
        raise InstanceError(f"Instance {instance.about.name!r} cannot be read like this", faults)
    status = instance.sites.status.copy()
    status[(status == "candidate") & ~offered] = "forbidden"
    value = _lengths(instance, by, scenario)
    kept &= value <= (np.inf if limit is None else limit)
    abstract = matrix.NO_PLACES in assumed
    return Access.of(
        instance.demand.people,
        _shortest(instance, value, kept),
        demand=instance.demand.demand,
        site=instance.sites.site,
        unit=_unit(assumed, by),
        weight_unit="people",
        capacity=None if matrix.NO_CAPACITY in assumed else room,
        cost=None if matrix.NO_COST in assumed else price,
        status=status,
        zone=instance.demand.zone,
        groups=_groups(instance),
        between=apart,
        frames=(None, None) if abstract else _frames(instance),
        unreached=True,
    )


def _groups(instance: Instance) -> dict[str, Floats]:
    """Residents of each group."""
    groups = instance.groups
    return {} if groups is None else dict(zip(groups.group.labels(), groups.night.T, strict=True))


def _uncut(instance: Instance, scenario: str | None, faults: list[str]) -> NDArray[np.bool_]:
    """Routes that can be walked."""
    routes, damage = instance.routes, instance.damage
    assert routes is not None
    kept = np.ones(routes.route.size, bool)
    if scenario is None:
        return kept
    names = routes.scenario.labels()
    if scenario not in names:
        faults.append(f"scenario: {scenario!r} is unknown; use one of {', '.join(names)}")
    elif routes.crossing is not None and damage is not None:
        cut = damage.cut[routes.crossing["link"].position, names.index(scenario)]
        kept[routes.crossing["route"].position[cut]] = False
    return kept


def _lengths(instance: Instance, by: str, scenario: str | None) -> Floats:
    routes = instance.routes
    assert routes is not None
    if by == "metres":
        return routes.metres
    if scenario is not None:
        return np.asarray(routes.minutes[:, routes.scenario.position(scenario)])
    calm: Floats = routes.minutes.min(axis=1)
    return calm


def _shortest(instance: Instance, value: Floats, kept: NDArray[np.bool_]) -> Pairs:
    """The shortest way of each pair."""
    assert instance.routes is not None and instance.demand is not None
    n, m = instance.demand.demand.size, instance.sites.site.size
    parts = instance.routes.route
    i, j, value = parts["demand"].position[kept], parts["site"].position[kept], value[kept]
    code = i.astype(np.int64) * m + j
    if (np.diff(code) > 0).all():  # one way for each pair
        return Pairs.listed(i, j, value, (n, m))
    order = np.lexsort((value, code))
    i, j, value = i[order], j[order], value[order]
    first = np.ones(len(i), bool)
    first[1:] = (i[1:] != i[:-1]) | (j[1:] != j[:-1])
    return Pairs.listed(i[first], j[first], value[first], (n, m))


def _options(
    instance: Instance, mode: str | None, faults: list[str]
) -> tuple[Floats | None, Floats | None, NDArray[np.bool_]]:
    """Capacity and cost of each site, and whether it can be prepared at all."""
    options, modes, m = instance.options, instance.modes, instance.sites.site.size
    if options is None or modes is None:
        if mode is not None:
            faults.append(f"mode: {mode!r}, but this instance has no options")
        return None, None, np.ones(m, bool)
    names = modes.mode.labels()
    if mode is not None and mode not in names:
        faults.append(f"mode: {mode!r} is unknown; use one of {', '.join(names)}")
        return None, None, np.ones(m, bool)
    wanted = modes.role == "shelter" if mode is None else np.array(names) == mode
    if not wanted.any():
        return None, None, np.ones(m, bool)
    mine = np.flatnonzero(wanted[options.option["mode"].position])
    # the roomiest comes last, of several the cheapest
    mine = mine[np.lexsort((-options.cost[mine], options.capacity[mine]))]
    site = options.option["site"].position[mine]
    room, price, offered = np.zeros(m), np.zeros(m), np.zeros(m, bool)
    room[site], price[site], offered[site] = options.capacity[mine], options.cost[mine], True
    return room, price, offered


def _between(instance: Instance, between: str | None, by: str, faults: list[str]) -> Floats | None:
    if between is None:
        return None
    sites, m = instance.sites, instance.sites.site.size
    if between == "straight":
        if by != "metres":
            faults.append("between: straight lines are in metres; use by=metres")
        if not instance.about.crs or matrix.NO_PLACES in instance.about.assumptions:
            faults.append(
                "between: the coordinates of the sites are not known; use hauls or give a matrix to Access.of"
            )
        apart: Floats = np.hypot(sites.x[:, None] - sites.x, sites.y[:, None] - sites.y)
        return apart
    if between != "hauls":
        faults.append(f"between: {between!r} is unknown; use straight or hauls")
        return None
    if instance.hauls is None:
        faults.append("between: this instance has no hauls; use straight")
        return None
    full = np.full((m, m), np.inf)
    ends = instance.hauls.haul
    start, goal = (ends[key].position for key in list(ends.parts)[:2])
    np.minimum.at(full, (start, goal), getattr(instance.hauls, by))
    np.fill_diagonal(full, 0.0)
    shorter: Floats = np.minimum(full, full.T)
    return shorter


def _unit(assumed: tuple[str, ...], by: str) -> str:
    if by == "minutes":
        return "min"
    return "" if matrix.NO_UNIT in assumed else "m"


def _frames(instance: Instance) -> tuple[Marked, Marked]:
    demand, sites, crs = instance.demand, instance.sites, instance.about.crs
    assert demand is not None
    return (
        Marked(demand.demand.labels(), demand.x, demand.y, crs, {"title": demand.title}),
        Marked(
            sites.site.labels(), sites.x, sites.y, crs, {"title": sites.title, "use": sites.use, "area": sites.area}
        ),
    )
