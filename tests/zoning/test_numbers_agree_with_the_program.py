"""The figures of a population are those of the program's own matrix, for every way to use a tiny piece of land."""

from __future__ import annotations

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulations.algebra.matrix import Matrix
from formulations.zoning import Numbers, Zoning, assigned, completed, patch_faults, patches, roomy
from solver.solve import solve
from tests.zoning.towns import EVERYTHING, all_ways, land_of, with_land

FORMS = ("exact", "local", "none")
ROWS = {"patches": ("company", "collected", "passed_on", "rooted", "within")}
towns = st.fixed_dictionaries(
    {
        "rows": st.integers(1, 2),
        "columns": st.integers(1, 3),
        "classes": st.integers(2, 3),
        "seed": st.integers(0, 10_000),
        "patch": st.sampled_from([0.0, 1.1, 2.4]),
        "allowed": st.sampled_from([0.6, 1.0]),
        "firm": st.booleans(),
    }
)


def sum_of_broken(matrix: Matrix, X: np.ndarray, row: str) -> np.ndarray:
    """By how much the rows of one name are broken in sum: (members, columns) -> (members,)."""
    if row not in matrix.rows:
        return np.zeros(len(X))
    span = matrix.rows[row].span
    activity = X @ matrix.A[span].toarray().T
    excess = np.maximum(matrix.row_lower[span] - activity, activity - matrix.row_upper[span])
    return np.where(excess > 1e-9, excess, 0.0).sum(axis=1)


@settings(max_examples=60, deadline=None)
@given(towns, st.sampled_from(FORMS), st.sampled_from([0.0, 0.5, 0.9]))
def test_objectives_and_broken_rules_of_every_plan_are_those_of_the_matrix(town, form, alpha):
    instance = with_land(**town)
    land = land_of(instance)
    question = Zoning(EVERYTHING, patches=form, alpha=alpha, limits={"unserved": 20.0, "fragmentation": 0.3})
    if form != "none" and not roomy(land).any(axis=1).all():
        return  # a parcel without any class is refused; see the tests of faults
    matrix = question.build(instance).matrix()
    numbers = Numbers.of(question, instance)
    plans = all_ways(land)
    values, broken = numbers.evaluate(plans)
    broken = dict(zip(numbers.rules, broken.T, strict=True))
    possible = land.allowed if form == "none" else roomy(land)
    whole = possible[np.arange(land.parcel.size), plans].all(axis=1)
    assert ((broken["allowed"] > 0) == ~land.allowed[np.arange(land.parcel.size), plans].all(axis=1)).all()
    X = completed(numbers, matrix, plans[whole])
    assert matrix.evaluate(X) == pytest.approx(values[whole], rel=1e-9, abs=1e-6)
    assert (X >= matrix.lower - 1e-9).all() and (X <= matrix.upper + 1e-9).all()
    assert (assigned(matrix, X) == plans[whole]).all()
    for rule in ("least_area", "most_area", "limit_unserved", "limit_fragmentation"):
        assert sum_of_broken(matrix, X, rule) == pytest.approx(broken[rule][whole], abs=1e-8), rule
    # a row of apart stands for several pairs of classes, of which a border breaks one at most
    assert sum_of_broken(matrix, X, "apart") == pytest.approx(broken["apart"][whole]), "apart"
    rules = {"one_class", "balance", "same_here", "same_there", "unserved_cvar_tail", "unserved_worst_above"}
    for row in rules & set(matrix.rows):
        assert sum_of_broken(matrix, X, row).max(initial=0.0) <= 1e-8, row
    if form == "exact":
        loose = sum(sum_of_broken(matrix, X, row) for row in ROWS["patches"])
        assert ((loose > 1e-9) == (broken["patches"][whole] > 0)).all()


