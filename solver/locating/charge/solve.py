"""Facility location with capacities, and the capacitated p-median: a search by HiGHS, and a proof counted by us.

1. Room that cannot be enough is said at once, by name.
2. The linear relaxation with strong links gives a bound and prices. Where demand is undivided, prices are improved,
   and the sites they open on the way are filled with demand points (:mod:`solver.locating.charge.packing`).
3. A tree of ours (:mod:`solver.locating.charge.tree`) raises the bound that we count ourselves; where it meets the
   value of the plan, the search is over.
4. Else HiGHS looks for the best plan, without sites and pairs that can only be in worse ones. Its bound is its own
   word.
5. Our tree goes on from the better plan, for at most as long again as HiGHS took, or a few seconds.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.matrix import Matrix
from formulations.location.access import Access
from formulations.location.assigned import too_little_room, trips
from formulations.location.charge.capacitated_facility_location import CapacitatedFacilityLocation
from formulations.location.charge.charges import opening
from solver.backends.answer import Answer, State
from solver.backends.highs import run_highs
from solver.backends.search import Search
from solver.clock import Clock
from solver.locating.charge.bounding import Bargained, Relaxed
from solver.locating.charge.plans import Plans, Rationing
from solver.locating.charge.pricing import Box
from solver.locating.charge.rationed import Rationed
from solver.locating.charge.tree import Bounding, prove
from solver.locating.terms import Found, Terms

LARGEST = 2_000_000
"""Pairs beyond which the plain program is solved: our tree keeps dense arrays."""

SHORTEST = 3.0
"""Seconds that the proof may take however short the search was."""

FIRST = 60
"""Parts that our tree looks at before HiGHS is asked."""


def solve_capacitated(question: Rationing, access: Access, terms: Terms) -> Found | None:
    """See the module; None for data too large for dense arrays."""
    if access.demand.size * access.site.size > LARGEST:
        return None
    rules = question.rules(access)
    most = None if rules.count is None else rules.count
    if reason := too_little_room(access, rules.upper > 0, most=most, undivided=question.undivided):
        return Found("infeasible", message=reason)
    fixed = opening(access, rules) if isinstance(question, CapacitatedFacilityLocation) else np.zeros(access.site.size)
    problem = Rationed.of(access, rules, fixed, question.undivided)
    return _Search(question, access, problem, terms).answer()


class _Search:
    """One question, from the relaxation to the proof."""

    def __init__(self, question: Rationing, access: Access, problem: Rationed, terms: Terms) -> None:
        self.question, self.problem, self.terms = question, problem, terms
        self.matrix: Matrix = question.build(access).matrix()
        self.plans = Plans(question, access, problem, terms)
        self.relaxed = Relaxed(self.matrix, question.aim, problem, terms)
        self.box = Box.whole(problem)
        self.work: dict[str, Any] = {"nodes": 0}

    def answer(self) -> Found:
        terms, plans = self.terms, self.plans
        terms.stage = "relaxation"
        root = self.relaxed.start(self.box, math.inf)
        self.linear, self.reduced = root, self.relaxed.reduced.copy()
        self.root, self.bounding = root, cast("Bounding", self.relaxed)
        if root.bound == math.inf:
            return Found("infeasible", message=plans.why())
        terms.record.bounded(root.bound)
        for opened in (*terms.start, root.y > 0.5):
            self._offer(opened)
        if self.problem.undivided:
            self._bargain()
        self.lowest = self.root.bound
        if math.isfinite(plans.value) and self.problem.undivided and not self._closed():
            self._prove(SHORTEST, FIRST)
        if self._closed():
            return self._found("finished", self.lowest)
        return self._with_highs()

    def _with_highs(self) -> Found:
        terms, plans = self.terms, self.plans
        terms.stage, began = "search", time.monotonic()
        answer = self._searched()
        took = time.monotonic() - began
        if answer.state == "infeasible" and plans.siting is None:
            return Found("infeasible", message=plans.why())
        if answer.x is not None:
            plans.take(self.question.siting(plans.access, self.matrix, answer.x))
            self._offer(answer.x[self.matrix.columns["open"].span] > 0.5)
        if plans.siting is None:
            return self._found("stopped", max(answer.bound, self.lowest))
        if not self._closed():
            self._prove(math.inf if answer.state == "stopped" else max(SHORTEST, took), 20_000)
        self.work["search_seconds"] = round(took, 2)
        bound = self.lowest if answer.state == "infeasible" else max(answer.bound, self.lowest)
        return self._found("finished" if self._closed() or answer.state == "finished" else "stopped", bound)

    def _found(self, state: State, bound: float) -> Found:
        value = self.plans.value
        self.work["root"] = self.root.bound
        return Found(state, self.plans.siting, min(bound, value), min(self.lowest, value), work=self.work)

    def _closed(self) -> bool:
        value = self.plans.value
        return math.isfinite(value) and value - self.lowest <= max(self.terms.gap, 1e-9) * abs(value)

    def _bargain(self) -> None:
        """Prices better than those of the linear program, and plans on the way."""
        bargained = Bargained(self.problem, self.linear.prices, self.plans.heed, self.terms)
        better = bargained.start(self.box, math.inf)
        self.plans.exchange(better.reduced)
        # with a good plan known, steps are of the right length
        bargained.prices = better.prices
        again = bargained.start(self.box, self.plans.value - self.problem.grain * (1.0 - 1e-6))
        better = again if again.bound > better.bound else better
        self.bounding = bargained
        self.root = replace(better, bound=max(better.bound, self.linear.bound))
        if better.bound == math.inf:
            # a part without plans: the tree or HiGHS will say so
            self.root, self.bounding = self.linear, self.relaxed
        self.terms.record.bounded(min(self.root.bound, self.plans.value))

    def _prove(self, seconds: float, nodes: int) -> None:
        seconds = min(seconds, self.terms.seconds)
        self.terms.stage = "proof"
        p, clock = self.problem, Clock(seconds if math.isfinite(seconds) else None)
        box = self._fewer_pairs()
        value = self.plans.value
        found = prove(
            self.bounding, self.root, box, value, self.terms, clock, grain=p.grain, undivided=p.undivided, nodes=nodes
        )
        self.lowest = max(self.lowest, found.bound)
        self.work["nodes"] += found.nodes

    def _far_over(self) -> NDArray[np.bool_]:
        """Columns of whole numbers that raise the linear bound above the value of the plan known, shape (columns,)."""
        if not math.isfinite(self.plans.value):
            return np.zeros(self.matrix.shape[1], bool)
        # a hair above the value, so that a plan as good as the one known is not cut off
        over = self.reduced > self.plans.value * (1.0 + 1e-9) - self.linear.bound
        return np.asarray(over & self.matrix.integer & (self.matrix.lower == 0))

    def _fewer_pairs(self) -> Box:
        if not self.problem.undivided:
            return self.box
        relaxed, allowed = self.relaxed, self.box.allowed.copy()
        allowed[relaxed.i, relaxed.j] &= ~self._far_over()[relaxed.shares]
        return replace(self.box, allowed=allowed)

    def _searched(self) -> Answer:
        """HiGHS on the program, without sites and pairs that can only be in plans worse than the one known."""
        terms, matrix, plans = self.terms, self.matrix, self.plans
        lower, upper = matrix.lower.copy(), np.where(self._far_over(), 0.0, matrix.upper)
        span = matrix.columns["open"].span
        if math.isfinite(plans.value):
            for priced in (self.linear, self.root):
                room = plans.value * (1.0 + 1e-9) - priced.bound
                upper[span] = np.where((priced.reduced > room) & (lower[span] == 0), 0.0, upper[span])
                lower[span] = np.where((-priced.reduced > room) & (upper[span] == 1), 1.0, lower[span])
            free = self.problem.rules.free
            self.work["sites_decided"] = int((free & (lower[span] == upper[span])).sum())
            self.work["pairs_left"] = int((upper[self.relaxed.shares] > 0).sum())
        matrix = replace(matrix, lower=lower, upper=upper)
        cost, constant = matrix.cost({self.question.aim: 1.0})
        # part of the time is kept for the proof
        search = Search(cost, constant, terms.clock, terms.gap, terms.seed, terms.threads, share=0.8)
        search.stop, search.start = terms.stop, plans.columns(self.matrix)

        def tell() -> None:
            terms.record.bounded(min(search.record.bound, plans.value))
            best = search.record.best
            if best is not None and best[0] < plans.value - 1e-9 * abs(plans.value):
                plans.take(self.question.siting(plans.access, self.matrix, best[1]))

        search.tell = tell
        return run_highs(matrix, search)

    def _offer(self, opened: NDArray[np.bool_]) -> None:
        """Take the best plan with these sites that we can make, if they keep the rules."""
        if self.problem.undivided:
            self.plans.heed(opened.astype(float))
            return
        if not self.problem.keeps_rules(opened):
            return
        y = opened.astype(float)
        priced = self.relaxed.start(Box(y, y, self.box.allowed), math.inf)
        if math.isfinite(priced.bound):
            i, j = np.nonzero(priced.x > 0)
            self.plans.take(trips(self.plans.access, opened, self.problem.who[i], j, priced.x[i, j]))
