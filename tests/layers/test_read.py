"""Layers as a recipe names them: placed, named, chosen and booked, and every fault of every layer at once."""

from __future__ import annotations

import subprocess
import sys

import geopandas
import numpy as np
import pyproj
import pytest
import shapely
from pydantic import ValidationError

from instances.layers.datum import from_wgs84
from instances.layers.rule import LayerRule
from instances.schema import InstanceError
from tests.layers.made import CRS, X, Y, booked, frame, geojson, one, read, same, table

BEIJING = "EPSG:32650"
CHINA = [(116.391, 39.907), (116.404, 39.915)]


def faults_of(where, /, **rule):
    with pytest.raises(InstanceError) as caught:
        one(where, **rule)
    return caught.value.faults


def test_features_without_a_key_are_called_by_their_position_and_a_note_says_so(tmp_path):
    table().to_file(tmp_path / "land.gpkg")
    layer, ledger = one(frame(tmp_path), path="land.gpkg")
    assert layer.id.tolist() == ["1", "2", "3", "4", "5"]
    assert any("no key column" in note for note in ledger.notes)


def test_a_numeric_key_reads_the_same_whatever_type_the_format_gives_it(tmp_path):
    table(code=[7, 8, 9, 10, 120118]).to_file(tmp_path / "a.gpkg")
    table(code=[7.0, 8.0, 9.0, 10.0, 120118.0]).to_file(tmp_path / "b.gpkg")
    found, _ = read({n: {"path": f"{n}.gpkg", "key": "code"} for n in "ab"}, frame(tmp_path))
    assert found["a"].id.tolist() == found["b"].id.tolist() == ["7", "8", "9", "10", "120118"]


def test_keys_that_repeat_or_are_missing_are_refused(tmp_path):
    table(code=["a", "a", None, "", "b"]).to_file(tmp_path / "land.gpkg")
    text = "\n".join(faults_of(frame(tmp_path), path="land.gpkg", key="code"))
    assert "1 values are used more than once, first 'a'" in text and "2 features have none, first at position 3" in text
    assert "it has code, name" in faults_of(frame(tmp_path), path="land.gpkg", key="id")[0]


def test_columns_are_renamed_and_values_chosen_and_the_rest_is_booked(tmp_path):
    table().to_file(tmp_path / "land.gpkg")
    layer, ledger = one(
        frame(tmp_path),
        path="land.gpkg",
        key="id",
        columns={"id": "code", "storeys": "floors"},
        where={"storeys": [1, 3, 4], "name": ["Kallio", "中央公园"]},
    )
    assert layer.id.tolist() == ["a1", "c3"]
    assert list(layer.columns) == ["id", "name", "people", "storeys"]
    assert booked(ledger) == {"not among the values of where": (3.0, "b2, d4, 007")}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"columns": {"id": "gid"}}, "no column 'gid' to rename"),
        ({"columns": {"people": "floors"}}, "two columns the name 'people'"),
        ({"where": {"use": ["park"]}}, "where: no column 'use'"),
        ({"where": {"name": ["Nowhere"]}}, "no feature has name in ['Nowhere']"),
        ({"layer": "roads"}, "no layer 'roads' in it; it holds land"),
        ({"crs": "EPSG:99999"}, "not a known reference system"),
        ({"crs": "EPSG:28992"}, "Amersfoort"),
    ],
)
def test_what_does_not_fit_the_file_is_refused(tmp_path, rule, said):
    table().to_file(tmp_path / "land.gpkg")
    (fault,) = faults_of(frame(tmp_path), path="land.gpkg", **rule)
    assert said in fault


def test_a_file_with_several_layers_must_be_told_which(tmp_path):
    for name in ("a", "b"):
        table().to_file(tmp_path / "land.gpkg", layer=name)
    assert "it holds 2 layers; say which (layer): a, b" in faults_of(frame(tmp_path), path="land.gpkg")[0]
    layer, _ = one(frame(tmp_path), path="land.gpkg", layer="b", key="code")
    same(layer, table())


def test_a_shapefile_from_other_software_agrees_with_the_code_of_its_system(tmp_path):
    features = table("EPSG:4326")
    features.to_file(tmp_path / "land.shp")
    (tmp_path / "land.prj").write_text(pyproj.CRS(4326).to_wkt("WKT1_ESRI"))
    layer, _ = one(frame(tmp_path), path="land.shp", crs="EPSG:4326", key="code")
    same(layer, table())


