"""What is prepared: openings, stock, corridors and strengthened links."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formulations.algebra.elements import Floats
from solver.tables.decisions import SOMEBODY, Decisions, Ints
from solver.tables.frames import frame, labels

if TYPE_CHECKING:
    import pandas as pd


def openings(decisions: Decisions) -> pd.DataFrame:
    """One row per opened option.

    ``used_mean`` and ``used_max`` are the people in the place in the phase of a scenario when most are there, averaged
    over scenarios by probability, and at most; for stock the volume held. They compare with ``capacity``.
    """
    instance, chosen = decisions.instance, decisions.opened
    options, modes, sites = instance.options, instance.modes, instance.sites
    assert options is not None and modes is not None
    site, mode = (options.option[k].position[chosen] for k in ("site", "mode"))
    mean, most = used(decisions)
    return frame(
        {
            "option": ("text", labels(options.option, chosen)),
            "site": ("text", labels(sites.site, site)),
            "title": ("text", sites.title[site]),
            "use": ("text", sites.use[site]),
            "mode": ("text", labels(modes.mode, mode)),
            "mode_title": ("text", modes.title[mode]),
            "role": ("text", modes.role[mode]),
            "zone": ("text", zone_of(decisions, site)),
            "x": ("number", sites.x[site]),
            "y": ("number", sites.y[site]),
            "area": ("number", sites.area[site]),
            "capacity": ("number", options.capacity[chosen]),
            "cost": ("number", options.cost[chosen]),
            "disturbance": ("number", options.disturbance[chosen]),
            "used_mean": ("number", mean[chosen]),
            "used_max": ("number", most[chosen]),
        }
    )


def used(decisions: Decisions) -> tuple[Floats, Floats]:
    """Mean and largest use of every option, shape (options,) each."""
    instance, moves = decisions.instance, decisions.moves
    assert instance.options is not None
    size = instance.options.option.size
    if moves.people.size:
        assert instance.phases is not None
        present = np.zeros((size, instance.scenarios.scenario.size, instance.phases.phase.size))
        np.add.at(present, (moves.option, moves.scenario, moves.phase), moves.people)
        peak = present.max(axis=2)
        mean, most = peak @ instance.scenarios.probability, peak.max(axis=1, initial=0.0)
    else:
        mean, most = np.zeros(size), np.zeros(size)
    if "stock" in decisions and instance.commodities is not None:
        holding = decisions.over("stock")
        option = holding["prepared"].then(holding["prepared"].target["option"]).position
        volume = instance.commodities.volume[holding["commodity"].position] * decisions.value("stock")
        held = np.bincount(option, weights=volume, minlength=size)
        mean, most = mean + held, most + held
    return mean, most


def zone_of(decisions: Decisions, site: Ints) -> np.ndarray:
    """Zone of each site by label, empty without zones."""
    zone = decisions.instance.sites.zone
    return np.full(site.size, "", object) if zone is None else labels(zone.target, zone.position[site])


def stock(decisions: Decisions) -> pd.DataFrame:
    """One row per site and commodity held. ``person_days`` is empty for goods that are not rationed by the day."""
    instance = decisions.instance
    goods, sites = instance.commodities, instance.sites
    site = commodity = np.empty(0, np.intp)
    amount = np.empty(0)
    if "stock" in decisions:
        assert goods is not None and instance.options is not None
        holding = decisions.over("stock")
        option = holding["prepared"].then(holding["prepared"].target["option"])
        held = np.flatnonzero(decisions.value("stock") > SOMEBODY)
        site = option.then(instance.options.option["site"]).position[held]
        commodity = holding["commodity"].position[held]
        amount = decisions.value("stock")[held]
    ration = goods.ration[commodity] if goods is not None else np.empty(0)
    days = np.full(amount.shape, np.nan)
    np.divide(amount, ration, out=days, where=ration > 0)
    return frame(
        {
            "site": ("text", labels(sites.site, site)),
            "title": ("text", sites.title[site]),
            "x": ("number", sites.x[site]),
            "y": ("number", sites.y[site]),
            "commodity": ("text", labels(goods.commodity, commodity) if goods is not None else []),
            "commodity_title": ("text", goods.title[commodity] if goods is not None else []),
            "unit": ("text", goods.unit[commodity] if goods is not None else []),
            "amount": ("number", amount),
            "person_days": ("number", days),
            "cost": ("number", amount * goods.price[commodity] if goods is not None else []),
        }
    )


def corridors(decisions: Decisions) -> pd.DataFrame:
    """One row per link designated as a corridor."""
    instance = decisions.instance
    lane = decisions.chosen("corridor")
    link = tier = np.empty(0, np.intp)
    cost = np.empty(0)
    if lane.size:
        assert instance.corridors is not None
        link, tier = (instance.corridors.lane[k].position[lane] for k in ("link", "tier"))
        cost = instance.corridors.cost[lane]
    return frame(
        {
            "link": ("text", labels(instance.roads.link, link) if instance.roads is not None else []),
            "title": ("text", instance.roads.title[link] if instance.roads is not None else []),
            "tier": ("text", labels(instance.corridors.tier, tier) if instance.corridors is not None else []),
            "length_m": ("number", instance.roads.length[link] if instance.roads is not None else []),
            "cost": ("number", cost),
            "hardened": ("flag", np.isin(link, strengthened(decisions))),
        }
    )


def hardened(decisions: Decisions) -> pd.DataFrame:
    """One row per strengthened link, with the tier of the corridor it carries, or an empty text."""
    roads, link = decisions.instance.roads, strengthened(decisions)
    tiers = {}
    if decisions.instance.corridors is not None:
        lane = decisions.chosen("corridor")
        net = decisions.instance.corridors
        at, tier = net.lane["link"].position[lane], labels(net.tier, net.lane["tier"].position[lane])
        tiers = dict(zip(at.tolist(), tier.tolist(), strict=True))
    return frame(
        {
            "link": ("text", labels(roads.link, link) if roads is not None else []),
            "title": ("text", roads.title[link] if roads is not None else []),
            "length_m": ("number", roads.length[link] if roads is not None else []),
            "cost": ("number", roads.harden[link] if roads is not None else []),
            "corridor_tier": ("text", [tiers.get(int(e), "") for e in link]),
        }
    )


def strengthened(decisions: Decisions) -> Ints:
    """Positions of the strengthened links."""
    if "harden" not in decisions:
        return np.empty(0, np.intp)
    link: Ints = decisions.over("harden")["link"].position[decisions.chosen("harden")]
    return link
