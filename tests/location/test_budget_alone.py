"""Sites chosen by money and not by number: the first choice, and the price of a budget in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.location.access import Access
from formulations.location.median.p_median import PMedian
from solver.locating.locate import locate
from solver.locating.median.core import Core
from solver.locating.median.dual import best_price, knapsack
from solver.locating.median.greedy import greedy
from solver.locating.median.served import Served
from solver.locating.terms import Terms
from solver.solution import Status
from tests.location.test_p_median import places, tiny_questions


@given(tiny_questions(), st.integers(0, 2**32 - 1))
def test_sites_taken_one_by_one_never_take_more_than_rules_allow(drawn: tuple[Access, PMedian], seed: int) -> None:
    access, question = drawn
    core = Core.of(Served.of(access, question.rules(access)))
    y = greedy(core, np.random.default_rng(seed).random(core.size) < 0.5, Terms())
    assert (core.A @ y <= core.high + 1e-9).all() or not y.any()
    assert core.count is None or y.sum() <= max(core.count, 0)


@given(st.integers(0, 2**32 - 1))
def test_no_other_price_of_a_budget_gives_a_higher_bound_than_that_in_closed_form(seed: int) -> None:
    rng = np.random.default_rng(seed)
    access = Access.of(np.ones(3), np.ones((3, 7)), cost=rng.integers(1, 9, 7))
    core = Core.of(Served.of(access, PMedian(budget=6.0).rules(access)))
    row = knapsack(core)
    assert row is not None
    r = -rng.uniform(-50, 300, 7)

    def bound(u: float) -> float:
        return float(np.minimum(r + u * core.A[row], 0.0).sum() - u * core.high[row])

    best, site, part = best_price(core, row, r)
    assert bound(best) >= max(bound(u) for u in np.linspace(0.0, 310.0, 500)) - 1e-9
    opened = (r + best * core.A[row] < -1e-9).astype(float)
    if site >= 0:
        opened[site] = part
        assert core.A[row] @ opened == pytest.approx(core.high[row])


def test_many_sites_and_a_budget_need_few_descents_and_no_tree_for_a_plan_within_one_in_a_hundred() -> None:
    access = places(400, 5)
    answer = locate(PMedian(budget=150.0), access, gap=0.01)
    assert answer.status in (Status.PROVEN, Status.WITHIN_GAP)
    assert answer.work["descents"] < 20
    assert "nodes" not in answer.work
