"""Streets of a generated city: rings, radials, embankments and a warped grid, cut where they cross, bridged by few."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.catalog.city.land import BANK, ORIGIN, Land
from instances.streets.graph import Network, RoadClass, Streets, build_network

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Flags = NDArray[np.bool_]

# Walking and driving in km/h, strengthening in money a metre.
CLASSES = {
    "primary": RoadClass(4, 50, 600),
    "secondary": RoadClass(4, 40, 500),
    "tertiary": RoadClass(4, 30, 400),
    "residential": RoadClass(4, 20, 300),
}
BETTER_EVERY = 4  # every fourth line of the grid is a collector road
DENSER = 1.22  # exponent by which blocks shrink towards the middle
SLIVER = 0.42  # in blocks: a lane closer to a main road that it runs along is left out


def draw_streets(land: Land, block: float, rng: np.random.Generator) -> Network:
    """The street graph, in the coordinates of the instance."""
    import shapely

    main = [(shapely.LineString(a.points), a.kind, a.name) for a in land.avenues]
    banks = shapely.boundary(shapely.buffer(land.river, land.width / 2.0 + BANK))
    inside = list(shapely.get_parts(shapely.line_merge(_trim(land, banks))))
    main += [(line, "secondary", "Embankment") for line in inside]
    ends, lane = _grid(land, block, rng)
    keep = _thin(land, ends, rng)
    keep &= ~_slivers(ends, [m[0] for m in main], SLIVER * block)
    ends, lane = ends[keep], lane[keep]
    loose = _blind(ends)
    lines = [m[0] for m in main] + list(shapely.linestrings(ends[~loose]))
    kind = np.array([m[1] for m in main] + [_lane_kind(n) for n in lane[~loose]])
    title = np.array([m[2] for m in main] + [_lane_name(a, n) for a, n in lane[~loose]])
    pieces = shapely.get_parts(shapely.unary_union(np.array(lines, object)))
    source = _source(pieces, np.array(lines, object))
    stub = _stubs(pieces, source >= len(main), 0.6 * block)
    pieces, source = pieces[~stub], source[~stub]
    middle = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    wet = shapely.contains(shapely.buffer(land.river, land.width / 2.0 + BANK - 1.0), middle)
    bridge = wet & _at_bridge(middle, source, land)
    keep = ~wet | bridge
    points = [shapely.get_coordinates(p) + np.array(ORIGIN) for p in pieces[keep]]
    names = np.where(bridge, np.char.add(title[source], " bridge"), title[source])[keep]
    streets = Streets(points, kind[source][keep], names, bridge[keep], np.zeros(int(keep.sum()), bool))
    return build_network(streets, CLASSES)


def _trim(land: Land, line: Any) -> Any:
    """The part of a line inside the city."""
    import shapely

    turn = np.linspace(0, 2 * np.pi, 181)[:-1]
    reach = 1.0 / land.edge(np.cos(turn), np.sin(turn))  # edge is a share of the way out, so this is the outline
    return shapely.intersection(line, shapely.Polygon(np.column_stack([reach * np.cos(turn), reach * np.sin(turn)])))


def _grid(land: Land, block: float, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Edges of a warped grid, shape (edges, 2 ends, 2), and the axis and number of the line each belongs to."""
    half = int(np.ceil(1.15 * land.radius / block))
    u = np.arange(-half, half + 1) / half
    spread = 1.15 * land.radius * np.sign(u) * np.abs(u) ** DENSER
    gx, gy = np.meshgrid(spread, spread, indexing="ij")
    turn, wave = rng.uniform(0, np.pi / 2), 1.3 * land.radius
    phase = rng.uniform(0, 2 * np.pi, 4)
    size = 0.05 * land.radius
    x = gx + size * np.sin(2 * np.pi * gy / wave + phase[0]) + 0.4 * size * np.sin(4 * np.pi * gx / wave + phase[1])
    y = gy + size * np.sin(2 * np.pi * gx / wave + phase[2]) + 0.4 * size * np.sin(4 * np.pi * gy / wave + phase[3])
    x, y = x + rng.normal(0, 0.05 * block, x.shape), y + rng.normal(0, 0.05 * block, y.shape)
    at = np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)], -1)
    n = len(u)
    i, j = np.meshgrid(np.arange(n - 1), np.arange(n), indexing="ij")
    streets = np.stack([at[i, j], at[i + 1, j]], -2).reshape(-1, 2, 2)
    avenues = np.stack([at[j, i], at[j, i + 1]], -2).reshape(-1, 2, 2)
    number = np.concatenate([np.column_stack([np.full(i.size, k), j.ravel()]) for k in (0, 1)])
    return np.concatenate([streets, avenues]), number


