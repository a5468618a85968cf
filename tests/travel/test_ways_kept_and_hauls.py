"""Caps on ways and hauls, one-way streets, straight lines, and the books of the step."""

from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instances.accounts import Ledger
from instances.catalog import build
from instances.index import Index
from instances.places import Demand, Sites
from instances.scenarios import Damage
from instances.streets.graph import Network
from instances.travel.bundle import Bundle
from instances.travel.rule import TravelRule
from instances.travel.straight import straight_hauls, straight_routes
from instances.travel.travel import travel
from instances.travel.ways import driving_hauls, walking_routes
from tests.instances.test_travel import floyd_warshall, towns


def pairs_of(routes):
    return routes.route["demand"].position * 1000 + routes.route["site"].position


@given(towns(), st.integers(1, 3))
def test_a_cap_keeps_the_direct_way_and_every_pair_and_says_what_it_left_out(town, most):
    every, ledger = walking_routes(**town), Ledger("travel")
    some = walking_routes(**town, most_ways=most, ledger=ledger)
    assert set(pairs_of(some)) == set(pairs_of(every))
    assert np.unique(pairs_of(some), return_counts=True)[1].max(initial=0) <= most
    direct = every.route["way"].position == 0
    assert (some.minutes[some.route["way"].position == 0] == every.minutes[direct]).all()
    assert len(some.route) <= len(every.route)
    assert bool(ledger.notes) or len(some.route) == len(every.route)


def test_alternatives_become_ways_of_the_pair_and_detours_stay():
    town = build("city", demand=40, sites=12, scenarios=4, seed=3)
    at = np.argmin(np.hypot(town.demand.x[:, None] - town.roads.x, town.demand.y[:, None] - town.roads.y), axis=1)
    given_ = (
        town.roads, town.scenarios.scenario, town.damage, town.demand.demand, at, np.zeros(40),
        town.sites.site, town.sites.node.position, np.zeros(12), 30.0,
    )  # fmt: skip
    plain, more = walking_routes(*given_), walking_routes(*given_, alternatives=2)
    assert set(pairs_of(plain)) == set(pairs_of(more)) and len(more.route) > len(plain.route)
    assert set(zip(pairs_of(plain), plain.metres.round(6), strict=True)) <= set(
        zip(pairs_of(more), more.metres.round(6), strict=True)
    )
    assert more.route["way"].target.names[:2].tolist() == ["direct", "way 1"]


@given(st.integers(0, 2**16), st.integers(2, 4))
def test_the_cover_is_within_the_bound_of_the_greedy_rule(seed, most):
    rng = np.random.default_rng(seed)
    links, count = 12, 7
    used = rng.random((count, links)) < 0.3
    way, link = np.nonzero(used)
    bundle = Bundle.of(np.zeros(count, np.intp), 1, rng.random(count), way, link)
    bundle.rank[0] = 0
    cut, chance = rng.random((links, 6)) < 0.3, rng.dirichlet(np.ones(6))
    kept = bundle.covering(cut, chance, most)
    open_ = ~((used.astype(int) @ cut.astype(int)) > 0)

    def worth(ways):
        return chance[open_[list(ways)].any(axis=0)].sum()

    rows = {tuple(np.flatnonzero(used[w])): w for w in range(count)}
    mine = [rows[tuple(kept.link[kept.start[k] : kept.start[k + 1]])] for k in range(len(kept))]
    assert len(kept) == most and kept.rank[0] == 0
    best = max(worth((0, *rest)) for rest in combinations(range(1, count), most - 1))
    # Nemhauser, Wolsey & Fisher (1978), doi:10.1007/BF01588971: the greedy rule covers 1 - 1/e of the best or more.
    base = worth((0,))
    assert worth(mine) - base >= (1 - 1 / np.e) * (best - base) - 1e-9


