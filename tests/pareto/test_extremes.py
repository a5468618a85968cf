"""Ends of fronts, against enumeration."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from solver.pareto.archive import Archive
from solver.pareto.extremes import find_ends, largest, lexicographic
from solver.pareto.scalar import Scalars
from solver.pareto.space import Space
from tests.pareto.finite import pick_one, true_front


def _values(p):
    return st.integers(2, 10).flatmap(lambda n: arrays(np.int64, (n, p), elements=st.integers(-5, 5)))


def _started(values):
    space = Space.of(pick_one(values.astype(float)))
    return Scalars(space), Archive.empty(space)


@settings(max_examples=20)
@given(_values(3))
def test_a_lexicographic_plan_is_the_first_in_the_order_of_the_objectives(values):
    for order in itertools.permutations(range(3)):
        ask, archive = _started(values)
        outcome = lexicographic(ask, archive, order)
        want = values[np.lexsort(values[:, order[::-1]].T)[0]]
        assert outcome.state == "solved"
        np.testing.assert_array_equal(outcome.y, want)


@settings(max_examples=20)
@given(_values(2))
def test_ideal_and_nadir_of_two_objectives_are_those_of_the_front(values):
    ask, archive = _started(values)
    ends = find_ends(ask, archive)
    front = true_front(values)
    assert ends.exact
    np.testing.assert_array_equal(ends.ideal, front.min(axis=0))
    np.testing.assert_array_equal(ends.nadir, front.max(axis=0))


@settings(max_examples=20)
@given(_values(3))
def test_no_point_of_a_front_with_three_objectives_lies_outside_its_ends(values):
    ask, archive = _started(values)
    ends = find_ends(ask, archive)
    front = true_front(values)
    assert (front >= ends.ideal).all() and (front <= ends.nadir).all()
    np.testing.assert_array_equal(ends.ideal, front.min(axis=0))


@settings(max_examples=20)
@given(_values(3))
def test_no_plan_exceeds_the_largest_values(values):
    space = Space.of(pick_one(values.astype(float)))
    assert (values <= largest(space) + 1e-9).all()
