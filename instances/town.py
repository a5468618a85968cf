"""A town from its map: streets, people, sites and declared events put together as an Instance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from instances.hazards import declared
from instances.hazards.declared import Event, Ground
from instances.index import Index, Map
from instances.instance import About, Instance
from instances.layers.given import PeopleLayer, SitesLayer
from instances.layers.osm import ATTRIBUTION, Extract
from instances.network import Corridors, Hauls
from instances.people.residents import Dwellers, ResidentRule, gather, merge_small, residents
from instances.places import Demand, Sites
from instances.preparation import Modes, Options
from instances.rulepack import load_pack
from instances.scenarios import Damage
from instances.schema import InstanceError
from instances.siting import tagged as sites_of
from instances.streets import corridors as tied
from instances.streets.graph import Network, Snapped, snap
from instances.streets.naming import name_points, name_sites
from instances.travel.ways import components, driving_hauls, walking_routes
from instances.zones.quarters import Quarters, quarters

Floats = NDArray[np.float64]

WALK_SPEED = 4.0  # km/h, for the stretch between a place and its road


@dataclass(frozen=True)
class TownRule:
    """Choices made while a map becomes an instance; every figure is reported as an assumption."""

    spacing: float = 90.0  # m: people within a square of this side become one demand point
    least_people: float = 12.0  # smaller demand points join the nearest larger one
    walk: float = 10.0  # min: longest walk that becomes a route
    haul: float = 20.0  # min: longest drive that becomes a haul
    snap_limit: float = 250.0  # m: farthest a place may lie from the road network
    shore_gap: float = 30.0  # m: sites nearer to the shore are forbidden
    detours: bool = True
    rules: str = "default"
    residents: ResidentRule = ResidentRule()

    def in_words(self) -> tuple[str, ...]:
        """The assumptions, one sentence each."""
        return (
            f"People within a square of {self.spacing:g} m are one demand point; points below {self.least_people:g} "
            "people join the nearest larger one; people are rounded to whole numbers.",
            f"Walking at {WALK_SPEED:g} km/h, on stairs at 2 km/h; routes up to {self.walk:g} minutes.",
            f"Hauls up to {self.haul:g} minutes of driving; one-way streets and turn restrictions do not bind in an "
            "emergency.",
            "Strengthening a street costs 150 to 900 EUR a metre by class, bridges and tunnels eight times as much.",
            f"Sites within {self.shore_gap:g} m of the shore are forbidden.",
        )


@dataclass(frozen=True, eq=False)
class _Nature:
    """Which sites lie in the open, and which below ground."""

    open_air: NDArray[np.bool_]
    underground: NDArray[np.bool_]


def build_town(
    extract: Extract,
    network: Network,
    about: About,
    rule: TownRule,
    events: Callable[[Ground], tuple[Event, ...]],
    people: PeopleLayer | None = None,
    places: SitesLayer | None = None,
) -> Instance:
    """Instance of a town.

    Parameters
    ----------
    about
        Name, title and seed; CRS, sources, assumptions and notes are filled in here.
    events
        Declares the events once people, sites and roads are known.
    people, places
        Layers of the user, in place of what the map says.

    Raises
    ------
    InstanceError
        If nobody lives in the extract, or it holds no site.
    """
    notes = [*extract.notes, *network.notes]
    assumptions = list(rule.in_words())
    pack = load_pack(rule.rules)
    demand, zoned = _demand(extract, network, rule, people, notes, assumptions)
    sites, nature, at = _sites(extract, network, rule, places, zoned, notes, assumptions)
    phases = pack.phases()
    modes = pack.modes(phases)
    options = _capped(pack.options(sites, modes, phases), modes, places)
    shore = _shore(extract)
    ground = Ground(
        demand=demand,
        site=sites.site,
        site_x=sites.x,
        site_y=sites.y,
        open_air=nature.open_air,
        underground=nature.underground,
        roads=network.roads,
        middle=network.middle(),
        bridge=network.bridge,
        tunnel=network.tunnel,
        shore=shore,
    )
    happening = events(ground)
    scenarios, effects, damage = declared.happen(happening, ground, phases, about.seed or 0)
    door = snap(network, demand.x, demand.y, WALK_SPEED)
    routes = walking_routes(
        network.roads, scenarios.scenario, damage, demand.demand, door.node, door.access,
        sites.site, at.node, at.access, rule.walk, rule.detours,
    )  # fmt: skip
    out = np.bincount(routes.route["demand"].position, minlength=len(demand.demand)) == 0
    if out.any():
        notes.append(f"routes: {out.sum()} demand points ({demand.people[out].sum():.0f} people) have no site in reach")
    keys = [*tied.gateways(network.roads), *_keys(extract, demand)]
    laid, corridor_notes = tied.lay_corridors(network.roads, keys)
    sites = _at_kerb(sites, network, laid)
    hauls = _hauls(network, scenarios.scenario, damage, sites, options, modes, rule)
    assumptions += [*tied.IN_WORDS, *declared.in_words(happening), *pack.assumptions]
    return Instance(
        about=replace(
            about,
            crs=extract.crs,
            money=pack.money,
            sources=(*about.sources, ATTRIBUTION, *pack.sources),
            assumptions=(*about.assumptions, *assumptions),
            notes=(*about.notes, *notes, *corridor_notes),
        ),
        sites=sites,
        scenarios=scenarios,
        zones=zoned.zones,
        demand=demand,
        phases=phases,
        modes=modes,
        options=options,
        effects=effects,
        routes=routes,
        roads=network.roads,
        damage=damage,
        corridors=laid,
        commodities=pack.commodities(),
        hauls=hauls,
    )


def _demand(
    extract: Extract,
    network: Network,
    rule: TownRule,
    given: PeopleLayer | None,
    notes: list[str],
    assumptions: list[str],
) -> tuple[Demand, Quarters]:
    if given is not None:
        who, titles, ids, own = Dwellers(given.x, given.y, given.people), given.title, given.id, given.zone
        notes.append(f"people: {given.people.sum():.0f} in {len(given.people)} demand points, from a layer")
    else:
        lived, resident_notes = residents(extract.areas, rule.residents)
        notes += resident_notes
        assumptions += rule.residents.in_words()
        far = snap(network, lived.x, lived.y, WALK_SPEED).distance > rule.snap_limit
        if far.any():
            lost = lived.people[far].sum()
            notes.append(f"residents: left out {lost:.0f} people farther than {rule.snap_limit:g} m from a road")
        lived = Dwellers(lived.x[~far], lived.y[~far], lived.people[~far])
        if not lived.people.sum() > 0:
            raise InstanceError(
                "Nobody lives in this extract",
                ["no building with dwellings is mapped; give a layer of people (columns id and people)"],
            )
        who = merge_small(gather(lived, rule.spacing), rule.least_people)
        who = Dwellers(who.x, who.y, np.maximum(np.rint(who.people), 1.0))
        notes.append(f"people: {who.people.sum():.0f} in {len(who.people)} demand points")
        titles = name_points(network, who.x, who.y)
        ids, own = titles, None
    zoned = quarters(extract.points, who.x, who.y, own)
    demand = Index.named("demand", ids)
    zone = Map(demand, zoned.zones.zone, zoned.of(who.x, who.y) if own is None else zoned.of_seed)
    return Demand(demand, who.x, who.y, who.people, title=titles, zone=zone), zoned


def _sites(
    extract: Extract,
    network: Network,
    rule: TownRule,
    given: SitesLayer | None,
    zoned: Quarters,
    notes: list[str],
    assumptions: list[str],
) -> tuple[Sites, _Nature, Snapped]:
    """Sites, what they are exposed to, and where they enter the roads."""
    if given is not None:
        x, y, area, use, title, status = given.x, given.y, given.area, given.use, given.title, given.status
        ids = given.id
        nature = _Nature(np.isin(use, [*sites_of.OPEN_AIR, "reserve_land"]), np.zeros(len(x), bool))
        notes.append(f"sites: {len(x)}, from a layer")
    else:
        found, site_notes = sites_of.candidates(extract, rule.residents)
        notes += site_notes
        assumptions += sites_of.IN_WORDS
        near = snap(network, found.x, found.y, WALK_SPEED).distance <= rule.snap_limit
        if not near.all():
            notes.append(f"sites: left out {(~near).sum()} farther than {rule.snap_limit:g} m from a road")
        if not near.any():
            raise InstanceError(
                "This extract holds no site",
                ["no school, park, hotel or other place is mapped; give a layer of sites (columns id, use, area)"],
            )
        order = np.flatnonzero(near)[np.lexsort((found.x[near], -found.y[near], found.use[near]))]
        x, y, area, use = found.x[order], found.y[order], np.rint(found.area[order]), found.use[order]
        nature = _Nature(found.open_air[order], found.underground[order])
        ids = title = name_sites(network, x, y, use, found.title[order])
        shore = _shore(extract)
        status = np.full(len(x), "candidate", dtype="<U9")
        if shore is not None:
            import shapely

            status[shapely.distance(shore, shapely.points(x, y)) < rule.shore_gap] = "forbidden"
    at = snap(network, x, y, WALK_SPEED)
    site = Index.named("site", ids)
    sites = Sites(
        site, x, y, area, use, status, title,
        zone=Map(site, zoned.zones.zone, zoned.of(x, y)), node=Map(site, network.roads.node, at.node),
    )  # fmt: skip
    return sites, nature, at


def _capped(options: Options, modes: Modes, given: SitesLayer | None) -> Options:
    """A capacity the user gives is an upper limit on the people any mode shelters there."""
    if given is None or not np.isfinite(given.capacity).any():
        return options
    limit = given.capacity[options.option["site"].position]
    shelter = modes.role[options.option["mode"].position] == "shelter"
    capped = np.where(shelter & np.isfinite(limit), np.fmin(options.capacity, limit), options.capacity)
    return replace(options, capacity=capped)


def _at_kerb(sites: Sites, network: Network, laid: Corridors | None) -> Sites:
    """Sites with the junction where trucks reach them: on a street that may be a corridor, if there are any.

    People enter by another, nearer junction; but a footpath junction could never be tied to the corridors.
    """
    allowed = _truck_net(network)
    if laid is not None:
        allowed = np.zeros(len(allowed), bool)
        allowed[laid.lane["link"].position] = True
    if not allowed.any():
        return sites
    node = snap(network, sites.x, sites.y, WALK_SPEED, allowed=allowed).node
    return replace(sites, node=Map(sites.site, network.roads.node, node))


def _truck_net(network: Network) -> NDArray[np.bool_]:
    """Links of the largest connected net of drivable streets, shape (link,)."""
    roads = network.roads
    part = components(roads, roads.drivable)[roads.tail.position]
    main = np.bincount(part, roads.length * roads.drivable).argmax()
    return np.asarray(roads.drivable & (part == main), bool)


def _hauls(
    network: Network, scenario: Index, damage: Damage, sites: Sites, options: Options, modes: Modes, rule: TownRule
) -> Hauls:
    """Drives from every site that may hold stock to every site that may shelter people."""
    role = modes.role[options.option["mode"].position]
    site = options.option["site"].position
    roads = network.roads
    truck = _truck_net(network)
    if not truck.any():  # a place with footpaths only: nothing can be driven
        truck = np.ones(len(truck), bool)
    kerb = snap(network, sites.x, sites.y, WALK_SPEED, allowed=truck)
    origins, destinations = np.unique(site[role == "stock"]), np.unique(site[role == "shelter"])
    return driving_hauls(roads, scenario, damage, sites.site, kerb.node, kerb.access, origins, destinations, rule.haul)


KEYS = (  # what to tie in: tag, value, word for one without a name, how many, lowest tier
    ("amenity", "townhall", "Town hall", 1, "city"),
    ("railway", "station", "Station", 1, "regional"),
    ("amenity", "fire_station", "Rescue station", 2, "city"),
    ("amenity", "hospital", "Hospital", 3, "city"),
)


def _keys(extract: Extract, demand: Demand) -> list[tied.Key]:
    """Hub, station, rescue service and hospitals; without a town hall, the middle of the people is the hub."""
    import shapely

    keys: list[tied.Key] = []
    for tag, value, word, most, tier in KEYS:
        areas, points = extract.areas.tagged(tag, value), extract.points.tagged(tag, value)
        these = list(zip([*areas.shape, *points.shape], [*areas.tags, *points.tags], strict=True))[:most]
        for k, (shape, tags) in enumerate(these):
            at = shapely.centroid(shape)
            name = f"{word} {tags['name']}" if "name" in tags else (word if len(these) == 1 else f"{word} {k + 1}")
            if name not in [key.name for key in keys]:
                keys.append(tied.Key(name, float(at.x), float(at.y), tier, 2))
        if value == "townhall" and not these:
            total = demand.people.sum()
            x, y = (demand.x @ demand.people) / total, (demand.y @ demand.people) / total
            keys.append(tied.Key("Middle of the town", float(x), float(y), tier, 2))
    return keys


def _shore(extract: Extract) -> object | None:
    """Coastline and mapped water of some size, or None inland."""
    import shapely

    water = extract.areas.tagged("natural", "water")
    large = [s for s in water.shape if shapely.area(s) > 1000.0]
    both = [*extract.coast.shape, *large]
    return shapely.union_all(both) if both else None
