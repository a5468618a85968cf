"""Against the official census, OpenStreetMap and a town's land use; skipped where the data is absent."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from instances.accounts import Ledger, accounts
from instances.layers.layer import Frame, Layer
from instances.layers.osm import CLASSES, read_extract
from instances.people.residents import ResidentRule, inhabitants
from instances.people.rule import PeopleRule
from instances.people.settle import settle
from instances.streets.graph import build_network
from tests.people.towns import run

GROUPS = {
    "children": {"title": {"en": "Children"}, "share": "AGES_0-14"},
    "old": {"title": {"en": "Old people"}, "share": "AGES_65P"},
}


def read(name, path, crs, key=None):
    frame = gpd.read_file(path).to_crs(crs)
    ids = frame[key].astype(str) if key else [f"{name}{k}" for k in range(len(frame))]
    columns = {c: frame[c].to_numpy() for c in frame.columns if c != "geometry"}
    return Layer(name, np.array(list(ids), np.str_), frame.geometry.to_numpy(), columns, crs)


@pytest.fixture(scope="module")
def counties(benchmark_data):
    path = benchmark_data / "jingjinji" / "bth_counties_2020census.geojson"
    return read("counties", path, "EPSG:32650", "CODE")


@pytest.fixture(scope="module")
def andorra(benchmark_data):
    extract = read_extract(benchmark_data / "osm" / "andorra.osm.pbf")
    return extract, build_network(extract.streets, CLASSES)


CENSUS = {"areas": {"layer": "counties", "people": "POPU", "name": "NAME"}, "groups": GROUPS}


# National Bureau of Statistics, Seventh National Population Census, 2020.
@pytest.mark.parametrize(("province", "official"), [(110000, 21_893_095), (120000, 13_866_009), (130000, 74_610_235)])
def test_provinces_have_their_official_number_of_people(counties, province, official):
    mine = counties.where(counties.columns["PROV_CODE"] == province)
    who, _ = run(CENSUS, [mine])
    assert who.people.sum() == official
    assert set(who.title.tolist()) == set(mine.columns["NAME"])


def test_counties_on_squares_keep_every_person_and_every_child(counties):
    who, _ = run(CENSUS | {"to": {"grid": 5000.0}, "least": 100.0}, [counties])
    assert who.people.sum() == counties.columns["POPU"].sum()
    children = counties.columns["POPU"] @ counties.columns["AGES_0-14"].astype(float)
    assert who.night[:, 0].sum() == np.rint(children)
    assert (who.night <= who.people[:, None]).all()


def test_a_frame_takes_whole_counties_whole_and_others_by_area(counties):
    box = (430_000.0, 4_400_000.0, 470_000.0, 4_440_000.0)  # central Beijing
    who, ledger = run(CENSUS | {"to": {"grid": 1000.0}}, [counties], box=box)
    shapes, people = counties.shape, counties.columns["POPU"]
    share = np.array([shapely.intersection(s, shapely.box(*box)).area / s.area for s in shapes])
    assert who.people.sum() == np.rint(people @ share)
    left = sum(row[4] for row in ledger.rows if row[2] == "outside the extent")
    assert left + who.people.sum() == people.sum()


def test_residents_of_andorra_are_those_of_the_floor_areas(andorra, benchmark_data):
    extract, network = andorra
    _, lived, _ = inhabitants(extract.areas, ResidentRule())
    ledger = Ledger("people")
    rule = PeopleRule.model_validate({"osm": {"layer": "map"}, "to": {"grid": 90}, "least": 12, "reach": 250})
    who = settle(rule, {"map": extract}, network, Frame(extract.crs, Path(".")), ledger, 0)
    dropped = sum(row[4] for row in ledger.rows if row[1] == "dropped")
    assert abs(who.people.sum() + dropped - lived.people.sum()) <= 1.5
    assert who.people.min() >= 12
    books = accounts([ledger])
    assert books.faults == ()
    read_in = books.features[(books.layer == "map") & (books.outcome == "read")]
    # The same question put to GDAL in SQL.
    where = "building IS NOT NULL AND building NOT IN ('no', 'roof', 'entrance')"
    path = benchmark_data / "osm" / "andorra.osm.pbf"
    assert read_in.tolist() == [len(gpd.read_file(path, layer="multipolygons", where=where))]


def test_kampen_lives_on_its_residential_land(benchmark_data):
    land = read("land", benchmark_data / "kampen" / "landuse.shp", "EPSG:28992")
    town = Layer(
        "town", np.array(["kampen"]), np.array([shapely.box(*shapely.total_bounds(land.shape))], object),
        {"people": np.array([37000])}, "EPSG:28992",
    )  # fmt: skip
    weights = {"layer": "land", "column": "landuse", "weights": {"residential": 1}, "assumption": "homes only"}
    rule = {"areas": {"layer": "town"}, "by": {"land": weights}, "to": {"grid": 100.0}}
    who, _ = run(rule, [town, land])
    assert who.people.sum() == 37000
    home = shapely.union_all(shapely.make_valid(land.shape[land.columns["landuse"] == "residential"]))
    squares = shapely.box(who.x // 100 * 100, who.y // 100 * 100, who.x // 100 * 100 + 100, who.y // 100 * 100 + 100)
    area = shapely.area(shapely.intersection(squares, home))
    assert (area > 0).all()
    expected = 37000 * area / home.area
    # Residential polygons that lie on each other count twice, by less than a hundredth here.
    assert np.abs(who.people - expected).sum() < 0.02 * 37000
