"""Gini coefficient of burdens: 0 where all people bear the same, towards 1 where few bear everything.

    G = sum_ij s_i s_j |b_i - b_j| / (2 m),    m = sum_i s_i b_i;    0 where nobody bears anything

A limit G <= g is linear: half the mean difference is at most g m. As an objective G is a ratio, no single linear
program has it; :func:`solver.locating.locate.locate` minimises it exactly by a few programs that minimise half the
mean difference minus a level times the mean (:class:`GiniOver`; Dinkelbach 1967, Management Science 13(7), 492-498,
DOI 10.1287/mnsc.13.7.492). A small coefficient does not mean short ways: combine it with a limit on the mean. Source:
Drezner, Drezner and Guyse (2009), "Equitable service by a facility: minimizing the Gini coefficient", Computers and
Operations Research 36(12), 3240-3246.
"""

from __future__ import annotations

from dataclasses import dataclass

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.program import Program
from formulations.algebra.relation import Relation
from formulations.location.access import Access
from formulations.measures.fairness.difference import (
    ROUNDING,
    add_difference,
    difference_faults,
    difference_value,
)
from formulations.measures.fairness.people import Fairness, People
from instances.schema import InstanceError


@dataclass(frozen=True)
class GiniOver(Fairness):
    """Half the mean difference of burdens minus a level times their mean: above zero where the Gini coefficient is
    larger than the level.

    Parameters
    ----------
    level
        From 0 to 1.
    scale
        The whole is multiplied by it, to keep clear of tolerances where burdens are small numbers.
    """

    level: float
    scale: float = 1.0

    name = "gini_over"
    monotone = False

    def faults(self, access: Access) -> list[str]:
        """A level that cannot be, or too many pairs."""
        wrong = [] if 0 <= self.level <= 1 else [f"level: {self.level!r}, expected a Gini coefficient, 0 to 1"]
        return [*wrong, *difference_faults(access)]

    def add(self, program: Program, access: Access, burden: Affine) -> Affine:
        """Rows as for the mean difference."""
        people = People.of(access)
        own = people.named(program, self.name, burden)
        return add_difference(program, self.name, people, own, 0.5 * self.scale, self.level * self.scale)

    def value(self, access: Access, burden: Floats) -> float:
        """From numbers, shape (n,)."""
        people = People.of(access)
        own = burden[people.at]
        return self.scale * (0.5 * difference_value(people.share, own) - self.level * float(people.share @ own))


@dataclass(frozen=True)
class Gini(Fairness):
    """Gini coefficient of burdens over people."""

    name = "gini"
    monotone = False

    def faults(self, access: Access) -> list[str]:
        """Too many pairs."""
        return difference_faults(access)

    def add(self, program: Program, access: Access, burden: Affine) -> Affine:
        """A ratio is no linear expression: this always raises an InstanceError that says what to do."""
        raise InstanceError(
            "The Gini coefficient is a ratio, no linear program minimises it",
            ["objective: ask locate(), which solves several programs; or minimise MeanDifference; or limit it"],
        )

    def within(self, program: Program, access: Access, burden: Affine, at_most: float) -> Relation:
        """The coefficient does not exceed a number: one linear row."""
        people = People.of(access)
        own = people.named(program, self.name, burden)
        return add_difference(program, self.name, people, own, 0.5, at_most) <= 0.0

    def value(self, access: Access, burden: Floats) -> float:
        """From numbers, shape (n,)."""
        people = People.of(access)
        own = burden[people.at]
        mean = float(people.share @ own)
        spread = difference_value(people.share, own)
        # what is left between means of trips that are all the same is rounding, and as a ratio it would look like more
        return spread / (2.0 * mean) if spread > ROUNDING * mean else 0.0
