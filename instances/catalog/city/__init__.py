"""A generated city of any size: the same seed gives the same city. For tests and for scaling, never passed off as real.

A river winds past an old town with rings and radial avenues; blocks are smaller and people denser towards the centres;
few bridges join the banks; faults pass nearby. Sites of common uses lie where such places lie. Floods, earthquakes with
fire, and outages strike in three levels, correlated in space.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from instances.accounts import Ledger
from instances.catalog import option
from instances.catalog.city.land import ORIGIN, Land, lay_land
from instances.catalog.city.people import WALK_SPEED, dry_cells, people_of, sites_of
from instances.catalog.city.shocks import IN_WORDS, shake
from instances.catalog.city.streets import draw_streets
from instances.instance import About, Instance
from instances.network import Hauls
from instances.places import Sites
from instances.preparation import Modes
from instances.preparation import Options as Preparations
from instances.rulepack import load_pack
from instances.scenarios import Damage
from instances.streets import corridors as tied
from instances.streets.graph import Network, snap
from instances.travel.ways import driving_hauls, walking_routes

TITLE = {"en": "Generated city, not a real place", "zh": "生成的城市（非真实地点）"}
ABOUT = {
    "en": "A made-up city of any size from a seed: rings and radials, a river, fault lines, and floods, "
    "earthquakes and outages that are correlated in space. For tests and for scaling.",
    "zh": "由随机种子生成的任意规模虚构城市：环路与放射路、河流、断层，"
    "以及空间相关的洪水、地震与停电，用于测试与扩展。",
}
CRS = "EPSG:32631"  # with the origin in land.py the city lies in the sea, where nobody takes it for real
CORRIDORS = (
    "Corridors: regional on primary and secondary roads, city also on tertiary, local also on residential ones; "
    f"{tied.COST[0]:g}, {tied.COST[1]:g} and {tied.COST[2]:g} EUR a metre to designate and keep clear."
)
PEOPLE_A_POINT = 700
KILOMETRES = 0.5  # across, times the square root of the number of demand points


@dataclass(frozen=True)
class Options:
    """What may be chosen; the default city is small enough to plan in seconds."""

    demand: int = option(60, "demand points", lower=1, upper=100_000)
    sites: int = option(24, "candidate sites", lower=1, upper=50_000)
    scenarios: int = option(9, "scenarios; hazards in turn, levels rising", lower=1, upper=10_000)
    seed: int = option(1, "same seed, same city", lower=0, upper=2**31)
    people: int | None = option(None, "residents; 700 a demand point if not given", lower=1)
    extent_km: float | None = option(None, "km across; grows with the demand points if not given", lower=1.5, upper=120)
    block: float | None = option(None, "m between parallel streets; by size if not given", lower=80, upper=2_000)
    rings: int | None = option(None, "ring roads beside the old town ring; by size if not given", lower=1, upper=9)
    radials: int = option(8, "avenues out of the city", lower=3, upper=24)
    bridges: int | None = option(None, "bridges over the river; by size if not given", lower=1, upper=60)
    faults: int = option(1, "fault lines", lower=1, upper=4)
    walk: float = option(30.0, "min, longest walk that becomes a route", lower=1, upper=240)
    haul: float = option(25.0, "min, longest drive that becomes a haul", lower=1, upper=600)
    detours: bool = option(True, "look for ways around cut links")
    ways: int | None = option(None, "most ways a pair, the direct one among them; all if not given", lower=1, upper=99)
    nearest: int | None = option(
        None, "nearest stores that each shelter keeps; all if not given", lower=1, upper=50_000
    )
    rules: str = option("default", "rule pack")


def build(options: Options | None = None) -> Instance:
    """A generated city.

    Raises
    ------
    InstanceError
        If the rule pack cannot be used.
    """
    options = options or Options()
    pack = load_pack(options.rules)
    extent = 1000.0 * (options.extent_km or max(1.5, KILOMETRES * options.demand**0.5))
    bridges = options.bridges or max(3, round(extent / 2000.0))
    rings = options.rings or int(np.clip(round(extent / 5000.0) + 1, 2, 7))
    seed = options.seed
    land = lay_land(extent, rings, options.radials, bridges, options.faults, np.random.default_rng([seed, 0]))
    block = options.block or 200.0 + 0.005 * extent
    network = draw_streets(land, block, np.random.default_rng([seed, 1]))
    rng = np.random.default_rng([seed, 2])
    cells = dry_cells(land, options.demand + options.sites, rng)
    people = float(options.people or PEOPLE_A_POINT * options.demand)
    demand, zones = people_of(land, cells, options.demand, people, rng)
    sites = sites_of(land, cells, network, zones, options.sites, options.demand, rng)
    phases = pack.phases()
    modes = pack.modes(phases)
    prepared = pack.options(sites, modes, phases)
    scenarios, effects, damage = shake(land, demand, sites, phases, network, options.scenarios, seed)
    home, door = (snap(network, p.x, p.y, WALK_SPEED) for p in (demand, sites))
    ledger = Ledger("travel")
    routes = walking_routes(
        network.roads, scenarios.scenario, damage, demand.demand, home.node, home.access,
        sites.site, door.node, door.access, options.walk, options.detours,
        most_ways=options.ways, probability=scenarios.probability, ledger=ledger,
    )  # fmt: skip
    hauls = _hauls(network, damage, sites, prepared, modes, options, ledger)
    laid, corridor_notes = tied.lay_corridors(network.roads, _keys(land, sites))
    lost = np.bincount(routes.route["demand"].position, minlength=options.demand) == 0
    apart = f"routes: {lost.sum()} demand points, {demand.people[lost].sum():.0f} people, have no site in reach"
    return Instance(
        about=About(
            name="city",
            title=TITLE,
            crs=CRS,
            seed=seed,
            synthetic=True,
            sources=(
                "generated by Refugia from a seed; no place, person or street in it exists",
                *pack.sources,
                "Campbell (1981), Bulletin of the Seismological Society of America 71(6), 2039-2070: decay of shaking",
                "Jayaram & Baker (2009), doi:10.1002/eqe.922: correlation of shaking",
            ),
            assumptions=(
                f"A city {extent / 1000:.1f} km across with {people:.0f} people, about as many at every demand point.",
                f"Walks at {WALK_SPEED:g} km/h; routes up to {options.walk:g}, hauls up to {options.haul:g} minutes.",
                *IN_WORDS,
                CORRIDORS,
                *pack.assumptions,
            ),
            notes=(*network.notes, *([apart] if lost.any() else []), *ledger.notes, *corridor_notes),
        ),
        sites=sites,
        scenarios=scenarios,
        zones=zones,
        demand=demand,
        phases=phases,
        modes=modes,
        options=prepared,
        effects=effects,
        routes=routes,
        roads=network.roads,
        damage=damage,
        corridors=laid,
        commodities=pack.commodities(),
        hauls=hauls,
    )


def _hauls(
    network: Network,
    damage: Damage,
    sites: Sites,
    prepared: Preparations,
    modes: Modes,
    options: Options,
    ledger: Ledger,
) -> Hauls:
    """Drives from every site that may hold stock to every site that may shelter people."""
    role = modes.role[prepared.option["mode"].position]
    site = prepared.option["site"].position
    door = snap(network, sites.x, sites.y, WALK_SPEED)
    origins, destinations = np.unique(site[role == "stock"]), np.unique(site[role == "shelter"])
    return driving_hauls(
        network.roads, damage.scenario, damage, sites.site, door.node, door.access, origins, destinations,
        options.haul, nearest=options.nearest, ledger=ledger,
    )  # fmt: skip


def _keys(land: Land, sites: Sites) -> list[tied.Key]:
    """Gateways where every second avenue leaves the city; town hall and up to six hospitals with two ways in."""
    out = [a for a in land.avenues if not np.array_equal(a.points[0], a.points[-1]) and a.kind == "primary"]
    keys = [
        tied.Key(f"Gateway, {a.name}", ORIGIN[0] + a.points[-1, 0], ORIGIN[1] + a.points[-1, 1], "regional", 1, True)
        for a in out
    ]
    keys.append(tied.Key("Town hall", ORIGIN[0], ORIGIN[1], "city", 2))
    hospitals = np.flatnonzero(sites.use == "hospital")[:6]
    keys += [tied.Key(str(sites.title[j]), float(sites.x[j]), float(sites.y[j]), "city", 2) for j in hospitals]
    return keys


__all__ = ["ABOUT", "TITLE", "Options", "build"]
