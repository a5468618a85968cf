"""Mean absolute deviation: how far the burden of people lies from the mean burden of all, on average.

    sum_i s_i |b_i - m| = 2 sum_i s_i max(0, b_i - m),    m = sum_i s_i b_i

What lies above the mean weighs as much as what lies below, so rows for one side are enough. Source: Ogryczak (2000),
"Inequality measures and equitable approaches to location problems", European Journal of Operational Research 122(2),
374-391, DOI 10.1016/S0377-2217(99)00240-4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.measures.fairness.people import Fairness, People


@dataclass(frozen=True)
class MeanDeviation(Fairness):
    """Mean absolute deviation from the mean burden, over people.

    It is least where all are equally far, however far: combine it with a limit on the mean or on a tail.
    """

    name = "mean_deviation"
    monotone = False

    def add(self, program: Program, access: Access, burden: Affine) -> Affine:
        """Two variables and two rows for each demand point, one of each for the mean."""
        people = People.of(access)
        own = people.named(program, self.name, burden)
        low, high = own.bounds()
        mean = program.variable(
            "mean_deviation_mean", lower=low.min(), upper=high.max(), doc="Mean burden of all people."
        )
        over = program.variable(
            "mean_deviation_over", people.point, upper=np.maximum(high - low.min(), 0.0), doc="Burden above the mean."
        )
        program.subject_to(
            mean_deviation_all=mean == (people.share * own).sum(),
            mean_deviation_above=over >= own - mean.across(people.point),
        )
        program.describe("mean_deviation_all", doc="The mean burden of all people.")
        program.describe("mean_deviation_above", doc="What the burden of a point has above the mean.")
        return (2.0 * people.share * over).sum()

    def value(self, access: Access, burden: Floats) -> float:
        """From numbers, shape (n,)."""
        people = People.of(access)
        own = burden[people.at]
        return float(people.share @ np.abs(own - people.share @ own))
