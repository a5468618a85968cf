"""Reading OpenStreetMap extracts (.osm.pbf, .osm) with the GDAL driver that comes with pyogrio.

GDAL reads a truncated file without complaint and hands over what it found, so the file is checked here first.
"""

from __future__ import annotations

import contextlib
import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.schema import InstanceError
from instances.streets.graph import RoadClass, Streets

ATTRIBUTION = "OpenStreetMap contributors, Open Database License (ODbL) 1.0, https://www.openstreetmap.org/copyright"

# Speeds km/h and EUR per metre to strengthen: planning assumptions of this reader, to be replaced where known.
# Walking at 4 km/h is a mixed crowd with children and old people; driving is an emergency convoy in a damaged town.
CLASSES: dict[str, RoadClass] = {
    "motorway": RoadClass(4, 80, 900),
    "trunk": RoadClass(4, 60, 800),
    "primary": RoadClass(4, 40, 600),
    "secondary": RoadClass(4, 40, 500),
    "tertiary": RoadClass(4, 30, 400),
    "unclassified": RoadClass(4, 30, 300),
    "residential": RoadClass(4, 30, 300),
    "living_street": RoadClass(4, 15, 300),
    "service": RoadClass(4, 15, 200),
    "pedestrian": RoadClass(4, 10, 250),
    "footway": RoadClass(4, 0, 150),
    "path": RoadClass(4, 0, 150),
    "trail": RoadClass(4, 0, 150),
    "track": RoadClass(4, 10, 150),
    "cycleway": RoadClass(4, 0, 150),
    "steps": RoadClass(2, 0, 300),
}
LINKS = ("motorway", "trunk", "primary", "secondary", "tertiary")  # "primary_link" counts as "primary"
CLOSED = ("no", "private")


@dataclass(frozen=True, eq=False)
class Features:
    """Map objects of one kind of geometry: shapes in projected metres and their tags."""

    shape: NDArray[np.object_]
    tags: list[dict[str, str]]

    def where(self, keep: NDArray[np.bool_]) -> Features:
        """The objects for which ``keep`` is true."""
        at = np.flatnonzero(keep)
        return Features(self.shape[at], [self.tags[k] for k in at])

    def tagged(self, key: str, *values: str) -> Features:
        """The objects with a tag, of one of the values if any are given."""
        return self.where(np.array([bool(t.get(key)) and (not values or t[key] in values) for t in self.tags], bool))

    def __len__(self) -> int:
        return len(self.tags)


@dataclass(frozen=True, eq=False)
class Extract:
    """What an OpenStreetMap file says about a town, in one projected CRS."""

    crs: str
    streets: Streets
    areas: Features
    points: Features
    coast: Features
    notes: tuple[str, ...]
    ways: Features | None = None  # every way tagged highway, whole and with its tags
    books: tuple[tuple[str, str, str, int], ...] = ()  # layer of the file, outcome, reason, features: what was read


