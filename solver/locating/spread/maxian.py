"""p-maxian: an own search over sets of sites, with bounds counted from the distances.

One more site never takes anybody farther from the nearest: a set is worth no more than any part of it. So of all sets
whose least remote site (alone) is a given one, none is worth more than that site alone; sites are taken from the most
remote on, and when the next one alone is worth no more than the best plan the search is over. The same holds inside
every branch, for the sites that are left given those taken. Plans far from people lie close together in remote corners,
which is why few branches live long. Nothing here is a solver's word.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.location.access import Access
from formulations.location.siting import Siting
from formulations.location.spread.p_maxian import PMaxian, harm
from solver.locating.terms import Found, Terms

STARTS = 20
"""Sites from which a greedy plan is begun."""

ROUNDING = 1e-12
"""Share by which a bound is raised: sums of the same numbers in another order differ by less."""


def far_away(question: PMaxian, access: Access, terms: Terms) -> Found | None:
    """The plan farthest from people; None where there are rules besides the number of sites."""
    rules = question.rules(access)
    if not rules.only_count or rules.count is None:
        return None
    must, free = np.flatnonzero(rules.lower > 0), np.flatnonzero((rules.upper > 0) & (rules.lower == 0))
    missing = rules.count - len(must)
    if question.counts == "all":
        return _all(access, terms, must, free, missing)
    search = _Search(access, terms, must, free, missing)
    for opened in terms.start:
        if (opened >= (rules.lower > 0)).all() and (opened <= (rules.upper > 0)).all() and opened.sum() == rules.count:
            search.take(np.flatnonzero(opened))
    search.run()
    best = search.best
    siting = None if best is None else Siting.nearest(access, best)
    bound = -search.bound * (1.0 if search.whole else 1.0 + ROUNDING)
    return Found("stopped" if search.left else "finished", siting, bound, bound, work={"branches": search.branches})


def _all(access: Access, terms: Terms, must: NDArray[np.intp], free: NDArray[np.intp], missing: int) -> Found:
    """Each site counts for itself: the most remote ones."""
    value = harm(access)
    best = free[np.argsort(-value[free], kind="stable")[:missing]]
    opened = np.zeros(access.site.size, bool)
    opened[must] = opened[best] = True
    total = float(value[opened].sum() / opened.sum())
    terms.record.plan(-total, opened.astype(float))
    bound = -total * (1.0 + ROUNDING)
    return Found("finished", Siting.nearest(access, opened), bound, bound)


class _Search:
    """``value`` of the best plan; no plan is worth more than ``bound``; ``left`` if the search ended before its end."""

    def __init__(
        self, access: Access, terms: Terms, must: NDArray[np.intp], free: NDArray[np.intp], missing: int
    ) -> None:
        at = access.served
        self.terms, self.must, self.missing = terms, must, missing
        self.weight = access.weight[at]
        # one row for each site: taking rows is faster than taking columns
        self.rows: Floats = np.ascontiguousarray(access.distance[at].T)
        self.base = self.rows[must].min(axis=0, initial=np.inf)
        self.free = free
        # sums of whole numbers are exact
        self.whole = all(bool((a == np.round(a)).all()) for a in (self.weight, self.rows))
        self.value, self.best = -math.inf, None
        self.bound, self.left, self.branches = math.inf, True, 0

    best: NDArray[np.bool_] | None

    def run(self) -> None:
        """Greedy plans, then the search."""
        if self.missing == 0:
            self.take(self.must)
            self.bound, self.left = self.value, False
            return
        alone, order = self._ranked(self.base, self.free)
        self.terms.stage = "greedy"
        for site in order[:STARTS]:
            self._greedy(int(site))
            if self.terms.over:
                self.bound = float(alone[self.missing - 1])
                self.terms.record.bounded(-self.bound)
                return
        self.terms.stage = "search"
        for k in range(self.missing - 1, len(order)):
            self.bound = max(self.value, float(alone[k]))
            self.terms.record.bounded(-self.bound)
            if self.bound <= self.value * (1.0 + self.terms.gap):
                break
            self._expand(np.minimum(self.base, self.rows[order[k]]), order[:k], [int(order[k])])
            if self.terms.over:
                return
        else:
            self.bound = self.value
        self.left = False

    def _ranked(self, near: Floats, sites: NDArray[np.intp]) -> tuple[Floats, NDArray[np.intp]]:
        """What a plan is worth with each of some sites added, falling, and the sites in that order."""
        parts = np.array_split(sites, 1 + len(sites) // 256)
        worth = np.concatenate([np.minimum(self.rows[part], near) @ self.weight for part in parts])
        order = np.argsort(-worth, kind="stable")
        return worth[order], sites[order]

    def _expand(self, near: Floats, sites: NDArray[np.intp], taken: list[int]) -> None:
        """All plans with the sites taken and others among ``sites``."""
        self.branches += 1
        missing = self.missing - len(taken)
        if missing == 0:
            self.take(np.concatenate([self.must, taken]).astype(np.intp))
            return
        worth, order = self._ranked(near, sites)
        alive = int((worth > self.value).sum())
        if missing == 1:
            if alive:
                self.take(np.concatenate([self.must, taken, order[:1]]).astype(np.intp))
            return
        for k in range(missing - 1, alive):
            if worth[k] <= self.value or self.terms.over:
                return
            site = int(order[k])
            self._expand(np.minimum(near, self.rows[site]), order[:k], [*taken, site])

    def _greedy(self, site: int) -> None:
        taken, near = [site], np.minimum(self.base, self.rows[site])
        left = self.free[self.free != site]
        while len(taken) < self.missing:
            _, order = self._ranked(near, left)
            taken.append(int(order[0]))
            near, left = np.minimum(near, self.rows[order[0]]), left[left != order[0]]
        self.take(np.concatenate([self.must, taken]).astype(np.intp))

    def take(self, sites: NDArray[np.intp]) -> None:
        """Keep a plan if it is better."""
        value = float(self.rows[sites].min(axis=0) @ self.weight)
        if value > self.value:
            self.value = value
            self.best = np.zeros(len(self.rows), bool)
            self.best[sites] = True
            self.terms.record.plan(-value, self.best.astype(float))
