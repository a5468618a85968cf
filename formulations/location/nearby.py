"""Pairs from coordinates: who has which sites within a distance as the crow flies, for millions of points."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree

from formulations.algebra.elements import Floats
from formulations.location.pairs import Pairs
from instances.schema import InstanceError

BLOCK = 8_000_000
"""Demand points times sites looked at in one go: bounds the memory, about 200 MB where everything is within reach."""


def nearby(demand: ArrayLike, site: ArrayLike, within: float) -> Pairs:
    """All pairs at most ``within`` apart in a straight line, found with k-d trees, a block of demand points at a time.

    Parameters
    ----------
    demand, site
        Coordinates, shapes (n, 2) and (m, 2), in a projected coordinate system in metres (or in any unit of length,
        the same for all three).
    within
        Largest distance, itself included; infinite for all pairs.

    Returns
    -------
    Pairs
        Sorted by distance within each row, then by position of the site.

    Raises
    ------
    InstanceError
        If coordinates are missing or not of shape (points, 2), or ``within`` is negative; all faults at once.
    """
    people, places = np.asarray(demand, dtype=float), np.asarray(site, dtype=float)
    faults = [*_faults("demand", people), *_faults("site", places)]
    if not within >= 0:
        faults.append(f"within: {within!r}, expected a distance from 0 up")
    if faults:
        raise InstanceError("Pairs from coordinates", faults)
    n, m = len(people), len(places)
    # a little more than asked for: what lies within is decided once, by the distance that is stored
    reach = within * (1 + 1e-9)
    tree: Any = cKDTree(places) if m else None
    count = np.zeros(n, dtype=np.int64)
    sites, distances = [np.empty(0, np.int32)], [np.empty(0)]
    # positions in a block fit 16 bits: such keys are sorted in linear time
    step = int(np.clip(BLOCK // max(m, 1), 64, 65535))
    for first in range(0, n if m else 0, step):
        block = people[first : first + step]
        found = cKDTree(block, balanced_tree=False, compact_nodes=False).sparse_distance_matrix(
            tree, reach, output_type="ndarray"
        )
        row, column = found["i"].astype(np.uint16), found["j"].astype(np.int32)
        del found
        near = np.hypot(block[row, 0] - places[column, 0], block[row, 1] - places[column, 1])
        inside = near <= within
        row, column, near = row[inside], column[inside], near[inside]
        order = np.argsort(near)
        order = order[np.argsort(row[order], kind="stable")]
        row, column, near = row[order], column[order], near[order]
        tied = (near[1:] == near[:-1]) & (row[1:] == row[:-1])
        if (tied & (column[1:] < column[:-1])).any():
            order = np.lexsort((column, near, row))
            row, column, near = row[order], column[order], near[order]
        count[first : first + step] = np.bincount(row, minlength=len(block))
        sites.append(column)
        distances.append(near)
    start = np.concatenate([[0], np.cumsum(count)])
    return Pairs(start, np.concatenate(sites), np.concatenate(distances), m)


def _faults(name: str, xy: Floats) -> list[str]:
    if xy.ndim != 2 or xy.shape[1] != 2:
        return [f"{name}: coordinates of shape {xy.shape}, expected (points, 2)"]
    bad = np.flatnonzero(~np.isfinite(xy).all(axis=1))
    if not bad.size:
        return []
    some = ", ".join(map(str, bad[:3].tolist()))
    return [f"{name}: coordinates of {bad.size} points missing or infinite, first at position {some}"]
