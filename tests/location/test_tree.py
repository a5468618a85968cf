"""The search tree over open sites, against enumeration and published values."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

from formulations.algebra.elements import Floats
from solver.clock import Clock
from solver.locating.terms import Terms
from solver.locating.tree.floor import floor_over
from solver.locating.tree.master import Cuts, Master
from solver.locating.tree.outcome import Outcome
from solver.locating.tree.propagation import SiteRows, widened
from solver.locating.tree.search import search
from tests.location.pmed import published, read_pmed
from tests.location.trees import Nearest, enumerated

numbers = st.integers(0, 9)


class Impatient(Nearest):
    """Somebody wants the search to end while cuts are looked for, after so many times."""

    def __init__(self, cutter: Nearest, terms: Terms, after: int) -> None:
        super().__init__(cutter.weight, cutter.distance, cutter.charge)
        self.terms, self.after = terms, after

    def separate(self, x: Floats) -> Cuts | None:
        if self.asked >= self.after:
            self.terms.stop.set()
        return super().separate(x)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Nearest, Master]:
    """Few sites, ties, people out of reach, nobody at some places, counts, budgets and rows that force a difference."""
    n, m = draw(st.integers(1, 6)), draw(st.integers(1, 7))
    whole = draw(st.booleans())
    scale = 1.0 if whole else 0.37
    distance = scale * np.array(draw(st.lists(st.lists(numbers, min_size=m, max_size=m), min_size=n, max_size=n)))
    far = np.array(draw(st.lists(st.lists(st.integers(0, 4), min_size=m, max_size=m), min_size=n, max_size=n))) == 0
    weight = np.array(draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)), dtype=float)
    charge = scale * np.array(draw(st.lists(numbers, min_size=m, max_size=m)), dtype=float)
    cutter = Nearest(np.maximum(weight, 1.0), np.where(far, math.inf, distance), charge)
    cutter.weight = np.where(weight == 0, 1e-3 if not whole else 1.0, weight)
    rows, lower, upper = [], [], []
    if draw(st.booleans()):
        p = draw(st.integers(0, m))
        rows.append(np.ones(m))
        lower.append(float(p))
        upper.append(float(p))
    if draw(st.booleans()):
        rows.append(np.array(draw(st.lists(numbers, min_size=m, max_size=m)), dtype=float) * 0.1)
        lower.append(-math.inf)
        upper.append(draw(st.integers(0, 20)) * 0.1)
    if draw(st.booleans()):
        old = np.array(draw(st.lists(st.booleans(), min_size=m, max_size=m)))
        rows.append(np.where(old, -1.0, 1.0))
        lower.append(1.0 - old.sum())
        upper.append(math.inf)
    master = cutter.master(np.array(rows).reshape(-1, m), np.array(lower), np.array(upper), grain=1.0 if whole else 0.0)
    low, high = master.lower.copy(), master.upper.copy()
    status = draw(st.lists(st.sampled_from(["free", "free", "free", "open", "shut"]), min_size=m, max_size=m))
    low[:m] = [s == "open" for s in status]
    high[:m] = [s != "shut" for s in status]
    return cutter, replace(master, lower=low, upper=high)


@given(case=cases(), known=st.booleans())
def test_the_tree_finds_what_enumeration_finds(case: tuple[Nearest, Master], known: bool) -> None:
    cutter, master = case
    best = enumerated(cutter, master)
    outcome = search(master, cutter, Terms(), np.ones(cutter.m, dtype=bool) if known else None)
    if best == math.inf:
        assert outcome.state == "infeasible"
        assert outcome.opened is None
        return
    assert outcome.state == "finished"
    assert outcome.value == pytest.approx(best, rel=1e-9)
    assert outcome.opened is not None
    assert cutter.value(outcome.opened) == outcome.value
    assert SiteRows(widened(master)).keeps(outcome.opened)
    assert outcome.bound <= best + 1e-12
    assert outcome.bound >= best - 2e-9 * abs(best)


@given(case=cases())
def test_columns_without_an_upper_bound_change_nothing(case: tuple[Nearest, Master]) -> None:
    cutter, master = case
    best = enumerated(cutter, master)
    high = master.upper.copy()
    high[cutter.m :] = np.inf
    outcome = search(replace(master, upper=high), cutter, Terms())
    assert outcome.state == ("infeasible" if best == math.inf else "finished")
    assert outcome.value == pytest.approx(best, rel=1e-9)
    assert best == math.inf or best - 2e-9 * abs(best) <= outcome.bound <= best + 1e-12


@given(case=cases(), power=st.sampled_from([-12, -3, 5]))
def test_the_unit_of_the_simplex_method_changes_no_value(case: tuple[Nearest, Master], power: int) -> None:
    cutter, master = case
    best = enumerated(cutter, master)
    outcome = search(replace(master, unit=2.0**power), cutter, Terms())
    assert outcome.state == ("infeasible" if best == math.inf else "finished")
    assert outcome.value == pytest.approx(best, rel=1e-9)
    assert best == math.inf or best - 2e-9 * abs(best) <= outcome.bound <= best + 1e-12


@given(case=cases(), gap=st.floats(0.0, 0.5))
def test_within_a_gap_the_bound_is_the_true_one(case: tuple[Nearest, Master], gap: float) -> None:
    cutter, master = case
    best = enumerated(cutter, master)
    outcome = search(master, cutter, Terms(gap=gap))
    if best == math.inf:
        assert outcome.state == "infeasible"
        return
    assert outcome.state == "finished"
    assert outcome.bound <= best + 1e-12
    assert outcome.value - outcome.bound <= max(gap, 2e-9) * abs(outcome.value) + 1e-12


@given(case=cases(), after=st.integers(0, 6))
def test_a_stopped_search_says_so_and_its_bound_holds(case: tuple[Nearest, Master], after: int) -> None:
    cutter, master = case
    best = enumerated(cutter, master)
    terms = Terms()

    outcome = search(master, Impatient(cutter, terms, after), terms)
    assert outcome.bound <= best + 1e-12
    if outcome.state == "finished":
        assert outcome.value == pytest.approx(best, rel=1e-9)
    if outcome.state == "infeasible":
        assert best == math.inf
    assert terms.record.bound <= best + 1e-12


def test_a_search_without_time_says_that_it_was_stopped() -> None:
    cutter, master = medians(seed=0)
    outcome = search(master, cutter, Terms(clock=Clock(limit=0.0)))
    assert outcome.state == "stopped"
    assert outcome.bound == -math.inf


def test_a_search_stopped_in_the_middle_of_the_tree_keeps_an_honest_bound() -> None:
    cutter, master = medians(seed=1)
    full = search(master, cutter, Terms())
    assert full.state == "finished"
    assert full.nodes > 5
    for after in range(1, cutter.asked, cutter.asked // 4):
        terms = Terms()
        outcome = search(master, Impatient(cutter, terms, after), terms)
        assert outcome.state == "stopped"
        assert -math.inf < outcome.bound <= full.value + 1e-9
        assert outcome.value >= full.value - 1e-9


def test_one_seed_gives_one_answer() -> None:
    cutter, master = medians(seed=2)

    def run() -> Outcome:
        return search(master, cutter, Terms(seed=5))

    first, second = run(), run()
    assert first.opened is not None
    assert second.opened is not None
    assert np.array_equal(first.opened, second.opened)
    assert (first.value, first.bound, first.nodes, first.cuts) == (
        second.value,
        second.bound,
        second.nodes,
        second.cuts,
    )


def test_cuts_given_at_the_start_count_as_rows() -> None:
    cutter, master = medians(seed=3)
    full = search(master, cutter, Terms())
    cuts = cutter.separate(np.concatenate([np.full(cutter.m, 0.3), np.zeros(cutter.n)]))
    assert cuts is not None
    assert search(replace(master, cuts=cuts), cutter, Terms()).value == pytest.approx(full.value, rel=1e-9)


def test_a_budget_of_numbers_that_are_no_whole_multiples_can_be_spent_to_the_end() -> None:
    cutter = Nearest(np.ones(2), np.array([[0.0, 9.0, 9.0], [9.0, 0.0, 9.0]]), np.zeros(3))
    master = cutter.master(np.array([[0.1, 0.2, 0.05]]), np.array([-np.inf]), np.array([0.3]))
    outcome = search(master, cutter, Terms())
    assert outcome.state == "finished"
    assert outcome.value == 0.0


@given(data=st.data())
def test_our_bound_never_lies_above_the_optimum_whatever_the_duals(data: st.DataObject) -> None:
    r, c = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 5))
    some = st.integers(-5, 5)
    A = np.array(data.draw(st.lists(st.lists(some, min_size=c, max_size=c), min_size=r, max_size=r)), dtype=float)
    cost = np.array(data.draw(st.lists(some, min_size=c, max_size=c)), dtype=float)
    side = np.array(data.draw(st.lists(some, min_size=r, max_size=r)), dtype=float)
    high = np.where(data.draw(st.lists(st.booleans(), min_size=c, max_size=c)), 3.0, np.inf)
    duals = np.array(data.draw(st.lists(st.floats(-10, 10), min_size=r, max_size=r)))
    low = np.zeros(c)
    found = linprog(cost, A_ub=-A, b_ub=-side, bounds=list(zip(low, high, strict=True)), method="highs")
    sparse = sp.csr_array(A)
    for y in (duals, np.maximum(duals, 0.0), -found.ineqlin.marginals if found.status == 0 else np.zeros(r)):
        floor = floor_over(sparse, abs(sparse), side, np.full(r, np.inf), cost, y, low, high)
        if found.status == 0:
            assert floor.value <= found.fun + 1e-12 * (1 + abs(found.fun))
        empty = floor_over(sparse, abs(sparse), side, np.full(r, np.inf), np.zeros(c), y, low, high)
        assert empty.value <= 0.0 or found.status == 2


def test_at_the_best_duals_our_bound_is_the_optimum() -> None:
    rng = np.random.default_rng(0)
    A = rng.integers(0, 4, (20, 30)).astype(float)
    cost, side = rng.random(30), np.full(20, 7.0)
    for high in (np.ones(30), np.full(30, np.inf)):
        found = linprog(cost, A_ub=-A, b_ub=-side, bounds=[(0, h) for h in high], method="highs")
        sparse = sp.csr_array(A)
        floor = floor_over(
            sparse, abs(sparse), side, np.full(20, np.inf), cost, -found.ineqlin.marginals, np.zeros(30), high
        )
        assert floor.value == pytest.approx(found.fun, rel=1e-9)
        assert floor.value <= found.fun * (1 + 1e-15)


@given(case=cases())
def test_rows_alone_never_decide_a_site_against_an_allowed_choice(case: tuple[Nearest, Master]) -> None:
    cutter, master = case
    m = cutter.m
    rows = SiteRows(widened(master))
    low, high = master.lower[:m].copy(), master.upper[:m].copy()
    possible = rows.tighten(low, high)
    for k in range(2**m):
        y = np.array([k >> j & 1 for j in range(m)], dtype=float)
        if (y < master.lower[:m]).any() or (y > master.upper[:m]).any() or not rows.keeps(y > 0.5):
            continue
        assert possible
        assert (y >= low).all()
        assert (y <= high).all()


@pytest.mark.parametrize("name", ["pmed1", "pmed16"])
def test_the_optimum_of_a_published_graph_is_found(benchmark_data: Path, name: str) -> None:
    access, p = read_pmed(benchmark_data / "pmed" / f"{name}.txt")
    n = access.demand.size
    distance = np.full((n, n), math.inf)
    distance[np.repeat(np.arange(n), np.diff(access.pairs.start)), access.pairs.site] = access.pairs.distance
    cutter = Nearest(np.ones(n), distance, np.zeros(n))
    master = cutter.master(np.ones((1, n)), np.array([float(p)]), np.array([float(p)]), grain=1.0)
    # everybody reaches everything: the rows that say so are not needed
    master = replace(master, A=master.A[:1], row_lower=master.row_lower[:1], row_upper=master.row_upper[:1])
    outcome = search(master, cutter, Terms())
    assert outcome.state == "finished"
    assert outcome.value == outcome.bound == published(benchmark_data, name, "p-median")


def medians(seed: int) -> tuple[Nearest, Master]:
    """A median with enough of a tree to be stopped in it."""
    rng = np.random.default_rng(seed)
    n = 28
    distance: NDArray[np.float64] = rng.random((n, n)) * 10.0
    cutter = Nearest(rng.random(n) + 0.5, distance, np.zeros(n))
    return cutter, cutter.master(np.ones((1, n)), np.array([4.0]), np.array([4.0]))
