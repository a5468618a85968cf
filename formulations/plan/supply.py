"""Tiered stock: goods held before the event reach the people in places after it.

    storage    sum_c v_c stock_oc <= q_o open_o                                    option o of role stock
    one_size   sum_{o at j} open_o <= 1                                            site j
    balance    in_p + a_js sum_o stock_oc + short_p = out_p + asked_p + left_p     post p: site j, commodity, s
    sent       out_p <= a_js sum_o stock_oc                                        goods are not sent on (without relay)
    asked_p  = request_jcs + r_c sum_h days_h sum_{t to j in h} n_t go_t
    supplied   ship_l <= m_l harden_e                                              link e on the haul of l, cut in s
    standing   sum_o stock_oc >= r_c days people                                   commodity c (a rule)

Without relay, goods move only from sites that may hold stock to posts that may ask; with relay no more may be short
than is asked for (``honest``). ``m_l`` is the most that can be
asked for or held, so it cuts nothing off.
"""

from __future__ import annotations

import numpy as np

from formulations.algebra.affine import Affine
from formulations.plan.draft import Draft, Shipments
from formulations.plan.question import StockRules
from instances.index import Index, Map


def add_supply(draft: Draft, rules: StockRules) -> None:
    """Add stock, shipments and shortage to the draft."""
    instance, program = draft.instance, draft.program
    goods, hauls, effects = instance.commodities, instance.hauls, instance.effects
    assert goods is not None and hauls is not None and effects is not None
    rooms = draft.with_role("stock")
    room = Index.tuples("room", prepared=(draft.prepared, rooms))
    o, c = np.divmod(np.arange(room.size * goods.commodity.size), goods.commodity.size)
    holding = Index.tuples("holding", prepared=(draft.prepared, rooms[o]), commodity=(goods.commodity, c))
    volume = draft.options.capacity[draft.prepared["option"].position[rooms]]
    most_held = volume[o] / goods.volume[c]
    stock = program.variable("stock", holding, upper=most_held, unit="unit", doc="Goods held before the event.")
    in_room = Map(holding, room, o)
    program.subject_to(
        storage=(goods.volume[c] * stock).sum_by(in_room) <= volume * draft.open.at(room["prepared"]),
    )
    program.describe("storage", unit="m3", doc="Goods fit into the prepared room.")
    draft.cost.append((goods.price[c] * stock).sum())
    room_site = room["prepared"].then(draft.site)
    if np.unique(room_site.position).size < room.size:
        program.subject_to(one_size=draft.open.at(room["prepared"]).sum_by(room_site) <= 1)
        program.describe("one_size", unit="rooms", doc="At most one size of stock room at a site.")

    held = _by_site(draft, stock, holding, most_held)
    asked, most_asked = _asked(draft)
    _move(draft, rules, held, asked, most_asked)
    if rules.standing > 0:
        assert instance.demand is not None
        people = float(instance.demand.people.sum())
        total = stock.sum_by(holding["commodity"])
        program.require(standing=total >= goods.ration * rules.standing * people)
        program.describe("standing", unit="unit", doc="Stock covers the days of full rations that were promised.")


def _by_site(draft: Draft, stock: Affine, holding: Index, most: np.ndarray) -> tuple[Index, Affine, np.ndarray]:
    """Stock at each (site, commodity), and the most that can be there (one room per site)."""
    store, stores = Index.grouped(
        "store", holding, site=holding["prepared"].then(draft.site), commodity=holding["commodity"]
    )
    bound = np.zeros(store.size)
    np.maximum.at(bound, stores.position, most)
    return store, stock.sum_by(stores), bound


def _asked(draft: Draft) -> tuple[Affine | None, np.ndarray]:
    """Goods that sheltered people need at each site, over (commodity, site, scenario), and the most that can be asked.

    The dense most-asked array has shape (sites, commodities, scenarios).
    """
    instance = draft.instance
    goods = instance.commodities
    assert goods is not None
    most = np.zeros((instance.sites.site.size, goods.commodity.size, instance.scenarios.scenario.size))
    if instance.requests is not None:
        most += instance.requests.request
    if draft.trips is None:
        return None, most
    assert instance.phases is not None and instance.effects is not None
    trips = draft.trips
    days = instance.phases.days[trips.trip["phase"].position]
    site = trips.trip["prepared"].then(draft.site)
    person_days = days * trips.people * trips.go
    stay, stays = Index.grouped("stay", trips.trip, site=site, scenario=trips.trip["scenario"])
    # No more people can be at a site than its prepared options hold, phase by phase.
    option = draft.prepared["option"].position
    shelters = draft.with_role("shelter")
    per_option = (draft.options.capacity[option, None] * draft.options.ready[option] * instance.phases.days)[shelters]
    per_site = np.zeros(instance.sites.site.size)
    np.add.at(per_site, draft.site.position[shelters], per_option.sum(axis=1))
    demanded = np.bincount(stays.position, weights=days * trips.people, minlength=stay.size)
    j, s = stay["site"].position, stay["scenario"].position
    bound = np.minimum(demanded, per_site[j] * instance.effects.usable[j, s])
    most[j, :, s] += bound[:, None] * goods.ration
    return person_days.sum_by(stays), most


