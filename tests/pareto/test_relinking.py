"""Plans on the way from one plan to another."""

from __future__ import annotations

import numpy as np

from solver.certificate import keeps
from solver.clock import Clock
from solver.pareto.relinking import Relinking
from solver.pareto.space import Space
from tests.pareto.test_large import _sites


def test_a_path_leads_from_one_plan_to_the_other_by_one_decision_at_a_time_and_all_its_plans_keep_the_rows():
    matrix, _ = _sites()
    walker = Relinking(Space.of(matrix))
    opened, kept = matrix.columns["open"].span, matrix.columns["keep"].span
    a, b = np.zeros(matrix.shape[1]), np.zeros(matrix.shape[1])
    a[opened], b[opened] = [1, 1, 0, 0], [0, 0, 1, 1]
    a[kept], b[kept] = [1, 1, 1, 0, 0, 0, 0], [1, 0, 1, 1, 0, 0, 0]
    path = walker.path(a, b, np.ones(2), Clock())
    assert keeps(matrix, np.array(path)).all()
    whole = np.array(path)[:, matrix.integer]
    np.testing.assert_array_equal(whole[0], a[matrix.integer])
    np.testing.assert_array_equal(whole[-1], b[matrix.integer])
    assert (np.abs(np.diff(whole, axis=0)).sum(axis=1) == 1).all()


def _plan(matrix, opened, kept):
    x = np.zeros(matrix.shape[1])
    x[matrix.columns["open"].span], x[matrix.columns["keep"].span] = opened, kept
    return x


def test_steps_around_a_plan_change_what_is_free_alone_and_find_the_best_single_step():
    matrix, _ = _sites()
    space = Space.of(matrix)
    start, weights = _plan(matrix, [1, 0, 0, 0], [1, 1, 1, 0, 0, 0, 0]), np.array([1.0, 1.0])
    free = np.ones(matrix.shape[1], bool)
    free[matrix.columns["keep"].span] = False
    walker = Relinking(space)
    found = np.array(walker.around(start, weights, free, 10, Clock()))
    assert keeps(matrix, found).all()
    np.testing.assert_array_equal(
        found[:, matrix.columns["keep"].span], np.tile(start[matrix.columns["keep"].span], (len(found), 1))
    )
    one_more = [_plan(matrix, np.eye(4)[0] + np.eye(4)[k], [1, 1, 1, 0, 0, 0, 0]) for k in (1, 2, 3)]
    least = min(float(space.values(np.array(walker.path(x, x, weights, Clock())))[0] @ weights) for x in one_more)
    at_first = float(space.values(found[:1])[0] @ weights)
    assert float((space.values(found) @ weights).min()) <= min(least, at_first) + 1e-6


def test_plans_take_over_a_part_of_another_one_and_keep_the_rest():
    matrix, _ = _sites()
    part, opened = matrix.columns["keep"].span, matrix.columns["open"].span
    plans = [_plan(matrix, row, [1, 1, 1, 0, 0, 0, 0]) for row in ([1, 0, 0, 0], [0, 1, 1, 0])]
    other = _plan(matrix, [0, 0, 0, 1], [0, 0, 0, 0, 1, 1, 1])
    found = np.array(Relinking(Space.of(matrix)).with_part(plans, other, part, [np.ones(2)] * 2, Clock()))
    assert keeps(matrix, found).all()
    np.testing.assert_array_equal(found[:, part], np.tile(other[part], (2, 1)))
    np.testing.assert_array_equal(found[:, opened], np.array(plans)[:, opened])


def test_a_part_that_leaves_no_plan_is_not_taken_over():
    matrix, _ = _sites()
    plan, none = _plan(matrix, [1, 0, 0, 0], [1, 1, 1, 0, 0, 0, 0]), _plan(matrix, [1, 0, 0, 0], [0] * 7)
    walker = Relinking(Space.of(matrix))
    assert walker.with_part([plan], none, matrix.columns["keep"].span, [np.ones(2)], Clock()) == []
