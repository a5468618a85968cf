"""Capacitated maximal covering: open p sites so that as many people as possible find room in one near them.

    open_j       site j is open                                                   binary
    share_ij     part of what demand point i needs that goes to site j            0..1, binary if undivided
                 (pairs within the radius)

    uncovered    sum_i w_i (1 - sum_j share_ij)                                   people without room

    count, budget          see :mod:`formulations.location.rules`
    served, linked, room   see :mod:`formulations.location.assigned`; ``served`` says at most 1

Source: Current and Storbeck (1988), "Capacitated covering models", Environment and Planning B 15(2), 153-163.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from formulations.algebra.affine import Affine
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import add_aims, judged
from formulations.location.assigned import RationsPlaces, add_assigned
from formulations.location.judgement import Checked, Judgement, checked
from formulations.location.siting import Siting
from formulations.location.uncovered import CoversMost


@dataclass(frozen=True)
class CapacitatedMaximalCovering(RationsPlaces, CoversMost):
    """The question; for ``radius`` see :class:`~formulations.location.uncovered.CoversMost`.

    Parameters
    ----------
    undivided
        Whether a demand point goes to one site as a whole; else part of it may go here, part there, part nowhere.
    """

    undivided: bool = False

    title: ClassVar[str] = "capacitated MCLP"
    aim: ClassVar[str] = "uncovered"

    def model(self, program: Program, access: Access, opened: Affine) -> None:
        """See :meth:`Question.model`."""
        assigned = add_assigned(program, access, opened, undivided=self.undivided, everybody=False, radius=self.within)
        here = (access.weight > 0).astype(float)
        uncovered = here - assigned.share.sum_by(assigned.pair["demand"])
        add_aims(program, self, access, (access.weight * uncovered).sum(), uncovered, access.weight_unit)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`; cover is counted from the trips."""
        share = np.bincount(siting.demand, siting.share, minlength=access.demand.size)
        burden = np.where(access.weight > 0, np.maximum(1.0 - share, 0.0), 0.0)
        own = float(access.weight @ burden)
        more = {"covered": float(access.weight.sum()) - own}
        checks = [radius_check(access, siting, self.radius), *self.room_checks(access, siting)]
        return judged(self, access, siting, own, burden, more=more, checks=checks)


def radius_check(access: Access, siting: Siting, radius: float | None) -> Checked:
    """Whether no trip is longer than the radius."""
    if radius is None:
        return checked("radius", np.zeros(1), 1.0)
    excess = np.zeros(access.demand.size)
    way = siting.way(access)
    far = np.flatnonzero(way > radius)
    np.maximum.at(excess, siting.demand[far], way[far] - radius)
    return checked("radius", np.where(np.isfinite(excess), excess, 0.0), radius, access.demand)
