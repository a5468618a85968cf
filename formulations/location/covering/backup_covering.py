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

import numpy as np

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import add_aims, judged_aims, pinned
from formulations.location.cover_sets import CoverSets
from formulations.location.covering.maximal_covering import covering_siting
from formulations.location.judgement import Judgement, site_checks, trip_checks
from formulations.location.question import Question
from formulations.location.rules import add_rules
from formulations.location.siting import Siting
from formulations.location.uncovered import add_uncovered, choice_faults, over_demand, radius_faults, without_cover


@dataclass(frozen=True)
class BackupCovering(Question):
    """The question; see :class:`~formulations.location.question.Question` for what all questions take.

    Measures of fairness look at who has no cover at all.

    Parameters
    ----------
    p, radius
        As for :class:`~formulations.location.covering.maximal_covering.MaximalCovering`.
    backup_weight
        What a second cover counts, from 0 (nothing: maximal covering) to 1 (all: whoever has one site has nothing yet);
        the first counts the rest.
    """

    p: int | None = None
    radius: float | None = None
    backup_weight: float = 0.5

    title: ClassVar[str] = "MCLP with backup"
    aim: ClassVar[str] = "shortfall"
    leaves_out: ClassVar[bool] = True

    @property
    def sites_to_choose(self) -> int | None:
        return self.p

    def faults(self, access: Access) -> list[str]:
        """See :meth:`Question.faults`."""
        found = [*radius_faults(self.radius), *choice_faults(self.p, self.budget)]
        if not 0 <= self.backup_weight <= 1:
            found.append(f"backup_weight: {self.backup_weight!r}, expected a number from 0 to 1")
        return [*found, *super().faults(access)]

    def build(self, access: Access) -> Program:
        """See :meth:`Question.build`."""
        self.check(access)
        b = self.backup_weight
        sets = CoverSets.of(access, self.radius)
        program = Program(f"{self.title}, {access.site.size} sites")
        opened = program.binary("open", access.site, doc="The site is open.")
        add_rules(program, access, self.rules(access), opened)
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
        return program

    def siting(self, access: Access, matrix: Matrix, x: Floats) -> Siting:
        """See :meth:`Question.siting`; who has no open site within the radius goes nowhere."""
        return covering_siting(access, matrix, x, self.radius)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`; cover is counted from the open sites."""
        burden = without_cover(access, siting.open, self.radius)
        lives, pairs = access.weight > 0, access.pairs
        near = siting.open[pairs.site]
        if self.radius is not None:
            near = near & (pairs.distance <= self.radius)
        passed = np.concatenate([[0], np.cumsum(near)])
        alone = (lives & (np.diff(passed[pairs.start]) < 2)).astype(float)
        first, second = float(access.weight @ burden), float(access.weight @ alone)
        own = (1 - self.backup_weight) * first + self.backup_weight * second
        value, objectives, limits = judged_aims(self, access, own, burden)
        total = float(access.weight.sum())
        objectives = {**objectives, "covered": total - first, "covered_twice": total - second}
        checks = [
            *site_checks(self.rules(access), access, siting.open),
            *trip_checks(access, siting, everybody=False),
            *limits,
        ]
        return Judgement(value, objectives, burden, tuple(checks))