def directed(town, seed):
    roads = town["roads"]
    one = np.random.default_rng(seed).random(len(roads.link)) < 0.5
    roads = replace(roads, oneway=one)
    damage = town["damage"]
    return roads, Damage(damage.scenario, roads.link, damage.cut, damage.slowdown), one


def one_way_times(roads, minutes, one):
    size = len(roads.node)
    best = np.full((size, size), np.inf)
    np.fill_diagonal(best, 0.0)
    for a, b, m, o in zip(roads.tail.position, roads.head.position, minutes, one, strict=True):
        best[a, b] = min(best[a, b], np.rint(m * 60_000))
        if not o:
            best[b, a] = min(best[b, a], np.rint(m * 60_000))
    for k in range(size):
        best = np.minimum(best, best[:, k, None] + best[None, k, :])
    return best


@given(towns(), st.integers(0, 99))
def test_one_way_streets_bind_drivers_unless_they_are_told_otherwise(town, seed):
    roads, damage, one = directed(town, seed)
    sites, node = np.arange(len(town["site"])), town["site_node"]
    given_ = (roads, town["scenario"], damage, town["site"], node, np.zeros(len(sites)), sites, sites, 60.0)
    hauls = driving_hauls(*given_)
    best = one_way_times(roads, np.where(roads.drivable, roads.drive, np.inf), one)[np.ix_(node, node)] / 60_000
    a, b = hauls.haul["origin"].position, hauls.haul["destination"].position
    assert set(zip(a.tolist(), b.tolist(), strict=True)) == set(
        zip(*(v.tolist() for v in np.nonzero(best <= 60.0)), strict=True)
    )
    np.testing.assert_allclose(hauls.minutes, best[a, b])
    for s in range(len(town["scenario"])):
        left = one_way_times(roads, np.where(roads.drivable & ~damage.cut[:, s], 1.0, np.inf), one)
        assert (hauls.passable[:, s] == np.isfinite(left[node[a], node[b]])).all()
    free = driving_hauls(*given_, oneway=False)
    either = floyd_warshall(roads, np.where(roads.drivable, roads.drive, np.inf))[np.ix_(node, node)]
    assert len(free.haul) == (either / 60_000 <= 60.0).sum() >= len(hauls.haul)


@given(towns(), st.integers(1, 3))
def test_each_shelter_keeps_its_nearest_stores_with_the_times_they_had(town, nearest):
    sites = np.arange(len(town["site"]))
    given_ = (town["roads"], town["scenario"], town["damage"], town["site"], town["site_node"], town["site_access"])
    every = driving_hauls(*given_, sites, sites, 30.0)
    ledger = Ledger("travel")
    some = driving_hauls(*given_, sites, sites, 30.0, nearest=nearest, ledger=ledger)
    key = every.haul["origin"].position * 100 + every.haul["destination"].position
    kept = np.isin(key, some.haul["origin"].position * 100 + some.haul["destination"].position)
    assert kept.sum() == len(some.haul)
    np.testing.assert_array_equal(some.minutes, every.minutes[kept])
    np.testing.assert_array_equal(some.passable, every.passable[kept])
    for j in sites:
        into = (every.haul["destination"].position == j) & (every.haul["origin"].position != j)
        assert (into & kept).sum() == min(nearest, into.sum())
        if (into & ~kept).any():
            assert every.minutes[into & kept].max() <= every.minutes[into & ~kept].min()
    assert bool(ledger.notes) == (len(some.haul) < len(every.haul))


@pytest.fixture
def places():
    rng = np.random.default_rng(8)
    demand, site = Index.named("demand", range(30)), Index.named("site", range(12))
    x, y = rng.uniform(0, 4000, (2, 42))
    names = np.array([""] * 30)
    return (
        Demand(demand, x[:30], y[:30], np.full(30, 10.0), names),
        Sites(site, x[30:], y[30:], np.ones(12), *(np.array([t] * 12) for t in ("school", "candidate", ""))),
    )


