"""Maximal covering: open p sites, or what a budget pays for, so that as many people as possible have one near them.

    open_j         site j is open                                                 binary
    uncovered_k    no open site covers the cover set k                            0..1

    uncovered      sum_k w_k uncovered_k                                          people without cover

    count, budget  see :mod:`formulations.location.rules`
    covered        see :mod:`formulations.location.uncovered`

Source: Church and ReVelle (1974), Papers of the Regional Science Association 32(1), 101-118,
DOI 10.1007/BF01942293, in the form that minimises who is left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import add_aims, judged_aims, pinned
from formulations.location.cover_sets import CoverSets
from formulations.location.judgement import Judgement, site_checks, trip_checks
from formulations.location.question import Question
from formulations.location.rules import add_rules
from formulations.location.siting import Siting
from formulations.location.uncovered import add_uncovered, choice_faults, over_demand, radius_faults, without_cover


@dataclass(frozen=True)
class MaximalCovering(Question):
    """The question; see :class:`~formulations.location.question.Question` for what all questions take.

    Parameters
    ----------
    p
        How many sites are chosen, besides those that exist; None where a budget decides.
    radius
        A site covers people at most so far away, in the unit of the distances; None if all pairs there are cover, so
        that each demand point may have a radius of its own.
    """

    p: int | None = None
    radius: float | None = None

    title: ClassVar[str] = "MCLP"
    aim: ClassVar[str] = "uncovered"
    leaves_out: ClassVar[bool] = True

    @property
    def sites_to_choose(self) -> int | None:
        return self.p

    def faults(self, access: Access) -> list[str]:
        """See :meth:`Question.faults`."""
        return [*radius_faults(self.radius), *choice_faults(self.p, self.budget), *super().faults(access)]

    def build(self, access: Access) -> Program:
        """See :meth:`Question.build`."""
        self.check(access)
        sets = CoverSets.of(access, self.radius)
        program = Program(f"{self.title}, {access.site.size} sites")
        opened = program.binary("open", access.site, doc="The site is open.")
        add_rules(program, access, self.rules(access), opened)
        uncovered, _ = add_uncovered(program, access, sets, opened, exact=pinned(self))
        own = (sets.weight * uncovered).sum()
        add_aims(program, self, access, own, over_demand(access, sets, uncovered), access.weight_unit)
        return program

    def siting(self, access: Access, matrix: Matrix, x: Floats) -> Siting:
        """See :meth:`Question.siting`; who has no open site within the radius goes nowhere."""
        return covering_siting(access, matrix, x, self.radius)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`; cover is counted from the open sites."""
        burden = without_cover(access, siting.open, self.radius)
        own = float(access.weight @ burden)
        value, objectives, limits = judged_aims(self, access, own, burden)
        objectives = {**objectives, "covered": float(access.weight @ ((access.weight > 0) - burden))}
        checks = [
            *site_checks(self.rules(access), access, siting.open),
            *trip_checks(access, siting, everybody=False),
            *limits,
        ]
        return Judgement(value, objectives, burden, tuple(checks))


def covering_siting(access: Access, matrix: Matrix, x: Floats, radius: float | None) -> Siting:
    """Everybody within the radius of an open site goes to the nearest one."""
    opened = x[matrix.columns["open"].span] > 0.5
    return Siting.nearest(access, opened, math.inf if radius is None else radius)
