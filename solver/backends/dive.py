"""Good plans early, from the linear relaxation: dive, flip, exchange.

HiGHS spends long rounds of cuts at the root before its own heuristics find a good plan for programs with many
scenarios, though their relaxation is tight. One live relaxation, changed by a few bounds at a time and solved again by
the dual simplex method from its last basis, finds such plans in seconds:

1. dive: put up the decisions that are nearly up, and the quarter that is most so; solve again; until all are whole;
2. flip: change one decision by one step and keep it if the plan is better;
3. exchange: take one step although it costs something, and answer it with the most promising other one.

With all decisions fixed, a reduced cost times a step bounds from below what the step does to the value, as the value
is convex in the bounds that hold a decision. So only steps that promise something are tried, the best promise first.

Effort is counted in simplex iterations, so that without a time limit the same seed gives the same plan.

Source for diving and neighbourhoods on relaxations: Berthold (2006), Primal heuristics for mixed integer programs, ZIB.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from solver.backends.answer import Answer
from solver.backends.highs import lowered_for, stop_when_asked, unit_of
from solver.backends.neighbourhood import near_enough
from solver.backends.plausible import plausible
from solver.backends.search import Search
from solver.clock import Watched, watch

UP = 0.7
"""A relaxed decision at least this near to the next whole number is put up without further thought."""

BATCH = 0.25
"""Share of the fractional decisions put up at a time."""

STEPS = 16
"""Of the first fractional decisions at least one in so many is put up at a time, and once no more are left all are:
where flow moves from one road to the next, the last one would take as many solves as there are roads."""

WORTH = 2000
"""Simplex iterations of a relaxation below which the tree search is quick enough alone."""

EFFORT = 4
"""Simplex iterations of a dive, as a multiple of those of the relaxation."""

STEPPING = 0.5
"""Simplex iterations of flips and exchanges, in the same measure, while much is missing to the gap asked for: then
neighbourhoods find more in less time (:mod:`solver.backends.neighbourhood`)."""

WHOLE = 1e-6
GAIN = 1e-6
"""Share of the value that a step must promise, and bring, to count."""

Columns = NDArray[np.int64]


def worth_diving(relaxed: Answer) -> bool:
    """Whether the relaxation was finished and took long enough for a dive to pay."""
    return relaxed.state == "finished" and relaxed.basis is not None and relaxed.iterations >= WORTH


def run_dive(matrix: Matrix, search: Search, relaxed: Answer) -> Watched[None]:
    """Report plans to ``search.record`` until its gap is reached, nothing helps, or effort or time is spent.

    Parameters
    ----------
    search
        Its record may already hold a plan, which is then improved; its start is completed first if it says a part.
    relaxed
        The finished relaxation with its basis; see :func:`worth_diving`.
    """
    dive = Dive(matrix, search, relaxed)
    return watch(dive.run, search.clock, search.stop, search.record.news, search.tell)


class Dive:
    """One live relaxation and the whole plans found from it."""

    def __init__(self, matrix: Matrix, search: Search, relaxed: Answer) -> None:
        assert relaxed.x is not None
        self.matrix, self.search, self.relaxed = matrix, search, relaxed
        self.whole: Columns = np.flatnonzero(matrix.integer & (matrix.upper > matrix.lower))
        self.lowest, self.highest = np.ceil(matrix.lower - WHOLE), np.floor(matrix.upper + WHOLE)
        self.lower, self.upper = matrix.lower.copy(), matrix.upper.copy()
        self.unit = unit_of(search.cost)
        # the constant stays outside: the cutoff is compared with what the live model itself counts
        self.model = lowered_for(matrix.relax(), search, self.unit)
        stop_when_asked(self.model, search.stop)
        self.left = EFFORT * relaxed.iterations
        self.x: Floats = relaxed.x
        self.reduced: Floats = np.zeros(matrix.shape[1])
        self.best: tuple[float, Floats] | None = search.record.best

    def run(self) -> None:
        """Runs in a thread of its own, the only one to touch the model."""
        import highspy

        try:
            self.model.setBasis(self.relaxed.basis)
            self._complete_the_start()
            self._free(self.whole)
            if self._solve():
                self._descend()
            aside = max(0, self.left - max(WORTH, int(STEPPING * self.relaxed.iterations)))
            self.left -= aside
            self._step()
            best, bound = self.best, self.search.record.bound
            if best is not None and near_enough(best[0], bound, self.search.gap):
                self.left += aside
                self._step()
        finally:
            highspy.Highs.resetGlobalScheduler(False)

    def _step(self) -> None:
        while self._stands_at_best() and (self._flips() or self._exchanges()):
            continue

    # -- moves ---------------------------------------------------------------------------------------------------

    def _complete_the_start(self) -> None:
        """Where a start says a part of a plan, the relaxation says the rest."""
        start = self.search.start
        if start is None or not np.isnan(start).any():
            return
        said = self.whole[~np.isnan(start[self.whole])]
        self._fix(said, np.round(start[said]))
        if said.size and self._solve():
            self._descend()

    def _descend(self) -> bool:
        """Fix fractional decisions until the plan is whole; False if the relaxation ran dry or time is over."""
        few = 1
        while True:
            value = self.x[self.whole]
            part = value - np.floor(value + WHOLE)
            free = (part > WHOLE) & (self.upper[self.whole] - self.lower[self.whole] > 0.5)
            if not free.any():
                return self._settle()
            candidates, part = self.whole[free], part[free]
            few = max(few, part.size // STEPS)
            if (part.size <= few or self._late()) and self._round_all():
                return True
            order = np.argsort(-part, kind="stable")
            batch = order[: max(few, int(BATCH * part.size), int((part >= UP).sum()))]
            if not self._put_up(candidates[batch]) and not self._put_up(candidates[order[:1]], batch.size > 1):
                return False

    def _round_all(self) -> bool:
        """Put up all that is left and hold the rest where it is; whether that is a plan."""
        lower, upper = self.lower[self.whole], self.upper[self.whole]
        if self._fix(self.whole, np.ceil(self.x[self.whole] - WHOLE)) and self._solve() and self._settle():
            return True
        self._set(self.whole, lower, upper)
        return False

    def _put_up(self, columns: Columns, alone: bool = True) -> bool:
        """Fix decisions at the next whole number; a single one else at the one below."""
        lower, upper = self.lower[columns], self.upper[columns]
        x = self.x[columns]
        top = np.ceil(x - WHOLE)
        if alone and self._fix(columns, top) and self._solve():
            return True
        if columns.size == 1 and self._fix(columns, top - 1) and self._solve():
            return True
        self._set(columns, lower, upper)
        return False

    def _settle(self) -> bool:
        """The plan is whole: make it exactly so, solve the rest once more and report it."""
        return self._fix(self.whole, np.round(self.x[self.whole])) and self._solve() and self._better()

    def _better(self) -> bool:
        """Whether the plan at hand is the best so far; if so it is kept and reported."""
        x = self.x.copy()
        x[self.whole] = self.lower[self.whole]
        value = self.search.value(x)
        if self.best is not None and value >= self.best[0] - GAIN * abs(self.best[0]):
            return False
        if not plausible(self.matrix, x):
            return False
        self.best = value, x
        self.search.record.plan(value, x)
        return True

    def _flips(self) -> bool:
        """Change single decisions, the most promising first; whether any helped."""
        improved, tried = False, np.zeros(self.matrix.shape[1], dtype=bool)
        while not self._enough():
            j, to = self._most_promising(tried)
            if j < 0:
                break
            tried[j] = True
            improved |= self._try(j, to)
        return improved

    def _exchanges(self) -> bool:
        """Take one step at a loss and answer with the most promising other; whether any helped."""
        assert self.best is not None
        tried = np.zeros(self.matrix.shape[1], dtype=bool)
        home = self.reduced
        while not self._enough():
            self.reduced = home
            j, to = self._most_promising(tried)
            if j < 0:
                break
            tried[j] = True
            at = self.lower[j]
            if self._fix_one(j, to) and self._solve():
                i, reply = self._most_promising(np.arange(tried.size) == j, self.search.value(self.x) - self.best[0])
                if i >= 0 and self._try(i, reply):
                    return True
            self._fix_one(j, at)
        self.reduced = home
        return False

    def _most_promising(self, tried: NDArray[np.bool_], behind: float = 0.0) -> tuple[int, float]:
        """The decision whose step may save most, and where it leads; -1 if none may save enough to be ahead."""
        assert self.best is not None
        reduced, at = self.reduced[self.whole], self.lower[self.whole]
        to = at - np.sign(reduced)
        possible = (to >= self.lowest[self.whole]) & (to <= self.highest[self.whole]) & ~tried[self.whole]
        promise = np.where(possible, np.abs(reduced), 0.0)
        k = int(np.argmax(promise)) if promise.size else 0
        if not promise.size or promise[k] <= behind + GAIN * abs(self.best[0]):
            return -1, 0.0
        return int(self.whole[k]), float(to[k])

    def _try(self, j: int, to: float) -> bool:
        """Whether the plan gets better with one decision changed; if not it is changed back."""
        at, reduced = self.lower[j], self.reduced
        if self._fix_one(j, to) and self._solve(to_beat=True) and self._better():
            return True
        self._fix_one(j, at)
        self.reduced = reduced
        return False

    def _stands_at_best(self) -> bool:
        """Put the live model where the best plan is; False if there is none or nothing more is wanted."""
        if self.best is None or self._enough():
            return False
        return self._fix(self.whole, np.round(self.best[1][self.whole])) and self._solve()

    # -- the live model ------------------------------------------------------------------------------------------

    def _solve(self, to_beat: bool = False) -> bool:
        """Solve the relaxation as it stands; False if infeasible, out of effort or time, or worse than the best."""
        import highspy

        if self._over():
            return False
        cutoff = highspy.kHighsInf
        if to_beat and self.best is not None:
            cutoff = (self.best[0] - self.search.constant) * self.unit
        # the dual simplex method may stop as soon as its bound passes the best plan known
        self.model.setOptionValue("objective_bound", cutoff)
        self.model.setOptionValue("simplex_iteration_limit", int(self.left))
        seconds = self.search.seconds
        if seconds is not None:
            # HiGHS counts its clock over all runs of one object
            self.model.setOptionValue("time_limit", self.model.getRunTime() + seconds)
        self.model.run()
        # a solve counts for something even if it takes no iteration
        self.left -= max(1, self.model.getInfo().simplex_iteration_count)
        if self.model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return False
        solution = self.model.getSolution()
        self.x = np.array(solution.col_value, dtype=float)
        self.reduced = np.array(solution.col_dual, dtype=float) / self.unit
        return True

    def _fix_one(self, j: int, value: float) -> bool:
        return self._fix(np.array([j]), np.array([value]))

    def _fix(self, columns: Columns, values: Floats) -> bool:
        """Fix decisions at whole numbers within their bounds; False (and nothing done) if there is none for one."""
        if (self.lowest[columns] > self.highest[columns]).any():
            return False
        values = np.clip(values, self.lowest[columns], self.highest[columns])
        self._set(columns, values, values)
        return True

    def _free(self, columns: Columns) -> None:
        self._set(columns, self.matrix.lower[columns], self.matrix.upper[columns])

    def _set(self, columns: Columns, lower: Floats, upper: Floats) -> None:
        moved = (self.lower[columns] != lower) | (self.upper[columns] != upper)
        columns, lower, upper = columns[moved], lower[moved], upper[moved]
        if columns.size:
            self.lower[columns], self.upper[columns] = lower, upper
            order = np.argsort(columns)
            self.model.changeColsBounds(len(columns), columns[order].astype(np.int32), lower[order], upper[order])

    # -- when to stop --------------------------------------------------------------------------------------------

    def _over(self) -> bool:
        return bool(self.search.stop) or self.search.clock.left == 0.0 or self.left <= 0

    def _late(self) -> bool:
        """No plan yet, and half of the effort or of the time is spent: any plan is better than none."""
        limit, seconds = self.search.clock.limit, self.search.clock.left
        out_of_time = limit is not None and seconds is not None and seconds < limit / 2
        return self.best is None and (out_of_time or self.left < EFFORT * self.relaxed.iterations / 2)

    def _enough(self) -> bool:
        gap = self.search.record.gap
        return self._over() or (gap is not None and gap <= self.search.gap)
