"""p-median: how a question becomes a problem of sites that serve, and its end an answer."""

from __future__ import annotations

import numpy as np

from formulations.location.access import Access
from formulations.location.faults import first
from formulations.location.median.p_median import PMedian
from formulations.location.siting import Siting
from solver.locating.median.served import Served, Settled
from solver.locating.median.solve import solve_served
from solver.locating.terms import Found, Terms


def p_median(question: PMedian, access: Access, terms: Terms) -> Found:
    """The algorithm of :mod:`solver.locating.median.solve`; see :class:`~solver.locating.terms.Found`."""
    problem = Served.of(access, question.rules(access))
    return found(access, solve_served(problem, terms))


def found(access: Access, settled: Settled) -> Found:
    """What was settled, as an answer about everybody going to the nearest site; says by name why nothing can be."""
    siting = None if settled.opened is None else Siting.nearest(access, settled.opened)
    message = ""
    if settled.state == "infeasible":
        message = "No choice of sites that keeps the rules leaves everybody with an open site within reach."
        if settled.lost:
            bad = np.zeros(access.demand.size, bool)
            bad[access.served[list(settled.lost)]] = True
            some = first(access.demand, bad)
            message = f"No site may open within reach of {int(bad.sum())} demand points, first {some}."
    return Found(settled.state, siting, settled.bound, settled.verified, message, settled.work)
