"""What every search is told: how long, how exact, from where, and to whom it reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from formulations.algebra.elements import Floats
from solver.clock import Clock, Stop
from solver.record import Record


def _silence() -> None:
    return None


@dataclass
class Search:
    """The terms of one search.

    Attributes
    ----------
    cost, constant
        The objective to be minimised, ``cost @ x + constant``; cost of shape (columns,).
    clock
        When the search must be over; watched from outside.
    gap
        Relative gap at which the search may end (:func:`solver.gap.relative_gap`).
    seed, threads
        Passed on to the solver; with one thread and no time limit the answer is repeatable.
    record
        Where plans and bounds are reported while they are found.
    tell
        Called in the caller's thread whenever there is something new.
    start
        A plan or part of one to start from, shape (columns,), NaN where nothing is said; None without.
    share
        Share of the time left that the solver is given; the watcher's limit stays that of the clock.
    tight
        Let the solver be a thousand times stricter about rows and whole numbers than it is by default.
    nodes
        Nodes of the tree after which HiGHS may end; None for no limit.
    """

    cost: Floats
    constant: float
    clock: Clock = field(default_factory=Clock)
    gap: float = 1e-4
    seed: int = 0
    threads: int = 1
    record: Record = field(init=False)
    stop: Stop = field(default_factory=Stop)
    tell: Callable[[], None] = _silence
    start: Floats | None = None
    share: float = 1.0
    tight: bool = False
    nodes: int | None = None

    def __post_init__(self) -> None:
        self.record = Record(self.clock)

    @property
    def seconds(self) -> float | None:
        """Seconds the solver is given from now on, None for no limit."""
        left = self.clock.left
        return None if left is None else self.share * left

    def value(self, x: Floats) -> float:
        """Objective value of a plan."""
        return float(self.cost @ x + self.constant)