def _move(
    draft: Draft,
    rules: StockRules,
    held: tuple[Index, Affine, np.ndarray],
    stays: Affine | None,
    most_asked: np.ndarray,
) -> None:
    """Shipments, balance at every post, and what is short."""
    instance, program = draft.instance, draft.program
    goods, hauls, effects = instance.commodities, instance.hauls, instance.effects
    assert goods is not None and hauls is not None and effects is not None
    store, in_store, most_held = held
    shape = most_asked.shape
    probability = instance.scenarios.probability

    stocked = np.zeros(shape, bool)
    sj, sc = store["site"].position, store["commodity"].position
    stocked[sj, sc] = effects.survives[sj] > 0
    asks = most_asked > 0
    lanes, hardening = _lanes(draft, rules, stocked, asks)
    passes = np.zeros(shape, bool)
    if rules.relay:
        passes[:] = True
    live = stocked | asks | passes
    number = np.full(shape, -1)
    number[live] = np.arange(int(live.sum()))
    pj, pc, ps = np.nonzero(live)
    post = Index.tuples(
        "post",
        site=(instance.sites.site, pj),
        commodity=(goods.commodity, pc),
        scenario=(instance.scenarios.scenario, ps),
    )

    def post_of(site: np.ndarray) -> Map:
        return Map(lanes, post, number[site, lanes["commodity"].position, lanes["scenario"].position])

    origin = hauls.haul["origin"].position[lanes["haul"].position]
    destination = hauls.haul["destination"].position[lanes["haul"].position]
    supply_most = np.zeros(shape[1:])
    np.add.at(supply_most, sc, most_held[:, None] * effects.survives[sj])
    commodity, scenario = lanes["commodity"].position, lanes["scenario"].position
    most = np.minimum(supply_most[commodity, scenario], most_asked.sum(axis=0)[commodity, scenario])
    if not rules.relay:
        held_at = np.zeros(shape)
        held_at[sj, sc] = most_held[:, None] * effects.survives[sj]
        most = np.minimum(held_at[origin, commodity, scenario], most_asked[destination, commodity, scenario])

    asking = Index.tuples("asking", post=(post, np.flatnonzero(asks[pj, pc, ps])))
    at = asking["post"].position
    short = program.variable(
        "short", asking, upper=most_asked[pj, pc, ps][at], unit="unit", doc="Goods asked for and not there."
    )
    surviving = _spread(in_store, store, effects.survives, post, live, number)
    supply = surviving + short.sum_by(asking["post"])
    if lanes.size:
        ship = program.variable("ship", lanes, upper=most, unit="unit", doc="Goods moved.")
        leaving = ship.sum_by(post_of(origin))
        supply = supply + ship.sum_by(post_of(destination)) - leaving
        if not rules.relay:
            depot = Index.tuples("depot_post", post=(post, np.flatnonzero(stocked[pj, pc, ps])))
            program.subject_to(sent=leaving.at(depot["post"]) <= surviving.at(depot["post"]))
            program.describe("sent", unit="unit", doc="Only goods that were in stock and survive are sent.")
        metres = hauls.metres[lanes["haul"].position]
        draft.operations.append((probability[scenario] * goods.freight[commodity] * metres * ship).sum())
        if hardening.size and draft.harden is not None:
            program.subject_to(
                supplied=ship.at(hardening["shipment"])
                <= most[hardening["shipment"].position] * draft.harden.at(hardening["weak"])
            )
            program.describe("supplied", unit="unit", doc="Goods cross a cut link only if it was strengthened.")
    asked = _asked_at(draft, stays, post, number)
    if "operations" in {*draft.question.objectives, *draft.question.limits} and goods.holding.any():
        kept = Index.tuples("kept", post=(post, np.flatnonzero(stocked[pj, pc, ps])))
        most_kept = np.zeros(shape)
        most_kept[sj, sc] = most_held[:, None] * effects.survives[sj]
        if rules.relay:
            most_kept[:] = supply_most
        left = program.variable(
            "left", kept, upper=most_kept[pj, pc, ps][kept["post"].position], unit="unit", doc="Goods left unused."
        )
        supply = supply - left.sum_by(kept["post"])
        loss = probability[ps] * goods.holding[pc]
        draft.operations.append((loss[kept["post"].position] * left).sum())
        program.subject_to(balance=supply == asked)
    else:
        program.subject_to(balance=supply >= asked)
    program.describe(
        "balance",
        unit="unit",
        doc="Goods at a site: what comes in and survives covers what is asked, sent on or short.",
    )
    if rules.relay and stays is not None:
        # Without this row a shortage invented at one site could feed shipments to another.
        program.subject_to(honest=short <= asked.at(asking["post"]))
        program.describe("honest", unit="unit", doc="No more is short than is asked for.")
    draft.shipments = Shipments(asking, short, asked.at(asking["post"]))


