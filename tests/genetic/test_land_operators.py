"""Repair, moves and crossings of zoning plans, against figures counted elsewhere and against graphs of networkx."""

from __future__ import annotations

from dataclasses import replace

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulations.zoning import Numbers, Zoning
from instances.catalog import build
from solver.genetic.land.improve import descended, improved
from solver.genetic.land.operators import Zones
from solver.genetic.land.repair import LandRepair
from solver.genetic.land.terrain import Terrain
from tests.zoning.towns import all_ways, with_land

COUNTED = ("unsuitability", "change", "fragmentation", "exposure", "displaced")

towns = st.fixed_dictionaries(
    {
        "rows": st.just(2),
        "columns": st.integers(2, 3),
        "classes": st.integers(2, 3),
        "seed": st.integers(0, 10_000),
        "patch": st.sampled_from([0.0, 1.1, 2.3]),
        "firm": st.booleans(),
    }
)


def terrain_of(question=None, **town):
    return Terrain.of(Numbers.of(question or Zoning(), with_land(**town)))


@pytest.fixture(scope="module")
def town():
    return Terrain.of(Numbers.of(Zoning(), build("land", parcels=150, seed=3)))


def by_chance(terrain, count, seed=0, possible=True):
    rng = np.random.default_rng(seed)
    free = terrain.possible if possible else np.ones_like(terrain.possible)
    return np.where(free, rng.random((count, *terrain.shape)), -1.0).argmax(axis=2).astype(np.int8)


def faulty(terrain, plans):
    return (terrain.numbers.evaluate(plans.astype(int))[1] > 0).any(axis=1)


def graph_of(terrain):
    graph = networkx.Graph()
    graph.add_nodes_from(range(terrain.shape[0]))
    graph.add_edges_from(zip(terrain.tail.tolist(), terrain.head.tolist(), strict=True))
    return graph


@settings(max_examples=30, deadline=None)
@given(towns)
def test_a_plan_is_called_needy_exactly_if_it_breaks_a_rule(made):
    instance = with_land(**made)
    question = Zoning() if made["patch"] == 0 else Zoning(patches="none")
    terrain = Terrain.of(Numbers.of(question, instance))
    plans = all_ways(terrain.land)
    plans = plans[terrain.land.allowed[np.arange(terrain.shape[0]), plans].all(axis=1)].astype(np.int8)
    assert (terrain.needy(plans) == faulty(terrain, plans)).all()


@settings(max_examples=40, deadline=None)
@given(towns, st.integers(0, 100))
def test_what_repair_calls_sound_keeps_every_rule_and_what_it_calls_broken_does_not(made, seed):
    try:
        terrain = terrain_of(**made)
    except ValueError:
        return  # parcels that could be part of no patch are refused before
    plans = by_chance(terrain, 6, seed, possible=False)
    tried, broken = LandRepair(terrain).tried(plans, np.random.default_rng(seed))
    assert (broken == faulty(terrain, tried)).all()
    sound = ~faulty(terrain, plans)
    assert (tried[sound] == plans[sound]).all()


@pytest.mark.parametrize("seed", range(3))
def test_repair_makes_any_plan_of_a_generated_town_keep_every_rule(seed):
    terrain = Terrain.of(Numbers.of(Zoning(), build("land", parcels=200, seed=seed)))
    plans = np.vstack(
        [by_chance(terrain, 8, seed, possible=False), terrain.land.present.position[None].astype(np.int8)]
    )
    assert faulty(terrain, plans).all()
    tried, broken = LandRepair(terrain).tried(plans, np.random.default_rng(seed), 120)
    assert not broken[-1] and broken.mean() < 0.5
    assert not faulty(terrain, tried[~broken]).any()


def test_a_plan_that_is_given_up_is_replaced_by_one_that_keeps_all_rules(town):
    rng = np.random.default_rng(0)
    sound, broken = LandRepair(town).tried(by_chance(town, 10), rng, 120)
    repair = LandRepair(town, sound=sound[~broken])
    town_of_one_class = np.full((3, town.shape[0]), 3, np.int8)
    repaired = repair(np.vstack([town_of_one_class, by_chance(town, 20, 5)]), rng)
    assert not faulty(town, repaired).any()


def test_rules_that_the_question_leaves_out_are_not_repaired(town):
    free = Terrain.of(replace(town.numbers, question=Zoning(targets=False, apart=False, patches="none")))
    plans = by_chance(free, 5)
    tried, broken = LandRepair(free).tried(plans, np.random.default_rng(0))
    assert (tried == plans).all() and not broken.any()


