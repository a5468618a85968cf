"""Plans nearest to a reference point, against enumeration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from solver.pareto import tchebycheff as engine
from solver.pareto.archive import Archive, Budget
from solver.pareto.scalar import Scalars
from solver.pareto.space import Space
from solver.pareto.tchebycheff import RHO, tchebycheff
from tests.pareto.finite import pick_one, true_front

CASES = st.integers(2, 3).flatmap(
    lambda p: st.tuples(
        st.integers(2, 10).flatmap(lambda n: arrays(np.int64, (n, p), elements=st.integers(-5, 5))),
        arrays(np.int64, p, elements=st.integers(-7, 7)),
        arrays(np.int64, p, elements=st.integers(1, 4)),
    )
)


@settings(max_examples=25)
@given(CASES)
def test_no_plan_is_nearer_and_the_one_found_is_on_the_front(case):
    values, reference, scale = (part.astype(float) for part in case)
    found = tchebycheff(Scalars(Space.of(pick_one(values))), reference, scale)
    apart = (values - reference) / scale
    cost = apart.max(axis=1) + RHO * apart.sum(axis=1)
    y = found.outcome.y
    assert ((y - reference) / scale).max() == found.shortfall
    assert found.shortfall + RHO * ((y - reference) / scale).sum() <= cost.min() + 1e-6
    assert tuple(y) in {tuple(point) for point in true_front(values)}


@settings(max_examples=25)
@given(CASES)
def test_what_is_proven_contradicts_no_plan(case):
    values, reference, scale = (part.astype(float) for part in case)
    found = tchebycheff(Scalars(Space.of(pick_one(values))), reference, scale)
    assert found.facts
    for fact in found.facts:
        inside = (values <= fact.within).all(axis=1)
        assert (values[inside] @ fact.weights >= fact.value - 1e-4).all()


@settings(max_examples=12)
@given(CASES)
def test_wishes_at_the_corners_of_open_zones_find_every_point_and_no_other(case):
    values = case[0].astype(float)
    space = Space.of(pick_one(values))
    archive = Archive.empty(space)
    assert engine.run(Scalars(space), archive, Budget())
    found = archive.points[np.lexsort(archive.points.T[::-1])]
    np.testing.assert_allclose(found, true_front(values), atol=1e-9)


def test_an_unsupported_point_is_found_that_no_weights_find():
    values = np.array([[0.0, 10.0], [6.0, 6.0], [10.0, 0.0]])
    found = tchebycheff(Scalars(Space.of(pick_one(values))), np.array([4.0, 4.0]), np.ones(2))
    assert tuple(found.outcome.y) == (6.0, 6.0)


def test_faults_are_told_together():
    ask = Scalars(Space.of(pick_one(np.eye(2))))
    with pytest.raises(ValueError, match=r"(?s)reference.*scale.*rho"):
        tchebycheff(ask, np.zeros(3), np.array([1.0, 0.0]), rho=0.0)
