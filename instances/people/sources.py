"""Units that people are counted in: points and census areas by feature; buildings and raster cells as one unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from instances.accounts import Ledger
from instances.layers.layer import Box, Floats, Layer, Texts
from instances.people.carriers import Carriers, find, of_buildings, of_osm
from instances.people.overlay import Pieces, Shapes

if TYPE_CHECKING:
    from instances.people.rule import AreasRule, GroupRule, PeopleRule, PointsRule


@dataclass(frozen=True, eq=False)
class Units:
    """What people are counted in.

    Attributes
    ----------
    people, day
        Night and day population, shape (units,); ``day`` None if the source does not say.
    groups
        People of each group, shape (units, groups).
    title, zone
        Texts of the source, "" where it has none; ``zone`` None without such a column.
    """

    id: Texts
    shape: Shapes
    people: Floats
    groups: Floats
    day: Floats | None
    title: Texts
    zone: Texts | None


def by_feature(
    rule: PointsRule | AreasRule, people: PeopleRule, layers: Mapping[str, Any], ledger: Ledger, faults: list[str]
) -> Units | None:
    """One unit a feature: points (their own place) or census areas."""
    import shapely

    layer: Layer | None = find(layers, rule.layer, Layer, faults)
    if layer is None:
        return None
    gone = np.array([g is None or g.is_empty for g in layer.shape], bool)
    if gone.any():
        faults.append(f"layer {layer.name}: {gone.sum()} features have no place, first {layer.first(gone)}")
        return None
    count = layer.numbers(rule.people, "people")
    groups = np.zeros((len(layer), len(people.groups)))
    for g, (name, group) in enumerate(people.groups.items()):
        groups[:, g] = _group(name, group, layer, count, ledger)
    day = None
    if people.day is not None and people.day.column is not None:
        day = layer.numbers(people.day.column, "people")
    title = layer.texts(rule.name) if rule.name is not None else np.full(len(layer), "", np.str_)
    zone = layer.texts(rule.zone) if rule.zone is not None else None
    shape = layer.shape
    if people.areas is not None:
        flat = shapely.get_dimensions(shape) < 2
        if flat.any():
            layer.fault(f"{flat.sum()} features are not polygons, first {layer.first(flat)}; use them as points")
        broken = ~shapely.is_valid(shape)
        if broken.any():
            shape = shape.copy()
            shape[broken] = shapely.make_valid(shape[broken])
            ledger.note(f"{rule.layer}: {broken.sum()} outlines cross themselves and were rebuilt")
    else:
        shape = np.asarray(shapely.point_on_surface(shape), object)
    faults += [fault for fault in layer.faults if fault not in faults]
    if not faults and not count.sum() > 0:
        faults.append(f"layer {rule.layer}: column {rule.people} sums to 0, so nobody lives here")
    return Units(layer.id, shape, count, groups, day, title, zone)


def _group(name: str, group: GroupRule, layer: Layer, people: Floats, ledger: Ledger) -> Floats:
    if group.count is not None:
        counted = layer.numbers(group.count, "people")
        over = counted > people * (1 + 1e-9)
        if over.any():
            layer.fault(
                f"group {name}: {over.sum()} features have more of it ({group.count}) than people, "
                f"first {layer.first(over)}"
            )
        return counted
    if isinstance(group.share, str):
        return people * layer.numbers(group.share, "share", upper=1.0)
    return people * _figure(name, group, ledger)


def _figure(name: str, group: GroupRule, ledger: Ledger) -> float:
    share = float(group.share) if isinstance(group.share, float | int) else 0.0
    text = f"Group {name}: {share:.1%} of the people everywhere"
    if group.basis:
        ledger.cite(f"{text}: {group.basis}")
    else:
        ledger.assume(f"{text}.")
    return share


def as_one(
    rule: PeopleRule, layers: Mapping[str, Any], box: Box | None, ledger: Ledger, faults: list[str]
) -> tuple[Units, Pieces, Carriers] | None:
    """Buildings or cells as pieces of a single unit, whose people are the sum of theirs."""
    import shapely

    found: Carriers | None = None
    if rule.buildings is not None:
        found = of_buildings(rule.buildings, layers, ledger, faults)
    elif rule.osm is not None:
        found = of_osm(rule.osm, layers, ledger, faults)
    elif rule.raster is not None:
        grid = find(layers, rule.raster, "raster", faults)
        if grid is not None:
            x, y, value, _ = grid.cells(box)
            below = value < 0
            if below.any():
                faults.append(f"layer {rule.raster}: {below.sum()} cells have fewer than 0 people; declare its nodata")
            ids = np.array([f"cell {k + 1}" for k in range(len(value))], np.str_)
            found = Carriers(rule.raster, ids, np.asarray(shapely.points(x, y), object), value, grid=grid)
    if found is None or faults:
        return None
    total = float(found.density.sum())
    if not total > 0:
        faults.append(
            f"layer {found.name}: it holds no people: no building with dwellings, no cell above 0; "
            "give a layer of people (points or areas)"
        )
        return None
    groups = np.array([[total * _figure(n, g, ledger) for n, g in rule.groups.items()]]).reshape(1, -1)
    everything = np.array([shapely.Point(shapely.get_coordinates(found.shape).mean(axis=0))], object)
    one = np.array([found.name], np.str_)
    unit = Units(one, everything, np.array([total]), groups, None, np.array([""]), None)
    at = np.arange(len(found.shape))
    return unit, Pieces(np.zeros(len(at), np.intp), found.shape, found.density, at), found
