"""From coordinates as a source has them to shapes in the city's reference system."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.layers.content import Content, Window, short
from instances.layers.datum import BOX, to_wgs84
from instances.layers.layer import Box, Flags, Frame

Shapes = NDArray[np.object_]
Say = Callable[[str], None]

SAME = 1.0  # m; two systems that agree this well are one
SHIFTED = ("gcj02", "bd09")
WORLD = 1e8  # m; no place on earth has larger coordinates, even with the number of a zone in front
FARTHEST = 0.02  # degrees, more than any shift of GCJ-02 or BD-09


def system_of(crs: str, fault: Say) -> Any:
    """A reference system by name or text; None and a fault where there is no such system."""
    import pyproj

    try:
        return pyproj.CRS.from_user_input(crs)
    except (pyproj.exceptions.CRSError, TypeError, ValueError) as error:
        fault(f"crs {crs[:80]!r} is not a known reference system ({short(error)[:80]})")
        return None


def window(frame: Frame, declared: str | None, datum: str | None, clip: bool) -> Window:
    """The box of the city in the system of a source, wide enough for its datum."""

    def box(crs: str | None) -> Box | None:
        import pyproj

        if frame.box is None or not clip or (crs or declared) is None:
            return None
        try:
            system = pyproj.CRS.from_user_input(crs or declared)
            to = pyproj.Transformer.from_crs(frame.crs, system, always_xy=True)
            west, south, east, north = to.transform_bounds(*frame.box, densify_pts=21)
        except (pyproj.exceptions.ProjError, TypeError, ValueError):
            return None  # told when the features are placed
        if not np.isfinite([west, south, east, north]).all() or west > east:
            return None
        pad = (FARTHEST if system.is_geographic else FARTHEST * 120_000.0) if datum in SHIFTED else 0.0
        return west - pad, south - pad, east + pad, north + pad

    return box


def agreed(content: Content, declared: str | None, fault: Say) -> Any:
    """The system of the coordinates: what the source says, or what the recipe declares; None after a fault."""
    if content.crs is None and declared is None:
        fault("has no reference system; say which it is (crs)")
        return None
    stated = system_of(content.crs, fault) if content.crs is not None else None
    wanted = system_of(declared, fault) if declared is not None else None
    if stated is None or wanted is None:
        return stated if declared is None else (wanted if content.crs is None else None)
    apart = _apart(stated, wanted, content.shape)
    if apart > SAME:
        far = f"{apart:.0f} m apart here" if np.isfinite(apart) else "which do not fit each other here"
        fault(
            f"says it is in {stated.name}, and the recipe says crs {declared} ({wanted.name}), {far}; "
            "leave crs out, or correct the file"
        )
        return None
    return stated


def solid(shape: Shapes, repair: bool, first: Callable[[Flags], str], fault: Say, note: Say) -> tuple[Shapes, Flags]:
    """Valid shapes, and which features to drop because they have none.

    Without ``repair``, features without a shape and outlines that cross themselves are faults.
    """
    import shapely

    absent = np.asarray(shapely.is_missing(shape) | shapely.is_empty(shape), bool)
    broken = ~absent & ~shapely.is_valid(shape)
    if not repair:
        if absent.any():
            fault(
                f"{absent.sum()} of {len(shape)} features have no place, first {first(absent)}; draw them, or drop "
                "them with repair: true"
            )
        if broken.any():
            why = shapely.is_valid_reason(shape[int(np.flatnonzero(broken)[0])])
            fault(
                f"{broken.sum()} of {len(shape)} shapes are invalid, first {first(broken)} ({why}); use 'Fix "
                "geometries' in QGIS, or repair: true"
            )
        return shape, np.zeros(len(shape), bool)
    if broken.any():
        shape = shape.copy()
        shape[broken] = _rebuilt(shape[broken])
        note(f"{broken.sum()} broken shapes were rebuilt, first {first(broken)}")
        absent |= np.asarray(shapely.is_missing(shape) | shapely.is_empty(shape), bool)
    return shape, absent


def project(shape: Shapes, system: Any, frame: Frame, datum: str | None, fault: Say) -> Shapes:
    """Shapes in the frame's system; rounded to a tenth of a millimetre, below which versions of PROJ differ."""
    import pyproj
    import shapely

    if system.is_geographic and len(shape):
        west, south, east, north = shapely.total_bounds(shape)
        if max(abs(west), abs(east)) > 360 or max(abs(south), abs(north)) > 90:
            fault(
                f"is in degrees ({system.name}), but its coordinates x {west:.8g} to {east:.8g}, y {south:.8g} to "
                f"{north:.8g} are not; say its crs"
            )
            return shape
    try:
        if datum in SHIFTED:
            shape = _unshifted(shape, system, str(datum))
            system = "EPSG:4326"
        to = pyproj.Transformer.from_crs(system, frame.crs, always_xy=True)
        found = shapely.transform(shape, lambda x, y: np.round(to.transform(x, y), 4), interleaved=False)
    except pyproj.exceptions.ProjError as error:
        fault(f"cannot be expressed in {frame.crs} ({short(error)})")
        return shape
    shape = np.asarray(found, dtype=object)
    if not (np.abs(shapely.get_coordinates(shape)) < WORLD).all():  # nor NaN
        fault(f"lies where {frame.crs} does not reach; check its crs")
        return shape
    # Rounding can make a sliver touch itself; what was valid stays so.
    crossed = ~shapely.is_valid(shape)
    if crossed.any():
        shape[crossed] = _rebuilt(shape[crossed])
    return shape


