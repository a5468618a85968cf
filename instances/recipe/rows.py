"""Digests of layers by row and by column, whatever order and format their file has.

Rows count by id and columns by name. Whether a column came as whole numbers, as decimals or as truth values makes no
difference (formats disagree), nor does what stands for a missing value. A polygon is the same with its rings turned or
begun elsewhere, and with one part or as a multipolygon of one part. Lines keep their direction, which one-way streets
need.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.digest import rounded
from instances.layers.layer import Layer
from instances.layers.osm import Extract, Features

MILLIMETRE = 0.001
GONE = b"\x00"  # stands for a missing value


def layer_digest(layer: Layer) -> str:
    """Digest of all columns, shapes and the reference system."""
    return _together(["layer 1", layer.crs, len(layer), sorted(column_digests(layer).items())])


def column_digests(layer: Layer) -> dict[str, str]:
    """Digest of every column by name; ``id`` of the ids alone, ``geometry`` of the shapes.

    A column called ``id`` or ``geometry`` in the file is listed as ``id column`` or ``geometry column``.
    """
    order = np.argsort(layer.id, kind="stable")
    found = {"id": _joined(v.encode("utf-8", "surrogatepass") for v in layer.id[order].tolist())}
    for name, values in layer.columns.items():
        label = f"{name} column" if name in ("id", "geometry") else name
        found[label] = _joined(cells(values[order]))
    found["geometry"] = _joined(outlines(layer.shape[order]))
    return found


def row_digests(layer: Layer) -> dict[str, str]:
    """Digest of every row by its id."""
    parts = [cells(layer.columns[name]) for name in sorted(layer.columns)] + [outlines(layer.shape)]
    return {
        key: _joined(row) for key, row in zip(layer.id.tolist(), zip(*parts, strict=True), strict=True)
    }  # fmt: skip


def cells(values: NDArray[Any]) -> list[bytes]:
    """Canonical bytes of every value of a column, shape (features,)."""
    if values.dtype.kind in "bui":
        return [b"i%d" % v for v in values.astype(np.int64).tolist()]
    if values.dtype.kind == "f":
        exact = values.astype(np.float64)
        near = rounded(exact)
        with np.errstate(invalid="ignore"):
            near = np.where((np.abs(exact) < 2.0**53) & (np.rint(exact) == exact), exact, near)
            whole = (np.abs(near) < 2.0**53) & (np.rint(near) == near)
        return [
            b"i%d" % int(v) if w else GONE if v != v else b"f" + struct.pack("<d", v)
            for v, w in zip(near.tolist(), whole.tolist(), strict=True)
        ]
    texts = [GONE if v is None or v != v or v == "" else str(v) for v in values.tolist()]
    return [v if isinstance(v, bytes) else b"t" + v.encode("utf-8", "surrogatepass") for v in texts]


def outlines(shapes: NDArray[np.object_]) -> list[bytes]:
    """Canonical WKB of every shape to the millimetre; a missing or empty one is :data:`GONE`."""
    import shapely

    plain = canonical(shapes)
    return [GONE if wkb is None else wkb for wkb in shapely.to_wkb(plain, byte_order=1).tolist()]


def canonical(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Shapes in whole millimetres, turned so that equal ones are alike; None where missing or empty."""
    import shapely

    given = np.asarray(shapes, dtype=object).copy()
    given[shapely.is_empty(given)] = None
    kind = shapely.get_type_id(given)
    single = (kind >= 4) & (kind <= 6) & (shapely.get_num_geometries(given) == 1)
    given[single] = shapely.get_geometry(given[single], 0)
    found = coarse(given)
    turned = np.isin(kind, [0, 3, 4, 6])  # points and polygons; lines have a direction
    found[turned] = shapely.normalize(found[turned])
    return found


def coarse(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Shapes with their coordinates as whole numbers of millimetres."""
    import shapely

    if not len(shapes):
        return np.asarray(shapes, dtype=object)
    found = shapely.transform(shapes, lambda xy: np.rint(xy / MILLIMETRE) + 0.0)
    return np.asarray(found, dtype=object)


def extract_digest(extract: Extract) -> str:
    """Digest of everything in a map extract, in any order."""
    held = {name: features_digest(found) for name, found in kinds(extract).items()}
    streets = extract.streets
    columns = [streets.kind, streets.title, streets.bridge, streets.tunnel]
    more = streets.oneway, streets.speed, streets.on_wheels, streets.on_foot, streets.id
    columns += [column for column in more if column is not None]
    rows = zip(*(cells(c) for c in columns), strict=True)
    lines = (np.rint(p / MILLIMETRE).astype("<i8").tobytes() for p in streets.points)
    held["streets"] = _joined(sorted(_row(*row, line) for row, line in zip(rows, lines, strict=True)))
    return _together(["extract 1", extract.crs, sorted(held.items())])


def kinds(extract: Extract) -> dict[str, Features]:
    """The sets of map objects that an extract has, by name."""
    names = "areas", "points", "coast", "ways"
    return {name: found for name in names if (found := getattr(extract, name)) is not None}


def features_digest(features: Features) -> str:
    """Digest of map objects with their tags and shapes, in any order."""
    tags = (json.dumps(t, sort_keys=True).encode("ascii") for t in features.tags)
    return _joined(sorted(_row(*row) for row in zip(tags, outlines(features.shape), strict=True)))


def _row(*items: bytes) -> bytes:
    return b"".join(len(item).to_bytes(8, "little") + item for item in items)


def _joined(items: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for item in items:
        digest.update(len(item).to_bytes(8, "little") + item)
    return digest.hexdigest()


def _together(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, separators=(",", ":")).encode("ascii")).hexdigest()
