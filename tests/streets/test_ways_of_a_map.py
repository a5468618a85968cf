"""Ways of OpenStreetMap as the map's own documentation reads their tags, and Andorra as a whole."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from instances.layers.osm import Extract, Features, read_extract
from instances.streets.components import joined_parts, round_trips
from instances.streets.graph import Streets
from instances.streets.speeds import speeds
from tests.streets.town import CRS, booked, laid


def of_map(*ways):
    """An extract of ways, each with its tags; way k runs east along the street of y = 10 k, from a common spine."""
    count = len(ways)
    spine = shapely.LineString([(0, 10 * k) for k in range(count + 1)])
    lines = [shapely.LineString([(0, 10 * k), (100 + k, 10 * k)]) for k in range(count)]
    tags = [{"highway": "residential", "osm_id": f"w{k}", **t} for k, t in enumerate(ways)]
    none = np.zeros(0, bool)
    empty = Features(np.zeros(0, object), [])
    streets = Streets([], none.astype(str), none.astype(str), none, none)
    shapes = np.array([*lines, spine], object)
    every = [*tags, {"highway": "residential", "osm_id": "spine"}]
    return Extract(CRS, streets, empty, empty, empty, (), Features(shapes, every))


def way(tags, **rule):
    """What became of the one way with these tags: the network, its link (or None) and the books."""
    network, ledger, books = laid({"m": of_map(tags)}, {"osm": "m", "maxspeed": True}, keep="all", merge=False, **rule)
    found = np.flatnonzero(network.roads.length == 100)
    return network, int(found[0]) if len(found) else None, books, ledger


@pytest.mark.parametrize(
    ("tags", "direction"),
    [
        ({}, 0),
        ({"oneway": "yes"}, 1),
        ({"oneway": "1"}, 1),
        ({"oneway": "true"}, 1),
        ({"oneway": "-1"}, -1),
        ({"oneway": "reverse"}, -1),
        ({"oneway": "no"}, 0),
        ({"oneway": "reversible"}, 0),
        ({"junction": "roundabout"}, 1),
        ({"junction": "roundabout", "oneway": "no"}, 0),
        ({"highway": "motorway"}, 1),
        ({"highway": "motorway_link"}, 1),
        ({"highway": "motorway", "oneway": "no"}, 0),
        ({"highway": "trunk"}, 0),
    ],
)
def test_one_way_streets_run_from_tail_to_head(tags, direction):
    network, k, _, _ = way(tags, oneway="binds")
    roads = network.roads
    if not direction:
        assert roads.oneway is None or not roads.oneway[k]
        return
    assert roads.oneway[k]
    assert np.sign(roads.x[roads.head.position[k]] - roads.x[roads.tail.position[k]]) == direction


@pytest.mark.parametrize(
    ("tags", "wheels", "feet"),
    [
        ({}, True, True),
        ({"motor_vehicle": "no"}, False, True),
        ({"vehicle": "no", "motor_vehicle": "yes"}, True, True),
        ({"access": "private", "foot": "yes"}, False, True),
        ({"access": "no", "motor_vehicle": "yes"}, True, False),
        ({"foot": "no"}, True, False),
        ({"highway": "motorway"}, True, False),
        ({"highway": "footway"}, False, True),
        ({"access": "no"}, None, None),
        ({"access": "private"}, None, None),
    ],
)
def test_ways_are_closed_to_those_whom_their_tags_keep_out(tags, wheels, feet):
    network, k, books, _ = way(tags, on_foot="signed")
    if wheels is None:
        assert k is None and booked(books, "m", "dropped") == {"closed to everybody (access)": (1, 100.0)}
        return
    assert network.roads.drivable[k] == wheels
    assert (network.on_foot is None or network.on_foot[k]) == feet


def test_where_people_may_walk_everywhere_the_closed_ways_are_counted():
    network, _, _, ledger = way({"foot": "no"})
    assert network.on_foot is None
    assert any("also the 1 ways closed to walkers" in a for a in ledger.assumptions)


def test_maximum_speeds_are_read_with_their_units():
    """Values and units as in https://wiki.openstreetmap.org/wiki/Key:maxspeed; a mile is 1609.344 m."""
    texts = np.array(["50", "30 mph", "10 knots", "5.5", "80 km/h", "none", "DE:urban", "walk", "50;30", "", "0", "-3"])
    want = [50, 48.28032, 18.52, 5.5, 80] + [np.nan] * 7
    np.testing.assert_allclose(speeds(texts), want)
    network, k, _, _ = way({"maxspeed": "60"})
    assert network.roads.drive[k] == pytest.approx(0.1)
    network, k, _, ledger = way({"maxspeed": "DE:urban"})
    assert network.roads.drive[k] == pytest.approx(0.2), "as of the class, 30 km/h"
    assert any("1 say something else" in n for n in ledger.notes)


def test_ways_without_a_class_are_booked_by_what_the_map_calls_them():
    _, k, books, _ = way({"highway": "proposed"})
    assert k is None
    assert booked(books, "m", "dropped") == {"class 'proposed' is not known to the rule": (1, 100.0)}


def test_the_roads_of_andorra_balance_and_its_vehicles_can_get_about(benchmark_data):
    extract = read_extract(benchmark_data / "osm" / "andorra.osm.pbf")
    network, _, books = laid({"map": extract}, {"osm": "map"}, oneway="binds")
    roads = network.roads
    assert booked(books, "map", "read")[""][0] == 4_594, "ways, as counted by the README of the data"
    assert booked(books, "links", "kept")[""] == (len(roads.link), pytest.approx(roads.length.sum()))
    assert joined_parts(roads).max() == 0, "one connected part"
    drivable = np.unique(np.concatenate([m.position[roads.drivable] for m in (roads.tail, roads.head)]))
    assert (round_trips(roads)[drivable] == 0).mean() > 0.95
    free = laid({"map": extract}, {"osm": "map"})[0].roads
    assert free.oneway is None and free.length.sum() == pytest.approx(roads.length.sum())
    reached = (round_trips(free) == 0).sum()
    assert reached >= (round_trips(roads) == 0).sum() * len(free.node) / len(roads.node) * 0.99
