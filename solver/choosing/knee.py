"""The knee: where giving up a little of one objective gains the most of the others.

The point furthest below the plane through the extreme points, the best ones in each objective, with every objective in
units of its range.

Source: Das (1999), "On characterizing the 'knee' of the Pareto curve based on normal-boundary intersection",
Structural Optimization 18, 107-115, DOI 10.1007/BF01195985.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from formulations.algebra.elements import Floats
from solver.choosing.scaling import checked_points, first_least, in_units
from solver.pareto.front import nondominated


@dataclass(frozen=True, eq=False)
class Knee:
    """The knee of a front.

    Attributes
    ----------
    position
        Of the knee among the points.
    distance
        Shape (n,): how far each point lies below the plane, in units of the range of the objectives; negative above.
    extremes
        Positions of the best point in each objective.
    """

    position: int
    distance: Floats
    extremes: tuple[int, ...]

    @property
    def bulge(self) -> float:
        """Distance of the knee; with 0 no point lies below the plane, and there is no knee to speak of."""
        return max(0.0, float(self.distance[self.position]))


def knee(points: ArrayLike) -> Knee:
    """The knee of some points, all objectives minimised: (n, p).

    Points that others dominate neither are the knee nor have a say in where the plane lies.

    Notes
    -----
    With p = 2 the plane is the line through both ends. With more, the plane through the extremes may be no trade-off
    between all objectives (fewer extremes than objectives, or a normal that is not positive everywhere); then the plane
    of equal weights takes its place, through the extreme that has the least sum.
    """
    Y = checked_points(points)
    front = nondominated(Y)
    unit = in_units(Y)
    extremes = tuple(int(front[_best(unit[front], k)]) for k in range(Y.shape[1]))
    normal = _normal(unit[list(extremes)])
    if normal is None:
        normal = np.full(Y.shape[1], Y.shape[1] ** -0.5)
    distance = (unit[list(extremes)] @ normal).min() - unit @ normal
    return Knee(int(front[first_least(-distance[front], Y[front])]), distance, extremes)


def _best(unit: Floats, k: int) -> int:
    """The best point in objective k; of several, the one with the least sum."""
    tied = np.flatnonzero(unit[:, k] <= unit[:, k].min() + 1e-12)
    return int(tied[np.argmin(unit[tied].sum(axis=1))])


def _normal(extremes: Floats) -> Floats | None:
    """Unit normal of the plane through p points in p dimensions, positive everywhere; None if there is no such."""
    p = len(extremes)
    if np.linalg.matrix_rank(extremes[1:] - extremes[0], tol=1e-9) < p - 1:
        return None
    normal = np.linalg.svd(extremes[1:] - extremes[0])[2][-1]
    normal = normal if normal.sum() > 0 else -normal
    return np.asarray(normal) if (normal > 1e-9).all() else None
