"""Whole numbers and road shapes, packed small enough to travel inside a page."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from instances.network import Roads
from instances.units import Units

# Road classes by what roads are called in OpenStreetMap and in the ready cases; any other is a local street.
MAIN = ("motorway", "trunk", "primary", "highway", "ring", "radial", "avenue")
STREET = ("secondary", "tertiary", "collector")
PATH = ("footway", "path", "steps", "cycleway", "pedestrian", "trail", "track", "service", "bridleway")

HUNDREDTH = 100  # outlines of neighbours are held against each other to the centimetre


def pack(values: ArrayLike) -> str:
    """Base64 of the differences between neighbours, zigzag-coded, seven bits a byte, low bits first.

    Sorted or slowly changing numbers take one or two bytes each. The page holds the reverse (``unpack``).
    """
    numbers = np.asarray(values, np.int64).ravel()
    step = np.diff(numbers, prepend=np.int64(0))
    code = ((step << 1) ^ (step >> 63)).astype(np.uint64)
    shifts = np.arange(0, 63, 7, dtype=np.uint64)
    groups = (code[:, None] >> shifts).astype(np.uint64)
    used = groups > 0
    used[:, 0] = True
    more = np.zeros_like(used)
    more[:, :-1] = used[:, 1:]
    octets = (groups & np.uint64(127)).astype(np.uint8) | (more.astype(np.uint8) << 7)
    return base64.b64encode(octets[used].tobytes()).decode("ascii")


def unpack(text: str) -> np.ndarray:
    """What :func:`pack` was given."""
    octets = np.frombuffer(base64.b64decode(text), np.uint8)
    if not octets.size:
        return np.zeros(0, np.int64)
    last = np.flatnonzero(octets < 128)
    first = np.concatenate([[0], last[:-1] + 1])
    place = np.arange(octets.size) - np.repeat(first, last - first + 1)
    code = np.add.reduceat((octets & 127).astype(np.uint64) << (7 * place).astype(np.uint64), first)
    step = (code >> np.uint64(1)).astype(np.int64) ^ -(code & np.uint64(1)).astype(np.int64)
    return np.cumsum(step)


def road_class(kind: np.ndarray) -> np.ndarray:
    """0 for main roads, 1 for streets of a quarter, 2 for local streets and all else, 3 for paths."""
    stem = np.array([str(k).removesuffix("_link").lower() for k in kind.tolist()], dtype=np.str_)
    return np.select([np.isin(stem, MAIN), np.isin(stem, STREET), np.isin(stem, PATH)], [0, 1, 3], 2)


def road_shapes(roads: Roads, corner: tuple[float, float], tolerance: float) -> dict[str, Any]:
    """Every link as whole metres east and north of ``corner``, its shape thinned by at most ``tolerance`` metres."""
    import shapely

    links = range(roads.link.size)
    points = [roads.line(k) for k in links]
    count = np.array([len(p) for p in points])
    lines = shapely.linestrings(np.concatenate(points), indices=np.repeat(np.arange(len(points)), count))
    lines = shapely.simplify(lines, tolerance, preserve_topology=False)
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    whole = np.rint(xy - np.array(corner)).astype(np.int64)
    return {
        "count": pack(np.bincount(owner, minlength=len(points))),
        "x": pack(whole[:, 0]),
        "y": pack(whole[:, 1]),
        "class": pack(road_class(roads.kind)),
        "tolerance": tolerance,
    }


def unit_shapes(units: Units, corner: tuple[float, float], tolerance: float) -> dict[str, Any]:
    """Outlines of all units as whole metres east and north of ``corner``, each border once, with their names.

    A border of two units of one level is one line where both have the same points on it, and is thinned as one, so
    that no gap opens.
    """
    import shapely

    levels = list(dict.fromkeys(units.level.tolist()))
    owner, sides = _sides(units)
    count, kind, x, y = [], [], [], []
    for k, level in enumerate(levels):
        mine = np.unique(sides[units.level[owner] == level], axis=0).reshape(-1, 2, 2) / HUNDREDTH
        merged = shapely.line_merge(shapely.multilinestrings(shapely.linestrings(mine)))
        lines = shapely.simplify(shapely.get_parts(merged), tolerance)
        xy, line = shapely.get_coordinates(lines, return_index=True)
        whole = np.rint(xy - np.array(corner)).astype(np.int64)
        count += np.bincount(line, minlength=len(lines)).tolist()
        kind += [k] * len(lines)
        x.append(whole[:, 0])
        y.append(whole[:, 1])
    return {
        "levels": levels,
        "count": pack(count),
        "level": pack(kind),
        "x": pack(np.concatenate(x) if x else []),
        "y": pack(np.concatenate(y) if y else []),
        "names": units.title.tolist(),
        "of": pack([levels.index(level) for level in units.level.tolist()]),
        "at_x": pack(np.rint(units.x - corner[0])),
        "at_y": pack(np.rint(units.y - corner[1])),
        "wide": pack(np.rint(np.sqrt(units.area))),
    }


def _sides(units: Units) -> tuple[np.ndarray, np.ndarray]:
    """Sides of all outlines: their unit, and both ends in hundredths of a metre and one order, shape (sides, 4)."""
    if units.ring_unit is None or units.ring_start is None or units.ring_xy is None:
        raise ValueError("The units have no outlines.")
    owner = np.repeat(units.ring_unit, np.diff(units.ring_start))
    points = np.rint(units.ring_xy * HUNDREDTH).astype(np.int64)
    first = np.setdiff1d(np.arange(len(points)), units.ring_start[1:] - 1)
    a, b = points[first], points[first + 1]
    turned = (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1]))
    ends = np.where(turned[:, None], np.hstack([b, a]), np.hstack([a, b]))
    some = (a != b).any(axis=1)
    return owner[first][some], ends[some]
