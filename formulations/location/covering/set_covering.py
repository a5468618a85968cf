"""Set covering (LSCP): open as few sites as possible, or the cheapest, so that everybody has one within a distance.

    open_j       site j is open                                                   binary

    sites        sum_j open_j                                                     existing sites not counted; or
    cost         sum_j cost_j open_j

    covered      sum_{j within the radius of s} open_j >= 1                       each set s of sites that somebody has

Demand points that the same sites cover share one row, named after the first of them. With a measure of fairness people
go to the nearest open site, and the rows of :mod:`formulations.location.nearest` are added.

Source: Toregas, Swain, ReVelle and Bergman (1971), "The location of emergency service facilities", Operations Research
19(6), 1363-1373, DOI 10.1287/opre.19.6.1363.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import add_aims, judged_aims, pinned
from formulations.location.cover_sets import CoverSets
from formulations.location.judgement import Judgement, checked, site_checks, trip_checks
from formulations.location.nearest import add_nearest, pin_nearest, ways
from formulations.location.question import Question
from formulations.location.rings import Rings
from formulations.location.rules import add_rules
from formulations.location.siting import Siting
from instances.index import Index

BY = ("sites", "cost")


@dataclass(frozen=True)
class SetCovering(Question):
    """The question; see :class:`~formulations.location.question.Question` for what all questions take.

    Parameters
    ----------
    radius
        How far away a site covers people, itself included, in the unit of the distances.
    by
        ``sites`` for as few as possible, ``cost`` for as little money as possible.
    """

    radius: float
    by: str = "sites"

    title: ClassVar[str] = "LSCP"
    aim: ClassVar[str] = "sites"

    def __post_init__(self) -> None:
        # what is minimised goes by its name
        object.__setattr__(self, "aim", self.by)

    def faults(self, access: Access) -> list[str]:
        """See :meth:`Question.faults`."""
        found = super().faults(access) + radius_faults(self.radius)
        if self.by not in BY:
            found.append(f"by: {self.by!r} is unknown; use {', '.join(BY)}")
        elif self.by == "cost" and access.cost is None:
            found.append("by: the data say nothing about what sites cost; give cost")
        return found

    def counts(self, access: Access) -> Floats:
        """What a site adds to the objective, shape (m,); existing ones nothing."""
        each = access.cost if self.by == "cost" and access.cost is not None else np.ones(access.site.size)
        return np.where(access.is_status("existing"), 0.0, each)

    def build(self, access: Access) -> Program:
        """See :meth:`Question.build`."""
        self.check(access)
        sets = CoverSets.of(access, self.radius)
        program = Program(f"set covering, {access.site.size} sites")
        opened = program.binary("open", access.site, doc="The site is open.")
        add_rules(program, access, self.rules(access), opened)
        program.subject_to(covered=covers(sets, access, opened) >= 1)
        program.describe("covered", unit="sites", doc="Everybody has an open site within the radius.")
        burden = program.constant(0.0, access.demand)
        if not self.classic:
            near = replace(access, pairs=access.pairs.chosen(access.pairs.distance <= self.radius))
            rings = Rings.of(near, 1)
            beyond = add_nearest(program, rings, opened)
            if pinned(self):
                pin_nearest(program, rings, opened, beyond)
            burden = ways(near, rings, beyond)
        add_aims(program, self, access, (self.counts(access) * opened).sum(), burden, self.by)
        return program

    def siting(self, access: Access, matrix: Matrix, x: Floats) -> Siting:
        """See :meth:`Question.siting`."""
        return Siting.nearest(access, x[matrix.columns["open"].span] > 0.5, self.radius)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`."""
        new = siting.open & ~access.is_status("existing")
        burden = siting.burden(access)
        value, objectives, limits = judged_aims(self, access, float(self.counts(access) @ siting.open), burden)
        more = {"sites": float(new.sum())}
        if access.cost is not None:
            more["cost"] = float(access.cost[new].sum())
        lacking = np.where(access.weight > 0, 1.0 - times_covered(access, siting.open, self.radius), 0.0)
        checks = [
            *site_checks(self.rules(access), access, siting.open),
            *trip_checks(access, siting),
            checked("covered", lacking, 1.0, access.demand),
            *limits,
        ]
        return Judgement(value, {**more, **objectives}, burden, tuple(checks))


def radius_faults(radius: object) -> list[str]:
    """What is wrong with a radius."""
    number = isinstance(radius, int | float | np.integer | np.floating) and not isinstance(radius, bool)
    right = number and float(radius) >= 0  # type: ignore[arg-type]
    return [] if right else [f"radius: {radius!r}, expected a distance from 0 up"]


def covers(sets: CoverSets, access: Access, opened: Affine) -> Affine:
    """How many open sites cover each set, over an index ``covered`` named after the first demand point of each."""
    index = Index.named("covered", access.demand.labels(sets.first))
    row = np.repeat(np.arange(sets.size), np.diff(sets.cover.indptr))
    entry = Index.tuples("cover", covered=(index, row), site=(access.site, sets.cover.indices.astype(np.intp)))
    return opened.at(entry["site"]).sum_by(entry["covered"])


def times_covered(access: Access, opened: NDArray[np.bool_], radius: float) -> Floats:
    """How many open sites each demand point has within a radius, shape (n,), counted pair by pair."""
    pairs = access.pairs
    inside = opened[pairs.site] & (pairs.distance <= radius)
    passed = np.concatenate([[0], np.cumsum(inside)])
    times: Floats = np.diff(passed[pairs.start]).astype(float)
    return times
