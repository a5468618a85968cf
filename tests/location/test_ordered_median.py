"""Ordered median: p-medians over ranges, the program, and enumeration agree."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formulations.location.access import Access
from formulations.location.median.ordered_median import OrderedMedian
from formulations.location.median.p_median import PMedian
from formulations.location.question import Limit
from formulations.measures.fairness import KWorst, Largest, Tail
from instances.schema import InstanceError
from solver.locating.locate import locate

STATUS = ["candidate", "candidate", "candidate", "existing", "required", "forbidden"]


@st.composite
def asked(draw):
    n, m = draw(st.integers(2, 6)), draw(st.integers(3, 6))
    number = st.integers(0, 6) | st.just(np.inf)
    distance = np.array(draw(st.lists(number, min_size=n * m, max_size=n * m)), float).reshape(n, m)
    distance[:, 0] = np.where(np.isfinite(distance[:, 0]), distance[:, 0], 7)
    weight = np.array([2, *draw(st.lists(st.integers(0, 3), min_size=n - 1, max_size=n - 1))], float)
    status = draw(st.lists(st.sampled_from(STATUS), min_size=m, max_size=m))
    cost = np.array(draw(st.lists(st.integers(0, 4), min_size=m, max_size=m)), float)
    access = Access.of(weight, distance, status=status, cost=cost)
    k = draw(st.integers(1, len(access.served)))
    rank = tuple(float(v) for v in np.cumsum(draw(st.lists(st.integers(0, 2), min_size=k, max_size=k))))
    how = draw(st.sampled_from([{"share": 0.3}, {"share": 1.0}, {"share": 0.02}, {"worst": k}, {"weights": None}]))
    if "weights" in how:
        how = {"weights": (0.0,) * (len(access.served) - k) + rank}
    budget = draw(st.none() | st.integers(2, 9))
    return access, OrderedMedian(draw(st.integers(1, 3)), budget=budget, **how)


def enumerated(access, question):
    status = access.status
    kept = status == "existing"
    best = np.inf
    for chosen in combinations(np.flatnonzero(~kept & (status != "forbidden")), question.p):
        opened = kept.copy()
        opened[list(chosen)] = True
        if (~opened[status == "required"]).any():
            continue
        if question.budget is not None and access.cost[list(chosen)].sum() > question.budget:
            continue
        way = np.where(access.weight > 0, access.distance[:, opened].min(axis=1), 0.0)
        if np.isfinite(way).all():
            best = min(best, question.measure.value(access, way))
    return best


@given(asked())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_ranges_program_and_enumeration_agree(case):
    access, question = case
    if question.faults(access):
        return
    best = enumerated(access, question)
    for method in ("auto", "program"):
        told = locate(question, access, method=method)
        if np.isinf(best):
            assert told.status.value == "infeasible"
            continue
        assert told.good, told.message
        assert told.value == pytest.approx(best, abs=1e-6)
        if told.verified_bound is not None:
            assert told.verified_bound <= best + 1e-9


def town(n, seed=0):
    rng = np.random.default_rng(seed)
    xy = rng.random((n, 2)) * 100
    distance = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    return Access.of(rng.integers(1, 9, n).astype(float), distance)


def test_share_one_is_the_p_median_per_person_and_worst_one_the_largest_way():
    access = town(40)
    mean = locate(OrderedMedian(4, share=1.0), access)
    assert mean.value * access.weight.sum() == pytest.approx(locate(PMedian(4), access).value)
    far = locate(OrderedMedian(4, worst=1), access)
    assert far.value == pytest.approx(locate(PMedian(4, objective=Largest()), access).value)


def test_a_smaller_share_is_never_better_off_and_one_site_more_never_hurts():
    access = town(40, 1)
    values = [locate(OrderedMedian(4, share=s), access).value for s in (1.0, 0.5, 0.2, 0.05)]
    assert values == sorted(values)
    fewer = [locate(OrderedMedian(p, share=0.2), access).value for p in (3, 4, 5)]
    assert fewer == sorted(fewer, reverse=True)


def test_the_bound_of_a_tail_is_verified_up_to_its_value():
    told = locate(OrderedMedian(5, share=0.1), town(60, 2))
    assert told.status.value == "proven"
    assert told.verified_bound == pytest.approx(told.value, rel=1e-9)
    assert told.work["medians"] > 0


def test_a_tail_as_objective_of_the_p_median_is_the_same_question():
    access = town(14, 3)
    assert locate(PMedian(3, objective=Tail(0.3)), access).value == pytest.approx(
        locate(OrderedMedian(3, share=0.3), access).value, rel=1e-5
    )


def test_a_search_that_is_stopped_never_says_proven_and_keeps_its_bound_below_its_value():
    told = locate(OrderedMedian(12, share=0.1), town(400, 4), time_limit=0.3)
    assert told.status.value in ("time limit", "no plan")
    if told.value is not None and told.bound is not None:
        assert told.bound <= told.value


def test_a_limit_works_beside_the_tail():
    access = town(12, 5)
    free = locate(OrderedMedian(3, share=0.3), access)
    bound = KWorst(3).value(access, free.judgement.burden) * 0.999
    told = locate(OrderedMedian(3, share=0.3, limits=(Limit(KWorst(3), bound),)), access)
    assert told.status.value == "infeasible" or (told.good and told.value >= free.value - 1e-9)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({}, "exactly one"),
        ({"share": 0.5, "worst": 1}, "exactly one"),
        ({"share": 0.0}, "share: 0.0"),
        ({"worst": 3}, "k: 3"),
        ({"weights": (2.0, 1.0)}, "they fall"),
        ({"share": 0.5, "limits": (Limit(Tail(0.5), 1.0),)}, "already"),
    ],
)
def test_what_cannot_be_asked_is_named(wrong, says):
    with pytest.raises(InstanceError, match=says):
        locate(OrderedMedian(1, **wrong), Access.of([1.0, 1.0], [[1.0], [2.0]]))
