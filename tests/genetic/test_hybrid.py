from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from solver.certificate import keeps
from solver.clock import Clock
from solver.genetic.boxes import ends, search_boxes
from solver.genetic.genome import Genome
from solver.genetic.hybrid import hybrid
from solver.genetic.plain import Identity
from solver.genetic.relaxations import relaxations, rounded
from solver.genetic.repair import Repair
from solver.pareto.archive import Archive, Budget
from solver.pareto.exact import NoFrontError
from solver.pareto.front import Label
from solver.pareto.scalar import Scalars
from tests.genetic.programs import everything, knapsack, listed_front, location

CASES = [{"seed": 0}, {"seed": 3, "p": 2}, {"seed": 2, "third": True}]
SMALL = {"population": 10, "generations": 3, "polished": 2}


def listed_values(space, decoder, genes):
    """Values of all plans that the decoder gives, on the front or not."""
    plans = decoder.decode(everything(genes))
    return space.values(plans)[space.matrix.violation(plans).max(axis=1, initial=0.0) <= 1e-9]


@pytest.mark.parametrize("case", CASES)
def test_with_searches_enough_the_front_is_complete_and_the_listed_one(case):
    space, genome, decoder = location(**case)
    front = hybrid(space.matrix, genome, decoder, proofs=200, **SMALL)
    assert front.complete and front.status == "complete"
    assert np.array_equal(front.points, listed_front(space, genome, decoder))
    assert set(front.labels) == {Label.PROVEN} and front.epsilon == 0


@pytest.mark.parametrize("case", CASES[1:])
def test_without_steps_a_front_is_never_called_complete_and_misses_nothing_by_more_than_the_gap(case):
    space, genome, decoder = location(**case, smooth=True)
    front = hybrid(space.matrix, genome, decoder, proofs=200, gap=0.02, **SMALL)
    assert not front.complete and front.status == "representation" and not space.discrete
    listed = listed_front(space, genome, decoder)
    missing = ((front.points[:, None, :] - listed[None, :, :]) / front.scale).max(axis=2).min(axis=0)
    assert missing.max() <= front.epsilon + 1e-9
    assert missing.max() <= 0.02


@pytest.mark.parametrize("case", [*CASES, {"seed": 2, "third": True, "smooth": True}])
@pytest.mark.parametrize("proofs", [0, 2])
def test_what_is_said_about_a_front_that_is_not_complete_is_true(case, proofs):
    space, genome, decoder = location(**case, sites=7)
    front = hybrid(space.matrix, genome, decoder, anchors=0, proofs=proofs, **SMALL)
    listed = listed_front(space, genome, decoder)
    values = listed_values(space, decoder, genome.size)
    for fact in front.bounds.facts:
        inside = (values <= fact.within + 1e-9).all(axis=1)
        assert (values[inside] @ fact.weights >= fact.value - 1e-6 * max(1.0, abs(fact.value))).all()
    for y, label, distance, own in zip(front.points, front.labels, front.distance, front.verified, strict=True):
        assert label is not Label.PROVEN or np.isclose(listed, y, rtol=1e-12).all(axis=1).any()
        better = ((y - listed) / front.scale).min(axis=1).max()
        assert distance >= better - 1e-9 and own >= better - 1e-9
    missing = ((front.points[:, None, :] - listed[None, :, :]) / front.scale).max(axis=2).min(axis=0)
    assert front.epsilon >= missing.max() - 1e-9
    assert front.hypervolume <= front.hypervolume_bound + 1e-12


@pytest.mark.parametrize("case", CASES)
def test_every_front_carries_a_proof_that_trusts_no_search_tree(case):
    space, genome, decoder = location(**case)
    front = hybrid(space.matrix, genome, decoder, anchors=0, proofs=0, **SMALL)
    assert np.isfinite(front.verified).all()
    assert sum(fact.verified for fact in front.bounds.facts) >= space.size


def test_the_ends_are_the_best_of_each_objective_and_on_the_front():
    space, genome, decoder = location(5, third=True)
    archive = Archive.empty(space)
    ends(Scalars(space), archive, Budget())
    listed = listed_front(space, genome, decoder)
    assert np.array_equal(archive.points.min(axis=0), listed.min(axis=0))
    assert {tuple(y) for y in archive.points} <= {tuple(y) for y in listed}


