"""Knee, TOPSIS, goals and least regret: against other software, hand-made fronts and laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from solver.choosing import closest, knee, least_regret, topsis
from solver.choosing.scaling import in_units
from solver.pareto.front import nondominated

VALUES = st.integers(0, 30).map(float)


@st.composite
def point_sets(draw: st.DrawFn, least: int = 1, p: int | None = None) -> np.ndarray:
    size = draw(st.integers(least, 12)), p or draw(st.integers(2, 4))
    return draw(arrays(float, size, elements=VALUES))


@st.composite
def fronts(draw: st.DrawFn, p: int | None = None) -> np.ndarray:
    """Points of which none dominates another and none is equal to another."""
    points = draw(point_sets(p=p))
    return points[nondominated(points)]


# -- knee ------------------------------------------------------------------------------------------------------------


def test_the_knee_of_a_bent_line_is_where_it_bends() -> None:
    found = knee([[0, 10], [1, 3], [2, 1], [6, 0.5], [10, 0]])
    assert found.position == 2 and found.extremes == (0, 4)
    # the line x + y = 1 in units of the range; the point is at (0.2, 0.1)
    assert found.bulge == pytest.approx(0.7 / np.sqrt(2))
    assert found.distance[[0, 4]] == pytest.approx([0.0, 0.0])


def test_a_straight_front_has_no_knee_and_a_hollow_one_neither() -> None:
    assert knee([[0, 4], [1, 3], [3, 1], [4, 0]]).bulge == pytest.approx(0.0, abs=1e-12)
    assert knee([[0, 4], [3, 3], [4, 0]]).bulge == pytest.approx(0.0, abs=1e-12)
    assert knee([[5.0, 5.0]]).position == 0


def test_with_three_objectives_the_distance_is_that_to_the_plane_through_the_extremes() -> None:
    points = np.array([[0, 9, 9], [9, 0, 9], [9, 9, 0], [3, 3, 3], [5, 4, 4]], float)
    found = knee(points)
    # all extremes lie in the plane x + y + z = 2, the knee (1/3, 1/3, 1/3) is 1 / sqrt(3) below it
    assert found.position == 3 and found.distance[:3] == pytest.approx([0, 0, 0], abs=1e-12)
    assert found.bulge == pytest.approx(1 / np.sqrt(3))


@given(fronts(p=2))
def test_the_distance_in_the_plane_is_that_of_a_point_from_a_line(points: np.ndarray) -> None:
    found, unit = knee(points), in_units(points)
    assume(len(points) > 1)
    a, b = unit[found.extremes[0]], unit[found.extremes[1]]
    along = (b - a) / np.linalg.norm(b - a)
    for k, y in enumerate(unit):
        away = y - a
        assert abs(found.distance[k]) == pytest.approx(np.linalg.norm(away - (away @ along) * along), abs=1e-9)


@given(fronts(), st.integers(0, 100))
def test_a_dominated_point_never_changes_the_knee(points: np.ndarray, seed: int) -> None:
    rng = np.random.default_rng(seed)
    worse = points[rng.integers(len(points), size=3)] + rng.integers(1, 9, (3, points.shape[1]))
    assert knee(np.vstack([points, worse])).position == knee(points).position


# -- TOPSIS ----------------------------------------------------------------------------------------------------------


@given(fronts(), st.integers(0, 100))
def test_topsis_is_that_of_pymcdm(points: np.ndarray, seed: int) -> None:
    methods, scalings = pytest.importorskip("pymcdm.methods"), pytest.importorskip("pymcdm.normalizations")
    assume(len(points) > 1 and (np.ptp(points, axis=0) > 0).all())
    w = np.random.default_rng(seed).dirichlet(np.ones(points.shape[1]))
    types = -np.ones(points.shape[1])
    theirs = methods.TOPSIS(scalings.minmax_normalization)(points, w, types)
    assert topsis(points, w).closeness == pytest.approx(theirs, abs=1e-9)
    # for costs pymcdm turns the normalised values round, which leaves all distances as they are
    positive = points + 1.0
    theirs = methods.TOPSIS(scalings.vector_normalization)(positive, w, types)
    assert topsis(positive, w, scaling="vector").closeness == pytest.approx(theirs, abs=1e-9)


def test_topsis_goes_where_the_weight_is() -> None:
    points = [[0, 10], [4, 4], [10, 0]]
    assert topsis(points, [1, 0]).position == 0 and topsis(points, [0, 1]).position == 2
    even = topsis(points)
    assert even.position == 1 and even.ranking[0] == 1
    assert even.closeness[[0, 2]] == pytest.approx([0.5, 0.5])
    assert topsis([[3, 3]]).closeness.tolist() == [1.0]


# -- goals -----------------------------------------------------------------------------------------------------------


def test_goals_that_can_be_reached_are_beaten_by_as_much_as_possible() -> None:
    points = [[0, 10], [2, 6], [5, 5], [6, 2], [10, 0]]
    found = closest(points, [8, 8])
    assert found.reached and found.position == 2
    assert found.miss[2] == pytest.approx([-0.3, -0.3])
    assert not closest(points, [1, 1]).reached


def test_an_objective_without_a_goal_counts_only_once_all_goals_are_reached() -> None:
    points = [[0, 10], [2, 6], [6, 2], [10, 0]]
    assert closest(points, [2, np.inf]).position == 1
    assert closest(points, [np.inf, 2]).position == 2
    assert closest(points, [-1, np.inf]).position == 0
    assert closest(points, [np.inf, -1]).position == 3
    for goals in ([np.inf, np.inf], [1.0], [np.nan, 1.0]):
        with pytest.raises(ValueError, match="goals"):
            closest(points, goals)


@given(fronts(), st.integers(0, 100))
def test_the_closest_point_is_the_least_of_the_function_in_the_source(points: np.ndarray, seed: int) -> None:
    goals = np.random.default_rng(seed).uniform(0, 30, points.shape[1])
    found = closest(points, goals, rho=0.01)
    best = points[nondominated(points)]
    width = np.where(np.ptp(best, axis=0) > 0, np.ptp(best, axis=0), 1.0)
    by_hand = []
    for y in points:
        miss = [(y[k] - goals[k]) / width[k] for k in range(len(goals))]
        by_hand.append(max(miss) + 0.01 * sum(miss))
    assert found.achievement == pytest.approx(by_hand)
    assert by_hand[found.position] == pytest.approx(min(by_hand))
    assert (points[found.position] == best).all(axis=1).any()


# -- least regret ----------------------------------------------------------------------------------------------------


def test_least_regret_by_hand() -> None:
    found = least_regret([[0, 100], [30, 40], [60, 10], [100, 0]])
    assert found.worst == pytest.approx([1.0, 0.4, 0.6, 1.0]) and found.position == 1
    # one who cares three times as much for the second objective
    assert least_regret([[0, 100], [30, 40], [60, 10], [100, 0]], [1, 3]).position == 2


# -- what they promise in common -------------------------------------------------------------------------------------


@given(point_sets(), st.integers(0, 1000))
def test_units_and_zeros_of_objectives_do_not_matter(points: np.ndarray, seed: int) -> None:
    rng = np.random.default_rng(seed)
    p = points.shape[1]
    other = points * 2.0 ** rng.integers(-3, 10, p) + 64.0 * rng.integers(-5, 5, p)
    assert in_units(other) == pytest.approx(in_units(points), abs=1e-9)
    assert knee(other).position == knee(points).position
    assert topsis(other).position == topsis(points).position
    assert least_regret(other).position == least_regret(points).position


@given(point_sets(least=2))
def test_whoever_chooses_never_chooses_a_dominated_point(points: np.ndarray) -> None:
    for chosen in (knee(points).position, topsis(points).position, least_regret(points).position):
        y = points[chosen]
        assert not ((points <= y).all(axis=1) & (points < y).any(axis=1)).any()


@given(point_sets(), st.permutations(range(4)))
def test_the_order_of_the_objectives_does_not_matter(points: np.ndarray, order: list[int]) -> None:
    turned = points[:, [k for k in order if k < points.shape[1]]]
    assert knee(points).bulge == pytest.approx(knee(turned).bulge, abs=1e-9)
    assert topsis(points).closeness == pytest.approx(topsis(turned).closeness)


@pytest.mark.parametrize("choose", [knee, topsis, least_regret, lambda points: closest(points, [1.0, 1.0])])
def test_points_that_are_none_are_refused(choose) -> None:  # type: ignore[no-untyped-def]
    for wrong in ([], [1.0, 2.0], [[1.0, np.nan]], [[np.inf, 0.0]]):
        with pytest.raises(ValueError, match="points"):
            choose(wrong)


def test_weights_that_are_none_are_refused() -> None:
    for wrong, text in (
        ([1.0], "shape"),
        ([1, -1], "negative"),
        ([0, 0], "all weights are zero"),
        ([1, np.nan], "mis"),
    ):
        for choose in (topsis, least_regret):
            with pytest.raises(ValueError, match=text):
                choose([[1, 2], [2, 1]], wrong)
