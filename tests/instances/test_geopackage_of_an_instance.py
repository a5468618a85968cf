"""What people see of an instance in QGIS: attribute tables agree with the instance, feature by feature."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyogrio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instances.attributes import MOST, exclusion_texts, listed
from instances.geopackage import layers, road_lines, write_layers
from instances.index import Index
from tests.instances.tiny import tiny_instance
from tests.instances.tiny_parts import with_every_part

TOWN = with_every_part(tiny_instance(requests=True))


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    path = tmp_path_factory.mktemp("layers") / "layers.gpkg"
    write_layers(TOWN, path)
    return {name: pyogrio.read_dataframe(path, layer=name) for name, _ in pyogrio.list_layers(path)}


def test_groups_and_the_day_have_columns_of_their_own(tables):
    demand = tables["demand"]
    assert demand["people by day"].tolist() == TOWN.demand.day.tolist()
    for g, label in enumerate(TOWN.groups.group.labels()):
        assert demand[f"{label} night"].to_numpy() == pytest.approx(TOWN.groups.night[:, g])
        assert demand[f"{label} day"].to_numpy() == pytest.approx(TOWN.groups.day[:, g])


def test_a_site_says_which_rule_forbids_it_and_what_was_found(tables):
    sites = tables["sites"]
    assert sites["excluded by"].tolist() == ["deep", *[""] * (len(sites) - 1)]
    assert sites["why excluded"].tolist()[0] == "Deep water (found 1.2 m, limit 0.5 m)"
    assert sites["rank"].tolist() == TOWN.suitability.rank.tolist()
    assert sites["worst rank"].tolist() == TOWN.suitability.worst_rank.tolist()


def test_a_site_that_may_not_be_used_has_no_rank():
    status = np.array(["forbidden", *["candidate"] * (TOWN.sites.site.size - 1)])
    (sites,) = (t for name, t in layers(replace(TOWN, sites=replace(TOWN.sites, status=status))) if name == "sites")
    for column in ("score", "rank", "best rank", "worst rank"):
        assert sites[column].isna().tolist() == [True, *[False] * (TOWN.sites.site.size - 1)]


def test_a_site_under_several_rules_tells_them_all():
    site, rule = TOWN.sites.site, Index.named("rule", ["deep", "steep"])
    shut = replace(
        TOWN.exclusions, rule=rule, exclusion=Index.tuples("exclusion", site=(site, [1, 1]), rule=(rule, [0, 1])),
        layer=np.array(["depth", "height"]), reason=np.array(["Deep water", "Steep slope"]),
        kind=np.array(["evade", "avoid"]),
        basis=np.array(["", ""]), unit=np.array(["m", ""]), limit=np.array([0.5, 30.0]), found=np.array([2.0, 45.5]),
    )  # fmt: skip
    texts = exclusion_texts(replace(TOWN, exclusions=shut))
    assert texts[0] == []
    assert texts[1] == ["Deep water (found 2 m, limit 0.5 m)", "Steep slope (found 45.5, limit 30)"]


def test_units_are_polygons_of_their_area_with_the_unit_above_and_their_neighbours(tables):
    units = tables["units"]
    assert units.geometry.area.to_numpy() == pytest.approx(TOWN.units.area)
    assert units["within"].tolist() == ["", "town", "town"]
    assert units["neighbours"].tolist() == [0, 1, 1]
    assert units["level"].tolist() == ["town", "half", "half"]


def test_books_scenarios_and_one_way_streets_are_as_in_the_instance(tables):
    assert tables["accounts"]["features"].sum() == TOWN.accounts.features.sum()
    assert tables["accounts"]["examples"].tolist() == TOWN.accounts.examples.tolist()
    assert tables["scenarios"]["season"].tolist() == TOWN.scenarios.season.tolist()
    assert tables["links"]["oneway"].tolist() == TOWN.roads.oneway.tolist()
    assert tables["links"]["cuts"].tolist() == TOWN.damage.cut.sum(axis=1).tolist()


def test_lines_run_along_the_streets_with_and_without_shapes():
    for roads in (TOWN.roads, replace(TOWN.roads, shape_xy=None, shape_start=None)):
        lines = road_lines(roads)
        assert all(np.array_equal(np.array(line.coords), roads.line(k)) for k, line in enumerate(lines))


def test_groups_whose_names_differ_in_case_only_keep_both_columns(tmp_path):
    alike = replace(TOWN, groups=replace(TOWN.groups, group=Index.named("group", ["old", "OLD"])))
    write_layers(alike, tmp_path / "layers.gpkg")
    demand = pyogrio.read_dataframe(tmp_path / "layers.gpkg", layer="demand")
    assert demand["OLD night 2"].to_numpy() == pytest.approx(TOWN.groups.night[:, 1])


def test_an_instance_without_roads_or_outlines_still_has_its_layers(tmp_path):
    units = replace(TOWN.units, ring_unit=None, ring_start=None, ring_xy=None)
    bare = replace(TOWN, units=units, roads=None, damage=None, corridors=None, routes=None, hauls=None)
    write_layers(bare, tmp_path / "layers.gpkg")
    found = dict(pyogrio.list_layers(tmp_path / "layers.gpkg"))
    assert "links" not in found and "key places" not in found
    assert found["units"] is None and found["sites"] == "Point"


def test_the_same_instance_gives_the_same_file(tmp_path):
    for name in ("one.gpkg", "other.gpkg"):
        write_layers(TOWN, tmp_path / name)
    assert (tmp_path / "one.gpkg").read_bytes() == (tmp_path / "other.gpkg").read_bytes()


@given(st.integers(0, 40), st.integers(0, 20), st.randoms(use_true_random=False))
def test_names_are_listed_row_by_row_and_beyond_twelve_counted(rows, columns, rng):
    flags = np.array([[rng.random() < 0.7 for _ in range(columns)] for _ in range(rows)], bool).reshape(rows, columns)
    names = [f"s{k}" for k in range(columns)]
    for row, text in zip(flags, listed(flags, names), strict=True):
        mine = [name for name, yes in zip(names, row, strict=True) if yes]
        shown, _, more = text.partition(" and ")
        assert [n for n in shown.split(", ") if n] == mine[:MOST]
        assert more == (f"{len(mine) - MOST} more" if len(mine) > MOST else "")
