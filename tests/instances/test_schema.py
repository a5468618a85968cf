"""Faulty data make no instance, and one error names everything that is wrong."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from instances.crs import projected_faults
from instances.index import Index, Map
from instances.instance import Instance
from instances.schema import InstanceError, data_of
from tests.instances.tiny import tiny_instance
from tests.instances.tiny_parts import with_every_part

TOWN = with_every_part(tiny_instance(requests=True))


def faults_of(**changed: object) -> list[str]:
    """What is wrong with the town after some of its parts are replaced."""
    with pytest.raises(InstanceError) as caught:
        replace(TOWN, **changed)
    return caught.value.faults


def with_value(array: np.ndarray, value: object, *at: int) -> np.ndarray:
    changed = array.copy()
    changed[at or 0] = value
    return changed


def test_the_town_the_other_tests_use_has_every_part():
    assert {f.name for f in fields(Instance)} == {"about"} | {name for name, _ in TOWN.parts()}


@pytest.mark.parametrize(
    "sizes",
    [
        {"demand": 1, "sites": 1, "scenarios": 1, "phases": 1, "commodities": 1},
        {"demand": 2, "sites": 2, "scenarios": 2, "phases": 1},
        {"demand": 40, "sites": 9, "scenarios": 7, "phases": 3, "commodities": 4, "rows": 5, "columns": 6},
        {"cutoff": 0.5},
        {"crs": ""},
    ],
)
@pytest.mark.parametrize("seed", range(5))
def test_the_town_is_usable_at_every_size(sizes, seed):
    town = tiny_instance(**sizes, seed=seed)
    assert tiny_instance(**sizes, seed=seed).digest == town.digest
    assert len(town.sites.site) == sizes.get("sites", 3)


def test_routes_of_the_town_are_as_long_as_the_links_on_them_and_cross_what_is_cut():
    roads, routes, damage = TOWN.roads, TOWN.routes, TOWN.damage
    assert len(routes.crossing) > 0
    assert damage.cut[routes.crossing["link"].position].any(axis=1).all()
    by_pair = {}
    for r in range(len(routes.route)):
        by_pair.setdefault((routes.route["demand"].position[r], routes.route["site"].position[r]), []).append(r)
    assert any(len(ways) > 1 for ways in by_pair.values())
    for ways in by_pair.values():
        assert routes.metres[ways[0]] == routes.metres[ways].min(), "the direct way is the shortest"
    assert (routes.minutes >= routes.metres[:, None] / 80 - 1e-9).all()
    assert np.hypot(*np.diff(roads.line(0), axis=0).T).sum() == pytest.approx(roads.length[0])


@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0])
def test_people_must_be_a_number_from_zero_up(value):
    demand = replace(TOWN.demand, people=with_value(TOWN.demand.people, value, 2))
    (fault,) = faults_of(demand=demand)
    assert fault.startswith("Demand.people [people]: 1 of 4 values")
    assert "first at block 3" in fault


def test_a_fault_in_a_table_is_located_by_all_its_names():
    need = with_value(TOWN.effects.need, np.nan, 1, 0, 2)
    (fault,) = faults_of(effects=replace(TOWN.effects, need=need))
    assert "1 of 24 values are missing or infinite, first at block 2 x hours x shock 3" in fault
    assert "a missing datum is not a zero" in fault


def test_coordinates_may_be_negative_but_not_missing():
    assert replace(TOWN.roads, x=-TOWN.roads.x).faults == ()
    (fault,) = replace(TOWN.roads, x=with_value(TOWN.roads.x, np.nan, 0)).faults
    assert "Roads.x [m]" in fault


def test_shares_stay_between_nothing_and_everything():
    (fault,) = faults_of(effects=replace(TOWN.effects, usable=TOWN.effects.usable + 0.5))
    assert "Effects.usable [1]" in fault
    assert "outside [0, 1]" in fault


def test_a_table_of_the_wrong_shape_is_told_which_sets_it_should_cover():
    (fault,) = faults_of(effects=replace(TOWN.effects, need=TOWN.effects.need[:, :, :2]))
    assert fault == "Effects.need [people]: shape (4, 2, 2), expected (4, 2, 3) for [demand[4], phase[2], scenario[3]]"


def test_rows_of_different_lengths_are_a_fault():
    (fault,) = faults_of(damage=replace(TOWN.damage, slowdown=[[1.0, 1.0], [1.0]]))
    assert "Damage.slowdown [1]: rows of different lengths" in fault


@pytest.mark.parametrize("flags", [[0, 1], [0.0, 1.0], ["yes", "no"], [None, True]])
def test_only_truth_values_are_truth_values(flags):
    (fault,) = faults_of(corridors=replace(TOWN.corridors, gateway=flags))
    assert "Corridors.gateway []: must be true or false" in fault


@pytest.mark.parametrize("people", [["1", "2", "3", "4"], np.array([1, "x", 3, 4], object), [True] * 4, [1j] * 4])
def test_text_and_truth_values_are_no_numbers(people):
    (fault,) = faults_of(demand=replace(TOWN.demand, people=people))
    assert "Demand.people [people]: must be numbers" in fault


@pytest.mark.parametrize("titles", [["a", None, "c", "d"], ["a", np.nan, "c", "d"], pd.Series(["a", pd.NA, "c", "d"])])
def test_a_missing_title_is_not_the_text_nan(titles):
    (fault,) = faults_of(demand=replace(TOWN.demand, title=titles))
    assert "Demand.title []: 1 of 4 values are not text" in fault


def test_masked_values_are_missing_values():
    people = np.ma.masked_array([1.0, 2.0, 3.0, 4.0], [False, True, True, False])
    (fault,) = faults_of(demand=replace(TOWN.demand, people=people))
    assert "2 of 4 values are masked" in fault


def test_missing_values_of_pandas_are_faults():
    (fault,) = faults_of(demand=replace(TOWN.demand, people=pd.Series([1, None, 3, 4], dtype="Int64")))
    assert "Demand.people" in fault


def test_probabilities_sum_to_one():
    (fault,) = faults_of(scenarios=replace(TOWN.scenarios, probability=[0.5, 0.3, 0.1]))
    assert fault.startswith("Scenarios.probability: sums to 0.9, not 1")


@pytest.mark.parametrize(
    ("part", "field", "known"),
    [("sites", "status", "candidate"), ("modes", "role", "shelter"), ("scenarios", "level", "moderate")],
)
def test_an_unknown_word_is_answered_with_the_known_ones(part, field, known):
    old = getattr(TOWN, part)
    (fault,) = faults_of(**{part: replace(old, **{field: with_value(getattr(old, field), "odd", 0)})})
    assert f"{type(old).__name__}.{field}: unknown values" in fault
    assert "'odd'" in fault
    assert known in fault


def test_all_faults_of_all_parts_come_in_one_error():
    faults = faults_of(
        demand=replace(TOWN.demand, people=[np.nan, -1, 1, 1], title=["a"]),
        sites=replace(TOWN.sites, status=["odd"] * 3),
        corridors=replace(TOWN.corridors, gateway=[0, 1]),
        scenarios=replace(TOWN.scenarios, probability=[0.5, 0.5, 0.5]),
        modes=replace(TOWN.modes, role=["shelter", "shelter", "larder"]),
        damage=replace(TOWN.damage, scenario=Index.named("scenario", ["shock 1", "shock 2", "shock 3"])),
    )
    for piece in (
        "Demand.people [people]: 1 of 4 values are missing",
        "Demand.people [people]: 1 of 4 values outside",
        "Demand.title []: shape",
        "Sites.status",
        "Corridors.gateway",
        "Scenarios.probability",
        "Modes.role",
        "another index set called 'scenario'",
    ):
        assert any(piece in fault for fault in faults), piece


def test_the_message_lists_what_the_attribute_holds():
    with pytest.raises(InstanceError) as caught:
        replace(TOWN, scenarios=replace(TOWN.scenarios, probability=[0.5, 0.3, 0.1]))
    assert str(caught.value).startswith("Instance 'tiny' is not usable:\n  - Scenarios.probability")


def test_two_index_sets_of_one_name_do_not_meet():
    other = Index.named("phase", ["hours", "days"])
    faults = faults_of(modes=replace(TOWN.modes, phase=other))
    assert any("another index set called 'phase'" in fault and "use the same object" in fault for fault in faults)


def test_a_set_of_the_right_size_does_not_pass_for_another():
    villages = Index.named("village", ["a", "b", "c"])
    faults = faults_of(effects=replace(TOWN.effects, site=villages))
    assert faults == ["effects.site: is village[3], but sites.site is site[3]; both stand for the site"]


def test_hauls_run_between_the_sites_of_the_instance():
    depots = Index.named("depot", ["a", "b", "c"])
    ends = {"origin": (depots, [0]), "destination": (TOWN.sites.site, [1])}
    haul = Index.tuples("haul", **ends)
    hauls = replace(TOWN.hauls, haul=haul, metres=[1.0], minutes=[1.0], passable=np.ones((1, 3), bool), crossing=None)
    (fault,) = faults_of(hauls=hauls)
    assert "hauls.haul[origin]: is depot[3], but sites.site is site[3]" in fault


def test_a_map_starts_at_an_index_set_of_its_own_part():
    strangers = Map(Index.named("stranger", "abcd"), TOWN.zones.zone, [0, 0, 1, 1])
    (fault,) = faults_of(demand=replace(TOWN.demand, zone=strangers))
    assert fault == "demand.zone: maps from stranger[4], which is no index set of demand"


@pytest.mark.parametrize(
    ("shape", "piece"),
    [
        ({"shape_start": None}, "belong together"),
        ({"shape_xy": np.zeros((51, 3))}, "shape (points, 2)"),
        ({"shape_xy": np.full((51, 2), np.nan)}, "finite numbers"),
        ({"shape_start": np.arange(17) * 3}, "must be 18 integers"),
        ({"shape_start": np.arange(18) * 2}, "must rise from 0 to 51"),
        ({"shape_start": np.array([0, 1, *range(6, 52, 3)])}, "two points or more"),
    ],
)
def test_polylines_cover_their_links(shape, piece):
    (fault,) = faults_of(roads=replace(TOWN.roads, **shape))
    assert piece in fault


def test_data_are_copied_and_locked_and_the_caller_keeps_an_open_array():
    people = np.array([1.0, 2.0, 3.0, 4.0])
    town = replace(TOWN, demand=replace(TOWN.demand, people=people))
    people[0] = 9.0
    assert town.demand.people[0] == 1.0
    for _, part in town.parts():
        for name in data_of(part):
            assert not getattr(part, name).flags.writeable
    assert not town.roads.shape_xy.flags.writeable
    wrong = np.array([0, 1])
    assert replace(TOWN.corridors, gateway=wrong).faults
    assert wrong.flags.writeable


def test_a_question_names_every_part_it_misses():
    with pytest.raises(InstanceError) as caught:
        replace(TOWN, hauls=None, requests=None, corridors=None).need("hauls", "demand", "corridors")
    assert [fault.split()[1] for fault in caught.value.faults] == ["hauls", "corridors"]


HELSINKI = (385_000.0, 6_672_000.0, 386_000.0, 6_673_000.0)


@pytest.mark.parametrize("crs", ["EPSG:32635", "EPSG:3067", "EPSG:25835", "EPSG:3879"])
def test_utm_and_national_grids_in_metres_are_accepted(crs):
    import pyproj

    x, y = pyproj.Transformer.from_crs("EPSG:32635", crs, always_xy=True).transform(HELSINKI[::2], HELSINKI[1::2])
    assert projected_faults(crs, (x[0], y[0], x[1], y[1])) == []


@pytest.mark.parametrize(
    ("crs", "piece"),
    [
        ("EPSG:4326", "in degrees"),
        ("EPSG:4490", "in degrees"),
        ("EPSG:4978", "not a projected system"),
        ("EPSG:3857", "Web Mercator"),
        ("EPSG:900913", "Web Mercator"),
        ("ESRI:102100", "Web Mercator"),
        ("EPSG:3395", "gets lengths wrong by 60.2 %"),
        ("EPSG:2263", "US survey foot"),
        ("EPSG:2193", "outside the area of use"),
        ("EPSG:99999", "not a known coordinate reference system"),
        ("somewhere", "not a known coordinate reference system"),
    ],
)
def test_a_system_that_gets_distances_wrong_is_refused(crs, piece):
    (fault,) = faults_of(about=replace(TOWN.about, crs=crs))
    assert piece in fault
    assert crs in fault


def test_degrees_under_the_name_of_a_grid_are_recognised():
    (fault,) = projected_faults("EPSG:32635", (24.9, 60.1, 25.0, 60.2))
    assert "look like degrees" in fault


def test_swapped_axes_are_recognised():
    (fault,) = projected_faults("EPSG:3067", (HELSINKI[1], HELSINKI[0], HELSINKI[3], HELSINKI[2]))
    assert "outside the area of use" in fault


def test_a_grid_across_the_date_line_has_an_inside():
    fiji = (1_900_000.0, 3_900_000.0, 2_000_000.0, 4_000_000.0)  # Fiji 1986 map grid, 176.81 E to 178.15 W
    assert projected_faults("EPSG:3460", fiji) == []


def test_the_stretch_of_web_mercator_is_what_spherical_trigonometry_says():
    import pyproj

    from instances.crs import _stretch

    for latitude, share in ((0.0, 0.0067), (60.0, 1.0)):
        # The sphere stretches by 1 / cos(latitude); the ellipsoid differs by less than 0.7 %.
        found = _stretch(pyproj.CRS("EPSG:3857"), np.array([25.0]), np.array([latitude]))
        assert found == pytest.approx(share, abs=0.01)


def test_levels_of_the_town_rise():
    needs = TOWN.effects.need.sum(axis=(0, 1))
    assert all(a < b for a, b in pairwise(needs))
