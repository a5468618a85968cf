"""Our own wall clock: work is watched from outside and left behind if it will not stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Generic, Literal, TypeVar

T = TypeVar("T")
Limit = Literal["time", "interrupt"]

PULSE = 1.0
"""Seconds between two looks at the clock when nothing happens."""


def grace(limit: float | None) -> float:
    """Seconds that work may overrun its limit before it is left behind: half of what we promise to keep.

    The promise is ``max(2 s, 5 %)``; the other half is for checking the plan. Without a limit (somebody pressed
    Ctrl-C) two seconds.
    """
    return 2.0 if limit is None else max(1.0, 0.025 * limit)


@dataclass(frozen=True)
class Clock:
    """Seconds since the start and seconds left until the limit, None for no limit."""

    limit: float | None = None
    started: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.started

    @property
    def left(self) -> float | None:
        """Seconds left, never negative; None without a limit."""
        return None if self.limit is None else max(0.0, self.limit - self.elapsed)

    def part(self, share: float) -> Clock:
        """A clock that starts now and ends after a share of what is left."""
        left = self.left
        return Clock(None if left is None else share * left)


@dataclass
class Watched(Generic[T]):
    """What became of watched work: a result, or the limit that it ran into and whether it still runs."""

    result: T | None = None
    limit_hit: Limit | None = None
    left_running: bool = False


class Stop:
    """The wish that work should end; workers look at it, the watcher sets it."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def __bool__(self) -> bool:
        return self._event.is_set()

    def set(self) -> None:
        self._event.set()


def watch(
    work: Callable[[], T],
    clock: Clock,
    stop: Stop,
    news: SimpleQueue[object],
    tell: Callable[[], None],
    ask_to_stop: Callable[[], None] = lambda: None,
    patience: float | None = None,
) -> Watched[T]:
    """Run ``work`` in a thread of its own and come back in time, whatever it does.

    Parameters
    ----------
    work
        Runs in a daemon thread; it should end soon after ``stop`` is set.
    news
        Whatever is put here wakes the watcher, which then calls ``tell`` in the caller's thread.
    ask_to_stop
        Called once when the time is over or Ctrl-C was pressed, for solvers that are stopped by a call.
    patience
        Seconds to wait after asking; :func:`grace` of the limit if None.

    Raises
    ------
    BaseException
        Whatever ``work`` or ``tell`` raised; when ``tell`` raises, the work is asked to stop first.
    """
    outcome: Watched[T] = Watched()
    ended = threading.Event()
    raised: list[BaseException] = []

    def run() -> None:
        try:
            outcome.result = work()
        except BaseException as error:
            raised.append(error)
        finally:
            ended.set()
            news.put(None)

    thread = threading.Thread(target=run, name="refugia-solver", daemon=True)
    thread.start()
    wait = grace(clock.limit) if patience is None else patience
    give_up: float | None = None
    try:
        while not ended.is_set():
            try:
                now = time.monotonic()
                if give_up is None and clock.left == 0.0:
                    outcome.limit_hit, give_up = "time", now + wait
                    stop.set()
                    ask_to_stop()
                if give_up is not None and now >= give_up:
                    break
                end = give_up if give_up is not None else None if clock.left is None else now + clock.left
                _drain(news, PULSE if end is None else min(PULSE, max(0.0, end - now)))
                tell()
            except KeyboardInterrupt:
                # the first Ctrl-C asks, the second does not wait for an answer
                if outcome.limit_hit == "interrupt":
                    break
                outcome.limit_hit = "interrupt"
                give_up = time.monotonic() + (wait if give_up is None else 0.0)
                stop.set()
                ask_to_stop()
    except BaseException:
        stop.set()
        ask_to_stop()
        raise
    outcome.left_running = not ended.is_set()
    if outcome.left_running:
        # a result that arrives from now on must not change what we return
        return Watched(None, outcome.limit_hit, True)
    tell()
    if raised:
        raise raised[0]
    return outcome


def _drain(news: SimpleQueue[object], seconds: float) -> None:
    """Wait for the first piece of news and take all that is there."""
    try:
        news.get(timeout=seconds)
        while True:
            news.get_nowait()
    except Empty:
        return
