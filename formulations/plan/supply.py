"""Tiered stock: goods held before the event reach the people in places after it.

    storage    sum_c v_c stock_oc <= q_o open_o                                    option o of role stock
    one_size   sum_{o at j} open_o <= 1                                            site j
    balance    in_p + a_js sum_o stock_oc + short_p = out_p + asked_p + left_p     post p: site j, commodity, s
    asked_p  = request_jcs + r_c sum_h days_h sum_{t to j in h} n_t go_t       days of phase h before help arrives
    honest     short_p <= asked_p                                                  where people ask, not only requests
    standing   sum_o stock_oc >= r_c days people                                   commodity c (a rule)

How goods move (``in_p``, ``out_p``) is said in shipping.py. Without relay they go only from sites that may hold stock
to posts that may ask.
"""

from __future__ import annotations

import numpy as np

from formulations.algebra.affine import Affine
from formulations.plan.draft import Draft, Shipments
from formulations.plan.rules import StockRules
from formulations.plan.shipping import Posts, add_shipping
from instances.index import Index, Map
from instances.preparation import Phases


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

    store, in_store, most = _by_site(draft, stock, holding, most_held)
    stays, most_asked = _asked(draft, rules)
    _balance(draft, rules, _posts(draft, rules, store, most, most_asked), store, in_store, stays)
    if rules.standing > 0:
        assert instance.demand is not None
        people = float(instance.demand.people.sum())
        total = stock.sum_by(holding["commodity"])
        program.require(standing=total >= goods.ration * rules.standing * people)
        program.describe("standing", unit="unit", doc="Stock covers the days of full rations that were promised.")


def covered_days(phases: Phases, limit: float | None) -> np.ndarray:
    """Days of each phase that stock must cover: those before ``limit`` days after the event, when help arrives."""
    if limit is None:
        return phases.days
    return np.clip(limit - phases.start / 24.0, 0.0, phases.days)


def _by_site(draft: Draft, stock: Affine, holding: Index, most: np.ndarray) -> tuple[Index, Affine, np.ndarray]:
    """Stock at each (site, commodity), and the most that can be there (one room per site)."""
    store, stores = Index.grouped(
        "store", holding, site=holding["prepared"].then(draft.site), commodity=holding["commodity"]
    )
    bound = np.zeros(store.size)
    np.maximum.at(bound, stores.position, most)
    return store, stock.sum_by(stores), bound


def _asked(draft: Draft, rules: StockRules) -> tuple[Affine | None, np.ndarray]:
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
    covered = covered_days(instance.phases, rules.days)
    days = covered[trips.trip["phase"].position]
    site = trips.trip["prepared"].then(draft.site)
    person_days = days * trips.people * trips.go
    stay, stays = Index.grouped("stay", trips.trip, site=site, scenario=trips.trip["scenario"])
    # No more people can be at a site than its prepared options hold, phase by phase.
    option = draft.prepared["option"].position
    shelters = draft.with_role("shelter")
    per_option = (draft.options.capacity[option, None] * draft.options.ready[option] * covered)[shelters]
    per_site = np.zeros(instance.sites.site.size)
    np.add.at(per_site, draft.site.position[shelters], per_option.sum(axis=1))
    demanded = np.bincount(stays.position, weights=days * trips.people, minlength=stay.size)
    j, s = stay["site"].position, stay["scenario"].position
    bound = np.minimum(demanded, per_site[j] * instance.effects.usable[j, s])
    most[j, :, s] += bound[:, None] * goods.ration
    return person_days.sum_by(stays), most


def _posts(draft: Draft, rules: StockRules, store: Index, most_held: np.ndarray, most_asked: np.ndarray) -> Posts:
    """Where goods may be: held, asked for, or passed on."""
    instance = draft.instance
    assert instance.effects is not None and instance.commodities is not None
    site, commodity = store["site"].position, store["commodity"].position
    held = np.zeros(most_asked.shape)
    held[site, commodity] = most_held[:, None] * instance.effects.survives[site]
    live = (held > 0) | (most_asked > 0) | rules.relay
    number = np.full(live.shape, -1)
    number[live] = np.arange(int(live.sum()))
    j, c, s = np.nonzero(live)
    post = Index.tuples(
        "post",
        site=(instance.sites.site, j),
        commodity=(instance.commodities.commodity, c),
        scenario=(instance.scenarios.scenario, s),
    )
    return Posts(post, number, held, most_asked)


def _balance(draft: Draft, rules: StockRules, posts: Posts, store: Index, stock: Affine, stays: Affine | None) -> None:
    """What comes in and survives covers what is asked for, sent on or short."""
    instance, program = draft.instance, draft.program
    goods, effects = instance.commodities, instance.effects
    assert goods is not None and effects is not None
    c, s = posts.post["commodity"].position, posts.post["scenario"].position
    asking = Index.tuples("asking", post=(posts.post, posts.at(posts.asked > 0)))
    most_short = posts.asked[posts.asked > 0]
    short = program.variable("short", asking, upper=most_short, unit="unit", doc="Goods asked for and not there.")
    surviving = _surviving(stock, store, effects.survives, posts)
    supply = surviving + short.sum_by(asking["post"]) + add_shipping(draft, rules, posts, surviving)
    asked = _asked_at(draft, stays, posts.post, posts.number)
    if "operations" in {*draft.question.objectives, *draft.question.limits} and goods.holding.any():
        most_left = np.broadcast_to(posts.held.sum(axis=0), posts.held.shape) if rules.relay else posts.held
        kept = Index.tuples("kept", post=(posts.post, posts.at(posts.held > 0)))
        most = most_left[posts.held > 0]
        left = program.variable("left", kept, upper=most, unit="unit", doc="Goods left unused.")
        loss = instance.scenarios.probability[s] * goods.holding[c]
        draft.operations.append((loss[kept["post"].position] * left).sum())
        program.subject_to(balance=supply - left.sum_by(kept["post"]) == asked)
    else:
        program.subject_to(balance=supply >= asked)
    program.describe("balance", unit="unit", doc="What comes in and survives covers what is asked, sent on or short.")
    if stays is not None:
        # A shortage invented at one site could feed shipments to another, or pass for a promise broken.
        program.subject_to(honest=short <= asked.at(asking["post"]))
        program.describe("honest", unit="unit", doc="No more is short than is asked for.")
    draft.shipments = Shipments(asking, short, asked.at(asking["post"]))


def _surviving(stock: Affine, store: Index, survives: np.ndarray, posts: Posts) -> Affine:
    """Stock that survives, at each post."""
    k, s = np.divmod(np.arange(store.size * survives.shape[1]), survives.shape[1])
    site, commodity = store["site"].position[k], store["commodity"].position[k]
    there = survives[site, s] > 0
    copy = Index.tuples("copy", store=(store, k[there]))
    left: Affine = stock.at(copy["store"]) * survives[site, s][there]
    return left.sum_by(posts.map(copy, site[there], commodity[there], s[there]))


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
