"""Rows that whole demand points obey at a site and parts of them break: no more of a cover than fit.

For demand points C that are too many for site j, and h_i the number of largest ones of C that together need no more
than i outside C:  sum_{i in C} x_ij + sum_{i not in C} h_i x_ij <= (|C| - 1) y_j.

Source: Balas (1975), Mathematical Programming 8(1), 146-164, DOI 10.1007/BF01580440.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats

OVER = 1e-6
"""A cover needs more than the room by this share, so that no tolerance lets it fit."""

BROKEN = 0.01
"""A row is worth adding if it is broken by this much."""


@dataclass(frozen=True, eq=False)
class Cover:
    """``sum times_i x_ij <= most y_j`` for demand points ``who``, shape (k,) each."""

    site: int
    who: NDArray[np.intp]
    times: Floats
    most: float


def broken_covers(amount: Floats, room: Floats, allowed: NDArray[np.bool_], y: Floats, x: Floats) -> list[Cover]:
    """At most one for each site, as broken as a greedy search finds it; x of shape (n, m)."""
    found = []
    for j in np.flatnonzero(y > OVER):
        items = np.flatnonzero(allowed[:, j] & (amount > 0))
        cover = _cover(amount[items], float(room[j]), y[j] - x[items, j])
        if cover is None:
            continue
        chosen = items[cover]
        largest = np.cumsum(np.sort(amount[chosen])[::-1])
        rest = np.setdiff1d(items, chosen)
        times = np.searchsorted(largest, amount[rest] * (1.0 - OVER), side="right").astype(float)
        who, times = np.append(chosen, rest[times > 0]), np.append(np.ones(len(chosen)), times[times > 0])
        most = len(chosen) - 1.0
        if times @ x[who, j] > most * y[j] + BROKEN:
            found.append(Cover(int(j), who, times, most))
    return found


def _cover(amount: Floats, room: float, missing: Floats) -> NDArray[np.intp] | None:
    """Items that do not fit together, of which little is missing; none of them can be left out."""
    missing = np.maximum(missing, 0.0)
    order = np.argsort(missing / amount, kind="stable")
    total = np.cumsum(amount[order])
    k = int(np.searchsorted(total, room * (1.0 + OVER), side="right"))
    if k == len(order):
        return None
    chosen, spare = order[: k + 1], float(total[k]) - room * (1.0 + OVER)
    keep = np.ones(k + 1, bool)
    for at in np.argsort(-missing[chosen], kind="stable"):
        if amount[chosen[at]] < spare:
            keep[at] = False
            spare -= amount[chosen[at]]
    return chosen[keep]
