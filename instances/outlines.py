"""Outlines of units as polygons, and which unit a place lies in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from instances.index import Index, Map
    from instances.streets.polylines import Polylines
    from instances.units import Units

NOWHERE = -1


def polygons(units: Units) -> Any:
    """One polygon, or several as one, for every unit; see :func:`shapes_of`.

    Raises
    ------
    ValueError
        If the units have no outlines.
    """
    if units.ring_unit is None or units.ring_start is None or units.ring_xy is None:
        raise ValueError("The units have no outlines.")
    return shapes_of(units.unit.size, units.ring_unit, units.ring_start, units.ring_xy)


def shapes_of(size: int, owner: np.ndarray, start: np.ndarray, xy: np.ndarray) -> Any:
    """One polygon, or several as one, for every element: an array of shapes; empty where an element has no ring.

    Outer rings run counter-clockwise and holes clockwise; a hole belongs to the smallest outer ring of its element
    that it lies in.

    Parameters
    ----------
    size
        Number of elements.
    owner, start, xy
        Ring r has the points ``xy[start[r]:start[r + 1]]`` and bounds element ``owner[r]``.
    """
    import shapely

    of_point = np.repeat(np.arange(owner.size), np.diff(start))
    rings = shapely.linearrings(xy, indices=of_point) if of_point.size else np.zeros(0, object)
    outer = shapely.is_ccw(rings)
    shapes = np.full(size, shapely.Polygon(), object)
    count = np.bincount(owner, minlength=size)
    alone = outer & (count[owner] == 1)
    shapes[owner[alone]] = shapely.polygons(rings[alone])
    for element in np.flatnonzero(count > 1).tolist():
        mine = owner == element
        shapes[element] = _joined(rings[mine & outer], rings[mine & ~outer])
    return shapes


def rings_of(shapes: Any) -> tuple[Polylines, np.ndarray]:
    """Rings of polygons, outer ones counter-clockwise and holes clockwise, and the shape that each bounds."""
    import shapely

    from instances.streets.polylines import Polylines

    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    outer = np.concatenate([[True], np.diff(part) > 0])
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    start = np.concatenate([[0], np.cumsum(np.bincount(ring, minlength=len(rings)))]).astype(np.intp)
    wrong = np.asarray(shapely.is_ccw(rings)) != outer
    return Polylines(xy, start).take(np.arange(len(rings)), wrong), owner[part].astype(np.intp)


def ring_faults(
    name: str, index: Index, owner: np.ndarray | None, start: np.ndarray | None, xy: np.ndarray | None
) -> list[str]:
    """What is wrong with outlines kept as rings; nothing if there are none. ``name`` is the field of ``owner``."""
    if owner is None and start is None and xy is None:
        return []
    if owner is None or start is None or xy is None:
        return [f"rings: {name}, ring_start and ring_xy belong together, one of them is missing"]
    faults = []
    if xy.ndim != 2 or xy.shape[1] != 2 or xy.dtype.kind != "f" or not np.isfinite(xy).all():
        faults.append(f"ring_xy [m]: must be finite numbers of shape (points, 2), got {xy.dtype} {xy.shape}")
    if start.dtype.kind not in "iu" or start.shape != (len(owner) + 1,):
        faults.append(f"ring_start: must be {len(owner) + 1} integers, got {start.dtype} {start.shape}")
    elif not faults and (start[0] != 0 or start[-1] != len(xy) or (np.diff(start.astype(np.int64)) < 4).any()):
        faults.append(f"ring_start: must rise from 0 to {len(xy)} with four points or more a ring")
    if owner.dtype.kind not in "iu" or (owner.size and not (0 <= owner.min() and owner.max() < index.size)):
        faults.append(f"{name}: must be positions in {index}")
    return faults


def _joined(outer: Any, holes: Any) -> Any:
    """One shape of several rings."""
    import shapely

    whole = shapely.polygons(outer)
    size, taken = shapely.area(whole), [[] for _ in outer]  # type: tuple[Any, list[list[Any]]]
    for hole in holes:
        around = np.flatnonzero(shapely.covers(whole, shapely.polygons(hole)))
        if around.size:
            taken[int(around[np.argmin(size[around])])].append(hole)
    parts = [shapely.polygons(ring, mine or None) for ring, mine in zip(outer, taken, strict=True)]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def units_of(units: Units, x: np.ndarray, y: np.ndarray, zone: Map | None = None) -> dict[str, np.ndarray]:
    """By level, the position of the unit that each place lies in, or -1; on a border, the first unit.

    Where all zones are units of a level, the places of that level are in the unit of their zone, so that figures by
    unit are those by zone. Units without outlines are known by their zones only.
    """
    import shapely

    found = {}
    outlined = units.ring_unit is not None
    shapes = polygons(units) if outlined else None
    number = {label: k for k, label in enumerate(units.unit.labels())}
    for level in dict.fromkeys(units.level.tolist()):
        named = [number.get(f"{level} {label}", NOWHERE) for label in zone.target.labels()] if zone is not None else []
        if zone is not None and named and NOWHERE not in named:
            found[level] = np.array(named)[zone.position]
            continue
        home = np.full(x.size, units.unit.size)
        if shapes is not None:
            here = np.flatnonzero(units.level == level)
            place, at = shapely.STRtree(shapes[here]).query(shapely.points(x, y), predicate="intersects")
            np.minimum.at(home, place, here[at])
        found[level] = np.where(home == units.unit.size, NOWHERE, home)
    return found