def _thin(land: Land, ends: Floats, rng: np.random.Generator) -> Flags:
    """Streets inside the outline; some are missing, more of them towards the country."""
    middle = ends.mean(axis=1)
    share = land.edge(*middle.T)
    chance = np.interp(share, [0.4, 0.75, 1.0], [1.0, 0.96, 0.6])
    kept: Flags = (share < 1.0) & (rng.uniform(size=len(ends)) < chance)
    return kept


def _slivers(ends: Floats, main: list[Any], near: float) -> Flags:
    """Lanes that run along a main road, closer than ``near``."""
    import shapely

    segments = np.concatenate([_segments(shapely.get_coordinates(line)) for line in main])
    tree = shapely.STRtree(shapely.linestrings(segments))
    middle = shapely.points(ends.mean(axis=1))
    lane, close = tree.query(middle, predicate="dwithin", distance=near)
    way = (ends[:, 1] - ends[:, 0])[lane]
    road = (segments[:, 1] - segments[:, 0])[close]
    aligned = np.abs((way * road).sum(axis=1)) > 0.77 * np.hypot(*way.T) * np.hypot(*road.T)  # within 40 degrees
    along = np.zeros(len(ends), bool)
    along[lane[aligned]] = True
    return along


def _segments(points: Floats) -> Floats:
    return np.stack([points[:-1], points[1:]], axis=1)


def _blind(ends: Floats) -> Flags:
    """Lanes that touch no other lane at either end."""
    _, vertex = np.unique(np.rint(ends.reshape(-1, 2) * 1000).astype(np.int64), axis=0, return_inverse=True)
    degree = np.bincount(vertex.ravel())[vertex.reshape(-1, 2)]
    loose: Flags = (degree == 1).all(axis=1)
    return loose


def _stubs(pieces: Any, lane: Flags, short: float) -> Flags:
    """Lanes that end blind after less than ``short`` metres."""
    import shapely

    first, last = (shapely.get_coordinates(shapely.get_point(pieces, k)) for k in (0, -1))
    _, vertex = np.unique(np.rint(np.concatenate([first, last]) * 1000).astype(np.int64), axis=0, return_inverse=True)
    blind = (np.bincount(vertex.ravel()) == 1)[vertex.ravel()].reshape(2, -1).any(axis=0)
    stubs: Flags = lane & blind & (shapely.length(pieces) < short)
    return stubs


def _source(pieces: Any, lines: Any) -> Ints:
    """The first of the lines that a piece lies on; main roads come first."""
    import shapely

    tree = shapely.STRtree(lines)
    middle = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    piece, line = tree.query(middle, predicate="dwithin", distance=0.01)
    source = np.full(len(pieces), len(lines), np.intp)
    np.minimum.at(source, piece, line)
    return source


def _at_bridge(points: Any, source: Ints, land: Land) -> Flags:
    """Points of an avenue within the width of the river, or so, of a bridge that carries it."""
    import shapely

    at = shapely.points(land.bridges)
    near = shapely.distance(points[:, None], at[None, :]) < 0.75 * land.width + BANK
    carried: Flags = (near & (source[:, None] == land.bridged[None, :])).any(axis=1)
    return carried


def _lane_kind(lane: Ints) -> str:
    return "tertiary" if lane[1] % BETTER_EVERY == 0 else "residential"


def _lane_name(axis: int, number: int) -> str:
    return f"{'Street' if axis == 0 else 'Lane'} {number + 1}"
