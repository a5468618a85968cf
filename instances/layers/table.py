"""Tables: CSV, plain or packed with gzip, with places in two columns, as well-known text, or without places."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.layers.content import Content, columns_of, nowhere

WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)?(\.[0-9]*)?([eE][-+]?[0-9]{1,3})?")
LONGEST = 2**30  # characters of a field; outlines as text exceed the 131,072 that the csv module allows by default


@dataclass(frozen=True)
class Places:
    """Which columns say where a row is: a pair, or one of well-known text; none of them means: look at the names."""

    x: str | None = None
    y: str | None = None
    lon: str | None = None
    lat: str | None = None
    wkt: str | None = None

    def found(self, names: Sequence[str]) -> Places:
        """These columns, or those with the usual names."""
        given = [n for n in (self.x, self.y, self.lon, self.lat, self.wkt) if n is not None]
        missing = [n for n in given if n not in names]
        if missing:
            raise ValueError(f"no column {missing[0]!r}; it has {', '.join(names) or 'none'}")
        if given:
            return self
        lower = {n.lower(): n for n in reversed(names)}
        for lon, lat in (("lon", "lat"), ("lng", "lat"), ("longitude", "latitude")):
            if {lon, lat} <= lower.keys():
                return Places(lon=lower[lon], lat=lower[lat])
        if {"x", "y"} <= lower.keys():
            return Places(x=lower["x"], y=lower["y"])
        return Places(wkt=lower.get("wkt"))


def read_table(file: Path, places: Places, encoding: str | None, delimiter: str) -> Content:
    """Rows of a CSV file.

    A column is read as numbers only if every value in it looks like one and none has leading zeros, so that codes such
    as 0075 stay as they are.

    Raises
    ------
    ValueError
        If lines have different numbers of fields, columns of places are missing, or the text is of another encoding.
    OSError, EOFError, zlib.error
        If a packed file is damaged.
    """
    names, fields = _fields(_text(file, encoding), delimiter)
    columns, notes = columns_of({name: _typed(values) for name, values in zip(names, fields, strict=True)})
    return placed(Content(columns, nowhere(len(fields[0])), None, *_order(len(fields[0])), False, tuple(notes)), places)


def placed(table: Content, places: Places) -> Content:
    """The table with the shapes that its columns describe; without such columns it stays as it is."""
    import shapely

    at = places.found(list(table.columns))
    if at.wkt is not None:
        texts = [str(t).strip() for t in table.columns[at.wkt].tolist()]
        shape = np.asarray(shapely.from_wkt([t or None for t in texts], on_invalid="ignore"), dtype=object)
        columns = {n: v for n, v in table.columns.items() if n != at.wkt}
        shape = np.asarray(shapely.force_2d(shape), dtype=object)
        return Content(columns, shape, None, table.number, table.total, True, table.notes)
    pair = (at.lon, at.lat) if at.lon is not None else (at.x, at.y)
    if pair[0] is None or pair[1] is None:
        return table
    xy = np.column_stack([_coordinates(table.columns[n]) for n in pair if n is not None])
    good = np.isfinite(xy).all(axis=1)
    shape = nowhere(len(xy))
    shape[good] = shapely.points(xy[good])
    crs = "EPSG:4326" if at.lon is not None else None
    return Content(table.columns, shape, crs, table.number, table.total, True, table.notes)


def _order(count: int) -> tuple[NDArray[np.int64], int]:
    return np.arange(1, count + 1), count


def _text(file: Path, encoding: str | None) -> str:
    content = file.read_bytes()
    if file.name.lower().endswith(".gz"):
        content = gzip.decompress(content)
    try:
        return content.decode(encoding or "utf-8-sig")
    except LookupError:
        raise ValueError(f"encoding {encoding!r} is unknown; use a name such as utf-8 or gb18030") from None
    except UnicodeDecodeError as error:
        hint = "" if encoding else "; say its encoding, such as gb18030 for files from Chinese Windows"
        raise ValueError(f"it is no text in {encoding or 'UTF-8'} (byte {error.start}){hint}") from None


def _fields(text: str, delimiter: str) -> tuple[list[str], list[list[str]]]:
    """Names of columns and the texts of each."""
    if "\x00" in text:
        raise ValueError("it holds zero bytes, so it is damaged or no text")
    before = csv.field_size_limit(LONGEST)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise ValueError(f"it is no CSV: {error}") from None
    finally:
        csv.field_size_limit(before)
    names = [name.strip() for name in rows[0]] if rows else []
    if not any(names):
        raise ValueError("its first line names no columns")
    if "" in names:
        raise ValueError(f"column {names.index('') + 1} has no name in its first line")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"its first line names {twice[0]!r} twice")
    whole = [(k, row) for k, row in enumerate(rows[1:], 2) if row]  # a blank line is no row
    ragged = [k for k, row in whole if len(row) != len(names)]
    if ragged:
        raise ValueError(f"{len(ragged)} rows do not have {len(names)} fields, first in record {ragged[0]}")
    return names, [[row[k] for _, row in whole] for k in range(len(names))]


def _typed(texts: list[str]) -> NDArray[Any]:
    """Whole numbers, numbers with gaps as NaN, or the texts as they are."""
    bare = [t.strip() for t in texts]
    given = [t for t in bare if t]
    if given and len(given) == len(bare) and all(WHOLE.fullmatch(t) for t in given):
        return np.array([int(t) for t in bare], np.int64)
    if given and all((NUMBER.fullmatch(t) and any(map(str.isdigit, t))) or t.lower() == "nan" for t in given):
        return np.array([float(t) if t else np.nan for t in bare], np.float64)
    return np.array(texts, dtype=object)


def _coordinates(values: NDArray[Any]) -> NDArray[np.float64]:
    """Numbers, and NaN for what is none."""
    found = np.full(len(values), np.nan)
    for k, value in enumerate(values.tolist()):
        try:
            found[k] = float(value)
        except (TypeError, ValueError):
            continue
    return found
