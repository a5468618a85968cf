from __future__ import annotations

import itertools

import numpy as np
import pytest

from formulations.location.access import Access
from formulations.location.median_center import MedianCenter
from solver.certificate import keeps
from solver.genetic.evolve import evolve
from solver.genetic.genome import Genome
from solver.genetic.hybrid import hybrid
from solver.genetic.located import Located
from solver.pareto.front import nondominated
from solver.pareto.space import Space
from tests.genetic.programs import everything


def question(seed, p=3, homes=10, sites=8, reach=np.inf):
    rng = np.random.default_rng(seed)
    home, place = rng.integers(0, 40, (homes, 2)), rng.integers(0, 40, (sites, 2))
    distance = np.abs(home[:, None, :] - place[None, :, :]).sum(axis=2).astype(float)
    distance[distance > np.maximum(reach, distance.min(axis=1, keepdims=True))] = np.inf
    access = Access.of(rng.integers(1, 9, homes), distance)
    asked = MedianCenter(p)
    matrix = asked.build(access).matrix()
    return access, Space.of(matrix), Genome.of(matrix), Located(asked, access)


def listed(access, p):
    """Total and largest distance of every choice of p sites, straight from the distances."""
    values = []
    for chosen in itertools.combinations(range(access.site.size), p):
        near = access.distance[:, list(chosen)].min(axis=1)
        if np.isfinite(near).all():
            values.append([access.weight @ near, near.max()])
    points = np.array(values)
    return points[nondominated(points)]


@pytest.mark.parametrize("reach", [np.inf, 20])
def test_plans_values_and_violations_agree_with_the_matrix(reach):
    access, space, genome, decoder = question(1, reach=reach)
    genomes = everything(8)
    broken = decoder.violation(genomes)
    right = genomes[broken == 0]
    plans = decoder.decode(right).toarray()
    assert len(right) and keeps(space.matrix, plans).all()
    assert np.array_equal(genome.read(plans), right)
    assert np.allclose(space.values(plans), decoder.evaluate(right))
    reached = np.isfinite(np.where(genomes[:, None, :], access.distance, np.inf).min(axis=2)).all(axis=1)
    assert np.array_equal(broken == 0, reached & (genomes.sum(axis=1) == 3))
    assert np.isfinite(decoder.evaluate(genomes)).all()


@pytest.mark.parametrize(("seed", "reach"), [(0, np.inf), (1, np.inf), (2, 25)])
def test_evolution_finds_the_front_of_all_choices(seed, reach):
    access, space, genome, decoder = question(seed, reach=reach)
    found = evolve(space, genome, decoder, population=20, generations=20)
    assert np.allclose(found.points[nondominated(found.points)], listed(access, 3))


def test_the_hybrid_front_is_the_one_of_all_choices_and_proven():
    access, space, genome, decoder = question(4)
    front = hybrid(space.matrix, genome, decoder, population=12, generations=4, polished=3, proofs=200)
    assert np.allclose(front.points, listed(access, 3))
    assert front.complete
