"""Capacitated p-center: open p sites that turn nobody away, so that the longest way anybody has is as short as can be.

    open_j       site j is open                                                   binary
    share_ij     part of what demand point i needs that goes to site j            0..1, binary if undivided
    beyond_k     somebody goes farther than length k                              binary; lengths rise

    radius       D_1 + sum_k (D_k+1 - D_k) beyond_k

    count        sum_j open_j = p                                                 existing sites not counted
    within       share_ij <= beyond_k                                             D_k+1 the distance from i to j
    outwards     beyond_k+1 <= beyond_k
    served, linked, room, enough     see :mod:`formulations.location.assigned`

The first length is the farthest that somebody has to the nearest site: nobody's way can make the radius shorter. No
row has a distance as coefficient. Source: Ozsoy and Pinar (2006), Computers & Operations Research 33(5), 1420-1436,
DOI 10.1016/j.cor.2004.09.035, for the question and for searching it length by length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import add_aims, judged
from formulations.location.assigned import Assigned, RationsPlaces, add_assigned
from formulations.location.judgement import Judgement
from formulations.location.question import ChoosesSites
from formulations.location.siting import Siting
from instances.index import Index, Map


@dataclass(frozen=True)
class CapacitatedPCenter(RationsPlaces, ChoosesSites):
    """The question; for ``p`` see :class:`~formulations.location.question.ChoosesSites`.

    Parameters
    ----------
    undivided
        Whether a demand point goes to one site as a whole, as in the literature; else it may be divided.
    """

    undivided: bool = True

    title: ClassVar[str] = "capacitated p-center"
    aim: ClassVar[str] = "radius"

    def model(self, program: Program, access: Access, opened: Affine) -> None:
        """See :meth:`Question.model`."""
        assigned = add_assigned(program, access, opened, undivided=self.undivided)
        add_aims(program, self, access, _radius(program, access, assigned), assigned.way(), access.unit)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`; the radius is the longest way of any trip, however few people have it."""
        own = float(siting.way(access).max(initial=0.0))
        return judged(self, access, siting, own, siting.burden(access), checks=self.room_checks(access, siting))


def lengths_of(access: Access) -> Floats:
    """What the radius can be, rising: the distances from the first on within which everybody has a site."""
    pairs, lives = access.pairs, access.weight > 0
    nearest = pairs.distance[pairs.start[:-1][lives]]
    distance = np.unique(pairs.distance[lives[pairs.demand]])
    lengths: Floats = distance[distance >= nearest.max(initial=0.0)]
    return lengths


def _radius(program: Program, access: Access, assigned: Assigned) -> Affine:
    """Variable ``beyond`` and its rows; the largest distance of a trip."""
    lengths = lengths_of(access)
    if len(lengths) == 1:
        return program.constant(float(lengths[0]))
    step = Index.numbered("step", len(lengths) - 1)
    beyond = program.binary("beyond", step, doc="Somebody goes farther than this length.")
    far = np.flatnonzero(assigned.distance > lengths[0])
    link = Index.tuples("far", pair=(assigned.pair, far))
    at = Map(link, step, np.searchsorted(lengths, assigned.distance[far]) - 1)
    program.subject_to(within=assigned.share.at(link["pair"]) <= beyond.at(at))
    program.describe("within", doc="Nobody goes farther than the radius.")
    if step.size > 1:
        outer = np.arange(1, step.size)
        next_ = Index.tuples("next", outer=(step, outer), within=(step, outer - 1))
        program.subject_to(outwards=beyond.at(next_["outer"]) <= beyond.at(next_["within"]))
        program.describe("outwards", doc="Who goes farther than a length goes farther than all shorter ones.")
    return (np.diff(lengths) * beyond).sum() + float(lengths[0])
