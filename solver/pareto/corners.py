"""Lower corners of what may still hold a point of a front: zones between the points, cut where facts end.

A zone is the box below a local upper bound. A fact that holds up to a limit inside the zone says nothing about the zone
as a whole, but much about its part below the limit; so the zone is cut there, and each part is judged by itself.
"""

from __future__ import annotations

import numpy as np

from formulations.algebra.elements import Floats
from solver.pareto.bounds import LowerBounds
from solver.pareto.space import Space
from solver.pareto.zones import local_upper_bounds

ROUNDS = 12
"""Cuts one after the other; what is not cut further is judged as it is, which is safe."""

ROUNDING = 1e-9
"""Share of a limit by which a box must reach beyond it to be cut there."""

PAIRS = 4_000_000
"""Boxes times facts that are looked at in one round; with more, boxes stay whole."""


def open_boxes(space: Space, points: Floats, bounds: LowerBounds) -> tuple[Floats, Floats]:
    """Boxes ``low <= y <= top`` that together hold every value neither excluded nor dominated by the points.

    Returns
    -------
    numpy.ndarray, numpy.ndarray
        Lower and upper corners, shape (boxes, p) each, the latter infinite where nothing is known above.
    """
    uppers = local_upper_bounds(points, np.full(space.size, np.inf))
    # values are below `uppers` and at most `tops`
    tops, lows = space.below(uppers), np.full_like(uppers, -np.inf)
    within, _, values = bounds.arrays()
    within = np.unique(within[(values > -np.inf) & np.isfinite(within).any(axis=1)], axis=0)
    for _ in range(ROUNDS):
        lows = np.maximum(lows, space.raised(bounds.corner(tops)))
        alive = (lows < uppers).all(axis=1) & (lows <= tops).all(axis=1)
        lows, tops, uppers = lows[alive], tops[alive], uppers[alive]
        if not len(lows) or len(lows) * len(within) > PAIRS:
            break
        limit, k = _cuts(lows, tops, within)
        cut = np.flatnonzero(k >= 0)
        if not cut.size:
            break
        above, below = lows[cut].copy(), tops[cut].copy()
        below[np.arange(cut.size), k[cut]], above[np.arange(cut.size), k[cut]] = _sides(space, limit[cut], k[cut])
        rest = tops[cut].copy()
        tops[cut] = below
        lows, tops, uppers = np.vstack([lows, above]), np.vstack([tops, rest]), np.vstack([uppers, uppers[cut]])
    alive = (lows < uppers).all(axis=1) & (lows <= tops).all(axis=1)
    return lows[alive], tops[alive]


def _sides(space: Space, limit: Floats, k: np.ndarray) -> tuple[Floats, Floats]:
    """The last value of objective k up to a limit and the first one above it; the limit for both without a step."""
    step = np.where(space.step > 0, space.step, 1.0)[k]
    last = np.floor((limit - space.c0[k]) / step + 1e-6) * step + space.c0[k]
    return np.where(space.step[k] > 0, last, limit), np.where(space.step[k] > 0, last + step, limit)


def _cuts(lows: Floats, tops: Floats, within: Floats) -> tuple[Floats, np.ndarray]:
    """For each box the highest limit of a fact that holds in the box but for one objective, and that objective.

    Returns
    -------
    numpy.ndarray, numpy.ndarray
        Shape (boxes,) each; -1 as objective where no fact ends inside the box.
    """
    boxes, p = lows.shape
    best, at = np.full(boxes, np.nan), np.full(boxes, -1)
    nearest = np.full(boxes, np.inf)
    reaches = tops[:, None, :] <= within[None, :, :]
    for k in range(p):
        others = reaches[:, :, np.arange(p) != k].all(axis=2)
        # a limit that is the top but for rounding would be cut again and again
        limit = np.where(np.isfinite(within[:, k]), within[:, k], 0.0)
        below = np.isfinite(within[:, k]) & (tops[:, None, k] - limit > ROUNDING * np.abs(limit))
        inside = others & (within[None, :, k] > lows[:, None, k]) & below
        highest = np.where(inside, within[None, :, k], -np.inf).max(axis=1, initial=-np.inf)
        found = np.isfinite(highest)
        with np.errstate(invalid="ignore"):
            away = (tops[:, k] - highest) / np.maximum(1.0, np.abs(highest))
        better = found & ((away < nearest) | (at < 0))
        best[better], at[better], nearest[better] = highest[better], k, away[better]
    return best, at
