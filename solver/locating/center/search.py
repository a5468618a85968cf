"""p-center: which distances suffice, by bisection over set covers; never a big number in a row.

Whether the sites that may be chosen can cover everybody within some distance is a set covering problem, and of those
the search of :mod:`solver.locating.covers` says with a bound of its own that no such choice exists. First distances are
told apart by one linear program and greedy covers each; where these leave the matter open, whole searches go upwards
from the largest distance ruled out. Of many demand points a part is looked at: what rules a distance out for them rules
it out for all; who is left farther away by the plan comes in next.

Sources: Minieka (1970), "The m-center problem", SIAM Review 12(1), 138-139; Elloumi, Labbe and Pochet (2004), INFORMS
Journal on Computing 16(1), 84-94, DOI 10.1287/ijoc.1030.0028; for parts of the demand points Chen and Handler (1987),
"Relaxation method for the solution of the minimax location-allocation problem in Euclidean space", Naval Research
Logistics 34(6), 775-788.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from formulations.location.access import Access
from formulations.location.faults import first
from formulations.location.judgement import site_checks
from formulations.location.median.p_center import PCenter
from formulations.location.rules import SiteRules
from formulations.location.siting import Siting
from solver.gap import relative_gap
from solver.locating.center.ways import Ways
from solver.locating.covers.apart import apart
from solver.locating.covers.cover import Cover
from solver.locating.covers.search import Covered, cheapest
from solver.locating.terms import Found, Terms

DENSE = 2_000_000
"""Distances looked at in one go, demand points times sites; of more, parts of the demand points."""

PART, MORE = 500, 300
"""Demand points of the first part, and how many come in at once besides the farthest one of each site."""


def center(question: PCenter, access: Access, terms: Terms) -> Found | None:
    """Answer a p-center question; see :data:`solver.locating.locate.ALGORITHMS`."""
    return _Center(question, access, terms).run()


@dataclass
class _Center:
    question: PCenter
    access: Access
    terms: Terms
    value: float = math.inf
    opened: NDArray[np.bool_] | None = None
    bound: float = 0.0
    work: dict[str, int] = field(default_factory=lambda: {"covers": 0, "nodes": 0, "demand": 0})

    def __post_init__(self) -> None:
        self.rules: SiteRules = self.question.rules(self.access)
        self.served = self.access.served
        self.may = self.rules.upper > 0

    def run(self) -> Found:
        nearest = self._nearest()
        if lost := self._lost(nearest):
            return Found("infeasible", message=lost)
        for opened in self.terms.start:
            if not any(check.count for check in site_checks(self.rules, self.access, opened)):
                self.take(opened)
        self.bounded(float(nearest.max()))
        rows = self.served
        if len(rows) * self.access.site.size > DENSE:
            rng = np.random.default_rng(self.terms.seed)
            far = np.argsort(-nearest, kind="stable")[: PART // 5]
            rows = self.served[np.union1d(far, rng.choice(len(rows), min(PART, len(rows)), replace=False))]
        while not self.halted():
            self.work["demand"] = len(rows)
            ways = Ways.of(self.access.pairs, rows, self.may)
            part = _Part(self, ways)
            if part.impossible():
                return Found("infeasible", message=self._why(ways), work=self.work)
            part.narrow()
            if part.opened is not None:
                self.take(part.opened)
            if self.halted() or len(rows) == len(self.served) or part.opened is None:
                break
            rows = np.union1d(rows, self._left(part.opened))
        state = "finished" if self.done else "stopped"
        siting = None if self.opened is None else Siting.nearest(self.access, self.opened)
        return Found(state, siting, self.bound, self.bound, work=self.work)  # type: ignore[arg-type]

    @property
    def done(self) -> bool:
        """Whether value and bound are as near as asked for."""
        gap = relative_gap(self.value, self.bound)
        return gap is not None and gap <= self.terms.gap

    def halted(self) -> bool:
        """Whether the search is done or must end."""
        return self.done or self.terms.over

    def take(self, opened: NDArray[np.bool_]) -> None:
        """Keep a plan that keeps the rules if it is better for all."""
        _, way = self.access.pairs.nearest_open(opened)
        radius = float(way[self.served].max())
        if radius < self.value:
            self.value, self.opened = radius, opened.copy()
            self.terms.record.plan(radius, opened.astype(float))

    def bounded(self, bound: float) -> None:
        """Take note that no plan has a smaller radius."""
        self.bound = max(self.bound, bound)
        self.terms.record.bounded(self.bound)

    def ask(self, ways: Ways, length: float, quick: bool) -> Covered:
        """Whether a length suffices for these demand points."""
        need, rules, cost = ways.within(length), self.rules, self.access.cost
        target = 0.0
        if rules.names == ("count",):
            cover = Cover.of(need, (~rules.kept).astype(float), rules, rows=False)
            target = float(rules.row_upper[0])
        elif rules.names == ("budget",) and cost is not None:
            cover = Cover.of(need, np.where(rules.kept, 0.0, cost), rules, rows=False)
            target = float(rules.row_upper[0]) + 1e-9 * max(1.0, float(rules.row_upper[0]))
        else:
            cover = Cover.of(need, np.zeros(self.access.site.size), rules)
        found = cheapest(cover, self.terms, target=target, quick=quick)
        self.work["covers"] += 1
        self.work["nodes"] += found.nodes
        return found

    def filled(self, opened: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The plan with as many sites as must be chosen; more sites make no way longer."""
        if self.rules.names != ("count",):
            return opened
        lacking = round(float(self.rules.row_upper[0])) - int((opened & ~self.rules.kept).sum())
        every = opened.copy()
        every[np.flatnonzero(~opened & self.may)[: max(lacking, 0)]] = True
        return every

    def _left(self, opened: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Demand points that a plan leaves farther away than the bound: the farthest of each site and of all."""
        site, way = (array[self.served] for array in self.access.pairs.nearest_open(opened))
        order = np.argsort(-way, kind="stable")
        order = order[way[order] > self.bound]
        best_of_each = order[np.unique(site[order], return_index=True)[1]]
        return self.served[np.union1d(order[:MORE], best_of_each)]

    # -- why there is no plan ----------------------------------------------------------------------------------------

    def _nearest(self) -> NDArray[np.float64]:
        """Distance of everybody served to the nearest site that may be open."""
        _, way = self.access.pairs.nearest_open(self.may)
        return way[self.served]

    def _lost(self, nearest: NDArray[np.float64]) -> str:
        lost = np.zeros(self.access.demand.size, bool)
        lost[self.served[~np.isfinite(nearest)]] = True
        if not lost.any():
            return ""
        return f"{int(lost.sum())} demand points reach no site that may open: {first(self.access.demand, lost)}."

    def _why(self, ways: Ways) -> str:
        """Who cannot be reached by so few sites."""
        names = ", ".join(self.rules.names) or "the sites"
        cover = Cover.of(ways.within(np.inf), np.ones(self.access.site.size), self.rules, rows=False)
        alone = apart(cover.need)
        chosen = self.question.sites_to_choose
        left = None if chosen is None else chosen - int((self.rules.lower > 0)[~self.rules.kept].sum())
        if left is not None and len(alone) > left:
            open_rows = np.flatnonzero(ways.within(np.inf) @ (self.rules.lower > 0).astype(float) < 0.5)
            some = self.access.demand.labels(ways.rows[open_rows[alone[: max(left + 1, 1)][:5]]])
            return (
                f"{chosen} sites cannot reach everybody: no two of {len(alone)} demand points have a site within reach "
                f"in common ({', '.join(some)}{', ...' if len(alone) > len(some) else ''}), so each needs its own."
            )
        return f"No choice of sites that keeps the rules ({names}) has a site within reach of everybody."


@dataclass
class _Part:
    """The radius of some demand points: plans and bounds in places of ``lengths``, the bound of the whole in front."""

    whole: _Center
    ways: Ways
    opened: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        # a radius below what is known to be needed is as good as that
        lengths, bound = self.ways.lengths, self.whole.bound
        self.lengths = np.append(bound, lengths[lengths > bound])
        self.high = len(self.lengths)
        rules = self.whole.rules
        if rules.names == ("count",):
            fixed = rules.lower > 0
            left = round(float(rules.row_upper[0])) - int((fixed & ~rules.kept).sum())
            self.take(self.ways.spread(fixed, left))

    def impossible(self) -> bool:
        """Whether no choice of sites has everybody within reach, for certain."""
        if self.high < len(self.lengths):
            return False
        return self.ask(len(self.lengths) - 1) == "beyond"

    def narrow(self) -> None:
        """Bring bound and plan together as far as the time allows."""
        whole, low = self.whole, 0
        whole.terms.stage = "linear programs"
        undecided = self.high
        while low < min(undecided, self.high) and not whole.halted():
            middle = (low + min(undecided, self.high)) // 2
            if self.ask(middle, quick=True) == "beyond":
                low = self.beyond(middle)
            else:
                undecided = middle
        whole.terms.stage = "search"
        step, rising = 1, True
        while low < self.high and not whole.halted():
            place = min(low + step - 1, self.high - 1) if rising else (low + self.high) // 2
            state = self.ask(place)
            if state == "stopped":
                break
            if state == "beyond":
                low, step = self.beyond(place), 2 * step
            else:
                rising = False

    def ask(self, place: int, quick: bool = False) -> str:
        """Whether a length suffices; takes the plan if it does."""
        found = self.whole.ask(self.ways, float(self.lengths[place]), quick)
        if found.opened is not None:
            self.take(found.opened)
        return "beyond" if found.state == "infeasible" else found.state

    def beyond(self, place: int) -> int:
        """Take note that a length does not suffice; the place of the next one."""
        if place + 1 < len(self.lengths):
            self.whole.bounded(float(self.lengths[place + 1]))
        return place + 1

    def take(self, opened: NDArray[np.bool_]) -> None:
        """Keep a plan if it is better for these demand points; where they are all, for good."""
        opened = self.whole.filled(opened)
        radius = self.ways.radius(opened)
        place = int(np.searchsorted(self.lengths, radius))
        if place < self.high:
            self.high, self.opened = place, opened
            if len(self.ways.rows) == len(self.whole.served):
                self.whole.take(opened)
