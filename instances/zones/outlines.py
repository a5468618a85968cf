"""Units of one level: outlines from a layer, squares, or cells around points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from instances.layers.layer import Layer
from instances.layers.osm import Extract
from instances.zones.quarters import named_places

if TYPE_CHECKING:
    from instances.accounts import Ledger
    from instances.layers.grid import Grid
    from instances.layers.layer import Box, Frame
    from instances.zones.rule import OutlineLevel, SeedLevel, SquareLevel

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.str_]
Shapes = NDArray[Any]

SQUARES = 50_000  # more than this are not units of land that anybody plans for
Sources = Mapping[str, "Layer | Grid | Extract"]


@dataclass(frozen=True, eq=False)
class Outlines:
    """Units of one level: polygons or multipolygons with a key each."""

    level: str
    key: Texts
    title: Texts
    shape: Shapes


def drawn(level: OutlineLevel, layers: Sources, frame: Frame, ledger: Ledger, faults: list[str]) -> Outlines | None:
    """Outlines of a layer, one unit a key; what has no area or lies outside the extent is dropped in the books."""
    found = _features(level, layers, ledger, faults)
    if found is None:
        return None
    ids, key, title, shape = found
    ledger.read(level.layer, len(ids))
    valid = _areal(shape)
    keep = ~shapely.is_empty(valid)
    ledger.drop(level.layer, "not an area", ids[~keep].tolist())
    valid, keep = _clip(valid, keep, frame.box, level.layer, ids, ledger)
    nameless = keep & (key == "")
    if nameless.any():
        faults.append(f"layer {level.layer}: {nameless.sum()} units have no {level.key or 'id'}; every unit needs one")
        return None
    if not keep.any():
        faults.append(f"level {level.level}: no unit is left of layer {level.layer}")
        return None
    ids, key, title, valid = ids[keep], key[keep], title[keep], valid[keep]
    names, first, of = np.unique(key, return_index=True, return_inverse=True)
    of = of.ravel()
    again = np.setdiff1d(np.arange(len(key)), first)
    ledger.merge(level.layer, "one unit with another of the same key", ids[again].tolist())
    order = np.argsort(first)  # units in the order of the file
    shapes = valid[first].copy()
    for k in np.unique(of[again]).tolist():
        shapes[k] = shapely.union_all(valid[of == k])
    called = np.where(title == "", key, title)
    return Outlines(level.level, names[order], called[first][order], shapes[order])


def _features(
    level: OutlineLevel, layers: Sources, ledger: Ledger, faults: list[str]
) -> tuple[Texts, Texts, Texts, Shapes] | None:
    """Ids, keys, titles and shapes of the features asked for."""
    layer = layers.get(level.layer)
    if isinstance(layer, Extract):
        if not level.where:
            faults.append(
                f"level {level.level}: say which areas of {level.layer}, such as where: {{boundary: administrative}}"
            )
            return None
        areas = layer.areas
        for tag, value in level.where.items():
            areas = areas.tagged(tag, value)
        ids = np.array([t.get("osm_id") or t.get("osm_way_id") or str(k) for k, t in enumerate(areas.tags)], np.str_)
        read = {c: np.array([t.get(c, "") for t in areas.tags], np.str_) for c in (level.key, level.title, "name") if c}
        title = read[level.title] if level.title else read["name"]
        return ids, read[level.key] if level.key else ids, title, areas.shape
    if not isinstance(layer, Layer):
        faults.append(missing(level.layer, layers, "a layer of outlines"))
        return None
    keep = np.ones(len(layer), bool)
    for column, value in level.where.items():
        keep &= layer.texts(column) == value
    if not keep.all():
        ledger.read(level.layer, int((~keep).sum()))
        asked = ", ".join(f"{column} {value}" for column, value in level.where.items())
        ledger.drop(level.layer, f"not asked for: {asked}", layer.id[~keep].tolist())
    layer = layer.where(keep)
    key = layer.texts(level.key) if level.key else layer.id
    title = layer.texts(level.title) if level.title else key
    faults += layer.faults
    return None if layer.faults else (layer.id, key, title, layer.shape)


def squares(level: SquareLevel, box: Box, within: Outlines | None, frame: Frame, faults: list[str]) -> Outlines | None:
    """Squares over a box, those outside the level above left out, cut off at the extent."""
    size = level.grid
    first = np.floor(np.array(box[:2]) / size + 1e-9).astype(np.int64)
    beyond = np.maximum(np.ceil(np.array(box[2:]) / size - 1e-9).astype(np.int64), first + 1)
    count = beyond - first
    if count.prod() > SQUARES:
        faults.append(
            f"level {level.level}: {count.prod()} squares of {size:g} m; at most {SQUARES}, choose larger ones"
        )
        return None
    i, j = (one.ravel() for one in np.meshgrid(*(np.arange(a, b) for a, b in zip(first, beyond, strict=True))))
    shape = np.asarray(shapely.box(i * size, j * size, (i + 1) * size, (j + 1) * size))
    if within is not None:
        over = np.unique(shapely.STRtree(shape).query(within.shape, predicate="intersects")[1])
        shape, i, j = shape[over], i[over], j[over]
    if frame.box is not None:
        shape = shapely.intersection(shape, shapely.box(*frame.box))
    key = np.array([f"{a}_{b}" for a, b in zip(i.tolist(), j.tolist(), strict=True)], np.str_)
    title = np.array([f"Square {a}/{b}" for a, b in zip(i.tolist(), j.tolist(), strict=True)], np.str_)
    keep = shapely.area(shape) > 0
    return Outlines(level.level, key[keep], title[keep], shape[keep])


def cells(
    level: SeedLevel, layers: Sources, box: Box, within: Outlines | None, ledger: Ledger, faults: list[str]
) -> Outlines | None:
    """Cells of the points that are nearest (Voronoi), cut off where the level above or the extent ends."""
    layer = layers.get(level.cells)
    if isinstance(layer, Extract):
        points = named_places(layer.points)
        shape, title = points.shape, np.array([t["name"] for t in points.tags], np.str_)
        ids = title
    elif isinstance(layer, Layer):
        shape, ids = layer.shape, layer.id
        title = layer.texts(level.title) if level.title else layer.id
        faults += layer.faults
    else:
        faults.append(missing(level.cells, layers, "a layer of points"))
        return None
    ledger.read(level.cells, len(shape))
    point = np.array([g is not None and not g.is_empty for g in shape], bool)
    ledger.drop(level.cells, "no point", ids[~point].tolist())
    title, ids, at = title[point], ids[point], shapely.get_coordinates(shapely.point_on_surface(shape[point]))
    _, first = np.unique(at, axis=0, return_index=True)
    gone = np.setdiff1d(np.arange(len(at)), first)
    ledger.drop(level.cells, "at the place of another point", ids[gone].tolist())
    first = np.sort(first)
    if not len(first):
        faults.append(f"level {level.level}: layer {level.cells} holds no point")
        return None
    at, title = at[first], title[first]
    land = shapely.box(*box) if within is None else shapely.union_all(within.shape)
    found = _voronoi(at, land)
    names, start, of = np.unique(title, return_index=True, return_inverse=True)
    order = np.argsort(start)
    shapes = np.array([shapely.union_all(found[of.ravel() == k]) for k in order.tolist()], object)
    keep = shapely.area(shapes) > 0
    return Outlines(level.level, names[order][keep], names[order][keep], shapes[keep])


def _voronoi(at: Floats, land: Any) -> Shapes:
    """The part of the land that is nearest to each of some points."""
    if len(at) == 1:
        return np.array([land], object)
    reach = shapely.union(shapely.box(*shapely.bounds(land)), shapely.envelope(shapely.multipoints(at)))
    pieces = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(at), extend_to=reach))
    point, piece = shapely.STRtree(pieces).query(shapely.points(at), predicate="intersects")
    of = np.full(len(at), -1)
    of[point[::-1]] = piece[::-1]
    return np.asarray(shapely.intersection(pieces[of], land))


def missing(name: str, layers: Sources, what: str) -> str:
    """The fault of a layer that is not there, or of another kind."""
    if name in layers:
        return f"layer {name}: must be {what}"
    return f"no layer {name!r}; there are {', '.join(layers) or 'none'}"


def _areal(shape: Shapes) -> Shapes:
    """Valid polygons and multipolygons; what has no area becomes empty."""
    none = shapely.Polygon()
    shape = np.array([none if g is None else g for g in shape], object)
    valid = shapely.make_valid(shapely.force_2d(shape))
    mixed = shapely.get_type_id(valid) == shapely.GeometryType.GEOMETRYCOLLECTION
    for k in np.flatnonzero(mixed).tolist():
        parts = shapely.get_parts(valid[k])
        valid[k] = shapely.union_all(parts[np.isin(shapely.get_type_id(parts), (3, 6))])
    flat = ~np.isin(shapely.get_type_id(valid), (3, 6))
    valid[flat] = none
    return np.asarray(valid, object)


def _clip(shape: Shapes, keep: Flags, box: Box | None, layer: str, ids: Texts, ledger: Ledger) -> tuple[Shapes, Flags]:
    if box is None:
        return shape, keep
    frame = shapely.box(*box)
    whole = shapely.area(shape)
    shape = np.where(shapely.covers(frame, shape), shape, _areal(shapely.intersection(shape, frame)))
    left = shapely.area(shape)
    outside = keep & ~(left > 0)
    ledger.drop(layer, "outside the extent", ids[outside].tolist())
    cut = keep & ~outside & (left < whole * (1 - 1e-9))
    if cut.any():
        lost = (whole[cut] - left[cut]).sum() / 1e6
        ledger.note(f"{layer}: {cut.sum()} units are cut off at the edge of the extent, {lost:.2f} km2 lie beyond")
    return shape, keep & ~outside
