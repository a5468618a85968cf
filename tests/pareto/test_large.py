"""Questions to large programs: what is proven against enumeration, and plans against the rows."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from formulations.algebra.program import Program
from instances.index import Index
from solver.clock import Clock
from solver.pareto.archive import Archive, Budget
from solver.pareto.exact import exact_front
from solver.pareto.large import LargeScalars
from solver.pareto.parallel import run
from solver.pareto.parts import large_part
from solver.pareto.scalar import Scalars
from solver.pareto.space import Space
from tests.pareto.finite import pick_one, true_front

CASES = st.tuples(
    st.integers(2, 8).flatmap(lambda n: arrays(np.int64, (n, 2), elements=st.integers(-5, 5))),
    arrays(np.int64, 2, elements=st.integers(0, 4)).filter(lambda w: w.any()),
    st.integers(-5, 5),
)


def _sites():
    """Four sites to open and seven roads to keep, cost against walking; with the points of all its plans."""
    rng = np.random.default_rng(4)
    away = np.round(rng.uniform(1, 10, (9, 4)), 1)
    fixed, toll = rng.integers(5, 12, 4), rng.integers(1, 4, 7)
    program = Program("sites")
    site, home, road = Index("site", 4), Index("home", 9), Index("road", 7)
    of_home, of_site = np.repeat(np.arange(9), 4), np.tile(np.arange(4), 9)
    pair = Index.tuples("pair", home=(home, of_home), site=(site, of_site))
    opened, kept = program.binary("open", site), program.binary("keep", road)
    go = program.variable("go", pair, upper=1.0)
    program.objective("cost", (fixed * opened).sum() + (toll * kept).sum())
    program.objective("walk", (away.ravel() * go).sum())
    program.subject_to(
        served=go.sum_by(pair["home"]) == 1, linked=go - opened.at(pair["site"]) <= 0, roads=kept.sum() >= 3
    )
    least = np.sort(toll)[:3].sum()
    picks = [np.array(p, bool) for p in itertools.product([0, 1], repeat=4) if any(p)]
    return program.matrix(), np.array([[fixed @ p + least, away[:, p].min(axis=1).sum()] for p in picks])


@settings(max_examples=20)
@given(CASES)
def test_what_is_proven_contradicts_no_plan_and_plans_keep_limits(case):
    values, weights, limit = case
    ask = LargeScalars(Space.of(pick_one(values.astype(float))), gap=0.0)
    within = np.array([np.inf, float(limit)])
    outcome = ask.minimize(weights.astype(float), within)
    inside = values[(values <= within).all(axis=1)]
    allowed = values[(values <= outcome.fact.within).all(axis=1)]
    assert (allowed @ outcome.fact.weights >= outcome.fact.value - 1e-6).all()
    if not len(inside):
        assert outcome.state != "solved" and outcome.x is None
    else:
        assert outcome.y is not None and (outcome.y <= within).all()
        assert outcome.y @ weights == pytest.approx((inside @ weights).min())


@settings(max_examples=15)
@given(CASES)
def test_facts_of_the_relaxation_are_our_own_and_hold_without_limits(case):
    values, weights, limit = case
    ask = LargeScalars(Space.of(pick_one(values.astype(float))))
    relaxed = ask.relax(weights.astype(float), np.array([np.inf, float(limit)]))
    if relaxed.answer.state == "finished":
        assert relaxed.fact.verified and np.isinf(relaxed.fact.within).all()
        assert (values @ relaxed.fact.weights >= relaxed.fact.value - 1e-6).all()
        # the bound tells as much as the relaxation does
        at = relaxed.fact.weights @ (ask.space.C @ relaxed.answer.x + ask.space.c0)
        assert relaxed.fact.value == pytest.approx(at, abs=1e-6)


def test_a_better_bound_holds_whatever_is_held():
    values = np.array([[0.0, 9.0], [3.0, 4.0], [4.0, 3.0], [9.0, 0.0]])
    ask = LargeScalars(Space.of(pick_one(values)))
    ask.hold("pick", np.array([1.0, 0.0, 0.0, 0.0]))
    fact = ask.bound(np.array([1.0, 1.0]))
    assert fact.value <= 7.0 + 1e-9


def test_the_variable_with_most_whole_numbers_is_held():
    assert large_part(Space.of(_sites()[0])) == "keep"


@pytest.mark.parametrize("processes", [1, 2])
def test_a_front_in_shares_holds_the_best_plans_for_its_weights_and_proves_nothing_wrong(processes):
    matrix, values = _sites()
    space = Space.of(matrix)
    archive = Archive.empty(space)
    assert not run(Scalars(space), archive, Budget(Clock(60.0), points=20), processes=processes)
    front = true_front(np.round(values, 6))
    found = np.round(archive.points, 6)
    for weights in ([1.0, 1e-3], [1.0, 1.0], [1e-3, 1.0]):
        assert (found @ weights).min() == pytest.approx((front @ weights).min(), abs=1e-6)
    assert all((front <= y + 1e-6).all(axis=1).any() for y in found)
    assert any(fact.verified for fact in archive.bounds.facts)
    assert np.isfinite(archive.bounds.ideal).all() and (archive.bounds.ideal <= values.min(axis=0) + 1e-9).all()
    for fact in archive.bounds.facts:
        inside = (values <= fact.within).all(axis=1)
        assert (values[inside] @ fact.weights >= fact.value - 1e-6).all()


def test_without_a_time_limit_one_process_ends_by_counts_and_finds_the_same_again():
    space = Space.of(_sites()[0])
    first, second = Archive.empty(space), Archive.empty(space)
    for archive in (first, second):
        run(Scalars(space, seed=3), archive, Budget())
    np.testing.assert_array_equal(first.points, second.points)
    assert first.origins == second.origins
    assert set(first.origins) <= {"begin", "anchor", "walk", "cross", "settle", "halve"}


def test_only_as_many_points_stay_as_are_wanted_with_both_ends_among_them():
    space = Space.of(_sites()[0])
    whole, few = Archive.empty(space), Archive.empty(space)
    run(Scalars(space), whole, Budget())
    run(Scalars(space), few, Budget(points=4))
    assert len(few.points) == len(few.plans) == len(few.origins) == 4
    np.testing.assert_array_equal(few.points.min(axis=0), whole.points.min(axis=0))


def test_a_program_without_plans_is_known_to_have_none():
    program = Program("none")
    pick = program.binary("pick", Index("item", 2))
    program.objective("a", pick.sum())
    program.objective("b", (np.array([1.0, -1.0]) * pick).sum())
    program.subject_to(much=pick.sum() >= 3)
    archive = Archive.empty(Space.of(program.matrix()))
    assert run(Scalars(archive.space), archive, Budget())


def test_three_objectives_are_refused():
    space = Space.of(pick_one(np.eye(3)))
    with pytest.raises(ValueError, match="two objectives"):
        run(Scalars(space), Archive.empty(space), Budget())


def test_a_front_of_a_program_named_large_is_labelled_by_what_is_proven():
    matrix, values = _sites()
    front = exact_front(matrix, method="large", gap=0.1)
    true = true_front(np.round(values, 6))
    for y, away in zip(front.points, front.distance, strict=True):
        better = ((y - true) / front.scale).min(axis=1).max()
        assert better <= away + 1e-6
    assert not front.complete and np.isfinite(front.epsilon)
