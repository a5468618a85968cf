"""What a build leaves with its instance, so that the next one can say what has changed.

    build/build.json        recipe, steps and digests
    build/layers/N.parquet  every layer as it was read: ids, columns, shapes; of a raster only the digests of its tiles

The record lies in the folder or zip file of the instance and is no part of its digest.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.container import companions
from instances.digest import part_digests
from instances.instance import Instance
from instances.layers.grid import Grid
from instances.layers.layer import Layer
from instances.layers.osm import Extract, Features
from instances.recipe.rows import column_digests, features_digest, kinds, layer_digest
from instances.recipe.runner import Done
from instances.schema import InstanceError

FORMAT = 1
NAME = "build.json"
TILE = 256  # cells


@dataclass(frozen=True)
class Held:
    """One layer of a build.

    Attributes
    ----------
    kind
        "vector", "raster" or "map" (map objects with tags).
    columns
        Digests by column.
    tiles
        Digests by "row,column" of the tile; ``place`` says where they lie.
    place
        Of a raster: crs, west, north, wide, high, rows, columns.
    file
        Snapshot beside the record.
    """

    name: str
    kind: str
    digest: str
    features: int
    crs: str
    columns: dict[str, str] = field(default_factory=dict)
    tiles: dict[str, str] = field(default_factory=dict)
    place: dict[str, Any] = field(default_factory=dict)
    file: str = ""


@dataclass(frozen=True)
class BuildRecord:
    """How an instance was built.

    Attributes
    ----------
    recipe
        The recipe as plain data.
    steps
        :class:`instances.recipe.runner.Done` as JSON values, in order.
    parts
        Digests of the parts of the instance.
    """

    name: str
    digest: str
    recipe: dict[str, Any]
    steps: list[dict[str, Any]]
    parts: dict[str, str]
    layers: dict[str, Held]
    files: dict[str, bytes] = field(default_factory=dict, repr=False)  # snapshots, by Held.file

    def companions(self) -> dict[str, bytes]:
        """Files to hand to :func:`instances.container.save` as ``beside``."""
        content: dict[str, Any] = {"format": FORMAT, "name": self.name, "digest": self.digest, "recipe": self.recipe}
        content |= {"steps": self.steps, "parts": self.parts, "layers": [asdict(one) for one in self.layers.values()]}
        text = json.dumps(content, indent=1, ensure_ascii=True, default=str)
        return {NAME: (text + "\n").encode("ascii"), **self.files}

    def layer(self, name: str) -> Layer | None:
        """A layer as it was read; None for rasters and for a snapshot that cannot be read."""
        held = self.layers[name]
        return _thawed(held, self.files[held.file]) if held.file in self.files else None


def record_of(
    instance: Instance,
    recipe: Mapping[str, Any],
    done: Iterable[Done],
    layers: Mapping[str, Layer | Grid | Extract],
    snapshots: bool = True,
) -> BuildRecord:
    """The record of a build.

    Parameters
    ----------
    recipe
        Plain data, JSON-able.
    layers
        As they were read.
    snapshots
        Keep the layers themselves too, which is what lets changes be listed by feature.
    """
    held: dict[str, Held] = {}
    files: dict[str, bytes] = {}
    for name, content in layers.items():
        for one, layer in _views(name, content):
            if snapshots and layer is not None:
                one = Held(**{**one.__dict__, "file": f"layers/{len(files)}.parquet"})
                files[one.file] = _frozen(layer)
            held[one.name] = one
    steps = [one.to_dict() for one in done]
    return BuildRecord(
        instance.about.name, instance.digest, dict(recipe), steps, part_digests(instance), held, files
    )  # fmt: skip


def read_record(path: str | os.PathLike[str]) -> BuildRecord | None:
    """The record beside an instance on disk; None if it has none.

    Raises
    ------
    InstanceError
        If there is one and it is damaged.
    """
    files = companions(path)
    if NAME not in files:
        return None
    try:
        content = json.loads(files.pop(NAME))
        if content.pop("format") != FORMAT:
            raise ValueError("written by another version; build the instance again")
        layers = {one["name"]: Held(**one) for one in content.pop("layers")}
        return BuildRecord(**content, layers=layers, files=files)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InstanceError(f"The record of the build at {path} cannot be read", [f"{NAME}: {error}"]) from error


def _views(name: str, content: Layer | Grid | Extract) -> list[tuple[Held, Layer | None]]:
    """What is recorded of a layer: itself, or the kinds of objects of a map extract."""
    if isinstance(content, Layer):
        held = Held(name, "vector", layer_digest(content), len(content), content.crs, column_digests(content))
        return [(held, content)]
    if isinstance(content, Grid):
        raster = content.raster
        place = {f: getattr(raster, f) for f in ("crs", "west", "north", "wide", "high", "rows", "columns")}
        count = raster.rows * raster.columns
        return [(Held(name, "raster", content.digest(), count, raster.crs, {}, content.tiles(TILE), place), None)]
    views: list[tuple[Held, Layer | None]] = []
    for kind, found in kinds(content).items():
        held = Held(f"{name}.{kind}", "map", features_digest(found), len(found), content.crs)
        views.append((held, _as_layer(held, found)))
    return views


def _as_layer(held: Held, found: Features) -> Layer:
    """Map objects with their tags as one column of JSON."""
    ids: list[str] = []
    seen: dict[str, int] = {}
    for tags in found.tags:
        label = f"way {tags['osm_way_id']}" if tags.get("osm_way_id") else tags.get("osm_id") or "without id"
        seen[label] = seen.get(label, 0) + 1
        ids.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    tags_column = np.array([json.dumps(tags, sort_keys=True, ensure_ascii=False) for tags in found.tags], np.str_)
    return Layer(held.name, np.array(ids, np.str_), found.shape, {"tags": tags_column}, held.crs)


def _frozen(layer: Layer) -> bytes:
    """A layer as a Parquet file, sorted by id."""
    import pyarrow
    import pyarrow.parquet
    import shapely

    order = np.argsort(layer.id, kind="stable")
    wkb = shapely.to_wkb(layer.shape[order]).tolist()
    names = ["id", "geometry", *(f"c:{name}" for name in layer.columns)]
    arrays = [pyarrow.array(layer.id[order].tolist(), pyarrow.string()), pyarrow.array(wkb, pyarrow.binary())]
    for values in layer.columns.values():
        plain = values[order]
        arrays.append(pyarrow.array(plain.tolist() if plain.dtype.kind in "UO" else plain))
    file = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(arrays, names=names), file, compression="zstd")
    return file.getvalue()


def _thawed(held: Held, content: bytes) -> Layer | None:
    import pyarrow
    import pyarrow.parquet
    import shapely

    try:
        table = pyarrow.parquet.read_table(pyarrow.BufferReader(content))
        ids = np.array(table["id"].to_pylist(), np.str_)
        wkb = np.array([*table["geometry"].to_pylist(), None], object)
        columns = {n.removeprefix("c:"): _column(table[n]) for n in table.column_names if n.startswith("c:")}
        return Layer(held.name, ids, np.asarray(shapely.from_wkb(wkb)[:-1], object), columns, held.crs)
    except (pyarrow.ArrowException, shapely.errors.ShapelyError, KeyError, ValueError):
        return None


def _column(column: Any) -> NDArray[Any]:
    import pyarrow

    if pyarrow.types.is_string(column.type) or pyarrow.types.is_null(column.type):
        return np.array([v or "" for v in column.to_pylist()], np.str_)
    return np.asarray(column.to_numpy())


def keep_record(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> Path:
    """Copy an instance with its record, such as from a folder into a zip file.

    Raises
    ------
    InstanceError
        As loading and saving do.
    """
    from instances.container import load, save

    return save(load(source), target, beside=companions(source))
