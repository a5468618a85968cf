"""Who has no open site within the radius: rows over cover sets, and the share without cover counted from the data.

    uncovered_k    no open site covers the cover set k                            0..1

    covered        uncovered_k + sum_{j in k} open_j >= 1
    has_cover      uncovered_k + open_j <= 1                                      j in k, only where it is asked for

A cover set stands for all demand points that the same sites cover (:mod:`formulations.location.cover_sets`). The rows
``covered`` bound from below, which is right wherever cover is wanted; ``has_cover`` pins the variable for measures that
might profit from leaving somebody out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.cover_sets import CoverSets
from formulations.location.question import ChoosesSites
from instances.index import Index


def add_uncovered(
    program: Program, access: Access, sets: CoverSets, opened: Affine, *, exact: bool = False, whole: bool = False
) -> tuple[Affine, Index]:
    """Variable ``uncovered`` over the cover sets and its rows; also returns pairs of a cover ``set`` and a ``site``.

    Parameters
    ----------
    exact
        Whether to add ``has_cover``.
    whole
        Whether the variable takes whole numbers only; without need, slower.
    """
    pair = cover_pairs(access, sets)
    each = pair["set"].target
    uncovered = program.variable("uncovered", each, upper=1.0, integer=whole, doc="No open site covers these points.")
    near = opened.at(pair["site"])
    program.subject_to(covered=uncovered + near.sum_by(pair["set"]) >= 1)
    program.describe("covered", doc="Who has no open site within the radius is without cover.")
    if exact:
        program.subject_to(has_cover=uncovered.at(pair["set"]) + near <= 1)
        program.describe("has_cover", doc="Who has an open site within the radius is not without cover.")
    return uncovered, pair


def cover_pairs(access: Access, sets: CoverSets) -> Index:
    """Pairs of a cover ``set``, named after the first demand point that has it, and a ``site`` in it."""
    each = Index.named("cover_set", access.demand.labels(sets.first))
    rows = np.repeat(np.arange(sets.size), np.diff(sets.cover.indptr))
    return Index.tuples("cover", set=(each, rows), site=(access.site, sets.cover.indices.astype(np.intp)))


def times_covered(access: Access, opened: NDArray[np.bool_], radius: float) -> Floats:
    """How many open sites each demand point has within a radius, shape (n,), counted pair by pair."""
    pairs = access.pairs
    inside = opened[pairs.site] & (pairs.distance <= radius)
    passed = np.concatenate([[0], np.cumsum(inside)])
    times: Floats = np.diff(passed[pairs.start]).astype(float)
    return times


def over_demand(access: Access, sets: CoverSets, each: Affine) -> Affine:
    """An expression over the cover sets as one over the demand points, zero where nobody lives."""
    here = access.served
    lives = Index.tuples("lives", demand=(access.demand, here), set=(each.dims[0], sets.of_demand[here]))
    return each.at(lives["set"]).sum_by(lives["demand"])


def without_cover(access: Access, opened: NDArray[np.bool_], radius: float | None) -> Floats:
    """1 where people live who have no open site within the radius, else 0; shape (n,), from the data."""
    _, distance = access.pairs.nearest_open(opened)
    within = np.isfinite(distance) if radius is None else distance <= radius
    return ((access.weight > 0) & ~within).astype(np.float64)


def radius_faults(radius: object, *, needed: bool = False) -> list[str]:
    """What is wrong with a radius: a number from 0 up, or None for all pairs that are stored unless it is needed."""
    if radius is None and not needed:
        return []
    right = isinstance(radius, int | float | np.number) and not isinstance(radius, bool) and radius >= 0
    more = "" if needed else ", or None for all pairs there are"
    return [] if right else [f"radius: {radius!r}, expected a distance from 0 up{more}"]


@dataclass(frozen=True)
class CoversMost(ChoosesSites):
    """A question that covers as many people as p sites, or a budget, can.

    Parameters
    ----------
    radius
        A site covers people at most so far away, in the unit of the distances; None if all pairs there are cover, so
        that each demand point may have a radius of its own.
    """

    radius: float | None = None

    leaves_out: ClassVar[bool] = True

    def faults(self, access: Access) -> list[str]:
        """See :meth:`Question.faults`; with neither p nor a budget opening all sites would be best."""
        found = radius_faults(self.radius)
        if self.p is None and self.budget is None:
            found.append("p, budget: give one of them, else all sites would open")
        return [*found, *super().faults(access)]
