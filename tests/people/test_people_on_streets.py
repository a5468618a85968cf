from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from instances.layers.osm import CLASSES
from instances.streets.graph import Streets, build_network
from tests.people.towns import layer, run


@pytest.fixture(scope="module")
def cross():
    """Four streets that meet in the middle: north and south residential, east and west primary."""
    return made()


def made():
    ends = [(500.0, 900.0), (500.0, 300.0), (900.0, 500.0), (100.0, 500.0)]
    lines = [np.array([(500.0, 500.0), end]) for end in ends]
    kind = np.array(["residential", "residential", "primary", "primary"])
    no = np.zeros(4, bool)
    return build_network(Streets(lines, kind, np.array(["N", "S", "E", "W"]), no, no), CLASSES)


CENSUS = {"areas": {"layer": "c"}}
WHOLE = (0.0, 0.0, 1000.0, 1000.0)


def by_place(who):
    return {(float(x), float(y)): n for x, y, n in zip(who.x, who.y, who.people.tolist(), strict=True)}


def test_people_go_to_the_ends_of_residential_streets_by_their_metres(cross):
    census = layer("c", [shapely.box(*WHOLE)], people=[1200])
    rule = CENSUS | {"by": {"streets": {"weights": {"residential": 1}}}, "to": {"junctions": ["residential"]}}
    who, _ = run(rule, [census], cross, box=WHOLE)
    assert by_place(who) == {(500.0, 900.0): 400, (500.0, 500.0): 600, (500.0, 300.0): 200}


def test_the_weight_of_a_kind_of_road_counts(cross):
    census = layer("c", [shapely.box(*WHOLE)], people=[2200])
    rule = CENSUS | {"by": {"streets": {"weights": {"residential": 1, "primary": 0.625}}}, "to": {"junctions": []}}
    who, _ = run(rule, [census], cross, box=WHOLE)
    east, middle = by_place(who)[(900.0, 500.0)], by_place(who)[(500.0, 500.0)]
    assert (east, middle) == (250, 1100)


def test_a_county_half_in_the_extent_gives_half_its_people_and_the_rest_is_booked(cross):
    census = layer("c", [shapely.box(0, 0, 1000, 2000)], people=[2400])
    rule = CENSUS | {"by": {"streets": {"weights": {"residential": 1}}}, "to": {"junctions": []}}
    who, ledger = run(rule, [census], cross, box=WHOLE)
    assert who.people.sum() == 1200
    assert ("c", "dropped", "outside the extent", 0.0, 1200.0, "people", "c0") in ledger.rows
    assert "1 census units with 2400 people reach beyond the extent (c0)" in ledger.warnings[0]
    assert any("residential 1" in text for text in ledger.assumptions)


def test_without_a_frame_the_extent_is_the_hull_of_the_roads(cross):
    census = layer("c", [shapely.box(*WHOLE)], people=[1000])
    who, ledger = run(CENSUS | {"to": {"junctions": []}}, [census], cross)
    hull = 0.5 * 800 * 600  # a kite: half the product of its diagonals
    assert who.people.sum() == 1000 * hull / 1000**2
    assert any("convex hull" in text for text in ledger.notes)


def test_a_unit_without_streets_sends_its_people_to_the_nearest_junction_with_a_warning(cross):
    census = layer("c", [shapely.box(0, 0, 1000, 200), shapely.box(0, 200, 1000, 1000)], people=[70, 1000])
    rule = CENSUS | {"by": {"streets": {"weights": {"residential": 1}}}, "to": {"junctions": ["residential"]}}
    who, ledger = run(rule, [census], cross, box=WHOLE)
    assert who.people.sum() == 1070
    assert by_place(who)[(500.0, 300.0)] == 70 + 167  # 1000 x 200 / 1200, rounded
    assert "70 people" in ledger.warnings[0]


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 50)), min_size=1).filter(
    lambda v: any(n for _, _, n in v)
), st.integers(1, 600))  # fmt: skip
def test_people_beyond_the_reach_of_roads_are_left_out_and_counted(points, reach):
    shapes = [shapely.Point(x, y) for x, y, _ in points]
    people = np.array([n for _, _, n in points])
    network = made()
    roads = shapely.union_all(network.tree.geometries)
    near = shapely.distance(roads, np.array(shapes, object)) <= reach
    rule = {"points": {"layer": "homes"}, "reach": reach}
    if not people[near].sum():
        return
    who, ledger = run(rule, [layer("homes", shapes, people=people)], network)
    assert who.people.sum() == people[near].sum()
    far = [row for row in ledger.rows if row[2] == f"farther than {reach} m from a road"]
    assert sum(row[4] for row in far) == people[~near].sum()
    assert sum(row[3] for row in far) == (people[~near] > 0).sum()