def test_geojson_without_a_system_is_in_degrees_unless_its_numbers_say_otherwise(tmp_path):
    geojson(tmp_path / "metres.geojson", [({"id": "a"}, shapely.Point(X, Y))])
    assert "no reference system" in faults_of(frame(tmp_path), path="metres.geojson")[0]
    layer, _ = one(frame(tmp_path), path="metres.geojson", crs=CRS)
    assert shapely.get_coordinates(layer.shape).tolist() == [[X, Y]]
    lon, lat = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(X, Y)
    geojson(tmp_path / "degrees.geojson", [({"id": "a"}, shapely.Point(lon, lat))])
    layer, _ = one(frame(tmp_path), path="degrees.geojson")
    np.testing.assert_allclose(shapely.get_coordinates(layer.shape), [[X, Y]], atol=1e-3)


def test_in_china_degrees_need_a_datum_and_projected_layers_do_not(tmp_path):
    geojson(tmp_path / "poi.geojson", [({}, shapely.Point(p)) for p in CHINA])
    (fault,) = faults_of(frame(tmp_path, crs=BEIJING), path="poi.geojson")
    assert "2 features lie within China's bounding box" in fault and "say datum: wgs84 if it is" in fault
    true, _ = one(frame(tmp_path, crs=BEIJING), path="poi.geojson", datum="wgs84")
    geopandas.GeoDataFrame(geometry=true.shape, crs=BEIJING).to_file(tmp_path / "poi.gpkg")
    same_, _ = one(frame(tmp_path, crs=BEIJING), path="poi.gpkg")
    assert shapely.equals_exact(true.shape, same_.shape, 1e-3).all()
    assert len(one(frame(tmp_path, crs=CRS), **write_finland(tmp_path))[0]) == 5


def write_finland(folder):
    table("EPSG:4326").to_file(folder / "land.gpkg")
    return {"path": "land.gpkg"}


@pytest.mark.parametrize("datum", ["gcj02", "bd09", "cgcs2000"])
@pytest.mark.parametrize("clip", [True, False])
def test_a_shifted_layer_lands_where_the_true_one_does(tmp_path, datum, clip):
    geojson(tmp_path / "true.geojson", [({}, shapely.Point(p)) for p in CHINA])
    shifted = np.column_stack(from_wgs84(*np.transpose(CHINA), datum))
    geojson(tmp_path / "moved.geojson", [({}, shapely.Point(p)) for p in shifted])
    where = frame(tmp_path, crs=BEIJING)
    true, _ = one(where, path="true.geojson", datum="wgs84")
    x, y = shapely.get_coordinates(true.shape)[0]
    box = (x - 20, y - 20, x + 20, y + 20) if clip else None
    found, ledger = one(frame(tmp_path, box, BEIJING), path="moved.geojson", datum=datum)
    assert found.id.tolist() == (["1"] if clip else ["1", "2"])
    assert shapely.distance(found.shape, true.shape[: len(found)]).max() < 0.01
    moved = any("converted from" in note for note in ledger.notes)
    assert moved == (datum != "cgcs2000")


def test_shifted_places_that_were_projected_are_taken_back(tmp_path):
    shifted = np.column_stack(from_wgs84(*np.transpose(CHINA), "gcj02"))
    geopandas.GeoDataFrame(geometry=shapely.points(shifted), crs=4326).to_crs(3857).to_file(tmp_path / "poi.gpkg")
    found, _ = one(frame(tmp_path, crs=BEIJING), path="poi.gpkg", datum="gcj02")
    xy = np.column_stack(pyproj.Transformer.from_crs(4326, BEIJING, always_xy=True).transform(*np.transpose(CHINA)))
    np.testing.assert_allclose(shapely.get_coordinates(found.shape), xy, atol=0.01)


