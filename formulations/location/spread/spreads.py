"""What questions of spreading sites have in common: they ask about sites or harm, not about how people fare."""

from __future__ import annotations

from typing import ClassVar, Literal

from formulations.location.access import Access
from formulations.location.question import ChoosesSites


class SpreadsSites(ChoosesSites):
    """A question that wants sites far from each other or from people; ``p`` must be given."""

    sense: ClassVar[Literal["min", "max"]] = "max"
    leaves_out: ClassVar[bool] = True

    def faults(self, access: Access) -> list[str]:
        """See :meth:`Question.faults`; measures of fairness are refused, and so is choosing nothing."""
        found = super().faults(access)
        if not self.classic:
            found.append(
                "objective, limits: measures of fairness weigh burdens of people, and here nearness is the burden"
            )
        if self.p is None or self.p == 0:
            found.append(f"p: {self.p!r}, expected a number of sites from 1 up; without one, opening nothing is best")
        return found
