"""Closest to goals: somebody names a value for each objective, reachable or not, and gets the plan nearest to it.

    s(y) = max_k w_k (y_k - goal_k) / range_k  +  rho sum_k w_k (y_k - goal_k) / range_k

Source: Wierzbicki (1980), "The use of reference objectives in multiobjective optimization", in Fandel and Gal (eds.),
Multiple Criteria Decision Making Theory and Application, Springer, 468-486, DOI 10.1007/978-3-642-48782-8_32.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from formulations.algebra.elements import Floats
from solver.choosing.scaling import checked_points, checked_weights, first_least, in_units, ranges

RHO = 1e-4
"""Weight of the sum: small, so that it only decides between points with the same largest miss."""

REACHED = 1e-9
"""A goal missed by less, in units of the range, is reached."""


@dataclass(frozen=True, eq=False)
class Goals:
    """How near points come to goals.

    Attributes
    ----------
    position
        Of the nearest.
    miss
        Shape (n, p): by how much each point misses each goal, in units of the range; negative where it does better.
    achievement
        Shape (n,): the function above; at most 0 where every goal is reached.
    """

    position: int
    miss: Floats
    achievement: Floats

    @property
    def reached(self) -> bool:
        """Whether the nearest point reaches every goal."""
        return bool((self.miss[self.position] <= REACHED).all())


def closest(points: ArrayLike, goals: ArrayLike, weights: ArrayLike | None = None, *, rho: float = RHO) -> Goals:
    """The point closest to goals in the sense of an achievement function, all objectives minimised: (n, p).

    Where all goals are reached: the point that does better than them by the most in its least objective; but if some
    objectives have no goal, the point that is best in those, by their weighted sum in units of the range.

    Parameters
    ----------
    goals
        Shape (p,), in the units of the objectives; infinite where somebody has none.
    weights
        Shape (p,), how much missing each goal matters; all alike if None.

    Raises
    ------
    ValueError
        If goals or weights have the wrong shape, a goal is no number, or there is no goal at all.
    """
    Y = checked_points(points)
    g = np.asarray(goals, dtype=float)
    if g.shape != (Y.shape[1],) or np.isnan(g).any() or not np.isfinite(g).any():
        raise ValueError(f"goals: {goals!r}; give one number per objective, {Y.shape[1]} of them, infinite for none.")
    w = checked_weights(weights, Y.shape[1]) * Y.shape[1]
    _, width = ranges(Y)
    given = np.isfinite(g)
    miss = np.where(given, (Y - np.where(given, g, 0.0)) / width, -np.inf)
    weighed = w[given] * miss[:, given]
    achievement = weighed.max(axis=1) + rho * weighed.sum(axis=1)
    reach = np.flatnonzero((miss <= REACHED).all(axis=1))
    if given.all() or not reach.size:
        return Goals(first_least(achievement, Y), miss, achievement)
    # to be better still where a goal is reached is worth less than what nobody has named a goal for
    others = w[~given] if w[~given].any() else np.ones(int((~given).sum()))
    return Goals(int(reach[first_least(in_units(Y)[reach][:, ~given] @ others, Y[reach])]), miss, achievement)
