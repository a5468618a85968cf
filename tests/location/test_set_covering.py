"""Set covering, with and without backup, against all choices there are and against independent programs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import scipy.optimize as opt
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from formulations.location.access import Access
from formulations.location.covering.backup_set_covering import BackupSetCovering
from formulations.location.covering.set_covering import SetCovering
from formulations.location.pairs import Pairs
from instances.schema import InstanceError
from solver.locating.covers import reduce as reducing
from solver.locating.covers import seeker as seeking
from solver.locating.covers.apart import apart
from solver.locating.covers.backup import backup_set_covering
from solver.locating.covers.cover import Cover
from solver.locating.covers.covering import set_covering
from solver.locating.covers.exchange import fewer
from solver.locating.covers.reduce import reduced
from solver.locating.covers.search import cheapest
from solver.locating.covers.seeker import grain_of
from solver.locating.locate import locate
from solver.locating.terms import Terms
from solver.solution import Status
from tests.location.choices import choices, extra_rules
from tests.location.tiny import tiny_access


def times(access: Access, opened: Any, radius: float) -> list[int]:
    """Open sites within the radius of each demand point where somebody lives."""
    return [
        sum(bool(o) and d <= radius for d, o in zip(row, opened, strict=True))
        for row, w in zip(access.distance, access.weight, strict=True)
        if w > 0
    ]


def spent(access: Access, opened: Any, by: str) -> float:
    each = np.ones(access.site.size) if by == "sites" else access.cost
    assert each is not None
    return float(
        sum(c for c, o, kept in zip(each, opened, access.is_status("existing"), strict=True) if o and not kept)
    )


def random_cover(n: int, m: int, share: float, seed: int) -> Access:
    """Everybody has some of the sites at distance 1, the others at distance 2."""
    rng = np.random.default_rng(seed)
    near = rng.random((n, m)) < share
    near[np.arange(n), rng.integers(0, m, n)] = True
    return Access.of(rng.integers(1, 9, n), np.where(near, 1.0, 2.0), cost=rng.integers(1, 20, m))


def by_milp(access: Access, cost: Any, radius: float) -> float:
    A = (access.distance <= radius).astype(float)
    m = access.site.size
    found = opt.milp(
        cost,
        integrality=np.ones(m),
        bounds=opt.Bounds(0, 1),
        constraints=opt.LinearConstraint(sp.csr_array(A), 1, np.inf),
    )
    return float(found.fun)


# -- set covering ----------------------------------------------------------------------------------------------------


@given(st.data())
def test_the_fast_way_the_program_and_all_choices_agree(data: st.DataObject) -> None:
    access = data.draw(tiny_access())
    by, radius = data.draw(st.sampled_from(["sites", "cost"])), data.draw(st.integers(0, 9))
    question = SetCovering(radius, by, **data.draw(extra_rules(access)))  # type: ignore[arg-type]
    if question.faults(access):
        return
    plans = [o for o in choices(question, access) if min(times(access, o, radius)) >= 1]
    want = min((spent(access, o, by) for o in plans), default=np.inf)
    for method in ("fast", "program"):
        found = locate(question, access, method=method, explain=False)
        if np.isinf(want):
            assert found.status is Status.INFEASIBLE, found.message
            continue
        assert found.status is Status.PROVEN, found.message
        assert found.value == pytest.approx(want)
        assert found.siting is not None
        assert any((found.siting.open == o).all() for o in plans)
        if method == "fast":
            assert found.verified_bound == pytest.approx(want)


@pytest.mark.parametrize("by", ["sites", "cost"])
@pytest.mark.parametrize("seed", [1, 2])
def test_an_independent_program_finds_the_same_cover(by: str, seed: int) -> None:
    access = random_cover(60, 40, 0.08, seed)
    found = locate(SetCovering(1.0, by), access)
    cost = np.ones(40) if by == "sites" else access.cost
    assert found.status is Status.PROVEN
    assert found.value == pytest.approx(by_milp(access, cost, 1.0))
    assert found.verified_bound == found.value


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rows_that_come_in_late_change_nothing(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    access = random_cover(80, 40, 0.1, seed)
    best = locate(SetCovering(1.0, "cost"), access)
    monkeypatch.setattr(reducing, "BITS", 0)
    monkeypatch.setattr(seeking, "FIRST", 5)
    monkeypatch.setattr(seeking, "MORE", 3)
    found = locate(SetCovering(1.0, "cost"), access)
    assert (found.value, found.verified_bound, found.status) == (best.value, best.verified_bound, Status.PROVEN)


def test_prices_that_are_no_whole_numbers_are_proven_too() -> None:
    access = random_cover(40, 30, 0.1, 5)
    assert access.cost is not None
    access = replace(access, cost=access.cost * 0.37 + 0.011)
    found = locate(SetCovering(1.0, "cost"), access)
    assert found.status is Status.PROVEN
    assert found.value == pytest.approx(by_milp(access, access.cost, 1.0))
    assert found.verified_bound is not None
    assert found.value is not None
    assert found.value * (1 - 1e-9) <= found.verified_bound <= found.value * (1 + 1e-9)


@given(tiny_access(), st.integers(0, 9), st.sampled_from([0, 500_000_000]))
def test_reduction_keeps_the_cost_of_the_cheapest_cover(access: Access, radius: int, large: int) -> None:
    question = SetCovering(radius, "cost")
    need = sp.csr_array((access.distance[access.served] <= radius).astype(float))
    cover = Cover.of(need, question.price(access), question.rules(access))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reducing, "LARGE", large)
        small = reduced(cover)

    def least(one: Cover) -> float:
        k = len(one.cost)
        best = np.inf
        for bits in range(2**k):
            x = np.array([bits >> j & 1 for j in range(k)], float)
            if (one.need @ x >= 1).all():
                best = min(best, float(one.cost @ x) + one.constant)
        return best

    assert least(small) == least(cover)


def test_without_a_small_enough_cover_the_target_is_said_to_be_out_of_reach() -> None:
    access = random_cover(60, 40, 0.08, 1)
    question = SetCovering(1.0)
    best = locate(question, access).value
    assert best is not None
    cover = Cover.of(sp.csr_array((access.distance <= 1).astype(float)), np.ones(40), question.rules(access))
    assert cheapest(cover, Terms(), target=best - 1).state == "beyond"
    found = cheapest(cover, Terms(), target=best)
    assert found.state == "finished"
    assert found.opened is not None
    assert min(times(access, found.opened, 1.0)) >= 1
    assert found.opened.sum() == best


def test_exchange_finds_smaller_covers_and_never_loses_the_one_it_was_given() -> None:
    access = random_cover(200, 80, 0.06, 2)
    need = sp.csr_array((access.distance <= 1).astype(float))
    every = np.ones(80, bool)
    found = fewer(need, every, np.random.default_rng(0), 300, lambda: False)
    assert min(times(access, found, 1.0)) >= 1
    assert by_milp(access, np.ones(80), 1.0) <= found.sum() <= 30
    assert (fewer(need, found, np.random.default_rng(0), 300, lambda: True) <= every).all()
    stopped = fewer(need, found, np.random.default_rng(0), 0, lambda: True)
    assert (stopped == found).all()
    some = fewer(need, every, np.random.default_rng(0), 300, lambda: False, enough=40)
    assert some.sum() == 40


def test_rows_said_to_be_apart_share_no_site() -> None:
    need = sp.csr_array((random_cover(50, 30, 0.1, 7).distance <= 1).astype(float))
    chosen = apart(need)
    assert len(chosen) > 1
    assert np.asarray(need[chosen].sum(axis=0)).max() <= 1


@pytest.mark.parametrize(("cost", "grain"), [([2, 4, 6], 2), ([3, 5], 1), ([1.5, 3], 0), ([], 0), ([0, 0], 0)])
def test_costs_that_are_whole_multiples_are_seen(cost: list[float], grain: float) -> None:
    assert grain_of(np.array(cost, float)) == grain


def test_a_stopped_search_never_says_proven_of_what_it_has_not_shown() -> None:
    access = random_cover(400, 150, 0.05, 3)
    terms = Terms()
    terms.stop.set()
    found = set_covering(SetCovering(1.0), access, terms)
    assert found is not None
    assert found.state == "stopped"
    for seconds in (1e-4, 0.2):
        located = locate(SetCovering(1.0), access, time_limit=seconds, explain=False)
        assert located.status in (Status.TIME_LIMIT, Status.NO_PLAN, Status.PROVEN)
        if located.status is Status.PROVEN:
            assert located.verified_bound == located.value
        elif located.bound is not None and located.value is not None:
            assert located.bound < located.value


def test_who_has_no_site_within_the_radius_is_named() -> None:
    access = Access.of([1, 2, 0], [[1, 2], [8, 9], [7, 7]], demand=["mill", "farm", "ruin"], unit="km")
    found = set_covering(SetCovering(5.0), access, Terms())
    assert found is not None
    assert found.state == "infeasible"
    assert "farm (nearest 8 km)" in found.message
    assert "ruin" not in found.message
    located = locate(SetCovering(5.0), access)
    assert located.status is Status.INFEASIBLE
    assert "farm" in located.message


def test_a_budget_below_every_cover_is_told_with_what_a_cover_costs() -> None:
    access = Access.of([1, 1], [[1, 9], [9, 1]], cost=[3, 4])
    found = set_covering(SetCovering(5.0, budget=6.0), access, Terms())
    assert found is not None
    assert found.state == "infeasible"
    assert "costs 7" in found.message


def test_many_demand_points_with_the_same_sites_are_one() -> None:
    rng = np.random.default_rng(0)
    n, m = 3000, 20
    xy, at = rng.random((n, 2)), rng.random((m, 2))
    access = Access.of(np.ones(n), np.hypot(*(xy[:, None] - at[None]).transpose(2, 0, 1)))
    found = locate(SetCovering(0.6), access)
    assert found.work["sets"] < n
    assert found.value == pytest.approx(by_milp(access, np.ones(m), 0.6))


def test_faults_come_all_at_once() -> None:
    with pytest.raises(InstanceError) as error:
        locate(SetCovering(-1.0, "cost"), Access.of([1], [[1]]))
    assert [fault.split(":")[0] for fault in error.value.faults] == ["radius", "cost"]
    with pytest.raises(InstanceError, match="by: 'size' is unknown"):
        locate(SetCovering(1.0, "size"), Access.of([1], [[1]]))
    with pytest.raises(InstanceError, match="radius"):
        locate(BackupSetCovering(float("nan")), Access.of([1], [[1]]))


def test_sparse_pairs_and_a_matrix_are_the_same_question() -> None:
    access = random_cover(50, 25, 0.15, 9)
    near = access.distance <= 1
    i, j = np.nonzero(near)
    sparse = Access.of(access.weight, Pairs.listed(i, j, access.distance[near], near.shape))
    assert locate(SetCovering(1.0), sparse).value == locate(SetCovering(1.0), access).value


# -- with backup -----------------------------------------------------------------------------------------------------


@given(st.data())
def test_backup_is_the_best_of_the_smallest_covers(data: st.DataObject) -> None:
    access = data.draw(tiny_access())
    radius = data.draw(st.integers(0, 9))
    question = BackupSetCovering(radius, **data.draw(extra_rules(access)))  # type: ignore[arg-type]
    if question.faults(access):
        return
    plans = [o for o in choices(question, access) if min(times(access, o, radius)) >= 1]
    weight = access.weight[access.weight > 0]
    stages = [
        (spent(access, o, "sites"), -sum(w for w, t in zip(weight, times(access, o, radius), strict=True) if t > 1))
        for o in plans
    ]
    for method in ("fast", "program"):
        found = locate(question, access, method=method, explain=False)
        if not plans:
            assert found.status is Status.INFEASIBLE, found.message
            continue
        assert found.status is Status.PROVEN, found.message
        assert found.judgement is not None
        got = found.judgement.objectives["sites"], -found.judgement.objectives["backup"]
        assert got == pytest.approx(min(stages))
        if method == "fast":
            assert found.verified_bound == pytest.approx(found.value, rel=1e-9)


def test_both_stages_of_backup_asked_one_after_the_other_give_the_same() -> None:
    access = random_cover(60, 25, 0.15, 11)
    n, m = access.distance.shape
    A = (access.distance <= 1).astype(float)
    fewest = by_milp(access, np.ones(m), 1.0)
    rows = np.block([[A, -np.eye(n)], [np.ones((1, m)), np.zeros((1, n))]])
    second = opt.milp(
        np.concatenate([np.zeros(m), -access.weight]),
        integrality=np.ones(m + n),
        bounds=opt.Bounds(0, 1),
        constraints=opt.LinearConstraint(rows, np.append(np.ones(n), fewest), np.append(np.full(n, np.inf), fewest)),
    )
    found = locate(BackupSetCovering(1.0), access)
    assert found.judgement is not None
    assert found.status is Status.PROVEN
    assert found.judgement.objectives["sites"] == pytest.approx(fewest)
    assert found.judgement.objectives["backup"] == pytest.approx(-second.fun)


def test_a_stopped_search_for_backup_proves_nothing() -> None:
    terms = Terms()
    terms.stop.set()
    found = backup_set_covering(BackupSetCovering(1.0), random_cover(60, 40, 0.08, 1), terms)
    assert found is not None
    assert found.state == "stopped"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_spopt_finds_the_same_sites() -> None:
    """Its own number for backup counts those too who have one site within the radius: counted from its sites here."""
    locating = pytest.importorskip("spopt.locate")
    pulp = pytest.importorskip("pulp")
    access = replace(random_cover(40, 20, 0.15, 4), weight=np.ones(40))
    solver = pulp.PULP_CBC_CMD(msg=False)
    fewest = locating.LSCP.from_cost_matrix(access.distance, 1.0).solve(solver)
    backup = locating.LSCPB.from_cost_matrix(access.distance, 1.0, solver).solve()
    opened = np.array([site.varValue > 0.5 for site in backup.fac_vars])
    found = locate(BackupSetCovering(1.0), access)
    assert found.judgement is not None
    assert found.judgement.objectives["sites"] == pytest.approx(fewest.problem.objective.value())
    assert found.judgement.objectives["backup"] == sum(t > 1 for t in times(access, opened, 1.0))
