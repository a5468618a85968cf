"""What a choice of sites leaves without cover: convex in how many sites cover each set, so that cuts describe it.

    shortage(y) = constant + sum_k w_k sum_l factor_l max(0, l - sum_{j in k} y_j)

Maximal covering has factor_1 = 1. With a backup of weight b <= 1/2 it is factor_1 = 1 - 2 b and factor_2 = b: then a
first cover saves 1 - b and a second one b.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.location.cover_sets import CoverSets


@dataclass(frozen=True, eq=False)
class Shortage:
    """The function and its data.

    Attributes
    ----------
    cover, columns
        Which sites cover which set, shape (sets, m) and its transpose, both CSR; no set is empty.
    weight
        Shape (sets,).
    factors
        By the number of sites needed, from one.
    constant
        What the sets without any site add.
    """

    cover: Any
    columns: Any
    weight: Floats
    factors: tuple[float, ...]
    constant: float

    @classmethod
    def of(cls, sets: CoverSets, factors: tuple[float, ...]) -> Shortage:
        """From cover sets; empty ones become the constant."""
        some = np.diff(sets.cover.indptr) > 0
        most = sum(level * factor for level, factor in enumerate(factors, 1))
        cover: Any = sets.cover[np.flatnonzero(some)]
        constant = most * float(sets.weight[~some].sum())
        return cls(cover, sp.csr_array(cover.T), sets.weight[some], factors, constant)

    @property
    def grain(self) -> float:
        """All values are whole multiples of it; 0 where none is known."""
        if not (np.equal(self.weight, np.round(self.weight)).all() and self.weight.max(initial=0.0) < 2**53):
            return 0.0
        factors, constant = np.array(self.factors), np.array([self.constant])
        for parts in (1, 2, 4, 5, 10, 20, 100):
            whole = factors * parts
            if np.abs(whole - np.round(whole)).max() < 1e-12:
                step = int(np.gcd.reduce(self.weight.astype(np.int64), initial=0))
                # sets that nobody can cover need not fit the step of the others
                fits = step and abs(float(constant[0]) * parts / step - round(float(constant[0]) * parts / step)) < 1e-9
                return (step if fits else 1) / parts
        return 0.0

    def each(self, count: Floats) -> Floats:
        """What a set lacks that so many sites cover, for one person; shape as ``count``."""
        lack = np.zeros_like(count, dtype=float)
        for level, factor in enumerate(self.factors, 1):
            lack += factor * np.maximum(level - count, 0.0)
        return lack

    def at(self, y: Floats) -> float:
        """The value for open sites, whole or in parts, shape (m,)."""
        return self.constant + float((self.weight * self.each(self.cover @ y)).sum())

    def of_choice(self, opened: NDArray[np.bool_]) -> float:
        """The value of a whole choice of sites, shape (m,)."""
        return self.at(np.asarray(opened, dtype=float))
