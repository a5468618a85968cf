"""What people live on within a census unit: land of a class, buildings, streets, or cells of a raster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from instances.accounts import Ledger
from instances.layers.layer import Floats, Layer, Texts
from instances.layers.osm import ATTRIBUTION, Extract
from instances.people.overlay import Shapes
from instances.people.residents import ResidentRule, inhabitants

if TYPE_CHECKING:
    from instances.people.rule import BuildingsRule, ByRule, LandRule, OsmRule
    from instances.streets.graph import Network


@dataclass(frozen=True, eq=False)
class Carriers:
    """Where people may be, and how many relative to each other.

    Attributes
    ----------
    shape
        Polygons, lines or points, shape (carriers,).
    density
        Weight a m2, a metre or a point.
    everywhere
        Known over the whole of every census unit, so that they tell which share of it lies inside an extent. Streets
        are known only as far as the road graph goes.
    grid
        A raster instead of shapes; it is measured where it is asked for.
    """

    name: str
    id: Texts
    shape: Shapes
    density: Floats
    everywhere: bool = True
    grid: Any = None


def find(layers: Mapping[str, Any], name: str, what: type | str, faults: list[str]) -> Any:
    """A layer of the kind that is needed, or None and a fault that says what there is."""
    if name not in layers:
        known = ", ".join(sorted(layers)) or "none"
        faults.append(f"people: no layer {name!r}; the recipe has {known}")
        return None
    found = layers[name]
    fits = hasattr(found, "zonal") if what == "raster" else isinstance(found, what)  # type: ignore[arg-type]
    if not fits:
        wanted = what if isinstance(what, str) else {"Layer": "vector", "Extract": "OpenStreetMap"}[what.__name__]
        faults.append(f"people: layer {name!r} is a {type(found).__name__}, a {wanted} layer is needed here")
        return None
    return found


def carriers_of(
    by: ByRule | None, layers: Mapping[str, Any], network: Network | None, ledger: Ledger, faults: list[str]
) -> Carriers | None:
    """The carriers a rule asks for; None spreads evenly (or where there are faults)."""
    if by is None:
        return None
    if by.raster is not None:
        grid = find(layers, by.raster, "raster", faults)
        nobody = np.zeros(0, np.str_), np.zeros(0, object), np.zeros(0)
        return Carriers(by.raster, *nobody, grid=grid) if grid is not None else None
    if by.land is not None:
        return land(by.land, layers, ledger, faults)
    if by.streets is not None:
        weights = ", ".join(f"{kind} {weight:g}" for kind, weight in by.streets.weights.items())
        ledger.assume(f"People live along streets, by metres times the weight of their kind: {weights}, others 0.")
        return streets(by.streets.weights, network, faults)
    found = (
        of_buildings(by.buildings, layers, ledger, faults)
        if by.buildings is not None
        else of_osm(by.osm, layers, ledger, faults)  # type: ignore[arg-type]
    )
    return found.where(found.density > 0) if found is not None else None


@dataclass(frozen=True, eq=False)
class Homes(Carriers):
    """Buildings as points, with the people each holds by its floor area as density."""

    def where(self, keep: NDArray[np.bool_]) -> Homes:
        """Some of the buildings."""
        return Homes(self.name, self.id[keep], self.shape[keep], self.density[keep])


def of_buildings(rule: BuildingsRule, layers: Mapping[str, Any], ledger: Ledger, faults: list[str]) -> Homes | None:
    """People by floor area in the buildings of a layer; all buildings, also those without dwellings."""
    import shapely

    layer: Layer | None = find(layers, rule.layer, Layer, faults)
    if layer is None or shapeless(layer, faults):
        return None
    outline = np.asarray(shapely.area(layer.shape), np.float64)
    footprint = layer.numbers(rule.area, "m2") if rule.area is not None else outline
    if rule.area is None and (outline <= 0).any():
        layer.fault(f"{(outline <= 0).sum()} buildings are not polygons; name a column with their footprint (area)")
    floors = np.full(len(layer), np.nan)
    if rule.floors is not None:
        floors = layer.numbers(rule.floors, "floors", gaps=True)
    gaps = np.isnan(floors) | (floors <= 0)
    floors = np.where(gaps, rule.storeys, floors)
    share = np.full(len(layer), rule.other)
    if rule.use is not None:
        use = layer.texts(rule.use)
        share = np.array([rule.dwelling.get(u, rule.other) for u in use.tolist()], np.float64)
    faults += layer.faults
    if gaps.any():
        ledger.assume(
            f"{rule.layer}: {gaps.sum()} of {len(gaps)} buildings have no number of floors, {rule.storeys:g} taken."
        )
    ledger.assume(f"Residents: one on {rule.floor_per_person:g} m2 of dwelling floor.")
    shares = ", ".join(f"{k} {v:.0%}" for k, v in rule.dwelling.items())
    _ground(rule.source, f"Dwelling share of floor: {shares or 'all uses'}; other {rule.other:.0%}", rule.basis, ledger)
    people = footprint * floors * share / rule.floor_per_person
    inside = shapely.point_on_surface(layer.shape)
    return Homes(rule.layer, layer.id, np.asarray(inside, object), people)


def of_osm(rule: OsmRule, layers: Mapping[str, Any], ledger: Ledger, faults: list[str]) -> Homes | None:
    """People by floor area in the buildings of an extract."""
    import shapely

    extract: Extract | None = find(layers, rule.layer, Extract, faults)
    if extract is None:
        return None
    how = ResidentRule(rule.floor_per_person, rule.unknown_share, rule.storeys)
    buildings, who, notes = inhabitants(extract.areas, how)
    if ATTRIBUTION not in ledger.sources:
        ledger.cite(ATTRIBUTION)
    ledger.assume(*how.in_words())
    for text in notes:
        ledger.note(text)
    ids = [t.get("osm_way_id") or t.get("osm_id") or "" for t in buildings.tags]
    seen: dict[str, int] = {}
    for k, text in enumerate(ids):
        own = text or f"building {k + 1}"
        seen[own] = seen.get(own, 0) + 1
        ids[k] = own if seen[own] == 1 else f"{own} ({seen[own]})"
    return Homes(rule.layer, np.array(ids, np.str_), np.asarray(shapely.points(who.x, who.y), object), who.people)


def streets(weights: Mapping[str, float], network: Network | None, faults: list[str]) -> Carriers | None:
    """Road junctions, weighted by half the metres of each link that ends there times the weight of its kind."""
    import shapely

    if network is None:
        faults.append("people: streets are asked for, but the recipe has no roads")
        return None
    roads = network.roads
    factor = np.array([weights.get(kind, 0.0) for kind in roads.kind.tolist()], np.float64)
    half = roads.length * factor / 2.0
    ends = np.concatenate([roads.tail.position, roads.head.position])
    mass = np.bincount(ends, np.tile(half, 2), minlength=roads.node.size).astype(np.float64)
    if not mass.any():
        kinds = ", ".join(sorted(set(roads.kind.tolist())))
        faults.append(f"people: no road is of the kinds {', '.join(weights)}; the roads have {kinds}")
        return None
    at = np.flatnonzero(mass > 0)
    ids = np.array(roads.node.labels(at), np.str_)
    shape = np.asarray(shapely.points(roads.x[at], roads.y[at]), object)
    return Carriers("roads", ids, shape, mass[at], everywhere=False)


def land(rule: LandRule, layers: Mapping[str, Any], ledger: Ledger, faults: list[str]) -> Carriers | None:
    """Polygons of land that carry weight, by class."""
    import shapely

    layer: Layer | None = find(layers, rule.layer, Layer, faults)
    if layer is None or shapeless(layer, faults):
        return None
    weight = np.ones(len(layer))
    if rule.column is not None:
        kind = layer.texts(rule.column)
        weight = np.array([rule.weights.get(k, 0.0) for k in kind.tolist()], np.float64)
    flat = (shapely.area(layer.shape) <= 0) & (weight > 0)
    if flat.any():
        layer.fault(f"{flat.sum()} features are not polygons, first {layer.first(flat)}; land use needs areas")
    faults += layer.faults
    if not weight.any():
        known = ", ".join(sorted(set(layer.texts(rule.column or "").tolist()))[:12])
        faults.append(f"layer {rule.layer}: no feature has a weight above 0; column {rule.column} has {known}")
    weights = ", ".join(f"{k} {v:g}" for k, v in rule.weights.items()) or "every polygon 1"
    _ground(rule.source, f"Weight of land by class: {weights}, others 0", rule.basis, ledger)
    keep = weight > 0
    ledger.note(f"{rule.layer}: {keep.sum()} of {len(layer)} polygons carry weight")
    shape = layer.shape[keep]
    broken = ~shapely.is_valid(shape)
    if broken.any():
        shape = shape.copy()
        shape[broken] = shapely.make_valid(shape[broken])
        ledger.note(f"{rule.layer}: {broken.sum()} outlines cross themselves and were rebuilt")
    whole = float(shapely.area(shape).sum())
    double = whole - float(shapely.area(shapely.union_all(shape)))
    if double > 1e-6 * whole:
        ledger.warn(
            f"{rule.layer}: {double:.0f} m2 of weighted land is drawn twice and counts twice; clean the layer where "
            "that matters"
        )
    return Carriers(rule.layer, layer.id[keep], shape, weight[keep])


def shapeless(layer: Layer, faults: list[str]) -> bool:
    """Whether features have no place, which is recorded as a fault."""
    gone = np.array([g is None or g.is_empty for g in layer.shape], bool)
    if gone.any():
        faults.append(f"layer {layer.name}: {gone.sum()} features have no place, first {layer.first(gone)}")
    return bool(gone.any())


def _ground(source: str | None, what: str, basis: str, ledger: Ledger) -> None:
    ledger.note(f"{what} ({basis})")
    if source is not None:
        ledger.cite(basis)
    else:
        ledger.assume(f"{what} ({basis}).")
