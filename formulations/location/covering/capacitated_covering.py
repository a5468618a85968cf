"""Capacitated maximal covering: open p sites so that as many people as possible find room in one near them.

    open_j       site j is open                                                   binary
    share_ij     part of what demand point i needs that goes to site j            0..1, binary if undivided
                 (pairs within the radius)

    uncovered    sum_i w_i (1 - sum_j share_ij)                                   people without room

    count, budget          see :mod:`formulations.location.rules`
    served, linked, room   see :mod:`formulations.location.assigned`; ``served`` says at most 1

Source: Current and Storbeck (1988), "Capacitated covering models", Environment and Planning B 15(2), 153-163,
DOI 10.1068/b150153.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import add_aims, judged_aims
from formulations.location.assigned import add_assigned, assigned_siting, room_checks, room_faults
from formulations.location.judgement import Checked, Judgement, checked, site_checks, trip_checks
from formulations.location.question import Question
from formulations.location.rules import add_rules
from formulations.location.siting import Siting
from formulations.location.uncovered import choice_faults, radius_faults


@dataclass(frozen=True)
class CapacitatedMaximalCovering(Question):
    """The question; see :class:`~formulations.location.question.Question` for what all questions take.

    Parameters
    ----------
    p, radius
        As for :class:`~formulations.location.covering.maximal_covering.MaximalCovering`.
    undivided
        Whether a demand point goes to one site as a whole; else part of it may go here, part there, part nowhere.
    """

    p: int | None = None
    radius: float | None = None
    undivided: bool = False

    title: ClassVar[str] = "capacitated MCLP"
    aim: ClassVar[str] = "uncovered"
    leaves_out: ClassVar[bool] = True

    @property
    def sites_to_choose(self) -> int | None:
        return self.p

    def faults(self, access: Access) -> list[str]:
        """See :meth:`Question.faults`; capacities must be known."""
        found = [*radius_faults(self.radius), *choice_faults(self.p, self.budget), *room_faults(access)]
        return [*found, *super().faults(access)]

    def build(self, access: Access) -> Program:
        """See :meth:`Question.build`."""
        self.check(access)
        program = Program(f"{self.title}, {access.site.size} sites")
        opened = program.binary("open", access.site, doc="The site is open.")
        add_rules(program, access, self.rules(access), opened)
        limit = math.inf if self.radius is None else self.radius
        assigned = add_assigned(program, access, opened, undivided=self.undivided, everybody=False, radius=limit)
        here = (access.weight > 0).astype(float)
        uncovered = here - assigned.share.sum_by(assigned.pair["demand"])
        add_aims(program, self, access, (access.weight * uncovered).sum(), uncovered, access.weight_unit)
        return program

    def siting(self, access: Access, matrix: Matrix, x: Floats) -> Siting:
        """See :meth:`Question.siting`."""
        return assigned_siting(access, matrix, x)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`; cover is counted from the trips."""
        share = np.bincount(siting.demand, siting.share, minlength=access.demand.size)
        burden = np.where(access.weight > 0, np.maximum(1.0 - share, 0.0), 0.0)
        own = float(access.weight @ burden)
        value, objectives, limits = judged_aims(self, access, own, burden)
        objectives = {**objectives, "covered": float(access.weight.sum()) - own}
        checks = [
            *site_checks(self.rules(access), access, siting.open),
            *trip_checks(access, siting, everybody=False),
            radius_check(access, siting, self.radius),
            *room_checks(access, siting, undivided=self.undivided),
            *limits,
        ]
        return Judgement(value, objectives, burden, tuple(checks))


def radius_check(access: Access, siting: Siting, radius: float | None) -> Checked:
    """Whether no trip is longer than the radius."""
    if radius is None:
        return checked("radius", np.zeros(1), 1.0)
    excess = np.zeros(access.demand.size)
    way = siting.way(access)
    far = np.flatnonzero(way > radius)
    np.maximum.at(excess, siting.demand[far], way[far] - radius)
    return checked("radius", np.where(np.isfinite(excess), excess, 0.0), radius, access.demand)
