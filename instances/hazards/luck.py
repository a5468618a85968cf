"""Luck: standard normal numbers at places, alike where places are near, the same however places are ordered."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from instances.hazards.fields import EXACT, OnLattice

Floats = NDArray[np.float64]

LATTICE = 2**20  # lattice points; a hundred events then take seconds
WIDEST = 110.0  # practical ranges across which a lattice of that size still has 8 points a range


class Luck:
    """Random numbers that depend on the seed, the event and the place, and on nothing else.

    Every event, draw and hazard has a stream of its own, named by text, so that leaving out an event or adding a
    layer changes no other. Points are put in order of their coordinates first, so that the order of people, sites
    and links does not matter; places at one point share their luck.

    Fields have the correlation ``exp(-3 h / reach)`` (:func:`instances.hazards.fields.correlated_field`).
    """

    def __init__(self, xy: Floats, seed: int, independent: bool = False, names: Sequence[str] = ()) -> None:
        self.points, back = np.unique(xy, axis=0, return_inverse=True)
        self.back, self.seed, self.independent = back.ravel(), seed, independent
        self.span = float(np.ptp(self.points, axis=0).max()) if len(self.points) else 0.0
        # Where every place has luck of its own, those at one point are told apart by name.
        self.order = np.lexsort([np.asarray(names or np.zeros(len(xy))), xy[:, 1], xy[:, 0]])
        self.roots: dict[float, Floats] = {}
        self.lattices: dict[float, OnLattice] = {}

    def stream(self, *words: object) -> np.random.Generator:
        """Random numbers of their own for these words."""
        return np.random.default_rng([self.seed, zlib.crc32("|".join(map(str, words)).encode("utf-8"))])

    def least_reach(self, reach: float) -> float:
        """The practical range itself, or the shortest that can be drawn over so wide a place."""
        return max(reach, self.span / WIDEST)

    def field(self, reach: float, *words: object) -> Floats:
        """Standard normal numbers, one a place, correlated within ``reach`` metres."""
        if self.independent:
            return self.own(*words)
        rng, reach = self.stream(*words), self.least_reach(reach)
        if len(self.points) > EXACT:
            if reach not in self.lattices:
                self.lattices[reach] = OnLattice(self.points, reach, LATTICE)
            drawn: Floats = self.lattices[reach].draw(1, rng)[0]
        else:
            if reach not in self.roots:
                self.roots[reach] = _root(self.points, reach)
            drawn = self.roots[reach] @ rng.standard_normal(len(self.points))
        return drawn[self.back]

    def own(self, *words: object) -> Floats:
        """Independent standard normal numbers, one a place."""
        drawn = np.empty(len(self.order))
        drawn[self.order] = self.stream(*words).standard_normal(len(self.order))
        return drawn


def _root(points: Floats, reach: float) -> Floats:
    from scipy.spatial.distance import cdist

    covariance = np.exp(-3.0 * cdist(points, points) / reach)
    covariance[np.diag_indices_from(covariance)] += 1e-10
    return np.linalg.cholesky(covariance)


def drawn(chance: Floats, field: Floats) -> NDArray[np.bool_]:
    """States by a Gaussian copula: true where the normal quantile of the chance exceeds the field.

    Each place has exactly its chance, and two places are true together as their normal numbers are correlated.
    """
    from scipy.special import ndtri

    return np.asarray(field < ndtri(chance), np.bool_)
