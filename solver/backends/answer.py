"""What a backend hands back: the solver's own words, before anything has been checked."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from formulations.algebra.elements import Floats
from solver.clock import Limit

State: TypeAlias = Literal["finished", "stopped", "infeasible", "unbounded", "failed"]


@dataclass(frozen=True)
class Answer:
    """A solver's claim.

    Attributes
    ----------
    state
        ``finished`` when the solver says that its search is over within the gap asked for.
    x
        The best plan, shape (columns,), or None.
    bound
        The solver's bound on the objective, constant included; ``-inf`` without one.
    duals
        Row duals of a linear program, shape (rows,); positive where the lower side holds. None otherwise.
    limit_hit
        Which limit ended the search.
    left_running
        The solver did not stop when asked and its thread was left behind.
    message
        What the solver said, where it is neither an answer nor a limit.
    basis, iterations
        Of a linear program that HiGHS finished: its basis, to go on from, and the simplex iterations it took.
    """

    state: State
    x: Floats | None = None
    bound: float = -math.inf
    duals: Floats | None = None
    limit_hit: Limit | None = None
    left_running: bool = False
    message: str = ""
    basis: Any = field(default=None, repr=False, compare=False)
    iterations: int = 0


class ModelError(ValueError):
    """A backend cannot hold this program without changing it; the message lists every fault."""

    def __init__(self, what: str, faults: list[str]) -> None:
        self.what, self.faults = what, list(faults)
        super().__init__("\n  - ".join([f"{what}:", *self.faults]))
