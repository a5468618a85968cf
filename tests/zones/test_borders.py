"""Shared borders on partitions whose borders are known, and against brute force and other software."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from instances.zones.borders import borders


def squares(columns, rows, side=100.0):
    return np.array(
        [shapely.box(i * side, j * side, (i + 1) * side, (j + 1) * side) for j in range(rows) for i in range(columns)]
    )


def pairs(found):
    return {(int(a), int(b)): float(m) for a, b, m in zip(found.left, found.right, found.metres, strict=True)}


def shared_by(found, count):
    return np.bincount(found.left, found.metres, count) + np.bincount(found.right, found.metres, count)


def voronoi(points, box):
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=box))
    return shapely.intersection(cells, box)


@given(st.integers(1, 6), st.integers(1, 6), st.floats(1, 5000))
def test_squares_share_their_sides_and_no_corners(columns, rows, side):
    shapes = squares(columns, rows, side)
    found = borders(shapes, 0.1)
    assert len(found.left) == rows * (columns - 1) + columns * (rows - 1)
    np.testing.assert_allclose(found.metres, side)
    for a, b in pairs(found):
        (x, y), (u, v) = divmod(a, columns)[::-1], divmod(b, columns)[::-1]
        assert abs(x - u) + abs(y - v) == 1 and a < b


point = st.tuples(st.integers(0, 60), st.integers(0, 60))


@given(st.lists(point, min_size=2, max_size=14, unique=True))
def test_what_units_share_and_what_they_do_not_is_their_perimeter(points):
    """Voronoi cells fill the box, so all that is not shared is the rim of the box."""
    box = shapely.box(-1000, -1000, 7000, 7000)
    shapes = voronoi(np.array(points, float) * 100.0, box)
    found = borders(shapes, 0.01)
    count = len(shapes)
    np.testing.assert_allclose(shared_by(found, count) + found.outer, shapely.length(shapes), atol=0.1)
    assert found.outer.sum() == pytest.approx(32_000, abs=0.1)
    assert found.overlapping == 0
    a, b = np.triu_indices(count, 1)
    exact = shapely.length(shapely.intersection(shapely.buffer(shapes[a], 1e-4), shapely.boundary(shapes[b])))
    ours = np.zeros((count, count))
    ours[found.left, found.right] = found.metres
    np.testing.assert_allclose(ours[a, b], exact, atol=0.1)


@given(st.lists(point, min_size=2, max_size=10, unique=True), st.randoms(use_true_random=False))
def test_the_order_of_units_changes_nothing(points, random):
    shapes = voronoi(np.array(points, float) * 100.0, shapely.box(-1000, -1000, 7000, 7000))
    order = np.array(random.sample(range(len(shapes)), len(shapes)))
    plain, mixed = pairs(borders(shapes, 0.01)), pairs(borders(shapes[order], 0.01))
    back = {tuple(sorted((int(order[a]), int(order[b])))): m for (a, b), m in mixed.items()}
    assert back.keys() == plain.keys()
    assert all(back[k] == pytest.approx(m, abs=0.05) for k, m in plain.items())


@given(st.integers(0, 2**31), st.floats(0.01, 0.4))
def test_gaps_and_overlaps_narrower_than_the_tolerance_do_not_part_neighbours(seed, wobble):
    """Every corner of every square is drawn anew, up to ``wobble`` metres off in each direction."""
    rng = np.random.default_rng(seed)
    exact = squares(4, 3)
    drawn = np.array(
        [shapely.Polygon(shapely.get_coordinates(s)[:-1] + rng.uniform(-wobble, wobble, (4, 2))) for s in exact]
    )
    found, want = borders(drawn, 1.5), borders(exact, 0.1)
    assert pairs(found).keys() == pairs(want).keys()
    np.testing.assert_allclose(found.metres, want.metres, atol=4 * wobble + 1e-6)
    assert found.outer.sum() == pytest.approx(want.outer.sum(), abs=30 * wobble)


def test_a_side_drawn_with_more_corners_on_one_side_is_still_shared():
    left = shapely.box(0, 0, 100, 100)
    right = shapely.Polygon([(100.3, 0), (200, 0), (200, 100), (100.2, 100), (99.8, 61), (100.1, 33)])
    found = borders(np.array([left, right]), 1.0)
    assert pairs(found) == {(0, 1): pytest.approx(100, abs=0.1)}
    assert borders(np.array([left, right]), 0.001).left.size == 0


def test_a_long_side_is_shared_in_parts_with_several_neighbours():
    shapes = np.array([shapely.box(0, 0, 100, 90), shapely.box(100, 0, 160, 40), shapely.box(100, 40, 160, 90)])
    assert pairs(borders(shapes, 0.1)) == {(0, 1): 40, (0, 2): 50, (1, 2): 60}


def test_an_enclave_shares_all_of_its_outline_and_an_island_none():
    hole = shapely.box(40, 40, 60, 60)
    ring = shapely.difference(shapely.box(0, 0, 100, 100), hole)
    found = borders(np.array([ring, hole, shapely.box(500, 0, 510, 10)]), 0.1)
    assert pairs(found) == {(0, 1): 80}
    assert found.outer.tolist() == [400, 0, 40]


def test_units_of_several_parts_share_what_any_part_shares():
    both = shapely.MultiPolygon([shapely.box(0, 0, 10, 10), shapely.box(20, 0, 30, 10)])
    found = borders(np.array([both, shapely.box(10, 0, 20, 10)]), 0.1)
    assert pairs(found) == {(0, 1): 20}


def test_a_finely_drawn_border_does_not_shrink_to_a_point():
    """Corners every half metre, closer than the tolerance."""
    y = np.arange(0, 1000.25, 0.5)
    line = np.column_stack([100 + 20 * np.sin(y / 80), y])
    left = shapely.Polygon([(0, 0), *line, (0, 1000)])
    right = shapely.Polygon([(200, 0), (200, 1000), *line[::-1]])
    found = borders(np.array([left, right]), 1.0)
    assert pairs(found) == {(0, 1): pytest.approx(shapely.LineString(line).length, rel=0.02)}


def test_neighbours_of_counties_are_those_that_trying_every_pair_finds(benchmark_data):
    import geopandas

    file = benchmark_data / "jingjinji" / "bth_counties_2020census.geojson"
    shapes = geopandas.read_file(file).to_crs(32650).geometry.to_numpy()
    found = pairs(borders(shapes, 0.0))
    a, b = np.triu_indices(len(shapes), 1)
    near = shapely.intersects(shapely.envelope(shapes)[a], shapely.envelope(shapes)[b])
    a, b = a[near], b[near]
    metres = shapely.length(shapely.intersection(shapely.boundary(shapes[a]), shapely.boundary(shapes[b])))
    brute = {(int(i), int(j)): m for i, j, m in zip(a, b, metres, strict=True) if m > 0.01}
    assert found.keys() == brute.keys()
    for pair, m in brute.items():
        assert found[pair] == pytest.approx(m, abs=1.0)


def test_contiguity_is_that_of_libpysal():
    """Rook contiguity of PySAL on Voronoi cells; pytest.importorskip where it is not installed."""
    weights = pytest.importorskip("libpysal.weights")
    geopandas = pytest.importorskip("geopandas")
    points = np.random.default_rng(5).uniform(0, 1e4, (120, 2))
    # Round to a millimetre grid, on which the corners of neighbours are the same to the bit, as PySAL needs them.
    shapes = shapely.set_precision(voronoi(points, shapely.box(0, 0, 1e4, 1e4)), 1e-3)
    rook = weights.Rook.from_dataframe(geopandas.GeoDataFrame(geometry=shapes), use_index=False)
    theirs = {(a, b) for a, others in rook.neighbors.items() for b in others if a < b}
    assert set(pairs(borders(shapes, 0.001))) == theirs
