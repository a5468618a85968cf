from __future__ import annotations

import pytest
import shapely
from pydantic import ValidationError

from instances.people.rule import PeopleRule
from instances.schema import InstanceError
from tests.people.towns import layer, run

BOX = shapely.box(0, 0, 1000, 1000)
LAND = {"land": {"layer": "land", "column": "use", "weights": {"home": 1}, "assumption": "weights of a test"}}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({}, "exactly one source"),
        ({"points": {"layer": "a"}, "raster": "b"}, "exactly one source"),
        ({"raster": "b", "by": {"raster": "c"}}, "by spreads people within areas"),
        ({"areas": {"layer": "a"}, "by": {"raster": "b", "streets": {}}}, "exactly one kind of weights"),
        ({"areas": {"layer": "a"}, "to": {"grid": 10, "places": True}}, "exactly one target"),
        ({"raster": "b", "groups": {"old": {"title": {"en": "Old"}, "count": "c"}}}, "only points and areas"),
        ({"raster": "b", "day": {"column": "c"}}, "only points and areas"),
        ({"areas": {"layer": "a"}, "total": {"people": 5}}, "either a source"),
        ({"areas": {"layer": "a"}, "by": {"land": LAND["land"] | {"weights": {"home": 0}}}}, "every weight is 0"),
        ({"buildings": {"layer": "a", "assumption": "shares of a test"}}, "nobody could live anywhere"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused_with_the_reason(rule, words):
    with pytest.raises(ValidationError, match=words):
        PeopleRule.model_validate(rule)


def faults(rule, *layers, **more):
    with pytest.raises(InstanceError) as caught:
        run(rule, layers, **more)
    return "\n".join(caught.value.faults)


def test_all_faults_are_told_at_once():
    census = layer("census", [BOX, BOX], people=["12", "many"])
    rule = {
        "areas": {"layer": "census"},
        "by": LAND,
        "groups": {"old": {"title": {"en": "Old"}, "share": "aged"}},
        "within": "city",
        "day": {"commuters": {"share": 0.1, "towards": {"raster": "work"}, "assumption": "a tenth of them"}},
    }
    told = faults(rule, census)
    for words in (
        "no layer 'land'; the recipe has census",
        "no layer 'city'",
        "no layer 'work'",
        "not numbers",
        "aged",
    ):
        assert words in told


def test_a_missing_number_is_a_fault_and_no_zero():
    assert "missing" in faults({"areas": {"layer": "census"}}, layer("census", [BOX], people=[float("nan")]))


def test_more_of_a_group_than_people_is_a_fault():
    census = layer("census", [BOX], people=[5], old=[6])
    rule = {"areas": {"layer": "census"}, "groups": {"old": {"title": {"en": "Old"}, "count": "old"}}}
    assert "more of it (old) than people" in faults(rule, census)


def test_points_are_no_census_areas_and_a_table_has_no_place():
    assert "not polygons" in faults({"areas": {"layer": "c"}}, layer("c", [shapely.Point(0, 0)], people=[5]))
    assert "no place" in faults({"points": {"layer": "c"}}, layer("c", [None], people=[5]))


@pytest.mark.parametrize(
    "rule", [{"to": {"junctions": []}}, {"within": "roads"}, {"by": {"streets": {}}}, {"reach": 9}]
)
def test_asking_for_roads_without_any_is_a_fault(rule):
    assert "no roads" in faults({"areas": {"layer": "c"}} | rule, layer("c", [BOX], people=[5]))


def test_nobody_inside_the_frame_is_a_fault():
    rule = {"areas": {"layer": "c"}}
    assert "nobody lives" in faults(rule, layer("c", [BOX], people=[5]), box=(5000.0, 0.0, 6000.0, 100.0))


def test_land_classes_that_the_layer_lacks_are_named():
    told = faults(
        {"areas": {"layer": "c"}, "by": LAND}, layer("c", [BOX], people=[5]), layer("land", [BOX], use=["forest"])
    )
    assert "no feature has a weight above 0" in told
    assert "forest" in told


def test_people_of_a_unit_without_any_land_are_spread_evenly_with_a_warning():
    census = layer("c", [shapely.box(0, 0, 500, 500), shapely.box(500, 0, 1000, 500)], people=[40, 60])
    land = layer("land", [shapely.box(0, 0, 100, 100)], use=["home"])
    who, ledger = run({"areas": {"layer": "c"}, "by": LAND, "to": {"grid": 250.0}}, [census, land])
    assert sorted(who.people.tolist()) == [15, 15, 15, 15, 40]
    assert "60 people" in ledger.warnings[0] and "c1" in ledger.warnings[0]


def test_what_no_target_covers_is_booked_or_spread_as_the_rule_says():
    census = layer("c", [BOX], people=[100])
    half = layer("half", [shapely.box(0, 0, 1000, 500)], label=["South"], zone=["z1"])
    to = {"areas": "half", "name": "label", "zone": "zone"}
    who, ledger = run({"areas": {"layer": "c"}, "to": to}, [census, half])
    assert who.people.tolist() == [50]
    assert (who.title.tolist(), who.zone.tolist()) == (["South"], ["z1"])
    assert ("c", "dropped", "outside the target areas", 0.0, 50.0, "people", "c0") in ledger.rows
    who, _ = run({"areas": {"layer": "c"}, "to": to | {"rest": "spread"}}, [census, half])
    assert who.people.tolist() == [100]


def test_overlapping_targets_do_not_make_people_twice_and_are_told():
    census = layer("c", [BOX], people=[100])
    twice = layer("t", [BOX, shapely.box(0, 0, 1000, 500)])
    who, ledger = run({"areas": {"layer": "c"}, "to": {"areas": "t"}}, [census, twice])
    assert who.people.tolist() == [67, 33]
    assert "overlap" in ledger.warnings[0]


def test_buildings_hold_people_by_floor_area_and_use():
    shapes = [shapely.box(0, 0, 10, 40), shapely.box(100, 0, 110, 40), shapely.box(200, 0, 220, 40)]
    houses = layer("houses", shapes, floors=["3", "", "9"], use=["flat", "flat", "office"])
    rule = {
        "layer": "houses", "floors": "floors", "use": "use", "dwelling": {"flat": 0.8},
        "floor_per_person": 32.0, "storeys": 2.0, "assumption": "shares of this test",
    }  # fmt: skip
    who, ledger = run({"buildings": rule, "to": {"places": True}}, [houses])
    assert dict(zip(who.id.tolist(), who.people.tolist(), strict=True)) == {"houses0": 30, "houses1": 20}
    assert ("houses", "dropped", "nobody lives there", 1.0, 0.0, "people", "houses2") in ledger.rows
    assert any("1 of 3 buildings have no number of floors" in text for text in ledger.assumptions)
    census = layer("c", [shapely.box(-5, -5, 300, 50)], people=[1000])
    who, _ = run({"areas": {"layer": "c"}, "by": {"buildings": rule}, "to": {"places": True}}, [houses, census])
    assert who.people.tolist() == [600, 400]
