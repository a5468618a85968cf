"""Zoning fronts: against all plans of tiny towns, and what holds for any town."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulations.zoning import OBJECTIVES, Numbers, Zoning, assigned, patch_faults
from instances.catalog import build
from instances.schema import InstanceError
from solver.certificate import verify
from solver.clock import Clock, Stop
from solver.genetic.checkpoint import CheckpointError
from solver.genetic.land.ascent import Ascent
from solver.genetic.land.bounds import relaxations
from solver.genetic.land.front import land_front
from solver.genetic.land.genome import Classes, Zoned
from solver.genetic.land.terrain import Terrain
from solver.options import OptionError
from solver.pareto.archive import Archive, Budget
from solver.pareto.exact import NoFrontError
from solver.pareto.front import nondominated
from solver.pareto.space import Space
from solver.safe_bound import safe_bound
from solver.solve import solve
from tests.zoning.towns import all_ways, land_of, with_land

FIVE = Zoning().objectives
SMALL = {"population": 20, "generations": 3, "rounds": 3}


def sound_values(instance, question):
    """Objectives of every plan that keeps all rules, counted one by one."""
    values, broken = Numbers.of(question, instance).evaluate(all_ways(land_of(instance)))
    return values[(broken == 0).all(axis=1)]


@pytest.fixture(scope="module")
def town():
    return build("land", parcels=100, seed=1, scenarios=3)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("names", [("unsuitability", "change"), FIVE, ("fragmentation", "unserved_worst", "change")])
def test_a_small_front_is_found_whole_and_nothing_proven_contradicts_it(seed, names):
    instance = with_land(rows=2, columns=3, classes=3, seed=seed, patch=1.1 * (seed % 2), firm=seed > 1)
    question = Zoning(names)
    values = sound_values(instance, question)
    if not len(values):
        with pytest.raises(NoFrontError):
            land_front(instance, question, **SMALL)
        return
    front = land_front(instance, question, population=30, generations=30, points=10_000)
    # sums in another order differ by rounding, which can make two points of one
    found, true = (np.round(some, 6) for some in (front.points, values))
    assert found[nondominated(found)] == pytest.approx(true[nondominated(true)], abs=1e-5)
    within, weights, facts = front.bounds.arrays()
    assert np.isinf(within).all() and (values @ weights.T >= facts - 1e-9 * np.maximum(1, np.abs(facts))).all()
    assert 0 < front.hypervolume <= front.hypervolume_bound <= 1 + 1e-9
    assert (front.verified < np.inf).all() and np.isfinite(front.ideal).all()


def test_every_plan_reported_keeps_every_rule_and_every_row(town):
    question = Zoning()
    matrix = question.build(town).matrix()
    front = land_front(town, question, matrix=matrix, **SMALL)
    plans = front.plans.toarray()
    classes = assigned(matrix, plans)
    values, broken = Numbers.of(question, town).evaluate(classes)
    assert (broken == 0).all() and not any(patch_faults(land_of(town), plan) for plan in classes)
    assert values == pytest.approx(front.points) and len(front) > 20
    for x in plans:
        assert verify(matrix, {"change": 1.0}, x, verify_bound=False).feasible
    assert front.names == FIVE and front.hypervolume_gap < 1


@pytest.mark.long
def test_the_same_seed_gives_the_same_front_and_another_seed_another(town):
    one, two, other = (land_front(town, Zoning(), seed=seed, **SMALL) for seed in (1, 1, 2))
    assert np.array_equal(one.points, two.points) and (one.plans != two.plans).nnz == 0
    assert not np.array_equal(one.points, other.points)


@pytest.mark.long
def test_a_run_that_is_continued_gives_what_one_run_gives(town, tmp_path):
    terms = SMALL | {"points": 10_000}
    straight = land_front(town, Zoning(), checkpoint=tmp_path / "one.npz", **(terms | {"generations": 7}))
    land_front(town, Zoning(), checkpoint=tmp_path / "two.npz", **terms)
    continued = land_front(town, Zoning(), checkpoint=tmp_path / "two.npz", resume=True, **(terms | {"generations": 7}))
    assert np.array_equal(straight.points, continued.points)
    with pytest.raises(CheckpointError, match="seed is"):
        land_front(town, Zoning(), checkpoint=tmp_path / "two.npz", resume=True, seed=9, **terms)


def test_plans_at_hand_are_taken_in_after_repair(town):
    today = land_of(town).present.position
    front = land_front(town, Zoning(), starts=today, **SMALL)
    assert len(front) > 20
    with pytest.raises(ValueError, match="Assignments"):
        land_front(town, Zoning(), starts=today[:-1], **SMALL)


def test_no_more_plans_are_looked_at_than_asked_for_beyond_one_generation(town):
    front = land_front(town, Zoning(), population=20, generations=1_000, rounds=2, evaluations=600)
    assert 300 < front.options["evaluations"] <= 600 + 2 * 20


def test_limits_on_objectives_hold(town):
    free = land_front(town, Zoning(("change", "unserved", "fragmentation")), **SMALL)
    limit = float(np.quantile(free.points[:, 0], 0.3))
    question = Zoning(("change", "unserved", "fragmentation"), limits={"change": limit})
    held = land_front(town, question, **SMALL)
    assert len(held) and held.points[:, 0].max() <= limit * (1 + 1e-9)


def test_a_stop_that_was_asked_for_ends_it_with_a_front(town):
    stop = Stop()
    stages = []

    def stop_at_evolution(event):
        stages.append(event.stage)
        if event.stage == "evolution" and event.done == 2:
            stop.set()

    front = land_front(town, Zoning(), population=20, generations=500, rounds=2, stop=stop, on_event=stop_at_evolution)
    assert front.status == "stopped" and len(front) and stages.count("evolution") == 2
    assert stages[0] == "bounds" and "start" in stages


def test_what_is_out_of_range_is_refused_at_once(town):
    with pytest.raises(OptionError) as caught:
        land_front(town, Zoning(), points=0, rounds=0, gap=-1.0)
    for piece in ("points is 0", "rounds is 0", "gap is -1"):
        assert piece in str(caught.value)
    with pytest.raises(InstanceError, match="'beauty' is unknown"):
        land_front(town, Zoning(), ("beauty", "change"))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.floats(0, 1), min_size=5, max_size=5).filter(lambda w: w[2] > 0.01))
def test_prices_never_claim_more_than_the_best_plan_has(seed, weights):
    instance = with_land(rows=2, columns=3, classes=3, seed=seed % 50, firm=seed % 2 == 0)
    question = Zoning(patches="none")
    values = sound_values(instance, question)
    matrix = question.build(instance).matrix()
    weighing = np.array(weights) * np.array([1.0, 1e-5, 1.0, 0.01, 1e-6])
    cost = np.asarray(weighing @ Space.of(matrix).C)
    duals = Ascent(matrix).prices(cost, Clock(), 20).duals
    bound = safe_bound(matrix, dict(zip(FIVE, weighing.tolist(), strict=True)), duals).value
    assert np.isfinite(bound)
    if len(values):
        assert bound <= (values @ weighing).min() * (1 + 1e-9) + 1e-9


def test_prices_come_close_to_the_relaxation_that_the_simplex_method_solves(town):
    question = Zoning(patches="none")
    matrix = question.build(town).matrix()
    for weights in (np.eye(5)[2], np.full(5, 0.2), np.array([0.5, 0.0, 0.5, 0.0, 0.0])):
        weighing = weights / np.array([10.0, 1e8, 5.0, 100.0, 1e6])
        named = {n: float(w) for n, w in zip(FIVE, weighing, strict=True) if w}
        best = solve(matrix.relax(), named, gap=0.0).value
        found = Ascent(matrix).prices(np.asarray(weighing @ Space.of(matrix).C), Clock(), 200)
        value = safe_bound(matrix, named, found.duals).value
        assert best is not None and 0.97 * best <= value <= best * (1 + 1e-6)


def test_bounds_are_told_for_every_sum_and_rest_on_our_own_arithmetic(town):
    question = Zoning()
    space = Space.of(question.build(town).matrix())
    archive = Archive.empty(space)
    found = relaxations(question, town, Terrain.of(Numbers.of(question, town)), archive, Budget(), sums=1)
    assert all(fact.verified for fact in archive.bounds.facts) and np.isfinite(archive.bounds.ideal).all()
    assert len(found.shares) == len(found.weights) >= 15 and (found.unit > 0).all()
    for share in found.shares:
        assert share.sum(axis=1) == pytest.approx(np.ones(len(share)), abs=1e-6)


def test_plans_and_classes_are_the_same_thing(town):
    question = Zoning(tuple(OBJECTIVES))
    matrix = question.build(town).matrix()
    terrain = Terrain.of(Numbers.of(question, town))
    genome = Classes(terrain, matrix)
    rng = np.random.default_rng(0)
    plans = np.where(terrain.possible, rng.random((5, *terrain.shape)), -1.0).argmax(axis=2).astype(np.int8)
    written = Zoned(genome).decode(plans)
    assert (genome.read(written) == plans).all() and (genome.read(written.toarray()) == plans).all()
    assert Zoned(genome).evaluate(plans) == pytest.approx(Space.of(matrix).values(written))
