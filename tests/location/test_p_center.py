"""p-center against all choices there are, an independent program, and published optima."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import scipy.optimize as opt
from hypothesis import given
from hypothesis import strategies as st

from formulations.algebra.elements import Floats
from formulations.location import Access
from formulations.location.median.p_center import PCenter
from instances.schema import InstanceError
from solver.locating.center import search as engine
from solver.locating.locate import locate
from solver.locating.terms import Terms
from solver.solution import Status
from tests.location.choices import choices, extra_rules
from tests.location.tiny import tiny_access


def radius_of(access: Access, opened: Any) -> float:
    """The longest way that anybody has, person by person; infinite if somebody reaches nothing."""
    near = [min((d for d, o in zip(row, opened, strict=True) if o), default=np.inf) for row in access.distance]
    return max(float(d) for d, w in zip(near, access.weight, strict=True) if w > 0)


def plane(n: int, m: int, seed: int = 0) -> Access:
    rng = np.random.default_rng(seed)
    people, places = rng.random((n, 2)), rng.random((m, 2))
    return Access.of(np.ones(n), np.hypot(*(people[:, None] - places[None]).transpose(2, 0, 1)))


def by_program(distance: Floats, p: int) -> float:
    """The textbook program with assignments and one big row for each demand point, by SciPy."""
    n, m = distance.shape
    size = n * m + m + 1
    cost = np.zeros(size)
    cost[-1] = 1.0
    rows, low, high = [], [], []
    for i in range(n):
        one, far = np.zeros(size), np.zeros(size)
        one[i * m : (i + 1) * m] = 1.0
        far[i * m : (i + 1) * m], far[-1] = distance[i], -1.0
        rows += [one, far]
        low += [1.0, -np.inf]
        high += [1.0, 0.0]
        for j in range(m):
            link = np.zeros(size)
            link[i * m + j], link[n * m + j] = 1.0, -1.0
            rows.append(link)
            low.append(-np.inf)
            high.append(0.0)
    count = np.zeros(size)
    count[n * m : n * m + m] = 1.0
    rows.append(count)
    low.append(p)
    high.append(p)
    whole = np.zeros(size)
    whole[n * m : n * m + m] = 1
    found = opt.milp(
        cost,
        integrality=whole,
        bounds=opt.Bounds(0, np.append(np.ones(size - 1), np.inf)),
        constraints=opt.LinearConstraint(np.array(rows), low, high),
    )
    return float(found.fun)


@given(st.data())
def test_the_fast_way_the_program_and_all_choices_agree(data: st.DataObject) -> None:
    access = data.draw(tiny_access())
    p = data.draw(st.one_of(st.none(), st.integers(0, access.site.size)))
    question = PCenter(p, **data.draw(extra_rules(access)))  # type: ignore[arg-type]
    if question.faults(access):
        return
    want = min((radius_of(access, opened) for opened in choices(question, access)), default=np.inf)
    for method in ("fast", "program"):
        found = locate(question, access, method=method, explain=False)
        if np.isinf(want):
            assert found.status is Status.INFEASIBLE, found.message
            continue
        assert found.status is Status.PROVEN, found.message
        assert found.value == pytest.approx(want)
        assert found.siting is not None
        assert radius_of(access, found.siting.open) == pytest.approx(want)
        assert any((found.siting.open == opened).all() for opened in choices(question, access))
        if method == "fast":
            assert found.verified_bound == pytest.approx(want)


@given(st.data())
def test_looking_at_parts_of_the_demand_points_changes_nothing(data: st.DataObject) -> None:
    access = data.draw(tiny_access())
    p = data.draw(st.integers(0, access.site.size))
    if PCenter(p).faults(access):
        return
    whole = engine.center(PCenter(p), access, Terms())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "DENSE", 0)
        patch.setattr(engine, "PART", 1)
        patch.setattr(engine, "MORE", 1)
        parts = engine.center(PCenter(p), access, Terms())
    assert whole is not None
    assert parts is not None
    assert (parts.state, parts.bound) == (whole.state, whole.bound)
    if whole.siting is not None and parts.siting is not None:
        assert radius_of(access, parts.siting.open) == radius_of(access, whole.siting.open)


@pytest.mark.parametrize("p", [1, 2, 3])
def test_an_independent_program_with_assignments_finds_the_same_radius(p: int) -> None:
    access = plane(9, 7, seed=p)
    found = locate(PCenter(p), access)
    assert found.status is Status.PROVEN
    assert found.value == pytest.approx(by_program(access.distance, p), rel=1e-6)


def test_existing_sites_serve_and_do_not_count() -> None:
    access = Access.of(
        [1, 1, 1],
        [[0, 5, 9], [5, 0, 4], [9, 4, 0]],
        status=["existing", "candidate", "candidate"],
        site=["a", "b", "c"],
    )
    found = locate(PCenter(1), access)
    assert (found.value, found.chosen, found.status) == (4, ["b"], Status.PROVEN) or found.chosen == ["c"]
    assert "a" in found.open_sites


def test_one_more_site_never_hurts_and_names_do_not_matter() -> None:
    access = plane(40, 25)
    values = [locate(PCenter(p), access).value for p in range(1, 8)]
    assert all(a >= b for a, b in pairwise(values))  # type: ignore[operator]
    rng = np.random.default_rng(1)
    shuffled = access.distance[rng.permutation(40)][:, rng.permutation(25)]
    assert locate(PCenter(4), Access.of(np.ones(40), shuffled)).value == values[3]


def test_the_longest_way_of_a_front_end_is_a_value_of_the_data() -> None:
    access = plane(60, 30)
    found = locate(PCenter(5), access)
    assert found.value in access.distance
    assert found.verified_bound == found.value


def test_a_search_without_time_never_says_proven_of_what_it_has_not_shown() -> None:
    access = plane(250, 250, seed=3)
    best = locate(PCenter(12), access)
    assert best.status is Status.PROVEN
    for seconds in (1e-4, 0.01, 0.03):
        found = locate(PCenter(12), access, time_limit=seconds, explain=False)
        if found.status is Status.PROVEN:
            assert found.value == best.value
        if found.bound is not None:
            assert best.value is not None
            assert found.bound <= best.value


def test_a_search_that_was_stopped_keeps_its_bound_below_the_optimum() -> None:
    terms = Terms()
    terms.stop.set()
    found = engine.center(PCenter(5), plane(80, 40), terms)
    assert found is not None
    assert found.state == "stopped"
    assert found.bound < np.inf


def test_a_plan_given_to_begin_with_is_never_lost() -> None:
    access = plane(100, 60)
    best = locate(PCenter(6), access)
    found = locate(PCenter(6), access, start=best.open_sites, time_limit=1e-3)
    assert found.value == best.value


def test_who_cannot_be_reached_by_so_few_sites_is_named() -> None:
    apart = np.full((3, 3), np.inf)
    np.fill_diagonal(apart, 1.0)
    access = Access.of([1, 1, 1], apart, demand=["north", "east", "west"])
    found = engine.center(PCenter(2), access, Terms())
    assert found is not None
    assert found.state == "infeasible"
    assert all(name in found.message for name in ("north", "east", "west"))
    assert locate(PCenter(2), access).status is Status.INFEASIBLE


@pytest.mark.parametrize("p", [-1, 4, 1.5])
def test_a_number_of_sites_that_cannot_be_is_refused(p: Any) -> None:
    with pytest.raises(InstanceError, match="p:"):
        locate(PCenter(p), Access.of([1], [[1, 2, 3]]))


def test_budget_decides_where_there_is_no_number_of_sites() -> None:
    access = Access.of([1, 1], [[0, 8], [8, 0]], cost=[3, 4])
    assert [locate(PCenter(budget=b), access).value for b in (3, 6.5, 7)] == [8, 8, 0]
