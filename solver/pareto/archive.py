"""Everything that a search for a front has so far: plans found, facts proven, work done; whoever searches shares it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from formulations.algebra.elements import Floats
from solver.certificate import keeps, snapped, verify
from solver.clock import Clock, Stop
from solver.events import Event, Sink, nowhere
from solver.pareto.bounds import Fact, LowerBounds
from solver.pareto.space import Space

TWIN = 1e-7
"""Share of a value, where values have no step, by which a plan must be better to count as another one."""


@dataclass(eq=False)
class Budget:
    """When a search for a front has to end, whichever comes first; None for no limit."""

    clock: Clock = field(default_factory=Clock)
    solves: int | None = None
    points: int | None = None
    stop: Stop = field(default_factory=Stop)

    def over(self, solves: int, points: int) -> bool:
        """Whether it has to end now."""
        spent = self.solves is not None and solves >= self.solves
        enough = self.points is not None and points >= self.points
        return bool(self.stop) or self.clock.left == 0.0 or spent or enough


@dataclass(eq=False)
class Archive:
    """Plans that no other one dominates, and facts.

    Attributes
    ----------
    plans, origins
        One entry per point, in the order of ``points``.
    solves
        Questions answered by exact searches.
    """

    space: Space
    bounds: LowerBounds
    sink: Sink = nowhere
    points: Floats = field(init=False)
    plans: list[Floats] = field(default_factory=list)
    origins: list[str] = field(default_factory=list)
    solves: int = 0

    def __post_init__(self) -> None:
        self.points = np.empty((0, self.space.size))

    @classmethod
    def empty(cls, space: Space, sink: Sink = nowhere) -> Archive:
        """Nothing found and nothing proven."""
        return cls(space, LowerBounds(np.full(space.size, -np.inf)), sink)

    def take(self, x: Floats, origin: str) -> bool:
        """Take in a plan that keeps all rows; False if it is dominated or known, but for rounding.

        Raises
        ------
        ValueError
            If the plan breaks a row, a bound or a whole number: whoever made it must not have.
        """
        matrix = self.space.matrix
        x = snapped(matrix, x)
        if not keeps(matrix, x[None, :])[0]:
            why = " ".join(verify(matrix, {self.space.names[0]: 1.0}, x, verify_bound=False).problems)
            raise ValueError(f"{matrix.name}: a plan of origin {origin!r} does not keep its rows. {why}")
        y = self.space.values(x[None, :])[0]
        near = np.where(self.space.step > 0, 0.0, TWIN * np.abs(y))
        if (self.points <= y + near).all(axis=1).any():
            return False
        kept = np.flatnonzero(~(self.points >= y - near).all(axis=1))
        self.points = np.vstack([self.points[kept], y])
        self.plans = [*(self.plans[k] for k in kept), x]
        self.origins = [*(self.origins[k] for k in kept), origin]
        return True

    def prove(self, fact: Fact) -> None:
        """Take in a fact."""
        self.bounds.add(fact)

    def tell(
        self, stage: str, elapsed: float, done: float | None = None, total: float | None = None, message: str = ""
    ) -> None:
        """Say how far the search is."""
        self.sink(Event(stage, done, total, None, None, None, elapsed, message))
