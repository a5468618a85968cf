"""Supported points, against the lower hull of all points as scipy computes it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from solver.pareto import supported
from solver.pareto.archive import Archive, Budget
from solver.pareto.scalar import Scalars
from solver.pareto.space import Space
from tests.pareto.finite import pick_one, true_front


def _corners(front):
    """Corners of the lower left hull, by turning directions: Andrew's chain over the sorted points."""
    chain = []
    for y in front[np.lexsort(front.T[::-1])].astype(float):
        while len(chain) > 1 and np.linalg.det(np.array([chain[-1] - chain[-2], y - chain[-2]])) <= 1e-9:
            chain.pop()
        chain.append(y)
    return np.array(chain)


@settings(max_examples=25)
@given(st.integers(2, 14).flatmap(lambda n: arrays(np.int64, (n, 2), elements=st.integers(-8, 8))))
def test_every_corner_of_the_lower_hull_is_found(values):
    space = Space.of(pick_one(values.astype(float)))
    archive = Archive.empty(space)
    assert not supported.run(Scalars(space), archive, Budget())
    found = {tuple(y) for y in archive.points}
    front = {tuple(y) for y in true_front(values)}
    assert {tuple(y) for y in _corners(true_front(values))} <= found <= front


@settings(max_examples=10)
@given(st.integers(2, 8).flatmap(lambda n: arrays(np.int64, (n, 3), elements=st.integers(-5, 5))))
def test_weighted_sums_of_three_objectives_prove_what_no_plan_contradicts(values):
    space = Space.of(pick_one(values.astype(float)))
    archive = Archive.empty(space)
    supported.run(Scalars(space), archive, Budget(solves=15))
    for fact in archive.bounds.facts:
        inside = (values <= fact.within).all(axis=1)
        assert (values[inside] @ fact.weights >= fact.value - 1e-6).all()
    assert {tuple(y) for y in archive.points} <= {tuple(y) for y in true_front(values)}


@pytest.mark.parametrize(("p", "divisions", "number"), [(2, 4, 5), (3, 4, 15), (4, 3, 20)])
def test_even_weights_are_all_shares_in_whole_parts(p, divisions, number):
    weights = supported.even_weights(p, divisions)
    assert weights.shape == (number, p)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    assert len(np.unique(weights, axis=0)) == number and (weights >= 0).all()
