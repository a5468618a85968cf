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

from dataclasses import dataclass
from typing import ClassVar

from formulations.algebra.affine import Affine
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import add_aims, judged, pinned
from formulations.location.cover_sets import CoverSets
from formulations.location.judgement import Judgement
from formulations.location.siting import Siting
from formulations.location.uncovered import CoversMost, add_uncovered, over_demand, without_cover


@dataclass(frozen=True)
class MaximalCovering(CoversMost):
    """The question; for ``radius`` see :class:`~formulations.location.uncovered.CoversMost`."""

    title: ClassVar[str] = "MCLP"
    aim: ClassVar[str] = "uncovered"

    def model(self, program: Program, access: Access, opened: Affine) -> None:
        """See :meth:`Question.model`."""
        sets = CoverSets.of(access, self.radius)
        uncovered, _ = add_uncovered(program, access, sets, opened, exact=pinned(self))
        own = (sets.weight * uncovered).sum()
        add_aims(program, self, access, own, over_demand(access, sets, uncovered), access.weight_unit)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`; cover is counted from the open sites."""
        burden = without_cover(access, siting.open, self.radius)
        more = {"covered": float(access.weight @ ((access.weight > 0) - burden))}
        return judged(self, access, siting, float(access.weight @ burden), burden, more=more)
