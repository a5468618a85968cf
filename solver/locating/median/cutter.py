"""What the search tree needs to know about a core: its master problem, and cuts in closed form.

Columns: the sites left, then what each demand point costs. For a point y and demand point i let D be the cost of the
pair at which the sum of y over the pairs from the cheapest outwards reaches one (``cap_i`` if it never does). Then

    cost_i + sum_{j : cost_ij < D} (D - cost_ij) y_j >= D

is the strongest of all such cuts at y. Where nobody else serves i, also ``sum_j y_j >= 1`` over its pairs.

Source: Duran-Mateluna, Ales and Elloumi (2023), European Journal of Operational Research 308(1), 84-96, DOI
10.1016/j.ejor.2022.11.033.
"""

from __future__ import annotations

import math

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.locating.median.core import Core
from solver.locating.median.dual import Price
from solver.locating.median.exchange import Exchange
from solver.locating.terms import Terms
from solver.locating.tree.master import Cuts, Master

BROKEN = 1e-6
"""A cut is made where it is broken by this share of its size."""


class NearestCutter:
    """Cuts, values and plans of one core; see :class:`~solver.locating.tree.master.Cutter`."""

    def __init__(self, core: Core, terms: Terms) -> None:
        self.core, self._terms = core, terms
        self._owner = core.owner
        self._exchange = Exchange(core)
        self._tried: dict[bytes, NDArray[np.bool_] | None] = {}
        first, last = core.start[:-1], np.maximum(core.start[1:] - 1, 0)
        full = np.diff(core.start) > 0
        self.least = np.where(full, core.cost[np.minimum(first, max(len(core.cost) - 1, 0))], core.cap)
        self.most = np.where(np.isfinite(core.cap), core.cap, np.where(full, core.cost[last], 0.0))

    def separate(self, x: Floats) -> Cuts | None:
        core, k = self.core, self.core.size
        y, theta = np.maximum(x[:k], 0.0), x[k:]
        support = np.flatnonzero(y[core.at] > 1e-11)
        mass, cost = y[core.at[support]], core.cost[support]
        passed = np.concatenate([[0.0], np.cumsum(mass)])
        begin = np.searchsorted(support, core.start)
        inside = passed[1:] - np.repeat(passed[begin[:-1]], np.diff(begin))
        # the first pair with which the sum reaches one; sums of whole columns are off by rounding only
        reached = np.flatnonzero(inside >= 1.0 - 1e-9)
        at = np.searchsorted(reached, begin[:-1])
        pair = reached[np.minimum(at, max(len(reached) - 1, 0))] if len(reached) else np.zeros(core.points, np.intp)
        there = (at < len(reached)) & (pair < begin[1:]) if len(reached) else np.zeros(core.points, bool)
        level = np.where(there, cost[pair] if len(cost) else 0.0, self.most)
        owner = self._owner[support]
        saved = np.bincount(owner, np.maximum(level[owner] - cost, 0.0) * mass, minlength=core.points)
        worth = level - saved - theta
        broken = np.flatnonzero(worth > BROKEN * np.maximum(1.0, np.abs(level)))
        total = passed[begin[1:]] - passed[begin[:-1]]
        alone = np.flatnonzero(np.isinf(core.cap) & (total < 1.0 - 1e-6))
        if not len(broken) and not len(alone):
            return None
        return joined(self.cuts(broken, level[broken]), self.covers(alone))

    def cuts(self, rows: NDArray[np.intp], level: Floats) -> Cuts:
        """The cuts of some demand points at some costs, shape (rows,) each."""
        core, k = self.core, self.core.size
        length = np.diff(core.start)[rows]
        which = np.repeat(np.arange(len(rows)), length)
        pair = np.arange(int(length.sum())) + np.repeat(core.start[rows] - (np.cumsum(length) - length), length)
        value = level[which] - core.cost[pair]
        keep = value > 0
        data = np.concatenate([value[keep], np.ones(len(rows))])
        where = (np.concatenate([which[keep], np.arange(len(rows))]), np.concatenate([core.at[pair[keep]], k + rows]))
        return Cuts(sp.csr_array((data, where), shape=(len(rows), k + core.points)), level)

    def covers(self, rows: NDArray[np.intp]) -> Cuts:
        """Somebody must be near enough to these demand points."""
        core, k = self.core, self.core.size
        length = np.diff(core.start)[rows]
        pair = np.arange(int(length.sum())) + np.repeat(core.start[rows] - (np.cumsum(length) - length), length)
        start = np.concatenate([[0], np.cumsum(length)])
        A = sp.csr_array((np.ones(len(pair)), core.at[pair], start), shape=(len(rows), k + core.points))
        return Cuts(A, np.ones(len(rows)))

    def value(self, opened: NDArray[np.bool_]) -> float:
        return self.core.value(opened)

    def improved(self, x: Floats) -> NDArray[np.bool_] | None:
        core = self.core
        if core.count is None:
            y = x[: core.size] > 0.5
        else:
            y = np.zeros(core.size, bool)
            y[np.argsort(-x[: core.size], kind="stable")[: core.count]] = True
        name = np.packbits(y).tobytes()
        if name not in self._tried:
            better, value = self._exchange.descend(y, self._terms)
            self._tried[name] = better if np.isfinite(value) else None
        return self._tried[name]

    def master(self, price: Price, best: NDArray[np.bool_] | None) -> Master:
        """The master problem with cuts at the multipliers and at the best choice."""
        core, k, n = self.core, self.core.size, self.core.points
        rows: list[Cuts] = []
        below, above = self._around(price.v)
        every = np.arange(n)
        for level in (below, above, *(() if best is None else (np.minimum(core.nearest(best), self.most),))):
            useful = np.flatnonzero(level > self.least)
            rows.append(self.cuts(every[useful], level[useful]))
        alone = np.flatnonzero(np.isinf(core.cap))
        if len(alone) and core.points * core.size < 100_000:
            short = alone[np.diff(core.start)[alone] < core.size]
            rows.append(self.covers(short))
        A, low, high = core.A, core.low, core.high
        if core.count is not None:
            A = np.vstack([np.ones((1, k)), A])
            low, high = np.append(float(core.count), low), np.append(float(core.count), high)
        return Master(
            sites=k,
            cost=np.concatenate([core.fixed, np.ones(n)]),
            constant=core.constant,
            lower=np.concatenate([np.zeros(k), self.least]),
            upper=np.concatenate([np.ones(k), self.most]),
            A=sp.csr_array(np.hstack([A, np.zeros((len(A), n))])),
            row_lower=low,
            row_upper=high,
            cuts=joined(*rows),
            grain=core.grain if core.grain == 0 or math.remainder(core.constant, core.grain) == 0 else 0.0,
        )

    def _around(self, v: Floats) -> tuple[Floats, Floats]:
        """The costs of pairs at or below v and above it, for each demand point."""
        core = self.core
        less = np.bincount(self._owner[core.cost <= v[self._owner]], minlength=core.points)
        pair = core.start[:-1] + less
        below = np.where(less > 0, core.cost[np.maximum(pair - 1, 0)], self.least)
        beyond = pair >= core.start[1:]
        above = np.where(beyond, self.most, core.cost[np.minimum(pair, len(core.cost) - 1)])
        return below, above


def joined(*parts: Cuts) -> Cuts:
    """All of them."""
    some = [part for part in parts if len(part.lower)]
    if not some:
        return parts[0]
    return Cuts(sp.csr_array(sp.vstack([part.A for part in some])), np.concatenate([part.lower for part in some]))
