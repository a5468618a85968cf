"""All points of a front with two objectives: one is limited, the other minimised.

Without limits on time or number: a sweep, from the end where the limited objective is highest, one step below the last
point each time, until no plan is left; one question more than there are points. The objective minimised comes first
and the limited one breaks ties in the same question, so that every answer is on the front and none is lost. Source:
Mavrotas and Florios (2013), DOI 10.1016/j.amc.2013.03.002 (AUGMECON2), whose slack is the tie-break here.

Otherwise: boxes. A box is where a point may still be between two points known; the widest is halved, so that after any
number of questions the front is covered about as well as it can be. Source: Boland, Charkhgard and Savelsbergh (2015),
"A criterion space search algorithm for biobjective integer programming: the balanced box method", INFORMS Journal on
Computing 27(4).
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from formulations.algebra.elements import Floats
from solver.pareto.archive import Archive, Budget
from solver.pareto.extremes import best_start, lexicographic
from solver.pareto.scalar import Outcome, Scalars
from solver.pareto.space import Space

FINE = 1e-6
"""Share of an objective's range below which two values without a common step count as the same, if nothing is said."""

HEAVY = 1e6
"""Largest weight of the first objective against the second; beyond it, ties are broken by a second question."""


def run(ask: Scalars, archive: Archive, budget: Budget, resolution: Floats | None = None) -> bool:
    """Search the whole front.

    Parameters
    ----------
    resolution
        Shape (2,): points closer together than this in an objective may be taken for one; where an objective has no
        step, :data:`FINE` of its range if None.

    Returns
    -------
    bool
        Whether no point is missing, but for the resolution.

    Raises
    ------
    ValueError
        If there are not two objectives.
    """
    if ask.space.size != 2:
        raise ValueError(f"this search is for two objectives, there are {ask.space.size}")
    if ask.space.discrete and resolution is None and _unlimited(budget):
        return sweep(ask, archive, budget)
    return boxes(ask, archive, budget, resolution)


def _unlimited(budget: Budget) -> bool:
    return budget.clock.limit is None and budget.solves is None and budget.points is None


def fewest_values(space: Space) -> int:
    """The objective with the fewest values it can take within the bounds of its columns: the one to limit."""
    least, most = _range(space)
    with np.errstate(divide="ignore"):
        counts = np.where(space.step > 0, (most - least) / space.step, np.inf)
    # the last one where all are alike: the first one named is minimised then
    return space.size - 1 - int(np.argmin(counts[::-1]))


# -- one question ----------------------------------------------------------------------------------------------------


def first_then(
    ask: Scalars, archive: Archive, first: int, within: Floats, step: Floats, top: Floats | None = None
) -> tuple[Outcome, bool]:
    """The least value of one objective within limits and, among those plans, the least of the other.

    Parameters
    ----------
    step
        Shape (2,): differences that count.
    top
        Shape (2,): values that no plan exceeds, if known; they need not be limits.

    Returns
    -------
    Outcome, bool
        The last answer; and whether it is exact: nothing within the limits is better in ``first``.
    """
    space, other = ask.space, 1 - first
    weight = _weight(archive, first, within if top is None else np.minimum(within, top), step)
    if weight is None:
        outcome = lexicographic(ask, archive, [first, other], within)
        return outcome, outcome.state == "empty" or (outcome.state == "solved" and ask.gap == 0.0)
    weights = np.ones(2)
    weights[first] = weight
    outcome = ask.minimize(weights, within, start=best_start(archive, weights, within))
    archive.solves += 1
    archive.prove(outcome.fact)
    if outcome.x is not None:
        archive.take(outcome.x, "exact")
    if outcome.y is None:
        return outcome, outcome.state == "empty"
    missing = float(weights @ outcome.y) - outcome.fact.value
    # sums of values differ by at least the smaller step; continuous ones are compared in units of the resolution
    least = space.resolution(weights) or float(step.min())
    return outcome, outcome.state == "solved" and missing < least * (1.0 - 1e-6)


def _weight(archive: Archive, first: int, high: Floats, step: Floats) -> float | None:
    """So much that one step of the first objective outweighs all that the other can differ by; None if too much."""
    other = 1 - first
    low = archive.bounds.ideal[other]
    if not (np.isfinite(low) and np.isfinite(high[other])) or not step[first] > 0:
        return None
    weight = (high[other] - low) / step[first] + 1.0
    return float(max(1.0, np.ceil(weight))) if weight <= HEAVY * max(1.0, step[other] / step[first]) else None


# -- sweep -----------------------------------------------------------------------------------------------------------


