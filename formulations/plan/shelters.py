"""Shelters by grade: people take routes to prepared sites, phase by phase, in every scenario.

    served     sum_{t in T(c)} go_t + unserved_c = 1                          call c: demand i, phase h, scenario s
    capacity   sum_{t in T(o,h,s)} n_t go_t <= q_o ready_oh usable_js open_o  option o of site j
    linked     go_t <= open_o(t)                                              trip t (tightens the relaxation)
    passable   go_t <= harden_e                                               link e on the route of t, cut in s
    shared     sum_o f_o (sum_t n_t go_t / q_o ready usable) + stock rooms <= 1    site j, phase h, scenario s
    one_mode   the same with a binary mode_ohs per option, sum_o mode_ohs <= 1     (rule one_mode)

``n_t`` is the number of people in need at the trip's origin, ``f_o`` the share of the site that the mode takes.
A trip exists where the route is within the standard of the mode in that scenario, the mode serves the phase, the
site is usable and somebody is in need.
"""

from __future__ import annotations

import numpy as np

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.plan.crossings import FREE, LOST, blocked, way_states
from formulations.plan.draft import Draft, Trips
from formulations.plan.rules import ShelterRules
from instances.index import Index, Map, matching


def add_shelters(draft: Draft, rules: ShelterRules) -> None:
    """Add trips, service and capacity to the draft."""
    instance, program = draft.instance, draft.program
    assert instance.effects is not None and instance.demand is not None and instance.phases is not None
    need = instance.effects.need
    trip, blocking = _trips(draft)
    i, h, s = (trip[k].position for k in ("demand", "phase", "scenario"))
    people = need[i, h, s]
    ci, ch, cs = np.nonzero(need > 0)
    call = Index.tuples(
        "call",
        demand=(instance.demand.demand, ci),
        phase=(instance.phases.phase, ch),
        scenario=(instance.scenarios.scenario, cs),
    )
    number = np.full(need.shape, -1)
    number[ci, ch, cs] = np.arange(call.size)
    calls = Map(trip, call, number[i, h, s])

    go = program.variable(
        "go", trip, upper=1.0, integer=rules.whole, unit="share", doc="Share of the people in need who take the trip."
    )
    unserved = program.variable(
        "unserved",
        call,
        upper=1.0,
        integer=rules.whole,
        unit="share",
        doc="Share of the people in need without a place.",
    )
    slot, slots = Index.grouped("slot", trip, prepared=trip["prepared"], phase=trip["phase"], scenario=trip["scenario"])
    room = _room(draft, slot)
    taken = (people * go).sum_by(slots)
    program.subject_to(
        served=go.sum_by(calls) + unserved == 1,
        capacity=taken <= room * draft.open.at(slot["prepared"]),
    )
    program.describe("served", unit="share", doc="Everyone in need has a place or is counted as unserved.")
    program.describe("capacity", unit="people", doc="A shelter takes no more people than it has room for.")
    if rules.linked:
        program.subject_to(linked=go <= draft.open.at(trip["prepared"]))
        program.describe("linked", unit="share", doc="People go only to prepared sites.")
    if blocking.size and draft.harden is not None:
        program.subject_to(passable=go.at(blocking["trip"]) <= draft.harden.at(blocking["weak"]))
        program.describe(
            "passable", unit="share", doc="A route over a cut link is open only if the link was strengthened."
        )
    _share_sites(draft, rules, slot, taken / room)
    probability = instance.scenarios.probability[slot["scenario"].position]
    option = draft.prepared["option"].position[slot["prepared"].position]
    lost = draft.options.interruption[option, slot["phase"].position]
    draft.disturbance.append((probability * lost * (taken / room)).sum())
    draft.trips = Trips(trip, go, people, call, unserved, need[ci, ch, cs])


