"""Distances as people have them: a matrix, a labelled table, a sparse matrix, or a long table of pairs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FROM, TO = ("demand", "origin", "from"), ("site", "destination", "to")
HOW_FAR = ("metres", "minutes", "distance", "cost")


@dataclass(frozen=True, eq=False)
class Listed:
    """One entry for each pair within reach.

    Attributes
    ----------
    demand, site
        Labels of the n demand points and m sites.
    row, column
        Shape (pairs,): positions of both ends.
    value
        Shape (pairs,): how far it is.
    unit
        ``min`` or ``m`` if the column of a long table says so, else empty.
    """

    demand: list[str]
    site: list[str]
    row: NDArray[np.intp]
    column: NDArray[np.intp]
    value: NDArray[np.float64]
    unit: str = ""


def listed(
    distance: Any, demand: Iterable[object] | None, site: Iterable[object] | None
) -> tuple[Listed | None, list[str]]:
    """Read distances in any of four forms.

    Parameters
    ----------
    distance
        Array (n, m), infinite where a site is out of reach; a DataFrame with demand points as its index and sites as
        its columns; a sparse matrix of SciPy, in which what is not stored is out of reach; or a DataFrame with one row
        a pair and the columns ``demand``, ``site`` and one of ``metres``, ``minutes``, ``distance`` (``origin`` and
        ``destination``, or ``from`` and ``to``, are understood too).
    demand, site
        Labels. Of a labelled table they choose its order and must be the same; None takes the labels of the table, in
        its order, or the numbers from 0.

    Returns
    -------
    Listed or None, and what is wrong with it by name
        Negative and missing distances, wrong shapes, names that stand twice or that only one side has.
    """
    rows, columns = _labels(demand), _labels(site)
    faults = [*twice("demand", rows or []), *twice("site", columns or [])]
    if faults:
        return None, faults
    if hasattr(distance, "columns") and hasattr(distance, "index"):
        ends = _ends(distance)
        return _long(distance, ends, rows, columns) if ends else _labelled(distance, rows, columns)
    if hasattr(distance, "tocoo"):
        coo = distance.tocoo()
        coo.sum_duplicates()
        at = np.asarray(coo.row, np.intp), np.asarray(coo.col, np.intp)
        return _checked(tuple(coo.shape), *at, np.asarray(coo.data, float), rows, columns)
    return _full(distance, rows, columns)


def twice(name: str, labels: list[str]) -> list[str]:
    """A fault that names the labels that stand twice, or one that says that some are empty, or none."""
    unique, count = np.unique(np.array(labels, dtype=np.str_), return_counts=True)
    if "" in labels:
        return [f"{name}: {labels.count('')} names are empty"]
    if not (count > 1).any():
        return []
    some = ", ".join(repr(str(u)) for u in unique[count > 1][:3])
    return [f"{name}: {int((count > 1).sum())} names stand twice, first {some}"]


def _labels(given: Iterable[object] | None) -> list[str] | None:
    if given is None:
        return None
    names = given.labels() if hasattr(given, "labels") else given
    return [str(label) for label in names]


def _full(distance: Any, rows: list[str] | None, columns: list[str] | None) -> tuple[Listed | None, list[str]]:
    try:
        dense = np.array(distance, dtype=float)
    except (TypeError, ValueError) as error:
        return None, [f"distance: not a matrix of numbers ({error})"]
    if dense.ndim != 2:
        return None, [f"distance: of shape {dense.shape}, expected (demand points, sites)"]
    row, column = np.nonzero(~np.isposinf(dense))
    return _checked(dense.shape, row, column, dense[row, column], rows, columns)


def _labelled(table: Any, rows: list[str] | None, columns: list[str] | None) -> tuple[Listed | None, list[str]]:
    here, there = [str(v) for v in table.index], [str(v) for v in table.columns]
    faults = [*twice("demand", here), *twice("site", there)]
    for name, own, given in (("demand", here, rows), ("site", there, columns)):
        faults += _same(name, "the table of distances", own, given)
    if faults:
        return None, faults
    try:
        dense = table.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        return None, [f"distance: not a table of numbers ({error})"]
    if rows is not None:
        at = {label: k for k, label in enumerate(here)}
        dense = dense[[at[label] for label in rows]]
    if columns is not None:
        at = {label: k for k, label in enumerate(there)}
        dense = dense[:, [at[label] for label in columns]]
    return _full(dense, rows or here, columns or there)


def _same(name: str, where: str, own: list[str], given: list[str] | None) -> list[str]:
    """Two lists of names must hold the same ones."""
    if given is None:
        return []
    lacking, strange = sorted(set(given) - set(own)), sorted(set(own) - set(given))
    faults = []
    if lacking:
        faults.append(f"{name}: {len(lacking)} are not in {where}, first {', '.join(map(repr, lacking[:3]))}")
    if strange:
        faults.append(f"{name}: {where} has {len(strange)} more, first {', '.join(map(repr, strange[:3]))}")
    return faults


def _ends(table: Any) -> tuple[str, str, str] | None:
    """Columns of a long table; None if it is none."""
    there = {str(c).lower(): c for c in table.columns}
    found = [next((there[n] for n in names if n in there), None) for names in (FROM, TO, HOW_FAR)]
    return None if None in found else tuple(found)  # type: ignore[return-value]


def _long(
    table: Any, ends: tuple[str, str, str], rows: list[str] | None, columns: list[str] | None
) -> tuple[Listed | None, list[str]]:
    import pandas as pd

    faults, positions = [], []
    for name, key, given in (("demand", ends[0], rows), ("site", ends[1], columns)):
        values = table[key]
        if lost := int(values.isna().sum()):
            faults.append(f"{name}: {lost} rows of the table of pairs have no name there")
        text = values.astype(str)
        own = list(dict.fromkeys(text.tolist()))
        labels = own if given is None else given
        if strange := [label for label in own if label not in set(labels)]:
            faults.append(
                f"{name}: the table of pairs names {len(strange)} that are unknown, "
                f"first {', '.join(map(repr, strange[:3]))}"
            )
        at = pd.Series(np.arange(len(labels)), index=labels)
        positions.append((labels, at.reindex(text).fillna(-1).to_numpy(np.intp)))
    value = pd.to_numeric(table[ends[2]], errors="coerce").to_numpy(float)
    if faults:
        return None, faults
    (labels, row), (places, column) = positions
    code = row.astype(np.int64) * max(len(places), 1) + column
    _, first, count = np.unique(code, return_index=True, return_counts=True)
    if (count > 1).any():
        some = [f"{labels[row[k]]} to {places[column[k]]}" for k in first[count > 1][:3]]
        faults.append(f"distance: {int((count > 1).sum())} pairs stand twice, first from {', '.join(some)}")
        return None, faults
    near = ~np.isposinf(value)
    unit = {"minutes": "min", "metres": "m"}.get(str(ends[2]).lower(), "")
    shape = (len(labels), len(places))
    found, faults = _checked(shape, row[near], column[near], value[near], labels, places)
    if found is not None and unit:
        found = Listed(found.demand, found.site, found.row, found.column, found.value, unit)
    return found, faults


def _checked(
    shape: tuple[int, ...],
    row: NDArray[np.intp],
    column: NDArray[np.intp],
    value: NDArray[np.float64],
    rows: list[str] | None,
    columns: list[str] | None,
) -> tuple[Listed | None, list[str]]:
    """Entries with their names, once shapes and values are in order."""
    faults = [
        f"distance: {shape[axis]} {name} along axis {axis}, but {len(labels)} names"
        for axis, (name, labels) in enumerate((("demand points", rows), ("sites", columns)))
        if labels is not None and len(labels) != shape[axis]
    ]
    if faults:
        return None, faults
    demand = rows if rows is not None else [str(k) for k in range(shape[0])]
    site = columns if columns is not None else [str(k) for k in range(shape[1])]
    near = ~np.isposinf(value)  # a sparse matrix may store what is out of reach
    row, column, value = row[near], column[near], value[near]
    for bad, what in ((np.isnan(value), "missing (NaN)"), (value < 0, "negative")):
        if bad.any():
            k = int(bad.argmax())
            faults.append(f"distance: {int(bad.sum())} {what}, first from {demand[row[k]]} to {site[column[k]]}")
    if not site:
        faults.append("distance: there is no site")
    return Listed(demand, site, row, column, value), faults
