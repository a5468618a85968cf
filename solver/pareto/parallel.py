"""A front of a large program with two objectives, by two or more processes, each with its share of the range.

1. One plan in the middle; the largest part of its whole numbers is settled and held (:mod:`solver.pareto.large`).
2. Each process searches thoroughly at a few weights of its share, and bounds some of them by the root of a tree search.
3. Then it walks from plan to plan (:mod:`solver.pareto.relinking`), and halves the widest gaps that are left between
   two neighbours, limiting the second objective, until there are enough.

Processes are spawned, so the caller's script must be importable (``if __name__ == "__main__"``).
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context
from typing import Any

import numpy as np

from formulations.algebra.elements import Floats
from solver.clock import Clock
from solver.pareto.archive import Archive, Budget
from solver.pareto.bounds import Fact
from solver.pareto.large import LargeScalars, rows_of
from solver.pareto.relinking import Relinking
from solver.pareto.space import Space

SPREAD = np.array([60.0, 8.0, 2.8, 1.0, 1 / 2.8, 1 / 8.0, 1 / 60.0])
"""Weights searched thoroughly, as multiples of the slope of the diagonal from end to end."""

THOROUGH, BOUNDING, WALKING = 0.5, 0.2, 0.2
"""Shares of a process's time for thorough searches, for better bounds, and for walks from plan to plan."""

EACH = (3.0, 15.0)
"""Seconds for one gap between plans: at least, and at most."""


@dataclass(frozen=True, eq=False)
class Share:
    """What one process is to do, and from what."""

    space: Space
    held: Floats | None
    plans: Any
    scale: Floats
    weights: Floats
    seconds: float
    points: int
    gap: float
    seed: int


@dataclass(frozen=True, eq=False)
class Found:
    """What it brings back."""

    plans: Any
    facts: list[Fact]
    solves: int


