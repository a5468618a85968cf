"""Parcels of a generated town: cells of scattered points, cut off by the town's outline and by a river."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from instances.hazards.fields import correlated_field
from instances.zones.borders import Borders, borders

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.intp]
Shapes = NDArray[Any]

PARCEL = 10_000.0  # m2, mean area
CROWDED = 0.62  # exponent on the share of the radius: 0.5 spreads parcels evenly, more makes them smaller in the middle
ROUNDS = 2  # of moving each point to the middle of its cell
REACH = 90.0  # m of river in one parcel of water, times the root of parcels / 100
SNAP = 0.01  # m


@dataclass(frozen=True, eq=False)
class Ground:
    """Parcels and what lies near them; metres around the middle of the town (0, 0).

    Attributes
    ----------
    shape, xy, area
        Outline, a point inside, and area of each parcel.
    borders
        Neighbours and the length of the border they share.
    edge
        Distance from the middle as a share of the way to the outline.
    river
        The parcel is part of the river.
    shore, height
        Metres to the river, and metres above its normal level.
    radius
        Mean radius of the town.
    """

    shape: Shapes
    xy: Floats
    area: Floats
    borders: Borders
    edge: Floats
    river: Flags
    shore: Floats
    height: Floats
    radius: float

    def toward(self, bearing: float) -> Floats:
        """Angle between the direction to each parcel and a direction from the middle, in radians from 0 to pi."""
        turn = np.arctan2(self.xy[:, 1], self.xy[:, 0]) - bearing
        angle: Floats = np.abs((turn + np.pi) % (2 * np.pi) - np.pi)
        return angle


def lay_parcels(parcels: int, rng: np.random.Generator) -> Ground:
    """Divide a town into so many parcels, a few of them water."""
    radius = float(np.sqrt(parcels * PARCEL / np.pi))
    wobble = np.column_stack([[0.06, 0.04, 0.03], rng.uniform(0, 2 * np.pi, 3)])
    turn = np.linspace(0, 2 * np.pi, 181)[:-1]
    rim = radius * _outline(turn, wobble)
    town = shapely.Polygon(np.column_stack([rim * np.cos(turn), rim * np.sin(turn)]))
    line = _river(radius, rng)
    width = float(np.clip(0.035 * radius, 20.0, 120.0))
    water = shapely.intersection(shapely.buffer(line, width / 2.0), town)
    every = REACH * np.sqrt(parcels / 100.0)
    along = np.arange(every / 2.0, shapely.length(line), every)
    wet = shapely.get_coordinates(shapely.line_interpolate_point(line, along))
    wet = wet[shapely.contains_xy(water, *wet.T)]
    dry = _scattered(parcels - len(wet), radius, wobble, shapely.difference(town, water), rng)
    shape, at = _drawn(town, water, dry, wet)
    xy = shapely.get_coordinates(shapely.point_on_surface(shape))
    shore = np.maximum(shapely.distance(shapely.points(xy), line) - width / 2.0, 0.0)
    river = at >= len(dry)
    rolling = correlated_field(xy, 0.6 * radius, 1, rng)[0]
    height = np.where(river, 0.0, np.maximum(0.6 + 9.0 * shore / radius + 0.5 * rolling, 0.2))
    edge = np.hypot(*xy.T) / (radius * _outline(np.arctan2(xy[:, 1], xy[:, 0]), wobble))
    return Ground(shape, xy, shapely.area(shape), borders(shape, SNAP), edge, river, shore, height, radius)


def _outline(turn: Floats, wobble: Floats) -> Floats:
    reach = np.ones(np.shape(turn))
    for k, (size, phase) in enumerate(wobble, start=2):
        reach += size * np.sin(k * turn + phase)
    return reach


def _river(radius: float, rng: np.random.Generator) -> Any:
    """A river that meanders past the middle."""
    along = np.linspace(-1.4, 1.4, 120) * radius
    phase = rng.uniform(0, 2 * np.pi)
    aside = 0.12 * radius * np.sin(2 * np.pi * along / (1.3 * radius) + phase)
    aside += rng.choice([-1.0, 1.0]) * rng.uniform(0.2, 0.3) * radius - aside[len(along) // 2]
    turn = rng.uniform(0, np.pi)
    return shapely.LineString(
        np.column_stack([along * np.cos(turn) - aside * np.sin(turn), along * np.sin(turn) + aside * np.cos(turn)])
    )


def _scattered(count: int, radius: float, wobble: Floats, dry: Any, rng: np.random.Generator) -> Floats:
    """Points on dry land, closer together in the middle, each moved towards the middle of its cell."""
    shapely.prepare(dry)
    at = np.zeros((0, 2))
    while len(at) < count:
        turn = rng.uniform(0, 2 * np.pi, count)
        far = 0.98 * radius * _outline(turn, wobble) * rng.uniform(0, 1, count) ** CROWDED
        more = np.column_stack([far * np.cos(turn), far * np.sin(turn)])
        at = np.concatenate([at, more[shapely.contains_xy(dry, *more.T)]])[:count]
    for _ in range(ROUNDS):
        cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(at), extend_to=dry))
        point, cell = shapely.STRtree(cells).query(shapely.points(at), predicate="intersects")
        middle = at.copy()
        middle[point] = shapely.get_coordinates(shapely.centroid(shapely.intersection(cells[cell], dry)))
        at = np.where(shapely.contains_xy(dry, *middle.T)[:, None], middle, at)
    return at


def _drawn(town: Any, water: Any, dry: Floats, wet: Floats) -> tuple[Shapes, Ints]:
    """One parcel around each point: what is nearest to it on its side of the shore, in one piece.

    All lines are drawn and cut at each other first, so that neighbours share their corners to the last bit. A piece
    that the river has cut off from its point joins the neighbour it borders most.

    Returns
    -------
    shapes, positions of their points among ``dry`` and then ``wet``
    """
    land = shapely.difference(town, water)
    lines = [shapely.boundary(town), shapely.boundary(water)]
    for at, ground in ((dry, land), (wet, water)):
        if len(at) > 1:
            edges = shapely.voronoi_polygons(shapely.multipoints(at), extend_to=town, only_edges=True)
            lines.append(shapely.intersection(edges, ground))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(lines, grid_size=SNAP))))
    inner = shapely.get_coordinates(shapely.point_on_surface(faces))
    faces, inner = faces[shapely.contains_xy(town, *inner.T)], inner[shapely.contains_xy(town, *inner.T)]
    swims = shapely.contains_xy(water, *inner.T)
    owner = np.full(len(faces), -1)
    point, face = shapely.STRtree(faces).query(shapely.points(np.concatenate([dry, wet])), predicate="intersects")
    fits = swims[face] == (point >= len(dry))
    owner[face[fits]] = point[fits]
    _join(faces, owner, swims)
    order = np.argsort(owner, kind="stable")
    at, first = np.unique(owner[order], return_index=True)
    pieces = np.split(faces[order], first[1:])
    return np.array([p[0] if len(p) == 1 else shapely.union_all(p) for p in pieces]), at.astype(np.intp)


def _join(faces: Shapes, owner: Ints, swims: Flags) -> None:
    """Give pieces without an owner to the neighbour they border most, on their side of the shore if there is one."""
    found = borders(faces, SNAP / 10)
    for alike in (True, False):
        while (owner < 0).any():
            ends = np.concatenate(
                [np.column_stack([found.left, found.right]), np.column_stack([found.right, found.left])]
            )
            metres = np.tile(found.metres, 2)
            loose, near = ends.T
            fits = (owner[loose] < 0) & (owner[near] >= 0) & ((swims[loose] == swims[near]) | (not alike))
            if not fits.any():
                break
            order = np.argsort(metres[fits], kind="stable")
            owner[loose[fits][order]] = owner[near[fits][order]]  # the longest border comes last and stays
