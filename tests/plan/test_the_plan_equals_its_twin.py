"""The formulation against a model written by hand in Pyomo, and against enumeration of every first stage."""

from __future__ import annotations

import itertools

import numpy as np
import pyomo.environ as pyo
import pytest
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from formulations.algebra.matrix import Matrix
from formulations.plan import CorridorRules, IntegratedPlan, Promise, ShelterRules, StockRules
from tests.instances.tiny import tiny_instance
from tests.plan.twin import twin

PEOPLE = {"cost": 1.0, "unserved": 5000.0, "travel": 1.0, "disturbance": 0.1}
GOODS = {"cost": 1.0, "unserved": 5000.0, "shortage": 50.0, "operations": 1.0}

QUESTIONS = {
    "people may be divided": (IntegratedPlan(objectives=tuple(PEOPLE)), PEOPLE),
    "communities stay whole": (IntegratedPlan(shelters=ShelterRules(whole=True), objectives=tuple(PEOPLE)), PEOPLE),
    "one mode at a time": (IntegratedPlan(shelters=ShelterRules(one_mode=True), objectives=tuple(PEOPLE)), PEOPLE),
    "without the tightening rows": (
        IntegratedPlan(shelters=ShelterRules(linked=False), objectives=tuple(PEOPLE)),
        PEOPLE,
    ),
    "nothing may be strengthened": (IntegratedPlan(harden="none", objectives=tuple(PEOPLE)), PEOPLE),
    "every link may be strengthened": (IntegratedPlan(harden="all", objectives=tuple(PEOPLE)), PEOPLE),
    "the tail and the worst": (
        IntegratedPlan(objectives=("cost", "unserved_cvar", "unserved_worst"), alpha=0.7),
        {"cost": 1.0, "unserved_cvar": 3000.0, "unserved_worst": 200.0},
    ),
    "stock goes straight": (IntegratedPlan(stock=StockRules(), objectives=tuple(GOODS)), GOODS),
    "stock is relayed and stands": (
        IntegratedPlan(stock=StockRules(relay=True, standing=0.5), objectives=tuple(GOODS)),
        GOODS,
    ),
    "stock covers the time until help comes": (
        IntegratedPlan(stock=StockRules(days=1.5), objectives=tuple(GOODS)),
        GOODS,
    ),
    "corridors": (
        IntegratedPlan(
            stock=StockRules(), corridors=CorridorRules(holds="extreme"), objectives=("cost", "unserved", "shortage")
        ),
        {"cost": 1.0, "unserved": 5000.0, "shortage": 50.0},
    ),
    "promises": (
        IntegratedPlan(
            stock=StockRules(),
            promises=(Promise("moderate", 0.1, short=0.3), Promise("high", 0.5, by_zone=True)),
            objectives=("cost",),
        ),
        {"cost": 1.0},
    ),
    "budget and counts": (
        IntegratedPlan(budget=40000, counts={"stay": 1}, objectives=("unserved", "cost")),
        {"unserved": 1000.0, "cost": 0.001},
    ),
    "a limit on an objective": (
        IntegratedPlan(limits={"unserved": 3.0}, objectives=("cost", "unserved")),
        {"cost": 1.0},
    ),
}


def optimum(matrix: Matrix, weights: dict[str, float]) -> float | None:
    """Optimum found by SciPy's own solver, None if infeasible."""
    c, constant = matrix.cost(weights)
    answer = milp(
        c,
        constraints=LinearConstraint(matrix.A, matrix.row_lower, matrix.row_upper),
        integrality=matrix.integer.astype(int),
        bounds=Bounds(matrix.lower, matrix.upper),
        options={"mip_rel_gap": 1e-9},
    )
    return None if answer.x is None else float(answer.fun) + constant


def twin_optimum(question: IntegratedPlan, instance: object, weights: dict[str, float]) -> float | None:
    """Optimum of the hand-written Pyomo model, None if infeasible."""
    solver = pyo.SolverFactory("appsi_highs")
    solver.highs_options = {"mip_rel_gap": 1e-9}
    answer = solver.solve(twin(question, instance, weights), load_solutions=False)
    if answer.solver.termination_condition == pyo.TerminationCondition.infeasible:
        return None
    assert answer.solver.termination_condition == pyo.TerminationCondition.optimal
    return float(answer.problem.upper_bound)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", QUESTIONS)
def test_the_optimum_equals_that_of_a_model_written_by_hand(name: str, seed: int) -> None:
    question, weights = QUESTIONS[name]
    instance = tiny_instance(seed=seed)
    ours = optimum(question.build(instance).matrix(), weights)
    theirs = twin_optimum(question, instance, weights)
    assert (ours is None) == (theirs is None)
    if ours is not None and theirs is not None:
        assert ours == pytest.approx(theirs, rel=1e-6, abs=1e-6)


def test_some_of_the_questions_bind() -> None:
    """The comparison would prove little if rules never mattered."""
    instance = tiny_instance(seed=0)
    free = optimum(IntegratedPlan(objectives=("cost", "unserved")).build(instance).matrix(), {"unserved": 1000.0})
    question, weights = QUESTIONS["budget and counts"]
    bound = optimum(question.build(instance).matrix(), {**weights, "cost": 0.0})
    assert free is not None and bound is not None
    assert bound > free + 1


@pytest.mark.parametrize("seed", range(3))
def test_enumerating_every_first_stage_finds_no_better_plan(seed: int) -> None:
    instance = tiny_instance(demand=3, sites=2, scenarios=2, seed=seed)
    weights = {"cost": 1.0, "unserved": 4000.0}
    matrix = IntegratedPlan(objectives=tuple(weights)).build(instance).matrix()
    c, constant = matrix.cost(weights)
    whole = np.flatnonzero(matrix.integer)
    assert 2 <= whole.size <= 12
    best = np.inf
    for choice in itertools.product((0.0, 1.0), repeat=whole.size):
        lower, upper = matrix.lower.copy(), matrix.upper.copy()
        lower[whole] = upper[whole] = choice
        free_up, free_low = np.isfinite(matrix.row_upper), np.isfinite(matrix.row_lower)
        answer = linprog(
            c,
            A_ub=np.vstack([matrix.A[free_up].toarray(), -matrix.A[free_low].toarray()]),
            b_ub=np.concatenate([matrix.row_upper[free_up], -matrix.row_lower[free_low]]),
            bounds=np.column_stack([lower, upper]),
        )
        if answer.status == 0:
            best = min(best, answer.fun + constant)
    assert optimum(matrix, weights) == pytest.approx(best, rel=1e-7)
