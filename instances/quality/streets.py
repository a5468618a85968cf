"""Whether the road network hangs together, and whether corridors can tie the key places as asked."""

from __future__ import annotations

from typing import Any

import numpy as np

from instances.instance import Instance
from instances.network import Corridors, Roads
from instances.quality.section import Section, some

Found = tuple[list[Section], list[str]]


def streets(instance: Instance) -> Found:
    """Size and connection of the network, what may be cut, and the ways into key places."""
    roads, damage, corridors = instance.roads, instance.damage, instance.corridors
    if roads is None:
        return [], []
    rows: list[tuple[str, float, str]] = [
        ("junctions", roads.node.size, "1"),
        ("links", roads.link.size, "1"),
        ("length", roads.length.sum() / 1000.0, "km"),
        ("length for vehicles", roads.length[roads.drivable].sum() / 1000.0, "km"),
    ]
    warnings = []
    part = _components(roads, np.ones(roads.link.size, bool))
    size = np.bincount(part) if part.size else np.zeros(0, int)
    rows.append(("parts that do not join", size.size, "1"))
    if size.size > 1:
        rows.append(("junctions in the largest part", size.max() / part.size, "1"))
        if instance.sites.node is not None:
            away = np.flatnonzero(part[instance.sites.node.position] != size.argmax())
            if away.size:
                warnings.append(
                    f"roads: {away.size} sites lie on streets that do not join the largest part of the network "
                    f"({some(instance.sites.site.labels(away))}); check the streets around them"
                )
    if damage is not None:
        ever = damage.cut.any(axis=1)
        rows.append(("links that some scenario cuts", ever.sum(), "1"))
        rows.append(("strengthening all of them", roads.harden[ever].sum(), instance.about.money))
    tables = [Section.of("roads", "Roads", [("what", ""), ("value", ""), ("unit", "")], rows)]
    if corridors is not None:
        table, found = _keys(corridors, roads)
        tables.append(table)
        warnings += found
    return tables, warnings


def _keys(corridors: Corridors, roads: Roads) -> tuple[Section, list[str]]:
    """Link-disjoint ways into each key place against those asked for."""
    ways = disjoint_ways(corridors, roads)
    rows = list(
        zip(
            corridors.key.labels(), corridors.title, corridors.gateway,
            corridors.tier.labels(corridors.key_tier.position), corridors.ways, ways, strict=True,
        )
    )  # fmt: skip
    columns = [
        ("key place", ""),
        ("title", ""),
        ("gateway", ""),
        ("tier", ""),
        ("ways asked", "1"),
        ("ways there are", "1"),
    ]
    table = Section.of("key places", "Ways into key places", columns, rows)
    if not corridors.gateway.any():
        return table, ["corridors: no key place is a gateway, so help can arrive nowhere; mark one"]
    few = np.flatnonzero(ways < corridors.ways)
    if not few.size:
        return table, []
    return table, [
        f"corridors: {few.size} key places ask for more link-disjoint ways than the streets offer "
        f"({some(corridors.key.labels(few))}); ask for fewer, or allow corridors on more streets"
    ]


def disjoint_ways(corridors: Corridors, roads: Roads) -> np.ndarray:
    """Most link-disjoint ways into each key place, over lanes of a sufficient tier; infinite where help arrives.

    A key place may be reached from any gateways together, a gateway from the first one, which ties the net together.
    By Menger's theorem the number is a maximum flow with one unit a link (Ford & Fulkerson 1956,
    doi:10.4153/CJM-1956-045-5).
    """
    from scipy import sparse
    from scipy.sparse import csgraph

    ways = np.zeros(corridors.key.size)
    if not corridors.gateway.any():
        return ways
    node, outside = corridors.key_node.position, roads.node.size
    gates = np.unique(node[corridors.gateway])
    first = node[np.flatnonzero(corridors.gateway)[:1]]
    for k in range(corridors.key.size):
        sources = first if corridors.gateway[k] else gates
        if node[k] in sources:
            ways[k] = np.inf
            continue
        good = corridors.lane["tier"].position <= corridors.key_tier.position[k]
        link = np.unique(corridors.lane["link"].position[good])
        tail, head = roads.tail.position[link], roads.head.position[link]
        rows = np.concatenate([tail, head, np.full(sources.size, outside)])
        columns = np.concatenate([head, tail, sources])
        room = np.concatenate([np.ones(2 * link.size, np.int32), np.full(sources.size, link.size + 1, np.int32)])
        graph: Any = sparse.coo_array((room, (rows, columns)), shape=(outside + 1, outside + 1)).tocsr()
        ways[k] = csgraph.maximum_flow(graph, outside, int(node[k])).flow_value
    return ways


def _components(roads: Roads, passable: np.ndarray) -> np.ndarray:
    from scipy import sparse
    from scipy.sparse import csgraph

    ends = roads.tail.position[passable], roads.head.position[passable]
    graph = sparse.coo_array((np.ones(len(ends[0])), ends), shape=(roads.node.size,) * 2)
    return np.asarray(csgraph.connected_components(graph, directed=False)[1])
