"""People and sites given by the user: GeoPackage, GeoJSON, Shapefile or CSV, checked as a whole before use."""

from __future__ import annotations

import csv
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.places import STATUSES
from instances.schema import InstanceError
from instances.streets.graph import Network, snap

Floats = NDArray[np.float64]
Texts = NDArray[np.str_]


@dataclass(frozen=True)
class Layer:
    """Where a layer is. ``crs`` is needed for tables with columns x and y, and otherwise overrules nothing."""

    path: str
    crs: str | None = None
    name: str | None = None  # which layer of a file with several


@dataclass(frozen=True, eq=False)
class PeopleLayer:
    """Demand points as given: coordinates in the CRS of the roads."""

    id: Texts
    x: Floats
    y: Floats
    people: Floats
    title: Texts
    zone: Texts | None


@dataclass(frozen=True, eq=False)
class SitesLayer:
    """Sites as given: coordinates in the CRS of the roads; NaN in ``capacity`` means "not given"."""

    id: Texts
    x: Floats
    y: Floats
    area: Floats
    use: Texts
    title: Texts
    status: Texts
    capacity: Floats


def read_layers(
    people: Layer | None,
    sites: Layer | None,
    network: Network,
    crs: str,
    uses: tuple[str, ...],
    limit: float = 250.0,
) -> tuple[PeopleLayer | None, SitesLayer | None]:
    """Read both layers and check them against the roads.

    Parameters
    ----------
    people
        Columns ``id`` and ``people``; optional ``name`` and ``zone``.
    sites
        Columns ``id`` and ``use``; ``area`` in m2 (points) or the outline's own area; optional ``name``, ``status``
        and ``capacity`` (people at most).
    uses
        Normal uses the rule pack knows.
    limit
        Farthest a place may lie from the road network, metres.

    Raises
    ------
    InstanceError
        One error with every fault of both layers.
    """
    faults: list[str] = []
    found_people, found_sites = None, None
    if people is not None:
        table = _Table.read("people layer", people, crs, faults)
        if table is not None:
            found_people = PeopleLayer(
                id=table.ids(),
                x=table.x,
                y=table.y,
                people=table.numbers("people", "people"),
                title=table.texts("name", default=table.ids()),
                zone=table.texts("zone") if "zone" in table.columns else None,
            )
            table.check_roads(network, limit)
    if sites is not None:
        table = _Table.read("sites layer", sites, crs, faults)
        if table is not None:
            found_sites = SitesLayer(
                id=table.ids(),
                x=table.x,
                y=table.y,
                area=table.numbers("area", "m2") if "area" in table.columns else table.outline_area(),
                use=table.one_of("use", uses),
                title=table.texts("name", default=table.ids()),
                status=table.one_of("status", STATUSES, "candidate"),
                capacity=table.numbers("capacity", "people", missing=True),
            )
            table.check_roads(network, limit)
    if faults:
        raise InstanceError("The layers cannot be used", faults)
    return found_people, found_sites


