from __future__ import annotations

import dataclasses
import itertools
import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyogrio
import pytest

from formulations.plan import IntegratedPlan, StockRules
from instances.instance import Instance
from solver.outputs.geopackage import worst_scenario, write_geopackage
from solver.outputs.styles import breaks
from solver.plan import Plan, answer

LAYERS = {"sites", "openings", "stock", "corridors", "hardened", "people", "trips"}


@pytest.fixture(scope="module")
def package(whole_plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_geopackage(whole_plan, tmp_path_factory.mktemp("gpkg") / "plan.gpkg")


def rows(path: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as file:
        return file.execute(query).fetchall()


def style(path: Path, layer: str) -> ElementTree.Element:
    ((text,),) = rows(path, f"SELECT styleQML FROM layer_styles WHERE f_table_name = '{layer}'")
    return ElementTree.fromstring(text)


def test_every_layer_opens_in_the_crs_of_the_city_with_as_many_features_as_the_plan_has(
    package: Path, whole_plan: Plan
) -> None:
    expected = {name: len(getattr(whole_plan, name)) for name in LAYERS - {"sites", "trips"}}
    expected["sites"] = whole_plan.instance.sites.site.size
    expected["trips"] = int((whole_plan.trips["scenario"] == worst_scenario(whole_plan)).sum())
    for layer, count in expected.items():
        frame = pyogrio.read_dataframe(package, layer=layer)
        assert len(frame) == count > 0, layer
        assert frame.crs.to_epsg() == 32635
        assert frame.geometry.is_valid.all() and not frame.geometry.is_empty.any()


def test_places_and_lines_lie_where_the_instance_has_them(package: Path, whole_plan: Plan) -> None:
    town = whole_plan.instance
    openings = pyogrio.read_dataframe(package, layer="openings")
    at = [town.sites.site.position(s) for s in openings["site"]]
    assert np.allclose(openings.geometry.x, town.sites.x[at]) and np.allclose(openings.geometry.y, town.sites.y[at])
    corridors = pyogrio.read_dataframe(package, layer="corridors")
    assert np.allclose(corridors.geometry.length, corridors["length_m"])
    trips = pyogrio.read_dataframe(package, layer="trips")
    first = [town.demand.demand.position(d) for d in trips["demand"]]
    assert np.allclose(
        [line.coords[0] for line in trips.geometry], np.column_stack([town.demand.x, town.demand.y])[first]
    )


def test_every_candidate_site_tells_what_becomes_of_it(package: Path, whole_plan: Plan) -> None:
    sites = pyogrio.read_dataframe(package, layer="sites").set_index("site")
    for site, row in sites.iterrows():
        mine = whole_plan.openings[whole_plan.openings["site"] == site]
        assert row["role"] == ("+".join(sorted(set(mine["role"]))) or "none")
        assert row["cost"] == pytest.approx(mine["cost"].sum())


def test_trips_are_those_of_the_scenario_with_most_people_without_a_place(whole_plan: Plan) -> None:
    table = whole_plan.scenarios
    assert table.loc[table["scenario"] == worst_scenario(whole_plan), "unserved"].max() == table["unserved"].max() > 0


def test_numbers_without_a_place_are_tables_of_the_same_file(package: Path, whole_plan: Plan) -> None:
    for name in ("scenarios", "objectives", "promises", "goods", "zones"):
        table = pyogrio.read_dataframe(package, layer=name)
        assert "geometry" not in table and len(table) == len(getattr(whole_plan, name))
    assert (
        pyogrio.read_dataframe(package, layer="objectives")["value"].tolist() == whole_plan.objectives["value"].tolist()
    )


def test_styles_are_where_qgis_looks_for_them(package: Path) -> None:
    assert rows(package, "SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'") == [("attributes",)]
    found = rows(package, "SELECT f_table_name, f_geometry_column, useAsDefault, styleName FROM layer_styles")
    assert {layer for layer, *_ in found} == LAYERS
    geometry = dict(rows(package, "SELECT table_name, column_name FROM gpkg_geometry_columns"))
    assert all(column == geometry[layer] and default == 1 and name for layer, column, default, name in found)


@pytest.mark.parametrize(("layer", "column"), [("sites", "role"), ("openings", "mode"), ("corridors", "tier")])
def test_a_categorised_style_has_a_sign_for_every_value(package: Path, layer: str, column: str) -> None:
    renderer = style(package, layer).find("renderer-v2")
    assert renderer.get("attr") == column
    categories = renderer.findall("categories/category")
    assert {c.get("value") for c in categories} >= set(pyogrio.read_dataframe(package, layer=layer)[column])
    assert {c.get("symbol") for c in categories} == {s.get("name") for s in renderer.findall("symbols/symbol")}
    assert all(c.get("label") for c in categories)


@pytest.mark.parametrize(("layer", "column"), [("people", "expected_unserved"), ("trips", "people")])
def test_a_graduated_style_has_a_class_for_every_number(package: Path, layer: str, column: str) -> None:
    renderer = style(package, layer).find("renderer-v2")
    assert renderer.get("attr") == column
    classes = [(float(r.get("lower")), float(r.get("upper"))) for r in renderer.findall("ranges/range")]
    assert all(before[1] == after[0] for before, after in itertools.pairwise(classes))
    for value in pyogrio.read_dataframe(package, layer=layer)[column]:
        assert any(low <= value <= high for low, high in classes), value


def test_symbols_suit_the_geometry(package: Path) -> None:
    wanted = {"Point": "marker", "LineString": "line"}
    for layer in LAYERS:
        kind = pyogrio.read_info(package, layer=layer)["geometry_type"]
        assert {s.get("type") for s in style(package, layer).iter("symbol")} == {wanted[kind]}


def test_titles_are_readable_in_both_languages(whole_plan: Plan, tmp_path: Path, package: Path) -> None:
    chinese = write_geopackage(whole_plan, tmp_path / "zh.gpkg", "zh")
    query = "SELECT identifier FROM gpkg_contents WHERE table_name = 'openings'"
    assert rows(package, query) == [("What to prepare",)]
    assert rows(chinese, query) == [("拟准备的场所",)]


def test_the_same_plan_gives_the_same_bytes(whole_plan: Plan, package: Path, tmp_path: Path) -> None:
    assert write_geopackage(whole_plan, tmp_path / "again.gpkg").read_bytes() == package.read_bytes()


def test_the_format_is_the_version_that_qgis_in_debian_reads_without_a_warning(package: Path) -> None:
    assert rows(package, "PRAGMA user_version") == [(10200,)]
    assert rows(package, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.filterwarnings("error")
def test_a_city_without_a_crs_and_a_plan_without_people_still_give_a_file(town: Instance, tmp_path: Path) -> None:
    abstract = dataclasses.replace(town, about=dataclasses.replace(town.about, crs=""))
    question = IntegratedPlan(shelters=None, stock=StockRules(), objectives=("cost", "shortage"))
    plan = answer(question, abstract, {"cost": 1.0, "shortage": 100.0})
    path = write_geopackage(plan, tmp_path / "abstract.gpkg")
    assert {name for name, _ in pyogrio.list_layers(path)} >= {"sites", "openings", "stock"}
    assert "people" not in {name for name, _ in pyogrio.list_layers(path)}
    assert pyogrio.read_dataframe(path, layer="sites").crs is None


@pytest.mark.parametrize("values", [[0.3, 7.0], [1e6], [0.002], [100.0, 3.0, 47.0]])
def test_classes_are_round_numbers_that_reach_the_largest_value(values: list[float]) -> None:
    found = breaks(values)
    assert found[-1] >= max(values) and len(found) <= 5
    assert all(f"{step:.0e}"[0] in "125" for step in found)
    assert found[-1] <= 2.5 * max(values)


def test_without_anybody_left_out_there_are_no_classes() -> None:
    assert breaks([0.0, 0.0]) == []
