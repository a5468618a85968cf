"""Routes and hauls against brute force: all-pairs shortest paths by repeated minima over the whole matrix."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instances.index import Index, Map
from instances.network import Roads
from instances.scenarios import Damage
from instances.travel.ways import components, driving_hauls, walking_routes
from tests.instances.tiny import tiny_instance

MS = 60_000.0


def graph(nodes, ends, walk, drivable=None, drive=None):
    node = Index.named("node", [f"n{k}" for k in range(nodes)])
    link = Index.named("link", [f"l{k}" for k in range(len(ends))])
    tail, head = np.array(ends, int).reshape(-1, 2).T
    walk = np.asarray(walk, float)
    return Roads(
        node,
        link,
        tail=Map(link, node, tail),
        head=Map(link, node, head),
        x=np.arange(nodes, dtype=float),
        y=np.zeros(nodes),
        length=walk * 70.0,
        walk=walk,
        drive=walk / 5.0 if drive is None else np.asarray(drive, float),
        drivable=np.ones(len(ends), bool) if drivable is None else np.asarray(drivable, bool),
        harden=np.ones(len(ends)),
        kind=np.array(["street"] * len(ends)),
        title=np.array([""] * len(ends)),
    )


def floyd_warshall(roads, minutes):
    """Shortest times between all nodes in whole milliseconds; infinite minutes close a link."""
    size = len(roads.node)
    best = np.full((size, size), np.inf)
    np.fill_diagonal(best, 0.0)
    for a, b, m in zip(roads.tail.position, roads.head.position, minutes, strict=True):
        cost = max(1.0, np.rint(m * MS)) if np.isfinite(m) else np.inf
        if a != b:
            best[a, b] = best[b, a] = min(best[a, b], cost)
    for k in range(size):
        best = np.minimum(best, best[:, k, None] + best[None, k, :])
    return best


@st.composite
def towns(draw):
    """A small multigraph with parallel links, loops and loose parts, places on it, and scenarios that cut links."""
    nodes = draw(st.integers(2, 9))
    pick = st.integers(0, nodes - 1)
    ends = draw(st.lists(st.tuples(pick, pick), min_size=1, max_size=16))
    walk = draw(st.lists(st.integers(1, 9), min_size=len(ends), max_size=len(ends)))
    people = draw(st.lists(pick, min_size=1, max_size=4))
    sites = draw(st.lists(pick, min_size=1, max_size=4))
    scenarios = draw(st.integers(1, 3))
    seed = draw(st.integers(0, 2**16))
    rng = np.random.default_rng(seed)
    roads = graph(nodes, ends, np.array(walk) + rng.random(len(ends)), drivable=rng.random(len(ends)) < 0.8)
    scenario = Index.named("scenario", [f"s{k}" for k in range(scenarios)])
    damage = Damage(
        scenario,
        roads.link,
        cut=rng.random((len(ends), scenarios)) < 0.35,
        slowdown=1.0 + np.round(rng.random((len(ends), scenarios)), 1),
    )
    demand = Index.named("demand", [f"d{k}" for k in range(len(people))])
    site = Index.named("site", [f"j{k}" for k in range(len(sites))])
    return {
        "roads": roads,
        "scenario": scenario,
        "damage": damage,
        "demand": demand,
        "demand_node": np.array(people),
        "demand_access": np.round(rng.random(len(people)), 2),
        "site": site,
        "site_node": np.array(sites),
        "site_access": np.round(rng.random(len(sites)), 2),
        "cutoff": float(draw(st.integers(3, 40))),
    }


def access_of(town, i, j):
    return town["demand_access"][i] + town["site_access"][j]


def crossed(routes, links):
    """Links with damage on each route, shape (route, link)."""
    on = np.zeros((len(routes.route), links), bool)
    on[routes.crossing["route"].position, routes.crossing["link"].position] = True
    return on


@given(towns())
def test_a_pair_has_a_direct_route_exactly_if_it_is_in_reach_and_it_is_the_shortest(town):
    routes = walking_routes(**town)
    best = floyd_warshall(town["roads"], town["roads"].walk)[np.ix_(town["demand_node"], town["site_node"])] / MS
    direct = routes.route["way"].position == 0
    found = set(
        zip(
            routes.route["demand"].position[direct].tolist(),
            routes.route["site"].position[direct].tolist(),
            strict=True,
        )
    )
    total = best + town["demand_access"][:, None] + town["site_access"][None, :]
    assert found == set(zip(*(a.tolist() for a in np.nonzero(total <= town["cutoff"] + 0.5 / MS)), strict=True))
    still = Damage(town["scenario"], town["roads"].link, town["damage"].cut, np.ones_like(town["damage"].slowdown))
    plain = walking_routes(**{**town, "damage": still})
    for k in np.flatnonzero(plain.route["way"].position == 0):
        i, j = plain.route["demand"].position[k], plain.route["site"].position[k]
        assert plain.minutes[k] == pytest.approx(total[i, j], abs=20 / MS)  # half a millisecond a link
        assert plain.metres[k] == pytest.approx(70.0 * best[i, j], abs=70 * 20 / MS)


@given(towns())
def test_where_the_direct_way_is_cut_the_best_open_way_is_among_the_routes(town):
    routes, roads, damage = walking_routes(**town), town["roads"], town["damage"]
    on = crossed(routes, len(roads.link))
    for s in range(len(town["scenario"])):
        slow = np.where(damage.cut[:, s], np.inf, roads.walk * damage.slowdown[:, s])
        best = floyd_warshall(roads, slow) / MS
        open_ = ~(on & damage.cut[:, s]).any(axis=1)
        for k in np.flatnonzero((routes.route["way"].position == 0) & ~open_):
            i, j = routes.route["demand"].position[k], routes.route["site"].position[k]
            total = best[town["demand_node"][i], town["site_node"][j]] + access_of(town, i, j)
            same = (routes.route["demand"].position == i) & (routes.route["site"].position == j)
            minutes = routes.minutes[same & open_, s]
            if total <= town["cutoff"]:
                assert minutes.min() == pytest.approx(total, abs=20 / MS)
            else:
                assert not len(minutes) or minutes.min() >= total - 20 / MS


@given(towns())
def test_a_scenario_never_makes_a_route_quicker_than_the_undamaged_shortest_way(town):
    routes = walking_routes(**town)
    best = floyd_warshall(town["roads"], town["roads"].walk) / MS
    i, j = routes.route["demand"].position, routes.route["site"].position
    base = best[town["demand_node"][i], town["site_node"][j]] + town["demand_access"][i] + town["site_access"][j]
    assert (routes.minutes >= base[:, None] - 20 / MS).all()


@given(towns())
def test_ways_of_a_pair_differ_and_are_numbered_without_gaps(town):
    routes = walking_routes(**town)
    pair = routes.route["demand"].position * 100 + routes.route["site"].position
    for p in np.unique(pair):
        ways = routes.route["way"].position[pair == p]
        assert ways.tolist() == list(range(len(ways)))
    on = crossed(routes, len(town["roads"].link))
    seen = {(int(p), row.tobytes(), m.tobytes()) for p, row, m in zip(pair, on, routes.minutes, strict=True)}
    assert len(seen) == len(pair)


@given(towns())
def test_people_and_sites_may_change_places_without_changing_a_time(town):
    there = walking_routes(**town, detours=False)
    back = walking_routes(
        **{
            **town,
            "demand": town["site"],
            "demand_node": town["site_node"],
            "demand_access": town["site_access"],
            "site": town["demand"],
            "site_node": town["demand_node"],
            "site_access": town["demand_access"],
        },
        detours=False,
    )
    flip = np.lexsort((back.route["demand"].position, back.route["site"].position))
    assert (back.route["site"].position[flip] == there.route["demand"].position).all()
    assert (back.route["demand"].position[flip] == there.route["site"].position).all()
    # Equally long ways may be chosen differently from either end; lengths agree, and so does any one way's time.
    np.testing.assert_allclose(back.metres[flip], there.metres, atol=70 * 20 / MS)


@given(towns())
def test_without_detours_there_is_one_way_a_pair(town):
    routes = walking_routes(**town, detours=False)
    pair = routes.route["demand"].position * 100 + routes.route["site"].position
    assert len(np.unique(pair)) == len(pair)
    assert set(routes.route["way"].target.names.tolist()) == {"direct"}


def test_the_triangle_inequality_holds_exactly_in_milliseconds():
    rng = np.random.default_rng(3)
    ends = [(int(a), int(b)) for a, b in rng.integers(0, 25, (60, 2))]
    roads = graph(25, ends, rng.uniform(0.3, 4.0, 60))
    place = Index.named("demand", [f"p{k}" for k in range(25)])
    site = Index.named("site", [f"q{k}" for k in range(25)])
    one = Index.named("scenario", ["s"])
    routes = walking_routes(
        roads, one, None, place, np.arange(25), np.zeros(25), site, np.arange(25), np.zeros(25), 1e6
    )
    far = np.full((25, 25), np.inf)
    far[routes.route["demand"].position, routes.route["site"].position] = routes.minutes[:, 0]
    assert (far[:, None, :] <= far[:, :, None] + far[None, :, :] + 50 / MS).all()
    assert routes.crossing is None


def test_another_search_finds_the_same_routes_in_the_tiny_town():
    for seed in range(4):
        town = tiny_instance(demand=6, sites=5, scenarios=3, seed=seed, cutoff=25.0)
        at = np.argmin(np.hypot(town.demand.x[:, None] - town.roads.x, town.demand.y[:, None] - town.roads.y), axis=1)
        ours = walking_routes(
            town.roads,
            town.scenarios.scenario,
            town.damage,
            town.demand.demand,
            at,
            np.zeros(6),
            town.sites.site,
            town.sites.node.position,
            np.zeros(5),
            25.0,
        )

        def rows(routes):
            return sorted(
                (int(i), int(j), *np.round(m, 2).tolist(), round(float(d), 1))
                for i, j, m, d in zip(
                    routes.route["demand"].position,
                    routes.route["site"].position,
                    routes.minutes,
                    routes.metres,
                    strict=True,
                )
            )

        assert rows(ours) == rows(town.routes)
        hauls = driving_hauls(
            town.roads,
            town.scenarios.scenario,
            town.damage,
            town.sites.site,
            town.sites.node.position,
            np.zeros(5),
            np.array([0, 2, 4]),
            np.arange(5),
            1e6,
        )
        away = hauls.haul["origin"].position != hauls.haul["destination"].position
        np.testing.assert_allclose(hauls.metres[away], town.hauls.metres)
        np.testing.assert_allclose(hauls.minutes[away], town.hauls.minutes, atol=1e-3)
        assert (hauls.passable[away] == town.hauls.passable).all()


@given(towns())
def test_goods_use_drivable_links_only_and_pass_while_any_of_them_joins_the_ends(town):
    roads, damage = town["roads"], town["damage"]
    sites = np.arange(len(town["site"]))
    hauls = driving_hauls(
        roads,
        town["scenario"],
        damage,
        town["site"],
        town["site_node"],
        town["site_access"],
        sites,
        sites,
        town["cutoff"],
    )
    best = floyd_warshall(roads, np.where(roads.drivable, roads.drive, np.inf)) / MS
    total = best[np.ix_(town["site_node"], town["site_node"])]
    total = total + town["site_access"][:, None] + town["site_access"][None, :]
    pairs = set(zip(hauls.haul["origin"].position.tolist(), hauls.haul["destination"].position.tolist(), strict=True))
    assert pairs == set(zip(*(a.tolist() for a in np.nonzero(total <= town["cutoff"] + 0.5 / MS)), strict=True))
    for k, (a, b) in enumerate(zip(hauls.haul["origin"].position, hauls.haul["destination"].position, strict=True)):
        assert hauls.minutes[k] == (0 if a == b else pytest.approx(total[a, b], abs=20 / MS))
        for s in range(len(town["scenario"])):
            left = floyd_warshall(roads, np.where(roads.drivable & ~damage.cut[:, s], 1.0, np.inf))
            assert hauls.passable[k, s] == np.isfinite(left[town["site_node"][a], town["site_node"][b]])
    torn = ~hauls.passable
    on = np.zeros((len(hauls.haul), len(roads.link)), bool)
    on[hauls.crossing["haul"].position, hauls.crossing["link"].position] = True
    assert ((on.astype(int) @ damage.cut.astype(int))[torn] > 0).all(), "a torn haul must name links to strengthen"


def test_of_parallel_links_the_quicker_counts_and_its_cut_leads_over_the_other():
    roads = graph(2, [(0, 1), (1, 0)], [3.0, 2.0])
    scenario, one = Index.named("scenario", ["s"]), Index.named("demand", ["d"])
    damage = Damage(scenario, roads.link, cut=np.array([[False], [True]]), slowdown=np.ones((2, 1)))
    routes = walking_routes(
        roads,
        scenario,
        damage,
        one,
        np.array([0]),
        np.zeros(1),
        Index.named("site", ["j"]),
        np.array([1]),
        np.zeros(1),
        9.0,
    )
    assert routes.minutes[:, 0].tolist() == [2.0, 3.0]
    assert routes.route.labels() == ["d|j|direct", "d|j|detour 1"]
    assert routes.crossing.labels() == ["d|j|direct|l1"]


def test_places_that_do_not_fit_the_roads_are_refused():
    roads = graph(2, [(0, 1)], [1.0])
    scenario, one, site = Index.named("scenario", ["s"]), Index.named("demand", ["d"]), Index.named("site", ["j"])
    at, none = np.array([0]), np.zeros(1)
    with pytest.raises(ValueError, match="outside node"):
        walking_routes(roads, scenario, None, one, np.array([7]), none, site, at, none, 9.0)
    with pytest.raises(ValueError, match="expected one each"):
        walking_routes(roads, scenario, None, one, np.array([0, 1]), none, site, at, none, 9.0)
    other = Damage(Index.named("scenario", ["t"]), roads.link, np.zeros((1, 1), bool), np.ones((1, 1)))
    with pytest.raises(ValueError, match="does not fit"):
        walking_routes(roads, scenario, other, one, at, none, site, at, none, 9.0)


@settings(max_examples=20)
@given(towns())
def test_connected_parts_are_those_of_the_reachable_pairs(town):
    part = components(town["roads"], town["roads"].drivable)
    reach = np.isfinite(floyd_warshall(town["roads"], np.where(town["roads"].drivable, 1.0, np.inf)))
    assert ((part[:, None] == part[None, :]) == reach).all()
