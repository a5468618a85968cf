"""Capacitated set covering: as few sites as possible, or as cheap ones, so that everybody finds room in one near them.

    open_j       site j is open                                                   binary
    share_ij     part of what demand point i needs that goes to site j            0..1, binary if undivided
                 (pairs within the radius)

    sites        sum_j open_j, without those that exist                           or sum_j cost_j open_j

    budget                         see :mod:`formulations.location.rules`
    served, linked, room, enough   see :mod:`formulations.location.assigned`

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
from formulations.location.covering.capacitated_covering import radius_check
from formulations.location.faults import first
from formulations.location.judgement import Judgement, site_checks, trip_checks
from formulations.location.question import Question
from formulations.location.rules import add_rules
from formulations.location.siting import Siting
from formulations.location.uncovered import radius_faults


@dataclass(frozen=True)
class CapacitatedSetCovering(Question):
    """The question; see :class:`~formulations.location.question.Question` for what all questions take.

    Measures of fairness look at how far people go, for all of them have cover.

    Parameters
    ----------
    radius
        As for :class:`~formulations.location.covering.maximal_covering.MaximalCovering`.
    undivided
        Whether a demand point goes to one site as a whole; else part of it may go here, part there.
    by_cost
        Whether the cost of sites is minimised and not their number; sites that exist count in neither.
    """

    radius: float | None = None
    undivided: bool = False
    by_cost: bool = False

    title: ClassVar[str] = "capacitated LSCP"
    aim: ClassVar[str] = "sites"

    def faults(self, access: Access) -> list[str]:
        """See :meth:`Question.faults`; capacities must be known and everybody needs a site within the radius."""
        found = [*radius_faults(self.radius), *room_faults(access, cost=self.by_cost)]
        if not found and self.radius is not None:
            near = access.pairs.chosen(access.pairs.distance <= self.radius).count > 0
            lost = (access.weight > 0) & ~near & (access.pairs.count > 0)
            if lost.any():
                some = first(access.demand, lost)
                found.append(
                    f"radius: {int(lost.sum())} demand points have no site within {self.radius:g}, first {some}"
                )
        return [*found, *super().faults(access)]

    def price(self, access: Access) -> Floats:
        """What opening each site adds to the objective, shape (m,)."""
        each = np.ones(access.site.size) if not self.by_cost or access.cost is None else access.cost
        return np.where(access.is_status("existing"), 0.0, each)

    def build(self, access: Access) -> Program:
        """See :meth:`Question.build`."""
        self.check(access)
        program = Program(f"{self.title}, {access.site.size} sites")
        opened = program.binary("open", access.site, doc="The site is open.")
        add_rules(program, access, self.rules(access), opened)
        limit = math.inf if self.radius is None else self.radius
        assigned = add_assigned(program, access, opened, undivided=self.undivided, radius=limit)
        own = (self.price(access) * opened).sum()
        add_aims(program, self, access, own, assigned.way(), "" if self.by_cost else "sites")
        return program

    def siting(self, access: Access, matrix: Matrix, x: Floats) -> Siting:
        """See :meth:`Question.siting`."""
        return assigned_siting(access, matrix, x)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`."""
        burden = siting.burden(access)
        value, objectives, limits = judged_aims(self, access, float(self.price(access) @ siting.open), burden)
        checks = [
            *site_checks(self.rules(access), access, siting.open),
            *trip_checks(access, siting),
            radius_check(access, siting, self.radius),
            *room_checks(access, siting, undivided=self.undivided),
            *limits,
        ]
        return Judgement(value, objectives, burden, tuple(checks))
