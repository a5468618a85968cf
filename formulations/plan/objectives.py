"""Objectives of the integrated plan, all minimised, only those that the question asks for.

cost            first-stage money                 operations      expected second-stage money
unserved        sum_s p_s L_s,  L_s = sum_{c in s} w_h n_c unserved_c
unserved_cvar   CVaR_alpha(L)                     unserved_worst  max_s L_s
unserved_robust max of sum_s p_s L_s over the ambiguity set
unserved_regret max_s (L_s - best_s),  best_s least L_s of any plan that the question allows
travel          sum_t p_s n_t minutes_t go_t      shortage        sum_p p_s severity_c short_p
disturbance     standing readiness, and use after the event
"""

from __future__ import annotations

from functools import reduce
from operator import add

from formulations.algebra.affine import Affine
from formulations.measures.cvar import cvar
from formulations.measures.mean import mean
from formulations.measures.regret import regret
from formulations.measures.robust import robust
from formulations.measures.worst import worst
from formulations.plan.draft import Draft
from formulations.plan.rules import OBJECTIVES, UNSERVED


def add_objectives(draft: Draft) -> None:
    """Declare the objectives asked for, and limits on objectives as rules."""
    asked = [*draft.question.objectives, *(n for n in draft.question.limits if n not in draft.question.objectives)]
    money = draft.instance.about.money
    units = {
        "cost": money,
        "operations": money,
        "unserved": "people",
        "unserved_cvar": "people",
        "unserved_worst": "people",
        "unserved_robust": "people",
        "unserved_regret": "people",
        "travel": "person-minutes",
        "shortage": draft.instance.commodities.severity_unit if draft.instance.commodities else "",
        "disturbance": "user-days",
    }
    loss = _loss(draft) if UNSERVED & set(asked) else None
    for name in asked:
        expression = _expression(draft, name, loss)
        if name in draft.question.objectives:
            draft.program.objective(name, expression, unit=units[name], doc=OBJECTIVES[name])
        if name in draft.question.limits:
            row = f"limit_{name}"
            draft.program.require(**{row: expression <= draft.question.limits[name]})
            draft.program.describe(row, unit=units[name], doc=f"Limit set on: {OBJECTIVES[name]}.")


def _expression(draft: Draft, name: str, loss: Affine | None) -> Affine:
    probability = draft.instance.scenarios.probability
    if name == "cost":
        return _total(draft, draft.cost)
    if name == "operations":
        return _total(draft, draft.operations)
    if name == "disturbance":
        return _total(draft, draft.disturbance)
    if name == "travel":
        trips, routes = draft.trips, draft.instance.routes
        assert trips is not None and routes is not None
        scenario = trips.trip["scenario"].position
        minutes = routes.minutes[trips.trip["route"].position, scenario]
        walked: Affine = trips.go * (probability[scenario] * trips.people * minutes)
        return walked.sum()
    if name == "shortage":
        shipments, goods = draft.shipments, draft.instance.commodities
        assert shipments is not None and goods is not None
        post = shipments.post["post"]
        commodity = post.then(post.target["commodity"]).position
        scenario = post.then(post.target["scenario"]).position
        lost: Affine = shipments.short * (probability[scenario] * goods.severity[commodity])
        return lost.sum()
    assert loss is not None
    if name == "unserved":
        return mean(loss, probability)
    if name == "unserved_cvar":
        return cvar("unserved_cvar", loss, probability, draft.question.alpha, unit="people")
    if name == "unserved_robust":
        ambiguity = draft.instance.ambiguity
        assert ambiguity is not None
        return robust("unserved_robust", loss, probability, ambiguity, unit="people")
    if name == "unserved_regret":
        return regret("unserved_regret", loss, draft.question.best_losses(draft.instance), unit="people")
    return worst("unserved_worst", loss, unit="people")


def _loss(draft: Draft) -> Affine:
    """People without a place in each scenario, weighted by phase."""
    trips, phases = draft.trips, draft.instance.phases
    assert trips is not None and phases is not None
    weight = phases.weight[trips.call["phase"].position]
    people: Affine = trips.unserved * (weight * trips.calling)
    return people.sum_by(trips.call["scenario"])


def _total(draft: Draft, terms: list[Affine]) -> Affine:
    return reduce(add, terms) if terms else draft.program.constant(0.0)
