"""Capacitated p-center: length by length.

1. Prices for the ways of everybody together bring plans to begin with; pairs as far as the longest way of a plan are
   taken out, as long as that brings another one.
2. The relaxation at a length (:class:`~solver.locating.charge.reach.Reach`) rules out the shorter ones by bisection.
3. From the shortest length left, HiGHS looks for a plan in which nobody goes farther; lengths at which there is none
   are left behind, in growing steps, and the gap between the last of them and the first plan is bisected.
4. A tree of ours proves the last length too short, so that the bound is not only HiGHS's word.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np

from formulations.algebra.elements import Floats
from formulations.location.access import Access
from formulations.location.assigned import assigned_siting, too_little_room
from formulations.location.median.capacitated_p_center import CapacitatedPCenter, lengths_of
from formulations.location.median.capacitated_p_median import CapacitatedPMedian
from formulations.location.siting import Siting
from solver.clock import Clock
from solver.locating.charge.plans import Plans
from solver.locating.charge.pricing import Box, Pricing
from solver.locating.charge.reach import NOTICED, Reach, shares_within
from solver.locating.charge.solve import LARGEST, SHORTEST
from solver.locating.terms import Found, Terms

DESCENTS, ROUNDS = 8, 25
"""Times that plans without the longest ways are looked for, and rounds of prices for each."""


def solve_capacitated_center(question: CapacitatedPCenter, access: Access, terms: Terms) -> Found | None:
    """See the module; None for data too large for dense arrays."""
    if access.demand.size * access.site.size > LARGEST:
        return None
    rules = question.rules(access)
    if reason := too_little_room(access, rules.upper > 0, most=rules.count, undivided=question.undivided):
        return Found("infeasible", message=reason)
    return _Search(question, access, terms).answer()


class _Search:
    def __init__(self, question: CapacitatedPCenter, access: Access, terms: Terms) -> None:
        self.question, self.access, self.terms = question, access, terms
        self.lengths = lengths_of(access)
        self.reach = Reach(access, question.rules(access), question.undivided, terms)
        keep = access.weight[access.pairs.demand] > 0
        self.pair_distance = access.pairs.distance[keep]
        self.value = math.inf
        self.siting: Siting | None = None
        self.nodes = self.programs = 0

    def answer(self) -> Found:
        terms, lengths = self.terms, self.lengths
        self._first_plans()
        most = len(lengths)
        high = most if self.siting is None else int(np.searchsorted(lengths, self.value))
        low = self._relaxed_bound(high)
        if low == most:
            return self._none()
        proven = low
        terms.record.bounded(lengths[low])
        # plans at positions >= high, none at positions < low
        stride, spent = 1, time.monotonic()
        while low < high and not terms.over:
            k = min(low + stride - 1, most - 1 if high == most else (low + high) // 2)
            state, siting = self._plan_within(float(lengths[k]))
            if siting is not None:
                self._take(siting)
                high = min(k, int(np.searchsorted(lengths, self.value)))
            elif state == "infeasible":
                low, stride = k + 1, 2 * stride
                if low < most:
                    terms.record.bounded(lengths[low])
            else:
                break
        if high == most and low == most:
            return self._none()
        if low > proven and (self.siting is None or low == high):
            proven = self._proven(proven, low, max(SHORTEST, time.monotonic() - spent))
        bound, verified = float(lengths[min(low, most - 1)]), float(lengths[proven])
        done = self.siting is not None and self.value - bound <= terms.gap * self.value
        work = {"programs": self.programs, "nodes": self.nodes, "lengths": most}
        return Found("finished" if done else "stopped", self.siting, bound, verified, work=work)

    def _first_plans(self) -> None:
        """Plans with short ways altogether, then without the longest ways that they had."""
        q, own = self.question, Terms(self.terms.clock, stop=self.terms.stop)
        median = CapacitatedPMedian(
            p=q.p, budget=q.budget, require=q.require, forbid=q.forbid, differ=q.differ, undivided=True
        )
        cost = np.where(np.isfinite(self.reach.problem.cost), self.reach.distance, np.inf)
        for _ in range(DESCENTS):
            cost = np.where(self.reach.distance < self.value, cost, np.inf)
            if own.over or not np.isfinite(cost).any(axis=1).all():
                return
            problem = replace(self.reach.problem, cost=cost, undivided=True)
            plans = Plans(median, self.access, problem, own)
            second = np.partition(cost, min(1, cost.shape[1] - 1), axis=1)[:, : min(2, cost.shape[1])]
            prices = np.where(np.isfinite(second), second, 0.0).max(axis=1)
            Pricing(problem, plans.heed, lambda: own.over).improved(prices, Box.whole(problem), ROUNDS, math.inf)
            if plans.siting is None:
                return
            self._take(plans.siting)

    def _relaxed_bound(self, high: int) -> int:
        """Position of the first length up to ``high`` that the relaxation does not rule out, by our own count."""
        low = 0
        while low < high and not self.terms.over:
            k = (low + high) // 2
            if self.reach.asked(float(self.lengths[k])).bound > NOTICED:
                low = k + 1
            else:
                high = k
        return low

    def _proven(self, proven: int, low: int, seconds: float) -> int:
        """The last of the lengths before ``low`` proven too short by our own tree, if it can in time."""
        too_short, nodes = self.reach.too_short(float(self.lengths[low - 1]), Clock(seconds), 20_000)
        self.nodes += nodes
        return low if too_short else proven

    def _plan_within(self, length: float) -> tuple[str, Siting | None]:
        """A plan in which nobody goes farther, by HiGHS."""
        from solver.backends.highs import run_highs
        from solver.backends.search import Search

        self.programs += 1
        matrix = self.reach.matrix
        upper = shares_within(matrix, self.pair_distance, length, matrix.upper)
        upper[matrix.columns["lost"].span] = 0.0
        cost: Floats = np.zeros(matrix.shape[1])
        search = Search(cost, 0.0, self.terms.clock, 0.0, self.terms.seed, self.terms.threads)
        search.stop = self.terms.stop
        answer = run_highs(replace(matrix, upper=upper), search)
        if answer.x is None:
            return answer.state, None
        siting = assigned_siting(self.access, matrix, answer.x)
        return answer.state, siting if self.question.judge(self.access, siting).kept else None

    def _take(self, siting: Siting) -> None:
        value = self.question.judge(self.access, siting).value
        if value < self.value:
            self.value, self.siting = value, siting
            self.terms.kept = siting
            self.terms.record.plan(value, siting.open.astype(float))

    def _none(self) -> Found:
        how = "as a whole " if self.question.undivided else ""
        return Found(
            "infeasible", message=f"No choice of sites that keeps the rules can take everybody {how}within reach."
        )
