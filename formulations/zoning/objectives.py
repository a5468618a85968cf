"""Objectives of a zoning plan, all minimised, only those that the question asks for.

unsuitability   sum area_i (1 - suitability_ic) use_ic        change          sum cost_ic use_ic
fragmentation   sum_e length_e (1 - sum_c same_ec)            exposure        sum_s p_s damage_is worth_c area_i use_ic
unserved        sum_s p_s L_s, L_s = sum_u unserved_us        displaced       sum_s p_s displaced_is residents_c area_i
unserved_cvar   CVaR_alpha(L)                                 unserved_worst  max_s L_s

A border counts as healed where both sides have one class: ``same_ec <= use_ac`` and ``same_ec <= use_bc``, which is
whole where ``use`` is, since less fragmentation is better.
"""

from __future__ import annotations

import numpy as np

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.measures.cvar import cvar
from formulations.measures.mean import mean
from formulations.measures.worst import worst
from formulations.zoning.draft import Draft
from formulations.zoning.rules import HECTARE, KILOMETRE, OBJECTIVES, units_of
from instances.index import Index
from instances.land import Land


def linear(land: Land, probability: Floats) -> dict[str, Floats]:
    """Objectives that are sums over parcels: what each class on each parcel adds, shape (parcels, classes)."""
    return {
        "unsuitability": land.area[:, None] / HECTARE * (1.0 - land.suitability),
        "change": land.change_cost,
        "exposure": np.outer(land.area * (land.damage @ probability), land.worth),
        "displaced": np.outer(land.area * (land.displaced @ probability), land.residents),
    }


def add_objectives(draft: Draft) -> None:
    """Declare the objectives asked for, and limits on objectives as rules."""
    question, units = draft.question, units_of(draft.instance.about.money)
    asked = [*question.objectives, *(name for name in question.limits if name not in question.objectives)]
    for name in asked:
        expression = _expression(draft, name)
        if name in question.objectives:
            draft.program.objective(name, expression, unit=units[name], doc=OBJECTIVES[name])
        if name in question.limits:
            row = f"limit_{name}"
            draft.program.require(**{row: expression <= question.limits[name]})
            draft.program.describe(row, unit=units[name], doc=f"Limit set on: {OBJECTIVES[name]}.")


def _expression(draft: Draft, name: str) -> Affine:
    probability = draft.instance.scenarios.probability
    sums = linear(draft.land, probability)
    if name in sums:
        return (draft.use * draft.over(sums[name])).sum()
    if name == "fragmentation":
        return _fragmentation(draft)
    assert draft.loss is not None
    if name == "unserved":
        return mean(draft.loss, probability)
    if name == "unserved_cvar":
        return cvar("unserved_cvar", draft.loss, probability, draft.question.alpha, unit="people")
    return worst("unserved_worst", draft.loss, unit="people")


def _fragmentation(draft: Draft) -> Affine:
    land, program = draft.land, draft.program
    one, other = (draft.at[land.boundary[end].position] for end in ("a", "b"))
    border, kind = np.nonzero((one >= 0) & (other >= 0))
    shared = Index.tuples("shared class", boundary=(land.boundary, border), land_class=(land.land_class, kind))
    same = program.variable("same", shared, upper=1.0, unit="share", doc="Both sides of the border have the class.")
    program.subject_to(
        same_here=same <= draft.used(one[border, kind], shared),
        same_there=same <= draft.used(other[border, kind], shared),
    )
    program.describe("same_here", unit="share", doc="A border is healed only if its first side has the class.")
    program.describe("same_there", unit="share", doc="A border is healed only if its second side has the class.")
    length = land.boundary_length / KILOMETRE
    healed: Affine = (same * length[border]).sum()
    return -healed + float(length.sum())
