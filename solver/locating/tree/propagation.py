"""What rows over sites decide by themselves: sites that must be open or closed, and dead ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.locating.tree.master import Master

SLACK = 1e-11
"""Share of the size of a row that numbers which are no whole multiples may lose in adding up; a budget of 0.3 is kept
by 0.1 and 0.2. Every row is made wider by it, in the linear program and in its bound too."""


def widened(master: Master) -> Master:
    """The same master with rows made wider by :data:`SLACK`; rows of whole numbers stay as they are."""
    A = sp.csr_array(master.A)
    row = np.repeat(np.arange(A.shape[0]), np.diff(A.indptr))
    broken = np.bincount(row, A.data != np.round(A.data), minlength=A.shape[0]) > 0
    for side in (master.row_lower, master.row_upper):
        broken |= np.isfinite(side) & (side != np.round(side))
    slack = np.where(broken, SLACK * (1.0 + np.bincount(row, np.abs(A.data), minlength=A.shape[0])), 0.0)
    return replace(master, A=A, row_lower=master.row_lower - slack, row_upper=master.row_upper + slack)


class SiteRows:
    """The rows of a master that speak of sites only."""

    def __init__(self, master: Master) -> None:
        A = sp.csr_array(master.A)
        others = A[:, master.sites :]
        alone = np.diff(others.indptr) == 0 if A.shape[0] else np.zeros(0, dtype=bool)
        self.A = sp.csr_array(A[alone][:, : master.sites])
        self.A.eliminate_zeros()
        self.lower, self.upper = master.row_lower[alone], master.row_upper[alone]
        self._row = np.repeat(np.arange(self.A.shape[0]), np.diff(self.A.indptr))
        self._slack = SLACK * (1.0 + np.bincount(self._row, np.abs(self.A.data), minlength=self.A.shape[0]))

    def keeps(self, opened: NDArray[np.bool_]) -> bool:
        """Whether a whole choice keeps every row."""
        left, slack = self.A @ opened.astype(float), self._slack
        return bool((left >= self.lower - slack).all() and (left <= self.upper + slack).all())

    def tighten(self, low: Floats, high: Floats) -> bool:
        """Move bounds of sites as far as single rows force them; False if a row cannot be kept any more."""
        if not self.A.shape[0]:
            return not bool((low > high).any())
        a, j, r = self.A.data, self.A.indices, self._row
        slack = self._slack
        while not (low > high).any():
            smallest, largest = np.minimum(a * low[j], a * high[j]), np.maximum(a * low[j], a * high[j])
            least = np.bincount(r, smallest, minlength=len(slack))
            most = np.bincount(r, largest, minlength=len(slack))
            if (least > self.upper + slack).any() or (most < self.lower - slack).any():
                return False
            reach = largest - smallest
            # at its worse end this site alone would break the row
            held_small = (least[r] + reach > self.upper[r] + slack[r]) & (reach > 0)
            held_large = (most[r] - reach < self.lower[r] - slack[r]) & (reach > 0)
            shut = j[held_small & (a > 0) | held_large & (a < 0)]
            opened = j[held_small & (a < 0) | held_large & (a > 0)]
            if not shut.size and not opened.size:
                return True
            high[shut] = 0.0
            low[opened] = 1.0
        return False
