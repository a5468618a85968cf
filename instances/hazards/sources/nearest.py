"""Which point of a set holds for a place: the nearest, within a limit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def nearest(points: Floats, places: Floats, limit: float | None) -> tuple[NDArray[np.intp], float]:
    """Position of the nearest point for every place, -1 beyond the limit; and the limit.

    Without a limit the points' own spacing holds: the 95 % quantile of the distances between neighbouring points.
    ``points`` and ``places`` have shape (n, 2), in metres.
    """
    from scipy.spatial import cKDTree

    tree = cKDTree(points)
    if limit is None:
        apart = np.asarray(tree.query(points, k=2)[0])[:, 1] if len(points) > 1 else np.array([np.inf])
        limit = float(np.quantile(apart, 0.95)) if np.isfinite(apart).all() else np.inf
    away, at = tree.query(places)
    return np.where(away <= limit, at, -1).astype(np.intp), limit
