"""What the search tree asks about a cover: rows that a point breaks, what a choice is worth, good choices nearby."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.locating.covers.cover import Cover
from solver.locating.covers.exchange import fewer
from solver.locating.covers.greedy import Greedy
from solver.locating.terms import Terms
from solver.locating.tree.master import Cuts, Master
from solver.record import Record

FIRST, MORE = 1500, 200
"""Rows of the cover that the tree is given to begin with, and at most at once later."""

TURNS = 2000
"""Exchanges in one go; a fraction of a second up to a few, so only where the tree goes on for long."""

TRIES = 3
"""Random greedy covers near a point, besides the plain one."""


def grain_of(cost: Floats, constant: float = 0.0) -> float:
    """Largest number of which all costs are whole multiples, if they are whole numbers; else 0."""
    every = np.append(cost, constant)
    if not every.size or (every != np.round(every)).any() or np.abs(every).max() > 2.0**40:
        return 0.0
    return float(np.gcd.reduce(every.astype(np.int64)))


class _Told(Record):
    """Passes on what the tree reports, in terms of all sites."""

    def __init__(self, cover: Cover, outer: Terms) -> None:
        super().__init__(outer.clock)
        self._cover, self._outer = cover, outer

    def plan(self, value: float, x: Floats) -> None:
        super().plan(value, x)
        self._outer.record.plan(value, self._cover.opened(x > 0.5).astype(float))

    def bounded(self, bound: float) -> None:
        super().bounded(bound)
        self._outer.record.bounded(bound)


class Part(Terms):
    """The terms of the tree: they end with those of the whole search, or by a stop of their own."""

    outer: Terms

    @property
    def over(self) -> bool:
        return bool(self.stop) or self.outer.over


class Seeker:
    """Knows all rows and makes plans; the tree's :class:`~solver.locating.tree.master.Cutter`.

    Parameters
    ----------
    target
        With one, every plan that costs more is worth the same, the next value that a plan can have: the tree then gives
        up whatever cannot reach the target, and the first plan that does ends it.
    quick
        Whether the tree is to end after its root.

    Attributes
    ----------
    best, lowest
        The cheapest cover seen, shape (k,), and its cost; None and infinite without one.
    part
        Terms for the tree.
    """

    def __init__(self, cover: Cover, terms: Terms, target: float | None, quick: bool = False) -> None:
        self.cover, self.target, self._quick = cover, target, quick
        self.best: NDArray[np.bool_] | None = None
        self.lowest = math.inf
        self.part = Part(terms.clock, terms.gap if target is None else 0.0, terms.seed, terms.threads)
        self.part.outer = terms
        if target is None:
            self.part.record = _Told(cover, terms)
        self._greedy = Greedy(cover.need, cover.cost)
        self._rng = np.random.default_rng(terms.seed)
        self._grain = grain_of(cover.cost, cover.constant)
        self._worst = math.inf if target is None else target + (self._grain or 1e-6 * max(1.0, abs(target)))
        self._asked, self._patience = 0, 6
        # exchanges count sites, not money, and know no other rules
        self._even = not cover.side.shape[0] and bool((cover.cost == 1).all())
        self._known = np.zeros(cover.need.shape[0], bool)

    def begin(self) -> None:
        """A greedy plan."""
        self._take(self._greedy.cover())

    def master(self) -> Master:
        """Rules and the first rows; rows with few sites say most."""
        cover = self.cover
        k = cover.need.shape[1]
        first = np.argsort(np.diff(cover.need.indptr), kind="stable")[:FIRST]
        self._known[first] = True
        A: Any = sp.vstack([cover.need[first], cover.side], format="csr")
        lower = np.concatenate([np.ones(len(first)), cover.side_lower])
        upper = np.concatenate([np.full(len(first), np.inf), cover.side_upper])
        return Master(k, cover.cost, cover.constant, np.zeros(k), np.ones(k), A, lower, upper, grain=self._grain)

    def separate(self, x: Floats) -> Cuts | None:
        """Rows that the point breaks, the worst first."""
        if self._known.all():
            return None
        short: Floats = np.asarray(self.cover.need @ x)
        broken = np.flatnonzero((short < 1.0 - 1e-7) & ~self._known)
        if not broken.size:
            return None
        # the tree drops rows that have no price for long: those may come again
        worst = broken[np.argsort(short[broken], kind="stable")[:MORE]]
        return Cuts(self.cover.need[worst], np.ones(len(worst)))

    def value(self, opened: NDArray[np.bool_]) -> float:
        """Cost of a cover, infinite of what leaves somebody out."""
        if not (self.cover.need @ opened.astype(float) > 0.5).all():
            return math.inf
        self._take(opened)
        return min(float(self.cover.cost @ opened) + self.cover.constant, self._worst)

    def improved(self, x: Floats) -> NDArray[np.bool_] | None:
        """The best of some greedy covers that prefer what the point has open."""
        if self._quick:
            self.part.stop.set()
        found: list[tuple[float, NDArray[np.bool_]]] = []
        for k in range(1 + TRIES):
            noise = 1.0 if not k else self._rng.uniform(0.5, 1.0, len(x))
            chosen = self._greedy.cover((np.maximum(x, 0.0) + 1e-3) * noise)
            if chosen is None:
                return None
            self._take(chosen)
            if self.cover.keeps(chosen):
                found.append((float(self.cover.cost @ chosen), chosen))
        self._asked += 1
        if self._even and self._asked >= self._patience and self.best is not None:
            self._patience *= 2
            enough = 1 if self.target is None else round(self.target - self.cover.constant)
            chosen = fewer(self.cover.need, self.best, self._rng, TURNS, lambda: self.part.over, enough)
            self._take(chosen)
            found.append((float(chosen.sum()), chosen))
        return min(found, key=lambda pair: pair[0])[1] if found else None

    def _take(self, chosen: NDArray[np.bool_] | None) -> None:
        if chosen is None or not self.cover.keeps(chosen):
            return
        value = float(self.cover.cost @ chosen) + self.cover.constant
        if value < self.lowest:
            self.best, self.lowest = chosen.copy(), value
            if self.target is not None and value <= self.target:
                self.part.stop.set()
