"""The result of a solve: a plan, how good it is for certain, and everything needed to judge or repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from formulations.algebra.elements import Floats
from solver.certificate import Certificate
from solver.clock import Limit
from solver.record import Moment


class Status(Enum):
    """How a solve ended, in our own words; a solver's "optimal" is only material for them."""

    PROVEN = "proven"
    """No better plan exists: relative gap at most 1e-9, or value and bound equal up to rounding."""

    WITHIN_GAP = "within gap"
    """The gap asked for was reached (``gap`` says which). With ``gap=0``: down to the solver's tolerances, 1e-6."""

    TIME_LIMIT = "time limit"
    """The time was over; the best plan found is returned with the bound there is."""

    INTERRUPTED = "interrupted"
    """Somebody pressed Ctrl-C; the best plan found is returned with the bound there is."""

    NO_PLAN = "no plan"
    """Stopped at a limit before any plan was found; whether there is one is not known."""

    INFEASIBLE = "infeasible"
    """The solver found that no plan keeps all rows."""

    UNBOUNDED = "unbounded"
    """Plans get better without end: a row or a bound is missing."""

    FAILED = "failed"
    """The solver gave up, or what it returned did not stand up to our check; ``message`` says why."""


@dataclass(frozen=True, eq=False)
class Solution:
    """A plan and its proof.

    Attributes
    ----------
    status
        See :class:`Status`.
    value
        Weighted objective of the plan, recomputed by us; None without a plan.
    objectives
        Each objective of the plan by name, recomputed by us.
    bound
        No plan has a lower value: the better of the solver's bound and our own. None if there is none.
    gap
        ``(value - bound) / |value|`` (:func:`solver.gap.relative_gap`); None if it is not a number.
    limit_hit
        ``"time"``, ``"interrupt"`` or None.
    x
        Columns of the plan, shape (columns,), whole numbers exactly whole; None without a plan.
    certificate
        What we checked; None without a plan.
    seconds
        Wall clock of the whole solve.
    left_running
        The solver did not stop in time and a thread of it still computes: end the process with ``os._exit``.
    history
        Moments at which the incumbent or the bound improved, as the solver reported them.
    message
        Why it failed, or a remark; "" if there is nothing to say.
    matrix_digest, backend, seed, options, versions
        What was solved, by what, and how.
    """

    status: Status
    value: float | None
    objectives: dict[str, float]
    bound: float | None
    gap: float | None
    limit_hit: Limit | None
    x: Floats | None
    certificate: Certificate | None
    seconds: float
    seed: int
    backend: str
    options: Mapping[str, Any]
    versions: Mapping[str, str]
    matrix_digest: str
    weights: Mapping[str, float]
    history: tuple[Moment, ...] = ()
    left_running: bool = False
    message: str = ""
    shapes: Mapping[str, tuple[slice, tuple[int, ...]]] = field(default_factory=dict, repr=False)

    def values(self, name: str) -> Floats:
        """What the plan says about one variable, in the shape of its dimensions.

        Raises
        ------
        ValueError
            If there is no plan, or no such variable.
        """
        if self.x is None:
            raise ValueError(f"There is no plan to read {name!r} from: the solve ended {self.status.value!r}.")
        if name not in self.shapes:
            raise ValueError(f"No variable named {name!r}; there are {', '.join(self.shapes)}.")
        span, shape = self.shapes[name]
        return self.x[span].reshape(shape)

    @property
    def good(self) -> bool:
        """There is a plan, it was checked, and it is proven within the gap asked for."""
        return self.status in (Status.PROVEN, Status.WITHIN_GAP)

    def to_dict(self, *, values: bool = False) -> dict[str, Any]:
        """Plain values, ready for JSON: no infinity, no NaN. The columns themselves only with ``values=True``."""
        plain: dict[str, Any] = {
            "status": self.status.value,
            "value": self.value,
            "objectives": dict(self.objectives),
            "bound": self.bound,
            "gap": self.gap,
            "limit_hit": self.limit_hit,
            "seconds": self.seconds,
            "left_running": self.left_running,
            "message": self.message,
            "weights": dict(self.weights),
            "seed": self.seed,
            "backend": self.backend,
            "options": dict(self.options),
            "versions": dict(self.versions),
            "matrix_digest": self.matrix_digest,
            "certificate": None if self.certificate is None else self.certificate.to_dict(),
            "history": [[m.elapsed, m.incumbent, m.bound] for m in self.history],
        }
        if values:
            plain["x"] = None if self.x is None else self.x.tolist()
        return plain
