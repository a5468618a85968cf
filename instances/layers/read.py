"""Reading the layers of a recipe: every format to one form, in the city's reference system, with books."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from instances.accounts import Ledger
from instances.layers import placing
from instances.layers.content import Content, short
from instances.layers.database import Source, read_database
from instances.layers.files import file_fault
from instances.layers.graphml import read_graphml
from instances.layers.layer import Flags, Frame, Layer, Texts
from instances.layers.osm import ATTRIBUTION, Extract, read_extract
from instances.layers.table import Places, placed, read_table
from instances.layers.vector import read_parquet, read_vector
from instances.schema import InstanceError

if TYPE_CHECKING:
    from instances.layers.grid import Grid
    from instances.layers.rule import LayerRule

Read = dict[str, "Layer | Grid | Extract"]


def read_layers(rules: Mapping[str, LayerRule], frame: Frame, ledger: Ledger) -> Read:
    """All layers, by name.

    A road graph, from GraphML or from two files, gives two layers, ``<name>.nodes`` and ``<name>.edges``.

    Raises
    ------
    InstanceError
        One error with every fault of every layer.
    """
    found: Read = {}
    faults: list[str] = []
    for name, rule in rules.items():
        try:
            found |= read_layer(name, rule, frame, ledger)
        except InstanceError as error:
            faults += error.faults
    if faults:
        raise InstanceError("The layers cannot be used", faults)
    return found


def read_layer(name: str, rule: LayerRule, frame: Frame, ledger: Ledger) -> Read:
    """One layer, by its name, or the two layers of a road graph.

    Features that are read and not taken are booked; a raster is opened and not read.

    Raises
    ------
    InstanceError
        With every fault of the layer.
    """
    if rule.read_as == "roads":
        return _roads(name, rule, frame, ledger)
    if rule.database is not None:
        window = placing.window(frame, rule.crs, rule.datum, rule.clip)
        source = Source(rule.database, rule.table, rule.query, rule.geometry, _key_there(rule), rule.timeout)
        return {name: _layer(name, rule, frame, ledger, _tried(name, lambda: read_database(source, window)))}
    file = frame.folder / str(rule.path)
    if rule.read_as == "osm":
        return {name: _extract(name, file, rule, frame, ledger)}
    fault = file_fault(file, rule.url)
    if fault:
        raise InstanceError(f"Layer {name} cannot be read", [f"layer {name}: {fault}"])
    if rule.read_as == "raster":
        return {name: _grid(name, file, rule, frame, ledger)}
    if rule.read_as == "graphml":
        nodes, edges = _tried(name, lambda: read_graphml(file), file)
        junctions = rule.model_copy(update={"key": "node", "columns": {}, "where": {}})
        links = rule.model_copy(update={"key": None})
        return {
            f"{name}.nodes": _layer(f"{name}.nodes", junctions, frame, ledger, nodes),
            f"{name}.edges": _layer(f"{name}.edges", links, frame, ledger, edges),
        }
    return {name: _layer(name, rule, frame, ledger, _tried(name, lambda: _content(file, rule, frame), file))}


def _content(file: Path, rule: LayerRule, frame: Frame) -> Content:
    """Features of a vector file or a table."""
    window = placing.window(frame, rule.crs, rule.datum, rule.clip)
    places = Places(rule.x, rule.y, rule.lon, rule.lat, rule.wkt)
    lower = file.name.lower()
    if lower.endswith((".csv", ".csv.gz")) or (rule.read_as == "table" and not lower.endswith("parquet")):
        return read_table(file, places, rule.encoding, rule.delimiter)
    if lower.endswith((".parquet", ".geoparquet")):
        content = read_parquet(file, window)
        return content if content.placed else placed(content, places)
    content = read_vector(file, rule.layer, rule.encoding, window)
    return content if content.placed else placed(content, places)


def _tried(name: str, read: Callable[[], Any], file: Path | None = None) -> Any:
    """What ``read`` gives; whatever goes wrong in it becomes a fault of the layer."""
    try:
        return read()
    except InstanceError as error:
        raise InstanceError(error.what, [f"layer {name}: {fault}" for fault in error.faults]) from error
    except Exception as error:  # every format has exceptions of its own for damaged content
        what = file.name if file is not None else "the source"
        fault = f"layer {name}: {what} cannot be read: {short(error)}"
        raise InstanceError(f"Layer {name} cannot be read", [fault]) from error


@np.errstate(over="ignore", invalid="ignore")  # of damaged coordinates, which become faults
def _layer(name: str, rule: LayerRule, frame: Frame, ledger: Ledger, content: Content) -> Layer:
    """Rename, name, check, place and choose the features of a source."""
    faults: list[str] = []

    def fault(text: str) -> None:
        faults.append(f"layer {name}: {text}")

    def note(text: str) -> None:
        ledger.note(f"layer {name}: {text}")

    count = len(content.shape)
    if not content.total:
        fault("is empty: it has no features; export it again")
    columns = _renamed(content.columns, rule.columns, fault)
    ids = _ids(columns, rule.key, content, fault)
    keep = _chosen(columns, rule.where, count, fault)
    shape, absent = content.shape, np.zeros(count, bool)
    outside = np.zeros(count, bool)
    system = placing.agreed(content, rule.crs, fault) if content.placed and count else None
    if system is not None:

        def first(bad: Flags) -> str:
            return ", ".join(ids[bad][:3].tolist()) + (", ..." if bad.sum() > 3 else "")

        known = len(faults)
        shape, absent = placing.solid(shape, rule.repair, first, fault, note)
        if len(faults) == known:
            there = ~absent
            degrees = shape.copy()
            shape = shape.copy()
            shape[there] = placing.project(shape[there], system, frame, rule.datum, fault)
        if len(faults) == known and frame.box is not None and rule.clip:
            outside[there] = ~placing.meets(shape[there], frame.box)
        if len(faults) == known:
            wrong = placing.datum_fault(degrees[keep & there & ~outside], system, rule.datum)
            if wrong:
                fault(wrong)
    if faults:
        raise InstanceError(f"Layer {name} cannot be used", faults)
    _book(name, content, ids, keep, absent, outside, ledger)
    for text in content.notes:
        note(text)
    _credit(name, rule, ledger)
    if rule.key is None:
        note(f"no key column, so its {count} features are called by their position in the source")
    if rule.datum in placing.SHIFTED and content.placed:
        note(f"converted from {rule.datum} to WGS84")
    return Layer(name, ids, shape, columns, frame.crs).where(keep & ~absent & ~outside)


def _book(name: str, content: Content, ids: Texts, keep: Flags, absent: Flags, outside: Flags, ledger: Ledger) -> None:
    """Every feature of the source: read, and dropped for the first reason that holds."""
    ledger.read(name, content.total)
    unread = content.total - len(ids)
    if unread:
        # Nobody knows their names: they were counted and not read.
        ledger.rows.append((name, "dropped", "outside the box, not read", float(unread), 0.0, "", ""))
    ledger.drop(name, "without a place", ids[absent].tolist())
    ledger.drop(name, "outside the box", ids[outside].tolist())
    ledger.drop(name, "not among the values of where", ids[~keep & ~absent & ~outside].tolist())


def _renamed(columns: dict[str, NDArray[Any]], new: Mapping[str, str], fault: Callable[[str], None]) -> dict[str, Any]:
    """Columns under the names of the recipe, in the order of the source."""
    missing = [old for old in new.values() if old not in columns]
    if missing:
        fault(f"no column {', '.join(map(repr, missing))} to rename; it has {', '.join(columns) or 'none'}")
    name_of = {old: mine for mine, old in new.items()}
    renamed = [name_of.get(old, old) for old in columns]
    twice = sorted({n for n in renamed if renamed.count(n) > 1})
    if twice:
        fault(f"renaming gives two columns the name {', '.join(map(repr, twice))}")
    return dict(zip(renamed, columns.values(), strict=True))


def _ids(columns: dict[str, NDArray[Any]], key: str | None, content: Content, fault: Callable[[str], None]) -> Texts:
    """Unique texts: the key column, or positions in the source."""
    positions = content.number.astype(np.str_)
    if key is None:
        return positions
    if key not in columns:
        fault(f"no column {key!r} for the key; it has {', '.join(columns) or 'none'}")
        return positions
    ids = _words(columns[key])
    unique, count = np.unique(ids, return_counts=True)
    twice = unique[(count > 1) & (unique != "")]
    if len(twice):
        some = ", ".join(repr(str(u)) for u in twice[:3])
        fault(f"key {key}: {len(twice)} values are used more than once, first {some}; every key must be unique")
    empty = int((ids == "").sum())
    if empty:
        at = positions[ids == ""][:3].tolist()
        fault(f"key {key}: {empty} features have none, first at position {', '.join(at)}")
    return ids


def _words(values: NDArray[Any]) -> Texts:
    """Values as texts; whole numbers without a fraction, because formats keep the same number in different types."""
    if values.dtype.kind != "f":
        return np.char.strip(values.astype(np.str_))
    whole = np.isfinite(values) & (values == np.round(values)) & (np.abs(values) < 2**53)
    pairs = zip(values.tolist(), whole.tolist(), strict=True)
    return np.array(["" if np.isnan(v) else str(int(v)) if w else repr(v) for v, w in pairs], dtype=np.str_)


def _chosen(
    columns: dict[str, NDArray[Any]], where: Mapping[str, list[Any]], count: int, fault: Callable[[str], None]
) -> Flags:
    """Features with an allowed value in every column that the recipe names."""
    keep = np.ones(count, bool)
    for name, allowed in where.items():
        if name not in columns:
            fault(f"where: no column {name!r}; it has {', '.join(columns) or 'none'}")
            continue
        wanted = np.array([_words(np.array([v]))[0] for v in allowed], dtype=np.str_)
        mine = np.isin(_words(columns[name]), wanted)
        if not mine.any() and len(mine):
            there = ", ".join(repr(str(v)) for v in np.unique(_words(columns[name]))[:5])
            fault(f"where: no feature has {name} in {allowed}; the first values are {there}")
        keep &= mine
    return keep


def _roads(name: str, rule: LayerRule, frame: Frame, ledger: Ledger) -> Read:
    """A road graph in two files: the key names the nodes; renaming and choosing hold for the edges."""
    shared = {"nodes": None, "edges": None, "kind": None}
    nodes = rule.model_copy(update={**shared, "path": rule.nodes, "columns": {}, "where": {}})
    places = {"x": None, "y": None, "lon": None, "lat": None, "key": None}
    edges = rule.model_copy(update={**shared, **places, "path": rule.edges})
    return read_layers({f"{name}.nodes": nodes, f"{name}.edges": edges}, frame, ledger)


def _grid(name: str, file: Path, rule: LayerRule, frame: Frame, ledger: Ledger) -> Grid:
    from instances.layers.grid import Grid

    grid = _tried(name, lambda: Grid.open(name, file, frame.crs, rule.unit, rule.nodata, rule.crs, rule.band), file)
    _credit(name, rule, ledger)
    return grid  # type: ignore[no-any-return]


def _extract(name: str, file: Path, rule: LayerRule, frame: Frame, ledger: Ledger) -> Extract:
    try:
        extract = read_extract(file, frame.crs)
    except InstanceError as error:
        more = f"; get it from {rule.url}" if rule.url and not file.exists() else ""
        raise InstanceError(error.what, [f"layer {name}: {fault}{more}" for fault in error.faults]) from error
    for kind, outcome, reason, count in extract.books:
        ledger.rows.append((f"{name}.{kind}", outcome, reason, float(count), 0.0, "", ""))
    for text in extract.notes:
        ledger.note(f"layer {name}: {text}")
    ledger.cite(f"{name}: {rule.source or ATTRIBUTION}")
    return extract


def _credit(name: str, rule: LayerRule, ledger: Ledger) -> None:
    """Where a layer comes from, as far as the recipe says."""
    said = [text for text in (rule.title, rule.source, rule.licence, rule.url) if text]
    if said:
        ledger.cite(f"{name}: {'; '.join(said)}")


def _key_there(rule: LayerRule) -> str | None:
    """The key as the database calls it."""
    return rule.columns.get(rule.key, rule.key) if rule.key is not None else None
