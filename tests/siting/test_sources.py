"""Sites from layers, blocks and several sources: area, use, status, and books that add up."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from instances.index import Index
from instances.schema import InstanceError
from instances.siting.blocks import enclosed
from instances.siting.rule import SitesRule
from tests.siting.made import dropped, found, grid_town, layer, rule, square


def test_usable_area_is_share_times_floors_times_outline():
    schools = layer("schools", [square(0, 0, 40), square(100, 0, 20)], levels=[3, 2])
    sites, _ = found("from: [{layer: schools, use: school, floors: levels, share: 0.5}]", [schools])
    assert dict(zip(sites.id.tolist(), sites.area.tolist(), strict=True)) == {
        "schools:a0": 0.5 * 3 * 1600,
        "schools:a1": 0.5 * 2 * 400,
    }
    assert not sites.open_air.any()
    assert all(o.contains(shapely.Point(x, y)) for o, x, y in zip(sites.outline, sites.x, sites.y, strict=True))


def test_columns_give_area_in_hectares_status_capacity_cost_and_name():
    parks = layer(
        "parks",
        [shapely.Point(0, 0), shapely.Point(500, 0)],
        ha=["1.5", "2"], state=["built", "planned"], people=[np.nan, 900.0], money=[5e4, np.nan], called=["North", ""],
    )  # fmt: skip
    text = """
    from:
      - {layer: parks, use: park, area: ha, area_scale: 10000, title: called, capacity: people, cost: money,
         cost_factor: 1.5, status_column: state, statuses: {built: existing}}
    """
    sites, _ = found(text, [parks])
    assert sites.area.tolist() == [15000.0, 20000.0]
    assert sites.status.tolist() == ["existing", "candidate"]
    assert sites.title.tolist() == ["North", ""]
    assert np.isnan(sites.capacity[0]) and sites.capacity[1] == 900
    assert sites.cost[0] == 50_000 and np.isnan(sites.cost[1])
    assert sites.cost_factor.tolist() == [1.5, 1.5]
    assert sites.open_air.all() and sites.outline.tolist() == [None, None]


def test_land_use_classes_become_uses_and_the_rest_is_booked_by_class():
    land = layer("land", [square(0, 0, 10), square(50, 0, 10), square(99, 0, 10)], landuse=["grass", "forest", "shop"])
    text = """
    from: [{layer: land, use_column: landuse, classes: {grass: park, shop: warehouse},
            share: {park: 1, warehouse: 0.5}}]
    """
    sites, ledger = found(text, [land])
    assert sites.use.tolist() == ["park", "warehouse"] and sites.area.tolist() == [100, 50]
    assert dropped(ledger) == {("land", "landuse forest is no use"): 1}


def test_outlines_of_one_use_that_touch_are_dissolved_and_the_area_is_that_of_the_union():
    shapes = [square(0, 0, 10), square(10, 0, 20), square(25, 0, 10), square(100, 0, 5), square(30, 0, 9)]
    land = layer("land", shapes, landuse=["grass", "grass", "grass", "grass", "shop"])
    text = """
    from: [{layer: land, use_column: landuse, classes: {grass: park, shop: warehouse}, dissolve: true}]
    """
    sites, ledger = found(text, [land])
    grass = shapely.union_all(shapes[:3]).area
    assert dict(zip(sites.id.tolist(), sites.area.tolist(), strict=True)) == pytest.approx(
        {"land:a1": grass, "land:a3": 25, "land:a4": 81}
    )
    assert dropped(ledger) == {("land", "touches another outline of the same use"): 2}


def test_small_empty_and_unselected_features_are_booked_and_existing_ones_stay():
    shapes = [square(0, 0, 100), square(200, 0, 10), None, square(400, 0, 10), shapely.Polygon()]
    parks = layer("parks", shapes, state=["", "", "", "existing", ""], kind=[1, 1, 1, 1, 2])
    text = """
    from: [{layer: parks, use: park, status_column: state, where: {kind: [1]}}]
    least_area: {park: 1500}
    """
    sites, ledger = found(text, [parks])
    assert sites.feature.tolist() == ["a0", "a3"]
    assert dropped(ledger) == {
        ("parks", "not selected by where"): 1,
        ("parks", "has no place"): 1,
        ("parks", "below the least area of its use"): 1,
    }
    assert any("parks:a3" in warning for warning in ledger.warnings)


def test_one_place_in_two_sources_is_one_site_and_the_existing_one_stays():
    drawn = layer("drawn", [square(0, 0, 100), square(500, 0, 50)], called=["North Park", ""])
    register = layer("register", [shapely.Point(50, 50), shapely.Point(510, 10)], size=[9000.0, 2000.0])
    text = """
    from:
      - {layer: drawn, use: park, title: called}
      - {layer: register, use: park, area: size, status: existing}
      - {layer: halls, use: school}
    """
    halls = layer("halls", [square(20, 20, 30)])  # a building in the park is a place of its own
    sites, ledger = found(text, [drawn, register, halls])
    assert sorted(sites.id.tolist()) == ["halls:a0", "register:a0", "register:a1"]
    of = sites.id.tolist().index
    assert sites.title[of("register:a0")] == "North Park"
    assert sites.area[of("register:a0")] == 9000
    assert dropped(ledger) == {("drawn", "the same place as a site of register"): 2}


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(5, 30)), min_size=2, max_size=12))
def test_overlaps_merge_as_a_greedy_loop_over_all_pairs_does(squares):
    shapes = [square(x, y, side) for x, y, side in squares]
    half = (len(shapes) + 1) // 2
    layers = [layer("one", shapes[:half]), layer("two", shapes[half:])]
    sites, _ = found("from: [{layer: one, use: park}, {layer: two, use: park}]", layers)
    kept = []
    for name, group in (("one", shapes[:half]), ("two", shapes[half:])):
        for k in sorted(range(len(group)), key=lambda k: (-group[k].area, k)):
            clash = [
                o for other, _, o in kept
                if other != name and o.intersection(group[k]).area > 0.5 * min(o.area, group[k].area)
            ]  # fmt: skip
            if not clash:
                kept.append((name, k, group[k]))
    assert sorted(sites.id.tolist()) == sorted(f"{name}:a{k}" for name, k, _ in kept)


def test_blocks_of_a_street_grid_are_its_squares():
    lines = [[(0, 100 * k), (300, 100 * k)] for k in range(4)] + [[(100 * k, 0), (100 * k, 300)] for k in range(4)]
    faces = enclosed(np.array([shapely.LineString(line) for line in lines], object))
    assert len(faces) == 9 and shapely.area(faces) == pytest.approx(np.full(9, 1e4))
    assert shapely.bounds(faces[0])[:2].tolist() == [0, 200]  # north-west first
    joined = [[(x, y), (x + 100, y)] for x in (0, 100) for y in (0, 100, 200)]
    joined += [[(x, y), (x, y + 100)] for x in (0, 100, 200) for y in (0, 100)]
    text = """
    from: [{blocks: network, use: {park: 1, school: 1}, share: 0.4, draw: 0.5, least: 100,
            assumption: no land register is public here}]
    """
    network = grid_town(joined)
    sites, ledger = found(text, {}, network, seed=3)
    again, _ = found(text, {}, network, seed=3)
    assert len(sites) == 2 and sites.area == pytest.approx([4000, 4000])
    assert sites.id.tolist() == again.id.tolist() and sites.use.tolist() == again.use.tolist()
    assert dropped(ledger) == {("street blocks", "not drawn"): 2}
    assert any("no land register" in text for text in ledger.assumptions)
    strips = text.replace("draw: 0.5", "inset: 10")
    sites, _ = found(strips, {}, network)
    assert sites.area == pytest.approx(np.full(4, 0.4 * 80 * 80))
    sites, ledger = found(strips, {}, grid_town([*joined, [(0, 5), (200, 5)], [(0, 0), (0, 5)], [(200, 0), (200, 5)]]))
    assert dropped(ledger)[("street blocks", "narrower than 20 m between two streets")] >= 2
    drawn = {tuple(found(text, {}, network, seed=k)[0].id.tolist()) for k in range(8)}
    assert len(drawn) > 1


@given(st.permutations(range(7)))
def test_sites_do_not_hang_on_the_order_of_features(order):
    shapes = [square(37 * k % 11 * 20, k * 45, 10 + k) for k in range(7)]
    kinds = ["park", "school", "park", "sports", "park", "school", "park"]
    plain = layer("places", shapes, use=kinds)
    text = "{from: [{layer: places, use_column: use}], most: {sites: 2}}"
    first, _ = found(text, [plain])
    again, _ = found(text, [plain.where(np.array(order))])
    for name in ("id", "x", "y", "area", "use"):
        assert getattr(first, name).tolist() == getattr(again, name).tolist()


def test_the_largest_candidates_of_each_use_or_zone_stay():
    shapes = [square(100 * k, 0, 10 + k) for k in range(6)]
    places = layer("places", shapes, use=["park", "park", "park", "school", "school", "park"])
    sites, ledger = found("{from: [{layer: places, use_column: use}], most: {sites: 1}}", [places])
    assert sites.feature.tolist() == ["a5", "a4"]
    assert dropped(ledger) == {("places", "not among the 1 largest candidates of its use"): 4}
    zones = layer("zones", [shapely.box(0, 0, 250, 50), shapely.box(250, 0, 450, 50)])
    text = "{from: [{layer: places, use: park}], most: {sites: 1, per: zone, zones: zones}}"
    sites, _ = found(text, [places, zones])
    assert sorted(sites.feature.tolist()) == ["a2", "a4", "a5"]  # the last lies in no zone


def test_every_fault_is_told_at_once():
    land = layer("land", [shapely.Point(0, 0), shapely.LineString([(0, 0), (1, 1)])], kind=["pond", "pond"])
    text = """
    from: [{layer: land, use_column: kind}, {layer: nowhere, use: park}, {osm: land}]
    least_area: {castle: 5}
    exclude:
      - {name: fault, title: {en: near a fault}, layer: faults, within: 10, grades: [palace],
         assumption: a planning assumption}
    """
    with pytest.raises(InstanceError) as told:
        found(text, [land])
    faults = "\n".join(told.value.faults)
    for part in ("neither points nor outlines", "points have no area", "'nowhere'; there are land", "castle", "palace"):
        assert part in faults
    assert "not an OpenStreetMap extract" in faults


def test_a_use_that_the_rule_pack_does_not_know_is_a_fault_with_the_first_feature():
    land = layer("land", [square(0, 0, 9)], kind=["castle"])
    with pytest.raises(InstanceError, match=r"1 sites of land have the use 'castle', first a0.*knows school"):
        found("from: [{layer: land, use_column: kind}]", [land])


def test_columns_with_bad_numbers_are_faults_of_the_step():
    land = layer("land", [shapely.Point(0, 0), shapely.Point(9, 9)], size=["12", "many"])
    with pytest.raises(InstanceError, match="1 of 2 values are not numbers, first a1"):
        found("from: [{layer: land, use: park, area: size}]", [land])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("from: []", "at least 1 item"),
        ("from: [{layer: a}]", "either use or use_column"),
        ("from: [{layer: a, use: park, use_column: b}]", "either use or use_column"),
        ("from: [{layer: a, use: park, dissolve: true, area: b}]", "joins outlines only"),
        ("from: [{layer: a, use: park, colour: red}]", "Extra inputs"),
        ("from: [{layer: a, use: park, share: 1.5}]", "less than or equal to 1"),
        ("from: [{layer: a, use: park, share: '0.5'}]", "valid number"),
        ("from: [{blocks: network, use: park}]", "source with its clause, or an assumption"),
        ("{from: [{osm: a}], most: {sites: 3, per: zone}}", "layer of zones"),
        ("{from: [{osm: a}], exclude: [{name: n, title: {en: w}, layer: l, assumption: ten letters}]}", "one of"),
        (
            "{from: [{osm: a}], exclude: [{name: n, title: {en: w}, layer: l, within: 1, above: 2, "
            "assumption: ten letters}]}",
            "got within, above",
        ),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_meant_is_refused(text, fault):
    with pytest.raises(ValidationError, match=fault):
        rule(text)


def test_outlines_that_cross_themselves_keep_the_area_they_enclose():
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    sites, ledger = found("from: [{layer: a, use: park}]", [layer("a", [bow])])
    assert sites.area.tolist() == [50.0] and sites.outline[0].is_valid
    assert any("cross themselves, first a0" in note for note in ledger.notes)


def test_the_schema_of_the_rule_describes_every_field():
    schema = SitesRule.model_json_schema()
    assert "from" in schema["properties"] and "from" in schema["required"]
    fields = [f for d in schema["$defs"].values() for f in d.get("properties", {}).values()]
    assert len(schema["$defs"]) >= 8 and sum("description" in f for f in fields) > 40


def test_parts_need_an_index_of_the_same_sites():
    sites, _ = found("from: [{layer: a, use: park}]", [layer("a", [square(0, 0, 9)])])
    with pytest.raises(ValueError, match="does not stand for these 1 sites"):
        sites.parts(Index.named("site", ["a", "b"]))
    assert sites.parts(Index.named("site", ["a"])) == (None, None)