def test_without_roads_ways_are_straight_lines_lengthened(places):
    demand, sites = places
    scenario = Index.named("scenario", ["a", "b"])
    routes = straight_routes(scenario, demand, sites, 20.0, 4.0, 1.3)
    metres = 1.3 * np.hypot(demand.x[:, None] - sites.x, demand.y[:, None] - sites.y)
    i, j = np.nonzero(metres <= 20.0 * 4000 / 60)
    assert routes.route["demand"].position.tolist() == i.tolist()
    assert routes.route["site"].position.tolist() == j.tolist()
    np.testing.assert_allclose(routes.metres, metres[i, j])
    np.testing.assert_allclose(routes.minutes, np.repeat(metres[i, j][:, None] * 60 / 4000, 2, axis=1))
    hauls, dropped = straight_hauls(scenario, sites, np.arange(6), np.arange(12), 9.0, 25.0, 1.3, nearest=2)
    away = 1.3 * np.hypot(sites.x[:6, None] - sites.x, sites.y[:6, None] - sites.y)
    within = away <= 9.0 * 25_000 / 60
    for b in range(12):
        others = np.sort(away[np.arange(6) != b, b][within[np.arange(6) != b, b]])[:2]
        mine = (hauls.haul["destination"].position == b) & (hauls.haul["origin"].position != b)
        np.testing.assert_allclose(np.sort(hauls.metres[mine]), others)
    assert dropped == within.sum() - len(hauls.haul)


def test_the_step_counts_people_without_a_site_in_reach(places):
    demand, sites = places
    mode = Index.named("mode", ["shelter", "stock"])
    option = Index.tuples("option", site=(sites.site, [0, 1, 1]), mode=(mode, [0, 0, 1]))
    uses = SimpleNamespace(
        options=SimpleNamespace(option=option), modes=SimpleNamespace(role=np.array(["shelter", "stock"]))
    )
    rule = TravelRule.model_validate({"walk": {"cutoff": 5}, "straight": {"detour": 1.2}})
    ledger, scenario = Ledger("travel"), Index.named("scenario", ["a"])
    where = SimpleNamespace(demand=demand, sites=sites)
    routes, hauls = travel(rule, None, scenario, None, where, uses, ledger)
    metres = 1.2 * np.hypot(demand.x[:, None] - sites.x, demand.y[:, None] - sites.y)
    lost = int((metres > 5 * 4000 / 60).all(axis=1).sum())
    assert 0 < lost < 30 and f"{lost} demand points with {10 * lost} people have no site in reach" in ledger.notes[1]
    assert set(hauls.haul["origin"].position.tolist()) <= {1}
    assert len(routes.route) == (metres <= 5 * 4000 / 60).sum()


def test_people_far_from_any_road_have_no_way_and_are_told_of():
    import shapely

    town = build("city", demand=40, sites=12, scenarios=3, seed=3)
    roads, still = town.roads, np.zeros(len(town.roads.link), bool)
    lines = [shapely.LineString(roads.line(k)) for k in range(len(roads.link))]
    network = Network(roads, still, still, (), shapely.STRtree(lines))
    x = town.demand.x.copy()
    x[:2] += 500_000.0
    where = SimpleNamespace(demand=replace(town.demand, x=x), sites=town.sites)
    ledger, rule = Ledger("travel"), TravelRule()
    uses = SimpleNamespace(options=town.options, modes=town.modes)
    routes, hauls = travel(rule, network, town.scenarios.scenario, town.damage, where, uses, ledger)
    near = town.routes.route["demand"].position >= 2
    assert not np.isin(routes.route["demand"].position, [0, 1]).any()
    np.testing.assert_array_equal(routes.minutes, town.routes.minutes[near])
    np.testing.assert_array_equal(hauls.minutes, town.hauls.minutes)
    assert any("2 demand points" in text and "farther than 250 m" in text for text in ledger.warnings)