def read_extract(path: str | Path, crs: str | None = None) -> Extract:
    """Streets, areas and points of an extract.

    Parameters
    ----------
    crs
        Projected system in metres; without one, the UTM zone of the middle of the extract.

    Raises
    ------
    InstanceError
        If the file is missing, empty, cut off, of another format, or holds no streets, or the CRS does not fit.
    """
    import shapely

    from instances.crs import projected_faults, utm

    file = Path(path)
    faults = file_faults(file)
    if faults:
        raise InstanceError(f"The OpenStreetMap extract {str(path)!r} cannot be read", faults)
    layers, notes = {}, []
    books: list[tuple[str, str, str, int]] = []
    for layer in ("points", "lines", "multipolygons"):
        try:
            layers[layer], warned = _read(file, layer)
        except Exception as error:  # GDAL reports damaged content by many kinds of exceptions
            fault = f"layer {layer}: GDAL stopped with {error!s}; fetch the file again"
            raise InstanceError(f"The OpenStreetMap extract {str(path)!r} cannot be read", [fault]) from error
        broken = layers[layer].where(np.array([g is None or g.is_empty for g in layers[layer].shape], bool))
        books.append((layer, "read", "", len(layers[layer])))
        if len(broken):
            books.append((layer, "dropped", "broken outline", len(broken)))
            some = ", ".join(dict.fromkeys(_describe(t) for t in broken.tags))
            notes.append(f"osm: dropped {len(broken)} {layer} with a broken outline, usually cut at the edge: {some}")
        elif warned:
            notes.append(f"osm: GDAL repaired outlines while reading {layer} ({', '.join(sorted(warned))})")
    if not len(layers["lines"].tagged("highway")):
        raise InstanceError(
            f"The OpenStreetMap extract {str(path)!r} cannot be used",
            ["no way is tagged 'highway', so there are no streets; choose an extract of a place with roads"],
        )
    layers = {name: found.where(_whole(found)) for name, found in layers.items()}
    if crs is None:
        west, south, east, north = shapely.total_bounds(layers["lines"].shape)
    system = crs or utm((west + east) / 2.0, (south + north) / 2.0)
    projected = {name: _project(found, system) for name, found in layers.items()}
    ways = projected["lines"].tagged("highway")
    others = sum(not t.get("highway") and t.get("natural") != "coastline" for t in projected["lines"].tags)
    books.append(("lines", "dropped", "neither a way nor a coast", others))
    streets, street_notes = _streets(ways)
    if not streets.points:
        fault = f"none of its {len(ways)} ways is an open street of a class that is known; choose a place with roads"
        raise InstanceError(f"The OpenStreetMap extract {str(path)!r} cannot be used", [fault])
    every = np.concatenate([np.vstack([p.min(axis=0), p.max(axis=0)]) for p in streets.points])
    box = tuple(float(v) for v in (*every.min(axis=0), *every.max(axis=0)))
    faults = ["coordinates cannot be expressed in this system"] if not np.isfinite(box).all() else []
    faults = faults or projected_faults(system, box)  # type: ignore[arg-type]
    if faults:
        raise InstanceError(f"The OpenStreetMap extract {str(path)!r} does not fit crs {system!r}", faults)
    return Extract(
        crs=system,
        streets=streets,
        areas=_valid(projected["multipolygons"]),
        points=projected["points"],
        coast=projected["lines"].tagged("natural", "coastline"),
        notes=(*notes, *street_notes),
        ways=ways,
        books=tuple(books),
    )


def utm_of(path: str | Path) -> str:
    """The CRS that :func:`read_extract` takes by default, from the bounds of the lines alone.

    Raises
    ------
    InstanceError
        As that function, if the file cannot be read.
    """
    from pyogrio import read_bounds

    from instances.crs import utm

    file, corners = Path(path), np.full(4, np.nan)
    if not file_faults(file):
        with warnings.catch_warnings(), contextlib.suppress(Exception):  # read_extract says better what is wrong
            warnings.simplefilter("ignore")
            bounds = read_bounds(file, layer="lines")[1]
            bounds = bounds[:, np.isfinite(bounds).all(axis=0)]
            corners = np.array([bounds[0].min(), bounds[1].min(), bounds[2].max(), bounds[3].max()])
    if not np.isfinite(corners).all():
        return read_extract(file).crs
    return utm((corners[0] + corners[2]) / 2.0, (corners[1] + corners[3]) / 2.0)


def file_faults(file: Path) -> list[str]:
    """Why ``file`` is not a whole OpenStreetMap file; empty if it is one."""
    if not file.exists():
        return [f"no file {str(file)!r}; check the path"]
    if not file.is_file():
        return [f"{str(file)!r} is a folder; name the file in it"]
    if not file.stat().st_size:
        return ["the file is empty; fetch it again"]
    with file.open("rb") as stream:
        start = stream.read(512)
        if start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"<?xml", b"<osm")):
            stream.seek(max(0, file.stat().st_size - 512))
            whole, kind = b"</osm>" in stream.read(), b"<osm" in start
            if not kind:
                return ["an XML file, but not of OpenStreetMap (no <osm> element at its start)"]
            return [] if whole else ["the file is cut off: it does not end with </osm>; fetch it again"]
        stream.seek(0)
        return _pbf_faults(stream, file.stat().st_size)


def _pbf_faults(stream: Any, size: int) -> list[str]:
    """Walk from block to block; each says how long it is, so a file that was cut off gives itself away.

    Layout: https://wiki.openstreetmap.org/wiki/PBF_Format (length, BlobHeader, Blob, repeated).
    """
    at = 0
    kinds: list[str] = []
    while at < size:
        stream.seek(at)
        head = stream.read(4)
        length = int.from_bytes(head, "big")
        body = stream.read(length) if length <= 64 * 1024 else b""
        kind, data = _blob_header(body)
        if not kinds and kind != "OSMHeader":
            return ["neither OpenStreetMap PBF nor XML; give an .osm.pbf or .osm file"]
        if len(head) < 4 or len(body) < length or data is None or at + 4 + length + data > size:
            return [f"the file is cut off or damaged after {at} of {size} bytes ({len(kinds)} blocks); fetch it again"]
        kinds.append(kind)
        at += 4 + length + data
    if "OSMData" not in kinds:
        return ["the file is cut off after its header: it holds no data block; fetch it again"]
    return []


