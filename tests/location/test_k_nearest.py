"""k-nearest p-median: few pairs give the answer of all pairs, and a strict k is kept."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formulations.location.access import Access
from formulations.location.median.k_nearest_p_median import KNearestPMedian
from formulations.location.median.p_median import PMedian
from instances.schema import InstanceError
from solver.locating.few_pairs import relaxed
from solver.locating.locate import locate
from tests.location.pmed import published, read_pmed


@st.composite
def asked(draw):
    n, m = draw(st.integers(2, 6)), draw(st.integers(3, 6))
    distance = np.array(draw(st.lists(st.integers(0, 6), min_size=n * m, max_size=n * m)), float).reshape(n, m)
    weight = np.array([2, *draw(st.lists(st.integers(0, 3), min_size=n - 1, max_size=n - 1))], float)
    status = draw(
        st.lists(st.sampled_from(["candidate", "candidate", "existing", "forbidden"]), min_size=m, max_size=m)
    )
    capacity = np.array(draw(st.lists(st.integers(2, 8), min_size=m, max_size=m)), float)
    access = Access.of(weight, distance, status=status, capacity=capacity)
    return access, KNearestPMedian(
        draw(st.integers(1, 3)),
        draw(st.integers(1, m)),
        strict=draw(st.booleans()),
        capacitated=draw(st.booleans()),
        undivided=draw(st.booleans()),
    )


def enumerated(access, question):
    """Uncapacitated, from the distances."""
    distance = access.distance.copy()
    if question.strict:
        kth = np.sort(distance, axis=1)[:, question.k - 1]
        distance[distance > kth[:, None]] = np.inf
    kept = access.status == "existing"
    best = np.inf
    for chosen in combinations(np.flatnonzero(~kept & (access.status != "forbidden")), question.p):
        opened = kept.copy()
        opened[list(chosen)] = True
        way = distance[:, opened].min(axis=1)
        best = min(best, float(access.weight[access.served] @ way[access.served]))
    return best


@given(asked())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_few_pairs_give_the_answer_of_the_program_and_of_enumeration(case):
    access, question = case
    if question.faults(access):
        return
    told, plain = locate(question, access), locate(question, access, method="program")
    assert (told.value is None) == (plain.value is None), (told.message, plain.message)
    if not question.capacitated:
        best = enumerated(access, question)
        assert (told.value is None) == np.isinf(best)
        if told.value is not None:
            assert told.value == pytest.approx(best, abs=1e-9)
    if told.value is None:
        assert told.status.value == "infeasible"
        return
    assert told.good and plain.good, (told.message, plain.message)
    assert told.value == pytest.approx(plain.value, abs=1e-6)
    if told.verified_bound is not None:
        assert told.verified_bound <= plain.value + 1e-6
    if not question.strict:
        assert locate(question.whole, access).value == pytest.approx(told.value, abs=1e-6)


@given(asked())
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_relaxation_is_never_dearer_than_the_whole(case):
    access, question = case
    question = KNearestPMedian(question.p, question.k)
    if question.faults(access):
        return
    part, beyond = relaxed(access, np.minimum(question.counts(access), access.pairs.count))
    assert part.site.size == access.site.size + int(beyond.any())
    low, whole = locate(question.whole, part), locate(question.whole, access)
    assert low.value <= whole.value + 1e-9


@pytest.mark.parametrize("name", ["pmed1", "pmed8", "pmed18"])
def test_published_optima_are_proven_with_a_part_of_the_pairs(name, benchmark_data):
    access, p = read_pmed(benchmark_data / "pmed" / f"{name}.txt")
    told = locate(KNearestPMedian(p, k=10), access)
    assert told.status.value == "proven"
    assert told.value == published(benchmark_data, name, "p-median")
    assert told.work["pairs"] < access.pairs.size / 4


def test_people_sent_far_by_full_sites_get_more_pairs():
    distance = np.array([[1.0, 2.0, 9.0]] * 3)
    access = Access.of(np.ones(3), distance, capacity=[1.0, 1.0, 1.0])
    told = locate(KNearestPMedian(3, k=1, capacitated=True), access)
    assert told.value == 12.0 and told.status.value == "proven"
    assert told.work["rounds"] > 1
    strict = locate(KNearestPMedian(3, k=2, capacitated=True, strict=True), access)
    assert strict.status.value == "infeasible"


def test_a_search_that_is_stopped_never_says_proven():
    rng = np.random.default_rng(0)
    told = locate(KNearestPMedian(20, k=3), Access.of(np.ones(400), rng.random((400, 400))), time_limit=0.05)
    assert told.status.value != "proven"


@pytest.mark.parametrize(("k", "says"), [(0, "k: 0"), (1.5, "k: 1.5"), ((1, 2, 3), "3 numbers for 2")])
def test_a_k_that_cannot_be_is_named(k, says):
    with pytest.raises(InstanceError, match=says):
        locate(KNearestPMedian(1, k=k), Access.of([1.0, 1.0], [[1.0, 2.0], [2.0, 1.0]]))


def test_with_all_pairs_it_is_the_p_median():
    rng = np.random.default_rng(1)
    access = Access.of(np.ones(20), rng.random((20, 20)))
    assert locate(KNearestPMedian(4, k=20, strict=True), access).value == locate(PMedian(4), access).value
