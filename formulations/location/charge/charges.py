"""What a plan costs: opening its sites, and the ways to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from formulations.algebra.elements import Floats
from formulations.location.access import Access
from formulations.location.aims import judged
from formulations.location.assigned import room_faults
from formulations.location.judgement import Checked, Judgement
from formulations.location.question import ChoosesSites
from formulations.location.rules import SiteRules
from formulations.location.siting import Siting


class ChargesSites(ChoosesSites):
    """A question in which sites cost something and ways too; in the literature no number ``p`` is given."""

    aim: ClassVar[str] = "cost"

    def faults(self, access: Access) -> list[str]:
        """See :meth:`Question.faults`; costs of opening must be known."""
        return [*room_faults(access, cost=True, capacity=False), *super().faults(access)]

    def charged(
        self, access: Access, siting: Siting, checks: Iterable[Checked] = (), used: float = 0.0, **more: float
    ) -> Judgement:
        """The verdict on a plan; ``opening``, ``travel`` and what else costs are reported beside their sum.

        Parameters
        ----------
        used
            What is opened besides sites costs so much.
        **more
            Further costs by name.
        """
        spent = float(opening(access, self.rules(access))[siting.open].sum()) + used
        way = siting.burden(access)
        costs = {"opening": spent, "travel": access.travel(way), **more}
        return judged(self, access, siting, sum(costs.values()), way, more=costs, checks=checks)


def opening(access: Access, rules: SiteRules) -> Floats:
    """What each site costs if it is open, shape (m,): nothing where it exists already."""
    assert access.cost is not None
    return np.where(rules.kept, 0.0, access.cost)
