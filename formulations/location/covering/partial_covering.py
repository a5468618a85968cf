"""Partial set covering: as few sites as possible, or as cheap ones, so that a given share of the people has one near.

    open_j         site j is open                                                 binary
    uncovered_k    no open site covers the cover set k                            0..1

    sites          sum_j open_j, without those that exist                         or ``cost``: sum_j cost_j open_j

    budget         see :mod:`formulations.location.rules`
    covered        see :mod:`formulations.location.uncovered`
    share          sum_k w_k uncovered_k <= (1 - coverage) sum_k w_k

Floors for zones or groups come with the limits that all questions take. Source: Daskin and Owen (1999),
"Two new location covering problems: the partial p-center problem and the partial set covering problem", Geographical
Analysis 31(3), 217-235.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from formulations.algebra.affine import Affine
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import add_aims, judged, pinned
from formulations.location.cover_sets import CoverSets
from formulations.location.faults import is_number
from formulations.location.fewest import FewestSites
from formulations.location.judgement import Judgement, checked
from formulations.location.siting import Siting
from formulations.location.uncovered import add_uncovered, over_demand, radius_faults, without_cover


@dataclass(frozen=True)
class PartialCovering(FewestSites):
    """The question; see :class:`~formulations.location.question.Question` for what all questions take.

    Parameters
    ----------
    coverage
        Share of the people, from 0 to 1, who must be within the radius.
    radius
        As for :class:`~formulations.location.uncovered.CoversMost`.
    by_cost
        Whether the cost of sites is minimised and not their number; sites that exist count in neither.
    """

    coverage: float = 0.9
    radius: float | None = None
    by_cost: bool = False

    title: ClassVar[str] = "partial covering"
    aim: ClassVar[str] = "sites"
    leaves_out: ClassVar[bool] = True

    def faults(self, access: Access) -> list[str]:
        """See :meth:`Question.faults`."""
        found = radius_faults(self.radius)
        if not is_number(self.coverage, 0, 1):
            found.append(f"coverage: {self.coverage!r}, expected a share from 0 to 1")
        return [*found, *super().faults(access)]

    def allowance(self, access: Access) -> float:
        """How many people may be without cover; for whole weights a whole number."""
        weight = access.weight
        allowed = (1.0 - self.coverage) * float(weight.sum())
        if np.equal(weight, np.round(weight)).all():
            # 0.1 * 30 must leave out 3 and not 2
            allowed = float(math.floor(allowed + 1e-9 * max(1.0, float(weight.sum()) * 1e-3)))
        return allowed

    def model(self, program: Program, access: Access, opened: Affine) -> None:
        """See :meth:`Question.model`."""
        sets = CoverSets.of(access, self.radius)
        uncovered, _ = add_uncovered(program, access, sets, opened, exact=pinned(self))
        program.require(share=(sets.weight * uncovered).sum() <= self.allowance(access))
        program.describe("share", unit=access.weight_unit, doc="No more people than this are without cover.")
        own = (self.price(access) * opened).sum()
        add_aims(program, self, access, own, over_demand(access, sets, uncovered), self.aim)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`; cover is counted from the open sites."""
        burden = without_cover(access, siting.open, self.radius)
        left, allowed = float(access.weight @ burden), self.allowance(access)
        more = {
            **self.both(access, siting.open),
            "uncovered": left,
            "covered": float(access.weight.sum()) - left,
        }
        share = checked("share", np.array([left - allowed]), allowed)
        return judged(self, access, siting, more.get(self.aim, 0.0), burden, more=more, checks=[share])
