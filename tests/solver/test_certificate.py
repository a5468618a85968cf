from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from solver.certificate import snapped, verify
from solver.solve import solve
from tests.solver.programs import facilities, matrix_of

WEIGHTS = {"cost": 1.0, "walk": 1.0}


@pytest.fixture(scope="module")
def matrix():
    return facilities(seed=2).matrix()


@pytest.fixture(scope="module")
def plan(matrix):
    return solve(matrix, WEIGHTS, gap=0).x


def test_an_untouched_plan_stands_up_to_the_check(matrix, plan):
    found = verify(matrix, WEIGHTS, plan)
    assert found.ok and found.feasible and found.problems == ()
    assert found.value == pytest.approx(sum(found.objectives.values()))
    json.dumps(found.to_dict(), allow_nan=False)


def test_a_plan_that_leaves_a_district_out_is_caught_by_name(matrix, plan):
    tampered = plan.copy()
    j = next(j for j in range(6, len(plan)) if plan[j] > 0.4)
    tampered[j] -= 0.25
    found = verify(matrix, WEIGHTS, tampered)
    district = matrix.column_label(j).removeprefix("assign[").split("|")[0]
    assert not found.ok
    assert any(f"served[{district}] is broken by 0.25" in problem for problem in found.problems)
    served = next(breach for breach in found.rows if breach.block == "served")
    assert (served.count, served.worst) == (1, (f"served[{district}]",))
    assert served.absolute == pytest.approx(0.25)


def test_a_plan_that_uses_a_closed_school_is_caught_by_name(matrix, plan):
    tampered = plan.copy()
    used = np.flatnonzero(plan[:6])[0]
    tampered[used] = 0.0
    found = verify(matrix, WEIGHTS, tampered)
    assert any(f"room[school {used}]" in problem for problem in found.problems)


def test_half_a_school_and_one_too_many_are_caught_by_name(matrix, plan):
    half, two = plan.copy(), plan.copy()
    half[np.flatnonzero(plan[:6])[0]] = 0.5
    two[np.flatnonzero(plan[:6])[0]] = 2.0
    used = f"open[school {np.flatnonzero(plan[:6])[0]}]"
    assert any(p.startswith(f"{used} is not whole, off by 0.5") for p in verify(matrix, WEIGHTS, half).problems)
    assert any(p.startswith(f"{used} lies outside its bounds by 1") for p in verify(matrix, WEIGHTS, two).problems)


def test_a_value_that_was_made_up_is_caught(matrix, plan):
    true = verify(matrix, WEIGHTS, plan).value
    assert any("value claimed" in p for p in verify(matrix, WEIGHTS, plan, claimed_value=true * 0.99).problems)
    assert verify(matrix, WEIGHTS, plan, claimed_value=true * (1 + 1e-9)).ok


def test_a_bound_above_the_plan_is_caught(matrix, plan):
    true = verify(matrix, WEIGHTS, plan).value
    assert any("bound claimed" in p for p in verify(matrix, WEIGHTS, plan, claimed_bound=true * 1.01).problems)
    assert verify(matrix, WEIGHTS, plan, claimed_bound=true).claimed_gap == 0.0


def test_values_that_are_missing_are_an_error_and_not_a_small_violation(matrix, plan):
    broken = plan.copy()
    broken[3] = np.nan
    with pytest.raises(ValueError, match=r"open\[school 3\]"):
        verify(matrix, WEIGHTS, broken)


def test_nearly_whole_numbers_are_made_whole_before_the_value_is_computed():
    matrix = matrix_of([[1.0, -1e6]], [-np.inf], [0.0], [0, 0], [1e6, 1], [False, True], [[1.0, 5.0]])
    x = np.array([0.5, 5e-7])
    assert verify(matrix, {"f0": 1.0}, x).problems == ("row[r0] is broken by 0.5 at most.",)
    assert snapped(matrix, x).tolist() == [0.5, 0.0]


def test_a_plan_whose_whole_numbers_were_rounded_is_settled_again_by_the_solve():
    """A coefficient of 1e7 lets HiGHS call y = 3e-7 zero and use 3 of what is closed; our plan must not."""
    rng = np.random.default_rng(0)
    n = 12
    A = np.hstack([np.eye(n), -1e7 * np.eye(n)])
    A = np.vstack([A, np.hstack([np.ones(n), np.zeros(n)])])
    matrix = matrix_of(
        A,
        [*[-np.inf] * n, 3.0],
        [*[0.0] * n, np.inf],
        np.zeros(2 * n),
        [*[1e7] * n, *[1.0] * n],
        [*[False] * n, *[True] * n],
        [[*rng.uniform(1, 2, n), *rng.uniform(50, 99, n)]],
    )
    found = solve(matrix, gap=0)
    x, y = found.x[:n], found.x[n:]
    assert found.certificate.ok
    assert set(y.tolist()) <= {0.0, 1.0}
    assert (x[y == 0] <= 1e-6).all()
    assert found.value >= 50.0


def test_rows_far_beyond_one_are_judged_by_their_size_and_small_ones_are_not_forgiven():
    big = matrix_of([[1e9, 1e9]], [-np.inf], [1e9], [0, 0], [1, 1], False, [[1.0, 1.0]])
    assert verify(big, {"f0": 1.0}, np.array([0.5, 0.5 + 1e-12])).ok
    assert not verify(big, {"f0": 1.0}, np.array([0.5, 0.5 + 1e-6])).ok


def test_the_certificate_of_a_stored_plan_can_be_made_again_from_its_duals(matrix):
    found = solve(matrix, WEIGHTS, gap=0).certificate
    again = verify(matrix, WEIGHTS, solve(matrix, WEIGHTS, gap=0).x, duals=found.duals)
    assert again.verified_bound == found.verified_bound
    worse = verify(matrix, WEIGHTS, solve(matrix, WEIGHTS, gap=0).x, duals=found.duals * 0.5)
    assert worse.verified_bound < found.verified_bound


def test_a_solution_of_another_program_does_not_pass(matrix, plan):
    other = dataclasses.replace(matrix, row_upper=np.where(np.isfinite(matrix.row_upper), 0.5, np.inf))
    assert not verify(other, WEIGHTS, plan, verify_bound=False).ok


def test_a_row_broken_within_its_tolerance_does_not_make_the_bound_a_lie():
    """A thousandth of a millionth bought at a price of 1e5 per unit: the plan is good, and so is the bound above it."""
    matrix = matrix_of([[1.0]], [10.0], [np.inf], [0.0], [20.0], False, [[1e5]])
    found = verify(matrix, {"f0": 1.0}, np.array([10.0 - 9e-7]))
    assert found.verified_bound > found.value
    assert found.ok and found.verified_gap == 0.0


def test_a_wrong_lowering_would_be_noticed(matrix, monkeypatch):
    """If the solver minimised something else than the matrix says, the value that it claims gives it away."""
    from solver.backends import highs

    original = highs._lowered
    monkeypatch.setattr(highs, "_lowered", lambda m, cost, constant: original(m, cost, constant + 1.0))
    found = solve(matrix, WEIGHTS, gap=0, verify_bound=False)
    assert not found.good
    assert any("value claimed" in problem for problem in found.certificate.problems)
