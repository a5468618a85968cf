"""The case of a town of one's own: a small map written here, with and without layers of people and sites."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from instances.catalog import osm
from instances.schema import InstanceError
from tests.instances.test_osm import LAT, LON, house, street, written

STREETS = [
    ([(0, 2), (1, 2), (2, 2), (3, 2), (4, 2)], {"highway": "primary", "name": "Main Road"}),
    street((2, 0), (2, 2), name="South Street"),
    street((2, 2), (2, 6), name="North Street"),
    street((1, 2), (1, 6), (2, 6), name="Back Street"),
    street((3, 2), (3, 6), (2, 6), name="Hill Street"),
]
HOMES = [
    house(x + 0.2, y, building="apartments") for x, y in [(0, 3), (1, 3), (2, 3), (3, 3), (1, 4.5), (2, 4.5), (0, 0.5)]
]
SCHOOL = house(3.2, 4.5, building="school", amenity="school", name="Hill School")
GREEN = ([(2.2, 0.2), (3.4, 0.2), (3.4, 1.6), (2.2, 1.6), (2.2, 0.2)], {"leisure": "park", "name": "South Park"})
POND = ([(2.4, 0.4), (2.8, 0.4), (2.8, 0.8), (2.4, 0.8), (2.4, 0.4)], {"natural": "water"})
NODES = [
    ((0.4, 3.2), {"amenity": "place_of_worship", "name": "Chapel"}),
    ((0.5, 3.3), {"tourism": "hotel", "name": "Inn"}),
    ((3.9, 5.9), {"amenity": "theatre", "name": "In the open"}),
]


@pytest.fixture
def town(tmp_path):
    return str(written(tmp_path, [*STREETS, *HOMES, SCHOOL, GREEN, POND], NODES))


def layer(path, **columns):
    count = len(next(iter(columns.values())))
    spots = columns.pop("geometry", [shapely.Point(LON + 0.002 + 1e-5 * k, LAT + 0.0015) for k in range(count)])
    gpd.GeoDataFrame(columns, geometry=spots, crs="EPSG:4326").to_file(path)
    return str(path)


def test_a_town_is_built_from_its_map_alone(town):
    built = osm.build(osm.Options(town))
    assert built.about.crs == "EPSG:32635"
    assert set(built.sites.title.tolist()) == {"Hill School", "South Park", "Chapel"}
    assert len(built.scenarios.scenario) == 12
    assert "explosion" in built.scenarios.hazard.tolist()
    floor = 7 * (0.0005 * np.radians(1) * 6.37e6 * np.cos(np.radians(LAT))) * (0.00025 * np.radians(1) * 6.37e6)
    # Seven blocks of flats of some 770 m2 with five storeys, 90 % dwellings, 40 m2 a person.
    assert built.demand.people.sum() == pytest.approx(floor * 5 * 0.9 / 40, rel=0.02)
    assert osm.build(osm.Options(town)).digest == built.digest


def test_a_point_in_a_building_is_one_site_and_a_pond_is_no_lawn(town):
    built = osm.build(osm.Options(town))
    title = built.sites.title.tolist()
    assert "Inn" not in title, "the hotel shares the building of the chapel"
    books = built.accounts
    gone = dict(zip(books.reason.tolist(), books.features.tolist(), strict=True))
    assert gone["part of another tagged place"] == 1
    assert gone["a point outside any building, or a car park without its number of places"] == 1
    park = built.sites.area[title.index("South Park")]
    cell = (0.001 * np.radians(1) * 6.37e6 * np.cos(np.radians(LAT))) * (0.0005 * np.radians(1) * 6.37e6)
    assert park == pytest.approx((1.2 * 1.4 - 0.4 * 0.4) * cell, rel=0.02)


def test_layers_take_the_place_of_the_map(town, tmp_path):
    people = layer(tmp_path / "people.gpkg", id=["a", "b"], people=[30.0, 12.5], zone=["Old town", "New town"])
    sites = layer(
        tmp_path / "sites.gpkg", id=["s", "t"], use=["school", "park"], area=[2000.0, 5000.0], capacity=[50.0, np.nan]
    )
    built = osm.build(osm.Options(town, people=people, sites=sites, scenarios=3))
    assert built.demand.demand.labels() == ["a", "b"]
    assert built.demand.people.tolist() == [30.0, 12.0], "in whole people"
    assert built.zones.title[built.demand.zone.position].tolist() == ["Old town", "New town"]
    assert sorted(built.sites.site.labels()) == ["s", "t"]
    shelter = built.modes.role[built.options.option["mode"].position] == "shelter"
    school = built.options.option["site"].position == built.sites.site.position("s")
    assert built.options.capacity[shelter & school].max() == 50.0, "a capacity that is given is the limit"
    assert built.options.capacity[shelter & ~school].max() > 50.0
    assert built.options.capacity[~shelter].size and not (~shelter & school & (built.options.capacity == 50.0)).any()


def test_faults_of_both_layers_come_in_one_error(town, tmp_path):
    people = layer(tmp_path / "people.gpkg", id=["a", "b"], people=[-1.0, np.nan])
    sites = layer(tmp_path / "sites.gpkg", id=["s"], use=["castle"], area=[1.0])
    with pytest.raises(InstanceError) as caught:
        osm.build(osm.Options(town, people=people, sites=sites))
    assert len(caught.value.faults) == 3


def test_people_far_from_any_road_are_told(town, tmp_path):
    people = layer(
        tmp_path / "p.gpkg", id=["near", "far"], people=[5.0, 5.0],
        geometry=[shapely.Point(LON + 0.002, LAT + 0.001), shapely.Point(LON + 0.0045, LAT + 0.0035)],
    )  # fmt: skip
    built = osm.build(osm.Options(town, people=people, snap_limit=50.0))
    assert any("1 demand points with 5 people lie farther than 50 m from a road" in n for n in built.about.notes)
    assert built.demand.people.sum() == 10, "they are not dropped"
    assert 1 not in built.routes.route["demand"].position


def test_a_map_without_homes_or_sites_asks_for_a_layer(tmp_path):
    bare = str(written(tmp_path, STREETS))
    with pytest.raises(InstanceError, match="give a layer of people"):
        osm.build(osm.Options(bare))
    people = layer(tmp_path / "p.gpkg", id=["a"], people=[5.0])
    with pytest.raises(InstanceError, match=r"give a layer of sites|holds no place"):
        osm.build(osm.Options(bare, people=people))


def test_options_that_make_no_sense_are_told_together(town):
    with pytest.raises(InstanceError) as caught:
        osm.build(osm.Options(town, spacing=0, walk=-1, scenarios=0, unknown_share=1.5))
    assert len(caught.value.faults) == 4


def test_what_the_map_leaves_out_is_said(town):
    notes = " ".join(osm.build(osm.Options(town, walk=1.0)).about.notes)
    assert "have no site in reach" in notes
