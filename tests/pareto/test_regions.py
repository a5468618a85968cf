"""All points of a front by zones: against enumeration, published fronts, and laws that any front obeys."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from formulations.algebra.program import Program
from instances.index import Index
from solver.pareto import regions
from solver.pareto.archive import Archive, Budget
from solver.pareto.exact import exact_front
from solver.pareto.recall import Recalling
from solver.pareto.scalar import Scalars
from solver.pareto.space import Space
from tests.pareto.finite import pick_one, true_front
from tests.pareto.published import FORGET, read_fgt, read_knapsack, read_knapsack_front


def search(
    matrix: Matrix, budget: Budget | None = None, resolution: Floats | None = None, names: tuple[str, ...] | None = None
) -> tuple[bool, Archive]:
    space = Space.of(matrix, names)
    archive = Archive.empty(space)
    complete = regions.run(Scalars(space), archive, Budget() if budget is None else budget, resolution)
    return complete, archive


@contextlib.contextmanager
def without_one_pass() -> Iterator[None]:
    """As for programs whose rows cross each other too much for that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("solver.pareto.stages.Stages.front", lambda self, over: None)
        yield


def in_order(points: Floats) -> Floats:
    return points[np.lexsort(points.T[::-1])]


@st.composite
def binary_programs(draw: st.DrawFn, whole: bool = True) -> tuple[Matrix, Floats, Floats, Floats]:
    """A program of at most eight yes-or-no columns with two rows and two to four objectives, and its numbers."""
    p, n = draw(st.integers(2, 4)), draw(st.integers(2, 8))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    C = rng.integers(-9, 10, (p, n)).astype(float) if whole else rng.normal(size=(p, n)) * np.pi
    A = rng.integers(0, 6, (2, n)).astype(float)
    high = np.round(A.sum(axis=1) * draw(st.sampled_from([0.3, 0.6, 0.9])))
    return binary_program(C, A, high), C, A, high


def binary_program(C: Floats, A: Floats, high: Floats, top: int = 1) -> Matrix:
    program = Program("drawn")
    item = Index("item", C.shape[1])
    x = program.binary("x", item) if top == 1 else program.variable("x", item, upper=top, integer=True)
    for k, row in enumerate(C):
        program.objective(f"f{k}", (row * x).sum())
    for k, row in enumerate(A):
        program.subject_to(**{f"row{k}": (row * x).sum() <= high[k]})
    return program.matrix()


def all_values(C: Floats, A: Floats, high: Floats, top: int = 1) -> Floats:
    X = np.array(list(itertools.product(range(top + 1), repeat=C.shape[1])), float)
    return X[(X @ A.T <= high + 1e-9).all(axis=1)] @ C.T


@settings(max_examples=25)
@given(binary_programs())
def test_every_point_of_a_tiny_program_is_found(case: tuple[Matrix, Floats, Floats, Floats]) -> None:
    matrix, C, A, high = case
    complete, archive = search(matrix)
    assert complete
    np.testing.assert_array_equal(in_order(archive.points), true_front(all_values(C, A, high)))


@settings(max_examples=25)
@given(binary_programs(whole=False))
def test_every_point_is_found_where_values_have_no_common_step(case: tuple[Matrix, Floats, Floats, Floats]) -> None:
    matrix, C, A, high = case
    complete, archive = search(matrix)
    want = true_front(all_values(C, A, high))
    assert complete
    assert archive.points.shape == want.shape
    np.testing.assert_allclose(in_order(archive.points), want, rtol=0, atol=1e-9)


@settings(max_examples=25)
@given(binary_programs())
def test_planes_and_layers_find_the_same_points(case: tuple[Matrix, Floats, Floats, Floats]) -> None:
    matrix, C, A, high = case
    with without_one_pass():
        complete, archive = search(matrix)
    assert complete
    np.testing.assert_array_equal(in_order(archive.points), true_front(all_values(C, A, high)))


