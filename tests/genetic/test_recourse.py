"""Exact recourse against enumeration of all first stages, and against greedy plans."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from formulations.plan import CorridorRules, IntegratedPlan, Promise, ShelterRules, StockRules
from solver.certificate import verify
from solver.clock import Stop
from solver.genetic.decoders.recourse import Recourse
from solver.genetic.decoders.shelters import Greedy
from solver.genetic.genome import Genome
from solver.genetic.problem import breach
from tests.genetic.test_decoders import genome_of, roomy, some_genomes
from tests.instances.tiny import tiny_instance
from tests.plan.test_the_plan_equals_its_twin import optimum

NAMES = ("cost", "unserved", "travel", "unserved_cvar")
WEIGHTS = {"cost": 0.01, "unserved": 10.0, "travel": 0.1, "unserved_cvar": 1.0}


def weighed(matrix: object, plans: object, weights: dict[str, float]) -> np.ndarray:
    w = np.array([weights.get(n, 0.0) for n in matrix.objectives])  # type: ignore[attr-defined]
    return np.asarray(matrix.evaluate(plans) @ w)  # type: ignore[attr-defined]


@pytest.mark.parametrize("rules", [ShelterRules(), ShelterRules(one_mode=True), ShelterRules(whole=True)])
def test_the_best_recourse_of_all_genomes_is_the_optimum(rules: ShelterRules) -> None:
    matrix = IntegratedPlan(shelters=rules, harden="none", objectives=NAMES).build(tiny_instance(5, 3, seed=4)).matrix()
    genome = genome_of(matrix)
    every = np.array(list(itertools.product([False, True], repeat=genome.size)))
    plans = Recourse.of(genome, WEIGHTS).decode(every)
    assert (breach(matrix, plans) == 0).all()
    assert weighed(matrix, plans, WEIGHTS).min() == pytest.approx(optimum(matrix, WEIGHTS), rel=1e-6)
    # greedy is one way to go on, recourse the best one
    greedy = weighed(matrix, Greedy.of(genome).decode(every), WEIGHTS)
    best = weighed(matrix, plans, WEIGHTS)
    assert (best <= greedy + 1e-6 * np.abs(greedy)).all()
    assert (best < greedy - 1.0).any(), "where room is scarce the nearest place is not the best one for all"


def test_with_room_for_all_greedy_is_the_best_recourse() -> None:
    town = roomy(tiny_instance(6, 4, seed=1), 1000.0)
    matrix = IntegratedPlan(harden="all", objectives=("unserved", "travel")).build(town).matrix()
    genome, weights = genome_of(matrix), {"unserved": 1000.0, "travel": 1.0}
    genomes = some_genomes(genome.size, 20)
    best = weighed(matrix, Recourse.of(genome, weights).decode(genomes), weights)
    assert weighed(matrix, Greedy.of(genome).decode(genomes), weights) == pytest.approx(best, rel=1e-7)


def test_stock_and_corridors_are_completed_and_impossible_genomes_break_as_little_as_they_can() -> None:
    question = IntegratedPlan(
        stock=StockRules(), corridors=CorridorRules(), objectives=("cost", "unserved", "shortage"),
        promises=(Promise("moderate", unserved=0.5),),
    )  # fmt: skip
    matrix = question.build(tiny_instance(6, 4, seed=0, requests=True)).matrix()
    genome = Genome.of(matrix, ("open", "harden", "corridor"))
    weights = {"cost": 0.001, "unserved": 50.0, "shortage": 1.0}
    from solver.backends.highs import run_highs
    from solver.backends.search import Search
    from solver.clock import Clock

    answer = run_highs(matrix, Search(*matrix.cost(weights), Clock(60.0), 0.0, 0, 1))
    best = genome.read(np.round(answer.x[None, :], 6))
    genomes = np.vstack([best, some_genomes(genome.size, 6)])
    decoder = Recourse.of(genome, weights)
    plans = decoder.decode(genomes)
    assert verify(matrix, weights, plans.toarray()[0], verify_bound=False).feasible
    assert weighed(matrix, plans, weights)[0] == pytest.approx(optimum(matrix, weights), rel=1e-6)
    broken = breach(matrix, plans)
    assert broken[0] == 0.0 and broken[-1] > 0, "a genome without anything ties no key place"
    assert (genome.read(plans) == genome.held(genomes)).all()
    for k in range(len(genomes)):
        fixed = _fixed(matrix, genome, genomes[k])
        assert (broken[k] == 0) == (optimum(fixed, weights) is not None)


def test_a_plan_depends_on_its_own_genome_only() -> None:
    matrix = IntegratedPlan(harden="all", objectives=NAMES).build(tiny_instance(7, 5, seed=3)).matrix()
    decoder = Recourse.of(genome_of(matrix))
    genomes = some_genomes(decoder.genes, 10)
    order = np.random.default_rng(0).permutation(10)
    assert (decoder.decode(genomes).toarray()[order] == decoder.decode(genomes[order]).toarray()).all()


def test_when_time_is_over_what_comes_back_is_told_to_break_rows() -> None:
    matrix = IntegratedPlan(harden="all", objectives=NAMES).build(tiny_instance(7, 5, seed=3)).matrix()
    genome = genome_of(matrix)
    genomes, stop = some_genomes(genome.size, 4), Stop()
    decoder = Recourse.of(genome, seconds=60.0, stop=stop)
    unhurried = decoder.decode(genomes)
    assert (unhurried.toarray() == Recourse.of(genome).decode(genomes).toarray()).all()
    stop.set()
    stopped = decoder.decode(genomes)
    assert (genome.read(stopped) == genome.held(genomes)).all()
    assert (breach(matrix, stopped) > 0).all()
    hurried = Recourse.of(genome, seconds=1e-9).decode(genomes)
    assert (genome.read(hurried) == genome.held(genomes)).all()
    sound = breach(matrix, hurried) == 0
    assert (
        weighed(matrix, hurried, WEIGHTS)
        >= weighed(matrix, Recourse.of(genome, WEIGHTS).decode(genomes), WEIGHTS) - 1e-6
    )[sound].all()


def test_weights_that_mean_nothing_are_refused_together() -> None:
    genome = genome_of(IntegratedPlan().build(tiny_instance()).matrix())
    with pytest.raises(ValueError, match="is -1") as fault:
        Recourse.of(genome, {"cost": -1.0, "joy": 1.0})
    assert "'joy' is unknown" in str(fault.value)
    with pytest.raises(ValueError, match="limit of 0"):
        Recourse.of(genome, seconds=0.0)


def _fixed(matrix: object, genome: Genome, bits: np.ndarray) -> object:
    from dataclasses import replace

    lower, upper = matrix.lower.copy(), matrix.upper.copy()  # type: ignore[attr-defined]
    lower[genome.columns] = upper[genome.columns] = bits
    return replace(matrix, lower=lower, upper=upper)  # type: ignore[type-var]
