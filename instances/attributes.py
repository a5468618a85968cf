"""Attribute tables of the layers that people look at: one column of values for each thing to know about a feature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from instances.outlines import units_of

if TYPE_CHECKING:
    from instances.instance import Instance

Columns = dict[str, Any]
MOST = 12  # names in one cell; the rest are counted


def of_sites(instance: Instance) -> Columns:
    """One capacity column per mode, empty where the site has no such option; why it is excluded; else how it ranks."""
    sites, options, modes = instance.sites, instance.options, instance.modes
    columns: Columns = {"id": sites.site.labels(), "title": sites.title, "use": sites.use}
    columns |= {"status": sites.status, "area": sites.area}
    if sites.zone is not None:
        columns["zone"] = _named(sites.zone.target.labels(), sites.zone.position)
    if options is not None and modes is not None:
        site, mode = options.option["site"].position, options.option["mode"].position
        for m, label in enumerate(modes.mode.labels()):
            capacity = np.full(sites.site.size, np.nan)
            capacity[site[mode == m]] = options.capacity[mode == m]
            columns[f"capacity {label}"] = capacity
    if instance.exclusions is not None:
        rule, at = instance.exclusions.rule, instance.exclusions.exclusion
        shut = np.zeros((sites.site.size, rule.size), bool)
        shut[at["site"].position, at["rule"].position] = True
        columns["excluded by"] = listed(shut, rule.labels())
        columns["why excluded"] = ["; ".join(found) for found in exclusion_texts(instance)]
    if instance.suitability is not None:
        suits, free = instance.suitability, sites.status != "forbidden"
        ranked = {
            "score": suits.score,
            "rank": suits.rank,
            "best rank": suits.best_rank,
            "worst rank": suits.worst_rank,
        }
        columns |= {name: np.where(free, values, np.nan) for name, values in ranked.items()}
    return columns


def exclusion_texts(instance: Instance) -> list[list[str]]:
    """For each site the rules that forbid it, in words, with what was found there and what is allowed."""
    texts = []
    for reasons in exclusion_reasons(instance):
        units = [f" {unit}" if unit else "" for *_, unit, _ in reasons]
        texts.append(
            [
                f"{reason} (found {found:.4g}{unit}, limit {limit:.4g}{unit})"
                for (reason, found, limit, *_), unit in zip(reasons, units, strict=True)
            ]
        )
    return texts


def exclusion_reasons(instance: Instance) -> list[list[tuple[str, float, float, str, str]]]:
    """For each site the rules that forbid it: in words, what was found there, what is allowed, the unit, the kind."""
    reasons: list[list[tuple[str, float, float, str, str]]] = [[] for _ in range(instance.sites.site.size)]
    shut = instance.exclusions
    if shut is None:
        return reasons
    site, rule = shut.exclusion["site"].position.tolist(), shut.exclusion["rule"].position.tolist()
    for j, r, found in zip(site, rule, shut.found.tolist(), strict=True):
        reasons[j].append((str(shut.reason[r]), found, float(shut.limit[r]), str(shut.unit[r]), str(shut.kind[r])))
    return reasons


def of_demand(instance: Instance) -> Columns:
    """People by night and by day, in all and by group, and how many of them need a place."""
    demand, effects, groups = instance.demand, instance.effects, instance.groups
    assert demand is not None
    columns: Columns = {"id": demand.demand.labels(), "title": demand.title, "people": demand.people}
    if demand.day is not None:
        columns["people by day"] = demand.day
    if demand.zone is not None:
        columns["zone"] = _named(demand.zone.target.labels(), demand.zone.position)
    if effects is not None:
        # The phase with the most people in need stands for the scenario.
        most = effects.need.max(axis=1, initial=0.0)
        columns["need expected"] = most @ instance.scenarios.probability
        columns["need worst"] = most.max(axis=1, initial=0.0)
    if groups is not None:
        for g, label in enumerate(groups.group.labels()):
            columns |= {f"{label} night": groups.night[:, g], f"{label} day": groups.day[:, g]}
    return columns


def of_links(instance: Instance) -> Columns:
    """A link's class, times and cost, in which scenarios it is cut, and which corridors may run there."""
    roads, damage, corridors = instance.roads, instance.damage, instance.corridors
    assert roads is not None
    columns: Columns = {
        "id": roads.link.labels(),
        "title": roads.title,
        "kind": roads.kind,
        "length": roads.length,
        "walk": roads.walk,
        "drive": roads.drive,
        "drivable": roads.drivable,
        "harden": roads.harden,
    }
    if roads.oneway is not None:
        columns["oneway"] = roads.oneway
    if damage is not None:
        columns["cut probability"] = damage.cut @ instance.scenarios.probability
        columns["cuts"] = damage.cut.sum(axis=1)
        columns["cut in"] = listed(damage.cut, damage.scenario.labels())
    if corridors is not None:
        possible = np.zeros((roads.link.size, corridors.tier.size), bool)
        possible[corridors.lane["link"].position, corridors.lane["tier"].position] = True
        columns["corridor tiers"] = listed(possible, corridors.tier.labels())
    return columns


