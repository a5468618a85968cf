from __future__ import annotations

import io
import json

import pytest

from solver.events import Event, to_all
from solver.progress import Bar, JsonLines, Lines, describe
from solver.solve import solve
from tests.solver.programs import market_split

EVENTS = [
    Event("read", 3, 10, elapsed=0.5, message="roads [Kallio]"),
    Event("search", None, None, 104.25, 100.0, 4.25 / 104.25, 12.34),
]


def test_a_line_says_what_is_known_and_nothing_else():
    assert describe(EVENTS[0]).split() == ["0.5", "s", "read", "3", "of", "10", "roads", "[Kallio]"]
    assert describe(EVENTS[1]).split() == ["12.3", "s", "search", "plan", "104.25", "bound", "100", "gap", "4.08", "%"]


def test_json_lines_are_the_events():
    stream = io.StringIO()
    for event in EVENTS:
        JsonLines(stream)(event)
    assert [Event(**json.loads(line)) for line in stream.getvalue().splitlines()] == EVENTS


def test_plain_lines_say_nothing_twice():
    stream = io.StringIO()
    sink = Lines(stream)
    for event in (EVENTS[1], Event(**{**EVENTS[1].to_dict(), "elapsed": 13.0}), EVENTS[0]):
        sink(event)
    assert len(stream.getvalue().splitlines()) == 2


def test_the_bar_draws_each_stage_and_keeps_square_brackets():
    stream = io.StringIO()
    with Bar(stream) as bar:
        for event in EVENTS:
            bar(event)
    drawn = stream.getvalue()
    assert "read" in drawn and "search" in drawn
    assert "roads [Kallio]" in drawn
    assert "gap 4.08 %" in drawn


def test_the_bar_leaves_the_terminal_when_the_work_fails():
    stream = io.StringIO()
    with pytest.raises(RuntimeError), Bar(stream) as bar:
        bar(EVENTS[0])
        raise RuntimeError
    with Bar(stream) as again:
        again(EVENTS[0])


def test_several_sinks_hear_a_solve_in_the_callers_thread():
    import threading

    lines, plain, threads = io.StringIO(), io.StringIO(), set()
    sink = to_all(JsonLines(lines), Lines(plain), lambda event: threads.add(threading.current_thread()))
    solve(market_split(), gap=0, time_limit=0.5, on_event=sink)
    heard = [Event(**json.loads(line)) for line in lines.getvalue().splitlines()]
    assert {"relaxation", "search", "check"} == {event.stage for event in heard}
    assert plain.getvalue().splitlines()[-1].split()[-2:] == ["time", "limit"]
    assert threads == {threading.main_thread()}
