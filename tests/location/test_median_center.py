"""p-median and p-center against all choices there are, and against the published optima."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.algebra.elements import Floats
from formulations.location import Access, MedianCenter
from formulations.location.rings import Rings
from instances.schema import InstanceError
from solver.backends.highs import run_highs
from solver.backends.search import Search
from solver.pareto.exact import NoFrontError, exact_front
from solver.pareto.starts.interchange import descending, interchange
from tests.location.pmed import published, read_pmed
from tests.pareto.finite import true_front

OUT_OF_REACH = 99


@st.composite
def cases(draw: st.DrawFn) -> tuple[Access, int]:
    """A few demand points and sites with ties, zero distances, pairs out of reach and empty places."""
    n, m = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    numbers = st.one_of(st.integers(0, 9), st.just(OUT_OF_REACH))
    d = np.array(draw(st.lists(st.lists(numbers, min_size=m, max_size=m), min_size=n, max_size=n)), float)
    d[d == OUT_OF_REACH] = np.inf
    d[np.isinf(d).all(axis=1), 0] = 3.0
    w = np.array(draw(st.lists(st.integers(0, 4), min_size=n, max_size=n)), float)
    w[0] = max(w[0], 1.0)
    return Access.of(w, d), draw(st.integers(1, m))


def every_choice(access: Access, p: int) -> np.ndarray:
    return np.array(list(combinations(range(access.site.size), p)), dtype=np.intp)


def by_hand(access: Access, choice: tuple[int, ...]) -> tuple[float, float]:
    """Distance and radius of a choice, place by place."""
    total, longest = 0.0, 0.0
    for i, weight in enumerate(access.weight):
        if weight > 0:
            near = min(access.distance[i, j] for j in choice)
            total, longest = total + weight * near, max(longest, near)
    return total, longest


def best(question: MedianCenter, access: Access, name: str) -> float:
    matrix = question.build(access).matrix()
    answer = run_highs(matrix, Search(*matrix.cost({name: 1.0}), gap=0.0))
    return np.inf if answer.state == "infeasible" else answer.bound


def test_the_values_of_choices_are_those_counted_place_by_place() -> None:
    access = Access.of([1, 0, 3], [[1, 5, 4], [50, 60, 70], [7, 2, np.inf]])
    found = MedianCenter(2).values(access, np.array([[0, 1], [0, 2], [1, 2]]))
    assert found.tolist() == [[7, 2], [22, 7], [10, 4]]
    assert [by_hand(access, c) for c in ((0, 1), (0, 2), (1, 2))] == [(7, 2), (22, 7), (10, 4)]


@given(cases())
def test_the_front_is_that_of_all_choices(case: tuple[Access, int]) -> None:
    access, p = case
    values = np.array([by_hand(access, choice) for choice in combinations(range(access.site.size), p)])
    want: Floats = true_front(values[np.isfinite(values).all(axis=1)])
    program = MedianCenter(p).build(access)
    if not len(want):
        with pytest.raises(NoFrontError) as error:
            exact_front(program)
        assert error.value.infeasible
        return
    front = exact_front(program)
    assert front.complete
    assert {label.value for label in front.labels} == {"proven"}
    assert front.points == pytest.approx(want)


@given(cases())
def test_each_end_alone_is_the_best_of_all_choices(case: tuple[Access, int]) -> None:
    access, p = case
    values = np.array([by_hand(access, choice) for choice in every_choice(access, p)])
    for k, name in enumerate(("distance", "radius")):
        assert best(MedianCenter(p, (name,)), access, name) == pytest.approx(values[:, k].min())


@given(cases())
def test_a_plan_made_from_sites_keeps_all_rows_and_has_the_value_of_the_sites(case: tuple[Access, int]) -> None:
    access, p = case
    question, choices = MedianCenter(p), every_choice(access, p)
    values = question.values(access, choices)
    reached = np.isfinite(values).all(axis=1)
    matrix, plans = question.build(access).matrix(), question.plans(access, choices)
    assert plans.shape == (len(choices), matrix.shape[1])
    kept = np.array([matrix.violations(x).largest for x in plans]) == 0
    assert (kept == reached).all()
    assert matrix.evaluate(plans)[reached] == pytest.approx(values[reached])


@given(cases(), st.integers(0, 9))
def test_interchange_keeps_the_limit_and_ends_where_no_exchange_helps(case: tuple[Access, int], limit: int) -> None:
    access, p = case
    choice = interchange(access, p, within=limit)
    if choice is None:
        return
    assert len(set(choice.tolist())) == p
    distance, radius = by_hand(access, tuple(choice))
    assert radius <= limit
    for out in choice:
        for into in set(range(access.site.size)) - set(choice.tolist()):
            other = by_hand(access, (*(c for c in choice if c != out), into))
            assert other[1] > limit or other[0] >= distance


@given(cases())
def test_the_longest_way_shrinks_from_choice_to_choice(case: tuple[Access, int]) -> None:
    access, p = case
    found = descending(access, p, tries=2)
    radius = MedianCenter(p, ("radius",)).values(access, found)[:, 0] if len(found) else np.empty(0)
    assert (np.diff(radius) < 0).all()
    assert np.isfinite(radius).all()


def test_one_more_site_never_hurts() -> None:
    rng = np.random.default_rng(3)
    access = Access.of(rng.integers(1, 9, 15), rng.random((15, 10)))
    for name in ("distance", "radius"):
        values = [best(MedianCenter(p, (name,)), access, name) for p in range(1, 11)]
        assert (np.diff(values) <= 1e-9).all()


@given(cases(), st.integers(0, 9))
def test_a_limit_on_the_radius_rules_out_all_rings_beyond_it_row_by_row(case: tuple[Access, int], limit: int) -> None:
    """One pass over single rows is enough, so any presolve finds it: what is too long, down the chain, then rings."""
    access, p = case
    matrix = MedianCenter(p).build(access).matrix()
    out = matrix.C[matrix.objectives["radius"].start].toarray().ravel() > limit
    chain, reach = (matrix.rows[name] for name in ("chain", "reach"))
    for r in reversed(range(matrix.shape[0])[chain.span]):
        lower, upper = (matrix.A[[r]].indices[matrix.A[[r]].data * sign > 0] for sign in (1, -1))
        out[lower] |= out[upper].all()
    for r in range(matrix.shape[0])[reach.span]:
        lower, upper = (matrix.A[[r]].indices[matrix.A[[r]].data * sign > 0] for sign in (1, -1))
        out[lower] |= out[upper].all()
    rings = Rings.of(access, p)
    least = rings.lengths[0]
    if least <= limit:
        assert (out[matrix.columns["beyond"].span] == (rings.outside > limit)).all()
    else:
        assert out[matrix.columns["longest"].span].all()


# -- faults ----------------------------------------------------------------------------------------------------------


def test_all_faults_of_the_data_come_in_one_error() -> None:
    with pytest.raises(InstanceError) as error:
        Access.of([np.nan, -1, 2], [[1, -2], [np.nan, 1], [np.inf, np.inf]], demand=["a", "b", "c"], site=["x", "y"])
    assert [fault.split(", first")[0] for fault in error.value.faults] == [
        "weight: 1 missing (NaN)",
        "weight: 1 negative",
        "distance: 1 missing (NaN)",
        "distance: 1 negative",
        "distance: 1 demand points where somebody lives reach no site",
    ]
    assert "first c" in error.value.faults[-1]
    assert "from b to x" in error.value.faults[2]


@pytest.mark.parametrize(
    ("weight", "distance", "words"),
    [
        ([1, 1], [[1, 2]], "weight: of shape"),
        ([1], [1, 2], "distance: of shape"),
        ([0, 0], [[1], [1]], "nobody needs"),
        ([1], np.empty((1, 0)), "no site"),
        ([np.inf], [[1]], "infinite"),
    ],
)
def test_data_that_cannot_be_meant_are_refused(weight: list[float], distance: list[list[float]], words: str) -> None:
    with pytest.raises(InstanceError, match=words):
        Access.of(weight, distance)


@pytest.mark.parametrize("p", [0, 3, -1, 1.5, True])
def test_a_number_of_sites_that_cannot_be_is_refused_with_all_other_faults(p: int) -> None:
    question = MedianCenter(p, ("distance", "distance", "speed"))
    with pytest.raises(InstanceError) as error:
        question.build(Access.of([1], [[1, 2]]))
    assert [fault.split(":")[0] for fault in error.value.faults] == ["p", "objectives", "objectives"]


def test_what_is_given_can_be_changed_later_without_harm() -> None:
    distance = np.array([[1.0, 2.0]])
    access = Access.of([1], distance)
    distance[0, 0] = 9.0
    assert access.distance[0, 0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        access.distance[0, 0] = 9.0


def test_a_choice_of_too_few_or_equal_sites_makes_no_plan() -> None:
    access = Access.of([1], [[1, 2, 3]])
    for sites in ([[0]], [[1, 1]], [0, 1]):
        with pytest.raises(ValueError, match="2 different sites"):
            MedianCenter(2).plans(access, np.array(sites))


# -- published -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "question"), [("distance", "p-median"), ("radius", "p-center")])
def test_the_optimum_of_pmed1_is_the_published_one(benchmark_data: Path, name: str, question: str) -> None:
    access, p = read_pmed(benchmark_data / "pmed" / "pmed1.txt")
    assert best(MedianCenter(p, (name,)), access, name) == pytest.approx(published(benchmark_data, "pmed1", question))
