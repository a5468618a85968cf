"""The cheap pairs of a core: most work concerns only pairs up to some cost for each demand point."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.locating.median.core import Core

SMALL = 100_000
"""Cores with no more pairs than this are looked at whole."""

ROOM = 1.25
"""Limits are set this much higher than asked for, so that they need not be set anew every time."""


class Window:
    """Pairs of a core that cost less than a limit for each demand point, sorted as there."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self._owner = core.owner
        self._last = np.full(core.points, -np.inf)
        full = np.diff(core.start) > 0
        self._last[full] = core.cost[core.start[1:][full] - 1]
        self.limit = np.full(core.points, np.inf)
        self.start, self.at, self.cost, self.owner = core.start, core.at, core.cost, self._owner

    def reach(self, limit: Floats, tight: bool = False) -> None:
        """Make sure that all pairs cheaper than this are there, shape (n,); with ``tight`` let go of the others."""
        if self.core.cost.size <= SMALL:
            return
        if not tight and not (np.minimum(limit, self._last) > self.limit).any():
            return
        wider = np.where(limit >= self._last, np.inf, limit * ROOM)
        self.limit = wider if tight else np.maximum(self.limit, wider)
        keep = self.core.cost < self.limit[self._owner]
        passed = np.concatenate([[0], np.cumsum(keep)])
        self.start, self.at, self.cost = passed[self.core.start], self.core.at[keep], self.core.cost[keep]
        self.owner = self._owner[keep]

    def hits(
        self, y: NDArray[np.bool_]
    ) -> tuple[NDArray[np.intp], NDArray[np.bool_], NDArray[np.intp], NDArray[np.bool_]]:
        """Pairs with the nearest and the second open site of each demand point, and whether there are such."""
        hit = np.flatnonzero(y[self.at])
        n = self.core.points
        if not len(hit):
            nothing, no = np.zeros(n, np.intp), np.zeros(n, bool)
            return nothing, no, nothing, no
        first = np.searchsorted(hit, self.start[:-1])
        one = hit[np.minimum(first, len(hit) - 1)]
        two = hit[np.minimum(first + 1, len(hit) - 1)]
        has_one = (first < len(hit)) & (one < self.start[1:])
        has_two = (first + 1 < len(hit)) & (two < self.start[1:])
        return one, has_one, two, has_two
