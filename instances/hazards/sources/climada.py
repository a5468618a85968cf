"""CLIMADA hazard files (HDF5), read as they are on disk: events by centroids, of any of three generations.

All keep events as datasets and intensity as a sparse matrix. Centroids are plain datasets or a raster's corner and
cell (generation 1), a pandas table with pickled Shapely points (5), or one with two columns of numbers (6). Nothing in
a file is ever run: see :mod:`instances.hazards.sources.pickled`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.hazards.sources.pickled import RefusedError, unpickled
from instances.hazards.sources.sets import EventSet
from instances.schema import InstanceError

Floats = NDArray[np.float64]

HAZARD = {  # CLIMADA's types; others keep their own name in small letters
    "FL": "flood", "RF": "flood", "CF": "flood", "TCSurgeBathtub": "flood", "TS": "flood",
    "TC": "wind", "WS": "wind", "TR": "rain", "TCRain": "rain",
    "EQ": "earthquake", "LS": "landslide", "HW": "heat", "HS": "heat", "BF": "fire", "WF": "fire",
}  # fmt: skip
PER_YEAR = {"1/year": 1.0, "1/y": 1.0, "annual": 1.0, "1/month": 12.0, "1/week": 365.25 / 7.0, "1/day": 365.25}


def hazard_file(path: Path, name: str) -> EventSet:
    """Events, centroids and rates of a hazard file.

    Intensity is multiplied by the file's fraction (an empty fraction means 1 everywhere). Rates are per year.

    Raises
    ------
    InstanceError
        If the file is missing, damaged, no hazard file, or asks to run code.
    """
    try:
        import h5py
    except ImportError as error:
        raise InstanceError("CLIMADA files", ["h5py is missing; pip install 'refugia[hazard]'"]) from error
    if not path.is_file():
        raise InstanceError("CLIMADA file", [f"no such file: {path.name}"])
    try:
        with h5py.File(path, "r") as file:
            return _set(file, name)
    except InstanceError:
        raise
    except RefusedError as error:
        raise InstanceError("CLIMADA file", [f"centroids: {error}"]) from error
    except (OSError, KeyError, ValueError, TypeError, IndexError, RuntimeError, OverflowError, MemoryError) as error:
        raise InstanceError("CLIMADA file", [f"cannot be read as a hazard file ({error})"]) from error


def _set(file: Any, name: str) -> EventSet:
    lacking = [n for n in ("intensity", "event_id", "frequency", "centroids") if n not in file]
    if lacking and "frequency" in lacking and "intensity" not in lacking:
        lacking.remove("frequency")
    if lacking:
        raise InstanceError("CLIMADA file", [f"no hazard file: it has no {', '.join(lacking)}"])
    xy, crs = _centroids(file["centroids"])
    count = len(file["event_id"])
    intensity = _matrix(file["intensity"])
    if "fraction" in file:
        fraction = _matrix(file["fraction"])
        if fraction.nnz:
            if fraction.shape != intensity.shape:
                raise ValueError(f"fraction is {fraction.shape}, intensity {intensity.shape}")
            intensity = intensity.multiply(fraction).tocsr()
    if intensity.shape != (count, len(xy)):
        raise ValueError(f"intensity is {intensity.shape}, but there are {count} events and {len(xy)} centroids")
    if not np.isfinite(intensity.data).all() or not np.isfinite(xy).all():
        raise ValueError("intensity or centroids hold values that are not finite")
    ids = np.array([str(i) for i in file["event_id"][:].tolist()])
    titles = np.array([_text(t) for t in file["event_name"][:]]) if "event_name" in file else ids
    rate = None
    if "frequency" in file and len(file["frequency"]) == count:
        per = _text(file["frequency_unit"][0]) if "frequency_unit" in file else "1/year"
        if per not in PER_YEAR:
            raise ValueError(f"frequency_unit {per!r} is unknown; known are {', '.join(PER_YEAR)}")
        rate = np.asarray(file["frequency"][:], np.float64) * PER_YEAR[per]
        if not np.isfinite(rate).all() or (rate < 0).any():
            raise ValueError("frequency must be numbers from 0 up")
        rate = rate if rate.any() else None
    kind = _text(file["haz_type"][0]) if "haz_type" in file else ""
    unit = _text(file["units"][0]) if "units" in file else ""
    return EventSet(name, ids, titles, HAZARD.get(kind, kind.lower()), unit, intensity, xy, crs, rate)


def _matrix(held: Any) -> Any:
    """Sparse matrix from its three arrays, checked before it is used, or from a dense dataset."""
    from scipy import sparse

    if hasattr(held, "dtype"):
        return sparse.csr_matrix(np.asarray(held[:], np.float64))
    events, places = (int(n) for n in held.attrs["shape"])
    data = np.asarray(held["data"][:], np.float64)
    matrix = sparse.csr_matrix((data, held["indices"][:], held["indptr"][:]), shape=(events, places))
    matrix.check_format(full_check=True)
    return matrix


def _centroids(held: Any) -> tuple[Floats, str]:
    if "pandas_type" in held.attrs or "block0_items" in held:
        return _from_table(held)
    crs = _crs(_text(held["crs"][0])) if "crs" in held and len(held["crs"]) else "EPSG:4326"
    for x, y in (("lon", "lat"), ("longitude", "latitude")):
        if x in held and y in held and len(held[x]):
            return np.column_stack([held[x][:], held[y][:]]).astype(np.float64), crs
    if "meta" not in held:
        raise ValueError("centroids have no coordinates")
    wide, skew, west, turn, high, north = (float(v) for v in held["meta"]["transform"][:6])
    columns, rows = (int(held["meta"][n][0]) for n in ("width", "height"))
    column, row = (v.ravel() + 0.5 for v in np.meshgrid(np.arange(columns), np.arange(rows)))
    return np.column_stack([west + wide * column + skew * row, north + turn * column + high * row]), crs


def _from_table(held: Any) -> tuple[Floats, str]:
    """Points of a pandas table in fixed format: blocks of columns of one type, with their names beside them."""
    import shapely

    about = unpickled(bytes(held.attrs["metadata"])) if "metadata" in held.attrs else {}
    crs = _crs(str(about["crs"])) if isinstance(about, dict) and about.get("crs") else "EPSG:4326"
    columns: dict[str, Any] = {}
    for k in range(int(held.attrs.get("nblocks", 0))):
        names = [_text(n) for n in held[f"block{k}_items"][:]]
        values = held[f"block{k}_values"]
        if values.dtype.kind == "O":
            block = np.asarray(unpickled(np.asarray(values[0]).tobytes()), object)
            block = block if block.ndim == 2 and block.shape[1] == len(names) else block.reshape(len(names), -1).T
        else:
            block = values[:]
        columns |= {name: block[:, at] for at, name in enumerate(names)}
    for x, y in (("geometry.x", "geometry.y"), ("lon", "lat"), ("longitude", "latitude")):
        if x in columns and y in columns:
            return np.column_stack([columns[x], columns[y]]).astype(np.float64), crs
    if "geometry" not in columns:
        raise ValueError(f"centroids have no coordinates; their columns are {', '.join(columns) or 'none'}")
    points = np.array([_geometry(v) for v in columns["geometry"].tolist()], object)
    if shapely.is_missing(points).any():
        raise ValueError("centroids without a place")
    return np.asarray(shapely.get_coordinates(shapely.centroid(points)), np.float64), crs


def _geometry(value: Any) -> Any:
    import shapely

    if isinstance(value, bytes):
        return shapely.from_wkb(value)
    shape = getattr(value, "shape", value)
    return shape if isinstance(shape, shapely.Geometry) else None


def _crs(text: str) -> str:
    """A name that projections understand; old files hold the text of a dictionary such as {'init': 'epsg:4326'}."""
    import pyproj

    code = re.search(r"^\s*\{.*epsg:(\d+)", text, re.IGNORECASE)
    try:
        return str(pyproj.CRS.from_user_input(f"EPSG:{code.group(1)}" if code else text).to_string())
    except pyproj.exceptions.CRSError as error:
        raise ValueError(f"centroids are in an unknown reference system ({text[:60]})") from error


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
