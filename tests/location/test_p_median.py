"""p-median: against enumeration, the plain program, published optima; and what a bound may say."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from formulations.location.access import Access
from formulations.location.median.p_median import PMedian
from formulations.location.rules import Differ
from formulations.location.siting import Siting
from instances.schema import InstanceError
from solver.clock import Clock
from solver.locating.locate import locate
from solver.locating.median.core import Core
from solver.locating.median.dual import priced
from solver.locating.median.engine import p_median
from solver.locating.median.exchange import Exchange
from solver.locating.median.served import Served, grain_of
from solver.locating.terms import Terms
from solver.solution import Status
from tests.location.tiny import every_plan, tiny_access


@st.composite
def tiny_questions(draw: st.DrawFn) -> tuple[Access, PMedian]:
    """With all rules about sites; some cannot be kept, none is refused outright."""
    access = draw(tiny_access())
    may = [access.site.label(j) for j in np.flatnonzero(access.is_status("candidate"))]
    p = draw(st.one_of(st.none(), st.integers(0, len(may))))
    budget = draw(st.one_of(st.none(), st.integers(1, 12).map(float)))
    require = tuple(draw(st.lists(st.sampled_from(may), max_size=1)))
    differ = draw(st.one_of(st.just(()), st.just((Differ(tuple(may[:2]), 1),))))
    question = PMedian(p=p, budget=budget, require=require, differ=differ)
    if question.faults(access):
        question = PMedian(p=p)
    return access, question


@given(tiny_questions())
def test_the_answer_is_the_best_of_all_choices_and_its_bound_is_our_own(drawn: tuple[Access, PMedian]) -> None:
    access, question = drawn
    plans = every_plan(question, access)
    answer = locate(question, access, method="fast")
    if not plans:
        assert answer.status is Status.INFEASIBLE
        assert answer.message
        return
    best = min(plans.values())
    assert answer.status is Status.PROVEN
    assert answer.value == pytest.approx(best)
    assert frozenset(answer.chosen) in plans
    assert answer.verified_bound is not None and answer.verified_bound <= best + 1e-9
    assert answer.verified_bound == pytest.approx(best)


@given(tiny_questions())
def test_the_plain_program_agrees(drawn: tuple[Access, PMedian]) -> None:
    access, question = drawn
    fast, plain = (locate(question, access, method=method) for method in ("fast", "program"))
    assert fast.status is plain.status
    if fast.value is not None:
        assert fast.value == pytest.approx(plain.value)


@given(tiny_questions(), st.integers(0, 2**31))
def test_any_multipliers_bound_every_choice_from_below(drawn: tuple[Access, PMedian], seed: int) -> None:
    access, question = drawn
    plans = every_plan(question, access)
    core = Core.of(Served.of(access, question.rules(access)))
    if not plans or len(core.lost()):
        return
    rng = np.random.default_rng(seed)
    price = priced(core, rng.uniform(0, 40, core.points), rng.uniform(-3, 3, len(core.A)))
    kept = access.is_status("existing")
    for chosen, value in plans.items():
        opened = kept | np.isin(access.site.labels(), list(chosen))
        y = core.part(opened)
        assert price.bound <= value + 1e-9
        if core.count is None or core.size > core.count:
            assert price.bound + price.apart[y != price.y].max(initial=0.0) <= value + 1e-9


@given(tiny_questions(), st.integers(0, 2**31))
def test_interchange_ends_with_a_choice_that_no_single_exchange_improves(
    drawn: tuple[Access, PMedian], seed: int
) -> None:
    access, question = drawn
    core = Core.of(Served.of(access, question.rules(access)))
    if len(core.lost()):
        return
    y = np.random.default_rng(seed).random(core.size) < 0.5
    better, value = Exchange(core).descend(y, Terms())
    if not np.isfinite(value):
        return
    assert core.keeps(better)
    assert value == pytest.approx(question.judge(access, Siting.nearest(access, core.whole(better))).value)
    for r in np.flatnonzero(better):
        for j in np.flatnonzero(~better):
            other = better.copy()
            other[[r, j]] = False, True
            if core.keeps(other):
                assert core.value(other) >= value - 1e-9


def places(n: int, seed: int, whole: bool = False) -> Access:
    """Random places in a square, everybody a site."""
    rng = np.random.default_rng(seed)
    points = rng.random((n, 2)) * 1000
    distance = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    return Access.of(rng.integers(0, 50, n), np.rint(distance) if whole else distance, cost=rng.integers(1, 9, n))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("whole", [False, True])
def test_places_in_a_square_agree_with_the_plain_program(seed: int, whole: bool) -> None:
    access = places(40, seed, whole)
    for question in (PMedian(p=5), PMedian(budget=20.0), PMedian(p=6, budget=18.0, forbid=("3",))):
        fast, plain = (locate(question, access, method=method) for method in ("fast", "program"))
        assert fast.status is Status.PROVEN
        assert fast.value == pytest.approx(plain.value, rel=1e-9)
        assert fast.verified_bound == pytest.approx(fast.value, rel=1e-8)


def test_sparse_pairs_give_what_the_same_matrix_with_infinite_distances_gives() -> None:
    access = places(60, 7)
    near = access.distance <= np.sort(access.distance, axis=1)[:, [15]]
    matrix = np.where(near, access.distance, np.inf)
    sparse = sp.coo_array((access.distance[near], np.nonzero(near)), shape=near.shape)
    one, two = (locate(PMedian(p=8), Access.of(access.weight, distance)) for distance in (matrix, sparse))
    assert one.value == two.value
    plain = locate(PMedian(p=8), one.access, method="program")
    assert one.value == pytest.approx(plain.value, rel=1e-9)


def test_weights_of_any_size_only_scale_the_answer() -> None:
    access = places(50, 3)
    first = locate(PMedian(p=5), access)
    for factor in (1e-7, 1e6):
        other = locate(PMedian(p=5), Access.of(access.weight * factor, access.distance))
        assert other.status is Status.PROVEN
        assert other.chosen == first.chosen
        assert other.value == pytest.approx(first.value * factor, rel=1e-9)


def test_one_seed_gives_one_answer() -> None:
    access = places(80, 5)
    one, two = (locate(PMedian(p=7), access) for _ in range(2))
    assert (one.chosen, one.value, one.bound) == (two.chosen, two.value, two.bound)


def test_who_can_reach_nothing_that_may_open_is_named() -> None:
    access = Access.of([1, 1], [[1, np.inf], [np.inf, 1]], demand=["hill", "dale"], site=["east", "west"])
    answer = locate(PMedian(p=1, forbid=("west",)), access, method="fast")
    assert answer.status is Status.INFEASIBLE
    assert "dale" in answer.message
    assert "hill" not in answer.message


def test_too_few_sites_for_everybody_is_infeasible_with_a_reason() -> None:
    access = Access.of([1, 1, 1], np.where(np.eye(3) > 0, 1.0, np.inf))
    answer = locate(PMedian(p=2), access, method="fast")
    assert answer.status is Status.INFEASIBLE
    assert "2 sites are too few" in answer.message
    with pytest.raises(InstanceError, match="p: 5 sites to choose"):
        locate(PMedian(p=5), access)


@pytest.mark.parametrize("ending", ["clock", "stop"])
def test_a_stopped_run_never_says_finished(ending: str) -> None:
    access = places(120, 11)
    terms = Terms(Clock(0.0)) if ending == "clock" else Terms()
    if ending == "stop":
        terms.stop.set()
    found = p_median(PMedian(p=12), access, terms)
    assert found.state == "stopped"
    best = locate(PMedian(p=12), access)
    assert best.value is not None and found.bound <= best.value


@pytest.mark.parametrize("seed", range(4))
def test_a_gap_asked_for_is_kept_and_the_bound_says_so(seed: int) -> None:
    access = places(100, seed, whole=seed % 2 == 0)
    rough, exact = locate(PMedian(p=7), access, gap=0.02), locate(PMedian(p=7), access)
    assert rough.status in (Status.PROVEN, Status.WITHIN_GAP)
    assert rough.gap is not None and rough.gap <= 0.02
    assert rough.verified_bound is not None and exact.value is not None and rough.verified_bound <= exact.value + 1e-6


def test_whole_numbers_have_their_largest_divisor_and_others_none() -> None:
    assert grain_of(np.array([4.0, 10.0]), np.array([6.0])) == 2.0
    assert grain_of(np.array([4.0, 10.5])) == 0.0


def test_a_place_where_nobody_lives_may_be_out_of_reach_of_everything() -> None:
    access = Access.of([1.0, 2.0, 0.0], [[1.0, 2.0], [3.0, 1.0], [np.inf, np.inf]])
    found = locate(PMedian(1), access)
    assert found.status is Status.PROVEN
    assert found.value == 4.0
