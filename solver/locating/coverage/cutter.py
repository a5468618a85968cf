"""Cuts for maximal covering, projected on the sites, for the search tree.

For a point y let k be short at level l if ``sum_{j in k} y_j < l``. Whatever sets one calls short, for each block

    short_b >= sum_{k in b} w_k sum_{l: k short} factor_l (l - sum_{j in k} open_j)

holds for every choice of sites, and it is tight at y. Source: Cordeau, Furini and Ljubic (2019), European Journal of
Operational Research 275(3), 882-896, there with one variable for all sets. Cuts of the first rounds are made between
the point of the linear program and the best point so far (in-out: Ben-Ameur and Neto 2007, Networks 49(1), 3-17, DOI
10.1002/net.20137).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats
from solver.locating.coverage.blocks import blocks
from solver.locating.coverage.shortage import Shortage
from solver.locating.tree.master import Cuts

BETWEEN = 0.5
"""The middle, if nothing else is said."""

ENOUGH = 0.02
"""Deeper in the tree no cuts are made for less than this share of the way to the best plan known."""

SIZE = 50_000.0
"""All people together in the linear program, about: its tolerances are absolute."""

FRACTION = 1e-6
"""Nearer to 0 or 1 a site counts as whole, and cuts are made to the end."""


class ShortageCutter:
    """A :class:`~solver.locating.tree.master.Cutter` whose columns after the sites are the shortage of each block.

    Attributes
    ----------
    unit
        The shortages are told in people times this; a power of two, so that no digit changes.

    Parameters
    ----------
    worth
        Value of a whole choice.
    better
        A good choice near a fractional one, shape (m,); None if there is none.
    between
        Where between the best point (0) and the point of the linear program (1) the first cuts are made; 1 to make all
        of them at the point of the linear program, where the best point is not the one with the least shortage.
    """

    def __init__(
        self,
        shortage: Shortage,
        worth: Callable[[NDArray[np.bool_]], float],
        better: Callable[[Floats], NDArray[np.bool_] | None],
        between: float = BETWEEN,
    ) -> None:
        block = blocks(shortage)
        order = np.argsort(block, kind="stable")
        self.sites = shortage.cover.shape[1]
        self.blocks = int(block.max(initial=-1)) + 1
        self.unit = 2.0 ** math.floor(math.log2(SIZE / (float(shortage.weight.sum()) or SIZE)))
        self._cover, self._factors = shortage.cover[order], shortage.factors
        self._weight = shortage.weight[order] * self.unit
        self._start = np.searchsorted(block[order], np.arange(self.blocks + 1)).astype(np.int32)
        self._numbers = np.arange(len(order), dtype=np.int32)
        # sums of whole numbers are exact; of others a cut gives up more than its rounding errors
        whole = np.equal(shortage.weight, np.round(shortage.weight)).all() and all(
            float(f).is_integer() for f in self._factors
        )
        self._share = 1.0 if whole else 1.0 - 1e-12
        self._worth, self._better, self._constant = worth, better, shortage.constant
        self._best: tuple[float, Floats] | None = None
        self._known = np.inf
        self._between, self._deep = between, between == 1.0

    def separate(self, x: Floats) -> Cuts | None:
        """See :class:`~solver.locating.tree.master.Cutter`."""
        y, short = np.clip(x[: self.sites], 0.0, 1.0), x[self.sites :]
        count = self._cover @ y
        if not self._deep:
            here = self._lack(count)
            if self._best is None or here < self._best[0]:
                self._best = here, y
            middle = self._between * y + (1.0 - self._between) * self._best[1]
            between = self._cover @ middle
            if (there := self._lack(between)) < self._best[0]:
                self._best = there, middle
            if (cuts := self._broken(between, y, short)) is not None:
                return cuts
        elif self._near_enough(count, y, short):
            return None
        return self._broken(count, y, short)

    def _near_enough(self, count: Floats, y: Floats, short: Floats) -> bool:
        """Whether cuts at a fractional point could lift its value by a small part only of what is missing."""
        if self._between == 1.0 or not np.isfinite(self._known) or (np.minimum(y, 1.0 - y) <= FRACTION).all():
            return False
        now = float(short.sum())
        return self._lack(count) - now <= ENOUGH * ((self._known - self._constant) * self.unit - now)

    def value(self, opened: NDArray[np.bool_]) -> float:
        """See :class:`~solver.locating.tree.master.Cutter`."""
        worth = self._worth(opened)
        self._known = min(self._known, worth)
        return worth

    def improved(self, x: Floats) -> NDArray[np.bool_] | None:
        """See :class:`~solver.locating.tree.master.Cutter`."""
        self._deep = True
        return self._better(np.clip(x[: self.sites], 0.0, 1.0))

    def _lack(self, count: Floats) -> float:
        each = sum(f * np.maximum(level - count, 0.0) for level, f in enumerate(self._factors, 1))
        # no dot product: its threads cost more than they save
        return float((self._weight * each).sum())

    def cuts(self, count: Floats) -> tuple[Csr, Floats]:
        """Coefficients of the sites and right-hand sides for all blocks, from how much each set is covered."""
        if not self.blocks:
            return sp.csr_array((0, self.sites)), np.zeros(0)
        price, rhs = np.zeros(len(self._weight)), np.zeros(len(self._weight))
        for level, factor in enumerate(self._factors, 1):
            paid = np.where(count < level, factor * self._weight, 0.0)
            price += paid
            rhs += level * paid
        shape = (self.blocks, len(self._weight))
        slope = sp.csr_array((price, self._numbers, self._start), shape=shape) @ self._cover
        return sp.csr_array(slope), self._share * np.add.reduceat(rhs, self._start[:-1])

    def _broken(self, count: Floats, y: Floats, short: Floats) -> Cuts | None:
        slope, rhs = self.cuts(count)
        missing = rhs - slope @ y - short
        rows = np.flatnonzero(missing > 1e-9 * np.maximum(1.0, rhs) + 2e-7)
        if not rows.size:
            return None
        one = sp.csr_array((np.ones(len(rows)), (np.arange(len(rows)), rows)), shape=(len(rows), self.blocks))
        A = sp.csr_array(sp.hstack([slope[rows], one], format="csr"))
        A.eliminate_zeros()
        return Cuts(A, rhs[rows])
