"""Small exact searches around points that evolution found: what evolution leaves lying close by, they pick up.

A plan that may differ in a few genes only is a small program: most of the tree is gone. Around a point the search asks
for a plan as good in every objective and better in their sum; around a gap, for one inside it.

Source: local branching, Fischetti and Lodi (2003), DOI 10.1007/s10107-003-0395-5.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Block, Matrix
from solver.genetic.decoder import Genomes
from solver.genetic.genome import Genome
from solver.pareto.archive import Archive, Budget
from solver.pareto.scalar import Scalars
from solver.pareto.zones import local_upper_bounds

BALL = "few_genes"
"""Name of the row that keeps a plan near another one."""


AT_ONCE = 8
"""No search takes more than this part of the time left, unless told otherwise."""


@dataclass(frozen=True)
class Polished:
    """How many points were searched around, and how many better plans and plans in gaps came of it."""

    tried: int
    better: int
    between: int


def near(genome: Genome, member: Genomes, radius: int) -> Matrix:
    """The program for plans that differ from a member, shape (genes,), in at most ``radius`` genes."""
    matrix = genome.matrix
    sign = np.where(member, -1.0, 1.0)
    row = sp.csr_array((sign, (np.zeros(genome.size, int), genome.columns)), shape=(1, matrix.shape[1]))
    block = Block(BALL, (), matrix.shape[0], 1, rule=True)
    return replace(
        matrix,
        rows={**matrix.rows, BALL: block},
        A=sp.csr_array(sp.vstack([matrix.A, row], format="csr")),
        row_lower=np.append(matrix.row_lower, -np.inf),
        row_upper=np.append(matrix.row_upper, float(radius) - float(member.sum())),
    )


def polish(
    archive: Archive,
    genome: Genome,
    *,
    radius: int = 4,
    points: int = 20,
    gap: float = 0.0,
    seed: int = 0,
    threads: int = 1,
    seconds: float | None = None,
    budget: Budget | None = None,
) -> Polished:
    """Search near plans of an archive; what it finds goes into the archive, and nothing is lost.

    Parameters
    ----------
    radius
        Genes in which a plan may differ from the one it is searched around.
    points
        Points to search around, chosen far apart, and as many gaps, largest first.
    seconds
        Limit of each search; None for an eighth of what the budget has left, or for none without a time limit. With
        a limit, what is found depends on the machine.
    """
    budget = Budget() if budget is None else budget
    space = archive.space
    if not len(archive.points):
        return Polished(0, 0, 0)
    tried = better = between = 0

    def search(plan: Floats, within: Floats, start: Floats | None) -> bool:
        member = genome.read(plan[None, :])[0]
        ball = replace(space, matrix=near(genome, member, radius))
        ask = Scalars(ball, gap, seed, threads, budget.clock, stop=budget.stop)
        left = budget.clock.left
        share = seconds if left is None or seconds is not None else left / max(1, min(2 * points - tried, AT_ONCE))
        found = ask.minimize(1.0 / ranges(archive.points), within, start=start, seconds=share)
        archive.solves += ask.solves
        return found.x is not None and archive.take(found.x, "polish")

    chosen = spread_out(archive.points, points)
    around = [(archive.points[k].copy(), archive.plans[k]) for k in chosen]
    for y, plan in around:
        if budget.over(archive.solves, len(archive.points)):
            return Polished(tried, better, between)
        if not (archive.points == y).all(axis=1).any():
            continue  # something better has been found meanwhile
        tried += 1
        better += search(plan, y, plan)
        archive.tell("polish", budget.clock.elapsed, tried, 2 * points, f"{better} better, {between} between")
    for upper in gaps(archive.points)[:points]:
        if budget.over(archive.solves, len(archive.points)):
            break
        if (archive.points < upper).all(axis=1).any():
            continue  # an earlier search has split this gap
        beside = int(np.argmin((np.maximum(archive.points - upper, 0.0) / ranges(archive.points)).sum(axis=1)))
        tried += 1
        between += search(archive.plans[beside], space.below(upper), None)
        archive.tell("polish", budget.clock.elapsed, tried, 2 * points, f"{better} better, {between} between")
    return Polished(tried, better, between)


def spread_out(points: Floats, count: int) -> list[int]:
    """Positions of points far apart: the best in each objective, then always the one farthest from those chosen."""
    unit = (points - points.min(axis=0)) / ranges(points)
    chosen = list(dict.fromkeys(int(k) for k in unit.argmin(axis=0)))[:count]
    away = np.abs(unit[:, None, :] - unit[chosen][None, :, :]).max(axis=2).min(axis=1)
    while len(chosen) < min(count, len(points)) and away.max() > 0:
        chosen.append(int(away.argmax()))
        away = np.minimum(away, np.abs(unit - unit[chosen[-1]]).max(axis=1))
    return chosen


def gaps(points: Floats) -> Floats:
    """Upper corners of the boxes between points, largest first: (m, p)."""
    low, high = points.min(axis=0), points.max(axis=0)
    uppers = local_upper_bounds(points, high + ranges(points))
    uppers = uppers[(uppers <= high).all(axis=1)]
    order = np.argsort(-np.prod((uppers - low) / ranges(points), axis=1), kind="stable")
    return np.asarray(uppers[order])


def ranges(points: Floats) -> Floats:
    """Width of a set of points in each objective, 1 where it has none: (n, p) -> (p,)."""
    if not len(points):
        return np.ones(points.shape[1])
    width: Floats = points.max(axis=0) - points.min(axis=0)
    return np.where(width > 0, width, 1.0)
