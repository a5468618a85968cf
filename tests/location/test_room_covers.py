"""Covers of rooms: every way to fill a site obeys them, and trees that use them end at the truth."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.location.charge.single_source_facility_location import SingleSourceFacilityLocation
from formulations.location.median.capacitated_p_median import CapacitatedPMedian
from solver.locating.charge.bounding import Relaxed
from solver.locating.charge.covers import broken_covers
from solver.locating.charge.pricing import Box
from solver.locating.charge.rationed import Rationed
from solver.locating.charge.solve import solve_capacitated
from solver.locating.charge.trimmed import Trimmed
from solver.locating.terms import Terms
from tests.location.rationed import Case, cases, scattered, travelled


@given(st.integers(0, 2**32 - 1))
def test_whatever_fits_into_a_site_keeps_its_covers_and_the_point_they_were_made_for_does_not(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = 8, 2
    amount, room = rng.integers(1, 20, n).astype(float), rng.integers(10, 60, m).astype(float)
    y, x = rng.uniform(0.3, 1.0, m), rng.random((n, m))
    x = np.minimum(x, y)
    for cover in broken_covers(amount, room, np.ones((n, m), bool), y, x):
        assert cover.times @ x[cover.who, cover.site] > cover.most * y[cover.site]
        for taken in itertools.product((0.0, 1.0), repeat=n):
            if amount @ taken <= room[cover.site]:
                assert cover.times @ np.array(taken)[cover.who] <= cover.most


@given(case=cases(), divided=st.booleans())
def test_what_is_left_of_the_relaxation_with_covers_still_bounds_every_plan(case: Case, divided: bool) -> None:
    question = CapacitatedPMedian(p=case.p, budget=case.budget, undivided=not divided)
    truth = case.best(lambda y: travelled(case.access, y, not divided))
    rules = question.rules(case.access)
    problem = Rationed.of(case.access, rules, np.zeros(case.access.site.size), not divided)
    relaxed = Relaxed(question.build(case.access).matrix(), question.aim, problem, Terms())
    box = Box.whole(problem)
    assert Trimmed(relaxed, box).start(box, math.inf).bound <= truth + 1e-9 * max(1.0, abs(truth))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_without_the_search_of_highs_the_tree_finds_and_proves_the_best_plan(seed: int) -> None:
    access, p = scattered(seed, 24, 8, load=0.5), 4
    question = CapacitatedPMedian(p=p)
    found = solve_capacitated(question, access, Terms())
    assert found is not None and found.siting is not None
    value = question.judge(access, found.siting).value
    assert "search_seconds" not in found.work
    assert found.verified == pytest.approx(value, rel=1e-8)


def test_a_tree_that_is_stopped_says_so() -> None:
    access = scattered(3, 24, 8, load=0.5)
    terms = Terms()
    terms.stop.set()
    found = solve_capacitated(SingleSourceFacilityLocation(), access, terms)
    assert found is not None
    assert found.state == "stopped"
