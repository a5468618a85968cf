"""The best plan and the best bound so far, shared between a solver's callbacks and whoever waits for it."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass
from queue import SimpleQueue

import numpy as np

from formulations.algebra.elements import Floats
from solver.clock import Clock
from solver.gap import relative_gap

QUIET = 0.1
"""Seconds between two entries for the bound alone; a tree search moves it thousands of times."""


@dataclass(frozen=True)
class Moment:
    """Seconds since the start, value of the best plan and best bound at that time; None if there was none."""

    elapsed: float
    incumbent: float | None
    bound: float | None


class Record:
    """Incumbent, bound and their history. Safe to write from any thread; closed, it changes no more.

    Values are those the solver reports, in units of the objective. The incumbent only falls, the bound only rises.
    """

    def __init__(self, clock: Clock) -> None:
        self.news: SimpleQueue[object] = SimpleQueue()
        self.history: list[Moment] = []
        self.fault: BaseException | None = None
        self._clock, self._lock, self._closed = clock, threading.Lock(), False
        self._value, self._bound, self._x = math.inf, -math.inf, np.empty(0)
        self._written = -math.inf

    def plan(self, value: float, x: Floats) -> None:
        """A plan was found; kept (and copied) if it is better."""
        with self._lock:
            if not self._closed and value < self._value:
                self._value, self._x = float(value), np.array(x, dtype=float)
                self._write(force=True)

    def bounded(self, bound: float) -> None:
        """No plan is better than ``bound``; kept if it says more."""
        with self._lock:
            if not self._closed and math.isfinite(bound) and bound > self._bound:
                self._bound = float(bound)
                self._write(force=False)

    def close(self) -> None:
        """From now on nothing changes, even if a solver left behind goes on reporting."""
        with self._lock:
            if not self._closed:
                self._write(force=True)
                self._closed = True

    @property
    def best(self) -> tuple[float, Floats] | None:
        """Value and columns of the best plan, None without one."""
        with self._lock:
            return (self._value, self._x) if math.isfinite(self._value) else None

    @property
    def bound(self) -> float:
        """Best bound, ``-inf`` without one."""
        with self._lock:
            return self._bound

    @property
    def now(self) -> Moment:
        """Where things stand."""
        with self._lock:
            return self._moment()

    @property
    def gap(self) -> float | None:
        """Relative gap as it stands, None while it is not finite."""
        with self._lock:
            return relative_gap(self._value, self._bound)

    def _moment(self) -> Moment:
        return Moment(self._clock.elapsed, _finite(self._value), _finite(self._bound))

    def _write(self, force: bool) -> None:
        now, moment = time.monotonic(), self._moment()
        last = self.history[-1] if self.history else None
        if last is not None and (last.incumbent, last.bound) == (moment.incumbent, moment.bound):
            return
        if moment.incumbent is None and moment.bound is None:
            return
        if force or last is None or now - self._written >= QUIET:
            self.history.append(moment)
            self._written = now
            self.news.put(None)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
