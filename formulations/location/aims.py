"""What is minimised in the end: the question's own objective or a measure of fairness, and limits on such measures."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.judgement import Checked, checked
from formulations.location.question import Question


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


def judged_aims(
    question: Question, access: Access, own: float, burden: Floats
) -> tuple[float, Mapping[str, float], list[Checked]]:
    """Value of the objective, all objectives by name, and the limits checked, from numbers."""
    objectives = {question.aim: own}
    checks = []
    if question.objective is not None:
        objectives[question.objective.name] = question.objective.value(access, burden)
    for limit in question.limits:
        value = limit.measure.value(access, burden)
        objectives[limit.measure.name] = value
        checks.append(checked(f"limit_{limit.measure.name}", np.array([value - limit.at_most]), limit.at_most))
    name = question.aim if question.objective is None else question.objective.name
    return objectives[name], objectives, checks
