from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from formulations.algebra.program import Program
from instances.index import Index
from solver.certificate import keeps
from solver.clock import Clock
from solver.genetic.completed import complete_found, improve, prove_sums, search_cuts
from solver.genetic.cuts import Cuts
from solver.genetic.decoders.recourse import Recourse
from solver.genetic.genome import Genome
from solver.genetic.hybrid import hybrid
from solver.genetic.repair import Repair
from solver.genetic.second_stage import SecondStage
from solver.pareto.archive import Archive, Budget
from solver.pareto.front import nondominated
from solver.pareto.space import Space
from tests.genetic.programs import everything, location


def flow(seed, people=6, sites=5):
    """Cost of sites against travel; people may be split, or stay where they are at a price. Answers (space, genome)."""
    rng = np.random.default_rng(seed)
    program = Program(f"flow {seed}")
    I, J = Index("home", people), Index("site", sites)
    open_ = program.binary("open", J)
    pair = Index.tuples(
        "pair", home=(I, np.repeat(np.arange(people), sites)), site=(J, np.tile(np.arange(sites), people))
    )
    go, stay = program.variable("go", pair, upper=1.0), program.variable("stay", I, upper=1.0)
    size = rng.integers(5, 30, people).astype(float)
    far = rng.integers(1, 50, people * sites) * np.repeat(size, sites)
    room = rng.integers(20, 60, sites).astype(float)
    program.minimize(travel=(far * go).sum() + (200.0 * size * stay).sum())
    program.minimize(cost=(rng.integers(1, 20, sites).astype(float) * open_).sum())
    program.subject_to(
        served=go.sum_by(pair["home"]) + stay == 1,
        linked=go <= open_.at(pair["site"]),
        room=(np.repeat(size, sites) * go).sum_by(pair["site"]) <= room * open_,
    )
    matrix = program.matrix()
    return Space.of(matrix), Genome.of(matrix)


def by_other_software(space, genome, member, k):
    """Least value of an objective with the genes fixed, by SciPy; infinite if there is no plan."""
    matrix = space.matrix
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    lower[genome.columns] = upper[genome.columns] = member
    A = np.vstack([matrix.A.toarray(), -matrix.A.toarray()])
    b = np.concatenate([matrix.row_upper, -matrix.row_lower])
    use = np.isfinite(b)
    found = linprog(space.C.toarray()[k], A_ub=A[use], b_ub=b[use], bounds=np.column_stack([lower, upper]))
    return found.fun + space.c0[k] if found.status == 0 else np.inf


def listed(space, genome):
    """Values of all first stages that have a plan, each completed by SciPy."""
    second = SecondStage.of(space, genome)
    values = []
    for member in everything(genome.size):
        y = space.C[:, genome.columns] @ member.astype(float) + space.c0
        y[second.objective] = by_other_software(space, genome, member, second.objective)
        values.append(y)
    return np.array(values)


@pytest.mark.parametrize("seed", range(3))
def test_a_completion_is_the_best_there_is_and_keeps_all_rows(seed):
    space, genome = flow(seed)
    cuts = Cuts(SecondStage.of(space, genome))
    for member in everything(genome.size)[1::7]:
        values, xs = cuts.value(member.astype(float))
        k = cuts.second.objective
        assert values[k] == pytest.approx(by_other_software(space, genome, member, k), rel=1e-7)
        x = cuts.second.plan(member.astype(float), xs)
        assert keeps(space.matrix, x[None])[0]
        assert space.values(x[None])[0] == pytest.approx(values, rel=1e-7)


def test_a_first_stage_without_any_plan_is_said_to_have_none_and_the_front_is_found_without_cuts():
    space, genome, decoder = location(0)
    matrix = space.matrix
    whole = matrix.integer & (np.arange(matrix.shape[1]) < genome.size)
    space = Space.of(replace(matrix, integer=whole))
    genome = Genome.of(space.matrix)
    assert Cuts(SecondStage.of(space, genome)).value(np.zeros(genome.size)) is None
    front = hybrid(space.matrix, genome, decoder, population=10, generations=3, polished=2, proofs=3)
    assert len(front) > 1 and {"ends", "exact"} & set(front.origins)


