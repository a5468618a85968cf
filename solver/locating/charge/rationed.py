"""The problem that questions with capacities share: everybody is assigned, nobody beyond capacity, at least cost.

minimise   sum_j fixed_j y_j + sum_ij cost_ij x_ij
subject to sum_j x_ij = 1,  x_ij <= y_j,  sum_i amount_i x_ij <= room_j y_j,  y within the site rules
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats
from formulations.location.access import Access
from formulations.location.rules import SiteRules
from formulations.location.siting import Siting
from solver.locating.median.served import grain_of


@dataclass(frozen=True, eq=False)
class Rationed:
    """Dense arrays over the demand points that count.

    Attributes
    ----------
    who
        Shape (n,): positions of the demand points where somebody lives.
    cost
        Shape (n, m): weight times distance, infinite out of reach.
    amount, room
        Shape (n,) and (m,); a site without limit can take everybody.
    fixed
        Shape (m,): cost of opening.
    undivided
        Whether a demand point goes to one site as a whole.
    grain
        Every plan's value is a whole multiple of it; 0 where nothing is known.
    """

    who: NDArray[np.intp]
    cost: Floats
    amount: Floats
    room: Floats
    fixed: Floats
    rules: SiteRules
    undivided: bool
    grain: float

    @classmethod
    def of(cls, access: Access, rules: SiteRules, fixed: Floats, undivided: bool) -> Rationed:
        """From the data of a question; forbidden sites are out of everybody's reach."""
        who = access.served
        with np.errstate(invalid="ignore"):
            cost = access.weight[who, None] * access.distance[who]
        cost[:, rules.upper == 0] = np.inf
        amount = access.takes[who]
        total = float(amount.sum())
        room = np.full(access.site.size, total) if access.capacity is None else np.minimum(access.capacity, total)
        grain = grain_of(cost[np.isfinite(cost)], fixed[rules.upper > 0]) if undivided else 0.0
        return cls(who, cost, amount, room, fixed, rules, undivided, grain)

    @cached_property
    def rows(self) -> tuple[Csr, Floats, Floats]:
        """Rows over sites: the rules, and ``enough``: open sites together can take everybody."""
        A = sp.csr_array(sp.vstack([self.rules.A, sp.csr_array(self.room[None, :])]))
        # a hair less than the sum, so that rounding in it cuts off no plan
        total = float(self.amount.sum()) * (1.0 - 1e-12)
        return A, np.append(self.rules.row_lower, total), np.append(self.rules.row_upper, np.inf)

    def value(self, siting: Siting, row_of: NDArray[np.intp]) -> float:
        """What a plan costs; ``row_of`` says which row a demand point is."""
        way = self.cost[row_of[siting.demand], siting.site]
        return float(self.fixed[siting.open].sum() + (way * siting.share).sum())

    def keeps_rules(self, opened: NDArray[np.bool_]) -> bool:
        """Whether a choice of sites keeps the rules about sites and has room enough."""
        A, low, high = self.rows
        y = opened.astype(float)
        activity = A @ y
        inside = bool((y >= self.rules.lower).all() and (y <= self.rules.upper).all())
        slack = 1e-9 * np.maximum(1.0, np.abs(activity))
        return inside and bool((activity >= low - slack).all() and (activity <= high + slack).all())
