"""The ends of a front: the best plan in one objective, then the next; and safe values between which the front lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from formulations.algebra.elements import Floats
from solver.clock import Clock
from solver.pareto.archive import Archive
from solver.pareto.scalar import Outcome, Scalars
from solver.pareto.space import Space

ROUNDING = 1e-9
"""Share of a value by which a limit at it is widened where values have no step."""


@dataclass(frozen=True, eq=False)
class Ends:
    """Values between which a front lies.

    Attributes
    ----------
    ideal
        Shape (p,): no plan has a lower value; ``-inf`` where nothing was proven.
    nadir
        Shape (p,): no point of the front has a higher value; ``inf`` where nothing was proven.
    exact
        Both are reached by points of the front.
    """

    ideal: Floats
    nadir: Floats
    exact: bool


def best_start(archive: Archive, weights: Floats, within: Floats) -> Floats | None:
    """Of the plans known that keep the limits, the one with the least weighted sum."""
    inside = np.flatnonzero((archive.points <= within).all(axis=1))
    return archive.plans[int(inside[np.argmin(archive.points[inside] @ weights)])] if inside.size else None


def lexicographic(ask: Scalars, archive: Archive, order: Sequence[int], within: Floats | None = None) -> Outcome:
    """The best plan in the first objective of ``order``; among those the best in the second; and so on.

    All plans and facts go to the archive. Objectives that ``order`` leaves out do not count.

    Returns
    -------
    Outcome
        Of the last question asked. ``solved`` only if every one was; the plan is then best in that order.
    """
    space = ask.space
    limits = np.full(space.size, np.inf) if within is None else np.array(within, float)
    state = "solved"
    for at, k in enumerate(order):
        weights = np.zeros(space.size)
        weights[k] = 1.0
        if at:
            # those before are held at their least value, so weighing them changes nothing, and the fact that
            # comes of it has a weight on each
            before = list(order[:at])
            weights[before] = _ratio(archive, before, k)
        outcome = ask.minimize(weights, limits, start=best_start(archive, weights, limits))
        archive.solves += 1
        archive.prove(outcome.fact)
        if outcome.x is None or outcome.y is None:
            return outcome
        archive.take(outcome.x, "exact")
        state = state if outcome.state == "solved" else "stopped"
        room = 0.0 if space.step[k] > 0 else ROUNDING * max(1.0, abs(float(outcome.y[k])))
        limits[k] = min(limits[k], outcome.y[k] + room)
    return Outcome("solved" if state == "solved" else "stopped", outcome.x, outcome.y, outcome.fact)


def _ratio(archive: Archive, before: Sequence[int], k: int) -> Floats:
    """Weights that make objectives of different sizes comparable: size of k over size of each."""
    sizes = np.maximum(np.abs(archive.points).max(axis=0, initial=0.0), 1e-6)
    return np.asarray(np.maximum(sizes[k] / sizes[list(before)], 1e-6), float)


def find_ends(ask: Scalars, archive: Archive) -> Ends:
    """Best plans in each objective, and safe values between which the front lies.

    With two objectives the nadir is that of the front. With more it is an upper bound: the largest value over all
    plans of the linear relaxation, as lexicographic points say nothing about the others there
    (Ehrgott and Tenfelde-Podehl 2003, DOI 10.1016/S0377-2217(02)00595-7).
    """
    space, p = ask.space, ask.space.size
    ends: list[Outcome] = []
    for k in range(p):
        order = [k, *(j for j in range(p) if j != k)]
        outcome = lexicographic(ask, archive, order)
        ends.append(outcome)
        if outcome.state == "empty":
            return Ends(np.full(p, np.inf), np.full(p, -np.inf), True)
    exact = ask.gap == 0.0 and all(end.state == "solved" for end in ends)
    if p == 2 and exact:
        points = np.array([end.y for end in ends])
        return Ends(points.min(axis=0), points.max(axis=0), True)
    return Ends(archive.bounds.ideal.copy(), largest(space, ask.clock), False)


def largest(space: Space, clock: Clock | None = None) -> Floats:
    """Values that no plan exceeds, shape (p,): from the relaxation's duals by our own arithmetic; ``inf`` without."""
    from solver.backends.highs import run_highs
    from solver.backends.search import Search
    from solver.safe_bound import safe_bound

    top = np.full(space.size, np.inf)
    for k, name in enumerate(space.names):
        against = {name: -1.0}
        cost, constant = space.matrix.cost(against)
        left = None if clock is None else clock.left
        duals = run_highs(space.matrix.relax(), Search(cost, constant, Clock(left))).duals
        top[k] = -safe_bound(space.matrix, against, duals).value
    step = np.where(space.step > 0, space.step, 1.0)
    with np.errstate(invalid="ignore"):
        down = np.floor((top - space.c0) / step + 1e-6) * step + space.c0
    return np.where((space.step > 0) & np.isfinite(top), down, top)
