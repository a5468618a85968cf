"""Plans that the dive finds: held against the certificate, enumeration and SciPy's branch and bound."""

from __future__ import annotations

import math
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from solver.backends import dive as diving
from solver.backends.dive import Dive, run_dive
from solver.backends.highs import run_highs
from solver.backends.search import Search
from solver.certificate import verify
from solver.clock import Clock, Watched
from solver.solution import Status
from solver.solve import solve
from tests.solver.programs import enumerated, facilities, matrix_of, whole_programs

BOTH = {"cost": 1.0, "walk": 1.0}


@pytest.fixture
def always(monkeypatch):
    """Dive however small the program is."""
    monkeypatch.setattr(diving, "WORTH", 0)


def found_by_diving(matrix, weights, *, start=None, seed=0, effort=2000):
    """Relaxation and search after a dive of up to ``effort`` iterations; None if there is no finished relaxation."""
    cost, constant = matrix.cost(weights)
    relaxed = run_highs(matrix.relax(), Search(cost, constant))
    if relaxed.state != "finished":
        return None
    search = Search(cost, constant, gap=0.0, seed=seed, start=start)
    dive = Dive(matrix, search, relaxed)
    dive.left = effort
    dive.run()
    return relaxed, search


def optimum(matrix, weights):
    """By SciPy; None if infeasible."""
    cost, constant = matrix.cost(weights)
    done = milp(
        cost,
        constraints=LinearConstraint(matrix.A, matrix.row_lower, matrix.row_upper),
        bounds=Bounds(matrix.lower, matrix.upper),
        integrality=matrix.integer.astype(int),
        options={"mip_rel_gap": 0.0},
    )
    return None if done.x is None else done.fun + constant


