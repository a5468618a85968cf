"""Outlines of units as polygons, and which unit a place lies in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from instances.index import Map
    from instances.units import Units

NOWHERE = -1


def polygons(units: Units) -> Any:
    """One polygon, or several as one, for every unit: an array of shapes; empty where a unit has no ring.

    Outer rings run counter-clockwise and holes clockwise; a hole belongs to the smallest outer ring of its unit that
    it lies in.

    Raises
    ------
    ValueError
        If the units have no outlines.
    """
    import shapely

    if units.ring_unit is None or units.ring_start is None or units.ring_xy is None:
        raise ValueError("The units have no outlines.")
    of_point = np.repeat(np.arange(units.ring_unit.size), np.diff(units.ring_start))
    rings = shapely.linearrings(units.ring_xy, indices=of_point) if of_point.size else np.zeros(0, object)
    outer = shapely.is_ccw(rings)
    shapes = np.full(units.unit.size, shapely.Polygon(), object)
    count = np.bincount(units.ring_unit, minlength=units.unit.size)
    alone = outer & (count[units.ring_unit] == 1)
    shapes[units.ring_unit[alone]] = shapely.polygons(rings[alone])
    for unit in np.flatnonzero(count > 1).tolist():
        mine = units.ring_unit == unit
        shapes[unit] = _joined(rings[mine & outer], rings[mine & ~outer])
    return shapes


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
