"""Every question of location there is: fast algorithm, plain program and enumeration agree, and answers can be used."""

from __future__ import annotations

import json
import math
from typing import Any

import formulations.location as location
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formulations.location.access import Access
from formulations.location.question import Question
from instances.schema import InstanceError
from solver.locating.locate import ALGORITHMS, locate
from solver.locating.located import Located
from solver.solution import Status
from tests.location.every import FAIR, KINDS, asked, best, weighed

FEW = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
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
