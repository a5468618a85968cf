"""How much of a box any front can dominate, from facts about weighted sums: a bound on every hypervolume.

A value dominated by a plan y is at least y in every objective; so with weights that are not negative, ``w @ z >= w @ y
>= b`` for every fact without limits. The volume of what all these half-spaces share with the box is a bound. It is
counted over cells, split where a half-space cuts them; a cell that is not excluded as a whole counts as a whole.
"""

from __future__ import annotations

import numpy as np

from formulations.algebra.elements import Floats
from solver.pareto.bounds import LowerBounds

CELLS = 400_000
"""Undecided cells at which splitting ends."""

PAIRS = 40_000_000
"""Cells times facts that are looked at in one round."""

FINE = 1e-9
"""Share by which a sum must be below its fact for a cell to be excluded, against rounding."""


def ceiling(bounds: LowerBounds, reference: Floats, ideal: Floats, cells: int = CELLS) -> float:
    """Share of the box from ``ideal`` to ``reference`` that no front can exceed; 1 where nothing is known.

    Parameters
    ----------
    reference, ideal
        Shape (p,), finite.
    cells
        More give a smaller bound.
    """
    # a fact about what is still to be found says nothing about how much the points at hand dominate
    within, weights, values = LowerBounds(bounds.ideal, [f for f in bounds.facts if not f.matched]).arrays()
    width = reference - ideal
    use = np.isinf(within).all(axis=1) & np.isfinite(values) & (weights >= 0).all(axis=1) & (weights > 0).any(axis=1)
    W = weights[use] * width
    b = values[use] - weights[use] @ ideal
    size = np.abs(W).sum(axis=1) + np.abs(values[use]) + np.abs(weights[use]) @ np.abs(ideal)
    if not len(W):
        return 1.0
    W, b = W / size[:, None], b / size - FINE
    cells = min(cells, PAIRS // len(W))
    low, high, sure = np.zeros((1, len(width))), np.ones((1, len(width))), 0.0
    while len(low):
        alive = (high @ W.T >= b).all(axis=1)
        low, high = low[alive], high[alive]
        inside = (low @ W.T >= b).all(axis=1)
        sure += float(np.prod(high[inside] - low[inside], axis=1).sum())
        low, high = low[~inside], high[~inside]
        if 2 * len(low) > cells:
            break
        low, high = _halved(low, high, W, b)
    return min(1.0, sure + float(np.prod(high - low, axis=1).sum()))


def _halved(low: Floats, high: Floats, W: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Each cell in two, across the side that matters most to the fact that cuts it deepest."""
    side = high - low
    deepest = (low @ W.T - b).argmin(axis=1) if len(low) else np.empty(0, int)
    along = (side * W[deepest] + 1e-6 * side).argmax(axis=1)
    row = np.arange(len(low))
    middle = (low[row, along] + high[row, along]) / 2.0
    upper, lower = low.copy(), high.copy()
    upper[row, along], lower[row, along] = middle, middle
    return np.vstack([low, upper]), np.vstack([lower, high])
