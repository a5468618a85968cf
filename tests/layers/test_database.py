"""PostGIS, read from a real server that these tests start on loopback; skipped where there is none."""

from __future__ import annotations

import socket

import numpy as np
import pytest
import shapely

from instances.schema import InstanceError
from tests.layers.made import CRS, X, Y, booked, frame, one, read, same, table


@pytest.fixture(scope="module")
def city(server):
    """A table of places, as the file formats hold them in their own tests."""
    features = table()
    server.run(
        "CREATE SCHEMA town",
        'CREATE TABLE town."Land use" (code text, name text, people float8, floors int8, '
        "since date, tags jsonb, share numeric(6,3), open boolean, photo bytea, "
        "geom geometry(Geometry, 3067))",
        'CREATE INDEX ON town."Land use" USING gist (geom)',
        "CREATE TABLE notes (id int, words text)",
        "INSERT INTO notes VALUES (1, 'one'), (2, NULL)",
        "CREATE TABLE twice (id int, here geometry(Point, 3067), there geometry(Point, 4326))",
        "CREATE TABLE mixed (id int, geom geometry)",
        "INSERT INTO mixed VALUES (1, ST_SetSRID(ST_Point(1, 2), 3067)), (2, ST_SetSRID(ST_Point(1, 2), 4326))",
        "CREATE TABLE unsaid (id int, geom geometry)",
        f"INSERT INTO unsaid VALUES (1, ST_Point({X}, {Y}))",
        "CREATE TABLE gaps (id int, geom geometry(Geometry, 3067))",
        f"INSERT INTO gaps VALUES (1, NULL), (2, 'SRID=3067;POLYGON EMPTY'), (3, ST_Point({X}, {Y}, 3067)), "
        f"(4, 'SRID=3067;POLYGON(({X} {Y}, {X + 10} {Y + 10}, {X + 10} {Y}, {X} {Y + 10}, {X} {Y}))')",
        "CREATE TABLE curves (id int, geom geometry(Geometry, 3067))",
        f"INSERT INTO curves VALUES (1, 'SRID=3067;CURVEPOLYGON(CIRCULARSTRING({X} {Y}, {X + 20} {Y}, {X} {Y}))')",
        "CREATE ROLE reader LOGIN PASSWORD 'only-reads'",
        "CREATE ROLE stranger LOGIN PASSWORD 'only-looks'",
        'GRANT USAGE ON SCHEMA town TO reader; GRANT SELECT ON town."Land use" TO reader',
    )
    server.insert(
        'INSERT INTO town."Land use" VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, ST_GeomFromWKB(%s, 3067))',
        [
            (
                row.code,
                row.name_ or None,
                None if np.isnan(row.people) else row.people,
                row.floors,
                "2020-01-02",
                '{"a": 1}',
                "0.125",
                True,
                b"x",
                row.geometry.wkb,
            )
            for row in features.rename(columns={"name": "name_"}).itertuples()
        ],
    )
    return server


@pytest.fixture
def secret(city, monkeypatch):
    """A connection string that leaves the password to the environment."""
    monkeypatch.setenv("CITY_PASSWORD", city.password)
    return f"postgresql://owner:${{CITY_PASSWORD}}@127.0.0.1:{city.port}/city"


def faults_of(tmp_path, box=None, **rule):
    with pytest.raises(InstanceError) as caught:
        one(frame(tmp_path, box), **rule)
    text = "\n".join(caught.value.faults)
    assert "rosebud" not in text and "rosebud" not in str(caught.value)
    return text


def test_a_table_gives_the_same_features_as_a_file(secret, tmp_path):
    layer, ledger = one(frame(tmp_path), database=secret, table="town.Land use", key="code")
    same(layer, table())
    assert layer.columns["since"].tolist() == ["2020-01-02"] * 5
    assert layer.columns["tags"].tolist() == ['{"a": 1}'] * 5
    assert layer.columns["share"].tolist() == [0.125] * 5
    assert layer.columns["open"].tolist() == [True] * 5
    assert "photo" not in layer.columns and any("photo" in note for note in ledger.notes)


