"""Chinese map datums: GCJ-02 and BD-09 forward and back, for arrays.

Maps and points of interest published in mainland China are shifted on purpose: Amap, Tencent and Google's maps of China
use GCJ-02, Baidu uses BD-09 on top of it, and both are usually labelled as WGS84. The shift is 18 to 700 m, and up to
1.4 km for BD-09, so a building lands on the wrong side of a street, or in a wrong cell of a raster.

The formulas are not published by the authorities; they are those that open implementations agree on
(https://github.com/googollee/eviltransform). The way back has no formula: it is found by fixed-point iteration, each
step of which shrinks the error about 150 times, because the shift changes slowly from place to place.

Outside the rectangle :data:`BOX` nothing is shifted. Hong Kong, Macau and Taiwan lie inside the rectangle, and their
own maps are as a rule not shifted: declare layers of these places ``wgs84``. CGCS2000 differs from WGS84 by
centimetres to decimetres and is taken to be the same. Beijing 1954 and Xi'an 1980 are not offered: their parameters are
regional and not public.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from instances.schema import InstanceError

Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]

DATUMS = ("wgs84", "cgcs2000", "gcj02", "bd09")
BOX = (72.004, 0.8293, 137.8347, 55.8271)  # west, south, east, north; where the published formulas apply

AXIS = 6378245.0  # m, the ellipsoid of Krasovsky, which the formulas use
ECCENTRICITY2 = 0.00669342162296594323
WAVE = np.pi * 3000.0 / 180.0  # of BD-09
ROUNDS = 12  # of the way back; four suffice for a micrometre


def to_wgs84(lon: ArrayLike, lat: ArrayLike, datum: str) -> Pair:
    """Longitude and latitude in WGS84, degrees, of places given in ``datum``.

    Parameters
    ----------
    lon, lat
        Degrees, of one shape. NaN stays NaN.
    datum
        One of :data:`DATUMS`.

    Raises
    ------
    InstanceError
        If the datum is unknown.
    """
    x, y = _degrees(lon, lat)
    if not _shifted(datum):
        return x, y
    west, south = x.copy(), y.copy()
    for _ in range(ROUNDS):
        far_x, far_y = _forward(west, south, datum)
        step_x, step_y = x - far_x, y - far_y
        west += step_x
        south += step_y
        if not np.nanmax(np.abs([step_x, step_y]), initial=0.0) > 1e-13:
            break
    inside = _inside(west, south, margin=1e-9)  # a place on the border comes back with rounding
    return np.where(inside, west, x), np.where(inside, south, y)


def from_wgs84(lon: ArrayLike, lat: ArrayLike, datum: str) -> Pair:
    """Longitude and latitude in ``datum``, degrees, of places given in WGS84; see :func:`to_wgs84`."""
    x, y = _degrees(lon, lat)
    if not _shifted(datum):
        return x, y
    far_x, far_y = _forward(x, y, datum)
    inside = _inside(x, y)
    return np.where(inside, far_x, x), np.where(inside, far_y, y)


def shapes_to_wgs84(shapes: NDArray[Any], datum: str) -> NDArray[np.object_]:
    """Shapely geometries in longitude and latitude, moved vertex by vertex from ``datum`` to WGS84."""
    import shapely

    def move(xy: Floats) -> Floats:
        return np.column_stack(to_wgs84(xy[:, 0], xy[:, 1], datum))

    return np.asarray(shapely.transform(shapes, move), dtype=object)


def _shifted(datum: str) -> bool:
    if datum not in DATUMS:
        raise InstanceError("datum", [f"{datum!r} is unknown; use one of {', '.join(DATUMS)}"])
    return datum in ("gcj02", "bd09")


def _degrees(lon: ArrayLike, lat: ArrayLike) -> Pair:
    return np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)


def _inside(lon: Floats, lat: Floats, margin: float = 0.0) -> NDArray[np.bool_]:
    west, south, east, north = BOX
    across = (lon >= west - margin) & (lon <= east + margin)
    return np.asarray(across & (lat >= south - margin) & (lat <= north + margin))


def _forward(lon: Floats, lat: Floats, datum: str) -> Pair:
    """The shift as a smooth function, wherever the place lies."""
    far = _gcj02(lon, lat)
    return _bd09(*far) if datum == "bd09" else far


def _gcj02(lon: Floats, lat: Floats) -> Pair:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    ripple = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (ripple + 20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi / 3.0 * x)) * 2.0 / 3.0
    east += (150.0 * np.sin(np.pi / 12.0 * x) + 300.0 * np.sin(np.pi / 30.0 * x)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (ripple + 20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi / 3.0 * y)) * 2.0 / 3.0
    north += (160.0 * np.sin(np.pi / 12.0 * y) + 320.0 * np.sin(np.pi / 30.0 * y)) * 2.0 / 3.0
    angle = np.radians(lat)
    bulge = 1.0 - ECCENTRICITY2 * np.sin(angle) ** 2
    along = AXIS / np.sqrt(bulge) * np.cos(angle)  # metres a radian of longitude
    up = AXIS * (1.0 - ECCENTRICITY2) / bulge**1.5  # metres a radian of latitude
    return lon + np.degrees(east / along), lat + np.degrees(north / up)


def _bd09(lon: Floats, lat: Floats) -> Pair:
    reach = np.hypot(lon, lat) + 0.00002 * np.sin(lat * WAVE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * WAVE)
    return reach * np.cos(angle) + 0.0065, reach * np.sin(angle) + 0.006
