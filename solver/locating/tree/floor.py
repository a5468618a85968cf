"""A lower bound over a box from any row duals, rounding errors included: what every decision of the tree rests on.

The arithmetic of :mod:`solver.safe_bound` on bare arrays, in a few passes of numpy, because a tree asks thousands of
times.

Source: Neumaier and Shcherbina (2004), DOI 10.1007/s10107-003-0433-3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats
from solver.implied import UNIT


@dataclass(frozen=True, eq=False)
class Floor:
    """A bound on ``cost x`` over a box and some rows.

    Attributes
    ----------
    value
        The bound, without constant; ``-inf`` if a column falls without end.
    least, most
        Reduced costs of the columns: the exact one lies between the two. Shape (columns,).
    """

    value: float
    least: Floats
    most: Floats


def floor_over(
    A: Csr, size: Csr, row_lower: Floats, row_upper: Floats, cost: Floats, duals: Floats, low: Floats, high: Floats
) -> Floor:
    """Bound on ``cost x`` over ``low <= x <= high`` and ``row_lower <= A x <= row_upper``.

    ``sum_i (y_i+ row_lower_i - y_i- row_upper_i) + sum_j min over the box of r_j x_j`` with ``r = cost - A'y``; any y
    is valid. With ``cost`` zero and a value above zero the box holds no plan at all (Farkas).

    Parameters
    ----------
    size
        ``abs(A)``, kept by the caller.
    duals
        Shape (rows,), positive where the lower side holds. Those that price a side that a row does not have, or that
        are no numbers, count as zero.
    """
    y = np.where(np.isfinite(duals), duals, 0.0)
    y[(y > 0) & np.isinf(row_lower) | (y < 0) & np.isinf(row_upper)] = 0.0
    reduced, off = _reduced(A, size, cost, y)
    endless = np.flatnonzero(np.isinf(high) & (reduced < off) & (cost > 0))
    if endless.size:
        y = _eased(A, cost, y, endless, reduced, off)
        reduced, off = _reduced(A, size, cost, y)
    least, most = reduced - off, reduced + off
    # where the reduced cost surely has one sign the other side of the box does not matter, and it may be infinite
    with np.errstate(invalid="ignore"):
        columns = np.minimum(
            np.where(least == 0.0, 0.0, np.where(least > 0, low, high) * least),
            np.where(most == 0.0, 0.0, np.where(most > 0, low, high) * most),
        )
    side = np.where(y > 0, row_lower, row_upper)
    rows = np.where(y == 0.0, 0.0, y * np.where(y == 0.0, 0.0, side))
    total = float(columns.sum()) + float(rows.sum())
    if not math.isfinite(total):
        return Floor(-math.inf, least, most)
    weight = float(np.abs(columns).sum()) + float(np.abs(rows).sum())
    # a sum of n terms, in whatever order, is off by at most n units of the sum of their sizes
    return Floor(total - 2.0 * (len(columns) + len(rows) + 4) * UNIT * weight - 1e-300, least, most)


def _reduced(A: Csr, size: Csr, cost: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Reduced costs and how far each may be from exact."""
    used = int(np.count_nonzero(y))
    if not used:
        return cost.copy(), np.zeros_like(cost)
    steps = (used + 3) * UNIT
    return cost - A.T @ y, 1.01 * steps / (1.0 - steps) * (np.abs(cost) + size.T @ np.abs(y))


def _eased(A: Csr, cost: Floats, y: Floats, endless: NDArray[np.intp], reduced: Floats, off: Floats) -> Floats:
    """Duals made a hair smaller, so that no column without an upper bound has a reduced cost below zero."""
    share = np.ones(len(cost))
    paid = cost[endless] - reduced[endless]
    share[endless] = np.clip((cost[endless] - 3.0 * off[endless]) / np.maximum(paid, 1e-300), 0.0, 1.0)
    row = np.repeat(np.arange(A.shape[0]), np.diff(A.indptr))
    pays = (A.data * y[row] > 0) & (share[A.indices] < 1.0)
    least = np.ones(A.shape[0])
    np.minimum.at(least, row[pays], share[A.indices[pays]])
    return np.asarray(y * least)
