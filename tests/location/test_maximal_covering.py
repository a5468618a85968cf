"""Maximal covering, plain and with backup: fast, program and enumeration agree, and so do published values."""

from __future__ import annotations

import threading
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from formulations.location.access import Access
from formulations.location.covering.backup_covering import BackupCovering
from formulations.location.covering.maximal_covering import MaximalCovering
from formulations.location.nearby import nearby
from formulations.location.rules import Differ
from formulations.location.siting import Siting
from formulations.location.uncovered import without_cover
from formulations.measures.fairness.deviation import MeanDeviation
from formulations.measures.fairness.zones import LargestZone
from instances.schema import InstanceError
from solver.clock import Clock
from solver.locating.coverage import solve as engine
from solver.locating.coverage.exchange import Chooser
from solver.locating.coverage.shortage import Shortage
from solver.locating.coverage.solve import maximal
from solver.locating.locate import locate
from solver.locating.terms import Terms
from solver.solution import Status


@st.composite
def towns(draw: st.DrawFn) -> tuple[Access, int | None, float | None, float | None]:
    """Ties, pairs out of reach, points that reach nothing, empty points, sites of all kinds; p, budget, radius."""
    n, m = draw(st.integers(1, 8)), draw(st.integers(1, 6))
    d = np.array(draw(st.lists(st.lists(st.integers(0, 5), min_size=m, max_size=m), min_size=n, max_size=n)), float)
    d[d == 5] = np.inf
    w = np.array(draw(st.lists(st.integers(0, 6), min_size=n, max_size=n)), float)
    w[0] = max(w[0], 1.0)
    w *= draw(st.sampled_from([1.0, 3.0, 0.7]))
    kind = st.sampled_from(["candidate"] * 4 + ["existing", "required", "forbidden"])
    status = np.array(draw(st.lists(kind, min_size=m, max_size=m)))
    cost = np.array(draw(st.lists(st.integers(0, 4), min_size=m, max_size=m)), float)
    access = Access.of(w, d, status=status, cost=cost, unreached=True)
    must, may = int((status == "required").sum()), int(np.isin(status, ["required", "candidate"]).sum())
    p = draw(st.one_of(st.none(), st.integers(must, may)))
    low = float(cost[status == "required"].sum())
    budget = None if p is not None and draw(st.booleans()) else low + draw(st.integers(0, 8))
    return access, p, budget, draw(st.sampled_from([None, 0.0, 1.0, 2.5, 4.0]))


def choices(access: Access, p: int | None, budget: float | None) -> list[np.ndarray]:
    """Every choice of open sites that keeps the rules."""
    assert access.status is not None and access.cost is not None
    kept, m = access.status == "existing", access.site.size
    found = []
    for size in range(m + 1):
        for some in combinations(range(m), size):
            y = np.zeros(m, bool)
            y[list(some)] = True
            right = y[kept | (access.status == "required")].all() and not y[access.status == "forbidden"].any()
            right = right and (p is None or (y & ~kept).sum() == p)
            if right and (budget is None or access.cost[y & ~kept].sum() <= budget):
                found.append(y)
    return found


def lacking(access: Access, y: np.ndarray, radius: float | None, need: int = 1) -> float:
    """People with fewer than so many open sites near them."""
    near = (access.distance <= (np.finfo(float).max if radius is None else radius)) & y
    return float(access.weight[near.sum(axis=1) < need].sum())


@given(towns())
def test_fast_program_and_enumeration_agree(town: tuple[Access, int | None, float | None, float | None]) -> None:
    access, p, budget, radius = town
    values = [lacking(access, y, radius) for y in choices(access, p, budget)]
    question = MaximalCovering(p=p, budget=budget, radius=radius)
    for method in ("fast", "program"):
        found = locate(question, access, method=method)
        if not values:
            assert found.status is Status.INFEASIBLE
            continue
        assert found.status is Status.PROVEN, found.message
        assert found.value == pytest.approx(min(values), abs=1e-6)
        assert found.judgement is not None
        assert found.judgement.objectives["covered"] == pytest.approx(access.weight.sum() - min(values), abs=1e-6)
        if method == "fast":
            assert found.verified_bound is not None
            assert found.verified_bound == pytest.approx(min(values), abs=1e-6)


