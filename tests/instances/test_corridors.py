"""Corridor lanes and keys on small street nets whose disjoint ways can be counted by taking links away."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from instances.layers.osm import CLASSES
from instances.streets.corridors import Key, gateways, lay_corridors
from instances.streets.graph import Streets, build_network


def net(*lines):
    """Roads from (kind, points)."""
    none = np.zeros(len(lines), bool)
    streets = Streets(
        [np.array(points, float) for _, points in lines],
        np.array([kind for kind, _ in lines]),
        np.array([f"{kind} {k}" for k, (kind, _) in enumerate(lines)]),
        none,
        none,
    )
    return build_network(streets, CLASSES).roads


RING = net(
    ("primary", [(0, 500), (300, 500)]),
    ("primary", [(300, 500), (300, 800), (700, 800), (700, 500)]),
    ("secondary", [(300, 500), (300, 200), (700, 200), (700, 500)]),
    ("secondary", [(700, 500), (1000, 500)]),
    ("residential", [(700, 800), (900, 900)]),
    ("footway", [(300, 200), (100, 100)]),
)
WEST = Key("West", 0, 500, "regional", 1, gateway=True)
EAST = Key("East", 1000, 500, "regional", 1, gateway=True)
HALL = Key("Hall", 700, 500, "city", 2)


def connected(roads, links, a, b):
    reached, grew = {a}, True
    while grew:
        grew = False
        for k in links:
            ends = {int(roads.tail.position[k]), int(roads.head.position[k])}
            if len(ends & reached) == 1:
                reached |= ends
                grew = True
    return b in reached


def test_main_roads_that_leave_the_map_are_gateways():
    keys = gateways(RING)
    assert [(k.name.split()[0], k.x, k.y, k.tier) for k in keys] == [
        ("East", 1000, 500, "regional"),
        ("West", 0, 500, "regional"),
    ]


def test_of_two_roads_out_on_one_side_the_bigger_is_the_gateway():
    roads = net(
        ("secondary", [(0, 100), (500, 100)]),
        ("primary", [(0, 900), (500, 900)]),
        ("tertiary", [(500, 0), (500, 100), (500, 900), (500, 1000)]),
    )
    (west,) = [k for k in gateways(roads) if k.name.startswith("West")]
    assert west.y == 900


def test_lanes_follow_the_class_of_the_road():
    laid, notes = lay_corridors(RING, [WEST, EAST, HALL])
    assert notes == () and not laid.faults
    link, tier = laid.lane["link"].position, laid.lane["tier"].position
    kind = RING.kind[link]
    assert set(kind.tolist()) == {"primary", "secondary"}, "blind residential ends and footways carry no corridor"
    assert len(link) == 3 * len(np.unique(link)), "a main road may carry any tier"
    np.testing.assert_allclose(laid.cost, RING.length[link] * np.array([120.0, 80.0, 40.0])[tier])


def test_a_key_at_a_blind_end_keeps_its_street():
    corner = Key("Corner", 900, 900, "local", 1)
    laid, _ = lay_corridors(RING, [WEST, corner])
    assert "residential" in RING.kind[laid.lane["link"].position].tolist()


def test_as_many_ways_are_asked_for_as_no_set_of_links_can_sever():
    """Menger: r disjoint ways exist exactly if no r - 1 links sever the place from the gateways."""
    laid, notes = lay_corridors(RING, [WEST, EAST, HALL])
    ways = dict(zip(laid.key.names.tolist(), laid.ways.tolist(), strict=True))
    assert ways == {"West": 0, "East": 1, "Hall": 2} and notes == ()
    links = np.unique(laid.lane["link"].position).tolist()
    at = dict(zip(laid.key.names.tolist(), laid.key_node.position.tolist(), strict=True))
    for gone in combinations(links, 1):
        left = [k for k in links if k not in gone]
        assert connected(RING, left, at["Hall"], at["West"]) or connected(RING, left, at["Hall"], at["East"])


def test_where_the_streets_allow_fewer_ways_fewer_are_asked_for_and_a_note_says_so():
    roads = net(
        ("primary", [(0, 0), (1000, 0)]), ("primary", [(1000, 0), (2000, 0)]), ("residential", [(1000, 0), (1000, 300)])
    )
    laid, notes = lay_corridors(roads, [Key("West", 0, 0, "regional", 1, True), Key("Far", 2000, 0, "regional", 2)])
    assert laid.ways.tolist() == [0, 1], "the first gateway is tied to no other"
    assert any("'Far' has 1 way in, not 2" in n for n in notes)


def test_a_better_connected_junction_nearby_is_preferred():
    beside = Key("Hall", 1000 - 290, 500, "city", 2)
    near_gate = Key("Depot", 950, 500, "city", 2)
    laid, _ = lay_corridors(RING, [WEST, EAST, beside])
    assert laid.ways[-1] == 2
    alone, notes = lay_corridors(RING, [WEST, near_gate])
    assert alone.ways[-1] == 1 and notes, "behind one link there is one way in, however near the ring"


def test_without_a_gateway_or_a_place_there_are_no_corridors():
    for keys in ([], [WEST], [HALL]):
        laid, notes = lay_corridors(RING, keys)
        assert laid is None and "need a gateway and a place" in notes[-1]


@pytest.mark.parametrize("tier", ["regional", "city"])
def test_a_place_only_reached_on_small_streets_falls_to_the_local_tier(tier):
    roads = net(
        ("primary", [(0, 0), (1000, 0)]),
        ("primary", [(1000, 0), (2000, 0)]),
        ("residential", [(1000, 0), (1000, 800)]),
        ("primary", [(1000, 800), (1000, 1600)]),
    )
    gates = [Key("West", 0, 0, "regional", 1, True), Key("East", 2000, 0, "regional", 1, True)]
    laid, notes = lay_corridors(roads, [*gates, Key("Island", 1000, 1600, tier, 1)])
    assert laid.tier.names[laid.key_tier.position].tolist() == ["regional", "regional", "local"]
    assert any(f"'Island' is tied in on local streets, {tier} ones do not reach it" in n for n in notes)


def test_every_gateway_reaches_the_first_on_streets_of_its_own_tier():
    """The first is the one of the highest tier, or the smaller road would keep the bigger ones from meeting."""
    roads = net(
        ("tertiary", [(1000, 2000), (1000, 1000)]),
        ("primary", [(0, 1000), (1000, 1000)]),
        ("primary", [(1000, 1000), (2000, 1000)]),
    )
    laid, notes = lay_corridors(roads, [*gateways(roads), Key("Hall", 1000, 1000, "city", 1)])
    assert notes == () and laid.gateway.tolist() == [True, True, True, False]
    assert laid.ways.tolist() == [0, 1, 1, 1]
    first = int(laid.key_node.position[0])
    for node, tier in zip(laid.key_node.position[1:3].tolist(), laid.key_tier.position[1:3].tolist(), strict=True):
        links = np.unique(laid.lane["link"].position[laid.lane["tier"].position <= tier])
        assert connected(roads, links.tolist(), first, node)


def test_a_gateway_that_no_street_joins_to_the_others_is_left_out():
    roads = net(
        ("primary", [(0, 0), (1000, 0)]),
        ("secondary", [(1000, 0), (2000, 0)]),
        ("footway", [(1000, 0), (1000, 700)]),
        ("primary", [(1000, 700), (1000, 1200)]),
    )
    gates = [Key("West", 0, 0, "regional", 1, True), Key("North", 1000, 1200, "regional", 1, True)]
    laid, notes = lay_corridors(roads, [*gates, Key("Hall", 2000, 0, "city", 1)])
    assert laid.key.names.tolist() == ["West", "Hall"]
    assert any("left out 'North', no gateway reaches it" in n for n in notes)