@dataclass(eq=False)
class _Table:
    """A layer as read, collecting faults while it is taken apart."""

    where: str
    columns: dict[str, NDArray[Any]]
    shape: NDArray[np.object_]
    faults: list[str]
    x: Floats = field(default_factory=lambda: np.zeros(0))
    y: Floats = field(default_factory=lambda: np.zeros(0))
    placed: bool = False  # with geometry that can be used; the columns are checked in any case

    @classmethod
    def read(cls, what: str, layer: Layer, crs: str, faults: list[str]) -> _Table | None:
        """The layer in ``crs``, or None if it cannot be read at all."""
        file, where = Path(layer.path), f"{what} {layer.path!r}"
        broken = _file_fault(file)
        if broken:
            faults.append(f"{where}: {broken}")
            return None
        try:
            columns, shape, system = (
                _read_csv(file) if file.suffix.lower() == ".csv" else _read_vector(file, layer.name)
            )
        except Exception as error:  # every format has its own exceptions for damaged content
            faults.append(f"{where}: cannot be read ({_short(error)}); export it again")
            return None
        table = cls(where, columns, shape, faults)
        if not len(shape):
            table.fault("is empty: it has no rows; export it with its features")
            return None
        system = system or layer.crs
        if system is None:
            table.fault("has no coordinate reference system; assign one in QGIS, or say which it is (crs)")
            return None
        table.placed = table._place(system, crs)
        return table

    def fault(self, text: str) -> None:
        """Record one fault of this layer."""
        self.faults.append(f"{self.where}: {text}")

    def first(self, bad: NDArray[np.bool_]) -> str:
        """The first offenders by id, or by row where there is no id."""
        rows = np.flatnonzero(bad)[:3]
        ids = self.columns.get("id")
        names = [f"row {k + 1}" if ids is None else f"{ids[k]!s}" for k in rows]
        return ", ".join(names) + (", ..." if bad.sum() > 3 else "")

    def _place(self, system: str, crs: str) -> bool:
        import pyproj
        import shapely

        absent = np.array([g is None or g.is_empty for g in self.shape], bool)
        if absent.any():
            self.fault(
                f"{absent.sum()} of {len(absent)} rows have no geometry, first {self.first(absent)}; draw or drop them"
            )
        invalid = ~absent & ~shapely.is_valid(self.shape)
        if invalid.any():
            some = int(np.flatnonzero(invalid)[0])
            self.fault(
                f"{invalid.sum()} of {len(absent)} outlines are invalid, first {self.first(invalid)} "
                f"({shapely.is_valid_reason(self.shape[some])}); use 'Fix geometries' in QGIS"
            )
        if absent.any() or invalid.any():
            return False
        try:
            to = pyproj.Transformer.from_crs(system, crs, always_xy=True)
        except pyproj.exceptions.CRSError as error:
            self.fault(f"crs {system!r} is not a known reference system ({_short(error)})")
            return False
        self.shape = shapely.transform(self.shape, to.transform, interleaved=False)
        inside = shapely.get_coordinates(shapely.point_on_surface(self.shape))
        self.x, self.y = inside[:, 0], inside[:, 1]
        return True

    def ids(self) -> Texts:
        """Column ``id`` as text; missing, empty and repeated ids are faults."""
        if "id" not in self.columns:
            self._missing("id")
            return np.array([f"row {k + 1}" for k in range(len(self.shape))], np.str_)
        ids = np.array([_text(v) for v in self.columns["id"]], np.str_)
        unique, count = np.unique(ids, return_counts=True)
        if (count > 1).any():
            some = ", ".join(repr(str(u)) for u in unique[count > 1][:3])
            self._once(f"{(count > 1).sum()} ids are used more than once, first {some}; every id must be unique")
        if (np.char.str_len(ids) == 0).any():
            self._once(f"{(np.char.str_len(ids) == 0).sum()} rows have an empty id; give every row one")
        return ids

    def texts(self, name: str, default: Texts | None = None) -> Texts:
        """A column as text; rows without a value take the default."""
        if name not in self.columns:
            return default if default is not None else np.full(len(self.shape), "", np.str_)
        own = np.array([_text(v) for v in self.columns[name]], np.str_)
        return own if default is None else np.where(np.char.str_len(own) > 0, own, default)

    def one_of(self, name: str, known: tuple[str, ...], default: str | None = None) -> Texts:
        """A column of known words."""
        if name not in self.columns and default is None:
            self._missing(name)
            return np.full(len(self.shape), known[0])
        values = self.texts(name, np.full(len(self.shape), default or ""))
        bad = ~np.isin(values, known)
        if bad.any():
            words = ", ".join(repr(str(v)) for v in np.unique(values[bad])[:3])
            self.fault(f"column {name}: {bad.sum()} rows with unknown values {words}; use one of {', '.join(known)}")
        return values

    def numbers(self, name: str, unit: str, missing: bool = False) -> Floats:
        """A column of finite numbers that are not negative; ``missing`` allows gaps."""
        if name not in self.columns:
            if not missing:
                self._missing(name)
            return np.full(len(self.shape), np.nan if missing else 0.0)
        values, words = np.full(len(self.shape), np.nan), np.zeros(len(self.shape), bool)
        for k, v in enumerate(self.columns[name]):
            try:
                values[k] = float(v) if _text(v) else np.nan
            except (TypeError, ValueError):
                words[k] = True
        gap = np.isnan(values) & ~words
        for bad, what in (
            (words, "are not numbers"),
            (gap & (not missing), "are missing (NaN); a missing datum is not a zero"),
            (np.isinf(values), "are infinite"),
            (np.isfinite(values) & (values < 0), "are negative"),
        ):
            if bad.any():
                self._once(
                    f"column {name} [{unit}]: {bad.sum()} of {len(bad)} values {what}, first at {self.first(bad)}"
                )
        return values

    def outline_area(self) -> Floats:
        """Area of polygons; points have none, so they need a column."""
        import shapely

        area = np.asarray(shapely.area(self.shape), np.float64)
        if (area <= 0).any():
            self.fault(f"no column area [m2], and {(area <= 0).sum()} rows are not polygons; add the column")
        return area

    def check_roads(self, network: Network, limit: float) -> None:
        """Places must lie on the town's ground and near a road that leads somewhere."""
        if not self.placed:
            return
        roads = network.roads
        spans = (self.x, roads.x), (self.y, roads.y)
        inside = [(own > road.min() - limit) & (own < road.max() + limit) for own, road in spans]
        if not (inside[0] & inside[1]).any():
            own, road = ([f"{c[k].min():.0f} to {c[k].max():.0f}" for c in spans] for k in (0, 1))
            self.fault(
                f"lies elsewhere: x {own[0]}, y {own[1]}, while the roads fill x {road[0]}, y {road[1]}; check its crs"
            )
            return
        far = snap(network, self.x, self.y, 4.0).distance > limit
        if far.any():
            self.fault(
                f"{far.sum()} of {len(far)} rows cannot be reached, first {self.first(far)}: no road of the connected "
                f"network within {limit:g} m; move them, extend the roads, or raise snap_limit"
            )

    def _missing(self, name: str) -> None:
        self._once(f"no column {name!r}; it has {', '.join(self.columns) or 'none'}")

    def _once(self, text: str) -> None:
        if f"{self.where}: {text}" not in self.faults:
            self.fault(text)


