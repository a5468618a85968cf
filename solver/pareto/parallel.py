"""A front of a large program with two objectives, in tasks that two or more processes share.

1. The relaxation at both ends and in the middle tells the range. Meanwhile the largest part of the whole numbers is
   settled and held (:mod:`solver.pareto.large`), and a plan is found in the middle.
2. Anchors: a dive and a search around it at a few weights.
3. Walks between neighbouring anchors, which pass by plans that no weighted sum finds, and steps around each. Then more
   anchors and walks.
4. Crossings: where the best plan by then and the relaxation differ, at the weights of the anchors.
5. What is held is settled again for some of the plans, and all others are tried with that.
6. More walks, between corners of the lower hull.
7. If there are too few points still, the widest gaps are halved by a limit; if too many, the best spread stay.

In turn with these, better bounds at a few weights; where objective one is low first, as relaxations of siting programs
are weakest where least is built.

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

ANCHORS = ((1.0, 1 / 8.0, 40.0), (1 / 20.0, 8.0, 1 / 2.8, 2.8))
"""Weights of anchors, as multiples of the slope of the diagonal from end to end: those that a front can be made from,
and those that make it better."""

BOUNDS = (1 / 8.0, 0.0, np.inf, 1.0, 1 / 2.8, 2.8)
"""Weights of better bounds in the same measure; 0 is for the least of the first objective, infinity of the second."""

ENDS: frozenset[str] = frozenset({"start", "begin", "anchor"})
"""Origins of plans that first walks lead from and to."""

STOPS = 12
"""Plans that walks lead to, at most."""

WALKS, FAR = 36, 3
"""Walks in all, and how many stops apart the two ends of a later one are at most."""

HALVES = 4
"""Questions about halved gaps, as a multiple of the points that are wanted."""

ROUND = 4
"""Later walks or halved gaps between two looks at the whole."""

TIES = 1e-3
"""Weight of the objective that is limited, in units of the slope."""

NEEDED: frozenset[Kind] = frozenset({"begin", "relax", "least", "anchor", "walk", "cross", "settle", "halve"})
"""Tasks that have to be finished before it is known what comes next."""

POINTS = 50
"""Points wanted if nothing is said."""

SHARES: dict[Kind, float] = {
    "begin": 0.35,
    "least": 0.15,
    "anchor": 0.15,
    "bound": 0.25,
    "walk": 0.1,
    "cross": 0.12,
    "halve": 0.1,
}
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
    _relaxed: dict[tuple[float, ...], Floats] = field(default_factory=dict)
    _ranged: bool = False
    _walked: set[bytes] = field(default_factory=set)
    _halved: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        largest = abs(self.archive.space.C).max(axis=1).toarray().ravel()
        self._slope = float(largest[0] / largest[1]) if largest.all() else 1.0
        self._bounds = list(BOUNDS)
        self._stages: list[tuple[bool, Callable[[], list[Task]]]] = [
            (False, self._begin), (False, self._first_anchors), (False, self._walks), (False, self._more_anchors),
            (False, self._walks), (False, self._crossings),
            (False, self._more_walks), (False, self._settlings), (True, self._more_walks), (True, self._halvings),
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
        return next(iter(self._bound()), None) if self._ranged else None

    def _begin(self) -> list[Task]:
        """A plan in the middle, and the relaxation from there outwards.

        A relaxation that is nearly blind to an objective is slow to solve from nothing.
        """
        middle = np.array([1.0, self._slope])
        ends = [self._task("least", w) for w in (np.array([1.0 / self._slope, 1.0]), middle)]
        return [self._task("begin", middle), self._task("relax", middle), *ends]

    def _first_anchors(self) -> list[Task]:
        ends = np.array([self.archive.space.C @ x for x in self._relaxed.values()])
        if len(ends) > 1 and (np.ptp(ends, axis=0) > 0).all():
            width = np.ptp(ends, axis=0)
            self._slope = float(width[0] / width[1])
        self._relaxed, self._ranged = {}, True
        return self._anchors(ANCHORS[0])

    def _more_anchors(self) -> list[Task]:
        return [*self._anchors(ANCHORS[1]), *self._bound()]

    def _anchors(self, factors: tuple[float, ...]) -> list[Task]:
        plans = sp.csr_array(np.array(self.archive.plans)) if self.archive.plans else None
        return [self._task("anchor", self._weights(factor), plans) for factor in factors]

    def _walks(self) -> list[Task]:
        return self._between(np.flatnonzero([origin in ENDS for origin in self.archive.origins]), 1, STOPS)

    def _crossings(self) -> list[Task]:
        """At the weights of the anchors, from what is the best plan there by now."""
        archive = self.archive
        tasks = []
        for weights, relaxed in self._relaxed.items() if archive.plans else ():
            best = int(np.argmin(archive.points @ np.array(weights)))
            task = self._task("cross", np.array(weights), sp.csr_array(archive.plans[best][None, :]))
            tasks.append(replace(task, relaxed=relaxed))
        return [*tasks, *self._bound()]

    def _settlings(self) -> list[Task]:
        """The held part again, as the cheapest and a middle plan would have it; and all plans with that."""
        archive = self.archive
        order = np.argsort(archive.points[:, 0], kind="stable")
        if self.held is None or order.size < 3:
            return []
        chosen = [order[0], order[order.size // 2]]
        rows = [sp.csr_array(np.array([archive.plans[k], *(archive.plans[j] for j in order)])) for k in chosen]
        return [self._task("settle", self._weights(1.0), plans) for plans in rows]

    def _more_walks(self) -> list[Task]:
        """Between corners of the lower hull, to farther ones too; then a better bound."""
        if len(self.archive.points) < 2 or len(self._walked) >= WALKS:
            return []
        tasks = self._between(np.flatnonzero(supported(self.archive.points)), FAR, ROUND)
        return [*tasks, *self._bound()] if tasks else []

    def _between(self, among: np.ndarray, far: int, most: int) -> list[Task]:
        """Walks not yet made between some points, up to so many apart; where most area lies between them first."""
        points = self.archive.points
        stops = self._stops(among) if among.size else []
        pairs = [(a, b) for k in range(1, far + 1) for a, b in zip(stops, stops[k:], strict=False)]
        pairs = [pair for pair in pairs if points[list(pair)].tobytes() not in self._walked]
        pairs.sort(key=lambda pair: -float(np.prod(np.abs(points[pair[0]] - points[pair[1]]))))
        self._walked |= {points[list(pair)].tobytes() for pair in pairs[:most]}
        return [self._pair("walk", a, b) for a, b in pairs[:most]]

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

    def _bound(self) -> list[Task]:
        """The next of the better bounds, if one is left."""
        return [self._task("bound", self._weights(self._bounds.pop(0)))] if self._bounds else []

    def _weights(self, factor: float) -> Floats:
        return np.array([1.0, self._slope * factor] if np.isfinite(factor) else [0.0, 1.0])

    def _task(self, kind: Kind, weights: Floats, plans: Any = None) -> Task:
        left, until, seconds = self.budget.clock.left, None, None
        if left is not None:
            until = time.time() + RESERVE * left
            seconds = max(LEAST, SHARES[kind] * left) if kind in SHARES else None
        return Task(kind, weights, plans, self.held, until=until, seconds=seconds)

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
            self._relaxed[tuple(found.task.weights.tolist())] = found.relaxed
        if found.plans is not None:
            # a simplex method keeps rows to a tolerance of its own
            X = np.array([snapped(matrix, x) for x in found.plans.toarray()])
            for x in X[keeps(matrix, X)]:
                archive.take(x, found.task.kind)
