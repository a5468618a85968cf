"""Capacitated p-median: open p sites that turn nobody away, so that people walk as little as possible altogether.

    open_j       site j is open                                                   binary
    share_ij     part of what demand point i needs that goes to site j            0..1, binary if undivided

    distance     sum_ij w_i d_ij share_ij

    count        sum_j open_j = p                                                 existing sites not counted
    served, linked, room, enough     see :mod:`formulations.location.assigned`

Source: Mulvey and Beck (1984), European Journal of Operational Research 18(3), 339-348,
DOI 10.1016/0377-2217(84)90155-3, for the question with undivided demand points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from formulations.algebra.affine import Affine
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import add_aims, judged
from formulations.location.assigned import RationsPlaces, add_assigned
from formulations.location.judgement import Judgement
from formulations.location.question import ChoosesSites
from formulations.location.siting import Siting


@dataclass(frozen=True)
class CapacitatedPMedian(RationsPlaces, ChoosesSites):
    """The question; for ``p`` see :class:`~formulations.location.question.ChoosesSites`.

    Parameters
    ----------
    undivided
        Whether a demand point goes to one site as a whole, as in most of the literature; else it may be divided.
    """

    undivided: bool = True

    title: ClassVar[str] = "capacitated p-median"
    aim: ClassVar[str] = "distance"

    def model(self, program: Program, access: Access, opened: Affine) -> None:
        """See :meth:`Question.model`."""
        way = add_assigned(program, access, opened, undivided=self.undivided).way()
        add_aims(program, self, access, (access.weight * way).sum(), way, access.travel_unit)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`."""
        way = siting.burden(access)
        return judged(self, access, siting, access.travel(way), way, checks=self.room_checks(access, siting))