def test_the_order_is_that_of_the_key(secret, tmp_path):
    layer, _ = one(frame(tmp_path), database=secret, table="town.Land use", key="which", columns={"which": "code"})
    assert layer.id.tolist() == ["007", "a1", "b2", "c3", "d4"]


def test_a_query_is_read_in_the_system_of_its_geometries(secret, tmp_path):
    query = 'SELECT code, name, people, floors, ST_Transform(geom, 4326) AS place FROM town."Land use" -- all of them'
    layer, _ = one(frame(tmp_path), database=secret, query=query, key="code")
    same(layer, table())


def test_a_percent_sign_in_a_query_is_just_that(secret, tmp_path):
    query = "SELECT * FROM town.\"Land use\" WHERE code LIKE '%1'"
    layer, _ = one(frame(tmp_path), database=secret, query=query, key="code")
    assert layer.id.tolist() == ["a1"]


def test_what_lies_outside_the_box_is_counted_and_not_read(secret, tmp_path):
    box = (X - 10, Y - 10, X + 260, Y + 100)
    layer, ledger = one(frame(tmp_path, box), database=secret, table="town.Land use", key="code")
    assert layer.id.tolist() == ["a1", "b2"]
    assert booked(ledger) == {"outside the box, not read": (3.0, "")}
    every, _ = one(frame(tmp_path, box), database=secret, table="town.Land use", key="code", clip=False)
    assert len(every) == 5


def test_the_box_is_tested_on_the_shapes_and_not_only_on_their_bounds(city, secret, tmp_path):
    city.run(
        "DROP TABLE IF EXISTS slopes",
        "CREATE TABLE slopes (id int, geom geometry(LineString, 3067))",
        f"INSERT INTO slopes VALUES (1, 'SRID=3067;LINESTRING({X} {Y}, {X + 100} {Y + 100})')",
    )
    layer, ledger = one(frame(tmp_path, (X + 60, Y, X + 100, Y + 20)), database=secret, table="slopes", key="id")
    assert len(layer) == 0 and booked(ledger) == {"outside the box": (1.0, "1")}


def test_a_table_without_geometries_has_rows_without_places(secret, tmp_path):
    layer, _ = one(frame(tmp_path), database=secret, table="notes", key="id")
    assert layer.columns["words"].tolist() == ["one", ""] and layer.shape.tolist() == [None, None]


def test_geometries_without_a_system_need_one(secret, tmp_path):
    assert "no reference system" in faults_of(tmp_path, database=secret, table="unsaid")
    layer, _ = one(frame(tmp_path), database=secret, table="unsaid", crs=CRS)
    assert shapely.get_coordinates(layer.shape).tolist() == [[X, Y]]


def test_a_system_that_contradicts_the_table_is_refused(secret, tmp_path):
    fault = faults_of(tmp_path, database=secret, table="town.Land use", crs="EPSG:32634")
    assert "EPSG:32634" in fault and "TM35FIN" in fault


def test_rows_without_a_place_and_broken_outlines_fail_or_are_booked(secret, tmp_path):
    for box in (None, (X - 5, Y - 5, X + 50, Y + 50)):
        text = faults_of(tmp_path, box, database=secret, table="gaps", key="id")
        assert "2 of 4 features have no place, first 1, 2" in text and "1 of 4 shapes are invalid, first 4" in text
        layer, ledger = one(frame(tmp_path, box), database=secret, table="gaps", key="id", repair=True)
        assert layer.id.tolist() == ["3", "4"] and shapely.is_valid(layer.shape).all()
        assert booked(ledger) == {"without a place": (2.0, "1, 2")}
        assert shapely.area(layer.shape[1]) == pytest.approx(50.0), "two triangles of 5 m height"


