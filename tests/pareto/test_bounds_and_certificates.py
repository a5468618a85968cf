"""What is claimed about a front holds for the true one, which is enumerated: for any points found, any valid facts."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from solver.pareto.assemble import assemble, hypervolume
from solver.pareto.bounds import Fact, LowerBounds
from solver.pareto.front import Label, nondominated, spread
from solver.pareto.hull import supported
from solver.pareto.space import Space
from tests.pareto.finite import pick_one, true_front


def values(p: int, whole: bool):
    """Up to twelve plans with p objectives."""
    number = st.integers(0, 12).map(float) if whole else st.floats(0, 10).map(lambda v: round(v, 3) + 1e-4)
    return st.integers(2, 12).flatmap(lambda n: arrays(float, (n, p), elements=number))


def valid_fact(truth: np.ndarray, draw: st.DrawFn) -> Fact:
    """A fact that the plans keep, sometimes loose: their least weighted sum within some limits."""
    p = truth.shape[1]
    limit = st.one_of(st.just(np.inf), st.integers(-1, 13).map(float))
    within = np.array([draw(limit) for _ in range(p)])
    weights = np.array([float(draw(st.integers(0, 5))) for _ in range(p)])
    if not weights.any():
        weights[draw(st.integers(0, p - 1))] = 1.0
    inside = truth[(truth <= within).all(axis=1)]
    least = float((inside @ weights).min()) if len(inside) else np.inf
    loose = draw(st.sampled_from([0.0, 0.0, 1.0])) if np.isfinite(least) else 0.0
    return Fact(within, weights, least - loose)


def listed_fact(truth: np.ndarray, found: list[int], draw: st.DrawFn) -> Fact:
    """A list of all plans below a level, each of which is matched by one that the search has found."""
    weights = np.array([float(draw(st.integers(1, 5))) for _ in range(truth.shape[1])])
    matched = (truth[found][None] <= truth[:, None]).all(axis=2).any(axis=1)
    level = float((truth[~matched] @ weights).min()) if (~matched).any() else 1e3
    return Fact(np.full(len(weights), np.inf), weights, level, matched=True)


@st.composite
def searches(draw: st.DrawFn):
    """Every plan there is, those that a search has found, and what it has proven."""
    p = draw(st.integers(2, 3))
    truth = draw(values(p, draw(st.booleans())))
    found = sorted(draw(st.sets(st.integers(0, len(truth) - 1), min_size=1)))
    bounds = LowerBounds(truth.min(axis=0) - draw(st.sampled_from([0.0, 1.0, np.inf])))
    for _ in range(draw(st.integers(0, 6))):
        bounds.add(valid_fact(truth, draw))
    if draw(st.booleans()):
        bounds.add(listed_fact(truth, found, draw))
    return truth, found, bounds


def front_of(truth, found, bounds, gap=0.05):
    space = Space.of(pick_one(truth))
    return assemble(
        space,
        np.eye(len(truth))[found],
        ["exact"] * len(found),
        bounds,
        gap=gap,
        complete=False,
        status="stopped",
        method="test",
        seconds=0.0,
        solves=0,
    )


@given(searches())
@settings(max_examples=100, deadline=None)
def test_nothing_is_claimed_about_a_front_that_the_plans_contradict(search):
    truth, found, bounds = search
    front = front_of(truth, found, bounds)
    best, scale = true_front(truth), front.scale
    tiny = 1e-7
    assert {tuple(np.round(y, 6)) for y in front.points} == {tuple(np.round(y, 6)) for y in true_front(truth[found])}
    assert (front.ideal <= best.min(axis=0) + tiny).all()
    for point, label, away in zip(front.points, front.labels, front.distance, strict=True):
        able = point > bounds.ideal + 1e-6
        kept = best[(best[:, ~able] <= point[~able] + 1e-9).all(axis=1)]
        better = ((point - kept) / scale)[:, able].min(axis=1, initial=np.inf).max(initial=0.0) if able.any() else 0.0
        assert away >= better - tiny
        dominated = ((best <= point + tiny).all(axis=1) & (best < point - tiny).any(axis=1)).any()
        assert not (label is Label.PROVEN and dominated)
        assert label is not Label.WITHIN_GAP or better <= 0.05 + tiny
    missing = ((front.points[None] - best[:, None]) / scale).max(axis=2).min(axis=1).max()
    assert front.epsilon >= missing - tiny
    if np.isfinite(front.ideal).all():
        assert front.hypervolume <= front.hypervolume_bound + tiny
        assert hypervolume(best, front.reference, front.ideal) <= front.hypervolume_bound + tiny


@given(searches())
@settings(max_examples=80, deadline=None)
def test_one_more_fact_never_makes_a_claim_weaker(search):
    truth, found, bounds = search
    before = front_of(truth, found, LowerBounds(bounds.ideal.copy(), list(bounds.facts)))
    inside = truth[(truth <= truth[found[0]]).all(axis=1)]
    fact = Fact(truth[found[0]], np.ones(truth.shape[1]), float(inside.sum(axis=1).min()))
    bounds.add(fact)
    after = front_of(truth, found, bounds)
    assert (after.distance <= before.distance + 1e-9).all()
    assert after.epsilon <= before.epsilon + 1e-9
    assert after.hypervolume_bound <= before.hypervolume_bound + 1e-9


@given(st.integers(2, 4).flatmap(lambda p: values(p, True)))
@settings(max_examples=80, deadline=None)
def test_supported_points_are_those_that_some_weights_choose(points):
    from scipy.optimize import linprog

    front = true_front(points)
    low, high = front.min(axis=0), front.max(axis=0)
    unit = (front - low) / np.where(high > low, high - low, 1.0)
    n, p = unit.shape
    for k, said in enumerate(supported(front)):
        # weights w >= 0 that add up to 1 with w @ (y_k - y_i) <= 0 for all i: their least surplus is zero
        rows = np.column_stack([unit[k] - unit, -np.ones(n)])
        best = linprog(
            np.append(np.zeros(p), 1.0),
            rows,
            np.zeros(n),
            np.append(np.ones(p), 0.0)[None, :],
            [1.0],
            [(0, None)] * p + [(None, None)],
        )
        assert said == (best.fun <= 1e-7)


@given(values(3, True))
@settings(max_examples=100, deadline=None)
def test_the_points_kept_are_those_that_nothing_dominates(points):
    assert np.array_equal(points[nondominated(points)], true_front(points))


def test_a_front_with_one_point_has_a_scale_of_one():
    assert spread(np.zeros(2), np.zeros(2), np.zeros(2)).tolist() == [1.0, 1.0]
