"""Moving goods: who can send what where in a scenario.

    sent       ship out of p + give_p <= a_js sum_o stock_oc          goods are not sent on (without relay)
    supplied   ship_l <= m_l harden_e                                 link e on the haul of l, cut in s, no way round
    pooled     sum_{p in P} take_p = sum_{p in P} give_p              pool P: sites that all reach each other

If distance costs nothing in the question and every stocked site of a group reaches every asking one, it does not
matter which goods come from where: any give and take that balance can be shipped (a transportation problem on a
complete bipartite graph without costs). Such groups become pools with one variable per site instead of one per pair.
``m_l`` is the most that can be asked for or held, so it cuts nothing off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csgraph

from formulations.algebra.affine import Affine
from formulations.plan.crossings import WEAK, blocked, way_states
from formulations.plan.draft import Draft
from formulations.plan.rules import StockRules
from instances.index import Index, Map
from instances.network import Hauls


@dataclass(frozen=True, eq=False)
class Posts:
    """Where goods may be held or asked for; arrays are over site x commodity x scenario."""

    post: Index
    number: np.ndarray  # position in post, -1 where there is none
    held: np.ndarray  # most that can survive there
    asked: np.ndarray  # most that can be asked for there

    def at(self, mask: np.ndarray) -> np.ndarray:
        """Positions in ``post`` where the mask holds."""
        return np.sort(self.number[mask & (self.number >= 0)])

    def map(self, source: Index, site: np.ndarray, commodity: np.ndarray, scenario: np.ndarray) -> Map:
        """Map from ``source`` to the posts at the given positions."""
        return Map(source, self.post, self.number[site, commodity, scenario])


def add_shipping(draft: Draft, rules: StockRules, posts: Posts, surviving: Affine) -> Affine:
    """Add shipments and pools; what arrives less what leaves at each post."""
    hauls = draft.instance.hauls
    assert hauls is not None
    free = "operations" not in {*draft.question.objectives, *draft.question.limits}
    pool_of = _pools(hauls, posts) if free and not rules.relay else None
    arriving, leaving = _ship(draft, rules, posts, pool_of)
    if pool_of is not None:
        taken, given = _pool(draft, posts, pool_of)
        arriving, leaving = arriving + taken, leaving + given
    if not rules.relay:
        depot = Index.tuples("depot_post", post=(posts.post, posts.at(posts.held > 0)))
        draft.program.subject_to(sent=leaving.at(depot["post"]) <= surviving.at(depot["post"]))
        draft.program.describe("sent", unit="unit", doc="Only goods that were in stock and survive are sent.")
    return arriving - leaving


def _pools(hauls: Hauls, posts: Posts) -> np.ndarray:
    """Pool of each site in each scenario, -1 for none: shape (sites, scenarios).

    A pool is a connected group of sites in which every haul from a stocked to an asking site is passable.
    """
    sites, _, scenarios = posts.held.shape
    origin, destination = hauls.haul["origin"].position, hauls.haul["destination"].position
    pool = np.full((sites, scenarios), -1)
    for s in range(scenarios):
        holds: np.ndarray = np.any(posts.held[:, :, s] > 0, axis=1)
        asks: np.ndarray = np.any(posts.asked[:, :, s] > 0, axis=1)
        use = hauls.passable[:, s] & holds[origin] & asks[destination] & (origin != destination)
        graph = coo_array((np.ones(int(use.sum())), (origin[use], destination[use])), shape=(sites, sites))
        _, group = csgraph.connected_components(graph, directed=False)
        pairs = np.unique(origin[use] * sites + destination[use])
        there = np.bincount(group[pairs // sites], minlength=sites)
        both = np.bincount(group, weights=holds & asks, minlength=sites)
        wanted = np.bincount(group, weights=holds, minlength=sites) * np.bincount(group, weights=asks, minlength=sites)
        complete: np.ndarray = np.equal(there, wanted - both) & (there > 0)
        pool[:, s] = np.where(complete[group], group, -1)
    return pool


def _pool(draft: Draft, posts: Posts, pool_of: np.ndarray) -> tuple[Affine, Affine]:
    """Goods taken from and given to pools, at each post."""
    site, commodity, scenario = (posts.post[k].position for k in ("site", "commodity", "scenario"))
    pool = pool_of[site, scenario]
    held, asked = posts.held[site, commodity, scenario], posts.asked[site, commodity, scenario]
    giving, taking = np.flatnonzero((pool >= 0) & (held > 0)), np.flatnonzero((pool >= 0) & (asked > 0))
    giver, taker = (Index.tuples(n, post=(posts.post, p)) for n, p in (("giver", giving), ("taker", taking)))
    give = draft.program.variable("give", giver, upper=held[giving], unit="unit", doc="Goods sent from stock.")
    take = draft.program.variable("take", taker, upper=asked[taking], unit="unit", doc="Goods received.")
    sites, goods, scenarios = pool_of.shape[0], posts.held.shape[1], pool_of.shape[1]
    code = (pool * goods + commodity) * scenarios + scenario
    known = np.unique(code[np.concatenate([giving, taking])])
    pools = Index.tuples(
        "pool",
        site=(posts.post["site"].target, known // scenarios // goods % sites),
        commodity=(posts.post["commodity"].target, known // scenarios % goods),
        scenario=(posts.post["scenario"].target, known % scenarios),
    )
    to_pool = np.searchsorted(known, code)
    giver.views["pool"], taker.views["pool"] = Map(giver, pools, to_pool[giving]), Map(taker, pools, to_pool[taking])
    balance = take.sum_by(taker["pool"]) - give.sum_by(giver["pool"])
    draft.program.subject_to(pooled=balance == 0)
    draft.program.describe("pooled", unit="unit", doc="What is received was sent, among sites that reach each other.")
    return take.sum_by(taker["post"]), give.sum_by(giver["post"])


def _ship(draft: Draft, rules: StockRules, posts: Posts, pool_of: np.ndarray | None) -> tuple[Affine, Affine]:
    """Goods on single hauls: what arrives and what leaves at each post."""
    instance, program = draft.instance, draft.program
    hauls, goods = instance.hauls, instance.commodities
    assert hauls is not None and goods is not None
    shipment, hardening = _shipments(draft, rules, posts, pool_of)
    nothing = program.constant(0.0, posts.post)
    if not shipment.size:
        return nothing, nothing
    haul, commodity, scenario = (shipment[k].position for k in ("haul", "commodity", "scenario"))
    origin, destination = hauls.haul["origin"].position[haul], hauls.haul["destination"].position[haul]
    if rules.relay:
        total_held, total_asked = posts.held.sum(axis=0), posts.asked.sum(axis=0)
        most = np.minimum(total_held[commodity, scenario], total_asked[commodity, scenario])
    else:
        most = np.minimum(posts.held[origin, commodity, scenario], posts.asked[destination, commodity, scenario])
    ship = program.variable("ship", shipment, upper=most, unit="unit", doc="Goods moved.")
    price = instance.scenarios.probability[scenario] * goods.freight[commodity] * hauls.metres[haul]
    draft.operations.append((price * ship).sum())
    if hardening.size and draft.harden is not None:
        limit = most[hardening["shipment"].position] * draft.harden.at(hardening["weak"])
        program.subject_to(supplied=ship.at(hardening["shipment"]) <= limit)
        program.describe("supplied", unit="unit", doc="Goods cross a cut link only if it was strengthened.")
    arrive = posts.map(shipment, destination, commodity, scenario)
    leave = posts.map(shipment, origin, commodity, scenario)
    return ship.sum_by(arrive), ship.sum_by(leave)


def _shipments(draft: Draft, rules: StockRules, posts: Posts, pool_of: np.ndarray | None) -> tuple[Index, Index]:
    """Hauls that may carry a commodity in a scenario, and the weak links that must be strengthened for it."""
    instance = draft.instance
    hauls, goods = instance.hauls, instance.commodities
    assert hauls is not None and goods is not None
    origin, destination = hauls.haul["origin"].position, hauls.haul["destination"].position
    # Goods kept at a site serve it without a haul.
    usable = np.array(hauls.passable)
    if hauls.crossing is not None:
        usable |= way_states(draft, hauls.crossing["haul"], hauls.crossing) == WEAK
    usable &= (origin != destination)[:, None]
    if pool_of is not None:
        usable &= ~((pool_of[origin] >= 0) & (pool_of[origin] == pool_of[destination]))
    useful = np.broadcast_to(usable[:, None, :], (usable.shape[0], goods.commodity.size, usable.shape[1]))
    if not rules.relay:
        useful = useful & (posts.held[origin] > 0) & (posts.asked[destination] > 0)
    e, c, s = np.nonzero(useful)
    shipment = Index.tuples(
        "shipment", haul=(hauls.haul, e), commodity=(goods.commodity, c), scenario=(instance.scenarios.scenario, s)
    )
    user, weak = np.empty(0, int), np.empty(0, int)
    if hauls.crossing is not None:
        way = hauls.crossing["haul"]
        user, weak = blocked(draft, shipment["haul"], shipment["scenario"], way, hauls.crossing)
        # In a scenario with another way round nothing needs to be strengthened.
        stuck = ~hauls.passable[e[user], s[user]]
        user, weak = user[stuck], weak[stuck]
    return shipment, Index.tuples("hardening", shipment=(shipment, user), weak=(draft.weak, weak))
