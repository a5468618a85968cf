"""Why a site is in, against all choices there are."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.location.access import Access
from formulations.location.covering.maximal_covering import MaximalCovering
from formulations.location.median.p_median import PMedian
from formulations.location.question import Question
from formulations.location.siting import Siting
from formulations.location.spread.p_dispersion import PDispersion
from solver.locating.insight.importance import importance, moved
from solver.locating.locate import locate
from solver.locating.located import Located
from solver.solution import Status
from tests.location.test_alternatives import KINDS, square
from tests.location.tiny import every_plan, tiny_access


@given(tiny_access(), st.sampled_from(KINDS), st.integers(1, 3), st.integers(0, 9))
def test_what_is_lost_without_a_site_and_with_another_is_what_enumeration_says(
    access: Access, kind: Callable[[int, int], Question], p: int, radius: int
) -> None:
    question = kind(p, radius)
    if question.faults(access):
        return
    located = locate(question, access)
    if located.status is Status.INFEASIBLE:
        return
    plans = every_plan(question, access)
    free = [s for k, s in enumerate(access.site.labels()) if not access.is_status("existing")[k]]
    free = [s for s in free if not access.is_status("forbidden")[access.site.position(s)]]
    roles = importance(located, sites=free)
    assert len(roles) == len(free)
    for role in roles:
        assert role.without == (role.site in located.open_sites)
        left = [v for plan, v in plans.items() if (role.site in plan) != role.without]
        if not left:
            assert role.status is Status.INFEASIBLE
            assert role.loss == math.inf
            continue
        want = min(left) - min(plans.values())
        assert role.exact
        assert role.loss == pytest.approx(want, abs=1e-6)
        assert not role.ruled


@given(tiny_access(), st.integers(1, 3))
def test_what_is_said_at_once_holds_too(access: Access, p: int) -> None:
    """Without time for a search the interval comes from a plan made by closing the site; the truth lies inside."""
    question = PMedian(p=p)
    if question.faults(access):
        return
    located = locate(question, access)
    if located.status is Status.INFEASIBLE:
        return
    plans = every_plan(question, access)
    for role in importance(located, sites=access.site.labels(), time_limit=1e-9):
        kind = "candidate" if access.status is None else access.status[access.site.position(role.site)]
        if kind != "candidate":
            assert role.ruled
            continue
        left = [v for plan, v in plans.items() if (role.site in plan) != role.without]
        want = min(left) - min(plans.values()) if left else math.inf
        assert role.least <= want + 1e-6
        assert want <= role.most + 1e-6
        assert role.status is None or role.status is Status.INFEASIBLE


def test_a_site_that_takes_the_place_of_another_is_named_with_those_who_go_elsewhere() -> None:
    access = Access.of([10, 5, 1], [[0, 2, 9], [9, 9, 1], [4, 1, 3]], site=["A", "B", "C"])
    located = locate(PMedian(p=2), access)
    assert located.chosen == ["A", "C"]
    role = importance(located)["A"]
    assert role.instead == ("B",)
    assert role.gone == ()
    # the third, alone, has a way of 3 to C, and of 1 to B
    assert role.people == 11
    assert role.loss == pytest.approx(26 - 8)
    (told, _) = importance(located).sentences()
    assert told == "Without A the best plan walks 225 % farther; B takes its place; 11 people go elsewhere."


def test_a_required_site_may_cost_something_and_a_forbidden_one_may_be_missed() -> None:
    access = Access.of([10, 5, 1], [[0, 2, 9], [9, 9, 1], [4, 1, 3]], site=["A", "B", "C"])
    located = locate(PMedian(p=2, require=("B",)), access)
    role = importance(located)["B"]
    assert role.ruled
    assert located.value is not None
    assert role.loss == pytest.approx(8 - located.value)
    assert "which is required" in importance(located).sentences()[[r.site for r in importance(located)].index("B")]
    without = locate(PMedian(p=2, forbid=("A",)), access)
    missed = importance(without, sites=["A"])["A"]
    assert missed.ruled
    assert not missed.without
    assert missed.loss == pytest.approx(8 - 26)


def test_an_unproven_plan_gives_intervals_that_hold() -> None:
    access = square()
    best = locate(PMedian(p=3), access)
    poor = locate(PMedian(p=3, forbid=tuple(best.chosen)), access)
    assert best.value is not None
    # a plan that is not the best, with a bound that is far below: as a search leaves it that was stopped
    stated = replace(poor, question=PMedian(p=3), solution=replace(poor.solution, bound=0.5 * best.value))
    for label in access.site.labels():
        (role,) = importance(stated, sites=[label])
        words = {"forbid": (label,)} if role.without else {"require": (label,)}
        other = locate(PMedian(p=3, **words), access).value
        assert other is not None
        assert role.least <= other - best.value <= role.most
        assert not role.exact
        assert role.loss is None
        assert "not proven" in importance(stated, sites=[label]).sentences()[0]


def test_the_table_has_the_sites_that_matter_most_first() -> None:
    located = locate(PMedian(p=4), square())
    table = importance(located).table
    assert sorted(table.index) == sorted(located.chosen)
    assert table["most"].is_monotonic_decreasing
    assert table["exact"].all()


def test_sentences_exist_in_both_languages_for_every_way_it_can_end() -> None:
    apart = Access.of([1, 2], [[1, np.inf], [2, 3]], site=["A", "B"])
    never = locate(PMedian(p=1), apart).importance()
    assert "no plan" in never.sentences()[0]
    some = locate(PMedian(p=3), square())
    short = some.importance(time_limit=1e-9)
    for roles in (never, short, some.importance(sites=["S0", "S1", "S2", "S3", "S4", "S5", "S6"])):
        assert all(role.site in told for role, told in zip(roles, roles.sentences("zh"), strict=True))
        assert all(role.site in told for role, told in zip(roles, roles.sentences("en"), strict=True))


def test_people_who_go_elsewhere_are_counted_once_each() -> None:
    access = Access.of([4, 6], [[1, 1, 1], [1, 1, 1]])
    at = np.array([0, 1])
    before = Siting(np.array([True, True, False]), at, np.array([0, 1]), np.ones(2))
    after = Siting(np.array([True, False, True]), np.array([0, 1, 1]), np.array([0, 0, 2]), np.array([1.0, 0.5, 0.5]))
    assert moved(access, before, after).tolist() == [0, 6]
    nowhere = Siting(np.array([False, True, False]), np.array([1]), np.array([1]), np.ones(1))
    assert moved(access, before, nowhere).tolist() == [4, 0]


def test_an_unknown_site_or_a_missing_plan_is_an_error() -> None:
    located = locate(PMedian(p=3), square())
    with pytest.raises(ValueError, match="no site named 'S99'"):
        importance(located, sites=["S99"])
    apart = Access.of([1, 1, 1], np.where(np.eye(3), 1.0, np.inf))
    nothing: Located = locate(PMedian(p=2), apart)
    with pytest.raises(ValueError, match="no plan"):
        nothing.importance()


@given(tiny_access(), st.integers(1, 3), st.integers(0, 5))
def test_covering_loses_people_without_cover(access: Access, p: int, radius: int) -> None:
    question = MaximalCovering(p=p, radius=float(radius))
    if question.faults(access):
        return
    located = locate(question, access)
    plans = every_plan(question, access)
    for time_limit in (None, 1e-9):
        for role in importance(located, time_limit=time_limit):
            left = [v for plan, v in plans.items() if role.site not in plan]
            want = min(left) - min(plans.values()) if left else math.inf
            assert role.least <= want + 1e-6
            assert want <= role.most + 1e-6
            assert role.exact or role.status is None
            assert not role.exact or role.loss == pytest.approx(want, abs=1e-6)


def test_a_question_that_wants_much_loses_when_it_gets_less() -> None:
    rng = np.random.default_rng(5)
    at = rng.random((7, 2))
    between = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    access = Access.of(np.ones(7), between, between=between, site=[f"S{j}" for j in range(7)])
    question = PDispersion(p=3)
    located = locate(question, access)
    plans = every_plan(question, access)
    assert located.value == pytest.approx(max(plans.values()))
    roles = importance(located)
    for role in roles:
        want = max(plans.values()) - max(v for plan, v in plans.items() if role.site not in plan)
        assert role.loss == pytest.approx(want, abs=1e-9)
        assert role.people == 0
    assert "closer together" in " ".join(roles.sentences())
    others = located.alternatives(loss=0.5, count=50)
    assert others.complete
    want_values = sorted((v for v in plans.values() if v >= 0.5 * max(plans.values())), reverse=True)
    assert [other.located.value for other in others] == pytest.approx(want_values[1:])
    assert "above" in located.summary()
    assert "below" not in located.summary()
