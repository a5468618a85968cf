"""Nested units of land with their neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from instances.index import Index, Map
from instances.schema import Part, datum


@dataclass(frozen=True, eq=False)
class Units(Part):
    """Administrative or natural units of every level, coarse to fine; a unit lies within one of the level above."""

    unit: Index
    border: Index  # tuples of unit and neighbour, both of one level; each pair once
    level: np.ndarray = datum("unit", unit="", doc="Level, such as district or life circle.", dtype=str)
    x: np.ndarray = datum("unit", unit="m", doc="Easting of a point inside.", lower=-np.inf)
    y: np.ndarray = datum("unit", unit="m", doc="Northing of a point inside.", lower=-np.inf)
    area: np.ndarray = datum("unit", unit="m2", doc="Area.")
    title: np.ndarray = datum("unit", unit="", doc="Name shown to people.", dtype=str)
    shared: np.ndarray = datum("border", unit="m", doc="Length of the shared border.")
    within: Map | None = None  # unit of the level above; a unit of the coarsest level lies within itself
    # Outlines for maps: ring r has the points ring_xy[ring_start[r]:ring_start[r + 1]] and bounds unit ring_unit[r].
    # Outer rings run counter-clockwise, holes clockwise.
    ring_unit: np.ndarray | None = None
    ring_start: np.ndarray | None = None
    ring_xy: np.ndarray | None = None

    def extra_faults(self) -> list[str]:
        rings = self.ring_unit, self.ring_start, self.ring_xy
        if all(r is None for r in rings):
            return []
        unit, start, xy = rings
        if unit is None or start is None or xy is None:
            return ["rings: ring_unit, ring_start and ring_xy belong together, one of them is missing"]
        faults = []
        if xy.ndim != 2 or xy.shape[1] != 2 or xy.dtype.kind != "f" or not np.isfinite(xy).all():
            faults.append(f"ring_xy [m]: must be finite numbers of shape (points, 2), got {xy.dtype} {xy.shape}")
        if start.dtype.kind not in "iu" or start.shape != (len(unit) + 1,):
            faults.append(f"ring_start: must be {len(unit) + 1} integers, got {start.dtype} {start.shape}")
        elif not faults and (start[0] != 0 or start[-1] != len(xy) or (np.diff(start.astype(np.int64)) < 4).any()):
            faults.append(f"ring_start: must rise from 0 to {len(xy)} with four points or more a ring")
        if unit.dtype.kind not in "iu" or (unit.size and not (0 <= unit.min() and unit.max() < self.unit.size)):
            faults.append(f"ring_unit: must be positions in {self.unit}")
        return faults
