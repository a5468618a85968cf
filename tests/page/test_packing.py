from __future__ import annotations

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instances.index import Index, Map
from instances.network import Roads
from solver.page.packing import pack, road_class, road_shapes, unpack


@given(st.lists(st.integers(-(2**52), 2**52), max_size=60))
def test_what_is_packed_comes_back_whole(numbers):
    assert unpack(pack(numbers)).tolist() == numbers


def test_bytes_follow_the_rule_that_the_page_reads_by():
    # By hand: steps 0, 64, -1, -64 zigzag to 0, 128, 1, 127; 128 needs two groups of seven bits, low first.
    assert base64.b64decode(pack([0, 64, 63, -1])) == bytes([0, 0x80, 0x01, 1, 127])


def test_sorted_positions_take_one_byte_each():
    assert len(base64.b64decode(pack(range(0, 5000, 50)))) == 100


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("motorway_link", 0), ("primary", 0), ("secondary", 1), ("residential", 2), ("footway", 3), ("unheard of", 2)],
)
def test_roads_fall_into_classes_by_their_kind(kind, expected):
    assert road_class(np.array([kind])).tolist() == [expected]


def test_road_shapes_stay_within_tolerance_and_keep_their_ends():
    node, link = Index.named("node", "ab"), Index.named("link", ["bend"])
    path = np.array([[1000.0, 2000.0], [1100.0, 2000.4], [1200.0, 2000.0], [1200.0, 2300.0]])
    one = np.ones(1)
    roads = Roads(
        node, link, Map(link, node, np.array([0])), Map(link, node, np.array([1])),
        x=path[[0, 3], 0], y=path[[0, 3], 1], length=one, walk=one, drive=one, drivable=np.array([True]), harden=one,
        kind=np.array(["primary"]), title=np.array([""]), shape_xy=path, shape_start=np.array([0, 4]),
    )  # fmt: skip
    shapes = road_shapes(roads, (1000.0, 2000.0), tolerance=1.0)
    points = np.column_stack([unpack(shapes["x"]), unpack(shapes["y"])])
    assert points.tolist() == [[0, 0], [200, 0], [200, 300]]  # the point 0.4 m off the line is gone, the bend is kept
    assert unpack(shapes["count"]).tolist() == [3]