@st.composite
def mixed_programs(draw):
    """Up to six columns, some whole and some not, with rows of every kind."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    columns, rows = draw(st.integers(2, 6)), draw(st.integers(1, 4))
    A = np.round(rng.uniform(-4, 6, (rows, columns)) * 2) / 2 * (rng.random((rows, columns)) < 0.8)
    lower = rng.integers(-2, 1, columns).astype(float)
    upper = lower + rng.choice([1.0, 1.0, 3.0, 7.5], columns)
    # a point inside makes most of the programs feasible; rounding it off the grid makes some of them not
    inside = np.round(rng.uniform(lower, upper) * 2) / 2
    side = A @ inside
    kind = rng.integers(0, 3, rows)
    row_lower = np.where(kind == 0, -np.inf, side)
    row_upper = np.where(kind == 1, np.inf, side)
    integer = rng.random(columns) < 0.7
    return matrix_of(A, row_lower, row_upper, lower, upper, integer, [np.round(rng.uniform(-5, 5, columns), 1)], [3.0])


@settings(max_examples=150, deadline=None)
@given(mixed_programs())
def test_a_plan_found_by_diving_keeps_every_row_and_is_never_better_than_the_optimum(matrix):
    weights = {"f0": 1.0}
    found = found_by_diving(matrix, weights)
    best = optimum(matrix, weights)
    plan = None if found is None else found[1].record.best
    if plan is None:
        return
    assert best is not None
    certificate = verify(matrix, weights, plan[1], plan[0], verify_bound=False)
    assert certificate.ok
    assert np.array_equal(plan[1][matrix.integer], np.round(plan[1][matrix.integer]))
    assert plan[0] >= best - 1e-6 * max(1.0, abs(best))


@settings(max_examples=100, deadline=None)
@given(whole_programs())
def test_whole_programs_agree_with_enumeration_after_a_dive(matrix):
    weights = {"f0": 1.0, "f1": 0.5}
    best, found = enumerated(matrix, weights), found_by_diving(matrix, weights)
    plan = None if found is None else found[1].record.best
    if plan is not None:
        assert best is not None and plan[0] >= best - 1e-9
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(diving, "WORTH", 0)
        answer = solve(matrix, weights, gap=0)
    assert (answer.value is None) == (best is None)
    if best is not None:
        assert answer.value == pytest.approx(best, abs=1e-9)
        assert answer.status is Status.PROVEN


def test_diving_finds_plans_for_facilities_and_mostly_good_ones():
    gaps = []
    for seed in range(8):
        matrix = facilities(15, 6, seed=seed).matrix()
        _, search = found_by_diving(matrix, BOTH)
        gaps.append(search.record.best[0] / optimum(matrix, BOTH) - 1)
    assert min(gaps) >= -1e-9
    assert np.median(gaps) < 0.01


def test_a_program_without_a_plan_is_infeasible_though_its_relaxation_is_not(always):
    matrix = matrix_of([[2.0, 2.0, 0.0]], [3.0], [3.0], [0, 0, 0], [5, 5, 1], True, [[1.0, 1.0, 1.0]])
    assert found_by_diving(matrix, {"f0": 1.0})[1].record.best is None
    assert solve(matrix).status is Status.INFEASIBLE


def test_a_stop_ends_the_dive_before_it_finds_anything_more():
    matrix = facilities(25, 8, seed=2).matrix()
    cost, constant = matrix.cost(BOTH)
    relaxed = run_highs(matrix.relax(), Search(cost, constant))
    search = Search(cost, constant, gap=0.0)
    search.stop.set()
    watched = run_dive(matrix, search, relaxed)
    assert search.record.best is None and not watched.left_running
    # asked to stop at the first plan, it reports no second one
    search = Search(cost, constant, gap=0.0)
    search.tell = lambda: search.stop.set() if search.record.best else None
    dive, before = Dive(matrix, search, relaxed), threading.active_count()
    dive.left = 10**6
    original = search.record.plan
    plans = []

    def first(value, x):
        plans.append(value)
        original(value, x)
        search.stop.set()

    search.record.plan = first
    dive.run()
    assert len(plans) == 1 and threading.active_count() == before


def test_a_dive_whose_time_is_over_leaves_at_once():
    matrix = facilities(25, 8, seed=2).matrix()
    cost, constant = matrix.cost(BOTH)
    relaxed = run_highs(matrix.relax(), Search(cost, constant))
    search = Search(cost, constant, Clock(0.0), gap=0.0)
    watched = run_dive(matrix, search, relaxed)
    assert search.record.best is None
    assert not watched.left_running


def test_effort_is_counted_in_iterations_and_kept():
    matrix = facilities(40, 12, seed=3).matrix()
    values = []
    for effort in (1, 200, 20000):
        best = found_by_diving(matrix, BOTH, effort=effort)[1].record.best
        values.append(math.inf if best is None else best[0])
    assert values == sorted(values, reverse=True)
    assert values[0] == math.inf > values[2]


def test_the_same_seed_gives_the_same_plan(always):
    matrix = facilities(40, 12, seed=3).matrix()
    one, other = (found_by_diving(matrix, BOTH)[1].record.best for _ in range(2))
    assert one[0] == other[0] and np.array_equal(one[1], other[1])
    first, second = (solve(matrix, BOTH, gap=0.02) for _ in range(2))
    assert np.array_equal(first.x, second.x)
    assert (first.value, first.bound) == (second.value, second.bound)


def test_a_part_of_a_plan_is_completed_first():
    matrix = facilities(15, 6, seed=1).matrix()
    best = solve(matrix, BOTH, gap=0)
    start = np.full(matrix.shape[1], np.nan)
    start[matrix.columns["open"].span] = best.values("open")
    _, search = found_by_diving(matrix, BOTH, start=start)
    assert search.record.best[0] == pytest.approx(best.value, rel=1e-9)


def test_a_gap_reached_by_diving_ends_the_solve_with_a_bound_of_our_own(always):
    matrix = facilities(40, 12, seed=3).matrix()
    events = []
    found = solve(matrix, BOTH, gap=0.2, on_event=events.append)
    assert [e.stage for e in events if e.stage == "search"] == []
    assert "dive" in {e.stage for e in events}
    assert found.status is Status.WITHIN_GAP
    assert found.certificate.ok
    assert found.certificate.verified_gap <= 0.2
    best = optimum(matrix, BOTH)
    assert found.bound <= best + 1e-6 <= found.value + 2e-6
    assert found.bound == pytest.approx(found.certificate.verified_bound)


def test_the_plan_of_the_dive_is_where_the_search_starts(always):
    matrix = facilities(40, 12, seed=3).matrix()
    events = []
    found = solve(matrix, BOTH, gap=0, on_event=events.append)
    at_search = next(e for e in events if e.stage == "search")
    assert at_search.incumbent is not None
    assert found.status is Status.PROVEN
    assert found.value == pytest.approx(optimum(matrix, BOTH), rel=1e-9)


def test_small_programs_and_other_backends_do_not_pay():
    for matrix, backend in ((facilities().matrix(), "highs"), (facilities(6, 3, whole=True).matrix(), "cpsat")):
        events = []
        solve(matrix, BOTH, backend=backend, on_event=events.append)
        assert "dive" not in {e.stage for e in events}


def test_a_plan_that_breaks_rows_is_not_taken_over_from_the_dive(always, monkeypatch):
    matrix = facilities(15, 6, seed=1).matrix()

    def liar(matrix, search, relaxed):
        search.record.plan(-1e9, np.zeros(matrix.shape[1]))
        search.tell()
        return Watched()

    monkeypatch.setattr(diving, "run_dive", liar)
    found = solve(matrix, BOTH, gap=0)
    assert found.status is Status.PROVEN
    assert found.value == pytest.approx(optimum(matrix, BOTH), rel=1e-9)


INTERRUPTED = """
    import os, signal
    from tests.solver.programs import facilities
    from solver.backends import dive
    from solver.solve import solve
    dive.WORTH = 0
    # who starts the tests in the background may have left Ctrl-C ignored
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sent = []
    def sink(event):
        if event.stage == "dive" and event.incumbent is not None and not sent:
            sent.append(True)
            os.kill(os.getpid(), signal.SIGINT)
        if event.stage == "search":
            raise RuntimeError("the search began all the same")
    found = solve(facilities(200, 40, seed=1), {"cost": 1, "walk": 1}, gap=0, on_event=sink)
    print(found.status.value, found.limit_hit, found.certificate.ok, found.bound <= found.value, flush=True)
"""


def test_ctrl_c_ends_the_dive_and_returns_its_best_plan():
    root = Path(__file__).parents[2]
    script = textwrap.dedent(INTERRUPTED)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=root, timeout=60)
    assert done.stdout.split() == ["interrupted", "interrupt", "True", "True"], done.stderr