def _blob_header(body: bytes) -> tuple[str, int | None]:
    """Type (field 1) and data size (field 3) of a protobuf BlobHeader."""
    at, kind, data = 0, "", None
    try:
        while at < len(body):
            tag, at = body[at], at + 1
            value, at = _varint(body, at)
            if tag & 7 == 2:  # a string of `value` bytes
                text, at = body[at : at + value], at + value
                kind = text.decode("ascii", "replace") if tag >> 3 == 1 else kind
            elif tag & 7 == 0:
                data = value if tag >> 3 == 3 else data
            else:
                return kind, None
    except IndexError:
        return kind, None
    return kind, data


def _varint(body: bytes, at: int) -> tuple[int, int]:
    value, shift = 0, 0
    while True:
        byte, at = body[at], at + 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return value, at


def _read(file: Path, layer: str) -> tuple[Features, set[str]]:
    """One layer through GDAL, its warnings returned and kept off the terminal; broken outlines are None."""
    import shapely
    from pyogrio import raw

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        meta, _, wkb, columns = raw.read(file, layer=layer, TAGS_FORMAT="JSON")
        shape = shapely.from_wkb(wkb, on_invalid="ignore")
    fields = list(meta["fields"])
    tags: list[dict[str, str]] = [{} for _ in range(len(shape))]
    for name, column in zip(fields, columns, strict=True):
        for mine, value in zip(tags, column.tolist(), strict=True):
            if name == "other_tags" and value:
                more = value if isinstance(value, dict) else json.loads(value)
                mine.update((str(k), str(v)) for k, v in more.items())
            elif isinstance(value, str) and value:
                mine[name] = value
    return Features(np.asarray(shape, dtype=object), tags), {str(w.message).split(".")[0] for w in caught}


def _describe(tags: dict[str, str]) -> str:
    kind = next((f"{k}={tags[k]}" for k in ("building", "leisure", "amenity", "landuse", "natural") if k in tags), "")
    return tags.get("name") or " ".join(filter(None, [kind, tags.get("osm_way_id") or tags.get("osm_id", "")]))


def _whole(found: Features) -> NDArray[np.bool_]:
    return np.array([g is not None and not g.is_empty for g in found.shape], bool)


def _valid(areas: Features) -> Features:
    """Outlines that cross themselves are rebuilt, which keeps the area they enclose."""
    import shapely

    return Features(shapely.make_valid(areas.shape), areas.tags)


def _project(found: Features, crs: str) -> Features:
    import pyproj
    import shapely

    try:
        to = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    except pyproj.exceptions.CRSError as error:
        raise InstanceError(f"The crs {crs!r} cannot be used", [f"not a known reference system ({error})"]) from error

    def place(lon: Any, lat: Any) -> Any:
        """Tenths of a millimetre: what lies below differs between versions of PROJ, and would change the digest."""
        return np.round(to.transform(lon, lat), 4)

    return Features(shapely.transform(found.shape, place, interleaved=False), found.tags)


def _streets(lines: Features) -> tuple[Streets, list[str]]:
    """Ways that people may walk on, by class; what is left out is counted by reason."""
    points, kind, title, bridge, tunnel = [], [], [], [], []
    left: dict[str, int] = {}
    for shape, tags in zip(lines.shape, lines.tags, strict=True):
        road = (
            tags["highway"].removesuffix("_link") if tags["highway"].removesuffix("_link") in LINKS else tags["highway"]
        )
        if road not in CLASSES:
            left[f"highway={road}"] = left.get(f"highway={road}", 0) + 1
            continue
        if tags.get("access") in CLOSED and tags.get("foot") not in ("yes", "permissive", "designated"):
            left[f"access={tags['access']}"] = left.get(f"access={tags['access']}", 0) + 1
            continue
        points.append(np.asarray(shape.coords, np.float64)[:, :2])
        kind.append(road)
        title.append(tags.get("name", ""))
        bridge.append(tags.get("bridge", "no") != "no")
        tunnel.append(tags.get("tunnel", "no") not in ("no", "building_passage"))
    notes = []
    if left:
        listed = ", ".join(f"{k} {n}" for k, n in sorted(left.items()))
        notes.append(f"osm: left out {sum(left.values())} of {len(lines)} ways that are not open streets: {listed}")
    streets = Streets(
        points, np.array(kind, np.str_), np.array(title, np.str_), np.array(bridge, bool), np.array(tunnel, bool)
    )
    return streets, notes
