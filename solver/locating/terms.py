"""What an algorithm for a question of location is told, and what it hands back."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formulations.location.siting import Siting
from solver.backends.answer import State
from solver.clock import Clock, Stop
from solver.record import Record


def _silence() -> None:
    return None


@dataclass
class Terms:
    """The terms of one search, as every algorithm gets them.

    Attributes
    ----------
    clock
        When it must be over.
    gap
        Relative gap at which the search may end (:func:`solver.gap.relative_gap`).
    seed, threads
        With one thread and no limit hit, one seed gives one answer.
    start
        Choices of open sites to begin with, shape (m,) each; they need not keep the rules.
    stop
        Set when somebody wants the search to end.
    record
        Where plans (shape (m,), 1 where a site is open) and bounds are reported as they are found. In the record
        everything is minimised: the value of a question that wants much is negative there.
    stage
        What is being done, in a word, for whoever watches.
    kept
        The best plan so far, where more than its open sites is decided; else everybody goes to the nearest open site.
    """

    clock: Clock = field(default_factory=Clock)
    gap: float = 0.0
    seed: int = 0
    threads: int = 1
    start: tuple[NDArray[np.bool_], ...] = ()
    stop: Stop = field(default_factory=Stop)
    tell: Callable[[], None] = _silence
    record: Record = field(init=False)
    stage: str = "search"
    kept: Siting | None = None

    def __post_init__(self) -> None:
        self.record = Record(self.clock)

    @property
    def over(self) -> bool:
        """Whether the search must end now; to be looked at often."""
        return bool(self.stop) or self.clock.left == 0.0

    @property
    def seconds(self) -> float:
        """Seconds left, infinite without a limit."""
        left = self.clock.left
        return math.inf if left is None else left


@dataclass(frozen=True, eq=False)
class Found:
    """What an algorithm claims, before anything has been checked. Everything is minimised here.

    Attributes
    ----------
    state
        ``finished`` when the search is over within the gap asked for, ``stopped`` at a limit, ``infeasible``.
    siting
        The best plan, or None.
    bound
        No plan has a smaller value, as far as solvers can be trusted; ``-inf`` without one.
    verified
        The same, computed by us from the data in a way that needs no trust in a solver, rounding errors subtracted;
        None without one.
    message
        For an infeasible question: why, by name. Else a remark.
    work
        Counts worth telling: sites fixed, cuts, nodes, ...
    """

    state: State
    siting: Siting | None = None
    bound: float = -math.inf
    verified: float | None = None
    message: str = ""
    work: Mapping[str, Any] = field(default_factory=dict)
