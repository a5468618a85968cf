"""Streets from the ways of OpenStreetMap: class, direction, speed, and who may use them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from instances.layers.osm import CLOSED, Extract, Features
from instances.schema import InstanceError
from instances.streets.drawn import Drawn, book, classed, drop_unknown, outside, turned
from instances.streets.graph import Streets
from instances.streets.speeds import directions, speeds

if TYPE_CHECKING:
    from instances.accounts import Ledger
    from instances.layers.layer import Box
    from instances.streets.rule import MapSource, RoadsRule

Texts = NDArray[np.str_]
Flags = NDArray[np.bool_]

OPEN = ("yes", "permissive", "designated", "official", "destination")
ROUND = ("roundabout", "circular")  # one-way by https://wiki.openstreetmap.org/wiki/Tag:junction=roundabout
WHEELS = ("motor_vehicle", "motorcar", "vehicle", "access")  # the first that is given decides
FEET = ("foot", "access")


def map_streets(extract: Extract, source: MapSource, rule: RoadsRule, box: Box | None, ledger: Ledger) -> Drawn:
    """Every way tagged highway that the rule has a class for and that is open to somebody.

    Raises
    ------
    InstanceError
        If the extract was read without its ways.
    """
    ways = extract.ways
    if ways is None:
        raise InstanceError("The roads cannot be laid", [f"layer {source.osm}: read without the tags of its ways"])
    layer = source.osm
    ids = np.array([t.get("osm_id") or t.get("osm_way_id") or str(k) for k, t in enumerate(ways.tags)], np.str_)
    metres = shapely.length(ways.shape)
    ledger.read(layer, len(ways), float(metres.sum()), "m")
    written = _tag(ways, "highway")
    kind = classed(written, rule)
    keep = drop_unknown(ledger, layer, ids, written, kind, metres)
    line = shapely.get_type_id(ways.shape) == shapely.GeometryType.LINESTRING
    book(ledger, layer, "not a line", ids, keep & ~line, metres)
    keep &= line
    keep &= ~outside(ledger, layer, ids, keep, shapely.bounds(ways.shape), metres, box)
    wheels, feet = _open(ways, WHEELS), _open(ways, FEET)
    book(ledger, layer, "closed to everybody (access)", ids, keep & ~wheels & ~feet, metres)
    keep &= wheels | feet
    at = np.flatnonzero(keep)
    ways, ids, kind, wheels, feet = ways.where(keep), ids[at], kind[at], wheels[at], feet[at]
    way = _way(ways, np.char.startswith(written[at], "motorway"))
    points = [np.asarray(p, np.float64) for p in _points(ways)]
    feet &= ~np.char.startswith(written[at], "motorway") | (_tag(ways, "foot") != "")
    if not wheels.all():
        ledger.note(f"{layer}: {(~wheels).sum()} ways are closed to vehicles by their tags")
    speed = None
    if source.maxspeed:
        tag = _tag(ways, "maxspeed")
        speed = speeds(tag)
        mute = (tag != "") & np.isnan(speed)
        ledger.note(
            f"{layer}: {np.isfinite(speed).sum()} of {len(ways)} ways have a maxspeed that is a number; {mute.sum()} "
            "say something else, such as DE:urban, and count as of their class"
        )
    streets = Streets(
        points=turned(points, way < 0),
        kind=kind,
        title=_tag(ways, "name"),
        bridge=~np.isin(_tag(ways, "bridge"), ("", "no")),
        tunnel=~np.isin(_tag(ways, "tunnel"), ("", "no", "building_passage")),
        oneway=way != 0,
        speed=speed,
        on_wheels=None if wheels.all() else wheels,
        on_foot=None if feet.all() else feet,
        id=ids,
    )
    return Drawn(streets)


def _tag(ways: Features, key: str) -> Texts:
    return np.array([t.get(key, "") for t in ways.tags], np.str_)


def _points(ways: Features) -> list[NDArray[np.float64]]:
    xy, line = shapely.get_coordinates(ways.shape, return_index=True)
    return list(np.split(xy, np.flatnonzero(np.diff(line)) + 1)) if len(line) else []


def _open(ways: Features, keys: tuple[str, ...]) -> Flags:
    """Ways open to those whom the tags are about; of several tags the most specific decides."""
    found = np.ones(len(ways), bool)
    for key in reversed(keys):
        value = _tag(ways, key)
        found = np.where(np.isin(value, CLOSED), False, np.where(np.isin(value, OPEN), True, found))
    return found


def _way(ways: Features, motorway: Flags) -> NDArray[np.intp]:
    """1 for one-way along the line, -1 against it, 0 both ways; roundabouts and motorways are one-way unsaid."""
    written = _tag(ways, "oneway")
    implied = (written == "") & (motorway | np.isin(_tag(ways, "junction"), ROUND))
    return np.where(implied, 1, directions(written))
