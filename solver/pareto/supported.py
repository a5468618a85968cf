"""Supported points by weighted sums: with two objectives all corners of the lower hull, with more a spread of weights.

Every question is a weighted sum without limits, which is the kind of question that a program answers most quickly, and
what it proves holds everywhere: ``w @ y >= b`` for all plans.
"""

from __future__ import annotations

import heapq
from itertools import combinations

import numpy as np

from formulations.algebra.elements import Floats
from solver.pareto.archive import Archive, Budget
from solver.pareto.extremes import best_start, lexicographic
from solver.pareto.scalar import Scalars

ROUNDING = 1e-9
"""Share of a weighted sum by which a new point must be better than the edge between two known ones."""

EVERYWHERE = np.inf


def run(ask: Scalars, archive: Archive, budget: Budget, resolution: Floats | None = None) -> bool:
    """All corners of the lower hull for two objectives, points best for evenly spread weights for more.

    Two objectives: between two neighbours the weights for which both are alike; a better point splits the edge, and the
    edge under which most area is open comes first. Source: Aneja and Nair (1979), DOI 10.1287/mnsc.25.1.73.

    Parameters
    ----------
    resolution
        Changes nothing here.

    Returns
    -------
    bool
        False: a weighted sum finds no unsupported point, so others may be missing.
    """
    return _edges(ask, archive, budget) if ask.space.size == 2 else _spread(ask, archive, budget)


def _edges(ask: Scalars, archive: Archive, budget: Budget) -> bool:
    ends = []
    for k in range(2):
        if budget.over(archive.solves, len(archive.points)):
            return False
        end = lexicographic(ask, archive, [k, 1 - k])
        if end.y is None:
            return False
        ends.append(end.y)
    scale = np.where(np.abs(ends[1] - ends[0]) > 0, np.abs(ends[1] - ends[0]), 1.0)
    queue: list[tuple[float, int, Floats, Floats]] = []
    count = 0

    def push(a: Floats, b: Floats) -> None:
        nonlocal count
        if (a < b)[0] and (a > b)[1]:
            heapq.heappush(queue, (-float(np.prod(np.abs(a - b) / scale)), count, a, b))
            count += 1

    push(ends[0], ends[1])
    while queue and not budget.over(archive.solves, len(archive.points)):
        _, _, a, b = heapq.heappop(queue)
        weights = np.array([a[1] - b[1], b[0] - a[0]])
        y = weigh(ask, archive, weights)
        if y is not None and weights @ y < weights @ a - ROUNDING * abs(float(weights @ a)):
            push(a, y)
            push(y, b)
        archive.tell("front", budget.clock.elapsed, message=f"{len(archive.points)}")
    return False


def _spread(ask: Scalars, archive: Archive, budget: Budget) -> bool:
    p = ask.space.size
    scale = np.ones(p)
    for k in range(p):
        if budget.over(archive.solves, len(archive.points)):
            return False
        lexicographic(ask, archive, [k, *(j for j in range(p) if j != k)])
    if len(archive.points):
        width = archive.points.max(axis=0) - archive.points.min(axis=0)
        scale = np.where(width > 0, width, 1.0)
    divisions, asked = 1, set[tuple[float, ...]]()
    while divisions <= p + 1:
        for shares in even_weights(p, divisions):
            if (shares == 0).any() or tuple(shares) in asked:
                continue
            if budget.over(archive.solves, len(archive.points)):
                return False
            asked.add(tuple(shares))
            weigh(ask, archive, shares / scale)
        divisions += 1
    return False


def weigh(ask: Scalars, archive: Archive, weights: Floats) -> Floats | None:
    """The point with the least weighted sum; plan and fact go to the archive."""
    nowhere = np.full(ask.space.size, EVERYWHERE)
    outcome = ask.minimize(weights, start=best_start(archive, weights, nowhere))
    archive.solves += 1
    archive.prove(outcome.fact)
    if outcome.x is not None:
        archive.take(outcome.x, "exact")
    return outcome.y


def even_weights(p: int, divisions: int) -> Floats:
    """All weights that are multiples of ``1 / divisions`` and add up to one, shape (n, p).

    Source: Das and Dennis (1998), DOI 10.1137/S1052623496307510.
    """
    bars = np.array(list(combinations(range(divisions + p - 1), p - 1)))
    edges = np.column_stack([np.full(len(bars), -1), bars, np.full(len(bars), divisions + p - 1)])
    return np.asarray((np.diff(edges, axis=1) - 1) / divisions, float)
