"""A search tree that raises a bound counted by us until it meets the value of a plan.

Nodes are parts of the plans (:class:`Box`); what bounds a part is given by a :class:`Bounding`. The part with the
least bound is looked at next, so the least bound of all parts that are left never falls.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from solver.clock import Clock
from solver.locating.charge.pricing import Box, Priced
from solver.locating.terms import Terms

ROUNDING = 5e-10
"""A part whose bound comes as near as this share of the value to it holds nothing better but rounding."""


CLEAR = 1e-6
"""What comes as near to a whole number as this is clear."""


class Bounding(Protocol):
    """Gives bounds of parts."""

    def start(self, box: Box, value: float) -> Priced:
        """The bound of all plans, with as much effort as pays."""

    def bound(self, box: Box, parent: Priced, value: float, enough: float) -> Priced:
        """The bound of a part; no effort is needed beyond ``enough``."""


@dataclass(frozen=True)
class Proof:
    """What a tree found out.

    Attributes
    ----------
    bound
        No plan costs less, or ``value`` where every plan that costs less was ruled out.
    nodes
        Parts looked at.
    """

    bound: float
    nodes: int


@dataclass(order=True)
class _Node:
    bound: float
    number: int
    box: Box = field(compare=False)
    priced: Priced = field(compare=False)


def prove(
    bounding: Bounding,
    root: Priced,
    box: Box,
    value: float,
    terms: Terms,
    clock: Clock,
    *,
    grain: float = 0.0,
    undivided: bool = False,
    nodes: int = 20_000,
    told: Callable[[Priced], float] | None = None,
) -> Proof:
    """Raise the bound towards ``value`` while there is time.

    Parameters
    ----------
    value
        What plans must beat: the value of the best one known, or less.
    grain
        Values are whole multiples of it: a part whose bound is more than ``value - grain`` holds nothing better.
    undivided
        Whether a part in which all sites are decided is divided further by who goes where.
    nodes
        How many parts may be looked at.
    told
        Told what is known of each part; returns the value of the best plan then known.
    """
    sure, enough = _limits(value, grain, terms.gap)
    seen, closed = 1, value
    heap = [_Node(min(root.bound, value), 0, _decided(box, root, min(sure, value), undivided), root)]
    while heap and seen < nodes and not terms.over and clock.left != 0.0:
        node = heapq.heappop(heap)
        parts = [] if node.bound >= enough else list(parts_of(node.box, node.priced, undivided))
        if not parts:
            closed = min(closed, value if node.bound >= sure else node.bound)
            continue
        for part in parts:
            priced = bounding.bound(part, node.priced, value, enough)
            seen += 1
            if told is not None and (better := told(priced)) < value:
                value = better
                sure, enough = _limits(value, grain, terms.gap)
            bound = min(max(priced.bound, node.bound), value)
            heapq.heappush(heap, _Node(bound, seen, _decided(part, priced, min(sure, value), undivided), priced))
        terms.record.bounded(min(heap[0].bound, closed))
    left = min((n.bound for n in heap), default=math.inf)
    return Proof(min(left, closed, value), seen)


def _limits(value: float, grain: float, gap: float) -> tuple[float, float]:
    """Beyond the first there is nothing better, by whole multiples; beyond the second a part need not be looked at."""
    sure = value - grain * (1.0 - 1e-6) if grain else math.inf
    return sure, min(sure, value - max(ROUNDING, gap) * abs(value))


def _decided(box: Box, priced: Priced, least: float, undivided: bool) -> Box:
    """The part with the sites and pairs decided whose reduced cost says that anything else costs ``least`` or more.

    The margin of the bound covers the rounding of reduced costs too.
    """
    if not math.isfinite(priced.bound):
        return box
    over = np.abs(priced.reduced) + priced.bound >= least
    free = box.low < box.high
    low = np.where(free & over & (priced.reduced < 0), 1.0, box.low)
    high = np.where(free & over & (priced.reduced > 0), 0.0, box.high)
    if priced.pairs is None or not undivided:
        return Box(low, high, box.allowed)
    return Box(low, high, box.allowed & (priced.pairs + priced.bound < least))


def parts_of(box: Box, priced: Priced, undivided: bool) -> Iterator[Box]:
    """Two parts: a site open or closed, or a demand point going to a site or not; what is least clear comes first."""
    free = np.flatnonzero(box.low < box.high)
    unclear = np.abs(priced.y[free] - 0.5)
    where = _unclear_pair(box, priced) if undivided and unclear.min(initial=0.5) > 0.5 - CLEAR else None
    if free.size and where is None:
        j = int(free[np.argmin(unclear)])
        for side in (1.0, 0.0):
            low, high = box.low.copy(), box.high.copy()
            low[j] = high[j] = side
            yield Box(low, high, box.allowed)
        return
    if where is None:
        return
    i, j = where
    for there in (True, False):
        allowed, low = box.allowed.copy(), box.low.copy()
        if there:
            allowed[i] = False
            low[j] = 1.0
        allowed[i, j] = there
        yield Box(low, box.high, allowed)


def _unclear_pair(box: Box, priced: Priced) -> tuple[int, int] | None:
    """A demand point and a site about which the relaxation is least sure; once all sites are decided, any pair."""
    open_pairs = box.allowed & (box.high > 0)
    several = open_pairs.sum(axis=1) > 1
    part = np.where(open_pairs & several[:, None], np.abs(priced.x - 0.5), np.inf)
    i, j = (int(k) for k in np.unravel_index(int(np.argmin(part)), part.shape))
    most = 0.5 - CLEAR if (box.low < box.high).any() else 1.0
    return (i, j) if part[i, j] <= most else None
