"""Generated cities: the same seed gives the same city, and the city looks like one."""

import numpy as np
import pytest
import shapely
from scipy import sparse
from scipy.sparse import csgraph
from scipy.stats import spearmanr

from instances.catalog import build
from instances.catalog.city import Options
from instances.catalog.city.land import ORIGIN, lay_land
from instances.instance import Instance
from instances.rulepack import load_pack


@pytest.fixture(scope="module")
def city() -> Instance:
    return build("city")


@pytest.fixture(scope="module")
def large() -> Instance:
    return build("city", demand=500, sites=120, seed=5, detours=False)


def test_the_same_seed_gives_the_same_digest_and_another_seed_another(city: Instance) -> None:
    assert build("city").digest == city.digest
    assert build("city", seed=2).digest != city.digest


def test_it_never_passes_for_real(city: Instance) -> None:
    about = city.about
    assert about.synthetic and about.seed == Options().seed
    assert about.title == {"en": "Generated city, not a real place", "zh": "生成的城市（非真实地点）"}
    assert "generated" in about.sources[0]
    assert set(load_pack().assumptions) <= set(about.assumptions)


@pytest.mark.parametrize(("demand", "sites", "scenarios"), [(1, 1, 1), (7, 3, 4), (150, 60, 12)])
def test_it_has_the_size_asked_for(demand: int, sites: int, scenarios: int) -> None:
    made = build("city", demand=demand, sites=sites, scenarios=scenarios, seed=4, people=12_345)
    assert (len(made.demand.demand), len(made.sites.site), len(made.scenarios.scenario)) == (demand, sites, scenarios)
    assert made.demand.people.sum() == pytest.approx(12_345, rel=0.01)


@pytest.mark.parametrize("seed", range(6))
def test_every_seed_gives_a_city_that_hangs_together(seed: int) -> None:
    made = build("city", demand=40, sites=16, scenarios=3, seed=seed, detours=False)
    roads = made.roads
    graph = sparse.coo_array(
        (np.ones(len(roads.link)), (roads.tail.position, roads.head.position)), shape=(len(roads.node),) * 2
    )
    assert csgraph.connected_components(graph, directed=False)[0] == 1
    assert made.corridors is not None and made.corridors.gateway.sum() >= 2
    assert {"Town hall", "Hospital 1"} <= set(made.corridors.key.labels())
    assert len(made.routes.route) > 40 and len(made.hauls.haul) > 0


def test_people_live_more_densely_near_the_middle(large: Instance) -> None:
    away = np.hypot(large.demand.x - ORIGIN[0], large.demand.y - ORIGIN[1])
    gap = np.array([np.sort(np.hypot(large.demand.x - x, large.demand.y - y))[4] for x, y in zip(
        large.demand.x, large.demand.y, strict=True
    )])  # fmt: skip
    assert spearmanr(away, gap).statistic > 0.25  # points of like population lie farther apart farther out
    assert large.demand.people.std() < 0.5 * large.demand.people.mean()


def test_nobody_lives_in_the_river_and_only_bridges_cross_it(large: Instance) -> None:
    # The land of the same seed and size, drawn once more from its own stream.
    extent = 500.0 * 500**0.5
    land = lay_land(extent, int(np.clip(round(extent / 5000) + 1, 2, 7)), 8, 6, 1, np.random.default_rng([5, 0]))
    water = shapely.transform(land.water, lambda xy: xy + np.array(ORIGIN))
    for places in (large.demand, large.sites):
        assert not shapely.contains_xy(water, places.x, places.y).any()
    lines = np.array([shapely.LineString(large.roads.line(k)) for k in range(len(large.roads.link))])
    wet = shapely.intersects(lines, water)
    bridges = np.char.endswith(large.roads.title, "bridge")
    assert wet.any() and (wet == bridges).all()
    assert 3 <= wet.sum() <= 8
    assert (large.roads.harden[wet] / large.roads.length[wet] > large.roads.harden[~wet].max() / 1e9).all()


def test_streets_have_all_ranks_and_rings_and_avenues_are_the_higher(large: Instance) -> None:
    kinds = dict(zip(*np.unique(large.roads.kind, return_counts=True), strict=True))
    assert set(kinds) == {"primary", "secondary", "tertiary", "residential"}
    assert kinds["residential"] > kinds["tertiary"] > 100
    ring = np.char.startswith(large.roads.title, "Ring")
    assert ring.any() and set(large.roads.kind[ring]) <= {"primary", "secondary"}


def test_hazards_come_in_turn_and_in_three_rising_levels(city: Instance) -> None:
    s = city.scenarios
    assert s.hazard.tolist()[:3] == ["flood", "earthquake", "outage"]
    assert s.level.tolist() == ["moderate"] * 3 + ["high"] * 3 + ["extreme"] * 3
    assert s.hazard[7] == "earthquake+fire"
    assert s.probability.reshape(3, 3).sum(axis=1) == pytest.approx([0.6, 0.3, 0.1])
    need = city.effects.need.sum(axis=0)[0].reshape(3, 3)  # (level, hazard)
    assert (np.diff(need, axis=0) > 0).all()
    assert (need[2] < 0.5 * city.demand.people.sum()).all()


def test_a_scenario_is_the_same_however_many_there_are(city: Instance) -> None:
    fewer = build("city", scenarios=4)
    assert np.array_equal(fewer.effects.need, city.effects.need[:, :, :4])
    assert np.array_equal(fewer.damage.cut, city.damage.cut[:, :4])


def test_neighbours_fare_alike(large: Instance) -> None:
    quake = large.scenarios.scenario.position("earthquake 2")
    share = large.effects.need[:, 0, quake] / large.demand.people
    xy = np.column_stack([large.demand.x, large.demand.y])
    distance = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    value = (share - share.mean()) / share.std()
    product = np.multiply.outer(value, value)
    near, far = product[(distance > 0) & (distance < 600)].mean(), product[distance > 6_000].mean()
    assert near > 0.5 > far


def test_floods_stay_near_the_river_and_outages_take_the_share_they_name(city: Instance) -> None:
    land = lay_land(1000 * 0.5 * 60**0.5, 2, 8, 3, 1, np.random.default_rng([1, 0]))
    shore = land.to_river(city.demand.x - ORIGIN[0], city.demand.y - ORIGIN[1])
    flood = city.effects.need[:, 0, city.scenarios.scenario.position("flood 3")]
    assert flood[shore > 900].sum() == 0 < flood[shore < 300].sum()
    dark = city.effects.need[:, 0, city.scenarios.scenario.position("outage 2")] > 0
    assert 0.3 < dark.mean() < 0.7
