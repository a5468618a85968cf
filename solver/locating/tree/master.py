"""What a search tree is given: columns and rows that are there from the start, and somebody who makes cuts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats


@dataclass(frozen=True, eq=False)
class Cuts:
    """Rows ``A x >= lower`` over all columns of the master that every plan keeps, wherever in the tree they were made.

    Attributes
    ----------
    A, lower
        Shape (cuts, columns) and (cuts,).
    """

    A: Csr
    lower: Floats


@dataclass(frozen=True, eq=False)
class Master:
    """``min cost x + constant``, ``row_lower <= A x <= row_upper``, ``lower <= x <= upper``; the first columns whole.

    The first ``sites`` columns are the open sites (0 or 1); the others stand for costs that follow from them and that
    only cuts know.

    Attributes
    ----------
    grain
        Values of plans are whole multiples of it; 0 where nothing is known. A bound is rounded up to the next one.
    unit
        A power of two; the simplex method is given ``cost`` times it. Its tolerances are absolute, so values in the
        millions make it three times as long for digits that nobody asked for.
    """

    sites: int
    cost: Floats
    constant: float
    lower: Floats
    upper: Floats
    A: Csr
    row_lower: Floats
    row_upper: Floats
    cuts: Cuts | None = None
    grain: float = 0.0
    unit: float = 1.0


class Cutter(Protocol):
    """Who knows the costs that follow from open sites."""

    def separate(self, x: Floats) -> Cuts | None:
        """Cuts that a point of the master breaks, fractional or whole; None if it breaks none."""

    def value(self, opened: NDArray[np.bool_]) -> float:
        """What a whole choice of sites is worth, infinite if somebody is left out; shape (sites,)."""

    def improved(self, x: Floats) -> NDArray[np.bool_] | None:
        """A good choice of sites near a fractional point, keeping the rules; None if none comes to mind."""
