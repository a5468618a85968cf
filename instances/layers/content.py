"""What a source holds before it is placed in the city: columns of plain types, shapes, and where they come from."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.layers.layer import Box

Window = Callable[[str | None], Box | None]
"""The box of the city in a reference system, None to read everything."""

WINDOWED = 20_000  # features; smaller sources are read whole, which also finds the ones without a place
LARGEST = 2**30  # bytes of one column of texts; NumPy gives every text the room of the longest


@dataclass(frozen=True, eq=False)
class Content:
    """Features as the source has them.

    Attributes
    ----------
    columns
        float64, int64, bool or text, shape (features,).
    shape
        Shapely geometries in ``crs``; None where a feature has none, or one that cannot be read.
    crs
        Reference system that the source states, if it does.
    number
        Position of each feature in the source, from 1.
    total
        Features of the source, of which those outside the window were not read.
    placed
        False for a table without places.
    """

    columns: dict[str, NDArray[Any]]
    shape: NDArray[np.object_]
    crs: str | None
    number: NDArray[np.int64]
    total: int
    placed: bool = True
    notes: tuple[str, ...] = ()


@contextmanager
def overheard() -> Iterator[list[str]]:
    """What a reader warns of, as sentences without repetition instead of on the terminal."""
    said: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield said
    said += dict.fromkeys(str(w.message).splitlines()[0][:200] for w in caught if str(w.message))


def columns_of(raw: dict[str, NDArray[Any]]) -> tuple[dict[str, NDArray[Any]], list[str]]:
    """Columns as float64, int64, bool or text, and a sentence for each that cannot be."""
    columns, notes = {}, []
    for name, values in raw.items():
        plain, why = _plain(values)
        if plain is None:
            notes.append(f"left out column {name}: {why}")
        else:
            columns[name] = plain
    return columns, notes


def shapes_of(wkb: Any) -> NDArray[np.object_]:
    """Geometries in two dimensions; None where there is none or it cannot be read."""
    import shapely

    shape = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)
    return np.asarray(shapely.force_2d(shape), dtype=object)


def nowhere(count: int) -> NDArray[np.object_]:
    """The shapes of rows that have none."""
    return np.full(count, None, dtype=object)


def short(error: Exception) -> str:
    """First line of what an exception says."""
    return str(error).splitlines()[0][:200] if str(error).strip() else type(error).__name__


def _plain(values: NDArray[Any]) -> tuple[NDArray[Any] | None, str]:
    kind = values.dtype.kind
    if kind == "b" or values.dtype in (np.dtype(np.float64), np.dtype(np.int64)):
        return values, ""
    if kind in "iu" and values.dtype != np.dtype(np.uint64):
        return values.astype(np.int64), ""
    if kind in "fu":
        return values.astype(np.float64), ""
    if kind == "M":
        return np.where(np.isnat(values), "", np.datetime_as_string(values)).astype(np.str_), ""
    return _objects(values.tolist())


def _objects(items: list[Any]) -> tuple[NDArray[Any] | None, str]:
    """A column that came as Python objects; what is missing is NaN among numbers and "" among texts."""
    gap = [v is None or (isinstance(v, float) and v != v) for v in items]
    given = [v for v, missing in zip(items, gap, strict=True) if not missing]
    if given and all(isinstance(v, bool) for v in given) and not any(gap):
        return np.array(items, bool), ""
    if given and all(isinstance(v, int | float | Decimal) for v in given):
        whole = not any(gap) and all(isinstance(v, int) and abs(v) < 2**63 for v in given)
        if whole:
            return np.array(items, np.int64), ""
        return np.array([np.nan if missing else float(v) for v, missing in zip(items, gap, strict=True)]), ""
    if any(isinstance(v, bytes | bytearray | memoryview) for v in given):
        return None, "it holds binary data"
    texts = ["" if missing else _text(v) for v, missing in zip(items, gap, strict=True)]
    if 4 * len(texts) * max((len(t) for t in texts), default=0) > LARGEST:
        return None, "its texts are too long to hold"
    return np.array(texts, dtype=np.str_), ""


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
