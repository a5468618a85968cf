"""Programs whose plans are a given list of points: pick one. Everything about their fronts can be enumerated."""

from __future__ import annotations

import numpy as np

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from formulations.algebra.program import Program
from instances.index import Index


def pick_one(values: Floats) -> Matrix:
    """The program whose plans have exactly the rows of ``values``, shape (plans, p), as objectives."""
    program = Program("pick one")
    plan = Index("plan", len(values))
    pick = program.binary("pick", plan)
    for k in range(values.shape[1]):
        program.objective(f"f{k}", (values[:, k] * pick).sum())
    program.subject_to(one=pick.sum() == 1)
    return program.matrix()


def true_front(values: Floats) -> Floats:
    """Rows that no other row dominates, equal ones once, sorted."""
    rows = np.unique(values, axis=0)
    better = (rows[:, None, :] <= rows[None, :, :]).all(axis=2) & (rows[:, None, :] < rows[None, :, :]).any(axis=2)
    return rows[~better.any(axis=0)]
