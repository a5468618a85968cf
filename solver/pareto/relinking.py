"""Plans around known ones: on the way from one to another, and one decision away.

Two neighbours on a front differ in some decisions. Taking over those of the other one by one leads through plans that
lie between both in their objectives, and each costs one linear program that starts from the last basis: with all
decisions fixed, a reduced cost times a step bounds from below what the step does to the value, so the step with the
least such product is taken. Source: path relinking, Glover (1997), "A template for scatter search and path relinking".
"""

from __future__ import annotations

from typing import Any

import numpy as np

from formulations.algebra.elements import Floats
from solver.backends.search import Search
from solver.clock import Clock
from solver.pareto.space import Space

AGREE = 1e-6
"""Distance up to which two plans agree on a decision."""

PROMISE = 1e-5
"""Share of the value that a step must promise to be tried."""


class Relinking:
    """One live relaxation in which all whole numbers are fixed.

    Plans found keep all rows to the solver's tolerance; whoever takes them checks them.
    """

    def __init__(self, space: Space, seed: int = 0) -> None:
        from solver.backends.highs import lowered_for, unit_of

        matrix = space.matrix
        self.space = space
        self.whole = np.flatnonzero(matrix.integer & (matrix.lower < matrix.upper))
        cost = np.asarray(np.ones(space.size) @ space.C)
        self.unit = unit_of(cost)
        self.model: Any = lowered_for(matrix.relax(), Search(cost, 0.0, seed=seed), self.unit)
        self.solves = 0

    def path(self, a: Floats, b: Floats, weights: Floats, clock: Clock) -> list[Floats]:
        """Plans from ``a`` to ``b``, both of shape (columns,), each with the least weighted sum for its decisions."""
        self._weigh(weights)
        at, target = np.round(a[self.whole]), np.round(b[self.whole])
        found: list[Floats] = []
        self._fix(self.whole, at)
        if not self._solve(clock):
            return found
        found.append(self._plan(at))
        while (np.abs(at - target) > AGREE).any():
            j = self._step(at, target, clock)
            if j is None:
                break
            at[j] = target[j]
            found.append(self._plan(at))
        return found

    def around(self, a: Floats, weights: Floats, free: Floats, failures: int, clock: Clock) -> list[Floats]:
        """Plans one decision away, the most promising first; goes on from each that is better.

        Parameters
        ----------
        free
            Shape (columns,): true where a decision may change.
        failures
            Ends after so many steps in a row that made nothing better; their plans are found all the same.
        """
        self._weigh(weights)
        at = np.round(a[self.whole])
        self._fix(self.whole, at)
        found: list[Floats] = []
        if not self._solve(clock):
            return found
        found.append(self._plan(at))
        lower, upper = self.space.matrix.lower[self.whole], self.space.matrix.upper[self.whole]
        tried = ~np.asarray(free, bool)[self.whole]
        best, home, failed = float(weights @ (self.space.C @ self.x)), self.reduced, 0
        while failed < failures and clock.left != 0.0:
            cost = home[self.whole] / self.unit
            to = np.clip(at - np.sign(cost), lower, upper)
            promise = np.where(tried, 0.0, cost * (to - at))
            j = int(np.argmin(promise)) if promise.size else -1
            if j < 0 or promise[j] > -PROMISE * abs(best):
                break
            tried[j] = True
            self._fix(self.whole[[j]], to[[j]])
            failed += 1
            if self._solve(clock):
                before, at[j] = at[j], to[j]
                found.append(self._plan(at))
                value = float(weights @ (self.space.C @ self.x))
                if value < best - PROMISE * abs(best):
                    best, home, failed = value, self.reduced, 0
                    continue
                at[j] = before
            self._fix(self.whole[[j]], at[[j]])
        return found

    def with_part(
        self, plans: list[Floats], x: Floats, part: slice, weights: list[Floats], clock: Clock
    ) -> list[Floats]:
        """The plans with the decisions of another one in some columns, where that leaves a plan.

        Parameters
        ----------
        weights
            One pair per plan, for which the rest of it is as good as it can be.
        """
        theirs = (self.whole >= part.start) & (self.whole < part.stop)
        found = []
        for plan, w in zip(plans, weights, strict=True):
            if clock.left == 0.0:
                break
            at = np.round(plan[self.whole])
            at[theirs] = np.round(x[self.whole][theirs])
            self._weigh(w)
            self._fix(self.whole, at)
            if self._solve(clock):
                found.append(self._plan(at))
        return found

    def _step(self, at: Floats, target: Floats, clock: Clock) -> int | None:
        """Take over the most promising decision that leaves a plan; None if there is none or time is over."""
        differ = np.flatnonzero(np.abs(at - target) > AGREE)
        promise = self.reduced[self.whole[differ]] * (target[differ] - at[differ])
        for j in differ[np.argsort(promise, kind="stable")]:
            self._fix(self.whole[[j]], target[[j]])
            if self._solve(clock):
                return int(j)
            self._fix(self.whole[[j]], at[[j]])
            if clock.left == 0.0:
                return None
        return None

    def _plan(self, at: Floats) -> Floats:
        x = self.x.copy()
        x[self.whole] = at
        return x

    def _weigh(self, weights: Floats) -> None:
        cost = self.unit * np.asarray(weights @ self.space.C)
        self.model.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)

    def _fix(self, columns: np.ndarray, values: Floats) -> None:
        self.model.changeColsBounds(len(columns), columns.astype(np.int32), values, values)

    def _solve(self, clock: Clock) -> bool:
        import highspy

        left = clock.left
        self.model.setOptionValue(
            "time_limit", highspy.kHighsInf if left is None else self.model.getRunTime() + max(left, 0.01)
        )
        self.model.run()
        self.solves += 1
        if self.model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return False
        solution = self.model.getSolution()
        self.x = np.array(solution.col_value, float)
        self.reduced = np.array(solution.col_dual, float)
        return True
