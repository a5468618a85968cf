"""What linear relaxations give a front: a proof, however its points were found, and where to look for more."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Floats
from solver.certificate import keeps, snapped
from solver.clock import Clock
from solver.genetic.decoder import Decoder
from solver.genetic.repair import Repair
from solver.pareto.archive import Archive, Budget
from solver.pareto.bounds import Fact
from solver.pareto.space import Space

DRAWS = 4
"""Genomes drawn from each relaxation, besides the one that is rounded."""


def relaxations(archive: Archive, budget: Budget, sums: int = 3) -> list[Floats]:
    """Prove what linear relaxations say about each objective, and about some weighted sums of those.

    Parameters
    ----------
    sums
        Weighted sums per pair of objectives, evenly between both, in units of the distance of the bounds from each
        other's best values.

    Returns
    -------
    list of Floats
        Their solutions, shape (columns,) each, as far as time allowed.
    """
    space = archive.space
    p = space.size
    solutions: list[Floats] = []

    def ask(weights: Floats) -> bool:
        if budget.over(archive.solves, len(archive.points)):
            return False
        fact, x = relaxed(space, weights, budget.clock)
        if fact.value > -np.inf:
            archive.prove(fact)
        if x is not None:
            solutions.append(x)
        return x is not None

    if not all(ask(weights) for weights in np.eye(p)):
        return solutions
    known = np.array([space.C @ x + space.c0 for x in solutions])
    width = known.max(axis=0) - known.min(axis=0)
    unit = np.where(width > 0, width, np.maximum(1.0, np.abs(known).max(axis=0)))
    mixed = [np.full(p, 1.0 / p)] if p > 2 else []
    for i in range(p):
        for j in range(i):
            mixed += [s * np.eye(p)[i] + (1 - s) * np.eye(p)[j] for s in np.arange(1, sums + 1) / (sums + 1)]
    for weights in mixed:
        ask(weights / unit)
    return solutions


def relaxed(space: Space, weights: Floats, clock: Clock) -> tuple[Fact, Floats | None]:
    """A fact from the linear relaxation, by our own arithmetic, and its solution, shape (columns,)."""
    from solver.backends.highs import run_highs
    from solver.backends.search import Search
    from solver.safe_bound import safe_bound

    cost, constant = np.asarray(weights @ space.C), float(weights @ space.c0)
    answer = run_highs(space.matrix.relax(), Search(cost, constant, Clock(clock.left)))
    if answer.limit_hit == "interrupt":
        raise KeyboardInterrupt
    weighing = {name: float(w) for name, w in zip(space.names, weights, strict=True) if w}
    value = safe_bound(space.matrix, weighing, answer.duals).value
    if len(weighing) == 1:
        # the next value there can be; steps are multiples of written numbers, so this is arithmetic too
        k = int(np.flatnonzero(weights)[0])
        value = float(weights[k] * space.raised(np.where(weights > 0, value / weights[k], -np.inf))[k])
    return Fact(np.full(space.size, np.inf), weights, value, verified=True), answer.x


def rounded(archive: Archive, solutions: list[Floats], decoder: Decoder, repair: Repair, seed: int) -> int:
    """Take in plans near relaxations: as they are where that is a plan, rounded, and drawn; how many were new.

    A gene that is in by three quarters in a relaxation is drawn three times of four.
    """
    if not solutions:
        return 0
    space, genome, rng = archive.space, repair.genome, np.random.default_rng([seed, 2])
    new = sum(
        archive.take(x, "relaxation") for x in solutions if keeps(space.matrix, snapped(space.matrix, x)[None])[0]
    )
    share = np.array(solutions)[:, genome.columns]
    drawn = rng.random((DRAWS, *share.shape)) < share
    members = np.unique(repair(np.vstack([share >= 0.5, *drawn]), rng), axis=0)
    for plan in sp.csr_array(decoder.decode(members)):
        x = np.asarray(plan.toarray()).ravel()
        if keeps(space.matrix, x[None])[0]:
            new += archive.take(x, "relaxation")
    return new
