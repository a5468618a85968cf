"""Names that people know: demand points by street, sites by map name or street, zones by quarter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from instances.index import Index
from instances.layers.osm import Features
from instances.places import Zones
from instances.streets.graph import Network, snap

Floats = NDArray[np.float64]
Texts = NDArray[np.str_]
Ints = NDArray[np.intp]

QUARTERS = ("suburb", "quarter", "neighbourhood", "borough", "city_district", "village", "town")
COMPASS = ("South-west", "South-east", "North-west", "North-east")
WORDS = {"car_park": "Car park", "reserve_land": "Reserve land", "community": "Hall", "sports": "Sports ground"}


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


def quarters(points: Features, x: Floats, y: Floats, own: Texts | None = None) -> Quarters:
    """Zones for people at ``x``, ``y``.

    Their own column if there is one (then the people are the seeds); else the quarters named on the map that are
    nearest to some of them; with fewer than two, the four compass directions from their middle.
    """
    import shapely

    if own is not None:
        called, of = np.unique(np.where(own == "", "unnamed", own), return_inverse=True)
        return _quarters(called.tolist(), np.column_stack([x, y]), of.ravel())
    mapped = points.tagged("place", *QUARTERS).tagged("name")
    names = [t["name"] for t in mapped.tags]
    if len(set(names)) >= 2:
        seed = shapely.get_coordinates(mapped.shape)
        title, of_seed = np.unique(names, return_inverse=True)
        used = np.unique(_quarters(title.tolist(), seed, of_seed).of(x, y))
        kept = np.isin(of_seed, used)
        return _quarters(title[used].tolist(), seed[kept], np.searchsorted(used, of_seed[kept]))
    corner = np.array([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
    return _quarters(list(COMPASS), np.median(np.column_stack([x, y]), axis=0) + corner, np.arange(4))


def name_points(network: Network, x: Floats, y: Floats) -> Texts:
    """Unique names for demand points: the street, numbered from north to south where it has several points."""
    street = _streets_near(network, x, y)
    return _unique(np.where(street == "", "Block", street), np.lexsort((x, -y)))


def name_sites(network: Network, x: Floats, y: Floats, use: Texts, title: Texts) -> Texts:
    """Unique names for sites: their own, or their use and street."""
    street = _streets_near(network, x, y)
    made = [
        f"{WORDS.get(str(u), str(u).capitalize())}{', ' + str(s) if s else ''}"
        for u, s in zip(use, street, strict=True)
    ]
    return _unique(np.where(title == "", made, title), np.lexsort((x, -y)))


def _quarters(names: list[str], seed: Floats, of_seed: Ints) -> Quarters:
    zones = Zones(Index.named("zone", names), title=np.array(names))
    return Quarters(zones, np.asarray(seed, np.float64), np.asarray(of_seed, np.intp))


def _streets_near(network: Network, x: Floats, y: Floats) -> Texts:
    """Name of the nearest street that has one, or an empty string if none has."""
    named = network.roads.title != ""
    if not named.any():
        return np.full(len(x), "", np.str_)
    return np.asarray(network.roads.title[snap(network, x, y, 4.0, allowed=named).link], np.str_)


def _unique(names: Texts, order: Ints) -> Texts:
    """Names in use more than once get a number, counted in the given order."""
    total = dict(zip(*np.unique(names, return_counts=True), strict=True))
    taken = {str(n) for n, count in total.items() if count == 1}
    made, seen = [""] * len(names), dict.fromkeys(total, 0)
    for k in order:
        name = str(names[k])
        if total[name] == 1:
            made[k] = name
            continue
        while True:  # "Market (1)" may be the proper name of another place
            seen[name] += 1
            made[k] = f"{name} ({seen[name]})"
            if made[k] not in taken:
                break
        taken.add(made[k])
    return np.array(made, np.str_)
