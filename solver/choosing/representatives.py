"""The smallest set of points that stands for a front: no point is better than its representative by more than epsilon.

Point r represents point y if ``r_k <= y_k + epsilon * range_k`` in every objective, the same distance as the
``epsilon`` of a front. The smallest such set is a minimum set cover. For two objectives and points sorted by the first,
the points that represent a given one are neighbours, so that going from left to right and taking the last one possible
is optimal; for more objectives a small integer program decides.

Sources: epsilon-Pareto sets of least size: Papadimitriou and Yannakakis (2000), FOCS, 86-92,
DOI 10.1109/SFCS.2000.892068; two objectives: Vaz, Paquete, Fonseca, Klamroth and Stiglmayr (2015), Computers &
Operations Research 63, 172-186, DOI 10.1016/j.cor.2015.05.003.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulations.algebra.elements import Floats
from formulations.algebra.program import Program
from instances.index import Index, Map
from solver.choosing.scaling import checked_points, in_units
from solver.clock import Clock
from solver.pareto.front import nondominated
from solver.solution import Status

TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Representatives:
    """A smallest set of representatives.

    Attributes
    ----------
    positions
        Of the representatives, in ascending order.
    of
        Shape (n,): position of the representative of each point, the nearest one.
    epsilon
        Largest distance of a point from its representative, in units of the range.
    smallest
        Whether no smaller set does; False only if the search was stopped by its time limit.
    """

    positions: tuple[int, ...]
    of: NDArray[np.intp]
    epsilon: float
    smallest: bool = True


def representatives(
    points: ArrayLike, epsilon: float | None = None, *, count: int | None = None, time_limit: float | None = 60.0
) -> Representatives:
    """The fewest points that represent all within epsilon, or the best ones of a given number.

    Parameters
    ----------
    points
        Shape (n, p), all objectives minimised.
    epsilon
        Distance allowed, in units of the range of each objective.
    count
        Instead: as many representatives at most; epsilon is the least one possible then.
    time_limit
        Seconds for all integer programs together, None for no limit; fronts of two objectives need none.

    Raises
    ------
    ValueError
        If not exactly one of epsilon (from 0 up) and count (from 1 up) is given.
    """
    Y = checked_points(points)
    wrong = (epsilon is None) == (count is None)
    wrong |= (epsilon is not None and not epsilon >= 0) or (count is not None and count < 1)
    if wrong:
        raise ValueError("representatives: give either epsilon, a number from 0 up, or count, a whole one from 1 up.")
    D, clock = distances(Y), Clock(time_limit)
    if epsilon is not None:
        chosen, proven = _cover(Y, D, epsilon, clock)
    else:
        chosen, proven = _best_of_size(Y, D, int(count or 1), clock)
    of = np.array(chosen)[np.argmin(D[:, list(chosen)], axis=1)]
    of[list(chosen)] = chosen
    return Representatives(chosen, of, float(D[np.arange(len(D)), of].max()), proven)


def distances(points: ArrayLike) -> Floats:
    """Distance of each point from each representative: (n, p) -> (n, n); row: point, column: representative."""
    unit = in_units(checked_points(points))
    return np.asarray(np.maximum((unit[None, :, :] - unit[:, None, :]).max(axis=2), 0.0))


def _cover(points: Floats, D: Floats, epsilon: float, clock: Clock) -> tuple[tuple[int, ...], bool]:
    front = nondominated(points)
    inside = D[np.ix_(front, front)] <= epsilon + TOLERANCE
    if points.shape[1] <= 2:
        return tuple(sorted(int(front[k]) for k in _swept(inside))), True
    greedy = _greedy(inside)
    if len(greedy) <= _apart(inside):
        return tuple(sorted(int(front[k]) for k in greedy)), True
    found, proven = _covered(inside, greedy, None, clock)
    return tuple(sorted(int(front[k]) for k in found or greedy)), proven


def _swept(inside: NDArray[np.bool_]) -> list[int]:
    """From the first point on: the last one that represents the first not yet represented."""
    chosen: list[int] = []
    done = np.zeros(len(inside), bool)
    while not done.all():
        first = int(np.argmin(done))
        chosen.append(int(np.flatnonzero(inside[first])[-1]))
        done |= inside[:, chosen[-1]]
    return chosen


def _greedy(inside: NDArray[np.bool_]) -> list[int]:
    """A cover, not always the smallest: the one that represents most of those left, again and again."""
    chosen: list[int] = []
    left = np.ones(len(inside), bool)
    while left.any():
        chosen.append(int(np.argmax(inside[left].sum(axis=0))))
        left &= ~inside[:, chosen[-1]]
    return chosen


def _apart(inside: NDArray[np.bool_]) -> int:
    """A number of points of which no two can share a representative: no cover is smaller."""
    count, left = 0, inside.copy()
    while left.any():
        alive = np.flatnonzero(left.any(axis=1))
        narrow = alive[np.argmin(left[alive].sum(axis=1))]
        count += 1
        taken = inside[narrow]
        left[(inside & taken).any(axis=1)] = False
    return count


def _covered(
    inside: NDArray[np.bool_], start: list[int], most: int | None, clock: Clock
) -> tuple[list[int] | None, bool]:
    """Minimum set cover, or any cover of at most so many; None if there is none or none was found. True if proven."""
    from solver.solve import solve

    point = Index.named("point", range(len(inside)))
    program = Program("smallest set of representatives")
    chosen = program.binary("chosen", point, doc="The point is a representative.")
    i, j = np.nonzero(inside)
    pair = Index.tuples("pair", point=(point, i), by=(point, j))
    near = chosen.at(pair["by"]).sum_by(Map(pair, point, i))
    program.subject_to(represented=near >= 1)
    if most is None:
        program.minimize(number=chosen.sum())
    else:
        program.subject_to(few=chosen.sum() <= most)
        program.minimize(nothing=program.constant(0.0))
    begin = np.zeros(len(inside))
    begin[start] = 1.0
    found = solve(
        program,
        gap=0.0,
        time_limit=None if clock.left is None else max(clock.left, 1e-3),
        start=begin,
        verify_bound=False,
    )
    if found.x is None or found.certificate is None or not found.certificate.feasible:
        return None, found.status is Status.INFEASIBLE
    # whole numbers: a bound above the next smaller one is as good as equal
    proven = most is not None or (found.bound is not None and found.bound > float(found.value or 0.0) - 1 + 1e-6)
    return [int(k) for k in np.flatnonzero(found.x > 0.5)], proven


def _best_of_size(points: Floats, D: Floats, count: int, clock: Clock) -> tuple[tuple[int, ...], bool]:
    """The least of all distances within which so few suffice, by bisection."""
    front = nondominated(points)
    away = D[np.ix_(front, front)]
    values = np.unique(np.round(away, 12))
    low, high = 0, len(values) - 1
    best, proven = _within(away, float(values[high]), count, points.shape[1], clock)
    while low < high:
        middle = (low + high) // 2
        found, sure = _within(away, float(values[middle]), count, points.shape[1], clock)
        proven &= sure
        if found is None:
            low = middle + 1
        else:
            best, high = found, middle
    return tuple(sorted(int(front[k]) for k in best or [0])), proven


def _within(away: Floats, epsilon: float, count: int, p: int, clock: Clock) -> tuple[list[int] | None, bool]:
    """A cover of at most ``count``, None if there is none (or, where False comes with it, none was found in time)."""
    inside = away <= epsilon + TOLERANCE
    quick = _swept(inside) if p <= 2 else _greedy(inside)
    if len(quick) <= count:
        return quick, True
    if p <= 2 or _apart(inside) > count:
        return None, True
    return _covered(inside, [], count, clock)
