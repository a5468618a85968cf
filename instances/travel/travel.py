"""The step "travel" of a build: routes of people and hauls of goods, over roads or, without roads, straight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from instances.accounts import Ledger
from instances.index import Index
from instances.network import Hauls, Routes
from instances.places import Demand, Sites
from instances.preparation import Modes, Options
from instances.scenarios import Damage
from instances.streets.components import truck_net
from instances.streets.graph import Network
from instances.streets.snapping import snap
from instances.travel.arcs import Ints
from instances.travel.hauls import driving_hauls
from instances.travel.straight import straight_hauls, straight_routes
from instances.travel.ways import walking_routes

if TYPE_CHECKING:
    from instances.travel.rule import TravelRule


class Places(Protocol):
    """Where people live and sites lie."""

    @property
    def demand(self) -> Demand: ...

    @property
    def sites(self) -> Sites: ...


class Uses(Protocol):
    """What sites may be prepared for."""

    @property
    def options(self) -> Options: ...

    @property
    def modes(self) -> Modes: ...


def travel(
    rule: TravelRule,
    network: Network | None,
    scenario: Index,
    damage: Damage | None,
    places: Places,
    uses: Uses,
    ledger: Ledger,
) -> tuple[Routes, Hauls]:
    """Routes from people to sites, and hauls from sites that may hold stock to sites that may shelter people.

    Pairs out of reach are absent; people without any site in reach are counted in the ledger.
    """
    demand, sites = places.demand, places.sites
    site, role = uses.options.option["site"].position, uses.modes.role[uses.options.option["mode"].position]
    stores, shelters = np.unique(site[role == "stock"]), np.unique(site[role == "shelter"])
    if network is None:
        routes, hauls = _straight(rule, scenario, demand, sites, stores, shelters, ledger)
    else:
        routes, hauls = _by_road(rule, network, scenario, damage, demand, sites, stores, shelters, ledger)
    _account(rule, demand, sites, shelters, routes, hauls, ledger)
    return routes, hauls


def _by_road(
    rule: TravelRule,
    network: Network,
    scenario: Index,
    damage: Damage | None,
    demand: Demand,
    sites: Sites,
    stores: Ints,
    shelters: Ints,
    ledger: Ledger,
) -> tuple[Routes, Hauls]:
    walk, drive = rule.walk, rule.drive
    home = snap(network, demand.x, demand.y, walk.speed)
    door = snap(network, sites.x, sites.y, walk.speed)
    far = home.distance > walk.snap_limit
    access = np.where(far, np.inf, home.access)
    if far.any():
        people = float(demand.people[far].sum())
        ledger.warn(
            f"travel: {far.sum()} demand points with {people:.0f} people lie farther than {walk.snap_limit:g} m from "
            "a road and have no way; add the missing roads or raise travel.walk.snap_limit"
        )
    routes = walking_routes(
        network.roads, scenario, damage, demand.demand, home.node, access, sites.site, door.node, door.access,
        walk.cutoff, walk.detours, most_ways=walk.most_ways, alternatives=walk.alternatives, ledger=ledger,
    )  # fmt: skip
    binds = drive.oneway == "binds"
    # People enter by the nearest junction; trucks stop at the nearest street that they can also leave again.
    kerb = snap(network, sites.x, sites.y, walk.speed, allowed=truck_net(network.roads, binds))
    hauls = driving_hauls(
        network.roads, scenario, damage, sites.site, kerb.node, kerb.access, stores, shelters,
        drive.cutoff, nearest=drive.nearest, oneway=binds, ledger=ledger,
    )  # fmt: skip
    ledger.assume(f"People walk {walk.speed:g} km/h between a door and the road.")
    return routes, hauls


def _straight(
    rule: TravelRule, scenario: Index, demand: Demand, sites: Sites, stores: Ints, shelters: Ints, ledger: Ledger
) -> tuple[Routes, Hauls]:
    walk, drive, straight = rule.walk, rule.drive, rule.straight
    routes = straight_routes(scenario, demand, sites, walk.cutoff, walk.speed, straight.detour)
    hauls, dropped = straight_hauls(
        scenario, sites, stores, shelters, drive.cutoff, straight.drive, straight.detour, drive.nearest
    )
    if dropped:
        ledger.note(f"hauls: {dropped} beyond the {drive.nearest} nearest origins of a destination are left out")
    ledger.assume(
        f"Without a road layer ways are straight lines times {straight.detour:g}, walked at {walk.speed:g} and driven "
        f"at {straight.drive:g} km/h; no scenario cuts or slows them."
    )
    return routes, hauls


def _account(
    rule: TravelRule, demand: Demand, sites: Sites, shelters: Ints, routes: Routes, hauls: Hauls, ledger: Ledger
) -> None:
    """Say how many pairs are in reach, and who is left without any."""
    person, place = routes.route["demand"].position, routes.route["site"].position
    pairs = len(np.unique(person * len(sites.site) + place))
    every = len(demand.demand) * len(sites.site)
    ledger.note(
        f"routes: {len(routes.route)} ways for {pairs} of {every} pairs of a demand point and a site; "
        f"the other pairs have none within {rule.walk.cutoff:g} minutes"
    )
    lost = np.bincount(person, minlength=len(demand.demand)) == 0
    if lost.any():
        text = f"routes: {lost.sum()} demand points with {demand.people[lost].sum():.0f} people have no site in reach"
        ledger.note(text)
        ledger.warn(f"{text}; add sites near them or raise travel.walk.cutoff")
    ledger.note(f"hauls: {len(hauls.haul)} between stores and shelters within {rule.drive.cutoff:g} minutes")
    supplied = np.zeros(len(sites.site), bool)
    supplied[hauls.haul["destination"].position] = True
    bare = shelters[~supplied[shelters]]
    if len(bare):
        ledger.warn(
            f"hauls: {len(bare)} shelters have no store in reach, first {', '.join(sites.site.labels(bare[:3]))}; "
            "allow stock there or raise travel.drive.cutoff"
        )


__all__ = ["travel"]
