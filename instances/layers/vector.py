"""Vector files: what GDAL reads, and GeoParquet with the bounding boxes that it keeps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.layers.content import WINDOWED, Content, Window, columns_of, nowhere, overheard, shapes_of
from instances.layers.layer import Box

LONGITUDE_LATITUDE = "OGC:CRS84"  # of GeoParquet that names no reference system


def read_vector(file: Path, layer: str | None, encoding: str | None, window: Window) -> Content:
    """Features of a GeoPackage, GeoJSON, Shapefile or FlatGeobuf layer.

    Layers of more than :data:`WINDOWED` features are read through the window.

    Raises
    ------
    ValueError
        If the layer is not there or not whole; GDAL raises other exceptions for damaged content.
    """
    import pyogrio
    from pyogrio import raw

    with overheard() as said:
        name = _layer_name([str(n) for n in pyogrio.list_layers(file)[:, 0]], layer)
        info = pyogrio.read_info(file, layer=name, encoding=encoding, force_feature_count=True)
        total = int(info["features"])
        box = window(info["crs"]) if total > WINDOWED and info["geometry_type"] is not None else None
        meta, fids, wkb, values = raw.read(
            file, layer=name, encoding=encoding, bbox=box, force_2d=True, return_fids=True
        )
    fids = np.asarray(fids, np.int64)
    if box is None and len(fids) != total:
        raise ValueError(f"only {len(fids)} of {total} features could be read")
    columns, notes = columns_of(dict(zip([str(n) for n in meta["fields"]], values, strict=True)))
    shape = shapes_of(wkb) if wkb is not None else nowhere(len(fids))
    # A window leaves gaps in the order of the file, so what it lets through is named by the file's own numbers.
    number = fids + (0 if info["driver"] == "GPKG" else 1) if box is not None else np.arange(1, len(fids) + 1)
    crs = meta["crs"]
    if info["driver"] == "GeoJSON" and crs == "EPSG:4326" and not _degrees(shape):
        crs = None  # GDAL's default where the file says nothing, and not true here
    notes += [f"GDAL says: {text}" for text in said]
    return Content(columns, shape, crs, number, total, wkb is not None, tuple(notes))


def read_parquet(file: Path, window: Window) -> Content:
    """Features of a GeoParquet file (1.0 or 1.1, geometries as WKB), row group by row group.

    Groups whose bounding-box columns (the covering of GeoParquet 1.1) lie outside the window are skipped; in files of
    more than :data:`WINDOWED` rows, so are rows whose shape does.
    See https://geoparquet.org/releases/v1.1.0/.

    Raises
    ------
    ValueError
        If the geometries are kept in another way; pyarrow raises other exceptions for damaged content.
    """
    import pyarrow.parquet as pq

    with pq.ParquetFile(file) as source:
        head = (source.schema_arrow.metadata or {}).get(b"geo")
        about = json.loads(head) if head else None
        total = source.metadata.num_rows
        if about is None:
            table = source.read()
            columns, notes = columns_of({n: _numpy(table.column(n)) for n in table.column_names})
            return Content(columns, nowhere(total), None, np.arange(1, total + 1), total, False, tuple(notes))
        primary, crs, covering = _geometry(about)
        box = window(crs) if total > WINDOWED else None
        extra = {str(path[0]) for path in covering.values()} - {primary}
        names = [n for n in source.schema_arrow.names if n not in extra]
        if primary not in names:
            raise ValueError(f"it has no column {primary!r}, which its head names as the geometry")
        parts, shapes, numbers, start = [], [], [], 0
        for group in range(source.metadata.num_row_groups):
            rows = source.metadata.row_group(group).num_rows
            first, start = start, start + rows
            if box is not None and _outside(source.metadata.row_group(group), covering, box):
                continue
            table = source.read_row_group(group, columns=names)
            shape = shapes_of(_numpy(table.column(primary)))
            keep = _meets(shape, box)
            parts.append({n: _numpy(table.column(n))[keep] for n in names if n != primary})
            shapes.append(shape[keep])
            numbers.append(np.arange(first + 1, first + rows + 1)[keep])
    joined = {n: np.concatenate([p[n] for p in parts]) if parts else np.zeros(0) for n in names if n != primary}
    columns, notes = columns_of(joined)
    shape = np.concatenate(shapes) if shapes else nowhere(0)
    number = np.concatenate(numbers).astype(np.int64) if numbers else np.zeros(0, np.int64)
    return Content(columns, shape, crs, number, total, True, tuple(notes))


def _layer_name(there: list[str], wanted: str | None) -> str:
    if wanted is None and len(there) == 1:
        return there[0]
    if wanted in there:
        return str(wanted)
    names = ", ".join(there) or "none"
    if wanted is None:
        raise ValueError(f"it holds {len(there)} layers; say which (layer): {names}")
    raise ValueError(f"no layer {wanted!r} in it; it holds {names}")


def _degrees(shape: NDArray[np.object_]) -> bool:
    import shapely

    if not len(shape):
        return True
    west, south, east, north = shapely.total_bounds(shape)
    return not (max(abs(west), abs(east)) > 360 or max(abs(south), abs(north)) > 90)


def _geometry(about: Any) -> tuple[str, str | None, dict[str, list[str]]]:
    """Primary column, reference system and covering of a GeoParquet head."""
    primary = str(about["primary_column"])
    mine = about["columns"][primary]
    if mine.get("encoding") != "WKB":
        raise ValueError(f"its geometries are kept as {mine.get('encoding')}, not as WKB; export it with encoding WKB")
    crs = mine.get("crs", LONGITUDE_LATITUDE)
    covering = mine.get("covering", {}).get("bbox", {})
    return primary, crs if crs is None or isinstance(crs, str) else json.dumps(crs), covering


def _outside(group: Any, covering: dict[str, list[str]], box: Box) -> bool:
    """Whether the statistics of a row group say that all of its boxes lie outside."""
    if not {"xmin", "ymin", "xmax", "ymax"} <= set(covering):
        return False
    found = {group.column(k).path_in_schema: group.column(k).statistics for k in range(group.num_columns)}
    edge: dict[str, Any] = {side: found.get(".".join(path)) for side, path in covering.items()}
    if any(edge[side] is None or not edge[side].has_min_max for side in ("xmin", "ymin", "xmax", "ymax")):
        return False
    west, south, east, north = box
    return bool(
        edge["xmin"].min > east or edge["xmax"].max < west or edge["ymin"].min > north or edge["ymax"].max < south
    )


def _meets(shape: NDArray[np.object_], box: Box | None) -> NDArray[np.bool_]:
    """Which shapes may meet the box, by their bounds; those that are missing stay, to be reported."""
    import shapely

    if box is None:
        return np.ones(len(shape), bool)
    bounds = shapely.bounds(shape)
    west, south, east, north = box
    far = (bounds[:, 0] > east) | (bounds[:, 2] < west) | (bounds[:, 1] > north) | (bounds[:, 3] < south)
    return np.asarray(~far)


def _numpy(column: Any) -> NDArray[Any]:
    """An Arrow column without loss: integers with gaps become objects instead of rounded numbers."""
    import pyarrow as pa

    kind = column.type
    plain = pa.types.is_floating(kind) or (pa.types.is_integer(kind) and not column.null_count)
    if plain or (pa.types.is_boolean(kind) and not column.null_count):
        return np.asarray(column.to_numpy())
    values = np.empty(len(column), dtype=object)
    values[:] = column.to_pylist()
    return values
