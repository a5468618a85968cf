"""A plan for undivided demand points when the sites are given: those with most to lose first, then moves and exchanges.

Source: Martello and Toth (1981), "An algorithm for the generalized assignment problem", in Operational Research '81,
589-603, for filling by regret.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats

PASSES = 400
"""Moves and exchanges at most."""


def packed(cost: Floats, amount: Floats, room: Floats) -> NDArray[np.intp] | None:
    """To which site each demand point goes, shape (n,); None if no plan came out, which says nothing.

    Parameters
    ----------
    cost
        Shape (n, sites), infinite where a demand point cannot go.
    """
    to = _filled(cost, amount, room) if len(room) else None
    return None if to is None else _improved(cost, amount, room, to)


def _filled(cost: Floats, amount: Floats, room: Floats) -> NDArray[np.intp] | None:
    n = len(amount)
    to, left, waiting = np.full(n, -1), room.copy(), np.ones(n, bool)
    for _ in range(n):
        rows = np.flatnonzero(waiting)
        fits = np.where(amount[rows, None] <= left * (1.0 + 1e-12), cost[rows], np.inf)
        if not np.isfinite(fits.min(axis=1)).all():
            return None
        two = np.partition(fits, 1, axis=1)[:, :2] if fits.shape[1] > 1 else np.hstack([fits, fits + np.inf])
        # who has one way left goes first, the largest of them; else who would lose most
        regret = np.where(np.isfinite(two[:, 1]), two[:, 1] - two[:, 0], np.inf)
        r = int(np.lexsort((-amount[rows], -regret))[0])
        i, j = int(rows[r]), int(fits[r].argmin())
        to[i], waiting[i] = j, False
        left[j] -= amount[i]
    return to


def _improved(cost: Floats, amount: Floats, room: Floats, to: NDArray[np.intp]) -> NDArray[np.intp]:
    """Single moves while there are any that help, then exchanges of two."""
    n, points = len(amount), np.arange(len(amount))
    left = room - np.bincount(to, amount, minlength=len(room))
    for _ in range(PASSES):
        now = cost[points, to]
        move = np.where(amount[:, None] <= left * (1.0 + 1e-12), cost - now[:, None], np.inf)
        i, j = divmod(int(move.argmin()), len(room))
        if move[i, j] < -1e-12 * (1.0 + abs(now[i])):
            left[to[i]] += amount[i]
            left[j] -= amount[i]
            to[i] = j
            continue
        across = cost[:, to]
        more = amount[:, None] - amount[None, :]
        # i goes where k was and k where i was: the site of k takes amount_i - amount_k more
        fits = (more <= left[to][None, :]) & (-more <= left[to][:, None]) & (to[:, None] != to[None, :])
        swap = np.where(fits, across + across.T - now[:, None] - now[None, :], np.inf)
        i, k = divmod(int(swap.argmin()), n)
        if not swap[i, k] < -1e-12 * (1.0 + abs(now[i]) + abs(now[k])):
            break
        a, b = int(to[i]), int(to[k])
        left[a] += amount[i] - amount[k]
        left[b] += amount[k] - amount[i]
        to[i], to[k] = b, a
    return to
