"""The road graph against the raw vertices it is made from."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse import csgraph

from instances.schema import InstanceError
from instances.streets.graph import RoadClass, Streets, build_network, snap

CLASSES = {"street": RoadClass(4, 30, 300), "path": RoadClass(4, 0, 150), "steps": RoadClass(2, 0, 300)}


def streets(*lines, kind=None, title=None, bridge=None, tunnel=None):
    count = len(lines)
    return Streets(
        [np.array(line, float) for line in lines],
        np.array(kind or ["street"] * count),
        np.array(title or [f"Street {k}" for k in range(count)]),
        np.array(bridge or [False] * count),
        np.array(tunnel or [False] * count),
    )


def network_of(*lines, **about):
    return build_network(streets(*lines, **about), CLASSES)


def places(network):
    roads = network.roads
    return sorted((float(x), float(y)) for x, y in zip(roads.x, roads.y, strict=True))


def test_streets_meet_where_they_share_a_point_and_nowhere_else():
    over = [(0, 5), (5, 5), (10, 5)]
    under = [(5, 0), (5, 4), (5, 10)]
    joined = [(5, 0), (5, 5), (5, 10)]
    crossing = network_of(over, joined)
    assert len(crossing.roads.link) == 4
    assert (5.0, 5.0) in places(crossing)
    passing = network_of(over, under, [(0, 5), (5, 0)])
    assert (5.0, 5.0) not in places(passing)


def test_links_of_one_kind_are_merged_and_keep_their_shape_and_length():
    network = network_of([(0, 0), (3, 4)], [(6, 0), (3, 4)], [(6, 0), (6, 10), (0, 10)])
    roads = network.roads
    assert len(roads.link) == 1 and len(roads.node) == 2
    assert roads.length[0] == pytest.approx(5 + 5 + 10 + 6)
    line = roads.line(0)
    want = np.array([(0, 0), (3, 4), (6, 0), (6, 10), (0, 10)], float)
    assert np.array_equal(line, want) or np.array_equal(line, want[::-1])
    assert roads.title[0] == "Street 2", "the longest piece gives the name"


@pytest.mark.parametrize("change", [{"kind": ["street", "path"]}, {"bridge": [False, True]}, {"tunnel": [True, False]}])
def test_links_of_different_nature_are_not_merged(change):
    assert len(network_of([(0, 0), (5, 0)], [(5, 0), (9, 0)], **change).roads.link) == 2


def test_a_link_starts_and_ends_at_its_junctions():
    network = network_of([(0, 0), (5, 1), (9, 0)], [(5, 1), (5, 7)], [(9, 0), (9, 9), (5, 7), (0, 0)])
    roads = network.roads
    for k in range(len(roads.link)):
        line = roads.line(k)
        tail, head = roads.tail.position[k], roads.head.position[k]
        assert line[0].tolist() == [roads.x[tail], roads.y[tail]]
        assert line[-1].tolist() == [roads.x[head], roads.y[head]]
        assert roads.length[k] == pytest.approx(shapely.LineString(line).length)


def test_what_is_left_out_is_counted_in_the_notes():
    ring = [(5, 0), (6, 1), (5, 2), (5, 0)]
    far = [(100, 0), (103, 4)]
    network = network_of([(0, 0), (5, 0), (9, 0)], ring, far, ring[:2], far[::-1])
    assert len(network.roads.link) == 4, "the ring is parted in two"
    assert network.roads.length.sum() == pytest.approx(9 + 2 + 2 * 2**0.5)
    assert any("1 parts (0.01 km, 1 links)" in n for n in network.notes)
    assert any("2 stretches are drawn twice" in n for n in network.notes)


def test_walking_and_driving_times_follow_the_class():
    network = network_of([(0, 0), (100, 0)], [(100, 0), (100, 50)], kind=["street", "steps"])
    roads = network.roads
    street = roads.kind == "street"
    assert roads.walk[street] == pytest.approx(100 / (4000 / 60))
    assert roads.walk[~street] == pytest.approx(50 / (2000 / 60))
    assert roads.drivable.tolist() == street.tolist()
    assert roads.drive[street] == pytest.approx(100 / 500)


def test_a_bridge_costs_more_to_strengthen():
    plain = network_of([(0, 0), (100, 0)]).roads.harden[0]
    assert network_of([(0, 0), (100, 0)], bridge=[True]).roads.harden[0] == pytest.approx(8 * plain)


def test_no_streets_and_unknown_classes_are_refused():
    with pytest.raises(InstanceError, match="no street lines"):
        network_of()
    with pytest.raises(InstanceError, match="no road class for canal"):
        network_of([(0, 0), (1, 0)], kind=["canal"])


@st.composite
def maps(draw):
    """Lines over a small lattice with heights that keep lengths different, so that shortest ways are unique."""
    point = st.tuples(st.integers(0, 4), st.integers(0, 4))
    lines = draw(st.lists(st.lists(point, min_size=2, max_size=6), min_size=1, max_size=8))
    lines = [[p for k, p in enumerate(line) if k == 0 or p != line[k - 1]] for line in lines]
    return [[(100 * x + 7 * x * y, 100 * y + 3 * x * x) for x, y in line] for line in lines if len(line) > 1]


@given(maps())
def test_ways_through_the_graph_are_as_long_as_ways_through_the_raw_points(lines):
    assume(lines)
    points = sorted({p for line in lines for p in line})
    at = {p: k for k, p in enumerate(points)}
    raw = np.full((len(points), len(points)), np.inf)
    for line in lines:
        for a, b in pairwise(line):
            raw[at[a], at[b]] = raw[at[b], at[a]] = np.hypot(a[0] - b[0], a[1] - b[1])
    far = csgraph.floyd_warshall(sparse.csr_matrix(np.where(np.isfinite(raw), raw, 0)), directed=False)
    network = network_of(*lines)
    roads = network.roads
    graph = np.full((len(roads.node),) * 2, np.inf)
    for a, b, m in zip(roads.tail.position, roads.head.position, roads.length, strict=True):
        graph[a, b] = graph[b, a] = min(graph[a, b], m)
    ours = csgraph.floyd_warshall(sparse.csr_matrix(np.where(np.isfinite(graph), graph, 0)), directed=False)
    which = [at[(round(x), round(y))] for x, y in zip(roads.x, roads.y, strict=True)]
    np.testing.assert_allclose(ours, far[np.ix_(which, which)], rtol=1e-9)
    part = csgraph.connected_components(sparse.csr_matrix(np.isfinite(graph).astype(int)), directed=False)[0]
    assert part == 1, "one connected part is kept"


@given(maps(), st.randoms())
def test_the_order_and_direction_of_lines_in_the_file_change_nothing(lines, random):
    assume(lines)
    mixed = [line[::-1] if random.random() < 0.5 else line for line in lines]
    random.shuffle(mixed)
    ours, other = network_of(*lines).roads, network_of(*mixed).roads

    def content(roads):
        ends = np.sort(np.column_stack([roads.tail.position, roads.head.position]), axis=1)
        return sorted((*e.tolist(), round(m, 6)) for e, m in zip(ends, roads.length, strict=True))

    # Of two loose parts equally long, either may be kept; then only the length is the same.
    assert ours.length.sum() == pytest.approx(other.length.sum())
    assume(np.array_equal(ours.x, other.x) and np.array_equal(ours.y, other.y))
    assert content(ours) == content(other)


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=1, max_size=5))
def test_places_snap_to_the_nearest_link_and_walk_to_its_nearer_end(points):
    network = network_of([(0, 0), (1000, 0)], [(1000, 0), (1000, 900)], [(1000, 0), (300, 700)], [(0, 0), (0, 500)])
    roads = network.roads
    x, y = np.array(points, float).T
    snapped = snap(network, x, y, 4.0)
    lines = [shapely.LineString(roads.line(k)) for k in range(len(roads.link))]
    for k, p in enumerate(points):
        far = [line.distance(shapely.Point(p)) for line in lines]
        assert snapped.distance[k] == pytest.approx(min(far))
        line = lines[snapped.link[k]]
        along = line.project(shapely.Point(p))
        assert snapped.access[k] == pytest.approx((min(far) + min(along, line.length - along)) / (4000 / 60))
        end = line.coords[0] if along <= line.length - along else line.coords[-1]
        assert (roads.x[snapped.node[k]], roads.y[snapped.node[k]]) == end


def test_snapping_can_be_held_to_some_links():
    network = network_of([(0, 0), (100, 0)], [(100, 0), (100, 100)], kind=["path", "street"])
    free = snap(network, np.array([10.0]), np.array([1.0]), 4.0)
    kerb = snap(network, np.array([10.0]), np.array([1.0]), 4.0, allowed=network.roads.drivable)
    assert network.roads.kind[free.link[0]] == "path"
    assert network.roads.kind[kerb.link[0]] == "street" and kerb.distance[0] > free.distance[0]
