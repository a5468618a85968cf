"""Places on the road graph: the nearest link by trying every segment, what lies too far, and unique names."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instances.accounts import Ledger, accounts
from instances.layers.osm import CLASSES
from instances.streets.graph import Streets, build_network
from instances.streets.naming import name_points, name_sites
from instances.streets.snapping import near_enough, snap
from tests.streets.town import laid, table


def net(lines, titles=None):
    none = np.zeros(len(lines), bool)
    titles = np.array(titles or [""] * len(lines))
    points = [np.array(line, float) for line in lines]
    return build_network(Streets(points, np.array(["residential"] * len(lines)), titles, none, none), CLASSES)


def to_segment(p, a, b):
    """Metres from a point to a segment, by projection."""
    share = np.clip(((p - a) @ (b - a)) / ((b - a) @ (b - a)), 0, 1)
    return float(np.hypot(*(p - a - share * (b - a))))


coordinate = st.integers(0, 400)
point = st.tuples(coordinate, coordinate)


@given(st.lists(point, min_size=2, max_size=9, unique=True), st.lists(point, min_size=1, max_size=6))
def test_the_nearest_link_is_the_one_that_trying_every_segment_finds(corners, places):
    network = net([corners[k : k + 2] for k in range(len(corners) - 1)])
    roads = network.roads
    x, y = np.array(places, float).T
    snapped = snap(network, x, y, 4.0)
    for k, p in enumerate(np.array(places, float)):
        lines = [roads.line(link) for link in range(len(roads.link))]
        far = [min(to_segment(p, a, b) for a, b in pairwise(line)) for line in lines]
        assert snapped.distance[k] == pytest.approx(min(far), abs=1e-9)
        assert far[snapped.link[k]] == pytest.approx(min(far), abs=1e-9)
        ends = roads.tail.position[snapped.link[k]], roads.head.position[snapped.link[k]]
        assert snapped.node[k] in ends
        walk = snapped.access[k] * 4000 / 60
        assert min(far) - 1e-9 <= walk <= min(far) + roads.length[snapped.link[k]] / 2 + 1e-9


def test_a_place_lies_in_proportion_along_a_link_that_is_longer_than_its_drawing():
    network, _, _ = laid(table([("a", "b", 400)], {"a": (0, 0), "b": (200, 0)}))
    snapped = snap(network, np.array([50.0]), np.array([30.0]), 4.0)
    assert snapped.access[0] == pytest.approx((30 + 100) / (4000 / 60))


def test_places_too_far_from_a_road_are_dropped_in_the_books_with_what_they_carry():
    network = net([[(0, 0), (100, 0)]])
    x, y = np.array([10.0, 20.0, 30.0]), np.array([5.0, 10.0, 900.0])
    ledger = Ledger("people")
    ledger.read("homes", 3, 60.0, "people")
    near = near_enough(
        snap(network, x, y, 4.0), 250, ledger, "homes", ["a", "b", "c"], np.array([10.0, 20, 30]), "people"
    )
    assert near.tolist() == [True, True, False]
    books = accounts([ledger])
    assert not books.faults
    kept = books.outcome == "kept"
    assert (books.features[kept], books.amount[kept]) == (2, 30)
    assert "farther than 250 m from a road" in books.reason.tolist() and "c" in books.examples.tolist()
    assert "10 m in the median" in ledger.notes[0] and "900 m at most" in ledger.notes[0]


def test_people_who_may_not_walk_on_a_road_do_not_enter_it():
    from dataclasses import replace

    network = net([[(0, 0), (100, 0)], [(100, 0), (100, 100)], [(100, 0), (200, 0)]])
    straight = network.roads.y[network.roads.tail.position] == network.roads.y[network.roads.head.position]
    held = replace(network, on_foot=~straight)
    assert not straight[snap(held, np.array([10.0]), np.array([1.0]), 4.0).link[0]]


def test_ten_thousand_places_get_ten_thousand_names():
    rng = np.random.default_rng(1)
    network = net([[(0, 0), (1000, 0)], [(1000, 0), (1000, 1000)]], ["Market (2)", "Market"])
    x, y = rng.uniform(0, 1000, (2, 10_000))
    names = name_points(network, x, y)
    assert len(set(names.tolist())) == 10_000
    assert {name.split(" (")[0] for name in names.tolist()} == {"Market"}
    sites = name_sites(network, x, y, np.full(10_000, "school"), np.full(10_000, ""))
    assert len(set(sites.tolist())) == 10_000 and all(s.startswith("School, Market") for s in sites.tolist())


def test_where_streets_have_no_names_places_are_blocks_numbered_from_the_north():
    network = net([[(0, 0), (1000, 0)]])
    names = name_points(network, np.array([1.0, 2.0, 3.0]), np.array([10.0, 30.0, 20.0]))
    assert names.tolist() == ["Block 3", "Block 1", "Block 2"]
    assert name_sites(network, np.array([1.0]), np.array([1.0]), np.array(["school"]), np.array([""])).tolist() == [
        "School"
    ]
