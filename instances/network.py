"""Roads as data: junctions, links, corridor tiers, key places, and ways between people and sites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from instances.index import Index, Map
from instances.schema import Part, datum


@dataclass(frozen=True, eq=False)
class Roads(Part):
    """A graph of junctions and links, with what it costs to strengthen a link.

    People walk a link both ways; vehicles too, unless it is one-way, then from its tail to its head.
    """

    node: Index
    link: Index
    tail: Map
    head: Map
    x: np.ndarray = datum("node", unit="m", doc="Easting of the junction.", lower=-np.inf)
    y: np.ndarray = datum("node", unit="m", doc="Northing of the junction.", lower=-np.inf)
    length: np.ndarray = datum("link", unit="m", doc="Length along the link.")
    walk: np.ndarray = datum("link", unit="min", doc="Walking time on the undamaged link.")
    drive: np.ndarray = datum("link", unit="min", doc="Driving time on the undamaged link.")
    drivable: np.ndarray = datum("link", unit="", doc="Vehicles may use it.", dtype=bool)
    harden: np.ndarray = datum("link", unit="money", doc="Cost of strengthening the link so that it is not cut.")
    kind: np.ndarray = datum("link", unit="", doc="Road class as in the source.", dtype=str)
    title: np.ndarray = datum("link", unit="", doc="Street name, may be empty.", dtype=str)
    oneway: np.ndarray | None = datum(
        "link", unit="", doc="Vehicles go from tail to head only.", dtype=bool, default=None
    )
    # Polylines for maps: points of link k are shape_xy[shape_start[k]:shape_start[k + 1]].
    shape_xy: np.ndarray | None = None
    shape_start: np.ndarray | None = None

    def extra_faults(self) -> list[str]:
        if self.shape_xy is None and self.shape_start is None:
            return []
        xy, start = self.shape_xy, self.shape_start
        if xy is None or start is None:
            return ["shape: shape_xy and shape_start belong together, one of them is missing"]
        faults = []
        if xy.ndim != 2 or xy.shape[1] != 2 or xy.dtype.kind != "f" or not np.isfinite(xy).all():
            faults.append(f"shape_xy [m]: must be finite numbers of shape (points, 2), got {xy.dtype} {xy.shape}")
        if start.shape != (self.link.size + 1,) or start.dtype.kind not in "iu":
            faults.append(f"shape_start: must be {self.link.size + 1} integers, got {start.dtype} {start.shape}")
        elif not faults and (start[0] != 0 or start[-1] != len(xy) or (np.diff(start.astype(np.int64)) < 2).any()):
            faults.append(f"shape_start: must rise from 0 to {len(xy)} with two points or more a link")
        return faults

    def line(self, link: int) -> np.ndarray:
        """Points of one link, shape (points, 2), in metres; a straight line where no shape is kept."""
        if self.shape_xy is None or self.shape_start is None:
            ends = [self.tail.position[link], self.head.position[link]]
            return np.column_stack([self.x[ends], self.y[ends]])
        return self.shape_xy[self.shape_start[link] : self.shape_start[link + 1]]


@dataclass(frozen=True, eq=False)
class Corridors(Part):
    """Tiers of emergency corridors (highest first), where they may run, and the places they must tie together."""

    tier: Index
    lane: Index  # tuples of link and tier: where a corridor of that tier may be designated
    key: Index  # places that must be tied in
    key_node: Map
    key_tier: Map  # lowest tier that still counts for this place
    cost: np.ndarray = datum("lane", unit="money", doc="Cost of designating and keeping the corridor.")
    ways: np.ndarray = datum("key", unit="1", doc="Link-disjoint ways into the place.", lower=0)
    gateway: np.ndarray = datum("key", unit="", doc="Help from outside arrives here.", dtype=bool)
    title: np.ndarray = datum("key", unit="", doc="Name shown to people.", dtype=str)


@dataclass(frozen=True, eq=False)
class Routes(Part):
    """Ways from demand points to sites that are short enough to matter; a pair out of reach is absent.

    Several ways may join the same pair: the shortest one, and detours around links that a scenario cuts.
    """

    route: Index  # tuples of demand, site and way
    scenario: Index
    metres: np.ndarray = datum("route", unit="m", doc="Length along the network.")
    minutes: np.ndarray = datum("route", "scenario", unit="min", doc="Walking time if every link on it is passable.")
    crossing: Index | None = None  # tuples of route and link: links on the route that some scenario cuts


@dataclass(frozen=True, eq=False)
class Hauls(Part):
    """Ways on which goods move between sites."""

    haul: Index  # tuples of origin and destination (sites)
    scenario: Index
    metres: np.ndarray = datum("haul", unit="m", doc="Length along the network.")
    minutes: np.ndarray = datum("haul", unit="min", doc="Driving time on undamaged roads.")
    passable: np.ndarray = datum("haul", "scenario", unit="", doc="Passable as the roads stand.", dtype=bool)
    crossing: Index | None = None  # tuples of haul and link: links that some scenario cuts
