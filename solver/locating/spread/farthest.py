"""Good plans for p-dispersion: each next site as far as can be from those taken, then exchanges of the nearest two."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.locating.terms import Terms

STARTS = 30
"""First sites tried."""


def farthest_first(
    near: Floats, must: NDArray[np.intp], free: NDArray[np.intp], missing: int, terms: Terms
) -> Iterator[NDArray[np.bool_]]:
    """Plans with the sites that must be open and ``missing`` others; of each start one plan, exchanged to its end.

    Parameters
    ----------
    near
        Distances between sites, shape (m, m), infinite for pairs that do not count.
    """
    if missing <= 0 or len(free) < missing:
        if missing == 0:
            yield _plan(len(near), must)
        return
    rng = np.random.default_rng(terms.seed)
    starts = [-1] if len(must) else []
    starts += rng.permutation(len(free))[:STARTS].tolist()
    for start in starts:
        if terms.over:
            return
        taken = list(must)
        if start >= 0:
            taken.append(int(free[start]))
        gap = near[taken].min(axis=0)
        may = np.zeros(len(near), bool)
        may[free] = True
        may[taken] = False
        while len(taken) < len(must) + missing:
            site = int(np.where(may, gap, -1.0).argmax())
            taken.append(site)
            may[site] = False
            gap = np.minimum(gap, near[site])
        yield _plan(len(near), np.array(_exchanged(near, taken, len(must), may), dtype=np.intp))


def _exchanged(near: Floats, taken: list[int], fixed: int, may: NDArray[np.bool_]) -> list[int]:
    """One of the nearest two sites goes wherever the least distance grows, until it does not."""
    while True:
        inside = near[np.ix_(taken, taken)]
        least = inside.min()
        if not np.isfinite(least):
            return taken
        pair = np.argwhere(inside == least)[0]
        for out in sorted((int(k) for k in pair), reverse=True):
            if out < fixed:
                continue
            rest = [site for k, site in enumerate(taken) if k != out]
            gap = np.where(may, near[rest].min(axis=0, initial=np.inf), -1.0)
            site = int(gap.argmax())
            if gap[site] > least:
                # strictly fewer pairs are as near as the least, so this ends
                may[taken[out]], may[site] = True, False
                taken[out] = site
                break
        else:
            return taken


def _plan(m: int, sites: NDArray[np.intp]) -> NDArray[np.bool_]:
    opened = np.zeros(m, bool)
    opened[sites] = True
    return opened
