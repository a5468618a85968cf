"""Nested units and zones: from outlines, squares and points, with everything that is left out in the books."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from instances.accounts import Ledger, accounts
from instances.layers.layer import Frame, Layer
from instances.layers.osm import Extract, Features
from instances.schema import InstanceError
from instances.streets.graph import Streets
from instances.zones.drawing import draw_zones
from instances.zones.rule import ZonesRule

CRS = "EPSG:32631"
COUNTY = {"level": "county", "layer": "counties"}


def layer(called, shapes, **columns):
    ids = np.array([f"{called}{k}" for k in range(len(shapes))])
    return Layer(called, ids, np.array(shapes, object), {c: np.array(v) for c, v in columns.items()}, CRS)


def drawn(levels, layers, x, y, own=None, box=None, sites=None, **rule):
    """Zones, their ledger and their books, which must balance."""
    ledger = Ledger("zones")
    asked = ZonesRule.model_validate({"levels": levels, **rule}) if levels is not None else None
    frame = Frame(CRS, Path("."), box)
    for one in layers.values():
        if isinstance(one, Layer):
            one.faults.clear()  # layers are shared by the tests
    zoned = draw_zones(asked, layers, np.asarray(x, float), np.asarray(y, float), own, frame, ledger, sites)
    books = accounts([ledger])
    assert not books.faults and not zoned.zones.faults
    if zoned.units is not None:
        assert not zoned.units.faults
    return zoned, ledger, books


def booked(books, name, outcome):
    mine = np.flatnonzero((books.layer == name) & (books.outcome == outcome))
    return {str(books.reason[k]): int(books.features[k]) for k in mine}


WEST, EAST, FAR = shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100), shapely.box(300, 0, 400, 100)
COUNTIES = {"counties": layer("counties", [WEST, EAST, FAR], code=["w", "e", "f"], name=["West", "East", ""])}
NAMED = {**COUNTY, "key": "code", "title": "name"}


def test_zones_are_the_units_with_people_or_sites_and_carry_names():
    zoned, ledger, books = drawn([NAMED], COUNTIES, [10, 20, 150], [50, 50, 50])
    assert zoned.zones.zone.labels() == ["w", "e"] and zoned.zones.title.tolist() == ["West", "East"]
    assert zoned.of_demand.tolist() == [0, 0, 1]
    assert zoned.units.unit.labels() == ["county w", "county e", "county f"]
    assert zoned.units.title.tolist() == ["West", "East", "f"]
    assert zoned.unit.position.tolist() == [0, 1]
    assert booked(books, "units of level county", "dropped") == {"neither people nor sites: no zone": 1}
    assert zoned.units.shared.tolist() == [100] and zoned.units.area.tolist() == [10_000] * 3
    assert any("1 units have no neighbour: f" in n for n in ledger.notes)
    with_site, _, _ = drawn([NAMED], COUNTIES, [10], [50], sites=(np.array([350.0]), np.array([5.0])))
    assert with_site.zones.zone.labels() == ["w", "f"]


def test_places_outside_every_unit_count_to_the_nearest_and_are_noted():
    zoned, ledger, _ = drawn([NAMED], COUNTIES, [10, 260, 390], [50, 50, 50])
    assert zoned.of_demand.tolist() == [0, 1, 1], "260 lies 40 m from f and 60 m from e"
    assert any("1 of 3 demand points lie outside every county" in n and "up to 40 m" in n for n in ledger.notes)
    x, y = np.array([5.0, 250.0, 100.0]), np.array([5.0, 50.0, 50.0])
    assert zoned.outside(x, y).tolist() == [False, True, False]
    assert zoned.of(x, y).tolist() == [0, 1, 0], "e is no zone, so the nearest of the zones"


def test_features_of_one_key_are_one_unit_and_what_has_no_area_is_dropped():
    shapes = [WEST, EAST, shapely.LineString([(0, 0), (9, 9)]), None, FAR]
    layers = {"counties": layer("counties", shapes, code=["a", "b", "c", "d", "a"])}
    zoned, _, books = drawn([{**COUNTY, "key": "code"}], layers, [10, 150], [50, 50])
    assert zoned.units.area.tolist() == [20_000, 10_000]
    assert booked(books, "counties", "dropped") == {"not an area": 2}
    assert booked(books, "counties", "merged") == {"one unit with another of the same key": 1}


def test_outlines_that_cross_themselves_are_mended():
    bow = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    zoned, _, _ = drawn([COUNTY], {"counties": layer("counties", [bow])}, [10], [50])
    assert zoned.units.area.tolist() == [pytest.approx(5_000)]


def test_rings_run_counter_clockwise_outside_and_clockwise_in_holes():
    ring = shapely.difference(shapely.box(0, 0, 100, 100), shapely.box(40, 40, 60, 60))
    for shape in (ring, shapely.reverse(ring)):
        units = drawn([COUNTY], {"counties": layer("counties", [shape, EAST])}, [10], [50])[0].units
        assert units.ring_unit.tolist() == [0, 0, 1]
        areas = []
        for k in range(3):
            x, y = units.ring_xy[units.ring_start[k] : units.ring_start[k + 1]].T
            areas.append(float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2))
        assert areas == [10_000, -400, 10_000]
        assert shapely.contains(ring, shapely.Point(units.x[0], units.y[0]))


def test_units_are_cut_off_at_the_extent_and_dropped_beyond_it():
    zoned, ledger, books = drawn([NAMED], COUNTIES, [10], [50], box=(-50.0, 0.0, 150.0, 100.0))
    assert zoned.units.area.tolist() == [10_000, 5_000]
    assert booked(books, "counties", "dropped") == {"outside the extent": 1}
    assert any("1 units are cut off at the edge" in n for n in ledger.notes)


def test_finer_units_lie_within_the_unit_they_overlap_most_and_straddlers_are_noted():
    fine = [
        shapely.box(10, 0, 90, 50),
        shapely.box(90, 0, 130, 50),
        shapely.box(190, 0, 260, 50),
        shapely.box(500, 0, 510, 9),
    ]
    layers = {**COUNTIES, "blocks": layer("blocks", fine)}
    zoned, ledger, _ = drawn([NAMED, {"level": "block", "layer": "blocks"}], layers, [50, 110], [10, 10])
    within = zoned.units.unit.labels(zoned.units.within.position)
    assert within == ["county w", "county e", "county f", "county w", "county e", "county e", "county f"]
    assert zoned.units.level.tolist() == ["county"] * 3 + ["block"] * 4
    assert any("2 units of level block have more than 5% outside the county" in n for n in ledger.notes)
    assert any("1 units of level block lie outside every county, first blocks3" in w for w in ledger.warnings)
    one, other = (zoned.units.level[zoned.units.border[side].position] for side in ("unit", "neighbour"))
    assert (one == other).all(), "borders join units of one level"


def test_of_two_equal_overlaps_the_first_unit_is_taken():
    layers = {**COUNTIES, "blocks": layer("blocks", [shapely.box(60, 0, 140, 50)])}
    zoned, _, _ = drawn([NAMED, {"level": "block", "layer": "blocks"}], layers, [50], [10])
    assert zoned.units.within.position[-1] == 0


def test_promises_may_belong_to_a_coarser_level():
    levels = [NAMED, {"level": "square", "grid": 50}]
    zoned, _, _ = drawn(levels, COUNTIES, [10, 150], [50, 50], promise="county")
    assert zoned.zones.zone.labels() == ["w", "e"]
    assert (zoned.units.level == "square").sum() > 8


@given(st.floats(20, 400), st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=1, max_size=20))
def test_every_place_lies_in_its_square(side, places):
    x, y = np.array(places, float).T
    zoned, _, _ = drawn([{"level": "square", "grid": side}], {}, x, y)
    assert not zoned.outside(x, y).any()
    west, south, east, north = shapely.bounds(zoned.shape[zoned.of_demand]).T
    assert ((west <= x) & (x <= east) & (south <= y) & (y <= north)).all()
    np.testing.assert_allclose(shapely.area(zoned.shape), side**2)
    assert len(zoned.zones.zone) <= len(set(places))


place = st.tuples(st.integers(0, 50), st.integers(0, 50))


@given(st.lists(place, min_size=1, max_size=9, unique=True), st.integers(0, 99))
def test_every_place_lies_in_the_cell_of_its_nearest_point(seeds, seed):
    at = np.array(seeds, float) * 20
    layers = {"seeds": layer("seeds", shapely.points(at), name=[f"Q{k}" for k in range(len(at))])}
    x, y = np.random.default_rng(seed).uniform(0, 1000, (2, 30))
    level = {"level": "quarter", "cells": "seeds", "title": "name"}
    zoned, _, _ = drawn([level], layers, x, y, box=(0.0, 0.0, 1000.0, 1000.0))
    assert zoned.units.area.sum() == pytest.approx(1e6)
    far = np.hypot(x[:, None] - at[:, 0], y[:, None] - at[:, 1])
    for k, name in enumerate(zoned.zones.title[zoned.of_demand]):
        assert far[k, int(name[1:])] == pytest.approx(far[k].min(), abs=1e-3)


def test_points_of_one_name_make_one_unit_and_points_at_one_place_one_cell():
    points = shapely.points([(10, 50), (90, 50), (50, 50), (50, 50)])
    layers = {"seeds": layer("seeds", points, name=["A", "A", "B", "C"])}
    level = {"level": "quarter", "cells": "seeds", "title": "name"}
    zoned, _, books = drawn([level], layers, [20, 50], [50, 50], box=(0.0, 0.0, 100.0, 100.0))
    assert zoned.units.title.tolist() == ["A", "B"] and zoned.units.area.tolist() == [6_000, 4_000]
    assert booked(books, "seeds", "dropped") == {"at the place of another point": 1}
    assert zoned.units.shared.tolist() == [200]


def a_map():
    none = np.zeros(0, bool)
    areas = Features(
        np.array([WEST, EAST, FAR], object),
        [
            {"boundary": "administrative", "admin_level": "9", "name": "West", "osm_id": "1"},
            {"boundary": "administrative", "admin_level": "9", "name": "East", "osm_id": "2"},
            {"building": "yes", "osm_way_id": "3"},
        ],
    )
    points = Features(shapely.points([(50, 50), (150, 50)]), [{"place": "suburb", "name": n} for n in ("Old", "New")])
    empty = Features(np.zeros(0, object), [])
    return Extract(CRS, Streets([], none.astype(str), none.astype(str), none, none), areas, points, empty, ())


def test_areas_and_places_of_a_map_make_units():
    asked = {"level": "district", "layer": "map", "where": {"admin_level": "9"}}
    zoned, _, _ = drawn([asked, {"level": "quarter", "cells": "map"}], {"map": a_map()}, [10, 190], [50, 50])
    assert zoned.units.title.tolist() == ["West", "East", "Old", "New"]
    assert zoned.units.within.position.tolist() == [0, 1, 0, 1]
    with pytest.raises(InstanceError, match="say which areas of map"):
        drawn([{"level": "district", "layer": "map"}], {"map": a_map()}, [10], [50])


def test_without_a_rule_zones_are_the_peoples_own_or_quarters_of_the_map_or_directions():
    x, y = [10, 190, 60], [50, 60, 70]
    zoned, _, _ = drawn(None, {}, x, y, own=np.array(["b", "a", ""]))
    assert zoned.zones.title.tolist() == ["a", "b", "unnamed"] and zoned.of_demand.tolist() == [1, 0, 2]
    zoned, _, _ = drawn(None, {"map": a_map()}, x, y)
    assert zoned.zones.title[zoned.of_demand].tolist() == ["Old", "New", "Old"] and zoned.units is None
    zoned, _, _ = drawn(None, {}, [0, 10, 0, 10], [0, 0, 10, 10])
    assert zoned.zones.title[zoned.of_demand].tolist() == ["South-west", "South-east", "North-west", "North-east"]
    assert not zoned.outside(np.array([1e6]), np.array([0.0])).any()


def test_units_that_cover_the_same_land_are_warned_of():
    layers = {"counties": layer("counties", [WEST, shapely.box(50, 0, 150, 100)])}
    zoned, ledger, _ = drawn([COUNTY], layers, [60], [50])
    assert any("1 pairs of units of level county overlap" in w for w in ledger.warnings)
    assert zoned.of_demand.tolist() == [0] and zoned.zones.zone.labels() == ["counties0"], "a place in both: the first"


@pytest.mark.parametrize(
    ("levels", "fault"),
    [
        ([{"level": "a", "layer": "nowhere"}], "no layer 'nowhere'; there are counties"),
        ([{"level": "a", "cells": "nowhere"}], "no layer 'nowhere'; there are counties"),
        ([{**COUNTY, "key": "kode"}], "no column 'kode'; it has code, name"),
        ([{**COUNTY, "key": "name"}], "1 units have no name"),
        ([{**COUNTY, "where": {"code": "zz"}}], "no unit is left of layer counties"),
        ([{"level": "s", "grid": 0.5}], "squares of 0.5 m; at most 50000"),
    ],
)
def test_what_is_wrong_is_said(levels, fault):
    with pytest.raises(InstanceError, match=fault):
        drawn(levels, COUNTIES, [10, 390], [0, 300])


def test_all_faults_of_all_levels_come_at_once():
    with pytest.raises(InstanceError) as caught:
        drawn([{"level": "a", "layer": "x"}, {"level": "b", "cells": "y"}, {**COUNTY, "key": "z"}], COUNTIES, [1], [1])
    assert len(caught.value.faults) == 3


def test_features_that_were_not_asked_for_are_in_the_books():
    _, _, books = drawn([{**COUNTY, "where": {"code": "w"}}], COUNTIES, [10], [50])
    assert booked(books, "counties", "dropped") == {"not asked for: code w": 2}
    assert books.features[(books.outcome == "read") & (books.layer == "counties")].sum() == 3


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ({"levels": []}, "at least 1"),
        ({"levels": [COUNTY, COUNTY]}, "two levels have the same name"),
        ({"levels": [COUNTY], "promise": "town"}, "promise names no level; there are county"),
        ({"levels": [{"level": "a", "grid": -1}]}, "greater than 0"),
        ({"levels": [{"level": "a", "grid": 10, "layer": "b"}]}, "Extra inputs"),
    ],
)
def test_rules_that_make_no_sense_are_refused(rule, fault):
    with pytest.raises(ValidationError, match=fault):
        ZonesRule.model_validate(rule)


def test_counties_lie_within_the_provinces_their_codes_name(benchmark_data):
    import geopandas

    table = geopandas.read_file(benchmark_data / "jingjinji" / "bth_counties_2020census.geojson").to_crs(32650)
    text = {c: table[c].astype(str).to_numpy(str) for c in ("CODE", "NAME", "PROV_CODE")}
    counties = layer("counties", table.geometry.to_numpy(), **text)
    levels = [
        {"level": "province", "layer": "counties", "key": "PROV_CODE"},
        {"level": "county", "layer": "counties", "key": "CODE", "title": "NAME"},
    ]
    inside = shapely.point_on_surface(table.geometry.to_numpy())
    zoned, _, books = drawn(levels, {"counties": counties}, shapely.get_x(inside), shapely.get_y(inside))
    units = zoned.units
    assert (units.level == "province").sum() == 3 and (units.level == "county").sum() == 222
    codes = [label.split()[1] for label in units.unit.labels()]
    for k in np.flatnonzero(units.level == "county"):
        assert codes[units.within.position[k]] == codes[k][:2] + "0000"
    assert zoned.zones.zone.labels() == [codes[k] for k in np.flatnonzero(units.level == "county")]
    assert zoned.of_demand.tolist() == list(range(222))
    assert booked(books, "counties", "merged") == {"one unit with another of the same key": 219}
    whole = shapely.area(table.geometry.to_numpy()).sum()
    for level in ("province", "county"):
        assert units.area[units.level == level].sum() == pytest.approx(whole, rel=1e-4)
