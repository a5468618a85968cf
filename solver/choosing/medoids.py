"""k plans that stand for all: the sum of distances to the nearest of them is least.

Exact by enumeration where there are few subsets; otherwise the phases BUILD and SWAP of PAM, from a fixed start, so the
result is always the same and cannot be improved by exchanging one medoid.

Source: Kaufman and Rousseeuw (1990), Finding Groups in Data, Wiley, chapter 2, DOI 10.1002/9780470316801.
"""

from __future__ import annotations

from itertools import combinations, islice
from math import comb

import numpy as np

from formulations.algebra.elements import Floats

ENUMERATED = 20_000
"""Subsets up to which all of them are tried."""

AT_ONCE = 2_000
"""Subsets looked at in one step."""


def medoids(D: Floats, k: int) -> tuple[int, ...]:
    """Positions of k medoids in ascending order.

    Parameters
    ----------
    D
        Distances, shape (n, n), symmetric, not negative, zero on the diagonal.
    k
        From 1 to n.
    """
    n = len(D)
    if not 1 <= k <= n:
        raise ValueError(f"medoids: k = {k} is not a number from 1 to {n}.")
    return _enumerated(D, k) if comb(n, k) <= ENUMERATED else _swapped(D, _built(D, k))


def cost(D: Floats, chosen: tuple[int, ...]) -> float:
    """Sum of distances to the nearest medoid."""
    return float(D[:, list(chosen)].min(axis=1).sum())


def _enumerated(D: Floats, k: int) -> tuple[int, ...]:
    best: tuple[int, ...] = ()
    least = np.inf
    subsets = combinations(range(len(D)), k)
    while part := list(islice(subsets, AT_ONCE)):
        costs = D[:, np.array(part)].min(axis=2).sum(axis=0)
        at = int(np.argmin(costs))
        if costs[at] < least - 1e-12:
            best, least = part[at], float(costs[at])
    return best


def _built(D: Floats, k: int) -> list[int]:
    """One after the other, each the one that helps most."""
    chosen = [int(np.argmin(D.sum(axis=0)))]
    while len(chosen) < k:
        near = D[:, chosen].min(axis=1)
        gain = np.maximum(near[:, None] - D, 0.0).sum(axis=0)
        gain[chosen] = -1.0
        chosen.append(int(np.argmax(gain)))
    return chosen


def _swapped(D: Floats, chosen: list[int]) -> tuple[int, ...]:
    """The best exchange of a medoid for another point, again and again, until none helps."""
    now = cost(D, tuple(chosen))
    while True:
        best: tuple[float, int, int] = (now - 1e-12 * max(1.0, now), -1, -1)
        for m in range(len(chosen)):
            rest = [c for j, c in enumerate(chosen) if j != m]
            near = D[:, rest].min(axis=1) if rest else np.full(len(D), np.inf)
            costs = np.minimum(near[:, None], D).sum(axis=0)
            at = int(np.argmin(costs))
            if costs[at] < best[0]:
                best = (float(costs[at]), m, at)
        if best[1] < 0:
            return tuple(sorted(chosen))
        now, chosen[best[1]] = best[0], best[2]
