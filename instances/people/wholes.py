"""Whole people: shares rounded by the largest remainder, so that every total is kept to the person."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


def apportion(amount: Floats, owner: Ints, totals: Floats, x: Floats, y: Floats) -> Floats:
    """Round ``amount`` so that those of owner k sum to ``totals[k]``; each ends at its floor or its ceiling.

    The largest remainders are rounded up (Hamilton's method). Equal ones go north-west first, so that neither names
    nor the order of a file decide.

    Parameters
    ----------
    amount, owner, x, y
        Shape (pieces,). The amounts of an owner sum to its total but for less than the number of its pieces.
    totals
        Whole numbers, shape (owners,). An owner without pieces must have 0.

    Raises
    ------
    ValueError
        If the amounts of an owner are too far from its total to be rounded to it.
    """
    # What lies 1e-7 below a whole number is that number with noise of the sums.
    floor = np.floor(amount + 1e-7)
    remainder = np.round(amount - floor, 9)
    up = np.rint(totals - np.bincount(owner, floor, minlength=len(totals))).astype(np.int64)
    order = np.lexsort((x, -y, -remainder, owner))
    start = np.searchsorted(owner[order], np.arange(len(totals)))
    rank = np.empty(len(amount), np.int64)
    rank[order] = np.arange(len(amount)) - start[owner[order]]
    pieces = np.bincount(owner, minlength=len(totals))
    wrong = (up < 0) | (up > pieces)
    if wrong.any():
        k = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"owner {k}: {pieces[k]} amounts do not sum to {totals[k]:g}")
    return np.asarray(floor + (rank < up[owner]), np.float64)


def whole(amount: Floats, total: float, x: Floats, y: Floats) -> Floats:
    """Round amounts so that they sum to ``total``, a whole number; scaled to it first where it is another total.

    Where ``total`` is only their rounded sum nothing is scaled, so a whole amount stays as it is.
    """
    mass = amount.sum()
    if mass <= 0:
        return np.zeros(len(amount))
    one = np.zeros(len(amount), np.intp)
    factor = total / mass if abs(total - mass) > 0.5 + 1e-6 else 1.0
    return apportion(amount * factor, one, np.array([total]), x, y)


def within(people: Floats, owner: Ints, totals: Floats, x: Floats, y: Floats) -> Floats:
    """Part of the people of each piece, in proportion, with a given whole total by owner; never more than there are.

    Since ``people`` is whole and the total at most theirs, rounding up stays within them.
    """
    mass = np.bincount(owner, people, minlength=len(totals))
    share = np.divide(totals, mass, out=np.zeros(len(totals)), where=mass > 0)
    return apportion(people * share[owner], owner, np.where(mass > 0, totals, 0.0), x, y)
