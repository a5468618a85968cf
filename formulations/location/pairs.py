"""Who can reach which site, and how far it is: sparse, each demand point's sites from the nearest outwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Floats


@dataclass(frozen=True, eq=False)
class Pairs:
    """Distances of pairs within reach, row by row; a pair that is not there is out of reach.

    Attributes
    ----------
    start
        Shape (n + 1,): the pairs of demand point ``i`` are ``start[i]:start[i + 1]``.
    site
        Shape (pairs,), int32: position of the site. Within a row by distance, then by position.
    distance
        Shape (pairs,): finite.
    sites
        How many sites there are.
    """

    start: NDArray[np.int64]
    site: NDArray[np.int32]
    distance: Floats
    sites: int

    def __post_init__(self) -> None:
        for array in (self.start, self.site, self.distance):
            array.setflags(write=False)

    @classmethod
    def dense(cls, distance: Floats) -> Pairs:
        """From a matrix (n, m), infinite where a site is out of reach."""
        m = distance.shape[1]
        order = np.argsort(distance, axis=1, kind="stable").astype(np.int32)
        near = np.take_along_axis(distance, order, axis=1)
        there = np.isfinite(near)
        start = np.concatenate([[0], np.cumsum(there.sum(axis=1))])
        if there.all():
            return cls(start, order.reshape(-1), near.reshape(-1), m)
        return cls(start, order[there], near[there], m)

    @classmethod
    def listed(
        cls, demand: NDArray[np.intp], site: NDArray[np.intp], distance: Floats, shape: tuple[int, int]
    ) -> Pairs:
        """From one entry for each pair, in any order, none twice."""
        order = np.lexsort((site, distance, demand))
        count = np.bincount(demand, minlength=shape[0])
        start = np.concatenate([[0], np.cumsum(count)])
        return cls(start, site[order].astype(np.int32), np.asarray(distance, float)[order], shape[1])

    @property
    def points(self) -> int:
        """How many demand points there are."""
        return len(self.start) - 1

    @property
    def size(self) -> int:
        """How many pairs there are."""
        return len(self.site)

    @property
    def count(self) -> NDArray[np.int64]:
        """Sites within reach of each demand point, shape (n,)."""
        return np.diff(self.start)

    @property
    def demand(self) -> NDArray[np.intp]:
        """Position of the demand point of each pair, shape (pairs,)."""
        return np.repeat(np.arange(self.points), self.count)

    def to_dense(self) -> Floats:
        """Matrix (n, m), infinite out of reach."""
        full = np.full((self.points, self.sites), np.inf)
        full[self.demand, self.site] = self.distance
        return full

    def within(self, radius: float | Floats) -> Any:
        """Cover matrix, CSR of ones (n, m): which sites lie within a radius, one for all or one each, shape (n,)."""
        limit = np.broadcast_to(np.asarray(radius, float), (self.points,))
        near = self.distance <= np.repeat(limit, self.count)
        passed = np.concatenate([[0], np.cumsum(near)])
        indptr = passed[self.start].astype(np.int32 if passed[-1] < 2**31 else np.int64)
        data = np.ones(int(passed[-1]), dtype=np.int8)
        return sp.csr_array((data, self.site[near], indptr), shape=(self.points, self.sites))

    def chosen(self, keep: NDArray[np.bool_]) -> Pairs:
        """Only the pairs marked, shape (pairs,)."""
        passed = np.concatenate([[0], np.cumsum(keep)])
        return Pairs(passed[self.start], self.site[keep], self.distance[keep], self.sites)

    def nearest_open(self, opened: NDArray[np.bool_]) -> tuple[NDArray[np.intp], Floats]:
        """Nearest open site of each demand point and how far it is; -1 and infinite where none is within reach."""
        hit = np.flatnonzero(opened[self.site])
        at = np.searchsorted(hit, self.start[:-1])
        found = at < len(hit)
        first = hit[np.minimum(at, len(hit) - 1)] if len(hit) else np.zeros(self.points, np.intp)
        found &= first < self.start[1:] if len(hit) else False
        site = np.where(found, self.site[first] if len(hit) else -1, -1)
        return site.astype(np.intp), np.where(found, self.distance[first] if len(hit) else np.inf, np.inf)
