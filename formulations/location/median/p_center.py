"""p-center: open p sites so that the farthest of all people, each going to the nearest, has as short a way as possible.

    open_j       site j is open                                                   binary
    beyond_ik    no open site within ring k of demand point i                     0..1
    longest_l    D_l is the largest distance that anybody has                     binary
    over_l       somebody is farther away than D_l                                0..1

    radius       sum_l D_l longest_l

    count        sum_j open_j = p                                                 existing sites not counted
    nearest      see :mod:`formulations.location.nearest`
    one_longest, chain, reach    see :mod:`formulations.location.radius`

Distances are those of the data, from demand points to candidate sites. Where the nodes of a network are both, this is
the vertex p-center; sites in the middle of an edge (the absolute p-center) are candidates only if the data list them.
With existing sites it is the conditional p-center. However many people live at a demand point, it counts once; where
nobody lives it does not count.

Source: Hakimi (1964), "Optimum locations of switching centers and the absolute centers and medians of a graph",
Operations Research 12(3), 450-459, DOI 10.1287/opre.12.3.450, for the question.
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
from formulations.location.radius import add_radius
from formulations.location.rings import Rings
from formulations.location.rules import add_rules
from formulations.location.siting import Siting


@dataclass(frozen=True)
class PCenter(Question):
    """The question; see :class:`~formulations.location.question.Question` for what all questions take.

    Parameters
    ----------
    p
        How many sites are chosen, besides those that exist; None where a budget decides.
    """

    p: int | None = None

    title: ClassVar[str] = "p-center"
    aim: ClassVar[str] = "radius"

    @property
    def sites_to_choose(self) -> int | None:
        return self.p

    def build(self, access: Access) -> Program:
        """See :meth:`Question.build`."""
        self.check(access)
        rules = self.rules(access)
        count = rules.count
        most = int(rules.upper.sum()) if count is None else count
        rings = Rings.of(access, max(count or 1, 1), max(most, 1))
        program = Program(f"p-center, {access.site.size} sites")
        opened = program.binary("open", access.site, doc="The site is open.")
        add_rules(program, access, rules, opened)
        beyond = add_nearest(program, rings, opened)
        if pinned(self):
            pin_nearest(program, rings, opened, beyond)
        longest = add_radius(program, rings, beyond)
        add_aims(program, self, access, longest, ways(access, rings, beyond), access.unit)
        return program

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`."""
        burden = siting.burden(access)
        own = float(burden[access.served].max())
        value, objectives, limits = judged_aims(self, access, own, burden)
        checks = [*site_checks(self.rules(access), access, siting.open), *trip_checks(access, siting), *limits]
        return Judgement(value, objectives, burden, tuple(checks))
