"""The same program object, solved by HiGHS, in Pyomo, from an MPS file by SCIP, and by CP-SAT, has one optimum."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from formulations.algebra.matrix import Matrix
from formulations.plan import CorridorRules, IntegratedPlan, Promise, ShelterRules, StockRules
from instances.instance import Instance
from solver import solve
from solver.backends.highs import write
from tests.instances.tiny import tiny_instance

QUESTIONS = {
    "shelters": (IntegratedPlan(objectives=("cost", "unserved", "travel")), {"cost": 1, "unserved": 4000, "travel": 1}),
    "everything": (
        IntegratedPlan(
            stock=StockRules(days=3),
            corridors=CorridorRules(),
            promises=(Promise("moderate", unserved=0.5),),
            objectives=("cost", "unserved_cvar", "shortage"),
            alpha=0.5,
        ),
        {"cost": 1, "unserved_cvar": 2000, "shortage": 30},
    ),
}


def by_scip(matrix: Matrix, weights: dict[str, float], path: Path) -> float:
    """Optimum that SCIP finds from the file alone."""
    from ortools.linear_solver.python import model_builder

    write(matrix, weights, path)
    model = model_builder.Model()
    assert model.import_from_mps_file(str(path))
    solver = model_builder.Solver("scip")
    assert solver.solver_is_supported()
    assert solver.solve(model) == model_builder.SolveStatus.OPTIMAL
    return float(solver.objective_value)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", QUESTIONS)
def test_every_way_out_of_the_program_leads_to_the_same_optimum(name: str, seed: int, tmp_path: Path) -> None:
    question, weights = QUESTIONS[name]
    matrix = question.build(tiny_instance(seed=seed)).matrix()
    highs = solve(matrix, weights, gap=0.0)
    assert highs.certificate is not None and highs.certificate.ok
    assert highs.status.value in ("proven", "within gap")
    assert highs.value == pytest.approx(solve(matrix, weights, gap=0.0, backend="pyomo").value, rel=1e-6)
    # ranges of rows and the constant of the objective survive the file
    assert highs.value == pytest.approx(by_scip(matrix, weights, tmp_path / "plan.mps"), rel=1e-5)


def in_whole_numbers(instance: Instance) -> Instance:
    """The same town with room, money and disturbance in whole numbers, sites usable altogether or not at all."""
    options, effects = instance.options, instance.effects
    assert options is not None and effects is not None
    return dataclasses.replace(
        instance,
        options=dataclasses.replace(
            options,
            capacity=np.round(options.capacity),
            cost=np.round(options.cost),
            ready=np.round(options.ready),
            footprint=np.ones_like(options.footprint),
        ),
        effects=dataclasses.replace(effects, need=np.round(effects.need), usable=np.round(effects.usable)),
    )


@pytest.mark.parametrize("seed", range(3))
def test_communities_that_stay_whole_are_a_program_for_cp_sat(seed: int) -> None:
    instance = in_whole_numbers(tiny_instance(seed=seed))
    promises = (Promise("moderate", unserved=0.5),)
    question = IntegratedPlan(shelters=ShelterRules(whole=True), promises=promises, objectives=("cost",))
    matrix = question.build(instance).matrix()
    assert matrix.integer.all()
    highs = solve(matrix, {"cost": 1}, gap=0.0)
    cpsat = solve(matrix, {"cost": 1}, gap=0.0, backend="cpsat")
    assert cpsat.status is highs.status
    if highs.value is not None:
        assert cpsat.value == pytest.approx(highs.value)
        assert cpsat.certificate is not None and cpsat.certificate.ok


def test_a_plan_that_was_tampered_with_is_caught_by_name() -> None:
    from solver import verify

    question, weights = QUESTIONS["shelters"]
    matrix = question.build(tiny_instance(seed=0)).matrix()
    solution = solve(matrix, weights)
    assert solution.x is not None
    forged = np.array(solution.x)
    block = matrix.columns["open"]
    opened = block.start + int(np.argmax(forged[block.span]))
    assert forged[opened] == 1
    forged[opened] = 0.0  # money saved, people still sent there
    certificate = verify(matrix, weights, forged, claimed_value=solution.value)
    assert not certificate.ok
    text = " ".join(certificate.problems)
    assert "capacity" in text or "linked" in text
    assert matrix.column_label(opened).split("[")[1].rstrip("]") in text
