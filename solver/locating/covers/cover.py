"""A set covering problem over the sites that are still to be decided."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats
from formulations.location.rules import SiteRules


@dataclass(frozen=True, eq=False)
class Cover:
    """``min cost x + constant``, ``need x >= 1``, ``side_lower <= side x <= side_upper``, x 0 or 1.

    Attributes
    ----------
    need
        Shape (rows, k): ones, which sites cover a row. Rows that sites open for sure cover are not among them.
    cost
        Shape (k,).
    side, side_lower, side_upper
        Other rules about sites: count, budget, difference from plans.
    sites
        Shape (k,): positions of the sites to decide.
    fixed
        Shape (m,): sites that are open for sure; the constant holds their cost.
    """

    need: Csr
    cost: Floats
    constant: float
    side: Csr
    side_lower: Floats
    side_upper: Floats
    sites: NDArray[np.intp]
    fixed: NDArray[np.bool_]

    @classmethod
    def of(cls, need: Csr, cost: Floats, rules: SiteRules, *, rows: bool = True) -> Cover:
        """Sites that must be open are opened, those that must not are left out.

        Parameters
        ----------
        need
            Shape (rows, m), CSR of ones.
        cost
            Shape (m,).
        rows
            Whether the rules that are rows (count, budget, difference) are to be kept.
        """
        fixed = rules.lower > 0
        sites = np.flatnonzero(rules.free)
        left = np.flatnonzero(need @ fixed.astype(float) < 0.5) if fixed.any() else np.arange(need.shape[0])
        if len(left) < need.shape[0]:
            need = need[left]
        if len(sites) < len(fixed):
            need = need[:, sites]
        A = rules.A if rows else rules.A[:0]
        done = A @ fixed.astype(float)
        low, high = (side[: A.shape[0]] - done for side in (rules.row_lower, rules.row_upper))
        return cls(sp.csr_array(need), cost[sites], float(cost[fixed].sum()), A[:, sites], low, high, sites, fixed)

    @property
    def lonely(self) -> NDArray[np.intp]:
        """Rows that no site covers."""
        return np.flatnonzero(np.diff(self.need.indptr) == 0)

    @property
    def falling(self) -> bool:
        """Whether closing a site never breaks a rule: all other rules are limits from above."""
        return bool(np.isneginf(self.side_lower).all() and (self.side.data >= 0).all())

    def opened(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """All open sites, shape (m,), from those chosen, shape (k,)."""
        every = self.fixed.copy()
        every[self.sites[chosen]] = True
        return every

    def keeps(self, chosen: NDArray[np.bool_]) -> bool:
        """Whether the other rules are kept; a hair of room for rounding."""
        used = self.side @ chosen.astype(float)
        room = 1e-9 * np.maximum(1.0, np.abs(used))
        return bool((used >= self.side_lower - room).all() and (used <= self.side_upper + room).all())

    def part(self, rows: NDArray[np.intp], columns: NDArray[np.intp], forced: NDArray[np.intp]) -> Cover:
        """Some rows and columns, after some columns were opened for sure."""
        fixed = self.fixed.copy()
        fixed[self.sites[forced]] = True
        done: Floats = np.asarray(self.side[:, forced].sum(axis=1), dtype=float).reshape(-1)
        return replace(
            self,
            need=sp.csr_array(self.need[rows][:, columns]),
            cost=self.cost[columns],
            constant=self.constant + float(self.cost[forced].sum()),
            side=sp.csr_array(self.side[:, columns]),
            side_lower=self.side_lower - done,
            side_upper=self.side_upper - done,
            sites=self.sites[columns],
            fixed=fixed,
        )
