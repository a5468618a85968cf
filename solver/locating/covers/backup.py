"""LSCP-B, fast: first the smallest cover, then, with so many sites, the most people with a second one; both proven."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats
from formulations.location.access import Access
from formulations.location.cover_sets import CoverSets
from formulations.location.covering.backup_set_covering import HALF, BackupSetCovering
from formulations.location.siting import Siting
from solver.locating.covers.cover import Cover
from solver.locating.covers.covering import offered, uncovered, work_of
from solver.locating.covers.search import cheapest
from solver.locating.covers.seeker import Part, grain_of
from solver.locating.terms import Found, Terms
from solver.locating.tree.master import Cuts, Master
from solver.locating.tree.search import search
from solver.record import Record


def backup_set_covering(question: BackupSetCovering, access: Access, terms: Terms) -> Found | None:
    """Answer a question of set covering with backup; see :data:`solver.locating.locate.ALGORITHMS`."""
    sets = CoverSets.of(access, question.radius)
    rules = question.rules(access)
    if lost := uncovered(access, sets, rules.upper > 0, question.radius):
        return Found("infeasible", message=lost)
    begun = offered(question, access, terms, question.radius)
    new = (~rules.kept).astype(float)
    cover = Cover.of(sets.cover, new, rules)
    stage = Part(terms.clock, 0.0, terms.seed, terms.threads)
    stage.outer = terms
    terms.stage = "fewest sites"
    first = cheapest(cover, stage)
    if first.state == "infeasible":
        message = f"No choice of sites that keeps the rules ({', '.join(rules.names)}) covers everybody."
        return Found("infeasible", message=message)
    total = float(sets.weight.sum())

    def ranked(opened: NDArray[np.bool_]) -> float:
        return float(new @ opened) + HALF * float(sets.weight @ (sets.covers(opened) < 2)) / total

    terms.record.bounded(first.bound)
    best, bound, nodes = first.opened, first.bound, first.nodes
    if best is not None:
        terms.record.plan(ranked(best), best.astype(float))
    finished = False
    if first.state == "finished" and best is not None:
        terms.stage = "second sites"
        second = _Second(access, sets, cover, terms, new, first.value, total)
        outcome = search(second.master(), second, second.part, best[cover.sites])
        nodes += outcome.nodes
        if outcome.opened is not None:
            best = cover.opened(outcome.opened)
        bound = max(bound, first.value + HALF * min(max(outcome.bound, 0.0), total) / total * (1 - 1e-15))
        finished = outcome.state == "finished"
    if begun is not None and (best is None or begun[0] < ranked(best)):
        best = begun[1]
    siting = None if best is None else Siting.nearest(access, best, question.radius)
    work = {**work_of(first, sets), "nodes": nodes}
    return Found("finished" if finished else "stopped", siting, bound, bound, work=work)


class _Told(Record):
    """Passes on the second stage as what the whole question is worth."""

    def __init__(self, second: _Second) -> None:
        super().__init__(second.terms.clock)
        self._second = second

    def plan(self, value: float, x: Floats) -> None:
        super().plan(value, x)
        second = self._second
        opened = second.cover.opened(x > 0.5).astype(float)
        second.terms.record.plan(second.sites + HALF * value / second.total, opened)

    def bounded(self, bound: float) -> None:
        super().bounded(bound)
        second = self._second
        second.terms.record.bounded(second.sites + HALF * max(bound, 0.0) / second.total * (1 - 1e-15))


class _Second:
    """People without a second site when so many sites are open: the tree's master and cutter.

    Columns: sites to decide, then ``backup`` of each cover set that can have one.
    """

    def __init__(
        self, access: Access, sets: CoverSets, cover: Cover, terms: Terms, new: Floats, fewest: float, total: float
    ) -> None:
        self.cover, self.terms, self.sites, self.total = cover, terms, fewest, total
        self.part = Part(terms.clock, 0.0, terms.seed, terms.threads)
        self.part.outer = terms
        self.part.record = _Told(self)
        have = np.asarray(sets.cover @ cover.fixed.astype(float))
        every: Csr = sp.csr_array(sets.cover[:, cover.sites])
        # who has two sites in any case is no matter of choice; who can never have two neither
        reach = have + np.diff(every.indptr)
        self._open = np.flatnonzero((have < 2) & (reach >= 2))
        self._never = float(sets.weight[reach < 2].sum())
        self._need, self._have = every, have
        self._weight = sets.weight
        self._left = round(fewest) - int((cover.fixed & (new > 0)).sum())

    def master(self) -> Master:
        need, chosen = self._need, self._open
        k, u = need.shape[1], len(chosen)
        bare = np.flatnonzero(self._have == 0)
        zero = sp.csr_array((len(bare), u))
        rows: Any = [
            [need[bare], zero],
            [need[chosen], -sp.eye_array(u, format="csr")],
            [sp.csr_array(np.ones((1, k))), sp.csr_array((1, u))],
            [self.cover.side, sp.csr_array((self.cover.side.shape[0], u))],
        ]
        A: Any = sp.csr_array(sp.block_array(rows, format="csr"))
        left = float(self._left)
        lower = np.concatenate([np.ones(len(bare)), 1.0 - self._have[chosen], [left], self.cover.side_lower])
        most = np.full(len(bare) + u, np.inf)
        upper = np.concatenate([most, [left], self.cover.side_upper])
        weight = self._weight[chosen]
        cost = np.concatenate([np.zeros(k), -weight])
        constant = float(weight.sum()) + self._never
        grain = grain_of(np.append(weight, self._never))
        return Master(k, cost, constant, np.zeros(k + u), np.ones(k + u), A, lower, upper, grain=grain)

    def separate(self, x: Floats) -> Cuts | None:
        """Nothing: the master knows everything."""
        return None

    def value(self, opened: NDArray[np.bool_]) -> float:
        """People without a second site, infinite if somebody has none at all."""
        times = self._have + self._need @ opened.astype(float)
        return math.inf if (times < 0.5).any() else float(self._weight @ (times < 1.5))

    def improved(self, x: Floats) -> NDArray[np.bool_] | None:
        """The sites that the point has open most, if they cover everybody."""
        y = x[: self._need.shape[1]]
        opened = np.zeros(len(y), bool)
        opened[np.argsort(-y, kind="stable")[: self._left]] = True
        return opened if math.isfinite(self.value(opened)) else None