def _lanes(draft: Draft, rules: StockRules, stocked: np.ndarray, asks: np.ndarray) -> tuple[Index, Index]:
    """Hauls that may carry a commodity in a scenario, and the weak links that must be strengthened for it."""
    instance = draft.instance
    hauls, goods = instance.hauls, instance.commodities
    assert hauls is not None and goods is not None
    origin, destination = hauls.haul["origin"].position, hauls.haul["destination"].position
    weak_of = np.full(instance.damage.link.size if instance.damage else 0, -1)
    weak_of[draft.weak["link"].position] = np.arange(draft.weak.size)
    # A haul that is cut can be used if every cut link on it may be hardened.
    openable = np.zeros(hauls.passable.shape, bool)
    if hauls.crossing is not None and instance.damage is not None:
        link, on = hauls.crossing["link"].position, hauls.crossing["haul"].position
        closed = instance.damage.cut[link] & (weak_of[link] < 0)[:, None]
        stuck = np.zeros(hauls.passable.shape, bool)
        np.logical_or.at(stuck, on, closed)
        crossed = np.zeros(hauls.passable.shape, bool)
        np.logical_or.at(crossed, on, instance.damage.cut[link])
        openable = crossed & ~stuck
    # Goods kept at a site serve it without a haul.
    usable = (hauls.passable | openable) & (origin != destination)[:, None]
    useful = usable[:, None, :]
    if not rules.relay:
        useful = useful & stocked[origin] & asks[destination]
    else:
        useful = np.broadcast_to(useful, (hauls.haul.size, goods.commodity.size, usable.shape[1]))
    e, c, s = np.nonzero(useful)
    shipment = Index.tuples(
        "shipment", haul=(hauls.haul, e), commodity=(goods.commodity, c), scenario=(instance.scenarios.scenario, s)
    )
    if hauls.crossing is None or instance.damage is None or not draft.weak.size:
        none = np.empty(0, int)
        return shipment, Index.tuples("hardening", shipment=(shipment, none), weak=(draft.weak, none))
    order = np.argsort(hauls.crossing["haul"].position, kind="stable")
    start = np.searchsorted(hauls.crossing["haul"].position[order], np.arange(hauls.haul.size + 1))
    count = (start[1:] - start[:-1])[e]
    k = np.repeat(np.arange(shipment.size), count)
    crossing = order[start[e[k]] + np.arange(k.size) - np.repeat(np.cumsum(count) - count, count)]
    link = hauls.crossing["link"].position[crossing]
    # In a scenario with another way round nothing needs to be strengthened.
    cut = instance.damage.cut[link, s[k]] & ~hauls.passable[e[k], s[k]]
    return shipment, Index.tuples("hardening", shipment=(shipment, k[cut]), weak=(draft.weak, weak_of[link][cut]))


def _spread(
    in_store: Affine, store: Index, survives: np.ndarray, post: Index, live: np.ndarray, number: np.ndarray
) -> Affine:
    """Stock that survives, at each post."""
    k, s = np.divmod(np.arange(store.size * survives.shape[1]), survives.shape[1])
    site, commodity = store["site"].position[k], store["commodity"].position[k]
    there = live[site, commodity, s] & (survives[site, s] > 0)
    copy = Index.tuples("copy", store=(store, k[there]))
    share = survives[site, s][there]
    surviving: Affine = in_store.at(copy["store"]) * share
    return surviving.sum_by(Map(copy, post, number[site, commodity, s][there]))


def _asked_at(draft: Draft, stays: Affine | None, post: Index, number: np.ndarray) -> Affine:
    """What is asked for at each post: published requests and the rations of sheltered people."""
    instance = draft.instance
    goods = instance.commodities
    assert goods is not None
    site, commodity, scenario = (post[k].position for k in ("site", "commodity", "scenario"))
    fixed = np.zeros(post.size)
    if instance.requests is not None:
        fixed = instance.requests.request[site, commodity, scenario]
    if stays is None:
        return draft.program.constant(fixed, post)
    (stay,) = stays.dims
    k, c = np.divmod(np.arange(stay.size * goods.commodity.size), goods.commodity.size)
    at = number[stay["site"].position[k], c, stay["scenario"].position[k]]
    there = at >= 0
    meal = Index.tuples("meal", stay=(stay, k[there]))
    rations: Affine = stays.at(meal["stay"]) * goods.ration[c[there]]
    return rations.sum_by(Map(meal, post, at[there])) + fixed
