"""A quick look at a plan before it is believed: solvers have reported vectors that keep nothing."""

from __future__ import annotations

import numpy as np

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix

LOOSE, SHARE = 1e-4, 1e-6
"""A hundred times what a solver may leave; the exact check comes at the end (:mod:`solver.certificate`)."""


def plausible(matrix: Matrix, x: Floats) -> bool:
    """Whether a vector of shape (columns,) keeps rows, bounds and whole numbers to loose tolerances."""
    if x.shape != matrix.lower.shape or not np.isfinite(x).all():
        return False
    whole = matrix.integer
    if (np.abs(x[whole] - np.round(x[whole])) > LOOSE).any():
        return False
    allowed = LOOSE + SHARE * np.abs(x)
    if ((x < matrix.lower - allowed) | (x > matrix.upper + allowed)).any():
        return False
    activity = np.asarray(matrix.A @ x)
    allowed = LOOSE + SHARE * (np.abs(activity) + float(np.abs(x).max(initial=0.0)))
    return not ((activity < matrix.row_lower - allowed) | (activity > matrix.row_upper + allowed)).any()
