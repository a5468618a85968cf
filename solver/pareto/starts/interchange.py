"""Good choices of p sites by interchange: close one, open another, as long as that shortens the ways.

Every exchange is looked at in one sweep, as Whitaker (1983), "A fast algorithm for the greedy interchange for
large-scale clustering and median location problems", INFOR 21(2), does for the exchange of Teitz and Bart (1968),
Operations Research 16(5): what opening j gains, what closing r loses, and what j takes over from r.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.location.access import Access

KICKS = (2, 6)
"""Random exchanges before the next descent, at least and at most: enough to leave a valley, few enough to keep most of
what is good."""


def interchange(
    access: Access,
    p: int,
    *,
    within: float = np.inf,
    start: NDArray[np.intp] | None = None,
    tries: int = 8,
    seed: int = 0,
) -> NDArray[np.intp] | None:
    """Positions of p sites with short ways altogether and none longer than ``within``, sorted; None if none was found.

    A heuristic: no proof, and None does not say that there is no such choice.

    Parameters
    ----------
    within
        Largest distance anybody may have, in the unit of the distances.
    start
        Positions of p sites to begin with; random ones if None.
    tries
        Descents, each from the best choice so far after some random exchanges.
    """
    rng = np.random.default_rng(seed)
    cost, unit = _cost(access, within)
    m = cost.shape[1]
    best = rng.permutation(m)[:p] if start is None else np.array(start, dtype=np.intp)
    best, value = _descend(cost, best)
    for _ in range(tries if p < m else 0):
        other = best.copy()
        kicks = min(int(rng.integers(KICKS[0], KICKS[1] + 1)), p, m - p)
        closed = np.setdiff1d(np.arange(m), other)
        other[rng.choice(p, kicks, replace=False)] = rng.choice(closed, kicks, replace=False)
        other, found = _descend(cost, other)
        if found <= value:
            best, value = other, found
    return np.sort(best) if value < unit else None


def descending(
    access: Access, p: int, *, start: NDArray[np.intp] | None = None, tries: int = 30, seed: int = 0
) -> NDArray[np.intp]:
    """Choices from short ways altogether down to a short longest way: (choices, p), none dominated by the one before.

    Each is sought within less than the longest way of the last one, and starts from it.
    """
    found: list[NDArray[np.intp]] = []
    within = np.inf
    while True:
        next_one = interchange(access, p, within=within, start=start, tries=tries, seed=seed + len(found))
        if next_one is None:
            return np.array(found, dtype=np.intp).reshape(-1, p)
        found.append(next_one)
        start = next_one
        within = np.nextafter(access.nearest(next_one[None, :])[0, access.served].max(), -np.inf)


def _cost(access: Access, within: float) -> tuple[Floats, float]:
    """What a demand point costs at a site, and the surcharge for a way too long: more than all else together."""
    here = access.served
    distance, weight = access.distance[here], access.weight[here, None]
    allowed = np.isfinite(distance) & (distance <= within)
    plain = weight * np.where(np.isfinite(distance), distance, 0.0)
    unit = 1.0 + float(plain.max(axis=1).sum())
    return np.where(allowed, plain, plain + unit), unit


def _descend(cost: Floats, chosen: NDArray[np.intp]) -> tuple[NDArray[np.intp], float]:
    """Exchange one for another while the best exchange helps; the choice and its cost."""
    rows, m = cost.shape
    p = len(chosen)
    every = np.arange(rows)
    while True:
        among = cost[:, chosen]
        nearest = among.argmin(axis=1)
        first = among[every, nearest]
        value = float(first.sum())
        if p == m:
            return chosen, value
        among[every, nearest] = np.inf
        # without a second site everything would be lost: any number beyond all costs says so
        second = among.min(axis=1) if p > 1 else np.full(rows, 2.0 * cost.max() + 1.0)
        gain = np.maximum(first[:, None] - cost, 0.0).sum(axis=0)
        loss = np.bincount(nearest, second - first, minlength=p)
        # of those who lose their site r, some go to j instead of their second one
        order = np.argsort(nearest, kind="stable")
        taken = np.maximum(second[:, None] - np.maximum(cost, first[:, None]), 0.0)[order]
        ends = np.searchsorted(nearest[order], np.arange(p + 1))
        running = np.vstack([np.zeros(m), np.cumsum(taken, axis=0)])
        change = loss[:, None] - gain[None, :] - (running[ends[1:]] - running[ends[:-1]])
        change[:, chosen] = np.inf
        out, into = np.unravel_index(int(change.argmin()), change.shape)
        if change[out, into] >= -1e-9 * max(1.0, value):
            return chosen, value
        chosen = chosen.copy()
        chosen[out] = into
