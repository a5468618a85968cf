"""Does a layer lie beside its roads because it was published in a shifted Chinese datum?

Buildings are not crossed by roads. A layer in GCJ-02 or BD-09 that is taken for WGS84 lies some hundred metres off, and
then many of its buildings are. So each datum is supposed in turn, its shift is undone, and the features that a road
crosses are counted: the fewest win. (The distance to the nearest road tells nothing, because in a city there is a road
near any place.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from instances.layers.datum import BOX, shapes_to_wgs84

if TYPE_CHECKING:
    from instances.layers.layer import Layer

Shapes = NDArray[Any]

SUPPOSED = ("wgs84", "gcj02", "bd09")
MOST = 3000  # features looked at; a hundred decide, more only cost time
FEWEST = 30  # below this nothing is said
FOOTPRINT = 8.0  # m, radius that stands for the building around a point
TIMES = 2.0  # as many features crossed as read than under the other datum ...
CLEARLY = 3.0  # ... and more than chance explains, in standard deviations of the difference


@dataclass(frozen=True)
class Shift:
    """A layer that fits the roads better in another datum.

    Attributes
    ----------
    datum
        The datum in which fewest features are crossed by a road: ``gcj02`` or ``bd09``.
    crossed
        Share of features that a road crosses, by supposed datum.
    features
        How many features were looked at.
    """

    layer: str
    datum: str
    crossed: dict[str, float]
    features: int

    @property
    def warning(self) -> str:
        """One sentence: where, what, what to do."""
        shares = ", ".join(f"{100.0 * share:.1f} % as {name}" for name, share in self.crossed.items())
        return (
            f"layer {self.layer}: looks shifted; roads cross {shares} of {self.features} features, "
            f"so it is probably in {self.datum}: add datum: {self.datum} to the layer, it was left as it is"
        )


def looks_shifted(layer: Layer, lines: Shapes, crs: str) -> Shift | None:
    """Whether a layer, as read, fits the roads better when the shift of GCJ-02 or BD-09 is undone.

    Nothing is corrected. Nothing is said of a layer outside the rectangle of the Chinese datums, of one with fewer than
    :data:`FEWEST` buildings or points, or where few of them lie among the roads.

    Parameters
    ----------
    layer
        Buildings as polygons, or points; other shapes are passed over.
    lines
        Road line strings in ``crs``, trusted to be in WGS84.
    crs
        Projected system of both, in metres.
    """
    import pyproj
    import shapely

    kind = shapely.get_type_id(layer.shape)
    usable = np.flatnonzero(np.isin(kind, [0, 3, 6]) & ~shapely.is_empty(layer.shape))
    if len(usable) < FEWEST or not len(lines):
        return None
    chosen = usable[np.unique(np.linspace(0, len(usable) - 1, min(MOST, len(usable))).astype(int))]
    back = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    there = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    degrees = _moved(layer.shape[chosen], back)
    middle = shapely.get_coordinates(shapely.point_on_surface(degrees))
    west, south, east, north = BOX
    if not ((middle > (west, south)) & (middle < (east, north))).all():
        return None
    tree = shapely.STRtree(lines)
    hit = {name: _crossed(_moved(shapes_to_wgs84(degrees, name), there), tree) for name in SUPPOSED}
    count = len(chosen)
    crossed = {name: float(flags.mean()) for name, flags in hit.items()}
    best = min(SUPPOSED, key=lambda name: crossed[name])
    # Each feature is crossed or not under both: what counts is those that differ (McNemar 1947,
    # doi:10.1007/BF02295996).
    gained = int((hit["wgs84"] & ~hit[best]).sum())
    lost = int((hit[best] & ~hit["wgs84"]).sum())
    clear = gained - lost > CLEARLY * np.sqrt(gained + lost) and crossed["wgs84"] > TIMES * crossed[best]
    return Shift(layer.name, best, crossed, count) if best != "wgs84" and clear else None


def _moved(shapes: Shapes, transformer: Any) -> Shapes:
    import shapely

    return np.asarray(shapely.transform(shapes, lambda xy: np.column_stack(transformer.transform(*xy.T))))


def _crossed(shapes: Shapes, tree: Any) -> NDArray[np.bool_]:
    """Which shapes a road runs through; a point stands for a small building around it."""
    import shapely

    point = shapely.get_type_id(shapes) == 0
    solid = np.where(point, shapely.buffer(shapes, FOOTPRINT, quad_segs=2), shapes)
    crossed = np.zeros(len(shapes), bool)
    crossed[np.unique(tree.query(solid, predicate="intersects")[0])] = True
    return crossed
