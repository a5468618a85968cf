"""A part of the demand points: their distances to all sites that may be open, in one dense matrix."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats
from formulations.location.pairs import Pairs


@dataclass(frozen=True, eq=False)
class Ways:
    """A part of the demand points.

    Attributes
    ----------
    rows
        Positions of the demand points, shape (rows,).
    near
        Distances, shape (rows, m), infinite where a site is out of reach or must not open.
    """

    rows: NDArray[np.intp]
    near: Floats

    @classmethod
    def of(cls, pairs: Pairs, rows: NDArray[np.intp], may: NDArray[np.bool_]) -> Ways:
        """Read the rows out of the pairs; ``may``, shape (m,), marks sites that may be open."""
        start, count = pairs.start[rows], pairs.count[rows]
        ends = np.cumsum(count)
        at = np.repeat(start - (ends - count), count) + np.arange(int(count.sum()))
        near = np.full((len(rows), pairs.sites), np.inf)
        near[np.repeat(np.arange(len(rows)), count), pairs.site[at]] = pairs.distance[at]
        near[:, ~may] = np.inf
        return cls(rows, near)

    @cached_property
    def least(self) -> float:
        """No plan has a smaller radius: somebody has no site nearer than this."""
        return float(self.near.min(axis=1).max(initial=0.0))

    @cached_property
    def lengths(self) -> Floats:
        """All values that the radius can have, rising."""
        return np.unique(self.near[np.isfinite(self.near) & (self.near >= self.least)])

    def within(self, length: float) -> Csr:
        """Which sites lie within a length, CSR of ones."""
        inside: Any = sp.csr_array(((self.near <= length) & np.isfinite(self.near)).astype(float))
        return inside  # type: ignore[no-any-return]

    def radius(self, opened: NDArray[np.bool_]) -> float:
        """Largest distance to the nearest open site, infinite if somebody reaches none."""
        if not opened.any():
            return np.inf
        return float(self.near[:, opened].min(axis=1).max())

    def spread(self, fixed: NDArray[np.bool_], count: int) -> NDArray[np.bool_]:
        """So many sites besides the fixed ones, each the nearest to whoever is farthest from those before."""
        opened = fixed.copy()
        way = self.near[:, fixed].min(axis=1) if fixed.any() else np.full(len(self.rows), np.inf)
        closed = np.isfinite(self.near).any(axis=0) & ~fixed
        for _ in range(count):
            i = int(np.argmax(way))
            choices = np.where(closed, self.near[i], np.inf)
            j = int(np.argmin(choices))
            if not np.isfinite(choices[j]):
                break
            opened[j], closed[j] = True, False
            way = np.minimum(way, self.near[:, j])
        return opened
