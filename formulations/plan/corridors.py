"""Emergency corridors by tier: a connected net that ties key places and stock together and holds under shocks.

    one_tier       sum_tau corridor_e,tau <= 1                                link e
    tie_kept       out_v(f_k) - in_v(f_k) = -ways_k [v = node of k]           key place k, junction v, not a gateway
    tie_sent       out_v(f_k) - in_v(f_k) >= 0                                junction v a gateway
    tied_in        ways_k >= w_k                                              (a rule)
    tie_carried    f_k,e> + f_k,e< <= sum_{tau at least the tier of k} corridor_e,tau     so w_k ways share no link
    depot_...      the same for places with stock, one way                    arrive_v
    tied           arrive_v >= open_o                                         stock option o at junction v
    holding        corridor_e,tau <= harden_e                                 e cut in a scenario up to the level held

Flows of one commodity per place on a directed graph give the relaxation of the cut formulation
(Balakrishnan, Magnanti & Mirchandani 1994, doi:10.1287/mnsc.40.7.846). Gateways other than the
first are tied to the first, so the net is connected.
"""

from __future__ import annotations

import numpy as np

from formulations.algebra.affine import Affine
from formulations.plan.draft import Draft
from formulations.plan.rules import CorridorRules
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
    _tie_keys(draft, net, roads, corridor)
    if rules.tie_stock and draft.with_role("stock").size and instance.sites.node is not None:
        _tie_stock(draft, net, roads, corridor)
    _hold(draft, rules, net, corridor)


def _tie_keys(draft: Draft, net: Corridors, roads: Roads, corridor: Affine) -> None:
    """Other gateways are tied to the first one, key places to any gateways, in ``ways`` link-disjoint ways."""
    gates = np.unique(net.key_node.position[net.gateway])
    root = int(np.flatnonzero(net.gateway)[0])
    first = net.key_node.position[root]
    others = np.flatnonzero((net.key_node.position != first) & (net.ways > 0))
    if not others.size:
        return
    guest = Index.tuples("guest", key=(net.key, others))
    node, promised = net.key_node.position[others], net.ways[others]
    source = np.isin(np.arange(roads.node.size), gates)[None, :] & ~net.gateway[others][:, None]
    source |= (np.arange(roads.node.size) == first)[None, :]
    ways = draft.program.variable(
        "ways", guest, upper=promised, unit="ways", doc="Link-disjoint corridors to the place."
    )
    # A tie between two gateways counts at the lower of their tiers.
    tier = net.key_tier.position[others]
    tier = np.where(net.gateway[others], np.maximum(tier, net.key_tier.position[root]), tier)
    _flow(draft, "tie", ways, node, source, tier, net, roads, corridor)
    draft.program.require(tied_in=ways >= promised)
    draft.program.describe(
        "tied_in", unit="ways", doc="The key place keeps its link-disjoint corridors to the gateways."
    )


def _tie_stock(draft: Draft, net: Corridors, roads: Roads, corridor: Affine) -> None:
    """A prepared stock site is reached from a gateway over the net, whatever the tier."""
    assert draft.instance.sites.node is not None
    stock = draft.with_role("stock")
    at = draft.instance.sites.node.position[draft.site.position[stock]]
    gates = np.unique(net.key_node.position[net.gateway])
    place, depot = np.unique(at, return_inverse=True)
    away = ~np.isin(place, gates)
    if not away.any():
        return
    guest = Index.tuples("depot", node=(roads.node, place[away]))
    number = np.cumsum(away) - 1
    # One unit arrives at a place if any room there is prepared.
    arrive = draft.program.variable("arrive", guest, upper=1.0, unit="ways", doc="The place is tied to the net.")
    source = np.broadcast_to(np.isin(np.arange(roads.node.size), gates), (guest.size, roads.node.size))
    lowest = np.full(guest.size, net.tier.size - 1)
    _flow(draft, "depot", arrive, place[away], source, lowest, net, roads, corridor)
    tied = np.flatnonzero(away[depot])
    pair = Index.tuples("depot_room", prepared=(draft.prepared, stock[tied]), depot=(guest, number[depot[tied]]))
    draft.program.subject_to(tied=arrive.at(pair["depot"]) >= draft.open.at(pair["prepared"]))
    draft.program.describe("tied", unit="ways", doc="A prepared stock site is on the corridor net.")


def _flow(
    draft: Draft,
    name: str,
    arrives: Affine,
    node: np.ndarray,
    source: np.ndarray,
    tier: np.ndarray,
    net: Corridors,
    roads: Roads,
    corridor: Affine,
) -> None:
    """Flow of each guest from its sources to its node, on the lanes good enough for it.

    Shapes: ``node`` and ``tier`` (guests,), ``source`` (guests, junctions). Rows exist only where a lane touches.
    """
    (guest,) = arrives.dims
    lane_link, lane_tier = net.lane["link"].position, net.lane["tier"].position
    best = np.full(roads.link.size, net.tier.size)
    np.minimum.at(best, lane_link, lane_tier)
    g, e = np.nonzero(np.less_equal(best[None, :], tier[:, None]))
    used = Index.tuples("used", guest=(guest, g), link=(roads.link, e))
    ahead = draft.program.variable(f"{name}_ahead", used, upper=1.0, unit="ways", doc="Tie along the link.")
    back = draft.program.variable(f"{name}_back", used, upper=1.0, unit="ways", doc="Tie against the link.")
    number = np.full((guest.size, roads.link.size), -1)
    number[g, e] = np.arange(used.size)
    gg, ll = np.nonzero(np.less_equal(lane_tier[None, :], tier[:, None]))
    enough = Index.tuples("enough", lane=(net.lane, ll))
    carrying = corridor.at(enough["lane"]).sum_by(Map(enough, used, number[gg, lane_link[ll]]))
    draft.program.subject_to(**{f"{name}_carried": ahead + back <= carrying})
    draft.program.describe(f"{name}_carried", unit="ways", doc="Ties run on designated corridors only.")

    tail, head = roads.tail.position[e], roads.head.position[e]
    touched = np.zeros((guest.size, roads.node.size), bool)
    touched[g, tail] = touched[g, head] = touched[np.arange(guest.size), node] = True
    k, v = np.nonzero(touched)
    row = Index.tuples("junction", guest=(guest, k), node=(roads.node, v))
    place = np.full(touched.shape, -1)
    place[k, v] = np.arange(row.size)
    at_tail, at_head = Map(used, row, place[g, tail]), Map(used, row, place[g, head])
    outflow = ahead.sum_by(at_tail) - ahead.sum_by(at_head) + back.sum_by(at_head) - back.sum_by(at_tail)
    demand = (v == node[k]).astype(float) * arrives.at(row["guest"])
    sends = source[k, v] & (v != node[k])
    draft.program.subject_to(
        **{
            f"{name}_kept": (outflow + demand == 0).where(~sends),
            f"{name}_sent": (outflow >= 0).where(sends),
        }
    )
    draft.program.describe(f"{name}_kept", unit="ways", doc="What enters a junction leaves it, or arrives.")
    draft.program.describe(f"{name}_sent", unit="ways", doc="Ties begin at gateways.")


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
    weak_of = draft.weak_of(damage.link)
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
