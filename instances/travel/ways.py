"""Ways on the road network: walking routes from people to sites, and hauls of goods between sites.

Search runs on whole milliseconds held as float64. Sums of integers below 2**53 are exact, so a time does not
depend on the order in which links were added up, symmetric trips take exactly the same time, and the same data
give the same routes on every machine. The rounding is at most half a millisecond a link.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from instances.index import Index
from instances.network import Hauls, Roads, Routes
from instances.scenarios import Damage

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]

MILLISECONDS = 60_000.0  # in a minute
ROW_BUDGET = 20_000_000  # cells of one block of shortest-path rows, about 240 MB with predecessors


def walking_routes(
    roads: Roads,
    scenario: Index,
    damage: Damage | None,
    demand: Index,
    demand_node: Ints,
    demand_access: Floats,
    site: Index,
    site_node: Ints,
    site_access: Floats,
    cutoff: float,
    detours: bool = True,
) -> Routes:
    """Routes from every demand point to every site within ``cutoff`` minutes.

    Way "direct" is the shortest path on undamaged roads. For every scenario that cuts a link of it, the best path
    that avoids all links cut in that scenario is a detour, kept if it is new and within the cutoff in that scenario.
    Only sources whose direct ways are cut are searched again: damage never shortens a path, so the others keep
    theirs (exact, no approximation). A pair that is out of reach is absent.

    Parameters
    ----------
    demand_node, site_node
        Road node of each demand point and site, shape ``(demand,)`` and ``(site,)``.
    demand_access, site_access
        Minutes between the place and its node, added to every route.
    cutoff
        Longest walk in minutes, access included.

    Raises
    ------
    ValueError
        If ``damage`` is about other links or scenarios, or nodes and access times do not fit the index sets.
    """
    _check(roads, scenario, damage, demand_node, demand_access, demand)
    _check(roads, scenario, damage, site_node, site_access, site)
    ways = _Ways.search(roads, damage if detours else None, demand_node, site_node, roads.walk, cutoff)
    pair_demand, pair_site, pair_couple = ways.pairs(demand_node, demand_access, site_node, site_access, cutoff)
    access = demand_access[pair_demand] + site_access[pair_site]
    # Ways of one couple of nodes lie side by side, best first: repeat them for every pair that uses the couple.
    count = ways.start[pair_couple + 1] - ways.start[pair_couple]
    pair = np.repeat(np.arange(len(pair_couple)), count)
    rank = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
    way = ways.start[pair_couple[pair]] + rank
    near = ways.best[way] + access[pair] <= cutoff + 0.5 / MILLISECONDS
    pair, rank, way = pair[near], rank[near], way[near]

    labels = Index.named("way", ["direct", *(f"detour {k}" for k in range(1, int(rank.max(initial=0)) + 1))])
    route = Index.tuples("route", demand=(demand, pair_demand[pair]), site=(site, pair_site[pair]), way=(labels, rank))
    slowdown = np.ones((len(roads.link), len(scenario))) if damage is None else damage.slowdown
    minutes = (ways.links @ (roads.walk[:, None] * slowdown))[way] + access[pair][:, None]
    return Routes(
        route=route,
        scenario=scenario,
        metres=(ways.links @ roads.length)[way],
        minutes=minutes,
        crossing=_crossing("crossing", "route", route, roads, damage, ways.links[way]),
    )


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
) -> Hauls:
    """Hauls by road between the sites ``origins`` and ``destinations`` (positions), at most ``cutoff`` minutes long.

    A haul is passable in a scenario if any way over drivable links joins the two ends, because a driver goes round
    a cut; its length and time are those of the best undamaged way. Where the ends are torn apart, strengthening the
    links in ``crossing`` that the scenario cuts reopens that way. A site supplies itself by a haul of no length.

    Raises
    ------
    ValueError
        As :func:`walking_routes`.
    """
    _check(roads, scenario, damage, site_node, site_access, site)
    origins, destinations = np.asarray(origins, np.intp), np.asarray(destinations, np.intp)
    weight = np.where(roads.drivable, roads.drive, np.inf)
    ways = _Ways.search(roads, None, site_node[origins], site_node[destinations], weight, cutoff)
    from_, to, couple = ways.pairs(
        site_node[origins], site_access[origins], site_node[destinations], site_access[destinations], cutoff
    )
    origin, destination = origins[from_], destinations[to]
    way = ways.start[couple]
    away = (origin != destination).astype(float)
    haul = Index.tuples("haul", origin=(site, origin), destination=(site, destination))
    joined = np.ones((len(haul), len(scenario)), dtype=bool)
    for s in range(len(scenario) if damage is not None else 0):
        part = components(roads, roads.drivable & ~damage.cut[:, s])  # type: ignore[union-attr]
        joined[:, s] = part[site_node[origin]] == part[site_node[destination]]
    incidence = ways.links[way]
    return Hauls(
        haul=haul,
        scenario=scenario,
        metres=incidence @ roads.length,
        minutes=away * (ways.best[way] + site_access[origin] + site_access[destination]),
        passable=joined,
        crossing=_crossing("haul crossing", "haul", haul, roads, damage, incidence),
    )


def components(roads: Roads, passable: NDArray[np.bool_]) -> Ints:
    """Number of the connected part each node belongs to when only ``passable`` links count, shape ``(node,)``."""
    ends = roads.tail.position[passable], roads.head.position[passable]
    graph = sparse.coo_array((np.ones(len(ends[0])), ends), shape=(len(roads.node),) * 2)
    return np.asarray(csgraph.connected_components(graph, directed=False)[1], dtype=np.intp)


@dataclass(frozen=True, eq=False)
class _Net:
    """The graph with one set of link weights in milliseconds; of parallel links the quickest counts."""

    graph: Any
    key: Ints
    link: Ints

    @classmethod
    def of(cls, roads: Roads, minutes: Floats) -> _Net:
        """Graph of the links whose weight is finite."""
        nodes = len(roads.node)
        use = np.flatnonzero(np.isfinite(minutes) & (roads.tail.position != roads.head.position))
        cost = np.maximum(np.rint(minutes[use] * MILLISECONDS), 1.0)  # a zero would read as "no link"
        tail, head = roads.tail.position[use], roads.head.position[use]
        key = np.concatenate([tail * nodes + head, head * nodes + tail])
        cost, link = np.tile(cost, 2), np.tile(use, 2)
        order = np.lexsort((link, cost, key))
        first = np.concatenate([[True], np.diff(key[order]) > 0]) if len(key) else np.zeros(0, bool)
        keep = order[first]
        graph = sparse.csr_array((cost[keep], (key[keep] // nodes, key[keep] % nodes)), shape=(nodes, nodes))
        return cls(graph, key[keep].astype(np.intp), link[keep])

    def rows(self, sources: Ints, limit: float) -> tuple[Floats, Ints]:
        """Distances in ms and predecessors, shape ``(sources, nodes)``."""
        if not len(sources):
            empty = np.zeros((0, self.graph.shape[0]))
            return empty, empty.astype(np.intp)
        distance, before = csgraph.dijkstra(self.graph, indices=sources, limit=limit, return_predecessors=True)
        return np.asarray(distance, np.float64), np.asarray(before, np.intp)

    def trace(self, before: Ints, row: Ints, target: Ints) -> tuple[Ints, Ints]:
        """Links of the paths to ``target`` in search rows ``row``: positions of the path, and of the link."""
        nodes = self.graph.shape[0]
        path, here = np.arange(len(row)), np.asarray(target, np.intp)
        paths, links = [np.zeros(0, np.intp)], [np.zeros(0, np.intp)]
        while len(path):
            last = before[row[path], here]
            go = last >= 0  # the source has no predecessor
            path, here, last = path[go], here[go], last[go]
            paths.append(path)
            links.append(self.link[np.searchsorted(self.key, last * nodes + here)])
            here = last
        return np.concatenate(paths), np.concatenate(links)


@dataclass(frozen=True, eq=False)
class _Ways:
    """Distinct ways between couples of nodes; those of couple ``c`` are rows ``start[c]:start[c + 1]``, best first."""

    origin: Ints  # node of each couple
    destination: Ints
    start: Ints
    best: Floats  # minutes in the scenario that suits the way best, undamaged for the first
    links: Any  # incidence (way, link)

    @classmethod
    def search(
        cls, roads: Roads, damage: Damage | None, origins: Ints, destinations: Ints, minutes: Floats, cutoff: float
    ) -> _Ways:
        limit = cutoff * MILLISECONDS + 0.5
        sources, targets = np.unique(origins), np.unique(destinations)
        net = _Net.of(roads, minutes)
        block = max(1, ROW_BUDGET // max(1, len(roads.node)))
        found = [_block(net, sources[k : k + block], targets, limit) for k in range(0, len(sources), block)]
        origin, destination, best, links = _stack(found, len(roads.link))
        couple, rank = np.arange(len(origin)), np.zeros(len(origin))
        if damage is not None and len(origin):
            direct = links
            parts = [(couple, rank, best, direct)]
            hit = (direct @ damage.cut.astype(float)) > 0
            for s in np.flatnonzero(hit.any(axis=0)):
                again = np.flatnonzero(hit[:, s])
                slow = np.where(damage.cut[:, s], np.inf, minutes * damage.slowdown[:, s])
                extra = _again(_Net.of(roads, slow), origin[again], destination[again], limit, block, len(roads.link))
                parts.append((again[extra[0]], np.ones(len(extra[0])), extra[1], extra[2]))
            couple, rank, best, links = _distinct(parts)
        order = np.lexsort((best, rank, couple))
        start = np.searchsorted(couple[order], np.arange(len(origin) + 1)).astype(np.intp)
        return cls(origin, destination, start, best[order] / MILLISECONDS, links[order])

    def pairs(
        self, from_node: Ints, from_access: Floats, to_node: Ints, to_access: Floats, cutoff: float
    ) -> tuple[Ints, Ints, Ints]:
        """Pairs of places whose direct way is within the cutoff: place, place, couple; sorted by the two places."""
        direct = self.best[self.start[:-1]] if len(self.origin) else np.zeros(0)
        nodes = int(max(from_node.max(initial=0), to_node.max(initial=0))) + 1
        place = np.full((nodes,), -1, np.intp)
        targets = np.unique(self.destination)
        place[targets] = np.arange(len(targets))
        from_, to, couple = [], [], []
        bounds = np.searchsorted(self.origin, np.arange(nodes + 1))
        for i, node in enumerate(from_node):
            reach = np.arange(bounds[node], bounds[node + 1])
            at = np.full(len(targets) + 1, -1, np.intp)  # last cell stands for nodes no source reaches
            at[place[self.destination[reach]]] = reach
            c = at[place[to_node]]
            j = np.flatnonzero(c >= 0)
            total = direct[c[j]] + from_access[i] + to_access[j]
            j = j[total <= cutoff + 0.5 / MILLISECONDS]
            from_.append(np.full(len(j), i, np.intp))
            to.append(j)
            couple.append(c[j])
        empty = [np.zeros(0, np.intp)]
        return tuple(np.concatenate(column or empty) for column in (from_, to, couple))  # type: ignore[return-value]


def _block(net: _Net, sources: Ints, targets: Ints, limit: float) -> tuple[Ints, Ints, Floats, Ints, Ints]:
    """Direct ways from some sources to all targets in reach."""
    distance, before = net.rows(sources, limit)
    row, column = np.nonzero(np.isfinite(distance[:, targets]))
    path, link = net.trace(before, row, targets[column])
    return sources[row], targets[column], distance[row, targets[column]], path, link


def _again(
    net: _Net, origin: Ints, destination: Ints, limit: float, block: int, links: int
) -> tuple[Ints, Floats, Any]:
    """Ways for given couples in a damaged network: which couples have one, its length, its links."""
    sources, row = np.unique(origin, return_inverse=True)
    found = []
    for k in range(0, len(sources), block):
        mine = np.flatnonzero((row >= k) & (row < k + block))
        distance, before = net.rows(sources[k : k + block], limit)
        length = distance[row[mine] - k, destination[mine]]
        mine, length = mine[np.isfinite(length)], length[np.isfinite(length)]
        path, link = net.trace(before, row[mine] - k, destination[mine])
        found.append((mine, mine, length, path, link))
    couple, _, best, incidence = _stack(found, links)
    return couple, best, incidence


def _stack(found: list[tuple[Ints, Ints, Floats, Ints, Ints]], links: int) -> tuple[Ints, Ints, Floats, Any]:
    """Blocks of ways below each other, their links as one sparse incidence."""
    before = np.cumsum([0, *(len(f[0]) for f in found)])
    path = np.concatenate([np.zeros(0, np.intp), *(f[3] + k for f, k in zip(found, before[:-1], strict=True))])
    link = np.concatenate([np.zeros(0, np.intp), *(f[4] for f in found)])
    incidence = sparse.csr_array((np.ones(len(path)), (path, link)), shape=(int(before[-1]), links))
    first, second = (np.concatenate([np.zeros(0, np.intp), *(f[k] for f in found)]) for k in (0, 1))
    return first, second, np.concatenate([np.zeros(0), *(f[2] for f in found)]), incidence


def _distinct(parts: list[tuple[Ints, Floats, Floats, Any]]) -> tuple[Ints, Floats, Floats, Any]:
    """Merge ways of a couple that use the same links; the direct one stays first, the shortest time is kept.

    Two paths between the same ends are the same exactly if their sets of links are. Sets are compared by a sum of
    fixed random 64-bit numbers, one a link: two different sets agree with probability 2**-64.
    """
    couple = np.concatenate([p[0] for p in parts])
    rank = np.concatenate([p[1] for p in parts])
    best = np.concatenate([p[2] for p in parts])
    links = sparse.vstack([p[3] for p in parts], format="csr")
    token = np.random.default_rng(20).integers(0, 2**64, size=links.shape[1], dtype=np.uint64)
    sums = np.concatenate([[np.uint64(0)], np.cumsum(token[links.indices], dtype=np.uint64)])
    print_ = sums[links.indptr[1:]] - sums[links.indptr[:-1]]
    order = np.lexsort((best, rank, print_, couple))
    new = np.concatenate([[True], (np.diff(couple[order]) != 0) | (np.diff(print_[order]) != 0)])
    keep = np.sort(order[new])
    return couple[keep], rank[keep], best[keep], links[keep]


def _crossing(
    name: str, component: str, index: Index, roads: Roads, damage: Damage | None, incidence: Any
) -> Index | None:
    """Tuples of a route (or haul) and a link on it that some scenario cuts."""
    if damage is None:
        return None
    entries = incidence.tocoo()
    which, link = entries.row.astype(np.intp), entries.col.astype(np.intp)
    hit = np.any(damage.cut, axis=1, keepdims=True)[link, 0]
    which, link = which[hit], link[hit]
    order = np.lexsort((link, which))
    return Index.tuples(name, **{component: (index, which[order]), "link": (roads.link, link[order])})


def _check(roads: Roads, scenario: Index, damage: Damage | None, node: Ints, access: Floats, place: Index) -> None:
    if damage is not None and (damage.link is not roads.link or damage.scenario is not scenario):
        raise ValueError(f"damage over {damage.link} x {damage.scenario} does not fit {roads.link} x {scenario}.")
    if np.shape(node) != (len(place),) or np.shape(access) != (len(place),):
        raise ValueError(f"{place}: nodes {np.shape(node)} and access times {np.shape(access)}, expected one each.")
    if len(place) and not (0 <= np.min(node) and np.max(node) < len(roads.node)):
        raise ValueError(f"{place}: a node lies outside {roads.node}.")
