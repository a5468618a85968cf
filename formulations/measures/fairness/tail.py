"""The mean burden of the worst-off share of people: conditional value-at-risk over people instead of scenarios.

    min_t  t + 1/share sum_i s_i max(0, b_i - t)      s_i part of all people who live at demand point i

Share 1 is the mean, a share below that of the smallest point the largest burden. In location this is the conditional
beta-mean. Source: Ogryczak and Zawadzki (2002), "Conditional median: a parametric solution concept for location
problems", Annals of Operations Research 110, 167-181; rows as in :mod:`formulations.measures.cvar`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.measures.cvar import cvar, cvar_value
from formulations.measures.fairness.people import Fairness, People


def share_faults(share: float, what: str = "share") -> list[str]:
    """A share of people must lie in (0, 1]."""
    given: object = share
    number = isinstance(given, int | float | np.number) and not isinstance(given, bool)
    right = number and 0.0 < share <= 1.0
    return [] if right else [f"{what}: {share!r}, expected a part of all people, above 0 and at most 1"]


def percent(share: float) -> str:
    """A share as part of a name: 0.025 -> 2_5_percent."""
    given: object = share
    part = f"{100 * share:g}" if isinstance(given, int | float | np.number) else str(given)
    return part.replace(".", "_").replace("-", "_").replace("+", "") + "_percent"


def add_tail(program: Program, name: str, burden: Affine, share_of: Floats, share: float) -> Affine:
    """Mean burden of the worst share, as an expression; ``share_of`` (points,) adds up to 1."""
    if share >= 1.0:
        return (share_of * burden).sum()
    return cvar(name, burden, share_of, 1.0 - share)


def tail_value(burden: Floats, share_of: Floats, share: float) -> float:
    """The same from numbers, shape (points,)."""
    return float(cvar_value(burden[None, :], share_of, 1.0 - share)[0])


@dataclass(frozen=True)
class Tail(Fairness):
    """Mean burden of the worst share of people.

    Parameters
    ----------
    share
        Part of all people, above 0 and at most 1: 0.1 for the worst-off tenth. Of a demand point on the edge only
        some people count.
    """

    share: float

    monotone = True

    @property
    def name(self) -> str:
        """Name of the objective or limit."""
        return f"tail_{percent(self.share)}"

    def faults(self, access: Access) -> list[str]:
        """A share that cannot be."""
        return share_faults(self.share)

    def add(self, program: Program, access: Access, burden: Affine) -> Affine:
        """One variable, and one variable and a row for each demand point."""
        people = People.of(access)
        return add_tail(program, self.name, people.burden(burden), people.share, self.share)

    def value(self, access: Access, burden: Floats) -> float:
        """From numbers, shape (n,)."""
        people = People.of(access)
        return tail_value(burden[people.at], people.share, self.share)
