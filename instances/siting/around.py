"""What lies around a site: distances, cover, raster values, people and ways. Exclusions and criteria both ask here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from instances.layers.layer import Layer
from instances.layers.osm import Extract
from instances.siting.found import Flags, Floats, Found

if TYPE_CHECKING:
    from instances.streets.graph import Network

Shapes = NDArray[np.object_]
WALK_SPEED = 4.0  # km/h; only chooses the nearer end of a road, so its value does not matter


@dataclass(eq=False)
class Around:
    """Layers, roads and people around sites; what cannot be answered is collected in ``faults``."""

    layers: Mapping[str, Any]
    network: Network | None
    people: Any | None
    faults: list[str] = field(default_factory=list)

    def source(self, name: str, where: str) -> Any | None:
        """A layer by its name."""
        if name not in self.layers:
            self.faults.append(f"{where}: no layer {name!r}; there are {', '.join(self.layers) or 'none'}")
            return None
        return self.layers[name]

    def features(self, name: str, chosen: dict[str, list[Any]] | None, where: str) -> Shapes | None:
        """Shapes of a layer, or of an OpenStreetMap extract, whose columns (tags) have one of the values."""
        source = self.source(name, where)
        if source is None:
            return None
        if isinstance(source, Layer):
            kept = selected(source, chosen, self.faults, where)
            return _solid(source.shape[kept])
        if isinstance(source, Extract):
            if not chosen:
                self.faults.append(f"{where}: {name!r} is an OpenStreetMap extract; say which tags, with where")
                return None
            every = [source.areas, source.points, source.coast, *([] if source.ways is None else [source.ways])]
            hits = [[_tagged(tags, chosen) for tags in group.tags] for group in every]
            parts = [group.shape[np.array(hit, bool)] for group, hit in zip(every, hits, strict=True)]
            return _solid(np.concatenate(parts))
        self.faults.append(f"{where}: {name!r} is a raster, which has no features; use above, below or measure raster")
        return None

    def raster(self, name: str, how: str, slope: bool, sites: Found, where: str) -> Floats | None:
        """Raster value per site, NaN where there is none; a site without an outline has that of its point."""
        grid = self.source(name, where)
        if grid is None:
            return None
        if isinstance(grid, Layer | Extract):
            self.faults.append(f"{where}: {name!r} has features and no raster values")
            return None
        grid = grid.slope() if slope else grid
        value: Floats = np.array(grid.sample(sites.x, sites.y), np.float64)
        outlined = np.array([_is_area(shape) for shape in sites.outline], bool)
        if how != "point" and outlined.any():
            value[outlined] = grid.zonal(sites.outline[outlined], how)
        return value

    def unit(self, name: str, slope: bool) -> str:
        """Unit of a raster."""
        return "degrees" if slope else str(getattr(self.layers.get(name), "unit", "") or "")

    def population(self, sites: Found, radius: float, where: str) -> Floats | None:
        """People within ``radius`` metres of the site's point, as the crow flies."""
        import shapely

        if self.people is None:
            self.faults.append(f"{where}: this recipe has no people")
            return None
        tree = shapely.STRtree(shapely.points(self.people.x, self.people.y))
        site, who = tree.query(shapely.points(sites.x, sites.y), predicate="dwithin", distance=radius)
        order = np.lexsort((who, site))  # sums in one order, whatever the tree
        people = np.asarray(self.people.people, np.float64)[who[order]]
        return np.bincount(site[order], people, minlength=len(sites)).astype(np.float64)

    def roads(self, classes: list[str], where: str) -> Shapes | None:
        """Links of some classes."""
        if self.network is None:
            self.faults.append(f"{where}: this recipe has no roads")
            return None
        kind = self.network.roads.kind
        unknown = sorted(set(classes) - set(kind.tolist()))
        if unknown:
            known = ", ".join(sorted(set(kind.tolist())))
            self.faults.append(f"{where}: no road of class {', '.join(unknown)}; the roads have {known}")
            return None
        return np.asarray(self.network.tree.geometries)[np.isin(kind, classes)]

    def ways(self, sites: Found, where: str) -> Floats | None:
        """Links that meet at the junction where the site enters the roads."""
        from instances.streets.graph import snap

        if self.network is None:
            self.faults.append(f"{where}: this recipe has no roads")
            return None
        roads = self.network.roads
        ends = np.concatenate([roads.tail.position, roads.head.position])
        degree = np.bincount(ends, minlength=len(roads.node)).astype(np.float64)
        return degree[snap(self.network, sites.x, sites.y, WALK_SPEED).node]


