from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.backends.cpsat import NotIntegral, to_cpsat
from solver.backends.integers import exact, near_multiple, scaled_side, whole_multiple
from solver.solution import Status
from solver.solve import solve
from tests.solver.programs import facilities, matrix_of

BOTH = {"cost": 1.0, "walk": 1.0}


def whole(A, row_lower, row_upper, upper, C, **more):
    return matrix_of(A, row_lower, row_upper, np.zeros(len(upper)), upper, True, C, **more)


def test_continuous_variables_are_refused_by_name():
    with pytest.raises(NotIntegral, match="assign is continuous"):
        solve(facilities(), BOTH, backend="cpsat")


def test_every_fault_is_listed_at_once():
    matrix = matrix_of(
        [[np.pi, 1.0], [1.0, 1.0]], [-np.inf] * 2, [3.0, 1e18], [0, -np.inf], [9, np.inf], [True, False], [[1.0, 2.0]]
    )
    with pytest.raises(NotIntegral) as error:
        to_cpsat(matrix, {"f0": 1.0})
    assert len(error.value.faults) == 3
    assert "x is continuous" in str(error.value)
    assert "row[r0]" in str(error.value)
    assert "x[x1]" in str(error.value)


@pytest.mark.parametrize("big", [1e19, 1e17])
def test_numbers_beyond_64_bits_are_refused_by_name(big):
    matrix = whole([[1.0, 1.0]], [0.0], [big], [50, 50], [[big / 7, 1.0]])
    with pytest.raises(NotIntegral, match=r"row|objective"):
        to_cpsat(matrix, {"f0": 1.0 if big > 1e18 else 1e4})


def test_a_column_without_bounds_takes_those_of_the_rows_and_no_others():
    limited = whole([[1.0, 2.0]], [-np.inf], [7.0], [np.inf, 5], [[-1.0, -1.0]])
    assert solve(limited, backend="cpsat").value == -7.0
    free = whole([[1.0, -1.0]], [-np.inf], [7.0], [np.inf, np.inf], [[-1.0, 0.0]])
    with pytest.raises(NotIntegral, match="2 elements without finite bounds"):
        solve(free, backend="cpsat")


def test_decimals_thirds_and_halves_become_whole_rows_exactly():
    """0.1 x + 0.2 y <= 0.3 holds at (1, 1), though in doubles 0.1 + 0.2 > 0.3; x/3 + y/6 >= 1/2 too."""
    matrix = whole([[0.1, 0.2], [1 / 3, 1 / 6]], [-np.inf, 0.5], [0.3, np.inf], [3, 3], [[-1.0, -1.5]])
    found = solve(matrix, backend="cpsat", gap=0)
    assert found.x.tolist() in ([1.0, 1.0], [3.0, 0.0])
    assert found.value == min(-3.0, -2.5)


def test_a_bound_of_0_29_in_hundredths_is_29_and_not_28():
    assert scaled_side(0.29, 100, upper=True) == 29
    assert scaled_side(0.29, 10, upper=True) == 2
    assert scaled_side(0.29, 10, upper=False) == 3
    assert scaled_side(-np.inf, 10, upper=False) is None


@given(st.integers(-(10**9), 10**9), st.integers(0, 6))
def test_a_short_decimal_is_read_as_it_was_written(n, k):
    assert exact(float(f"{n}e-{k}")) == Fraction(n, 10**k)


@given(st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=1, max_size=5))
def test_whole_multiples_give_every_number_back_to_the_last_bit(values):
    found = whole_multiple(np.array(values))
    if found is not None:
        assert [float(Fraction(n, found[1])) for n in found[0]] == [v + 0.0 for v in values]


def test_no_common_denominator_is_said_and_not_rounded():
    assert whole_multiple(np.array([0.5, np.pi])) is None
    assert near_multiple(np.array([np.pi, 1e6]), np.ones(2)) is None


def test_the_noise_of_a_product_costs_no_more_than_it_says():
    given_ = np.array([3 * 0.1, 1.1])
    numbers, denominator, error = near_multiple(given_, np.array([100.0, 2.0]))
    assert (numbers, denominator) == ([3, 11], 10)
    true = 100 * abs(Fraction(3, 10) - Fraction(3 * 0.1)) + 2 * abs(Fraction(11, 10) - Fraction(1.1))
    assert Fraction(error) >= true > 0
    assert error < 1e-12


def test_an_equation_that_whole_numbers_cannot_meet_is_infeasible():
    assert solve(whole([[1.0]], [0.5], [0.5], [5], [[1.0]]), backend="cpsat").status is Status.INFEASIBLE
    narrow = matrix_of([[1.0]], [0.0], [5.0], [0.25], [0.75], True, [[1.0]])
    assert solve(narrow, backend="cpsat").status is Status.INFEASIBLE


def test_the_gap_counts_the_constant_of_the_objective():
    """With 1e6 added, a plan within 1 % of the sum is good enough; CP-SAT's own gap would not know the constant."""
    matrix = facilities(14, 7, seed=2, whole=True).matrix()
    shifted = facilities(14, 7, seed=2, whole=True)
    shifted.minimize(fixed=shifted.constant(1e6))
    found = solve(shifted, BOTH | {"fixed": 1.0}, gap=0.01, backend="cpsat", verify_bound=False)
    assert found.gap <= 0.01
    assert found.bound <= solve(matrix, BOTH, gap=0).value + 1e6