@settings(max_examples=25)
@given(binary_programs(), st.booleans())
def test_questions_alone_find_the_same_points(case: tuple[Matrix, Floats, Floats, Floats], live: bool) -> None:
    # without planes and layers, as for programs too large for them; and without the live model
    matrix, C, A, high = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("solver.pareto.regions.small", lambda space: False)
        patch.setattr("solver.pareto.scalar.small", lambda space: live)
        if not live:
            C, A = C[:2, :4], A[:, :4]
            matrix = binary_program(C, A, high)
        complete, archive = search(matrix)
    assert complete
    np.testing.assert_array_equal(in_order(archive.points), true_front(all_values(C, A, high)))


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(2, 3))
def test_whole_numbers_above_one_are_found_too(seed: int, p: int) -> None:
    rng = np.random.default_rng(seed)
    C, A = rng.integers(-9, 10, (p, 4)).astype(float), rng.integers(1, 6, (2, 4)).astype(float)
    high = np.round(A.sum(axis=1) * 1.5)
    complete, archive = search(binary_program(C, A, high, top=3))
    assert complete
    np.testing.assert_array_equal(in_order(archive.points), true_front(all_values(C, A, high, top=3)))


@settings(max_examples=25)
@given(binary_programs(), st.randoms(use_true_random=False))
def test_the_order_of_objectives_does_not_matter(case: tuple[Matrix, Floats, Floats, Floats], random: object) -> None:
    matrix = case[0]
    names = list(matrix.objectives)
    order = list(range(len(names)))
    random.shuffle(order)  # type: ignore[attr-defined]
    _, straight = search(matrix)
    _, turned = search(matrix, names=tuple(names[k] for k in order))
    np.testing.assert_array_equal(in_order(straight.points[:, order]), in_order(turned.points))


@settings(max_examples=25)
@given(st.lists(st.tuples(*[st.integers(0, 12)] * 3), min_size=1, max_size=12), st.integers(1, 5))
def test_a_dominated_plan_changes_nothing(values: list[tuple[int, ...]], worse: int) -> None:
    points = np.array(values, float)
    _, without = search(pick_one(points))
    _, with_it = search(pick_one(np.vstack([points, points[0] + worse])))
    np.testing.assert_array_equal(in_order(without.points), in_order(with_it.points))
    np.testing.assert_array_equal(in_order(without.points), true_front(points))


@settings(max_examples=50)
@given(binary_programs(), st.integers(1, 12), st.booleans())
def test_a_search_that_is_stopped_has_proven_nothing_false(
    case: tuple[Matrix, Floats, Floats, Floats], solves: int, one_pass: bool
) -> None:
    matrix, C, A, high = case
    with contextlib.nullcontext() if one_pass else without_one_pass():
        complete, archive = search(matrix, Budget(solves=solves))
    everything = all_values(C, A, high)
    front = true_front(everything)
    if complete:
        np.testing.assert_array_equal(in_order(archive.points), front)
    for fact in archive.bounds.facts:
        inside = everything[(everything <= fact.within + 1e-9).all(axis=1)]
        if fact.matched:
            inside = inside[~(archive.points[:, None, :] <= inside[None, :, :]).all(axis=2).any(axis=0)]
        assert (inside @ fact.weights >= fact.value - 1e-6 * max(1.0, abs(fact.value))).all()
    # every true point that is missing lies in a zone that the facts leave open
    if len(archive.points):
        for y in front[~(archive.points[:, None, :] <= front[None, :, :]).all(axis=2).any(axis=0)]:
            corner = archive.bounds.corner(y[None, :])[0]
            assert (corner <= y + 1e-6 * np.maximum(1.0, np.abs(y))).all()


@settings(max_examples=25)
@given(binary_programs(), st.integers(2, 8))
def test_a_coarse_resolution_misses_no_point_by_more(
    case: tuple[Matrix, Floats, Floats, Floats], resolution: int
) -> None:
    matrix, C, A, high = case
    coarse = np.full(len(C), float(resolution))
    complete, archive = search(matrix, resolution=coarse)
    front = true_front(all_values(C, A, high))
    assert complete
    matched = (archive.points[:, None, :] <= front[None, :, :] + coarse).all(axis=2).any(axis=0)
    assert matched.all()


