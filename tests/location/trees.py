"""Small masters for the search tree: people go to the nearest open site, rows say which choices are allowed."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.locating.tree.master import Cuts, Master


class Nearest:
    """One cost column per demand point, ``cost_i >= D - sum over nearer sites of (D - d_ij) open_j``.

    Parameters
    ----------
    distance
        Shape (demand, sites); infinite where out of reach, then somebody without a site makes a choice worthless.
    charge
        Cost of opening each site.
    """

    def __init__(self, weight: Floats, distance: Floats, charge: Floats) -> None:
        self.weight, self.distance, self.charge = weight, distance, charge
        self.n, self.m = distance.shape
        self.asked = 0

    def master(
        self, rows: Floats | None = None, lower: Floats | None = None, upper: Floats | None = None, grain: float = 0.0
    ) -> Master:
        """The master with rows over sites, and a row that somebody in reach must be open for each demand point."""
        rows = np.zeros((0, self.m)) if rows is None else rows
        lower = np.zeros(0) if lower is None else lower
        upper = np.zeros(0) if upper is None else upper
        reach = np.isfinite(self.distance)
        A = np.hstack([np.vstack([rows, reach.astype(float)]), np.zeros((len(rows) + self.n, self.n))])
        farthest = np.where(reach, self.distance, 0.0).max(axis=1)
        nearest = np.where(reach.any(axis=1), np.where(reach, self.distance, math.inf).min(axis=1), 0.0)
        return Master(
            sites=self.m,
            cost=np.concatenate([self.charge, self.weight]),
            constant=0.0,
            lower=np.concatenate([np.zeros(self.m), nearest]),
            upper=np.concatenate([np.ones(self.m), np.maximum(farthest, nearest)]),
            A=sp.csr_array(A),
            row_lower=np.concatenate([lower, np.ones(self.n)]),
            row_upper=np.concatenate([upper, np.full(self.n, np.inf)]),
            grain=grain,
        )

    def separate(self, x: Floats) -> Cuts | None:
        self.asked += 1
        y, cost = np.clip(x[: self.m], 0.0, 1.0), x[self.m :]
        rows, lower = [], []
        for i in range(self.n):
            inside = np.flatnonzero(np.isfinite(self.distance[i]))
            if not inside.size:
                continue
            order = inside[np.argsort(self.distance[i, inside], kind="stable")]
            reached = np.cumsum(y[order])
            k = min(int(np.searchsorted(reached, 1.0 - 1e-9)), len(order) - 1)
            D = self.distance[i, order[k]]
            row = np.zeros(self.m + self.n)
            row[order[:k]] = D - self.distance[i, order[:k]]
            row[self.m + i] = 1.0
            if row[: self.m] @ y + cost[i] < D - 1e-7:
                rows.append(row)
                lower.append(D)
        return Cuts(sp.csr_array(np.array(rows)), np.array(lower)) if rows else None

    def value(self, opened: NDArray[np.bool_]) -> float:
        if not opened.any():
            return math.inf if self.weight.size else 0.0
        return float(self.charge @ opened + self.weight @ self.distance[:, opened].min(axis=1))

    def improved(self, x: Floats) -> NDArray[np.bool_] | None:
        return None


def enumerated(cutter: Nearest, master: Master) -> float:
    """The least value over all choices that keep the rows, infinite without one."""
    best = math.inf
    for choice in product((0.0, 1.0), repeat=cutter.m):
        y = np.array(choice)
        if (y < master.lower[: cutter.m]).any() or (y > master.upper[: cutter.m]).any():
            continue
        left = master.A[:, : cutter.m] @ y
        if (left >= master.row_lower - 1e-9).all() and (left <= master.row_upper + 1e-9).all():
            best = min(best, cutter.value(y > 0.5))
    return best
