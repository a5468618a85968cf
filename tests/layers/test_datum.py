"""Chinese datums against a published study of offsets, independent geodesics, and the law that the way back undoes."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from instances.layers.datum import BOX, DATUMS, from_wgs84, shapes_to_wgs84, to_wgs84
from instances.schema import InstanceError

LON, LAT = st.floats(73.0, 137.0), st.floats(1.5, 55.0)


def metres(lon, lat, datum):
    """Distance, eastward and northward part of the shift, by geodesics on WGS84."""
    from pyproj import Geod

    far = from_wgs84(lon, lat, datum)
    azimuth, _, distance = Geod(ellps="WGS84").inv(lon, lat, float(far[0]), float(far[1]))
    return distance, distance * np.sin(np.radians(azimuth)), distance * np.cos(np.radians(azimuth))


@pytest.mark.parametrize(
    ("city", "lat", "lon", "published"),
    [
        ("Beijing", 39.9042, 116.4074, 555),
        ("Shanghai", 31.2304, 121.4737, 481),
        ("Zhengzhou", 34.75, 113.62, 568),
        ("Guangzhou", 23.13, 113.26, 621),
        ("Urumqi", 43.82, 87.62, 265),
    ],
)
def test_the_shift_of_a_city_is_the_one_that_was_measured(city, lat, lon, published):
    assert metres(lon, lat, "gcj02")[0] == pytest.approx(published, abs=5)


def test_in_beijing_the_shift_goes_east_and_a_little_north():
    _, east, north = metres(116.4074, 39.9042, "gcj02")
    assert (east, north) == (pytest.approx(533, abs=2), pytest.approx(155, abs=2))


def test_a_well_known_pair_of_places_is_met():
    # eviltransform's own test: WGS84 (lat 31.1774276, lng 121.5272106) is GCJ-02 (31.17530398364597, 121.531541859215).
    lon, lat = from_wgs84(121.5272106, 31.1774276, "gcj02")
    assert (float(lat), float(lon)) == (pytest.approx(31.17530398364597, abs=1e-9), pytest.approx(121.531541859215))


def test_bd09_lies_about_a_kilometre_off():
    rng = np.random.default_rng(4)
    for lon, lat in zip(rng.uniform(80, 130, 50), rng.uniform(20, 50, 50), strict=True):
        assert 600 < metres(lon, lat, "bd09")[0] < 1500


@given(LON, LAT, st.sampled_from(DATUMS))
def test_the_way_back_undoes_the_shift(lon, lat, datum):
    back = to_wgs84(*from_wgs84(lon, lat, datum), datum)
    assert np.allclose(back, (lon, lat), rtol=0, atol=1e-9)


@given(st.floats(-179.0, 70.0), st.floats(-80.0, 80.0), st.sampled_from(("gcj02", "bd09")))
def test_outside_the_rectangle_nothing_moves(lon, lat, datum):
    assert from_wgs84(lon, lat, datum) == (lon, lat)
    assert to_wgs84(lon, lat, datum) == (lon, lat)


def test_places_beside_the_border_come_back_to_where_they_were():
    west, south, east, north = BOX
    lon, lat = np.array([west, east, 100.0, 100.0]), np.array([40.0, 40.0, south, north])
    for datum in ("gcj02", "bd09"):
        assert np.allclose(to_wgs84(*from_wgs84(lon, lat, datum), datum), (lon, lat), rtol=0, atol=1e-9)


def test_cgcs2000_is_taken_as_wgs84_and_missing_places_stay_missing():
    assert to_wgs84(116.4, 39.9, "cgcs2000") == (116.4, 39.9)
    lon, lat = to_wgs84([np.nan, 116.4], [39.9, 39.9], "gcj02")
    assert np.isnan(lon[0]) and lon[1] == pytest.approx(116.394, abs=1e-3) and lat[1] < 39.9


def test_shapes_move_vertex_by_vertex_and_an_empty_layer_stays_empty():
    square = shapely.box(116.39, 39.90, 116.40, 39.91)
    (moved,) = shapes_to_wgs84(np.array([square]), "gcj02")
    x, y = to_wgs84(*shapely.get_coordinates(square).T, "gcj02")
    assert np.array_equal(shapely.get_coordinates(moved), np.column_stack([x, y]))
    assert shapes_to_wgs84(np.array([], dtype=object), "bd09").shape == (0,)


def test_an_unknown_datum_lists_those_there_are():
    with pytest.raises(InstanceError, match="use one of wgs84, cgcs2000, gcj02, bd09"):
        to_wgs84(0.0, 0.0, "beijing54")
