"""The least cost of a cover, or whether one costs no more than a target, with a bound that is ours.

The search tree of :mod:`solver.locating.tree` is given some rows of the cover to begin with and the others as soon as a
point of its linear program breaks them: of a hundred thousand rows a few hundred are ever needed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from solver.locating.covers.cover import Cover
from solver.locating.covers.reduce import reduced
from solver.locating.covers.seeker import Seeker
from solver.locating.terms import Terms
from solver.locating.tree.search import search


@dataclass(frozen=True, eq=False)
class Covered:
    """The end of a search for a cover.

    Attributes
    ----------
    state
        ``finished``, ``stopped`` or ``infeasible``; with a target also ``beyond``: no cover costs so little.
    opened
        All open sites of the best plan, shape (m,), or None.
    value
        Its cost; infinite without one.
    bound
        No cover costs less; it rests on no solver's word. With a target it says nothing more than needed.
    nodes, sites, rows
        Nodes of the tree; what was left of the problem when it began.
    """

    state: Literal["finished", "stopped", "infeasible", "beyond"]
    opened: NDArray[np.bool_] | None = None
    value: float = math.inf
    bound: float = -math.inf
    nodes: int = 0
    sites: int = 0
    rows: int = 0


def cheapest(cover: Cover, terms: Terms, *, target: float | None = None, quick: bool = False) -> Covered:
    """Search.

    Parameters
    ----------
    terms
        Clock, stop, gap and seed are honoured. Without a target, plans and bounds go to its record.
    target
        The search ends with the first plan that costs no more, or as soon as it is certain that there is none.
    quick
        Whether to stop after one linear program and the greedy plans around it.
    """
    if cover.lonely.size:
        return Covered("infeasible", bound=math.inf)
    small = reduced(cover)
    rows, k = small.need.shape
    if not rows and small.falling:
        # also with no rule from below: nothing more is opened
        none = np.zeros(k, bool)
        if not small.keeps(none):
            return Covered("infeasible", bound=math.inf)
        return _closed(small, none, small.constant, small.constant, terms, target)
    seeker = Seeker(small, terms, target, quick)
    seeker.begin()
    if target is None:
        outcome = search(seeker.master(), seeker, seeker.part, seeker.best)
        plan = None if outcome.opened is None else small.opened(outcome.opened)
        return Covered(outcome.state, plan, outcome.value, outcome.bound, outcome.nodes, k, rows)
    nodes, bound, state = 0, -math.inf, "stopped"
    if not seeker.lowest <= target:
        outcome = search(seeker.master(), seeker, seeker.part, np.ones(k, bool))
        nodes, bound, state = outcome.nodes, outcome.bound, outcome.state
    if seeker.best is not None and seeker.lowest <= target:
        return Covered("finished", small.opened(seeker.best), seeker.lowest, -math.inf, nodes, k, rows)
    return Covered("stopped" if state == "stopped" else "beyond", None, math.inf, bound, nodes, k, rows)


def _closed(
    cover: Cover, chosen: NDArray[np.bool_], value: float, bound: float, terms: Terms, target: float | None
) -> Covered:
    opened = cover.opened(chosen)
    if target is None:
        terms.record.plan(value, opened.astype(float))
        terms.record.bounded(bound)
    elif value > target:
        return Covered("beyond", None, math.inf, bound)
    return Covered("finished", opened, value, bound)
