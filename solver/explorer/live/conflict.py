"""Why no plan keeps a wish: which of its parts cannot hold together, and the nearest values within reach.

Parts are left out one after another; one without which there is still no plan is not needed for the conflict (the
deletion filter of Chinneck and Dravnieks (1991), DOI 10.1287/ijoc.3.2.157). Values within reach come from the plan
that passes the limits by the least share of the range.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from solver.backends.highs import run_highs
from solver.backends.search import Search
from solver.clock import Clock
from solver.explorer.content import Classes, Text
from solver.explorer.live.aim import FAR, Task
from solver.explorer.live.answer import Desk, Refusal, Tell
from solver.explorer.live.levers import Lever, settled
from solver.explorer.live.wish import both
from solver.explorer.naming import named
from solver.pareto.scalar import Scalars, with_limits
from solver.pareto.tchebycheff import tchebycheff
from solver.words import significant

LONGEST = 60.0
"""Seconds that the explanation may take, if the wish allows as many."""


@dataclass(frozen=True, eq=False)
class _Part:
    """One thing asked for: a limit on objective ``k``, or a settled decision."""

    k: int = -1
    lever: Lever | None = None


def refusal(desk: Desk, task: Task, base: Matrix, tell: Tell) -> Refusal:
    """Explain a wish that was found to have no plan."""
    whole = Clock(min(LONGEST, max(5.0, task.seconds)))
    tell("conflict", {})
    parts = [_Part(int(k)) for k in np.flatnonzero(np.isfinite(task.upper))]
    parts += [_Part(lever=lever) for lever in task.levers]
    fewer, certain = _conflict(desk, task, base, parts, whole.part(0.5))
    items = [_item(desk, task, part) for part in fewer]
    key = "live.conflict one" if len(items) == 1 else "live.conflict" if certain else "live.conflict open"
    sentences = [both(key, items=items)]
    nearest = None
    if any(part.k >= 0 for part in parts):
        tell("nearest", {})
        nearest = _nearest(desk, task, base, whole)
    if nearest is not None:
        limited = np.isfinite(task.upper)
        values = [_valued(desk, "live.item.value", int(k), float(nearest[k])) for k in np.flatnonzero(limited)]
        sentences.append(both("live.nearest values", items=values))
    told = None if nearest is None else dict(zip(desk.front.names, (float(v) for v in nearest), strict=True))
    return Refusal(tuple(sentences), told)


def _conflict(desk: Desk, task: Task, base: Matrix, parts: list[_Part], clock: Clock) -> tuple[list[_Part], bool]:
    """Parts that cannot hold together, and whether none of them can be left out."""
    kept, certain = list(parts), True
    for part in parts:
        if len(kept) == 1:
            break
        rest = [other for other in kept if other is not part]
        possible = _possible(desk, task, base, rest, clock)
        if possible is False:
            kept = rest
        certain &= possible is not None
    return kept, certain


def _possible(desk: Desk, task: Task, base: Matrix, parts: list[_Part], clock: Clock) -> bool | None:
    """Whether some plan keeps these parts; None where the time was over before that was known."""
    upper = np.full(len(task.upper), np.inf)
    for part in parts:
        if part.k >= 0:
            upper[part.k] = task.upper[part.k]
    given = [part.lever for part in parts if part.lever is not None]
    fits = (desk.points <= upper).all(axis=1)
    for lever in given:
        fits &= lever.kept(desk.plans)
    if fits.any():
        return True
    if clock.left == 0.0:
        return None
    space = replace(desk.space, matrix=settled(base, given))
    matrix = with_limits(space, upper)
    found = run_highs(matrix, Search(np.zeros(matrix.shape[1]), 0.0, Clock(clock.left), gap=1.0))
    if found.state == "infeasible":
        return False
    return True if found.x is not None else None


def _nearest(desk: Desk, task: Task, base: Matrix, clock: Clock) -> Floats | None:
    """Objectives of the plan that passes the limits least and does as settled; None where none was found in time."""
    space = replace(desk.space, matrix=settled(base, task.levers))
    free = desk.front.nadir + FAR * task.scale
    reference = np.where(np.isfinite(task.upper), task.upper, free)
    ask = Scalars(space, 1e-3, desk.asked.study.solve.seed, desk.asked.study.solve.threads, Clock(clock.left))
    return tchebycheff(ask, reference, task.scale).outcome.y


def _valued(desk: Desk, key: str, k: int, value: float) -> Text:
    unit = named("unit", desk.front.units[k])
    told = {lang: f"{significant(value)} {unit[lang]}".strip() for lang in unit}
    return both(key, name=desk.labels[k], value=told)


def _item(desk: Desk, task: Task, part: _Part) -> Text:
    if part.lever is None:
        return _valued(desk, "live.item.limit", part.k, float(task.upper[part.k]))
    layer = next(layer for layer in desk.layers if layer.name == part.lever.layer)
    name = layer.titles[layer.ids.index(part.lever.feature)]
    if isinstance(layer.decisions, Classes):
        return both("live.item.class", name=name, kind=layer.kinds[part.lever.what].label)
    return both("live.item.must" if part.lever.taken else "live.item.must not", name=name)
