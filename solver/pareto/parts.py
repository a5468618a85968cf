"""The part of a program that has most of its whole numbers."""

from __future__ import annotations

import numpy as np

from solver.pareto.space import Space

HOLD = 0.5
"""Share of the whole numbers that a variable must have to be worth holding."""


def large_part(space: Space) -> str | None:
    """The variable that has most of the whole numbers and costs something; None if there is no such one."""
    matrix = space.matrix
    free = matrix.integer & (matrix.lower < matrix.upper)
    paid = np.asarray(abs(space.C).sum(axis=0)).ravel() > 0
    for name, block in matrix.columns.items():
        mine = free[block.span]
        if mine.sum() > HOLD * free.sum() and (mine & paid[block.span]).any() and mine.sum() < free.sum():
            return name
    return None
