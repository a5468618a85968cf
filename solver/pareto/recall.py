"""Questions that need not be asked again: what is already found and proven may answer them.

A search that goes on from an earlier one asks much of what that one asked, with limits and weights that may differ in
the last digits. A question is answered without a solver where the facts that hold for all plans within its limits
leave no plan better than one at hand by more than the solver would be allowed to leave.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from formulations.algebra.elements import Floats
from solver.certificate import ABSOLUTE, RELATIVE
from solver.gap import relative_gap
from solver.pareto.archive import Archive
from solver.pareto.bounds import Fact
from solver.pareto.scalar import SURE, Outcome, Scalars

ROUNDING = 1e-9
"""Relative difference of two bounds that arithmetic alone may make."""

SHARE, LEAST = 0.125, 1.0
"""Share of the time left that one question may take, so that a hard one does not cost the rest of the front; and the
seconds that each may take in any case."""


@dataclass(eq=False)
class Recalling(Scalars):
    """Questions to one program, of which those that the archive can answer are not put to a solver, nor counted.

    With a time limit no question takes more than :data:`SHARE` of what is left; it is then ``stopped``, and what it
    found and proved counts.
    """

    archive: Archive | None = None

    def minimize(
        self,
        weights: Floats,
        within: Floats | None = None,
        *,
        start: Floats | None = None,
        seconds: float | None = None,
        absolute: float = 0.0,
    ) -> Outcome:
        """See :meth:`solver.pareto.scalar.Scalars.minimize`."""
        w = np.array(weights, float)
        limits = np.full(self.space.size, np.inf) if within is None else np.array(within, float)
        found = None if self.archive is None else self._recalled(self.archive, w, limits, absolute)
        if found is not None:
            return found
        left = self.clock.left
        most = None if left is None else max(LEAST, SHARE * left)
        allowed = min((s for s in (seconds, most) if s is not None), default=None)
        return super().minimize(w, limits, start=start, seconds=allowed, absolute=absolute)

    def _recalled(self, archive: Archive, w: Floats, limits: Floats, absolute: float) -> Outcome | None:
        # what holds but for dominated plans says nothing about the least of a weighted sum within limits
        facts = [fact for fact in archive.bounds.facts if not fact.matched and (limits <= fact.within).all()]
        nothing = next((fact for fact in facts if fact.value == np.inf), None)
        if nothing is not None:
            return Outcome("empty", None, None, Fact(limits, w, np.inf, nothing.verified))
        points = archive.points
        inside = np.flatnonzero((points <= limits + ABSOLUTE + RELATIVE * np.abs(points)).all(axis=1))
        if not inside.size:
            return None
        best = int(inside[np.argmin(points[inside] @ w)])
        value = float(points[best] @ w)
        bound = least_sum(facts, archive.bounds.ideal, w, limits)
        apart = self.space.resolution(w)
        enough = max(absolute, SURE * apart, ROUNDING * max(1.0, abs(value)))
        gap = relative_gap(value, bound) if np.isfinite(bound) else None
        if not (value - bound <= enough or (gap is not None and gap <= self.gap * (1.0 + ROUNDING))):
            return None
        if value - bound < max(apart, 0.0):
            bound = value
        return Outcome("solved", archive.plans[best], points[best].copy(), Fact(limits, w, min(bound, value)))


def least_sum(facts: list[Fact], ideal: Floats, weights: Floats, limits: Floats) -> float:
    """What facts say about the least ``weights @ y`` with ``y <= limits``; ``-inf`` where they say nothing.

    Each fact must hold for all plans within the limits. A linear program over the objectives:
    ``min w @ y  subject to  w_i @ y >= b_i,  ideal <= y <= limits``.
    """
    from scipy.optimize import linprog

    same = [f.value for f in facts if np.array_equal(f.weights, weights)]
    bound = max(same, default=-np.inf)
    useful = [f for f in facts if np.isfinite(f.value)]
    if not useful:
        return float(bound)
    A, b = np.array([f.weights for f in useful]), np.array([f.value for f in useful])
    size = np.maximum(np.abs(A).max(axis=1), 1e-300)
    # infinite sides are none at all to the solver
    sides = list(zip(ideal.tolist(), limits.tolist(), strict=True))
    found = linprog(weights, A_ub=-A / size[:, None], b_ub=-b / size, bounds=sides)
    # where the limits leave nothing, or no bound, only a solver can tell
    return max(float(bound), float(found.fun or 0.0)) if found.status == 0 else float(bound)
