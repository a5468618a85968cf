"""Questions of location put to instances: people, ways, capacities and statuses are those of the instance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from formulations.location.median.p_median import PMedian
from formulations.location.reading import access_of
from instances.catalog import build
from instances.instance import Instance
from instances.schema import InstanceError
from solver.locating.locate import locate


@pytest.fixture(scope="module")
def city() -> Instance:
    return build("city")


def by_hand(city: Instance, value: np.ndarray) -> np.ndarray:
    """Shortest way of every pair, one route after the other."""
    assert city.demand is not None and city.routes is not None
    full = np.full((city.demand.demand.size, city.sites.site.size), np.inf)
    ends = city.routes.route
    for k in range(ends.size):
        at = ends["demand"].position[k], ends["site"].position[k]
        full[at] = min(full[at], value[k])
    return full


def test_the_shortest_way_of_every_pair_is_taken(city: Instance) -> None:
    assert city.routes is not None
    np.testing.assert_array_equal(access_of(city).distance, by_hand(city, city.routes.metres))
    calm = city.routes.minutes.min(axis=1)
    access = access_of(city, by="minutes")
    np.testing.assert_array_equal(access.distance, by_hand(city, calm))
    assert access.unit == "min" and access_of(city).unit == "m"


def test_people_names_and_zones_are_those_of_the_instance(city: Instance) -> None:
    access = access_of(city)
    assert city.demand is not None
    np.testing.assert_array_equal(access.weight, city.demand.people)
    assert access.demand is city.demand.demand and access.site is city.sites.site and access.zone is city.demand.zone


def test_ways_beyond_the_limit_are_left_out(city: Instance) -> None:
    full, near = access_of(city), access_of(city, limit=900.0)
    np.testing.assert_array_equal(near.distance, np.where(full.distance <= 900.0, full.distance, np.inf))


def test_without_a_mode_the_roomiest_shelter_counts_and_with_one_its_own_option(city: Instance) -> None:
    assert city.options is not None and city.modes is not None
    site, mode = (city.options.option[key].position for key in ("site", "mode"))
    shelter = city.modes.role[mode] == "shelter"
    access, long = access_of(city), access_of(city, mode="long")
    assert access.capacity is not None and long.capacity is not None and long.cost is not None
    for j in range(city.sites.site.size):
        rooms = city.options.capacity[shelter & (site == j)]
        assert access.capacity[j] == (rooms.max() if rooms.size else 0.0)
        mine = np.flatnonzero((site == j) & (mode == city.modes.mode.position("long")))
        if mine.size:
            assert (long.capacity[j], long.cost[j]) == (city.options.capacity[mine[0]], city.options.cost[mine[0]])
        else:
            assert long.status is not None and long.status[j] == "forbidden"


def test_an_existing_site_stays_existing_also_where_it_has_no_option_of_the_mode(city: Instance) -> None:
    without = next(j for j in range(city.sites.site.size) if (access_of(city, mode="long").status)[j] == "forbidden")
    status = city.sites.status.copy()
    status[without] = "existing"
    changed = replace(city, sites=replace(city.sites, status=status))
    assert access_of(changed, mode="long").status[without] == "existing"


def test_in_a_scenario_ways_that_it_cuts_are_gone(city: Instance) -> None:
    assert city.routes is not None and city.damage is not None and city.routes.crossing is not None
    name = city.scenarios.scenario.label(int(city.damage.cut.sum(axis=0).argmax()))
    s = city.scenarios.scenario.position(name)
    cut = city.damage.cut[city.routes.crossing["link"].position, s]
    blocked = np.unique(city.routes.crossing["route"].position[cut])
    assert blocked.size
    value = city.routes.minutes[:, s].copy()
    value[blocked] = np.inf
    np.testing.assert_array_equal(access_of(city, by="minutes", scenario=name).distance, by_hand(city, value))


def test_distances_between_sites_come_from_coordinates_or_from_hauls(city: Instance) -> None:
    assert city.hauls is not None
    straight = access_of(city, between="straight").between
    assert straight is not None
    assert straight[0, 3] == pytest.approx(
        np.hypot(city.sites.x[0] - city.sites.x[3], city.sites.y[0] - city.sites.y[3])
    )
    along = access_of(city, between="hauls").between
    assert along is not None
    expected = np.full_like(straight, np.inf)
    start, goal = (city.hauls.haul[key].position for key in list(city.hauls.haul.parts)[:2])
    for i, j, metres in zip(start, goal, city.hauls.metres, strict=True):
        expected[i, j] = expected[j, i] = min(expected[i, j], expected[j, i], metres)
    np.fill_diagonal(expected, 0.0)
    np.testing.assert_array_equal(along, expected)


def test_what_is_unknown_is_named_all_at_once(city: Instance) -> None:
    with pytest.raises(InstanceError) as told:
        access_of(city, mode="tent", limit=-1.0, scenario="calm", between="crow")  # type: ignore[arg-type]
    text = "\n".join(told.value.faults)
    for part in ("mode: 'tent'", "limit: -1.0", "scenario: 'calm'", "between: 'crow'"):
        assert part in text
    with pytest.raises(InstanceError, match="no demand in this instance"):
        access_of(replace(city, demand=None, routes=None, effects=None, damage=None))


def test_locate_reads_an_instance_by_itself_and_gives_a_map_of_the_plan(city: Instance) -> None:
    located = locate(PMedian(3), city)
    assert located.good and len(located.chosen) == 3
    assert located.sites.crs == city.about.crs
    assert located.sites.geometry.x.to_numpy() == pytest.approx(city.sites.x)
