"""The detector of shifted layers on the buildings of Andorra, moved to Chinese cities and shifted on purpose."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import shapely

from instances.layers.datum import from_wgs84
from instances.layers.layer import Layer
from instances.layers.shift import looks_shifted

CITIES = {"Chengdu": (104.06, 30.66, "EPSG:32648"), "Beijing": (116.40, 39.90, "EPSG:32650")}
ROADS = ("motorway", "trunk", "primary", "secondary", "tertiary", "residential", "unclassified", "living_street")


@cache
def andorra(path):
    """Buildings and roads in metres around the middle of the buildings."""
    from instances.layers.osm import read_extract

    extract = read_extract(path)
    shapes = extract.areas.tagged("building").shape
    shapes = shapes[np.isin(shapely.get_type_id(shapes), [3, 6])]
    lines = extract.ways.tagged("highway", *ROADS).shape
    middle = np.median(shapely.get_coordinates(shapely.centroid(shapes)), axis=0)
    return tuple(shapely.transform(some, lambda xy: xy - middle) for some in (shapes, lines))


def moved(benchmark_data, city, datum, points=False):
    """A layer of buildings in ``city`` as somebody reads it who takes ``datum`` for WGS84, and the roads there."""
    import pyproj

    lon, lat, crs = CITIES[city]
    there = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    corner = np.array(there.transform(lon, lat))
    buildings, roads = (
        shapely.transform(s, lambda xy: xy + corner) for s in andorra(benchmark_data / "osm" / "andorra.osm.pbf")
    )
    if points:
        buildings = shapely.centroid(buildings)

    def shift(xy):
        degrees = there.transform(*xy.T, direction="INVERSE")
        return np.column_stack(there.transform(*from_wgs84(*degrees, datum)))

    shifted = shapely.transform(buildings, shift)
    return Layer("buildings", np.arange(len(shifted)).astype(str), shifted, {}, crs), roads, crs


@pytest.mark.parametrize("city", CITIES)
@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_shifted_buildings_are_told_with_their_datum(benchmark_data, city, datum):
    found = looks_shifted(*moved(benchmark_data, city, datum))
    assert found is not None and found.datum == datum
    assert found.crossed[datum] < 0.05 < found.crossed["wgs84"]
    assert f"add datum: {datum} to the layer" in found.warning and "left as it is" in found.warning


def test_points_are_told_too(benchmark_data):
    found = looks_shifted(*moved(benchmark_data, "Chengdu", "gcj02", points=True))
    assert found is not None and found.datum == "gcj02"


@pytest.mark.parametrize("city", CITIES)
@pytest.mark.parametrize("points", [False, True])
def test_nothing_is_said_of_buildings_that_lie_where_they_should(benchmark_data, city, points):
    assert looks_shifted(*moved(benchmark_data, city, "wgs84", points)) is None


def test_draws_of_a_hundred_buildings_are_named_right_or_not_at_all(benchmark_data):
    rng = np.random.default_rng(8)
    told = []
    for datum in ("wgs84", "gcj02"):
        layer, roads, crs = moved(benchmark_data, "Chengdu", datum)
        for _ in range(20):
            some = np.zeros(len(layer), bool)
            some[rng.choice(len(layer), 100, replace=False)] = True
            found = looks_shifted(layer.where(some), roads, crs)
            told.append((datum, None if found is None else found.datum))
    assert not [pair for pair in told if pair[0] == "wgs84" and pair[1] is not None]
    right = told.count(("gcj02", "gcj02"))
    assert right >= 16 and right + told.count(("gcj02", None)) == 20


def test_nothing_is_said_outside_china_nor_of_a_handful_nor_without_roads(benchmark_data):
    layer, roads, crs = moved(benchmark_data, "Chengdu", "gcj02")
    assert looks_shifted(layer.where(np.arange(len(layer)) < 20), roads, crs) is None
    assert looks_shifted(layer, roads[:0], crs) is None
    at_home = Layer("b", layer.id, layer.shape, {}, "EPSG:32631")
    assert looks_shifted(at_home, roads, "EPSG:32631") is None
