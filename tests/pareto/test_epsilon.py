"""Fronts with two objectives by limits on one of them, against enumeration and published fronts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from formulations.algebra.program import Program
from instances.index import Index
from solver.pareto import epsilon
from solver.pareto.archive import Archive, Budget
from solver.pareto.scalar import Scalars
from solver.pareto.space import Space
from tests.pareto.finite import pick_one, true_front
from tests.pareto.published import read_knapsack, read_knapsack_front

VALUES = st.integers(2, 12).flatmap(lambda n: arrays(np.int64, (n, 2), elements=st.integers(-6, 6)))


def _started(matrix, **limits):
    space = Space.of(matrix)
    return Scalars(space), Archive.empty(space), Budget(**limits)


def _in_order(points):
    return points[np.lexsort(points.T[::-1])]


@settings(max_examples=25)
@given(VALUES)
def test_a_sweep_finds_every_point_and_no_other(values):
    ask, archive, budget = _started(pick_one(values.astype(float)))
    assert epsilon.run(ask, archive, budget)
    np.testing.assert_array_equal(_in_order(archive.points), true_front(values))
    # an objective that is the same for all plans has no step, and then both ends are asked for
    assert archive.solves == len(archive.points) + 1 or not ask.space.discrete


@settings(max_examples=25)
@given(VALUES)
def test_boxes_find_every_point_and_no_other(values):
    ask, archive, budget = _started(pick_one(values.astype(float)))
    assert epsilon.boxes(ask, archive, budget)
    np.testing.assert_array_equal(_in_order(archive.points), true_front(values))


@settings(max_examples=15)
@given(VALUES, st.integers(1, 6))
def test_a_limited_number_of_questions_is_kept_and_what_is_proven_contradicts_no_plan(values, solves):
    ask, archive, budget = _started(pick_one(values.astype(float)), solves=solves)
    epsilon.run(ask, archive, budget)
    # two ends of two questions each are not cut in half
    assert archive.solves <= max(solves, 2) + 1
    for fact in archive.bounds.facts:
        inside = (values <= fact.within).all(axis=1)
        assert (values[inside] @ fact.weights >= fact.value - 1e-6).all()


def test_values_without_a_step_are_all_found_where_they_lie_further_apart_than_the_resolution():
    angle = np.linspace(0.05, 1.5, 9)
    values = np.column_stack([1.0 - np.sin(angle), 1.0 - np.cos(angle)]) * np.pi
    ask, archive, budget = _started(pick_one(np.vstack([values, values[3] + 0.1])))
    assert not ask.space.discrete
    assert epsilon.run(ask, archive, budget)
    np.testing.assert_allclose(_in_order(archive.points), _in_order(values), atol=1e-9)


def test_a_program_without_plans_has_an_empty_front():
    program = Program("none")
    x = program.binary("x", Index("item", 2))
    program.objective("a", x.sum())
    program.objective("b", -x.sum())
    program.subject_to(many=x.sum() >= 3)
    for search in (epsilon.sweep, epsilon.boxes):
        ask, archive, budget = _started(program.matrix())
        assert search(ask, archive, budget)
        assert not len(archive.points)


def test_the_objective_with_fewer_values_is_limited():
    program = Program("few")
    x = program.binary("x", Index("item", 3))
    program.objective("few", x.sum())
    program.objective("many", (np.array([100.0, 17.0, 5.0]) * -x).sum())
    assert epsilon.fewest_values(Space.of(program.matrix())) == 0
    assert epsilon.fewest_values(Space.of(program.matrix(), ["many", "few"])) == 1


def test_three_objectives_are_refused():
    ask, archive, budget = _started(pick_one(np.eye(3)))
    with pytest.raises(ValueError, match="two objectives"):
        epsilon.run(ask, archive, budget)


def test_the_published_front_of_2kp50_is_found_with_one_question_more_than_it_has_points(benchmark_data: Path):
    folder = benchmark_data / "fronts" / "2kp50"
    ask, archive, budget = _started(read_knapsack(folder).matrix())
    assert epsilon.run(ask, archive, budget)
    np.testing.assert_array_equal(_in_order(archive.points), _in_order(read_knapsack_front(folder)))
    assert archive.solves <= len(archive.points) + 2


def test_more_questions_to_boxes_leave_less_uncovered(benchmark_data: Path):
    from solver.pareto.assemble import assemble

    matrix = read_knapsack(benchmark_data / "fronts" / "2kp50").matrix()
    away = []
    for solves in (5, 10, 20):
        ask, archive, budget = _started(matrix, solves=solves)
        assert not epsilon.run(ask, archive, budget)
        front = assemble(
            ask.space,
            np.array(archive.plans),
            archive.origins,
            archive.bounds,
            gap=0.0,
            complete=False,
            status="stopped",
            method="epsilon",
            seconds=0.0,
            solves=archive.solves,
        )
        away.append(front.epsilon)
    assert away[0] > away[1] > away[2] > 0.0
    assert away[2] < 0.15
