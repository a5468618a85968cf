"""Zoning questions: what is refused, what the rules do, and what a solve gives on towns of growing size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from formulations.zoning import OBJECTIVES, Numbers, Zoning, assigned, completed, patch_faults, units_of
from formulations.zoning.allotment import quarrels
from instances.catalog import build
from instances.schema import InstanceError
from solver.pareto.front import nondominated
from solver.pareto.scalar import Scalars
from solver.pareto.space import Space
from solver.solve import solve
from tests.zoning.towns import TOWN, all_ways, land_of, with_land


def test_an_instance_without_land_cannot_be_zoned():
    with pytest.raises(InstanceError, match="no land in this instance"):
        Zoning().build(TOWN)


def test_one_error_lists_every_fault_of_the_question():
    question = Zoning(
        ("change", "change", "beauty", "unserved"),
        patches="some",  # type: ignore[arg-type]
        shelters=False,
        limits={"noise": 1.0, "exposure": -1.0},
        alpha=1.0,
    )
    with pytest.raises(InstanceError) as caught:
        question.build(with_land())
    text = str(caught.value)
    for piece in ("'beauty' is unknown", "'change' stands twice", "patches: 'some'", "'noise' is unknown",
                  "limits.exposure", "alpha: 1.0", "objectives unserved need shelters"):  # fmt: skip
        assert piece in text
    with pytest.raises(InstanceError, match="objectives: none given"):
        Zoning(()).build(with_land())


def test_a_parcel_that_no_patch_could_hold_is_named():
    instance = with_land(rows=1, columns=3, classes=2, patch=9.0)
    with pytest.raises(InstanceError, match="patches: 3 parcels could be part of no patch that is large enough, first"):
        Zoning().build(instance)
    assert Zoning(patches="none").build(instance)


def test_every_objective_has_a_unit_and_a_meaning_in_the_program():
    program = Zoning(tuple(OBJECTIVES)).build(with_land())
    units = units_of("EUR")
    assert {name: (b.unit, b.doc) for name, b in program.matrix().objectives.items()} == {
        name: (units[name], doc) for name, doc in OBJECTIVES.items()
    }
    assert all(block.doc for block in program.rows.values() if not block.name.startswith("unserved_"))
    assert all(block.doc for block in program.columns.values())


def test_rules_that_are_off_leave_no_row_behind():
    instance = with_land(rows=2, columns=3, seed=2, patch=1.1, firm=True)
    rules = {"least_area", "most_area", "apart", "company", "collected", "passed_on", "rooted", "within", "balance"}
    assert rules <= set(Zoning().build(instance).rows)
    free = Zoning(("change",), targets=False, apart=False, patches="none", shelters=False).build(instance)
    assert set(free.rows) == {"one_class"} and set(free.columns) == {"use"}


@pytest.mark.parametrize("seed", range(20))
def test_quarrelling_sets_cover_every_pair_that_keeps_apart_and_no_other(seed):
    rng = np.random.default_rng(seed)
    apart = np.triu(rng.random((6, 6)) < 0.4, 1)
    apart |= apart.T
    covered = np.zeros_like(apart)
    for side, against in quarrels(apart):
        covered[np.ix_(side, against)] = True
    assert (covered == apart).all()


def test_staying_as_things_are_costs_nothing_where_that_is_allowed():
    instance = with_land(rows=2, columns=3, seed=4)
    found = solve(Zoning(("change",), targets=False, apart=False, patches="none").build(instance))
    matrix = Zoning(("change",), targets=False, apart=False, patches="none").build(instance).matrix()
    assert found.value == 0.0
    assert (assigned(matrix, np.asarray(found.x)) == land_of(instance).present.position).all()


@pytest.mark.parametrize("seed", range(6))
def test_the_front_of_two_objectives_is_that_of_all_plans(seed):
    instance = with_land(rows=2, columns=3, classes=3, seed=seed, patch=1.1 * (seed % 2))
    question = Zoning(("unsuitability", "change"), shelters=False)
    numbers = Numbers.of(question, instance)
    values, broken = numbers.evaluate(all_ways(land_of(instance)))
    keeps = values[(broken == 0).all(axis=1)].round(6)
    want = np.unique(keeps[nondominated(keeps)], axis=0)
    space = Space.of(question.build(instance).matrix())
    assert space.discrete
    ask, found, limit = Scalars(space), [], np.inf
    while (reply := ask.minimize(np.array([1e6, 1e-3]), np.array([np.inf, limit]))).state == "solved":
        assert reply.y is not None
        found.append(reply.y)
        limit = reply.y[1] - space.step[1]
    assert reply.state == "empty"
    assert np.array(sorted(map(tuple, found))) == pytest.approx(want)


def test_a_generated_town_gets_a_plan_that_keeps_every_rule():
    town = build("land", parcels=100)
    question = Zoning()
    matrix = question.build(town).matrix()
    weights = {"unsuitability": 1.0, "change": 1e-6, "fragmentation": 2.0, "unserved": 0.05, "exposure": 1e-6}
    found = solve(matrix, weights, gap=0.02, time_limit=60)
    assert found.status.value in ("proven", "within gap")
    plan = assigned(matrix, np.asarray(found.x))
    values, broken = Numbers.of(question, town).evaluate(plan)
    assert (broken == 0).all() and not patch_faults(land_of(town), plan)
    told = [found.objectives[name] for name in question.objectives]
    assert values[0] == pytest.approx(told, rel=1e-6, abs=1e-6)
    today = land_of(town).present.position
    assert (Numbers.of(question, town).evaluate(today)[1] > 0).any(), "today's uses break rules, so there is work to do"


def test_the_smaller_program_bounds_the_exact_one():
    instance = with_land(rows=2, columns=3, classes=3, seed=1, patch=2.4)
    weights = {"unsuitability": 1.0, "change": 1e-5, "fragmentation": 1.0}
    values = {}
    for form in ("exact", "local", "none"):
        question = Zoning(tuple(weights), patches=form, shelters=False)
        values[form] = solve(question.build(instance), weights, gap=0.0).value
    assert values["none"] <= values["local"] + 1e-9 <= values["exact"] + 2e-9


@pytest.mark.long
def test_five_thousand_parcels_become_a_program_whose_figures_agree():
    town = build("land", parcels=5_000)
    land = land_of(town)
    assert land.parcel.size == 5_000
    question = Zoning(patches="none")
    numbers, matrix = Numbers.of(question, town), question.build(town).matrix()
    pick = np.random.default_rng(0)
    plans = np.array([[pick.choice(np.flatnonzero(may)) for may in land.allowed] for _ in range(2)])
    assert matrix.evaluate(completed(numbers, matrix, plans)) == pytest.approx(numbers.evaluate(plans)[0])


@pytest.mark.parametrize("parcels", [61, 97, 240])
def test_a_generated_town_has_as_many_parcels_as_asked_for(parcels):
    for seed in (2, 3):
        land = land_of(build("land", parcels=parcels, seed=seed, scenarios=1))
        assert land.parcel.size == parcels
        assert replace(land).faults == ()
