"""p-median: open p sites so that people, each going to the nearest, walk as little as possible altogether.

    open_j       site j is open                                                   binary
    beyond_ik    no open site within ring k of demand point i                     0..1

    distance     sum_i w_i way_i

    count        sum_j open_j = p                                                 existing sites not counted
    nearest      see :mod:`formulations.location.nearest`

With existing sites this is the conditional p-median. Source: ReVelle and Swain (1970), Geographical Analysis 2(1),
30-42, DOI 10.1111/j.1538-4632.1970.tb00142.x, for the question.
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
from formulations.location.question import ChoosesSites
from formulations.location.siting import Siting


@dataclass(frozen=True)
class PMedian(ChoosesSites):
    """The question; for ``p`` see :class:`~formulations.location.question.ChoosesSites`."""

    title: ClassVar[str] = "p-median"
    aim: ClassVar[str] = "distance"

    def model(self, program: Program, access: Access, opened: Affine) -> None:
        """See :meth:`Question.model`."""
        way = go_nearest(program, self, access, opened).way
        add_aims(program, self, access, (access.weight * way).sum(), way, access.travel_unit)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`."""
        way = siting.burden(access)
        return judged(self, access, siting, access.travel(way), way)
