"""Ordered median: open p sites so that those who are worst off, each going to the nearest, have a short way.

    open_j       site j is open                                                   binary
    beyond_ik    no open site within ring k of demand point i                     0..1

    ordered_distance    one of
        share       mean way of the worst-off share of people
        worst       mean way of the k demand points that are worst off
        weights     ways sorted from the shortest, times weights that never fall, added up

    count        sum_j open_j = p                                                 existing sites not counted
    nearest      see :mod:`formulations.location.nearest`
    ..._tail     see :mod:`formulations.measures.cvar`: sums of largest ways

Share 1 is the p-median (per person), worst 1 the p-center. Sources: Nickel and Puerto (2005), "Location Theory: A
Unified Approach", Springer; for the conditional mean Filippi, Ogryczak and Speranza (2019), "Bridging k-sum and CVaR
optimization in MILP", Computers and Operations Research 105, 156-166.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from formulations.algebra.affine import Affine
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import add_aims, judged
from formulations.location.judgement import Judgement
from formulations.location.nearest import go_nearest
from formulations.location.question import ChoosesSites, Measure
from formulations.location.siting import Siting
from formulations.measures.fairness.ordered import KWorst, Ranked
from formulations.measures.fairness.tail import Tail


@dataclass(frozen=True)
class OrderedMedian(ChoosesSites):
    """The question; for ``p`` see :class:`~formulations.location.question.ChoosesSites`.

    Parameters
    ----------
    share
        Part of all people, above 0 and at most 1.
    worst
        Number of demand points where somebody lives.
    weights
        One for each demand point where somebody lives, from 0 up and never falling, the first for the shortest way.
        Exactly one of the three is given.
    """

    share: float | None = None
    worst: int | None = None
    weights: tuple[float, ...] | None = None

    title: ClassVar[str] = "ordered median"
    aim: ClassVar[str] = "ordered_distance"

    @property
    def measure(self) -> Measure:
        """What is minimised."""
        if self.share is not None:
            return Tail(self.share)
        if self.worst is not None:
            return KWorst(self.worst)
        return Ranked(self.weights or ())

    def faults(self, access: Access) -> list[str]:
        """See :meth:`Question.faults`."""
        found = super().faults(access)
        given = [name for name in ("share", "worst", "weights") if getattr(self, name) is not None]
        if len(given) != 1:
            return [*found, f"share, worst, weights: {', '.join(given) or 'none'} given, expected exactly one"]
        asked = [limit.measure.name for limit in self.limits]
        if self.objective is not None:
            asked.append(self.objective.name)
        if self.measure.name in asked:
            found.append(f"objective, limits: {self.measure.name} is what the question minimises already")
        return [*found, *self.measure.faults(access)]

    def model(self, program: Program, access: Access, opened: Affine) -> None:
        """See :meth:`Question.model`."""
        way = go_nearest(program, self, access, opened).way
        add_aims(program, self, access, self.measure.add(program, access, way), way, access.unit)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`."""
        burden = siting.burden(access)
        return judged(self, access, siting, self.measure.value(access, burden), burden)
