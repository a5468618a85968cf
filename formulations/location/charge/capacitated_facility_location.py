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

from formulations.algebra.affine import Affine
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import add_aims
from formulations.location.assigned import RationsPlaces, add_assigned
from formulations.location.charge.charges import ChargesSites, opening
from formulations.location.judgement import Judgement
from formulations.location.siting import Siting


@dataclass(frozen=True)
class CapacitatedFacilityLocation(RationsPlaces, ChargesSites):
    """The question (CFL); for ``p`` see :class:`~formulations.location.question.ChoosesSites`."""

    title: ClassVar[str] = "CFL"
    undivided: ClassVar[bool] = False

    def model(self, program: Program, access: Access, opened: Affine) -> None:
        """See :meth:`Question.model`."""
        way = add_assigned(program, access, opened, undivided=self.undivided).way()
        spent = (opening(access, self.rules(access)) * opened).sum()
        add_aims(program, self, access, spent + (access.weight * way).sum(), way)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`."""
        return self.charged(access, siting, self.room_checks(access, siting))
