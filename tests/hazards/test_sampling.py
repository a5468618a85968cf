"""Luck and copula: against SciPy's normal distribution, binomial bounds, and laws of order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from instances.hazards.fields import EXACT
from instances.hazards.luck import Luck, drawn

LINE = np.column_stack([np.linspace(0.0, 1000.0, 11), np.zeros(11)])


def many(luck, count, reach=500.0):
    return np.array([luck.field(reach, "event", k) for k in range(count)])


def test_two_places_fail_together_as_often_as_the_bivariate_normal_distribution_says():
    luck, draws = Luck(LINE, 3), 4000
    fields = many(luck, draws)
    for apart, chances in ((1, (0.2, 0.3)), (3, (0.5, 0.1)), (8, (0.4, 0.4))):
        rho = np.exp(-3.0 * 100.0 * apart / 500.0)
        at = stats.norm.ppf(chances)
        joint = stats.multivariate_normal(cov=[[1.0, rho], [rho, 1.0]]).cdf(at)
        both = drawn(np.full(draws, chances[0]), fields[:, 0]) & drawn(np.full(draws, chances[1]), fields[:, apart])
        assert stats.binomtest(int(both.sum()), draws, joint).pvalue > 0.001
        assert joint > np.prod(chances)  # what drawing every place alone would give is less


def test_failures_are_as_frequent_as_their_chance_at_every_place():
    chance = np.linspace(0.02, 0.98, 11)
    failed = np.array([drawn(chance, field) for field in many(Luck(LINE, 4), 3000)])
    for count, p in zip(failed.sum(axis=0), chance, strict=True):
        assert stats.binomtest(int(count), 3000, p).pvalue > 0.001


def test_failures_are_correlated_and_less_so_with_distance():
    failed = np.array([drawn(np.full(11, 0.3), field) for field in many(Luck(LINE, 5), 6000)]).astype(float)
    with_first = np.corrcoef(failed.T)[0, [1, 3, 6]]
    assert (with_first[:-1] > with_first[1:]).all()
    assert with_first[0] > 0.3
    alone = [drawn(np.full(11, 0.3), f) for f in many(Luck(LINE, 5, independent=True), 6000)]
    assert np.abs(np.corrcoef(np.array(alone).astype(float).T)[0, 1:]).max() < 0.06


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_what_is_certain_is_not_drawn(chance):
    assert (drawn(np.full(5, chance), np.array([-8.0, -1.0, 0.0, 1.0, 8.0])) == bool(chance)).all()


@given(st.permutations(range(11)))
def test_the_order_of_places_does_not_matter(order):
    order = np.array(order)
    plain, mixed = Luck(LINE, 6), Luck(LINE[order], 6)
    assert np.array_equal(plain.field(300.0, "a")[order], mixed.field(300.0, "a"))
    assert np.array_equal(plain.own("a")[order], mixed.own("a"))


def test_on_a_lattice_the_order_of_places_does_not_matter_either_and_neighbours_are_alike():
    rng = np.random.default_rng(0)
    xy = rng.uniform(0.0, 4000.0, (EXACT + 500, 2))
    xy[1::2] = xy[::2] + 5.0  # pairs 7 m apart
    order = rng.permutation(len(xy))
    field = Luck(xy, 7).field(400.0, "a")
    assert np.array_equal(field[order], Luck(xy[order], 7).field(400.0, "a"))
    assert np.corrcoef(field[::2], field[1::2])[0, 1] > 0.75
    assert abs(field.std() - 1.0) < 0.15


def test_places_at_one_point_share_their_luck_unless_every_place_has_its_own():
    twice = np.vstack([LINE, LINE])
    field = Luck(twice, 8).field(300.0, "a")
    assert np.array_equal(field[:11], field[11:])
    names = [f"p{k}" for k in range(22)]
    alone = Luck(twice, 8, True, names)
    order = np.arange(22)[::-1]
    other = Luck(twice[order], 8, True, [names[k] for k in order])
    assert np.array_equal(alone.own("a")[order], other.own("a"))
    assert not np.array_equal(alone.own("a")[:11], alone.own("a")[11:])


def test_another_seed_event_or_hazard_has_other_luck_and_the_same_has_the_same():
    luck = Luck(LINE, 9)
    first = luck.field(300.0, "event", 0, "flood")
    assert np.array_equal(first, Luck(LINE, 9).field(300.0, "event", 0, "flood"))
    for other in (luck.field(300.0, "event", 1, "flood"), luck.field(300.0, "event", 0, "fire")):
        assert not np.array_equal(first, other)
    assert not np.array_equal(first, Luck(LINE, 10).field(300.0, "event", 0, "flood"))


def test_a_place_too_wide_for_the_lattice_gets_a_longer_reach_instead_of_failing():
    xy = np.random.default_rng(1).uniform(0.0, 200_000.0, (EXACT + 1, 2))
    luck = Luck(xy, 1)
    assert luck.least_reach(400.0) > 1500.0
    assert np.isfinite(luck.field(400.0, "a")).all()
