"""Everybody goes to the nearest open site: rows and the way that people of each demand point have.

    beyond_ik    no open site within ring k of demand point i                     0..1

    nearest      beyond_ik + sum_{j in ring k of i} open_j >= beyond_i,k-1        beyond_i0 = 1; last beyond_i = 0
    way_i        D_i1 + sum_k (D_i,k+1 - D_ik) beyond_ik

A ring of i holds the sites at equal distance from i (:mod:`formulations.location.rings`). The rows bound ``beyond``
from below: right wherever shorter ways are better. Where they need not be (the Gini coefficient of ways falls when
somebody is sent on a detour), two more blocks pin it down:

    in_ring      beyond_ik + open_j <= 1                                          j in ring k of i
    outwards     beyond_ik <= beyond_i,k-1

Source: Elloumi (2010), "A tighter formulation of the p-median problem", Journal of Combinatorial Optimization 19(1),
69-83, for ``nearest``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from formulations.algebra.affine import Affine
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import pinned
from formulations.location.question import Question
from formulations.location.rings import Rings
from instances.index import Index, Map


@dataclass(frozen=True, eq=False)
class Nearest:
    """Everybody on the way to the nearest open site.

    Attributes
    ----------
    rings, beyond
        The rings, and over the inner ones whether there is no open site within them.
    way
        Over the demand points: how far people go; zero where nobody lives.
    """

    rings: Rings
    beyond: Affine
    way: Affine


def go_nearest(program: Program, question: Question, access: Access, opened: Affine) -> Nearest:
    """All of it for a question: variables and rows, pinned down where a measure of fairness needs that."""
    rings = rings_of(question, access)
    beyond = add_nearest(program, rings, opened)
    if pinned(question):
        pin_nearest(program, rings, opened, beyond)
    return Nearest(rings, beyond, ways(access, rings, beyond))


def rings_of(question: Question, access: Access) -> Rings:
    """The rings that can matter by the number of sites that a question opens."""
    rules = question.rules(access)
    most = int(rules.upper.sum()) if rules.count is None else rules.count
    return Rings.of(access, max(rules.count or 1, 1), max(most, 1))


def add_nearest(program: Program, rings: Rings, opened: Affine) -> Affine:
    """Variables ``beyond`` and rows ``nearest``; returns ``beyond`` over the inner rings."""
    beyond = program.variable("beyond", rings.inner, upper=1.0, doc="No open site within this ring.")
    here = rings.inner["ring"]
    program.subject_to(
        nearest=beyond.sum_by(here) + opened.at(rings.pair["site"]).sum_by(rings.pair["ring"])
        >= beyond.sum_by(rings.next) + rings.first.astype(float)
    )
    program.describe("nearest", doc="Who has no open site in this ring or within it goes beyond.")
    return beyond


def pin_nearest(program: Program, rings: Rings, opened: Affine, beyond: Affine) -> None:
    """Rows ``in_ring`` and ``outwards``: nobody is said to go farther than to the nearest open site."""
    inner_of = np.full(rings.ring.size, -1)
    inner_of[rings.inner["ring"].position] = np.arange(rings.inner.size)
    ring = rings.pair["ring"].position
    (there,) = np.nonzero(inner_of[ring] >= 0)
    link = Index.tuples(
        "link",
        inner=(rings.inner, inner_of[ring[there]]),
        site=(opened.dims[0], rings.pair["site"].position[there]),
    )
    before = inner_of[np.maximum(rings.inner["ring"].position - 1, 0)]
    (later,) = np.nonzero(~rings.first[rings.inner["ring"].position])
    step = Index.tuples("step", outer=(rings.inner, later), within=(rings.inner, before[later]))
    program.subject_to(
        in_ring=beyond.at(link["inner"]) + opened.at(link["site"]) <= 1,
        outwards=beyond.at(step["outer"]) <= beyond.at(step["within"]),
    )
    program.describe("in_ring", doc="Who has an open site in this ring does not go beyond it.")
    program.describe("outwards", doc="Who goes beyond a ring goes beyond those within it.")


def ways(access: Access, rings: Rings, beyond: Affine) -> Affine:
    """How far people of each demand point go, over the demand points; zero where nobody lives."""
    first = np.zeros(access.demand.size)
    owner = rings.ring["demand"].position
    first[owner[rings.first]] = rings.distance[rings.first]
    to_demand = Map(rings.inner, access.demand, owner[rings.inner["ring"].position])
    return ((rings.outside - rings.inside) * beyond).sum_by(to_demand) + first
