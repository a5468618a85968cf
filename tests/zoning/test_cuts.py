"""Cuts against small patches: they cut off what they are made of, nothing that is right, and lead to the best plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulations.algebra.matrix import Matrix
from formulations.zoning import Numbers, Zoning, assigned, completed, patch_faults, roomy, with_cuts
from formulations.zoning.cuts import CUTS
from instances.instance import Instance
from instances.land import Land
from solver.solve import solve
from tests.zoning.towns import all_ways, land_of, with_land

WEIGHTS = {"unsuitability": 1.0, "change": 1e-4, "fragmentation": 1.0}
QUESTION = Zoning(tuple(WEIGHTS), patches="local", shelters=False)


def solved(instance: Instance) -> float | None:
    """Solve, cut, and solve again until no patch is too small; the value, None without a plan."""
    matrix, land = QUESTION.build(instance).matrix(), land_of(instance)
    for _ in range(200):
        found = solve(matrix, WEIGHTS, gap=0.0)
        if found.x is None:
            assert found.status.value == "infeasible"
            return None
        plan = assigned(matrix, np.asarray(found.x))
        if not patch_faults(land, plan):
            return found.value
        matrix = with_cuts(matrix, land, plan)
    raise AssertionError("cuts did not come to an end")


def possible_ways(land: Land) -> np.ndarray:
    """All ways to use the land with classes that the program has."""
    plans = all_ways(land)
    return plans[roomy(land)[np.arange(land.parcel.size), plans].all(axis=1)]


def broken(matrix: Matrix, X: np.ndarray) -> np.ndarray:
    """Which plans break a cut: (members, columns) -> (members,)."""
    return matrix.violation(X)[:, list(matrix.rows).index(CUTS)] > 1e-9


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 3), st.sampled_from([1.1, 2.2, 3.1]), st.integers(0, 500))
def test_a_cut_takes_away_plans_with_small_patches_and_no_other(seed, columns, patch, pick):
    instance = with_land(rows=2, columns=columns, classes=3, seed=seed, patch=patch)
    land = land_of(instance)
    if not roomy(land).any(axis=1).all():
        return
    numbers, matrix = Numbers.of(QUESTION, instance), QUESTION.build(instance).matrix()
    plans = possible_ways(land)
    right = np.array([not patch_faults(land, plan) for plan in plans])
    chosen = plans[[pick % len(plans), (7 * pick) % len(plans)]]
    cut = with_cuts(matrix, land, chosen)
    if all(not patch_faults(land, plan) for plan in chosen):
        assert cut is matrix
        return
    X = completed(numbers, matrix, plans)
    assert not broken(cut, X)[right].any()
    small = [plan for plan in chosen if patch_faults(land, plan)]
    assert broken(cut, completed(numbers, matrix, np.array(small))).all()
    everything = with_cuts(cut, land, plans)
    assert (broken(everything, X) == ~right).all(), "all cuts together are the rule"


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([1.1, 2.2, 3.1]), st.booleans())
def test_solving_and_cutting_in_turn_finds_the_best_of_all_plans(seed, patch, firm):
    instance = with_land(rows=2, columns=3, classes=3, seed=seed, patch=patch, firm=firm)
    land = land_of(instance)
    if not roomy(land).any(axis=1).all():
        return
    values, faults = Numbers.of(QUESTION, instance).evaluate(all_ways(land))
    keeps = (faults == 0).all(axis=1)
    want = (values[keeps] @ np.array(list(WEIGHTS.values()))).min(initial=np.inf)
    value = solved(instance)
    assert value == pytest.approx(want, rel=1e-6) if keeps.any() else value is None


def test_rows_after_the_cuts_would_be_taken_for_cuts_and_are_refused():
    instance = with_land(rows=2, columns=3, classes=3, seed=2, patch=2.2, allowed=1.0)
    land = land_of(instance)
    plans = possible_ways(land)
    bad = next(plan for plan in plans if patch_faults(land, plan))
    cut = with_cuts(QUESTION.build(instance).matrix(), land, bad)
    assert with_cuts(cut, land, bad).rows[CUTS].size == 2 * cut.rows[CUTS].size
    behind = replace(cut.rows[CUTS], start=0)
    with pytest.raises(ValueError, match="rows were added after"):
        with_cuts(replace(cut, rows={**cut.rows, CUTS: behind}), land, bad)
