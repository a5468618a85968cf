"""Points and bounds from the second stage alone: sums proven by cuts, boxes searched by them, and plans beside others.

Completing a first stage in the best way is quick where the second stage falls into parts, and every completion makes
the cuts know more. So the cuts say which first stages are worth completing next.
"""

from __future__ import annotations

import numpy as np

from formulations.algebra.elements import Floats
from solver.genetic.cuts import Cuts
from solver.genetic.decoder import Genomes
from solver.genetic.polish import ranges, spread_out
from solver.genetic.repair import Repair
from solver.pareto.archive import Archive, Budget
from solver.pareto.corners import open_boxes

SUMS = 7
"""Weighted sums of two objectives, evenly between both ends."""

FINE = 40
"""The same once there are cuts enough: what they say about other sums costs next to nothing."""

CLOSE = 5e-4
"""Share of the range of the objectives within which a weighted sum needs no more cuts."""

PATIENCE = 2.0
"""Seconds of a search among the cuts at most: Ctrl-C is heard between two of them only."""

LARGE = 500_000
"""Cuts times genes up to which whole-number searches among them end in time."""

IDLE = 2
"""Searches among the cuts one after the other that bring nothing, after which there are no more."""

BESIDE = 12
"""Genomes completed before the cuts are asked again which ones are worth it."""


TRIES = 3
"""Questions about one box, after which it stays open."""


def prove_sums(cuts: Cuts, archive: Archive, budget: Budget, most: int = 400) -> list[Floats]:
    """Bounds of each objective and of weighted sums; and the mixed first stages that they come from, (genes,) each."""
    space, genome = archive.space, cuts.second.genome
    ends = [cuts.value(side.astype(float)) for side in (genome.lower, genome.upper)]
    known = np.array([found[0] for found in ends if found is not None])
    if len(known) < 1:
        return []
    weights = _weights(space.size, ranges(known))
    best, least = np.full(len(weights), np.inf), np.full(len(weights), -np.inf)
    duals: list[Floats | None] = [None] * len(weights)
    mixed: list[Floats | None] = [None] * len(weights)
    centre = np.mean([genome.lower, genome.upper], axis=0)
    for values in known:
        best = np.minimum(best, weights @ values)
    for turn in range(most):
        gap = np.where(np.isfinite(least), best - least, np.inf)
        # the ends belong to no mixture and need less; each sum is asked once before any is asked again
        k = turn if turn < len(weights) else int(gap.argmax())
        if budget.over(0, 0) or (turn >= len(weights) and gap[k] <= CLOSE):
            break
        found = cuts.least(weights[k])
        if found is None:
            break
        value, g, y = found
        if value > least[k] or duals[k] is None:
            least[k], duals[k] = max(least[k], value), y
        mixed[k] = g
        # between what the cuts like and what was liked before: there the cuts cut most
        completed = cuts.value(0.5 * g + 0.5 * centre)
        if completed is None:
            break
        best = np.minimum(best, weights @ completed[0])
        centre = 0.5 * (centre + g)
        archive.tell("bounds", budget.clock.elapsed, turn + 1, most)
    for w, dual in zip(weights, duals, strict=True):
        if dual is not None:
            archive.prove(cuts.fact(w, dual))
    mixtures = [g for g in mixed if g is not None]
    for w in _weights(space.size, ranges(known), FINE):
        found = None if budget.over(0, 0) else cuts.least(w)
        if found is None:
            break
        archive.prove(cuts.fact(w, found[2]))
        mixtures.append(found[1])
    return mixtures


def _weights(p: int, unit: Floats, sums: int = SUMS) -> Floats:
    """Each objective alone and mixtures of two, and of all: (sums, p)."""
    found = [np.eye(p)[k] for k in range(p)]
    for i in range(p):
        for j in range(i):
            found += [s * np.eye(p)[i] + (1 - s) * np.eye(p)[j] for s in np.linspace(0, 1, sums + 2)[1:-1]]
    found += [np.full(p, 1.0 / p)] if p > 2 else []
    return np.array(found) / unit


def complete_mixed(
    cuts: Cuts, archive: Archive, mixed: list[Floats], repair: Repair, seed: int, budget: Budget, draws: int = 3
) -> int:
    """Round mixed first stages, and draw from them, and complete what comes of it; how many were new."""
    if not mixed:
        return 0
    rng = np.random.default_rng([seed, 2])
    share = np.array(mixed)
    drawn = rng.random((draws, *share.shape)) < share
    members = repair(np.vstack([share >= 0.5, share > 1e-6, *drawn]), rng)
    return complete_found(cuts, archive, np.unique(members, axis=0), budget, "relaxation")


def complete_found(cuts: Cuts, archive: Archive, members: Genomes, budget: Budget, origin: str = "recourse") -> int:
    """Complete those genomes that may give a new point, those far apart first; how many were new."""
    new = 0
    hoped = cuts.hoped(members)
    order = spread_out(hoped, len(members)) if len(members) else []
    for k in order:
        if budget.over(archive.solves, len(archive.points)):
            break
        y = cuts.hoped(members[[k]])[0]
        if (archive.points <= y).all(axis=1).any():
            continue
        new += cuts.taken(archive, members[k], origin)
    return new


