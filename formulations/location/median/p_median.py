"""p-median: open p sites so that people, each going to the nearest, walk as little as possible altogether.

    open_j       site j is open                                                   binary
    beyond_ik    no open site within ring k of demand point i                     0..1

    distance     sum_i w_i way_i

    count        sum_j open_j = p                                                 existing sites not counted
    nearest      see :mod:`formulations.location.nearest`

With existing sites this is the conditional p-median. Source: ReVelle and Swain (1970), Geographical Analysis 2(1),
30-42, DOI 10.1111/j.1538-4632.1970.tb00142.x, for the question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import add_aims, judged_aims, pinned
from formulations.location.judgement import Judgement, site_checks, trip_checks
from formulations.location.nearest import add_nearest, pin_nearest, ways
from formulations.location.question import Question
from formulations.location.rings import Rings
from formulations.location.rules import add_rules
from formulations.location.siting import Siting


@dataclass(frozen=True)
class PMedian(Question):
    """The question; see :class:`~formulations.location.question.Question` for what all questions take.

    Parameters
    ----------
    p
        How many sites are chosen, besides those that exist; None where a budget decides.
    """

    p: int | None = None

    title: ClassVar[str] = "p-median"
    aim: ClassVar[str] = "distance"

    @property
    def sites_to_choose(self) -> int | None:
        return self.p

    def build(self, access: Access) -> Program:
        """See :meth:`Question.build`."""
        self.check(access)
        rules = self.rules(access)
        rings = Rings.of(access, max(rules.count or 1, 1))
        program = Program(f"p-median, {access.site.size} sites")
        opened = program.binary("open", access.site, doc="The site is open.")
        add_rules(program, access, rules, opened)
        beyond = add_nearest(program, rings, opened)
        if pinned(self):
            pin_nearest(program, rings, opened, beyond)
        way = ways(access, rings, beyond)
        unit = " ".join(filter(None, (access.weight_unit, access.unit)))
        add_aims(program, self, access, (access.weight * way).sum(), way, unit)
        return program

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`."""
        burden = siting.burden(access)
        own = float(access.weight[access.served] @ burden[access.served])
        value, objectives, limits = judged_aims(self, access, own, burden)
        checks = [*site_checks(self.rules(access), access, siting.open), *trip_checks(access, siting), *limits]
        return Judgement(value, objectives, burden, tuple(checks))
