"""All plans of a small yes-or-no program that lie less than so much above a plane, listed at once.

A plan x that keeps the rows has ``w @ y >= base + price @ x`` (:class:`solver.pareto.relaxation.Plane`), so each column
that is not where its price pulls it costs ``|price|``. Columns are decided one after the other, dearest first, for all
partial plans together: those that cost more than is left, and those that no completion lets keep some row, are dropped.
What remains is every plan below the level, which is what a search tree would have to go through, without a tree.

Listing by level is the second of the two phases of Przybylski, Gandibleux and Ehrgott (2010), "A two phase method for
multi-objective integer programming and its application to the assignment problem with three objectives".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.certificate import ABSOLUTE, RELATIVE
from solver.pareto.relaxation import Plane
from solver.pareto.space import Space

MOST = 10_000_000
"""Numbers that are carried along at most, one per row and objective of every partial plan."""

WORD = 64


@dataclass(frozen=True, eq=False)
class Listing:
    """Plans, each as the columns turned away from a common start, in bits.

    Attributes
    ----------
    values
        Objectives, shape (plans, p).
    effort
        Numbers carried along at the widest place, as a share of :data:`MOST`.
    """

    values: Floats
    effort: float
    _turned: NDArray[np.uint64]
    _start: Floats
    _order: NDArray[np.intp]
    _turn: Floats

    def __len__(self) -> int:
        return len(self.values)

    def plan(self, k: int) -> Floats:
        """Plan k, shape (columns,)."""
        at = np.arange(len(self._order))
        bits = (self._turned[at // WORD, k] >> (at % WORD).astype(np.uint64)) & np.uint64(1)
        x = self._start.copy()
        x[self._order] += bits * self._turn[self._order]
        return x


class Enumeration:
    """The columns and rows of a program whose free columns are all 0 or 1 apart from a shift."""

    def __init__(self, space: Space) -> None:
        matrix = self.matrix = space.matrix
        self._space = space
        A, C = matrix.A.toarray(), space.C.toarray()
        self._width = matrix.upper - matrix.lower
        reach = np.maximum(np.abs(matrix.lower), np.abs(matrix.upper))
        sides = [np.where(np.isfinite(s), np.abs(s), 0.0) for s in (matrix.row_lower, matrix.row_upper)]
        allowed = ABSOLUTE + RELATIVE * (np.abs(A) @ reach + np.maximum(*sides))
        free = np.full(space.size, np.inf)
        # the objectives are carried along as rows without limits
        self._A = np.vstack([A, C])
        self._low = np.append(matrix.row_lower - allowed, -free)
        self._high = np.append(matrix.row_upper + allowed, free)

    @classmethod
    def of(cls, space: Space) -> Enumeration | None:
        """None if some column may take more than two values."""
        matrix = space.matrix
        width = matrix.upper - matrix.lower
        free = width > 0
        whole = bool((matrix.lower[free] == np.round(matrix.lower[free])).all())
        return cls(space) if whole and matrix.integer[free].all() and (width[free] == 1.0).all() else None

    def below(self, plane: Plane, level: float) -> Listing | None:
        """Every plan x that keeps the rows and has ``base + price @ x <= level``.

        Among them is every plan with ``weights @ y <= level``. None if more numbers than :data:`MOST` would have to be
        carried along.
        """
        most = MOST // len(self._A)
        most = MOST // len(self._A)
        matrix, m = self.matrix, self.matrix.shape[0]
        pay = np.abs(plane.price) * self._width
        start = np.where(plane.price > 0, matrix.lower, matrix.upper)
        left = level - plane.value + 2.0 * plane.rounding
        free = np.flatnonzero((self._width > 0) & (pay <= left))
        order = free[np.argsort(-pay[free], kind="stable")]
        turn = np.where(plane.price > 0, 1.0, -1.0)
        change = self._A[:, order] * turn[order]
        # what the columns not yet decided can add to each row at least and at most; none after the last one
        nothing = np.zeros((len(self._A), 1))
        down = np.hstack([np.minimum(change, 0.0)[:, ::-1].cumsum(axis=1)[:, ::-1], nothing])
        up = np.hstack([np.maximum(change, 0.0)[:, ::-1].cumsum(axis=1)[:, ::-1], nothing])
        # one column per partial plan; none at all if the level lies below the plane
        activity = np.repeat((self._A @ start)[:, None], int(left >= 0.0), axis=1)
        rest = np.full(activity.shape[1], left)
        turned = np.zeros((-(-max(1, len(order)) // WORD), activity.shape[1]), np.uint64)
        widest = 0
        for i, j in enumerate(order):
            moved = rest >= pay[j]
            bit = np.zeros((len(turned), 1), np.uint64)
            bit[i // WORD] = np.uint64(1) << np.uint64(i % WORD)
            activity = np.hstack([activity, activity[:, moved] + change[:, i, None]])
            turned = np.hstack([turned, turned[:, moved] | bit])
            rest = np.concatenate([rest, rest[moved] - pay[j]])
            rows = np.flatnonzero(change[:m, i])
            touched = activity[rows]
            low, high = self._low[rows] - up[rows, i + 1], self._high[rows] - down[rows, i + 1]
            keep = ((touched >= low[:, None]) & (touched <= high[:, None])).all(axis=0)
            if not keep.all():
                activity, rest, turned = activity[:, keep], rest[keep], turned[:, keep]
            widest = max(widest, len(rest))
            if widest > most:
                return None
        keep = ((activity >= self._low[:, None]) & (activity <= self._high[:, None])).all(axis=0)
        values = self._space.snapped(activity[m:, keep].T + self._space.c0)
        return Listing(values, widest / most, turned[:, keep], start, order, turn)
