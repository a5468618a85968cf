"""Shocks on a generated city: floods by depth, earthquakes by distance to a fault, outages and fires, in three levels.

Every figure here is an assumption of the generated case, except the shape of shaking: its decay with distance is that
of Campbell (1981), Bulletin of the Seismological Society of America 71(6), 2039-2070, and its correlation between
places that of Jayaram & Baker (2009), doi:10.1002/eqe.922 (peak ground acceleration, 8.5 km).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from instances.catalog.city.land import ORIGIN, Land
from instances.hazards import fields as hazards
from instances.index import Index
from instances.places import Demand, Sites
from instances.preparation import Phases
from instances.scenarios import LEVELS, Damage, Effects, Scenarios
from instances.streets.graph import Network

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

HAZARDS = ("flood", "earthquake", "outage")
WEIGHT = {"moderate": 6.0, "high": 3.0, "extreme": 1.0}
SETTING_IN = (24.0, 240.0)  # h: a phase that begins before the first is "hours", before the second "days", else "weeks"
SEEKING = {  # share of people with an unusable home who look for a public place in the hours, days and weeks after
    "flood": (0.55, 0.40, 0.25),
    "earthquake": (0.80, 0.55, 0.35),
    "outage": (0.08, 0.16, 0.02),
    "fire": (0.85, 0.50, 0.30),
}
LEVEL_OF_WATER = {"moderate": 2.2, "high": 3.0, "extreme": 3.9}  # m above the foot of the bank
MAGNITUDE = {"moderate": 5.4, "high": 6.2, "extreme": 7.0}
DARK = {"moderate": 0.25, "high": 0.5, "extreme": 0.8}  # share of the city without power
BANK_HEIGHT, SLOPE, ROLLING = 1.4, 0.006, 0.7  # m, m a metre from the water, m (standard deviation)
QUAKE_REACH = 8_500.0  # m, Jayaram & Baker (2009)
QUAKE_SPREAD = 0.372  # of the logarithm of acceleration, Campbell (1981)
RUPTURE_DEPTH = 3_000.0  # m
OPEN_AIR = ("park", "sports", "car_park", "reserve_land")

IN_WORDS = (
    "Hazards are drawn, not observed: floods by depth along the river, earthquakes by distance to a fault with "
    "correlated scatter, outages in connected quarters, fires after extreme earthquakes.",
    "Share of people with an unusable home who seek a public place in the first hours, days and weeks: "
    + "; ".join(f"{name} {', '.join(f'{s:.0%}' for s in shares)}" for name, shares in SEEKING.items())
    + ".",
    "Homes are unusable in proportion to water depth up to 1 m; in earthquakes by a lognormal fragility curve with "
    "median 0.8 g and spread 0.6; in an outage wherever power fails; in a fire wherever it burns.",
    "Streets are cut from 0.5 m of water; bridges fail in earthquakes with median 0.9 g, streets are blocked by rubble "
    "with median 1.6 g, spread 0.6.",
)


@dataclass(frozen=True, eq=False)
class Shock:
    """What one hazard does: shares and factors at demand points, sites and links."""

    affected: Floats  # share of homes, per demand point
    usable: Floats  # per site
    survives: Floats  # per site
    cut: Flags  # per link
    slowdown: Floats  # per link
    title: str


class Ground:
    """Everything a shock touches, as one list of points: demand points, sites, and links by their middle."""

    def __init__(self, land: Land, demand: Demand, sites: Sites, network: Network, rng: np.random.Generator) -> None:
        middle = network.middle()
        self.land, self.network = land, network
        self.x = np.concatenate([demand.x, sites.x, middle[:, 0]]) - ORIGIN[0]
        self.y = np.concatenate([demand.y, sites.y, middle[:, 1]]) - ORIGIN[1]
        self.xy = np.column_stack([self.x, self.y])
        self.ends = np.cumsum([len(demand.x), len(sites.x)])
        self.shore = land.to_river(self.x, self.y)
        self._lattice: dict[float, hazards.OnLattice] = {}
        self._away: dict[int, Floats] = {}
        rolling = self.field(0.3 * land.radius, rng)
        self.height = np.maximum(BANK_HEIGHT + SLOPE * self.shore + ROLLING * rolling, 0.0)
        self.open_air = np.isin(sites.use, OPEN_AIR)

    def field(self, reach: float, rng: np.random.Generator) -> Floats:
        """A standard normal value at every point, correlated over ``reach`` metres."""
        if len(self.xy) <= hazards.EXACT:
            exact: Floats = hazards.correlated_field(self.xy, reach, 1, rng)[0]
            return exact
        if reach not in self._lattice:
            self._lattice[reach] = hazards.OnLattice(self.xy, reach)
        drawn: Floats = self._lattice[reach].draw(1, rng)[0]
        return drawn

    def to_fault(self, which: int) -> Floats:
        """Metres from every point to a fault."""
        import shapely

        if which not in self._away:
            self._away[which] = shapely.distance(shapely.points(self.xy), self.land.faults[which])
        return self._away[which]

    def parts(self, values: Floats) -> tuple[Floats, Floats, Floats]:
        """Values at demand points, sites and links."""
        a, b, c = np.split(values, self.ends)
        return a, b, c


def shake(
    land: Land, demand: Demand, sites: Sites, phases: Phases, network: Network, count: int, seed: int
) -> tuple[Scenarios, Effects, Damage]:
    """Scenarios of rising level, hazards in turn; scenario k is the same whatever their number."""
    ground = Ground(land, demand, sites, network, np.random.default_rng([seed, 3]))
    spans = np.digitize(phases.start, SETTING_IN)
    names, levels, kinds, titles = [], [], [], []
    need = np.zeros((len(demand.demand), len(phases.phase), count))
    usable, survives = np.ones((2, len(sites.site), count))
    cut, slow = np.zeros((len(network.bridge), count), bool), np.ones((len(network.bridge), count))
    turn = dict.fromkeys(HAZARDS, 0)
    for s in range(count):
        kind, level = HAZARDS[s % len(HAZARDS)], LEVELS[s // len(HAZARDS) % len(LEVELS)]
        turn[kind] += 1
        rng = np.random.default_rng([seed, 4, s])
        shocks = {kind: DRAW[kind](ground, level, rng)}
        if kind == "earthquake" and level == "extreme":
            shocks["fire"] = _fire(ground, demand, rng)
        left = np.ones((len(demand.demand), len(phases.phase)))
        for hazard, shock in shocks.items():
            left *= 1.0 - shock.affected[:, None] * np.array([SEEKING[hazard][k] for k in spans])
            usable[:, s] *= shock.usable
            survives[:, s] *= shock.survives
            cut[:, s] |= shock.cut
            slow[:, s] *= shock.slowdown
        need[:, :, s] = hazards.need(demand.people[:, None], 1.0 - left, 1.0)
        names.append(f"{kind} {turn[kind]}")
        levels.append(level)
        kinds.append("+".join(shocks))
        titles.append(", ".join(shock.title for shock in shocks.values()))
    scenario = Index.named("scenario", names)
    weight = np.array([WEIGHT[level] for level in levels])
    return (
        Scenarios(scenario, weight / weight.sum(), np.array(levels), np.array(kinds), np.array(titles)),
        Effects(scenario, demand.demand, phases.phase, sites.site, need, usable.round(3), survives.round(3)),
        Damage(scenario, network.roads.link, cut, slow),
    )


def _flood(ground: Ground, level: str, rng: np.random.Generator) -> Shock:
    """Depth is the height of the water, which falls away from the river, less that of the ground."""
    water = LEVEL_OF_WATER[level] * rng.uniform(0.92, 1.08)
    spent = 0.0012 * ground.shore  # m lost a metre
    depth = np.maximum(water - spent - ground.height, 0.0)
    homes, sites, links = ground.parts(depth)
    bridge = ground.network.bridge
    flooded = np.where(bridge, 0.0, links)
    return Shock(
        affected=np.clip(homes, 0.0, 1.0),
        usable=hazards.usable_share(sites, 0.1, 0.8),
        survives=hazards.survival(sites, 0.8, 0.5),
        cut=(flooded > 0.5) | (bridge & (level == "extreme") & (rng.uniform(size=len(bridge)) < 0.35)),
        slowdown=hazards.slowdown(flooded, 0.15, 2.0),
        title=f"{level.capitalize()} flood, {water:.1f} m at the bank",
    )


def _earthquake(ground: Ground, level: str, rng: np.random.Generator) -> Shock:
    """Peak ground acceleration in g after Campbell (1981), at the distance to one of the faults."""
    magnitude = MAGNITUDE[level] + rng.uniform(-0.2, 0.2)
    which = int(rng.integers(len(ground.land.faults)))
    km = np.hypot(ground.to_fault(which), RUPTURE_DEPTH) / 1000.0
    scatter = QUAKE_SPREAD * ground.field(QUAKE_REACH, rng)
    shaking = 0.0159 * np.exp(0.868 * magnitude) * (km + 0.0606 * np.exp(0.7 * magnitude)) ** -1.09 * np.exp(scatter)
    homes, sites, links = ground.parts(shaking)
    # Luck of a building or bridge is its own, and partly shared with its neighbours (same builders, same ground).
    luck = ground.field(0.25 * ground.land.radius, rng)
    _, luck_site, luck_link = ground.parts(0.7 * luck + np.sqrt(1 - 0.49) * rng.standard_normal(len(ground.x)))
    fails = hazards.cut_links(sites, 0.75, 0.5, luck_site)
    worn = np.clip(1.0 - 0.6 * sites, 0.2, 1.0)
    bridge = ground.network.bridge
    return Shock(
        affected=1.0 - hazards.survival(homes, 0.8, 0.6),
        usable=np.where(ground.open_air, 1.0, np.where(fails, 0.0, worn)),
        survives=hazards.survival(sites, 0.9, 0.6),
        cut=np.where(
            bridge, hazards.cut_links(links, 0.9, 0.6, luck_link), hazards.cut_links(links, 1.6, 0.6, luck_link)
        ),
        slowdown=hazards.slowdown(links, 0.25, 1.8),
        title=f"M {magnitude:.1f} on the {_lower(ground.land.fault_names[which])}",
    )


def _outage(ground: Ground, level: str, rng: np.random.Generator) -> Shock:
    """Power fails where a correlated field is highest, so that whole quarters go dark."""
    field = ground.field(0.6 * ground.land.radius, rng)
    dark = (field > np.quantile(field, 1.0 - DARK[level])).astype(np.float64)
    homes, sites, links = ground.parts(dark)
    return Shock(
        affected=homes,
        usable=np.where(ground.open_air, 0.5, 1.0 - 0.35 * sites),
        survives=1.0 - 0.1 * sites,
        cut=np.zeros(len(links), bool),
        slowdown=1.0 + 0.25 * links,
        title=f"Winter outage, {DARK[level]:.0%} of the city dark",
    )


def _fire(ground: Ground, demand: Demand, rng: np.random.Generator) -> Shock:
    """A fire that breaks out where many people live."""
    at = int(rng.choice(len(demand.people), p=demand.people / demand.people.sum()))
    reach = 0.14 * ground.land.radius * rng.uniform(0.8, 1.3)
    burning = np.clip(1.0 - np.hypot(ground.x - ground.x[at], ground.y - ground.y[at]) / reach, 0.0, 1.0)
    homes, sites, links = ground.parts(burning)
    return Shock(
        affected=np.clip(2.0 * homes, 0.0, 1.0),
        usable=np.where(sites > 0, 0.0, 1.0),
        survives=np.where(sites > 0.2, 0.0, 1.0),
        cut=links > 0.5,
        slowdown=1.0 + links,
        title=f"fire near {demand.title[at]}",
    )


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]


DRAW = {"flood": _flood, "earthquake": _earthquake, "outage": _outage}
