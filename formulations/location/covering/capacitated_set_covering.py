"""Capacitated set covering: as few sites as possible, or as cheap ones, so that everybody finds room in one near them.

    open_j       site j is open                                                   binary
    share_ij     part of what demand point i needs that goes to site j            0..1, binary if undivided
                 (pairs within the radius)

    sites        sum_j open_j, without those that exist                           or sum_j cost_j open_j

    budget                         see :mod:`formulations.location.rules`
    served, linked, room, enough   see :mod:`formulations.location.assigned`

Source: Current and Storbeck (1988), "Capacitated covering models", Environment and Planning B 15(2), 153-163.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from formulations.algebra.affine import Affine
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import add_aims, judged
from formulations.location.assigned import RationsPlaces, add_assigned
from formulations.location.covering.capacitated_covering import radius_check
from formulations.location.faults import first
from formulations.location.fewest import FewestSites
from formulations.location.judgement import Judgement
from formulations.location.siting import Siting
from formulations.location.uncovered import radius_faults


@dataclass(frozen=True)
class CapacitatedSetCovering(RationsPlaces, FewestSites):
    """The question; see :class:`~formulations.location.question.Question` for what all questions take.

    Measures of fairness look at how far people go, for all of them have cover.

    Parameters
    ----------
    radius
        As for :class:`~formulations.location.uncovered.CoversMost`.
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
        found = radius_faults(self.radius)
        if not found and self.radius is not None:
            near = access.pairs.chosen(access.pairs.distance <= self.radius).count > 0
            lost = (access.weight > 0) & ~near & (access.pairs.count > 0)
            if lost.any():
                some = first(access.demand, lost)
                found.append(
                    f"radius: {int(lost.sum())} demand points have no site within {self.radius:g}, first {some}"
                )
        return [*found, *super().faults(access)]

    def model(self, program: Program, access: Access, opened: Affine) -> None:
        """See :meth:`Question.model`."""
        assigned = add_assigned(program, access, opened, undivided=self.undivided, radius=self.within)
        own = (self.price(access) * opened).sum()
        add_aims(program, self, access, own, assigned.way(), self.aim)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`."""
        more, burden = self.both(access, siting.open), siting.burden(access)
        checks = [radius_check(access, siting, self.radius), *self.room_checks(access, siting)]
        return judged(self, access, siting, more.get(self.aim, 0.0), burden, more=more, checks=checks)
