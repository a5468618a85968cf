"""Fewer points that stand for a front."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from solver.pareto.front import nondominated
from solver.pareto.thinning import thinned

POINTS = arrays(np.int64, st.tuples(st.integers(1, 25), st.just(2)), elements=st.integers(0, 60))


def _dominated_area(points, reference):
    moocore = pytest.importorskip("moocore")
    return moocore.hypervolume(points, ref=reference)


@given(POINTS, st.integers(2, 12))
def test_as_many_stay_as_asked_for_with_both_ends_in_order(values, most):
    points = values[nondominated(values)].astype(float)
    rng = np.random.default_rng(0).permutation(len(points))
    kept = thinned(points[rng], most)
    assert len(kept) == min(len(points), most)
    chosen = points[rng][kept]
    assert (np.diff(chosen[:, 0]) > 0).all()
    np.testing.assert_array_equal(chosen.min(axis=0), points.min(axis=0))


@given(POINTS)
def test_one_point_less_costs_the_least_hypervolume_that_an_inner_point_can(values):
    points = values[nondominated(values)].astype(float)
    if len(points) < 4:
        return
    reference = points.max(axis=0) + 1.0
    kept = _dominated_area(points[thinned(points, len(points) - 1)], reference)
    others = [_dominated_area(np.delete(points, k, axis=0), reference) for k in range(1, len(points) - 1)]
    assert kept == pytest.approx(max(others))


def test_near_twins_go_first():
    points = np.array([[0.0, 10.0], [4.0, 5.0], [4.1, 4.9], [9.0, 1.0], [12.0, 0.0]])
    assert thinned(points, 4).tolist() in ([0, 1, 3, 4], [0, 2, 3, 4])
