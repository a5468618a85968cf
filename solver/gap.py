"""How far a plan may be from the best one."""

from __future__ import annotations

import math


def relative_gap(value: float | None, bound: float | None, resolution: float = 0.0) -> float | None:
    """``(value - bound) / |value|``: the share of the plan's own value that a better plan could save at most.

    Zero when value and bound differ by no more than ``resolution`` (or the bound lies above by a rounding error);
    None when it is not a number: without a plan or without a bound, or when the value is zero and the bound is not.
    """
    if value is None or bound is None or not math.isfinite(value) or not math.isfinite(bound):
        return None
    distance = value - bound
    if distance <= resolution:
        return 0.0
    return distance / abs(value) if value else None
