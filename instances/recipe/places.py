"""From people and sites as found to parts of the instance: named by street, reachable by road, each in its zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from instances.accounts import Ledger
from instances.index import Index, Map
from instances.layers.layer import Frame
from instances.people.settle import Settled
from instances.places import Demand, Groups, Sites, Zones
from instances.preparation import Modes, Options, Phases
from instances.rulepack import RulePack
from instances.schema import InstanceError
from instances.screening import Exclusions, Suitability
from instances.siting.blocks import NAME as BLOCKS
from instances.siting.found import Found
from instances.streets.graph import Network
from instances.streets.naming import name_points, name_sites
from instances.streets.snapping import near_enough, snap
from instances.supply import Commodities
from instances.units import Units
from instances.zones.drawing import draw_zones

if TYPE_CHECKING:
    from instances.zones.rule import ZonesRule

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

WALK_SPEED = 4.0  # km/h; here only distances of snaps count


@dataclass(frozen=True, eq=False)
class Placed:
    """People and sites as parts, with what later steps ask about sites.

    Attributes
    ----------
    open_air, underground
        Per site, what hazards ask.
    capacity, cost, cost_factor
        Per site: most people and own cost (NaN where not given), and a factor on the cost by the rule pack.
    barred
        Tuples of site (position) and mode that an exclusion forbids.
    """

    demand: Demand
    groups: Groups | None
    sites: Sites
    zones: Zones
    units: Units | None
    exclusions: Exclusions | None
    suitability: Suitability | None
    open_air: Flags
    underground: Flags
    capacity: Floats
    cost: Floats
    cost_factor: Floats
    barred_site: NDArray[np.intp]
    barred_mode: NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Prepared:
    """What the rule pack makes of the sites."""

    phases: Phases
    modes: Modes
    options: Options
    commodities: Commodities
    money: str


def place(
    settled: Settled,
    found: Found,
    network: Network | None,
    zones: ZonesRule | None,
    layers: Mapping[str, Any],
    frame: Frame,
    limit: float,
    own_ids: bool,
    keyed: list[str],
    ledger: Ledger,
) -> Placed:
    """Give people and sites names and zones.

    Sites farther than ``limit`` metres from a road are dropped in the books; people never are: those who live far from
    a road have need but no way, which the quality report says.

    Parameters
    ----------
    own_ids
        Demand points keep the ids of their layer; ids made on the way say less than the name of a street.
    keyed
        Layers whose features have ids of their own, which sites keep.

    Raises
    ------
    InstanceError
        If no site is left, or ids repeat.
    """
    if network is not None:
        _elsewhere(settled, found, network, limit)
    ledger.read("sites", len(found))
    if network is not None and len(found):
        near = near_enough(snap(network, found.x, found.y, WALK_SPEED), limit, ledger, "sites", found.id.tolist())
        found = found.take(np.flatnonzero(near))
    if not len(found):
        raise InstanceError("This city has no site", [f"every site lies farther than {limit:g} m from a road"])
    zoned = draw_zones(zones, layers, settled.x, settled.y, settled.zone, frame, ledger, (found.x, found.y))
    titles = _point_names(settled, network)
    demand = Index.named("demand", (settled.id if own_ids else titles).tolist())
    named = name_sites(network, found.x, found.y, found.use, found.title, found.layer == BLOCKS)
    site = Index.named("site", _site_ids(found, named, keyed).tolist())
    sites = Sites(
        site,
        found.x,
        found.y,
        found.area,
        found.use,
        found.status,
        named,
        zone=Map(site, zoned.zones.zone, zoned.of(found.x, found.y)),
    )
    if network is not None:
        door = snap(network, found.x, found.y, WALK_SPEED)
        sites = replace(sites, node=Map(site, network.roads.node, door.node))
    exclusions, suitability = found.parts(site)
    return Placed(
        demand=settled.demand(demand, titles, Map(demand, zoned.zones.zone, zoned.of_demand)),
        groups=settled.groups(demand),
        sites=sites,
        zones=zoned.zones,
        units=zoned.units,
        exclusions=exclusions,
        suitability=suitability,
        open_air=found.open_air,
        underground=found.underground,
        capacity=found.capacity,
        cost=found.cost,
        cost_factor=found.cost_factor,
        barred_site=found.barred_site,
        barred_mode=found.barred_grade,
    )


def prepare(placed: Placed, pack: RulePack, ledger: Ledger) -> Prepared:
    """What each site may be prepared for, with its own capacity and cost where a layer gives them."""
    phases = pack.phases()
    modes = pack.modes(phases)
    options = pack.options(placed.sites, modes, phases)
    site, mode = options.option["site"].position, options.option["mode"].position
    shelter = modes.role[mode] == "shelter"
    limit, cost = placed.capacity[site], placed.cost[site]
    capacity = np.where(shelter & np.isfinite(limit), np.fmin(options.capacity, limit), options.capacity)
    spent = np.where(np.isfinite(cost), cost, options.cost * placed.cost_factor[site])
    options = replace(options, capacity=capacity, cost=spent)
    if len(placed.barred_site):
        options = _without_barred(options, placed, modes, ledger)
    ledger.assume(*pack.assumptions)
    ledger.cite(*pack.sources)
    return Prepared(phases, modes, options, pack.commodities(), pack.money)


def _without_barred(options: Options, placed: Placed, modes: Modes, ledger: Ledger) -> Options:
    """Options without the modes that exclusions forbid at some sites."""
    barred = set(zip(placed.barred_site.tolist(), placed.barred_mode.tolist(), strict=True))
    site, mode = options.option["site"].position, options.option["mode"].position
    labels = modes.mode.labels()
    keep = np.array([(int(j), labels[m]) not in barred for j, m in zip(site, mode, strict=True)], bool)
    ledger.read("options", len(keep))
    gone = [options.option.label(int(k)) for k in np.flatnonzero(~keep)]
    ledger.drop("options", "an exclusion forbids this grade at the site", gone)
    option = Index.tuples(
        "option",
        site=(placed.sites.site, site[keep]),
        mode=(modes.mode, mode[keep]),
    )
    kept = ("capacity", "cost", "disturbance", "interruption", "footprint", "ready")
    return Options(option, options.phase, **{name: getattr(options, name)[keep] for name in kept})


def _elsewhere(settled: Settled, found: Found, network: Network, limit: float) -> None:
    """Raise if most people or sites lie off the roads: then a layer is about another place, or in another system."""
    faults = []
    for what, x, y in (("demand points", settled.x, settled.y), ("sites", found.x, found.y)):
        far = snap(network, x, y, WALK_SPEED).distance > limit
        if 2 * far.sum() > len(far):
            own, road = (
                f"x {a.min():.0f} to {a.max():.0f}, y {b.min():.0f} to {b.max():.0f}"
                for a, b in ((x, y), (network.roads.x, network.roads.y))
            )
            faults.append(
                f"{far.sum()} of {len(far)} {what} lie farther than {limit:g} m from a road: they fill {own}, the "
                f"roads {road}; check the crs and datum of the layers, or raise travel.walk.snap_limit"
            )
    if faults:
        raise InstanceError("People, sites and roads do not fit together", faults)


def _point_names(settled: Settled, network: Network | None) -> NDArray[np.str_]:
    """Titles of demand points: their own, else the street, else a number from north to south."""
    if (settled.title != "").all():
        return settled.title
    return np.where(settled.title == "", name_points(network, settled.x, settled.y), settled.title)


def _site_ids(found: Found, named: NDArray[np.str_], keyed: list[str]) -> NDArray[np.str_]:
    """Ids of sites: those of a layer with a key, else their names."""
    ids = np.where(np.isin(found.layer, keyed), found.feature, named)
    return ids if len(np.unique(ids)) == len(ids) else named
