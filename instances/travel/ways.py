"""Walking routes from people to sites, over the road graph, in every scenario."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from instances.accounts import Ledger
from instances.index import Index
from instances.network import Roads, Routes
from instances.scenarios import Damage
from instances.travel.alternatives import alternatives as other_ways
from instances.travel.arcs import (
    MILLISECONDS,
    Arcs,
    Floats,
    Ints,
    by_place,
    expand,
    limit_of,
    milliseconds,
    nearest_first,
)
from instances.travel.bundle import Bundle
from instances.travel.hauls import components, driving_hauls, link_crossing, places_fit
from instances.travel.reach import Reach, slowed
from instances.travel.trace import trace

BLOCK = 32  # sources searched together
CHUNK = 20_000  # routes whose minutes are summed together


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
    *,
    most_ways: int | None = None,
    alternatives: int = 0,
    probability: Floats | None = None,
    ledger: Ledger | None = None,
) -> Routes:
    """Routes from every demand point to every site within ``cutoff`` minutes.

    Way "direct" is the shortest path on undamaged roads. For every scenario that cuts a link of it, the best path
    that avoids all links cut in that scenario is a detour, kept if it is new and within the cutoff in that scenario
    (exact: :class:`instances.travel.reach.Reach`). A pair that is out of reach is absent.

    Parameters
    ----------
    demand_node, site_node
        Road node of each demand point and site, shape ``(demand,)`` and ``(site,)``.
    demand_access, site_access
        Minutes between the place and its node, added to every route.
    cutoff
        Longest walk in minutes, access included; twelve days at most.
    most_ways
        Keep no more ways a pair of nodes than this, the direct one among them: those that reopen the most
        ``probability`` (of scenarios, all alike if None). How many are left out is noted in ``ledger``.
    alternatives
        Look for so many more ways a pair that differ from the direct one on undamaged roads, too
        (:func:`instances.travel.alternatives.alternatives`).

    Raises
    ------
    ValueError
        If ``damage`` is about other links or scenarios, or nodes and access times do not fit the index sets.
    """
    places_fit(roads, scenario, damage, demand_node, demand_access, demand)
    places_fit(roads, scenario, damage, site_node, site_access, site)
    if probability is None:
        probability = np.full(len(scenario), 1.0 / max(1, len(scenario)))
    homes = _Ends.of(demand_node, demand_access, len(roads.node))
    doors = _Ends.of(site_node, site_access, len(roads.node))
    # People walk a link both ways, so the search may start at whichever end has fewer nodes.
    from_sites = len(doors.node) <= len(homes.node)
    near, far = (doors, homes) if from_sites else (homes, doors)
    wanted = _Wanted(damage if detours else None, most_ways, alternatives, probability)
    source, target, ways, dropped = _search(roads, near, far, cutoff, wanted)
    home, door = (target, source) if from_sites else (source, target)
    if ledger is not None and dropped:
        ledger.note(f"routes: {dropped} ways beyond {most_ways} a pair of nodes are left out; they reopen the least")

    first = np.searchsorted(ways.couple, np.arange(len(home) + 1)).astype(np.intp)
    direct = ways.best[first[:-1]] / MILLISECONDS
    order = np.argsort(home, kind="stable")
    starts = np.searchsorted(home[order], np.arange(len(roads.node) + 1)).astype(np.intp)
    person, member = expand(starts, np.asarray(demand_node, np.intp))
    couple = order[member]
    which, place = expand(doors.start, door[couple])
    person, couple, place = person[which], couple[which], doors.place[place]
    access = demand_access[person] + site_access[place]
    within = direct[couple] + access <= cutoff + 0.5 / MILLISECONDS
    kept = np.flatnonzero(within)[np.lexsort((place[within], person[within]))]
    person, place, couple, access = person[kept], place[kept], couple[kept], access[kept]

    pair, way = expand(first, couple)
    rank = way - first[couple[pair]]
    fits = ways.best[way] / MILLISECONDS + access[pair] <= cutoff + 0.5 / MILLISECONDS
    pair, way, rank = pair[fits], way[fits], rank[fits]
    other = "way" if alternatives else "detour"
    labels = Index.named("way", ["direct", *(f"{other} {k}" for k in range(1, int(rank.max(initial=0)) + 1))])
    route = Index.tuples("route", demand=(demand, person[pair]), site=(site, place[pair]), way=(labels, rank))
    return Routes(
        route=route,
        scenario=scenario,
        metres=(ways.incidence(len(roads.link)) @ roads.length)[way],
        minutes=_minutes(roads, scenario, damage, ways, way, access[pair]),
        crossing=link_crossing("crossing", "route", route, roads, damage, ways, way),
    )


@dataclass(frozen=True)
class _Wanted:
    """Which ways beside the direct one."""

    damage: Damage | None
    most: int | None
    alternatives: int
    probability: Floats


@dataclass(frozen=True, eq=False)
class _Ends:
    """Places by node: distinct nodes, least access there (ms, rounded down), and the places at every node."""

    node: Ints
    least: Floats
    start: Ints  # places at node n are place[start[n]:start[n + 1]]
    place: Ints

    @classmethod
    def of(cls, node: Ints, access: Floats, nodes: int) -> _Ends:
        node = np.asarray(node, np.intp)
        place = np.argsort(node, kind="stable").astype(np.intp)
        start = np.searchsorted(node[place], np.arange(nodes + 1)).astype(np.intp)
        distinct = np.unique(node)
        least = np.full(nodes, np.inf)
        np.minimum.at(least, node, np.floor(access * MILLISECONDS))
        return cls(distinct, least[distinct], start, place)


def _search(roads: Roads, near: _Ends, far: _Ends, cutoff: float, wanted: _Wanted) -> tuple[Ints, Ints, Bundle, int]:
    """Couples (node of a source, node of a target) with their ways, and how many ways were left out."""
    limit, links = limit_of(cutoff), len(roads.link)
    arcs = Arcs.of_roads(roads)
    floor = milliseconds(roads.walk)
    matrix, _ = arcs.sparse(floor)
    lead = np.full(len(roads.node), np.inf)
    lead[far.node] = far.least
    onward = nearest_first(matrix, far.node, far.least, limit)
    order = by_place(roads.x[near.node], roads.y[near.node])
    sources, targets, bundles, offsets, dropped, couples = [], [], [], [], 0, 0
    for k in range(0, len(order), BLOCK):
        mine = order[k : k + BLOCK]
        reach = Reach.search(arcs, matrix, floor, near.node[mine], limit, onward)
        spare = limit - lead[reach.node] - near.least[mine][reach.tree]
        entry = np.flatnonzero(reach.least <= spare)
        everyone = np.arange(len(entry))
        found = [Bundle.of(everyone, 0, reach.least[entry].astype(np.float64), *reach.up(entry))]
        if wanted.alternatives:
            found.append(other_ways(arcs, floor, reach, entry, wanted.alternatives, limit))
        if wanted.damage is not None:
            found += _detours(roads, wanted.damage, reach, entry, spare[entry])
        ways = Bundle.joined(found).distinct(links)
        if wanted.most is not None:
            cut = np.zeros((links, 1), bool) if wanted.damage is None else wanted.damage.cut
            weight = np.ones(1) if wanted.damage is None else wanted.probability
            all_ways, ways = len(ways), ways.covering(cut, weight, wanted.most)
            dropped += all_ways - len(ways)
        sources.append(reach.source[reach.tree[entry]])
        targets.append(reach.node[entry].astype(np.intp))
        bundles.append(ways)
        offsets.append(couples)
        couples += len(entry)
    none = np.zeros(0, np.intp)
    ways = Bundle.joined(bundles, offsets)
    return np.concatenate([none, *sources]), np.concatenate([none, *targets]), ways, dropped


def _detours(roads: Roads, damage: Damage, reach: Reach, entry: Ints, spare: Floats) -> list[Bundle]:
    """The best open way of every couple in every scenario that cuts its direct way, as far as it is in reach."""
    cut = damage.cut[reach.links]
    touched = np.flatnonzero(cut.any(axis=0))
    found = []
    for columns in reach.columns(len(touched)):
        these = touched[columns]
        hit = reach.along_tree(cut[:, these])[entry]
        if not hit.any():
            continue
        slow = slowed(roads.walk[reach.links], cut[:, these], damage.slowdown[reach.links][:, these])
        weight = milliseconds(slow)
        time = reach.times(weight)
        couple, scenario = np.nonzero(hit & (time[entry] <= spare[:, None]))
        way, link = trace(reach, time, np.minimum(weight, reach.far), entry[couple], scenario)
        best = time[entry[couple], scenario].astype(np.float64)
        found.append(Bundle.of(couple, 1, best, way, link).distinct(len(roads.link)))
    return found


def _minutes(roads: Roads, scenario: Index, damage: Damage | None, ways: Bundle, way: Ints, access: Floats) -> Floats:
    """Minutes of routes in every scenario, a chunk at a time so that nothing is held twice."""
    slowdown = np.ones((len(roads.link), len(scenario))) if damage is None else damage.slowdown
    each = roads.walk[:, None] * slowdown
    incidence = ways.incidence(len(roads.link))
    minutes = np.empty((len(way), len(scenario)))
    for k in range(0, len(way), CHUNK):
        rows = slice(k, k + CHUNK)
        minutes[rows] = incidence[way[rows]] @ each + access[rows, None]
    return minutes


__all__ = ["components", "driving_hauls", "walking_routes"]
