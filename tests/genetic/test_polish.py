from __future__ import annotations

import numpy as np
import pytest

from solver.certificate import keeps
from solver.clock import Clock
from solver.genetic.plain import Identity
from solver.genetic.polish import gaps, near, polish, spread_out
from solver.pareto.archive import Archive, Budget
from tests.genetic.programs import everything, knapsack, listed_front, location


def poor(space, genome, decoder, members):
    """An archive of a few plans that nobody has looked for."""
    archive = Archive.empty(space)
    for x in decoder.decode(members).toarray():
        if keeps(space.matrix, x[None, :])[0]:
            archive.take(x, "start")
    return archive


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("radius", [1, 3])
def test_polish_loses_nothing_and_everything_new_keeps_its_rows(seed, radius):
    space, genome, decoder = location(seed, sites=8, third=seed % 2 == 1)
    archive = poor(space, genome, decoder, np.random.default_rng(seed).random((4, 8)) < 0.6)
    before = archive.points.copy()
    done = polish(archive, genome, radius=radius, points=5)
    for y in before:
        assert (archive.points <= y).all(axis=1).any()
    assert keeps(space.matrix, np.array(archive.plans)).all()
    assert np.array_equal(space.values(np.array(archive.plans)), archive.points)
    new = [k for k, origin in enumerate(archive.origins) if origin == "polish"]
    assert (done.better + done.between > 0) == bool(new)


def test_polish_with_room_for_every_change_finds_points_of_the_true_front():
    space, genome = knapsack(3)
    decoder = Identity(genome)
    archive = poor(space, genome, decoder, np.zeros((1, 8), bool))
    polish(archive, genome, radius=8, points=3)
    listed = {tuple(y) for y in listed_front(space, genome, decoder)}
    assert archive.origins == ["polish"] and {tuple(y) for y in archive.points} <= listed


def test_polish_finds_the_best_plan_within_its_radius():
    space, genome = knapsack(3)
    decoder = Identity(genome)
    archive = poor(space, genome, decoder, np.zeros((1, 8), bool))
    polish(archive, genome, radius=2, points=1)
    members = everything(8)
    members = members[(members.sum(axis=1) <= 2)]
    plans = decoder.decode(members).toarray()
    values = space.values(plans)[keeps(space.matrix, plans)]
    # from one point there is no range yet, so all objectives weigh alike
    assert archive.points[0].sum() == values.sum(axis=1).min()


@pytest.mark.parametrize("radius", [0, 1, 3])
def test_the_program_near_a_plan_has_exactly_the_plans_within_the_radius(radius):
    _, genome = knapsack(1)
    member = np.random.default_rng(1).random(8) < 0.5
    ball = near(genome, member, radius)
    members = everything(8)
    kept = ball.violation(members.astype(float))[:, -1] <= 0
    assert np.array_equal(kept, (members != member).sum(axis=1) <= radius)


def test_polish_stops_when_time_is_over():
    space, genome, decoder = location(1)
    archive = poor(space, genome, decoder, everything(6)[[-1]])
    assert polish(archive, genome, budget=Budget(Clock(0.0))).tried == 0


def test_points_to_polish_hold_the_ends_and_lie_apart():
    points = np.column_stack([np.arange(11.0), 10 - np.arange(11.0)])
    chosen = spread_out(points, 3)
    assert sorted(chosen) == [0, 5, 10]
    assert len(spread_out(points[:2], 9)) == 2


def test_gaps_lie_between_points_largest_first():
    points = np.array([[0.0, 10], [1, 9], [6, 4], [10, 0]])
    found = gaps(points)
    assert sorted(found.tolist()) == [[1, 10], [6, 9], [10, 4]]
    assert found[0].tolist() == [6, 9]
