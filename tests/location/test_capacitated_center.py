"""The capacitated p-center: against trying everything, and what must hold of any answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from formulations.location.access import Access
from formulations.location.median.capacitated_p_center import CapacitatedPCenter
from formulations.location.siting import Siting
from instances.schema import InstanceError
from solver.clock import Clock
from solver.locating.charge.reach import Reach
from solver.locating.locate import locate
from solver.locating.terms import Terms
from solver.solution import Status
from tests.location.rationed import Case, agrees, cases, longest, scattered


@pytest.mark.parametrize("undivided", [True, False])
@settings(max_examples=25)
@given(case=cases())
def test_the_fast_way_the_program_and_trying_everything_agree(undivided: bool, case: Case) -> None:
    question = CapacitatedPCenter(p=case.p, budget=case.budget, undivided=undivided)
    truth = case.best(lambda y: longest(case.access, y, undivided))
    agrees(question, case.access, truth)


@given(case=cases())
def test_a_length_that_the_tree_calls_too_short_is_too_short(case: Case) -> None:
    question = CapacitatedPCenter(p=case.p, budget=case.budget)
    truth = case.best(lambda y: longest(case.access, y, True))
    reach = Reach(case.access, question.rules(case.access), True, Terms())
    for length in np.unique(case.access.pairs.distance):
        too_short, _ = reach.too_short(float(length), Clock(), 1000)
        assert too_short == (length < truth)


@pytest.mark.parametrize("undivided", [True, False])
def test_a_larger_question_agrees_with_its_program(undivided: bool) -> None:
    access = scattered(23, 25, 10, load=0.5)
    question = CapacitatedPCenter(p=6, undivided=undivided)
    fast, program = locate(question, access), locate(question, access, method="program")
    assert fast.status is Status.PROVEN
    assert program.status is Status.PROVEN
    assert fast.value == pytest.approx(program.value)
    assert fast.verified_bound == pytest.approx(fast.value)


def test_a_tiny_part_of_a_village_that_goes_far_counts() -> None:
    access = Access.of([10.0], [[1.0, 7.0]], capacity=[9.99, 5.0])
    answer = locate(CapacitatedPCenter(p=2, undivided=False), access)
    assert answer.value == 7.0
    plan = Siting(np.array([True, True]), np.array([0, 0]), np.array([0, 1]), np.array([0.999, 0.001]))
    assert CapacitatedPCenter(p=2, undivided=False).judge(access, plan).value == 7.0


def test_room_must_be_enough_for_somebody_as_a_whole_when_undivided() -> None:
    access = Access.of([4.0, 4.0, 4.0], np.ones((3, 2)), capacity=[6.0, 6.0])
    assert locate(CapacitatedPCenter(p=2), access).status is Status.INFEASIBLE
    assert locate(CapacitatedPCenter(p=2, undivided=False), access).value == 1.0


@pytest.mark.parametrize("seconds", [1e-3, 0.1])
def test_a_search_that_was_cut_short_claims_nothing_false(seconds: float) -> None:
    access = scattered(29, 60, 20, load=0.5)
    optimum = locate(CapacitatedPCenter(p=11), access).value
    assert optimum is not None
    answer = locate(CapacitatedPCenter(p=11), access, time_limit=seconds)
    if answer.status is Status.PROVEN:
        assert answer.value == pytest.approx(optimum)
    for bound in (answer.bound, answer.verified_bound):
        assert bound is None or bound <= optimum + 1e-9


def test_capacities_must_be_known() -> None:
    with pytest.raises(InstanceError, match="capacity: "):
        CapacitatedPCenter(p=1).build(Access.of([1.0], [[1.0]]))
