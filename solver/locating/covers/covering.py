"""LSCP, fast: demand points with the same sites are one, then reduction, greedy plans and a search tree with cuts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from formulations.location.access import Access
from formulations.location.cover_sets import CoverSets
from formulations.location.covering.set_covering import SetCovering
from formulations.location.judgement import Judgement
from formulations.location.question import Question
from formulations.location.siting import Siting
from solver.locating.covers.cover import Cover
from solver.locating.covers.search import Covered, cheapest
from solver.locating.terms import Found, Terms


def set_covering(question: SetCovering, access: Access, terms: Terms) -> Found | None:
    """Answer a set covering question; see :data:`solver.locating.locate.ALGORITHMS`."""
    sets = CoverSets.of(access, question.radius)
    rules, cost = question.rules(access), question.price(access)
    if lost := uncovered(access, sets, rules.upper > 0, question.radius):
        return Found("infeasible", message=lost)
    begun = offered(question, access, terms, question.radius)
    covered = cheapest(Cover.of(sets.cover, cost, rules), terms)
    if covered.state == "infeasible":
        return Found("infeasible", message=_too_dear(question, access, sets, terms))
    opened, value = covered.opened, covered.value
    if begun is not None and begun[0] < value:
        value, opened = begun
    siting = None if opened is None else Siting.nearest(access, opened, question.radius)
    state = "finished" if covered.state == "finished" else "stopped"
    return Found(state, siting, covered.bound, covered.bound, work=work_of(covered, sets))  # type: ignore[arg-type]


def work_of(covered: Covered, sets: CoverSets) -> dict[str, int]:
    """Counts worth telling."""
    return {"sets": sets.size, "rows": covered.rows, "sites": covered.sites, "nodes": covered.nodes}


def uncovered(access: Access, sets: CoverSets, may: NDArray[np.bool_], radius: float) -> str:
    """Who has no site within the radius that may be open, and how far the nearest one is; "" if everybody has one."""
    bad = np.flatnonzero(sets.covers(may) == 0)
    if not bad.size:
        return ""
    lost = np.flatnonzero(np.isin(sets.of_demand, bad))
    near = access.pairs.nearest_open(may)[1][lost]
    order = np.argsort(-near, kind="stable")[:3]
    unit = f" {access.unit}" if access.unit else ""
    words = [
        f"{access.demand.label(int(lost[k]))} ("
        + (f"nearest {near[k]:g}{unit}" if np.isfinite(near[k]) else "none within reach")
        + ")"
        for k in order
    ]
    return f"{len(lost)} demand points have no site that may open within {radius:g}{unit}, first {', '.join(words)}."


def offered(question: Question, access: Access, terms: Terms, radius: float) -> tuple[float, NDArray[np.bool_]] | None:
    """The best of the plans that the search was given to begin with, and its value; None if none keeps the rules."""
    best: tuple[float, NDArray[np.bool_]] | None = None
    for opened in terms.start:
        judged: Judgement = question.judge(access, Siting.nearest(access, opened, radius))
        if judged.kept and (best is None or judged.value < best[0]):
            best = judged.value, opened
            terms.record.plan(judged.value, opened.astype(float))
    return best


def _too_dear(question: SetCovering, access: Access, sets: CoverSets, terms: Terms) -> str:
    """Which rule stands in the way of all covers."""
    names = question.rules(access).names
    if "budget" in names and access.cost is not None and not terms.over:
        plain = replace(question, by="cost", budget=None, differ=())
        cover = Cover.of(sets.cover, plain.price(access), plain.rules(access))
        least = cheapest(cover, Terms(terms.clock.part(0.5), stop=terms.stop)).bound
        if question.budget is not None and least > question.budget:
            within = f"within {question.radius:g} of everybody"
            return (
                f"A site {within} costs {least:.12g} altogether at least, more than the budget of {question.budget:g}."
            )
    return f"No choice of sites that keeps the rules ({', '.join(names)}) covers everybody within {question.radius:g}."
