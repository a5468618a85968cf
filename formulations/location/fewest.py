"""As few sites as possible, or as cheap ones: what questions that cover everybody, or nearly, minimise."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.location.access import Access
from formulations.location.question import Question


class FewestSites(Question):
    """A question that minimises the number of sites, or what they cost; sites that exist count in neither."""

    @property
    @abstractmethod
    def by_cost(self) -> bool:
        """Whether the cost of sites is minimised and not their number."""

    def __post_init__(self) -> None:
        # what is minimised goes by its name, which is its unit too
        object.__setattr__(self, "aim", "cost" if self.by_cost else "sites")

    def faults(self, access: Access) -> list[str]:
        """See :meth:`Question.faults`; costs must be known where they are minimised."""
        lacking = ["cost: the data say nothing about what sites cost; give cost"]
        return [*(lacking if self.by_cost and access.cost is None else []), *super().faults(access)]

    def price(self, access: Access) -> Floats:
        """What opening each site adds to the objective, shape (m,)."""
        each = np.ones(access.site.size) if not self.by_cost or access.cost is None else access.cost
        return np.where(access.is_status("existing"), 0.0, each)

    def both(self, access: Access, opened: NDArray[np.bool_]) -> dict[str, float]:
        """``sites``, how many are chosen, and ``cost``, what they cost, if that is known."""
        new = opened & ~access.is_status("existing")
        found = {"sites": float(new.sum())}
        return found if access.cost is None else {**found, "cost": float(access.cost[new].sum())}
