"""Planes below a front: a linear relaxation, kept alive and asked again and again, gives one through each corner.

    min  t   subject to   x in the relaxation of X,   f_k(x) - scale_k t <= corner_k

Its duals are weights ``w`` of the objectives with ``w @ scale = 1``. From them and the duals of the rows we compute, in
our own arithmetic, a bound ``w @ y >= value`` for all plans; where ``w @ corner`` lies below it, no plan lies below the
corner. Source: the scalarisation of Pascoletti and Serafini (1984), DOI 10.1007/BF00934564; the planes together are the
linear bound set of Ehrgott and Gandibleux (2007), DOI 10.1016/j.cor.2005.08.016.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Floats
from solver.pareto.space import Space

ROUNDING = 1e-10
"""Share of the sizes of all terms that is taken off a bound for rounding."""


@dataclass(frozen=True, eq=False)
class Plane:
    """``weights @ y >= value`` for every plan, and what a plan pays above it.

    Attributes
    ----------
    weights
        Shape (p,), none negative.
    value
        What no plan falls below: ``base + sum_j min(price_j lower_j, price_j upper_j)``, rounding taken off.
    price, base
        ``weights @ y >= base + price @ x`` for every plan x that keeps the rows; shape (columns,).
    rounding
        How much was taken off.
    """

    weights: Floats
    value: float
    price: Floats
    base: float
    rounding: float


class Relaxation:
    """The linear relaxation of a small program, in HiGHS."""

    def __init__(self, space: Space, scale: Floats) -> None:
        import highspy

        from solver.backends.highs import to_highs

        matrix, p = space.matrix, space.size
        rows, columns = matrix.shape
        self._space, self._scale = space, scale
        self._model: Any = to_highs(matrix.relax(), {space.names[0]: 1.0})
        self._model.setOptionValue("presolve", "off")
        self._model.setOptionValue("threads", 1)
        self._rows = (rows + np.arange(p)).astype(np.int32)
        # rows in units of the scale, so that tolerances mean the same for every objective
        C = sp.csr_array(sp.diags_array(1.0 / scale) @ space.C)
        free = np.full(p, np.inf)
        self._model.addRows(
            p, -free, free, int(C.nnz), C.indptr[:-1].astype(np.int32), C.indices.astype(np.int32), C.data
        )
        self._model.changeColsCost(columns, np.arange(columns, dtype=np.int32), np.zeros(columns))
        self._model.addCol(1.0, -math.inf, math.inf, p, self._rows, np.full(p, -1.0))
        # threads of another model in this thread would make HiGHS refuse
        highspy.Highs.resetGlobalScheduler(False)

    def plane(self, corner: Floats, seconds: float | None = None) -> Plane | None:
        """The plane that says most about what lies below a corner, shape (p,); None if there is none."""
        model, p = self._model, self._space.size
        upper = np.ascontiguousarray((corner - self._space.c0) / self._scale)
        model.changeRowsBounds(p, self._rows, np.full(p, -np.inf), upper)
        model.setOptionValue("time_limit", math.inf if seconds is None else model.getRunTime() + seconds)
        model.run()
        found = model.getSolution()
        if not found.dual_valid:
            return None
        duals = np.array(found.row_dual)
        return self._above(np.maximum(-duals[-p:], 0.0) / self._scale, duals[:-p])

    def _above(self, weights: Floats, duals: Floats) -> Plane | None:
        """Any duals give a valid plane; those of a solved relaxation give the highest one."""
        space, matrix = self._space, self._space.matrix
        total = float(weights @ self._scale)
        if not total > 0.0 or not np.isfinite(duals).all():
            return None
        weights, duals = weights / total, duals / total
        side = np.where(duals > 0, matrix.row_lower, matrix.row_upper)
        duals = np.where(np.isfinite(side), duals, 0.0)
        side = np.where(duals != 0.0, side, 0.0)
        price = np.asarray(weights @ space.C - duals @ matrix.A)
        base = float(weights @ space.c0 + duals @ side)
        with np.errstate(invalid="ignore"):
            least = np.where(price > 0, price * matrix.lower, np.where(price < 0, price * matrix.upper, 0.0))
        sizes = np.asarray(weights @ abs(space.C) + np.abs(duals) @ abs(matrix.A))
        reach = np.maximum(np.abs(matrix.lower), np.abs(matrix.upper))
        rounding = ROUNDING * float(
            weights @ np.abs(space.c0) + np.abs(duals) @ np.abs(side) + np.where(sizes > 0, sizes * reach, 0.0).sum()
        )
        value = base + float(least.sum()) - rounding
        return Plane(weights, value, price, base, rounding) if math.isfinite(value) else None
