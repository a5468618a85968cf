"""Fronts small enough to list every plan, and towns whose fronts are found in a moment."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from formulations.algebra.matrix import Matrix
from formulations.algebra.program import Program
from instances.index import Index
from solver.pareto.assemble import assemble
from solver.pareto.bounds import Fact, LowerBounds
from solver.pareto.front import Front, nondominated
from solver.pareto.space import Space


@dataclass(frozen=True, eq=False)
class Listed:
    """A front with all plans there are: ``values`` of shape (plans, p)."""

    front: Front
    matrix: Matrix
    values: np.ndarray


def listed(objectives: int = 2, items: int = 7, seed: int = 0, known: float = 1.0) -> Listed:
    """A knapsack turned round: leave out items, each worth something to several parties, as cheaply as possible.

    ``known`` is the share of the points of the front that are found; facts hold for all plans, some of them about
    limits, some about nothing being there, some about sums.
    """
    rng = np.random.default_rng(seed)
    worth = rng.integers(1, 40, (objectives, items)).astype(float)
    program = Program("boxes")
    item = Index.named("item", [f"box {k + 1}" for k in range(items)])
    take = program.binary("take", item)
    for k in range(objectives):
        program.objective(f"loss_{k}", (worth[k] * (1.0 - take)).sum(), unit=("EUR", "people", "h")[k])
    program.require(room=take.sum() <= items // 2)
    matrix = program.matrix()
    plans = np.array([x for x in itertools.product([0.0, 1.0], repeat=items) if sum(x) <= items // 2])
    space = Space.of(matrix)
    values = space.values(plans)
    best = nondominated(values)
    found = np.sort(rng.choice(best, max(min(2, len(best)), int(known * len(best))), replace=False))
    ideal = values.min(axis=0)
    bounds = LowerBounds(ideal.copy())
    for k in range(6):
        weights = np.eye(objectives)[k % objectives] if k < 2 else rng.integers(1, 4, objectives).astype(float)
        within = np.full(objectives, np.inf)
        within[(k + 1) % objectives] = np.quantile(values[:, (k + 1) % objectives], rng.uniform(0.1, 0.9))
        inside = (values <= within).all(axis=1)
        value = float((values[inside] @ weights).min()) if inside.any() else np.inf
        bounds.add(Fact(within, weights, value - rng.integers(0, 3), verified=bool(k % 2), matched=k == 5))
    bounds.add(Fact(ideal - 1.0, np.ones(objectives), np.inf, verified=False))
    front = assemble(
        space, plans[found], ["exact", "genetic"] * len(found), bounds, gap=0.05, complete=False, status="stopped",
        method="listing", seconds=0.25, solves=len(bounds.facts), seed=seed, options={"grid": 3},
    )  # fmt: skip
    return Listed(front, matrix, values)
