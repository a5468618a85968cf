"""Plans found where relaxation and plan disagree: held against SciPy's branch and bound, and against what was fixed."""

from __future__ import annotations

import numpy as np
import pytest

from solver.backends import neighbourhood
from solver.backends.highs import run_highs
from solver.backends.neighbourhood import run_neighbourhood
from solver.backends.search import Search
from solver.certificate import verify
from tests.solver.programs import facilities
from tests.solver.test_dive import BOTH, optimum


def everything_open(matrix, cost, constant):
    """A plan that keeps every row: all facilities open, people as the relaxation then sends them."""
    from dataclasses import replace

    lower = matrix.lower.copy()
    lower[matrix.columns["open"].span] = 1.0
    found = run_highs(replace(matrix, lower=lower), Search(cost, constant))
    assert found.x is not None
    return found.x


@pytest.mark.parametrize("seed", range(4))
def test_a_plan_near_another_is_no_worse_keeps_every_row_and_is_never_better_than_the_optimum(seed, monkeypatch):
    monkeypatch.setattr(neighbourhood, "MOST_FREE", 1.0)
    matrix = facilities(25, 8, seed=seed).matrix()
    cost, constant = matrix.cost(BOTH)
    relaxed = run_highs(matrix.relax(), Search(cost, constant))
    plan = everything_open(matrix, cost, constant)
    search = Search(cost, constant, gap=0.0, seed=1)
    assert run_neighbourhood(matrix, search, relaxed, plan) is not None
    value, x = search.record.best
    best = optimum(matrix, BOTH)
    assert best - 1e-6 * abs(best) <= value <= search.value(plan) + 1e-9 * abs(value)
    assert verify(matrix, BOTH, x, value, verify_bound=False).ok
    agreed = matrix.integer & (np.abs(plan - relaxed.x) <= neighbourhood.AGREE)
    assert np.array_equal(np.round(x[agreed]), np.round(plan[agreed]))


def test_a_bad_plan_is_improved():
    """All facilities open is far from the best; the relaxation knows better."""
    matrix = facilities(25, 8, seed=1).matrix()
    cost, constant = matrix.cost(BOTH)
    relaxed = run_highs(matrix.relax(), Search(cost, constant))
    plan = everything_open(matrix, cost, constant)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbourhood, "MOST_FREE", 1.0)
        search = Search(cost, constant, gap=0.0)
        run_neighbourhood(matrix, search, relaxed, plan)
    assert search.record.best[0] < search.value(plan) * 0.99


def test_where_too_much_is_left_open_nothing_is_searched():
    matrix = facilities(25, 8, seed=1).matrix()
    cost, constant = matrix.cost(BOTH)
    relaxed = run_highs(matrix.relax(), Search(cost, constant))
    away = np.where(matrix.integer, 1.0 - np.round(relaxed.x), relaxed.x)
    search = Search(cost, constant)
    assert run_neighbourhood(matrix, search, relaxed, away) is None
    assert search.record.best is None


def test_the_same_seed_gives_the_same_plan():
    matrix = facilities(40, 12, seed=3).matrix()
    cost, constant = matrix.cost(BOTH)
    relaxed = run_highs(matrix.relax(), Search(cost, constant))
    plan, plans = everything_open(matrix, cost, constant), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbourhood, "MOST_FREE", 1.0)
        for _ in range(2):
            search = Search(cost, constant, gap=0.0, seed=2)
            run_neighbourhood(matrix, search, relaxed, plan)
            plans.append(search.record.best[1])
    assert np.array_equal(*plans)


def test_a_limit_on_nodes_ends_a_search_with_a_plan_and_a_bound_that_holds():
    matrix = facilities(60, 25, seed=5).matrix()
    cost, constant = matrix.cost(BOTH)
    search = Search(cost, constant, gap=0.0, nodes=1)
    answer = run_highs(matrix, search)
    best = optimum(matrix, BOTH)
    assert answer.state in ("finished", "stopped") and not answer.left_running
    assert answer.bound <= best + 1e-6 * abs(best) <= search.record.best[0] + 2e-6 * abs(best)
