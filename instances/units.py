"""Nested units of land with their neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from instances.index import Index, Map
from instances.outlines import ring_faults
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
        return ring_faults("ring_unit", self.unit, self.ring_unit, self.ring_start, self.ring_xy)
