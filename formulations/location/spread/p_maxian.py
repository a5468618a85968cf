"""p-maxian: choose p sites that are far from people, as for landfills, prisons or hazardous stock.

    open_j       site j is open                                                   binary
    beyond_ik    no open site within ring k of demand point i                     0..1

    farness      sum_i w_i way_i, to be large; in the program its negative

    count        sum_j open_j = p                                                 existing sites not counted
    in_ring, outwards    see :mod:`formulations.location.nearest`: nobody's nearest open site is passed over

``way_i`` is the distance to the nearest open site: the one that harms. With ``counts="all"`` it is the mean distance to
all open sites instead (the anti-median), and then

    farness      sum_j open_j sum_i w_i d_ij / (number of open sites)

Sources: Church and Garfinkel (1978), "Locating an obnoxious facility on a network", Transportation Science 12(2),
107-118, for one site, where both are the same; Belotti, Labbe, Maffioli and Ndiaye (2007), "A branch-and-cut method for
the obnoxious p-median problem", 4OR 5(4), 299-314, for the nearest of several.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import judged
from formulations.location.faults import first
from formulations.location.judgement import Judgement
from formulations.location.nearest import pin_nearest, rings_of, ways
from formulations.location.siting import Siting
from formulations.location.spread.spreads import SpreadsSites


@dataclass(frozen=True)
class PMaxian(SpreadsSites):
    """The question; for ``p`` see :class:`~formulations.location.question.ChoosesSites`.

    Parameters
    ----------
    counts
        ``nearest``: for everybody the nearest open site counts; ``all``: the mean distance to all open sites.
    """

    counts: str = "nearest"

    title: ClassVar[str] = "p-maxian"
    aim: ClassVar[str] = "farness"

    def faults(self, access: Access) -> list[str]:
        """See :meth:`Question.faults`; the distance of every pair must be known, out of reach is not far enough."""
        found = super().faults(access)
        if self.counts not in ("nearest", "all"):
            found.append(f"counts: {self.counts!r}, expected nearest or all")
        if not access.served.size:
            found.append("weight: nobody lives anywhere, so no site is far from anybody")
        short = (access.weight > 0) & (access.pairs.count < access.site.size)
        if short.any():
            some = first(access.demand, short)
            found.append(f"distance: {int(short.sum())} demand points lack the distance to some site, first {some}")
        return found

    def model(self, program: Program, access: Access, opened: Affine) -> None:
        """See :meth:`Question.model`."""
        aim = self._all(access, opened) if self.counts == "all" else self._nearest(program, access, opened)
        program.objective(self.aim, -aim, unit=access.travel_unit, doc="How far people are from open sites, negative.")

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`."""
        burden = siting.burden(access)
        at, opened = access.served, siting.open
        if self.counts == "all":
            burden = np.zeros(access.demand.size)
            burden[at] = access.distance[np.ix_(at, np.flatnonzero(opened))].mean(axis=1)
        return judged(self, access, siting, access.travel(burden), burden)

    def _nearest(self, program: Program, access: Access, opened: Affine) -> Affine:
        rings = rings_of(self, access)
        beyond = program.variable("beyond", rings.inner, upper=1.0, doc="No open site within this ring.")
        pin_nearest(program, rings, opened, beyond)
        return (access.weight * ways(access, rings, beyond)).sum()

    def _all(self, access: Access, opened: Affine) -> Affine:
        return (harm(access) / (self.rules(access).count or 1) * opened).sum()


def harm(access: Access) -> Floats:
    """People times distance for each site, shape (m,)."""
    at = access.served
    return np.asarray(access.weight[at] @ access.distance[at], dtype=float)
