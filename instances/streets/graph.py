"""From surveyed street lines to a road graph: split at junctions, merge what only bends, keep what hangs together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from instances.index import Index, Map
from instances.network import Roads
from instances.schema import InstanceError

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class RoadClass:
    """What a class of road allows: speeds in km/h (``drive`` 0: no vehicles) and what strengthening costs a metre."""

    walk: float
    drive: float
    harden: float


@dataclass(frozen=True, eq=False)
class Streets:
    """Street lines in projected metres, as surveyed. Lines meet only where they share a vertex (within 1 mm).

    A bridge therefore does not touch the street below it.
    """

    points: list[Floats]  # per line, shape (points, 2)
    kind: NDArray[np.str_]
    title: NDArray[np.str_]
    bridge: Flags
    tunnel: Flags


@dataclass(frozen=True, eq=False)
class Network:
    """A road graph with what hazards ask about its links, and what was left out on the way."""

    roads: Roads
    bridge: Flags  # per link
    tunnel: Flags
    notes: tuple[str, ...]
    tree: Any = field(repr=False, default=None)  # spatial index over the links

    def middle(self) -> Floats:
        """Point halfway along each link, shape (link, 2)."""
        import shapely

        halves = shapely.line_interpolate_point(self.tree.geometries, 0.5, normalized=True)
        return np.asarray(shapely.get_coordinates(halves), np.float64)


def build_network(streets: Streets, classes: dict[str, RoadClass], bridge_factor: float = 8.0) -> Network:
    """Graph of junctions and links.

    A vertex is a junction if it ends a line or is used more than once. Junctions that only join two links of the
    same kind are merged away (their shape is kept). A loop back to its own junction is parted in two at its middle
    point, so that every link has two ends. Of several parts that do not touch, the one with the most metres is kept;
    what is left out is counted in ``notes``.

    Parameters
    ----------
    bridge_factor
        Strengthening a metre of bridge or tunnel costs this many times a metre of street of its class.

    Raises
    ------
    InstanceError
        If there are no lines, or a kind has no class.
    """
    unknown = sorted(set(streets.kind.tolist()) - set(classes))
    if unknown or not streets.points:
        faults = [f"no road class for {', '.join(unknown)}; add it to the classes"] if unknown else []
        faults += [] if streets.points else ["no street lines; choose an extract or layer that holds roads"]
        raise InstanceError("The road graph cannot be built", faults)
    pieces, twice = _once(_split(streets))
    notes = [f"roads: {twice} stretches are drawn twice, kept once"] if twice else []
    pieces = _open_loops(_merge(pieces, streets))
    pieces, part_note = _largest(pieces)
    network = _network(pieces, streets, classes, bridge_factor)
    return Network(network.roads, network.bridge, network.tunnel, (*notes, *part_note, *network.notes), network.tree)


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Links under construction: end vertices, the line they come from, and their points."""

    tail: Ints
    head: Ints
    line: Ints
    points: list[Floats]
    metres: Floats

    def take(self, keep: Flags) -> _Pieces:
        at = np.flatnonzero(keep)
        return _Pieces(self.tail[at], self.head[at], self.line[at], [self.points[k] for k in at], self.metres[at])


def _split(streets: Streets) -> _Pieces:
    sizes = np.array([len(p) for p in streets.points])
    every = np.concatenate(streets.points)
    line = np.repeat(np.arange(len(sizes)), sizes)
    _, vertex = np.unique(np.rint(every * 1000.0).astype(np.int64), axis=0, return_inverse=True)
    vertex = vertex.ravel()
    again = np.concatenate([[False], (line[1:] == line[:-1]) & (vertex[1:] == vertex[:-1])])  # a point given twice
    every, line, vertex = every[~again], line[~again], vertex[~again]
    first = np.concatenate([[True], line[1:] != line[:-1]])
    last = np.concatenate([line[1:] != line[:-1], [True]])
    junction = first | last | (np.bincount(vertex)[vertex] > 1)
    stops = np.flatnonzero(junction)
    begin, end = stops[:-1], stops[1:]
    inside = line[begin] == line[end]
    begin, end = begin[inside], end[inside]
    points = [every[a : b + 1] for a, b in zip(begin, end, strict=True)]
    return _Pieces(vertex[begin], vertex[end], line[begin], points, _metres(points))