def test_searching_boxes_alone_lists_a_front():
    space, genome = knapsack(2, objectives=3)
    archive = Archive.empty(space)
    ask = Scalars(space)
    ends(ask, archive, Budget())
    assert search_boxes(ask, archive, Budget(), 500)
    listed = listed_front(space, genome, Identity(genome))
    assert sorted(map(tuple, archive.points)) == sorted(map(tuple, listed))


def test_plans_near_relaxations_keep_their_rows_and_lie_on_or_above_the_front():
    space, genome, decoder = location(5, third=True)
    archive = Archive.empty(space)
    assert rounded(archive, relaxations(archive, Budget()), decoder, Repair(genome), 0) >= len(archive.points) > 0
    assert keeps(space.matrix, np.array(archive.plans)).all() and set(archive.origins) == {"relaxation"}
    listed = listed_front(space, genome, decoder)
    assert all((listed <= y).all(axis=1).any() for y in archive.points)


def test_an_end_that_a_relaxation_has_proven_is_not_searched_again():
    space, _, _ = location(0)
    searched, spared = Archive.empty(space), Archive.empty(space)
    ends(Scalars(space), searched, Budget())
    for x in searched.plans:
        spared.take(x, "start")
    spared.bounds.ideal[:] = spared.points.min(axis=0)
    ends(Scalars(space), spared, Budget())
    assert (searched.solves, spared.solves) == (4, 2)
    assert np.array_equal(searched.points, spared.points)


@pytest.mark.parametrize("seed", range(3))
def test_relaxations_bound_every_plan(seed):
    space, genome, decoder = location(seed, third=True)
    archive = Archive.empty(space)
    relaxations(archive, Budget())
    values = listed_values(space, decoder, genome.size)
    assert len(archive.bounds.facts) > 2 * space.size
    for fact in archive.bounds.facts:
        assert fact.verified and (values @ fact.weights >= fact.value - 1e-9 * max(1.0, abs(fact.value))).all()


def test_the_same_seed_gives_the_same_front():
    space, genome, decoder = location(4, people=15, sites=12)
    one, two = (hybrid(space.matrix, genome, decoder, proofs=3, seed=5, **SMALL) for _ in range(2))
    assert np.array_equal(one.points, two.points) and one.origins == two.origins
    assert np.array_equal(one.distance, two.distance) and one.epsilon == two.epsilon


def test_a_time_limit_ends_it_with_what_there_is():
    space, genome, decoder = location(4, people=15, sites=12)
    front = hybrid(space.matrix, genome, decoder, generations=10**6, proofs=10**6, time_limit=1.0)
    assert len(front) and (front.complete or front.status == "stopped")


def test_ctrl_c_during_evolution_ends_the_rest_too():
    space, genome, decoder = location(4, people=15, sites=12)
    seen = []

    def press(event):
        seen.append(event.stage)
        if event.stage == "evolution" and event.total == 3:
            raise KeyboardInterrupt

    front = hybrid(space.matrix, genome, decoder, anchors=0, on_event=press, **SMALL)
    assert front.status == "stopped" and len(front) and seen[-1] == "evolution" and "polish" not in seen


def test_plans_at_hand_are_kept_unless_something_better_is_found():
    space, genome, decoder = location(4)
    start = decoder.decode(everything(genome.size)[[-1]]).toarray()
    front = hybrid(space.matrix, genome, decoder, starts=start, **SMALL)
    assert (front.points <= space.values(start)).all(axis=1).any()


def test_options_out_of_range_are_refused_together():
    space, genome, decoder = location(0)
    with pytest.raises(ValueError, match="anchors") as told:
        hybrid(space.matrix, genome, decoder, anchors=-1, radius=0, gap=-0.1)
    assert "radius" in str(told.value) and "gap" in str(told.value)


def test_a_question_without_any_plan_is_an_error_that_says_so():
    space, _, decoder = location(0)
    matrix = space.matrix
    none = replace(matrix, lower=np.where(np.arange(len(matrix.lower)) == len(matrix.lower) - 1, 0.0, matrix.lower))
    none = replace(none, upper=np.where(np.arange(len(matrix.upper)) == len(matrix.upper) - 1, 0.0, matrix.upper))
    with pytest.raises(NoFrontError, match="no plan keeps all the rules"):
        hybrid(none, Genome.of(none), decoder, **SMALL)


def test_time_that_is_over_before_any_plan_is_found_leaves_the_archive_empty():
    space, _, _ = location(0)
    archive = Archive.empty(space)
    assert not search_boxes(Scalars(space), archive, Budget(Clock(0.0)), 5)
    assert not len(archive.points)