def test_a_program_without_plans_has_an_empty_front() -> None:
    C, A = np.eye(2), np.array([[1.0, 1.0]])
    complete, archive = search(binary_program(C, A, np.array([-1.0])))
    assert complete
    assert len(archive.points) == 0


def test_points_known_before_are_kept_and_dominated_ones_replaced() -> None:
    values = np.array([[0, 9, 5], [5, 5, 5], [9, 0, 5], [4, 4, 4], [9, 9, 0]], float)
    matrix = pick_one(values)
    space = Space.of(matrix)
    archive = Archive.empty(space)
    archive.take(np.eye(5)[1], "start")
    archive.take(np.eye(5)[0], "start")
    assert regions.run(Scalars(space), archive, Budget())
    np.testing.assert_array_equal(in_order(archive.points), true_front(values))
    assert sorted(archive.origins).count("start") == 1


def test_the_published_knapsack_front_of_two_objectives_is_found(benchmark_data: Path) -> None:
    folder = benchmark_data / "fronts" / "2kp50"
    complete, archive = search(read_knapsack(folder).matrix())
    assert complete
    np.testing.assert_array_equal(in_order(archive.points), read_knapsack_front(folder))


@pytest.mark.long
def test_the_published_knapsack_front_of_three_objectives_is_found(benchmark_data: Path) -> None:
    folder = benchmark_data / "fronts" / "3kp50"
    complete, archive = search(read_knapsack(folder).matrix())
    assert complete
    np.testing.assert_array_equal(in_order(archive.points), read_knapsack_front(folder))


@pytest.mark.parametrize(
    ("n", "k", "size"), [(6, 1, 991), (6, 2, 893), (6, 3, 1127), (7, 1, 2655), (7, 2, 2420), (7, 3, 2655)]
)
def test_fronts_of_facility_location_have_the_published_size(benchmark_data: Path, n: int, k: int, size: int) -> None:
    complete, archive = search(read_fgt(benchmark_data / "fronts" / "uflp" / FORGET.format(n=n, k=k)).matrix())
    assert complete
    assert len(archive.points) == size


def test_one_pass_and_layers_find_the_same_front_of_facility_location(benchmark_data: Path) -> None:
    matrix = read_fgt(benchmark_data / "fronts" / "uflp" / FORGET.format(n=6, k=2)).matrix()
    _, at_once = search(matrix)
    with without_one_pass():
        complete, in_layers = search(matrix)
    assert complete
    assert in_layers.solves > at_once.solves
    np.testing.assert_array_equal(in_order(at_once.points), in_order(in_layers.points))


def test_a_front_of_facility_location_that_is_stopped_early_knows_how_near_it_is(benchmark_data: Path) -> None:
    matrix = read_fgt(benchmark_data / "fronts" / "uflp" / FORGET.format(n=6, k=3)).matrix()
    whole = exact_front(matrix)
    assert whole.complete
    with without_one_pass():
        part = exact_front(matrix, max_solves=12)
    assert not part.complete
    assert 0.0 < part.epsilon < 0.1
    missed = ((part.points[:, None, :] - whole.points[None, :, :]) / part.scale).max(axis=2).min(axis=0).max()
    assert missed <= part.epsilon + 1e-9
    assert part.hypervolume <= whole.hypervolume <= part.hypervolume_bound * (1.0 + 1e-9)


def test_questions_that_a_list_of_plans_would_answer_wrongly_are_put_to_a_solver() -> None:
    # the listed plans below the level are all dominated or known; the best one within a limit is among the dominated
    matrix = pick_one(np.array([[0, 9], [9, 0], [5, 5], [4, 6], [6, 7]], float))
    space = Space.of(matrix)
    archive = Archive.empty(space)
    assert regions.run(Scalars(space), archive, Budget())
    assert any(fact.matched for fact in archive.bounds.facts)
    again = Recalling(space, archive=archive).minimize(np.array([1.0, 1.0]), np.array([np.inf, 20.0]))
    assert again.state == "solved"
    assert again.fact.value == 9.0
