"""Pieces of census units: polygons, lines or points with a weight, cut by other outlines without losing any of it.

Areal interpolation by map overlay, which preserves volume (Lam 1983, The American Cartographer 10, 129-149): the parts
of a unit get its people by their weight.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Flags = NDArray[np.bool_]
Shapes = NDArray[np.object_]
Measure = Callable[[Shapes], Floats]


def extent_of(shapes: Shapes) -> Floats:
    """Area of polygons [m2], length of lines [m], 1 for a point."""
    import shapely

    kind = shapely.get_dimensions(shapes)
    return np.asarray(np.select([kind == 2, kind == 1], [shapely.area(shapes), shapely.length(shapes)], 1.0))


@dataclass(frozen=True, eq=False)
class Pieces:
    """Parts of units.

    Attributes
    ----------
    unit
        Which unit it is part of, shape (pieces,).
    shape
        Polygons, lines or points in the frame's system.
    density
        Weight a m2, a metre or a point.
    place
        Which carrier it lies on: building, land, junction; -1 where there is none.
    """

    unit: Ints
    shape: Shapes
    density: Floats
    place: Ints

    def __len__(self) -> int:
        return len(self.unit)

    def weights(self, measure: Measure = extent_of) -> Floats:
        """Weight of each piece, shape (pieces,)."""
        return self.density * measure(self.shape) if len(self) else np.zeros(0)

    def where(self, keep: Flags | Ints) -> Pieces:
        """Some of the pieces."""
        return Pieces(self.unit[keep], self.shape[keep], self.density[keep], self.place[keep])

    def middle(self) -> tuple[Floats, Floats]:
        """Centre of gravity of each piece."""
        import shapely

        middle = shapely.centroid(self.shape)
        return np.asarray(shapely.get_x(middle), float), np.asarray(shapely.get_y(middle), float)


def join(*some: Pieces) -> Pieces:
    """Pieces one after the other."""
    return Pieces(*(np.concatenate([getattr(p, f) for p in some]) for f in ("unit", "shape", "density", "place")))


def overlay(shapes: Shapes, outlines: Shapes) -> tuple[Ints, Ints, Shapes]:
    """Every part of ``shapes`` inside one of ``outlines``: which shape, which outline, and the part.

    A point on a border belongs to one outline only, the one whose middle lies farthest north, then west. Parts of a
    lower dimension, where outlines only touch, are left out.
    """
    import shapely

    none = np.zeros(0, np.intp)
    if not len(shapes) or not len(outlines):
        return none, none, np.zeros(0, object)
    which, outline = shapely.STRtree(outlines).query(shapes, predicate="intersects")
    kind = shapely.get_dimensions(shapes)
    point = kind[which] == 0
    middle = shapely.centroid(outlines)
    rank = np.empty(len(outlines), np.intp)
    rank[np.lexsort((shapely.get_x(middle), -shapely.get_y(middle)))] = np.arange(len(outlines))
    order = np.lexsort((rank[outline], which))
    which, outline, point = which[order], outline[order], point[order]
    first = np.concatenate([[True], np.diff(which) > 0]) if len(which) else np.zeros(0, bool)
    keep = ~point | first
    which, outline, point = which[keep], outline[keep], point[keep]
    part = shapes[which].copy()
    cut = np.flatnonzero(~point)
    inside = shapely.covers(outlines[outline[cut]], part[cut])
    cut = cut[~inside]
    part[cut] = shapely.intersection(part[cut], outlines[outline[cut]])
    part = _same_dimension(part, kind[which])
    kept = (shapely.get_dimensions(part) == kind[which]) & (extent_of(part) > 0)
    return which[kept].astype(np.intp), outline[kept].astype(np.intp), part[kept]


def _same_dimension(part: Shapes, kind: Ints) -> Shapes:
    """Of a mixed intersection, what has the dimension of the shape that was cut."""
    import shapely

    for k in np.flatnonzero((shapely.get_type_id(part) == 7) & ~shapely.is_empty(part)):
        alike = [g for g in shapely.get_parts(part[k]) if shapely.get_dimensions(g) == kind[k]]
        part[k] = shapely.union_all(alike)
    return part


def cut(pieces: Pieces, outlines: Shapes) -> tuple[Pieces, Ints]:
    """The parts of the pieces inside outlines, and which outline each lies in."""
    which, outline, part = overlay(pieces.shape, outlines)
    return Pieces(pieces.unit[which], part, pieces.density[which], pieces.place[which]), outline


def cut_to_grid(pieces: Pieces, spacing: float) -> tuple[Pieces, Ints]:
    """Parts of the pieces in squares of ``spacing`` metres (half-open: west and south border belong), and which square.

    Squares are numbered from the south, then from the west, among those that are touched.
    """
    import shapely

    kind = shapely.get_dimensions(pieces.shape)
    bounds = np.floor(shapely.bounds(pieces.shape).reshape(-1, 4) / spacing).astype(np.int64)
    many = (bounds[:, 2] > bounds[:, 0]) | (bounds[:, 3] > bounds[:, 1])
    whole, parted = np.flatnonzero((kind == 0) | ~many), np.flatnonzero((kind > 0) & many)
    some, cells = [pieces.where(whole)], [bounds[whole, :2]]
    for k in parted:
        west, south, east, north = bounds[k].tolist()
        col, row = (v.ravel() for v in np.meshgrid(np.arange(west, east + 1), np.arange(south, north + 1)))
        box = shapely.box(col * spacing, row * spacing, (col + 1) * spacing, (row + 1) * spacing)
        one = pieces.where(np.array([k]))
        parts, at = cut(one, box)
        some.append(parts)
        cells.append(np.column_stack([col[at], row[at]]))
    cell = np.concatenate(cells)
    _, square = np.unique(cell[:, ::-1], axis=0, return_inverse=True)
    return join(*some), square.ravel().astype(np.intp)
