"""Small programs whose whole front can be listed."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from formulations.algebra.program import Program
from instances.index import Index
from solver.genetic.genome import Genome
from solver.pareto.front import nondominated
from solver.pareto.space import Space


@dataclass(frozen=True, eq=False)
class Nearest:
    """Everyone goes to the nearest open site; a member without a site serves nobody and breaks its rows."""

    distance: np.ndarray

    @property
    def genes(self):
        return self.distance.shape[1]

    def decode(self, genomes):
        people, sites = self.distance.shape
        X = np.zeros((len(genomes), sites + people * sites + 1))
        X[:, :sites] = genomes
        far = np.where(genomes[:, None, :], self.distance, np.inf)
        to = far.argmin(axis=2)
        rows, able = np.arange(len(genomes)), genomes.any(axis=1)
        for i in range(people):
            X[rows[able], sites + i * sites + to[able, i]] = 1.0
        X[able, -1] = far.min(axis=2)[able].max(axis=1)
        return sp.csr_array(X)


def location(seed, people=7, sites=6, p=None, third=False, smooth=False):
    """Cost of sites, total and worst distance; exactly p sites if given. Answers (space, genome, decoder).

    Distances are whole numbers, unless ``smooth``.
    """
    rng = np.random.default_rng(seed)
    home, place = rng.integers(0, 50, (people, 2)), rng.integers(0, 50, (sites, 2))
    distance = np.abs(home[:, None, :] - place[None, :, :]).sum(axis=2).astype(float)
    if smooth:
        distance = distance * np.pi
    price = rng.integers(1, 20, sites).astype(float)
    program = Program(f"location {seed}")
    I, J = Index("home", people), Index("site", sites)
    open_ = program.binary("open", J)
    pair = Index.tuples(
        "pair", home=(I, np.repeat(np.arange(people), sites)), site=(J, np.tile(np.arange(sites), people))
    )
    go = program.variable("go", pair, upper=1.0, integer=True)
    worst = program.variable("worst", upper=400.0, integer=not smooth)
    program.minimize(travel=(distance.ravel() * go).sum())
    if third or p is None:
        program.minimize(cost=(price * open_).sum())
    if third or p is not None:
        program.minimize(worst=worst)
    program.subject_to(
        served=go.sum_by(pair["home"]) == 1,
        linked=go <= open_.at(pair["site"]),
        reach=(distance.ravel() * go).sum_by(pair["home"]) <= worst.over(I),
    )
    if p is not None:
        program.require(number=open_.sum() == p)
    matrix = program.matrix()
    space = Space.of(matrix)
    return space, Genome.of(matrix, coordinates=place.astype(float)), Nearest(distance)


def knapsack(seed, items=8, objectives=2):
    """Yes or no to items that share room; answers (space, genome)."""
    rng = np.random.default_rng(seed)
    gain, weight = rng.integers(1, 30, (objectives, items)).astype(float), rng.integers(5, 25, (2, items)).astype(float)
    program = Program(f"knapsack {seed}")
    take = program.binary("open", Index("item", items))
    for k in range(objectives):
        program.objective(f"loss{k}", -(gain[k] * take).sum())
    for k in range(2):
        program.require(**{f"room{k}": (weight[k] * take).sum() <= weight[k].sum() // 2})
    matrix = program.matrix()
    return Space.of(matrix), Genome.of(matrix)


def everything(genes):
    """All genomes there are."""
    return np.array(list(itertools.product([False, True], repeat=genes)))


def listed_front(space, genome, decoder):
    """The whole front, by looking at every genome."""
    genomes = everything(genome.size)
    plans = decoder.decode(genomes)
    kept = space.matrix.violation(plans).max(axis=1, initial=0.0) <= 1e-9
    values = space.values(plans)[kept]
    return values[nondominated(values)]
