"""What lies on the map whatever is decided: roads, borders of districts, and what hazards do to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from solver.explorer.content import Backdrop, Ints, Layer, Overlay, Shapes
from solver.explorer.naming import both

if TYPE_CHECKING:
    from instances.instance import Instance

FINE = 6000
"""Lines are thinned by at most the width of the map over this, which no screen shows."""


def backdrops(instance: Instance) -> tuple[Backdrop, ...]:
    """Roads, the main ones with rank 0, and borders of districts, the coarsest with rank 0."""
    return (*_roads(instance), *_units(instance))


def overlays(instance: Instance, layers: tuple[Layer, ...], grounds: tuple[Backdrop, ...]) -> tuple[Overlay, ...]:
    """What each scenario does to roads, sites and land; nothing where it does nothing."""
    names = {*(layer.name for layer in layers), *(ground.name for ground in grounds)}
    found = [*_on_roads(instance), *_on_sites(instance, layers), *_on_land(instance)]
    return tuple(o for o in found if o.on in names and o.values.any())


def take(shapes: Shapes, features: Ints) -> Shapes:
    """Shapes of some features, rising, numbered anew in their order."""
    part = np.flatnonzero(np.isin(shapes.owner, features))
    owner = np.searchsorted(features, shapes.owner[part])
    count = np.diff(shapes.start)[part]
    kept = np.isin(np.repeat(np.arange(len(shapes.owner)), np.diff(shapes.start)), part)
    start = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    return Shapes(shapes.kind, owner.astype(np.int64), start, shapes.xy[kept])


def road_lines(instance: Instance) -> Shapes:
    """One line for every link, thinned."""
    import shapely

    roads = instance.roads
    assert roads is not None
    points = [roads.line(k) for k in range(roads.link.size)]
    count = np.array([len(p) for p in points])
    lines = shapely.linestrings(np.concatenate(points), indices=np.repeat(np.arange(len(points)), count))
    lines = shapely.simplify(lines, tolerance(instance), preserve_topology=False)
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    sizes = np.bincount(owner, minlength=len(points))
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return Shapes("line", np.arange(len(points), dtype=np.int64), start, xy)


def tolerance(instance: Instance) -> float:
    """By how much lines are thinned at most: a metre on the map of a city, less where distances are abstract."""
    places = [p for p in (instance.sites, instance.demand, instance.roads) if p is not None]
    x, y = (np.concatenate([getattr(p, axis) for p in places]) for axis in "xy")
    wide = max(float(np.ptp(x)), float(np.ptp(y))) / FINE if len(x) else 0.0
    return max(1.0, wide) if instance.about.crs else wide


def zone_titles(instance: Instance, sites: Ints) -> tuple[str, ...]:
    """District of each site by its title; nothing where sites have none."""
    zone = instance.sites.zone
    if zone is None:
        return ()
    labels = zone.target.labels()
    if instance.zones is not None and instance.zones.zone is zone.target:
        labels = [str(t) or label for t, label in zip(instance.zones.title.tolist(), labels, strict=True)]
    return tuple(labels[int(k)] for k in zone.position[sites])


def _roads(instance: Instance) -> Iterator[Backdrop]:
    from solver.page.packing import road_class

    if instance.roads is not None and instance.roads.link.size:
        rank = road_class(instance.roads.kind).astype(np.int64)
        yield Backdrop("roads", both("roads"), road_lines(instance), rank)


def _units(instance: Instance) -> Iterator[Backdrop]:
    from solver.page.packing import unit_shapes, unpack

    units = instance.units
    if units is None or units.ring_unit is None or units.ring_xy is None or not len(units.ring_unit):
        return
    corner = np.floor(units.ring_xy.min(axis=0))
    told = unit_shapes(units, (float(corner[0]), float(corner[1])), tolerance(instance))
    count, level = unpack(told["count"]), unpack(told["level"])
    xy = np.column_stack([unpack(told["x"]), unpack(told["y"])]) + corner
    n = np.arange(len(count), dtype=np.int64)
    shapes = Shapes("line", n, np.concatenate([[0], np.cumsum(count)]).astype(np.int64), xy.astype(float))
    yield Backdrop("units", both("units"), shapes, level.astype(np.int64))


def _on_roads(instance: Instance) -> Iterator[Overlay]:
    if instance.damage is not None:
        yield Overlay("cut", both("cut"), "roads", _octets(instance.damage.cut.T))


def _on_sites(instance: Instance, layers: tuple[Layer, ...]) -> Iterator[Overlay]:
    layer = next((layer for layer in layers if layer.name == "sites"), None)
    if instance.effects is not None and layer is not None:
        at = [instance.sites.site.position(label) for label in layer.ids]
        yield Overlay("unusable", both("unusable"), "sites", _octets(1.0 - instance.effects.usable[at].T))


def _on_land(instance: Instance) -> Iterator[Overlay]:
    land = instance.land
    if land is None:
        return
    yield Overlay("damage", both("damage"), "land", _octets(land.damage.T))
    yield Overlay("displaced", both("displaced"), "land", _octets(land.displaced.T))
    yield Overlay("blocked", both("blocked"), "land", _octets(1.0 - land.usable.T))


def _octets(shares: np.ndarray) -> np.ndarray:
    """Shares from 0 to 1 in 255 steps; what is more than nothing is at least one step."""
    steps = np.rint(255 * np.asarray(shares, float))
    return np.where(np.asarray(shares) > 0, np.maximum(steps, 1), 0).astype(np.uint8)
