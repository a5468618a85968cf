"""Every question of location there is: fast algorithm, plain program and enumeration agree, and answers can be used."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import formulations.location as location
from formulations.location import (
    Access,
    KNearestPMedian,
    MultiLevelFacilityLocation,
    OrderedMedian,
    PartialCovering,
    Question,
    SingleSourceFacilityLocation,
)
from formulations.location.charge.depots import Depots
from instances.schema import InstanceError
from solver.locating.locate import ALGORITHMS, locate
from solver.locating.located import Located
from solver.solution import Status
from tests.location.every import FAIR, KINDS, asked, weighed
from tests.location.trying import best

SOME = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
FEW = settings(max_examples=7, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
every_kind = pytest.mark.parametrize("kind", list(KINDS), ids=lambda kind: kind.__name__)


def test_no_question_of_the_package_is_left_out_here() -> None:
    names = {name: getattr(location, name) for name in location.__all__}
    questions = {q for q in names.values() if isinstance(q, type) and issubclass(q, Question) and q is not Question}
    assert questions == set(KINDS)


def answers(question: Question, access: Access) -> list[Located]:
    """By the fast algorithm, where there is one, and by the plain program."""
    methods = ["program"] + (["fast"] if question.classic and question.title in ALGORITHMS else [])
    return [locate(question, access, method=method, explain=False) for method in methods]


def held(told: Located, expected: float | None) -> None:
    """The answer is the one expected (None: there is no plan), proven, and all that is said of it can be used."""
    json.dumps(told.to_dict(), allow_nan=False)
    for lang in ("en", "zh"):
        assert told.summary(lang)
    for table in (told.sites, told.demand, told.trips):
        assert not table.isna().any(axis=None)
    if expected is None:
        assert told.status is Status.INFEASIBLE, (told.method, told.status, told.value, told.message)
        assert told.siting is None
        return
    close = 1e-6 * max(1.0, abs(expected))
    assert told.good, (told.method, told.status, told.message, expected)
    assert told.judgement is not None and told.judgement.kept
    assert told.value == pytest.approx(expected, abs=close), told.method
    assert told.bound is not None and math.isfinite(told.bound)
    sign = -1.0 if told.question.sense == "max" and told.question.objective is None else 1.0
    for bound in (told.bound, told.verified_bound):
        if bound is not None:
            assert math.isfinite(bound)
            assert sign * bound <= sign * told.value + 1e-9 * max(1.0, abs(told.value)), told.method


def agree(question: Question, access: Access) -> None:
    if question.faults(access):
        with pytest.raises(InstanceError):
            locate(question, access)
        return
    expected = best(question, access)
    for told in answers(question, access):
        held(told, expected)


@every_kind
@given(data=st.data())
@FEW
def test_fast_program_and_enumeration_agree(kind: type[Question], data: st.DataObject) -> None:
    agree(*data.draw(asked(kind)))


@pytest.mark.parametrize("kind", FAIR, ids=lambda kind: kind.__name__)
@given(data=st.data())
@FEW
def test_with_measures_of_fairness_program_and_enumeration_agree(kind: type[Question], data: st.DataObject) -> None:
    agree(*data.draw(weighed(kind)))


@pytest.mark.long
@every_kind
@given(data=st.data())
@MANY
def test_they_agree_on_many_more(kind: type[Question], data: st.DataObject) -> None:
    agree(*data.draw(asked(kind)))


@pytest.mark.long
@pytest.mark.parametrize("kind", FAIR, ids=lambda kind: kind.__name__)
@given(data=st.data())
@MANY
def test_with_measures_of_fairness_they_agree_on_many_more(kind: type[Question], data: st.DataObject) -> None:
    agree(*data.draw(weighed(kind)))


# -- laws ------------------------------------------------------------------------------------------------------------


def worth(question: Question, access: Access) -> float:
    """Value of the answer as it is minimised; infinite if there is no plan."""
    told = locate(question, access, explain=False)
    if told.status is Status.INFEASIBLE:
        return math.inf
    assert told.good, (told.status, told.message)
    assert told.value is not None
    return -told.value if question.sense == "max" else told.value


def near(value: float) -> Any:
    return pytest.approx(value, rel=1e-6, abs=1e-6)


def kept(access: Access, people: list[int], places: list[int], weight: Any = None, amount: Any = None) -> Access:
    """Some demand points and sites of the data, in a certain order; a demand point may come twice."""
    zones = access.zone
    twice = [f"{access.demand.label(i)}.{k}" for k, i in enumerate(people)]
    return Access.of(
        access.weight[people] if weight is None else weight,
        access.distance[np.ix_(people, places)],
        demand=twice,
        site=[access.site.label(j) for j in places],
        status=None if access.status is None else access.status[places],
        capacity=None if access.capacity is None else access.capacity[places],
        cost=None if access.cost is None else access.cost[places],
        amount=amount if amount is not None or access.amount is None else access.amount[people],
        zone=None if zones is None else [zones.target.label(int(zones.position[i])) for i in people],
        between=None if access.between is None else access.between[np.ix_(places, places)],
        unreached=True,
    )


def moved(question: Any, people: list[int], places: list[int]) -> Any:
    """The question with what it says about single demand points and sites in another order."""
    if isinstance(question, MultiLevelFacilityLocation):
        tier = question.depots
        assert tier is not None
        depots = Depots.of(tier.haul[:, places], cost=tier.cost, capacity=tier.capacity)
        return replace(question, depots=depots)
    if isinstance(question, KNearestPMedian) and isinstance(question.k, tuple):
        return replace(question, k=tuple(question.k[i] for i in people))
    return question


@every_kind
@given(data=st.data())
@SOME
def test_the_order_of_people_and_sites_changes_nothing(kind: type[Question], data: st.DataObject) -> None:
    question, access = data.draw(asked(kind))
    assume(not question.faults(access))
    people = data.draw(st.permutations(range(access.demand.size)))
    places = data.draw(st.permutations(range(access.site.size)))
    other = moved(question, people, places)
    assert worth(other, kept(access, people, places)) == near(worth(question, access))


@every_kind
@given(data=st.data())
@SOME
def test_one_more_site_that_may_be_chosen_never_hurts(kind: type[Question], data: st.DataObject) -> None:
    question, access = data.draw(asked(kind))
    everybody, last = list(range(access.demand.size)), access.site.size - 1
    assume(last > 0 and (access.status is None or access.status[last] == "candidate"))
    # the nearest k of more sites may be others
    assume(not (isinstance(question, KNearestPMedian) and question.strict))
    fewer = kept(access, everybody, list(range(last)))
    before = moved(question, everybody, list(range(last)))
    assume(not before.faults(fewer) and not question.faults(access))
    assert worth(question, access) <= worth(before, fewer) + 1e-6


@every_kind
@given(data=st.data())
@SOME
def test_more_money_never_hurts(kind: type[Question], data: st.DataObject) -> None:
    question, access = data.draw(asked(kind))
    assume(question.budget is not None and not question.faults(access))
    assert question.budget is not None
    more = replace(question, budget=question.budget + data.draw(st.sampled_from([0.0, 0.1, 1.0, 4.9])))
    assert worth(more, access) <= worth(question, access) + 1e-6


SPLIT = [k for k in KINDS if k not in (OrderedMedian, SingleSourceFacilityLocation)]


@pytest.mark.parametrize("kind", SPLIT, ids=lambda kind: kind.__name__)
@given(data=st.data())
@SOME
def test_a_demand_point_counted_as_two_halves_changes_nothing(kind: type[Question], data: st.DataObject) -> None:
    question, access = data.draw(asked(kind))
    if any(field.name == "undivided" for field in fields(question)):
        question = replace(question, undivided=False)
    assume(not question.faults(access))
    one = data.draw(st.integers(0, access.demand.size - 1))
    people, places = [*range(access.demand.size), one], list(range(access.site.size))
    weight = access.weight[people]
    weight[[one, -1]] /= 2
    amount = None if access.amount is None else access.amount[people]
    if amount is not None:
        amount[[one, -1]] /= 2
    if isinstance(question, PartialCovering):
        # whole people can be left out only as a whole: half a point may be left out where a point may not
        assume(weight[-1] == 0)
    halves = kept(access, people, places, weight, amount)
    assert worth(moved(question, people, places), halves) == near(worth(question, access))
