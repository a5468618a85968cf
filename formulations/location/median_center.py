"""p-median and p-center: open p places so that all the ways together are short, and the longest one too.

In one sentence: which p places should be open so that people, each going to the nearest, walk as little as possible
altogether (p-median), nobody walks far (p-center), or what the one costs in terms of the other (both)?

    open_j       site j is open                                                    binary
    beyond_ik    no open site within ring k of demand point i                      0..1
    longest_l    D_l is the largest distance that anybody has                      binary
    over_l       somebody is farther away than D_l                                 0..1

    distance     sum_i w_i (D_i1 + sum_k (D_i,k+1 - D_ik) beyond_ik)
    radius       sum_l D_l longest_l

    count        sum_j open_j = p
    nearest      beyond_ik + sum_{j in ring k of i} open_j >= beyond_i,k-1        beyond_i0 = 1; last beyond_i = 0
    one_longest  sum_l longest_l = 1
    chain        over_l = longest_l+1 + over_l+1
    reach        beyond_ik <= over_l                                               largest D_l below D_i,k+1

A ring of i holds the sites at equal distance from i (:mod:`formulations.location.rings`); the rows of the radius are
those of :mod:`formulations.location.radius`. ``beyond`` and ``over`` need not be declared whole: with whole ``open``
and ``longest`` their least values are 0 or 1. A limit on the radius rules out all ``longest`` above it one by one, then
``over`` down the chain, then ``beyond``: what nobody may use is gone before the search begins.

Sources: Elloumi (2010), "A tighter formulation of the p-median problem", Journal of Combinatorial Optimization, for
``nearest``; Elloumi, Labbe and Pochet (2004), "A new formulation and resolution method for the p-center problem",
INFORMS Journal on Computing, DOI 10.1287/ijoc.1030.0028, for the radius. The rows ``reach`` that tie both are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.nearest import add_nearest, ways
from formulations.location.radius import add_radius
from formulations.location.rings import Rings
from instances.schema import InstanceError

OBJECTIVES = {
    "distance": "Distance to the nearest open site, added up over all people.",
    "radius": "Largest distance to the nearest open site that anybody has.",
}


@dataclass(frozen=True)
class MedianCenter:
    """The question.

    Parameters
    ----------
    p
        How many sites are open.
    objectives
        ``distance``, ``radius`` or both: p-median, p-center, or their front. Variables and rows of one that is left
        out are not made.
    """

    p: int
    objectives: tuple[str, ...] = ("distance", "radius")

    def build(self, access: Access) -> Program:
        """The program for some people and sites.

        A choice of sites that leaves somebody without one within reach breaks the rows ``nearest``; it may be that all
        do, which the search then says.

        Raises
        ------
        InstanceError
            If p is not a whole number from 1 to the number of sites, or an objective is unknown, named twice or none
            is named; all faults at once.
        """
        self._check(access)
        rings = Rings.of(access, self.p)
        program = Program(f"{self.p} of {access.site.size} sites")
        opened = program.binary("open", access.site, doc="The site is open.")
        program.subject_to(count=opened.sum() == self.p)
        program.describe("count", unit="sites", doc="Exactly so many sites are open.")
        beyond = add_nearest(program, rings, opened)
        for name in self.objectives:
            if name == "distance":
                total = (access.weight * ways(access, rings, beyond)).sum()
                program.objective("distance", total, unit=access.travel_unit, doc=OBJECTIVES["distance"])
            else:
                longest = add_radius(program, rings, beyond)
                program.objective("radius", longest, unit=access.unit, doc=OBJECTIVES["radius"])
        return program

    def plans(self, access: Access, sites: NDArray[np.intp]) -> Floats:
        """Whole plans, in the columns of :meth:`build`, from positions of sites: (members, p) -> (members, columns).

        Raises
        ------
        ValueError
            If a choice does not name p different sites.
        """
        self._check(access)
        chosen = np.sort(np.asarray(sites, dtype=np.intp), axis=-1)
        if chosen.ndim != 2 or chosen.shape[1] != self.p or (chosen[:, 1:] == chosen[:, :-1]).any():
            raise ValueError(
                f"plans: expected choices of {self.p} different sites, got an array of shape {chosen.shape}."
            )
        rings = Rings.of(access, self.p)
        near = access.nearest(chosen)
        opened = np.zeros((len(chosen), access.site.size))
        np.put_along_axis(opened, chosen, 1.0, axis=1)
        owner = rings.ring["demand"].position[rings.inner["ring"].position]
        parts = [opened, near[:, owner] > rings.inside]
        if "radius" in self.objectives:
            longest = near[:, access.served].max(axis=1)[:, None]
            parts += [longest == rings.lengths, longest > rings.lengths[:-1]]
        return np.hstack(parts).astype(float)

    def values(self, access: Access, sites: NDArray[np.intp]) -> Floats:
        """Objectives of many choices of sites, infinite out of reach: (members, p) -> (members, objectives)."""
        near = access.nearest(np.asarray(sites, dtype=np.intp))[:, access.served]
        parts = {"distance": near @ access.weight[access.served], "radius": near.max(axis=1)}
        return np.column_stack([parts[name] for name in self.objectives])

    def _check(self, access: Access) -> None:
        known, given = ", ".join(OBJECTIVES), self.objectives
        p: object = self.p
        whole = isinstance(p, (int, np.integer)) and not isinstance(p, bool)
        faults = (
            []
            if whole and 1 <= self.p <= access.site.size
            else [f"p: {self.p!r}, expected a whole number from 1 to the {access.site.size} sites"]
        )
        faults += [f"objectives: {name!r} is unknown; use {known}" for name in given if name not in OBJECTIVES]
        faults += [f"objectives: {name!r} stands twice" for name in sorted({n for n in given if given.count(n) > 1})]
        faults += [] if given else [f"objectives: none is named; use {known}"]
        if faults:
            raise InstanceError("The p-median or p-center question cannot be put", faults)
