"""pymoo's algorithms by name, with our operators in the places of its own.

Of pymoo 0.6.2 we use how survivors are chosen. Selection, mating and repair are ours, vectorised and drawing from the
algorithm's generator alone: pymoo's own tournament of NSGA-III draws ties from a generator without a seed.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from pymoo.algorithms.moo.moead import ParallelMOEAD
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.algorithms.moo.nsga3 import NSGA3
from pymoo.algorithms.moo.sms import SMSEMOA
from pymoo.config import Config
from pymoo.core.population import Population
from pymoo.util.ref_dirs import get_reference_directions

from formulations.algebra.elements import Floats
from solver.genetic.decoder import Genomes
from solver.genetic.variation import Mending, Operators

Name: TypeAlias = Literal["nsga2", "nsga3", "moead", "sms"]

NAMES: tuple[str, ...] = get_args(Name)

TRIES = 12
"""Rounds of mating in search of children that are not in the population yet."""

NEAR = 0.9
"""Share of the children of MOEA/D whose parents belong to neighbouring weights."""

AUGMENTED = 1e-3
"""Weight of the sum in the scalar value of MOEA/D, which keeps it from taking weakly dominated members."""


def default_algorithm(objectives: int) -> Name:
    """NSGA-II for two objectives, NSGA-III for more."""
    return "nsga2" if objectives == 2 else "nsga3"


def algorithm_of(
    name: Name, objectives: int, population: int, operators: Operators, repair: Mending, first: Genomes, seed: int
) -> Any:
    """A pymoo algorithm, not yet set up.

    Parameters
    ----------
    population
        Members; MOEA/D has as many as there are evenly spread weights, which may be a few less.
    first
        The first population, shape (at least as many as members, genes).

    Raises
    ------
    ValueError
        If there is no algorithm of that name.
    """
    # pymoo would print that it runs without its compiled part
    Config.warnings["not_compiled"] = False
    mating = Mating(operators, repair, name)
    terms = {"mating": mating, "eliminate_duplicates": False, "seed": seed, "output": None}
    if name == "nsga2":
        return NSGA2(pop_size=population, sampling=first[:population], **terms)
    if name == "sms":
        return SMSEMOA(pop_size=population, sampling=first[:population], **terms)
    if name == "nsga3":
        # a few more members than directions, as in Deb and Jain (2014)
        directions = spread_weights(objectives, population)
        return NSGA3(directions, pop_size=population, sampling=first[:population], **terms)
    if name == "moead":
        directions = spread_weights(objectives, population)
        members = len(directions)
        del terms["eliminate_duplicates"]
        return Decomposed(
            directions, n_neighbors=min(20, members), sampling=first[:members], n_offsprings=members, **terms
        )
    raise ValueError(f"algorithm {name!r} is unknown; there are {', '.join(NAMES)}")


def spread_weights(objectives: int, most: int) -> Floats:
    """At most ``most`` weights spread evenly, each adding up to one: (weights, objectives).

    Source: Das and Dennis (1998), DOI 10.1137/S1052623496307510; from five objectives on in two layers, as in Deb and
    Jain (2014), DOI 10.1109/TEVC.2013.2281535.
    """

    def layer(parts: int, scaling: float | None = None) -> Floats:
        found = get_reference_directions("das-dennis", objectives, n_partitions=parts, scaling=scaling)
        return np.asarray(found, float)

    best = np.vstack([np.eye(objectives), np.full((1, objectives), 1.0 / objectives)])
    parts = 1
    while _count(objectives, parts) <= most and parts < most:
        best = layer(parts)
        parts += 1
    if objectives >= 5 and parts - 1 < objectives:
        inner = 0
        while len(best) + _count(objectives, inner + 1) <= most and inner < parts - 1:
            inner += 1
        if inner:
            best = np.vstack([best, layer(inner, 0.5)])
    return best


def _count(objectives: int, parts: int) -> int:
    from math import comb

    return comb(parts + objectives - 1, objectives - 1)


class Mating:
    """Children of a population: parents by tournament, crossing, moves, repair, no twins; as pymoo calls it."""

    def __init__(self, operators: Operators, repair: Mending, name: Name) -> None:
        self.operators, self.repair, self.name = operators, repair, name
        # what pymoo asks of a crossover
        self.n_parents, self.crossover = 2, self

    def do(
        self,
        problem: Any,
        pop: Any,
        n_offsprings: float,
        parents: Any = None,
        random_state: Any = None,
        **kwargs: Any,
    ) -> Any:
        """New members, not evaluated; two per pair where ``parents`` are given, shape (pairs, 2)."""
        rng = random_state
        X = np.asarray(pop.get("X"))
        if parents is not None:
            return Population.new(X=self._children(X, np.asarray(parents, int), rng))
        wanted = int(n_offsprings)
        merit = _merit(pop, self.name)
        seen = {row.tobytes() for row in X}
        found: list[Genomes] = []
        for turn in range(TRIES):
            missing = wanted - len(found)
            if turn < TRIES - 1:
                children = self._children(X, _tournament(merit, (missing + 1) // 2, rng), rng)[:missing]
            else:
                # the population is all there is around it: let strangers in, and twins if there are no strangers
                children = self.repair.strangers(X, missing, rng)
            for child in children:
                if (key := child.tobytes()) not in seen or turn == TRIES - 1:
                    seen.add(key)
                    found.append(child)
            if len(found) == wanted:
                break
        return Population.new(X=np.array(found[:wanted]))

    def _children(self, X: Genomes, pairs: np.ndarray, rng: np.random.Generator) -> Genomes:
        children = self.operators.crossed(X[pairs[:, 0]], X[pairs[:, 1]], rng)
        return self.repair(self.operators.moved(children, rng), rng)


def _merit(pop: Any, name: Name) -> Floats:
    """What a tournament looks at, first things first, smaller is better: (members, criteria)."""
    broken = np.asarray(pop.get("CV"), float).reshape(len(pop))
    rank, crowding = (np.array([_number(v) for v in pop.get(key, to_numpy=False)]) for key in ("rank", "crowding"))
    feasible = broken <= 0
    rank = np.where(feasible & np.isfinite(rank), rank, np.inf)
    if name == "nsga2":
        return np.column_stack([broken, rank, np.where(feasible & ~np.isnan(crowding), -crowding, np.inf)])
    if name == "sms":
        return np.column_stack([broken, rank])
    # NSGA-III leaves the choice among members that keep all rows to chance
    return broken[:, None]


def _number(value: Any) -> float:
    return np.nan if value is None else float(value)


def _tournament(merit: Floats, pairs: int, rng: np.random.Generator) -> np.ndarray:
    """Parents, each the better of two members by chance: (pairs, 2)."""
    members = len(merit)
    rivals = rng.integers(0, members, (2, 2 * pairs))
    # position in the order of merit, ties drawn anew each time
    order = np.lexsort((rng.random(members), *merit.T[::-1]))
    place = np.empty(members, int)
    place[order] = np.arange(members)
    better: np.ndarray = np.where(place[rivals[0]] <= place[rivals[1]], rivals[0], rivals[1])
    return better.reshape(pairs, 2)


class Decomposed(ParallelMOEAD):  # type: ignore[misc]
    """MOEA/D that keeps rows and knows the range of each objective.

    pymoo's refuses constraints and compares values of different units. Here a member that breaks less wins, and among
    those that keep all rows the one with the smaller augmented Tchebycheff value over the range of the population.

    Source: Zhang and Li (2007), DOI 10.1109/TEVC.2007.892759.
    """

    def _setup(self, problem: Any, **kwargs: Any) -> None:
        constrained, problem.n_ieq_constr = problem.n_ieq_constr, 0
        try:
            super()._setup(problem, **kwargs)
        finally:
            problem.n_ieq_constr = constrained

    ideal: Floats

    def _infill(self) -> Any:
        """One child per weight: its parents are near it nine times in ten, itself one of the two that mating gives."""
        rng, members = self.random_state, len(self.pop)
        self.indices = rng.permutation(members)
        near = self.neighbors[self.indices]
        parents = np.argsort(rng.random(near.shape), axis=1)[:, :2]
        parents = np.take_along_axis(near, parents, axis=1)
        far = rng.random(members) >= NEAR
        parents[far] = rng.integers(0, members, (int(far.sum()), 2))
        pairs = self.mating.do(self.problem, self.pop, 2 * members, parents=parents, random_state=rng)
        return pairs[2 * np.arange(members) + rng.integers(0, 2, members)]

    def _advance(self, infills: Any = None, **kwargs: Any) -> None:
        F, kept = infills.get("F"), infills.get("CV")[:, 0] <= 0
        self.ideal = np.vstack([self.ideal, F[kept]]).min(axis=0)
        nadir = self.pop.get("F").max(axis=0)
        self.width = np.where(nadir > self.ideal, nadir - self.ideal, 1.0)
        for k, child in zip(self.indices, infills, strict=True):
            self._replace(int(k), child)

    def _replace(self, k: int, off: Any) -> None:
        pop, N = self.pop, self.neighbors[k]
        broken, less = pop[N].get("CV")[:, 0], float(off.CV[0])
        better = self._scalar(off.F[None, :], N) < self._scalar(pop[N].get("F"), N)
        pop[N[(less < broken) | ((less == broken) & better)]] = off

    def _scalar(self, F: Floats, N: Any) -> Floats:
        away = np.maximum(self.ref_dirs[N], 1e-4) * ((F - self.ideal) / self.width)
        value: Floats = away.max(axis=1) + AUGMENTED * away.sum(axis=1)
        return value
