"""Emergency corridors by tier: a connected net that ties key places and stock together and holds under shocks.

    one_tier   sum_tau corridor_e,tau <= 1                                    link e
    tie        out_v(f_k) - in_v(f_k) = ways_k [v = root] - ways_k [v = node of k]  key place k, junction v
    tied_in    ways_k >= w_k                                                  (a rule)
    carried    f_k,e> + f_k,e< <= sum_{tau at least the tier of k} corridor_e,tau      so w_k ways share no link
    tied       the same with one unit times open_o for prepared stock sites
    holding    corridor_e,tau <= harden_e                                     e cut in a scenario up to the level held

Flows of one commodity per place on a directed graph give the relaxation of the cut formulation
(Balakrishnan, Magnanti & Mirchandani 1994, doi:10.1287/mnsc.40.7.846). The root is the first gateway.
"""

from __future__ import annotations

import numpy as np

from formulations.algebra.affine import Affine
from formulations.plan.draft import Draft
from formulations.plan.question import CorridorRules
from instances.index import Index, Map
from instances.network import Corridors, Roads
from instances.scenarios import LEVELS
from instances.schema import InstanceError


def add_corridors(draft: Draft, rules: CorridorRules) -> None:
    """Add lanes, ties and the rule that corridors hold."""
    instance, program = draft.instance, draft.program
    net, roads = instance.corridors, instance.roads
    assert net is not None and roads is not None
    if not net.gateway.any():
        raise InstanceError("Corridors cannot be planned", ["no key place is a gateway; help must arrive somewhere"])
    corridor = program.binary("corridor", net.lane, doc="The link is designated as a corridor of the tier.")
    draft.cost.append((net.cost * corridor).sum())
    by_link, groups = Index.grouped("road", net.lane, link=net.lane["link"])
    if by_link.size < net.lane.size:
        program.subject_to(one_tier=corridor.sum_by(groups) <= 1)
        program.describe("one_tier", unit="tiers", doc="A link is a corridor of one tier.")
    root = int(np.flatnonzero(net.gateway)[0])
    _tie_keys(draft, net, roads, corridor, root)
    if rules.tie_stock and draft.with_role("stock").size and instance.sites.node is not None:
        _tie_stock(draft, net, roads, corridor, root)
    _hold(draft, rules, net, corridor)


def _tie_keys(draft: Draft, net: Corridors, roads: Roads, corridor: Affine, root: int) -> None:
    """Every key place is reached from the root in ``ways`` link-disjoint ways."""
    root_node = int(net.key_node.position[root])
    others = np.flatnonzero(net.key_node.position != root_node)
    guest = Index.tuples("guest", key=(net.key, others))
    tier = net.key_tier.position[others]
    balance = _flows(draft, "tie_flow", guest, tier, net, roads, corridor)
    row = balance.dims[0]
    at_root = (row["node"].position == root_node).astype(float)
    at_place = (row["node"].position == net.key_node.position[others][row["guest"].position]).astype(float)
    promised = net.ways[others]
    ways = draft.program.variable(
        "ways", guest, upper=promised, unit="ways", doc="Link-disjoint corridors into the place."
    )
    draft.program.subject_to(tie=balance == (at_root - at_place) * ways.at(row["guest"]))
    draft.program.describe("tie", unit="ways", doc="Corridors lead from the gateway to the place.")
    draft.program.require(tied_in=ways >= promised)
    draft.program.describe(
        "tied_in", unit="ways", doc="The key place keeps its link-disjoint corridors to the gateway."
    )


