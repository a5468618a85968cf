"""Borders between units: how long each pair shares, after gaps and overlaps of the drawing are closed.

Outlines from different hands rarely match to the millimetre. So all their corners are first brought together: corners
within a tolerance of one another become one, and a corner within the tolerance of somebody else's edge cuts that edge.
After that a border is an edge that two units have, and lengths add up by construction: the perimeter of a unit is what
it shares with its neighbours and what it shares with nobody, and what A shares with B, B shares with A.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Borders:
    """Pairs of neighbours, each once with ``left < right``, and the metres they share."""

    left: Ints
    right: Ints
    metres: Floats
    outer: Floats  # metres of each unit's outline that it shares with nobody
    overlapping: int  # edges that more than two units have, because outlines overlap


def borders(shapes: NDArray[Any], tolerance: float) -> Borders:
    """Shared borders of polygons.

    Parameters
    ----------
    shapes
        Polygons and multipolygons, shape (units,).
    tolerance
        Gaps and overlaps up to this width, in metres, do not part neighbours; at least 1 mm.

    Touching in a point is no border.
    """
    tolerance = max(tolerance, 1e-3)
    owner, a, b, xy = _edges(shapes)
    xy, place = _together(xy, tolerance)
    owner, a, b = _cut(owner, place[a], place[b], xy, tolerance)
    low, high = np.minimum(a, b), np.maximum(a, b)
    # An edge that one unit runs along twice (a spike that was closed) bounds nothing.
    code = (low * len(xy) + high) * len(shapes) + owner
    code, times = np.unique(code, return_counts=True)
    code = code[times % 2 == 1]
    edge, owner = code // len(shapes), (code % len(shapes)).astype(np.intp)
    length = np.hypot(*(xy[edge // len(xy)] - xy[edge % len(xy)]).T)
    _, first, of, owners = np.unique(edge, return_index=True, return_inverse=True, return_counts=True)
    alone = owners[of] == 1
    outer = np.asarray(np.bincount(owner[alone], length[alone], minlength=len(shapes)), np.float64)
    left, right, metres = [], [], []
    for more in range(1, int(owners.max(initial=1))):  # mostly once: an edge has two owners
        at = first[owners > more]
        for step in range(more):
            left.append(owner[at + step])
            right.append(owner[at + more])
            metres.append(length[at])
    if not left:
        none = np.zeros(0, np.intp)
        return Borders(none, none, np.zeros(0), outer, 0)
    pair = np.concatenate(left) * len(shapes) + np.concatenate(right)  # owners of an edge rise, so left < right
    pairs, which = np.unique(pair, return_inverse=True)
    shared = np.asarray(np.bincount(which.ravel(), np.concatenate(metres)), np.float64)
    return Borders(
        (pairs // len(shapes)).astype(np.intp),
        (pairs % len(shapes)).astype(np.intp),
        shared,
        outer,
        int((owners > 2).sum()),
    )


def _edges(shapes: NDArray[Any]) -> tuple[Ints, Ints, Ints, Floats]:
    """Edges of all rings: their unit, the numbers of their two corners, and the corners."""
    rings, of = _rings(shapes)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    goes_on = np.flatnonzero(ring[1:] == ring[:-1])
    return of[ring[goes_on]], goes_on, goes_on + 1, xy


def _rings(shapes: NDArray[Any]) -> tuple[NDArray[Any], Ints]:
    parts, unit = shapely.get_parts(shapes, return_index=True)
    areal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, part = shapely.get_rings(parts[areal], return_index=True)
    return rings, unit[areal][part].astype(np.intp)


def _together(xy: Floats, tolerance: float) -> tuple[Floats, Ints]:
    """Corners within the tolerance of one another become one; the earliest in the order of the outlines stays.

    Nearness is not handed on: of three corners in a row, each just within reach of the next, the last stays apart, or
    a finely drawn river would shrink to a point.
    """
    from scipy.spatial import KDTree

    _, first, same = np.unique(np.rint(xy * 1e4).astype(np.int64), axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)  # earliest first
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order))
    points, same = xy[first[order]], rank[same.ravel()]
    becomes = np.arange(len(points))
    close = KDTree(points).query_pairs(tolerance, output_type="ndarray")
    for a, b in close[np.lexsort((close[:, 1], close[:, 0]))].tolist():
        if becomes[a] == a and becomes[b] == b:
            becomes[b] = a
    kept, number = np.unique(becomes, return_inverse=True)
    return points[kept], number.ravel()[same].astype(np.intp)


def _cut(owner: Ints, a: Ints, b: Ints, xy: Floats, tolerance: float) -> tuple[Ints, Ints, Ints]:
    """Edges cut at the corners that lie within the tolerance of them."""
    real = a != b
    owner, a, b = owner[real], a[real], b[real]
    drawn, which = np.unique(np.column_stack([np.minimum(a, b), np.maximum(a, b)]), axis=0, return_inverse=True)
    which = which.ravel()
    lines = shapely.linestrings(xy[drawn])
    corner, line = shapely.STRtree(lines).query(shapely.points(xy), predicate="dwithin", distance=tolerance)
    inner = (corner != drawn[line, 0]) & (corner != drawn[line, 1])
    corner, line = corner[inner], line[inner]
    begin = xy[drawn[line, 0]]
    way = xy[drawn[line, 1]] - begin
    along = ((xy[corner] - begin) * way).sum(axis=1) / (way**2).sum(axis=1)
    inside = (along > 0) & (along < 1)
    corner, line, along = corner[inside], line[inside], along[inside]
    # Each edge as a row of corners: its beginning, the corners on it, its end.
    count = len(drawn)
    row = np.concatenate([np.arange(count), line, np.arange(count)])
    at = np.concatenate([np.zeros(count), along, np.ones(count)])
    node = np.concatenate([drawn[:, 0], corner, drawn[:, 1]])
    order = np.lexsort((at, row))
    row, node = row[order], node[order]
    goes_on = np.flatnonzero(row[1:] == row[:-1])
    start = np.searchsorted(row[goes_on], np.arange(count + 1))
    pieces = np.diff(start)[which]
    step = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    at_piece = goes_on[start[np.repeat(which, pieces)] + step]
    return np.repeat(owner, pieces), node[at_piece].astype(np.intp), node[at_piece + 1].astype(np.intp)
