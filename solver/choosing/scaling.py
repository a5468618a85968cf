"""Points in units of the range of their front: what one objective's value is worth against another's, at first."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from formulations.algebra.elements import Floats
from solver.pareto.front import ROUNDING, nondominated, spread


def checked_points(points: ArrayLike) -> Floats:
    """Points as floats of shape (n, p), at least one point and one objective, all minimised.

    Raises
    ------
    ValueError
        If the shape is wrong, or a value is missing or infinite.
    """
    Y = np.asarray(points, dtype=float)
    if Y.ndim != 2 or not Y.size:
        raise ValueError(f"points: shape {Y.shape}, expected (points, objectives), at least one of each.")
    if bad := int((~np.isfinite(Y)).sum()):
        raise ValueError(f"points: {bad} values are missing or infinite.")
    return Y


def checked_weights(weights: ArrayLike | None, p: int, what: str = "weights") -> Floats:
    """Weights of the objectives, shape (p,), brought to a sum of 1; all alike if None.

    Raises
    ------
    ValueError
        If the shape is wrong, a weight is negative or no number, or all are zero; all faults at once.
    """
    if weights is None:
        return np.full(p, 1.0 / p)
    w = np.asarray(weights, dtype=float)
    faults = [] if w.shape == (p,) else [f"shape {w.shape}, expected ({p},)"]
    faults += [] if np.isfinite(w).all() else ["a weight is missing or infinite"]
    faults += ["a weight is negative"] if (w < 0).any() else []
    if not faults and w.sum() <= 0:
        faults.append("all weights are zero")
    if faults:
        raise ValueError(f"{what}: {'; '.join(faults)}.")
    return np.asarray(w / w.sum())


def ranges(points: Floats) -> tuple[Floats, Floats]:
    """Least value and range of each objective among the points that no other one dominates; shape (p,) each.

    The range of all points where those have none, and 1 where all are equal.
    """
    best = points[nondominated(points)]
    ideal, nadir = best.min(axis=0), best.max(axis=0)
    width = spread(ideal, points.max(axis=0), ideal)
    flat = nadir - ideal <= ROUNDING * np.abs(nadir)
    return ideal, np.where(flat, width, spread(ideal, nadir, ideal))


def in_units(points: Floats) -> Floats:
    """Points with 0 for the least and 1 for the greatest value of each objective on the front: (n, p) -> (n, p).

    Dominated points may lie above 1. The same for objectives in other units, or with a constant added.
    """
    ideal, width = ranges(points)
    return (points - ideal) / width


def first_least(values: Floats, points: Floats) -> int:
    """Position of the least value; of values that are equal up to rounding, the one with the least sum of units."""
    tied = np.flatnonzero(values <= values.min() + 1e-9 * max(1.0, float(np.abs(values).max())))
    return int(tied[np.argmin(in_units(points)[tied].sum(axis=1))])
