"""GeoDataFrames in and out: distances, names and columns survive, and wrong systems are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from shapely.geometry import Point, Polygon

from formulations.location.median.p_median import PMedian
from instances.schema import InstanceError
from solver.locating.frames import access_from_frames
from solver.locating.locate import locate
from solver.locating.located import Located

CRS = "EPSG:3067"
ORIGIN = np.array([385000.0, 6672000.0])


def placed(xy: np.ndarray, crs: str = CRS, **columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(*(ORIGIN + xy).T), crs=crs)


@pytest.fixture
def demand() -> gpd.GeoDataFrame:
    xy = np.array([[0, 0], [100, 0], [0, 300], [400, 400], [900, 0]], float)
    return placed(xy, people=[4, 0, 3, 2, 5], street=list("abcde"), zone=["w", "w", "w", "e", "e"])


@pytest.fixture
def sites() -> gpd.GeoDataFrame:
    xy = np.array([[0, 100], [500, 400], [900, 100]], float)
    frame = placed(
        xy, room=[9, 9, 9], price=[1.0, 2.0, 3.0], state=["candidate", "existing", "candidate"], open=["Mo", "Tu", "We"]
    )
    return frame.set_index(pd.Index(["hall", "park", "gym"]))


@pytest.fixture
def located(demand: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> Located:
    access = access_from_frames(demand, sites, capacity="room", cost="price", status="state", zone="zone")
    return locate(PMedian(1), access)


def test_distances_are_metres_in_a_straight_line(demand: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> None:
    access = access_from_frames(demand, sites, capacity="room", cost="price", status="state", zone="zone")
    expected = np.array([[p.distance(q) for q in sites.geometry] for p in demand.geometry])
    np.testing.assert_allclose(access.distance, expected)
    assert access.unit == "m"
    assert access.site.labels() == ["hall", "park", "gym"] and access.demand.labels() == list("01234")
    assert access.weight.tolist() == [4, 0, 3, 2, 5]
    assert access.capacity is not None and access.capacity.tolist() == [9, 9, 9]
    assert access.status is not None and access.status.tolist() == ["candidate", "existing", "candidate"]
    assert access.zone is not None and access.zone.target.labels() == ["e", "w"]


def test_a_cutoff_leaves_out_longer_ways_and_keeps_its_own_length(
    demand: gpd.GeoDataFrame, sites: gpd.GeoDataFrame
) -> None:
    full = access_from_frames(demand, sites).distance
    near = access_from_frames(demand, sites, cutoff=100.0).distance
    np.testing.assert_array_equal(near, np.where(full <= 100.0, full, np.inf))
    assert near[0, 0] == 100.0


def test_an_area_stands_for_a_point_inside_it(demand: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> None:
    horseshoe = Polygon([(0, 0), (300, 0), (300, 300), (200, 300), (200, 100), (100, 100), (100, 300), (0, 300)])
    x, y = ORIGIN
    shape = Polygon([(a + x, b + y) for a, b in horseshoe.exterior.coords])
    assert not shape.contains(shape.centroid)
    areas = gpd.GeoDataFrame({"people": [3]}, geometry=[shape], crs=CRS)
    access = access_from_frames(areas, sites)
    inside = shape.representative_point()
    np.testing.assert_allclose(access.distance[0], [inside.distance(q) for q in sites.geometry])


def test_network_distances_come_as_a_long_table_or_a_matrix(demand: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> None:
    pairs = pd.DataFrame(
        {"demand": [0, 1, 2, 3, 4, 4], "site": ["hall", "hall", "park", "park", "gym", "park"], "minutes": range(6)}
    )
    access = access_from_frames(demand, sites, distance=pairs)
    assert access.unit == "min" and access.pairs.size == 6
    assert access.distance[4].tolist() == [np.inf, 5.0, 4.0]
    np.testing.assert_array_equal(access_from_frames(demand, sites, distance=access.distance).distance, access.distance)
    bare = pd.DataFrame(demand.drop(columns="geometry"))
    assert access_from_frames(bare, sites, distance=access.distance, cutoff=4.0).pairs.size == 5


def test_names_come_from_a_column_and_distances_between_sites_from_the_points(
    demand: gpd.GeoDataFrame, sites: gpd.GeoDataFrame
) -> None:
    access = access_from_frames(demand, sites, demand_id="street", between="euclidean")
    assert access.demand.labels() == list("abcde")
    assert access.between is not None
    assert access.between[0, 2] == pytest.approx(900.0) and access.between[1, 1] == 0.0


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"demand": lambda f: f.to_crs(4326)}, "demand: crs EPSG:4326: WGS 84 is in degrees"),
        ({"sites": lambda f: f.to_crs(3857)}, "sites: crs EPSG:3857: Web Mercator stretches lengths"),
        ({"sites": lambda f: f.to_crs(32635)}, "crs: demand is in EPSG:3067, sites in EPSG:32635"),
        ({"demand": lambda f: f.set_crs(None, allow_override=True)}, "demand: no reference system (crs)"),
        (
            {"demand": lambda f: f.drop(columns="people")},
            "people: no column 'people'; there are street, zone, geometry",
        ),
        ({"demand": lambda f: f.assign(people=[1, None, 1, 1, 1])}, "people: 1 missing (NaN), first at 1"),
        ({"demand": lambda f: f.assign(people=[1, 1, -2, 1, 1])}, "people: 1 negative, first at 2"),
        ({"sites": lambda f: f.set_index(pd.Index(["a", "b", "a"]))}, "sites: 1 names stand twice, first 'a'"),
        ({"sites": lambda f: f.iloc[:0]}, "sites: the table is empty"),
        ({"demand": lambda f: f.set_geometry([Point(), *f.geometry[1:]])}, "demand: 1 rows have no place"),
        ({"demand": lambda f: pd.DataFrame(f.drop(columns="geometry"))}, "demand: no geometry"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_by_name(
    demand: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, change: dict[str, Any], fault: str
) -> None:
    tables = {"demand": demand, "sites": sites}
    for name, make in change.items():
        tables[name] = make(tables[name])
    with pytest.raises(InstanceError) as told:
        access_from_frames(**tables)
    assert any(fault in one for one in told.value.faults), told.value.faults


def test_faults_of_all_columns_are_told_at_once(demand: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> None:
    with pytest.raises(InstanceError) as told:
        access_from_frames(demand, sites, people="souls", capacity="rooms", status="open", cutoff=-1.0, distance="taxi")
    assert [fault.split(":")[0] for fault in told.value.faults] == [
        "distance",
        "cutoff",
        "people",
        "capacity",
        "status",
    ]


def test_the_answer_keeps_geometry_and_columns_of_the_caller(
    located: Located, demand: gpd.GeoDataFrame, sites: gpd.GeoDataFrame
) -> None:
    out = located.sites
    assert isinstance(out, gpd.GeoDataFrame) and out.crs == CRS
    assert out.index.tolist() == ["hall", "park", "gym"] and out.geometry.tolist() == sites.geometry.tolist()
    assert out["room"].tolist() == [9, 9, 9]
    # the caller's column "open" means opening hours
    assert out["open_given"].tolist() == ["Mo", "Tu", "We"]
    assert out["open"].tolist() == [True, True, False] and out["chosen"].tolist() == [True, False, False]
    people = located.demand
    assert isinstance(people, gpd.GeoDataFrame) and people["street"].tolist() == list("abcde")
    assert "people_given" not in people.columns and people["people"].tolist() == [4, 0, 3, 2, 5]
    assert people["site"].tolist() == ["hall", "", "hall", "park", "park"]
    assert list(demand.columns) == ["people", "street", "zone", "geometry"]


def test_lines_lead_from_people_to_the_site_where_they_go(located: Located, sites: gpd.GeoDataFrame) -> None:
    lines = located.trips
    assert lines["people"].sum() == 14
    for _, line in lines.iterrows():
        assert line.geometry.length == pytest.approx(line["distance"])
        assert Point(line.geometry.coords[-1]) == sites.geometry[line["site"]]


def test_the_written_folder_holds_record_tables_and_layers_that_gdal_reads(located: Located, tmp_path: Path) -> None:
    files = located.write(tmp_path / "plan")
    assert [file.name for file in files] == ["plan.json", "sites.csv", "demand.csv", "plan.gpkg"]
    record = json.loads((tmp_path / "plan" / "plan.json").read_text("utf-8"))
    assert record["status"] == "proven" and record["chosen"] == ["hall"] and record["value"] == located.value
    gpkg = tmp_path / "plan" / "plan.gpkg"
    kinds = dict(pyogrio.list_layers(gpkg))
    assert kinds == {"demand": "Point", "lines": "LineString", "sites": "Point", "layer_styles": None}
    back = pyogrio.read_dataframe(gpkg, layer="sites")
    assert back.crs == CRS and back["state"].tolist() == ["chosen", "existing", "not used"]
    assert pyogrio.read_dataframe(gpkg, layer="layer_styles")["f_table_name"].tolist() == ["demand", "lines", "sites"]
    table = pd.read_csv(tmp_path / "plan" / "sites.csv", index_col="site")
    assert table["people"].sum() == 14 and "geometry" not in table.columns


def test_nothing_but_a_plan_is_ever_replaced(located: Located, tmp_path: Path) -> None:
    target = tmp_path / "plan"
    located.write(target)
    with pytest.raises(InstanceError, match="a plan is there already"):
        located.write(target)
    located.write(target, overwrite=True)
    (target / "thesis.txt").write_text("mine", "utf-8")
    with pytest.raises(InstanceError, match="something else"):
        located.write(target, overwrite=True)
    assert (target / "thesis.txt").read_text("utf-8") == "mine"
    assert located.write(tmp_path / "only.gpkg") == [tmp_path / "only.gpkg"]


def test_a_plan_without_geometry_has_no_layers_and_one_that_is_impossible_has_no_tables(
    demand: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    bare = [pd.DataFrame(frame.drop(columns="geometry")) for frame in (demand, sites)]
    distance = np.arange(15.0).reshape(5, 3)
    plan = locate(PMedian(1), access_from_frames(*bare, distance=distance))
    assert [file.name for file in plan.write(tmp_path / "bare")] == ["plan.json", "sites.csv", "demand.csv"]
    with pytest.raises(InstanceError, match="the data have no geometry"):
        plan.write(tmp_path / "bare.gpkg")
    apart = np.full((5, 3), np.inf)
    apart[:3, 0] = apart[3:, 2] = 1.0
    impossible = locate(PMedian(1), access_from_frames(*bare, distance=apart))
    assert impossible.status.value == "infeasible"
    assert [file.name for file in impossible.write(tmp_path / "none")] == ["plan.json"]
