"""A few plans to look at first, each with the reason why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from formulations.algebra.elements import Floats
from solver.choosing.goals import closest
from solver.choosing.knee import knee
from solver.choosing.regret import least_regret
from solver.choosing.topsis import topsis
from solver.words import percent, say, term

if TYPE_CHECKING:
    from solver.pareto.front import Front

Kind = Literal["balanced", "knee", "goals", "least regret"]

FLAT = 1e-9
"""A knee that bulges no further than this is none."""


@dataclass(frozen=True)
class Suggestion:
    """A plan to look at.

    Attributes
    ----------
    kind
        ``balanced`` (TOPSIS), ``knee``, ``goals`` or ``least regret``.
    position
        Of the point on the front.
    values
        Value of each objective by name.
    figure
        What the reason rests on: closeness, bulge, largest miss of a goal, largest regret; a share of the range.
    about
        The objective in which the miss or the regret is largest; "" where the reason is about all of them, or about
        those without a goal.
    """

    kind: Kind
    position: int
    values: Mapping[str, float]
    figure: float
    about: str = ""

    def title(self, lang: str = "en") -> str:
        """Its name for a reader."""
        return say(f"suggestion.{self.kind}", lang)

    def reason(self, lang: str = "en") -> str:
        """Why it is suggested, in a sentence."""
        reached = self.kind == "goals" and self.figure <= FLAT
        key = (
            f"suggestion.{self.kind}{' reached' if reached else ''}{'' if self.about or not reached else ' alone'}.why"
        )
        return say(key, lang, share=percent(abs(self.figure)), name=term("objective", self.about, lang))


def suggestions(
    front: Front, *, goals: Mapping[str, float] | None = None, weights: Mapping[str, float] | None = None
) -> tuple[Suggestion, ...]:
    """Plans of a front to look at first.

    Parameters
    ----------
    goals
        Value wished for, by objective; without goals no plan is closest to them. Objectives left out have no goal.
    weights
        How much each objective matters, by name; objectives left out do not matter. All alike if None. The knee does
        not depend on weights.

    Returns
    -------
    tuple
        Balanced, knee (left out where the front bulges nowhere), closest to the goals, least regret. The same plan may
        come more than once, with different reasons.

    Raises
    ------
    ValueError
        If an objective is unknown or a number is no number; all faults at once.
    """
    faults = [
        f"{where}: {name!r} is unknown; the objectives are {', '.join(front.names)}"
        for where, given in (("goals", goals or {}), ("weights", weights or {}))
        for name in given
        if name not in front.names
    ]
    faults += [] if len(front.points) else ["the front has no points"]
    faults += [f"goals: {name} is {value}" for name, value in (goals or {}).items() if not np.isfinite(value)]
    if faults:
        raise ValueError("\n  - ".join(["suggestions:", *faults]))
    w = None if weights is None else np.array([float(weights.get(name, 0.0)) for name in front.names])
    found = [_balanced(front, w)]
    bend = knee(front.points)
    if bend.bulge > FLAT:
        found.append(_of(front, "knee", bend.position, bend.bulge))
    if goals:
        found.append(_nearest(front, goals, w))
    loss = least_regret(front.points, w)
    k = int(np.argmax(loss.regret[loss.position]))
    found.append(_of(front, "least regret", loss.position, float(loss.worst[loss.position]), front.names[k]))
    return tuple(found)


def _balanced(front: Front, weights: Floats | None) -> Suggestion:
    near = topsis(front.points, weights)
    return _of(front, "balanced", near.position, float(near.closeness[near.position]))


def _nearest(front: Front, goals: Mapping[str, float], weights: Floats | None) -> Suggestion:
    wished = np.array([float(goals.get(name, np.inf)) for name in front.names])
    near = closest(front.points, wished, weights)
    k = int(np.argmax(near.miss[near.position]))
    # with a goal for some objectives only, a plan that reaches them is chosen for what it is worth in the others
    free = near.reached and not np.isfinite(wished).all()
    return _of(front, "goals", near.position, float(near.miss[near.position, k]), "" if free else front.names[k])


def _of(front: Front, kind: Kind, position: int, figure: float, about: str = "") -> Suggestion:
    values = {name: float(v) for name, v in zip(front.names, front.points[position], strict=True)}
    return Suggestion(kind, position, values, figure, about)
