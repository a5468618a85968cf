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

from formulations.algebra.affine import Affine
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import add_aims, judged
from formulations.location.judgement import Judgement
from formulations.location.nearest import go_nearest
from formulations.location.question import ChoosesSites
from formulations.location.radius import add_radius
from formulations.location.siting import Siting


@dataclass(frozen=True)
class PCenter(ChoosesSites):
    """The question; for ``p`` see :class:`~formulations.location.question.ChoosesSites`."""

    title: ClassVar[str] = "p-center"
    aim: ClassVar[str] = "radius"

    def model(self, program: Program, access: Access, opened: Affine) -> None:
        """See :meth:`Question.model`."""
        near = go_nearest(program, self, access, opened)
        add_aims(program, self, access, add_radius(program, near.rings, near.beyond), near.way, access.unit)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`."""
        burden = siting.burden(access)
        return judged(self, access, siting, float(burden[access.served].max()), burden)
