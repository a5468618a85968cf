"""How far the city goes: the frame of the recipe, the polygons of a layer, or the hull of the roads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from instances.accounts import Ledger
from instances.layers.layer import Frame, Layer
from instances.people.carriers import find
from instances.people.overlay import Shapes

if TYPE_CHECKING:
    from instances.people.rule import PeopleRule
    from instances.streets.graph import Network

ROADS = "roads"


def extent_of_city(
    rule: PeopleRule,
    layers: Mapping[str, Any],
    network: Network | None,
    frame: Frame,
    ledger: Ledger,
    faults: list[str],
) -> Shapes | None:
    """One polygon, shape (1,), or None if layers are taken whole.

    Without ``within`` it is the frame's box; where people go to junctions and the frame has no box, the convex hull of
    all junctions, because nobody can be put where no road is known.
    """
    import shapely

    by_roads = rule.target.junctions is not None or (rule.by is not None and rule.by.streets is not None)
    if (rule.within == ROADS and ROADS not in layers) or (rule.within is None and frame.box is None and by_roads):
        if network is None:
            faults.append("people: the extent of the roads is asked for, but the recipe has no roads")
            return None
        hull = shapely.convex_hull(shapely.multipoints(np.column_stack([network.roads.x, network.roads.y])))
        ledger.note(f"people: extent is the convex hull of all road junctions, {hull.area / 1e6:.1f} km2")
        return np.array([hull], object)
    if rule.within is not None:
        layer: Layer | None = find(layers, rule.within, Layer, faults)
        if layer is None:
            return None
        area = shapely.union_all(shapely.make_valid(layer.shape))
        if not area.area > 0:
            faults.append(f"people: layer {rule.within!r} has no polygons, so it is no extent")
            return None
        return np.array([area], object)
    if frame.box is not None:
        return np.array([shapely.box(*frame.box)], object)
    return None
