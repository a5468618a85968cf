"""The largest burden: what those bear who are worst off, however few they are (minimax, the rule of Rawls).

max_i b_i    over all demand points i where somebody lives
"""

from __future__ import annotations

from dataclasses import dataclass

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.measures.fairness.people import Fairness, People
from formulations.measures.worst import worst


@dataclass(frozen=True)
class Largest(Fairness):
    """Largest burden of anybody."""

    name = "largest"
    monotone = True

    def add(self, program: Program, access: Access, burden: Affine) -> Affine:
        """One variable ``largest_worst`` and a row for each demand point."""
        return worst(self.name, People.of(access).burden(burden))

    def value(self, access: Access, burden: Floats) -> float:
        """From numbers, shape (n,)."""
        return float(burden[access.served].max())
