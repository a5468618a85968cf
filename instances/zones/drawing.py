"""The step of a recipe that draws zones: nested units with neighbours, and which of them carry promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from instances.index import Index, Map
from instances.layers.osm import Extract
from instances.outlines import rings_of
from instances.places import Zones
from instances.schema import InstanceError
from instances.units import Units
from instances.zones.borders import borders
from instances.zones.nesting import overlaps, parents
from instances.zones.outlines import Outlines, cells, drawn, squares
from instances.zones.quarters import Quarters, quarters

if TYPE_CHECKING:
    from instances.accounts import Ledger
    from instances.layers.grid import Grid
    from instances.layers.layer import Box, Frame, Layer
    from instances.zones.rule import Level, ZonesRule

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.str_]

WHAT = "The zones cannot be drawn"
MARGIN = 1.0  # metres around the outermost people where nothing else says how far the land goes


@dataclass(frozen=True, eq=False)
class Zoned:
    """Zones, and the units of land they are some of.

    Attributes
    ----------
    units
        None where zones have no outlines (quarters by nearest seed).
    of_demand
        Zone of each demand point that the zones were drawn for, as positions.
    unit
        The unit that each zone is.
    """

    zones: Zones
    of_demand: Ints
    units: Units | None = None
    unit: Map | None = None
    shape: NDArray[np.object_] | None = None  # outline of each zone
    quarters: Quarters | None = None

    def of(self, x: Floats, y: Floats) -> Ints:
        """Zone of each place, as positions; on a shared border the first, outside every zone the nearest."""
        if self.shape is None:
            assert self.quarters is not None
            return self.quarters.of(x, y)
        return _inside(self.shape, x, y)[0]

    def outside(self, x: Floats, y: Floats) -> Flags:
        """Places outside the outline of every zone."""
        return np.zeros(len(x), bool) if self.shape is None else ~_inside(self.shape, x, y)[1]


def draw_zones(
    rule: ZonesRule | None,
    layers: Mapping[str, Layer | Grid | Extract],
    x: Floats,
    y: Floats,
    own: Texts | None,
    frame: Frame,
    ledger: Ledger,
    sites: tuple[Floats, Floats] | None = None,
) -> Zoned:
    """Units of every level and the zones that people and sites lie in.

    Without a rule, zones are the people's own column ``own``, else quarters named on a map, else compass directions.

    Parameters
    ----------
    x, y
        Demand points.
    sites
        Eastings and northings of sites; a unit with a site and no people is a zone, too.

    Raises
    ------
    InstanceError
        If a layer or column is missing, a unit has no key, or a level is empty.
    """
    if rule is None:
        maps = [layer for layer in layers.values() if isinstance(layer, Extract)]
        made = quarters(maps[0].points if maps else None, x, y, own)
        ledger.note(f"zones: {len(made.zones.zone)} quarters, each place in that of the nearest seed")
        at = made.of_seed if own is not None else made.of(x, y)
        return Zoned(made.zones, at, quarters=made)
    if own is not None:
        ledger.note("zones: drawn by the rule; the zone column of the people is not used")
    levels = _levels(rule, layers, x, y, frame, ledger)
    units, first = _units(levels, rule, ledger)
    names = [one.level for one in levels]
    chosen = names.index(rule.promise) if rule.promise is not None else len(levels) - 1
    level = levels[chosen]
    where, within = _inside(level.shape, x, y)
    if not within.all():
        far = shapely.distance(shapely.points(x, y)[~within], level.shape[where[~within]]).max()
        ledger.note(
            f"zones: {(~within).sum()} of {len(x)} demand points lie outside every {level.level} and count to the "
            f"nearest, up to {far:.0f} m away"
        )
    used = np.zeros(len(level.key), bool)
    used[where] = True
    if sites is not None:
        used[_inside(level.shape, *sites)[0]] = True
    at = np.flatnonzero(used)
    ledger.read(f"units of level {level.level}", len(level.key))
    ledger.drop(f"units of level {level.level}", "neither people nor sites: no zone", level.key[~used].tolist())
    zone = Index.named("zone", level.key[at].tolist())
    number = np.cumsum(used) - 1
    return Zoned(
        Zones(zone, title=level.title[at]),
        number[where].astype(np.intp),
        units,
        Map(zone, units.unit, first[chosen] + at),
        level.shape[at],
    )


def _levels(
    rule: ZonesRule, layers: Mapping[str, Layer | Grid | Extract], x: Floats, y: Floats, frame: Frame, ledger: Ledger
) -> list[Outlines]:
    """Outlines of every level, coarse to fine."""
    faults: list[str] = []
    made: list[Outlines] = []
    for level in rule.levels:
        found = _level(level, layers, made[-1] if made else None, _box(x, y, frame, made), frame, ledger, faults)
        if found is None:
            continue
        overlaps(found, ledger)
        made.append(found)
    if faults:
        raise InstanceError(WHAT, list(dict.fromkeys(faults)))
    return made


def _level(
    level: Level,
    layers: Mapping[str, Layer | Grid | Extract],
    above: Outlines | None,
    box: Box,
    frame: Frame,
    ledger: Ledger,
    faults: list[str],
) -> Outlines | None:
    from instances.zones.rule import OutlineLevel, SquareLevel

    if isinstance(level, OutlineLevel):
        return drawn(level, layers, frame, ledger, faults)
    if isinstance(level, SquareLevel):
        return squares(level, box, above, frame, faults)
    return cells(level, layers, box, above, ledger, faults)


def _box(x: Floats, y: Floats, frame: Frame, made: Sequence[Outlines]) -> Box:
    """How far the land goes: the extent, else the level above, else the people."""
    if frame.box is not None:
        return frame.box
    if made:
        west, south, east, north = shapely.total_bounds(made[-1].shape)
    else:
        west, south, east, north = x.min() - MARGIN, y.min() - MARGIN, x.max() + MARGIN, y.max() + MARGIN
    return float(west), float(south), float(east), float(north)


def _units(levels: list[Outlines], rule: ZonesRule, ledger: Ledger) -> tuple[Units, list[int]]:
    """The part of the instance, and where each level begins in it."""
    first = np.concatenate([[0], np.cumsum([len(one.key) for one in levels])]).tolist()
    labels = [f"{one.level} {key}" for one in levels for key in one.key.tolist()]
    unit = Index.named("unit", labels)
    within = [np.arange(first[1])]
    left, right, shared = [], [], []
    for k, one in enumerate(levels):
        if k:
            within.append(first[k - 1] + parents(one, levels[k - 1], rule.straddle, ledger))
        found = borders(one.shape, rule.snap)
        left.append(first[k] + found.left)
        right.append(first[k] + found.right)
        shared.append(found.metres)
        alone = np.setdiff1d(np.arange(len(one.key)), np.concatenate([found.left, found.right]))
        ledger.note(
            f"zones: level {one.level} has {len(one.key)} units and {len(found.left)} shared borders, "
            f"{found.metres.sum() / 1000.0:.1f} km; {len(alone)} units have no neighbour"
            + (f": {', '.join(one.key[alone[:5]].tolist())}" if len(alone) else "")
        )
    shape = np.concatenate([one.shape for one in levels])
    inner = shapely.get_coordinates(shapely.point_on_surface(shape))
    rings, of_ring = rings_of(shape)
    border = Index.tuples("border", unit=(unit, np.concatenate(left)), neighbour=(unit, np.concatenate(right)))
    units = Units(
        unit=unit,
        border=border,
        level=np.concatenate([np.full(len(one.key), one.level) for one in levels]),
        x=inner[:, 0],
        y=inner[:, 1],
        area=shapely.area(shape),
        title=np.concatenate([one.title for one in levels]),
        shared=np.concatenate(shared),
        within=Map(unit, unit, np.concatenate(within)),
        ring_unit=of_ring,
        ring_start=rings.start,
        ring_xy=rings.xy,
    )
    return units, first


def _inside(shape: NDArray[Any], x: Floats, y: Floats) -> tuple[Ints, Flags]:
    """The first outline that each place lies in, else the nearest; and whether it lies in one."""
    tree = shapely.STRtree(shape)
    places = shapely.points(x, y)
    place, unit = tree.query(places, predicate="intersects")
    found = np.full(len(places), len(shape), np.intp)
    np.minimum.at(found, place, unit)
    within = found < len(shape)
    out = np.flatnonzero(~within)
    if len(out):
        (place, unit) = tree.query_nearest(places[out], all_matches=True)
        np.minimum.at(found, out[place], unit)
    return found, within
