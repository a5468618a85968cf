"""From a study to the program whose front is wanted: its objectives, and those that are measured beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

import numpy as np

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from formulations.algebra.program import Program
from formulations.plan import IntegratedPlan
from instances.instance import Instance
from instances.schema import InstanceError

if TYPE_CHECKING:
    from solver.pareto.front import Front
    from solver.study import Study
    from solver.tradeoffs import Tradeoffs


@dataclass(frozen=True, eq=False)
class Asked:
    """A front study put to an instance.

    Attributes
    ----------
    tradeoffs
        The section ``front`` of the study, with its defaults.
    names
        Objectives of the front, in order; each is one of ``matrix``.
    """

    study: Study
    tradeoffs: Tradeoffs
    question: IntegratedPlan
    instance: Instance
    matrix: Matrix
    names: tuple[str, ...]


def asked(study: Study, instance: Instance) -> Asked:
    """The program of a front study: objectives of the front first, then what else `minimize` names, measured only.

    Raises
    ------
    InstanceError
        If the question cannot be put to the instance; all faults at once.
    """
    tradeoffs = tradeoffs_of(study)
    question = front_question(study, tradeoffs)
    program = question.build(instance)
    names = tuple(group.name for group in tradeoffs.objectives)
    if faults := tradeoffs.choose.faults(names):
        raise InstanceError("The front section cannot be used", faults)
    matrix = program.matrix()
    sums = [group for group in tradeoffs.objectives if group.name not in program.objectives]
    for group in sums:
        _add_up(
            program,
            group.name,
            {str(k): v for k, v in group.of.items()},
            {matrix.objectives[member].unit for member in group.of},
        )
    return Asked(study, tradeoffs, question, instance, program.matrix() if sums else matrix, names)


def tradeoffs_of(study: Study) -> Tradeoffs:
    """The front of a study; where it names no objectives, cost against people without a place.

    Without shelters in the question, against goods short.
    """
    from solver.tradeoffs import Group, Tradeoffs

    given = study.front if study.front is not None else Tradeoffs()
    if "objectives" in given.model_fields_set or study.question.shelters is not None or study.question.stock is None:
        return given
    goods = [Group(name="cost", of={"cost": 1.0}), Group(name="shortage", of={"shortage": 1.0})]
    return given.model_copy(update={"objectives": goods})


def front_question(study: Study, tradeoffs: Tradeoffs) -> IntegratedPlan:
    """The question of a study with the objectives of its front first, then those that `minimize` names."""
    members = [name for group in tradeoffs.objectives for name in group.of]
    return replace(study.plan_question(), objectives=tuple(dict.fromkeys([*members, *study.minimize])))


def _add_up(program: Program, name: str, weights: dict[str, float], units: set[str]) -> None:
    """Declare a weighted sum of objectives as one more objective; it has a unit if they share one."""
    terms: list[Affine] = [weight * program.objectives[member] for member, weight in weights.items()]
    doc = " + ".join(f"{weight:g} {member}" for member, weight in weights.items())
    unit = units.pop() if len(units) == 1 else ""
    program.objective(name, reduce(add, terms), unit=unit, doc=doc)


def measured(question: Asked, front: Front) -> dict[str, Floats]:
    """Objectives of the program that the front does not weigh: name to values, shape (points,).

    Nothing pulls on these while the front is searched, so they say what the plans happen to do; some, like CVaR, are
    only limits in the program and are computed from the decisions.
    """
    from solver.tables.decisions import Decisions
    from solver.tables.rules import MEASURES
    from solver.tables.rules import measured as measure

    matrix, days = question.matrix, question.question.stock.days if question.question.stock else None
    others: Sequence[str] = [name for name in matrix.objectives if name not in front.names]
    values = matrix.evaluate(front.plans)
    found = {name: values[:, matrix.objectives[name].start].copy() for name in others}
    for name in set(others) & set(MEASURES):
        for k in range(len(front)):
            x = np.asarray(front.plans[[k]].toarray())[0]
            found[name][k] = measure(Decisions(question.instance, matrix, x, days), question.question, name)
    return found
