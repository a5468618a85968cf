"""Families of plans that really differ: by what they decide, not by what that is worth.

Two plans with nearly the same values may open quite other sites, and two far apart on the front may differ in one. The
plans are grouped around k of them (medoids), with k where the groups stand apart most clearly (mean silhouette).

Sources: Kaufman and Rousseeuw (1990), see :mod:`solver.choosing.medoids`; Rousseeuw (1987), "Silhouettes", Journal of
Computational and Applied Mathematics 20, 53-65, DOI 10.1016/0377-0427(87)90125-7.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.choosing.decisions import Choices
from solver.choosing.medoids import medoids

MOST = 8
"""Families looked for at most, unless asked for more: a person compares no more."""


@dataclass(frozen=True, eq=False)
class Clusters:
    """Families of plans.

    Attributes
    ----------
    medoids
        Position of the plan in the middle of each family.
    family
        Shape (plans,): which family each plan belongs to, from 0.
    silhouette
        Mean over all plans, from -1 to 1: how clearly the families stand apart; below 0.25 they hardly do (Kaufman and
        Rousseeuw 1990, chapter 2). Zero with one family.
    tried
        Mean silhouette by number of families looked at.
    distance
        Shape (plans, plans), between what the plans decide.
    """

    medoids: tuple[int, ...]
    family: NDArray[np.intp]
    silhouette: float
    tried: dict[int, float]
    distance: Floats

    def members(self, k: int) -> NDArray[np.intp]:
        """Positions of the plans of one family."""
        return np.flatnonzero(self.family == k)


def clusters(
    made: Choices, k: int | None = None, *, most: int = MOST, metric: Literal["jaccard", "hamming"] = "jaccard"
) -> Clusters:
    """Group plans by their yes-or-no decisions.

    Parameters
    ----------
    k
        Number of families; if None the one from 2 to ``most`` with the largest mean silhouette, the least of equals,
        and 1 where the plans have no two different ways of deciding or are fewer than three.
    metric
        ``jaccard``: of all that either plan says yes to, the share on which they differ. ``hamming``: share of all
        decisions on which they differ.

    Raises
    ------
    ValueError
        If there is no plan, or k is no number from 1 to the number of plans that decide differently.
    """
    D = distances(made.bits, metric)
    different = len(np.unique(made.bits, axis=0))
    if not len(D) or (k is not None and not 1 <= k <= different):
        raise ValueError(f"clusters: k = {k} with {len(D)} plans, {different} of which decide differently.")
    numbers = range(2, min(most, different, len(D) - 1) + 1) if k is None else [k]
    found = {number: _grouped(D, number) for number in numbers}
    tried = {number: silhouette(D, family) for number, (_, family) in found.items()}
    if not found:
        found, tried = {1: _grouped(D, 1)}, {1: 0.0}
    best = max(found, key=lambda number: (round(tried[number], 9), -number))
    middle, family = found[best]
    return Clusters(middle, family, tried[best], tried, D)


def _grouped(D: Floats, k: int) -> tuple[tuple[int, ...], NDArray[np.intp]]:
    middle = medoids(D, k)
    family = np.argmin(D[:, list(middle)], axis=1)
    family[list(middle)] = np.arange(k)
    return middle, family


def distances(bits: NDArray[np.bool_], metric: str = "jaccard") -> Floats:
    """Distances between sets: (n, m) -> (n, n); two empty sets are equal."""
    if metric not in ("jaccard", "hamming"):
        raise ValueError(f"metric: {metric!r} is unknown; use jaccard or hamming.")
    B = np.asarray(bits, dtype=float)
    both, size = B @ B.T, B.sum(axis=1)
    differ = size[:, None] + size[None, :] - 2 * both
    whole = size[:, None] + size[None, :] - both if metric == "jaccard" else np.full(differ.shape, float(B.shape[1]))
    return np.where(whole > 0, differ / np.where(whole > 0, whole, 1.0), 0.0)


def silhouette(D: Floats, family: NDArray[np.intp]) -> float:
    """Mean silhouette of a grouping; zero where a plan is alone in its family, and with one family."""
    names, group = np.unique(family, return_inverse=True)
    if len(names) < 2:
        return 0.0
    member = np.eye(len(names))[group]
    size = member.sum(axis=0)
    total = D @ member
    own = total[np.arange(len(D)), group] / np.maximum(size[group] - 1, 1.0)
    others = np.where(member > 0, np.inf, total / size).min(axis=1)
    larger = np.maximum(own, others)
    value = np.where((size[group] > 1) & (larger > 0), (others - own) / np.where(larger > 0, larger, 1.0), 0.0)
    return float(value.mean())
