"""What is minimised in the end: the question's own objective or a measure of fairness, and limits on such measures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.judgement import Checked, Judgement, checked, site_checks, trip_checks
from formulations.location.question import Question
from formulations.location.siting import Siting


def add_aims(program: Program, question: Question, access: Access, own: Affine, burden: Affine, unit: str = "") -> None:
    """Objective and rows ``limit_NAME``.

    Parameters
    ----------
    own
        The question's own objective, to be minimised (negative if much of it is wanted).
    burden
        Over the demand points: how far people go, or which share of them is without cover.
    """
    if question.objective is None:
        program.objective(question.aim, own, unit=unit, doc=f"What {question.title} minimises.")
    else:
        program.objective(question.objective.name, question.objective.add(program, access, burden))
    for limit in question.limits:
        name = f"limit_{limit.measure.name}"
        program.require(**{name: limit.measure.within(program, access, burden, limit.at_most)})
        program.describe(name, doc="This measure of fairness does not exceed its limit.")


def pinned(question: Question) -> bool:
    """Whether some measure asked for needs burdens that are exact, not bounded from below."""
    measures = [limit.measure for limit in question.limits]
    measures += [] if question.objective is None else [question.objective]
    return not all(measure.monotone for measure in measures)


def judged(
    question: Question,
    access: Access,
    siting: Siting,
    own: float,
    burden: Floats,
    *,
    more: Mapping[str, float] | None = None,
    checks: Iterable[Checked] = (),
) -> Judgement:
    """The verdict of a question on a plan: rules about sites, trips, the question's own rules, and limits.

    Parameters
    ----------
    own
        The question's own objective, counted from the data, in its own sense.
    burden
        Shape (n,): how far people go, or which share of them is without cover.
    more
        What else is worth reporting, by name.
    checks
        The question's own rules.
    """
    objectives = {question.aim: own}
    limits = []
    if question.objective is not None:
        objectives[question.objective.name] = question.objective.value(access, burden)
    for limit in question.limits:
        value = limit.measure.value(access, burden)
        objectives[limit.measure.name] = value
        limits.append(checked(f"limit_{limit.measure.name}", np.array([value - limit.at_most]), limit.at_most))
    name = question.aim if question.objective is None else question.objective.name
    kept = [
        *site_checks(question.rules(access), access, siting.open),
        *trip_checks(access, siting, everybody=not question.leaves_out),
        *checks,
        *limits,
    ]
    return Judgement(objectives[name], {**objectives, **(more or {})}, burden, tuple(kept))
