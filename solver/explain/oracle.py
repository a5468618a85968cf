"""Can a set of rules hold together? One live model asked again and again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from queue import SimpleQueue
from typing import Any

import numpy as np

from formulations.algebra.matrix import Matrix
from solver.backends.highs import to_highs
from solver.clock import Clock, Limit, Stop, watch
from solver.explain.elastic import elastic, one_each
from solver.explain.rules import Rule

ZERO = 1e-9
"""A rule stretched by more than this counts as broken: the more rules count, the more careful the proof."""


class Stopped(Exception):  # noqa: N818 - no error: the best known is returned
    """The time is over, or somebody pressed Ctrl-C, before the answer was known."""

    def __init__(self, limit: Limit, left_running: bool = False) -> None:
        super().__init__(limit)
        self.limit, self.left_running = limit, left_running


class Live:
    """A HiGHS model that keeps its basis between questions and comes back in time."""

    def __init__(self, matrix: Matrix, clock: Clock) -> None:
        self.model: Any = to_highs(matrix, {next(iter(matrix.objectives)): 1.0})
        self.clock = clock
        # Any plan answers the question, so the search ends with the first.
        self.model.setOptionValue("mip_rel_gap", float("inf"))
        self._stop = Stop()
        for event in (self.model.cbSimplexInterrupt, self.model.cbIpmInterrupt, self.model.cbMipInterrupt):
            event += self._look

    def _look(self, event: Any) -> None:
        if self._stop:
            event.interrupt()

    def holds(self) -> bool:
        """Whether the model as it stands has a solution.

        Raises
        ------
        Stopped
            If the clock or Ctrl-C ends the search first, or the solver gives up.
        """
        import highspy

        left = self.clock.left
        if left == 0.0:
            raise Stopped("time")
        if left is not None:
            # HiGHS counts its clock over all runs of one object.
            self.model.setOptionValue("time_limit", self.model.getRunTime() + left)
        news: SimpleQueue[object] = SimpleQueue()
        watched = watch(self._run, self.clock, self._stop, news, lambda: None)
        ends = highspy.HighsModelStatus
        if watched.result in (ends.kOptimal, ends.kModelEmpty):
            return True
        # The cost is never negative, so "unbounded or infeasible" can only be the latter.
        if watched.result in (ends.kInfeasible, ends.kUnboundedOrInfeasible):
            return False
        raise Stopped(watched.limit_hit or "time", watched.left_running)

    def _run(self) -> Any:
        import highspy

        try:
            self.model.run()
            if self.model.getModelStatus() == highspy.HighsModelStatus.kSolveError:
                self.model.clearSolver()
                self.model.setOptionValue("presolve", "off")
                self.model.run()
            return self.model.getModelStatus()
        finally:
            # HiGHS keeps worker threads per calling thread; ours ends here.
            highspy.Highs.resetGlobalScheduler(False)


class Oracle:
    """Tells which sets of rules some plan keeps; the rows of structure always hold.

    Rules are named by their position. Every rule has a slack: those asked for may not be stretched, all others may, as
    little as possible, so that a possible set comes with the rules that it leaves broken.

    Attributes
    ----------
    known
        Answers so far, by set.
    broken
        For a possible set: rules whose removal certainly makes all the rest possible (a correction set).
    """

    def __init__(self, matrix: Matrix, rules: Sequence[Rule], clock: Clock, *, relaxed: bool) -> None:
        self.size, self.relaxed = len(rules), relaxed
        stretched = elastic(matrix.relax() if relaxed else matrix, one_each(rules))
        self._live = Live(stretched, clock)
        self._first = matrix.shape[1]
        self._most = stretched.upper[self._first :]
        self._prices = np.array([1.0 / rule.scale for rule in rules])
        self._rows = np.array([rule.row for rule in rules], int)
        self._hard: frozenset[int] = frozenset()
        self.known: dict[frozenset[int], bool] = {}
        self.broken: dict[frozenset[int], frozenset[int]] = {}

    def possible(self, chosen: Iterable[int]) -> bool:
        """Whether some plan keeps all the chosen rules.

        Raises
        ------
        Stopped
            If the answer is not known in time.
        """
        wanted = frozenset(chosen)
        if wanted not in self.known:
            self.known[wanted] = self._implied(wanted) or self._asked(wanted)
        return self.known[wanted]

    def give(self, clock: Clock) -> None:
        """Another time limit for the questions to come."""
        self._live.clock = clock

    def _implied(self, wanted: frozenset[int]) -> bool:
        """A plan found earlier keeps all but the rules it breaks."""
        return any(not (wanted & broken) for broken in self.broken.values())

    def _asked(self, wanted: frozenset[int]) -> bool:
        if any(not held and other <= wanted for other, held in self.known.items()):
            return False
        self._soften(wanted)
        if not self._live.holds():
            return False
        slack = np.asarray(self._live.model.getSolution().col_value)[self._first :]
        self.broken[wanted] = frozenset(int(k) for k in np.flatnonzero(slack > ZERO)) - wanted
        return True

    def _soften(self, hard: frozenset[int]) -> None:
        """Let all rules but the hard ones be stretched."""
        changed = np.array(sorted(hard ^ self._hard), dtype=np.int32)
        if changed.size:
            upper = np.array([0.0 if int(k) in hard else self._most[k] for k in changed])
            columns = (self._first + changed).astype(np.int32)
            self._live.model.changeColsBounds(len(columns), columns, np.zeros(len(columns)), upper)
        self._hard = hard

    def alone(self) -> bool:
        """Whether a plan exists without any rule; quicker than :meth:`possible`, as nothing needs to be kept short."""
        if frozenset() not in self.known:
            columns = np.arange(self._first, self._first + self.size, dtype=np.int32)
            self._live.model.changeColsCost(self.size, columns, np.zeros(self.size))
            self._soften(frozenset())
            self.known[frozenset()] = self._live.holds()
            self._live.model.changeColsCost(self.size, columns, self._prices)
        return self.known[frozenset()]

    def core(self, conflict: Iterable[int]) -> list[int]:
        """A smaller conflict within one, from the solver's proof that it is one (Farkas); the same if there is none."""
        wanted = frozenset(conflict)
        inside = [other for other, held in self.known.items() if not held and other < wanted]
        if inside:
            wanted = min(inside, key=lambda group: len(group))
        if inside or not self.relaxed:
            return sorted(wanted)
        # The proof is that of the last question, so ask again.
        self.known.pop(wanted, None)
        if self.possible(wanted):
            raise ValueError("These rules can hold together.")
        _, there, ray = self._live.model.getDualRay()
        if not there or ray is None:
            return sorted(wanted)
        weight = np.abs(np.asarray(ray))[self._rows]
        found = frozenset(k for k in wanted if weight[k] > ZERO * max(1.0, float(weight.max())))
        return sorted(found) if found and not self.possible(found) else sorted(wanted)

    @property
    def least(self) -> frozenset[int] | None:
        """The smallest conflict seen so far."""
        groups = [group for group, held in self.known.items() if not held]
        return min(groups, key=lambda group: len(group)) if groups else None
