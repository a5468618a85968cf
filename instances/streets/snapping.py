"""Places joined to the road graph: the nearest link, the way there, and what lies too far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from instances.accounts import Ledger
    from instances.streets.graph import Network

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Snapped:
    """Where places enter the road graph."""

    node: Ints
    access: Floats  # minutes on foot from the place to the node
    distance: Floats  # metres from the place to the nearest link
    link: Ints  # that link


def snap(network: Network, x: Floats, y: Floats, walk_speed: float, allowed: Flags | None = None) -> Snapped:
    """Join each place to the nearest link and from there to the nearer end of that link.

    Access time counts the straight line to the link and the way along it to the end, at ``walk_speed`` km/h; so a
    walk is at most overstated, by less than the length of a link. ``allowed`` restricts the links, shape (link,);
    without it every link counts that people may walk, but no tunnel, which nobody enters from the house above.
    """
    import shapely

    roads = network.roads
    if allowed is None:
        allowed = ~network.tunnel if network.on_foot is None else network.on_foot & ~network.tunnel
        allowed = allowed if allowed.any() else np.ones(len(roads.link), bool)
    kept = np.flatnonzero(allowed)
    tree = network.tree if len(kept) == len(roads.link) else shapely.STRtree(network.tree.geometries[kept])
    places = shapely.points(x, y)
    (which, near), distance = tree.query_nearest(places, return_distance=True, all_matches=True)
    # Equally near links (a corner): the first in order, so that the answer does not hang on the tree's layout.
    order = np.lexsort((near, which))
    first = order[np.concatenate([[True], np.diff(which[order]) > 0])] if len(which) else order
    link, distance = kept[near[first]], distance[first]
    line = network.tree.geometries[link]
    along = shapely.line_locate_point(line, places)
    drawn = shapely.length(line)
    # A table may give a link more metres than its drawing has; a place lies as far along in proportion.
    stretched = np.abs(drawn - roads.length[link]) > 1e-6 * drawn
    along = np.where(stretched, along * roads.length[link] / np.maximum(drawn, 1e-9), along)
    back = roads.length[link] - along
    node = np.where(along <= back, roads.tail.position[link], roads.head.position[link])
    access = (distance + np.minimum(along, back)) / (walk_speed * 1000.0 / 60.0)
    return Snapped(node.astype(np.intp), access, distance, link.astype(np.intp))


def near_enough(
    snapped: Snapped,
    limit: float,
    ledger: Ledger,
    layer: str,
    ids: Sequence[object],
    amount: Floats | None = None,
    unit: str = "",
) -> Flags:
    """Which places lie within ``limit`` metres of a road; the others are dropped in the books of ``layer``.

    A note says how far places lie from their road: the median, the 95th percentile and the farthest.
    """
    far = snapped.distance > limit
    if len(far):
        half, most, worst = np.quantile(snapped.distance, [0.5, 0.95, 1.0])
        ledger.note(
            f"{layer}: {len(far)} places snapped to roads; distance {half:.0f} m in the median, {most:.0f} m for 95 %, "
            f"{worst:.0f} m at most"
        )
    gone = np.flatnonzero(far)
    lost = 0.0 if amount is None else float(amount[gone].sum())
    ledger.drop(layer, f"farther than {limit:g} m from a road", [ids[k] for k in gone.tolist()], lost, unit)
    return ~far
