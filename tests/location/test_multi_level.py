"""Depots, warehouses and demand points: against trying everything with SciPy's linear programming."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from formulations.location.access import Access
from formulations.location.charge.capacitated_facility_location import CapacitatedFacilityLocation
from formulations.location.charge.depots import Depots
from formulations.location.charge.multi_level_facility_location import MultiLevelFacilityLocation
from formulations.location.siting import Siting
from instances.schema import InstanceError
from solver.locating.locate import locate
from solver.solution import Status
from tests.location.rationed import Case, cases, scattered


def cheapest(case: Case, depots: Depots) -> float:
    """Trying every choice of warehouses and depots, with flows between tiers rather than shares of whole ways."""
    return case.best(
        lambda y: min(
            case.opening(y) + float(depots.cost[np.array(used)].sum()) + flows(case.access, depots, y, np.array(used))
            for used in itertools.product((False, True), repeat=depots.depot.size)
        )
    )


def flows(access: Access, depots: Depots, y: np.ndarray, used: np.ndarray) -> float:
    """Cheapest supply with these warehouses and depots: one flow into each warehouse, shares out of it."""
    who, m, n_depots = np.flatnonzero(access.weight > 0), access.site.size, depots.depot.size
    n = len(who)
    assert access.capacity is not None
    way, amount = access.distance[who], access.takes[who]
    near = np.isfinite(way) & y
    haul = np.isfinite(depots.haul) & used[:, None] & y
    cost = np.concatenate(
        [np.where(near, access.weight[who, None] * way, 0.0).ravel(), np.where(haul, depots.haul, 0.0).ravel()]
    )
    served = np.hstack([np.kron(np.eye(n), np.ones((1, m))), np.zeros((n, n_depots * m))])
    out = np.kron(amount[None, :], np.eye(m))
    balance = np.hstack([out, -np.kron(np.ones((1, n_depots)), np.eye(m))])
    room = np.hstack([out, np.zeros((m, n_depots * m))])
    stock = np.hstack([np.zeros((n_depots, n * m)), np.kron(np.eye(n_depots), np.ones((1, m)))])
    top = np.concatenate([near.ravel(), np.where(haul.ravel(), np.inf, 0.0)])
    limited = np.isfinite(depots.capacity)
    answer = linprog(
        cost,
        A_ub=np.vstack([room, stock[limited]]),
        b_ub=np.concatenate([access.capacity, depots.capacity[limited]]),
        A_eq=np.vstack([served, balance]),
        b_eq=np.concatenate([np.ones(n), np.zeros(m)]),
        bounds=list(zip(np.zeros(len(top)), top, strict=True)),
    )
    return float(answer.fun) if answer.status == 0 else math.inf


@st.composite
def supplied(draw: st.DrawFn) -> tuple[Case, Depots]:
    case = draw(cases(points=3, sites=3))
    m, count = case.access.site.size, draw(st.integers(1, 2))
    haul = np.array(draw(st.lists(st.integers(0, 4), min_size=count * m, max_size=count * m)), float)
    cost = draw(st.lists(st.integers(0, 9), min_size=count, max_size=count))
    room = draw(st.lists(st.sampled_from([2.0, 6.0, 12.0, math.inf]), min_size=count, max_size=count))
    return case, Depots.of(haul.reshape(count, m), cost=cost, capacity=room)


@settings(max_examples=30)
@given(both=supplied())
def test_the_program_agrees_with_trying_everything(both: tuple[Case, Depots]) -> None:
    case, depots = both
    truth = cheapest(case, depots)
    answer = locate(MultiLevelFacilityLocation(depots=depots, p=case.p, budget=case.budget), case.access)
    if math.isinf(truth):
        assert answer.status is Status.INFEASIBLE, answer.message
        return
    assert answer.status is Status.PROVEN, answer.message
    assert answer.value == pytest.approx(truth, abs=1e-6)
    assert answer.judgement is not None
    parts = answer.judgement.objectives
    assert parts["opening"] + parts["travel"] + parts["haul"] == pytest.approx(answer.value)


def test_one_free_depot_next_to_everything_is_the_question_without_depots() -> None:
    access = scattered(31, 20, 8)
    depots = Depots.of(np.zeros((1, 8)))
    two = locate(MultiLevelFacilityLocation(depots=depots), access)
    one = locate(CapacitatedFacilityLocation(), access)
    assert two.status is Status.PROVEN
    assert two.value == pytest.approx(one.value)


def test_a_plan_that_takes_more_than_a_depot_holds_or_from_one_not_used_is_judged_so() -> None:
    access = Access.of([3.0, 3.0], [[1.0], [2.0]], capacity=[6.0], cost=[5.0])
    depots = Depots.of([[1.0], [4.0]], cost=[2.0, 2.0], capacity=[4.0, 6.0], depot=["port", "hub"])
    question = MultiLevelFacilityLocation(depots=depots)

    def judged(supply: list[list[float]], used: list[float]) -> tuple[float, set[str]]:
        flow = np.array(supply)[:, :, None]
        plan = Siting(
            np.array([True]), np.array([0, 1]), np.array([0, 0]), np.ones(2), {"depot": np.array(used), "supply": flow}
        )
        verdict = question.judge(access, plan)
        return verdict.value, {check.rule for check in verdict.checks if check.count}

    assert judged([[1.0, 0.0], [0.0, 1.0]], [1.0, 1.0]) == (5.0 + 4.0 + 3.0 + 6.0 + 3.0 + 12.0, set())
    assert judged([[1.0, 1.0], [0.0, 0.0]], [1.0, 0.0])[1] == {"stock"}
    assert "from_depots" in judged([[1.0, 0.0], [0.0, 1.0]], [1.0, 0.0])[1]
    assert judged([[1.0, 0.0], [0.0, 0.5]], [1.0, 1.0])[1] == {"supplied"}


def test_faults_of_the_upper_tier_are_named_together() -> None:
    with pytest.raises(
        InstanceError, match=r"haul: 1 missing \(NaN\), first at hub(?s:.*)cost: 1 negative, first at port"
    ):
        Depots.of([[1.0], [math.nan]], cost=[-1.0, 1.0], depot=["port", "hub"])
    access = Access.of([1.0], [[1.0, 2.0]], cost=[1.0, 1.0])
    with pytest.raises(InstanceError, match="haul to 1 sites, but there are 2"):
        MultiLevelFacilityLocation(depots=Depots.of([[1.0]])).build(access)
    with pytest.raises(InstanceError, match="the upper tier is missing"):
        MultiLevelFacilityLocation().build(access)
    with pytest.raises(InstanceError, match="1 demand points have no way to a depot, first 0"):
        MultiLevelFacilityLocation(depots=Depots.of([[math.inf, math.inf]])).build(access)