def _trips(draft: Draft) -> tuple[Index, Index]:
    """The trips that may be taken, and which weak links block which of them."""
    instance, prepared = draft.instance, draft.prepared
    effects, routes = instance.effects, instance.routes
    assert effects is not None and routes is not None and instance.phases is not None and instance.demand is not None
    shelter = Index.tuples("shelter", prepared=(prepared, draft.with_role("shelter")))
    route, chosen = matching(routes.route["site"], shelter["prepared"].then(draft.site))
    option = shelter["prepared"].position[chosen]
    demand = routes.route["demand"].position[route]

    if routes.crossing is None:
        states = np.zeros((routes.route.size, instance.scenarios.scenario.size), np.int8)
    else:
        states = way_states(draft, routes.crossing["route"], routes.crossing)
    found = []
    for h in range(instance.phases.phase.size):
        mode = draft.mode.position[option]
        ready = draft.options.ready[draft.prepared["option"].position[option], h] > 0
        room = draft.options.capacity[draft.prepared["option"].position[option]] > 0
        serves = draft.modes.serves[mode, h] & ready & room
        for s in range(instance.scenarios.scenario.size):
            minutes = routes.minutes[route, s]
            state = states[route, s]
            ok = (
                serves
                & (effects.need[demand, h, s] > 0)
                & (effects.usable[draft.site.position[option], s] > 0)
                & (minutes <= draft.modes.standard[mode])
                & (state != LOST)
            )
            picked = np.flatnonzero(ok)
            picked = picked[_best_ways(demand[picked], option[picked], minutes[picked], state[picked])]
            found.append(
                np.column_stack([route[picked], option[picked], np.full(picked.size, h), np.full(picked.size, s)])
            )
    table = np.concatenate(found)
    table = table[np.lexsort(table.T[::-1])]
    trip = Index.tuples(
        "trip",
        route=(routes.route, table[:, 0]),
        prepared=(prepared, table[:, 1]),
        phase=(instance.phases.phase, table[:, 2]),
        scenario=(instance.scenarios.scenario, table[:, 3]),
    )
    trip.views["demand"] = trip["route"].then(routes.route["demand"])
    user, weak = np.empty(0, int), np.empty(0, int)
    if routes.crossing is not None:
        user, weak = blocked(draft, trip["route"], trip["scenario"], routes.crossing["route"], routes.crossing)
    return trip, Index.tuples("blocking", trip=(trip, user), weak=(draft.weak, weak))


def _best_ways(demand: np.ndarray, option: np.ndarray, minutes: np.ndarray, state: np.ndarray) -> np.ndarray:
    """Of several ways between the same pair keep the fastest free one, and blocked ones only if they are faster."""
    order = np.lexsort((state, minutes, option, demand))
    free = state[order] == FREE
    first = np.r_[True, (np.diff(demand[order]) != 0) | (np.diff(option[order]) != 0)][: order.size]
    free_before = np.cumsum(free) - free
    group = np.cumsum(first) - 1
    return np.sort(order[free_before == free_before[first][group]])


def _room(draft: Draft, slot: Index) -> np.ndarray:
    """People a slot can take: capacity that is ready in the phase on the area usable in the scenario."""
    effects = draft.instance.effects
    assert effects is not None
    option = draft.prepared["option"].position[slot["prepared"].position]
    site = draft.site.position[slot["prepared"].position]
    ready = draft.options.ready[option, slot["phase"].position]
    usable: Floats = effects.usable[site, slot["scenario"].position]
    room: Floats = draft.options.capacity[option] * ready * usable
    return room


def _share_sites(draft: Draft, rules: ShelterRules, slot: Index, fill: Affine) -> None:
    """Modes of one site exclude each other: by area, or altogether in a phase."""
    option = draft.prepared["option"]
    footprint = draft.options.footprint[option.position]
    slot_site = slot["prepared"].then(draft.site)
    yard, yards = Index.grouped("yard", slot, site=slot_site, phase=slot["phase"], scenario=slot["scenario"])
    used = (footprint[slot["prepared"].position] * fill).sum_by(yards)
    # Stock rooms stand all the time, in every phase.
    stock = draft.with_role("stock")
    per_site = np.zeros(draft.instance.sites.site.size)
    np.maximum.at(per_site, draft.site.position[stock], footprint[stock])
    rivals = np.bincount(yards.position, weights=footprint[slot["prepared"].position], minlength=yard.size)
    tight = np.flatnonzero(rivals + per_site[yard["site"].position] > 1 + 1e-9)
    if not tight.size:
        return
    crowded = Index.tuples("crowded", yard=(yard, tight))
    crowded_site = crowded["yard"].then(yard["site"])
    total = used.at(crowded["yard"])
    if stock.size:
        room = Index.tuples("stock_room", prepared=(draft.prepared, stock))
        standing = (footprint[stock] * draft.open.at(room["prepared"])).sum_by(room["prepared"].then(draft.site))
        total = total + standing.at(crowded_site)
    draft.program.subject_to(shared=total <= 1)
    draft.program.describe(
        "shared", unit="share of site", doc="Modes that a site takes at the same time fit into its area."
    )
    if rules.one_mode:
        _one_mode(draft, slot, fill, yards)


def _one_mode(draft: Draft, slot: Index, fill: Affine, yards: Map) -> None:
    size = np.bincount(yards.position, minlength=yards.target.size)
    rival = Index.tuples("rival", slot=(slot, np.flatnonzero(size[yards.position] > 1)))
    if not rival.size:
        return
    mode = draft.program.binary("mode", rival, doc="The site takes this mode in the phase and scenario.")
    _, groups = Index.grouped("turn", rival, yard=rival["slot"].then(yards))
    draft.program.subject_to(one_mode=mode.sum_by(groups) <= 1, chosen_mode=fill.at(rival["slot"]) <= mode)
    draft.program.describe("one_mode", unit="modes", doc="A site takes one mode at a time.")
    draft.program.describe("chosen_mode", unit="share", doc="Only the mode that the site has taken gives places.")
