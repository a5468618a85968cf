"""Burdens weighed by their rank: the worse off, the more they count (ordered median functions).

    Ordered    sum_t a_t Tail(share_t)                          over people, a_t >= 0
    Ranked     sum_k lambda_k b_(k),  b_(1) <= ... <= b_(n)     over demand points, lambda_1 <= ... <= lambda_n
    KWorst     mean of the k largest b_i                        over demand points

Non-decreasing weights make a sum of tails of them, sum_k (lambda_k - lambda_{k-1}) (sum of the n - k + 1 largest), and
so linear rows. Source: Nickel and Puerto (1999), "A unified approach to network location problems", Networks 34(4),
283-290, for ordered medians; Ogryczak and Tamir (2003), "Minimizing the sum of the k largest functions in linear time",
Information Processing Letters 85(3), 117-122, DOI 10.1016/S0020-0190(02)00370-8, for the rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.measures.fairness.people import Fairness, People
from formulations.measures.fairness.tail import add_tail, percent, share_faults, tail_value


@dataclass(frozen=True)
class Ordered(Fairness):
    """Tails of people added up.

    Parameters
    ----------
    tails
        Pairs of a share and its factor: ``((1.0, 0.5), (0.1, 0.5))`` is half the mean plus half the mean of the
        worst-off tenth.
    """

    tails: tuple[tuple[float, float], ...]

    monotone = True

    @property
    def name(self) -> str:
        """Name of the objective or limit."""
        return "_".join(["ordered", *(percent(share) for share, _ in self.tails)])

    def faults(self, access: Access) -> list[str]:
        """Shares or factors that cannot be."""
        found = [] if self.tails else ["tails: there is none"]
        for share, factor in self.tails:
            found += share_faults(share, "tails, share")
            if not 0 <= factor < np.inf:
                found.append(f"tails: factor {factor!r}, expected a number from 0 up")
        if len({share for share, _ in self.tails}) < len(self.tails):
            found.append("tails: a share appears twice; add up its factors")
        return found

    def add(self, program: Program, access: Access, burden: Affine) -> Affine:
        """Rows of :class:`~formulations.measures.fairness.tail.Tail` for each share."""
        people = People.of(access)
        return _added(program, self.name, people.burden(burden), people.share, self.tails)

    def value(self, access: Access, burden: Floats) -> float:
        """From numbers, shape (n,)."""
        people = People.of(access)
        return sum(factor * tail_value(burden[people.at], people.share, share) for share, factor in self.tails)


@dataclass(frozen=True)
class KWorst(Fairness):
    """Mean burden of the k demand points that are worst off, each counted once however many live there.

    Parameters
    ----------
    k
        How many; at most as many as there are demand points where somebody lives.
    """

    k: int

    monotone = True

    @property
    def name(self) -> str:
        """Name of the objective or limit."""
        return f"worst_{self.k}_points"

    def faults(self, access: Access) -> list[str]:
        """A number that cannot be."""
        most, k = len(access.served), self.k
        given: object = k
        whole = isinstance(given, int | np.integer) and not isinstance(given, bool)
        right = whole and 1 <= k <= most
        return [] if right else [f"k: {k!r}, expected a number of demand points where somebody lives, 1 to {most}"]

    def add(self, program: Program, access: Access, burden: Affine) -> Affine:
        """One variable, and one variable and a row for each demand point."""
        people = People.of(access)
        each = _each(people)
        return add_tail(program, self.name, people.burden(burden), each, self.k / len(each))

    def value(self, access: Access, burden: Floats) -> float:
        """From numbers, shape (n,)."""
        return float(np.sort(burden[access.served])[-self.k :].mean())


@dataclass(frozen=True)
class Ranked(Fairness):
    """Burdens of demand points times the weight of their rank, added up.

    Parameters
    ----------
    weights
        One for each demand point where somebody lives, from 0 up and never falling: the first for the one best off.
    """

    weights: tuple[float, ...]

    name = "by_rank"
    monotone = True

    def faults(self, access: Access) -> list[str]:
        """Weights that cannot be."""
        try:
            given, points = np.asarray(self.weights, float), len(access.served)
        except (TypeError, ValueError) as wrong:
            return [f"weights: not numbers: {wrong}"]
        if given.shape != (points,):
            return [f"weights: {given.size}, expected {points}, one for each demand point where somebody lives"]
        if not np.isfinite(given).all() or given[0] < 0:
            return ["weights: expected finite numbers from 0 up"]
        if (fall := np.flatnonzero(np.diff(given) < 0)).size:
            k = int(fall[0])
            return [
                f"weights: they fall after number {k + 1}, {given[k]:g} to {given[k + 1]:g}; the worse off count more"
            ]
        return []

    def add(self, program: Program, access: Access, burden: Affine) -> Affine:
        """One variable for each step of the weights, and for each a variable and a row for each demand point."""
        people = People.of(access)
        return _added(program, self.name, people.burden(burden), _each(people), self._tails())

    def value(self, access: Access, burden: Floats) -> float:
        """From numbers, shape (n,)."""
        return float(np.asarray(self.weights) @ np.sort(burden[access.served]))

    def _tails(self) -> tuple[tuple[float, float], ...]:
        """Share of the points and factor of the mean over them, for each step up."""
        weights = np.asarray(self.weights, float)
        step = np.diff(weights, prepend=0.0)
        n = len(weights)
        return tuple(((n - int(k)) / n, float(step[k] * (n - k))) for k in np.flatnonzero(step > 0))


def _each(people: People) -> Floats:
    """Every demand point counts the same."""
    return np.full(len(people.at), 1.0 / len(people.at))


def _added(
    program: Program, name: str, burden: Affine, share_of: Floats, tails: tuple[tuple[float, float], ...]
) -> Affine:
    total = program.constant(0.0)
    for k, (share, factor) in enumerate(tails):
        total = total + factor * add_tail(program, f"{name}_{k}" if len(tails) > 1 else name, burden, share_of, share)
    return total
