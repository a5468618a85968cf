"""The bound on every hypervolume, against exact volumes and against fronts that keep the facts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.pareto.assemble import hypervolume
from solver.pareto.bounds import Fact, LowerBounds
from solver.pareto.ceiling import ceiling


def bounds_of(*facts, p=2):
    bounds = LowerBounds(np.zeros(p))
    for weights, value in facts:
        bounds.add(Fact(np.full(p, np.inf), np.array(weights, float), value))
    return bounds


def test_nothing_known_is_the_whole_box():
    assert ceiling(bounds_of(), np.array([4.0, 2.0]), np.zeros(2)) == pytest.approx(1.0)


@pytest.mark.parametrize(("p", "volume"), [(2, 1 / 2), (3, 1 - 1 / 6), (4, 1 - 1 / 24)])
def test_a_corner_cut_off_by_a_sum_is_that_simplex(p, volume):
    found = ceiling(bounds_of((np.ones(p), 1.0), p=p), np.ones(p), np.zeros(p))
    assert volume <= found <= volume + 0.01


def test_units_do_not_matter():
    one = ceiling(bounds_of(([1, 1], 1.0)), np.ones(2), np.zeros(2))
    bounds = LowerBounds(np.array([100.0, -3e6]))
    bounds.add(Fact(np.full(2, np.inf), np.array([1.0, 1e-6]), 100.0 - 3.0 + 1.0))
    assert ceiling(bounds, np.array([101.0, -2e6]), np.array([100.0, -3e6])) == pytest.approx(one, abs=1e-6)


def test_a_fact_under_limits_says_nothing_about_the_whole():
    bounds = LowerBounds(np.zeros(2))
    bounds.add(Fact(np.array([0.5, np.inf]), np.ones(2), 1.9))
    assert ceiling(bounds, np.ones(2), np.zeros(2)) == pytest.approx(1.0)


@settings(max_examples=50, deadline=None)
@given(st.integers(2, 5), st.integers(0, 10_000))
def test_no_set_of_points_that_keeps_the_facts_has_more(p, seed):
    rng = np.random.default_rng(seed)
    points = rng.random((20, p))
    weights = [*np.eye(p), *rng.dirichlet(np.ones(p), 6)]
    facts = [(w, float((points @ w).min())) for w in weights]
    bounds = bounds_of(*facts, p=p)
    ideal, reference = bounds.ideal, points.max(axis=0) * 1.1
    assert hypervolume(points, reference, ideal) <= ceiling(bounds, reference, ideal, cells=2_000) + 1e-9
