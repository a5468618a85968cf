"""Streets from a layer of lines that meet where they share a point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from instances.schema import InstanceError
from instances.streets.drawn import Drawn, book, classed, drop_unknown, outside, turned
from instances.streets.graph import Streets
from instances.streets.speeds import agreed, directions, speeds

if TYPE_CHECKING:
    from instances.accounts import Ledger
    from instances.layers.layer import Box, Layer
    from instances.streets.rule import LineSource, RoadsRule


def line_streets(layer: Layer, source: LineSource, rule: RoadsRule, box: Box | None, ledger: Ledger) -> Drawn:
    """Every line of the layer that the rule has a class for; lines of several parts count as one street each part.

    Raises
    ------
    InstanceError
        If a column is missing.
    """
    import shapely

    written = layer.texts(source.kind) if source.kind else np.full(len(layer), "", np.str_)
    title = layer.texts(source.name) if source.name else np.full(len(layer), "", np.str_)
    way = directions(layer.texts(source.oneway)) if source.oneway else np.zeros(len(layer), np.intp)
    bridge, tunnel = (
        agreed(layer.texts(c)) if c else np.zeros(len(layer), bool) for c in (source.bridge, source.tunnel)
    )
    speed = speeds(layer.texts(source.speed)) if source.speed else None
    if layer.faults:
        raise InstanceError("The roads cannot be laid", layer.faults)
    metres = np.nan_to_num(shapely.length(layer.shape))
    ledger.read(layer.name, len(layer), float(metres.sum()), "m")
    kind = classed(written, rule)
    keep = drop_unknown(ledger, layer.name, layer.id, written, kind, metres)
    line = np.isin(shapely.get_type_id(layer.shape), (1, 5)) & (metres > 0)
    book(ledger, layer.name, "not a line with a length", layer.id, keep & ~line, metres)
    keep &= line
    keep &= ~outside(ledger, layer.name, layer.id, keep, shapely.bounds(layer.shape), metres, box)
    at = np.flatnonzero(keep)
    parts, of = shapely.get_parts(layer.shape[at], return_index=True)
    xy, each = shapely.get_coordinates(parts, return_index=True)
    points = list(np.split(xy, np.flatnonzero(np.diff(each)) + 1)) if len(each) else []
    row = at[of]
    streets = Streets(
        points=turned(points, way[row] < 0),
        kind=kind[row],
        title=title[row],
        bridge=bridge[row],
        tunnel=tunnel[row],
        oneway=way[row] != 0,
        speed=None if speed is None else speed[row],
        id=layer.id[row],
    )
    return Drawn(streets)
