"""Supported points: those that are best for some weights, so that adding up weighted objectives can find them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats

ROUNDING = 1e-9
"""Share of the range by which a point may lie off a face of the hull and still count as on it."""

FAR = 10.0
"""Ranges by which points are moved to stand for everything that is worse."""


def supported(points: Floats) -> NDArray[np.bool_]:
    """Whether each point of a front is best for some weights, none negative: (n, p) -> (n,).

    They are the points on the lower faces of the convex hull; the others lie above a mixture of supported ones and no
    weighted sum finds them. Source: Ehrgott (2005), Multicriteria Optimization, Section 3.1,
    DOI 10.1007/3-540-27659-9.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    unit = (points - low) / np.where(high > low, high - low, 1.0)
    if points.shape[1] == 2:
        return _by_chain(unit)
    return _by_facets(unit) if points.shape[1] == 3 else _by_programs(unit)


def _by_chain(unit: Floats) -> NDArray[np.bool_]:
    """Two objectives: the lower chain, points on its edges included."""
    order = np.lexsort((unit[:, 1], unit[:, 0]))
    chain: list[int] = []
    for at in order:
        while len(chain) > 1 and _turn(unit[chain[-2]], unit[chain[-1]], unit[at]) < -ROUNDING:
            chain.pop()
        chain.append(int(at))
    found = np.zeros(len(unit), bool)
    found[chain] = True
    return found


def _turn(a: Floats, b: Floats, c: Floats) -> float:
    """Positive where the way from a over b to c turns left."""
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


def _by_facets(unit: Floats) -> NDArray[np.bool_]:
    """Three objectives: the facets of the hull of the points and all that is worse, whose weights are not negative."""
    from scipy.spatial import ConvexHull

    worse = [unit + FAR * side for side in np.eye(3)]
    planes = np.unique(ConvexHull(np.vstack([unit, *worse])).equations, axis=0)
    lower = planes[(planes[:, :3] <= ROUNDING).all(axis=1)]
    return np.asarray((np.abs(unit @ lower[:, :3].T + lower[:, 3]) <= ROUNDING).any(axis=1))


def _by_programs(unit: Floats) -> NDArray[np.bool_]:
    """One small linear program per point: weights w for which ``w @ point <= w @ every other one``.

    Points that are best for one of many fixed weights need none.
    """
    from scipy.optimize import linprog

    n, p = unit.shape
    found = np.zeros(n, bool)
    draws = np.random.default_rng(0).dirichlet(np.ones(p), size=min(4 * n, 4000))
    found[np.unique((unit @ draws.T).argmin(axis=0))] = True
    hull = np.flatnonzero(found)
    for k in np.flatnonzero(~found):
        # a mixture of points already known to be supported that is better everywhere settles most of the others
        if _above(unit, int(k), hull, linprog):
            continue
        if not _above(unit, int(k), np.delete(np.arange(n), k), linprog):
            found[k] = True
            hull = np.append(hull, k)
    return found


def _above(unit: Floats, k: int, others: NDArray[np.intp], linprog: Any) -> bool:
    """Whether some mixture of other points is lower than point k in every objective."""
    n, p = len(others), unit.shape[1]
    # max t:  sum_i a_i y_i + t <= y_k,  sum_i a_i = 1,  a >= 0
    cost = np.append(np.zeros(n), -1.0)
    rows = np.column_stack([unit[others].T, np.ones(p)])
    whole = np.append(np.ones(n), 0.0)[None, :]
    best = linprog(cost, rows, unit[k], whole, [1.0], [(0, None)] * n + [(None, None)])
    return bool(best.status == 0 and -best.fun > ROUNDING)
