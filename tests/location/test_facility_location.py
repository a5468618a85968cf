"""Facility location with and without capacities: against trying everything, SciPy, and published optima."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.optimize import Bounds, LinearConstraint, milp

from formulations.location.access import Access
from formulations.location.charge.capacitated_facility_location import CapacitatedFacilityLocation
from formulations.location.charge.facility_location import FacilityLocation
from formulations.location.charge.single_source_facility_location import SingleSourceFacilityLocation
from formulations.location.rules import Differ
from formulations.location.siting import Siting
from instances.schema import InstanceError
from solver.locating.charge.solve import solve_capacitated
from solver.locating.locate import locate
from solver.locating.terms import Terms
from solver.solution import Status
from tests.location.rationed import Case, agrees, cases, scattered, travelled

QUESTIONS = {
    "UFL": FacilityLocation,
    "CFL": CapacitatedFacilityLocation,
    "single-source CFL": SingleSourceFacilityLocation,
}


@pytest.mark.parametrize("title", QUESTIONS)
@settings(max_examples=25)
@given(case=cases())
def test_the_fast_way_the_program_and_trying_everything_agree(title: str, case: Case) -> None:
    question = QUESTIONS[title](p=case.p, budget=case.budget)
    undivided, room = title != "CFL", title != "UFL"
    truth = case.best(lambda y: case.opening(y) + travelled(case.access, y, undivided, room))
    agrees(question, case.access, truth)


def test_a_capacitated_question_agrees_with_a_program_written_for_scipy() -> None:
    access = scattered(3, 24, 9)
    n, m = access.distance.shape
    cost = np.concatenate([access.cost, (access.weight[:, None] * access.distance).ravel()])  # type: ignore[list-item]
    served = np.hstack([np.zeros((n, m)), np.kron(np.eye(n), np.ones((1, m)))])
    load = np.hstack([-np.diag(access.capacity), np.kron(access.weight[None, :], np.eye(m))])  # type: ignore[arg-type]
    for question, whole in ((CapacitatedFacilityLocation(), 0), (SingleSourceFacilityLocation(), 1)):
        twin = milp(
            cost,
            constraints=[LinearConstraint(served, 1, 1), LinearConstraint(load, -np.inf, 0)],
            bounds=Bounds(0, 1),
            integrality=np.concatenate([np.ones(m), np.full(n * m, whole)]),
            options={"mip_rel_gap": 0.0},
        )
        answer = locate(question, access)
        assert answer.status is Status.PROVEN
        assert answer.value == pytest.approx(twin.fun, rel=1e-7)
        assert answer.verified_bound == pytest.approx(twin.fun, rel=1e-7)


@pytest.mark.parametrize("seconds", [1e-3, 0.05, 0.3])
@pytest.mark.parametrize("kind", [CapacitatedFacilityLocation, SingleSourceFacilityLocation])
def test_a_search_that_was_cut_short_claims_nothing_false(
    kind: type[CapacitatedFacilityLocation], seconds: float
) -> None:
    access = scattered(5, 30, 10)
    optimum = locate(kind(), access).value
    assert optimum is not None
    answer = locate(kind(), access, time_limit=seconds)
    assert answer.status in (Status.PROVEN, Status.WITHIN_GAP, Status.TIME_LIMIT, Status.NO_PLAN), answer.message
    if answer.status is Status.PROVEN:
        assert answer.value == pytest.approx(optimum, rel=1e-9)
    for bound in (answer.bound, answer.verified_bound):
        assert bound is None or bound <= optimum * (1 + 1e-9)


def test_a_search_that_is_told_to_stop_before_it_begins_does_not_say_it_finished() -> None:
    terms = Terms()
    terms.stop.set()
    access = scattered(5, 30, 10)
    found = solve_capacitated(SingleSourceFacilityLocation(), access, terms)
    assert found is not None
    assert found.state == "stopped"
    assert found.verified is not None
    optimum = locate(SingleSourceFacilityLocation(), access).value
    assert optimum is not None
    assert found.verified <= optimum


@pytest.mark.parametrize("kind", [CapacitatedFacilityLocation, SingleSourceFacilityLocation])
def test_too_little_room_is_told_in_numbers_and_names(kind: type[CapacitatedFacilityLocation]) -> None:
    small = Access.of([5.0, 6.0], [[1.0, 2.0], [2.0, 1.0]], capacity=[4.0, 6.0], cost=[1.0, 1.0], demand=["A", "B"])
    answer = locate(kind(), small)
    assert answer.status is Status.INFEASIBLE
    assert "11" in answer.message
    assert "10" in answer.message


def test_a_village_larger_than_any_site_is_named_before_any_search() -> None:
    access = Access.of([7.0, 1.0], [[1.0, 2.0], [2.0, 1.0]], capacity=[5.0, 6.0], cost=[1.0, 1.0], demand=["A", "B"])
    found = solve_capacitated(SingleSourceFacilityLocation(), access, Terms())
    assert found is not None
    assert found.state == "infeasible"
    assert "A" in found.message
    assert "7" in found.message
    assert locate(CapacitatedFacilityLocation(), access).status is Status.PROVEN


def test_what_the_data_lack_is_said_at_once() -> None:
    bare = Access.of([1.0], [[1.0]])
    with pytest.raises(InstanceError, match=r"capacity: (?s:.*)cost: "):
        CapacitatedFacilityLocation().build(bare)
    with pytest.raises(InstanceError, match="cost: "):
        FacilityLocation().build(bare)


def test_a_plan_that_overfills_a_site_or_divides_a_village_is_judged_so() -> None:
    access = Access.of([4.0, 4.0], [[1.0, 2.0], [1.0, 2.0]], capacity=[5.0, 5.0], cost=[1.0, 1.0])
    crowd = Siting.nearest(access, np.array([True, True]))
    judged = SingleSourceFacilityLocation().judge(access, crowd)
    assert {check.rule for check in judged.checks if check.count} == {"room"}
    both = Siting(np.array([True, True]), np.array([0, 1, 1]), np.array([0, 0, 1]), np.array([1.0, 0.25, 0.75]))
    judged = SingleSourceFacilityLocation().judge(access, both)
    assert {check.rule for check in judged.checks if check.count} == {"undivided"}
    assert CapacitatedFacilityLocation().judge(access, both).kept
    assert CapacitatedFacilityLocation().judge(access, both).value == 2.0 + 4.0 + 4.0 * 0.25 + 4.0 * 0.75 * 2.0


def test_the_bound_counts_rounding_whatever_the_unit() -> None:
    access = scattered(7, 20, 8)
    plain = locate(SingleSourceFacilityLocation(), access)
    for unit in (1e-6, 1e5):
        assert access.cost is not None
        other = Access.of(access.weight, access.distance * unit, capacity=access.capacity, cost=access.cost * unit)
        scaled = locate(SingleSourceFacilityLocation(), other)
        assert scaled.status is Status.PROVEN
        assert scaled.value == pytest.approx(plain.value * unit, rel=1e-9)  # type: ignore[operator]


@pytest.mark.parametrize("title", QUESTIONS)
@settings(max_examples=15)
@given(case=cases())
def test_a_plan_that_must_differ_is_the_next_best_one(title: str, case: Case) -> None:
    question, access = QUESTIONS[title](p=case.p, budget=case.budget), case.access
    best = locate(question, access)
    if not best.chosen:
        return
    kept = access.is_status("existing")
    chosen = np.isin(access.site.labels(), best.chosen)
    undivided, room = title != "CFL", title != "UFL"
    truth = min(
        (
            case.opening(y) + travelled(access, y, undivided, room)
            for y in case.choices()
            if (chosen & ~(y & ~kept)).any()
        ),
        default=math.inf,
    )
    answer = locate(replace(question, differ=(Differ(tuple(best.chosen)),)), access)
    if math.isinf(truth):
        assert answer.status is Status.INFEASIBLE
    else:
        assert answer.status is Status.PROVEN
        assert answer.value == pytest.approx(truth, abs=1e-6)


def test_more_capacity_never_costs_more() -> None:
    access = scattered(9, 20, 8)
    values = []
    for times in (1.0, 1.5, 4.0):
        assert access.capacity is not None
        wider = replace(access, capacity=access.capacity * times)
        values.append(locate(CapacitatedFacilityLocation(), wider).value)
    assert values == sorted(values, reverse=True)  # type: ignore[type-var]
    assert values[-1] >= locate(FacilityLocation(), access).value - 1e-6  # type: ignore[operator]