def of_units(instance: Instance) -> Columns:
    """Level, land and people of every unit, the unit above it, and how many neighbours it has."""
    units, demand = instance.units, instance.demand
    assert units is not None
    ends = [units.border[end].position for end in ("unit", "neighbour")]
    columns: Columns = {"id": units.unit.labels(), "title": units.title, "level": units.level, "area": units.area}
    if units.within is not None:
        above = _named(units.unit.labels(), units.within.position)
        above[units.within.position == np.arange(units.unit.size)] = ""
        columns["within"] = above
    columns["neighbours"] = np.bincount(np.concatenate(ends), minlength=units.unit.size)
    if demand is not None:
        home = units_of(units, demand.x, demand.y, demand.zone)
        for name, people in (("people", demand.people), ("people by day", demand.day)):
            if people is not None:
                columns[name] = sum(np.bincount(at[at >= 0], people[at >= 0], units.unit.size) for at in home.values())
    return columns


def of_parcels(instance: Instance) -> Columns:
    """The use of every parcel, what it may become, how well it suits each class, and what the scenarios do there."""
    land = instance.land
    assert land is not None
    names = land.land_class.labels()
    stays = land.allowed[np.arange(land.parcel.size), land.present.position]
    columns: Columns = {
        "id": land.parcel.labels(),
        "class": _named(names, land.present.position),
        "area": land.area,
        "unit": _named(land.unit.target.labels(), land.unit.position),
        "may be": listed(land.allowed, names),
        "may stay": stays,
    }
    columns |= {f"suitability {name}": land.suitability[:, c] for c, name in enumerate(names)}
    p = instance.scenarios.probability
    return columns | {"displaced": land.displaced @ p, "damage": land.damage @ p, "usable": land.usable @ p}


def of_key_places(instance: Instance) -> Columns:
    """The places that corridors must tie together."""
    corridors = instance.corridors
    assert corridors is not None
    return {
        "id": corridors.key.labels(),
        "title": corridors.title,
        "tier": _named(corridors.tier.labels(), corridors.key_tier.position),
        "ways": corridors.ways,
        "gateway": corridors.gateway,
    }


def of_scenarios(instance: Instance) -> Columns:
    """What may happen, and when."""
    futures = instance.scenarios
    columns: Columns = {
        "id": futures.scenario.labels(),
        "title": futures.title,
        "level": futures.level,
        "hazard": futures.hazard,
        "probability": futures.probability,
    }
    return columns | {k: v for k, v in (("time", futures.time), ("season", futures.season)) if v is not None}


def of_accounts(instance: Instance) -> Columns:
    """What became of the features of every layer."""
    books = instance.accounts
    assert books is not None
    names = "step", "layer", "outcome", "reason", "features", "amount", "unit", "examples"
    return {name: getattr(books, name) for name in names}


def listed(flags: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Names that apply to each row of a table of yes and no, joined by commas; after twelve, how many more.

    Rows of one pattern share one text: a hundred thousand links know few patterns.
    """
    packed = np.ascontiguousarray(np.packbits(flags, axis=1))
    if not packed.size:
        return np.full(len(flags), "", object)
    _, first, pattern = np.unique(packed.view(f"V{packed.shape[1]}").ravel(), return_index=True, return_inverse=True)
    texts = []
    for row in flags[first]:
        mine = [names[k] for k in np.flatnonzero(row).tolist()]
        more = f" and {len(mine) - MOST} more" if len(mine) > MOST else ""
        texts.append(", ".join(mine[:MOST]) + more)
    return np.array(texts, object)[pattern]


def _named(labels: Sequence[str], positions: np.ndarray) -> np.ndarray:
    named: np.ndarray = np.array(labels, object)[positions]
    return named
