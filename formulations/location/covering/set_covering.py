"""Set covering (LSCP): open as few sites as possible, or the cheapest, so that everybody has one within a distance.

    open_j       site j is open                                                   binary

    sites        sum_j open_j                                                     existing sites not counted; or
    cost         sum_j cost_j open_j

    covered      sum_{j within the radius of s} open_j >= 1                       each set s of sites that somebody has

Demand points that the same sites cover share one row, named after the first of them. With a measure of fairness people
go to the nearest open site, and the rows of :mod:`formulations.location.nearest` are added.

Source: Toregas, Swain, ReVelle and Bergman (1971), "The location of emergency service facilities", Operations Research
19(6), 1363-1373, DOI 10.1287/opre.19.6.1363.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import add_aims, judged
from formulations.location.cover_sets import CoverSets
from formulations.location.fewest import FewestSites
from formulations.location.judgement import Checked, Judgement, checked
from formulations.location.nearest import go_nearest
from formulations.location.siting import Siting
from formulations.location.uncovered import cover_pairs, radius_faults, times_covered

BY = ("sites", "cost")


@dataclass(frozen=True)
class SetCovering(FewestSites):
    """The question; see :class:`~formulations.location.question.Question` for what all questions take.

    Parameters
    ----------
    radius
        How far away a site covers people, itself included, in the unit of the distances.
    by
        ``sites`` for as few as possible, ``cost`` for as little money as possible.
    """

    radius: float
    by: str = "sites"

    title: ClassVar[str] = "LSCP"
    aim: ClassVar[str] = "sites"

    @property
    def by_cost(self) -> bool:
        return self.by == "cost"

    def faults(self, access: Access) -> list[str]:
        """See :meth:`Question.faults`."""
        found = radius_faults(self.radius, needed=True)
        if self.by not in BY:
            found.append(f"by: {self.by!r} is unknown; use {', '.join(BY)}")
        return [*found, *super().faults(access)]

    def model(self, program: Program, access: Access, opened: Affine) -> None:
        """See :meth:`Question.model`."""
        pair = cover_pairs(access, CoverSets.of(access, self.radius))
        program.subject_to(covered=opened.at(pair["site"]).sum_by(pair["set"]) >= 1)
        program.describe("covered", unit="sites", doc="Everybody has an open site within the radius.")
        burden = program.constant(0.0, access.demand)
        if not self.classic:
            near = replace(access, pairs=access.pairs.chosen(access.pairs.distance <= self.radius))
            burden = go_nearest(program, self, near, opened).way
        add_aims(program, self, access, (self.price(access) * opened).sum(), burden, self.aim)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`."""
        more = self.both(access, siting.open)
        own, burden = more.get(self.aim, 0.0), siting.burden(access)
        lacking = everybody_covered(access, times_covered(access, siting.open, self.radius))
        return judged(self, access, siting, own, burden, more=more, checks=[lacking])


def everybody_covered(access: Access, times: Floats) -> Checked:
    """Whether everybody has an open site within the radius, from how many each demand point has, shape (n,)."""
    return checked("covered", np.where(access.weight > 0, 1.0 - times, 0.0), 1.0, access.demand)
