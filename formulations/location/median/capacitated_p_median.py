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

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import add_aims, judged_aims
from formulations.location.assigned import add_assigned, assigned_siting, room_checks, room_faults
from formulations.location.judgement import Judgement, site_checks, trip_checks
from formulations.location.question import Question
from formulations.location.rules import add_rules
from formulations.location.siting import Siting


@dataclass(frozen=True)
class CapacitatedPMedian(Question):
    """The question; see :class:`~formulations.location.question.Question` for what all questions take.

    Parameters
    ----------
    p
        How many sites are chosen, besides those that exist; None where a budget decides.
    undivided
        Whether a demand point goes to one site as a whole, as in most of the literature; else it may be divided.
    """

    p: int | None = None
    undivided: bool = True

    title: ClassVar[str] = "capacitated p-median"
    aim: ClassVar[str] = "distance"

    @property
    def sites_to_choose(self) -> int | None:
        return self.p

    def faults(self, access: Access) -> list[str]:
        """See :meth:`Question.faults`; capacities must be known."""
        return [*room_faults(access), *super().faults(access)]

    def build(self, access: Access) -> Program:
        """See :meth:`Question.build`."""
        self.check(access)
        program = Program(f"{self.title}, {access.site.size} sites")
        opened = program.binary("open", access.site, doc="The site is open.")
        add_rules(program, access, self.rules(access), opened)
        way = add_assigned(program, access, opened, undivided=self.undivided).way()
        unit = " ".join(filter(None, (access.weight_unit, access.unit)))
        add_aims(program, self, access, (access.weight * way).sum(), way, unit)
        return program

    def siting(self, access: Access, matrix: Matrix, x: Floats) -> Siting:
        """See :meth:`Question.siting`."""
        return assigned_siting(access, matrix, x)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`."""
        burden = siting.burden(access)
        own = float(access.weight[access.served] @ burden[access.served])
        value, objectives, limits = judged_aims(self, access, own, burden)
        checks = [
            *site_checks(self.rules(access), access, siting.open),
            *trip_checks(access, siting),
            *room_checks(access, siting, undivided=self.undivided),
            *limits,
        ]
        return Judgement(value, objectives, burden, tuple(checks))