def _file_fault(file: Path) -> str | None:
    """Why the file cannot be a whole layer, as far as its first bytes tell."""
    if not file.exists():
        return "no such file; check the path"
    if not file.is_file():
        return "is a folder; name the file in it"
    size = file.stat().st_size
    if not size:
        return "the file is empty; export it again"
    with file.open("rb") as stream:
        head = stream.read(100)
    expected = 0
    if head.startswith(b"SQLite format 3") and len(head) >= 32:  # page size and number of pages
        page = int.from_bytes(head[16:18], "big")
        expected = (65536 if page == 1 else page) * int.from_bytes(head[28:32], "big")
    elif head.startswith(b"\x00\x00\x27\x0a") and len(head) >= 28:  # shapefile: length in 16-bit words
        expected = 2 * int.from_bytes(head[24:28], "big")
    if size < expected:
        return f"the file is cut off: {size} of {expected} bytes; copy or export it again"
    return None


def _read_vector(file: Path, layer: str | None) -> tuple[dict[str, NDArray[Any]], NDArray[np.object_], str | None]:
    import shapely
    from pyogrio import raw

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what GDAL merely warns of shows up below as a missing or invalid shape
        meta, _, wkb, columns = raw.read(file, layer=layer)
        shape = shapely.from_wkb(wkb, on_invalid="ignore") if wkb is not None else np.zeros(0, object)
    names = [str(n) for n in meta["fields"]]
    if wkb is None and len(columns) and len(columns[0]):
        raise ValueError("it has rows but no geometry")
    return dict(zip(names, columns, strict=True)), np.asarray(shape, object), meta["crs"]


def _read_csv(file: Path) -> tuple[dict[str, NDArray[Any]], NDArray[np.object_], str | None]:
    """Columns lon and lat (degrees, WGS 84), or x and y in the system the user names."""
    import shapely

    with file.open(newline="", encoding="utf-8-sig") as stream:
        reader = csv.DictReader(stream, strict=True)
        rows = list(reader)
        names = list(reader.fieldnames or [])
    short = [k + 2 for k, row in enumerate(rows) if None in row or None in row.values()]
    if short:
        raise ValueError(f"{len(short)} lines do not have {len(names)} fields, first line {short[0]}")
    pair = next((p for p in (("lon", "lat"), ("x", "y")) if set(p) <= set(names)), None)
    if pair is None:
        raise ValueError("it needs columns lon and lat, or x and y together with a crs")
    columns = {name: np.array([row[name] for row in rows], dtype=object) for name in names}
    xy = np.array([[_degree(row[p]) for p in pair] for row in rows], np.float64).reshape(-1, 2)
    shape = np.array([shapely.Point(p) if np.isfinite(p).all() else None for p in xy], dtype=object)
    return columns, shape, "EPSG:4326" if pair[0] == "lon" else None


def _degree(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    return str(value).strip()


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
