"""Uncapacitated facility location: open sites so that what they cost and what the ways of all people cost is least.

    open_j       site j is open                                                   binary
    beyond_ik    no open site within ring k of demand point i                     0..1

    cost         sum_j cost_j open_j + sum_i w_i way_i                            existing sites cost nothing

    nearest      see :mod:`formulations.location.nearest`

Distances are costs here: what it costs to bring one unit of weight to a site. Source: Erlenkotter (1978), Operations
Research 26(6), 992-1009, DOI 10.1287/opre.26.6.992, for the question; the rows are those of the p-median.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import add_aims, pinned
from formulations.location.assigned import room_faults
from formulations.location.charge.charges import judged_charges, opening
from formulations.location.judgement import Judgement, site_checks, trip_checks
from formulations.location.nearest import add_nearest, pin_nearest, ways
from formulations.location.question import Question
from formulations.location.rings import Rings
from formulations.location.rules import add_rules
from formulations.location.siting import Siting


@dataclass(frozen=True)
class FacilityLocation(Question):
    """The question (UFL); see :class:`~formulations.location.question.Question` for what all questions take.

    Parameters
    ----------
    p
        How many sites are chosen besides those that exist; None (as in the literature) where costs decide.
    """

    p: int | None = None

    title: ClassVar[str] = "UFL"
    aim: ClassVar[str] = "cost"

    @property
    def sites_to_choose(self) -> int | None:
        return self.p

    def faults(self, access: Access) -> list[str]:
        """See :meth:`Question.faults`; costs of opening must be known."""
        return [*room_faults(access, cost=True, capacity=False), *super().faults(access)]

    def build(self, access: Access) -> Program:
        """See :meth:`Question.build`."""
        self.check(access)
        rules = self.rules(access)
        rings = Rings.of(access, max(rules.count or 1, 1))
        program = Program(f"UFL, {access.site.size} sites")
        opened = program.binary("open", access.site, doc="The site is open.")
        add_rules(program, access, rules, opened)
        beyond = add_nearest(program, rings, opened)
        if pinned(self):
            pin_nearest(program, rings, opened, beyond)
        way = ways(access, rings, beyond)
        own = (opening(access, rules) * opened).sum() + (access.weight * way).sum()
        add_aims(program, self, access, own, way)
        return program

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`."""
        rules = self.rules(access)
        checks = [*site_checks(rules, access, siting.open), *trip_checks(access, siting)]
        return judged_charges(self, access, rules, siting, checks)
