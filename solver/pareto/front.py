"""A front: plans between which only a weighing of objectives can decide, and how good each is for certain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np

from formulations.algebra.elements import Csr, Floats
from solver.pareto.bounds import LowerBounds

ROUNDING = 1e-12
"""A range below this share of the values themselves is none: they differ by rounding."""


class Label(Enum):
    """What is known about a point of a front."""

    PROVEN = "proven"
    """It is on the true front: no plan is as good in every objective and better in one."""

    WITHIN_GAP = "within gap"
    """No plan is better in every objective by more than the gap asked for, as a share of the range of the front."""

    FOUND = "found"
    """A plan that keeps all rows; how far it may be from the true front is its ``distance``."""


@dataclass(frozen=True, eq=False)
class Front:
    """Points sorted by the first objective, none dominated by another.

    Attributes
    ----------
    names, units
        Objectives, p of them, all minimised.
    points
        Shape (n, p), recomputed by us from the plans.
    plans
        Shape (n, columns), sparse: the columns of each plan, checked against every row.
    labels
        What is known about each point.
    distance
        Shape (n,): the share of the range of the front by which a plan may be better in every objective at most.
    verified
        Shape (n,): the same from our own bounds alone, without trust in a search tree; infinite if there are none.
    origins
        How each point was found: ``exact``, ``genetic``, ``polish``, ``start``, ...
    supported
        Shape (n,): whether the point is the best one for some weights.
    ideal, nadir
        Shape (p,): below which no plan lies in an objective (``-inf`` where that is not known), and above which no
        point of the true front lies, or the largest value found; ``exact_nadir`` tells which.
    complete
        The true front has no other points than these.
    epsilon
        Every point of the true front is within this share of the range (in every objective) of a point here.
    hypervolume, hypervolume_bound
        Share of the box from ideal to ``reference`` that the points dominate, and that no front can exceed.
    reference
        Shape (p,): the corner that hypervolumes count from.
    bounds
        The facts behind all this.
    resolution
        Shape (p,): points closer together than this in an objective may have been taken for one; 0 for none.
    status
        ``complete``; ``representation`` where the search ended by itself, within the gap and resolution or with as many
        points as asked for; ``stopped`` by time, number of solves or Ctrl-C.
    solves, seconds
        What it took.
    method, seed, options, versions, matrix_digest
        How it was made, from what.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    points: Floats
    plans: Csr
    labels: tuple[Label, ...]
    distance: Floats
    verified: Floats
    origins: tuple[str, ...]
    supported: np.ndarray
    ideal: Floats
    nadir: Floats
    exact_nadir: bool
    complete: bool
    epsilon: float
    hypervolume: float
    hypervolume_bound: float
    reference: Floats
    bounds: LowerBounds
    resolution: Floats
    status: str
    solves: int
    seconds: float
    method: str
    seed: int
    matrix_digest: str
    options: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.points)

    @property
    def scale(self) -> Floats:
        """Range of each objective, shape (p,): what distances are shares of."""
        return spread(self.ideal, self.nadir, self.points.min(axis=0))

    @property
    def hypervolume_gap(self) -> float:
        """Share of the best conceivable hypervolume that may be missing."""
        return 1.0 - self.hypervolume / self.hypervolume_bound if self.hypervolume_bound > 0 else 0.0


def spread(ideal: Floats, nadir: Floats, lowest: Floats) -> Floats:
    """What counts as one unit in each objective: the range from ideal to nadir, 1 where there is none.

    Where no ideal is known the lowest value found stands in for it.
    """
    width = nadir - np.where(np.isfinite(ideal), ideal, lowest)
    return np.where(width > ROUNDING * np.abs(nadir), width, 1.0)


def nondominated(points: Floats) -> np.ndarray:
    """Positions of the points that no other one dominates, equal ones once, sorted by the first objective."""
    if not len(points):
        return np.empty(0, int)
    order = np.lexsort(points.T[::-1])
    kept: list[int] = []
    chosen = np.empty((0, points.shape[1]))
    for at in order:
        # in lexicographic order only earlier points can dominate
        if not (chosen <= points[at]).all(axis=1).any():
            kept.append(int(at))
            chosen = np.vstack([chosen, points[at]])
    return np.array(kept, int)
