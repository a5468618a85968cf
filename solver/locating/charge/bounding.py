"""Where bounds of parts of the plans come from: prices for undivided demand, a linear program for divided demand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from solver.clock import Clock
from solver.locating.charge.floors import floor_of
from solver.locating.charge.pricing import Box, Priced, Pricing
from solver.locating.charge.rationed import Rationed
from solver.locating.terms import Terms

ROUNDS, MORE = 150, 12
"""Subgradient rounds at the root and at a node."""

SHARE = 0.15
"""Share of the time left that the root may take."""


class Relaxed:
    """The linear relaxation of the whole program, kept warm; its duals are counted again by us."""

    def __init__(self, matrix: Matrix, aim: str, problem: Rationed, terms: Terms) -> None:
        from solver.backends.highs import stop_when_asked, to_highs

        self.matrix, self.problem, self.terms = matrix, problem, terms
        self.cost, self.constant = matrix.cost({aim: 1.0})
        self.model: Any = to_highs(matrix.relax(), {aim: 1.0})
        self.model.setOptionValue("threads", 1)
        stop_when_asked(self.model, terms.stop)
        self.opened = matrix.columns["open"].span
        (pair,) = matrix.columns["share"].dims
        row = np.full(int(problem.who.max()) + 1, -1)
        row[problem.who] = np.arange(len(problem.who))
        self.i, self.j = row[pair["demand"].position], pair["site"].position
        self.shares = matrix.columns["share"].span
        self.columns = np.arange(matrix.shape[1], dtype=np.int32)
        self.low, self.high = matrix.lower.copy(), matrix.upper.copy()
        self.reduced: Floats = np.zeros(matrix.shape[1])

    def start(self, box: Box, value: float) -> Priced:
        """See :class:`~solver.locating.charge.tree.Bounding`."""
        return self._solved(box)

    def bound(self, box: Box, parent: Priced, value: float, enough: float) -> Priced:
        """See :class:`~solver.locating.charge.tree.Bounding`."""
        return self._solved(box)

    def sides(self, box: Box) -> tuple[Floats, Floats]:
        """Bounds of all columns in a part."""
        low, high = self.low.copy(), self.high.copy()
        low[self.opened], high[self.opened] = box.low, box.high
        high[self.shares] = np.minimum(high[self.shares], box.allowed[self.i, self.j] * box.high[self.j])
        return low, high

    def priced(self, bound: float, duals: Floats, reduced: Floats, x: Floats) -> Priced:
        """What a bound without the constant, duals, reduced costs and a point say, as about any prices."""
        share, pairs = np.zeros(self.problem.cost.shape), np.zeros(self.problem.cost.shape)
        share[self.i, self.j], pairs[self.i, self.j] = x[self.shares], reduced[self.shares]
        return Priced(bound + self.constant, self._prices(duals), reduced[self.opened], x[self.opened], share, pairs)

    def _solved(self, box: Box) -> Priced:
        import highspy

        low, high = self.sides(box)
        self.model.changeColsBounds(len(low), self.columns, low, high)
        if math.isfinite(self.terms.seconds):
            self.model.setOptionValue("time_limit", self.model.getRunTime() + self.terms.seconds)
        self.model.run()
        state = self.model.getModelStatus()
        rows = (self.matrix.A, self.matrix.row_lower, self.matrix.row_upper)
        if state == highspy.HighsModelStatus.kInfeasible:
            _, has, ray = self.model.getDualRay()
            nothing = np.zeros_like(self.cost)
            floor = floor_of(*rows, nothing, np.asarray(ray), low, high)[0] if has else -math.inf
            floor = max(floor, floor_of(*rows, nothing, -np.asarray(ray), low, high)[0]) if has else floor
            empty = np.zeros(self.problem.cost.shape)
            return Priced(math.inf if floor > 0 else -math.inf, empty[:, 0], np.zeros(len(box.low)), box.low, empty)
        solution = self.model.getSolution()
        # a linear program that was stopped has duals too, and any duals give a bound
        duals = np.asarray(solution.row_dual) if solution.dual_valid else np.zeros(self.matrix.shape[0])
        x = np.asarray(solution.col_value) if solution.value_valid else 0.5 * (low + high)
        bound, reduced = floor_of(*rows, self.cost, duals, low, high)
        self.reduced = reduced
        return self.priced(bound, duals, reduced, x)

    def _prices(self, duals: Floats) -> Floats:
        served = self.matrix.rows["served"]
        prices: Floats = duals[served.span]
        return prices if len(prices) == len(self.problem.who) else prices[self.problem.who]


class Bargained:
    """Prices improved by subgradients, from those of the linear relaxation or of the part around."""

    def __init__(self, problem: Rationed, prices: Floats, heed: Callable[[Floats], float], terms: Terms) -> None:
        self.problem, self.prices = problem, prices
        self.terms, self.clock = terms, Clock()
        self.pricing = Pricing(problem, heed, lambda: terms.over or self.clock.left == 0.0)

    def start(self, box: Box, value: float) -> Priced:
        """See :class:`~solver.locating.charge.tree.Bounding`."""
        # others need time too
        self.clock = self.terms.clock.part(SHARE)
        priced = self.pricing.improved(self.prices, box, ROUNDS, value)
        self.clock = Clock()
        return priced

    def bound(self, box: Box, parent: Priced, value: float, enough: float) -> Priced:
        """See :class:`~solver.locating.charge.tree.Bounding`."""
        return self.pricing.improved(parent.prices, box, MORE, enough)
