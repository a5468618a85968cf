from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from formulations.algebra.program import Program
from instances.index import Index
from solver.backends.answer import ModelError
from solver.options import OptionError
from solver.solution import Status
from solver.solve import solve
from tests.solver.programs import enumerated, facilities, market_split, matrix_of

BOTH = {"cost": 1.0, "walk": 1.0}


def test_a_loose_gap_is_not_called_proven():
    matrix = facilities(30, 10, seed=4).matrix()
    loose, tight = solve(matrix, BOTH, gap=0.5, verify_bound=False), solve(matrix, BOTH, gap=0)
    assert tight.status is Status.PROVEN and tight.gap == 0.0
    assert loose.status in (Status.WITHIN_GAP, Status.PROVEN)
    assert (loose.status is Status.PROVEN) == (loose.gap <= 1e-9)
    assert loose.bound <= tight.value + 1e-9 <= loose.value + 2e-9
    assert loose.gap == pytest.approx((loose.value - loose.bound) / abs(loose.value))


@pytest.mark.parametrize("backend", ["highs", "cpsat", "pyomo"])
def test_infeasible_is_an_answer(backend):
    matrix = matrix_of([[2.0, 2.0]], [3.0], [3.0], [0, 0], [5, 5], True, [[1.0, 1.0]])
    found = solve(matrix, backend=backend)
    assert found.status is Status.INFEASIBLE
    assert (found.x, found.value, found.gap, found.bound, found.certificate) == (None,) * 5
    with pytest.raises(ValueError, match="infeasible"):
        found.values("x")


@pytest.mark.parametrize("integer", [True, False])
@pytest.mark.parametrize("backend", ["highs", "pyomo"])
def test_unbounded_is_an_answer(integer, backend):
    matrix = matrix_of([[1.0, -1.0]], [-np.inf], [3.0], [0, 0], [np.inf, np.inf], integer, [[-1.0, 0.0]])
    assert solve(matrix, backend=backend).status is Status.UNBOUNDED


def test_a_program_without_any_plan_is_infeasible_and_not_unbounded():
    """x grows without end along a ray, but 2 y = 1 has no whole solution."""
    matrix = matrix_of([[0.0, 2.0]], [1.0], [1.0], [0, 0], [np.inf, 5.0], True, [[-1.0, 0.0]])
    assert solve(matrix).status is Status.INFEASIBLE
    assert solve(matrix, backend="pyomo").status is Status.INFEASIBLE


def test_rows_without_terms_that_cannot_hold_are_infeasible():
    matrix = matrix_of([[0.0, 0.0]], [1.0], [1.0], [-2, -1], [0, 2], True, [[1.0, -1.0]])
    assert [solve(matrix, backend=b).status for b in ("highs", "cpsat", "pyomo")] == [Status.INFEASIBLE] * 3


def test_a_breakdown_of_presolve_is_not_the_end():
    """HiGHS 1.13.1 ends this infeasible program with a solve error, and without presolve with the right answer."""
    matrix = matrix_of(
        [[5.0, -10.0, 4.0, 0.0, -10.0]],
        [4.0],
        [4.0],
        [0, -1, -3, -2, -2],
        [3, -1, -3, 1, 1],
        True,
        [[0.4, 0.1, -0.2, -0.5, 0.3]],
    )
    assert enumerated(matrix, {"f0": 1.0}) is None
    assert solve(matrix).status is Status.INFEASIBLE


def test_a_solver_that_reports_nonsense_is_not_believed():
    """Whatever a callback hands over as a plan must keep the rows before it counts as an incumbent."""
    from solver.backends.plausible import plausible

    matrix = facilities(seed=1).matrix()
    best = solve(matrix, BOTH, gap=0).x
    assert plausible(matrix, best)
    for k, value in ((0, 0.5), (0, 2.0), (7, np.nan), (7, -0.2)):
        nonsense = best.copy()
        nonsense[k] = value
        assert not plausible(matrix, nonsense)
    assert not plausible(matrix, np.zeros_like(best))
    assert not plausible(matrix, best[:-1])


