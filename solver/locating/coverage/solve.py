"""Maximal covering, plain and with backup: aggregate, choose well, then cut and branch."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from formulations.location.access import Access
from formulations.location.cover_sets import CoverSets
from formulations.location.covering.backup_covering import BackupCovering
from formulations.location.covering.maximal_covering import MaximalCovering
from formulations.location.rules import SiteRules
from formulations.location.siting import Siting
from solver.locating.coverage.cutter import ShortageCutter
from solver.locating.coverage.exchange import Chooser
from solver.locating.coverage.pool import Pool
from solver.locating.coverage.shortage import Shortage
from solver.locating.terms import Found, Terms
from solver.locating.tree.master import Master
from solver.locating.tree.search import search


def maximal(question: MaximalCovering, access: Access, terms: Terms) -> Found:
    """The algorithm for "MCLP"; see :mod:`solver.locating.locate`."""
    return _least(access, question.rules(access), question.radius, (1.0,), terms)


def backup(question: BackupCovering, access: Access, terms: Terms) -> Found | None:
    """The algorithm for "MCLP with backup"; None where a backup counts more than the first cover."""
    b = question.backup_weight
    if b > 0.5:
        return None
    return _least(access, question.rules(access), question.radius, (1.0 - 2.0 * b, b), terms)


def _least(access: Access, rules: SiteRules, radius: float | None, factors: tuple[float, ...], terms: Terms) -> Found:
    terms.stage = "aggregate"
    terms.tell()
    sets = CoverSets.of(access, radius)
    shortage = Shortage.of(sets, factors)
    terms.stage = "choose"
    chooser = Chooser(shortage, rules, lambda: terms.over)

    pool = Pool(shortage, chooser, terms.seed, lambda: terms.over)
    cutter = ShortageCutter(shortage, shortage.of_choice, pool.near)
    first = [chooser.grown(), *(start if chooser.keeps(start) else None for start in terms.start)]
    plans = [plan for plan in first if plan is not None]
    for plan in plans:
        terms.record.plan(shortage.of_choice(plan), plan.astype(float))
    for plan in plans:
        pool.take(chooser.exchanged(plan))
    terms.stage = "search"
    outcome = search(master(rules, cutter, shortage), cutter, terms, pool.best)
    siting = None
    if outcome.opened is not None:
        siting = Siting.nearest(access, outcome.opened, np.inf if radius is None else radius)
    work = {"cover_sets": sets.size, "blocks": cutter.blocks, "nodes": outcome.nodes, "cuts": outcome.cuts}
    return Found(outcome.state, siting, outcome.bound, outcome.bound, "", {**work, "fixed": outcome.fixed})


def master(rules: SiteRules, cutter: ShortageCutter, shortage: Shortage) -> Master:
    """Sites and the shortage of each block, to be minimised altogether."""
    m, more = cutter.sites, cutter.blocks
    # with every column between finite numbers any row duals give a bound
    most = cutter.cuts(np.zeros(shortage.cover.shape[0]))[1]
    return Master(
        sites=m,
        cost=np.concatenate([np.zeros(m), np.full(more, 1.0 / cutter.unit)]),
        constant=shortage.constant,
        lower=np.concatenate([rules.lower, np.zeros(more)]),
        upper=np.concatenate([rules.upper, 1.000001 * most]),
        A=sp.csr_array(sp.hstack([rules.A, sp.csr_array((rules.A.shape[0], more))], format="csr")),
        row_lower=rules.row_lower,
        row_upper=rules.row_upper,
        grain=shortage.grain,
        unit=cutter.unit,
    )