def test_broken_outlines_fail_or_are_rebuilt_to_the_area_they_enclose(tmp_path):
    bow = shapely.Polygon([(X, Y), (X + 10, Y + 10), (X + 10, Y), (X, Y + 10)])
    flat = shapely.Polygon([(X, Y), (X + 10, Y), (X + 20, Y)])
    good = shapely.box(X, Y, X + 5, Y + 5)
    table(geometry=[bow, flat, good, None, good]).to_file(tmp_path / "land.gpkg")
    text = "\n".join(faults_of(frame(tmp_path), path="land.gpkg", key="code"))
    assert "1 of 5 features have no place, first d4" in text and "2 of 5 shapes are invalid, first a1, b2" in text
    layer, ledger = one(frame(tmp_path), path="land.gpkg", key="code", repair=True)
    assert layer.id.tolist() == ["a1", "c3", "007"] and shapely.area(layer.shape).tolist() == [50.0, 25.0, 25.0]
    assert booked(ledger) == {"without a place": (2.0, "b2, d4")}
    assert any("2 broken shapes were rebuilt" in note for note in ledger.notes)


def test_an_empty_layer_is_refused(tmp_path):
    table()[:0].to_file(tmp_path / "land.gpkg")
    assert "is empty" in faults_of(frame(tmp_path), path="land.gpkg")[0]


def test_a_missing_file_is_told_with_where_to_get_it(tmp_path):
    (fault,) = faults_of(frame(tmp_path), path="land.gpkg", url="https://example.org/land")
    assert "no file" in fault and "get it from https://example.org/land" in fault
    (fault,) = faults_of(frame(tmp_path), path="town.osm.pbf", url="https://example.org/osm")
    assert "get it from https://example.org/osm" in fault


def test_all_faults_of_all_layers_come_in_one_error(tmp_path):
    table(code=["a", "a", "b", "c", "d"]).to_file(tmp_path / "b.gpkg")
    (tmp_path / "c.geojson").write_text("{}")
    (tmp_path / "d.tif").write_bytes(b"II*\x00nothing")
    with pytest.raises(InstanceError) as caught:
        rules = {"a": "a.shp", "b": "b.gpkg", "c": "c.geojson", "d": "d.tif", "e": "e.osm"}
        given = {n: {"path": p, **({"key": "code", "where": {"x": [1]}} if n == "b" else {})} for n, p in rules.items()}
        read(given, frame(tmp_path))
    begins = [fault.split(":")[0] for fault in caught.value.faults]
    assert begins == ["layer a", "layer b", "layer b", "layer c", "layer d", "layer e"]


def test_sources_are_cited(tmp_path):
    table().to_file(tmp_path / "land.gpkg")
    _, ledger = one(frame(tmp_path), path="land.gpkg", title="Land use", source="The city, 2024", licence="CC BY 4.0")
    assert ledger.sources == ["land: Land use; The city, 2024; CC BY 4.0"]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({}, "give one of path, database"),
        ({"path": "a.gpkg", "database": "host=x", "table": "a"}, "give one of path, database"),
        ({"path": "a.doc"}, "no suffix that is known"),
        ({"database": "host=x"}, "either a table or a query"),
        ({"database": "host=x", "table": "a", "query": "SELECT 1"}, "either a table or a query"),
        ({"database": "postgresql://me:hunter2@host/db", "table": "a"}, "password in clear"),
        ({"database": "host=x user=me password=hunter2", "table": "a"}, "password in clear"),
        ({"path": "a.gpkg", "table": "a"}, "belong to a database"),
        ({"path": "a.csv", "x": "easting"}, "x and y belong together"),
        ({"path": "a.csv", "x": "e", "y": "n", "wkt": "w"}, "say one of"),
        ({"nodes": "a.csv"}, "needs both nodes and edges"),
        ({"path": "a.csv", "kind": "roads"}, "needs nodes and edges"),
        ({"path": "a.gpkg", "columns": {"a": "c", "b": "c"}}, "c would get two names"),
        ({"path": "a.gpkg", "where": {"use": []}}, "nothing would be left"),
    ],
)
def test_rules_that_contradict_themselves_are_refused(rule, said):
    with pytest.raises(ValidationError, match=said.replace("(", r"\(")):
        LayerRule(**rule)


def test_a_password_from_the_environment_is_no_password_in_clear():
    for connection in ("postgresql://me:${SECRET}@host/db", "host=x password=${SECRET}", "postgresql://me@host/db"):
        assert LayerRule(database=connection, table="a").read_as == "vector"


