from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.implied import implied_bounds
from solver.safe_bound import safe_bound
from tests.solver.programs import enumerated, matrix_of, whole_programs

WEIGHTS = {"f0": 2.0, "f1": 0.5}


def exact_lagrangian(matrix, weights, y):
    """The same bound in rational numbers, where nothing is rounded; None if not finite."""
    w = [Fraction(weights.get(name, 0.0)) for name in matrix.objectives]
    C, A = matrix.C.toarray(), matrix.A.toarray()
    total = sum((wk * Fraction(c) for wk, c in zip(w, matrix.c0, strict=True)), Fraction(0))
    for i, yi in enumerate(y):
        side = matrix.row_lower[i] if yi > 0 else matrix.row_upper[i]
        if yi:
            total += Fraction(yi) * Fraction(side)
    for j in range(matrix.shape[1]):
        r = sum((wk * Fraction(C[k, j]) for k, wk in enumerate(w)), Fraction(0))
        r -= sum((Fraction(A[i, j]) * Fraction(yi) for i, yi in enumerate(y)), Fraction(0))
        ends = [e for e, used in ((matrix.lower[j], r > 0), (matrix.upper[j], r < 0)) if used]
        if ends and np.isinf(ends[0]):
            return None
        total += r * Fraction(ends[0]) if ends else 0
    return total


@given(whole_programs(), st.lists(st.floats(-1e3, 1e3), min_size=4, max_size=4))
@settings(max_examples=200)
def test_no_duals_whatever_lift_the_bound_above_the_optimum(matrix, duals):
    best = enumerated(matrix, WEIGHTS)
    found = safe_bound(matrix, WEIGHTS, np.array(duals[: matrix.shape[0]])).value
    if best is not None:
        assert Fraction(found) <= Fraction(best)


@given(st.integers(0, 2**31))
@settings(max_examples=200)
def test_the_bound_is_never_above_its_exact_value_in_rational_numbers(seed):
    rng = np.random.default_rng(seed)
    rows, columns = rng.integers(1, 9), rng.integers(1, 9)
    size = 10.0 ** rng.integers(-6, 7, (rows, columns))
    A = rng.normal(size=(rows, columns)) * size
    matrix = matrix_of(
        A,
        rng.normal(size=rows) - 5.0,
        rng.normal(size=rows) + 5.0,
        -rng.uniform(0, 9, columns),
        rng.uniform(0, 9, columns),
        False,
        rng.normal(size=(2, columns)),
        rng.normal(size=2),
    )
    weights = {"f0": rng.uniform(0, 3), "f1": rng.uniform(0, 3)}
    y = rng.normal(size=rows) * 10.0 ** rng.integers(-3, 4)
    found = safe_bound(matrix, weights, y).value
    at_zero = exact_lagrangian(matrix, weights, np.zeros(rows))
    at_duals = exact_lagrangian(matrix, weights, y)
    exact = max(at_zero, at_duals)
    assert Fraction(found) <= exact
    scale = abs(A).sum() * abs(y).max() * 9 + 100
    assert float(exact) - found <= 1e-12 * scale


def test_a_column_without_a_bound_is_named_as_the_reason_for_no_bound():
    matrix = matrix_of([[1.0, 1.0]], [1.0], [np.inf], [0, 0], [np.inf, 1], False, [[-1.0, 1.0]])
    found = safe_bound(matrix, {"f0": 1.0}, np.zeros(1))
    assert (found.value, found.open_columns) == (-np.inf, (0,))


def test_a_bound_that_a_row_implies_is_as_good_as_a_declared_one():
    """max x s.t. x + y <= 4: x has no bound of its own, the row gives one."""
    matrix = matrix_of([[1.0, 1.0]], [-np.inf], [4.0], [0, 0], [np.inf, 1], False, [[-1.0, 0.0]])
    assert safe_bound(matrix, {"f0": 1.0}, np.zeros(1)).value == pytest.approx(-4.0)
    assert safe_bound(matrix, {"f0": 1.0}, np.array([-1.0 + 1e-9])).value <= -4.0


def test_a_plan_at_hand_bounds_what_nothing_else_does():
    """min 2 x + y s.t. x + y >= 3 without upper bounds: rounding in the duals would leave no bound at all."""
    matrix = matrix_of([[1.0, 1.0]], [3.0], [np.inf], [0, 0], [np.inf, np.inf], False, [[2.0, 1.0]])
    slightly_off = np.array([1.0 + 1e-12])
    assert safe_bound(matrix, {"f0": 1.0}, slightly_off).value == 0.0
    found = safe_bound(matrix, {"f0": 1.0}, slightly_off, known=3.5).value
    assert found <= 3.0
    assert found == pytest.approx(3.0)


@given(whole_programs())
@settings(max_examples=100)
def test_implied_bounds_cut_off_no_feasible_point(matrix):
    free_low, free_high = np.full(matrix.shape[1], -np.inf), np.full(matrix.shape[1], np.inf)
    half = np.arange(matrix.shape[1]) % 2 == 0
    low, high = np.where(half, matrix.lower, free_low), np.where(half, matrix.upper, free_high)
    found = implied_bounds(matrix.A, matrix.row_lower, matrix.row_upper, low, high)
    grid = np.stack(np.meshgrid(*[np.arange(-4.0, 6.0)] * matrix.shape[1], indexing="ij"), -1).reshape(
        -1, matrix.shape[1]
    )
    AX = grid @ matrix.A.toarray().T
    inside = ((AX >= matrix.row_lower) & (AX <= matrix.row_upper)).all(axis=1) & ((grid >= low) & (grid <= high)).all(
        axis=1
    )
    assert (grid[inside] >= found[0]).all() and (grid[inside] <= found[1]).all()


def test_implied_bounds_follow_chains_of_rows():
    matrix = matrix_of(
        [[1, 0, 0], [-1, 1, 0], [0, -2, 1]], [-np.inf] * 3, [3, 1, 0], [0, 0, -np.inf], [np.inf] * 3, False, [[1, 1, 1]]
    )
    low, high = implied_bounds(matrix.A, matrix.row_lower, matrix.row_upper, matrix.lower, matrix.upper)
    assert high == pytest.approx([3, 4, 8])
    assert (high >= [3, 4, 8]).all()
    assert low.tolist() == [0, 0, -np.inf]
