"""Zones where no recipe draws any: the people's own column, quarters named on the map, or compass directions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from instances.index import Index
from instances.layers.osm import Features
from instances.places import Zones

Floats = NDArray[np.float64]
Texts = NDArray[np.str_]
Ints = NDArray[np.intp]

QUARTERS = ("suburb", "quarter", "neighbourhood", "borough", "city_district", "village", "town")
COMPASS = ("South-west", "South-east", "North-west", "North-east")


@dataclass(frozen=True, eq=False)
class Quarters:
    """Zones, each with seed points; a place belongs to the zone of the nearest seed."""

    zones: Zones
    seed: Floats  # shape (seeds, 2)
    of_seed: Ints  # zone of each seed

    def of(self, x: Floats, y: Floats) -> Ints:
        """Zone of each place, as positions."""
        from scipy.spatial import KDTree

        _, nearest = KDTree(self.seed).query(np.column_stack([x, y]))
        return self.of_seed[nearest]


def quarters(points: Features | None, x: Floats, y: Floats, own: Texts | None = None) -> Quarters:
    """Zones for people at ``x``, ``y``.

    Their own column if there is one (then the people are the seeds); else the quarters named on the map that are
    nearest to some of them; with fewer than two, the four compass directions from their middle.
    """
    import shapely

    if own is not None:
        called, of = np.unique(np.where(own == "", "unnamed", own), return_inverse=True)
        return _quarters(called.tolist(), np.column_stack([x, y]), of.ravel())
    mapped = named_places(points) if points is not None else None
    names = [t["name"] for t in mapped.tags] if mapped is not None else []
    if mapped is not None and len(set(names)) >= 2:
        seed = shapely.get_coordinates(mapped.shape)
        title, of_seed = np.unique(names, return_inverse=True)
        used = np.unique(_quarters(title.tolist(), seed, of_seed).of(x, y))
        kept = np.isin(of_seed, used)
        return _quarters(title[used].tolist(), seed[kept], np.searchsorted(used, of_seed[kept]))
    corner = np.array([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
    return _quarters(list(COMPASS), np.median(np.column_stack([x, y]), axis=0) + corner, np.arange(4))


def named_places(points: Features) -> Features:
    """Points of the map that name a quarter."""
    return points.tagged("place", *QUARTERS).tagged("name")


def _quarters(names: list[str], seed: Floats, of_seed: Ints) -> Quarters:
    zones = Zones(Index.named("zone", names), title=np.array(names))
    return Quarters(zones, np.asarray(seed, np.float64), np.asarray(of_seed, np.intp))
