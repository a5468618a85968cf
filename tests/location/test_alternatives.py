"""Other plans at a stated loss, against all choices there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.location.access import Access
from formulations.location.charge.facility_location import FacilityLocation
from formulations.location.covering.maximal_covering import MaximalCovering
from formulations.location.covering.set_covering import SetCovering
from formulations.location.median.p_center import PCenter
from formulations.location.median.p_median import PMedian
from formulations.location.question import Question
from solver.locating.insight.alternatives import alternatives
from solver.locating.locate import locate
from solver.solution import Status
from tests.location.tiny import every_plan, tiny_access


def square(seed: int = 1, n: int = 12, m: int = 7) -> Access:
    rng = np.random.default_rng(seed)
    d = np.hypot(*(rng.random((n, 2))[:, None] - rng.random((m, 2))[None]).transpose(2, 0, 1))
    return Access.of(rng.integers(1, 9, n), np.round(100 * d), site=[f"S{j}" for j in range(m)])


KINDS = (
    lambda p, radius: PMedian(p=p),
    lambda p, radius: PCenter(p=p),
    lambda p, radius: FacilityLocation(),
    lambda p, radius: SetCovering(float(radius)),
    lambda p, radius: MaximalCovering(p=p, radius=float(radius)),
)


@given(
    tiny_access(),
    st.sampled_from(KINDS),
    st.integers(1, 3),
    st.integers(0, 9),
    st.sampled_from([0.0, 0.3, 3.0]),
    st.integers(1, 2),
)
def test_the_list_is_what_enumeration_gives_plan_by_plan(
    access: Access, kind: Callable[[int, int], Question], p: int, radius: int, loss: float, differ: int
) -> None:
    question = kind(p, radius)
    if question.faults(access):
        return
    located = locate(question, access)
    plans = every_plan(question, access)
    if located.status is Status.INFEASIBLE:
        assert not plans
        return
    others = alternatives(located, loss=loss, count=30, differ=differ)
    first = min(plans.values())
    assert located.value == pytest.approx(first)
    before = [frozenset(located.chosen)]
    for other in others:
        left = {plan: v for plan, v in plans.items() if all(len(b - plan) >= differ for b in before)}
        assert other.located.status is Status.PROVEN
        assert other.located.value == pytest.approx(min(left.values()))
        assert other.located.value is not None
        assert other.located.value <= first * (1 + loss) + 1e-6
        chosen = frozenset(other.located.chosen)
        assert plans[chosen] == pytest.approx(other.located.value)
        assert all(len(b - chosen) >= differ for b in before)
        assert set(other.out) == before[0] - chosen
        assert set(other.into) == chosen - before[0]
        before.append(chosen)
    left = {plan: v for plan, v in plans.items() if all(len(b - plan) >= differ for b in before)}
    assert others.complete
    assert others.ended is None
    assert all(v > first * (1 + loss) for v in left.values())


def test_a_list_that_was_cut_at_its_number_does_not_call_itself_complete() -> None:
    located = locate(PMedian(p=3), square())
    others = located.alternatives(loss=5.0, count=2)
    assert len(others) == 2
    assert not others.complete
    assert others.ended == "count"
    assert "there may be more" in others.sentences()[-1]


def test_a_list_that_ran_out_of_time_does_not_call_itself_complete() -> None:
    located = locate(PMedian(p=3), square())
    others = located.alternatives(loss=5.0, count=9, time_limit=1e-9)
    assert (len(others), others.complete, others.ended) == (0, False, "time")


def test_plans_come_from_the_best_to_the_worst_and_the_table_says_what_changes() -> None:
    located = locate(PMedian(p=3), square())
    others = located.alternatives(loss=0.4, count=4)
    values = [located.value, *(other.located.value for other in others)]
    assert values == sorted(values)  # type: ignore[type-var]
    table = others.table
    assert len(table) == 1 + len(others)
    assert table["loss"].tolist() == pytest.approx([v / values[0] - 1 for v in values])
    for k, other in enumerate(others):
        assert set(table["out"][k + 1].split(", ")) == set(other.out) <= set(located.chosen)


def test_what_differs_already_stays_so_in_alternatives_of_an_alternative() -> None:
    located = locate(PMedian(p=2), square())
    other = located.alternatives(loss=9.0, count=1)[0]
    further = other.located.alternatives(loss=9.0, count=1)[0]
    assert len({frozenset(one.chosen) for one in (located, other.located, further.located)}) == 3


def test_sentences_exist_in_both_languages_and_name_the_sites() -> None:
    others = locate(PMedian(p=3), square()).alternatives(loss=0.5, count=3)
    for lang in ("en", "zh"):
        told = others.sentences(lang)
        assert len(told) == len(others) + 2
        for other, line in zip(others, told[1:], strict=False):
            assert all(site in line for site in (*other.into, *other.out))
    with pytest.raises(ValueError, match="lang"):
        others.sentences("fr")


def test_all_that_cannot_be_meant_is_said_at_once() -> None:
    located = locate(PMedian(p=3), square())
    with pytest.raises(ValueError, match=r"loss: -1.*count: 0.*differ: 0"):
        alternatives(located, loss=-1, count=0, differ=0)
    apart = Access.of([1, 1, 1], np.where(np.eye(3), 1.0, np.inf))
    with pytest.raises(ValueError, match="infeasible"):
        alternatives(locate(PMedian(p=2), apart))


def test_a_plan_that_is_not_proven_may_have_better_ones_among_its_alternatives() -> None:
    """A poor plan as the first one: the best plan gains something on it, and losses are counted from the poor one."""
    access = square()
    located = locate(PMedian(p=3), access)
    poor = locate(PMedian(p=3, forbid=tuple(located.chosen)), access)
    assert poor.value is not None
    assert located.value is not None
    stated = replace(poor, question=PMedian(p=3), solution=replace(poor.solution, bound=None))
    (better,) = alternatives(stated, count=1)
    assert better.loss == pytest.approx(located.value / poor.value - 1)
    assert better.loss is not None
    assert better.loss < 0


def test_where_nothing_was_chosen_there_is_no_other_plan() -> None:
    access = Access.of([1, 2], [[1, 5], [2, 3]], status=["existing", "candidate"])
    others = locate(PMedian(p=0), access).alternatives(loss=9.0)
    assert (len(others), others.complete) == (0, True)
