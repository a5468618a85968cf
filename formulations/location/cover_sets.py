"""Demand points that the same sites cover are one: exact aggregation, a million points to some thousand cover sets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.location.access import Access
from formulations.location.pairs import Pairs

BLOCK = 4_000_000
"""Pairs looked at in one go, which bounds the memory."""


@dataclass(frozen=True, eq=False)
class CoverSets:
    """The distinct sets of sites that cover some demand point where somebody lives.

    Attributes
    ----------
    cover
        Shape (sets, m), CSR of ones with sorted columns: the sites of each set. A set may be empty.
    weight
        Shape (sets,), in the weight unit: people of all demand points with this set.
    of_demand
        Shape (n,): the set of each demand point, -1 where nobody lives.
    first
        Shape (sets,): a demand point that has the set.
    """

    cover: Any
    weight: Floats
    of_demand: NDArray[np.intp]
    first: NDArray[np.intp]

    @classmethod
    def of(cls, access: Access, radius: float | None) -> CoverSets:
        """Cover sets of the sites within ``radius``, of all pairs stored if None.

        Sums of random 64-bit codes of the sites tell sets apart; then each demand point is compared with the first one
        of its set, site by site. Should two different sets have the same sum, other codes are drawn.
        """
        pairs = access.pairs
        end = _ends(pairs, radius)
        here = access.served
        codes = np.random.default_rng(20190901)
        while True:
            code = codes.integers(0, 2**64, pairs.sites, dtype=np.uint64)
            total = _sums(pairs, end, code)[here]
            _, first, group = np.unique(total, return_index=True, return_inverse=True)
            # in the order of the data, so that nothing depends on the codes
            rank = np.argsort(first, kind="stable")
            place = np.empty(len(rank), np.intp)
            place[rank] = np.arange(len(rank))
            first, group = here[first[rank]], place[np.asarray(group)]
            of_demand = np.full(pairs.points, -1, dtype=np.intp)
            of_demand[here] = group
            cover = _rows(pairs, end, first)
            if _same(pairs, end, of_demand, cover):
                break
        weight = np.bincount(group, access.weight[here], minlength=len(first)).astype(np.float64, copy=False)
        return cls(cover, weight, of_demand, first)

    @property
    def size(self) -> int:
        """How many sets there are."""
        return len(self.weight)

    def covers(self, opened: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many open sites cover each set, shape (sets,)."""
        found: NDArray[np.int64] = self.cover @ opened.astype(np.int64)
        return found

    def burden(self, per_set: Floats) -> Floats:
        """A number for each set as one for each demand point, zero where nobody lives; shape (n,)."""
        return np.where(self.of_demand >= 0, per_set[self.of_demand], 0.0)


def _ends(pairs: Pairs, radius: float | None) -> NDArray[np.int64]:
    """Where the pairs within the radius end in each row: they are the first ones."""
    if radius is None:
        return pairs.start[1:]
    passed: Any = np.zeros(pairs.size + 1, dtype=np.int32 if pairs.size < 2**31 else np.int64)
    np.cumsum(pairs.distance <= radius, out=passed[1:])
    end: Any = pairs.start[:-1] + (passed[pairs.start[1:]] - passed[pairs.start[:-1]])
    return np.asarray(end, dtype=np.int64)


def _blocks(pairs: Pairs) -> Iterator[tuple[int, int]]:
    """Rows in blocks of about so many pairs."""
    cut = np.unique(np.searchsorted(pairs.start, np.arange(0, pairs.size + BLOCK, BLOCK)).clip(0, pairs.points))
    edges = np.unique(np.concatenate([[0], cut, [pairs.points]]))
    yield from zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)


def _sums(pairs: Pairs, end: NDArray[np.int64], code: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Sum of the codes of each row, modulo 2**64; shape (n,)."""
    total = np.zeros(pairs.points, dtype=np.uint64)
    for a, b in _blocks(pairs):
        low = pairs.start[a]
        passed = np.zeros(pairs.start[b] - low + 1, dtype=np.uint64)
        np.cumsum(code[pairs.site[low : pairs.start[b]]], out=passed[1:])
        total[a:b] = passed[end[a:b] - low] - passed[pairs.start[a:b] - low]
    return total


def _rows(pairs: Pairs, end: NDArray[np.int64], rows: NDArray[np.intp]) -> Any:
    """Some rows as a cover matrix, their columns sorted."""
    start, count = pairs.start[rows], end[rows] - pairs.start[rows]
    indptr = np.concatenate([[0], np.cumsum(count)])
    at = np.repeat(start - indptr[:-1], count) + np.arange(indptr[-1])
    kind = np.int32 if indptr[-1] < 2**31 else np.int64
    shape = (len(rows), pairs.sites)
    matrix: Any = sp.csr_array((np.ones(len(at)), pairs.site[at].astype(kind), indptr.astype(kind)), shape=shape)
    matrix.sort_indices()
    return matrix


def _same(pairs: Pairs, end: NDArray[np.int64], of_demand: NDArray[np.intp], cover: Any) -> bool:
    """Whether each demand point has exactly the sites of its set."""
    for a, b in _blocks(pairs):
        rows = a + np.flatnonzero(of_demand[a:b] >= 0)
        mine = _rows(pairs, end, rows)
        theirs = cover[of_demand[rows]]
        if not (np.array_equal(mine.indptr, theirs.indptr) and np.array_equal(mine.indices, theirs.indices)):
            return False
    return True
