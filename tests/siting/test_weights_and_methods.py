"""Weights and scores against published values, loops written here, and enumeration."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from instances.schema import InstanceError
from instances.siting.methods import normalised_column, scored
from instances.siting.rule import Criterion
from instances.siting.suitability import places
from instances.siting.weights import drawn, normalised, rank_order_centroid, stable_intervals

VALUES = st.integers(-20, 20).map(float)


def criterion(name="c", better="more", **more):
    return Criterion.model_validate({"name": name, "measure": "area", "better": better, "weight": 1.0, **more})


@st.composite
def problems(draw, least=2, targets=False):
    """Values of sites, criteria with any preference function, and weights."""
    sites, count = draw(st.integers(least, 7)), draw(st.integers(1, 4))
    value = np.array(draw(st.lists(st.lists(VALUES, min_size=count, max_size=count), min_size=sites, max_size=sites)))
    criteria = []
    for k in range(count):
        kind = draw(st.sampled_from(["usual", "ushape", "vshape", "level", "linear"]))
        q, p = draw(st.integers(0, 5)), draw(st.integers(6, 12))
        limits = {"ushape": {"indifference": q}, "vshape": {"strict": p}}.get(kind, {})
        limits = {"indifference": q, "strict": p} if kind in ("level", "linear") else limits
        better = draw(st.sampled_from(["more", "less"]))
        criteria.append(criterion(f"c{k}", better, preference=kind, **{a: float(b) for a, b in limits.items()}))
    weight = normalised([float(draw(st.integers(1, 9))) for _ in range(count)])
    return value, criteria, weight


def preference(difference, c):
    """Brans and Vincke's functions, as in their table of six criteria."""
    q, p = c.indifference, c.strict
    if c.preference == "usual":
        return float(difference > 0)
    if c.preference == "ushape":
        return float(difference > q)
    if c.preference == "vshape":
        return 0.0 if difference <= 0 else min(1.0, difference / p)
    if c.preference == "level":
        return 0.0 if difference <= q else 0.5 if difference <= p else 1.0
    return 0.0 if difference <= q else min(1.0, (difference - q) / (p - q))


def net_flows(value, criteria, weight):
    count = len(value)
    flows = np.zeros(count)
    for a in range(count):
        for b in range(count):
            for j, c in enumerate(criteria):
                gain = (value[a, j] - value[b, j]) * (1 if c.better == "more" else -1)
                flows[a] += weight[j] * preference(gain, c) / (count - 1)
                flows[a] -= weight[j] * preference(-gain, c) / (count - 1)
    return flows


@pytest.mark.parametrize(
    ("count", "table"),
    [
        (2, [0.75, 0.25]),
        (3, [0.6111, 0.2778, 0.1111]),
        (4, [0.5208, 0.2708, 0.1458, 0.0625]),
        (5, [0.4567, 0.2567, 0.1567, 0.0900, 0.0400]),
    ],
)
def test_rank_order_centroid_weights_are_the_published_ones(count, table):
    assert rank_order_centroid(list(range(1, count + 1))) == pytest.approx(table, abs=6e-5)


def test_the_centroid_is_the_mean_of_all_weights_that_keep_the_order():
    rng = np.random.default_rng(1)
    ordered = np.sort(rng.dirichlet(np.ones(4), 200_000), axis=1)[:, ::-1]
    assert rank_order_centroid([1, 2, 3, 4]) == pytest.approx(ordered.mean(axis=0), abs=2e-3)


def test_criteria_of_equal_rank_share_their_weights_and_order_does_not_matter():
    first, second, third = 11 / 18, 5 / 18, 2 / 18
    assert rank_order_centroid([2, 1, 2]) == pytest.approx([(second + third) / 2, first, (second + third) / 2])
    assert rank_order_centroid([3, 1, 2]) == pytest.approx([third, first, second])


def test_promethee_by_hand_for_three_sites_and_two_criteria():
    # Areas 10, 6, 4 (strict preference 4, so 4/4, 1, 2/4) and distances 3, 1, 2 (usual), weights 0.6 and 0.4.
    value = np.array([[10.0, 3.0], [6.0, 1.0], [4.0, 2.0]])
    criteria = [criterion("area", preference="vshape", strict=4.0), criterion("way", "less")]
    area = np.array([(1 + 1) / 2, (0.5 - 1) / 2, (-1 - 0.5) / 2])
    way = np.array([-1.0, 1.0, 0.0])
    score = scored("promethee", value, criteria).score(np.array([0.6, 0.4]))
    assert score == pytest.approx(0.6 * area + 0.4 * way)
    assert places(score).tolist() == [2, 1, 3]


@given(problems())
def test_promethee_equals_loops_over_all_pairs(problem):
    value, criteria, weight = problem
    score = scored("promethee", value, criteria).score(weight)
    assert score == pytest.approx(net_flows(value, criteria, weight), abs=1e-9)
    assert score.sum() == pytest.approx(0.0, abs=1e-9)


