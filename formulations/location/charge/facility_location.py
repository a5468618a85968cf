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

from formulations.algebra.affine import Affine
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import add_aims
from formulations.location.charge.charges import ChargesSites, opening
from formulations.location.judgement import Judgement
from formulations.location.nearest import go_nearest
from formulations.location.siting import Siting


@dataclass(frozen=True)
class FacilityLocation(ChargesSites):
    """The question (UFL); for ``p`` see :class:`~formulations.location.question.ChoosesSites`."""

    title: ClassVar[str] = "UFL"

    def model(self, program: Program, access: Access, opened: Affine) -> None:
        """See :meth:`Question.model`."""
        way = go_nearest(program, self, access, opened).way
        spent = (opening(access, self.rules(access)) * opened).sum()
        add_aims(program, self, access, spent + (access.weight * way).sum(), way)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`."""
        return self.charged(access, siting)
