"""Any town: an instance from an OpenStreetMap extract, with people, sites and events mapped or assumed.

The options fill in a recipe. What goes beyond them (rasters, other hazards) is said in a recipe of one's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from instances.catalog import limit_faults, option
from instances.places import STATUSES
from instances.schema import InstanceError

if TYPE_CHECKING:
    from instances.instance import Instance
    from instances.recipe.opening import Opened

TITLE = {"en": "A town from OpenStreetMap", "zh": "任意城镇（OpenStreetMap）"}
ABOUT = {
    "en": "Streets, sites and residents from an extract you name, your own layers of people and sites if you "
    "have them, and assumed events.",
    "zh": "由您给定的 OpenStreetMap 数据生成道路、场所与人口，可加入自有图层；灾害情景为假设。",
}


@dataclass(frozen=True)
class Options:
    """What may be chosen for a town of one's own."""

    extract: str = field(metadata={"doc": "OpenStreetMap file, .osm.pbf or .osm"})
    crs: str | None = option(None, "projected, in metres, such as EPSG:3067; by default the UTM zone of the extract")
    people: str | None = option(None, "layer with columns id and people; optional name and zone")
    people_crs: str | None = option(None, "reference system of a people table with columns x and y")
    sites: str | None = option(None, "layer with columns id, use and area; optional name, status and capacity")
    sites_crs: str | None = option(None, "reference system of a sites table with columns x and y")
    name: str = option("osm", "what to call the instance")
    seed: int = option(1, "draws places and random fields of the events", lower=0)
    scenarios: int = option(12, "how many events are assumed", lower=1, upper=200)
    spacing: float = option(
        150.0, "m, people within a square of this side become one demand point", lower=10, upper=5000
    )
    walk: float = option(15.0, "min, longest walk that becomes a route", lower=1, upper=240)
    haul: float = option(30.0, "min, longest drive that becomes a haul", lower=0.5, upper=600)
    snap_limit: float = option(250.0, "m, farthest a place may lie from the road network", lower=1, upper=5000)
    floor_per_person: float = option(40.0, "m2 of dwelling floor for one resident", lower=1, upper=1000)
    unknown_share: float = option(0.25, "share of dwellings in buildings of unknown use", lower=0, upper=1)
    detours: bool = option(True, "routes around links that a scenario cuts")
    rules: str = option("default", "rule pack, by name or path")


def build(options: Options) -> Instance:
    """Instance of the town in ``options.extract``.

    Raises
    ------
    InstanceError
        If the extract, a layer or an option cannot be used; the message lists every fault found.
    """
    from instances.recipe.build import build as follow

    return follow(recipe(options, {})).instance


def recipe(options: Options, changes: Mapping[str, Any]) -> Opened:
    """The recipe that the options stand for.

    Raises
    ------
    InstanceError
        If an option is out of range or a change does not fit.
    """
    from instances import form
    from instances.recipe.opening import recipe_of

    faults = limit_faults(options)
    content = _content(options)
    faults += [fault for place, value in changes.items() if (fault := form.put(content, place, value, "recipe"))]
    if faults:
        raise InstanceError("The options cannot be used", faults)
    return recipe_of(content, Path.cwd(), "Case 'osm' cannot be built")


def _content(given: Options) -> dict[str, Any]:
    layers: dict[str, Any] = {"map": {"path": given.extract, "kind": "osm"}}
    people: dict[str, Any] = {
        "osm": {
            "layer": "map",
            "floor_per_person": given.floor_per_person,
            "unknown_share": given.unknown_share,
        },
        "to": {"grid": given.spacing},
        "reach": given.snap_limit,
        "least": 12,
    }
    source: dict[str, Any] = {"osm": "map"}
    if given.people is not None:
        layers["people"] = _layer(given.people, given.people_crs)
        own = {name: name for name in ("name", "zone") if name in _columns(given.people)}
        people = {"points": {"layer": "people", "people": "people", **own}}
    if given.sites is not None:
        layers["sites"] = _layer(given.sites, given.sites_crs)
        there = _columns(given.sites)
        source = {"layer": "sites", "use_column": "use"}
        names = {"title": "name", "area": "area", "status_column": "status", "capacity": "capacity"}
        source |= {option: column for option, column in names.items() if column in there}
        if "status" in there:
            source["statuses"] = {status: status for status in STATUSES}
    return {
        "recipe": 1,
        "name": given.name,
        "title": TITLE,
        "about": ABOUT,
        "crs": given.crs,
        "seed": given.seed,
        "rules": given.rules,
        "layers": layers,
        "roads": {"source": {"osm": "map"}},
        "people": people,
        "sites": {"from": [source], "exclude": [SHORE] if given.sites is None else []},
        "hazards": {"assumed": given.scenarios},
        "travel": {
            "walk": {"cutoff": given.walk, "snap_limit": given.snap_limit, "detours": given.detours},
            "drive": {"cutoff": given.haul},
        },
        "corridors": {"keys": KEYS},
    }


def _layer(path: str, crs: str | None) -> dict[str, Any]:
    rule: dict[str, Any] = {"path": path, "key": "id"}
    if crs is not None:
        rule |= {"crs": crs} | ({"x": "x", "y": "y"} if path.lower().endswith((".csv", ".csv.gz")) else {})
    return rule


def _columns(path: str) -> list[str]:
    """Columns of a layer, as far as it can be read; what is wrong with it is said when it is read whole."""
    try:
        if path.lower().endswith(".csv"):
            return Path(path).read_text("utf-8-sig").partition("\n")[0].strip().split(",")
        import pyogrio

        return [str(name) for name in pyogrio.read_info(path)["fields"]]
    except Exception:  # every format has its own exceptions for damaged content
        return []


SHORE = {
    "name": "shore",
    "title": {"en": "Within 30 m of the shore", "zh": "距岸线 30 米以内"},
    "kind": "evade",
    "layer": "map",
    "where": {"natural": ["coastline", "water"]},
    "within": 30,
    "of": "middle",
    "assumption": "Within 30 m of the shore a site is taken to be lost to the water in any storm.",
}
KEYS = [
    {"osm": "map", "tag": "amenity=townhall", "name": "Town hall", "most": 1, "tier": "city", "ways": 2},
    {"osm": "map", "tag": "railway=station", "name": "Station", "most": 1, "tier": "regional", "ways": 2},
    {"osm": "map", "tag": "amenity=fire_station", "name": "Rescue station", "most": 2, "tier": "city", "ways": 2},
    {"osm": "map", "tag": "amenity=hospital", "name": "Hospital", "most": 3, "tier": "city", "ways": 2},
]
