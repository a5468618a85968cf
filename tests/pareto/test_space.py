"""The space of objective values: steps, and rounding to them, against listing all values."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.algebra.matrix import Matrix
from formulations.algebra.program import Program
from instances.index import Index
from solver.pareto.space import Space


def program(first: list[float], second: list[float]) -> Matrix:
    made = Program("space")
    x = made.binary("x", Index("item", len(first)))
    made.objective("a", (np.array(first) * x).sum() + 0.25)
    made.objective("b", (np.array(second) * x).sum())
    made.subject_to(some=x.sum() >= 0)
    return made.matrix()


coefficients = st.lists(st.integers(-400, 400).filter(bool).map(lambda v: v / 100), min_size=3, max_size=5)


@given(coefficients)
def test_all_values_lie_on_the_steps(numbers: list[float]) -> None:
    space = Space.of(program(numbers, [1.0] * len(numbers)))
    X = np.array(list(itertools.product((0.0, 1.0), repeat=len(numbers))))
    exact = X @ np.array(numbers) + 0.25
    multiples = (exact - space.c0[0]) / space.step[0]
    np.testing.assert_allclose(multiples, np.round(multiples), atol=1e-6)
    np.testing.assert_allclose(space.values(X)[:, 0], exact, atol=1e-9)


@given(coefficients, st.floats(-20, 20))
def test_rounding_a_bound_up_passes_no_value(numbers: list[float], bound: float) -> None:
    space = Space.of(program(numbers, [1.0] * len(numbers)))
    X = np.array(list(itertools.product((0.0, 1.0), repeat=len(numbers))))
    Y = space.values(X)
    up, down = space.raised(np.array([bound, 0.0])), space.below(np.array([bound, 0.0]))
    margin = 1e-5 * space.step[0]
    assert not ((Y[:, 0] > bound + margin) & (Y[:, 0] < up[0] - margin)).any()
    assert not ((Y[:, 0] < bound - margin) & (Y[:, 0] > down[0] + margin)).any()
    assert down[0] < bound + margin


def test_coefficients_without_a_common_measure_have_no_step() -> None:
    space = Space.of(program([np.pi, np.e, 1.0], [2.0, 4.0, 6.0]))
    np.testing.assert_array_equal(space.step, [0.0, 2.0])
    assert not space.discrete
    assert space.resolution(np.array([1.0, 1.0])) == 0.0
    assert space.resolution(np.array([0.0, 3.0])) == 6.0


def test_every_fault_of_the_names_is_told_at_once() -> None:
    matrix = program([1.0, 2.0, 3.0], [1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match="unknown") as error:
        Space.of(matrix, ["nothing"])
    assert "two objectives" in str(error.value)
