"""A plan without a site (or with one more), made at once: what a question loses can be bounded before any search."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from formulations.location.access import Access
from formulations.location.question import Question
from formulations.location.siting import Siting
from solver.locating.certified import signed


def cheap_plan(question: Question, access: Access, plan: Siting, at: int, without: bool) -> tuple[float, Siting] | None:
    """A plan that keeps all rules of the question, and its value, minimised; None if no simple one does.

    Tried are closing the site (or opening it), and exchanging it for the one that suits those best who go there now
    (for the one that is missed least). Everybody goes to the nearest open site then; a plan of a question with
    capacities that breaks one is no plan.

    Parameters
    ----------
    question, access
        The question as it stands without the site, or with it.
    plan
        The plan with it, or without it.
    at
        Position of the site.
    """
    rules = question.rules(access)
    start = plan.open.copy()
    start[at] = not without
    tries = [start]
    if without:
        free = np.flatnonzero((rules.upper > 0) & ~plan.open)
        if free.size:
            other = start.copy()
            other[free[int(_gain(access, start)[free].argmax())]] = True
            tries.append(other)
    else:
        spare = np.flatnonzero((rules.lower < 1) & plan.open)
        spare = spare[spare != at]
        if spare.size:
            other = start.copy()
            other[spare[int(_missed(access, start)[spare].argmin())]] = False
            tries.append(other)
    found = []
    for opened in tries:
        siting = _trips(question, access, opened, plan)
        judgement = question.judge(access, siting)
        if judgement.kept and np.isfinite(judgement.value):
            found.append((signed(question, judgement.value), siting))
    return min(found, key=lambda one: one[0], default=None)


def _trips(question: Question, access: Access, opened: NDArray[np.bool_], plan: Siting) -> Siting:
    """Who goes where if these are open, in the manner of a plan: nobody anywhere, or within a radius, or everybody."""
    if not plan.demand.size:
        return Siting(opened, plan.demand, plan.site, plan.share)
    radius = getattr(question, "radius", None)
    return Siting.nearest(access, opened, radius if isinstance(radius, int | float) else np.inf)


def _gain(access: Access, opened: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How much shorter all ways get with each site, shape (m,); being out of reach counts as twice the longest way."""
    pairs = access.pairs
    near = _near(access, opened)
    saved = np.maximum(np.repeat(near, pairs.count) - pairs.distance, 0.0)
    weight = np.repeat(access.weight, pairs.count)
    return np.bincount(pairs.site, weight * saved, minlength=pairs.sites).astype(float)


def _missed(access: Access, opened: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How much longer all ways get without each open site, shape (m,)."""
    pairs = access.pairs
    site, _ = pairs.nearest_open(opened)
    near = _near(access, opened)
    hit = np.flatnonzero(opened[pairs.site])
    owner = pairs.demand[hit]
    second = np.full(pairs.points, 2.0 * pairs.distance.max(initial=0.0) + 1.0)
    later = np.flatnonzero(owner[1:] == owner[:-1]) + 1
    # the second hit of each demand point: the one right behind the first
    first = np.append(True, owner[1:] != owner[:-1])[later - 1]
    second[owner[later[first]]] = pairs.distance[hit[later[first]]]
    there = site >= 0
    longer = access.weight * (second - near)
    return np.bincount(site[there], longer[there], minlength=pairs.sites).astype(float)


def _near(access: Access, opened: NDArray[np.bool_]) -> NDArray[np.float64]:
    _, near = access.pairs.nearest_open(opened)
    return np.where(np.isfinite(near), near, 2.0 * access.pairs.distance.max(initial=0.0) + 1.0)
