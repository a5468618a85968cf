"""What differs between two versions of a layer or of a part of an instance, by feature and field."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.index import Index
from instances.instance import Instance
from instances.layers.layer import Layer
from instances.recipe.record import TILE, Held
from instances.recipe.rows import MILLIMETRE, canonical
from instances.schema import Part, data_of

NEAR = 1e-9  # of the value: what digests round away
MOST = 20  # rows of one field that are listed with their values


@dataclass(frozen=True)
class FieldChange:
    """One column of a layer, or one datum of a part.

    Attributes
    ----------
    rows
        How many values differ, among features that both have.
    ids
        Whose, all of them.
    total
        Sum of new minus old, for numbers.
    largest
        Largest absolute change, for numbers.
    values
        Feature, old and new value of the first ones.
    state
        "changed", "added" or "removed".
    """

    name: str
    rows: int
    ids: tuple[str, ...] = ()
    total: float | None = None
    largest: float | None = None
    values: tuple[tuple[str, Any, Any], ...] = ()
    state: str = "changed"


@dataclass(frozen=True)
class TileChange:
    """A piece of a raster whose cells differ; ``box`` in the raster's CRS: west, south, east, north."""

    tile: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class LayerChange:
    """One layer, or one part or index set of an instance.

    Attributes
    ----------
    added, removed, changed
        Features by id.
    known
        False where nothing more is known than that it differs, because no snapshot was kept.
    """

    name: str
    state: str  # added, removed, changed
    kind: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    fields: tuple[FieldChange, ...] = ()
    tiles: tuple[TileChange, ...] = ()
    known: bool = True


def layer_change(old: Held, new: Held, before: Layer | None, after: Layer | None) -> LayerChange:
    """What differs between two versions of a layer whose digests differ."""
    if old.kind == new.kind == "raster":
        return _raster(old, new)
    if before is None or after is None or old.kind != new.kind:
        return LayerChange(new.name, "changed", new.kind, known=False)
    added, removed, a, b = _matched(before.id, after.id)
    if new.kind == "map":
        fields = _tags(before, after, a, b)
    else:
        fields = _columns(before, after, a, b)
    moved = _moved(before.shape[a], after.shape[b])
    if moved.any():
        ids = tuple(after.id[b][moved].tolist())
        fields.append(FieldChange("geometry", len(ids), ids))
    if old.crs != new.crs:
        fields.append(FieldChange("crs", 0, values=(("", old.crs, new.crs),)))
    touched = {key for one in fields for key in one.ids if one.state == "changed"}
    changed = tuple(key for key in after.id[b].tolist() if key in touched)
    return LayerChange(new.name, "changed", new.kind, added, removed, changed, tuple(fields))


def column_change(name: str, ids: NDArray[Any], old: NDArray[Any], new: NDArray[Any]) -> FieldChange | None:
    """What differs between two versions of a column, row by row; None if nothing does."""
    if old.dtype.kind in "biuf" and new.dtype.kind in "biuf":
        a, b = old.astype(np.float64), new.astype(np.float64)
        with np.errstate(invalid="ignore"):  # infinity minus infinity
            near = np.abs(a - b) <= NEAR * np.maximum(np.abs(a), np.abs(b))
            if old.dtype.kind in "biu" and new.dtype.kind in "biu":
                near = old == new
        differs = ~(near | (a == b) | (np.isnan(a) & np.isnan(b)))
        delta = np.nan_to_num(b, posinf=0.0, neginf=0.0) - np.nan_to_num(a, posinf=0.0, neginf=0.0)
        total, largest = float(delta[differs].sum()), float(np.abs(delta[differs]).max(initial=0.0))
    else:
        missing = [_lack(old), _lack(new)]
        differs = (old.astype(np.str_) != new.astype(np.str_)) & ~(missing[0] & missing[1])
        total, largest = None, None
    at = np.flatnonzero(differs)
    if not at.size:
        return None
    values = tuple((str(ids[k]), old[k].item(), new[k].item()) for k in at[:MOST])
    return FieldChange(name, at.size, tuple(ids[at].tolist()), total, largest, values)


def part_changes(old: Instance, new: Instance) -> list[LayerChange]:
    """What differs between two instances, by index set and part; elements are matched by label."""
    found: list[LayerChange] = []
    indexes = [
        ("index." + name, old.indexes.get(name), new.indexes.get(name)) for name in _both(old.indexes, new.indexes)
    ]
    for name, before, after in indexes:
        if before is None or after is None:
            found.append(LayerChange(name, "added" if before is None else "removed", "index"))
            continue
        added, removed, a, _ = _matched(_labels(before), _labels(after))
        order = () if (np.diff(a) > 0).all() else (FieldChange("order", len(a)),)
        if added or removed or order:
            found.append(LayerChange(name, "changed", "index", added, removed, (), order))
    olds, news = dict(old.parts()), dict(new.parts())
    for name in _both(olds, news):
        if name not in olds or name not in news:
            found.append(LayerChange(name, "removed" if name in olds else "added", "part"))
        elif type(olds[name]) is type(news[name]) and (fields := _data(olds[name], news[name])):
            changed = tuple(dict.fromkeys(key for one in fields for key in one.ids))
            found.append(LayerChange(name, "changed", "part", changed=changed, fields=tuple(fields)))
    return found


