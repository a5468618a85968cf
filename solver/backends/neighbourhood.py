"""Better plans between the relaxation and a plan: search only where the two disagree.

Where relaxation and plan agree on a decision both are probably right, so it is fixed; what is left is a small program
of its own, which HiGHS searches for a short while. Effort is counted in nodes of that search, so that without a time
limit the same seed gives the same plan.

Source: relaxation induced neighbourhoods, Danna, Rothberg & Le Pape (2005), Mathematical Programming 102(1), 71-90,
doi:10.1007/s10107-004-0518-7.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from solver.backends.answer import Answer
from solver.backends.highs import run_highs
from solver.backends.search import Search
from solver.gap import relative_gap

AGREE = 1e-6
"""Distance up to which relaxation and plan agree on a decision."""

MOST_FREE = 0.5
"""Share of the decisions up to which a neighbourhood is small enough to pay."""

NODES = 200
"""Nodes of its search: most of what it finds is found at the root."""

FAR = 2.0
"""Gaps, as a multiple of the gap asked for, from which searching a neighbourhood pays."""

GAP = 0.5
"""Its own gap, as a share of the gap asked for."""


def near_enough(value: float, bound: float, asked: float) -> bool:
    """Whether so little is missing that small steps and the search of the whole close it sooner."""
    return (relative_gap(value, bound) or 0.0) <= FAR * asked


def run_neighbourhood(matrix: Matrix, search: Search, relaxed: Answer, plan: Floats) -> Answer | None:
    """Look for a better plan near ``plan`` and report it to ``search.record``; None if there is nothing to look in.

    Parameters
    ----------
    search
        Its record takes plans; bounds of the small program say nothing about the whole and must not be kept.
    relaxed
        The finished relaxation.
    plan
        Columns of a plan that keeps every row; the search starts from it.
    """
    assert relaxed.x is not None
    whole = np.flatnonzero(matrix.integer & (matrix.upper > matrix.lower))
    agree = whole[np.abs(plan[whole] - relaxed.x[whole]) <= AGREE]
    if whole.size - agree.size > MOST_FREE * whole.size or agree.size == whole.size:
        return None
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    lower[agree] = upper[agree] = np.round(plan[agree])
    search.start, search.nodes, search.gap = plan, NODES, GAP * search.gap
    return run_highs(replace(matrix, lower=lower, upper=upper), search)
