"""Uncapacitated facility location by the algorithms of the p-median, with a cost for each open site."""

from __future__ import annotations

from formulations.location.access import Access
from formulations.location.charge.charges import opening
from formulations.location.charge.facility_location import FacilityLocation
from solver.locating.median.engine import found
from solver.locating.median.served import Served
from solver.locating.median.solve import solve_served
from solver.locating.terms import Found, Terms


def solve_uncapacitated(question: FacilityLocation, access: Access, terms: Terms) -> Found:
    """See :func:`solver.locating.median.solve.solve_served`."""
    rules = question.rules(access)
    return found(access, solve_served(Served.of(access, rules, opening(access, rules)), terms))
