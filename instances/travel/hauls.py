"""Hauls of goods between sites by road: quickest undamaged ways, and whether any way is left in a scenario."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.accounts import Ledger
from instances.index import Index
from instances.network import Hauls, Roads
from instances.scenarios import Damage
from instances.travel.arcs import MILLISECONDS, Arcs, Floats, Ints, by_place, expand, limit_of, milliseconds
from instances.travel.bundle import Bundle
from instances.travel.router import Router


def driving_hauls(
    roads: Roads,
    scenario: Index,
    damage: Damage | None,
    site: Index,
    site_node: Ints,
    site_access: Floats,
    origins: Ints,
    destinations: Ints,
    cutoff: float,
    *,
    nearest: int | None = None,
    oneway: bool = True,
    ledger: Ledger | None = None,
) -> Hauls:
    """Hauls by road between the sites ``origins`` and ``destinations`` (positions), at most ``cutoff`` minutes long.

    A haul is passable in a scenario if any way over drivable links joins the two ends, because a driver goes round
    a cut; its length and time are those of the best undamaged way. Where the ends are torn apart, strengthening the
    links in ``crossing`` that the scenario cuts reopens that way. A site supplies itself by a haul of no length.

    Parameters
    ----------
    nearest
        Every destination keeps the hauls from so many nearest origins other than itself, and no more; how many
        are left out is noted in ``ledger``.
    oneway
        Whether ``roads.oneway``, where there is one, binds drivers.

    Raises
    ------
    ValueError
        As :func:`instances.travel.ways.walking_routes`.
    """
    places_fit(roads, scenario, damage, site_node, site_access, site)
    origins, destinations = np.asarray(origins, np.intp), np.asarray(destinations, np.intp)
    node = np.asarray(site_node, np.intp)
    bound = roads.oneway if oneway else None
    arcs = Arcs.of_roads(roads, roads.drivable, bound)
    weight = milliseconds(roads.drive)
    limit = limit_of(cutoff)
    from_, to = np.unique(node[origins]), np.unique(node[destinations])
    if nearest is None:
        couple_from, couple_to = np.repeat(from_, len(to)), np.tile(to, len(from_))
        reach = np.full(len(couple_from), limit)
    else:
        times = _times(roads, arcs, weight, from_, to, cutoff)
        origin, destination, dropped = _nearest(times, node, site_access, origins, destinations, nearest, cutoff)
        key = np.unique(node[origin] * len(roads.node) + node[destination])
        couple_from, couple_to = np.divmod(key, len(roads.node))
        reach = times[np.searchsorted(from_, couple_from), np.searchsorted(to, couple_to)]
        if ledger is not None and dropped:
            ledger.note(f"hauls: {dropped} beyond the {nearest} nearest origins of a destination are left out")
    ways = _quickest(roads, arcs, weight, couple_from, couple_to, reach, by_end=nearest is not None)
    couple_from, couple_to = couple_from[ways.couple], couple_to[ways.couple]
    key = couple_from * len(roads.node) + couple_to  # rising, as ways are sorted by couple
    if nearest is None:
        origin, destination, way = _every(roads, couple_from, couple_to, node, origins, destinations)
    else:
        way = np.searchsorted(key, node[origin] * len(roads.node) + node[destination])
    minutes = ways.best[way] / MILLISECONDS + site_access[origin] + site_access[destination]
    within = minutes <= cutoff + 0.5 / MILLISECONDS
    order = np.flatnonzero(within)[np.lexsort((destination[within], origin[within]))]
    origin, destination, way, minutes = origin[order], destination[order], way[order], minutes[order]
    haul = Index.tuples("haul", origin=(site, origin), destination=(site, destination))
    return Hauls(
        haul=haul,
        scenario=scenario,
        metres=(ways.incidence(len(roads.link)) @ roads.length)[way],
        minutes=np.where(origin == destination, 0.0, minutes),
        passable=_joined(roads, damage, len(scenario), bound, node[origin], node[destination]),
        crossing=link_crossing("haul crossing", "haul", haul, roads, damage, ways, way),
    )


def components(roads: Roads, passable: NDArray[np.bool_]) -> Ints:
    """Number of the connected part each node belongs to when only ``passable`` links count, shape ``(node,)``."""
    return _parts(roads, passable, None)


def link_crossing(
    name: str, component: str, index: Index, roads: Roads, damage: Damage | None, ways: Bundle, way: Ints
) -> Index | None:
    """Tuples of a route (or haul), which takes way ``way`` of ``ways``, and a link on it that some scenario cuts."""
    if damage is None:
        return None
    hit = np.any(damage.cut, axis=1)[ways.link]
    start = np.concatenate([np.zeros(1, np.intp), np.cumsum(hit)])[ways.start]
    which, member = expand(start, way)
    return Index.tuples(name, **{component: (index, which), "link": (roads.link, ways.link[hit][member])})


def places_fit(roads: Roads, scenario: Index, damage: Damage | None, node: Ints, access: Floats, place: Index) -> None:
    """Refuse damage and places that do not belong to the roads.

    Raises
    ------
    ValueError
        If ``damage`` is about other links or scenarios, or nodes and access times do not fit the index set.
    """
    if damage is not None and (damage.link is not roads.link or damage.scenario is not scenario):
        raise ValueError(f"damage over {damage.link} x {damage.scenario} does not fit {roads.link} x {scenario}.")
    if np.shape(node) != (len(place),) or np.shape(access) != (len(place),):
        raise ValueError(f"{place}: nodes {np.shape(node)} and access times {np.shape(access)}, expected one each.")
    if len(place) and not (0 <= np.min(node) and np.max(node) < len(roads.node)):
        raise ValueError(f"{place}: a node lies outside {roads.node}.")


def _times(roads: Roads, arcs: Arcs, weight: Any, from_: Ints, to: Ints, cutoff: float) -> Floats:
    router = Router(arcs, roads.x, roads.y)
    router.set_weights(weight)
    return router.matrix(from_, to, cutoff)


def _nearest(
    times: Floats, node: Ints, access: Floats, origins: Ints, destinations: Ints, nearest: int, cutoff: float
) -> tuple[Ints, Ints, int]:
    """The origins nearest to each destination, itself aside, and how many hauls in reach are left out."""
    row = np.searchsorted(np.unique(node[origins]), node[origins])
    column = np.searchsorted(np.unique(node[destinations]), node[destinations])
    kept_from, kept_to, dropped = [np.zeros(0, np.intp)], [np.zeros(0, np.intp)], 0
    for j, c in zip(destinations, column, strict=True):
        total = times[row, c] / MILLISECONDS + access[origins] + access[j]
        near = np.flatnonzero(total <= cutoff + 0.5 / MILLISECONDS)
        own = origins[near] == j
        others = near[~own][np.argsort(total[near[~own]], kind="stable")]
        kept = np.concatenate([near[own], others[:nearest]])
        dropped += len(near) - len(kept)
        kept_from.append(origins[kept])
        kept_to.append(np.full(len(kept), j, np.intp))
    return np.concatenate(kept_from), np.concatenate(kept_to), dropped


def _every(
    roads: Roads, couple_from: Ints, couple_to: Ints, node: Ints, origins: Ints, destinations: Ints
) -> tuple[Ints, Ints, Ints]:
    """All pairs of places at the ends of couples: origin, destination, couple."""
    start = np.searchsorted(couple_from, np.arange(len(roads.node) + 1)).astype(np.intp)
    which, couple = expand(start, node[origins])
    order = np.argsort(node[destinations], kind="stable")
    starts = np.searchsorted(node[destinations][order], np.arange(len(roads.node) + 1)).astype(np.intp)
    again, member = expand(starts, couple_to[couple])
    return origins[which[again]], destinations[order[member]], couple[again]


def _quickest(
    roads: Roads, arcs: Arcs, weight: Any, couple_from: Ints, couple_to: Ints, limit: Any, by_end: bool
) -> Bundle:
    """Quickest ways of couples within their limits; those out of reach have none."""
    from scipy.sparse import csgraph

    graph, start, end = (arcs.turned(), couple_to, couple_from) if by_end else (arcs, couple_from, couple_to)
    matrix, arc = graph.sparse(weight)
    key = graph.tail[arc] * graph.nodes + graph.head[arc]
    sources, row = np.unique(start, return_inverse=True)
    order = by_place(roads.x[sources], roads.y[sources])
    place = np.argsort(order, kind="stable")  # where each source stands in that order
    block = graph.block()
    found = []
    for k in range(0, len(order), block):
        mine = np.flatnonzero((place[row] >= k) & (place[row] < k + block))
        most = float(limit[mine].max(initial=0)) + 0.5
        time, before = csgraph.dijkstra(matrix, indices=sources[order[k : k + block]], limit=most,
                                        return_predecessors=True)  # fmt: skip
        best = time[place[row[mine]] - k, end[mine]]
        mine, best = mine[np.isfinite(best)], best[np.isfinite(best)]
        which, here, trees = np.arange(len(mine)), end[mine], place[row[mine]] - k
        ways, links = [np.zeros(0, np.intp)], [np.zeros(0, np.intp)]
        while len(which):
            last = before[trees[which], here].astype(np.intp)
            go = last >= 0
            which, here, last = which[go], here[go], last[go]
            ways.append(which)
            links.append(graph.link[arc[np.searchsorted(key, last * graph.nodes + here)]])
            here = last
        found.append(Bundle.of(mine, 0, best, np.concatenate(ways), np.concatenate(links)))
    ways_of = Bundle.joined(found)
    return ways_of.take(np.argsort(ways_of.couple, kind="stable"))


def _joined(
    roads: Roads, damage: Damage | None, scenarios: int, oneway: Any, origin: Ints, destination: Ints
) -> NDArray[np.bool_]:
    """Whether a way over drivable links is left from origin to destination, shape (haul, scenario)."""
    joined = np.ones((len(origin), scenarios), dtype=bool)
    for s in range(scenarios if damage is not None and len(origin) else 0):
        cut = damage.cut[:, s] & roads.drivable  # type: ignore[union-attr]
        if not cut.any():
            continue  # the haul was found on these roads
        passable = roads.drivable & ~cut
        part = _parts(roads, passable, oneway)
        joined[:, s] = part[origin] == part[destination]
        apart = np.flatnonzero(~joined[:, s])
        if oneway is not None and len(apart):
            whole = _parts(roads, passable, None)
            apart = apart[whole[origin[apart]] == whole[destination[apart]]]
            joined[apart, s] = _leads_to(roads, passable, oneway, part, origin[apart], destination[apart])
    return joined


def _parts(roads: Roads, passable: NDArray[np.bool_], oneway: Any) -> Ints:
    """Number of the part each node belongs to: connected, or strongly connected where one-way streets count."""
    from scipy.sparse import csgraph

    graph = _graph(roads.tail.position, roads.head.position, passable, len(roads.node), oneway)
    if oneway is None:
        return np.asarray(csgraph.connected_components(graph, directed=False)[1], dtype=np.intp)
    return np.asarray(csgraph.connected_components(graph, connection="strong")[1], dtype=np.intp)


def _graph(tail: Ints, head: Ints, passable: NDArray[np.bool_], size: int, oneway: Any) -> Any:
    """Sparse matrix of ends of passable links; both ways for those that are not one-way, unless that is no matter."""
    from scipy import sparse

    back = passable & ~oneway if oneway is not None else np.zeros(len(passable), bool)
    ends = np.concatenate([tail[passable], head[back]]), np.concatenate([head[passable], tail[back]])
    return sparse.coo_array((np.ones(len(ends[0])), ends), shape=(size, size)).tocsr()


def _leads_to(
    roads: Roads, passable: NDArray[np.bool_], oneway: Any, part: Ints, origin: Ints, destination: Ints
) -> NDArray[np.bool_]:
    """Whether strongly connected parts lead one to the other, for pairs of nodes."""
    from scipy.sparse import csgraph

    size = int(part.max(initial=-1)) + 1
    graph = _graph(part[roads.tail.position], part[roads.head.position], passable, size, oneway)
    leads = np.zeros(len(origin), bool)
    for begin in np.unique(part[origin]):
        reached = np.zeros(size, bool)
        reached[csgraph.breadth_first_order(graph, begin, return_predecessors=False)] = True
        mine = part[origin] == begin
        leads[mine] = reached[part[destination[mine]]]
    return leads
