"""Decimal numbers as whole numbers over one denominator, exactly or not at all."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats

DIGITS = 9
"""Most decimal places of a short decimal; longer ones are taken for the outcome of arithmetic."""

LONGEST = 15
"""Most decimal places of a cost whose noise is taken off; beyond, a double cannot tell."""

NOISE = 8 * 2.0**-53
"""Relative error that a few multiplications leave in a cost."""

DENOMINATOR = 10**6
"""Largest denominator tried for numbers that are no short decimals, such as one third."""


def places(values: Floats) -> NDArray[np.int64]:
    """Fewest decimal places that give each number back to the last bit, shape as ``values``; -1 if none do.

    A double stands for the decimal it was written as: 0.1 needs one place. ``n / 10**k`` is correctly rounded while
    both are exact in double precision, so equality means that the decimal is the one that the double stands for.
    """
    found = np.full(values.shape, -1, dtype=np.int64)
    for k in range(DIGITS + 1):
        todo = found < 0
        if not todo.any():
            break
        n = np.rint(values[todo] * 10.0**k)
        hit = (n / 10.0**k == values[todo]) & (np.abs(n) < 2.0**53)
        found[np.flatnonzero(todo)[hit]] = k
    return found


def exact(value: float) -> Fraction | None:
    """The short decimal or the fraction with a small denominator that a number stands for, None if there is none."""
    k = int(places(np.array([value]))[0])
    if k >= 0:
        return Fraction(round(value * 10.0**k), 10**k)
    near = Fraction(value).limit_denominator(DENOMINATOR)
    return near if float(near) == value else None


def whole_multiple(values: Floats) -> tuple[list[int], int] | None:
    """The numbers of one row as whole numbers over a common denominator, as small as can be; None if not exact."""
    if np.array_equal(values, np.rint(values)) and (np.abs(values) < 2.0**53).all():
        return [int(v) for v in values.tolist()], 1
    fractions = [exact(v) for v in values.tolist()]
    if any(f is None for f in fractions):
        return None
    known = [f for f in fractions if f is not None]
    denominator = math.lcm(*(f.denominator for f in known))
    return [f.numerator * (denominator // f.denominator) for f in known], denominator


def scaled_side(bound: float, denominator: int, *, upper: bool) -> int | None:
    """A row's bound times the denominator, rounded to the whole numbers inside it; None if infinite.

    Rounding loses nothing: the row itself takes whole values only.
    """
    if not math.isfinite(bound):
        return None
    side = (exact(bound) or Fraction(bound)) * denominator
    return math.floor(side) if upper else math.ceil(side)


def near_multiple(values: Floats, reach: Floats) -> tuple[list[int], int, float] | None:
    """As :func:`whole_multiple` for an objective whose numbers come out of arithmetic, with what that may cost.

    ``3 * 0.1`` is 0.30000000000000004; it is taken for 0.3. The third result is the most by which the objective can
    change in that way while ``|x| <= reach``: a bound on the changed objective less this is a bound on the given one.
    None if some number is not within a few last bits of a decimal.
    """
    if (exactly := whole_multiple(values)) is not None:
        return *exactly, 0.0
    for k in range(LONGEST + 1):
        n = np.rint(values * 10.0**k)
        if (np.abs(n) < 2.0**53).all() and (np.abs(n / 10.0**k - values) <= NOISE * np.abs(values)).all():
            numbers = [int(v) for v in n.tolist()]
            off = [abs(Fraction(v, 10**k) - Fraction(c)) for v, c in zip(numbers, values.tolist(), strict=True)]
            return (
                numbers,
                10**k,
                1.0000001 * float(sum(o * Fraction(r) for o, r in zip(off, reach.tolist(), strict=True))),
            )
    return None
