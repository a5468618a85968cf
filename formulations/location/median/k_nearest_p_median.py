"""k-nearest p-median: the p-median in which people look at their k nearest sites only, or at first.

    strict        nobody goes farther than to the k nearest sites (those as near as the k-th among them)
    not strict    the p-median itself; k says with how many pairs the search begins, and pairs are added until it is
                  proven that those left out cannot help

Rows and objective are those of :mod:`formulations.location.median.p_median`, or with capacities those of
:mod:`formulations.location.median.capacitated_p_median`, over the pairs that count. Source: Church (2018), "Tobler's
law and spatial optimization: why Bakersfield?", International Regional Science Review 41(3), 287-310, for few pairs in
place of all.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.judgement import Judgement
from formulations.location.median.capacitated_p_median import CapacitatedPMedian
from formulations.location.median.p_median import PMedian
from formulations.location.question import ChoosesSites, Question
from formulations.location.siting import Siting


@dataclass(frozen=True)
class KNearestPMedian(ChoosesSites):
    """The question; for ``p`` see :class:`~formulations.location.question.ChoosesSites`.

    Parameters
    ----------
    k
        How many nearest sites, one number for all or one for each demand point.
    strict
        Whether nobody may go farther; else k is only where the search begins.
    capacitated
        Whether sites take no more than their capacity.
    undivided
        With capacities: whether a demand point goes to one site as a whole.
    """

    k: int | tuple[int, ...] = 5
    strict: bool = False
    capacitated: bool = False
    undivided: bool = True

    title: ClassVar[str] = "k-nearest p-median"
    aim: ClassVar[str] = "distance"

    @property
    def whole(self) -> PMedian | CapacitatedPMedian:
        """The same question over all pairs that are given."""
        asked: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(Question)}
        if self.capacitated:
            return CapacitatedPMedian(self.p, self.undivided, **asked)
        return PMedian(self.p, **asked)

    def counts(self, access: Access) -> NDArray[np.int64]:
        """How many nearest sites of each demand point, shape (n,)."""
        return np.broadcast_to(np.asarray(self.k, dtype=np.int64), (access.demand.size,))

    def faults(self, access: Access) -> list[str]:
        """See :meth:`Question.faults`."""
        found = self.whole.faults(access)
        try:
            given = np.asarray(self.k)
        except ValueError:
            # rows of different lengths
            given = np.empty(0)
        if given.dtype.kind not in "iu" or (given < 1).any():
            found.append(f"k: {self.k!r}, expected whole numbers from 1 up")
        elif given.shape not in ((), (access.demand.size,)):
            found.append(
                f"k: {given.size} numbers for {access.demand.size} demand points; give one for all or one each"
            )
        return found

    def model(self, program: Program, access: Access, opened: Affine) -> None:
        """See :meth:`Question.model`."""
        self.whole.model(program, self.seen(access), opened)

    def siting(self, access: Access, matrix: Matrix, x: Floats) -> Siting:
        """See :meth:`Question.siting`."""
        return self.whole.siting(self.seen(access), matrix, x)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`; a trip farther than to the k nearest sites is out of reach if strict."""
        return self.whole.judge(self.seen(access), siting)

    def seen(self, access: Access) -> Access:
        """The data with the pairs that count."""
        return nearest_only(access, self.counts(access)) if self.strict else access


def kth_distance(access: Access, count: NDArray[np.int64]) -> Floats:
    """Distance of the k-th nearest site, of the last one where there are fewer; infinite without any; shape (n,)."""
    pairs = access.pairs
    last = pairs.start[:-1] + np.minimum(count, pairs.count) - 1
    there = pairs.count > 0
    return np.where(there, pairs.distance[np.where(there, last, 0)] if pairs.size else np.inf, np.inf)


def nearest_only(access: Access, count: NDArray[np.int64]) -> Access:
    """The data with the k nearest sites of each demand point, and those as near as the last of them."""
    pairs = access.pairs
    return replace(access, pairs=pairs.chosen(pairs.distance <= np.repeat(kth_distance(access, count), pairs.count)))