def sweep(ask: Scalars, archive: Archive, budget: Budget, limited: int | None = None) -> bool:
    """From the best point in one objective down along the other until no plan is left."""
    space = ask.space
    k = fewest_values(space) if limited is None else limited
    within = np.full(2, np.inf)
    floor, top = _range(space)
    # a floor for the limited objective spares the question for its least value
    archive.bounds.ideal[k] = max(archive.bounds.ideal[k], floor[k])
    complete = True
    while not budget.over(archive.solves, len(archive.points)):
        outcome, exact = first_then(ask, archive, 1 - k, within, space.step, top)
        if outcome.state == "empty":
            return complete
        if outcome.y is None:
            return False
        complete &= exact
        within[k] = space.below(outcome.y)[k]
        archive.tell("front", budget.clock.elapsed, message=f"{len(archive.points)}")
    return False


def _range(space: Space) -> tuple[Floats, Floats]:
    """Least and largest values that the bounds of the columns alone leave; infinite where there are no bounds."""
    low, high = space.matrix.lower, space.matrix.upper
    least, most = space.c0.copy(), space.c0.copy()
    for k in range(space.size):
        span = slice(int(space.C.indptr[k]), int(space.C.indptr[k + 1]))
        columns, numbers = space.C.indices[span], space.C.data[span]
        ends = numbers * low[columns], numbers * high[columns]
        least[k] += float(np.minimum(*ends).sum())
        most[k] += float(np.maximum(*ends).sum())
    return least, most


# -- boxes -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Box:
    """Where a point may be: ``low < y < high`` in both objectives."""

    low: Floats
    high: Floats


def boxes(ask: Scalars, archive: Archive, budget: Budget, resolution: Floats | None = None) -> bool:
    """From both ends inwards, the widest box first."""
    ends = []
    for k in range(2):
        if budget.over(archive.solves, len(archive.points)):
            return False
        end = lexicographic(ask, archive, [k, 1 - k])
        if end.state == "empty":
            return True
        if end.y is None:
            return False
        ends.append(end)
    exact = all(end.state == "solved" for end in ends) and ask.gap == 0.0
    low, high = np.array([archive.points[:, k].min() for k in range(2)]), archive.points.max(axis=0)
    scale = np.where(high > low, high - low, 1.0)
    fine = FINE * scale if resolution is None else np.where(resolution > 0, resolution, FINE * scale)
    # whole steps, so that the halves of a box meet at a value there can be
    lattice = np.where(ask.space.step > 0, ask.space.step, 1.0)
    step = np.where(ask.space.step > 0, np.maximum(1.0, np.floor(fine / lattice + 1e-9)) * lattice, fine)
    if resolution is None:
        step = np.where(ask.space.step > 0, ask.space.step, step)
    return _Boxes(ask, archive, budget, scale, step).run(_Box(low, high)) and exact


@dataclass(eq=False)
class _Boxes:
    ask: Scalars
    archive: Archive
    budget: Budget
    scale: Floats
    step: Floats

    def run(self, whole: _Box) -> bool:
        queue: list[tuple[float, int, _Box]] = []
        self.count, complete = 0, True
        self._push(queue, whole)
        while queue:
            if self.budget.over(self.archive.solves, len(self.archive.points)):
                return False
            found, exact = self._halve(heapq.heappop(queue)[2])
            complete &= exact
            for box in found:
                self._push(queue, box)
            widest = -queue[0][0] if queue else 0.0
            self.archive.tell("front", self.budget.clock.elapsed, 1.0 - widest, 1.0)
        return complete

    def _push(self, queue: list[tuple[float, int, _Box]], box: _Box) -> None:
        first, last = box.low + self.step, box.high - self.step
        if (first <= last + 1e-9 * self.scale).all():
            # a point missing in a box is as far from the nearest one known as its narrower side
            width = float(((box.high - box.low) / self.scale).min())
            heapq.heappush(queue, (-width, self.count, box))
            self.count += 1

    def _halve(self, box: _Box) -> tuple[list[_Box], bool]:
        """Boxes left after a question about the lower half of the longer side, and whether it was answered exactly."""
        k = int(np.argmax((box.high - box.low) / self.scale))
        j = 1 - k
        first, last = box.low + self.step, box.high - self.step
        within = last.copy()
        within[k] = first[k] + np.floor((last[k] - first[k]) / (2 * self.step[k]) + 1e-9) * self.step[k]
        outcome, exact = first_then(self.ask, self.archive, j, within, self.step)
        above, below = box.low.copy(), box.high.copy()
        above[k] = within[k]
        if outcome.state == "empty":
            return [_Box(above, box.high)], True
        if outcome.y is None:
            # nothing is known about this half, so it is left as a gap that the bounds tell of
            return [_Box(above, box.high)], False
        y = outcome.y
        ceiling, floor = box.high.copy(), box.low.copy()
        ceiling[j] = y[j]
        floor[j], below[k] = y[j], y[k]
        return [_Box(above, ceiling), _Box(floor, below)], exact
