"""Rasters against loops over cells, exactextract, rasterio, published slopes, conservation, and damaged files."""

from __future__ import annotations

import logging
import warnings

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from instances.layers.grid import Grid
from instances.schema import InstanceError

UTM = "EPSG:32650"  # Beijing
WEST, NORTH = 440_000.0, 4_420_000.0
CUTS = st.lists(st.integers(1, 24).map(lambda k: k / 25), min_size=1, max_size=4, unique=True)


def written(path, values, crs=UTM, move=(100.0, 0.0, WEST, 0.0, -100.0, NORTH), **profile):
    import rasterio

    cells = np.atleast_3d(np.moveaxis(values, 0, -1) if values.ndim == 3 else values)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with rasterio.open(
            path, "w", driver="GTiff", height=cells.shape[0], width=cells.shape[1], count=cells.shape[2],
            dtype=str(cells.dtype), crs=crs, transform=rasterio.Affine(*move), **profile,
        ) as file:  # fmt: skip
            for band in range(cells.shape[2]):
                file.write(cells[:, :, band], band + 1)
    return path


def town(rows=7, columns=9, seed=1):
    values = np.random.default_rng(seed).uniform(0, 50, (rows, columns))
    values[1, 2] = np.nan
    return values


def held(values, **more):
    return Grid.of("people", values, (100.0, 0.0, WEST, 0.0, -100.0, NORTH), UTM, **more)


def partition(cuts_x, cuts_y, corner, opposite):
    """The quadrilaterals of a bent lattice that fills a rectangle."""
    (west, south), (east, north) = corner, opposite
    x = west + (east - west) * np.concatenate([[0.0], np.sort(cuts_x), [1.0]])
    y = south + (north - south) * np.concatenate([[0.0], np.sort(cuts_y), [1.0]])
    node = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1)
    node[1:-1, 1:-1] += 0.01 * (east - west) * np.random.default_rng(2).uniform(-1, 1, node[1:-1, 1:-1].shape)
    quads = [
        shapely.Polygon([node[i, j], node[i + 1, j], node[i + 1, j + 1], node[i, j + 1]])
        for i in range(len(x) - 1)
        for j in range(len(y) - 1)
    ]
    return np.array(quads, dtype=object)


def test_a_point_has_the_value_of_its_cell_and_none_outside():
    grid = held(town())
    for row in range(7):
        for column in range(9):
            (found,) = grid.sample([WEST + 100 * column + 1], [NORTH - 100 * row - 99])
            assert found == town()[row, column] or ((row, column) == (1, 2) and np.isnan(found))
    assert np.isnan(grid.sample([WEST - 1, WEST + 901, WEST + 5], [NORTH - 5, NORTH - 5, NORTH + 5])).all()


@given(CUTS, CUTS, st.integers(0, 99))
def test_sums_over_a_partition_add_up_to_the_total(cuts_x, cuts_y, seed):
    grid = held(town(seed=seed))
    areas = partition(cuts_x, cuts_y, (WEST - 20, NORTH - 730), (WEST + 930, NORTH + 15))
    assert np.nansum(grid.zonal(areas, "sum")) == pytest.approx(grid.total(), rel=1e-12)


def test_a_partition_in_another_reference_system_keeps_the_total_too(tmp_path):
    values = town(60, 80, seed=3).astype(np.float32)
    path = written(tmp_path / "people.tif", values, "EPSG:4326", (0.01, 0, 116.0, 0, -0.01, 40.2), nodata=np.nan)
    grid = Grid.open("people", path, UTM)
    x, y, value, _ = grid.cells()
    areas = partition([0.3, 0.7], [0.5], (x.min() - 9000, y.min() - 9000), (x.max() + 9000, y.max() + 9000))
    assert np.nansum(grid.zonal(areas, "sum")) == pytest.approx(float(np.nansum(values.astype(float))), rel=1e-12)
    assert grid.sample(x, y) == pytest.approx(value, rel=0)


