"""Facility location with capacities, and the capacitated p-median: a search by HiGHS, and a proof counted by us.

1. Room that cannot be enough is said at once, by name.
2. The linear relaxation with strong links gives a bound and prices. Where demand is undivided, the sites it opens are
   filled with demand points (:mod:`solver.locating.charge.packing`).
3. A tree of ours (:mod:`solver.locating.charge.tree`) looks for plans on what the relaxation leaves below a ceiling:
   the value of the plan known, or less, as long as no plan so good is known. Low ceilings leave small programs; where
   one is too low, it is a bound.
4. If that takes too long, HiGHS goes on in the same way. Its bound is its own word.
5. Our tree then raises the bound that we count ourselves, for at most as long again as HiGHS took, or a few seconds;
   with undivided demand another one has better prices by whole knapsacks, if that was not enough.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
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
from solver.locating.charge.pricing import Box, Priced
from solver.locating.charge.rationed import Rationed
from solver.locating.charge.tree import CLEAR, Bounding, prove
from solver.locating.charge.trimmed import Trimmed
from solver.locating.terms import Found, Terms

LARGEST = 2_000_000
"""Pairs beyond which the plain program is solved: our tree keeps dense arrays."""

SHORTEST = 3.0
"""Seconds that the proof may take however short the search was."""

TIMES = 20.0
"""So many times as long as the relaxation took, our tree may take before HiGHS is asked."""

STEP, WIDER = 0.003, 4.0
"""The first ceiling above the linear bound, as a share of it, and how much wider steps get."""


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


def _clock(seconds: float) -> Clock:
    return Clock(seconds if math.isfinite(seconds) else None)


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
        terms.stage, began = "relaxation", time.monotonic()
        root = self.relaxed.start(self.box, math.inf)
        self.linear, self.reduced = root, self.relaxed.reduced.copy()
        self.root, self.bounding = root, cast("Bounding", self.relaxed)
        if root.bound == math.inf:
            return Found("infeasible", message=plans.why())
        terms.record.bounded(root.bound)
        for opened in (*terms.start, root.y > 0.5):
            self._offer(opened)
        self.lowest = self.root.bound
        terms.stage = "tree"
        clock = Clock(max(SHORTEST, TIMES * (time.monotonic() - began)))
        for ceiling in () if self._closed() else self._ceilings(STEP):
            # a tree ends where what is left is within the gap asked for
            enough = ceiling - max(1e-9, terms.gap) * abs(ceiling)
            if self._tree(self._box_below(ceiling), ceiling, clock) < enough:
                break
        return self._found("finished", self.lowest) if self._closed() else self._with_highs()

    def _ceilings(self, step: float) -> Iterator[float]:
        """Higher and higher, from a share above the bound up to the best plan, until one is no worse than the last."""
        bound = self.lowest
        ceiling, step = (bound, step * bound) if 0 < bound < math.inf else (0.0, math.inf)
        while True:
            grain = self.problem.grain
            ceiling += step
            if grain and math.isfinite(ceiling):
                ceiling = grain * math.ceil(ceiling / grain)
            ceiling = min(ceiling, self.plans.value)
            yield ceiling
            if self.plans.value <= ceiling * (1.0 + 1e-9):
                return
            step *= WIDER
            if step > bound:
                step = math.inf

    def _with_highs(self) -> Found:
        terms, plans = self.terms, self.plans
        terms.stage, began = "search", time.monotonic()
        state, bound = self._searched()
        took = time.monotonic() - began
        self.work["search_seconds"] = round(took, 2)
        if plans.siting is None:
            if state == "infeasible":
                return Found("infeasible", message=plans.why())
            return self._found("stopped", max(bound, self.lowest))
        if not self._closed():
            terms.stage = "proof"
            self._prove(math.inf if state == "stopped" else max(2.0 * SHORTEST, took))
        return self._found("finished" if self._closed() or state == "finished" else "stopped", max(bound, self.lowest))

    def _prove(self, seconds: float) -> None:
        """Trees of ours: on the linear relaxation, then, if that takes too long, on whole knapsacks."""
        seconds, value = min(seconds, self.terms.seconds), self.plans.value
        box = self._box_below(value)
        self._tree(box, value, _clock(0.5 * seconds))
        if self.problem.undivided and not self._closed() and not self.terms.over:
            self._bargain()
            self._grow(self.bounding, self.root, box, self.plans.value, _clock(0.5 * seconds))

    def _tree(self, box: Box, ceiling: float, clock: Clock) -> float:
        """The bound of a tree on the linear relaxation of what is in a box, at most the ceiling."""
        if math.isinf(ceiling):
            return -math.inf
        trimmed = Trimmed(self.relaxed, box)
        return self._grow(trimmed, trimmed.start(box, ceiling), box, ceiling, clock)

    def _grow(self, bounding: Bounding, root: Priced, box: Box, ceiling: float, clock: Clock) -> float:
        p, told = self.problem, self._told
        ceiling = min(ceiling, told(root))
        found = prove(bounding, root, box, ceiling, self.terms, clock, grain=p.grain, undivided=p.undivided, told=told)
        self.lowest = max(self.lowest, found.bound)
        self.work["nodes"] += found.nodes
        return found.bound

    def _told(self, priced: Priced) -> float:
        """Plans near a point of a relaxation; returns the best value."""
        if not math.isfinite(priced.bound):
            return self.plans.value
        clear = bool((np.abs(priced.y - 0.5) > 0.5 - CLEAR).all())
        whole = not self.problem.undivided or bool((np.abs(priced.x - 0.5) > 0.5 - CLEAR).all())
        if clear and whole:
            x = np.round(priced.x) if self.problem.undivided else priced.x
            i, j = np.nonzero(x > 0)
            self.plans.take(trips(self.plans.access, priced.y > 0.5, self.problem.who[i], j, x[i, j]))
        elif self.problem.undivided:
            self.plans.heed(priced.y)
        return self.plans.value

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
        better = bargained.start(self.box, self.plans.value - self.problem.grain * (1.0 - 1e-6))
        if math.isfinite(better.bound):
            self.bounding, self.root = bargained, replace(better, bound=max(better.bound, self.linear.bound))

    def _far_over(self, ceiling: float) -> NDArray[np.bool_]:
        """Columns of whole numbers that raise the linear bound above a ceiling, shape (columns,)."""
        if not math.isfinite(ceiling):
            return np.zeros(self.matrix.shape[1], bool)
        # a hair above it, so that a plan as good as the one known is not cut off
        over = self.reduced > ceiling + 1e-9 * abs(ceiling) - self.linear.bound
        return np.asarray(over & self.matrix.integer & (self.matrix.lower == 0))

    def _box_below(self, ceiling: float) -> Box:
        """Without sites and pairs that are only in plans above a ceiling."""
        relaxed, allowed = self.relaxed, self.box.allowed.copy()
        allowed[relaxed.i, relaxed.j] &= ~self._far_over(ceiling)[relaxed.shares]
        low, high = self._sites(ceiling)
        return Box(low, high, allowed)

    def _sites(self, ceiling: float) -> tuple[Floats, Floats]:
        """Bounds of the sites in plans up to a ceiling."""
        room = ceiling + 1e-9 * abs(ceiling) - self.linear.bound
        low, high, reduced = self.box.low, self.box.high, self.linear.reduced
        free = low < high
        return np.where(free & (-reduced > room), 1.0, low), np.where(free & (reduced > room), 0.0, high)

    def _searched(self) -> tuple[State, float]:
        """HiGHS below one ceiling after the other; the state and HiGHS's bound."""
        bound = self.lowest
        for ceiling in self._ceilings(WIDER * STEP):
            answer = self._below(ceiling)
            bound = max(bound, min(ceiling if answer.state == "infeasible" else answer.bound, ceiling))
            if answer.state == "stopped" or (answer.state == "infeasible" and math.isinf(ceiling)):
                return answer.state, bound
        return "finished", min(bound, self.plans.value)

    def _below(self, ceiling: float) -> Answer:
        """HiGHS on the program, without sites and pairs that are only in plans above the ceiling."""
        terms, matrix, plans = self.terms, self.matrix, self.plans
        lower, upper = matrix.lower.copy(), np.where(self._far_over(ceiling), 0.0, matrix.upper)
        span = matrix.columns["open"].span
        lower[span], upper[span] = self._sites(ceiling)
        self.work["sites_decided"] = int((self.problem.rules.free & (lower[span] == upper[span])).sum())
        self.work["pairs_left"] = int((upper[self.relaxed.shares] > 0).sum())
        matrix = replace(matrix, lower=lower, upper=upper)
        cost, constant = matrix.cost({self.question.aim: 1.0})
        # part of the time is kept for the proof
        search = Search(cost, constant, terms.clock, terms.gap, terms.seed, terms.threads, share=0.8)
        search.stop = terms.stop
        if plans.value <= ceiling * (1.0 + 1e-9):
            search.start = plans.columns(self.matrix)

        def tell() -> None:
            terms.record.bounded(min(search.record.bound, ceiling, plans.value))
            best = search.record.best
            if best is not None and best[0] < plans.value - 1e-9 * abs(plans.value):
                plans.take(self.question.siting(plans.access, self.matrix, best[1]))

        search.tell = tell
        answer = run_highs(matrix, search)
        if answer.x is not None:
            plans.take(self.question.siting(plans.access, self.matrix, answer.x))
            self._offer(answer.x[span] > 0.5)
        return answer

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
