"""Finite bounds that rows imply for columns declared without one, rounded to the safe side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats

UNIT = 2.0**-53
"""Largest relative error of one floating-point operation."""


def implied_bounds(
    A: Csr, row_lower: Floats, row_upper: Floats, lower: Floats, upper: Floats, rounds: int = 10
) -> tuple[Floats, Floats]:
    """Bounds of shape (columns,) with infinite ones replaced where some row and the other columns' bounds limit them.

    Every ``x`` with ``row_lower <= A x <= row_upper`` and ``lower <= x <= upper`` satisfies the result: it is rounded
    outwards by more than the floating-point error of its computation. Finite bounds are left as they are.

    Source: activity-based bound tightening, Savelsbergh (1994), DOI 10.1287/ijoc.6.4.445.
    """
    low, high = np.array(lower, dtype=float), np.array(upper, dtype=float)
    count = np.diff(A.indptr)
    row = np.repeat(np.arange(A.shape[0]), count)
    wanted = np.isinf(low) | np.isinf(high)
    # rows that could help: those that hold a column without a bound
    useful = np.zeros(A.shape[0], dtype=bool)
    useful[row[wanted[A.indices]]] = True
    keep = useful[row]
    row, column, a = row[keep], A.indices[keep], A.data[keep]
    for _ in range(rounds):
        known = np.isfinite(low).sum() + np.isfinite(high).sum()
        for sign, side in ((1.0, row_upper), (-1.0, -row_lower)):
            _tighten(row, column, sign * a, side, count, low, high)
        if np.isfinite(low).sum() + np.isfinite(high).sum() == known:
            break
    return low, high


def _tighten(
    row: NDArray[np.intp],
    column: NDArray[np.int32],
    a: Floats,
    side: Floats,
    count: NDArray[np.int32],
    low: Floats,
    high: Floats,
) -> None:
    """Rows ``sum a x <= side``: each column has what the least of the others leaves."""
    at = np.where(a > 0, low[column], high[column])
    endless = np.isinf(at)
    least = np.where(endless, 0.0, a * np.where(endless, 0.0, at))
    rows = len(side)
    total = np.bincount(row, least, minlength=rows)
    size = np.bincount(row, np.abs(least), minlength=rows)
    open_ends = np.bincount(row, endless, minlength=rows)
    others_open = open_ends[row] - endless
    use = np.flatnonzero(
        (others_open == 0) & np.isfinite(side[row]) & np.where(a > 0, np.isinf(high[column]), np.isinf(low[column]))
    )
    r, j, coefficient = row[use], column[use], a[use]
    slack = side[r] - (total[r] - least[use])
    error = 4.0 * (count[r] + 8) * UNIT * (np.abs(side[r]) + size[r])
    end = (slack + error) / np.abs(coefficient)
    end += 4.0 * UNIT * np.abs(end)
    positive = coefficient > 0
    np.minimum.at(high, j[positive], end[positive])
    np.maximum.at(low, j[~positive], -end[~positive])
