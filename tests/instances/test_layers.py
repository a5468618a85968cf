"""Layers of people and sites given by the user: what is right is read, what is wrong is told, all at once."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pytest
import shapely

from instances.layers.given import Layer, read_layers
from instances.schema import InstanceError
from instances.streets.graph import RoadClass, Streets, build_network

CRS = "EPSG:3067"
X, Y = 385_000.0, 6_672_000.0
USES = ("school", "park")


@pytest.fixture(scope="module")
def network():
    lines = [np.array([(X, Y), (X + 1000, Y)]), np.array([(X + 1000, Y), (X + 1000, Y + 1000)])]
    none = np.zeros(2, bool)
    streets = Streets(lines, np.array(["street"] * 2), np.array(["A", "B"]), none, none)
    return build_network(streets, {"street": RoadClass(4, 30, 300)})


def people(**change):
    columns = {"id": ["a", "b", "c"], "people": [10.0, 20.0, 30.0], "name": ["Ay", None, "Cee"], **change}
    points = columns.pop("geometry", [shapely.Point(X + 100 * k, Y + 10) for k in range(3)])
    return gpd.GeoDataFrame({k: v for k, v in columns.items() if v is not None}, geometry=points, crs=CRS)


def sites(**change):
    columns = {"id": ["s", "t"], "use": ["school", "park"], "area": [500.0, 900.0], **change}
    points = columns.pop("geometry", [shapely.Point(X + 500, Y + 20), shapely.Point(X + 990, Y + 400)])
    return gpd.GeoDataFrame({k: v for k, v in columns.items() if v is not None}, geometry=points, crs=CRS)


def faults_of(network, people=None, sites=None, crs=CRS):
    with pytest.raises(InstanceError) as caught:
        read_layers(people, sites, network, crs, USES)
    return caught.value.faults


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp", "fgb"])
def test_every_format_and_crs_gives_the_same_people(network, tmp_path, suffix):
    path = tmp_path / f"people.{suffix}"
    layer = people() if suffix == "gpkg" else people().to_crs("EPSG:4326")
    layer.to_file(path)
    found, none = read_layers(Layer(str(path)), None, network, CRS, USES)
    assert none is None
    order = np.argsort(found.id)
    assert found.id[order].tolist() == ["a", "b", "c"]
    assert found.people[order].tolist() == [10.0, 20.0, 30.0]
    assert found.title[order].tolist() == ["Ay", "b", "Cee"], "a place without a name is called by its id"
    np.testing.assert_allclose(found.x[order], X + 100 * np.arange(3), atol=0.05)
    np.testing.assert_allclose(found.y[order], Y + 10, atol=0.05)


def test_a_table_of_degrees_or_of_metres_with_a_crs_is_read(network, tmp_path):
    degrees = people().to_crs("EPSG:4326").geometry
    rows = [f"p{k},{5 * k},{g.x:.9f},{g.y:.9f}" for k, g in enumerate(degrees)]
    (tmp_path / "lonlat.csv").write_text("\n".join(["id,people,lon,lat", *rows]), encoding="utf-8-sig")
    (tmp_path / "xy.csv").write_text(f"id,people,x,y\nq,7,{X + 5},{Y + 5}\n")
    found, _ = read_layers(Layer(str(tmp_path / "lonlat.csv")), None, network, CRS, USES)
    assert found.people.tolist() == [0.0, 5.0, 10.0]
    np.testing.assert_allclose(found.x, X + 100 * np.arange(3), atol=0.01)
    metres, _ = read_layers(Layer(str(tmp_path / "xy.csv"), crs=CRS), None, network, CRS, USES)
    assert metres.x.tolist() == [pytest.approx(X + 5)]
    (fault,) = faults_of(network, Layer(str(tmp_path / "xy.csv")))
    assert "no coordinate reference system" in fault


def test_outlines_of_sites_bring_their_own_area(network, tmp_path):
    square = shapely.box(X + 100, Y + 10, X + 140, Y + 60)
    sites(area=None, geometry=[square, square]).to_file(tmp_path / "s.gpkg")
    _, found = read_layers(None, Layer(str(tmp_path / "s.gpkg")), network, CRS, USES)
    np.testing.assert_allclose(found.area, 2000.0)
    assert found.status.tolist() == ["candidate", "candidate"]
    assert np.isnan(found.capacity).all(), "no capacity given is not a capacity of zero"


def test_a_capacity_and_a_status_are_read_and_may_be_left_open(network, tmp_path):
    sites(capacity=[120.0, np.nan], status=["existing", None]).to_file(tmp_path / "s.gpkg")
    _, found = read_layers(None, Layer(str(tmp_path / "s.gpkg")), network, CRS, USES)
    assert found.capacity[0] == 120.0 and np.isnan(found.capacity[1])
    assert found.status.tolist() == ["existing", "candidate"]


BAD_PEOPLE = [
    ({"people": [10.0, np.nan, 3.0]}, "column people [people]: 1 of 3 values are missing (NaN)", "first at b"),
    ({"people": [-1.0, 2.0, -3.0]}, "2 of 3 values are negative", "first at a, c"),
    ({"people": ["1", "many", "3"]}, "1 of 3 values are not numbers", "first at b"),
    ({"people": None}, "no column 'people'", "it has id, name"),
    ({"id": None}, "no column 'id'", "people"),
    ({"id": ["a", "a", "c"]}, "1 ids are used more than once", "'a'"),
    ({"id": ["a", "", "c"]}, "1 rows have an empty id", "give every row one"),
    ({"geometry": [shapely.Point(X, Y), None, shapely.Point(X, Y)]}, "1 of 3 rows have no geometry", "first b"),
    (
        {"geometry": [shapely.Polygon([(X, Y), (X + 9, Y + 9), (X + 9, Y), (X, Y + 9)])] * 3},
        "3 of 3 outlines are invalid",
        "Self-intersection",
    ),
    (
        {"geometry": [shapely.Point(X, Y), shapely.Point(X + 400, Y + 600), shapely.Point(X, Y)]},
        "1 of 3 rows cannot be reached",
        "first b",
    ),
    ({"geometry": [shapely.Point(X + 9e4 + k, Y) for k in range(3)]}, "lies elsewhere", "check its crs"),
]


@pytest.mark.parametrize(("change", "what", "where"), BAD_PEOPLE)
def test_a_fault_among_people_is_named_with_its_place(network, tmp_path, change, what, where):
    people(**change).to_file(tmp_path / "p.gpkg")
    faults = faults_of(network, Layer(str(tmp_path / "p.gpkg")))
    assert len(faults) == 1
    assert "people layer" in faults[0] and what in faults[0] and where in faults[0]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"use": ["castle", "park"]}, "column use: 1 rows with unknown values 'castle'; use one of school, park"),
        ({"use": None}, "no column 'use'"),
        ({"area": [np.nan, 1.0]}, "column area [m2]: 1 of 2 values are missing"),
        ({"area": None}, "no column area [m2], and 2 rows are not polygons"),
        ({"capacity": [-5.0, np.nan]}, "column capacity [people]: 1 of 2 values are negative"),
        ({"capacity": [np.inf, 3.0]}, "column capacity [people]: 1 of 2 values are infinite"),
        ({"status": ["open", "candidate"]}, "column status: 1 rows with unknown values 'open'"),
    ],
)
def test_a_fault_among_sites_is_named(network, tmp_path, change, what):
    sites(**change).to_file(tmp_path / "s.gpkg")
    faults = faults_of(network, None, Layer(str(tmp_path / "s.gpkg")))
    assert len(faults) == 1 and what in faults[0]


def test_one_error_tells_every_fault_of_both_layers(network, tmp_path):
    points = [shapely.Point(X, Y), None, shapely.Point(X, Y)]
    people(id=["a", "a", "c"], people=[-1.0, np.nan, 2.0], geometry=points).to_file(tmp_path / "p.gpkg")
    sites(use=["castle", "park"], area=[-4.0, 1.0]).to_file(tmp_path / "s.gpkg")
    faults = faults_of(network, Layer(str(tmp_path / "p.gpkg")), Layer(str(tmp_path / "s.gpkg")))
    text = "\n".join(faults)
    for part in ("used more than once", "negative", "missing (NaN)", "no geometry", "castle", "column area"):
        assert part in text
    assert len(faults) == 6


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_an_empty_layer_and_a_layer_without_crs_are_faults(network, tmp_path):
    people()[:0].to_file(tmp_path / "p.gpkg")
    sites().set_crs(None, allow_override=True).to_file(tmp_path / "s.shp")
    faults = faults_of(network, Layer(str(tmp_path / "p.gpkg")), Layer(str(tmp_path / "s.shp")))
    assert len(faults) == 2
    assert "is empty" in faults[0]
    assert "no coordinate reference system" in faults[1]


def test_missing_empty_and_foreign_files_are_faults(network, tmp_path):
    (tmp_path / "empty.gpkg").write_bytes(b"")
    (tmp_path / "text.gpkg").write_text("this is no map")
    for path, what in [
        (tmp_path / "absent.gpkg", "no such file"),
        (tmp_path, "is a folder"),
        (tmp_path / "empty.gpkg", "the file is empty"),
        (tmp_path / "text.gpkg", "cannot be read"),
    ]:
        (fault,) = faults_of(network, Layer(str(path)))
        assert what in fault and str(path) in fault


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp", "fgb"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_file_that_was_cut_off_is_never_read_as_a_smaller_one(network, tmp_path, suffix, share):
    path = tmp_path / f"p.{suffix}"
    many = 400
    columns = {"id": [f"d{k}" for k in range(many)], "people": np.arange(many) * 1.0, "name": None}
    layer = people(**columns, geometry=[shapely.Point(X + k, Y + 10) for k in range(many)])
    layer.to_file(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert faults_of(network, Layer(str(path), crs=CRS))


def test_a_table_with_a_short_line_is_refused_with_its_number(network, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("id,people,lon,lat\na,1,24.9,60.1\nb,2\n")
    (fault,) = faults_of(network, Layer(str(path)))
    assert "first line 3" in fault


def test_a_geojson_with_a_broken_feature_is_refused(network, tmp_path):
    path = tmp_path / "p.geojson"
    text = json.loads(people().to_crs("EPSG:4326").to_json())
    text["features"][1]["geometry"] = {"type": "Point", "coordinates": []}
    path.write_text(json.dumps(text))
    assert "no geometry" in faults_of(network, Layer(str(path)))[0]
