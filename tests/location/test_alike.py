"""Questions of fairness that are classic questions in other words: the same plans and values by either way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulations.location import Access, FacilityLocation, MaximalCovering, OrderedMedian, PCenter, PMedian
from formulations.location.question import Limit, Question
from formulations.measures.fairness import Gini, KWorst, Largest, Tail
from solver.locating.alike import alike
from solver.locating.locate import locate
from solver.solution import Status

CASES = [
    PMedian(2, objective=Largest()),
    PMedian(2, objective=Tail(0.3)),
    PMedian(2, objective=KWorst(2)),
    PMedian(2, limits=(Limit(Largest(), 5.0),)),
    PCenter(2, objective=Tail(0.5), limits=(Limit(Largest(), 6.0),)),
    PMedian(None, budget=4.0, require=("1",), objective=Tail(0.4)),
    FacilityLocation(limits=(Limit(Largest(), 4.0),)),
    OrderedMedian(2, share=0.5, limits=(Limit(Largest(), 6.0),)),
]


@st.composite
def towns(draw: st.DrawFn) -> Access:
    n, m = 5, 4
    numbers = st.one_of(st.integers(0, 8), st.just(99))
    distance = np.array(draw(st.lists(numbers, min_size=n * m, max_size=n * m)), float).reshape(n, m)
    distance[distance == 99] = np.inf
    distance[np.isinf(distance).all(axis=1), 0] = 3.0
    weight = np.array([*draw(st.lists(st.integers(1, 4), min_size=4, max_size=4)), 0], float)
    return Access.of(weight, distance, cost=draw(st.lists(st.integers(0, 3), min_size=m, max_size=m)))


@pytest.mark.parametrize("question", CASES, ids=lambda q: f"{q.title} {q.objective} {q.limits}")
@given(access=towns())
@settings(max_examples=8, deadline=None)
def test_the_algorithm_and_the_program_give_the_same_value(question: Question, access: Access) -> None:
    assert alike(question, access)[0].classic
    fast, program = (locate(question, access, method=method, explain=False) for method in ("fast", "program"))
    assert (fast.status is Status.INFEASIBLE) == (program.status is Status.INFEASIBLE)
    if fast.status is not Status.INFEASIBLE:
        assert fast.status is Status.PROVEN
        assert fast.certificate is not None and fast.certificate.ok
        assert fast.value == pytest.approx(program.value, abs=1e-6)
        assert set(fast.judgement.objectives) == set(program.judgement.objectives)  # type: ignore[union-attr]


def test_what_is_no_classic_question_stays_as_it_is() -> None:
    access = Access.of([1.0, 2.0], [[1.0, 2.0], [3.0, 1.0]], cost=[1.0, 1.0])
    for question in (
        PMedian(1, objective=Gini()),
        PMedian(1, limits=(Limit(Tail(0.5), 2.0),)),
        FacilityLocation(objective=Largest()),
        MaximalCovering(1, radius=1.0, limits=(Limit(Largest(), 1.0),)),
    ):
        assert alike(question, access) == (question, access)


def test_a_worst_off_tenth_of_a_town_is_proven_by_the_algorithm() -> None:
    rng = np.random.default_rng(3)
    homes, halls = rng.uniform(0, 1000, (80, 2)), rng.uniform(0, 1000, (25, 2))
    access = Access.of(rng.integers(1, 50, 80), np.round(np.hypot(*(homes[:, None] - halls).transpose(2, 0, 1))))
    found = locate(PMedian(5, objective=Tail(0.1)), access)
    same = locate(OrderedMedian(5, share=0.1), access)
    assert found.status is Status.PROVEN
    assert found.value == pytest.approx(same.value)
    assert found.method.startswith("fast")
