"""Bundles of ways: several distinct ways for each couple of nodes, and which of them to keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from instances.travel.arcs import Flags, Floats, Ints, expand
from instances.travel.trace import fingerprints, tokens


@dataclass(frozen=True, eq=False)
class Bundle:
    """Ways of couples; links of way w are ``link[start[w]:start[w + 1]]``, rising.

    Attributes
    ----------
    couple
        Couple that each way joins.
    rank
        0 for the direct way, 1 for others.
    best
        Milliseconds in the scenario in which the way was found.
    """

    couple: Ints
    rank: Ints
    best: Floats
    start: Ints
    link: Ints

    @classmethod
    def of(cls, couple: Ints, rank: int, best: Floats, way: Ints, link: Ints) -> Bundle:
        """Ways from columns; ``way`` and ``link`` say which links they use, in any order."""
        order = np.lexsort((link, way))
        start = np.searchsorted(way[order], np.arange(len(couple) + 1)).astype(np.intp)
        ranks = np.full(len(couple), rank, np.intp)
        return cls(np.asarray(couple, np.intp), ranks, np.asarray(best, np.float64), start, link[order])

    @classmethod
    def joined(cls, parts: Sequence[Bundle], offsets: Sequence[int] | None = None) -> Bundle:
        """Bundles one after the other; couples of part k are raised by ``offsets[k]``."""
        none = np.zeros(0, np.intp)
        raised = [0] * len(parts) if offsets is None else list(offsets)
        sizes = np.concatenate([np.zeros(1, np.intp), *(np.diff(p.start) for p in parts)])
        return cls(
            np.concatenate([none, *(p.couple + o for p, o in zip(parts, raised, strict=True))]),
            np.concatenate([none, *(p.rank for p in parts)]),
            np.concatenate([np.zeros(0), *(p.best for p in parts)]),
            np.cumsum(sizes),
            np.concatenate([none, *(p.link for p in parts)]),
        )

    def __len__(self) -> int:
        return len(self.couple)

    def take(self, which: Ints) -> Bundle:
        """Some ways, in the order given."""
        _, member = expand(self.start, which)
        start = np.concatenate([np.zeros(1, np.intp), np.cumsum(np.diff(self.start)[which])])
        return Bundle(self.couple[which], self.rank[which], self.best[which], start, self.link[member])

    def distinct(self, links: int) -> Bundle:
        """Each way of a couple once, sorted by couple, rank and time; the least rank and its least time are kept."""
        way = np.repeat(np.arange(len(self)), np.diff(self.start))
        mark = fingerprints(len(self), way, self.link, tokens(links))
        order = np.lexsort((self.best, self.rank, mark, self.couple))
        new = np.ones(len(order), bool)
        new[1:] = (np.diff(self.couple[order]) != 0) | (np.diff(mark[order]) != 0)
        kept = np.sort(order[new])
        return self.take(kept[np.lexsort((self.best[kept], self.rank[kept], self.couple[kept]))])

    def incidence(self, links: int) -> Any:
        """Sparse matrix (way, link) of ones."""
        from scipy import sparse

        return sparse.csr_array((np.ones(len(self.link)), self.link, self.start), shape=(len(self), links))

    def hit(self, cut: Flags) -> Flags:
        """Whether a way uses a link that a scenario cuts, shape (way, scenario); ``cut`` per link and scenario."""
        hit: Flags = (self.incidence(len(cut)) @ cut.astype(np.float32)) > 0
        return hit

    def covering(self, cut: Flags, probability: Floats, most: int) -> Bundle:
        """At most ``most`` ways a couple: the direct one, then those that reopen the most probability.

        One by one the way is taken that is open in the scenarios of the greatest probability in which no way taken
        before is (the greedy rule for covers); of equals the quickest, then the first. A way that reopens nothing
        more is left out only if there are more ways than ``most``.
        """
        crowded = np.bincount(self.couple, minlength=int(self.couple.max(initial=-1)) + 1)[self.couple] > most
        some = np.flatnonzero(crowded)
        if not len(some):
            return self
        couple = np.unique(self.couple[some], return_inverse=True)[1]
        open_ = ~self.take(some).hit(cut)
        lost = np.ones((int(couple.max()) + 1, cut.shape[1]), bool)
        kept = np.zeros(len(some), bool)
        # Counted in millionths of a millionth: sums of whole numbers do not depend on their order.
        weight = np.rint(probability / probability.sum() * 1e12)
        for turn in range(most):
            gain = (open_ & lost[couple]) @ weight
            gain[kept] = -1.0
            if turn == 0:
                gain = -self.rank[some].astype(np.float64)  # the direct way comes first, whatever it is worth
            order = np.lexsort((np.arange(len(some)), self.best[some], -gain, couple))
            first = order[np.concatenate([[True], np.diff(couple[order]) > 0])]
            kept[first] = True
            lost[couple[first]] &= ~open_[first]
        keep = ~crowded
        keep[some[kept]] = True
        return self.take(np.flatnonzero(keep))
