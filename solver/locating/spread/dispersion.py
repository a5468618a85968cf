"""p-dispersion: bisection over the distances between sites.

For a distance, sites nearer to each other than it clash; the question is whether p sites do not clash. A greedy plan
gives the distance from which to look on; the relaxation over cliques of clashing sites says no from a first distance
on, which is a proof in our own hands; what is left between the two is searched. Distances that the sites that stay open
rule out are not looked at.

Source: Sayyady and Fathi (2016), European Journal of Operational Research 253(1), 216-225,
DOI 10.1016/j.ejor.2016.02.026, for the bisection over sets without clashes.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats
from formulations.location.access import Access
from formulations.location.rules import SiteRules
from formulations.location.spread.p_dispersion import PDispersion, standing
from solver.locating.spread.cliques import Cliques
from solver.locating.spread.farthest import farthest_first
from solver.locating.spread.packing import most_sites, packing
from solver.locating.terms import Found, Terms


def disperse(question: PDispersion, access: Access, terms: Terms) -> Found | None:
    """The plan whose nearest two sites are farthest apart; see :data:`solver.locating.locate.ALGORITHMS`."""
    rules = question.rules(access)
    assert access.between is not None and rules.count is not None, "faults() says so"
    return _Bisection(access.between, rules, rules.count, terms).run()


class _Bisection:
    """Lengths rise: ``low`` is where the best plan is, ``none`` (a claim) and ``sure`` (a proof) where none is."""

    def __init__(self, between: Floats, rules: SiteRules, count: int, terms: Terms) -> None:
        self.rules, self.terms = rules, terms
        near = between.astype(float, copy=True)
        near[np.ix_(rules.kept, rules.kept)] = np.inf  # what is there already cannot be changed
        np.fill_diagonal(near, np.inf)
        self.near = near
        self.must = np.flatnonzero(rules.lower > 0)
        self.free = np.flatnonzero((rules.upper > 0) & (rules.lower == 0))
        self.missing = count - len(self.must)
        both = np.concatenate([self.must, self.free])
        here = near[np.ix_(both, both)]
        self.lengths = np.unique(here[np.isfinite(here)])
        self.work = {"lengths": len(self.lengths), "relaxations": 0, "searches": 0}
        keep = np.array([name != "count" for name in rules.names], dtype=bool)
        self.A: Csr = sp.csr_array(rules.A[np.flatnonzero(keep)]) if keep.any() else sp.csr_array((0, len(near)))
        done = np.asarray(self.A[:, self.must].sum(axis=1)).reshape(-1) if keep.any() else np.empty(0)
        self.row_lower, self.row_upper = rules.row_lower[keep] - done, rules.row_upper[keep] - done
        self.best: NDArray[np.bool_] | None = None
        self.low = -1

    def run(self) -> Found:
        terms, lengths = self.terms, self.lengths
        self._begin()
        # no plan is better than the sites that must be open allow
        within = self.near[np.ix_(self.must, self.must)].min(initial=np.inf)
        sure = int(np.searchsorted(lengths, within, side="right")) if np.isfinite(within) else len(lengths)
        terms.record.bounded(-self._length(sure - 1))
        terms.stage, first = "relaxation", sure
        low, step = self.low + 1, max(1, (self.low + 1) // 50)
        while low < sure and not terms.over:
            # first in growing steps: far above the plan everything clashes with everything, and that is slow to look at
            middle = min(low + step, (low + sure) // 2) if sure == first else (low + sure) // 2
            step *= 2
            if self._too_many(middle):
                sure = middle
                terms.record.bounded(-self._length(sure - 1))
            else:
                low = middle + 1
        terms.stage = "search"
        none, given_up = sure, False
        while self.low + 1 < none and not given_up and not terms.over:
            given_up, none = self._step((self.low + 1 + none) // 2, none)
            if none == 0 and self.best is None:
                return Found("infeasible", message="No choice of sites keeps all rules.", work=self.work)
        if self.best is None:
            if sure == 0 or none == 0:
                return Found("infeasible", message="No choice of sites keeps all rules.", work=self.work)
            return Found("stopped", None, terms.record.bound, work=self.work)
        bound, proven = -self._length(none - 1), -self._length(sure - 1)
        terms.record.bounded(bound)
        finished = self.low + 1 >= none or self._value() * (1 + terms.gap) >= -bound
        state = "finished" if finished else "stopped"
        return Found(state, standing(self.best), bound, proven, work=self.work)  # type: ignore[arg-type]

    # -- single lengths --------------------------------------------------------------------------------------------

    def _left(self, k: int) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Sites that the open ones leave at the k-th length, and which of them clash."""
        length = self.lengths[k]
        apart = self.near[np.ix_(self.free, self.must)].min(axis=1, initial=np.inf) >= length
        left = self.free[apart]
        return left, self.near[np.ix_(left, left)] < length

    def _too_many(self, k: int) -> bool:
        """Whether the relaxation proves that there are too few sites that far apart."""
        left, clash = self._left(k)
        if len(left) < self.missing:
            return True
        self.work["relaxations"] += 1
        return self.missing > 0 and most_sites(Cliques.of(clash)) < self.missing - 1e-6

    def _step(self, k: int, none: int) -> tuple[bool, int]:
        """Search at the k-th length: whether to give up, and the position from which on there is no plan."""
        left, clash = self._left(k)
        if len(left) < self.missing:
            return False, k
        self.work["searches"] += 1
        rows = (sp.csr_array(self.A[:, left]), self.row_lower, self.row_upper)
        terms = self.terms
        reply = packing(Cliques.of(clash), self.missing, rows, terms.seconds, terms.seed, terms.threads)
        if isinstance(reply, str):
            if reply == "none":
                terms.record.bounded(-self._length(k - 1))
            return reply == "unknown", k if reply == "none" else none
        opened = np.zeros(len(self.near), bool)
        opened[self.must] = True
        opened[left[reply]] = True
        self._take(opened)
        # a search whose plan is not as good as it was asked for would go on for ever
        return self.low < k, none

    # -- plans -----------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self.terms.stage = "greedy"
        for opened in (*self.terms.start, *farthest_first(self.near, self.must, self.free, self.missing, self.terms)):
            self._take(opened)

    def _take(self, opened: NDArray[np.bool_]) -> None:
        """Keep a plan if it keeps the rules and is better."""
        y = opened.astype(float)
        rules = self.rules
        activity = np.asarray(rules.A @ y)
        scale = 1e-9 * np.maximum(1.0, np.abs(activity))
        if (y < rules.lower).any() or (y > rules.upper).any():
            return
        if (activity < rules.row_lower - scale).any() or (activity > rules.row_upper + scale).any():
            return
        value = float(self.near[np.ix_(opened, opened)].min(initial=np.inf))
        at = int(np.searchsorted(self.lengths, value))
        if at > self.low:
            self.low, self.best = at, opened.copy()
            self.terms.record.plan(-value, y)

    def _value(self) -> float:
        return self._length(self.low)

    def _length(self, k: int) -> float:
        return float(self.lengths[k]) if 0 <= k < len(self.lengths) else (np.inf if k >= 0 else -np.inf)
