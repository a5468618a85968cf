"""A plan of a question of location: which sites are open, and who goes where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.location.access import Access


@dataclass(frozen=True, eq=False)
class Siting:
    """What is decided, free of any program.

    Attributes
    ----------
    open
        Shape (m,): the site is open, chosen now or existing.
    demand, site, share
        Shape (trips,): so much of what a demand point needs (0 to 1) goes to a site. Who goes nowhere has no trip.
    more
        Further decisions of single questions by name, such as the warehouses of a second tier.
    """

    open: NDArray[np.bool_]
    demand: NDArray[np.intp]
    site: NDArray[np.intp]
    share: Floats
    more: Mapping[str, Floats] = field(default_factory=dict)

    @classmethod
    def nearest(cls, access: Access, opened: NDArray[np.bool_], within: float | Floats = np.inf) -> Siting:
        """Everybody, where somebody lives, goes to the nearest open site within a distance, or nowhere."""
        opened = np.asarray(opened, bool)
        site, distance = access.pairs.nearest_open(opened)
        goes = np.flatnonzero((site >= 0) & (distance <= within) & (access.weight > 0))
        return cls(opened, goes, site[goes], np.ones(len(goes)))

    def way(self, access: Access) -> Floats:
        """Distance of each trip, shape (trips,); infinite where the pair is out of reach."""
        return distance_of(access, self.demand, self.site)

    def burden(self, access: Access) -> Floats:
        """How far people of each demand point go on average over their trips, shape (n,); zero without a trip."""
        total = np.bincount(self.demand, self.share * self.way(access), minlength=access.demand.size)
        return total.astype(np.float64, copy=False)


def distance_of(access: Access, demand: NDArray[np.intp], site: NDArray[np.intp]) -> Floats:
    """Distance of some pairs, infinite where they are out of reach; shape (trips,)."""
    pairs, m = access.pairs, access.pairs.sites
    wanted = demand.astype(np.int64) * m + site
    rows = np.unique(demand)
    keep = np.zeros(pairs.points, bool)
    keep[rows] = True
    inside = np.flatnonzero(np.repeat(keep, pairs.count))
    code = np.repeat(np.arange(pairs.points), pairs.count)[inside].astype(np.int64) * m + pairs.site[inside]
    order = np.argsort(code, kind="stable")
    at = np.searchsorted(code[order], wanted)
    at = np.minimum(at, max(len(code) - 1, 0))
    found = code[order][at] == wanted if len(code) else np.zeros(len(wanted), bool)
    result: Floats = np.where(found, pairs.distance[inside[order[at]]] if len(code) else np.inf, np.inf)
    return result
