"""Solve a :class:`~solver.locating.median.served.Served` to the end: see :func:`solve_served`.

1. Multipliers by subgradient steps; every few rounds the sites they favour are made better by interchange.
2. Sites that cannot be part of a better choice are decided for good, and 1. goes on with those left.
3. What multipliers cannot decide goes into one search tree over the sites left.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.locating.median.core import Core
from solver.locating.median.cutter import NearestCutter
from solver.locating.median.dual import Price, ascend, priced, start_price
from solver.locating.median.exchange import Exchange
from solver.locating.median.greedy import greedy
from solver.locating.median.served import Served, Settled
from solver.locating.median.told import terms_for
from solver.locating.terms import Terms
from solver.locating.tree.search import search

ROUNDS = 400
"""Subgradient steps in one ascent, at most."""

TURNS, SHRUNK, ROSE, SMALL = 30, 0.85, 0.97, 500
"""Ascents at most; another one follows if the last one left this share of the sites or, with many left, of the gap."""

PATIENCE = (12, 25)
"""Rounds without a better bound before steps are halved, and the same in later ascents with many sites left."""

EVERY, LESS = 12, 1.3
"""Rounds before the first interchange, and how the time between two of them grows; in later ascents it does not."""

TRIES = 50, 200
"""Disturbances after each ascent, where many and very many sites are left."""

LARGE, SHARE = 5000, 0.6
"""With more sites left than this the tree would not get far: ascents go on for this share of the time there is."""

KERNEL = (4, 100)
"""Interchange looks at so many sites for each open one, and so many more, where there are twice as many or more."""


def solve_served(problem: Served, terms: Terms) -> Settled:
    """Best choice of sites with a bound, under the terms; plans and bounds go to ``terms.record`` on the way.

    ``terms.start`` is used where it keeps the rules. Never says ``finished`` when stopped. Costs may be any numbers;
    with costs of widely different size the bound is as good as double precision allows.
    """
    core = Core.of(problem)
    if len(lost := core.lost()):
        return Settled("infeasible", lost=tuple(int(i) for i in lost))
    return _Work(problem, core, terms).settle()


class _Work:
    """One run: the best choice so far (over all sites), the best bound, and the core as it shrinks."""

    def __init__(self, problem: Served, core: Core, terms: Terms) -> None:
        self.problem, self.core, self.terms = problem, core, terms
        self.best: NDArray[np.bool_] | None = None
        self.rng = np.random.default_rng(terms.seed)
        self.value, self.bound = math.inf, -math.inf
        self.shut = math.inf  # no choice costs less that deciding sites has ruled out
        self.done: dict[str, Any] = {"sites": core.size, "rounds": 0, "descents": 0}

    def settle(self) -> Settled:
        terms = self.terms
        core = self.core
        if core.size and not terms.over:
            terms.stage = "multipliers"
            self._multipliers()
            core = self.core
        self.done["left"] = core.size if not self._closed() else 0
        if terms.over and not self._closed():
            return self._said("stopped")
        if self._closed():
            return self._said("finished")
        if self._trivial():
            return self._said("finished" if self.best is not None else "infeasible")
        return self._tree()

    def _multipliers(self) -> None:
        """Ascents, each on the sites that the one before has left."""
        self.price = price = start_price(self.core)
        exchange = Exchange(self.core)
        for start in self.terms.start:
            if not (self.core.opened & ~start).any():
                self._try(self.core.part(start), exchange, descend=True)
        self._try(price.y, exchange, descend=True)
        long = self.terms.clock.part(SHARE)
        for turn in range(TURNS):
            before, gap = self.core.size, self.value - self.bound
            price = self._ascent(price, Exchange(self.core), turn)
            self._bounded(price.bound)
            if self._closed() or self.terms.over:
                break
            if self.core.size > SMALL:
                self._wander(price)
            price = self._decide(price)
            shrunk, rose = self.core.size <= SHRUNK * before, self.value - self.bound <= ROSE * gap
            if self.core.size in (0, self.core.count):
                break
            patient = self.core.size > LARGE and long.left is not None and long.left > 0.0
            if not shrunk and not patient and not (rose and self.core.size > SMALL):
                break
        self.price = price

    def _ascent(self, price: Price, exchange: Exchange, turn: int) -> Price:
        core, tried = self.core, set[bytes]()
        state = {"round": 0, "next": EVERY}

        def seen(best: Price, y: NDArray[np.bool_], r: Floats) -> bool:
            state["round"] += 1
            self.done["rounds"] += 1
            if state["round"] == state["next"]:
                state["next"] += EVERY if turn and core.size > SMALL else math.ceil((LESS - 1) * state["next"])
                name = np.packbits(y).tobytes()
                if name not in tried:
                    tried.add(name)
                    self._among(y, r, exchange)
            if math.isfinite(best.bound):
                self.terms.record.bounded(min(best.bound - 1e-9 * abs(best.bound), self.shut, self.value))
            return self.terms.over or self._enough(best.bound)

        def target() -> float:
            return self.value if math.isfinite(self.value) else abs(price.bound) * 1.1 + 1.0

        patience = PATIENCE[1] if turn and core.size > SMALL else PATIENCE[0]
        return ascend(core, price, target, ROUNDS, seen, patience=patience, pace=1.5 if turn == 0 else 0.7)

    def _among(self, y: NDArray[np.bool_], r: Floats, exchange: Exchange) -> None:
        """Interchange among the sites that the multipliers favour and those of the best choice."""
        core, y = self.core, self._fitting(y)
        some = KERNEL[0] * int(y.sum()) + KERNEL[1]
        if 2 * some > core.size:
            self._try(y, exchange, descend=True)
            return
        keep = y.copy()
        keep[np.argpartition(r, some)[:some]] = True
        if self.best is not None:
            keep |= core.part(self.best)
        kernel = core.decided(~keep, np.zeros(core.size, bool))
        better, value = Exchange(kernel).descend(y[keep], self.terms)
        if value < self.value:
            self._try(kernel.whole(better)[core.sites], exchange, descend=True)

    def _wander(self, price: Price) -> None:
        """Disturb the best choice again and again among the sites that the multipliers favour."""
        if self.best is None:
            return
        core, y = self.core, self.core.part(self.best)
        some = min(KERNEL[0] * int(y.sum()) + KERNEL[1], core.size - 1)
        keep = y.copy()
        keep[np.argpartition(np.where(price.y, -price.apart, price.apart), some)[:some]] = True
        kernel = core.decided(~keep, np.zeros(core.size, bool))
        better, value = Exchange(kernel).wander(y[keep], self.terms, TRIES[core.size > LARGE], self.rng)
        if value < self.value:
            self._try(kernel.whole(better)[core.sites], Exchange(core), descend=True)

    def _try(self, y: NDArray[np.bool_], exchange: Exchange, descend: bool) -> None:
        self.done["descents"] += 1
        if descend:
            y = self._fitting(y)
        y, value = exchange.descend(y, self.terms) if descend else (y, self.core.value(y))
        if value < self.value:
            self.value, self.best = value, self.core.whole(y)
            self.terms.record.plan(value, self.best.astype(float))

    def _fitting(self, y: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """A choice that does not take more than rows about sites allow, from these sites before others."""
        core = self.core
        return greedy(core, y, self.terms) if (core.A @ y > core.high + 1e-9 * np.abs(core.high)).any() else y

    def _cutoff(self) -> float:
        """Choices worth this much or more are of no interest."""
        if not math.isfinite(self.value):
            return math.inf
        grain = self.problem.grain
        fine = max(self.terms.gap, 1e-10) * abs(self.value)
        return self.value - max(fine, grain * (1.0 - 1e-6))

    def _enough(self, bound: float) -> bool:
        return bound - 1e-9 * abs(bound) >= self._cutoff() or bound >= self.value

    def _closed(self) -> bool:
        return self.best is not None and self.bound >= self.value - max(self.terms.gap, 1e-9) * abs(self.value)

    def _bounded(self, bound: float) -> None:
        """A bound on everything that the core leaves open; together with what was ruled out, one on everything."""
        grain, bound = self.problem.grain, min(bound, self.shut)
        if grain > 0 and math.isfinite(bound):
            steps = (bound - self.problem.constant) / grain
            bound = self.problem.constant + grain * math.ceil(steps - 1e-6)
        self.bound = max(self.bound, min(bound, self.value))
        self.terms.record.bounded(self.bound)

    def _decide(self, price: Price) -> Price:
        """Close and open for good what the bound decides, never against the best choice itself."""
        core = self.core
        sure = price.bound + price.apart >= self._cutoff()
        mine = core.part(self.best) if self.best is not None else np.zeros(core.size, bool)
        closed = sure & ~price.y & ~mine
        opened = sure & price.y & mine
        if not (closed | opened).any():
            return price
        self.shut = min(self.shut, price.bound + float(price.apart[closed | opened].min()))
        self.core = core.decided(closed, opened)
        index = np.searchsorted(core.row, self.core.row)
        return priced(self.core, price.v[index], price.u)

    def _trivial(self) -> bool:
        """Whether at most one choice is left; it is looked at."""
        core = self.core
        if core.size == 0:
            y = np.zeros(0, bool)
        elif core.count is not None and core.count in (0, core.size):
            y = np.full(core.size, core.count > 0)
        else:
            return False
        value = core.value(y) if core.keeps(y) else math.inf
        if value < self.value:
            self.value, self.best = value, core.whole(y)
            self.terms.record.plan(value, self.best.astype(float))
        self._bounded(value)
        return True

    def _tree(self) -> Settled:
        terms, core = self.terms, self.core
        terms.stage = "tree"
        cutter = NearestCutter(core, terms)
        mine = None if self.best is None else core.part(self.best)
        found = search(cutter.master(self.price, mine), cutter, terms_for(core, terms), incumbent=mine)
        if found.opened is not None and found.value < self.value:
            self.value, self.best = found.value, core.whole(found.opened)
        self._bounded(found.bound)
        self.done |= {"nodes": found.nodes, "cuts": found.cuts}
        if found.state == "infeasible" and self.best is None:
            return self._said("infeasible")
        return self._said("finished" if self._closed() else "stopped")

    def _said(self, state: Any) -> Settled:
        if state == "infeasible":
            return Settled("infeasible", work=self.done)
        return Settled(state, self.best, self.value, self.bound, self.bound, work=self.done)
