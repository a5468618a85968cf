"""TOPSIS: near the best of everything and far from the worst of everything.

    closeness_i = d(i, worst) / (d(i, worst) + d(i, best)),    d Euclidean, objectives scaled and weighted

Source: Hwang and Yoon (1981), Multiple Attribute Decision Making, Lecture Notes in Economics and Mathematical Systems
186, Springer, DOI 10.1007/978-3-642-48318-9.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from formulations.algebra.elements import Floats
from solver.choosing.scaling import checked_points, checked_weights, first_least, in_units


@dataclass(frozen=True, eq=False)
class Topsis:
    """Closeness of points to the ideal.

    Attributes
    ----------
    position
        Of the closest.
    closeness
        Shape (n,), from 0 (worst in everything) to 1 (best in everything); 1 everywhere if all points are equal.
    """

    position: int
    closeness: Floats

    @property
    def ranking(self) -> np.ndarray:
        """Positions from the closest to the furthest."""
        return np.argsort(-self.closeness, kind="stable")


def topsis(
    points: ArrayLike, weights: ArrayLike | None = None, *, scaling: Literal["range", "vector"] = "range"
) -> Topsis:
    """Rank points by TOPSIS, all objectives minimised: (n, p).

    Parameters
    ----------
    weights
        Shape (p,), all alike if None; only their proportions matter.
    scaling
        ``range`` puts each objective from its least to its greatest value on the front; then neither units nor a
        constant added to an objective changes the result. ``vector`` divides by the Euclidean norm as in the source;
        then only units do not matter.
    """
    Y = checked_points(points)
    w = checked_weights(weights, Y.shape[1])
    norm = np.linalg.norm(Y, axis=0)
    scaled = w * (in_units(Y) if scaling == "range" else Y / np.where(norm > 0, norm, 1.0))
    best, worst = scaled.min(axis=0), scaled.max(axis=0)
    near, far = np.linalg.norm(scaled - best, axis=1), np.linalg.norm(scaled - worst, axis=1)
    whole = near + far
    closeness = np.where(whole > 0, far / np.where(whole > 0, whole, 1.0), 1.0)
    return Topsis(first_least(-closeness, Y), closeness)
