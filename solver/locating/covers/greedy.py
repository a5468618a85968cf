"""Covers by greed: the site that helps most rows for its cost, again and again; then what is not needed is closed.

Source: Chvatal (1979), "A greedy heuristic for the set-covering problem", Mathematics of Operations Research 4(3),
233-235, DOI 10.1287/moor.4.3.233.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats


class Greedy:
    """Greedy covers of one problem."""

    def __init__(self, need: Csr, cost: Floats) -> None:
        self.need, self.cost = need, cost
        self._columns: Any = sp.csc_array(need)
        self._size = np.asarray(need.sum(axis=0), dtype=float).reshape(-1)
        # sites for nothing are taken first, but not all of them at once
        self._price = np.maximum(cost, 1e-6 * max(float(cost.max(initial=0.0)), 1.0))

    def cover(self, favour: Floats | None = None) -> NDArray[np.bool_] | None:
        """A cover from which no site can be left out, shape (k,); None if some row has no site.

        Parameters
        ----------
        favour
            Shape (k,), positive: how much rather than by cost and rows alone a site is taken.
        """
        rows, k = self.need.shape
        chosen = np.zeros(k, bool)
        open_rows = np.ones(rows, bool)
        gain = self._size.copy()
        rate = (1.0 if favour is None else favour) / self._price
        left = rows
        while left:
            j = int(np.argmax(gain * rate))
            if gain[j] <= 0:
                return None
            chosen[j] = True
            mine = self._rows_of(j)
            new = mine[open_rows[mine]]
            open_rows[new] = False
            left -= len(new)
            gain -= np.bincount(self._sites_of(new), minlength=k)
        return self.thinned(chosen)

    def thinned(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The cover without sites that nobody needs, the dearest (then the smallest) closed first."""
        chosen = chosen.copy()
        times = self.need @ chosen.astype(float)
        members = np.flatnonzero(chosen)
        for j in members[np.lexsort((self._size[members], -self.cost[members]))]:
            mine = self._rows_of(j)
            if (times[mine] > 1.5).all():
                chosen[j] = False
                times[mine] -= 1.0
        return chosen

    def _rows_of(self, j: int) -> NDArray[Any]:
        mine: NDArray[Any] = self._columns.indices[self._columns.indptr[j] : self._columns.indptr[j + 1]]
        return mine

    def _sites_of(self, rows: NDArray[Any]) -> NDArray[Any]:
        start, count = self.need.indptr[rows], np.diff(self.need.indptr)[rows]
        shift = np.concatenate([[0], np.cumsum(count)[:-1]])
        at = np.repeat(start - shift, count) + np.arange(int(count.sum()))
        return np.asarray(self.need.indices[at])
