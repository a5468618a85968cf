"""The decoder of questions of location in which everybody goes to the nearest open site."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Csr, Floats
from formulations.location.access import Access
from formulations.location.median_center import MedianCenter
from solver.genetic.decoder import Genomes


@dataclass(frozen=True, eq=False)
class Located:
    """Genomes are choices of p sites; who goes where follows from distance alone.

    A choice of another number of sites, or one that leaves somebody without a site within reach, has no plan; it is
    told by :meth:`violation`, and its plan is that of the p sites named first.
    """

    question: MedianCenter
    access: Access

    @property
    def genes(self) -> int:
        """Number of sites."""
        return self.access.site.size

    def decode(self, genomes: Genomes) -> Csr:
        """Plans, (members, sites) -> (members, columns)."""
        return sp.csr_array(self.question.plans(self.access, self._chosen(genomes)))

    def evaluate(self, genomes: Genomes) -> Floats:
        """Objectives, (members, sites) -> (members, objectives); the largest finite ones where somebody is cut off."""
        values = self.question.values(self.access, self._chosen(genomes))
        finite = self.access.distance[np.isfinite(self.access.distance)]
        worst = float(finite.max(initial=0.0)) * max(1.0, float(self.access.weight.sum()))
        return np.where(np.isfinite(values), values, worst)

    def violation(self, genomes: Genomes) -> Floats:
        """Sites too many or too few, and whether somebody is cut off: (members, sites) -> (members,)."""
        off = np.abs(genomes.sum(axis=1) - self.question.p).astype(float)
        cut_off = ~np.isfinite(self.question.values(self.access, self._chosen(genomes))).all(axis=1)
        total: Floats = off + cut_off
        return total

    def _chosen(self, genomes: Genomes) -> np.ndarray:
        """Positions of p sites each: those chosen first, then others in order, shape (members, p)."""
        order = np.argsort(~genomes, axis=1, kind="stable")
        return order[:, : self.question.p]
