"""Set covering with backup (LSCP-B): of the smallest covers, one that gives most people a second site within reach.

    open_j       site j is open                                                   binary
    backup_s     those that the sites s cover have a second one                   0..1

    ranked       sum_j open_j + 1/2 (share of people without a second site)       existing sites not counted

    covered      sum_{j within the radius of s} open_j >= 1 + backup_s            each set s of sites that somebody has

One site less outweighs any share of people, which is 1 at most. So the best plan has as few sites as a cover can have
(first stage), and among all such covers as many people as possible with a second site (second stage). The two are often
asked one after the other; one search for both proves both. People are counted, not demand points: with a weight of one
everywhere it is the question of the source, in which who has one site within the radius at all never has a backup
(spopt 0.7 finds the same sites and adds such demand points to its number). The burden of fairness is 1 for those
without a second site, else 0.

Source: Church and Murray (2018), "Location Covering Models", Springer, DOI 10.1007/978-3-319-99846-6, after Hogan and
ReVelle (1986), "Concepts and applications of backup coverage", Management Science 32(11), 1434-1444,
DOI 10.1287/mnsc.32.11.1434.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from formulations.algebra.affine import Affine
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import add_aims, judged, pinned
from formulations.location.cover_sets import CoverSets
from formulations.location.covering.set_covering import everybody_covered
from formulations.location.judgement import Judgement
from formulations.location.question import Question
from formulations.location.siting import Siting
from formulations.location.uncovered import cover_pairs, radius_faults, times_covered
from instances.index import Map

HALF = 0.5
"""What the share of people without a second site weighs; below 1, so that one site less always outweighs it."""


@dataclass(frozen=True)
class BackupSetCovering(Question):
    """The question; see :class:`~formulations.location.question.Question` for what all questions take.

    Parameters
    ----------
    radius
        How far away a site covers people, itself included, in the unit of the distances.
    """

    radius: float

    title: ClassVar[str] = "LSCP-B"
    aim: ClassVar[str] = "ranked"

    def faults(self, access: Access) -> list[str]:
        """See :meth:`Question.faults`."""
        return [*radius_faults(self.radius, needed=True), *super().faults(access)]

    def model(self, program: Program, access: Access, opened: Affine) -> None:
        """See :meth:`Question.model`."""
        sets = CoverSets.of(access, self.radius)
        pair = cover_pairs(access, sets)
        index, times = pair["set"].target, opened.at(pair["site"]).sum_by(pair["set"])
        # a measure that is not monotone might like it better if some of these people had no backup
        exact = pinned(self)
        doc = "Those that these sites cover have a second one."
        backup = program.variable("backup", index, upper=1.0, integer=exact, doc=doc)
        program.subject_to(covered=times >= 1 + backup)
        program.describe("covered", unit="sites", doc="Everybody has an open site; with a backup, two.")
        if exact:
            size = np.maximum(np.diff(sets.cover.indptr) - 1.0, 0.0)
            program.subject_to(second=times - size * backup <= 1)
            program.describe("second", unit="sites", doc="Who has two open sites has a backup.")
        here = np.flatnonzero(sets.of_demand >= 0)
        lives = np.zeros(access.demand.size)
        lives[here] = 1.0
        everywhere = Map(access.demand, index, np.maximum(sets.of_demand, 0))
        burden = lives - lives * backup.at(everywhere)
        new = (~access.is_status("existing")).astype(float)
        total = float(sets.weight.sum())
        own = (new * opened).sum() + HALF - (HALF * sets.weight / total * backup).sum()
        add_aims(program, self, access, own, burden, "sites")

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`."""
        times = times_covered(access, siting.open, self.radius)
        lives = access.weight > 0
        burden = np.where(lives & (times < 2), 1.0, 0.0)
        sites = float((siting.open & ~access.is_status("existing")).sum())
        people = float(access.weight[lives].sum())
        own = sites + HALF * float(access.weight @ burden) / people
        more = {"sites": sites, "backup": float(access.weight[lives & (times > 1)].sum())}
        return judged(self, access, siting, own, burden, more=more, checks=[everybody_covered(access, times)])