def test_the_suffix_says_what_is_read():
    kinds = {"a.GPKG": "vector", "a.csv.gz": "table", "a.osm.pbf": "osm", "a.tif": "raster", "a.graphml": "graphml"}
    assert {path: LayerRule(path=path).read_as for path in kinds} == kinds


def test_the_counties_around_beijing_are_read_with_their_census(benchmark_data):
    rule = {"path": "jingjinji/bth_counties_2020census.geojson", "key": "CODE", "datum": "wgs84"}
    layer, _ = one(frame(benchmark_data, crs=BEIJING), **rule)
    assert len(layer) == 222
    # Seventh census of 2020: Beijing 21,893,095, Tianjin 13,866,009, Hebei 74,610,235 (National Bureau of Statistics,
    # communique no. 3).
    province = layer.columns["PROV_CODE"] // 10000
    people = layer.numbers("POPU", "people")
    assert [int(people[province == code].sum()) for code in (11, 12, 13)] == [21893095, 13866009, 74610235]


def test_the_land_use_of_kampen_covers_the_area_that_other_software_finds(benchmark_data):
    assert "shapes are invalid" in faults_of(frame(benchmark_data, crs="EPSG:28992"), path="kampen/landuse.shp")[0]
    rule = {"path": "kampen/landuse.shp", "crs": "EPSG:28992", "repair": True}
    layer, ledger = one(frame(benchmark_data, crs="EPSG:28992"), **rule)
    theirs = geopandas.read_file(benchmark_data / "kampen" / "landuse.shp")
    kept = np.isin(np.arange(1, len(theirs) + 1).astype(str), layer.id)
    expected = shapely.area(shapely.make_valid(theirs.geometry.to_numpy()[kept]))
    np.testing.assert_allclose(shapely.area(layer.shape), expected, rtol=1e-4, atol=0.1)
    assert len(theirs) - len(layer) == sum(count for count, _ in booked(ledger).values())


def test_the_roads_of_beijing_are_two_tables(benchmark_data):
    rule = {"nodes": "beijing_roads/nodes.csv.gz", "edges": "beijing_roads/edges.csv.gz", "key": "id", "datum": "wgs84"}
    found, _ = read({"roads": rule}, frame(benchmark_data, crs=BEIJING))
    nodes, edges = found["roads.nodes"], found["roads.edges"]
    assert (len(nodes), len(edges)) == (32552, 67710)
    ends = np.concatenate([edges.columns["u"], edges.columns["v"]]).astype(str)
    assert np.isin(ends, nodes.id).all() and edges.shape[0] is None
    x, y = pyproj.Transformer.from_crs(4326, BEIJING, always_xy=True).transform(116.385947, 39.906548)
    np.testing.assert_allclose(shapely.get_coordinates(nodes.shape[:1]), [[x, y]], atol=1e-3)


def test_an_openstreetmap_extract_is_read_with_books(benchmark_data):
    found, ledger = read({"map": {"path": "osm/andorra.osm.pbf"}}, frame(benchmark_data, crs="EPSG:32631"))
    extract = found["map"]
    assert len(extract.ways) == 4594, "as the notes of the data say"
    read_ = {row[0]: row[3] for row in ledger.rows if row[1] == "read"}
    lost = {name: sum(n for n, _ in booked(ledger, name).values()) for name in read_}
    assert read_["map.points"] - lost["map.points"] == len(extract.points)
    assert read_["map.multipolygons"] - lost["map.multipolygons"] == len(extract.areas)
    assert read_["map.lines"] - lost["map.lines"] == len(extract.ways) + len(extract.coast)
    assert "Open Database License" in ledger.sources[0]


def test_a_raster_is_opened(benchmark_data):
    found, _ = read(
        {"depth": {"path": "kampen/inundation_map.tif", "unit": "m"}}, frame(benchmark_data, crs="EPSG:28992")
    )
    assert found["depth"].unit == "m" and found["depth"].crs == "EPSG:28992"


def test_reading_needs_no_pydantic_and_loads_no_heavy_library():
    code = (
        "import sys, instances.layers.read; "
        "print(sorted({m.split('.')[0] for m in sys.modules} & "
        "{'pydantic', 'pyogrio', 'geopandas', 'pandas', 'pyproj', 'rasterio', 'pyarrow', 'psycopg', 'networkx'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
