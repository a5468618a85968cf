"""What is left to decide: sites that are neither open nor closed for good, and the demand points that care."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.locating.median.served import Served


@dataclass(frozen=True, eq=False)
class Core:
    """The problem on the sites left. Demand points that no open question concerns are in the constant.

    Attributes
    ----------
    row
        Shape (n,): positions of the demand points in the rows of the problem.
    sites
        Shape (k,): positions of the sites left.
    start, at, cost
        Pairs as in :class:`~formulations.location.pairs.Pairs`, ``at`` over the sites left: only those cheaper than
        ``cap``.
    cap
        Shape (n,): what a demand point costs if none of the sites left serves it; infinite if that must not be.
    fixed
        Shape (k,): cost of opening.
    A, low, high
        Rows over the sites left other than the count, dense (rows, k); what open sites take is taken off.
    count
        So many of the sites left are open, exactly; None if that is free.
    constant
        Cost of all that is decided.
    opened
        Shape (m,): sites open for good.
    grain
        Values are ``constant`` and a whole multiple of this; 0 where nothing is known.
    """

    row: NDArray[np.intp]
    sites: NDArray[np.intp]
    start: NDArray[np.int64]
    at: NDArray[np.int32]
    cost: Floats
    cap: Floats
    fixed: Floats
    A: Floats
    low: Floats
    high: Floats
    count: int | None
    constant: float
    opened: NDArray[np.bool_]
    grain: float

    @classmethod
    def of(cls, problem: Served) -> Core:
        """Everything that the rules leave open."""
        rules, pairs = problem.rules, problem.pairs
        A = rules.A.toarray()
        counts = [
            k
            for k, name in enumerate(rules.names)
            if name == "count" and rules.row_lower[k] == rules.row_upper[k] and np.array_equal(A[k], ~rules.kept)
        ]
        rest = np.setdiff1d(np.arange(len(A)), counts[:1])
        whole = cls(
            np.arange(pairs.points),
            np.arange(pairs.sites),
            pairs.start,
            pairs.site,
            pairs.distance,
            np.full(pairs.points, np.inf),
            problem.fixed,
            A[rest],
            rules.row_lower[rest],
            rules.row_upper[rest],
            round(float(rules.row_lower[counts[0]])) + int(rules.kept.sum()) if counts else None,
            problem.constant,
            np.zeros(pairs.sites, bool),
            problem.grain,
        )
        if counts and (rules.kept & (rules.lower < 1)).any():
            raise ValueError("a site that is kept must be open")
        return whole.decided(rules.upper < 1, rules.lower > 0)

    @property
    def points(self) -> int:
        """How many demand points still care."""
        return len(self.row)

    @property
    def size(self) -> int:
        """How many sites are left."""
        return len(self.sites)

    @property
    def owner(self) -> NDArray[np.int32]:
        """Demand point of each pair."""
        return np.repeat(np.arange(self.points, dtype=np.int32), np.diff(self.start))

    def decided(self, closed: NDArray[np.bool_], opened: NDArray[np.bool_]) -> Core:
        """The same with some sites closed and some opened for good; shape (k,) each."""
        left = ~(closed | opened)
        if left.all():
            return self
        owner, cap = self.owner, self.cap
        if opened.any():
            hit = np.flatnonzero(opened[self.at])
            first = np.searchsorted(hit, self.start[:-1])
            there = first < len(hit)
            pair = hit[np.minimum(first, max(len(hit) - 1, 0))] if len(hit) else np.zeros(self.points, np.intp)
            there &= pair < self.start[1:]
            cap = np.where(there, np.minimum(cap, self.cost[pair] if len(self.cost) else cap), cap)
        keep = left[self.at] & (self.cost < cap[owner])
        count = np.bincount(owner[keep], minlength=self.points)
        cares = (count > 0) | np.isinf(cap)
        number = np.cumsum(left, dtype=np.int32) - 1
        y = opened.astype(float)
        taken = self.A @ y
        mark = self.opened.copy()
        mark[self.sites[opened]] = True
        return replace(
            self,
            row=self.row[cares],
            sites=self.sites[left],
            start=np.concatenate([[0], np.cumsum(count[cares])]),
            at=number[self.at[keep]],
            cost=self.cost[keep],
            cap=cap[cares],
            fixed=self.fixed[left],
            A=self.A[:, left],
            low=self.low - taken,
            high=self.high - taken,
            count=None if self.count is None else self.count - int(opened.sum()),
            constant=self.constant + float(cap[~cares].sum() + self.fixed[opened].sum()),
            opened=mark,
        )

    def lost(self) -> NDArray[np.intp]:
        """Rows of the problem that nothing left can serve."""
        found: NDArray[np.intp] = self.row[np.isinf(self.cap) & (np.diff(self.start) == 0)]
        return found

    def keeps(self, y: NDArray[np.bool_]) -> bool:
        """Whether a choice among the sites left keeps the rules; shape (k,)."""
        if self.count is not None and int(y.sum()) != self.count:
            return False
        act = self.A @ y
        slack = 1e-9 * np.maximum(1.0, np.abs(act))
        return bool((act <= self.high + slack).all() and (act >= self.low - slack).all())

    def value(self, y: NDArray[np.bool_]) -> float:
        """What a choice among the sites left costs altogether, infinite if somebody is left out; shape (k,)."""
        return float(self.constant + self.fixed[y].sum() + self.nearest(y).sum())

    def nearest(self, y: NDArray[np.bool_]) -> Floats:
        """What each demand point costs, shape (n,)."""
        hit = np.flatnonzero(y[self.at])
        if not len(hit):
            return self.cap
        first = np.searchsorted(hit, self.start[:-1])
        pair = hit[np.minimum(first, len(hit) - 1)]
        there = (first < len(hit)) & (pair < self.start[1:])
        return np.where(there, self.cost[pair], self.cap)

    def whole(self, y: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The choice over all sites, shape (m,)."""
        full = self.opened.copy()
        full[self.sites[y]] = True
        return full

    def part(self, opened: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which of the sites left a choice over all sites opens."""
        return opened[self.sites]
