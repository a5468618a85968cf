"""What one process does for a front of a large program: one task at a time, and what it brings back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Floats
from solver.clock import Clock
from solver.pareto.bounds import Fact
from solver.pareto.large import LargeScalars
from solver.pareto.parts import large_part
from solver.pareto.relinking import Relinking
from solver.pareto.space import Space

Kind = Literal["begin", "relax", "least", "anchor", "bound", "walk", "cross", "settle", "halve"]

FAILURES = 20
"""Steps around a plan, in a row, that make nothing better, after which enough is known around it."""

NEARLY = 1e-2
"""Weight of the other objective where one is to be least, as a share of what makes both alike."""

SETTLING = 0.5
"""Share of the time of a task that the large part may take, so that plans are found in the rest."""


@dataclass(frozen=True, eq=False)
class Task:
    """Something to be done.

    Attributes
    ----------
    kind
        ``begin``: settle the large part and find a plan. ``relax``, ``least``: what no plan can beat, in a weighted sum
        or in the objective of weight one alone (the other weight makes both about alike). ``anchor``: dive for a plan.
        ``bound``: what no plan can beat, from the root of a tree search. ``walk``: from the first plan to the second
        and back, and around both. ``cross``: search where the best plan and a relaxation differ, then around it.
        ``settle``: what is held as the first plan would best have it, and the others with that. ``halve``: a plan
        within limits, then around it.
    plans
        Known plans to start from, sparse, shape (plans, columns); None without any.
    held
        See :class:`solver.pareto.large.LargeScalars`.
    until
        When all has to end, as :func:`time.time` counts; None for never.
    seconds
        Of this task at most.
    """

    kind: Kind
    weights: Floats
    plans: Any = None
    held: Floats | None = None
    within: Floats | None = None
    relaxed: Floats | None = None
    until: float | None = None
    seconds: float | None = None


@dataclass(frozen=True, eq=False)
class Found:
    """What came of a task.

    Attributes
    ----------
    plans
        Sparse, shape (plans, columns), not checked; None without any.
    held
        What is to be held from now on.
    relaxed
        Columns of the relaxation of the question, shape (columns,).
    solves
        Questions asked.
    """

    task: Task
    plans: Any = None
    facts: list[Fact] = field(default_factory=list)
    held: Floats | None = None
    relaxed: Floats | None = None
    solves: int = 0


def equip(space: Space, gap: float, seed: int) -> Callable[[Task], Found]:
    """Build what a process keeps from task to task."""
    return Errands(space, gap, seed).run


class Errands:
    """Tasks about one program."""

    def __init__(self, space: Space, gap: float, seed: int) -> None:
        self.space = space
        self.ask = LargeScalars(space, gap, seed)
        self.walker: Relinking | None = None
        self.clock = Clock()

    def run(self, task: Task) -> Found:
        """Do a task in its time."""
        left = None if task.until is None else max(0.0, task.until - time.time())
        ask = self.ask
        ask.clock = self.clock = Clock(min((s for s in (left, task.seconds) if s is not None), default=None))
        ask.held, ask.known, before = task.held, [], ask.solves
        known = [] if task.plans is None else list(task.plans.toarray())
        for x in known:
            ask.remember(x)
        walked = 0 if self.walker is None else self.walker.solves
        work: dict[Kind, Callable[[Task, list[Floats]], Found]] = {
            "begin": self._begin, "relax": self._relax, "least": self._least, "anchor": self._anchor,
            "bound": self._bound, "walk": self._walk, "cross": self._cross, "halve": self._halve,
            "settle": self._settle,
        }  # fmt: skip
        found = work[task.kind](task, known)
        steps = 0 if self.walker is None else self.walker.solves - walked
        return Found(task, found.plans, found.facts, found.held, found.relaxed, ask.solves - before + steps)

    def _begin(self, task: Task, known: list[Floats]) -> Found:
        ask, part = self.ask, large_part(self.space)
        left = self.clock.left
        if part is not None and (x := ask.settle(part, None if left is None else SETTLING * left)) is not None:
            ask.hold(part, x)
        outcome = ask.minimize(task.weights, thorough=True)
        if outcome.x is None and ask.held is not None:
            # what was settled may stand in the way
            ask.held = None
            outcome = ask.minimize(task.weights, thorough=True)
        if part is not None and outcome.x is not None and (x := ask.settle(part, None, outcome.x)) is not None:
            ask.hold(part, x)
        return Found(task, self._known(), [outcome.fact], ask.held)

    def _relax(self, task: Task, known: list[Floats]) -> Found:
        relaxed = self.ask.relax(task.weights)
        return Found(task, None, [relaxed.fact], relaxed=self.ask.relaxed)

    def _least(self, task: Task, known: list[Floats]) -> Found:
        k = int(np.argmax(task.weights == 1.0))
        relaxed, fact = self.ask.least(k, NEARLY * float(np.delete(task.weights, k)[0]))
        return Found(task, None, [relaxed.fact, fact], relaxed=self.ask.relaxed)

    def _anchor(self, task: Task, known: list[Floats]) -> Found:
        outcome = self.ask.minimize(task.weights, thorough=True)
        return Found(task, self._known(), [outcome.fact], relaxed=self.ask.relaxed)

    def _bound(self, task: Task, known: list[Floats]) -> Found:
        return Found(task, None, [self.ask.bound(task.weights)])

    def _walk(self, task: Task, known: list[Floats]) -> Found:
        a, b = known
        found = [x for pair in ((a, b), (b, a)) for x in self._walker().path(*pair, task.weights, self.clock)]
        return Found(task, self._best([*found, *self._around([a, b], task.weights)]))

    def _cross(self, task: Task, known: list[Floats]) -> Found:
        assert task.relaxed is not None
        x = self.ask.improve(task.weights, task.relaxed)
        return Found(task, None if x is None else self._best([x, *self._around([x], task.weights)]))

    def _settle(self, task: Task, known: list[Floats]) -> Found:
        part = large_part(self.space)
        left = None if self.clock.left is None else SETTLING * self.clock.left
        x = None if part is None else self.ask.settle(part, left, known[0])
        if part is None or x is None or len(known) < 3:
            return Found(task)
        others = known[1:]
        Y = self.space.values(np.array(others))
        weights = []
        for k in range(len(Y)):
            # for which the plans on both sides are alike
            y, z = Y[max(k - 1, 0)], Y[min(k + 1, len(Y) - 1)]
            weights.append(np.array([1.0, (z[0] - y[0]) / (y[1] - z[1])]))
        span = self.space.matrix.columns[part].span
        return Found(task, self._best([x, *self._walker().with_part(others, x, span, weights, self.clock)]))

    def _halve(self, task: Task, known: list[Floats]) -> Found:
        outcome = self.ask.minimize(task.weights, task.within)
        found = [] if outcome.x is None else [outcome.x, *self._around([outcome.x], task.weights)]
        return Found(task, self._best(found), [outcome.fact])

    def _around(self, plans: list[Floats], weights: Floats) -> list[Floats]:
        free = np.ones(self.space.matrix.shape[1], bool)
        if (part := large_part(self.space)) is not None:
            free[self.space.matrix.columns[part].span] = False
        return [y for x in plans for y in self._walker().around(x, weights, free, FAILURES, self.clock)]

    def _walker(self) -> Relinking:
        if self.walker is None:
            self.walker = Relinking(self.space, self.ask.seed)
        return self.walker

    def _known(self) -> Any:
        return self._best([x for x, _ in self.ask.known])

    def _best(self, plans: list[Floats]) -> Any:
        """Those that no other one dominates, sparse; None without any."""
        from solver.pareto.front import nondominated

        if not plans:
            return None
        rows = sp.csr_array(np.array(plans))
        return rows[nondominated(self.space.values(rows))]
