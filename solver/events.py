"""What long work says about itself while it runs: one kind of event for readers, solvers and writers alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Event:
    """One moment of long work. What is not known is None; a number is never infinite or NaN.

    Attributes
    ----------
    stage
        What is being done, in a word: ``relaxation``, ``search``, ``check``, ...
    done, total
        Steps finished and steps in all, where the work can be counted.
    incumbent, bound
        Value of the best plan so far and the value that no plan can beat; of a solve, in units of its objective.
        Within one solve the incumbent only falls and the bound only rises.
    gap
        Relative distance between the two (see :func:`solver.solution.relative_gap`).
    elapsed
        Seconds since the work began.
    message
        One sentence for a reader, or "".
    """

    stage: str
    done: float | None = None
    total: float | None = None
    incumbent: float | None = None
    bound: float | None = None
    gap: float | None = None
    elapsed: float = 0.0
    message: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return asdict(self)


Sink: TypeAlias = Callable[[Event], None]
"""Whoever listens. A sink is called in the thread that asked for the work; what it raises ends the work."""


def nowhere(event: Event) -> None:
    """The sink for those who do not want to know."""


def to_all(*sinks: Sink) -> Sink:
    """One sink that passes each event on to several, in order."""

    def pass_on(event: Event) -> None:
        for sink in sinks:
            sink(event)

    return pass_on
