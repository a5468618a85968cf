"""Plans to start from: the uses of today, and linear relaxations of weighted sums, rounded, repaired and improved.

Where an objective is a sum over parcels, its best plan is a transport problem, whose relaxation leaves a handful of
parcels in between; rounded and repaired it is nearly the best there is.
"""

from __future__ import annotations

import numpy as np

from formulations.algebra.elements import Floats
from solver.genetic.land.improve import descended
from solver.genetic.land.repair import ROUNDS, LandRepair
from solver.genetic.land.terrain import Plans, Terrain
from solver.pareto.front import nondominated

PATIENCE = 4
"""Times the usual number of rounds of repair for plans to start from."""

WISH = 1_000.0
"""Metres of border that a parcel wholly in a class in the relaxation counts like, when repair has a choice."""

LEANINGS = (0.02, 0.3, 0.7)
"""Weights of fragmentation that a rounded plan is improved with, each giving a plan."""


def rounded(terrain: Terrain, shares: list[Floats], rng: np.random.Generator) -> tuple[Plans, np.ndarray]:
    """Plans from shares of classes, each (parcels, classes): one per relaxation, and which one it came from."""
    plans, origin = [], []
    for k, share in enumerate(shares):
        first = np.where(terrain.possible, share, -1.0).argmax(axis=1).astype(np.int8)
        plan, broken = LandRepair(terrain, taste=WISH * share).tried(first[None], rng, PATIENCE * ROUNDS)
        if not broken[0]:
            plans.append(plan[0])
            origin.append(k)
    return np.array(plans, np.int8).reshape(len(plans), terrain.shape[0]), np.array(origin, int)


def today(terrain: Terrain, rng: np.random.Generator, count: int = 4) -> Plans:
    """The present uses made to keep the rules, in a few ways; none if that fails."""
    plans = np.tile(terrain.land.present.position, (count, 1)).astype(np.int8)
    plans, broken = LandRepair(terrain).tried(plans, rng, PATIENCE * ROUNDS)
    if broken.all():
        plans = np.where(terrain.possible, rng.random((count, *terrain.shape)), -1.0).argmax(axis=2).astype(np.int8)
        plans, broken = LandRepair(terrain).tried(plans, rng, PATIENCE * ROUNDS)
    return plans[~broken]


def starting(
    terrain: Terrain,
    shares: list[Floats],
    weights: list[Floats],
    unit: Floats,
    rng: np.random.Generator,
    rounds: int = 12,
) -> tuple[Plans, int]:
    """Plans that keep all rules, and how many were looked at on the way.

    Parameters
    ----------
    shares, weights
        Relaxations: shares of classes (parcels, classes), and the weights of objectives that they are best for.
    unit
        What counts as one in each objective, shape (objectives,).
    rounds
        Of improvement, each a look at every plan.
    """
    names = terrain.numbers.objectives
    near, origin = rounded(terrain, shares, rng)
    present = today(terrain, rng)
    pool, wanted = [*present], [np.full(len(names), 1.0 / len(names)) / unit] * len(present)
    leanings = LEANINGS if "fragmentation" in names else (0.02,)
    for plan, k in zip(near, origin.tolist(), strict=True):
        w = weights[k] * unit
        w = w / max(float(w.sum()), 1e-300)
        for lean in leanings:
            mixed = (1.0 - lean) * (w + 1e-3)
            if "fragmentation" in names:
                mixed[names.index("fragmentation")] += lean
            pool.append(plan)
            wanted.append(mixed / unit)
    if not pool:
        return np.empty((0, terrain.shape[0]), np.int8), 0
    plans = np.array(pool, np.int8)
    best, looked = descended(LandRepair(terrain), plans, np.array(wanted), rng, rounds)
    everything = np.vstack([plans, best])
    return everything[nondominated(terrain.values(everything))], looked + len(plans)
