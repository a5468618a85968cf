"""Any town: an instance from an OpenStreetMap extract, with people, sites and events mapped or assumed."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Any

from instances.catalog import option
from instances.hazards.declared import default_events
from instances.instance import About, Instance
from instances.layers.given import Layer, read_layers
from instances.layers.osm import CLASSES, read_extract
from instances.people.residents import ResidentRule
from instances.rulepack import load_pack
from instances.schema import InstanceError
from instances.streets.graph import build_network
from instances.town import TownRule, build_town

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


def limit_faults(options: Any) -> list[str]:
    """Numbers outside the limits that the fields of ``options`` declare, one sentence each."""
    faults = []
    for about in fields(options):
        value, low, high = getattr(options, about.name), about.metadata.get("lower"), about.metadata.get("upper")
        low, high = -math.inf if low is None else low, math.inf if high is None else high
        if isinstance(value, int | float) and not low <= value <= high:
            faults.append(f"{about.name} is {value:g}; it must lie between {low:g} and {high:g}")
    return faults


def build(options: Options) -> Instance:
    """Instance of the town in ``options.extract``.

    Raises
    ------
    InstanceError
        If the extract, a layer or an option cannot be used; the message lists every fault found.
    """
    faults = limit_faults(options)
    if faults:
        raise InstanceError("The options cannot be used", faults)
    extract = read_extract(options.extract, options.crs)
    network = build_network(extract.streets, CLASSES)
    people, sites = read_layers(
        Layer(options.people, options.people_crs) if options.people else None,
        Layer(options.sites, options.sites_crs) if options.sites else None,
        network,
        extract.crs,
        load_pack(options.rules).uses,
        options.snap_limit,
    )
    rule = TownRule(
        spacing=options.spacing,
        walk=options.walk,
        haul=options.haul,
        snap_limit=options.snap_limit,
        detours=options.detours,
        rules=options.rules,
        residents=ResidentRule(options.floor_per_person, options.unknown_share),
    )
    about = About(name=options.name, title=TITLE, crs=extract.crs, seed=options.seed)
    return build_town(
        extract,
        network,
        about,
        rule,
        lambda ground: default_events(ground, options.seed, options.scenarios),
        people,
        sites,
    )
