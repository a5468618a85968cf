from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import pytest

from solver.backends import highs
from solver.clock import Clock, Stop, grace, watch
from solver.solution import Status
from solver.solve import solve
from tests.solver.programs import facilities, market_split

NOISE = 3.0
"""Seconds that a busy test machine may add; what is asserted is that the limit is kept, not how fast we are."""


def kept(seconds, limit):
    return seconds <= limit + max(2.0, 0.05 * limit) + NOISE


@pytest.mark.parametrize("backend", ["highs", "cpsat", "pyomo"])
def test_a_stopped_search_is_never_called_proven_and_returns_its_plan_and_bound(backend):
    program = market_split()
    begin = time.monotonic()
    # the slack to be minimised is at least one, so that the gap stays open as long as no exact split is found
    found = solve(program, gap=0, time_limit=2, backend=backend)
    seconds = time.monotonic() - begin
    assert found.status is Status.TIME_LIMIT
    assert found.limit_hit == "time"
    assert found.certificate.ok
    assert found.bound <= found.value
    assert found.gap > 0
    assert kept(seconds, 2) and kept(found.seconds, 2)


def test_a_limit_that_passes_before_there_is_a_plan_is_said_so():
    found = solve(facilities(400, 60, seed=1), {"cost": 1, "walk": 1}, gap=0, time_limit=0.01)
    assert found.status is Status.NO_PLAN
    assert found.x is None and found.value is None and found.gap is None
    assert found.bound is not None and found.bound >= 0.0
    assert found.limit_hit == "time"


def test_a_solver_that_does_not_come_back_is_left_behind_with_its_best_plan(monkeypatch):
    program = facilities(seed=0)
    matrix = program.matrix()
    best = solve(matrix, {"cost": 1, "walk": 1}, gap=0)
    release = threading.Event()
    original = highs._work

    def stuck(model, subject, search, scale):
        if not subject.integer.any():
            return original(model, subject, search, scale)
        search.record.plan(best.value, best.x)
        release.wait()
        search.record.plan(-1e9, np.zeros(matrix.shape[1]))  # too late: must change nothing
        return original(model, subject, search, scale)

    monkeypatch.setattr(highs, "_work", stuck)
    begin = time.monotonic()
    found = solve(matrix, {"cost": 1, "walk": 1}, gap=0, time_limit=0.5)
    seconds = time.monotonic() - begin
    release.set()
    assert found.left_running
    assert found.limit_hit == "time"
    assert found.value == best.value
    assert found.certificate.ok
    assert found.bound == pytest.approx(found.certificate.verified_bound)
    assert kept(seconds, 0.5)


def test_work_that_ends_in_time_is_not_left_behind():
    watched = watch(lambda: 7, Clock(5.0), Stop(), SimpleQueue(), lambda: None)
    assert (watched.result, watched.limit_hit, watched.left_running) == (7, None, False)


def test_work_is_asked_to_stop_once_and_may_then_return_its_result():
    stop, asked = Stop(), []

    def work():
        while not stop:
            time.sleep(0.01)
        return "partial"

    watched = watch(work, Clock(0.1), stop, SimpleQueue(), lambda: None, ask_to_stop=lambda: asked.append(1))
    assert (watched.result, watched.limit_hit, watched.left_running) == ("partial", "time", False)
    assert asked == [1]


def test_an_error_in_the_work_reaches_the_caller():
    def work():
        raise ZeroDivisionError("inside")

    with pytest.raises(ZeroDivisionError, match="inside"):
        watch(work, Clock(None), Stop(), SimpleQueue(), lambda: None)


def test_an_error_in_a_sink_stops_the_work_and_reaches_the_caller():
    def sink(event):
        if event.stage == "search":
            raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        solve(market_split(), gap=0, time_limit=20, on_event=sink)


def test_the_grace_leaves_half_of_the_promise_for_the_check():
    assert [grace(limit) for limit in (1.0, 20.0, 400.0)] == [1.0, 1.0, 10.0]


INTERRUPTED = """
    import os, signal, sys, threading
    from tests.solver.programs import market_split
    from solver.solve import solve
    # a runner may have been started with the signal ignored, which children inherit
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sent = []
    def sink(event):
        if event.incumbent is not None and not sent:
            sent.append(True)
            os.kill(os.getpid(), signal.SIGINT)
    found = solve(market_split(), gap=0, backend={backend!r}, on_event=sink, verify_bound={verify})
    print(found.status.value, found.limit_hit, found.certificate.ok, found.bound <= found.value, flush=True)
    os._exit(0)
"""


@pytest.mark.parametrize("backend", ["highs", "cpsat"])
@pytest.mark.parametrize("verify", [True, False])
def test_ctrl_c_ends_the_search_and_returns_the_best_plan(backend, verify):
    script = textwrap.dedent(INTERRUPTED).format(backend=backend, verify=verify)
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=root, timeout=60)
    assert done.stdout.split() == ["interrupted", "interrupt", "True", "True"], done.stderr
