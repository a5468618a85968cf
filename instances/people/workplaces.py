"""Where people spend the day: jobs, land, rasters, or the floor of buildings in which people work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from instances.accounts import Ledger
from instances.layers.layer import Layer
from instances.layers.osm import ATTRIBUTION, Extract
from instances.people.carriers import Carriers, find, land, shapeless, streets
from instances.people.residents import UNKNOWN, ResidentRule, buildings_of, storeys_of

if TYPE_CHECKING:
    from instances.people.rule import JobsRule, OsmRule, TowardsRule
    from instances.streets.graph import Network

# Buildings in which people work, learn or are cared for, by building tag; of unknown ones those that are tagged
# as one of KEYS, or stand on land of one of the uses. An assumption, reported as one.
WORK = (
    "commercial", "office", "retail", "supermarket", "industrial", "warehouse", "hotel", "school", "kindergarten",
    "university", "college", "hospital", "public", "civic", "government", "train_station", "sports_hall",
)  # fmt: skip
KEYS = ("amenity", "tourism", "shop", "office")
LAND = ("commercial", "retail", "industrial")


def workplaces_of(
    rule: TowardsRule, layers: Mapping[str, Any], network: Network | None, ledger: Ledger, faults: list[str]
) -> Carriers | None:
    """What draws commuters; None where there are faults."""
    if rule.streets is not None:
        weights = ", ".join(f"{kind} {weight:g}" for kind, weight in rule.streets.weights.items())
        ledger.assume(f"Workplaces lie along streets, by metres times the weight of their kind: {weights}, others 0.")
        return streets(rule.streets.weights, network, faults)
    if rule.land is not None:
        return land(rule.land, layers, ledger, faults)
    if rule.jobs is not None:
        return _jobs(rule.jobs, layers, ledger, faults)
    if rule.osm is not None:
        return _floors(rule.osm, layers, ledger, faults)
    grid = find(layers, rule.raster or "", "raster", faults)
    nobody = np.zeros(0, np.str_), np.zeros(0, object), np.zeros(0)
    return None if grid is None else Carriers(rule.raster or "", *nobody, grid=grid)


def _jobs(rule: JobsRule, layers: Mapping[str, Any], ledger: Ledger, faults: list[str]) -> Carriers | None:
    import shapely

    layer: Layer | None = find(layers, rule.layer, Layer, faults)
    if layer is None or shapeless(layer, faults):
        return None
    size = layer.numbers(rule.column, "jobs")
    faults += [fault for fault in layer.faults if fault not in faults]
    ledger.note(f"{rule.layer}: {len(layer)} workplaces by {rule.column}, {size.sum():g} in all")
    return Carriers(rule.layer, layer.id, np.asarray(shapely.centroid(layer.shape), object), size)


def _floors(rule: OsmRule, layers: Mapping[str, Any], ledger: Ledger, faults: list[str]) -> Carriers | None:
    """Floor area of the buildings of an extract that people go to by day."""
    import shapely

    extract: Extract | None = find(layers, rule.layer, Extract, faults)
    if extract is None:
        return None
    how = ResidentRule(rule.floor_per_person, rule.unknown_share, rule.storeys)
    buildings = buildings_of(extract.areas)
    middle = np.asarray(shapely.point_on_surface(buildings.shape), object)
    footprint = np.asarray(shapely.area(buildings.shape), np.float64)
    storeys = np.array([storeys_of(t, a, how) for t, a in zip(buildings.tags, footprint, strict=True)], np.float64)
    used = extract.areas.tagged("landuse", *LAND)
    on_land = np.zeros(len(buildings), bool)
    on_land[shapely.STRtree(used.shape).query(middle, predicate="within")[0]] = True
    kind = [t["building"] for t in buildings.tags]
    taken = np.array([any(t.get(k) for k in KEYS) for t in buildings.tags], bool)
    work = np.isin(kind, WORK) | (np.isin(kind, UNKNOWN) & (taken | on_land))
    if ATTRIBUTION not in ledger.sources:
        ledger.cite(ATTRIBUTION)
    ledger.note(f"{rule.layer}: {work.sum()} of {len(buildings)} buildings draw people by day")
    ledger.assume(
        f"People by day go to buildings tagged {', '.join(WORK)}, and to building=yes with {', '.join(KEYS)} or on "
        f"{', '.join(LAND)} land, by their floor area."
    )
    names = np.array([f"building {k + 1}" for k in np.flatnonzero(work)], np.str_)
    return Carriers(rule.layer, names, middle[work], (footprint * storeys)[work])
