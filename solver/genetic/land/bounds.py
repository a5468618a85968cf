"""What is proven of zoning plans: linear relaxations of single objectives and of weighted sums, by our own arithmetic.

Borders make a program many times as large. So sums without fragmentation are asked of the program without it, where
each takes a moment; sums with it are bounded by :mod:`solver.genetic.land.ascent`. What holds for a program with fewer
rows holds for all plans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from formulations.zoning import Zoning
from instances.instance import Instance
from solver.genetic.land.ascent import Ascent
from solver.genetic.land.terrain import Terrain
from solver.pareto.archive import Archive, Budget
from solver.pareto.bounds import Fact
from solver.pareto.large import LargeScalars
from solver.pareto.space import Space
from solver.safe_bound import safe_bound

BORDERS = "fragmentation"

SUMS = ("unsuitability", "change", "exposure", "displaced", "unserved")
"""Objectives that are counted parcel by parcel or neighbourhood by neighbourhood."""

SMALL = 1_000
"""Parcels up to which patches take part; beyond, they add much work and little to the bounds."""


@dataclass(eq=False)
class Relaxations:
    """Solutions of relaxations.

    Attributes
    ----------
    unit
        Range of each objective over the ends, shape (objectives,).
    shares
        Shares of classes, (parcels, classes) each.
    weights
        Weights that each is best for, (objectives,) each.
    """

    unit: Floats
    shares: list[Floats] = field(default_factory=list)
    weights: list[Floats] = field(default_factory=list)


def relaxations(
    question: Zoning, instance: Instance, terrain: Terrain, archive: Archive, budget: Budget, sums: int = 3
) -> Relaxations:
    """Prove what relaxations say about each objective and about weighted sums of them.

    Parameters
    ----------
    sums
        Weighted sums per pair of objectives, evenly between both.
    """
    names = archive.space.names
    found = Relaxations(np.ones(len(names)))
    plain = [n for n in names if n != BORDERS]
    if len(plain) == 1:
        # a space has two objectives at least; the second one is not asked about
        plain = [*plain, "change" if plain != ["change"] else "unsuitability"]
    terms = question, instance, terrain, archive, budget
    if plain:
        _Plain(*terms, plain, found).ask(sums)
    if BORDERS in names:
        _Bordered(*terms, [n for n in names if n == BORDERS or n in SUMS], found).ask(sums)
    return found


@dataclass(eq=False)
class _Family:
    """Relaxations of one program over some of the objectives."""

    question: Zoning
    instance: Instance
    terrain: Terrain
    archive: Archive
    budget: Budget
    names: Sequence[str]
    found: Relaxations

    def matrix_of(self, limits: dict[str, float]) -> Matrix:
        """The program with these objectives alone, and patches by their necessary rows where that is little work."""
        asked = self.question.patches != "none" and self.terrain.shape[0] <= SMALL
        patches: Literal["local", "none"] = "local" if asked else "none"
        smaller = replace(self.question, objectives=tuple(self.names), patches=patches, limits=limits)
        return smaller.build(self.instance).matrix()

    def keep(self, weights: Floats, value: float, shares: Floats | None, matrix: Matrix) -> None:
        """Take in what one sum gave; ``weights`` are those of the family, ``shares`` those of its options."""
        names = self.archive.space.names
        whole = np.zeros(len(names))
        for name, weight in zip(self.names, weights, strict=True):
            if name in names:
                whole[names.index(name)] = weight
        self.archive.solves += 1
        if value > -np.inf:
            self.archive.prove(Fact(np.full(len(names), np.inf), whole, value, verified=True))
        if shares is not None:
            option = matrix.columns["use"].dims[0]
            table = np.zeros(self.terrain.shape)
            table[option["parcel"].position, option["land_class"].position] = shares
            self.found.shares.append(table)
            self.found.weights.append(whole)
        self.archive.tell("bounds", self.budget.clock.elapsed)


class _Plain(_Family):
    """Sums without fragmentation, by the simplex method, each from the basis of the last."""

    def ask(self, sums: int) -> None:
        matrix = self.matrix_of({k: v for k, v in self.question.limits.items() if k != BORDERS})
        scalars = LargeScalars(Space.of(matrix, self.names), clock=self.budget.clock)
        names = self.archive.space.names
        use = matrix.columns["use"].span

        def one(weights: Floats) -> bool:
            if self.budget.over(0, 0):
                return False
            solved = scalars.relax(weights)
            x = solved.answer.x
            self.keep(weights, solved.fact.value, None if x is None else x[use], matrix)
            return x is not None

        ends = [w for name, w in zip(self.names, np.eye(len(self.names)), strict=True) if name in names]
        if not all(one(weights) for weights in ends):
            return
        self.found.unit = usual_ranges(self.terrain, self.found.shares)
        if len(ends) > 1:
            unit = self.found.unit[[names.index(n) for n in self.names]]
            for weights in spread_sums(len(unit), sums):
                if not one(weights / unit):
                    return


class _Bordered(_Family):
    """Sums with fragmentation, by prices."""

    def ask(self, sums: int) -> None:
        matrix = self.matrix_of({})
        ascent, names = Ascent(matrix), self.archive.space.names
        space_c = np.vstack([matrix.C[[matrix.objectives[n].start]].toarray()[0] for n in self.names])
        unit = self.found.unit[[names.index(n) for n in self.names]]
        last = self.names.index(BORDERS)
        p = len(self.names)
        wanted = [np.eye(p)[last], *(w for w in spread_sums(p, sums) if 0 < w[last] < 1)]
        for weights in wanted:
            if self.budget.over(0, 0):
                return
            weighed = weights / unit
            found = ascent.prices(np.asarray(weighed @ space_c), self.budget.clock)
            weighing = {n: float(w) for n, w in zip(self.names, weighed, strict=True) if w}
            self.keep(weighed, safe_bound(matrix, weighing, found.duals).value, found.shares, matrix)


def spread_sums(size: int, sums: int) -> list[Floats]:
    """Weights, none of a single objective: all alike, one above the rest, then pairs, evenly between both."""
    unit = np.eye(size)
    found = [np.full(size, 1.0 / size)] if size > 2 else []
    found += [0.7 * unit[k] + 0.3 / size for k in range(size)] if size > 2 else []
    for i in range(size):
        for j in range(i):
            found += [s * unit[i] + (1.0 - s) * unit[j] for s in np.arange(1, sums + 1) / (sums + 1)]
    return found


def usual_ranges(terrain: Terrain, shares: list[Floats]) -> Floats:
    """Range of each objective over relaxations rounded to whole classes, 1 where there is none: (objectives,)."""
    if not shares:
        return np.ones(len(terrain.numbers.objectives))
    plans = np.array([np.where(terrain.possible, share, -1.0).argmax(axis=1) for share in shares], np.int8)
    width = np.ptp(terrain.values(plans), axis=0)
    return np.where(width > 0, width, 1.0)
