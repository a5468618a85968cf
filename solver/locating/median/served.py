"""The problem that p-median and uncapacitated facility location share: everybody goes where it costs least.

    minimise    constant + sum_j fixed_j y_j + sum_i min { cost_ij : y_j = 1 }        y within the site rules

Whoever has no open site among the stored pairs makes a choice impossible.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.location.access import Access
from formulations.location.pairs import Pairs
from formulations.location.rules import SiteRules
from solver.backends.answer import State


@dataclass(frozen=True, eq=False)
class Served:
    """Costs of pairs and sites, and rules about sites; answered by :func:`solver.locating.median.solve.solve_served`.

    Attributes
    ----------
    pairs
        In place of distances what it costs altogether to serve a demand point from a site (weight times distance), not
        negative, each row from the cheapest outwards. Only demand points that count are rows. A pair that is not there
        is not allowed. Pairs with forbidden sites are harmless but better left out.
    fixed
        Shape (m,): cost of opening a site, not negative; zero for a p-median. What existing sites cost is for the
        caller to say: normally zero.
    rules
        What sites must, may and must not be open; any rows (count, budget, differ, ...), or none.
    constant
        Added to every value and bound.
    grain
        ``value - constant`` is a whole multiple of this for every choice; 0 where nothing is known.
    """

    pairs: Pairs
    fixed: Floats
    rules: SiteRules
    constant: float = 0.0
    grain: float = 0.0

    @classmethod
    def of(cls, access: Access, rules: SiteRules, fixed: Floats | None = None) -> Served:
        """Weight times distance for everybody who lives somewhere, forbidden sites left out.

        Parameters
        ----------
        fixed
            Cost of opening a site, shape (m,), in the unit of weight times distance; nothing where None.
        """
        pairs, here = access.pairs, access.weight > 0
        keep = np.repeat(here, pairs.count)
        if (rules.upper == 0).any():
            keep &= (rules.upper > 0)[pairs.site]
        count = np.repeat(access.weight, pairs.count)
        if here.all() and keep.all():
            start, site, cost = pairs.start, pairs.site, count * pairs.distance
        else:
            passed = np.concatenate([[0], np.cumsum(keep)])[pairs.start]
            start = np.append(passed[:-1][here], passed[-1])
            site, cost = pairs.site[keep], count[keep] * pairs.distance[keep]
        fixed = np.zeros(access.site.size) if fixed is None else np.array(fixed, float)
        served = cls(Pairs(np.asarray(start, np.int64), site, cost, access.site.size), fixed, rules)
        return replace(served, grain=grain_of(served.pairs.distance, fixed[rules.upper > 0]))

    @property
    def sites(self) -> int:
        """How many sites there are."""
        return self.pairs.sites

    @property
    def points(self) -> int:
        """How many demand points count."""
        return self.pairs.points

    def value(self, opened: NDArray[np.bool_]) -> float:
        """What a choice of sites costs, infinite if somebody is left out; rules are not looked at. Shape (m,)."""
        return float(self.constant + self.fixed[opened].sum() + self.pairs.nearest_open(opened)[1].sum())


@dataclass(frozen=True, eq=False)
class Settled:
    """What is known in the end; everything counts ``constant`` in.

    Attributes
    ----------
    state
        ``finished`` within the gap asked for, ``stopped`` at a limit, ``infeasible``.
    opened
        The best choice of sites, shape (m,), forced ones among them; None without one.
    value
        What it costs, infinite without one.
    bound
        No choice costs less, as far as solvers can be trusted.
    verified
        The same, from closed forms with rounding subtracted (where a tree closed the gap, from its safe bounds).
    lost
        If infeasible because of them: positions (rows of ``pairs``) that no open choice can serve.
    work
        Counts worth telling.
    """

    state: State
    opened: NDArray[np.bool_] | None = None
    value: float = math.inf
    bound: float = -math.inf
    verified: float | None = None
    lost: tuple[int, ...] = ()
    work: Mapping[str, Any] = field(default_factory=dict)


def grain_of(*numbers: Floats) -> float:
    """The largest whole number that all numbers are multiples of; 0 if they are not whole."""
    grain = 0
    for array in numbers:
        if not len(array):
            continue
        if array.max() > 2.0**50 or (array != np.rint(array)).any():
            return 0.0
        grain = math.gcd(grain, int(np.gcd.reduce(array.astype(np.int64))))
    return float(grain)
