"""What every exchange of open sites would change, kept up to date for one choice of sites."""

from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.locating.median.core import Core
from solver.locating.median.window import Window

MOST = 20_000_000
"""Exchanges kept at once; where there are more, only those that open the sites that gain most at the start."""

SPARE = 4
"""Places for more open sites than there are at the start, where their number is free."""


class Ledger:
    """One choice of sites and the change that each exchange makes.

    Attributes
    ----------
    y
        Shape (k,): open sites.
    worth
        Value of the choice without constant; who is left out costs more than all else together.
    second
        Shape (n,): cost of the second open site, or what stands in its place.
    """

    def __init__(self, window: Window, y: NDArray[np.bool_]) -> None:
        self.window, self.core = window, window.core
        core: Core = window.core
        self.y = y.copy()
        top = np.zeros(core.points)
        full = np.diff(core.start) > 0
        top[full] = core.cost[core.start[1:][full] - 1]
        penalty = 1.0 + 2.0 * float(top.sum() + core.fixed.sum())
        self._cap = np.where(np.isinf(core.cap), penalty, core.cap)
        chosen = np.flatnonzero(y)
        slots = len(chosen) + (SPARE if core.count is None or core.count > len(chosen) else 0)
        slots = max(slots, 1)
        self._slot = np.full(core.size + 1, -1)
        self._slot[chosen] = np.arange(len(chosen))
        self._site = np.full(slots, -1)
        self._site[: len(chosen)] = chosen
        self._first, self.first, self._second, self.second = self._two()
        self._gain = np.zeros(core.size)
        self._loss = np.zeros(slots)
        near = np.flatnonzero(window.cost < self.second[window.owner])
        self._columns = np.arange(core.size)
        who, site, cost = window.owner[near], window.at[near], window.cost[near]
        self._gain = sums(site, np.maximum(self.first[who] - cost, 0.0), size=core.size)
        width = min(core.size, MOST // slots)
        if width < core.size:
            self._columns = np.sort(np.argpartition(core.fixed - self._gain, width)[:width])
        self._column = np.full(core.size, -1)
        self._column[self._columns] = np.arange(width)
        self._width = width
        home = self._slot[self._first]
        has = home >= 0
        self._loss = sums(home[has], (self.second - self.first)[has], size=slots)
        there = (home[who] >= 0) & (self._column[site] >= 0)
        who, site, cost = who[there], site[there], cost[there]
        key = home[who] * width + self._column[site]
        taken = self.second[who] - np.maximum(self.first[who], cost)
        self._extra = sums(key, taken, size=slots * width)
        self._count()

    def _count(self) -> None:
        core = self.core
        self.worth = float(self.first.sum() + core.fixed[self.y].sum())
        self.broken = float(broken(core, core.A @ self.y)) if len(core.A) else 0.0

    def copy(self) -> Ledger:
        """The same, to be changed without changing this one."""
        other = copy(self)
        for name, array in vars(self).items():
            if isinstance(array, np.ndarray):
                setattr(other, name, array.copy())
        return other

    def short(self, before: float) -> bool:
        """Whether the number of open sites was mended in place of the value."""
        count = self.core.count
        return (count is not None and int(self.y.sum()) != count) or self.broken < before

    @property
    def opened(self) -> NDArray[np.intp]:
        """Open sites, in the order of the rows of :meth:`changes`."""
        return self._site[self._site >= 0]

    @property
    def into(self) -> NDArray[np.intp]:
        """Sites that may be opened, in the order of the columns of :meth:`changes`."""
        return self._columns

    def changes(self) -> Floats:
        """What each exchange adds to the value: (open sites + 1, sites + 1), the last row and column for none."""
        core, used = self.core, np.flatnonzero(self._site >= 0)
        p, width = len(used), self._width
        gain = np.where(self.y, -np.inf, self._gain - core.fixed)[self._columns]
        loss = self._loss[used] - core.fixed[self._site[used]]
        change = np.full((p + 1, width + 1), np.inf)
        more = core.count is None or p < core.count
        less = core.count is None or p > core.count
        if core.count is None or p == core.count:
            body = change[:p, :-1]
            np.subtract(loss[:, None], gain[None, :], out=body)
            extra = self._extra.reshape(len(self._site), width)
            body -= extra if p == len(extra) else extra[used]
        if more:
            change[p, :-1] = -gain
        if less:
            change[:p, -1] = loss
        return change

    def broken_after(self, row: NDArray[np.intp], column: NDArray[np.intp]) -> Floats:
        """By how much some exchanges break the rows about sites; places in :meth:`changes`, shape (exchanges,)."""
        A, nothing = self.core.A, np.zeros((len(self.core.A), 1))
        out = np.concatenate([A[:, self.opened], nothing], axis=1)
        into = np.concatenate([A[:, self._columns], nothing], axis=1)
        result: Floats = broken(self.core, (A @ self.y)[:, None] - out[:, row] + into[:, column])
        return result

    def served_by(self, site: int) -> NDArray[np.intp]:
        """Demand points for which a site is the first or second open one."""
        if site < 0:
            return np.zeros(0, np.intp)
        return np.flatnonzero((self._first == site) | (self._second == site))

    def around(self, site: int, near: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Open sites second to people of a site, itself in front, and sites among the ``near`` cheapest of theirs."""
        points = np.flatnonzero(self._first == site)
        begin, length = self.window.start[points], np.minimum(np.diff(self.window.start)[points], near)
        pair = np.arange(int(length.sum())) + np.repeat(begin - (np.cumsum(length) - length), length)
        second = np.unique(self._second[points])
        return np.append(site, second[second >= 0]), np.unique(self.window.at[pair]).astype(np.intp)

    def move(self, moves: list[tuple[int, int]], points: NDArray[np.intp]) -> bool:
        """Make some exchanges that concern some demand points; False if everything must be counted anew."""
        window = self.window
        begin, length = window.start[points], np.diff(window.start)[points]
        pair = np.arange(int(length.sum())) + np.repeat(begin - (np.cumsum(length) - length), length)
        who, site, cost = window.owner[pair], window.at[pair], window.cost[pair]
        self._add(-1.0, points, who, site, cost)
        room = True
        for out, into in moves:
            slot = -1
            if out >= 0:
                self.y[out], slot = False, int(self._slot[out])
                self._slot[out], self._site[slot] = -1, -1
            if into >= 0:
                self.y[into] = True
                spare = np.flatnonzero(self._site < 0)
                if len(spare) == 0:
                    room = False
                    continue
                slot = slot if slot >= 0 else int(spare[0])
                self._slot[into], self._site[slot] = slot, into
        if not room or not self._two_of(points, pair, site, cost, length):
            self._first, self.first, self._second, self.second = self._two()
            self._count()
            return False
        self._add(1.0, points, who, site, cost)
        self._count()
        return True

    def _add(
        self, sign: float, points: NDArray[np.intp], who: NDArray[np.int32], site: NDArray[np.int32], cost: Floats
    ) -> None:
        """What some demand points contribute to the sums, added or taken away."""
        near = cost < self.second[who]
        who, site, cost = who[near], site[near], cost[near]
        gain = np.maximum(self.first[who] - cost, 0.0)
        self._gain += sign * sums(site, gain, size=self.core.size)
        home = self._slot[self._first[points]]
        has = home >= 0
        lost = (self.second - self.first)[points[has]]
        self._loss += sign * sums(home[has], lost, size=len(self._loss))
        slot, column = self._slot[self._first[who]], self._column[site]
        there = (slot >= 0) & (column >= 0)
        taken = (self.second[who] - np.maximum(self.first[who], cost))[there]
        np.add.at(self._extra, slot[there] * self._width + column[there], sign * taken)

    def _two(self) -> tuple[NDArray[np.intp], Floats, NDArray[np.intp], Floats]:
        """The two nearest open sites (-1 for none) and their costs."""
        window = self.window
        one, has_one, two, has_two = window.hits(self.y)
        short = ~has_two & (window.limit < np.inf)
        if short.any():
            limit = np.where(has_two, window.cost[two] * (1 + 1e-9), np.inf) if len(window.cost) else window.limit
            window.reach(limit, tight=True)
            one, has_one, two, has_two = window.hits(self.y)
        if not len(window.at):
            none = np.full(self.core.points, -1)
            return none, self._cap.copy(), none.copy(), self._cap.copy()
        first, second = np.where(has_one, window.cost[one], self._cap), np.where(has_two, window.cost[two], self._cap)
        return np.where(has_one, window.at[one], -1), first, np.where(has_two, window.at[two], -1), second

    def _two_of(
        self, points: NDArray[np.intp], pair: NDArray[np.intp], site: NDArray[np.int32], cost: Floats, length: Floats
    ) -> bool:
        """The same for some demand points; False where the window is too narrow to tell."""
        begin = np.concatenate([[0], np.cumsum(length)])
        hit = np.flatnonzero(self.y[site])
        at = np.searchsorted(hit, begin[:-1])
        has_one = has_two = np.zeros(len(points), bool)
        one = two = np.zeros(len(points), np.intp)
        if len(hit):
            one, two = hit[np.minimum(at, len(hit) - 1)], hit[np.minimum(at + 1, len(hit) - 1)]
            has_one, has_two = (at < len(hit)) & (one < begin[1:]), (at + 1 < len(hit)) & (two < begin[1:])
        if (~has_two & (self.window.limit[points] < np.inf)).any():
            return False
        if not len(site):
            one = two = np.zeros(len(points), np.intp)
            site, cost = np.zeros(1, np.int32), np.zeros(1)
        self._first[points] = np.where(has_one, site[one], -1)
        self.first[points] = np.where(has_one, cost[one], self._cap[points])
        self._second[points] = np.where(has_two, site[two], -1)
        self.second[points] = np.where(has_two, cost[two], self._cap[points])
        return True


def sums(at: NDArray[Any], what: Floats, size: int) -> Floats:
    """What falls to each place, shape (size,)."""
    return np.bincount(at, what, minlength=size).astype(np.float64, copy=False)


def broken(core: Core, act: Floats) -> Floats:
    """By how much rows are broken altogether, each as a share of its size; act of shape (rows, ...)."""
    total = np.zeros(act.shape[1:])
    for k in range(len(core.A)):
        scale = max(1.0, float(np.abs(core.A[k]).max(initial=0.0)))
        over = np.maximum(np.maximum(act[k] - core.high[k], core.low[k] - act[k]), 0.0) / scale
        total = total + np.where(over > 1e-9, over, 0.0)
    return total
