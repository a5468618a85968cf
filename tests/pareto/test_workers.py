"""Processes that share tasks: what they bring back, and that none stays."""

from __future__ import annotations

import multiprocessing
import os
import time

import pytest

from solver.pareto.workers import Workers


class _Squares:
    """Squares of numbers; a string is an error, -1 the end of the process, None a long sleep."""

    def __init__(self, plus: int) -> None:
        self.plus = plus

    def __call__(self, task):
        if task is None:
            time.sleep(60.0)
        if task == -1:
            os._exit(1)
        if isinstance(task, str):
            raise LookupError(task)
        return task * task + self.plus


def _all(workers, tasks):
    tasks, found = list(tasks), []
    while tasks or workers.working:
        while tasks and workers.free:
            workers.give(tasks.pop(0))
        found += workers.collect(1.0)
    return sorted(found)


@pytest.mark.parametrize("number", [1, 2])
def test_every_task_is_done_once(number):
    with Workers(number, _Squares, 1) as workers:
        assert _all(workers, range(6)) == [1, 2, 5, 10, 17, 26]


@pytest.mark.parametrize("number", [1, 2])
def test_what_a_task_raises_reaches_the_caller(number):
    with pytest.raises(LookupError, match="word"), Workers(number, _Squares, 0) as workers:
        _all(workers, ["word"])


def test_when_all_processes_die_the_caller_goes_on_alone():
    with Workers(2, _Squares, 0) as workers:
        for _ in range(2):
            workers.give(-1)
        while workers.working:
            assert workers.collect(1.0) == []
        assert _all(workers, [3, 4]) == [9, 16]


def test_processes_at_work_end_at_once_when_the_caller_is_interrupted():
    before, began = set(multiprocessing.active_children()), time.monotonic()
    with pytest.raises(KeyboardInterrupt), Workers(2, _Squares, 0) as workers:
        workers.give(None)
        workers.give(None)
        raise KeyboardInterrupt
    assert set(multiprocessing.active_children()) <= before
    assert time.monotonic() - began < 30.0
