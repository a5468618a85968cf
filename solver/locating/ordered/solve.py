"""Ordered median with one tail: a few p-medians, one for each range of distances that the worst-off share begins in.

Let the tail hold people of weight B, and let t be the distance at which it begins: in it nobody walks less than t, and
outside it nobody more. t is one of the distances of the data. For plans whose t lies in a <= t <= b

    tail >= a + 1/B min sum_i w_i (d_i - a) [d_i > b]

since whoever walks farther than b is in the tail and everybody in it walks a at least. The minimum is a p-median with
other distances, and for a = b the bound is the value itself. So ranges are split, that with the least bound first,
until no bound lies below the best plan. Each p-median also gives a plan.

The distance at which the tail of a plan begins is its value-at-risk (Rockafellar and Uryasev 2002, Journal of Banking
and Finance 26(7), 1443-1471, DOI 10.1016/S0378-4266(02)00271-6); the bound is our own.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.location.access import Access
from formulations.location.median.ordered_median import OrderedMedian
from formulations.location.median.p_median import PMedian
from formulations.location.pairs import Pairs
from formulations.location.siting import Siting
from solver.clock import Clock
from solver.locating.median.engine import p_median
from solver.locating.terms import Found, Terms

WIDE_GAP, WIDE_SECONDS = 0.02, 3.0
"""A range of several distances that cannot be closed as a whole is split: its p-median may end with this gap, and may
last so many seconds."""

ROUNDING = 1e-12
"""Share by which a bound counted from a p-median's own is lowered: one division and one sum."""


def ordered(question: OrderedMedian, access: Access, terms: Terms) -> Found | None:
    """Best plan; None for weights by rank, which make several tails."""
    lives = access.weight > 0
    if question.share is not None:
        weight, share = access.weight, float(question.share)
    elif question.worst is not None:
        weight, share = lives.astype(float), question.worst / int(lives.sum())
    else:
        return None
    return _Ranges(question, replace(access, weight=weight), share * float(weight.sum()), share >= 1.0, terms).run()


@dataclass
class _Enough(Terms):
    """Terms of one p-median: it may also end when its bound closes the range, or when nothing can close it.

    Attributes
    ----------
    target
        A bound from which on the range holds no better plan.
    wide
        Whether the range can be split.
    """

    target: float = math.inf
    wide: bool = False

    @property
    def over(self) -> bool:
        """See :attr:`Terms.over`."""
        record = self.record
        if super().over or record.bound >= self.target:
            return True
        best, gap = record.best, record.gap
        return self.wide and best is not None and best[0] < self.target and gap is not None and gap <= WIDE_GAP


