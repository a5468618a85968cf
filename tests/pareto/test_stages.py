"""All points in one pass: against enumeration, and for which programs it is not tried or given up."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from formulations.algebra.program import Program
from instances.index import Index
from solver.pareto.space import Space
from solver.pareto.stages import Stages
from tests.pareto.finite import true_front
from tests.pareto.published import read_knapsack


def rows(A: Floats, low: Floats, high: Floats, C: Floats, **bounds: object) -> Matrix:
    program = Program("rows")
    x = program.variable("x", Index("item", A.shape[1]), **{"upper": 1.0, "integer": True, **bounds})
    for k, terms in enumerate(C):
        program.objective(f"f{k}", (terms * x).sum())
    for k, terms in enumerate(A):
        program.subject_to(**{f"row{k}": (terms * x).sum() == 0.0})
    return replace(program.matrix(), row_lower=low, row_upper=high)


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.sampled_from([0, 1, 2]))
def test_of_partial_plans_only_such_are_dropped_as_another_one_replaces(seed: int, count: int, few: int) -> None:
    # compared after every column, or now and then; rows limited on both sides, from above, from below, or not at all
    rng = np.random.default_rng(seed)
    n = 9
    A = rng.integers(-2, 3, (count, n)).astype(float) * (rng.random((count, n)) < 0.5)
    C = rng.integers(-9, 10, (2 + seed % 2, n)).astype(float)
    low = np.where(rng.random(count) < 0.3, -np.inf, A.sum(axis=1).round() / 2 - rng.integers(0, 4, count))
    high = np.where(rng.random(count) < 0.3, np.inf, np.maximum(low, -5) + rng.integers(0, 4, count))
    matrix = rows(A, low, high, C)
    X = np.array(list(itertools.product((0.0, 1.0), repeat=n)))
    X = X[((X @ A.T >= low - 1e-9) & (X @ A.T <= high + 1e-9)).all(axis=1)]
    stages = Stages.of(Space.of(matrix))
    assert stages is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("solver.pareto.stages.FEW", few * 8)
        listed = stages.front(lambda: False)
    assert listed is not None
    plans = np.array([listed.plan(k) for k in range(len(listed))]).reshape(-1, n)
    np.testing.assert_array_equal(plans @ C.T, listed.values)
    assert (((plans @ A.T >= low - 1e-9) & (plans @ A.T <= high + 1e-9)).all(axis=1)).all()
    np.testing.assert_array_equal(true_front(listed.values), true_front(X @ C.T))


def test_other_columns_than_yes_or_no_and_broken_numbers_are_left_to_others() -> None:
    A, C, low, high = np.array([[1.0, 2.0]]), np.array([[1.0, 2.0], [-1.0, -1.0]]), np.array([-9.0]), np.array([2.0])
    assert Stages.of(Space.of(rows(A, low, high, C))) is not None
    assert Stages.of(Space.of(rows(A, low, high, C, upper=2.0))) is None
    assert Stages.of(Space.of(rows(A, low, high, C, integer=False))) is None
    assert Stages.of(Space.of(rows(A / 2 + 0.1, low, high, C))) is None


def test_it_ends_when_told_to() -> None:
    A, C = np.ones((1, 3)), np.array([[1.0, 2.0, 3.0], [-1.0, -1.0, -1.0]])
    stages = Stages.of(Space.of(rows(A, np.array([0.0]), np.array([2.0]), C)))
    assert stages is not None
    assert stages.front(lambda: True) is None


def test_a_knapsack_of_which_no_two_partial_plans_are_alike_is_given_up(benchmark_data: Path) -> None:
    stages = Stages.of(Space.of(read_knapsack(benchmark_data / "fronts" / "3kp50").matrix()))
    assert stages is not None
    assert stages.front(lambda: False) is None
