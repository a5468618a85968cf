"""Which unit lies within which unit of the level above, and what is odd about the units of one level."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

if TYPE_CHECKING:
    from instances.accounts import Ledger
    from instances.zones.outlines import Outlines

Ints = NDArray[np.intp]

TINY = 1e-3  # overlaps below this share of the smaller unit come from drawing


def parents(fine: Outlines, coarse: Outlines, straddle: float, ledger: Ledger) -> Ints:
    """The coarse unit that each fine one overlaps most, the first of equals; without any overlap the nearest.

    Fine units with more than a share of ``straddle`` outside of it are noted.
    """
    area = shapely.area(fine.shape)
    below, above = shapely.STRtree(coarse.shape).query(fine.shape, predicate="intersects")
    shapely.prepare(coarse.shape)
    inside = shapely.covers(coarse.shape[above], fine.shape[below])
    common = np.where(inside, area[below], 0.0)
    rest = np.flatnonzero(~inside)
    common[rest] = shapely.area(shapely.intersection(fine.shape[below[rest]], coarse.shape[above[rest]]))
    order = np.lexsort((above, -np.round(common, 6), below))
    first = order[np.concatenate([[True], np.diff(below[order]) > 0])] if len(order) else order
    first = first[common[first] > 0]
    found = np.full(len(area), -1, np.intp)
    covered = np.zeros(len(area))
    found[below[first]] = above[first]
    covered[below[first]] = common[first]
    lost = np.flatnonzero(found < 0)
    if len(lost):
        near, which = shapely.STRtree(coarse.shape).query_nearest(fine.shape[lost], all_matches=False)
        found[lost[near]] = which
        ledger.warn(
            f"zones: {len(lost)} units of level {fine.level} lie outside every {coarse.level}, first "
            f"{_some(fine, lost)}; each counts to the nearest"
        )
    astride = np.flatnonzero((covered < (1.0 - straddle) * area) & (covered > 0))
    if len(astride):
        worst = 1.0 - (covered[astride] / area[astride]).min()
        ledger.note(
            f"zones: {len(astride)} units of level {fine.level} have more than {straddle:.0%} outside the "
            f"{coarse.level} they count to, {worst:.0%} at most: {_some(fine, astride)}"
        )
    return found


def overlaps(units: Outlines, ledger: Ledger) -> None:
    """Warns of units of one level that cover the same land."""
    tree = shapely.STRtree(units.shape)
    pairs = [tree.query(units.shape, predicate=p) for p in ("overlaps", "covers")]
    a, b = np.concatenate(pairs, axis=1)
    low, high = np.unique(np.column_stack([np.minimum(a, b), np.maximum(a, b)])[a != b], axis=0).reshape(-1, 2).T
    common = shapely.area(shapely.intersection(units.shape[low], units.shape[high]))
    area = shapely.area(units.shape)
    real = common > TINY * np.minimum(area[low], area[high])
    if real.any():
        first = np.flatnonzero(real)[0]
        ledger.warn(
            f"zones: {real.sum()} pairs of units of level {units.level} overlap, {common[real].sum() / 1e6:.2f} km2 in "
            f"all, first {units.key[low[first]]} and {units.key[high[first]]}; a place in both counts to the first"
        )


def _some(units: Outlines, at: Ints) -> str:
    return ", ".join(units.key[at[:5]].tolist()) + (", ..." if len(at) > 5 else "")