def improve(cuts: Cuts, archive: Archive, repair: Repair, seed: int, budget: Budget, rounds: int = 100) -> int:
    """Complete plans that differ in one gene, or in two, from plans of the archive, as the cuts like best.

    Of all such plans those are completed that, if the cuts were right, would be ahead of the archive by most.
    """
    rng, genome, new = np.random.default_rng([seed, 3]), cuts.second.genome, 0
    seen: set[bytes] = set()
    for turn in range(rounds):
        if budget.over(archive.solves, len(archive.points)) or not len(archive.points):
            break
        bases = np.unique(genome.read(np.array([archive.plans[k] for k in spread_out(archive.points, 60)])), axis=0)
        pool, values = [], []
        for base in bases:
            if budget.over(archive.solves, len(archive.points)):
                return new
            first = cuts.flipped(base, genome.free)
            likely = genome.free[np.argsort(-ahead(archive, first), kind="stable")[:3]]
            starts = [base] + [_with(base, [j]) for j in (*likely, *rng.choice(genome.free, 2))]
            for start in starts:
                y = first if start is base else cuts.flipped(start, genome.free)
                good = np.argsort(-ahead(archive, y), kind="stable")[:2]
                pool += [_with(start, [genome.free[j]]) for j in good]
                values += [y[j] for j in good]
        members = np.array(pool)
        gain = ahead(archive, np.array(values))
        fresh = np.array([m.tobytes() not in seen for m in members]) & (genome.rules.violation(members) <= 0)
        gain[~fresh] = 0.0
        if gain.max(initial=0.0) <= 0.0:
            break
        done = 0
        for k in np.argsort(-gain, kind="stable"):
            if gain[k] <= 0.0 or done >= BESIDE or budget.over(archive.solves, len(archive.points)):
                break
            if members[k].tobytes() in seen:
                continue
            seen.add(members[k].tobytes())
            if ahead(archive, cuts.hoped(members[[k]]))[0] <= 0.0:
                continue
            done += 1
            new += cuts.taken(archive, members[k], "polish")
        archive.tell("polish", budget.clock.elapsed, turn + 1, rounds, f"{new} new")
    return new


def ahead(archive: Archive, values: Floats) -> Floats:
    """How far values are from being dominated by the archive, in units of its range, negative if they are: (n,)."""
    scale = ranges(archive.points)
    found = np.full(len(values), np.inf)
    for y in archive.points:
        found = np.minimum(found, ((y - values) / scale).max(axis=1))
    return found


def _with(member: Genomes, flips: list[int]) -> Genomes:
    other = member.copy()
    other[flips] = ~other[flips]
    return other


def search_cuts(cuts: Cuts, archive: Archive, budget: Budget, most: int, gap: float) -> bool:
    """Ask the cuts about the largest boxes that may still hold a point; whether none is left.

    Each question finds a plan to complete, or proves that there is none in the box; whatever is found makes the cuts
    know more.
    """
    space = archive.space
    tried: dict[bytes, int] = {}
    idle = 0
    for turn in range(most):
        if budget.over(archive.solves, len(archive.points)) or not len(archive.points) or idle >= IDLE:
            return False
        if len(cuts.cuts) * cuts.second.genome.size > LARGE:
            return False
        scale = ranges(archive.points)
        lows, tops = open_boxes(space, archive.points, archive.bounds)
        if not len(lows):
            return space.discrete
        high = archive.points.max(axis=0)
        room = np.minimum(tops, high) - lows
        slack = np.where(space.step > 0, 0.0, 0.5 * gap * scale)
        size = np.prod(np.maximum(room / scale, 0.0), axis=1)
        size[(room <= slack).any(axis=1)] = 0.0
        asked = np.array([tried.get(top.tobytes(), 0) for top in tops])
        # a box that stays open though it was asked about is left to the others, and in the end alone
        size = np.where(asked < TRIES, size / 4.0**asked, 0.0)
        k = int(size.argmax())
        if size[k] <= 0.0:
            return False
        key = tops[k].tobytes()
        tried[key] = tried.get(key, 0) + 1
        within = tops[k] - slack
        left = budget.clock.left
        seconds = None if left is None else min(PATIENCE, left)
        member, fact = cuts.search(1.0 / scale, within, seconds, 1e-4)
        archive.solves += 1
        if fact.value > -np.inf:
            archive.prove(fact)
        said = len(cuts.cuts)
        new = member is not None and cuts.taken(archive, member, "exact")
        idle = 0 if new or fact.value == np.inf or len(cuts.cuts) > said else idle + 1
        archive.tell("boxes", budget.clock.elapsed, turn + 1, most, f"{len(archive.points)} points")
    return False
