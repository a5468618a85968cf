"""What the page computes for a selection is what solver.choosing computes for the same points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from solver.choosing.goals import closest
from solver.choosing.knee import knee
from solver.choosing.regret import least_regret
from solver.choosing.scaling import in_units
from solver.choosing.topsis import topsis
from solver.pareto.front import nondominated
from tests.explorer.conftest import Opened
from tests.explorer.generated import generated


@pytest.fixture(scope="module")
def page(keep_open: Callable[..., Opened]) -> Any:
    return keep_open(generated(40, 6, 8, 12, 12)).page


def fronts() -> dict[str, np.ndarray]:
    """Points of many kinds: far apart, tied, dominated, constant, one alone."""
    random = np.random.default_rng(7)
    found = {}
    for p in (1, 2, 3, 4, 6):
        for n in (1, 2, 7, 60):
            found[f"{n} random points of {p} objectives"] = random.random((n, p)) * 10.0 ** random.integers(-3, 6, p)
            sphere = np.abs(random.normal(size=(n, p))) + 1e-3
            sphere = 1 - sphere / np.linalg.norm(sphere, axis=1)[:, None]
            found[f"{n} points of a bulging front of {p} objectives"] = 100 + sphere * 40
            found[f"{n} coarse points with ties of {p} objectives"] = random.integers(0, 4, (n, p)).astype(float)
    plane = random.dirichlet(np.ones(3), 30)
    found["a straight front"] = plane
    found["a front with all its extremes"] = np.vstack([np.eye(3), plane**2])
    found["one objective the same in all"] = np.column_stack([plane, np.full(30, 5.0)])
    found["an objective that differs by rounding"] = np.column_stack([plane, 1e6 + 1e-9 * random.random(30)])
    found["all points the same"] = np.full((5, 3), 2.5)
    found["below zero"] = -plane * 1e4
    found["every point twice"] = np.vstack([plane, plane])
    found["two extremes in one plan"] = np.array([[0.0, 0.0, 5.0], [1.0, 2.0, 0.0], [2.0, 1.0, 1.0]])
    return found


FRONTS = fronts()


def columns(points: np.ndarray) -> list[list[float]]:
    found: list[list[float]] = np.asarray(points).T.tolist()
    return found


def asked(page: Any, call: str, given: Any) -> Any:
    return page.evaluate(f"given => {{ const c = window.refugia.calc; {call} }}", given)


def told(values: Any) -> np.ndarray:
    """Numbers of the page; Infinity and NaN come as such."""
    return np.asarray(values, float)


def same_plan(points: np.ndarray, mine: int, other: int) -> None:
    """The same plan, or an equal one."""
    assert points[mine].tolist() == points[other].tolist()


@pytest.mark.parametrize("name", FRONTS)
def test_the_page_finds_the_same_undominated_points_and_units(page: Any, name: str) -> None:
    points = FRONTS[name]
    found = asked(page, "const s = c.scaled(given); return [s.front, s.unit.map(u => [...u])]", columns(points))
    assert found[0] == nondominated(points).tolist()
    np.testing.assert_allclose(told(found[1]).T, in_units(points), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", FRONTS)
def test_the_balanced_plan_of_the_page_is_that_of_topsis(page: Any, name: str) -> None:
    points = FRONTS[name]
    found = asked(page, "const t = c.topsis(given); return [t.position, [...t.closeness]]", columns(points))
    expected = topsis(points)
    np.testing.assert_allclose(told(found[1]), expected.closeness, rtol=1e-10, atol=1e-12)
    same_plan(points, found[0], expected.position)


@pytest.mark.parametrize("name", FRONTS)
def test_the_knee_of_the_page_is_that_of_das(page: Any, name: str) -> None:
    points = FRONTS[name]
    found = asked(
        page, "const k = c.knee(given); return [k.position, [...k.distance], k.extremes, k.bulge]", columns(points)
    )
    expected = knee(points)
    np.testing.assert_allclose(told(found[1]), expected.distance, rtol=1e-9, atol=1e-9)
    assert found[2] == list(expected.extremes)
    assert found[3] == pytest.approx(expected.bulge, abs=1e-9)
    same_plan(points, found[0], expected.position)


@pytest.mark.parametrize("name", FRONTS)
def test_the_plan_of_least_regret_of_the_page_is_that_of_savage(page: Any, name: str) -> None:
    points = FRONTS[name]
    found = asked(
        page, "const r = c.leastRegret(given); return [r.position, r.regret.map(u => [...u])]", columns(points)
    )
    expected = least_regret(points)
    np.testing.assert_allclose(told(found[1]).T, expected.regret, rtol=1e-12, atol=1e-12)
    same_plan(points, found[0], expected.position)


@pytest.mark.parametrize("wished", ["within reach", "out of reach", "beyond", "of some objectives"])
@pytest.mark.parametrize("name", FRONTS)
def test_the_plan_closest_to_goals_of_the_page_is_that_of_wierzbicki(page: Any, name: str, wished: str) -> None:
    points = FRONTS[name]
    share = {"within reach": 0.9, "out of reach": 0.1, "beyond": 1.4, "of some objectives": 0.6}[wished]
    goals = points.min(axis=0) + share * np.ptp(points, axis=0)
    if wished == "of some objectives":
        goals[1::2] = np.inf
    given = [None if np.isinf(g) else g for g in goals.tolist()]
    found = asked(
        page,
        "const g = c.closest(given[0], given[1]); return [g.position, g.miss.map(m => [...m]), g.reached,"
        " [...g.achievement]]",
        [columns(points), given],
    )
    expected = closest(points, goals)
    np.testing.assert_allclose(told(found[1]).T, expected.miss, rtol=1e-10, atol=1e-10)
    assert found[2] == expected.reached
    np.testing.assert_allclose(told(found[3]), expected.achievement, rtol=1e-10, atol=1e-10)
    same_plan(points, found[0], expected.position)


def test_the_buttons_suggest_of_a_selection_what_solver_choosing_finds_in_it(page: Any) -> None:
    points = generated(40, 6, 8, 12, 12).alternatives.values
    limit = float(np.quantile(points[:, 0], 0.6))
    inside = np.flatnonzero(points[:, 0] <= limit)
    some = points[inside]
    wished = np.full(points.shape[1], np.inf)
    wished[1] = float(np.quantile(some[:, 1], 0.3))
    page.evaluate(
        "given => { const s = window.refugia.state; s.setLimit(0, [null, given[0]]); s.setGoal(1, given[1]); }",
        [limit, float(wished[1])],
    )
    page.get_by_role("button", name=f"Within the limits ({len(inside)})").wait_for()
    expected = {
        "Balanced": topsis(some).position,
        "Closest to the goals": closest(some, wished).position,
        "Least regret": least_regret(some).position,
    }
    if knee(some).bulge > 1e-9:
        expected["Knee"] = knee(some).position
    shown = [text.rsplit(" ", 1) for text in page.locator(".suggestions li .title").all_inner_texts()]
    assert {name.strip(): chosen for name, chosen in shown} == {
        name: str(inside[at] + 1) for name, at in expected.items()
    }
    page.evaluate("() => { const s = window.refugia.state; s.clearLimits(); s.setGoal(1, null); }")


def test_a_front_without_any_goal_has_no_closest_plan(page: Any) -> None:
    call = "try { c.closest([[1, 2], [2, 1]], [null, null]); return '' } catch (error) { return error.message }"
    assert "no goal" in asked(page, call, None)


def test_what_a_selection_shares_is_counted_as_numpy_counts_it(page: Any) -> None:
    random = np.random.default_rng(3)
    chosen = random.random((50, 40)) < random.choice([0.0, 0.1, 0.5, 0.9, 1.0], 40)
    some = np.flatnonzero(random.random(50) < 0.2)
    here, every = chosen[some].sum(axis=0), chosen.sum(axis=0)
    found = asked(page, "return c.commonness(...given)", [here.tolist(), len(some), every.tolist(), 50])
    mixed = (every > 0) & (every < 50)
    assert found["everywhere"] == int((every == 50).sum())
    assert found["nowhere"] == int((every == 0).sum())
    for name, rule in (("always", chosen[some].all(axis=0)), ("never", ~chosen[some].any(axis=0))):
        assert {s["at"] for s in found[name]} == set(np.flatnonzero(rule & mixed).tolist())
    rest = mixed & ~chosen[some].all(axis=0) & chosen[some].any(axis=0)
    assert {s["at"] for s in found["differs"]} == set(np.flatnonzero(rest).tolist())
    for s in found["differs"]:
        assert s["here"] == pytest.approx(chosen[some, s["at"]].mean())
        assert s["all"] == pytest.approx(chosen[:, s["at"]].mean())
    apart = [abs(s["here"] - s["all"]) for s in found["differs"]]
    assert apart == sorted(apart, reverse=True)


def test_area_turned_into_each_class_is_what_numpy_sums(page: Any) -> None:
    random = np.random.default_rng(4)
    features, alternatives, kinds, groups = 30, 12, 4, 3
    today = random.integers(0, kinds, features)
    chosen = random.integers(0, kinds, (alternatives, features))
    area, group = random.random(features), random.integers(0, groups, features)
    some = [0, 3, 9, 10, 11]  # the last two came later, as live solves do
    given = {
        "decided": chosen[:10].T.ravel().tolist(),
        "first": 10,
        "later": chosen[10:].tolist(),
        "today": today.tolist(),
        "kinds": kinds,
        "weight": area.tolist(),
        "group": group.tolist(),
        "groups": groups,
    }
    found = asked(
        page,
        "const f = c.startTurned(given[0]); c.addTurned(f, given[0], given[1], 0, 11);"
        "c.addTurned(f, given[0], given[1], 11, 30); return [[...f.into], [...f.changed]]",
        [given, some],
    )
    turned = chosen[some] != today
    expected = [
        [(area * ((chosen[some] == k) & turned) * (group == g)).sum() for k in range(kinds)] for g in range(groups)
    ]
    np.testing.assert_allclose(np.reshape(found[0], (groups, kinds)), expected)
    assert found[1] == turned.sum(axis=0).tolist()