def test_curves_become_lines(secret, tmp_path):
    layer, _ = one(frame(tmp_path), database=secret, table="curves", key="id")
    assert shapely.area(layer.shape[0]) == pytest.approx(np.pi * 100, rel=0.01)


def test_nothing_can_be_changed(city, secret, tmp_path):
    city.run("CREATE OR REPLACE FUNCTION spoil() RETURNS int AS 'DELETE FROM notes RETURNING 1' LANGUAGE sql")
    assert "only read" in faults_of(tmp_path, database=secret, query="SELECT spoil() AS done")
    for query in ("DELETE FROM notes RETURNING id", "SELECT 1 AS one) x; DELETE FROM notes; SELECT * FROM (SELECT 1"):
        assert "does not understand" in faults_of(tmp_path, database=secret, query=query)
    layer, _ = one(frame(tmp_path), database=secret, table="notes")
    assert len(layer) == 2


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"table": "town.nowhere"}, "no table town.nowhere"),
        ({"table": 'notes"; DROP TABLE notes; --'}, "no table"),
        ({"query": "SELEKT 1"}, "does not understand"),
        ({"query": "SELECT 1 AS a, 2 AS a"}, "share a name"),
        ({"table": "twice"}, "2 geometry columns; say which (geometry): here, there"),
        ({"table": "twice", "geometry": "where"}, "no geometry column 'where'"),
        ({"table": "mixed"}, "mixes reference systems"),
        ({"query": "SELECT pg_sleep(30) AS a", "timeout": 0.2}, "took longer than 0.2 s"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(secret, tmp_path, rule, said):
    assert said in faults_of(tmp_path, database=secret, **rule)


def test_a_wrong_password_is_told_and_never_printed(city, tmp_path, monkeypatch):
    monkeypatch.setenv("CITY_PASSWORD", "rosebud-wrong")
    where = f"127.0.0.1:{city.port}"
    text = faults_of(tmp_path, database=f"postgresql://owner:${{CITY_PASSWORD}}@{where}/city", table="notes")
    assert "refuses this user or password" in text
    text = faults_of(tmp_path, database=f"postgresql//owner:${{CITY_PASSWORD}}@{where}/city", table="notes")
    assert "connection string cannot be read" in text


def test_a_variable_that_is_not_set_is_named(city, tmp_path, monkeypatch):
    monkeypatch.delenv("CITY_SECRET", raising=False)
    text = faults_of(tmp_path, database=f"postgresql://owner:${{CITY_SECRET}}@127.0.0.1:{city.port}/city", table="a")
    assert "the environment has no CITY_SECRET" in text


def test_a_missing_database_extension_or_right_is_told(city, secret, tmp_path, monkeypatch):
    assert "no such database" in faults_of(tmp_path, database=secret.replace("/city", "/village"), table="notes")
    assert "has no PostGIS" in faults_of(tmp_path, database=secret.replace("/city", "/plain"), table="notes")
    monkeypatch.setenv("LOOK", "only-looks")
    stranger = f"postgresql://stranger:${{LOOK}}@127.0.0.1:{city.port}/city"
    assert "may not read" in faults_of(tmp_path, database=stranger, table="notes")
    monkeypatch.setenv("READS", "only-reads")
    reader = f"postgresql://reader:${{READS}}@127.0.0.1:{city.port}/city"
    layer, _ = one(frame(tmp_path), database=reader, table="town.Land use", key="code")
    assert len(layer) == 5


def test_no_server_is_told(tmp_path, monkeypatch):
    pytest.importorskip("psycopg")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    text = faults_of(tmp_path, database=f"postgresql://owner@127.0.0.1:{port}/city", table="notes")
    assert "no server answers" in text


def test_faults_of_a_database_and_of_files_come_together(secret, tmp_path):
    with pytest.raises(InstanceError) as caught:
        read({"a": {"database": secret, "table": "none"}, "b": {"path": "b.gpkg"}}, frame(tmp_path))
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["layer a", "layer b"]