def test_areas_agree_with_exactextract_for_holes_parts_and_edges_beyond_the_raster():
    from exactextract import exact_extract
    from exactextract.raster import NumPyRasterSource

    ring = (
        shapely.Point(WEST + 450, NORTH - 350)
        .buffer(330)
        .difference(shapely.Point(WEST + 430, NORTH - 300).buffer(150))
    )
    two = shapely.MultiPolygon(
        [
            shapely.box(WEST - 50, NORTH - 60, WEST + 130, NORTH + 40),
            shapely.box(WEST + 720, NORTH - 900, WEST + 1200, NORTH - 333),
        ]
    )
    shapes = np.array([ring, shapely.reverse(ring), two, shapely.box(WEST + 9e4, NORTH, WEST + 9e4 + 5, NORTH + 5)])
    cells = NumPyRasterSource(town(), WEST, NORTH - 700, WEST + 900, NORTH, nodata=np.nan)
    features = [{"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(s)} for s in shapes]
    told = [f["properties"] for f in exact_extract(cells, features, ["sum", "mean", "max", "min"])]
    for how in ("sum", "mean", "max", "min"):
        found = held(town()).zonal(shapes, how)
        assert found[:3] == pytest.approx([t[how] for t in told[:3]], rel=1e-6)
        assert np.isnan(found[3])


def test_an_area_without_a_valid_cell_has_no_value_and_a_line_is_no_area():
    grid = held(town())
    hole = shapely.box(WEST + 210, NORTH - 190, WEST + 290, NORTH - 110)
    for how in ("sum", "mean", "max", "min"):
        assert np.isnan(grid.zonal(np.array([hole, None, shapely.Polygon()], dtype=object), how)).all()
    with pytest.raises(InstanceError, match="1 of 2 shapes are not polygons, first at position 1"):
        grid.zonal(np.array([hole, shapely.LineString([[0, 0], [1, 1]])]), "sum")
    with pytest.raises(InstanceError, match="use one of sum, mean, max, min"):
        grid.zonal(np.array([hole]), "median")


def test_along_a_line_the_deepest_cell_is_found_and_the_mean_weighs_by_length():
    values = np.zeros((1, 10))
    values[0, 4] = 3.0
    flood = held(values)
    line = shapely.LineString([[WEST + 5, NORTH - 50], [WEST + 995, NORTH - 50]])
    off = shapely.LineString([[WEST + 5, NORTH + 500], [WEST + 995, NORTH + 500]])
    assert flood.along(np.array([line, off]))[0] == 3.0
    assert np.isnan(flood.along(np.array([line, off]))[1])
    assert flood.along(np.array([line]), "min")[0] == 0.0
    assert flood.along(np.array([line]), "mean", step=1.0)[0] == pytest.approx(3.0 * 100 / 990, rel=0.02)


def test_cells_carry_everything_and_a_box_takes_those_with_their_centre_in_it():
    grid = held(town())
    x, y, value, area = grid.cells()
    assert value.size == 62 and value.sum() == pytest.approx(np.nansum(town())) and (area == 1e4).all()
    box = (WEST + 100, NORTH - 300, WEST + 400, NORTH)
    inside = (x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3])
    assert inside.sum() == 8
    assert sorted(grid.cells(box)[2]) == sorted(value[inside])
    assert grid.total(box) == pytest.approx(value[inside].sum())


def test_the_area_of_a_geographic_cell_is_that_on_the_ellipsoid(tmp_path):
    from pyproj import Geod

    path = written(tmp_path / "p.tif", np.ones((3, 3)), "EPSG:4326", (0.01, 0, 116.39, 0, -0.01, 39.91))
    _, _, _, area = Grid.open("people", path, UTM).cells()
    lon, lat = 116.39 + np.array([0, 0, 0.01, 0.01]), 39.91 + np.array([0, -0.01, -0.01, 0])
    assert area[0] == pytest.approx(abs(Geod(ellps="WGS84").polygon_area_perimeter(lon, lat)[0]), rel=2e-3)


@given(st.floats(-2, 2), st.floats(-2, 2))
def test_the_slope_of_a_plane_is_the_angle_of_its_gradient(gx, gy):
    row, column = np.mgrid[:6, :5]
    plane = gx * 100.0 * column - gy * 100.0 * row
    steep = held(plane, unit="m").slope().raster.values
    assert steep[1:-1, 1:-1] == pytest.approx(np.degrees(np.arctan(np.hypot(gx, gy))), abs=1e-9)
    assert np.isnan(steep[0]).all() and np.isnan(steep[:, -1]).all()


def test_the_slope_agrees_with_horns_formula_written_as_a_loop():
    z = town(6, 8)
    steep = held(z).slope().raster.values
    for r in range(1, 5):
        for c in range(1, 7):
            (a, b, d), (e, _, f), (g, h, i) = z[r - 1 : r + 2, c - 1 : c + 2]
            p = ((d + 2 * f + i) - (a + 2 * e + g)) / 800
            q = ((g + 2 * h + i) - (a + 2 * b + d)) / 800
            expected = np.degrees(np.arctan(np.sqrt(p * p + q * q)))
            if np.isnan(z[r - 1 : r + 2, c - 1 : c + 2]).any():
                assert np.isnan(steep[r, c])
            else:
                assert steep[r, c] == pytest.approx(expected)


def test_no_slope_in_degrees_nor_in_web_mercator_nor_of_feet():
    degrees = Grid.of("dem", np.ones((4, 4)), (0.01, 0, 116, 0, -0.01, 40), "EPSG:4326")
    with pytest.raises(InstanceError, match="is in degrees"):
        degrees.slope()
    with pytest.raises(InstanceError, match="Web Mercator"):
        Grid.of("dem", np.ones((4, 4)), (30, 0, 1.29e7, 0, -30, 4.8e6), "EPSG:3857").slope()
    with pytest.raises(InstanceError, match="in feet, not in metres"):
        held(np.ones((4, 4)), unit="feet").slope()


def test_what_is_missing_in_a_file_is_missing_here_however_the_file_says_it(tmp_path):
    values = np.array([[1, 2, 255], [4, 0, 6]], np.uint8)
    for nodata, given_too, expected in ((255, None, 13), (None, 255, 13), (0, 255, 13), (None, None, 268)):
        path = written(tmp_path / f"{nodata}{given_too}.tif", values, nodata=nodata)
        assert Grid.open("p", path, UTM, nodata=given_too).total() == expected
    empty = Grid.open("p", written(tmp_path / "none.tif", np.full((2, 2), 7, np.uint8), nodata=7), UTM)
    assert empty.total() == 0.0 and empty.cells()[0].size == 0


def test_scale_offset_bands_and_files_that_begin_in_the_south(tmp_path):
    import rasterio

    bands = np.array([[[1, 2], [3, 4]], [[10, 20], [30, 40]]], np.int16)
    path = written(tmp_path / "scaled.tif", bands)
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = (1.0, 0.1), (0.0, 5.0)
    assert Grid.open("p", path, UTM, band=2).total() == pytest.approx(100 * 0.1 + 4 * 5)
    with pytest.raises(InstanceError, match="band 3: the file has bands 1 to 2"):
        Grid.open("p", path, UTM, band=3)
    turned = written(tmp_path / "south.tif", bands[0], move=(100, 0, WEST, 0, 100, NORTH - 200))
    assert Grid.open("p", turned, UTM).sample([WEST + 50], [NORTH - 150])[0] == 1


def test_a_file_that_cannot_be_placed_says_why(tmp_path):
    nowhere = written(tmp_path / "nowhere.tif", np.ones((2, 2)), None, (1, 0, 0, 0, 1, 0))
    with pytest.raises(InstanceError) as told:
        Grid.open("people", nowhere, UTM)
    assert "does not say in which CRS it is" in str(told.value) and "no georeference" in str(told.value)
    unknown = written(tmp_path / "unknown.tif", np.ones((2, 2)), None)
    assert Grid.open("people", unknown, UTM, own=UTM).total() == 4
    askew = written(tmp_path / "askew.tif", np.ones((2, 2)), UTM, (90, 20, WEST, 20, -90, NORTH))
    with pytest.raises(InstanceError, match="rotated"):
        Grid.open("people", askew, UTM)
    with pytest.raises(InstanceError, match="no such file"):
        Grid.open("people", tmp_path / "absent.tif", UTM)


def test_digests_ignore_how_a_file_is_stored_and_tiles_say_where_two_differ(tmp_path):
    values = np.random.default_rng(5).uniform(0, 9, (300, 520))
    plain = Grid.open("p", written(tmp_path / "a.tif", values), UTM)
    tiled = written(tmp_path / "b.tif", values, tiled=True, blockxsize=64, blockysize=64, compress="deflate")
    assert plain.digest() == Grid.open("p", tiled, UTM).digest() == held(values).digest()
    values[10, 300] += 1.0
    other = Grid.open("p", written(tmp_path / "c.tif", values), UTM)
    assert other.digest() != plain.digest()
    before, after = plain.tiles(), other.tiles()
    assert len(before) == 6 and [k for k in before if before[k] != after[k]] == ["0,1"]


@given(st.data())
def test_a_damaged_file_is_one_error_or_numbers_but_never_a_crash_nor_a_line_on_the_screen(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("damage")
    whole = written(
        folder / "whole.tif", town(40, 50), tiled=True, blockxsize=16, blockysize=16, compress="deflate"
    ).read_bytes()
    content = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for _ in range(data.draw(st.integers(0, 8))):
        if content:
            content[data.draw(st.integers(0, min(len(content), 600) - 1))] = data.draw(st.integers(0, 255))
    path = folder / "damaged.tif"
    path.write_bytes(bytes(content))
    try:
        grid = Grid.open("p", path, UTM)
        if grid.raster.rows * grid.raster.columns < 1e6:
            assert isinstance(grid.digest(), str)
            assert np.isfinite(grid.total())
            grid.zonal(np.array([shapely.box(WEST, NORTH - 900, WEST + 900, NORTH)]), "sum")
    except InstanceError as error:
        assert error.faults


def test_damage_in_the_cells_is_told_without_a_line_on_the_screen(tmp_path, capfd, caplog):
    whole = written(tmp_path / "whole.tif", town(200, 200)).read_bytes()
    cut = tmp_path / "cut.tif"
    cut.write_bytes(whole[: len(whole) // 2])
    caplog.set_level(logging.CRITICAL)
    with pytest.raises(InstanceError, match=r"cut\.tif cannot be read as a raster; it may be damaged"):
        Grid.open("people", cut, UTM).total()
    assert capfd.readouterr() == ("", "")


def test_the_flood_of_kampen_keeps_its_depths_in_any_system(benchmark_data):
    import rasterio

    path = benchmark_data / "kampen" / "inundation_map.tif"
    with rasterio.open(path) as file:
        cells = file.read(1, masked=True).astype(float)
        x, y = file.xy(1000, 2000)
    flood = Grid.open("flood", path, "EPSG:28992", "m")
    assert flood.total() == pytest.approx(float(cells.sum()), rel=1e-12)
    west, south, east, north = flood.raster.box
    halves = np.array([shapely.box(west, south, west + 7777, north), shapely.box(west + 7777, south, east, north)])
    assert flood.zonal(halves, "sum").sum() == pytest.approx(flood.total(), rel=1e-12)
    assert flood.sample([x], [y])[0] == cells[1000, 2000]
