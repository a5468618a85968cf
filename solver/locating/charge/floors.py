"""A lower bound over a box from any row duals, with the rounding of its own arithmetic subtracted.

``sum_i (y_i+ low_i - y_i- high_i) + sum_j min over the box of r_j x_j`` with ``r = cost - A'y`` holds for any ``y``.
Source: Neumaier and Shcherbina (2004), DOI 10.1007/s10107-003-0433-3.
"""

from __future__ import annotations

import math

import numpy as np

from formulations.algebra.elements import Csr, Floats

UNIT = 2.0**-52


def floor_of(
    A: Csr, row_lower: Floats, row_upper: Floats, cost: Floats, duals: Floats, low: Floats, high: Floats
) -> tuple[float, Floats]:
    """The bound on ``cost x``, and reduced costs; all columns have two finite bounds.

    Duals are positive where the lower side of a row holds; those that price a side that is not there count as zero.
    """
    y = np.where(np.isfinite(duals), duals, 0.0)
    y[((y > 0) & np.isinf(row_lower)) | ((y < 0) & np.isinf(row_upper))] = 0.0
    reduced = cost - A.T @ y
    # a reduced cost sums as many products as its column has entries; each step is off by a unit of what is summed
    entries = np.bincount(A.indices, minlength=A.shape[1])
    size = np.abs(cost) + abs(A).T @ np.abs(y)
    off = 1.01 * (entries + 2) * UNIT * size * np.maximum(np.abs(low), np.abs(high))
    columns = np.where(reduced > 0, low, high) * reduced
    used = np.flatnonzero(y)
    rows = y[used] * np.where(y[used] > 0, row_lower[used], row_upper[used])
    # fsum is exact but for its last step
    total, weight = math.fsum(columns) + math.fsum(rows), float(np.abs(columns).sum() + np.abs(rows).sum())
    return total - 1.01 * float(off.sum()) - 4.0 * UNIT * weight, reduced
