"""A p-median written on the algebra, against enumeration and against the matrices of other libraries."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from formulations.algebra.matrix import Matrix
from tests.benchmarks.build_matrix import Data, compare, example, ours


def solve(matrix: Matrix) -> tuple[float, np.ndarray]:
    c, constant = matrix.cost({"distance": 1.0})
    rows = LinearConstraint(matrix.A, matrix.row_lower, matrix.row_upper)
    found = milp(c, integrality=matrix.integer, bounds=(matrix.lower, matrix.upper), constraints=rows)
    return (float(found.fun) + constant, found.x) if found.success else (np.inf, np.array([]))


def enumerated(data: Data) -> float:
    """Best total over all choices of p sites, infinite if a demand has no open site within reach."""
    cost = np.full((data.demand.size, data.site.size), np.inf)
    np.put_along_axis(cost, data.nearest, data.cost, axis=1)
    chosen = combinations(range(data.site.size), data.p)
    return min(float(cost[:, list(sites)].min(axis=1).sum()) for sites in chosen)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 7), st.integers(1, 5), st.data())
def test_the_optimum_is_that_of_enumeration(demand: int, sites: int, draw: st.DataObject) -> None:
    near, p = draw.draw(st.integers(1, sites)), draw.draw(st.integers(1, sites))
    made = example(demand, sites, near, seed=draw.draw(st.integers(0, 2**32 - 1)))
    data = Data(made.demand, made.site, made.nearest, made.cost, p)
    matrix = ours(data)
    best, x = solve(matrix)
    assert best == pytest.approx(enumerated(data), rel=1e-6)
    if np.isfinite(best):
        assert matrix.violations(x).largest < 1e-6
        assert matrix.objective_values(x)["distance"] == pytest.approx(best)
        assert matrix.value("open", x).sum() == pytest.approx(p)
        assert solve(matrix.relax())[0] <= best + 1e-6


def test_linopy_and_pyomo_make_the_same_matrix_entry_by_entry() -> None:
    pytest.importorskip("linopy")
    assert compare(example(30, 12, 5)) == {"linopy, pairs": [], "linopy, block": [], "Pyomo, matrix": []}


def test_the_comparison_of_matrices_sees_a_difference() -> None:
    from tests.benchmarks import build_matrix

    one, other = example(6, 4, 2), example(6, 4, 2, seed=2)
    first, second = (build_matrix.ready_from_ours(ours(data)) for data in (one, other))
    assert set(build_matrix.differences(first, second)) == {"cost", "A"}
