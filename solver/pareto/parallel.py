"""A front of a large program with two objectives, in tasks that two or more processes share.

1. The relaxation at both ends and in the middle tells the range. Meanwhile the largest part of the whole numbers is
   settled and held (:mod:`solver.pareto.large`), and a plan is found in the middle.
2. Anchors: a dive and a search around it at a few weights, from the middle outwards.
3. Walks between neighbouring anchors, which pass by plans that no weighted sum finds, and steps around each.
4. Crossings: where neighbours on the lower hull differ, and in turn with them better bounds at a few weights, most of
   all where objective one is low, as relaxations of siting programs are weakest where least is built.
5. If there are too few points still, the widest gaps are halved by a limit; if too many, the best spread stay.

All is counted, so without a time limit one process gives the same front for the same seed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Floats
from solver.certificate import keeps, snapped
from solver.clock import PULSE, grace
from solver.pareto.archive import Archive, Budget
from solver.pareto.errands import Found, Kind, Task, equip
from solver.pareto.hull import supported
from solver.pareto.scalar import Scalars
from solver.pareto.space import Space
from solver.pareto.thinning import thinned
from solver.pareto.workers import Workers

COLUMNS = 20_000
"""Columns from which a program with whole numbers counts as large."""

ANCHORS = (1.0, 2.8, 1 / 2.8, 8.0, 1 / 8.0, 60.0, 1 / 60.0)
"""Weights of anchors, as multiples of the slope of the diagonal from end to end."""

BOUNDS = (1 / 8.0, 0.0, 1.0, 1 / 2.8, 2.8)
"""Weights of better bounds in the same measure; 0 is the least of the first objective."""

STOPS = 12
"""Plans that walks lead to, at most."""

CROSSINGS = 24
"""Crossings in all."""

HALVES = 4
"""Questions about halved gaps, as a multiple of the points that are wanted."""

ROUND = 4
"""Crossings or halved gaps between two looks at the whole."""

TIES = 1e-3
"""Weight of the objective that is limited, in units of the slope."""

NEEDED: frozenset[Kind] = frozenset({"begin", "relax", "anchor", "walk", "cross", "halve"})
"""Tasks that have to be finished before it is known what comes next."""

POINTS = 50
"""Points wanted if nothing is said."""

SHARES: dict[Kind, float] = {"begin": 0.35, "anchor": 0.12, "bound": 0.15, "walk": 0.1, "cross": 0.08, "halve": 0.05}
"""Share of the time left that a task of a kind may take."""

LEAST = 4.0
"""Seconds that each may take in any case."""

RESERVE = 0.96
"""Share of the time in which tasks have to end: taking in and checking what they found takes a while too."""


def suits(space: Space) -> bool:
    """Whether a front is better searched for here than by questions answered to the end."""
    return space.size == 2 and space.matrix.shape[1] > COLUMNS and bool(space.matrix.integer.any())


def run(
    ask: Scalars, archive: Archive, budget: Budget, resolution: Floats | None = None, processes: int | None = None
) -> bool:
    """Search a front with two objectives; False, as points may be missing, unless it is proven that there is no plan.

    Parameters
    ----------
    budget
        Its points are how many stay in the archive; the search goes on after that many, for better ones.
    resolution
        Changes nothing here.
    processes
        How many; ``ask.threads`` if None. With more than one the caller's script must be importable.

    Raises
    ------
    ValueError
        If there are not two objectives.
    """
    if ask.space.size != 2:
        raise ValueError(f"this search is for two objectives, there are {ask.space.size}")
    course = _Course(archive, budget)
    try:
        with Workers(processes or ask.threads, equip, ask.space, ask.gap, ask.seed) as workers:
            course.follow(workers)
    except KeyboardInterrupt:
        # what is found stays; processes have ended
        budget.stop.set()
    ask.solves += course.solves
    if budget.points is not None and len(archive.points) > budget.points:
        keep = thinned(archive.points, budget.points)
        archive.points = archive.points[keep]
        archive.plans = [archive.plans[k] for k in keep]
        archive.origins = [archive.origins[k] for k in keep]
    return course.empty and not archive.plans


@dataclass(eq=False)
class _Course:
    """What is to be done next, and what came of it."""

    archive: Archive
    budget: Budget
    held: Floats | None = None
    solves: int = 0
    empty: bool = False
    _queue: list[Task] = field(default_factory=list)
    _ends: list[Floats] = field(default_factory=list)
    _ranged: bool = False
    _crossed: set[bytes] = field(default_factory=set)
    _halved: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        largest = abs(self.archive.space.C).max(axis=1).toarray().ravel()
        self._slope = float(largest[0] / largest[1]) if largest.all() else 1.0
        self._bounds = list(BOUNDS)
        self._stages: list[tuple[bool, Callable[[], list[Task]]]] = [
            (False, self._begin), (False, self._anchors), (False, self._walks), (True, self._crossings),
            (True, self._halvings),
        ]  # fmt: skip

    def follow(self, workers: Workers[Found]) -> None:
        """Hand out tasks until nothing is left to do, or time is over."""
        clock, told = self.budget.clock, -np.inf
        while True:
            over = self.budget.over(self.archive.solves, -1)
            late = clock.limit is not None and clock.elapsed > clock.limit + grace(clock.limit)
            if self.budget.stop or late:
                return
            while not over and workers.free and (task := self._next(workers.busy)) is not None:
                workers.give(task)
            if not workers.working:
                return
            for found in workers.collect(PULSE):
                self._take(found)
                told = -np.inf
            if clock.elapsed - told >= PULSE:
                told = clock.elapsed
                self.archive.tell("front", told, message=f"{len(self.archive.points)}")

    # -- what next -----------------------------------------------------------------------------------------------

    def _next(self, busy: list[Task]) -> Task | None:
        """The next task; None if there is none, or it has to wait for those at work."""
        if not self._queue and not any(task.kind in NEEDED for task in busy):
            while not self._queue and self._stages:
                again, tasks = self._stages[0]
                self._queue = tasks()
                if not (again and self._queue):
                    self._stages.pop(0)
        if self._queue:
            return self._queue.pop(0)
        # whoever has to wait for others, or has nothing else to do, makes bounds better
        return self._bound() if self._ranged and self._bounds and self.archive.plans else None

    def _begin(self) -> list[Task]:
        """A plan in the middle; the relaxation from there outwards, as one nearly blind to an objective is slow to solve
        from nothing."""
        middle = np.array([1.0, self._slope])
        ends = [self._task("least", w) for w in (np.array([1.0 / self._slope, 1.0]), middle)]
        return [self._task("begin", middle), self._task("relax", middle), *ends]

    def _anchors(self) -> list[Task]:
        self._ranged = True
        if len(self._ends) > 1 and (np.ptp(self._ends, axis=0) > 0).all():
            width = np.ptp(self._ends, axis=0)
            self._slope = float(width[0] / width[1])
        plans = sp.csr_array(np.array(self.archive.plans)) if self.archive.plans else None
        return [self._task("anchor", self._weights(factor), plans) for factor in ANCHORS]

    def _walks(self) -> list[Task]:
        stops = self._stops(np.arange(len(self.archive.points)))
        return [self._pair("walk", a, b) for a, b in pairwise(stops)]

    def _crossings(self) -> list[Task]:
        """The widest edges of the lower hull not yet crossed, and a better bound after every second one."""
        points = self.archive.points
        if len(points) < 2 or len(self._crossed) >= CROSSINGS:
            return []
        stops = self._stops(np.flatnonzero(supported(points)))
        edges = [pair for pair in pairwise(stops) if points[list(pair)].tobytes() not in self._crossed]
        edges.sort(key=lambda pair: -float(np.prod(np.abs(points[pair[0]] - points[pair[1]]))))
        tasks = []
        for a, b in edges[:ROUND]:
            self._crossed.add(points[[a, b]].tobytes())
            tasks.append(self._pair("cross", a, b))
        if tasks and self._bounds:
            tasks.append(self._bound())
        return tasks

    def _halvings(self) -> list[Task]:
        """The widest gaps in the second objective, halved by a limit, while there are too few points."""
        points, wanted = self.archive.points, self.budget.points or POINTS
        if not 1 < len(points) < wanted or len(self._halved) >= HALVES * wanted:
            return []
        order = np.argsort(points[:, 0])
        gaps = [(a, b) for a, b in pairwise(order) if points[[a, b]].tobytes() not in self._halved]
        gaps.sort(key=lambda pair: points[pair[1], 1] - points[pair[0], 1])
        tasks = []
        for a, b in gaps[: min(ROUND, wanted - len(points))]:
            self._halved.add(points[[a, b]].tobytes())
            task = self._pair("halve", a, b)
            # a little of the second objective breaks ties, so that no plan is worse in it for nothing
            weights = np.array([1.0, TIES * self._slope])
            tasks.append(replace(task, weights=weights, within=np.array([np.inf, points[[a, b], 1].mean()])))
        return tasks

    def _stops(self, among: np.ndarray) -> list[int]:
        """Some points, sorted and spread over the front."""
        return [int(k) for k in among[thinned(self.archive.points[among], STOPS)]]

    def _pair(self, kind: Kind, a: int, b: int) -> Task:
        """A task about two plans, with the weights for which both are alike, so that neither end draws the others."""
        y, z = self.archive.points[[a, b]]
        weights = np.array([1.0, (z[0] - y[0]) / (y[1] - z[1])])
        return self._task(kind, weights, sp.csr_array(np.array([self.archive.plans[a], self.archive.plans[b]])))

    def _bound(self) -> Task:
        return self._task("bound", self._weights(self._bounds.pop(0)))

    def _weights(self, factor: float) -> Floats:
        return np.array([1.0, self._slope * factor])

    def _task(self, kind: Kind, weights: Floats, plans: Any = None) -> Task:
        left, until, seconds = self.budget.clock.left, None, None
        if left is not None:
            until = time.time() + RESERVE * left
            seconds = max(LEAST, SHARES[kind] * left) if kind in SHARES else None
        return Task(kind, weights, plans, self.held, None, until, seconds)

    # -- what came of it -----------------------------------------------------------------------------------------

    def _take(self, found: Found) -> None:
        archive, matrix = self.archive, self.archive.space.matrix
        archive.solves += found.solves
        self.solves += found.solves
        for fact in found.facts:
            archive.prove(fact)
            self.empty |= bool(fact.value == np.inf and np.isinf(fact.within).all())
        if found.held is not None:
            self.held = found.held
        if found.relaxed is not None:
            self._ends.append(found.relaxed)
        if found.plans is not None:
            # a simplex method keeps rows to a tolerance of its own
            X = np.array([snapped(matrix, x) for x in found.plans.toarray()])
            for x in X[keeps(matrix, X)]:
                archive.take(x, found.task.kind)
