"""From a study to the program whose front is wanted: its objectives, and those that are measured beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from formulations.algebra.program import Program
from formulations.plan import IntegratedPlan
from formulations.zoning import Numbers, Zoning, assigned
from instances.instance import Instance
from instances.schema import InstanceError

if TYPE_CHECKING:
    from solver.pareto.front import Front
    from solver.study import Study
    from solver.tradeoffs import Tradeoffs


AT_ONCE = 16
"""Zoning plans whose variables are spread out at once."""


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
    question: IntegratedPlan | Zoning
    instance: Instance
    matrix: Matrix
    names: tuple[str, ...]

    @property
    def plan(self) -> IntegratedPlan:
        """The question of a plan for people, goods and roads.

        Raises
        ------
        TypeError
            If the question is one of zoning.
        """
        if isinstance(self.question, Zoning):
            raise TypeError("the question is one of zoning")
        return self.question


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
    if isinstance(question, Zoning):
        # what is only measured is counted without a program, and has no place in it
        replace(question, objectives=_all(question, study)).check(instance)
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

    Without shelters in the question, against goods short. For zoning, all that is usual there.
    """
    from solver.tradeoffs import Group, Tradeoffs

    given = study.front if study.front is not None else Tradeoffs()
    if "objectives" in given.model_fields_set:
        return given
    if study.question.zoning is not None:
        usual = [n for n in Zoning().objectives if study.question.zoning.shelters or not n.startswith("unserved")]
        return given.model_copy(
            update={"objectives": [Group.model_validate({"name": n, "of": {n: 1.0}}) for n in usual]}
        )
    if study.question.shelters is not None or study.question.stock is None:
        return given
    goods = [Group(name="cost", of={"cost": 1.0}), Group(name="shortage", of={"shortage": 1.0})]
    return given.model_copy(update={"objectives": goods})


def front_question(study: Study, tradeoffs: Tradeoffs) -> IntegratedPlan | Zoning:
    """The question of a study with the objectives of its front first, then those that `minimize` names.

    One of zoning has those of its front alone.
    """
    members = [name for group in tradeoffs.objectives for name in group.of]
    if study.question.zoning is not None:
        return study.zoning_question(list(dict.fromkeys(members)))
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
    if isinstance(question.question, Zoning):
        return _counted(question, question.question, front)
    from solver.tables.decisions import Decisions
    from solver.tables.rules import MEASURES
    from solver.tables.rules import measured as measure

    matrix, days = question.matrix, question.plan.stock.days if question.plan.stock else None
    others: Sequence[str] = [name for name in matrix.objectives if name not in front.names]
    values = matrix.evaluate(front.plans)
    found = {name: values[:, matrix.objectives[name].start].copy() for name in others}
    for name in set(others) & set(MEASURES):
        for k in range(len(front)):
            x = np.asarray(front.plans[[k]].toarray())[0]
            found[name][k] = measure(Decisions(question.instance, matrix, x, days), question.plan, name)
    return found


def _all(question: Zoning, study: Study) -> tuple[str, ...]:
    """Objectives of the front of a zoning question, then those that the study names beside them."""
    return tuple(dict.fromkeys([*question.objectives, *study.minimize]))


def _counted(asked: Asked, question: Zoning, front: Front) -> dict[str, Floats]:
    """Objectives of zoning plans that the front does not weigh, straight from the classes of the parcels."""
    others = [name for name in _all(question, asked.study) if name not in front.names]
    if not others or not len(front):
        return {}
    numbers = Numbers.of(replace(question, objectives=tuple(others), limits={}), asked.instance)
    values = numbers.values(classes_of(asked.matrix, front))
    return {name: values[:, k] for k, name in enumerate(others)}


def classes_of(matrix: Matrix, front: Front) -> NDArray[np.intp]:
    """Class of every parcel in every plan of a zoning front, shape (points, parcels)."""
    found = [assigned(matrix, front.plans[k : k + AT_ONCE].toarray()) for k in range(0, len(front), AT_ONCE)]
    return np.concatenate(found) if found else assigned(matrix, np.zeros((0, matrix.shape[1])))
