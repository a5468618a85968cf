"""Random fields against their statistical laws, and consequences against values known in closed form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instances.hazards.fields import EXACT, correlated_field, cut_links, need, slowdown, survival, usable_share

REACH = 1_000.0
DRAWS = 1_500


def pairs_at(distance: float, couples: int) -> np.ndarray:
    """Couples of points a given distance apart, at random places and in random directions, first halves first."""
    rng = np.random.default_rng(7)
    place, turn = rng.uniform(0, 5_000, (couples, 2)), rng.uniform(0, 2 * np.pi, couples)
    return np.concatenate([place, place + distance * np.column_stack([np.cos(turn), np.sin(turn)])])


@pytest.mark.parametrize("couples", [120, EXACT // 2 + 200], ids=["exact", "lattice"])
@pytest.mark.parametrize("distance", [100.0, 300.0, 1_000.0, 2_500.0])
def test_fields_are_standard_normal_and_lose_their_correlation_as_they_should(couples: int, distance: float) -> None:
    draws = DRAWS if couples < EXACT // 2 else 300
    field = correlated_field(pairs_at(distance, couples), REACH, draws, np.random.default_rng(3))
    near, far = field[:, :couples], field[:, couples:]
    assert field.shape == (draws, 2 * couples)
    assert field.mean() == pytest.approx(0.0, abs=0.04)
    assert field.var() == pytest.approx(1.0, abs=0.04)
    assert (near * far).mean() == pytest.approx(np.exp(-3.0 * distance / REACH), abs=0.04)


@pytest.mark.parametrize("points", [50, EXACT + 100], ids=["exact", "lattice"])
def test_the_same_generator_gives_the_same_field_and_another_seed_another(points: int) -> None:
    xy = np.random.default_rng(0).uniform(0, 4_000, (points, 2))
    one, again, other = (correlated_field(xy, REACH, 2, np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert np.array_equal(one, again)
    assert not np.allclose(one, other)


def test_fields_of_one_call_are_independent_of_each_other() -> None:
    xy = np.random.default_rng(0).uniform(0, 1e6, (400, 2))  # far apart: 400 nearly independent samples
    field = correlated_field(xy, REACH, 40, np.random.default_rng(1))
    correlation = np.corrcoef(field) - np.eye(40)
    assert np.abs(correlation).max() < 5.0 / np.sqrt(400)


def test_points_in_the_same_place_have_the_same_value() -> None:
    xy = np.array([[0.0, 0.0], [0.0, 0.0], [50.0, 0.0]])
    field = correlated_field(xy, REACH, 100, np.random.default_rng(1))
    assert np.abs(field[:, 0] - field[:, 1]).max() < 1e-3


def test_no_points_or_no_fields_give_empty_arrays() -> None:
    rng = np.random.default_rng(1)
    assert correlated_field(np.zeros((0, 2)), REACH, 3, rng).shape == (3, 0)
    assert correlated_field(np.zeros((4, 2)), REACH, 0, rng).shape == (0, 4)


@pytest.mark.parametrize(
    ("xy", "reach", "said"),
    [
        (np.array([[0.0, np.nan]]), REACH, "finite"),
        (np.zeros((3, 3)), REACH, "shape"),
        (np.zeros((3, 2)), 0.0, "above 0"),
        (np.random.default_rng(0).uniform(0, 1e9, (EXACT + 1, 2)), 10.0, "raise the reach"),
    ],
)
def test_impossible_fields_are_errors(xy: np.ndarray, reach: float, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        correlated_field(xy, reach, 1, np.random.default_rng(1))


def test_usable_share_falls_in_a_straight_line_from_onset_to_ruin() -> None:
    assert usable_share(np.array([0.0, 1.0, 1.5, 2.0, 9.0]), 1.0, 2.0).tolist() == [1.0, 1.0, 0.5, 0.0, 0.0]
    with pytest.raises(ValueError, match="above onset"):
        usable_share(np.zeros(1), 2.0, 2.0)


def test_half_survives_at_the_median_and_a_sixth_one_spread_above_it() -> None:
    share = survival(np.array([0.0, 0.8, 0.8 * np.exp(0.5)]), 0.8, 0.5)
    assert share == pytest.approx([1.0, 0.5, 0.158655], abs=1e-6)  # 1 - Phi(1)
    with pytest.raises(ValueError, match="above 0"):
        survival(np.zeros(1), 0.0, 0.5)


@given(st.lists(st.floats(0, 50), min_size=2, max_size=20), st.floats(0.1, 5), st.floats(0.1, 2))
def test_more_intensity_never_leaves_more(intensity: list[float], median: float, spread: float) -> None:
    rising = np.sort(np.array(intensity))
    assert (np.diff(survival(rising, median, spread)) <= 1e-12).all()
    assert (np.diff(usable_share(rising, median, median + spread)) <= 0).all()
    assert (np.diff(slowdown(rising, median, 1 + spread)) >= 0).all()


def test_links_fail_as_often_as_their_fragility_says_and_neighbours_together() -> None:
    rng = np.random.default_rng(2)
    intensity = np.full(200_000, 0.8 * np.exp(-0.5))
    failed = cut_links(intensity, 0.8, 0.5, rng.standard_normal(len(intensity)))
    assert failed.mean() == pytest.approx(0.158655, abs=0.004)  # Phi(-1)
    together = cut_links(intensity[:2], 0.8, 0.5, np.full(2, -1.5))
    assert together.tolist() == [True, True]


def test_travel_slows_in_proportion_above_the_onset_up_to_a_limit() -> None:
    assert slowdown(np.array([0.0, 0.5, 1.0, 5.0]), 0.5, 3.0).tolist() == [1.0, 1.0, 2.0, 3.0]


def test_people_in_need_are_whole_and_never_more_than_there_are() -> None:
    assert need(np.array([100.0, 3.0, 50.0]), np.array([0.5, 1.0, 2.0]), 0.25).tolist() == [12.0, 1.0, 12.0]
