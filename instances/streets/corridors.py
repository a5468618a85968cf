"""Where emergency corridors may run, and the places they must tie together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from instances.index import Index, Map
from instances.network import Corridors, Roads

Ints = NDArray[np.intp]
Flags = NDArray[np.bool_]

TIERS = ("regional", "city", "local")
MAIN = ("motorway", "trunk", "primary", "secondary")
CITY = (*MAIN, "tertiary", "unclassified")
LOCAL = (*CITY, "residential", "living_street")
CLASSES = (MAIN, CITY, LOCAL)  # by tier: a higher tier asks for a bigger road
COST = (120.0, 80.0, 40.0)  # EUR per metre to designate and keep clear, by tier
DOOR = 150.0  # metres within which a place may be tied in at a junction that is better connected than the nearest
EDGE = 40.0  # metres from the rim of the road map within which a road that ends is taken to lead out

IN_WORDS = (
    "Corridors: regional on primary and secondary roads and above, city also on tertiary and unclassified, local also "
    f"on residential ones; {COST[0]:g}, {COST[1]:g} and {COST[2]:g} EUR a metre to designate and keep clear.",
    "Gateways: where the biggest road in each of the four directions leaves the map.",
)


@dataclass(frozen=True)
class Key:
    """A place that corridors must tie in."""

    name: str
    x: float
    y: float
    tier: str  # lowest tier that still counts
    ways: int  # link-disjoint ways wanted
    gateway: bool = False


def gateways(roads: Roads) -> list[Key]:
    """Ends of main roads at the rim of the map: the biggest one to the north, east, south and west.

    Rank goes by class, then by how far out the road ends, so that the answer does not hang on the order of the file.
    """
    ground = _ground(roads, CITY)
    eligible = np.isin(roads.kind, CITY)
    ends = np.concatenate([roads.tail.position[eligible], roads.head.position[eligible]])
    link = np.tile(np.flatnonzero(eligible), 2)
    degree = np.bincount(ends, minlength=len(roads.node))
    dead = (degree[ends] == 1) & ground[ends]
    node, link = ends[dead], link[dead]
    out = {
        "North": roads.y - roads.y.max(),
        "East": roads.x - roads.x.max(),
        "South": roads.y.min() - roads.y,
        "West": roads.x.min() - roads.x,
    }
    rank = np.array([CITY.index(k) for k in roads.kind[link]], int)
    nearest = np.argmax(list(out.values()), axis=0)  # in a corner, the side it is closer to
    keys: list[Key] = []
    for number, (side, nearness) in enumerate(out.items()):
        near = (nearness[node] > -EDGE) & (nearest[node] == number)
        if not near.any():
            continue
        best = min(np.flatnonzero(near), key=lambda k: (rank[k], -nearness[node[k]], node[k]))
        street = str(roads.title[link[best]])
        tier = "regional" if rank[best] < len(MAIN) else "city"
        name = f"{side} gateway" + (f", {street}" if street else "")
        keys.append(Key(name, float(roads.x[node[best]]), float(roads.y[node[best]]), tier, 1, gateway=True))
    return keys


def lay_corridors(roads: Roads, keys: list[Key]) -> tuple[Corridors | None, tuple[str, ...]]:
    """Lanes and keys on the main net of drivable streets.

    The gateway of the highest tier comes first: the other gateways are tied to it, and every other key to any gateway.
    Of the junctions near a key, the nearest with as many link-disjoint ways in as it asks for is taken (maximum flow
    with every link used once). Where the streets of its tier allow none, the key falls to a lower tier; where they
    allow fewer than asked for, that number is set; where even local streets allow none, the key is left out. All of
    this is noted. Streets that end blind without a key on them can serve no connection, so they get no lanes.

    Returns
    -------
    Corridors
        None, with a note, if there is no gateway or no other key.
    """
    notes: list[str] = []
    open_ = np.isin(roads.kind, LOCAL) & roads.drivable
    open_ &= _ground(roads, LOCAL)[roads.tail.position]
    good = [open_ & np.isin(roads.kind, kinds) for kinds in CLASSES]
    order = sorted(keys, key=lambda k: (not k.gateway, TIERS.index(k.tier) if k.gateway else 0))
    kept: list[Key] = []
    nodes: list[int] = []
    tiers: list[int] = []
    ways: list[int] = []
    for key in order:
        wanted = TIERS.index(key.tier)
        gates = [n for n, k in zip(nodes, kept, strict=True) if k.gateway]
        sources = gates[:1] if key.gateway else gates
        allowed, node, tier = 0, -1, wanted
        for tier in range(wanted, len(TIERS)):
            near = _near(roads, good[tier], key)
            if key.gateway and not gates and near:  # the first: all others are tied to it
                node = near[0]
                break
            found = [_disjoint_ways(roads, good[tier], [s for s in sources if s != n], n) for n in near]
            if max(found, default=0):
                enough = [k for k, ways_in in enumerate(found) if ways_in >= min(key.ways, max(found))]
                allowed, node = found[enough[0]], near[enough[0]]
                break
        if node < 0:
            notes.append(f"corridors: left out {key.name!r}, no gateway reaches it")
            continue
        asked = key.ways if gates or not key.gateway else 0
        if tier > wanted:
            notes.append(
                f"corridors: {key.name!r} is tied in on {TIERS[tier]} streets, {key.tier} ones do not reach it"
            )
        if allowed < asked:
            notes.append(f"corridors: {key.name!r} has {allowed} way in, not {key.ways}: the streets allow no more")
        kept.append(key)
        nodes.append(node)
        tiers.append(tier)
        ways.append(min(asked, allowed))
    if not any(k.gateway for k in kept) or all(k.gateway for k in kept):
        return None, (*notes, "corridors: none, they need a gateway and a place to tie to it")
    useful = _prune(roads, open_, set(nodes))
    tier_index = Index.named("tier", TIERS)
    link, rank = np.nonzero(np.column_stack([useful & lanes for lanes in good]))
    key_index = Index.named("key", [k.name for k in kept])
    corridors = Corridors(
        tier=tier_index,
        lane=Index.tuples("lane", link=(roads.link, link), tier=(tier_index, rank)),
        key=key_index,
        key_node=Map(key_index, roads.node, np.array(nodes)),
        key_tier=Map(key_index, tier_index, np.array(tiers)),
        cost=roads.length[link] * np.array(COST)[rank],
        ways=np.array(ways, float),
        gateway=np.array([k.gateway for k in kept]),
        title=np.array([k.name for k in kept]),
    )
    return corridors, tuple(notes)


def _near(roads: Roads, links: Flags, key: Key) -> list[int]:
    """Junctions on ``links`` where a key may be tied in, nearest first; a gateway lies where the road ends."""
    nodes = np.unique(np.concatenate([roads.tail.position[links], roads.head.position[links]]))
    distance = np.hypot(roads.x[nodes] - key.x, roads.y[nodes] - key.y)
    order = np.lexsort((nodes, distance))
    close = distance[order] <= DOOR
    if key.gateway:
        return [int(n) for n in nodes[order[close][:1]]]
    close[:1] = True  # a place in a wide yard is tied in at the nearest junction however far
    close = order[close][:6]
    return [int(n) for n in nodes[close]]


def _ground(roads: Roads, kinds: tuple[str, ...]) -> Flags:
    """Nodes of the largest connected net of drivable links of some classes, shape (node,)."""
    links = np.flatnonzero(np.isin(roads.kind, kinds) & roads.drivable)
    tail, head = roads.tail.position[links], roads.head.position[links]
    graph = sparse.coo_array((np.ones(len(links)), (tail, head)), shape=(len(roads.node),) * 2)
    part = csgraph.connected_components(graph, directed=False)[1]
    metres = np.bincount(part[tail], roads.length[links], minlength=1)
    return np.asarray(part == metres.argmax()) & np.isin(np.arange(len(roads.node)), np.concatenate([tail, head]))


def _disjoint_ways(roads: Roads, links: Flags, sources: list[int], target: int) -> int:
    """Largest number of ways from any sources to the target that share no link (Menger's theorem)."""
    if not sources or target in sources:
        return 0
    nodes = len(roads.node)
    tail, head = roads.tail.position[links], roads.head.position[links]
    rows = np.concatenate([tail, head, np.full(len(sources), nodes)])
    columns = np.concatenate([head, tail, sources])
    room = np.concatenate([np.ones(2 * len(tail), np.int32), np.full(len(sources), 1000, np.int32)])
    graph: Any = sparse.coo_array((room, (rows, columns)), shape=(nodes + 1, nodes + 1)).tocsr()
    return int(csgraph.maximum_flow(graph, nodes, target).flow_value)


def _prune(roads: Roads, links: Flags, keep: set[int]) -> Flags:
    """Take off blind ends, again and again, unless a key lies at the end."""
    links = links.copy()
    fixed = np.isin(np.arange(len(roads.node)), list(keep))
    while True:
        tail, head = roads.tail.position, roads.head.position
        degree = np.bincount(np.concatenate([tail[links], head[links]]), minlength=len(roads.node))
        blind = (degree == 1) & ~fixed
        loose = links & (blind[tail] | blind[head])
        if not loose.any():
            return links
        links &= ~loose
