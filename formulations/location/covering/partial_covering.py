"""Partial set covering: as few sites as possible, or as cheap ones, so that a given share of the people has one near.

    open_j         site j is open                                                 binary
    uncovered_k    no open site covers the cover set k                            0..1

    sites          sum_j open_j, without those that exist                         or ``cost``: sum_j cost_j open_j

    budget         see :mod:`formulations.location.rules`
    covered        see :mod:`formulations.location.uncovered`
    share          sum_k w_k uncovered_k <= (1 - coverage) sum_k w_k

Floors for zones or groups come with the limits that all questions take. Source: Daskin and Owen (1999),
"Two new location covering problems: the partial p-center problem and the partial set covering problem", Geographical
Analysis 31(3), 217-235, DOI 10.1111/j.1538-4632.1999.tb00976.x.
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
from formulations.location.aims import add_aims, judged_aims, pinned
from formulations.location.cover_sets import CoverSets
from formulations.location.covering.maximal_covering import covering_siting
from formulations.location.judgement import Judgement, checked, site_checks, trip_checks
from formulations.location.question import Question
from formulations.location.rules import add_rules
from formulations.location.siting import Siting
from formulations.location.uncovered import add_uncovered, over_demand, radius_faults, without_cover


@dataclass(frozen=True)
class PartialCovering(Question):
    """The question; see :class:`~formulations.location.question.Question` for what all questions take.

    Parameters
    ----------
    coverage
        Share of the people, from 0 to 1, who must be within the radius.
    radius
        As for :class:`~formulations.location.covering.maximal_covering.MaximalCovering`.
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
        if not 0 <= self.coverage <= 1:
            found.append(f"coverage: {self.coverage!r}, expected a share from 0 to 1")
        if self.by_cost and access.cost is None:
            found.append("by_cost: the data say nothing about what sites cost; give cost")
        return [*found, *super().faults(access)]

    def allowance(self, access: Access) -> float:
        """How many people may be without cover; for whole weights a whole number."""
        weight = access.weight
        allowed = (1.0 - self.coverage) * float(weight.sum())
        if np.equal(weight, np.round(weight)).all():
            # 0.1 * 30 must leave out 3 and not 2
            allowed = float(math.floor(allowed + 1e-9 * max(1.0, float(weight.sum()) * 1e-3)))
        return allowed

    def price(self, access: Access) -> Floats:
        """What opening each site adds to the objective, shape (m,)."""
        each = np.ones(access.site.size) if not self.by_cost or access.cost is None else access.cost
        return np.where(access.is_status("existing"), 0.0, each)

    def build(self, access: Access) -> Program:
        """See :meth:`Question.build`."""
        self.check(access)
        sets = CoverSets.of(access, self.radius)
        program = Program(f"{self.title}, {access.site.size} sites")
        opened = program.binary("open", access.site, doc="The site is open.")
        add_rules(program, access, self.rules(access), opened)
        uncovered, _ = add_uncovered(program, access, sets, opened, exact=pinned(self))
        program.require(share=(sets.weight * uncovered).sum() <= self.allowance(access))
        program.describe("share", unit=access.weight_unit, doc="No more people than this are without cover.")
        own = (self.price(access) * opened).sum()
        add_aims(program, self, access, own, over_demand(access, sets, uncovered), "" if self.by_cost else "sites")
        return program

    def siting(self, access: Access, matrix: Matrix, x: Floats) -> Siting:
        """See :meth:`Question.siting`; who has no open site within the radius goes nowhere."""
        return covering_siting(access, matrix, x, self.radius)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`; cover is counted from the open sites."""
        burden = without_cover(access, siting.open, self.radius)
        left, allowed = float(access.weight @ burden), self.allowance(access)
        own = float(self.price(access) @ siting.open)
        value, objectives, limits = judged_aims(self, access, own, burden)
        objectives = {**objectives, "uncovered": left, "covered": float(access.weight.sum()) - left}
        checks = [
            *site_checks(self.rules(access), access, siting.open),
            *trip_checks(access, siting, everybody=False),
            checked("share", np.array([left - allowed]), allowed),
            *limits,
        ]
        return Judgement(value, objectives, burden, tuple(checks))
