"""A search tree that raises a bound counted by us until it meets the value of a plan.

Nodes are parts of the plans (:class:`Box`); what bounds a part is given by a :class:`Bounding`. The part with the
least bound is looked at next, so the least bound of all parts that are left never falls. It looks for no plans of its
own: others find them, and it proves them best, or says how much better one could be.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from solver.clock import Clock
from solver.locating.charge.pricing import Box, Priced
from solver.locating.terms import Terms

ROUNDING = 5e-10
"""A part whose bound comes as near as this share of the value to it holds nothing better but rounding."""


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
) -> Proof:
    """Raise the bound towards ``value``, that of the best plan known, while there is time.

    Parameters
    ----------
    grain
        Values are whole multiples of it: a part whose bound is more than ``value - grain`` holds nothing better.
    undivided
        Whether a part in which all sites are decided is divided further by who goes where.
    nodes
        How many parts may be looked at.
    """
    sure = value - grain * (1.0 - 1e-6) if grain else math.inf
    """Beyond it there is nothing better, by whole multiples."""
    enough = min(sure, value - max(ROUNDING, terms.gap) * abs(value))
    """Beyond it a part need not be looked at."""
    seen, heap, closed = 1, [_Node(min(root.bound, value), 0, _decided(box, root, min(sure, value)), root)], value
    while heap and seen < nodes and not terms.over and clock.left != 0.0:
        node = heapq.heappop(heap)
        parts = [] if node.bound >= enough else list(parts_of(node.box, node.priced, undivided))
        if not parts:
            closed = min(closed, value if node.bound >= sure else node.bound)
            continue
        for part in parts:
            priced = bounding.bound(part, node.priced, value, enough)
            seen += 1
            bound = min(max(priced.bound, node.bound), value)
            heapq.heappush(heap, _Node(bound, seen, _decided(part, priced, min(sure, value)), priced))
        terms.record.bounded(min(heap[0].bound, closed))
    left = min((n.bound for n in heap), default=math.inf)
    return Proof(min(left, closed), seen)


def _decided(box: Box, priced: Priced, least: float) -> Box:
    """The part with the sites decided whose reduced cost says that another decision costs ``least`` or more.

    The margin of the bound covers the rounding of reduced costs too.
    """
    if not math.isfinite(priced.bound):
        return box
    over = np.abs(priced.reduced) + priced.bound >= least
    free = box.low < box.high
    low = np.where(free & over & (priced.reduced < 0), 1.0, box.low)
    high = np.where(free & over & (priced.reduced > 0), 0.0, box.high)
    return Box(low, high, box.allowed)


def parts_of(box: Box, priced: Priced, undivided: bool) -> Iterator[Box]:
    """Two parts: a site open or closed; once all sites are decided, a demand point goes to a site or not."""
    free = np.flatnonzero(box.low < box.high)
    if free.size:
        j = int(free[np.argmin(np.abs(priced.y[free] - 0.5))])
        for side in (1.0, 0.0):
            low, high = box.low.copy(), box.high.copy()
            low[j] = high[j] = side
            yield Box(low, high, box.allowed)
        return
    if not undivided:
        return
    open_pairs = box.allowed & (box.high > 0)
    several = open_pairs.sum(axis=1) > 1
    part = np.where(open_pairs & several[:, None], np.abs(priced.x - 0.5), np.inf)
    if not np.isfinite(part).any():
        return
    i, j = (int(k) for k in np.unravel_index(int(np.argmin(part)), part.shape))
    for there in (True, False):
        allowed = box.allowed.copy()
        if there:
            allowed[i] = False
        allowed[i, j] = there
        yield Box(box.low, box.high, allowed)
