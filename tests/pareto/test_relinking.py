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