@settings(max_examples=30, deadline=None)
@given(towns, st.integers(0, 100))
def test_what_a_single_change_is_worth_is_the_difference_of_the_figures(made, seed):
    terrain = terrain_of(Zoning(COUNTED, patches="none"), **(made | {"patch": 0.0}))
    rng = np.random.default_rng(seed)
    (plan,) = by_chance(terrain, 1, seed)
    weights = rng.random((1, len(COUNTED))) * np.array([1.0, 1e-4, 1.0, 1e-6, 0.1])
    told = terrain.marginal(plan[None], terrain.beside(plan[None]), weights)[0]
    before = terrain.values(plan[None]) @ weights[0]
    for parcel, kind in np.argwhere(terrain.possible):
        other = plan.copy()
        other[parcel] = kind
        assert told[parcel, kind] == pytest.approx((terrain.values(other[None]) @ weights[0] - before)[0], abs=1e-5)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_many_steps_at_once_improve_a_sum_by_what_each_is_worth_and_break_no_rule_but_patches(seed):
    town = build("land", parcels=100, seed=seed % 5)
    terrain = Terrain.of(Numbers.of(Zoning(COUNTED), town))
    rng = np.random.default_rng(seed)
    plans, broken = LandRepair(terrain).tried(by_chance(terrain, 4, seed), rng, 120)
    plans = plans[~broken]
    weights = rng.random((len(plans), len(COUNTED))) * np.array([1.0, 1e-7, 3.0, 1e-6, 0.01])
    better = improved(terrain, plans, weights, rng)
    then, now = ((terrain.values(some) * weights).sum(axis=1) for some in (plans, better))
    changed = (plans != better).any(axis=1)
    assert (now[changed] < then[changed]).all() and (now[~changed] == then[~changed]).all()
    rules = terrain.numbers.rules
    for rule in ("allowed", "least_area", "most_area", "apart"):
        assert (terrain.numbers.evaluate(better.astype(int))[1][:, rules.index(rule)] == 0).all(), rule


def test_going_down_a_sum_keeps_rules_and_never_makes_it_worse(town):
    rng = np.random.default_rng(1)
    plans, broken = LandRepair(town).tried(by_chance(town, 6), rng, 120)
    plans = plans[~broken]
    weights = rng.dirichlet(np.ones(5), len(plans)) / np.array([10.0, 1e8, 5.0, 100.0, 1e6])
    better, looked = descended(LandRepair(town), plans, weights, rng, 8)
    then, now = ((town.values(some) * weights).sum(axis=1) for some in (plans, better))
    assert (now <= then).all() and (now < then).any() and looked <= 8 * len(plans)
    assert not faulty(town, better).any()


def zones(town):
    return Zones(town, np.array([10.0, 1e8, 5.0, 100.0, 1e6]), cross=1.0)


def test_a_crossing_takes_a_connected_region_from_the_other_parent(town):
    A, B = by_chance(town, 12, 1), by_chance(town, 12, 2)
    children = zones(town).crossed(A, B, np.random.default_rng(0))
    one, two = children[0::2], children[1::2]
    assert (((one == A) & (two == B)) | ((one == B) & (two == A))).all()
    assert ((one != A).any(axis=1) & (one != B).any(axis=1)).sum() >= 10


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 1_000), st.integers(1, 30))
def test_regions_and_walks_are_connected_and_as_large_as_asked_for(rows, columns, seed, size):
    terrain = terrain_of(rows=rows, columns=columns, classes=2)
    graph, rng = graph_of(terrain), np.random.default_rng(seed)
    parcel = int(rng.integers(0, terrain.shape[0]))
    region = terrain.spread_from(parcel, size).tolist()
    assert parcel in region and len(set(region)) == len(region) == min(size, terrain.shape[0])
    assert networkx.is_connected(graph.subgraph(region))
    inside = rng.random(terrain.shape[0]) < 0.6
    inside[parcel] = True
    found = terrain.reached(parcel, inside, size)
    whole = networkx.node_connected_component(graph.subgraph(np.flatnonzero(inside).tolist()), parcel)
    assert set(found) <= whole and len(found) == min(size, len(whole))
    assert networkx.is_connected(graph.subgraph(found))


@pytest.mark.parametrize("move", ["grown", "swapped"])
def test_land_that_grows_or_is_swapped_takes_a_class_from_next_door(town, move):
    plans = by_chance(town, 10, 4)
    moved = getattr(zones(town), move)(plans, np.random.default_rng(0))
    graph = graph_of(town)
    assert (moved != plans).any(axis=1).all()
    for before, after in zip(plans, moved, strict=True):
        changed = np.flatnonzero(before != after)
        assert town.possible[changed, after[changed]].all()
        for kind in np.unique(after[changed]).tolist():
            same = changed[after[changed] == kind].tolist()
            for part in networkx.connected_components(graph.subgraph(same)):
                beyond = set().union(*(graph[k] for k in part)) - part
                assert any(before[k] == kind for k in beyond)


def test_an_exchange_leaves_about_as_much_land_of_each_class(town):
    plans = by_chance(town, 30, 4)
    moved = zones(town).exchanged(plans, np.random.default_rng(0))
    changed = moved != plans
    assert changed.any(axis=1).sum() > 15
    parcel = np.arange(town.shape[0])
    assert town.possible[parcel, moved].all()
    for before, after, where in zip(plans, moved, changed, strict=True):
        if where.any():
            assert set(before[where]) == set(after[where]) and len(set(before[where])) == 2
    off = np.abs(town.areas(moved) - town.areas(plans)).max(axis=1)
    moved_area = (changed * town.land.area).sum(axis=1)
    assert (off <= 0.5 * moved_area + town.land.area.max()).all()


def test_moves_and_crossings_repeat_with_the_seed(town):
    plans = by_chance(town, 16, 9)

    def once():
        rng = np.random.default_rng(4)
        return LandRepair(town)(zones(town).moved(zones(town).crossed(plans[:8], plans[8:], rng), rng), rng)

    assert (once() == once()).all()


def test_operators_out_of_range_are_refused_together(town):
    with pytest.raises(ValueError, match=r"cross is 2.*\n.*patch is 0"):
        Zones(town, np.ones(5), cross=2, patch=0)
