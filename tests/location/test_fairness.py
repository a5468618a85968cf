"""Measures of fairness: rows against numbers, enumeration, and laws."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formulations.location.access import Access
from formulations.location.median.p_median import PMedian
from formulations.location.question import Limit
from formulations.measures.fairness import (
    Ceiling,
    Floor,
    Gini,
    GiniOver,
    KWorst,
    Largest,
    LargestGroup,
    LargestZone,
    MeanDeviation,
    MeanDifference,
    MeanZoneGap,
    Ordered,
    Ranked,
    Tail,
)
from instances.schema import InstanceError
from solver.locating.locate import locate

QUICK = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
PEOPLE = [
    Largest(),
    LargestZone(),
    LargestZone(("a",)),
    LargestGroup(),
    LargestGroup(("elderly",)),
    MeanZoneGap(),
    Tail(0.3),
    Tail(1.0),
    Ordered(((1.0, 0.5), (0.2, 0.5))),
    MeanDeviation(),
    MeanDifference(),
    GiniOver(0.2),
]
POINTS = [KWorst(2), Ranked((0.0, 1.0, 1.0, 2.0))]


GROUPS = {"elderly": np.array([1.0, 0.0, 2.0, 1.0, 7.0]), "children": np.array([0.0, 3.0, 1.0, 0.0, 0.0])}
"""Somebody may be in both; the last demand point counts nowhere, whoever is said to live there."""


@st.composite
def towns(draw):
    """Four lived-in demand points and an empty one, four or five sites, ties wanted."""
    n, m = 5, draw(st.integers(4, 5))
    distance = np.array(draw(st.lists(st.integers(0, 6), min_size=n * m, max_size=n * m)), float).reshape(n, m)
    weight = np.array([*draw(st.lists(st.integers(1, 3), min_size=4, max_size=4)), 0], float)
    return Access.of(weight, distance, zone=list("aabbc"), groups=GROUPS)


def burden_of(access, sites):
    return np.where(access.weight > 0, access.distance[:, list(sites)].min(axis=1), 0.0)


def all_plans(access, p):
    return [burden_of(access, c) for c in combinations(range(access.site.size), p)]


@pytest.mark.parametrize("measure", [*PEOPLE, *POINTS, Gini()], ids=lambda m: m.name)
@given(access=towns())
@QUICK
def test_as_objective_a_measure_finds_the_plan_that_enumeration_finds(measure, access):
    best = min(measure.value(access, b) for b in all_plans(access, 2))
    told = locate(PMedian(2, objective=measure), access)
    assert told.good, told.message
    assert told.value == pytest.approx(best, abs=1e-6)
    assert told.bound <= told.value + 1e-9


@pytest.mark.parametrize("measure", [*PEOPLE[:-1], *POINTS, Gini()], ids=lambda m: m.name)
@given(access=towns())
@QUICK
def test_as_limit_a_measure_leaves_the_plans_that_enumeration_leaves(measure, access):
    plans = all_plans(access, 2)
    values = [measure.value(access, b) for b in plans]
    limit = float(np.median(values))
    best = min(access.weight @ b for b, v in zip(plans, values, strict=True) if v <= limit + 1e-9)
    told = locate(PMedian(2, limits=(Limit(measure, limit),)), access)
    assert told.good, told.message
    assert told.value == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize("measure", [*PEOPLE, *POINTS], ids=lambda m: m.name)
@given(access=towns())
@QUICK
def test_rows_and_numbers_of_a_measure_agree_for_a_given_plan(measure, access):
    plan = ("0", "1")
    rest = tuple(label for label in access.site.labels() if label not in plan)
    told = locate(PMedian(2, objective=measure, require=plan, forbid=rest), access)
    program = told.solution.bound
    number = measure.value(access, burden_of(access, (0, 1)))
    assert told.value == pytest.approx(number, abs=1e-9)
    assert program == pytest.approx(number, abs=1e-5)


@pytest.mark.parametrize("measure", [*PEOPLE, Gini()], ids=lambda m: m.name)
@given(access=towns(), burden=st.lists(st.integers(0, 9), min_size=5, max_size=5))
@QUICK
def test_a_demand_point_split_in_two_equal_halves_changes_no_measure_over_people(measure, access, burden):
    bear = np.array(burden, float)
    twice = [0, 0, 1, 2, 3, 4]
    weight = access.weight[twice].copy()
    weight[:2] /= 2
    halves = {name: count[twice] * np.array([0.5, 0.5, 1, 1, 1, 1]) for name, count in GROUPS.items()}
    split = Access.of(weight, access.distance[twice], zone=list("aaabbc"), groups=halves)
    assert measure.value(split, bear[twice]) == pytest.approx(measure.value(access, bear), abs=1e-9)


@pytest.mark.parametrize("measure", [*PEOPLE, *POINTS, Gini()], ids=lambda m: m.name)
@given(access=towns(), burden=st.lists(st.integers(0, 9), min_size=4, max_size=4), order=st.permutations(range(5)))
@QUICK
def test_the_order_of_demand_points_changes_no_measure(measure, access, burden, order):
    bear = np.array([*burden, 0], float)
    zones = np.array(list("aabbc"))
    groups = {name: count[order] for name, count in GROUPS.items()}
    other = Access.of(access.weight[order], access.distance[order], zone=zones[order].tolist(), groups=groups)
    assert measure.value(other, bear[order]) == pytest.approx(measure.value(access, bear), abs=1e-9)


@given(access=towns(), burden=st.lists(st.integers(0, 9), min_size=5, max_size=5))
@QUICK
def test_the_mean_difference_is_the_double_sum_and_gini_its_half_over_the_mean(access, burden):
    bear = np.array(burden, float)
    share = access.weight / access.weight.sum()
    double = sum(share[i] * share[j] * abs(bear[i] - bear[j]) for i in range(5) for j in range(5))
    mean = float(share @ bear)
    assert MeanDifference().value(access, bear) == pytest.approx(double, abs=1e-12)
    assert Gini().value(access, bear) == pytest.approx(double / (2 * mean) if mean else 0.0, abs=1e-12)
    assert MeanDeviation().value(access, bear) == pytest.approx(float(share @ abs(bear - mean)), abs=1e-12)
    assert Tail(1.0).value(access, bear) == pytest.approx(mean)
    assert Tail(1e-6).value(access, bear) == pytest.approx(Largest().value(access, bear))


def test_more_burden_for_somebody_never_lowers_a_measure_that_says_it_is_monotone():
    access = Access.of([1, 2, 3, 1, 0], np.zeros((5, 1)), zone=list("aabbc"), groups=GROUPS)
    rng = np.random.default_rng(0)
    fell = set()
    for _ in range(200):
        bear = rng.integers(0, 6, 5).astype(float)
        worse = bear.copy()
        worse[rng.integers(0, 4)] += 1.0
        for measure in [*PEOPLE, *POINTS, Gini()]:
            if measure.value(access, worse) < measure.value(access, bear) - 1e-12:
                fell.add(measure.name)
                assert not measure.monotone, measure
    assert fell == {m.name for m in [*PEOPLE, Gini()] if not m.monotone}


def test_a_ceiling_holds_in_the_zones_it_names_and_infeasible_ones_are_said_to_be():
    access = Access.of([5, 1, 1, 1], [[0, 9], [1, 8], [9, 0], [9, 1]], zone=list("aabb"))
    assert locate(PMedian(1), access).open_sites == ["0"]
    assert locate(PMedian(1, limits=(Ceiling(1.0, ("b",)),)), access).open_sites == ["1"]
    assert locate(PMedian(1, limits=(Ceiling(1.0),)), access).status.value == "infeasible"


def test_a_promise_to_a_group_counts_its_people_and_not_everybody():
    # nearly everybody lives at the first place, the elderly at the second
    access = Access.of([90, 10], [[0, 9], [9, 0]], groups={"elderly": [1, 9]})
    assert locate(PMedian(1), access).open_sites == ["0"]
    assert locate(PMedian(1, limits=(Ceiling(2.0, groups=("elderly",)),)), access).open_sites == ["1"]
    found = locate(PMedian(1, objective=LargestGroup()), access)
    assert found.open_sites == ["1"]
    assert found.value == pytest.approx(0.9)
    assert Floor(0.9, groups=("elderly",)) == Limit(LargestGroup(("elderly",)), pytest.approx(0.1))
    with pytest.raises(InstanceError, match="name one of them"):
        Floor(0.9, zones=("a",), groups=("elderly",))
    with pytest.raises(InstanceError, match="nothing about groups"):
        locate(PMedian(1, objective=LargestGroup()), Access.of([1.0], [[1.0]]))
    with pytest.raises(InstanceError, match=r"groups, elderly: 1 missing \(NaN\), first at 1"):
        Access.of([1, 1], [[1.0], [1.0]], groups={"elderly": [1, np.nan]})


def test_a_floor_is_what_may_stay_uncovered_turned_round():
    assert Floor(0.8, ("a",)) == Limit(LargestZone(("a",)), pytest.approx(0.2))
    with pytest.raises(InstanceError, match="share"):
        Floor(1.2)


def test_what_cannot_be_asked_is_named_all_at_once():
    access = Access.of([1.0, 0.0], [[1.0], [2.0]], zone=["north", "south"])
    question = PMedian(
        1,
        objective=Tail(1.5),
        limits=(
            Limit(LargestZone(("east",)), 1.0),
            Limit(LargestZone(("south",)), 1.0),
            Limit(KWorst(2), 1.0),
            Limit(Ranked((1.0, 2.0)), 1.0),
            Limit(Ordered(()), 1.0),
            Limit(GiniOver(2.0), 1.0),
        ),
    )
    with pytest.raises(InstanceError) as caught:
        locate(question, access)
    for part in (
        "share: 1.5",
        "'east'",
        "nobody who needs a place is in 'south'",
        "k: 2",
        "weights: 2",
        "tails",
        "level: 2.0",
    ):
        assert part in str(caught.value)


def test_zones_that_the_data_lack_and_a_measure_asked_twice_are_faults():
    access = Access.of([1.0], [[1.0]])
    with pytest.raises(InstanceError, match="nothing about zones"):
        locate(PMedian(1, objective=MeanZoneGap()), access)
    with pytest.raises(InstanceError, match="more than once"):
        locate(PMedian(1, objective=Largest(), limits=(Limit(Largest(), 2.0),)), access)
    with pytest.raises(InstanceError, match="they fall"):
        locate(PMedian(1, objective=Ranked((1.0, 0.5))), Access.of([1.0, 1.0], [[1.0], [1.0]]))


def test_a_program_alone_cannot_have_a_ratio_and_says_what_to_do():
    with pytest.raises(InstanceError, match="locate"):
        PMedian(1, objective=Gini()).build(Access.of([1.0], [[1.0]]))


def test_a_gini_search_that_is_stopped_never_says_proven():
    rng = np.random.default_rng(4)
    access = Access.of(np.ones(60), rng.random((60, 60)))
    told = locate(PMedian(6, objective=Gini()), access, time_limit=0.2)
    assert told.status.value != "proven"