@given(towns(), st.sampled_from([0.0, 0.25, 0.3, 0.5, 0.8, 1.0]))
def test_with_backup_as_well(town: tuple[Access, int | None, float | None, float | None], b: float) -> None:
    access, p, budget, radius = town
    values = [
        (1 - b) * lacking(access, y, radius) + b * lacking(access, y, radius, 2) for y in choices(access, p, budget)
    ]
    question = BackupCovering(p=p, budget=budget, radius=radius, backup_weight=b)
    for method in ("fast", "program") if values else ():
        found = locate(question, access, method=method)
        assert found.status is Status.PROVEN, found.message
        assert found.value == pytest.approx(min(values), abs=1e-6)
        if method == "fast" and b <= 0.5:
            assert found.verified_bound == pytest.approx(min(values), abs=1e-6)


@given(towns())
def test_an_alternative_differs_and_is_the_best_that_does(
    town: tuple[Access, int | None, float | None, float | None],
) -> None:
    access, p, budget, radius = town
    best = min(choices(access, p, budget), key=lambda y: lacking(access, y, radius), default=None)
    if best is None:
        return
    assert access.status is not None
    chosen = best & (access.status != "existing")
    others = [y for y in choices(access, p, budget) if (chosen & ~y).any()]
    differ = Differ(tuple(access.site.labels(np.flatnonzero(chosen))))
    found = locate(MaximalCovering(p=p, budget=budget, radius=radius, differ=(differ,)), access)
    if others:
        assert found.status is Status.PROVEN
        assert found.value == pytest.approx(min(lacking(access, y, radius) for y in others), abs=1e-6)
    else:
        assert found.status is Status.INFEASIBLE


@given(towns())
def test_exchanges_keep_the_rules_and_never_lose(town: tuple[Access, int | None, float | None, float | None]) -> None:
    from formulations.location.cover_sets import CoverSets

    access, p, budget, radius = town
    question = MaximalCovering(p=p, budget=budget, radius=radius)
    chooser = Chooser(Shortage.of(CoverSets.of(access, radius), (1.0,)), question.rules(access), lambda: False)
    for y in choices(access, p, budget)[:10]:
        assert chooser.keeps(y)
        after = chooser.exchanged(y)
        assert chooser.keeps(after)
        assert lacking(access, after, radius) <= lacking(access, y, radius) + 1e-9


@given(towns(), st.integers(0, 9))
def test_merged_choices_keep_the_rules(town: tuple[Access, int | None, float | None, float | None], seed: int) -> None:
    from formulations.location.cover_sets import CoverSets

    access, p, budget, radius = town
    question = MaximalCovering(p=p, budget=budget, radius=radius)
    chooser = Chooser(Shortage.of(CoverSets.of(access, radius), (1.0,)), question.rules(access), lambda: False)
    known = choices(access, p, budget)[:5]
    for one in known:
        for other in known:
            merged = chooser.merged(one, other, np.random.default_rng(seed))
            assert merged is None or chooser.keeps(merged)
        same = chooser.merged(one, one, np.random.default_rng(seed))
        assert same is not None
        assert lacking(access, same, radius) <= lacking(access, one, radius) + 1e-9


def test_a_larger_town_agrees_with_a_program_written_by_hand() -> None:
    rng = np.random.default_rng(8)
    people, sites, w = rng.uniform(0, 10, (400, 2)), rng.uniform(0, 10, (40, 2)), rng.integers(1, 100, 400)
    access = Access.of(w, nearby(people, sites, 2.0), unreached=True)
    n, m = 400, 40
    near = np.hypot(*(people[:, None] - sites[None]).transpose(2, 0, 1)) <= 1.5
    A = np.vstack([np.hstack([near, np.eye(n)]), np.hstack([np.ones(m), np.zeros(n)])])
    twin = milp(
        np.concatenate([np.zeros(m), w]),
        constraints=LinearConstraint(A, [*np.ones(n), 6], [*np.full(n, np.inf), 6]),
        bounds=(0, 1),
        integrality=np.concatenate([np.ones(m), np.zeros(n)]),
    )
    found = locate(MaximalCovering(p=6, radius=1.5), access)
    assert found.status is Status.PROVEN
    assert found.value == round(twin.fun)
    assert found.verified_bound == found.value


