"""A first good plan from the linear relaxation: dive, flip, replace.

HiGHS spends long rounds of cuts at the root before its own heuristics find a good plan for programs with many
scenarios, whose relaxation is tight. One live relaxation, changed by a few bounds at a time and solved again by the
dual simplex method from its last basis, finds such plans in seconds:

1. dive: put up the decisions that are nearly up, and the tenth that is most so; solve again; until all are whole;
2. flip: turn one yes-or-no decision around and keep it if the plan is better;
3. replace: take one "yes" away, let the relaxation choose among all "no", and dive to a whole plan again.

Decisions whose reduced cost at the root exceeds the distance between plan and bound cannot change in a better plan
and are left alone (reduced-cost fixing; Dantzig, Fulkerson & Johnson 1954, doi:10.1287/opre.2.4.393). Diving and
neighbourhoods on relaxations: Berthold (2006), Primal heuristics for mixed integer programs, ZIB.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from solver.backends.answer import Answer
from solver.backends.search import Search

UP = 0.8
"""A relaxed decision at least this near to the next whole number is put up without further thought."""

BATCH = 0.1
"""Share of the fractional decisions put up at a time: a dive ends after some tens of solves, however many there are."""

WHOLE = 1e-6


class Dive:
    """One live relaxation and the whole plans found from it."""

    def __init__(self, model: Any, matrix: Matrix, search: Search, scale: float, relaxed: Answer) -> None:
        self.model, self.matrix, self.search, self.scale = model, matrix, search, scale
        self.whole = np.flatnonzero(matrix.integer & (matrix.upper > matrix.lower))
        self.lower, self.upper = matrix.lower.copy(), matrix.upper.copy()
        self.rng = np.random.default_rng(search.seed)
        assert relaxed.x is not None
        self.x: Floats = relaxed.x
        self.bound = relaxed.bound
        self.reduced = self._reduced(relaxed)
        self.best: tuple[float, Floats] | None = None  # value, plan

    def run(self) -> None:
        """Until no move helps, the gap asked for is reached, or time is over."""
        if not self._descend() or self.best is None:
            return
        while not self._enough() and (self._flips() or self._replacements()):
            continue

    # -- moves ---------------------------------------------------------------------------------------------------

    def _descend(self) -> bool:
        """Fix fractional decisions until the plan is whole; False if the relaxation ran dry or time is over."""
        while True:
            value = self.x[self.whole]
            part = value - np.floor(value + WHOLE)
            free = (part > WHOLE) & (self.upper[self.whole] - self.lower[self.whole] > 0.5)
            if not free.any():
                return self._settle()
            candidates, part = self.whole[free], part[free]
            batch = np.argsort(-part, kind="stable")[: max(1, int(BATCH * part.size))]
            chosen = candidates[np.union1d(batch, np.flatnonzero(part >= UP))]
            top = np.ceil(self.x[chosen] - WHOLE)
            self._fix(chosen, top)
            if not self._solve():
                if chosen.size > 1 or self._over():
                    return False
                self._fix(chosen, top - 1)
                if not self._solve():
                    return False

    def _settle(self) -> bool:
        """The plan is whole: make it exactly so, solve the rest once more and report it."""
        self._fix(self.whole, np.round(self.x[self.whole]))
        if not self._solve():
            return False
        value = self.search.value(self.x)
        if self.best is None or value < self.best[0] - 1e-9 * abs(self.best[0]):
            self.best = value, self.x.copy()
            self.search.record.plan(value, self.x)
        return True

    def _flips(self) -> bool:
        """Turn single decisions around; whether any helped."""
        assert self.best is not None
        improved = False
        self._return_to_best()
        for j in self.rng.permutation(self._open_questions()):
            if self._enough():
                break
            before, value = self.best[1][j], self.best[0]
            if not 0 <= before <= 1:
                continue
            self._fix(np.array([j]), np.array([1 - before]))
            if self._solve(cutoff=value) and self.search.value(self.x) < value - 1e-9 * abs(value):
                self.best = self.search.value(self.x), self.x.copy()
                self.search.record.plan(*self.best)
                improved = True
            else:
                self._fix(np.array([j]), np.array([before]))
        return improved

    def _replacements(self) -> bool:
        """Take one "yes" away and let the relaxation find what replaces it; whether any helped."""
        assert self.best is not None
        for j in self.rng.permutation(self._open_questions()):
            if self._enough():
                return False
            plan, value = self.best[1], self.best[0]
            if plan[j] < 0.5:
                continue
            zero = self.whole[plan[self.whole] < 0.5]
            self._return_to_best()
            self._free(zero)
            self._fix(np.array([j]), np.array([self.matrix.lower[j]]))
            if self._solve(cutoff=value) and self._descend() and self.best[0] < value - 1e-9 * abs(value):
                return True
        return False

    def _open_questions(self) -> Floats:
        """Decisions that may differ in a better plan."""
        assert self.best is not None
        return self.whole[np.abs(self.reduced[self.whole]) <= self.best[0] - self.bound]

    # -- the live model ------------------------------------------------------------------------------------------

    def _solve(self, cutoff: float | None = None) -> bool:
        """Solve the relaxation as it stands; False if infeasible, worse than the cutoff, or out of time."""
        import highspy

        if self._over():
            return False
        # Dual simplex may stop as soon as its bound passes the best plan known.
        self.model.setOptionValue("objective_bound", highspy.kHighsInf if cutoff is None else cutoff * self.scale)
        left = self.search.clock.left
        if left is not None:
            # HiGHS counts its clock over all runs of one object.
            self.model.setOptionValue("time_limit", self.model.getRunTime() + left)
        self.model.run()
        if self.model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return False
        self.x = np.array(self.model.getSolution().col_value, dtype=float)
        return True

    def _fix(self, columns: Floats, values: Floats) -> None:
        self._set(columns, np.asarray(values, float), np.asarray(values, float))

    def _free(self, columns: Floats) -> None:
        self._set(columns, self.matrix.lower[columns], self.matrix.upper[columns])

    def _return_to_best(self) -> None:
        assert self.best is not None
        self._fix(self.whole, np.round(self.best[1][self.whole]))

    def _set(self, columns: Floats, lower: Floats, upper: Floats) -> None:
        moved = (self.lower[columns] != lower) | (self.upper[columns] != upper)
        columns, lower, upper = columns[moved], lower[moved], upper[moved]
        self.lower[columns], self.upper[columns] = lower, upper
        order = np.argsort(columns)
        self.model.changeColsBounds(len(columns), columns[order].astype(np.int32), lower[order], upper[order])

    # -- when to stop --------------------------------------------------------------------------------------------

    def _over(self) -> bool:
        return bool(self.search.stop) or self.search.clock.left == 0.0

    def _enough(self) -> bool:
        gap = self.search.record.gap
        return self._over() or (gap is not None and gap <= self.search.gap)

    def _reduced(self, relaxed: Answer) -> Floats:
        if relaxed.duals is None:
            return np.zeros(self.matrix.shape[1])
        return np.asarray(self.search.cost - relaxed.duals @ self.matrix.A)