def _once(pieces: _Pieces) -> tuple[_Pieces, int]:
    """Drop stretches drawn twice: as parallel links they would pass for two separate ways."""
    seen: set[bytes] = set()
    keep = np.zeros(len(pieces.tail), bool)
    for k, points in enumerate(pieces.points):
        there, back = points.tobytes(), points[::-1].tobytes()
        keep[k] = there not in seen and back not in seen
        seen.add(there)
    return pieces.take(keep), int((~keep).sum())


def _open_loops(pieces: _Pieces) -> _Pieces:
    loop = pieces.tail == pieces.head
    if not loop.any():
        return pieces
    rest, loops = pieces.take(~loop), pieces.take(loop)
    middle = max(pieces.tail.max(), pieces.head.max()) + 1 + np.arange(len(loops.tail))
    half = [len(p) // 2 for p in loops.points]
    points = [p[: h + 1] for p, h in zip(loops.points, half, strict=True)]
    points += [p[h:] for p, h in zip(loops.points, half, strict=True)]
    return _Pieces(
        np.concatenate([rest.tail, loops.tail, middle]),
        np.concatenate([rest.head, middle, loops.head]),
        np.concatenate([rest.line, loops.line, loops.line]),
        [*rest.points, *points],
        np.concatenate([rest.metres, _metres(points)]),
    )


def _merge(pieces: _Pieces, streets: Streets) -> _Pieces:
    """Join chains of links through junctions of degree two where kind, bridge and tunnel stay the same."""
    kind = np.unique(streets.kind, return_inverse=True)[1].astype(np.intp)
    like = (kind * 4 + streets.bridge * 2 + streets.tunnel)[pieces.line]
    count = len(pieces.tail)
    end = np.concatenate([pieces.tail, pieces.head])
    order = np.argsort(end, kind="stable")
    piece = np.tile(np.arange(count), 2)[order]
    start = np.searchsorted(end[order], np.arange(int(end.max()) + 2))
    two = np.flatnonzero(np.diff(start) == 2)
    a, b = piece[start[two]], piece[start[two] + 1]
    smooth = (like[a] == like[b]) & (a != b)
    graph = sparse.coo_array((np.ones(smooth.sum()), (a[smooth], b[smooth])), shape=(count, count))
    chain = csgraph.connected_components(graph, directed=False)[1]
    joint = set(two[smooth].tolist())

    members: dict[int, list[int]] = {}
    for k, c in enumerate(chain.tolist()):
        members.setdefault(c, []).append(k)
    tail, head, line, points = [], [], [], []
    for group in members.values():
        nodes, shape = _thread(pieces, group, joint)
        tail.append(nodes[0])
        head.append(nodes[1])
        line.append(int(pieces.line[max(group, key=lambda k: (pieces.metres[k], -k))]))  # the longest gives the name
        points.append(shape)
    return _Pieces(np.array(tail), np.array(head), np.array(line), points, _metres(points))


def _thread(pieces: _Pieces, group: list[int], joint: set[int]) -> tuple[tuple[int, int], Floats]:
    """Put the links of one chain in a row; returns its two end vertices and its points."""
    if len(group) == 1:
        k = group[0]
        return (int(pieces.tail[k]), int(pieces.head[k])), pieces.points[k]
    at: dict[int, list[int]] = {}
    for k in group:
        at.setdefault(int(pieces.tail[k]), []).append(k)
        at.setdefault(int(pieces.head[k]), []).append(k)
    ends = [v for v, ks in at.items() if v not in joint or len(ks) == 1]
    here = begin = min(ends) if ends else min(at)  # a ring has no end: begin anywhere
    shapes, used = [], set()
    while (step := next((k for k in at[here] if k not in used), None)) is not None:
        used.add(step)
        forward = int(pieces.tail[step]) == here
        shapes.append(pieces.points[step] if forward else pieces.points[step][::-1])
        here = int(pieces.head[step] if forward else pieces.tail[step])
        if here not in joint:
            break
    return (begin, here), np.concatenate([shapes[0], *(s[1:] for s in shapes[1:])])


def _largest(pieces: _Pieces) -> tuple[_Pieces, list[str]]:
    size = int(max(pieces.tail.max(), pieces.head.max())) + 1
    graph = sparse.coo_array((np.ones(len(pieces.tail)), (pieces.tail, pieces.head)), shape=(size, size))
    part = csgraph.connected_components(graph, directed=False)[1][pieces.tail]
    metres = np.bincount(part, weights=pieces.metres)
    keep = part == metres.argmax()
    others = np.unique(part[~keep])
    if not len(others):
        return pieces, []
    note = f"roads: dropped {len(others)} parts ({_km(pieces, ~keep)}, {(~keep).sum()} links) not joined to the largest"
    return pieces.take(keep), [note]


def _network(pieces: _Pieces, streets: Streets, classes: dict[str, RoadClass], bridge_factor: float) -> Network:
    import shapely

    vertices, end = np.unique(np.concatenate([pieces.tail, pieces.head]), return_inverse=True)
    count = len(pieces.tail)
    xy = np.zeros((len(vertices), 2))
    xy[end[:count]] = np.array([p[0] for p in pieces.points])
    xy[end[count:]] = np.array([p[-1] for p in pieces.points])
    # Numbers follow geography (north-west first), not the file, so that a re-sorted file gives the same graph.
    rank = np.lexsort((xy[:, 0], -xy[:, 1]))
    place = np.empty_like(rank)
    place[rank] = np.arange(len(rank))
    tail, head = place[end[:count]], place[end[count:]]
    order = np.lexsort((pieces.metres, np.maximum(tail, head), np.minimum(tail, head)))
    tail, head = tail[order], head[order]
    line, points = pieces.line[order], [pieces.points[k] for k in order]
    kind = streets.kind[line]
    bridge, tunnel = streets.bridge[line], streets.tunnel[line]
    metres = pieces.metres[order]
    walk, drive, cost = (np.array([getattr(classes[k], f) for k in kind]) for f in ("walk", "drive", "harden"))
    walk_only = drive <= 0
    node = Index.named("node", [f"n{k}" for k in range(len(vertices))])
    link = Index.named("link", [f"l{k}" for k in range(count)])
    roads = Roads(
        node=node,
        link=link,
        tail=Map(link, node, tail),
        head=Map(link, node, head),
        x=xy[rank, 0],
        y=xy[rank, 1],
        length=metres,
        walk=metres / (walk * 1000.0 / 60.0),
        drive=metres / (np.where(walk_only, walk, drive) * 1000.0 / 60.0),
        drivable=~walk_only,
        harden=metres * cost * np.where(bridge | tunnel, bridge_factor, 1.0),
        kind=kind,
        title=streets.title[line],
        shape_xy=np.concatenate(points),
        shape_start=np.concatenate([[0], np.cumsum([len(p) for p in points])]),
    )
    tree = shapely.STRtree([shapely.LineString(p) for p in points])
    return Network(roads, bridge, tunnel, (), tree)


@dataclass(frozen=True, eq=False)
class Snapped:
    """Where places enter the road graph."""

    node: Ints
    access: Floats  # minutes on foot from the place to the node
    distance: Floats  # metres from the place to the nearest link
    link: Ints  # that link


def snap(network: Network, x: Floats, y: Floats, walk_speed: float, allowed: Flags | None = None) -> Snapped:
    """Join each place to the nearest link and from there to the nearer end of that link.

    Access time counts the straight line to the link and the way along it to the end, at ``walk_speed`` km/h; so a
    walk is at most overstated, by less than the length of a link. ``allowed`` restricts the links, shape (link,);
    without it every link counts but tunnels, which nobody enters from the house above.
    """
    import shapely

    roads = network.roads
    if allowed is None:
        allowed = ~network.tunnel if (~network.tunnel).any() else np.ones(len(roads.link), bool)
    kept = np.flatnonzero(allowed)
    tree = network.tree if len(kept) == len(roads.link) else shapely.STRtree(network.tree.geometries[kept])
    places = shapely.points(x, y)
    (which, near), distance = tree.query_nearest(places, return_distance=True, all_matches=True)
    # Equally near links (a corner): the first in order, so that the answer does not hang on the tree's layout.
    order = np.lexsort((near, which))
    first = order[np.concatenate([[True], np.diff(which[order]) > 0])] if len(which) else order
    link, distance = kept[near[first]], distance[first]
    along = shapely.line_locate_point(network.tree.geometries[link], places)
    back = roads.length[link] - along
    node = np.where(along <= back, roads.tail.position[link], roads.head.position[link])
    access = (distance + np.minimum(along, back)) / (walk_speed * 1000.0 / 60.0)
    return Snapped(node.astype(np.intp), access, distance, link.astype(np.intp))


def _metres(points: list[Floats]) -> Floats:
    return np.array([np.hypot(*np.diff(p, axis=0).T).sum() for p in points])


def _km(pieces: _Pieces, which: Flags) -> str:
    return f"{pieces.metres[which].sum() / 1000.0:.2f} km"