def test_a_feasible_start_is_never_lost():
    matrix = market_split().matrix()
    start = np.zeros(matrix.shape[1])
    start[matrix.columns["under"].span] = matrix.row_lower
    value = matrix.row_lower.sum() + 1.0
    at_once = solve(matrix, gap=0, time_limit=1e-6, start=start)
    assert at_once.value == value
    assert at_once.status is Status.TIME_LIMIT
    later = solve(matrix, gap=0, time_limit=1, start=start)
    assert later.value <= value
    assert later.history[0].incumbent == value


def test_the_optimum_as_a_start_is_the_first_plan_and_stays():
    matrix = facilities(30, 10, seed=4).matrix()
    best = solve(matrix, BOTH, gap=0)
    for start in (best.x, {"open": best.values("open"), "assign": best.values("assign")}):
        again = solve(matrix, BOTH, gap=0, start=start)
        assert again.history[0].incumbent == pytest.approx(best.value, rel=1e-12)
        assert again.value == pytest.approx(best.value, rel=1e-9)


@pytest.mark.parametrize("backend", ["highs", "cpsat"])
def test_a_part_of_a_plan_may_be_the_start(backend):
    matrix = facilities(10, 5, seed=4, whole=True).matrix()
    best = solve(matrix, BOTH, gap=0)
    part = solve(matrix, BOTH, gap=0, start={"open": best.values("open")}, backend=backend)
    assert part.status is Status.PROVEN
    assert part.value == pytest.approx(best.value, rel=1e-9)


def test_an_infeasible_start_does_no_harm():
    matrix = facilities(10, 5, seed=4).matrix()
    found = solve(matrix, BOTH, gap=0, start=np.zeros(matrix.shape[1]))
    assert found.value == pytest.approx(solve(matrix, BOTH, gap=0).value, rel=1e-9)


@pytest.mark.parametrize("backend", ["highs", "cpsat"])
def test_events_go_one_way_and_history_agrees(backend):
    events = []
    found = solve(market_split(), gap=0, time_limit=1.5, backend=backend, on_event=events.append)
    bounds = [e.bound for e in events if e.bound is not None]
    plans = [e.incumbent for e in events if e.incumbent is not None]
    assert bounds == sorted(bounds) and plans == sorted(plans, reverse=True)
    assert [e.elapsed for e in events] == sorted(e.elapsed for e in events)
    assert plans and bounds
    assert events[-1].stage == "check"
    assert len({m.incumbent for m in found.history}) > 1
    assert found.history[-1].incumbent == pytest.approx(found.value)
    assert all(m.bound is None or m.incumbent is None or m.bound <= m.incumbent for m in found.history)


def test_one_seed_and_one_thread_give_one_plan():
    matrix = facilities(25, 8, seed=9).matrix()
    one, other = (solve(matrix, BOTH, gap=0.01, seed=5) for _ in range(2))
    assert np.array_equal(one.x, other.x)
    assert (one.value, one.bound) == (other.value, other.bound)


def test_all_faults_of_the_options_are_listed_at_once():
    with pytest.raises(OptionError) as error:
        solve(
            facilities(),
            {"cost": float("nan"), "wlak": 1},
            gap=-1,
            time_limit=0,
            seed=-3,
            threads=0,
            backend="gurobi",
            start={"opne": [1]},
        )
    text = str(error.value)
    for word in ("gap", "time_limit", "seed", "threads", "gurobi", "wlak", "weight of cost is nan", "opne"):
        assert word in text
    assert len(error.value.faults) == 7


def test_weights_may_be_left_out_only_with_a_single_objective():
    assert solve(market_split(2, 6), gap=0.9).weights == {"slack": 1.0}
    with pytest.raises(OptionError, match="cost, walk"):
        solve(facilities())


