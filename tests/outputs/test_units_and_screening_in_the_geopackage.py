"""A plan for a town with districts, forbidden sites and ranks: what QGIS shows of them."""

from __future__ import annotations

import dataclasses
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyogrio
import pytest

from formulations.plan import IntegratedPlan
from instances.instance import Instance
from solver.outputs.geopackage import write_geopackage
from solver.plan import Plan, answer
from tests.instances.tiny_parts import halves, with_every_part


@pytest.fixture(scope="module")
def plan(town: Instance) -> Plan:
    """One site is forbidden, two districts cover the town."""
    full = halves(with_every_part(town))
    status = full.sites.status.copy()
    status[0] = "forbidden"
    city = dataclasses.replace(full, sites=dataclasses.replace(full.sites, status=status))
    return answer(IntegratedPlan(objectives=("cost", "unserved")), city, {"cost": 1.0, "unserved": 50.0})


@pytest.fixture(scope="module")
def package(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_geopackage(plan, tmp_path_factory.mktemp("units") / "plan.gpkg")


def style(path: Path, layer: str) -> ElementTree.Element:
    with closing(sqlite3.connect(path)) as file:
        query = "SELECT styleQML FROM layer_styles WHERE f_table_name = ?"
        return ElementTree.fromstring(file.execute(query, (layer,)).fetchone()[0])


def test_people_of_the_districts_are_those_that_lie_in_their_outlines(package: Path, plan: Plan) -> None:
    units = pyogrio.read_dataframe(package, layer="units")
    people = pyogrio.read_dataframe(package, layer="people")
    assert units.geometry.is_valid.all() and units.crs.to_epsg() == 32635
    for level in set(units["level"]):
        assert units.loc[units["level"] == level, "people"].sum() == pytest.approx(people["people"].sum())
    for row in units.itertuples():
        inside = people[[row.geometry.covers(place) for place in people.geometry]]
        assert row.people == pytest.approx(inside["people"].sum())
        assert row.expected_unserved == pytest.approx(inside["expected_unserved"].sum())


def test_districts_are_outlines_with_names_that_hide_nothing(package: Path) -> None:
    qml = style(package, "units")
    assert {c.get("value") for c in qml.iter("category")} == set(
        pyogrio.read_dataframe(package, layer="units")["level"]
    )
    assert {s.get("type") for s in qml.iter("symbol")} == {"fill"}
    assert {o.get("value") for o in qml.iter("Option") if o.get("name") == "style"} == {"no"}
    assert qml.find("labeling/settings/rendering").get("obstacle") == "0"
    assert qml.find("layerGeometryType").text == "2"


@pytest.mark.parametrize(("layer", "shown", "hidden"), [("units", 50_000, 500_000), ("openings", 5_000, 50_000)])
def test_names_show_at_the_scales_that_qgis_takes_from_a_style(
    package: Path, layer: str, shown: int, hidden: int
) -> None:
    # QgsPalLayerSettings reads scaleMax as the greatest number of the scale (1:n) at which a name still shows.
    scale = style(package, layer).find("labeling/settings/rendering")
    least, most = float(scale.get("scaleMin")), float(scale.get("scaleMax"))
    assert least <= shown <= most < hidden


def test_a_forbidden_site_has_a_sign_and_a_reason_and_no_rank(package: Path) -> None:
    sites = pyogrio.read_dataframe(package, layer="sites")
    assert sites["role"].tolist()[0] == "forbidden" and "forbidden" not in sites["role"].tolist()[1:]
    assert sites["why_excluded"].tolist()[0] == "Deep water (found 1.2 m, limit 0.5 m)"
    assert np.isnan(sites["rank"].tolist()[0]) and sites["rank"].notna().sum() == len(sites) - 1
    assert "forbidden" in {c.get("value") for c in style(package, "sites").iter("category")}


@pytest.mark.parametrize("layer", ["sites", "units"])
def test_tips_name_columns_that_are_there(package: Path, layer: str) -> None:
    tip = style(package, layer).find("mapTip").text
    columns = set(re.findall(r'"(\w+)"', tip))
    assert columns and columns <= set(pyogrio.read_dataframe(package, layer=layer).columns)


def test_a_town_without_districts_and_rules_has_neither(whole_plan: Plan, tmp_path: Path) -> None:
    path = write_geopackage(whole_plan, tmp_path / "plain.gpkg")
    assert "units" not in {name for name, _ in pyogrio.list_layers(path)}
    columns = set(pyogrio.read_dataframe(path, layer="sites").columns)
    assert not columns & {"why_excluded", "rank"}
    assert set(re.findall(r'"(\w+)"', style(path, "sites").find("mapTip").text)) <= columns


def test_the_same_plan_gives_the_same_bytes_with_districts_too(plan: Plan, package: Path, tmp_path: Path) -> None:
    assert write_geopackage(plan, tmp_path / "again.gpkg").read_bytes() == package.read_bytes()
