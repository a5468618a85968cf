"""k-nearest p-median: solve with few pairs, prove that the others cannot help, or add some.

Pairs left out are replaced by one site that exists already, holds everybody and lies as far from each demand point as
the nearest site left out. Going there costs no more than going to any site left out, so no plan of the whole question
is better than the best one of this (a relaxation). If nobody goes there, its plan is a plan of the whole and best. Else
those who do get twice as many pairs. In the end all pairs are there, but mostly it ends long before.

Sites with capacities are shared by those who are near, so people may have to go far: then more rounds are needed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formulations.location.access import Access
from formulations.location.median.k_nearest_p_median import KNearestPMedian, kth_distance
from formulations.location.pairs import Pairs
from formulations.location.siting import Siting
from instances.index import Index
from solver.locating.terms import Found, Terms

HOMES = {
    False: ("solver.locating.median.engine", "p_median"),
    True: ("solver.locating.charge.solve", "solve_capacitated"),
}


def k_nearest(question: KNearestPMedian, access: Access, terms: Terms) -> Found | None:
    """Best plan of the question; None where the algorithm for all pairs hands it back."""
    module, name = HOMES[question.capacitated]
    algorithm: Callable[[Any, Access, Terms], Found | None] = getattr(import_module(module), name)
    if question.strict:
        return algorithm(question.whole, question.seen(access), terms)
    return _grown(question, access, terms, algorithm)


def _grown(
    question: KNearestPMedian, access: Access, terms: Terms, algorithm: Callable[[Any, Access, Terms], Found | None]
) -> Found | None:
    count = np.minimum(question.counts(access), access.pairs.count)
    m, rounds, best = access.site.size, 0, None
    bound, verified, value = -np.inf, -np.inf, np.inf
    start = terms.start
    while True:
        part, beyond = relaxed(access, count)
        own = replace(terms, start=tuple(np.append(s, True) if beyond.any() else s for s in start))
        terms.stage = f"pairs, {part.pairs.size} of {access.pairs.size}"
        found = algorithm(question.whole, part, own)
        rounds += 1
        if found is None:
            return None
        work = {**found.work, "rounds": rounds, "pairs": part.pairs.size}
        if found.state == "infeasible":
            return replace(found, work=work)
        bound = max(bound, found.bound)
        verified = max(verified, -np.inf if found.verified is None else found.verified)
        terms.record.bounded(bound)
        siting = None if found.siting is None else _without_beyond(found.siting, m)
        lost = np.empty(0, np.intp)
        if siting is not None and found.siting is not None:
            away = found.siting.site == m
            lost = np.unique(found.siting.demand[away])
            whole = siting if not lost.size else _sent_on(question, access, siting)
            if whole is not None and (told := question.judge(access, whole)).kept and told.value < value:
                value, best = told.value, whole
                terms.record.plan(value, whole.open.astype(float))
        proven = best is not None and bound >= value - terms.gap * abs(value)
        ended = found.state == "finished" and siting is not None and not lost.size
        if ended or proven or found.state == "stopped" or terms.over:
            state = "finished" if ended or proven else "stopped"
            return Found(state, best, bound, verified, found.message, work)  # type: ignore[arg-type]
        count = count.copy()
        count[lost] = np.minimum(2 * count[lost], access.pairs.count[lost])
        start = () if best is None else (best.open,)


def relaxed(access: Access, count: NDArray[np.int64]) -> tuple[Access, NDArray[np.bool_]]:
    """The k nearest sites of each demand point, and for those who have more one site for all that is left out.

    Returns
    -------
    tuple
        The data, with one site more if anybody has sites left out; and who has, shape (n,).
    """
    pairs, n, m = access.pairs, access.demand.size, access.site.size
    beyond = pairs.count > count
    if not beyond.any():
        return access, beyond
    rank = np.arange(pairs.size) - np.repeat(pairs.start[:-1], pairs.count)
    keep = rank < np.repeat(count, pairs.count)
    (who,) = np.nonzero(beyond)
    next_one = kth_distance(access, count + 1)[who]
    demand = np.concatenate([pairs.demand[keep], who])
    site = np.concatenate([pairs.site[keep].astype(np.intp), np.full(len(who), m)])
    listed = Pairs.listed(demand, site, np.concatenate([pairs.distance[keep], next_one]), (n, m + 1))
    labels = access.site.labels()
    name = "beyond"
    while name in labels:
        name += "_"
    status = np.full(m, "candidate") if access.status is None else access.status
    part = replace(
        access,
        site=Index.named(access.site.name, [*labels, name]),
        pairs=listed,
        capacity=None if access.capacity is None else np.append(access.capacity, np.inf),
        cost=None if access.cost is None else np.append(access.cost, 0.0),
        status=np.append(status.astype("<U12"), "existing"),
        between=None,
        frames=(None, None),
    )
    return part, beyond


def _without_beyond(siting: Siting, m: int) -> Siting:
    keep = siting.site < m
    return Siting(siting.open[:m], siting.demand[keep], siting.site[keep], siting.share[keep])


def _sent_on(question: KNearestPMedian, access: Access, siting: Siting) -> Siting | None:
    """A plan of the whole with the same sites; None where capacities do not let us say who goes where."""
    return None if question.capacitated else Siting.nearest(access, siting.open)
