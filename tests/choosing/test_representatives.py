"""The smallest set of representatives, against every subset."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.choosing import representatives
from solver.choosing.representatives import distances
from tests.choosing.test_one_plan_from_a_front import fronts, point_sets


def stands_for_all(points: np.ndarray, chosen: tuple[int, ...], epsilon: float) -> bool:
    """By definition, in units of the range of the front."""
    best = points[[not any((q <= y).all() and (q < y).any() for q in points) for y in points]]
    width = np.where(np.ptp(best, axis=0) > 0, np.ptp(best, axis=0), 1.0)
    return all(any((points[r] <= y + epsilon * width + 1e-9).all() for r in chosen) for y in points)


def fewest(points: np.ndarray, epsilon: float) -> int:
    n = len(points)
    return next(k for k in range(1, n + 1) for c in combinations(range(n), k) if stands_for_all(points, c, epsilon))


@given(fronts(p=2), st.floats(0, 1))
def test_on_two_objectives_no_smaller_set_does(points: np.ndarray, epsilon: float) -> None:
    found = representatives(points, epsilon)
    assert stands_for_all(points, found.positions, epsilon) and found.epsilon <= epsilon + 1e-9
    assert len(found.positions) == fewest(points, epsilon)


@settings(max_examples=25, deadline=None)
@given(fronts(p=3), st.sampled_from([0.0, 0.1, 0.25, 0.4, 0.7]))
def test_on_three_objectives_no_smaller_set_does(points: np.ndarray, epsilon: float) -> None:
    found = representatives(points, epsilon)
    assert found.smallest and stands_for_all(points, found.positions, epsilon)
    assert len(found.positions) == fewest(points, epsilon)


@settings(max_examples=25, deadline=None)
@given(point_sets(p=2), st.integers(1, 4))
def test_as_many_as_asked_for_are_the_best_of_their_number(points: np.ndarray, count: int) -> None:
    found = representatives(points, count=count)
    D = distances(points)
    n = len(points)
    least = min(D[:, list(c)].min(axis=1).max() for c in combinations(range(n), min(count, n)))
    assert len(found.positions) <= count and found.epsilon == pytest.approx(least, abs=1e-9)


@given(point_sets(), st.floats(0, 1))
@settings(max_examples=25, deadline=None)
def test_everyone_is_told_who_stands_for_them(points: np.ndarray, epsilon: float) -> None:
    found = representatives(points, epsilon)
    D = distances(points)
    for k, r in enumerate(found.of):
        assert r in found.positions and D[k, r] == D[k, list(found.positions)].min() <= epsilon + 1e-9
    assert all(found.of[r] == r for r in found.positions)


def test_a_line_of_eleven_points_needs_four_within_a_tenth_and_everyone_within_nothing() -> None:
    points = np.column_stack([np.arange(11), 10 - np.arange(11)])
    assert representatives(points, 0.1).positions == (1, 4, 7, 10)
    assert len(representatives(points, 0.0).positions) == 11
    assert len(representatives(points, 1.0).positions) == 1
    assert representatives(points, count=4).epsilon == pytest.approx(0.1)


def test_either_a_distance_or_a_number_is_given() -> None:
    for options in ({}, {"epsilon": 0.1, "count": 2}, {"epsilon": -1.0}, {"epsilon": np.nan}, {"count": 0}):
        with pytest.raises(ValueError, match="either epsilon"):
            representatives([[1, 2], [2, 1]], **options)


def test_a_search_without_time_still_stands_for_all_and_does_not_claim_to_be_the_smallest() -> None:
    rng = np.random.default_rng(0)
    points = np.abs(rng.normal(size=(120, 3)))
    points = 1 - points / np.linalg.norm(points, axis=1, keepdims=True)
    found = representatives(points, 0.1, time_limit=1e-3)
    assert stands_for_all(points, found.positions, 0.1) and not found.smallest
    few = representatives(points, count=5, time_limit=1e-3)
    assert len(few.positions) <= 5 and stands_for_all(points, few.positions, few.epsilon) and not few.smallest
