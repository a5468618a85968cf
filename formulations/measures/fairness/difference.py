"""Mean absolute difference: how far apart the burdens of two people drawn at random are, on average.

    sum_i sum_j s_i s_j |b_i - b_j|

It is exact and needs a row for each two demand points whose burdens may lie either way round: |b_i - b_j| is
2 max(0, b_i - b_j) - (b_i - b_j). Where bounds say who is worse off in every plan no row is needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.measures.fairness.people import Fairness, People
from instances.index import Index

MOST = 3000
"""Demand points beyond which pairs would be more than four and a half million rows."""

ROUNDING = 1e-13
"""Factors of burdens below this are rounding: shares of people add up to one."""


def difference_faults(access: Access) -> list[str]:
    """Too many pairs."""
    points = len(access.served)
    if points <= MOST:
        return []
    return [
        f"mean difference: {points} demand points make {points * (points - 1) // 2} pairs; at most {MOST} points, "
        "merge neighbours, or use MeanDeviation or Tail, which need one row a point"
    ]


def add_difference(
    program: Program, name: str, people: People, own: Affine, scale: float = 1.0, level: float = 0.0
) -> Affine:
    """``scale`` times the mean absolute difference of variables over ``people.point`` minus ``level`` times their mean.

    It is one expression because terms of both may cancel; what is left of them by rounding is taken out.
    """
    low, high = own.bounds()
    share = people.share
    n = len(share)
    above = low[:, None] >= high[None, :]  # i bears at least as much as j in every plan
    open_pair = ~(above | above.T)
    first, second = np.nonzero(np.triu(open_pair, 1))
    # sure pairs, each way round once; where both are bounded to the same number the difference is zero
    sure = share[:, None] * share[None, :]
    factor = 2.0 * ((above & ~above.T) * sure).sum(axis=1) - 2.0 * ((above.T & ~above) * sure).sum(axis=1)
    if not len(first):
        return _sum(own, scale * factor - level * share)
    both = Index.tuples("both", first=(people.point, first), second=(people.point, second))
    more = program.variable(
        f"{name}_more",
        both,
        upper=np.maximum(high[first] - low[second], 0.0),
        doc="How much more the first of two points bears than the second.",
    )
    gap = own.at(both["first"]) - own.at(both["second"])
    rows = f"{name}_pair"
    program.subject_to(**{rows: more >= gap})
    program.describe(rows, doc="How much more the first of two points bears than the second.")
    weight = 2.0 * sure[first, second]
    spread = np.bincount(first, weight, minlength=n) - np.bincount(second, weight, minlength=n)
    return (2.0 * scale * weight * more).sum() + _sum(own, scale * (factor - spread) - level * share)


def _sum(own: Affine, factor: Floats) -> Affine:
    kept: Floats = np.where(np.abs(factor) < ROUNDING, 0.0, factor)
    return (own * kept).sum()


def difference_value(share: Floats, own: Floats) -> float:
    """The same from numbers, shape (points,), by sorting: each step up parts those below it from those above.

    No term is negative, so where all bear the same it is zero and not a rounding error.
    """
    order = np.argsort(own, kind="stable")
    s, b = share[order], own[order]
    below, above = np.cumsum(s)[:-1], np.cumsum(s[::-1])[::-1][1:]
    return float(2.0 * (below * above) @ np.diff(b))


@dataclass(frozen=True)
class MeanDifference(Fairness):
    """Mean absolute difference between the burdens of two people.

    It is least where all are equally far, however far: combine it with a limit on the mean or on a tail.
    """

    name = "mean_difference"
    monotone = False

    def faults(self, access: Access) -> list[str]:
        """Too many pairs."""
        return difference_faults(access)

    def add(self, program: Program, access: Access, burden: Affine) -> Affine:
        """A variable and a row for each two demand points and for each one."""
        people = People.of(access)
        return add_difference(program, self.name, people, people.named(program, self.name, burden))

    def value(self, access: Access, burden: Floats) -> float:
        """From numbers, shape (n,)."""
        people = People.of(access)
        return difference_value(people.share, burden[people.at])