def run(ask: LargeScalars, archive: Archive, budget: Budget, processes: int = 2) -> bool:
    """Search a front under the budget's time; always False, as points may be missing.

    Raises
    ------
    ValueError
        If there are not two objectives or the budget has no time limit: without one there is no end.
    """
    if ask.space.size != 2 or budget.clock.left is None:
        raise ValueError("this search is for two objectives and needs a time limit")
    ask.clock = budget.clock
    scale = _begin(ask, archive)
    _gather(archive, [x for x, _ in ask.known], [], ask.solves)
    slope = scale[0] / scale[1]
    weights = np.column_stack([np.ones(len(SPREAD)), slope * SPREAD])
    left = budget.clock.left or 0.0
    if budget.over(archive.solves, len(archive.points)) or not ask.known:
        return False
    points = -(-(budget.points or 50) // processes)
    # gathering and checking take a while too
    seconds = 0.92 * left
    plans = rows_of([x for x, _ in ask.known])
    shares = [
        Share(ask.space, ask.held, plans, scale, part, seconds, points, ask.gap, ask.seed)
        for part in np.array_split(weights, processes)
    ]
    for found in _all(shares, processes):
        _gather(archive, list(found.plans.toarray()), found.facts, found.solves)
        archive.tell("front", budget.clock.elapsed, message=f"{len(archive.points)}")
    return False


def _all(shares: list[Share], processes: int) -> list[Found]:
    if processes == 1:
        return [work(share) for share in shares]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return list(pool.map(work, shares))


def _gather(archive: Archive, plans: list[Floats], facts: list[Fact], solves: int) -> None:
    for x in plans:
        archive.take(x, "exact")
    for fact in facts:
        archive.prove(fact)
    archive.solves += solves


def _begin(ask: LargeScalars, archive: Archive) -> Floats:
    """Ends of the relaxation, a held part, a plan in the middle; returns the range of the relaxation."""
    ends = []
    for weights in np.array([[1.0, 1e-6], [1e-6, 1.0]]):
        relaxed = ask.relax(weights)
        archive.prove(relaxed.fact)
        if relaxed.answer.x is None:
            return np.ones(2)
        ends.append(ask.space.C @ relaxed.answer.x + ask.space.c0)
    scale = np.maximum(np.abs(ends[0] - ends[1]), 1e-9)
    middle = np.array([1.0, scale[0] / scale[1]])
    part, left = ask.large_part(), ask.clock.left or 0.0
    if part is not None and (x := ask.settle(part, 0.15 * left)) is not None:
        ask.hold(part, x)
    outcome = ask.minimize(middle, seconds=0.12 * left, thorough=True)
    archive.prove(outcome.fact)
    if outcome.x is None:
        # without a plan there is nothing to start from: it may take as long as it takes
        outcome = ask.minimize(middle, seconds=0.5 * (ask.clock.left or 0.0), thorough=True)
    if part is not None and outcome.x is not None and (x := ask.settle(part, 0.06 * left, outcome.x)) is not None:
        ask.hold(part, x)
    return scale


def work(share: Share) -> Found:
    """The share of one process."""
    clock = Clock(share.seconds)
    ask = LargeScalars(share.space, share.gap, share.seed, clock=clock, held=share.held)
    for x in share.plans.toarray():
        ask.remember(x)
    facts: list[Fact] = []
    for at, weights in enumerate(share.weights):
        part = THOROUGH * share.seconds / len(share.weights)
        facts.append(ask.minimize(weights, seconds=part, thorough=True).fact)
        if at % 2 == 0 and clock.left:
            facts.append(ask.bound(weights, BOUNDING * share.seconds / (-(-len(share.weights) // 2))))
    _walk(ask, share, Clock(min(clock.left or 0.0, WALKING * share.seconds)))
    _fill(ask, share, facts, clock)
    return Found(rows_of([x for x, _ in ask.known]), facts, ask.solves)


def _walk(ask: LargeScalars, share: Share, clock: Clock) -> None:
    """From each plan to the next one and back."""
    walker = Relinking(share.space, share.seed)
    stops = sorted(ask.known, key=lambda plan: float(plan[1][0]))
    for (a, y), (b, z) in pairwise(stops):
        # weights for which both are alike, so that neither end draws the plans between them
        weights = np.array([y[1] - z[1], z[0] - y[0]]) / share.scale.prod() * share.scale[0]
        for here, there in ((a, b), (b, a)):
            if clock.left == 0.0:
                return
            for x in walker.path(here, there, weights, clock):
                ask.take(x)


def _fill(ask: LargeScalars, share: Share, facts: list[Fact], clock: Clock) -> None:
    """Halve the widest gap between neighbours in this share of the range."""
    slopes = share.weights[:, 1] / share.weights[:, 0]
    mine = [y for _, y in ask.known]
    low, high = _range_of(mine, slopes, share.scale)
    done: set[tuple[float, float]] = set()
    while clock.left and len(ask.known) < share.points + 1:
        values = np.array(sorted(y[1] for _, y in ask.known if low <= y[1] <= high))
        gaps = [(b - a, a, b) for a, b in pairwise(values.tolist()) if (a, b) not in done]
        if not gaps:
            return
        _, a, b = max(gaps)
        done.add((a, b))
        least, most = EACH
        seconds = min(most, max(least, clock.left / max(1, share.points + 1 - len(ask.known))))
        within = np.array([np.inf, (a + b) / 2])
        # a little of the second objective breaks ties, so that no plan is worse in it for nothing
        outcome = ask.minimize(np.array([1.0, 1e-3 * share.scale[0] / share.scale[1]]), within, seconds=seconds)
        facts.append(outcome.fact)


def _range_of(points: list[Floats], slopes: Floats, scale: Floats) -> tuple[float, float]:
    """From the best to the worst second objective among the points best for the weights of this share."""
    everything = np.array(points)
    best = [int(np.argmin(everything[:, 0] + slope * everything[:, 1])) for slope in slopes]
    return float(everything[best, 1].min()), float(everything[best, 1].max())
