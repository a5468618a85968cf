from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.backends.highs import write
from solver.backends.pyomo import solve_with_pyomo
from solver.solution import Status
from solver.solve import solve
from tests.solver.programs import enumerated, facilities, matrix_of, whole_programs

WEIGHTS = {"f0": 2.0, "f1": 0.5}


def scip(path):
    """Optimum of a file by SCIP, reading with its own reader; None if infeasible."""
    from ortools.linear_solver.python import model_builder

    model = model_builder.Model()
    assert model.import_from_mps_file(str(path))
    solver = model_builder.Solver("scip")
    status = solver.solve(model)
    if status == model_builder.SolveStatus.INFEASIBLE:
        return None
    assert status == model_builder.SolveStatus.OPTIMAL
    return solver.objective_value


def same(found, best):
    return found == pytest.approx(best, rel=1e-9, abs=1e-7)


@given(whole_programs())
@settings(max_examples=40)
@pytest.mark.parametrize("backend", ["highs", "cpsat", "pyomo"])
def test_every_backend_finds_the_optimum_that_enumeration_finds(backend, matrix):
    best = enumerated(matrix, WEIGHTS)
    found = solve(matrix, WEIGHTS, gap=0, backend=backend)
    if best is None:
        assert found.status is Status.INFEASIBLE
        assert found.x is None
    else:
        assert found.status is Status.PROVEN
        assert same(found.value, best)
        assert found.certificate.ok
        assert found.bound <= found.value
        assert found.certificate.verified_bound <= best + 1e-12


@given(whole_programs())
@settings(max_examples=30)
def test_scip_finds_the_same_optimum_in_the_file_we_write(tmp_path_factory, matrix):
    path = tmp_path_factory.mktemp("mps") / "program.mps"
    write(matrix, WEIGHTS, path)
    best, found = enumerated(matrix, WEIGHTS), scip(path)
    assert (found is None) == (best is None)
    assert best is None or same(found, best)


@pytest.mark.parametrize("seed", range(4))
def test_solvers_agree_on_a_mixed_program(seed, tmp_path):
    matrix, weights = facilities(seed=seed).matrix(), {"cost": 1.0, "walk": 0.7}
    found = solve(matrix, weights, gap=0)
    by_pyomo = solve(matrix, weights, gap=0, backend="pyomo")
    direct = solve_with_pyomo(matrix, weights, gap=0.0)
    write(matrix, weights, tmp_path / "program.mps")
    assert found.status is by_pyomo.status is Status.PROVEN
    assert same(by_pyomo.value, found.value)
    assert same(float(matrix.cost(weights)[0] @ direct.x), found.value)
    assert same(direct.bound, found.value)
    assert same(scip(tmp_path / "program.mps"), found.value)


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_a_linear_program_has_the_value_that_scipy_finds_and_a_tight_verified_bound(seed):
    from scipy.optimize import linprog

    rng = np.random.default_rng(seed)
    rows, columns = rng.integers(1, 12), rng.integers(1, 12)
    A = np.round(rng.normal(size=(rows, columns)), 2) * (rng.random((rows, columns)) < 0.6)
    inside = rng.uniform(0, 3, columns)
    upper = np.where(rng.random(columns) < 0.5, 4.0, np.inf)
    row_upper = A @ inside + rng.uniform(0, 1, rows)
    cost = np.where(np.isinf(upper), rng.uniform(0.01, 1, columns), rng.normal(size=columns))
    matrix = matrix_of(A, np.full(rows, -np.inf), row_upper, np.zeros(columns), upper, False, cost, [5.0])
    other = linprog(
        cost, A_ub=A, b_ub=row_upper, bounds=list(zip(np.zeros(columns), upper, strict=True)), method="highs-ipm"
    )
    found = solve(matrix)
    assert found.status is Status.PROVEN
    assert found.value == pytest.approx(other.fun + 5.0, rel=1e-7, abs=1e-7)
    assert found.certificate.verified_bound <= found.value + 1e-9
    assert found.certificate.verified_bound == pytest.approx(found.value, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("factor", [1e-9, 1e-4, 1.0, 1e6])
@pytest.mark.parametrize("backend", ["highs", "cpsat"])
def test_the_unit_of_the_objective_does_not_change_the_plan(backend, factor):
    """HiGHS compares objectives within 1e-6 absolute; millionths of a unit must not be lost in that."""
    program = facilities(8, 4, seed=3, whole=True).matrix()
    plain = solve(program, {"cost": 1.0, "walk": 1.0}, gap=0)
    other = solve(program, {"cost": factor, "walk": factor}, gap=0, backend=backend)
    assert other.status is Status.PROVEN
    assert math.isclose(other.value, factor * plain.value, rel_tol=1e-9)


def test_a_relabelled_program_has_the_same_value():
    matrix = facilities(seed=5).matrix()
    rng = np.random.default_rng(0)
    r, j = rng.permutation(matrix.shape[0]), rng.permutation(matrix.shape[1])
    mixed = matrix_of(
        matrix.A.toarray()[r][:, j],
        matrix.row_lower[r],
        matrix.row_upper[r],
        matrix.lower[j],
        matrix.upper[j],
        matrix.integer[j],
        matrix.C.toarray()[:, j],
    )
    one, other = solve(matrix, {"cost": 1, "walk": 1}, gap=0), solve(mixed, {"f0": 1, "f1": 1}, gap=0)
    assert same(other.value, one.value)