@given(problems())
def test_topsis_is_the_distance_to_the_worst_over_both_distances(problem):
    value, criteria, weight = problem
    part = np.column_stack([normalised_column(value[:, j], c) for j, c in enumerate(criteria)])
    assume(np.ptp(part, axis=0).any())
    score = scored("topsis", value, criteria).score(weight)
    high, low = (weight * part).max(axis=0), (weight * part).min(axis=0)
    for k, row in enumerate(weight * part):
        far, near = np.linalg.norm(row - low), np.linalg.norm(row - high)
        assert score[k] == pytest.approx(far / (far + near), abs=1e-9)


@given(problems())
def test_the_weighted_sum_equals_a_loop(problem):
    value, criteria, weight = problem
    score = scored("weighted_sum", value, criteria).score(weight)
    for k, row in enumerate(value):
        total = 0.0
        for j, c in enumerate(criteria):
            low, high = value[:, j].min(), value[:, j].max()
            share = 1.0 if low == high else (row[j] - low) / (high - low)
            total += weight[j] * (share if c.better == "more" or low == high else 1.0 - share)
        assert score[k] == pytest.approx(total, abs=1e-9)


def test_targets_count_no_more_than_fully():
    c = criterion("people", worst=100.0, best=500.0)
    assert normalised_column(np.array([0.0, 100.0, 300.0, 500.0, 900.0]), c).tolist() == [0, 0, 0.5, 1, 1]
    c = criterion("way", "less", worst=500.0, best=100.0)
    assert normalised_column(np.array([0.0, 300.0, 900.0]), c).tolist() == [1, 0.5, 0]


@given(problems(), st.sampled_from(["weighted_sum", "promethee", "topsis"]))
def test_a_site_that_is_as_good_everywhere_never_ranks_below(problem, method):
    value, criteria, weight = problem
    rank = places(scored(method, value, criteria).score(weight))
    good = value * np.array([1 if c.better == "more" else -1 for c in criteria])
    for a in range(len(value)):
        for b in range(len(value)):
            if (good[a] >= good[b]).all():
                assert rank[a] <= rank[b]


@given(problems(), st.sampled_from(["weighted_sum", "promethee", "topsis"]), st.randoms(use_true_random=False))
def test_ranks_do_not_hang_on_the_order_of_sites(problem, method, shuffle):
    value, criteria, weight = problem
    order = list(range(len(value)))
    shuffle.shuffle(order)
    rank = places(scored(method, value, criteria).score(weight))
    assert (places(scored(method, value[order], criteria).score(weight)) == rank[order]).all()


@given(problems(), st.sampled_from(["weighted_sum", "promethee", "topsis"]), st.sampled_from([1e-3, 0.3048, 1e4]))
def test_ranks_do_not_hang_on_units(problem, method, unit):
    value, criteria, weight = problem
    criteria = [criterion(c.name, c.better) for c in criteria]  # "usual": thresholds would change with the unit
    rank = places(scored(method, value, criteria).score(weight))
    assert (places(scored(method, value * unit, criteria).score(weight)) == rank).all()


@given(problems(), st.sampled_from(["weighted_sum", "promethee"]))
def test_the_best_site_leads_inside_its_interval_and_not_outside(problem, method):
    value, criteria, weight = problem
    assume(len(weight) > 1)
    partial = scored(method, value, criteria).partial
    best = int(np.argmax(partial @ weight))
    for j, (low, high) in enumerate(stable_intervals(partial, weight)):
        assert 0.0 <= low <= weight[j] <= high <= 1.0
        for t in [*np.linspace(0.0, 1.0, 41), low - 1e-5, low + 1e-5, high - 1e-5, high + 1e-5]:
            other = weight * (1 - t) / (1 - weight[j])
            other[j] = t
            lead = partial[best] @ other - (partial @ other).max()
            if low <= t <= high:
                assert lead >= -1e-9
            elif 0.0 <= t <= 1.0 and not low - 1e-6 < t < high + 1e-6:
                assert lead < -1e-10


def test_drawn_weights_have_the_mean_and_variance_of_the_dirichlet_law():
    weight, concentration = np.array([0.5, 0.3, 0.2]), 50.0
    draws = drawn(weight, 100_000, concentration, np.random.default_rng(1))
    assert draws.sum(axis=1) == pytest.approx(np.ones(len(draws)))
    assert draws.mean(axis=0) == pytest.approx(weight, abs=2e-3)
    assert draws.var(axis=0) == pytest.approx(weight * (1 - weight) / (concentration + 1), rel=0.03)


def test_equal_scores_share_the_better_rank():
    assert places(np.array([0.4, 0.9, 0.4, 0.1])).tolist() == [2, 1, 2, 4]


def test_a_single_site_and_equal_sites_are_ranked_without_a_fault():
    for method in ("weighted_sum", "promethee", "topsis"):
        for count in (1, 3):
            ready = scored(method, np.full((count, 2), 7.0), [criterion("a"), criterion("b", "less")])
            assert places(ready.score(np.array([0.5, 0.5]))).tolist() == [1] * count


def test_without_pymcdm_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pymcdm.methods", None)
    with pytest.raises(InstanceError, match=r"refugia\[criteria\]"):
        scored("promethee", np.zeros((2, 1)), [criterion()])


def test_outranking_refuses_more_pairs_than_fit_into_memory():
    with pytest.raises(InstanceError, match="7001 sites are more than 6000"):
        scored("promethee", np.zeros((7001, 1)), [criterion()])