@pytest.mark.parametrize("seed", range(3))
def test_no_cut_lies_above_the_best_completion_of_any_genome(seed):
    space, genome = flow(seed)
    cuts = Cuts(SecondStage.of(space, genome))
    for g in np.random.default_rng(seed).uniform(0.2, 1.0, (6, genome.size)):
        cuts.value(g)
    members = everything(genome.size)
    values = listed(space, genome)
    assert len(cuts.cuts) > 2
    assert (cuts.hoped(members) <= values + 1e-6).all()
    flips = np.arange(genome.size)
    flipped = np.array([members[9] ^ (flips == j) for j in flips])
    assert cuts.flipped(members[9], flips) == pytest.approx(cuts.hoped(flipped), rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_what_cuts_prove_contradicts_no_plan(seed):
    space, genome = flow(seed)
    cuts, archive = Cuts(SecondStage.of(space, genome)), Archive.empty(space)
    assert prove_sums(cuts, archive, Budget(), most=60)
    values = listed(space, genome)
    complete_found(cuts, archive, everything(genome.size)[1::5], Budget())
    search_cuts(cuts, archive, Budget(), 20, 0.01)
    assert sum(fact.verified and np.isfinite(fact.value) for fact in archive.bounds.facts) > space.size
    for fact in archive.bounds.facts:
        inside = (values <= fact.within + 1e-9).all(axis=1)
        assert (values[inside] @ fact.weights >= fact.value - 1e-6 * max(1.0, abs(fact.value))).all()


def test_sums_proven_by_cuts_come_near_to_those_of_the_whole_relaxation():
    space, genome = flow(1)
    cuts, archive = Cuts(SecondStage.of(space, genome)), Archive.empty(space)
    prove_sums(cuts, archive, Budget())
    matrix = space.matrix
    A = np.vstack([matrix.A.toarray(), -matrix.A.toarray()])
    b = np.concatenate([matrix.row_upper, -matrix.row_lower])
    use = np.isfinite(b)
    box = np.column_stack([matrix.lower, matrix.upper])
    for fact in archive.bounds.facts[space.size : space.size + 7]:
        whole = linprog(fact.weights @ space.C.toarray(), A_ub=A[use], b_ub=b[use], bounds=box).fun
        assert whole * (1 - 2e-2) - 1e-9 <= fact.value <= whole + 1e-9


@pytest.mark.parametrize("seed", range(2))
def test_a_hybrid_front_by_cuts_lies_on_the_listed_one_within_what_it_says(seed):
    space, genome = flow(seed)
    assert SecondStage.of(space, genome) is not None
    front = hybrid(space.matrix, genome, Recourse.of(genome), population=10, generations=3, polished=20, gap=0.01)
    values = listed(space, genome)
    truth = values[nondominated(values)]
    for y in front.points:
        assert (np.abs(values - y) <= 1e-6 * np.abs(y).max()).all(axis=1).any()
    missing = ((front.points[:, None, :] - truth[None, :, :]) / front.scale).max(axis=2).min(axis=0)
    assert missing.max() <= front.epsilon + 1e-9
    assert front.hypervolume <= front.hypervolume_bound + 1e-12


def test_improving_stops_at_once_when_time_is_over():
    space, genome = flow(0)
    cuts, archive = Cuts(SecondStage.of(space, genome)), Archive.empty(space)
    cuts.taken(archive, np.ones(genome.size, bool), "start")
    solves = cuts.solves
    assert improve(cuts, archive, Repair(genome), 0, Budget(Clock(0.0))) == 0 and cuts.solves == solves


def test_whole_numbers_or_several_objectives_in_the_second_stage_leave_cuts_out():
    space, genome, _ = location(0)
    assert SecondStage.of(space, genome) is None
    space, genome, _ = location(2, third=True, smooth=True)
    assert SecondStage.of(space, genome) is None