def _tie_stock(draft: Draft, net: Corridors, roads: Roads, corridor: Affine, root: int) -> None:
    """A prepared stock site is reached from the root over the net, whatever the tier."""
    assert draft.instance.sites.node is not None
    stock = draft.with_role("stock")
    node = draft.instance.sites.node.position[draft.site.position[stock]]
    root_node = int(net.key_node.position[root])
    place, first = np.unique(node, return_index=True)
    place, first = place[place != root_node], first[place != root_node]
    if not place.size:
        return
    guest = Index.tuples("depot", node=(roads.node, place))
    lowest = np.full(guest.size, net.tier.size - 1)
    balance = _flows(draft, "depot_flow", guest, lowest, net, roads, corridor)
    row = balance.dims[0]
    at_root = (row["node"].position == root_node).astype(float)
    at_place = (row["node"].position == place[row["guest"].position]).astype(float)
    # One unit arrives at the place if any option there is opened: arrival is a variable above each of them.
    arrive = draft.program.variable("arrive", guest, upper=1.0, doc="The place is tied to the corridor net.")
    here = np.full(roads.node.size, -1)
    here[place] = np.arange(place.size)
    tied = np.flatnonzero(here[node] >= 0)
    pair = Index.tuples("depot_room", prepared=(draft.prepared, stock[tied]), depot=(guest, here[node][tied]))
    draft.program.subject_to(
        depot_tie=balance == (at_root - at_place) * arrive.at(row["guest"]),
        tied=arrive.at(pair["depot"]) >= draft.open.at(pair["prepared"]),
    )
    draft.program.describe("depot_tie", unit="ways", doc="Corridors lead from the gateway to each prepared stock site.")
    draft.program.describe("tied", unit="ways", doc="A prepared stock site is on the corridor net.")


def _flows(
    draft: Draft, name: str, guest: Index, tier: np.ndarray, net: Corridors, roads: Roads, corridor: Affine
) -> Affine:
    """Add flows of each guest on the lanes good enough for it; net outflow over (guest, junction)."""
    lane_link, lane_tier = net.lane["link"].position, net.lane["tier"].position
    best = np.full(roads.link.size, net.tier.size)
    np.minimum.at(best, lane_link, lane_tier)
    g, e = np.nonzero(np.less_equal(best[None, :], tier[:, None]))
    used = Index.tuples("used", guest=(guest, g), link=(roads.link, e))
    ahead = draft.program.variable(f"{name}_ahead", used, upper=1.0, doc="Tie along the link.")
    back = draft.program.variable(f"{name}_back", used, upper=1.0, doc="Tie against the link.")
    # Lanes of sufficient tier on each used link.
    number = np.full((guest.size, roads.link.size), -1)
    number[g, e] = np.arange(used.size)
    gg, ll = np.nonzero(np.less_equal(lane_tier[None, :], tier[:, None]))
    enough = Index.tuples("enough", lane=(net.lane, ll))
    carrying = corridor.at(enough["lane"]).sum_by(Map(enough, used, number[gg, lane_link[ll]]))
    draft.program.subject_to(**{f"{name}_carried": ahead + back <= carrying})
    draft.program.describe(f"{name}_carried", unit="ways", doc="Ties run on designated corridors only.")
    n, guests = roads.node.size, guest.size
    k, v = np.divmod(np.arange(guests * n), n)
    row = Index.tuples("junction", guest=(guest, k), node=(roads.node, v))
    tail = Map(used, row, g * n + roads.tail.position[e])
    head = Map(used, row, g * n + roads.head.position[e])
    return ahead.sum_by(tail) - ahead.sum_by(head) + back.sum_by(head) - back.sum_by(tail)


def _hold(draft: Draft, rules: CorridorRules, net: Corridors, corridor: Affine) -> None:
    """Links that fail up to the level held are strengthened if they carry a corridor."""
    damage = draft.instance.damage
    if damage is None:
        return
    levels = LEVELS[: LEVELS.index(rules.holds) + 1]
    counted = np.isin(draft.instance.scenarios.level, levels)
    fails: np.ndarray = np.any(damage.cut[:, counted], axis=1)
    at_risk = np.flatnonzero(fails[net.lane["link"].position])
    if not at_risk.size:
        return
    weak_of = np.full(damage.link.size, -1)
    weak_of[draft.weak["link"].position] = np.arange(draft.weak.size)
    if draft.harden is None:
        exposed = Index.tuples("exposed", lane=(net.lane, at_risk))
        draft.program.subject_to(holding=corridor.at(exposed["lane"]) <= 0)
    else:
        exposed = Index.tuples(
            "exposed", lane=(net.lane, at_risk), weak=(draft.weak, weak_of[net.lane["link"].position[at_risk]])
        )
        draft.program.subject_to(holding=corridor.at(exposed["lane"]) <= draft.harden.at(exposed["weak"]))
    draft.program.describe(
        "holding", unit="links", doc="A corridor link that fails in a shock it must hold is strengthened."
    )