def selected(layer: Layer, chosen: dict[str, list[Any]] | None, faults: list[str], where: str) -> Flags:
    """Features whose columns have one of the values; texts are compared as texts, numbers as numbers."""
    kept = np.ones(len(layer), bool)
    for column, values in (chosen or {}).items():
        if column not in layer.columns:
            faults.append(f"{where}: layer {layer.name} has no column {column!r}; it has {', '.join(layer.columns)}")
            continue
        given = layer.columns[column].tolist()
        kept &= np.array([any(_same(v, w) for w in values) for v in given], bool)
    return kept


def distance(sites: Shapes, features: Shapes) -> Floats:
    """Metres from each site to the nearest feature, 0 where they touch; infinite without features."""
    import shapely

    result: Floats = np.full(len(sites), np.inf)
    if len(features) and len(sites):
        (site, _), metres = shapely.STRtree(features).query_nearest(sites, return_distance=True, all_matches=False)
        result[site] = metres
    return result


def apart(sites: Found, use: str) -> Floats:
    """Metres from each site's point to that of the nearest *other* site of a use; infinite without one."""
    from scipy.spatial import KDTree

    result: Floats = np.full(len(sites), np.inf)
    of_use = sites.use == use
    if not of_use.any() or not len(sites):
        return result
    xy = np.column_stack([sites.x, sites.y])
    near = np.asarray(KDTree(xy[of_use]).query(xy, k=2)[0])
    return np.asarray(np.where(of_use, near[:, 1], near[:, 0]), np.float64)  # a site is its own nearest one


def cover(areas: Shapes, features: Shapes) -> Floats:
    """Share of each outline that lies in the union of the features; 1 or 0 for points (touching counts)."""
    import shapely

    share: Floats = np.zeros(len(areas))
    if not len(features) or not len(areas):
        return share
    features = shapely.make_valid(features)
    site, hit = shapely.STRtree(features).query(areas, predicate="intersects")
    order = np.lexsort((hit, site))
    site, hit = site[order], hit[order]
    size = shapely.area(areas)
    at, first = np.unique(site, return_index=True)
    for k, mine in zip(at.tolist(), np.split(hit, first)[1:], strict=True):
        if size[k] > 0:
            inside = shapely.intersection(areas[k], shapely.union_all(features[mine]))
            share[k] = min(1.0, float(shapely.area(inside)) / size[k])
        else:
            share[k] = 1.0
    return share


def _solid(shapes: Shapes) -> Shapes:
    kept: Shapes = shapes[np.array([s is not None and not s.is_empty for s in shapes], bool)]
    return kept


def _is_area(shape: Any) -> bool:
    return shape is not None and shape.geom_type in ("Polygon", "MultiPolygon")


def _tagged(tags: dict[str, str], chosen: dict[str, list[Any]]) -> bool:
    return all(any(_same(tags.get(key, ""), value) for value in values) for key, values in chosen.items())


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, str):
        return str(value).strip() == wanted
    if isinstance(wanted, bool) or isinstance(value, bool | np.bool_):
        return isinstance(value, bool | np.bool_) and isinstance(wanted, bool) and bool(value) == wanted
    try:
        return float(value) == float(wanted)
    except (TypeError, ValueError):
        return False
