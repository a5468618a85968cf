"""Partial set covering: the same cuts, with a limit on what is short in all, and sites to be paid for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.location.access import Access
from formulations.location.cover_sets import CoverSets
from formulations.location.covering.partial_covering import PartialCovering
from formulations.location.siting import Siting
from solver.locating.coverage.cutter import ShortageCutter
from solver.locating.coverage.exchange import Chooser
from solver.locating.coverage.shortage import Shortage
from solver.locating.coverage.solve import master
from solver.locating.terms import Found, Terms
from solver.locating.tree.master import Master
from solver.locating.tree.search import search


def partial(question: PartialCovering, access: Access, terms: Terms) -> Found:
    """The algorithm for "partial covering"; see :mod:`solver.locating.locate`."""
    terms.stage = "aggregate"
    terms.tell()
    rules, price, allowed = question.rules(access), question.price(access), question.allowance(access)
    sets = CoverSets.of(access, question.radius)
    shortage = Shortage.of(sets, (1.0,))
    enough = allowed + 1e-9 * max(1.0, abs(allowed))
    least = shortage.of_choice(rules.upper > 0)
    if least > enough:
        total = float(access.weight.sum())
        return Found("infeasible", message=_too_few(total - least, total, question.coverage, access.weight_unit))
    terms.stage = "choose"
    chooser = _Fewest(shortage, Chooser(shortage, rules, lambda: terms.over), price, enough)

    def worth(opened: NDArray[np.bool_]) -> float:
        return float(price @ opened) if shortage.of_choice(opened) <= enough else np.inf

    cutter = ShortageCutter(shortage, worth, chooser.met, between=1.0)
    plans = [plan for plan in (chooser.met(None), *terms.start) if plan is not None and chooser.keeps(plan)]
    best = min(plans, key=worth, default=None)
    terms.stage = "search"
    whole = np.equal(price, np.round(price)).all()
    plain = master(rules, cutter, shortage)
    limit = np.concatenate([np.zeros(cutter.sites), np.ones(cutter.blocks)])[None, :]
    told: Master = replace(
        plain,
        cost=np.concatenate([price, np.zeros(cutter.blocks)]),
        constant=0.0,
        A=sp.csr_array(sp.vstack([plain.A, sp.csr_array(limit)], format="csr")),
        row_lower=np.append(plain.row_lower, -np.inf),
        row_upper=np.append(plain.row_upper, (enough - shortage.constant) * cutter.unit),
        grain=float(np.gcd.reduce(price.astype(np.int64))) if whole else 0.0,
        unit=1.0,
    )
    outcome = search(told, cutter, terms, best)
    siting = None
    if outcome.opened is not None:
        within = np.inf if question.radius is None else question.radius
        siting = Siting.nearest(access, outcome.opened, within)
    work = {"cover_sets": sets.size, "blocks": cutter.blocks, "nodes": outcome.nodes, "cuts": outcome.cuts}
    return Found(outcome.state, siting, outcome.bound, outcome.bound, "", {**work, "fixed": outcome.fixed})


def _too_few(reached: float, total: float, coverage: float, unit: str) -> str:
    people = f" {unit}" if unit else ""
    return (
        f"Even with all sites open that may open, {reached:g} of {total:g}{people} are within the radius, "
        f"a share of {reached / total:.6g}, but {coverage:g} is asked for."
    )


class _Fewest:
    """Choices that leave few enough without cover, for little."""

    def __init__(self, shortage: Shortage, chooser: Chooser, price: Floats, enough: float) -> None:
        self._shortage, self._chooser, self._price, self._enough = shortage, chooser, price, enough

    def keeps(self, opened: NDArray[np.bool_]) -> bool:
        """Whether a choice keeps the rules and covers enough."""
        return self._chooser.keeps(opened) and self._shortage.of_choice(opened) <= self._enough

    def met(self, prefer: Floats | None) -> NDArray[np.bool_] | None:
        """Site by site until enough are covered, then without those not needed; None if the rules forbid it."""
        grown = self._chooser.grown(prefer=prefer, until=self._enough, price=self._price)
        if grown is None or self._shortage.of_choice(grown) > self._enough:
            return None
        opened = self._pruned(grown)
        if opened.any() and np.ptp(self._price[opened]) == 0.0:
            # all cost the same: one site less, the others moved
            while (fewer := self._without_one(opened)) is not None:
                opened = fewer
        return opened

    def _pruned(self, opened: NDArray[np.bool_]) -> NDArray[np.bool_]:
        opened = opened.copy()
        for j in np.flatnonzero(opened)[np.argsort(-self._price[opened], kind="stable")]:
            opened[j] = False
            if not self.keeps(opened):
                opened[j] = True
        return opened

    def _without_one(self, opened: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
        loss = {}
        for j in np.flatnonzero(opened):
            opened[j] = False
            if self._chooser.keeps(opened):
                loss[int(j)] = self._shortage.of_choice(opened)
            opened[j] = True
        if not loss:
            return None
        fewer = opened.copy()
        fewer[min(loss, key=lambda j: loss[j])] = False
        moved = self._chooser.exchanged(fewer, moves=200, more=False)
        return moved if self.keeps(moved) and float(self._price @ moved) < float(self._price @ opened) else None
