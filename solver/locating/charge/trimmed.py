"""The linear relaxation of what a better plan may still be: only columns and rows that are left, with covers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats
from solver.locating.charge.bounding import Relaxed
from solver.locating.charge.covers import Cover, broken_covers
from solver.locating.charge.floors import floor_of
from solver.locating.charge.pricing import Box, Priced

TURNS, RISE = 30, 0.02
"""Times that covers are looked for at the root; they stop when one brings less than this share of the gap."""

COVERS = 600
"""Covers at which no more are looked for."""


class Trimmed:
    """Kept warm from part to part. Duals of the small program are counted again by us on the whole one."""

    def __init__(self, relaxed: Relaxed, box: Box) -> None:
        from solver.backends.highs import stop_when_asked

        self.relaxed, self.problem, self.terms = relaxed, relaxed.problem, relaxed.terms
        matrix = relaxed.matrix
        self.A: Csr = matrix.A
        self.row_lower, self.row_upper = matrix.row_lower, matrix.row_upper
        self.fitting, self.most = Box.whole(self.problem).allowed, len(self.row_lower) + COVERS
        low, high = relaxed.sides(box)
        self.columns = np.flatnonzero(low < high)
        self.rows = self._left(low, high)
        self.model: Any = self._model(low, high)
        stop_when_asked(self.model, self.terms.stop)

    def start(self, box: Box, value: float) -> Priced:
        """See :class:`~solver.locating.charge.tree.Bounding`."""
        return self._covered(self._solved(box), box, value, TURNS)

    def bound(self, box: Box, parent: Priced, value: float, enough: float) -> Priced:
        """See :class:`~solver.locating.charge.tree.Bounding`."""
        priced = self._solved(box)
        return self._covered(priced, box, enough, 1) if len(self.row_lower) < self.most else priced

    def _covered(self, priced: Priced, box: Box, value: float, turns: int) -> Priced:
        """The same with covers that it breaks, as long as they help on the way to a value."""
        p = self.problem
        for _ in range(turns if p.undivided else 0):
            if priced.bound >= value or not math.isfinite(priced.bound) or self.terms.over:
                break
            covers = broken_covers(p.amount, p.room, self.fitting, priced.y, priced.x)
            if not covers:
                break
            self._add(covers)
            before, priced = priced, self._solved(box)
            if priced.bound - before.bound < RISE * (value - before.bound):
                break
        return priced

    def _left(self, low: Floats, high: Floats) -> NDArray[np.intp]:
        """Rows that the columns can break at all."""
        size = abs(self.A)
        up, down = 0.5 * (size + self.A), 0.5 * (self.A - size)
        most, least = np.asarray(up @ high + down @ low), np.asarray(up @ low + down @ high)
        held = (most <= self.row_upper) & (least >= self.row_lower)
        return np.flatnonzero(~held)

    def _model(self, low: Floats, high: Floats) -> Any:
        import highspy

        shift = self.A @ np.where(low < high, 0.0, low)
        small = self.A[self.rows][:, self.columns].tocsr()
        m = len(self.columns)
        model = highspy.Highs()
        model.setOptionValue("output_flag", False)
        model.setOptionValue("threads", 1)
        model.addVars(m, low[self.columns], high[self.columns])
        cost = self.relaxed.cost[self.columns]
        model.changeColsCost(m, np.arange(m, dtype=np.int32), cost)
        model.addRows(
            len(self.rows),
            (self.row_lower - shift)[self.rows],
            (self.row_upper - shift)[self.rows],
            small.nnz,
            small.indptr[:-1].astype(np.int32),
            small.indices.astype(np.int32),
            small.data,
        )
        return model

    def _add(self, covers: list[Cover]) -> None:
        """Rows for covers, to the small program and the whole one."""
        r, where = self.relaxed, np.full(len(self.relaxed.cost), -1, np.int32)
        where[self.columns] = np.arange(len(self.columns), dtype=np.int32)
        column = np.full(self.problem.cost.shape, -1)
        column[r.i, r.j] = np.arange(r.shares.start, r.shares.stop)
        rows = []
        for cover in covers:
            at = column[cover.who, cover.site]
            index = np.append(at[at >= 0], r.opened.start + cover.site)
            data = np.append(cover.times[at >= 0], -cover.most)
            rows.append(sp.csr_array((data, (np.zeros(len(index), int), index)), shape=(1, len(r.cost))))
            # what is decided moves to the other side
            fixed = where[index] < 0
            shift = float(data[fixed] @ self.high[index[fixed]])
            self.model.addRow(-math.inf, -shift, int((~fixed).sum()), where[index[~fixed]], data[~fixed])
        self.rows = np.append(self.rows, np.arange(len(covers)) + self.A.shape[0])
        self.A = sp.csr_array(sp.vstack([self.A, *rows]))
        self.row_lower = np.append(self.row_lower, np.full(len(covers), -math.inf))
        self.row_upper = np.append(self.row_upper, np.zeros(len(covers)))

    def _solved(self, box: Box) -> Priced:
        import highspy

        r, model = self.relaxed, self.model
        low, high = r.sides(box)
        self.high = high
        m = len(self.columns)
        model.changeColsBounds(m, np.arange(m, dtype=np.int32), low[self.columns], high[self.columns])
        if math.isfinite(self.terms.seconds):
            model.setOptionValue("time_limit", model.getRunTime() + self.terms.seconds)
        model.run()
        duals = np.zeros(self.A.shape[0])
        rows = (self.A, self.row_lower, self.row_upper)
        if model.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            _, has, ray = model.getDualRay()
            floors = [-math.inf]
            for sign in (1.0, -1.0) if has else ():
                duals[self.rows] = sign * np.asarray(ray)
                floors.append(floor_of(*rows, np.zeros_like(r.cost), duals, low, high)[0])
            empty = np.zeros(self.problem.cost.shape)
            bound = math.inf if max(floors) > 0 else -math.inf
            return Priced(bound, empty[:, 0], np.zeros(len(box.low)), box.low, empty)
        solution = model.getSolution()
        # a linear program that was stopped has duals too, and any duals give a bound
        if solution.dual_valid:
            duals[self.rows] = np.asarray(solution.row_dual)
        x = low.copy()
        if solution.value_valid:
            x[self.columns] = np.asarray(solution.col_value)
        bound, reduced = floor_of(*rows, r.cost, duals, low, high)
        return r.priced(bound, duals, reduced, x)
