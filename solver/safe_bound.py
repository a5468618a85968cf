"""A lower bound that holds whatever the solver did: from any row duals, computed by us, rounding errors included."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from solver.implied import UNIT, implied_bounds

SLACK = 1e-6
"""Share by which the ceiling is lifted above a known plan, which may itself be off by the tolerance of a check."""


@dataclass(frozen=True)
class SafeBound:
    """A value that no plan can beat.

    Attributes
    ----------
    value
        The bound, constant included; ``-inf`` if none could be shown.
    open_columns
        Positions of columns without a bound on the side that matters: they are why ``value`` is ``-inf``.
    """

    value: float
    open_columns: tuple[int, ...] = ()


def safe_bound(
    matrix: Matrix, weights: Mapping[str, float], duals: Floats | None, known: float | None = None
) -> SafeBound:
    """Lagrangian bound of the rows at ``duals``, valid in exact arithmetic.

    For any y, every plan costs at least ``sum_i (y_i+ row_lower_i - y_i- row_upper_i) + sum_j min over the box of
    r_j x_j`` with ``r = c - A'y``. Duals with the wrong sign for an infinite row side are set to zero. Every
    floating-point error is bounded from above and subtracted. The better of the bounds at ``duals`` and at zero.

    Parameters
    ----------
    duals
        Row duals, shape (rows,); anything finite is valid, those of the linear relaxation are best. None for zero.
    known
        Value of a plan at hand. Only plans at least as good need to be bounded, which gives columns without a bound
        a finite one; the result is then at most ``known`` plus :data:`SLACK`.

    Source: Neumaier and Shcherbina (2004), DOI 10.1007/s10107-003-0433-3; Jansson (2004),
    DOI 10.1137/S1052623402416839.
    """
    cost, error, head = _objective(matrix, weights)
    zero = np.zeros(matrix.shape[0])
    ways = [_reduced(matrix, cost, error, zero)]
    if duals is not None:
        ways.append(_reduced(matrix, cost, error, _projected(matrix, duals)))
    found = [_over_box(matrix, *way, matrix.lower, matrix.upper) for way in ways]
    ceiling = math.inf
    if any(value == -math.inf for value, _ in found):
        if known is not None and math.isfinite(known):
            ceiling = known + SLACK * max(abs(known), float(np.abs(cost).max(initial=0.0)))
        low, high = _closed(matrix, cost, error, ceiling - head)
        found = [_over_box(matrix, *way, low, high) for way in ways]
    value = max(bound for bound, _ in found)
    if value == -math.inf:
        # the duals tell which columns really matter: at zero every column with a cost does
        return SafeBound(-math.inf, found[-1][1])
    value = value + head
    return SafeBound(min(value - 4.0 * UNIT * (abs(value) + abs(head)), ceiling))


def _objective(matrix: Matrix, weights: Mapping[str, float]) -> tuple[Floats, Floats, float]:
    """Cost per column, how far each may be from the exact weighted sum, and a constant that is surely not too high."""
    cost, constant = matrix.cost(weights)
    w = np.array([abs(float(weights.get(name, 0.0))) for name in matrix.objectives])
    steps = 2.0 * (len(w) + 2) * UNIT
    # a single objective that weighs one is taken over without any arithmetic
    plain = np.count_nonzero(w) == 1 and float(w.max()) == 1.0
    error = np.zeros_like(cost) if plain else steps * np.asarray(w @ abs(matrix.C))
    return cost, error, constant if plain else constant - steps * float(w @ np.abs(matrix.c0))


def _projected(matrix: Matrix, duals: Floats) -> Floats:
    """Duals without those that would price a side that a row does not have."""
    y = np.where(np.isfinite(duals), duals, 0.0)
    y = np.where(np.isinf(matrix.row_lower), np.minimum(y, 0.0), y)
    return np.where(np.isinf(matrix.row_upper), np.maximum(y, 0.0), y)


def _reduced(matrix: Matrix, cost: Floats, error: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
    """Duals, reduced costs ``c - A'y`` and how far each reduced cost may be from exact."""
    transposed = matrix.A.T
    steps = np.bincount(matrix.A.indices, minlength=matrix.shape[1]) + 3
    gamma = steps * UNIT / (1.0 - steps * UNIT)
    off = error + 1.01 * gamma * (np.abs(cost) + abs(transposed) @ np.abs(y))
    if not y.any():
        off = error
    return y, cost - transposed @ y, off


def _over_box(
    matrix: Matrix, y: Floats, reduced: Floats, off: Floats, low: Floats, high: Floats
) -> tuple[float, tuple[int, ...]]:
    """Lagrangian bound over a box, rounded down; with the columns in whose direction it falls without end."""
    least, most = reduced - off, reduced + off
    endless = ((least < 0) & np.isinf(high)) | ((most > 0) & np.isinf(low))
    if endless.any():
        return -math.inf, tuple(np.flatnonzero(endless).tolist())
    # an infinite side is never the minimum where the reduced cost has the other sign for certain
    l, u = np.where(np.isinf(low), high, low), np.where(np.isinf(high), low, high)
    l, u = np.where(np.isinf(l), 0.0, l), np.where(np.isinf(u), 0.0, u)
    columns = np.minimum(np.minimum(least * l, most * l), np.minimum(least * u, most * u))
    side = np.where(y > 0, matrix.row_lower, matrix.row_upper)
    rows = y * np.where(y == 0, 0.0, side)
    terms = np.concatenate([rows, columns])
    # fsum is exact but for one rounding; each product has one of its own, and least and most have one more
    if not np.isfinite(terms).all():
        return -math.inf, ()
    size = math.fsum(np.abs(terms).tolist())
    # 1e-300 for products so small that they are rounded to zero
    margin = 4.0 * UNIT * size + 1e-300 if size else 0.0
    return math.fsum([*terms.tolist(), -margin]), ()


def _closed(matrix: Matrix, cost: Floats, error: Floats, ceiling: float) -> tuple[Floats, Floats]:
    """The box with implied bounds where it has none, of plans that cost at most ``ceiling`` (without constant)."""
    A, row_lower, row_upper = matrix.A, matrix.row_lower, matrix.row_upper
    sharp = bool((error <= 1e-12 * np.abs(cost)).all())
    if math.isfinite(ceiling) and sharp and cost.any():
        A = sp.csr_array(sp.vstack([A, sp.csr_array(cost[None, :])], format="csr"))
        finite = np.where(np.isfinite(matrix.lower), np.abs(matrix.lower), 0.0)
        finite = np.maximum(finite, np.where(np.isfinite(matrix.upper), np.abs(matrix.upper), 0.0))
        row_lower = np.append(row_lower, -np.inf)
        row_upper = np.append(row_upper, ceiling + 1.01 * float(error @ finite))
    low, high = implied_bounds(A, row_lower, row_upper, matrix.lower, matrix.upper)
    # room for the error of the cost itself, relative to which 1e-9 is generous
    low = np.where(np.isinf(matrix.lower), low - 1e-9 * np.abs(low), matrix.lower)
    high = np.where(np.isinf(matrix.upper), high + 1e-9 * np.abs(high), matrix.upper)
    return low, high