@settings(max_examples=25, deadline=None)
@given(towns, st.lists(st.sampled_from([0.0, 1.0, 3.0]), min_size=8, max_size=8).filter(any))
def test_the_best_plan_is_the_best_of_all_plans(town, weights):
    instance = with_land(**town)
    land = land_of(instance)
    if not roomy(land).any(axis=1).all():
        return
    question = Zoning(EVERYTHING)
    numbers = Numbers.of(question, instance)
    values, broken = numbers.evaluate(all_ways(land))
    keeps = (broken == 0).all(axis=1)
    scale = np.array([1.0, 1e-4, 1.0, 0.1, 0.1, 0.1, 1e-6, 0.1]) * weights
    found = solve(question.build(instance), dict(zip(EVERYTHING, scale.tolist(), strict=True)), gap=0.0)
    if not keeps.any():
        assert found.status.value == "infeasible"
        return
    assert found.value == pytest.approx((values[keeps] @ scale).min(), rel=1e-6, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(towns, st.integers(0, 1_000))
def test_rows_of_patches_hold_for_a_plan_exactly_if_its_patches_are_large_enough(town, pick):
    instance = with_land(**(town | {"patch": 2.4, "allowed": 1.0, "classes": 3, "firm": False}))
    land = land_of(instance)
    if not roomy(land).any(axis=1).all():
        return
    question = Zoning(("change",), targets=False, apart=False)
    matrix = question.build(instance).matrix()
    plans = all_ways(land)
    plan = plans[pick % len(plans)]
    program = question.build(instance)
    option = matrix.columns["use"].dims[0]
    fixed = (plan[option["parcel"].position] == option["land_class"].position).astype(float)
    program.fix("use", np.arange(option.size), fixed)
    solved = solve(program, {"change": 1.0})
    assert (solved.status.value == "infeasible") == bool(patch_faults(land, plan))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5), st.integers(1, 6), st.integers(0, 10_000), st.sampled_from([0.0, 1.5, 4.0]))
def test_patches_are_the_connected_components_that_networkx_finds(rows, columns, seed, patch):
    land = land_of(with_land(rows=rows, columns=columns, classes=3, patch=patch))
    plans = np.random.default_rng(seed).integers(0, 3, (4, land.parcel.size))
    found = patches(land, plans)
    a, b = land.boundary["a"].position, land.boundary["b"].position
    for m, plan in enumerate(plans):
        graph = networkx.Graph()
        graph.add_nodes_from(range(land.parcel.size))
        graph.add_edges_from((i, j) for i, j in zip(a.tolist(), b.tolist(), strict=True) if plan[i] == plan[j])
        theirs = {frozenset(part) for part in networkx.connected_components(graph)}
        ours = {frozenset(np.flatnonzero(found.number[m] == k).tolist()) for k in np.unique(found.number[m])}
        assert ours == theirs
        small = {part for part in theirs if land.area[list(part)].sum() < land.patch[plan[min(part)]]}
        faults = patch_faults(land, plan)
        assert {frozenset(f.parcels.tolist()) for f in faults} == small
        for fault in faults:
            assert fault.area == pytest.approx(land.area[fault.parcels].sum())
            assert set(plan[fault.parcels]) == {fault.land_class}
            assert fault.missing > 0


@pytest.mark.parametrize("seed", range(4))
def test_every_hectare_is_used_once_and_limits_hold(seed):
    instance = with_land(rows=2, columns=3, seed=seed, firm=True)
    land = land_of(instance)
    numbers = Numbers.of(Zoning(), instance)
    plans = all_ways(land)
    assert numbers.areas(plans).sum(axis=1) == pytest.approx(np.full(len(plans), land.area.sum() / 1e4))
    _, broken = numbers.evaluate(plans)
    by_hand = [np.bincount(plan, land.area, land.land_class.size) for plan in plans]
    inside = [(land.least <= a + 1e-6).all() and (a <= land.most + 1e-6).all() for a in by_hand]
    columns = [numbers.rules.index(rule) for rule in ("least_area", "most_area")]
    assert ((broken[:, columns] == 0).all(axis=1) == inside).all()


def test_more_open_land_never_leaves_more_people_without_a_place():
    instance = with_land(rows=2, columns=3, classes=3, seed=3, allowed=1.0)
    numbers = Numbers.of(Zoning(), instance)
    land = land_of(instance)
    green = land.land_class.position("green")
    for plan in all_ways(land)[::7]:
        opened = np.tile(plan, (land.parcel.size, 1))
        np.fill_diagonal(opened, green)
        assert (numbers.losses(opened) <= numbers.losses(plan) + 1e-9).all()


def test_an_assignment_that_cannot_be_is_refused():
    instance = with_land(rows=1, columns=3, classes=2, allowed=0.0)
    land = land_of(instance)
    question = Zoning(patches="none")
    numbers, matrix = Numbers.of(question, instance), question.build(instance).matrix()
    with pytest.raises(ValueError, match="3 classes that the program does not have, first: p1 cannot be"):
        completed(numbers, matrix, 1 - land.present.position)
    for wrong in (np.zeros((2, 4), int), np.zeros(3), np.array([0, 1, 2]), np.array([0, -1, 0])):
        with pytest.raises(ValueError, match="Assignments"):
            numbers.evaluate(wrong)
