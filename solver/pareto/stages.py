"""All points of a small yes-or-no program in one pass: column by column, and of partial plans only the best.

Columns are decided one after the other, for all partial plans together. Two partial plans that leave the same to the
rows not yet finished can be completed in the same ways; the one that is nowhere better in the objectives is dropped,
and whatever it could become is dominated by what the other one becomes. Rows with few undecided columns are finished
first, so that few rows are open at any time and many partial plans leave the same. Programs whose rows cross each other
too much for that are given up early.

This is dynamic programming with several objectives; source for it on knapsacks: Bazgan, Hugot and Vanderpooten (2009),
"Solving efficiently the 0-1 multi-objective knapsack problem", DOI 10.1016/j.cor.2007.09.011.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.certificate import ABSOLUTE
from solver.pareto.enumeration import WORD, Listing
from solver.pareto.space import Space

MOST = 500_000
"""Partial plans that are carried along at most."""

AGAIN = 1.5
"""They are compared again when there are so many times as many."""

MANY, FEWER = 50_000, 0.95
"""So many partial plans, of which comparing leaves more than this share, are a sign that they will be too many."""

FEW = 2_000
"""Partial plans fewer than these are not compared."""

FAR = 2**30
"""Stands for a row side that is not there; numbers of rows stay below it."""

Whole = NDArray[np.int32]


class Stages:
    """A program of yes-or-no columns and whole rows, decided in stages."""

    def __init__(self, space: Space) -> None:
        self._space = space
        matrix = space.matrix
        self._A = matrix.A.toarray()
        start = matrix.lower
        self._free = np.flatnonzero(matrix.upper > matrix.lower)
        # rows of whole numbers are kept to less than half of one anyway
        low, high = matrix.row_lower - ABSOLUTE - self._A @ start, matrix.row_upper + ABSOLUTE - self._A @ start
        self._low = np.where(np.isfinite(low), np.ceil(np.clip(low, -FAR, FAR)), -FAR).astype(np.int32)
        self._high = np.where(np.isfinite(high), np.floor(np.clip(high, -FAR, FAR)), FAR).astype(np.int32)

    @classmethod
    def of(cls, space: Space) -> Stages | None:
        """None if some column may take more than two values, or a row has other than whole numbers."""
        matrix = space.matrix
        width = matrix.upper - matrix.lower
        free = width > 0
        whole = bool(
            (matrix.lower == np.round(matrix.lower)).all() and (matrix.A.data == np.round(matrix.A.data)).all()
        )
        reach = float((abs(matrix.A) @ np.maximum(np.abs(matrix.lower), np.abs(matrix.upper))).max(initial=0.0))
        fits = whole and matrix.integer[free].all() and (width[free] == 1.0).all() and reach < FAR / 4
        return cls(space) if fits else None

    def front(self, over: Callable[[], bool]) -> Listing | None:
        """Plans of which one is as good as any plan that keeps the rows, in every objective.

        None if too many partial plans would have to be carried along, or ``over`` says so in between.
        """
        matrix, p = self._space.matrix, self._space.size
        order = self._order()
        A, C = self._A[:, order].astype(np.int32), self._space.C[:, order].toarray()
        # what the columns not yet decided can add to each row at least and at most; none after the last one
        nothing = np.zeros((len(A), 1), np.int32)
        down = np.hstack([np.minimum(A, 0)[:, ::-1].cumsum(axis=1, dtype=np.int32)[:, ::-1], nothing])
        up = np.hstack([np.maximum(A, 0)[:, ::-1].cumsum(axis=1, dtype=np.int32)[:, ::-1], nothing])
        rows = np.arange(len(A))
        # one column per partial plan; none at all if some row cannot be kept anyway
        begin = int(((self._low <= up[:, 0]) & (self._high >= down[:, 0])).all())
        activity, values = np.zeros((len(A), begin), np.int32), np.zeros((p, begin))
        turned = np.zeros((-(-max(1, len(order)) // WORD), begin), np.uint64)
        widest, compared = 1, float(FEW)
        for i in range(len(order)):
            if over():
                return None
            bit = np.zeros((len(turned), 1), np.uint64)
            bit[i // WORD] = np.uint64(1) << np.uint64(i % WORD)
            activity = np.hstack([activity, activity + A[rows, i, None]])
            values = np.hstack([values, values + C[:, i, None]])
            turned = np.hstack([turned, turned | bit])
            low, high = self._low[rows] - up[rows, i + 1], self._high[rows] - down[rows, i + 1]
            touched = np.flatnonzero(A[rows, i])
            keep = ((activity[touched] >= low[touched, None]) & (activity[touched] <= high[touched, None])).all(axis=0)
            going = (down[rows, i + 1] < 0) | (up[rows, i + 1] > 0)
            rows, activity = rows[going], activity[np.ix_(going, keep)]
            values, turned = values[:, keep], turned[:, keep]
            if values.shape[1] > compared or (i == len(order) - 1):
                best = _best(self._plain(rows, activity, down[rows, i + 1], up[rows, i + 1]), values)
                if len(best) > max(MANY, FEWER * values.shape[1]):
                    return None
                activity, values, turned = activity[:, best], values[:, best], turned[:, best]
                compared = max(FEW, AGAIN * len(best))
            widest = max(widest, values.shape[1])
            if widest > MOST:
                return None
        start = matrix.lower.copy()
        constant = self._space.c0 + self._space.C @ start
        turn = np.ones(matrix.shape[1])
        return Listing(self._space.snapped(values.T + constant), widest / MOST, turned, start, order, turn)

    def _order(self) -> NDArray[np.intp]:
        """Free columns: always those of the row that has the fewest left, the longest columns first."""
        pattern = self._A[:, self._free] != 0
        length = pattern.sum(axis=0)
        left = np.ones(len(self._free), bool)
        order: list[int] = []
        while left.any():
            counts = pattern[:, left].sum(axis=1)
            open_rows = np.flatnonzero(counts)
            if not open_rows.size:
                order += np.flatnonzero(left).tolist()
                break
            # of rows with as few left, the one that has been begun
            begun = pattern[open_rows][:, ~left].any(axis=1)
            row = open_rows[np.lexsort((~begun, counts[open_rows]))[0]]
            mine = np.flatnonzero(pattern[row] & left)
            order += mine[np.argsort(-length[mine], kind="stable")].tolist()
            left[mine] = False
        return self._free[np.array(order, np.intp)]

    def _plain(self, rows: NDArray[np.intp], activity: Whole, down: Whole, up: Whole) -> Whole:
        """Activities of rows, with one number for all that leave a side of a row, or both, without effect."""
        least, most = (self._low[rows] - down)[:, None], (self._high[rows] - up)[:, None]
        one_sided = np.where((self._low[rows] <= -FAR)[:, None], np.maximum(activity, most), activity)
        one_sided = np.where((self._high[rows] >= FAR)[:, None], np.minimum(one_sided, least), one_sided)
        return np.where((least <= activity) & (activity <= most), np.maximum(least, -FAR), one_sided).astype(np.int32)


def _best(left: Whole, values: Floats) -> NDArray[np.intp]:
    """Positions of partial plans that none with the same state beats: states (rows, n) and values (p, n)."""
    import moocore

    n = values.shape[1]
    if n < 2:
        return np.arange(n)
    factor = np.random.default_rng(0).integers(1, 2**63, (len(left), 1), dtype=np.uint64) | np.uint64(1)
    key = (left.astype(np.uint64) * factor).sum(axis=0, dtype=np.uint64)
    order = np.argsort(key, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(key[order])) + 1, n)
    starts = np.append(0, ends[:-1])
    # two states may have one key by chance: those that are not the same as the first one are kept as they are
    first = np.repeat(order[starts], ends - starts)
    alike = (left[:, order] == left[:, first]).all(axis=0)
    keep = np.ones(n, bool)
    for a, b in zip(starts[ends - starts > 1], ends[ends - starts > 1], strict=True):
        members = order[a:b][alike[a:b]]
        keep[members] = moocore.is_nondominated(values[:, members].T)
    return np.flatnonzero(keep)
