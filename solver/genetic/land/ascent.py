"""Bounds for sums with fragmentation: prices on rows found by ascent, which any linear relaxation could also give.

A border makes two rows and a column for every class, so the simplex method takes minutes where parcels are thousands.
But for given prices each parcel just takes its cheapest class, and whatever the prices, what comes out is a bound. So
they are improved by accelerated gradient steps on a smoothed bound, smoothed less and less. A border of length l that
is worth w l for a class is paid for by its two sides, ``p`` and ``w l - p``; that is all there is to its rows.

Smoothing and acceleration: Nesterov (2005), "Smooth minimization of non-smooth functions", Mathematical Programming
103, 127-152. That the value is safe does not rest on any of this: it is computed by :mod:`solver.safe_bound`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from solver.clock import Clock

LEVELS = 7
"""Times the smoothing is halved."""

STEPS = 80
"""Gradient steps at each."""

SHARED = ("same_here", "same_there")


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices of all rows, shape (rows,), and the shares of classes that go with them, shape (options,)."""

    duals: Floats
    shares: Floats


class Ascent:
    """The program of a zoning question with borders, made ready for sums of its objectives.

    Parameters
    ----------
    matrix
        Rows ``one_class``, ``same_here`` and ``same_there``; others are priced as they are. Columns besides ``use``,
        ``same`` and ``unserved`` must not stand in rows.
    """

    def __init__(self, matrix: Matrix) -> None:
        self.matrix = matrix
        use, self.same = matrix.columns["use"], matrix.columns["same"]
        self.span = use.span
        option = use.dims[0]
        parcel = option["parcel"].position
        self.first = np.searchsorted(parcel, np.arange(option["parcel"].target.size))
        self.parcel = parcel
        rows = np.ones(matrix.shape[0], bool)
        for name in ("one_class", *SHARED):
            rows[matrix.rows[name].span] = False
        self.rows = np.flatnonzero(rows)
        A = sp.csr_array(matrix.A[self.rows])
        self.A = sp.csr_array(A[:, self.span])
        size = abs(self.A).max(axis=1).toarray().ravel() if len(self.rows) else np.empty(0)
        self.size = np.where(size > 0, size, 1.0)
        self.A = sp.csr_array(sp.diags_array(1.0 / self.size) @ self.A)
        self.low = matrix.row_lower[self.rows] / self.size
        self.high = matrix.row_upper[self.rows] / self.size
        self.ends = [self._side(name) for name in SHARED]
        at = np.concatenate(self.ends)
        count = np.bincount(at, minlength=use.size).astype(float)
        weight = np.asarray(abs(self.A).sum(axis=0)).ravel() + count
        self.step_p = 1.0 / (weight[self.ends[0]] + weight[self.ends[1]])
        self.step_y = 1.0 / np.maximum(np.asarray(abs(self.A) @ weight), 1e-12)
        self.limit = self._people(A)

    def _side(self, name: str) -> np.ndarray:
        """The option behind each shared class, on one side of the border."""
        part = sp.csr_array(self.matrix.A[self.matrix.rows[name].span][:, self.span])
        return np.asarray(part.indices, np.intp)

    def _people(self, A: sp.csr_array) -> tuple[np.ndarray, np.ndarray]:
        """Rows that count people, and the column of each: its cost limits the price of the row."""
        if "unserved" not in self.matrix.columns:
            return np.empty(0, np.intp), np.empty(0, np.intp)
        block = self.matrix.columns["unserved"]
        part = sp.coo_array(A[:, block.span])
        return np.asarray(part.row, np.intp), np.asarray(part.col, np.intp) + block.start

    def prices(self, cost: Floats, clock: Clock, steps: int = STEPS) -> Prices:
        """Prices for one sum, from none; better the more steps.

        Parameters
        ----------
        cost
            Of every column, shape (columns,).
        """
        whole = -cost[self.same.span]
        base = cost[self.span]
        roof = np.full(len(self.rows), np.inf)
        row, column = self.limit
        roof[row] = cost[column] * self.size[row]
        floor = np.where(np.isfinite(self.high), -np.inf, 0.0)
        roof = np.minimum(roof, np.where(np.isfinite(self.low), np.inf, 0.0))
        p, y = whole / 2.0, np.zeros(len(self.rows))
        smooth = 0.5 * float(np.median(whole[whole > 0], axis=0)) if (whole > 0).any() else 1e-3
        best, kept = -np.inf, (p, y)
        shares = np.zeros(len(base))
        for _ in range(LEVELS):
            q, z, momentum, before = p, y, 1.0, -np.inf
            for _ in range(steps):
                theta = self._theta(base, whole, q, z)
                value, shares = self._soft(theta, smooth)
                value += self._sides(z)
                if value < before:
                    momentum = 1.0
                before = value
                gradient = shares[self.ends[1]] - shares[self.ends[0]]
                old_p, old_y = p, y
                p = np.clip(q + smooth * self.step_p * gradient, 0.0, whole)
                activity = np.asarray(self.A @ shares)
                up = np.where(z > 0, self.low, self.high)
                up = np.where(z == 0, np.where(activity < self.low, self.low, self.high), up)
                slope = np.where(np.isfinite(up), up - activity, 0.0)
                y = np.clip(z + smooth * self.step_y * slope, floor, roof)
                after = (1.0 + np.sqrt(1.0 + 4.0 * momentum**2)) / 2.0
                q = np.clip(p + (momentum - 1.0) / after * (p - old_p), 0.0, whole)
                z = np.clip(y + (momentum - 1.0) / after * (y - old_y), floor, roof)
                momentum = after
            sharp = self._hard(self._theta(base, whole, p, y)) + self._sides(y)
            if sharp > best:
                best, kept = sharp, (p, y)
            if clock.left == 0.0:
                break
            smooth /= 2.0
        return self._written(base, whole, *kept, shares)

    def _theta(self, base: Floats, whole: Floats, p: Floats, y: Floats) -> Floats:
        """What each option costs at these prices."""
        size = len(base)
        paid = np.bincount(self.ends[0], p, size) + np.bincount(self.ends[1], whole - p, size)
        theta: Floats = base - paid - np.asarray(self.A.T @ y)
        return theta

    def _soft(self, theta: Floats, smooth: float) -> tuple[float, Floats]:
        least = np.minimum.reduceat(theta, self.first)
        part = np.exp((least[self.parcel] - theta) / smooth)
        total = np.add.reduceat(part, self.first)
        return float((least - smooth * np.log(total)).sum()), part / total[self.parcel]

    def _hard(self, theta: Floats) -> float:
        return float(np.minimum.reduceat(theta, self.first).sum())

    def _sides(self, y: Floats) -> float:
        side = np.where(y > 0, self.low, self.high)
        return float((y * np.where(y == 0, 0.0, side)).sum())

    def _written(self, base: Floats, whole: Floats, p: Floats, y: Floats, shares: Floats) -> Prices:
        matrix = self.matrix
        duals = np.zeros(matrix.shape[0])
        duals[self.rows] = y / self.size
        duals[matrix.rows[SHARED[0]].span], duals[matrix.rows[SHARED[1]].span] = -p, p - whole
        duals[matrix.rows["one_class"].span] = np.minimum.reduceat(self._theta(base, whole, p, y), self.first)
        return Prices(duals, shares)
