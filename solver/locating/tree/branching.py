"""Which site to decide next: by what deciding it has cost before, and by trying where too little is known."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from formulations.algebra.elements import Floats
from solver.locating.tree.node import Node

RELIABLE, MOST, PATIENCE = 8, 12, 4
"""A site is tried until this much is known of each of its ends; so many are tried at most in one node; and so many in
a row that are no better than the best end the trying."""

Trial: TypeAlias = Callable[[int, bool], float | None]
"""Rise of the linear program when a site is closed (False) or opened (True); infinite if nothing good is left there;
None if it could not be found out."""


class Branching:
    """Pseudo-costs: how much the linear program rose for each unit that a site was moved down or up.

    Source: Achterberg, Koch, Martin (2005), Branching rules revisited, DOI 10.1016/j.orl.2004.04.002.
    """

    def __init__(self, sites: int) -> None:
        self._sum, self._count = np.zeros((2, sites)), np.zeros((2, sites))

    def learn(self, site: int, up: bool, share: float, rise: float) -> None:
        """Take note that moving a site by ``share`` made the linear program rise by ``rise``."""
        if share > 1e-6:
            self._sum[int(up), site] += max(0.0, rise) / share
            self._count[int(up), site] += 1

    def gains(self) -> Floats:
        """Expected rises for a whole unit, shape (2, sites); the mean of all sites where nothing is known."""
        mean = self._sum.sum(axis=1) / np.maximum(self._count.sum(axis=1), 1)
        mean = np.where(mean > 0, mean, 1.0)
        return np.where(self._count > 0, self._sum / np.maximum(self._count, 1), mean[:, None])

    def choose(self, node: Node, x: Floats, trial: Trial) -> tuple[int, tuple[float, float]]:
        """The free site whose decision promises most and the rises expected when it is closed and opened.

        An infinite rise says that this end holds nothing good: the site is decided.
        """
        free = np.flatnonzero(node.low < node.high)
        y = np.clip(x[free], 0.0, 1.0)
        gains = self.gains()[:, free]
        down, up = gains[0] * y, gains[1] * (1.0 - y)
        score = np.where(np.minimum(y, 1.0 - y) > 1e-6, _score(down, up), 0.0)
        order = np.argsort(-score, kind="stable")
        best, rises, top, tried, worse = int(free[order[0]]), (float(down[order[0]]), float(up[order[0]])), -1.0, 0, 0
        for k in order:
            if score[k] <= 0.0 or worse >= PATIENCE:
                break
            site, ends = int(free[k]), [float(down[k]), float(up[k])]
            if self._count[:, site].min() < RELIABLE and tried < MOST:
                tried += 1
                for end in (0, 1):
                    rise = trial(site, bool(end))
                    if rise is None:
                        continue
                    ends[end] = rise
                    if rise == math.inf:
                        return site, (ends[0], ends[1])
                    self.learn(site, bool(end), float(1.0 - y[k] if end else y[k]), rise)
            value = float(_score(np.array(ends[0]), np.array(ends[1])))
            if value > top:
                best, rises, top, worse = site, (ends[0], ends[1]), value, 0
            else:
                worse += 1
        return best, rises


def _score(down: Floats, up: Floats) -> Floats:
    return np.asarray(np.maximum(down, 1e-6) * np.maximum(up, 1e-6))
