"""Live answers against the complete front of the same town, against scipy's own solver, and against the rows."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, milp

from solver.certificate import keeps
from solver.explorer.content import LABELS, Classes
from solver.explorer.live.aim import Aim
from solver.explorer.live.answer import Answer, Desk, Refusal, answer
from solver.explorer.live.levers import levers
from solver.explorer.live.wish import Wish
from solver.fronts.run import FrontRun

RHO = 1e-3


def quiet(stage: str, known: dict) -> None:
    pass


def found(desk: Desk, **wish) -> Answer:
    got = answer(desk, Wish(**{"seconds": 60.0, "gap": 0.0, **wish}), quiet)
    assert isinstance(got, Answer), got
    return got


def refused(desk: Desk, **wish) -> Refusal:
    got = answer(desk, Wish(**{"seconds": 20.0, "gap": 0.0, **wish}), quiet)
    assert isinstance(got, Refusal), got
    return got


def taken(desk: Desk, x: np.ndarray) -> set[str]:
    """Ids of the sites that a plan opens, read from the names of its variables."""
    block = desk.asked.matrix.columns["open"]
    labels = block.dims[0].labels()
    opened = [label for label, v in zip(labels, x[block.span], strict=True) if v > 0.5]
    return {site for site in sites(desk) if any(site in label for label in opened)}


def sites(desk: Desk) -> tuple[str, ...]:
    return next(layer for layer in desk.layers if layer.name == "sites").ids


def whole(every: FrontRun) -> np.ndarray:
    # the second objective has no step, so the list is complete to a millionth of its range
    assert every.front is not None and every.front.epsilon < 2e-6 and len(every.front) > 6
    return every.front.points


def achievement(points: np.ndarray, reference: np.ndarray, scale: np.ndarray) -> np.ndarray:
    short = (points - reference) / scale
    return short.max(axis=1) + RHO * short.sum(axis=1)


@pytest.mark.parametrize("share", [0.15, 0.4, 0.75])
def test_with_a_limit_the_answer_is_the_point_of_the_complete_front_nearest_to_the_ideal(desk, every, share):
    points, front = whole(every), desk.front
    limit = float(points[:, 0].min() + share * np.ptp(points[:, 0]))
    got = found(desk, limits={"cost": (None, limit)})
    inside = points[points[:, 0] <= limit]
    ideal = np.where(np.isfinite(front.ideal), front.ideal, front.points.min(axis=0))
    best = achievement(inside, ideal, front.scale)
    assert achievement(got.y[None], ideal, front.scale)[0] == pytest.approx(best.min(), abs=1e-6)
    assert got.y[0] <= limit + 1e-6 and keeps(desk.asked.matrix, got.x[None])[0]
    assert np.isclose(points, got.y, rtol=1e-6).all(axis=1).any()
    assert got.gap == pytest.approx(0.0, abs=1e-6)


def test_with_a_goal_for_all_the_answer_is_the_point_of_the_complete_front_nearest_to_the_goals(desk, every):
    points = whole(every)
    for share in (0.2, 0.5, 0.8):
        goals = points.min(axis=0) + share * np.ptp(points, axis=0) * np.array([1.0, 1 - share])
        got = found(desk, goals=dict(zip(desk.front.names, goals.tolist(), strict=True)))
        best = achievement(points, goals, desk.front.scale).min()
        assert achievement(got.y[None], goals, desk.front.scale)[0] == pytest.approx(best, abs=1e-6)


def test_with_a_goal_for_one_the_answer_is_the_best_in_the_other_that_reaches_it(desk, every):
    points = whole(every)
    goal = float(np.sort(points[:, 0])[len(points) // 2]) + 1.0
    got = found(desk, goals={"cost": goal})
    assert got.y[0] <= goal
    assert got.y[1] == pytest.approx(points[points[:, 0] <= goal][:, 1].min(), abs=1e-6)


def test_goals_out_of_reach_are_missed_by_the_least(desk, every):
    points = whole(every)
    goal = float(points[:, 0].min() - 0.2 * np.ptp(points[:, 0]))
    got = found(desk, goals={"cost": goal})
    assert got.y[0] == pytest.approx(points[:, 0].min())


@pytest.mark.parametrize("what", [1, 0])
def test_sites_forced_in_or_out_give_what_scipy_finds_with_them_fixed(desk, what):
    start = desk.ids[1]
    reference = desk.points[1]
    for site in sites(desk):
        if what == 0 and site not in taken(desk, np.asarray(desk.plans[[1]].toarray())[0]):
            continue
        got = answer(desk, Wish(force={("sites", site): what}, start=start, seconds=60.0, gap=0.0), quiet)
        expected = by_scipy(desk, site, what, reference)
        assert isinstance(got, Answer) is (expected is not None)
        if isinstance(got, Answer):
            assert (site in taken(desk, got.x)) is bool(what)
            assert achievement(got.y[None], reference, desk.front.scale)[0] == pytest.approx(expected, abs=1e-5)


def by_scipy(desk: Desk, site: str, what: int, reference: np.ndarray) -> float | None:
    """Least achievement with a site forced, for each of its variables that may be the one that is taken."""
    matrix, scale = desk.asked.matrix, desk.front.scale
    block = matrix.columns["open"]
    mine = [block.start + k for k, label in enumerate(block.dims[0].labels()) if site in label]
    values = []
    for held in mine if what else [None]:
        lower, upper = matrix.lower.copy(), matrix.upper.copy()
        if held is None:
            upper[mine] = 0.0
        else:
            lower[held] = 1.0
        n = matrix.shape[1]
        C, c0 = desk.space.C.toarray(), desk.space.c0
        rows = np.zeros((matrix.shape[0] + len(C), n + 1))
        rows[: matrix.shape[0], :n] = matrix.A.toarray()
        rows[matrix.shape[0] :, :n] = C / scale[:, None]
        rows[matrix.shape[0] :, n] = -1.0
        low = np.append(matrix.row_lower, np.full(len(C), -np.inf))
        high = np.append(matrix.row_upper, (reference - c0) / scale)
        cost = np.append(RHO * (C / scale[:, None]).sum(axis=0), 1.0)
        got = milp(
            cost,
            integrality=np.append(matrix.integer, False).astype(int),
            bounds=(np.append(lower, -np.inf), np.append(upper, np.inf)),
            constraints=LinearConstraint(rows, low, high),
            options={"mip_rel_gap": 0.0},
        )
        if got.success:
            values.append(got.fun + RHO * float(((c0 - reference) / scale).sum()))
    return min(values, default=None)


def test_an_answer_is_called_proven_only_where_the_complete_front_has_it(desk, every):
    points = whole(every)
    width = np.ptp(points[:, 0])
    proven = 0
    for share in (0.1, 0.3, 0.5, 0.7, 0.9):
        for gap in (0.0, 0.2):
            got = found(desk, limits={"cost": (None, float(points[:, 0].min() + share * width))}, gap=gap)
            on_front = np.isclose(points, got.y, rtol=1e-9, atol=1e-6).all(axis=1).any()
            proven += LABELS[got.label] == "proven"
            assert on_front or LABELS[got.label] != "proven"
            better = ((got.y - points) / desk.front.scale).min(axis=1).max()
            assert got.distance >= better - 1e-9
    assert proven > 0


def test_what_is_forced_is_never_taken_for_a_fact_about_other_plans(desk, every):
    points = whole(every)
    for pair in itertools.combinations(sites(desk), 2):
        got = answer(desk, Wish(force={("sites", s): 1 for s in pair}, start="2", seconds=60.0, gap=0.0), quiet)
        if isinstance(got, Refusal):
            continue
        better = ((got.y - points) / desk.front.scale).min(axis=1).max()
        assert got.distance >= better - 1e-9
        if (points <= got.y - 1e-6).all(axis=1).any():
            assert LABELS[got.label] != "proven"
    for fact in desk.facts:
        for y in points[(points <= fact.within).all(axis=1)]:
            assert fact.weights @ y >= fact.value - 1e-6 * max(1.0, abs(fact.value))


def test_an_answer_that_is_there_already_is_named_and_not_a_new_one(desk):
    for at, y in enumerate(desk.front.points):
        got = found(desk, goals=dict(zip(desk.front.names, y.tolist(), strict=True)))
        if np.allclose(got.y, y):
            assert got.known == desk.ids[at]
            return
    raise AssertionError("no alternative is the nearest to itself")


def test_a_found_plan_is_known_to_the_next_wish(desk):
    cost = desk.front.points[:, 0]
    wish = {"limits": {"cost": (None, float(cost.min() + 0.4 * np.ptp(cost)))}}
    first = found(desk, **wish)
    assert first.known is None
    desk.learn("L1", first.x)
    assert found(desk, **wish).known == "L1"


def test_a_limit_below_every_plan_is_refused_with_the_nearest_value_within_reach(desk, every):
    least = whole(every)[:, 0].min()
    got = refused(desk, limits={"cost": (None, float(least) - 1000.0)})
    assert got.nearest is not None and got.nearest["cost"] == pytest.approx(least)
    assert "No plan does this: Cost at most" in got.sentences[0]["en"]
    assert f"{least:,.0f}" in got.sentences[1]["en"] and f"{least:,.0f}" in got.sentences[1]["zh"]


def test_limits_that_cannot_hold_together_are_named_and_one_that_does_not_matter_is_not(desk, every):
    points = whole(every)
    low = points.min(axis=0)
    limits = {"cost": (None, float(low[0])), "unserved": (None, float(low[1]))}
    site = next(s for s in sites(desk))
    got = refused(desk, limits=limits, force={("sites", site): 1})
    said = got.sentences[0]["en"]
    nearest = np.array([got.nearest[name] for name in desk.front.names])
    assert (nearest > low - 1e-6).all() and (nearest > low + 1e-6).any()
    # with the site in, cost alone is out of reach; so one limit and the site, or both limits, and nothing more
    named = [("Cost at most" in said), ("eople" in said), (" is used" in said)]
    assert sum(named) < 3 and sum(named) >= 1


def test_decisions_that_leave_no_choice_are_refused_by_name(desk):
    layer = next(layer for layer in desk.layers if layer.name == "sites")
    assert not isinstance(layer.decisions, Classes)
    given, missing = levers(desk.asked.matrix, desk.layers, {("sites", layer.ids[0]): 1})
    assert not missing and set(given[0].columns) <= set(range(desk.asked.matrix.shape[1]))
    bare = type(desk)(desk.asked, desk.front, desk.plans, list(desk.ids), desk.layers, desk.labels)
    named = type(layer)(**{**vars(layer), "ids": ("nowhere", *layer.ids[1:])})
    bare.layers = [named]
    got = refused(bare, force={("sites", "nowhere"): 1})
    assert "nowhere" in got.sentences[0]["en"] and got.nearest is None


def test_what_is_known_of_a_wish_before_it_is_solved_holds_for_every_plan(desk, every):
    points, front = whole(every), desk.front
    rng = np.random.default_rng(0)
    low, width = points.min(axis=0), np.ptp(points, axis=0)
    tight = 0
    for _ in range(60):
        reference = low + rng.uniform(-0.5, 1.0, 2) * width
        upper = np.where(rng.random(2) < 0.5, np.inf, low + rng.uniform(0.1, 1.0, 2) * width)
        inside = points[(points <= upper).all(axis=1)]
        if not len(inside):
            continue
        aim = Aim(upper, reference, front.scale, np.full(2, RHO), most=True)
        best = float(aim.value(inside).min())
        bound = aim.bound(desk.bounds, low, float(aim.value(points).max()))
        assert bound <= best + 1e-9
        tight += bound > best - 0.2
        weights = np.array([0.0, 1.0])
        aim = Aim(upper, reference, front.scale, weights, most=False)
        assert aim.bound(desk.bounds, low, np.inf) <= float(aim.value(inside).min()) + 1e-9
    assert tight > 10
