"""Maximal covering with backup: people should have one open site near them, and better a second one should it fail.

    open_j         site j is open                                                 binary
    uncovered_k    no open site covers the cover set k                            0..1, binary if b > 1/2
    no_backup_k    fewer than two open sites cover it                             0..1

    shortfall      sum_k w_k ((1 - b) uncovered_k + b no_backup_k)                b: backup_weight

    count, budget  see :mod:`formulations.location.rules`
    covered        see :mod:`formulations.location.uncovered`
    twice          uncovered_k + no_backup_k + sum_{j in k} open_j >= 2
    first          no_backup_k >= uncovered_k                                     no second cover without a first

Source: Hogan and ReVelle (1986), Management Science 32(11), 1434-1444, DOI 10.1287/mnsc.32.11.1434, model BACOP2 with
its two objectives weighted (1 - b) and b, in the form that minimises what is missing. There first and second cover are
binary; as long as b <= 1/2 the second cover is worth no more than the first and both follow from the sites.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from formulations.algebra.affine import Affine
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import add_aims, judged, pinned
from formulations.location.cover_sets import CoverSets
from formulations.location.faults import is_number
from formulations.location.judgement import Judgement
from formulations.location.siting import Siting
from formulations.location.uncovered import CoversMost, add_uncovered, over_demand, times_covered, without_cover


@dataclass(frozen=True)
class BackupCovering(CoversMost):
    """The question; for ``radius`` see :class:`~formulations.location.uncovered.CoversMost`.

    Measures of fairness look at who has no cover at all.

    Parameters
    ----------
    backup_weight
        What a second cover counts, from 0 (nothing: maximal covering) to 1 (all: whoever has one site has nothing yet);
        the first counts the rest.
    """

    backup_weight: float = 0.5

    title: ClassVar[str] = "MCLP with backup"
    aim: ClassVar[str] = "shortfall"

    def faults(self, access: Access) -> list[str]:
        """See :meth:`Question.faults`."""
        found = super().faults(access)
        if not is_number(self.backup_weight, 0, 1):
            found.append(f"backup_weight: {self.backup_weight!r}, expected a number from 0 to 1")
        return found

    def model(self, program: Program, access: Access, opened: Affine) -> None:
        """See :meth:`Question.model`."""
        b = self.backup_weight
        sets = CoverSets.of(access, self.radius)
        uncovered, pair = add_uncovered(program, access, sets, opened, exact=pinned(self), whole=b > 0.5)
        alone = program.variable("no_backup", *uncovered.dims, upper=1.0, doc="Fewer than two open sites cover these.")
        program.subject_to(
            twice=uncovered + alone + opened.at(pair["site"]).sum_by(pair["set"]) >= 2,
            first=alone >= uncovered,
        )
        program.describe("twice", doc="Who has no second open site within the radius is without backup.")
        program.describe("first", doc="Nobody has a second cover without a first.")
        own = (sets.weight * ((1 - b) * uncovered + b * alone)).sum()
        add_aims(program, self, access, own, over_demand(access, sets, uncovered), access.weight_unit)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`; cover is counted from the open sites."""
        burden = without_cover(access, siting.open, self.radius)
        alone = (access.weight > 0) & (times_covered(access, siting.open, self.within) < 2)
        first, second = float(access.weight @ burden), float(access.weight @ alone)
        own = (1 - self.backup_weight) * first + self.backup_weight * second
        total = float(access.weight.sum())
        more = {"covered": total - first, "covered_twice": total - second}
        return judged(self, access, siting, own, burden, more=more)
