"""The places that corridors must tie together, found in layers, on the map and among the sites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from instances.layers.osm import Extract
from instances.schema import InstanceError
from instances.streets import corridors as laid
from instances.streets.corridors import Key

if TYPE_CHECKING:
    from instances.accounts import Ledger
    from instances.network import Corridors, Roads
    from instances.places import Demand, Sites
    from instances.streets.keyrule import CorridorsRule, KeyRule


def tie(
    rule: CorridorsRule, layers: Mapping[str, Any], roads: Roads, demand: Demand, sites: Sites, ledger: Ledger
) -> Corridors | None:
    """Corridors that tie the keys of the rule together, or None, with a note, where they cannot be laid.

    Raises
    ------
    InstanceError
        If a rule names a layer that is not there or has no places.
    """
    faults: list[str] = []
    keys = laid.gateways(roads) if rule.gateways else []
    hub = False
    for n, one in enumerate(rule.keys):
        before = len(faults)
        found = list(_places(one, f"corridors.keys[{n}]", layers, sites, faults))
        if not found and len(faults) == before:
            ledger.warn(f"corridors.keys[{n}]: {_wanted(one)}, so nothing is tied in for it")
        hub |= one.tag == "amenity=townhall" and bool(found)
        taken = {key.name for key in keys}
        keys += [key for key in found if key.name not in taken]
    if faults:
        raise InstanceError("The corridors cannot be laid", faults)
    if rule.middle and not hub and demand.people.sum() > 0:
        total = demand.people.sum()
        x, y = (demand.x @ demand.people) / total, (demand.y @ demand.people) / total
        keys.append(Key("Middle of the town", float(x), float(y), "city", 2))
    corridors, notes = laid.lay_corridors(roads, keys)
    for note in notes:
        ledger.note(note)
    ledger.assume(*laid.IN_WORDS)
    if corridors is not None and rule.most_links is not None and corridors.lane.size > rule.most_links:
        ledger.note(f"corridors: left out, {corridors.lane.size} lanes are more than {rule.most_links:g}")
        return None
    return corridors


def _wanted(rule: KeyRule) -> str:
    """What was looked for in vain."""
    if rule.use is not None:
        return f"no site has the use {rule.use!r}"
    return f"layer {rule.layer or rule.osm} has no {rule.tag or 'features'}"


def _places(rule: KeyRule, where: str, layers: Mapping[str, Any], sites: Sites, faults: list[str]) -> Iterator[Key]:
    import shapely

    tier, ways, most = rule.tier, int(rule.ways), rule.most
    if rule.at is not None:
        yield Key(rule.name or "Key place", rule.at[0], rule.at[1], tier, ways, rule.gateway)
    elif rule.use is not None:
        for j in np.flatnonzero(sites.use == rule.use)[:most]:
            yield Key(str(sites.title[j]), float(sites.x[j]), float(sites.y[j]), tier, ways, rule.gateway)
    else:
        name = rule.layer or rule.osm or ""
        layer = layers.get(name)
        if layer is None:
            faults.append(f"{where}: no layer {name!r}; there are {', '.join(layers) or 'none'}")
            return
        if isinstance(layer, Extract) != (rule.osm is not None):
            faults.append(f"{where}: layer {name!r} is {'' if isinstance(layer, Extract) else 'not '}OpenStreetMap")
            return
        if isinstance(layer, Extract):
            key, value = (rule.tag or "=").split("=")
            areas, points = layer.areas.tagged(key, value), layer.points.tagged(key, value)
            shapes = [*areas.shape, *points.shape][:most]
            titles = [t.get("name", "") for t in [*areas.tags, *points.tags]][:most]
            word = rule.name or value.replace("_", " ").capitalize()
        else:
            has = np.array([s is not None for s in layer.shape], bool)
            if not has.all():
                faults.append(f"{where}: layer {name!r} has rows without a place, first {layer.first(~has)}")
                return
            shapes = list(layer.shape)[:most]
            titles = [] if rule.name is None else layer.texts(rule.name).tolist()[:most]
            titles, word = titles or layer.id.tolist()[:most], "Key place"
            faults += layer.faults
        for k, (shape, title) in enumerate(zip(shapes, titles, strict=True)):
            at = shapely.centroid(shape)
            own = f"{word} {title}" if rule.osm is not None else title
            plain = word if len(shapes) == 1 else f"{word} {k + 1}"
            yield Key(own if title else plain, float(at.x), float(at.y), tier, ways, rule.gateway)
