"""Sums of raster cells over polygons, each cell by the exact share of it that is covered.

An area within an outline is a sum over the edges of the outline (Green's theorem), and so is a sum of cells: an edge
that runs up through a row adds all cells to its left, an edge that runs down takes them away again. Edges are cut where
they enter another cell; each piece adds the part of its own cell to its left and, from running totals of the row, the
cells beyond. Two areas with a common border use the same edge with opposite signs, so sums over a partition add up to
the sum of the raster to rounding, which libraries that keep shares of cells in single precision cannot do.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.layers.raster import Raster, Window

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

BAND = 2**22  # cells held at once
NOTHING = 1e-9  # of a cell; less is rounding


def covered(raster: Raster, shapes: NDArray[Any]) -> tuple[Floats, Floats]:
    """Sum of the valid cells of each polygon, and how many cells it covers that are valid.

    Parameters
    ----------
    shapes
        Polygons or multipolygons without crossing edges, in the raster's CRS, shape (polygons,).

    Returns
    -------
    tuple of two arrays of shape (polygons,)
        Zero for both where a polygon covers no valid cell.
    """
    total, count = np.zeros(len(shapes)), np.zeros(len(shapes))
    owner, start, end = _edges(raster, shapes)
    if not owner.size:
        return total, count
    x, y = np.concatenate([start[:, 0], end[:, 0]]), np.concatenate([start[:, 1], end[:, 1]])
    left, right = np.clip([np.floor(x.min()), np.ceil(x.max())], 0, raster.columns).astype(int).tolist()
    top, bottom = np.clip([np.floor(y.min()), np.ceil(y.max())], 0, raster.rows).astype(int).tolist()
    height = max(1, BAND // max(1, right - left))
    low, high = np.minimum(start[:, 1], end[:, 1]), np.maximum(start[:, 1], end[:, 1])
    with raster.open() as reader:
        for row in range(top, bottom, height):
            below = min(row + height, bottom)
            here = np.flatnonzero((high > row) & (low < below))
            if not here.size or left == right:
                continue
            cells = reader.read(Window(row, left, below, right))
            valid = ~np.isnan(cells)
            piece = _pieces(start[here], end[here])
            _add(total, owner[here], piece, np.where(valid, cells, 0.0), row, left)
            _add(count, owner[here], piece, valid.astype(np.float64), row, left)
    count[count < NOTHING] = 0.0
    return np.where(count > 0, total, 0.0), count


def _edges(raster: Raster, shapes: NDArray[Any]) -> tuple[Whole, Floats, Floats]:
    """Edges in cells from the north-west corner, inside on their left as seen with north up: owner, start, end."""
    import shapely

    part, shape = shapely.get_parts(shapes, return_index=True)
    ring, part_of = shapely.get_rings(part, return_index=True)
    if not len(ring):
        return np.zeros(0, np.int64), np.zeros((0, 2)), np.zeros((0, 2))
    outer = np.diff(part_of, prepend=-1) != 0  # the first ring of a part is its outline
    turned = shapely.is_ccw(ring) != outer
    xy, ring_of = shapely.get_coordinates(ring, return_index=True)
    at = np.column_stack([(xy[:, 0] - raster.west) / raster.wide, (raster.north - xy[:, 1]) / raster.high])
    joined = np.flatnonzero(ring_of[1:] == ring_of[:-1])
    start, end, of = at[joined], at[joined + 1], ring_of[joined]
    swap = turned[of][:, None]
    start, end = np.where(swap, end, start), np.where(swap, start, end)
    slanted = start[:, 1] != end[:, 1]  # level edges have no cells beside them
    return shape[part_of[of]][slanted], start[slanted], end[slanted]


def _pieces(start: Floats, end: Floats) -> tuple[Whole, Floats, Floats]:
    """Edges cut at every border between cells: edge, middle of the piece, and how far it runs up (rows, signed)."""
    edge = np.arange(len(start))
    cuts = [(edge, np.zeros(len(edge))), (edge, np.ones(len(edge)))]
    for axis in (0, 1):
        a, b = start[:, axis], end[:, axis]
        low, high = np.minimum(a, b), np.maximum(a, b)
        first = np.floor(low).astype(np.int64) + 1
        many = np.maximum(np.ceil(high).astype(np.int64) - first, 0)
        of = np.repeat(edge, many)
        border = first[of] + np.arange(of.size) - np.repeat(np.cumsum(many) - many, many)
        cuts.append((of, (border - a[of]) / (b - a)[of]))
    of, share = (np.concatenate([cut[k] for cut in cuts]) for k in (0, 1))
    order = np.lexsort((share, of))
    of, share = of[order], share[order]
    inner = of[1:] == of[:-1]
    of, begin, finish = of[1:][inner], share[:-1][inner], share[1:][inner]
    middle = start[of] + (begin + finish)[:, None] / 2.0 * (end - start)[of]
    rise = (start[of, 1] - end[of, 1]) * (finish - begin)
    return of, middle, rise


def _add(result: Floats, owner: Whole, piece: tuple[Whole, Floats, Floats], cells: Floats, top: int, left: int) -> None:
    """Add what lies to the left of pieces that run up, less what lies to the left of those that run down."""
    of, middle, rise = piece
    rows, columns = cells.shape
    row = np.floor(middle[:, 1]).astype(np.int64) - top
    here = (row >= 0) & (row < rows)
    of, row, x, rise = of[here], row[here], middle[here, 0] - left, rise[here]
    column = np.clip(np.floor(x), -1, columns).astype(np.int64)
    before = np.zeros((rows, columns + 1))
    np.cumsum(cells, axis=1, out=before[:, 1:])
    inside = (column >= 0) & (column < columns)
    within = np.where(inside, (x - column) * cells[row, np.clip(column, 0, columns - 1)], 0.0)
    amount = rise * (before[row, np.clip(column, 0, columns)] + within)
    result += np.bincount(owner[of], amount, minlength=len(result))