def test_numbers_that_highs_would_drop_are_refused_by_name():
    matrix = matrix_of([[1e-13, 1.0]], [-np.inf], [1e21], [0, 0], [1, 1], False, [[1.0, 1.0]])
    with pytest.raises(ModelError) as error:
        solve(matrix)
    assert "x[x0] in row[r0]" in str(error.value)
    assert "1e+21 of row[r0]" in str(error.value)


def test_the_values_of_a_variable_come_in_its_shape():
    S, T = Index.named("site", ["a", "b"]), Index.named("scenario", ["s1", "s2", "s3"])
    program = Program("shapes")
    use = program.variable("use", S, T, upper=9.0)
    program.minimize(total=-1.0 * (np.arange(6.0).reshape(2, 3) * use).sum())
    program.subject_to(most=use.sum(over=S) <= 4)
    found = solve(program)
    assert found.values("use").shape == (2, 3)
    assert found.values("use").sum(axis=0) == pytest.approx([4, 4, 4])
    assert found.value == pytest.approx(-4 * (3 + 4 + 5))
    assert not found.x.flags.writeable


def test_a_solution_is_json_without_infinity():
    matrix = facilities().matrix()
    found = solve(matrix, BOTH, time_limit=30)
    plain = json.loads(json.dumps(found.to_dict(values=True), allow_nan=False))
    assert plain["status"] == "proven"
    assert len(plain["x"]) == matrix.shape[1]
    assert plain["matrix_digest"] == matrix.digest()
    assert set(plain["versions"]) >= {"python", "refugia", "numpy", "highspy"}
    empty = solve(matrix_of([[2.0]], [1.0], [1.0], [0], [5], True, [[1.0]]))
    json.dumps(empty.to_dict(values=True), allow_nan=False)


def test_a_program_without_rows_or_without_costs_is_solved():
    no_rows = matrix_of(np.empty((0, 2)), [], [], [1, -2], [5, 5], [True, False], [[1.0, 2.0]])
    assert solve(no_rows).value == -3.0
    no_cost = matrix_of([[1.0, 1.0]], [3.0], [3.0], [0, 0], [5, 5], True, [[0.0, 0.0]], [7.0])
    assert solve(no_cost).value == 7.0
    assert solve(no_cost).status is Status.PROVEN


def test_a_value_of_zero_is_proven_by_a_bound_of_zero():
    matrix = matrix_of([[1.0, 1.0]], [0.0], [np.inf], [0, 0], [5, 5], True, [[1.0, 3.0]])
    for backend in ("highs", "cpsat", "pyomo"):
        found = solve(matrix, backend=backend, gap=0)
        assert (found.value, found.bound, found.gap, found.status) == (0.0, 0.0, 0.0, Status.PROVEN)


def test_weights_may_be_negative():
    matrix = matrix_of([[1.0, 1.0]], [-np.inf], [3.0], [0, 0], [5, 5], True, [[1.0, 3.0], [2.0, 1.0]])
    weights = {"f0": -1.0, "f1": 0.5}
    assert solve(matrix, weights, gap=0).value == enumerated(matrix, weights)


@pytest.mark.parametrize(
    "order", [("highspy", "ortools.sat.python.cp_model"), ("ortools.sat.python.cp_model", "highspy")]
)
def test_backends_share_a_process_in_either_order_of_import(order):
    script = f"""
        import {order[0]}, {order[1]}
        from tests.solver.programs import facilities
        from solver.solve import solve
        matrix = facilities(6, 3, whole=True).matrix()
        for backend in ("highs", "cpsat", "pyomo"):
            print(solve(matrix, {{"cost": 1, "walk": 1}}, gap=0, backend=backend).status.value)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    assert done.stdout.split() == ["proven"] * 3, done.stderr


def test_solving_prints_nothing(capfd):
    for backend in ("highs", "cpsat", "pyomo"):
        solve(facilities(6, 3, whole=True), BOTH, backend=backend)
    assert capfd.readouterr() == ("", "")
