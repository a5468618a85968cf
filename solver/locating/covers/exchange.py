"""Covers with fewer sites by exchange: leave one out, repair with rows that were hard to cover weighing more and more.

Source: Gao, Weise and Li (2015), "An efficient local search heuristic with row weighting for the unicost set covering
problem", European Journal of Operational Research 246(3), 750-761, DOI 10.1016/j.ejor.2015.05.038.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Csr


def fewer(
    need: Csr,
    chosen: NDArray[np.bool_],
    rng: np.random.Generator,
    turns: int,
    over: Callable[[], bool],
    enough: int = 1,
) -> NDArray[np.bool_]:
    """The smallest cover found in so many exchanges; at worst the one given, shape (k,).

    Parameters
    ----------
    over
        Whether to end early; looked at now and then.
    enough
        The search ends with a cover of so few sites.
    """
    columns: Any = sp.csc_array(need)
    rows_of = [columns.indices[a:b] for a, b in zip(columns.indptr[:-1], columns.indptr[1:], strict=True)]
    sites_of = [need.indices[a:b] for a, b in zip(need.indptr[:-1], need.indptr[1:], strict=True)]
    k = need.shape[1]
    weight = np.ones(need.shape[0])
    inside = chosen.copy()
    times = np.rint(need @ inside.astype(float)).astype(np.intp)
    since, fresh = np.zeros(k, np.intp), np.ones(k, bool)
    best, last = chosen.copy(), -1

    def score(site: int) -> float:
        """What covering would be lost without the site, or won with it."""
        mine = rows_of[site]
        return float(weight[mine] @ (times[mine] == inside[site]))

    # kept up to date row by row
    scores = np.array([score(j) for j in range(k)])

    def flip(site: int) -> None:
        step = -1 if inside[site] else 1
        mine = rows_of[site]
        before = times[mine]
        times[mine] += step
        inside[site] = step > 0
        # rows that nobody covers now or that nobody covered before: what they weigh changes hands for all their sites
        sign = -step
        for i in mine[before == (0 if step > 0 else 1)].tolist():
            there = sites_of[i]
            scores[there[there != site]] += sign * weight[i]
        # rows with one site more or less than one: that one counts less or more
        for i in mine[before == (1 if step > 0 else 2)].tolist():
            there = sites_of[i]
            alone = there[inside[there] & (there != site)]
            scores[alone] += sign * weight[i]

    for turn in range(turns):
        if turn % 64 == 0 and over():
            break
        while not (times == 0).any():
            best = inside.copy()
            members = np.flatnonzero(inside)
            if len(members) <= max(enough, 1):
                return best
            flip(int(members[np.argmin(scores[members])]))
        members = np.flatnonzero(inside)
        order = np.lexsort((since[members], scores[members]))
        out = int(members[order[0]]) if members[order[0]] != last or len(members) == 1 else int(members[order[1]])
        flip(out)
        fresh[out], since[out] = False, turn
        for i in rows_of[out].tolist():
            fresh[sites_of[i]] = True
        fresh[out] = False
        bare = np.flatnonzero(times == 0)
        there = sites_of[int(rng.choice(bare))]
        free = there[fresh[there]]
        free = free if len(free) else there
        into = int(free[np.lexsort((since[free], -scores[free]))[0]])
        flip(into)
        since[into], last = turn, into
        for i in rows_of[into].tolist():
            fresh[sites_of[i]] = True
        bare = np.flatnonzero(times == 0)
        weight[bare] += 1.0
        for i in bare.tolist():
            scores[sites_of[i]] += 1.0
    return best
