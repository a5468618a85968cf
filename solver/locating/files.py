"""Demand points, sites and distances from files: GeoPackage, Shapefile, GeoJSON, GeoParquet, CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from instances.schema import InstanceError

TEXT = ("id", "demand", "site", "origin", "destination", "from", "to")
"""Columns of a CSV file that hold names: 007 stays 007."""

DEGREES = "EPSG:4326"


def read_places(word: str, given: str, crs: str | None) -> Any:
    """A table of places; with geometry where the file has one, or columns ``x`` and ``y``, or ``lon`` and ``lat``.

    Parameters
    ----------
    word
        What the table holds, for messages.
    given
        A path; ``file.gpkg:layer`` names one of several layers.
    crs
        Projected system of the answer: a layer in another is projected to it, and ``x`` and ``y`` of a CSV file are in
        it. None leaves a layer in its own.

    Raises
    ------
    InstanceError
        If the file is not there, damaged, empty, or has several layers and none is named.
    """
    path, layer = _split(given)
    fault = _absent(path)
    if fault is None:
        try:
            table = _read(path, layer, crs)
            if crs is not None and getattr(table, "crs", None) is not None:
                table = table.to_crs(crs)
        except InstanceError as error:
            fault = "; ".join(error.faults)
        except Exception as error:  # every format has errors of its own for damaged content
            fault = f"cannot be read: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
    if fault is not None:
        raise InstanceError("The files cannot be used", [f"{word}: {path}: {fault}"])
    return table


def read_distances(given: str) -> Any:
    """A table of distances: a long one with names of both ends, or a square of numbers with names on both sides.

    Raises
    ------
    InstanceError
        If the file is not there or damaged.
    """
    import pandas as pd

    path = Path(given)
    fault = _absent(path)
    if fault is None:
        try:
            table = pd.read_parquet(path) if _parquet(path) else pd.read_csv(path, dtype=dict.fromkeys(TEXT, str))
            names = {str(c).lower() for c in table.columns}
            if not (names & {"demand", "origin", "from"} and names & {"site", "destination", "to"}):
                table = table.set_index(table.columns[0])
            return table
        except Exception as error:  # as above
            fault = f"cannot be read: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
    raise InstanceError("The files cannot be used", [f"distances: {path}: {fault}"])


def _split(given: str) -> tuple[Path, str | None]:
    whole = Path(given)
    head, colon, tail = given.rpartition(":")
    if colon and not whole.exists() and Path(head).exists():
        return Path(head), tail
    return whole, None


def _absent(path: Path) -> str | None:
    if path.is_file() or (path.is_dir() and path.suffix == ".gdb"):
        return None
    return "is a folder; name a file" if path.is_dir() else "no such file"


def _parquet(path: Path) -> bool:
    return path.suffix.lower() in (".parquet", ".geoparquet")


def _read(path: Path, layer: str | None, crs: str | None) -> Any:
    import pandas as pd

    if _parquet(path):
        import geopandas
        import pyarrow.parquet as pq

        placed = b"geo" in (pq.read_schema(path).metadata or {})
        return geopandas.read_parquet(path) if placed else _placed(pd.read_parquet(path), crs)
    if path.name.lower().endswith((".csv", ".csv.gz", ".txt")):
        return _placed(pd.read_csv(path, dtype=dict.fromkeys(TEXT, str)), crs)
    import pyogrio

    layers = [str(name) for name in pyogrio.list_layers(path)[:, 0] if str(name) != "layer_styles"]
    if layer is None and len(layers) != 1:
        raise InstanceError("", [f"it holds {len(layers)} layers; name one as FILE:LAYER: {', '.join(layers)}"])
    if layer is not None and layer not in layers:
        raise InstanceError("", [f"no layer {layer!r} in it; it holds {', '.join(layers)}"])
    return pyogrio.read_dataframe(path, layer=layer or layers[0])


def _placed(table: Any, crs: str | None) -> Any:
    """With points, where there are columns of coordinates."""
    import geopandas

    by = {str(c).lower(): c for c in table.columns}
    for (first, second), system in ((("x", "y"), crs), (("lon", "lat"), DEGREES), (("longitude", "latitude"), DEGREES)):
        if first in by and second in by:
            points = geopandas.points_from_xy(table[by[first]], table[by[second]])
            return geopandas.GeoDataFrame(table, geometry=points, crs=system)
    return table