@given(towns(), st.booleans(), st.integers(0, 99))
def test_the_worst_zone_and_the_spread_of_cover_can_be_asked_for(
    town: tuple[Access, int | None, float | None, float | None], spread: bool, seed: int
) -> None:
    access, p, budget, radius = town
    zone = np.random.default_rng(seed).integers(0, 2, access.demand.size)
    access = Access.of(
        access.weight, access.distance, status=access.status, cost=access.cost, zone=zone.tolist(), unreached=True
    )
    measure = MeanDeviation() if spread else LargestZone()
    question = MaximalCovering(p=p, budget=budget, radius=radius, objective=measure)
    values = [measure.value(access, without_cover(access, y, radius)) for y in choices(access, p, budget)]
    found = locate(question, access)
    if not values:
        assert found.status is Status.INFEASIBLE
        return
    assert found.status is Status.PROVEN, found.message
    assert found.value == pytest.approx(min(values), abs=1e-6)


def test_a_start_is_never_lost() -> None:
    access = Access.of([1, 1, 5], [[0, 9, 9], [9, 0, 9], [9, 9, 0]])
    terms = Terms(start=(np.array([False, False, True]),))
    terms.stop.set()
    found = maximal(MaximalCovering(p=1, radius=1.0), access, terms)
    assert terms.record.best is not None and terms.record.best[0] == 2.0
    assert found.state == "stopped"


def test_a_stopped_run_is_not_called_proven() -> None:
    rng = np.random.default_rng(2)
    people, sites = rng.uniform(0, 30, (20_000, 2)), rng.uniform(0, 30, (300, 2))
    access = Access.of(rng.integers(1, 101, 20_000), nearby(people, sites, 3.0), unreached=True)
    terms = Terms(Clock(0.0))
    found = maximal(MaximalCovering(p=30), access, terms)
    assert found.state == "stopped"
    located = locate(MaximalCovering(p=30), access, time_limit=0.5)
    assert located.status in (Status.TIME_LIMIT, Status.NO_PLAN)
    if located.value is not None and located.bound is not None:
        assert located.bound < located.value


def test_trips_go_to_the_nearest_open_site_within_the_radius_and_no_farther() -> None:
    access = Access.of([1, 1, 1], [[0, 2], [3, 9], [9, 1]])
    found = locate(MaximalCovering(p=1, radius=1.0, require=("1",)), access)
    assert found.siting is not None
    assert found.siting.demand.tolist() == [2]
    question = MaximalCovering(p=1, radius=1.0)
    assert question.judge(access, Siting.nearest(access, np.array([True, False]))).value == 2.0


def test_everything_wrong_is_said_at_once() -> None:
    access = Access.of([1], [[1.0]])
    with pytest.raises(InstanceError) as told:
        locate(BackupCovering(radius=-1.0, backup_weight=2.0), access)
    for part in ("radius: -1.0", "p, budget: give one", "backup_weight: 2.0"):
        assert part in str(told.value)
    with pytest.raises(InstanceError, match="radius"):
        locate(MaximalCovering(p=1, radius=np.nan), access)


def test_a_search_that_will_not_stop_is_left_behind_and_its_plan_sends_nobody_beyond_the_radius(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def deaf(question: MaximalCovering, access: Access, terms: Terms) -> None:
        terms.record.plan(2.0, np.array([1.0, 0.0]))
        threading.Event().wait(4.0)

    monkeypatch.setattr(engine, "maximal", deaf)
    access = Access.of([1, 2], [[1.0, 9.0], [9.0, 1.0]])
    found = locate(MaximalCovering(1, radius=5.0), access, time_limit=0.05)
    assert found.status is Status.TIME_LIMIT
    assert found.solution.left_running
    assert found.siting is not None
    assert found.siting.demand.tolist() == [0]
    assert found.value == 2.0
