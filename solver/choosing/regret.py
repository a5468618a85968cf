"""Least regret: the plan whose largest loss against the best of each objective is smallest.

    min_i max_k w_k (y_ik - min_j y_jk) / range_k

Source: Savage (1951), Journal of the American Statistical Association 46(253), 55-67,
DOI 10.1080/01621459.1951.10500768, with objectives in the place of states of nature. It is the Chebyshev compromise
with the ideal point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from formulations.algebra.elements import Floats
from solver.choosing.scaling import checked_points, checked_weights, first_least, in_units


@dataclass(frozen=True, eq=False)
class Regret:
    """Regret of points.

    Attributes
    ----------
    position
        Of the point with the least worst regret.
    regret
        Shape (n, p): share of the range of each objective by which each point misses its best value, weighed.
    """

    position: int
    regret: Floats

    @property
    def worst(self) -> Floats:
        """Shape (n,): the largest regret of each point."""
        return np.asarray(self.regret.max(axis=1))


def least_regret(points: ArrayLike, weights: ArrayLike | None = None) -> Regret:
    """The point with the least worst regret over objectives, all minimised: (n, p).

    Parameters
    ----------
    weights
        Shape (p,), how much each objective matters, 1 on average; all alike if None.
    """
    Y = checked_points(points)
    w = checked_weights(weights, Y.shape[1]) * Y.shape[1]
    regret = w * in_units(Y)
    return Regret(first_least(regret.max(axis=1), Y), regret)
