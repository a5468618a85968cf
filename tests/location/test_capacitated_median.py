"""The capacitated p-median: against trying everything and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.optimize import Bounds, LinearConstraint, milp

from formulations.location.access import Access
from formulations.location.median.capacitated_p_median import CapacitatedPMedian
from instances.schema import InstanceError
from solver.locating.locate import locate
from solver.solution import Status
from tests.location.rationed import Case, agrees, cases, scattered, travelled


@pytest.mark.parametrize("undivided", [True, False])
@settings(max_examples=25)
@given(case=cases())
def test_the_fast_way_the_program_and_trying_everything_agree(undivided: bool, case: Case) -> None:
    question = CapacitatedPMedian(p=case.p, budget=case.budget, undivided=undivided)
    truth = case.best(lambda y: travelled(case.access, y, undivided))
    agrees(question, case.access, truth)


@pytest.mark.parametrize("undivided", [True, False])
def test_a_larger_question_agrees_with_a_program_written_for_scipy(undivided: bool) -> None:
    access, p = scattered(13, 30, 10, load=0.4), 5
    n, m = access.distance.shape
    assert access.capacity is not None
    cost = np.concatenate([np.zeros(m), (access.weight[:, None] * access.distance).ravel()])
    served = np.hstack([np.zeros((n, m)), np.kron(np.eye(n), np.ones((1, m)))])
    load = np.hstack([-np.diag(access.capacity), np.kron(access.weight[None, :], np.eye(m))])
    count = np.concatenate([np.ones(m), np.zeros(n * m)])[None, :]
    twin = milp(
        cost,
        constraints=[LinearConstraint(served, 1, 1), LinearConstraint(load, -np.inf, 0), LinearConstraint(count, p, p)],
        bounds=Bounds(0, 1),
        integrality=np.concatenate([np.ones(m), np.full(n * m, int(undivided))]),
        options={"mip_rel_gap": 0.0},
    )
    answer = locate(CapacitatedPMedian(p=p, undivided=undivided), access)
    assert answer.status is Status.PROVEN
    assert answer.value == pytest.approx(twin.fun, rel=1e-7)
    assert answer.verified_bound == pytest.approx(twin.fun, rel=1e-7)


def test_dividing_demand_never_makes_ways_longer() -> None:
    access = scattered(17, 30, 10, load=0.5)
    whole, parts = (locate(CapacitatedPMedian(p=6, undivided=undivided), access).value for undivided in (True, False))
    assert parts <= whole + 1e-6  # type: ignore[operator]


def test_the_largest_sites_that_may_be_chosen_are_too_small_and_the_answer_says_so() -> None:
    access = Access.of(
        [6.0, 6.0], [[1.0, 2.0, 3.0]] * 2, capacity=[4.0, 5.0, 6.0], demand=["A", "B"], site=["X", "Y", "Z"]
    )
    answer = locate(CapacitatedPMedian(p=2, undivided=False), access)
    assert answer.status is Status.INFEASIBLE
    assert "12" in answer.message
    assert "11" in answer.message
    assert locate(CapacitatedPMedian(p=3, undivided=False), access).status is Status.PROVEN


def test_room_that_is_enough_in_all_but_not_where_it_is_needed_is_infeasible_too() -> None:
    far = np.inf
    access = Access.of([4.0, 4.0], [[1.0, far], [1.0, 2.0]], capacity=[3.0, 9.0])
    assert locate(CapacitatedPMedian(p=2, undivided=False), access).status is Status.INFEASIBLE


def test_existing_sites_are_used_and_not_counted() -> None:
    access = Access.of(
        [4.0, 4.0],
        [[0.0, 9.0, 1.0], [9.0, 0.0, 1.0]],
        capacity=[4.0, 4.0, 8.0],
        status=["existing"] + ["candidate"] * 2,
    )
    answer = locate(CapacitatedPMedian(p=1), access)
    assert answer.status is Status.PROVEN
    assert answer.value == 0.0
    assert answer.chosen == ["1"]


@pytest.mark.parametrize("seconds", [1e-3, 0.1])
def test_a_search_that_was_cut_short_claims_nothing_false(seconds: float) -> None:
    access = scattered(19, 60, 20, load=0.4)
    optimum = locate(CapacitatedPMedian(p=9), access).value
    assert optimum is not None
    answer = locate(CapacitatedPMedian(p=9), access, time_limit=seconds)
    if answer.status is Status.PROVEN:
        assert answer.value == pytest.approx(optimum, rel=1e-9)
    for bound in (answer.bound, answer.verified_bound):
        assert bound is None or bound <= optimum * (1 + 1e-9)


def test_capacities_must_be_known() -> None:
    with pytest.raises(InstanceError, match="capacity: "):
        CapacitatedPMedian(p=1).build(Access.of([1.0], [[1.0]]))
