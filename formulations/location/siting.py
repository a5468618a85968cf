"""A plan of a question of location: which sites are open, and who goes where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.location.access import Access

BLOCK = 4_000_000
"""Pairs looked through in one go."""


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
    pairs = access.pairs
    count = pairs.count[demand]
    passed = np.concatenate([[0], np.cumsum(count)])
    result: Floats = np.full(len(demand), np.inf)
    # some million pairs at a time: a row of pairs is sorted by distance, so that a site has to be looked for
    edges = np.searchsorted(passed, np.arange(0, passed[-1] + BLOCK, BLOCK)).clip(0, len(demand))
    edges = np.unique(np.append(edges, [0, len(demand)]))
    for a, b in pairwise(edges.tolist()):
        at = np.repeat(pairs.start[demand[a:b]] - passed[a:b] + passed[a], count[a:b])
        at += np.arange(len(at))
        hit = np.flatnonzero(pairs.site[at] == np.repeat(site[a:b], count[a:b]))
        trip = a + np.searchsorted(passed[a + 1 : b + 1] - passed[a], hit, side="right")
        result[trip] = pairs.distance[at[hit]]
    return result
