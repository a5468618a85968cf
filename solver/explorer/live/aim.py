"""What a wish comes to in numbers: limits, a reference point, and the sum that is minimised.

The reference point r is

* the goals where each objective has one;
* else, where there are limits, their lower ends, or the ideal where there is none: the balanced plan within the limits;
* else the alternative that the reader looks at: the plan most like it that does as settled;
* else the ideal.

Where only some objectives have a goal, the plan wanted is the one that is best in the others among those that reach the
goals (:mod:`solver.choosing.goals`); if none does, r is the goals, and far away in the others.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Block, Matrix
from solver.explorer.live.levers import Lever
from solver.explorer.live.wish import Wish
from solver.pareto.bounds import Fact, LowerBounds
from solver.pareto.space import Space
from solver.pareto.tchebycheff import RHO, with_shortfall

if TYPE_CHECKING:
    from solver.explorer.live.answer import Desk

FAR = 10.0
"""Ranges beyond the worst of the front at which an objective is as good as free."""


STEPS = 201
"""Shortfalls for which it is asked whether what is proven already leaves a plan."""


@dataclass(frozen=True, eq=False)
class Task:
    """A wish in numbers; everything of shape (p,) over the objectives of the front.

    Attributes
    ----------
    goals
        NaN where there is none.
    """

    upper: Floats
    reference: Floats
    goals: Floats
    scale: Floats
    levers: Sequence[Lever]
    seconds: float
    gap: float

    @property
    def partly(self) -> bool:
        """Only some objectives have a goal."""
        given = np.isfinite(self.goals)
        return bool(given.any() and not given.all())


@dataclass(frozen=True, eq=False)
class Aim:
    """What is minimised, in shares of the range: the largest shortfall (if ``most``) and a weighted sum of them.

    ``upper`` has shape (p,), as has everything else here.
    """

    upper: Floats
    reference: Floats
    scale: Floats
    weights: Floats
    most: bool

    def value(self, points: Floats) -> Floats:
        """Of points, (n, p) -> (n,)."""
        short = (points - self.reference) / self.scale
        value: Floats = short @ self.weights + (short.max(axis=1) if self.most else 0.0)
        return value

    def start(self, x: Floats, y: Floats) -> Floats:
        """Columns of :meth:`matrix` for a plan and its objectives."""
        return np.append(x, ((y - self.reference) / self.scale).max()) if self.most else x

    def bound(self, bounds: LowerBounds, lowest: Floats, most: float) -> float:
        """No plan within the limits has a lower value, by what is proven already.

        Parameters
        ----------
        lowest
            Shape (p,): no plan has lower objectives.
        most
            A value at which to stop: a plan has it.
        """
        least = (np.maximum(lowest, bounds.ideal) - self.reference) / self.scale
        if not self.most:
            corner = bounds.corner(self.upper[None, :])[0]
            return float(self.weights @ np.maximum(least, (corner - self.reference) / self.scale))
        # no plan falls short by less than t if the box below the reference point moved by t is empty
        steps = np.linspace(float(least.max()), max(float(least.max()), most), STEPS)
        boxes = np.minimum(self.reference + steps[:, None] * self.scale, self.upper)
        empty = (bounds.corner(boxes) > boxes + 1e-9 * self.scale).any(axis=1)
        short = float(steps[empty].max(initial=float(least.max())))
        end = self.reference + steps[-1] * self.scale
        away = float(bounds.distance(end[None, :], self.scale)[0])
        return max(short, float(steps[-1]) - away) + float(self.weights @ least)

    def matrix(self, space: Space, lift: float) -> Matrix:
        """The program that minimises it, ``lift`` added, in ``space``; with a column more where ``most``."""
        share = self.weights / self.scale
        cost, constant = np.asarray(share @ space.C).ravel(), float(share @ (space.c0 - self.reference))
        whole = with_shortfall(space, self.reference, self.scale) if self.most else space.matrix
        row = sp.csr_array((np.append(cost, 1.0) if self.most else cost)[None, :])
        return replace(whole, objectives={"wish": Block("wish", (), 0, 1)}, C=row, c0=np.array([constant + lift]))

    def facts(self, bound: float, y: Floats) -> list[Fact]:
        """What a bound says about all plans within the limits; ``y`` is the point that was found.

        See :mod:`solver.pareto.tchebycheff`.
        """
        r, s = self.reference, self.scale
        if not self.most:
            share = self.weights / s
            return [Fact(self.upper, share, bound + float(share @ r))]
        t, total = float(((y - r) / s).max()), float(self.weights.sum())
        near = Fact(np.minimum(r + t * s, self.upper), 1.0 / s, float((r / s).sum()) + (bound - t) / RHO)
        reach = bound / (1.0 + total)
        within = np.minimum(r + (reach - 1e-9 * max(1.0, abs(reach))) * s, self.upper)
        return [near, Fact(within, 1.0 / s, math.inf)]


def task_of(desk: Desk, wish: Wish, given: Sequence[Lever]) -> Task:
    """The wish, where ``given`` is what it settles."""
    front = desk.front
    ends = [wish.limits.get(name, (None, None)) for name in front.names]
    upper = np.array([math.inf if high is None else high for _, high in ends])
    ideal = np.where(np.isfinite(front.ideal), front.ideal, front.points.min(axis=0))
    goals = np.array([wish.goals.get(name, math.nan) for name in front.names])
    low = np.array([math.nan if low is None else low for low, _ in ends])
    given_goals = np.isfinite(goals)
    if given_goals.any():
        reference = np.where(given_goals, goals, front.nadir + FAR * front.scale)
    elif np.isfinite(upper).any() or np.isfinite(low).any():
        reference = np.where(np.isfinite(low), low, ideal)
    elif given and wish.start in desk.ids:
        reference = desk.points[desk.ids.index(wish.start)]
    else:
        reference = ideal
    return Task(upper, reference, goals, front.scale, given, wish.seconds, wish.gap)
