"""Coordinate reference systems: every instance lives in one projected system in metres."""

from __future__ import annotations

from typing import Any

import numpy as np

STRETCH = 0.02  # lengths may be off by this share; UTM and national grids stay below 0.1 % in their area
MARGIN = 2.0  # degrees; national grids are used a little beyond their official area


def projected_faults(crs: str, box: tuple[float, float, float, float]) -> list[str]:
    """What is wrong with ``crs`` for coordinates that fill ``box`` (min x, min y, max x, max y), in metres.

    Distances need a projected system in metres. Web Mercator is projected but stretches lengths by 8 to 30 %
    in mid latitudes, so it is refused, and so is any system that stretches them by more than 2 % where the
    coordinates are. A box outside the area of use means the numbers belong to another system.

    Returns
    -------
    list of str
        One sentence per fault, empty if the system fits.
    """
    faults = system_faults(crs)
    if faults:
        return faults
    import pyproj

    system = pyproj.CRS.from_user_input(crs)
    if not np.isfinite(box).all():
        return [f"crs {crs}: coordinates are missing or infinite"]
    found = f"coordinates x {box[0]:.8g} to {box[2]:.8g}, y {box[1]:.8g} to {box[3]:.8g}"
    if max(np.abs(box[::2])) <= 180 and max(np.abs(box[1::2])) <= 90:
        return [f"crs {crs}: {found} look like degrees; project them to {system.name} first"]
    lon, lat = _in_degrees(system, box)
    area = system.area_of_use
    inside = np.isfinite(lon).all() and np.isfinite(lat).all()
    if inside and area is not None:
        # An area that crosses the 180th meridian has its west east of its east.
        width = (area.east - area.west) % 360 or 360
        inside = bool(
            (np.abs((lon - area.west - width / 2 + 180) % 360 - 180) <= width / 2 + MARGIN).all()
            and (lat >= area.south - MARGIN).all()
            and (lat <= area.north + MARGIN).all()
        )
    if not inside:
        return [
            f"crs {crs}: {found} lie outside the area of use of {system.name}; "
            "the layer was probably recorded in another system"
        ]
    off = _stretch(system, lon, lat)
    if not off <= STRETCH:
        return [
            f"crs {crs}: {system.name} gets lengths wrong by {100 * off:.1f} % here; use UTM or a national grid instead"
        ]
    return []


def system_faults(crs: str) -> list[str]:
    """What is wrong with ``crs`` wherever it is used: unknown, or not projected in metres; empty if nothing is."""
    import pyproj

    try:
        system = pyproj.CRS.from_user_input(crs)
    except (pyproj.exceptions.CRSError, TypeError) as error:
        return [f"crs {crs!r}: not a known coordinate reference system ({error})"]
    return _kind_faults(crs, system)


def utm(lon: float, lat: float) -> str:
    """The UTM zone of a place in degrees (WGS 84)."""
    zone = int(np.clip(lon // 6 + 31, 1, 60))
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"


def _kind_faults(crs: str, system: Any) -> list[str]:
    """Geographic, Web Mercator under any of its names, or not in metres."""
    if system.is_geographic:
        return [f"crs {crs}: {system.name} is in degrees; distances need a projected system in metres, e.g. UTM"]
    if not system.is_projected:
        return [f"crs {crs}: {system.name} is not a projected system; use one in metres, e.g. UTM"]
    method = system.coordinate_operation.method_name if system.coordinate_operation is not None else ""
    if system.to_epsg() == 3857 or "Popular Visualisation" in method:
        return [f"crs {crs}: Web Mercator stretches lengths by up to 30 %; use UTM or a national grid"]
    unit = system.axis_info[0].unit_name if system.axis_info else "metre"
    if unit not in ("metre", "meter"):
        return [f"crs {crs}: coordinates are in {unit}, not metres"]
    return []


def _in_degrees(system: Any, box: tuple[float, float, float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude of the corners and the middle of the box."""
    import pyproj

    x = np.array([box[0], box[0], box[2], box[2], (box[0] + box[2]) / 2])
    y = np.array([box[1], box[3], box[1], box[3], (box[1] + box[3]) / 2])
    lon, lat = pyproj.Transformer.from_crs(system, "EPSG:4326", always_xy=True).transform(x, y)
    return np.asarray(lon), np.asarray(lat)


def _stretch(system: Any, lon: np.ndarray, lat: np.ndarray) -> float:
    """Largest relative error of a length in any direction, over some places."""
    import pyproj

    factors = pyproj.Proj(system).get_factors(lon, lat)
    longest, shortest = np.asarray(factors.tissot_semimajor), np.asarray(factors.tissot_semiminor)
    return float(max(np.max(longest - 1.0), np.max(1.0 - shortest)))