def _data(old: Part, new: Part) -> list[FieldChange]:
    found = []
    kept, fresh = data_of(old), data_of(new)
    for name in _both(kept, fresh):
        if name not in kept or name not in fresh:
            found.append(FieldChange(name, 0, state="removed" if name in kept else "added"))
            continue
        before, after = getattr(old, name), getattr(new, name)
        dims = kept[name].dims
        if dims != fresh[name].dims or not dims:
            one = column_change(name, np.array([""]), before.reshape(-1)[:1], after.reshape(-1)[:1])
            found += [one] if one else []
            continue
        keys = []
        for axis, dim in enumerate(dims):
            _, _, a, b = _matched(_labels(getattr(old, dim)), _labels(getattr(new, dim)))
            before, after = before.take(a, axis), after.take(b, axis)
            keys.append(_labels(getattr(new, dim))[b])
        at = np.indices(before.shape).reshape(len(dims), -1)
        labels = keys[0][at[0]]
        for more, place in zip(keys[1:], at[1:], strict=True):
            labels = np.char.add(np.char.add(labels, " x "), more[place])
        one = column_change(name, labels, before.reshape(-1), after.reshape(-1))
        found += [one] if one else []
    return found


def _raster(old: Held, new: Held) -> LayerChange:
    if old.place != new.place:
        values = tuple((key, old.place.get(key), new.place.get(key)) for key in _both(old.place, new.place))
        moved = FieldChange("grid", 0, values=tuple(v for v in values if v[1] != v[2]))
        return LayerChange(new.name, "changed", "raster", fields=(moved,))
    differs = [key for key in _both(old.tiles, new.tiles) if old.tiles.get(key) != new.tiles.get(key)]
    return LayerChange(new.name, "changed", "raster", tiles=tuple(TileChange(k, _box(new.place, k)) for k in differs))


def _box(place: dict[str, Any], tile: str) -> tuple[float, float, float, float]:
    row, column = (int(k) * TILE for k in tile.split(","))
    bottom, right = min(row + TILE, place["rows"]), min(column + TILE, place["columns"])
    west, north, wide, high = (place[key] for key in ("west", "north", "wide", "high"))
    return west + column * wide, north - bottom * high, west + right * wide, north - row * high


def _columns(before: Layer, after: Layer, a: NDArray[Any], b: NDArray[Any]) -> list[FieldChange]:
    found = []
    for name in _both(before.columns, after.columns):
        if name not in before.columns or name not in after.columns:
            found.append(FieldChange(name, len(a), state="removed" if name in before.columns else "added"))
        elif one := column_change(name, after.id[b], before.columns[name][a], after.columns[name][b]):
            found.append(one)
    return found


def _tags(before: Layer, after: Layer, a: NDArray[Any], b: NDArray[Any]) -> list[FieldChange]:
    """Tags of map objects, one field for each key."""
    old, new = before.columns["tags"][a], after.columns["tags"][b]
    differs = np.flatnonzero(old != new)
    pairs = [(json.loads(str(old[k])), json.loads(str(new[k]))) for k in differs]
    found = []
    for key in sorted({k for pair in pairs for one in pair for k in one}):
        was, now = (np.array([one.get(key, "") for one in side], np.str_) for side in zip(*pairs, strict=True))
        one = column_change(key, after.id[b][differs], was, now)
        found += [one] if one else []
    return found


def _moved(old: NDArray[Any], new: NDArray[Any]) -> NDArray[np.bool_]:
    """Shapes that differ by more than a millimetre."""
    import shapely

    a, b = canonical(old), canonical(new)
    gone = shapely.is_missing(a), shapely.is_missing(b)
    same = shapely.equals_exact(a, b, tolerance=MILLIMETRE / MILLIMETRE)
    return np.asarray(~(same | (gone[0] & gone[1])), bool)


def _matched(
    old: NDArray[Any], new: NDArray[Any]
) -> tuple[tuple[str, ...], tuple[str, ...], NDArray[Any], NDArray[Any]]:
    """Labels added and removed, and the positions of those that stay, in the order of the new ones."""
    place = {label: k for k, label in enumerate(old.tolist())}
    names = new.tolist()
    stay = [(place[label], k) for k, label in enumerate(names) if label in place]
    a, b = (np.array([pair[side] for pair in stay], np.intp) for side in (0, 1))
    fresh = set(names)
    added = tuple(label for label in names if label not in place)
    return added, tuple(label for label in place if label not in fresh), a, b


def _labels(index: Index) -> NDArray[Any]:
    if index.names is not None:
        return index.names
    texts = np.full(index.size, "")
    for k, part in enumerate(index.parts.values()):
        own = _labels(part.target)[part.position]
        texts = own if k == 0 else np.char.add(np.char.add(texts, "|"), own)
    return texts


def _lack(values: NDArray[Any]) -> NDArray[np.bool_]:
    return np.array([v is None or v != v or v == "" for v in values.tolist()], bool)


def _both(old: Any, new: Any) -> list[str]:
    return sorted({*old, *new})
