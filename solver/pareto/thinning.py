"""Fewer points of a front with two objectives that stand for all of it."""

from __future__ import annotations

import heapq

import numpy as np

from formulations.algebra.elements import Floats


def thinned(points: Floats, most: int) -> np.ndarray:
    """Positions of so many points at most, sorted by the first objective; both ends stay.

    Leaves out, again and again, the point without which the least hypervolume is lost: with two objectives that of the
    rectangle up to its neighbours. Source: the measure behind SMS-EMOA, Beume, Naujoks and Emmerich (2007),
    DOI 10.1016/j.ejor.2006.08.008.

    Parameters
    ----------
    points
        Shape (n, 2), none dominated by another one.
    """
    order = np.argsort(points[:, 0], kind="stable")
    y = points[order]
    n = len(y)
    before, after = np.arange(n) - 1, np.arange(n) + 1
    kept = np.ones(n, bool)

    def lost(k: int) -> float:
        return float((y[after[k], 0] - y[k, 0]) * (y[before[k], 1] - y[k, 1]))

    queue = [(lost(k), k) for k in range(1, n - 1)]
    heapq.heapify(queue)
    left = n
    while left > max(most, 2) and queue:
        value, k = heapq.heappop(queue)
        # what has changed since was pushed again
        if not kept[k] or value != lost(k):
            continue
        kept[k], left = False, left - 1
        a, b = int(before[k]), int(after[k])
        after[a], before[b] = b, a
        for j in (a, b):
            if 0 < j < n - 1:
                heapq.heappush(queue, (lost(j), j))
    return np.asarray(order[kept])
