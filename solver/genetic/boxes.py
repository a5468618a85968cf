"""A few exact points where they are worth most: at the ends of the front, and in its largest open boxes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from formulations.algebra.elements import Floats
from solver.genetic.polish import ranges
from solver.pareto.archive import Archive, Budget
from solver.pareto.scalar import Outcome, Scalars
from solver.pareto.zones import local_upper_bounds


def ends(ask: Scalars, archive: Archive, budget: Budget) -> None:
    """The best plan in each objective, and of those the best in the others."""
    space = archive.space
    turns = 2 * space.size
    firsts: list[Floats | None] = []
    for turn in range(turns):
        if budget.over(archive.solves, len(archive.points)):
            return
        k = turn % space.size
        left = budget.clock.left
        seconds = None if left is None else left / (turns - turn)
        best = _best(archive, k)
        if turn < space.size:
            if best is not None and archive.points[:, k].min() <= archive.bounds.ideal[k]:
                firsts.append(best)  # a relaxation has proven it already
                continue
            found = ask.minimize(np.eye(space.size)[k], start=best, seconds=seconds)
            firsts.append(best if found.x is None else found.x)
        else:
            first = firsts[k]
            if first is None:
                continue
            y = space.values(first[None, :])[0]
            others = np.where(np.arange(space.size) == k, 0.0, 1.0 / ranges(archive.points))
            # a little of the objective itself, so that what is found is on the front even where the limit gives way
            others[k] = 1e-3 / ranges(archive.points)[k]
            within = np.where(np.arange(space.size) == k, y, np.inf)
            found = ask.minimize(others, within, start=first, seconds=seconds)
        _keep(ask, archive, found, "ends", turn + 1, turns)


def search_boxes(ask: Scalars, archive: Archive, budget: Budget, most: int, slack: float = 0.005) -> bool:
    """Search the largest boxes that may still hold a point, one after the other; whether none is left.

    An engine of an exact front in small: each search finds a point or proves a box empty.

    Parameters
    ----------
    slack
        In objectives without a step, a share of the range: what is better by less is not looked for.
    """
    space = archive.space
    tried: set[bytes] = set()
    scale = ranges(archive.points)
    for turn in range(most + 1):
        if not len(archive.points):
            return False
        uppers = local_upper_bounds(archive.points, np.full(space.size, np.inf))
        corners = space.raised(archive.bounds.corner(space.below(uppers)))
        still = (corners < np.where(space.step > 0, uppers, uppers - slack * scale)).all(axis=1)
        if not still.any():
            return True
        low, high = archive.points.min(axis=0) - scale, archive.points.max(axis=0)
        room = np.minimum(uppers, high) - np.maximum(corners, low)
        # a box beyond the ends counts by the room that is left in the other objectives
        size = np.where(still, np.prod(np.maximum(room / scale, 1e-6), axis=1), -1.0)
        size[[u.tobytes() in tried for u in uppers]] = -1.0
        best = int(size.argmax())
        if budget.over(archive.solves, len(archive.points)) or turn == most or size[best] < 0:
            return False
        tried.add(uppers[best].tobytes())
        left = budget.clock.left
        seconds = None if left is None else left / min(most - turn, 4)
        within = np.where(space.step > 0, space.below(uppers[best]), uppers[best] - slack * scale)
        found = ask.minimize(1.0 / scale, within, seconds=seconds)
        _keep(ask, archive, found, "boxes", turn + 1, most)
    return False


def _keep(ask: Scalars, archive: Archive, found: Outcome, stage: str, done: int, total: int) -> None:
    archive.solves += 1
    if found.fact.value > -np.inf:
        # values lie on steps, so a limit says the same when it is half a step higher, and more about the box beside it
        archive.prove(replace(found.fact, within=found.fact.within + 0.5 * archive.space.step))
    if found.x is not None:
        archive.take(found.x, "exact")
    archive.tell(stage, ask.clock.elapsed, done, total, f"{len(archive.points)} points")


def _best(archive: Archive, k: int) -> Floats | None:
    return archive.plans[int(archive.points[:, k].argmin())] if len(archive.points) else None