class _Ranges:
    """Ranges of positions among the distances that are still open, by their bound."""

    def __init__(self, question: OrderedMedian, access: Access, tail: float, all_: bool, terms: Terms) -> None:
        self.question, self.access, self.tail, self.terms = question, access, tail, terms
        pairs = access.pairs
        counted = np.repeat(access.weight > 0, pairs.count)
        self.lengths = np.zeros(1) if all_ else np.unique(pairs.distance[counted])
        self.inner = PMedian(
            question.p,
            budget=question.budget,
            require=question.require,
            forbid=question.forbid,
            differ=question.differ,
        )
        self.best: Siting | None = None
        self.value = math.inf
        self.medians = 0

    def run(self) -> Found:
        terms = self.terms
        terms.stage = "ranges"
        for opened in terms.start:
            self._take(opened)
        ranges = self._begun()
        closed = math.inf  # least verified bound of ranges done with
        while ranges and not terms.over:
            bound, verified, first, last = ranges[0]
            if bound >= self.value - terms.gap * abs(self.value) or self._same(bound):
                break
            told = self._bounded(first, last)
            if told.state == "infeasible":
                return replace(told, work={"medians": self.medians})
            heapq.heappop(ranges)
            bound = max(bound, self._raised(told.bound, first))
            verified = max(verified, self._raised(told.verified, first) * (1.0 - ROUNDING))
            if (told.state == "stopped" and self._ended()) or (
                first == last and told.state == "stopped" and not self._same(bound)
            ):
                heapq.heappush(ranges, (bound, verified, first, last))
                break
            if first == last or self._same(bound):
                # done with: its plans are worth no less than the bound, and the best of them is known
                closed = min(closed, verified)
                terms.record.bounded(min([bound, self.value, *(r[0] for r in ranges)]))
                continue
            last = min(last, int(np.searchsorted(self.lengths, self.value, side="right")) - 1)
            middle = (first + last) // 2
            for a, b in ((first, middle), (middle + 1, last)):
                if a <= b:
                    heapq.heappush(ranges, (bound, verified, a, b))
            terms.record.bounded(min([self.value, *(r[0] for r in ranges)]))
        return self._found(ranges, closed)

    def _begun(self) -> list[tuple[float, float, int, int]]:
        """The distance at which the tail of the plan of least mean begins, and the ranges on both sides of it."""
        last = len(self.lengths) - 1
        if last > 0 and not self.terms.over:
            self._median(self.access.pairs.distance, math.inf, True)
        if self.best is None or last <= 0:
            return [(-math.inf, -math.inf, 0, last)]
        way = self.best.burden(self.access)
        order = np.argsort(-way, kind="stable")
        begin = way[order][int(np.searchsorted(np.cumsum(self.access.weight[order]), self.tail * (1 - 1e-12)))]
        at = min(int(np.searchsorted(self.lengths, begin)), last)
        sides = [(0, at - 1), (at, at), (at + 1, last)]
        return [(-math.inf, -math.inf, a, b) for a, b in sides if a <= b]

    def _found(self, ranges: list[tuple[float, float, int, int]], closed: float) -> Found:
        bound = min([self.value, *(r[0] for r in ranges)])
        verified = min([self.value, closed, *(r[1] for r in ranges)])
        enough = self.best is not None and (bound >= self.value - self.terms.gap * abs(self.value) or self._same(bound))
        work = {"medians": self.medians, "ranges_left": 0 if enough else len(ranges)}
        if self.best is None:
            return Found("stopped", None, bound if math.isfinite(bound) else -math.inf, work=work)
        return Found("finished" if enough else "stopped", self.best, bound, verified, work=work)

    def _ended(self) -> bool:
        return self.terms.over

    def _same(self, bound: float) -> bool:
        """Whether a bound is the value but for rounding."""
        return math.isfinite(self.value) and bound >= self.value - 1e-12 * max(1.0, abs(self.value))

    def _raised(self, least: float | None, first: int) -> float:
        if least is None or not math.isfinite(least):
            return -math.inf
        return float(self.lengths[first]) + max(least, 0.0) / self.tail

    def _bounded(self, first: int, last: int) -> Found:
        """The p-median of a range; its plan is taken if it is better."""
        pairs = self.access.pairs
        a, b = float(self.lengths[first]), float(self.lengths[last])
        far = pairs.distance - a
        cost = np.where(pairs.distance > b, far, 0.0) if len(self.lengths) > 1 else pairs.distance
        target = (self.value - a) * self.tail * (1.0 + ROUNDING)
        return self._median(cost, target, first < last)

    def _median(self, cost: Floats, target: float, wide: bool) -> Found:
        """A p-median with other distances, shape (pairs,), rising with the distances of the data."""
        pairs, terms = self.access.pairs, self.terms
        other = replace(self.access, pairs=Pairs(pairs.start, pairs.site, cost, pairs.sites))
        start = () if self.best is None else (self.best.open,)
        clock = Clock(min(WIDE_SECONDS, terms.seconds)) if wide else terms.clock
        # a record of its own: there the values are those of the other distances
        own = _Enough(clock, 0.0, terms.seed, terms.threads, start, terms.stop, target=target, wide=wide)
        found = p_median(self.inner, other, own)
        self.medians += 1
        if found.siting is not None:
            self._take(found.siting.open)
        return found

    def _take(self, opened: NDArray[np.bool_]) -> None:
        siting = Siting.nearest(self.access, opened)
        judgement = self.question.judge(self.access, siting) if self._serves(opened) else None
        if judgement is not None and judgement.kept and judgement.value < self.value:
            self.value, self.best = judgement.value, siting
            self.terms.record.plan(judgement.value, siting.open.astype(float))

    def _serves(self, opened: NDArray[np.bool_]) -> bool:
        _, near = self.access.pairs.nearest_open(np.asarray(opened, bool))
        return bool(np.isfinite(near[self.access.weight > 0]).all())
