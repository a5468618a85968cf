"""What happens afterwards: scenarios, trips, and goods moved and short."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from formulations.algebra.elements import Floats
from formulations.plan.supply import covered_days
from solver.tables.decisions import SOMEBODY, Decisions, Ints
from solver.tables.frames import frame, labels, share

if TYPE_CHECKING:
    import pandas as pd


def scenarios(decisions: Decisions) -> pd.DataFrame:
    """One row per scenario and phase; without shelters one per scenario, with nothing in the columns about people."""
    instance = decisions.instance
    futures, phases, effects = instance.scenarios, instance.phases, instance.effects
    if "go" in decisions and phases is not None and effects is not None:
        s, h = np.divmod(np.arange(futures.scenario.size * phases.phase.size), phases.phase.size)
        phase = labels(phases.phase, h)
        need, without = effects.need.sum(axis=0)[h, s], decisions.without.sum(axis=0)[h, s]
        moves, shape = decisions.moves, (futures.scenario.size, phases.phase.size)
        total, most = np.zeros(shape), np.full(shape, -np.inf)
        np.add.at(total, (moves.scenario, moves.phase), moves.people * moves.minutes)
        np.maximum.at(most, (moves.scenario, moves.phase), moves.minutes)
        walked, longest = total[s, h], np.where(np.isfinite(most), most, np.nan)[s, h]
    else:
        s = np.arange(futures.scenario.size)
        phase = np.full(s.size, "", object)
        need = without = walked = longest = np.full(s.size, np.nan)
    return frame(
        {
            "scenario": ("text", labels(futures.scenario, s)),
            "title": ("text", futures.title[s]),
            "hazard": ("text", futures.hazard[s]),
            "level": ("text", futures.level[s]),
            "probability": ("number", futures.probability[s]),
            "phase": ("text", phase),
            "need": ("number", need),
            "served": ("number", need - without),
            "unserved": ("number", without),
            "unserved_share": ("number", share(without, need)),
            "mean_minutes": ("number", share(walked, need - without)),
            "max_minutes": ("number", longest),
        }
    )


def trips(decisions: Decisions) -> pd.DataFrame:
    """One row per trip that is taken, in the order of scenario, phase and demand point."""
    instance, moves = decisions.instance, decisions.moves
    names = {
        "scenario": instance.scenarios.scenario,
        "phase": instance.phases.phase if instance.phases else None,
        "demand": instance.demand.demand if instance.demand else None,
        "site": instance.sites.site,
        "mode": instance.modes.mode if instance.modes else None,
    }
    text: dict[str, tuple[str, Any]] = {
        k: ("text", labels(index, getattr(moves, k)) if index is not None else []) for k, index in names.items()
    }
    return frame({**text, "people": ("number", moves.people), "minutes": ("number", moves.minutes)})


def shipments(decisions: Decisions) -> pd.DataFrame:
    """One row per amount of goods moved between two sites in a scenario."""
    instance = decisions.instance
    goods, hauls, sites = instance.commodities, instance.hauls, instance.sites
    none = np.empty(0, np.intp)
    scenario, commodity, origin, destination, amount = none, none, none, none, np.empty(0)
    if "ship" in decisions and hauls is not None:
        lane = decisions.over("ship")
        moved = np.flatnonzero(decisions.value("ship") > SOMEBODY)
        scenario, commodity, haul = (lane[k].position[moved] for k in ("scenario", "commodity", "haul"))
        origin, destination = (hauls.haul[k].position[haul] for k in ("origin", "destination"))
        amount = decisions.value("ship")[moved]
    if "give" in decisions:
        pooled = _from_pools(decisions)
        scenario, commodity, origin, destination = (
            np.concatenate([old, new]).astype(np.intp)
            for old, new in zip((scenario, commodity, origin, destination), pooled[:4], strict=True)
        )
        amount = np.concatenate([amount, pooled[4]])
    return frame(
        {
            "scenario": ("text", labels(instance.scenarios.scenario, scenario)),
            "commodity": ("text", labels(goods.commodity, commodity) if goods else []),
            "origin": ("text", labels(sites.site, origin)),
            "destination": ("text", labels(sites.site, destination)),
            "amount": ("number", amount),
            "unit": ("text", goods.unit[commodity] if goods else []),
        }
    )


def _from_pools(decisions: Decisions) -> tuple[Ints, Ints, Ints, Ints, Floats]:
    """Who sends what to whom in each pool: scenario, commodity, origin, destination, amount.

    In a pool any sender reaches any receiver at no cost that the question counts, so every match is as good; the
    shortest hauls are used first. What a site would send to itself stays where it is.
    """
    giver, taker = decisions.over("give"), decisions.over("take")
    give, take = np.array(decisions.value("give")), np.array(decisions.value("take"))
    origin, destination = (side["post"].then(side["post"].target["site"]).position for side in (giver, taker))
    pools, metres = giver["pool"].target, _metres(decisions)
    rows: list[tuple[float, ...]] = []
    for pool in np.unique(giver["pool"].position[give > SOMEBODY]):
        commodity, scenario = (pools[k].position[pool] for k in ("commodity", "scenario"))
        senders, receivers = (np.flatnonzero(side["pool"].position == pool) for side in (giver, taker))
        far = {(a, b): metres.get((int(origin[a]), int(destination[b])), 0.0) for a in senders for b in receivers}
        for a, b in sorted(far, key=lambda pair: (far[pair], *pair)):
            amount = min(give[a], take[b])
            give[a] -= amount
            take[b] -= amount
            if amount > SOMEBODY and origin[a] != destination[b]:
                rows.append((scenario, commodity, origin[a], destination[b], amount))
    table = np.array(rows, dtype=float).reshape(-1, 5)
    when, what, whence, where = (table[:, k].astype(np.intp) for k in range(4))
    return when, what, whence, where, table[:, 4]


def _metres(decisions: Decisions) -> dict[tuple[int, int], float]:
    """Length of the hauls by origin and destination; from a site to itself there is none."""
    hauls = decisions.instance.hauls
    assert hauls is not None
    ends = (hauls.haul[k].position.tolist() for k in ("origin", "destination"))
    return dict(zip(zip(*ends, strict=True), hauls.metres.tolist(), strict=True))


def goods_asked(decisions: Decisions) -> Floats:
    """Units asked for, from requests and from the rations of the people in places: (site, commodity, scenario)."""
    instance, moves = decisions.instance, decisions.moves
    goods = instance.commodities
    assert goods is not None
    asked = np.zeros((instance.sites.site.size, goods.commodity.size, instance.scenarios.scenario.size))
    if instance.requests is not None:
        asked += instance.requests.request
    if moves.people.size:
        assert instance.phases is not None
        covered = covered_days(instance.phases, decisions.stock_days)
        days = np.zeros((instance.sites.site.size, instance.scenarios.scenario.size))
        np.add.at(days, (moves.site, moves.scenario), moves.people * covered[moves.phase])
        asked += goods.ration[None, :, None] * days[:, None, :]
    return asked


def goods_short(decisions: Decisions) -> Floats:
    """Units asked for and not there: (site, commodity, scenario)."""
    instance = decisions.instance
    assert instance.commodities is not None
    shape = instance.sites.site.size, instance.commodities.commodity.size, instance.scenarios.scenario.size
    missing = np.zeros(shape)
    if "short" in decisions:
        asking = decisions.over("short")
        post = asking["post"]
        where = tuple(post.then(post.target[k]).position for k in ("site", "commodity", "scenario"))
        np.add.at(missing, where, np.maximum(decisions.value("short"), 0.0))
    return missing


def goods(decisions: Decisions) -> pd.DataFrame:
    """One row per scenario and commodity: what is asked for and what of it is short."""
    instance = decisions.instance
    futures, commodities = instance.scenarios, instance.commodities
    s = c = np.empty(0, np.intp)
    asked = short = np.empty(0)
    if "stock" in decisions:
        assert commodities is not None
        s, c = np.divmod(np.arange(futures.scenario.size * commodities.commodity.size), commodities.commodity.size)
        asked = goods_asked(decisions).sum(axis=0)[c, s]
        short = goods_short(decisions).sum(axis=0)[c, s]
        short = np.where(short <= SOMEBODY, 0.0, short)
    return frame(
        {
            "scenario": ("text", labels(futures.scenario, s)),
            "title": ("text", futures.title[s]),
            "level": ("text", futures.level[s]),
            "probability": ("number", futures.probability[s]),
            "commodity": ("text", labels(commodities.commodity, c) if commodities else []),
            "commodity_title": ("text", commodities.title[c] if commodities else []),
            "unit": ("text", commodities.unit[c] if commodities else []),
            "asked": ("number", asked),
            "short": ("number", short),
            "short_share": ("number", share(short, asked)),
        }
    )
