"""Capacitated facility location: open sites and send people to them so that nobody is turned away and it costs least.

    open_j       site j is open                                                   binary
    share_ij     part of what demand point i needs that goes to site j            0..1

    cost         sum_j cost_j open_j + sum_ij w_i d_ij share_ij                   existing sites cost nothing

    served, linked, room, enough     see :mod:`formulations.location.assigned`

What a demand point needs may be divided among sites; if it must not, ask
:class:`~formulations.location.charge.single_source_facility_location.SingleSourceFacilityLocation`. Data that say what
it costs to serve a demand point as a whole (OR-Library ``cap``) have a weight of one and its need as ``amount``.
Source: Cornuejols, Sridharan and Thizy (1991), European Journal of Operational Research 50(3), 280-297,
DOI 10.1016/0377-2217(91)90261-S.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import add_aims
from formulations.location.assigned import add_assigned, assigned_siting, room_checks, room_faults
from formulations.location.charge.charges import judged_charges, opening
from formulations.location.judgement import Judgement, site_checks, trip_checks
from formulations.location.question import Question
from formulations.location.rules import add_rules
from formulations.location.siting import Siting


@dataclass(frozen=True)
class CapacitatedFacilityLocation(Question):
    """The question (CFL); see :class:`~formulations.location.question.Question` for what all questions take.

    Parameters
    ----------
    p
        How many sites are chosen besides those that exist; None (as in the literature) where costs decide.
    """

    p: int | None = None

    title: ClassVar[str] = "CFL"
    aim: ClassVar[str] = "cost"
    undivided: ClassVar[bool] = False
    """Whether a demand point goes to one site as a whole."""

    @property
    def sites_to_choose(self) -> int | None:
        return self.p

    def faults(self, access: Access) -> list[str]:
        """See :meth:`Question.faults`; costs of opening and capacities must be known."""
        return [*room_faults(access, cost=True), *super().faults(access)]

    def build(self, access: Access) -> Program:
        """See :meth:`Question.build`."""
        self.check(access)
        rules = self.rules(access)
        program = Program(f"{self.title}, {access.site.size} sites")
        opened = program.binary("open", access.site, doc="The site is open.")
        add_rules(program, access, rules, opened)
        way = add_assigned(program, access, opened, undivided=self.undivided).way()
        add_aims(program, self, access, (opening(access, rules) * opened).sum() + (access.weight * way).sum(), way)
        return program

    def siting(self, access: Access, matrix: Matrix, x: Floats) -> Siting:
        """See :meth:`Question.siting`."""
        return assigned_siting(access, matrix, x)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`."""
        rules = self.rules(access)
        checks = [
            *site_checks(rules, access, siting.open),
            *trip_checks(access, siting),
            *room_checks(access, siting, undivided=self.undivided),
        ]
        return judged_charges(self, access, rules, siting, checks)