def datum_fault(shape: Shapes, system: Any, datum: str | None) -> str | None:
    """Why longitudes and latitudes within China's bounding box cannot be used without a word about their datum."""
    import shapely

    if datum is not None or not system.is_geographic or not len(shape):
        return None
    west, south, east, north = BOX
    bounds = shapely.bounds(shape)
    inside = (bounds[:, 0] >= west) & (bounds[:, 2] <= east) & (bounds[:, 1] >= south) & (bounds[:, 3] <= north)
    if not inside.any():
        return None
    return (
        f"{inside.sum()} features lie within China's bounding box in degrees, where maps are often shifted by hundreds "
        "of metres; say datum: wgs84 if it is, else gcj02 (Amap, Tencent), bd09 (Baidu) or cgcs2000"
    )


def meets(shape: Shapes, box: Box) -> Flags:
    """Which shapes have a point in common with the box."""
    import shapely

    area = shapely.box(*box)
    shapely.prepare(area)
    return np.asarray(shapely.intersects(area, shape), bool)


def _unshifted(shape: Shapes, system: Any, datum: str) -> Shapes:
    """In WGS84 degrees; projected coordinates are first taken back to the shifted degrees they were made from."""
    import pyproj
    import shapely

    back = pyproj.Transformer.from_crs(system, "EPSG:4326", always_xy=True)
    return np.asarray(
        shapely.transform(shape, lambda x, y: to_wgs84(*back.transform(x, y), datum), interleaved=False), dtype=object
    )


def _rebuilt(shape: Shapes) -> Shapes:
    """Valid shapes of the same dimension: of an outline that crosses itself, the areas and not the stray lines."""
    import shapely

    made = shapely.make_valid(shape)
    for k, (before, after) in enumerate(zip(shape, made, strict=True)):
        dimension = shapely.get_dimensions(before)
        if after.geom_type == "GeometryCollection":
            parts = [p for p in shapely.get_parts(after) if shapely.get_dimensions(p) == dimension]
            made[k] = shapely.union_all(parts) if parts else None
        elif shapely.get_dimensions(after) < dimension:
            made[k] = None  # an outline without area is none
    return np.asarray(made, dtype=object)


def _apart(one: Any, other: Any, shape: Shapes) -> float:
    """Metres between the places that two systems give to the same numbers, at the corners of the shapes; 0 if equal."""
    import pyproj
    import shapely

    if one.equals(other, ignore_axis_order=True) or not len(shape):
        return 0.0
    west, south, east, north = shapely.total_bounds(shape)
    x, y = np.array([west, east, west, east]), np.array([south, south, north, north])
    if not np.isfinite(x).all() or not np.isfinite(y).all():
        return 0.0
    try:
        places = [pyproj.Transformer.from_crs(s, "EPSG:4326", always_xy=True).transform(x, y) for s in (one, other)]
    except pyproj.exceptions.ProjError:
        return float("inf")
    if not np.isfinite(places).all():
        return float("inf")
    distance = pyproj.Geod(ellps="WGS84").inv(*places[0], *places[1])[2]
    return float(np.max(distance))
