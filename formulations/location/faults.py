"""What can be wrong with the data of a question of location, all of it at once and by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.location.pairs import Pairs
from instances.index import Index
from instances.places import STATUSES


def is_number(given: object, least: float = 0.0, most: float = np.inf) -> bool:
    """Whether something is a number (and no truth value) between two others, these included."""
    return isinstance(given, int | float | np.number) and not isinstance(given, bool) and bool(least <= given <= most)


def is_whole(given: object, least: int = 0) -> bool:
    """Whether something is a whole number (and no truth value) from another one up."""
    return isinstance(given, int | np.integer) and not isinstance(given, bool) and bool(given >= least)


def read_numbers(name: str, given: Any, faults: list[str]) -> Floats | None:
    """A copy as numbers; None and a fault where they are none (a missing weight counts as NaN)."""
    try:
        return np.array(given, dtype=float)
    except (TypeError, ValueError) as wrong:
        faults.append(f"{name}: not numbers: {wrong}")
        return None


def read_names(name: str, given: Iterable[object] | Index | None, size: int, faults: list[str]) -> Index:
    """An index set: names that there are, or numbers from 0; a fault where names are missing or stand twice."""
    if isinstance(given, Index):
        return given
    if given is None:
        return Index.numbered(name, size)
    try:
        labels = list(given)
        return Index.named(name, labels)
    except (TypeError, ValueError) as wrong:
        text = str(wrong)
        faults.append(text if text.startswith(f"{name}:") else f"{name}: {text}")
        return Index.numbered(name, size)


def access_faults(
    demand: Index,
    site: Index,
    shape: tuple[int, int],
    distance: Any,
    arrays: Mapping[str, Floats | None],
    status: NDArray[np.str_] | None,
    unreached: bool = False,
) -> list[str]:
    """Faults of arrays that are to become an :class:`Access`; shapes first, then values, then who reaches nothing.

    Parameters
    ----------
    distance
        Dense (n, m), COO, or :class:`Pairs`.
    arrays
        ``weight``, ``capacity``, ``cost``, ``amount`` and ``between``, None for those not given.
    unreached
        Whether people without a site within reach are no fault.
    """
    n, m = shape
    wrong = [
        f"distance: {shape[axis]} {index.name} along axis {axis}, but {index.size} names"
        for axis, index in enumerate((demand, site))
        if index.size != shape[axis]
    ]
    expected = {"weight": (n,), "amount": (n,), "capacity": (m,), "cost": (m,), "between": (m, m)}
    why = {"weight": "one for each row of the distances", "amount": "one for each row of the distances"}
    for name, array in arrays.items():
        if array is not None and array.shape != expected[name]:
            what = why.get(name, "one for each site" if name != "between" else "one for each two sites")
            wrong.append(f"{name}: of shape {array.shape}, expected {expected[name]}, {what}")
    if status is not None and status.shape != (m,):
        wrong.append(f"status: of shape {status.shape}, expected ({m},), one for each site")
    if wrong:
        return wrong
    found = [] if m else ["distance: there is no site"]
    weight = arrays["weight"]
    assert weight is not None
    if not (weight > 0).any():
        found.append("weight: nobody needs a place")
    for name, index in (("weight", demand), ("amount", demand), ("capacity", site), ("cost", site)):
        found += _values(name, index, arrays[name], infinite=name == "capacity")
    found += _between(site, arrays["between"])
    found += _distances(demand, site, weight, distance, unreached)
    if status is not None and (unknown := sorted(set(status.tolist()) - set(STATUSES))):
        found.append(f"status: unknown values {', '.join(map(repr, unknown))}; use one of {', '.join(STATUSES)}")
    return found


def group_faults(demand: Index, groups: Mapping[str, Floats]) -> list[str]:
    """Faults of the people of each group, by name."""
    found = []
    for name, count in groups.items():
        if count.shape != (demand.size,):
            found.append(
                f"groups, {name}: of shape {count.shape}, expected ({demand.size},), one for each demand point"
            )
        else:
            found += _values(f"groups, {name}", demand, count, infinite=False)
    return found


def _values(name: str, index: Index, array: Floats | None, infinite: bool) -> list[str]:
    if array is None:
        return []
    kinds = [(np.isnan(array), "missing (NaN)"), (array < 0, "negative")]
    kinds += [] if infinite else [(np.isposinf(array), "infinite")]
    return [f"{name}: {int(bad.sum())} {what}, first at {first(index, bad)}" for bad, what in kinds if bad.any()]


def _between(site: Index, between: Floats | None) -> list[str]:
    if between is None:
        return []
    faults = []
    for bad, what in (
        (np.isnan(between), "missing (NaN)"),
        (between < 0, "negative"),
        (between != between.T, "differ from the way back"),
    ):
        bad = bad & ~(np.isnan(between) | np.isnan(between.T)) if what.startswith("differ") else bad
        if bad.any():
            i, j = (int(k) for k in np.argwhere(bad)[0])
            faults.append(f"between: {int(bad.sum())} {what}, first from {site.label(i)} to {site.label(j)}")
    return faults


def _distances(demand: Index, site: Index, weight: Floats, distance: Any, unreached: bool) -> list[str]:
    dense = isinstance(distance, np.ndarray)
    values = distance.reshape(-1) if dense else distance.distance if isinstance(distance, Pairs) else distance.data
    faults = []
    for bad, what in ((np.isnan(values), "missing (NaN)"), (values < 0, "negative")):
        if bad.any():
            i, j = _pair(distance, int(bad.argmax()))
            faults.append(f"distance: {int(bad.sum())} {what}, first from {demand.label(i)} to {site.label(j)}")
    if not unreached and site.size:
        there = np.isfinite(values)
        if dense:
            count = there.reshape(distance.shape).sum(axis=1)
        elif isinstance(distance, Pairs) and there.all():
            count = distance.count
        else:
            rows = distance.demand if isinstance(distance, Pairs) else distance.row
            count = np.bincount(rows[there], minlength=demand.size)
        faults += lost_faults(demand, weight, count)
    return faults


def _pair(distance: Any, k: int) -> tuple[int, int]:
    """Demand point and site of the k-th entry."""
    if isinstance(distance, Pairs):
        return int(np.searchsorted(distance.start, k, side="right")) - 1, int(distance.site[k])
    if isinstance(distance, np.ndarray):
        return k // distance.shape[1], k % distance.shape[1]
    return int(distance.row[k]), int(distance.col[k])


def lost_faults(demand: Index, weight: Floats, count: NDArray[np.int64]) -> list[str]:
    """People who reach no site, from the number of sites that each demand point reaches, shape (n,)."""
    lost = (weight > 0) & (count == 0)
    if not lost.any():
        return []
    some = first(demand, lost)
    return [f"distance: {int(lost.sum())} demand points where somebody lives reach no site, first {some}"]


def first(index: Index, bad: NDArray[np.bool_], count: int = 3) -> str:
    """Labels of the first elements marked."""
    return ", ".join(index.label(int(k)) for k in np.flatnonzero(bad)[:count])
