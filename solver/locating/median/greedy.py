"""A choice that keeps rows about sites, site by site: what saves most for what it takes of the rows comes first."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.locating.median.core import Core
from solver.locating.median.ledger import sums
from solver.locating.terms import Terms


def greedy(core: Core, wanted: NDArray[np.bool_], terms: Terms) -> NDArray[np.bool_]:
    """Sites among those wanted, then any others, as long as they fit and help, shape (k,).

    Whoever nobody serves yet counts more than all else together. Lower sides of rows are not looked at.
    """
    top = np.zeros(core.points)
    full = np.diff(core.start) > 0
    top[full] = core.cost[core.start[1:][full] - 1]
    penalty = 1.0 + 2.0 * float(top.sum() + core.fixed.sum())
    now, owner = np.where(np.isinf(core.cap), penalty, core.cap), core.owner
    gain = sums(core.at, np.maximum(now[owner] - core.cost, 0.0), size=core.size)
    columns = sp.csr_array((np.arange(len(core.at)), core.at, core.start), shape=(core.points, core.size)).tocsc()
    share = _share(core)
    y, act, high = np.zeros(core.size, bool), np.zeros(len(core.A)), core.high + 1e-9 * np.abs(core.high)
    for among in (wanted, np.ones(core.size, bool)):
        while not terms.over and (core.count is None or int(y.sum()) < core.count):
            may = among & ~y & (act[:, None] + core.A <= high[:, None]).all(axis=0)
            saved = gain - core.fixed
            if core.count is None:
                may &= saved > 0
            if not may.any():
                break
            j = int(np.where(may, saved / share, -np.inf).argmax())
            y[j] = True
            act += core.A[:, j]
            pair = columns.data[columns.indptr[j] : columns.indptr[j + 1]]
            who = owner[pair]
            nearer = core.cost[pair] < now[who]
            _serve(core, gain, now, who[nearer], core.cost[pair[nearer]])
    return y


def _share(core: Core) -> Floats:
    """The part of what rows allow that a site takes, of the row of which it takes most, shape (k,)."""
    share = np.zeros(core.size)
    for row, high in zip(core.A, core.high, strict=True):
        if 0.0 < high < np.inf:
            share = np.maximum(share, row / high)
    return share + 1e-3 * max(float(share.max(initial=0.0)), 1e-9)


def _serve(core: Core, gain: Floats, now: Floats, who: NDArray[np.int32], cost: Floats) -> None:
    """Demand points go to a new site: what others would gain from them falls."""
    begin, length = core.start[who], np.diff(core.start)[who]
    pair = np.arange(int(length.sum())) + np.repeat(begin - (np.cumsum(length) - length), length)
    before, after = np.repeat(now[who], length), np.repeat(cost, length)
    less = np.maximum(before - core.cost[pair], 0.0) - np.maximum(after - core.cost[pair], 0.0)
    gain -= sums(core.at[pair], less, size=core.size)
    now[who] = cost
