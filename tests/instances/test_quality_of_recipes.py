"""Sections of the quality report about what a recipe fills in, against counts by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from instances.index import Index
from instances.quality import quality
from tests.instances.test_quality import TOWN, table
from tests.instances.tiny import tiny_instance


def booked(*ledgers):
    from instances.accounts import accounts

    return replace(TOWN, accounts=accounts(ledgers))


def test_the_books_tell_what_became_of_every_feature_and_of_the_people_they_carry():
    from instances.accounts import Ledger

    people, roads = Ledger("people"), Ledger("roads")
    people.read("census", 5, 1000.0, "people")
    people.drop("census", "outside the box", ["a", "b"], 130.0, "people")
    people.merge("census", "same place", ["c"], 20.0, "people")
    roads.read("streets", 9)
    roads.drop("streets", "closed", [f"w{k}" for k in range(6)])
    town = booked(people, roads)
    census, streets = table(town, "books")
    assert [census[k] for k in ("read", "kept", "merged", "dropped")] == [5, 2, 1, 2]
    assert [census[f"{k} amount"] for k in ("read", "kept", "merged", "dropped")] == [1000, 850, 20, 130]
    assert (streets["read"], streets["kept"], streets["unit"], streets["read amount"]) == (9, 3, "", None)
    assert [(row["reason"], row["features"]) for row in table(town, "reasons")] == [
        ("outside the box", 2),
        ("same place", 1),
        ("closed", 6),
    ]
    assert table(town, "reasons")[2]["examples"] == "w0, w1, w2, w3, w4, ..."
    (warning,) = (w for w in quality(town).warnings if w.startswith("books"))
    assert "130 people of the layers are not in the instance (130 of census: outside the box)" in warning


def test_groups_are_counted_by_night_and_day_and_a_group_larger_than_its_place_is_told():
    from instances.places import Groups

    group = Index.named("group", ["children", "old"])
    night = np.column_stack([TOWN.demand.people * 0.25, TOWN.demand.people * 0.5])
    who = Groups(
        TOWN.demand.demand, group, night, night * 2, vulnerability=[1.5, 2.0], title=["Children", "Old people"]
    )
    children, old = table(replace(TOWN, groups=who), "groups")
    assert children["by night"] == pytest.approx(0.25 * TOWN.demand.people.sum())
    assert children["by day"] == pytest.approx(0.5 * TOWN.demand.people.sum())
    assert (old["share"], old["vulnerability"]) == (pytest.approx(0.5), 2.0)
    assert not [w for w in quality(replace(TOWN, groups=who)).warnings if w.startswith("groups")]
    night[2, 1] = TOWN.demand.people[2] + 1
    (warning,) = (w for w in quality(replace(TOWN, groups=replace(who, night=night))).warnings if "groups" in w)
    assert f"(old at {TOWN.demand.demand.label(2)})" in warning


def test_units_count_their_neighbours_and_those_without_are_named():
    from instances.units import Units

    unit = Index.named("unit", ["town", "a", "b", "c", "island"])
    border = Index.tuples("border", unit=(unit, [1, 2]), neighbour=(unit, [2, 3]))
    land = Units(
        unit, border, level=["city", *["circle"] * 4], x=np.zeros(5), y=np.zeros(5), area=[4e6, 1e6, 1e6, 1e6, 1e6],
        title=["Town", "A", "B", "C", "Island"], shared=[300.0, 200.0],
    )  # fmt: skip
    city, circle = table(replace(TOWN, units=land), "units")
    assert (city["units"], city["without neighbours"], city["area"]) == (1, 1, 4.0)
    assert [circle[k] for k in ("units", "fewest neighbours", "mean neighbours", "most neighbours")] == [4, 0, 1.0, 2]
    (warning,) = (w for w in quality(replace(TOWN, units=land)).warnings if w.startswith("units"))
    assert "1 have no neighbour of their level (island)" in warning


def test_exclusions_count_sites_by_rule_and_show_the_worst():
    from instances.screening import Exclusions

    rule = Index.named("rule", ["flood", "slope"])
    screen = Exclusions(
        TOWN.sites.site, rule, Index.tuples("exclusion", site=(TOWN.sites.site, [0, 1, 1]), rule=(rule, [0, 0, 1])),
        layer=["depth", "dem"], reason=["deeper than 0.5 m", "steeper than 15 degrees"], kind=["evade", ""],
        basis=["assumed", "GB"],
        unit=["m", "degree"], limit=[0.5, 15.0], found=[0.9, 2.5, 22.0],
    )  # fmt: skip
    flood, slope = table(replace(TOWN, exclusions=screen), "exclusions")
    assert (flood["sites"], flood["by this rule alone"], flood["worst found"]) == (2, 1, 2.5)
    assert flood["worst site"] == TOWN.sites.site.label(1) and flood["kind"] == "evade"
    assert (slope["sites"], slope["by this rule alone"], slope["layer"]) == (1, 0, "dem")
    assert not [w for w in quality(replace(TOWN, exclusions=screen)).warnings if "forbid every site" in w]
    every = replace(
        screen, exclusion=Index.tuples("exclusion", site=(TOWN.sites.site, [0, 1, 2]), rule=(rule, [0, 0, 1]))
    )
    assert [w for w in quality(replace(TOWN, exclusions=every)).warnings if "forbid every site" in w]


def test_suitability_lists_sites_in_their_order_with_the_span_of_their_ranks():
    from instances.screening import Suitability

    criterion = Index.named("criterion", ["distance", "area"])
    suits = Suitability(
        TOWN.sites.site, criterion, value=[[10.0, 1.0], [20.0, 1.0], [5.0, 1.0]], weight=[0.7, 0.3],
        better=["less", "more"], unit=["m", "m2"], score=[0.4, 0.1, 0.9], rank=[2, 3, 1], best_rank=[1, 3, 1],
        worst_rank=[2, 3, 2],
    )  # fmt: skip
    town = replace(TOWN, suitability=suits)
    assert [row["site"] for row in table(town, "suitability")] == [TOWN.sites.site.label(k) for k in (2, 0, 1)]
    assert [row["span"] for row in table(town, "suitability")] == [1, 1, 0]
    assert [row["median"] for row in table(town, "criteria")] == [10.0, 1.0]
    assert [w for w in quality(town).warnings if "area is the same at every site" in w]


def test_unknown_probabilities_are_shown_with_their_bounds():
    from instances.scenarios import Ambiguity

    nominal = TOWN.scenarios.probability
    unknown = Ambiguity(TOWN.scenarios.scenario, lower=nominal * 0.5, upper=np.minimum(1, nominal * 1.5))
    rows = table(replace(TOWN, ambiguity=unknown), "ambiguity")
    assert [row["probability"] for row in rows] == pytest.approx(nominal)
    assert [row["span"] for row in rows] == pytest.approx(np.minimum(1, nominal * 1.5) - nominal * 0.5)
    high = np.array([nominal[1], nominal[0], *nominal[2:]])
    swapped = Ambiguity(TOWN.scenarios.scenario, lower=high, upper=high)
    (warning,) = (w for w in quality(replace(TOWN, ambiguity=swapped)).warnings if w.startswith("ambiguity"))
    assert "of 2 scenarios" in warning


def test_room_and_need_of_zones_add_up_to_those_of_the_town_in_every_scenario():
    town = tiny_instance(demand=9, sites=5, phases=1)
    rows = table(town, "districts")
    assert len(rows) == town.scenarios.scenario.size * town.zones.zone.size
    whole = {row["scenario"]: row for row in table(town, "capacity")}
    for scenario in town.scenarios.scenario.labels():
        mine = [row for row in rows if row["scenario"] == scenario]
        assert sum(row["in need"] for row in mine) == pytest.approx(whole[scenario]["in need"])
        assert sum(row["room at most"] for row in mine) == pytest.approx(whole[scenario]["room at most"])
        assert all(row["left"] == pytest.approx(row["room at most"] - row["in need"]) for row in mine)


def test_of_several_phases_the_one_with_least_room_left_is_shown():
    town = tiny_instance(demand=9, sites=5, phases=3)
    for row in table(town, "districts"):
        zone, s = town.zones.zone.position(row["zone"]), town.scenarios.scenario.position(row["scenario"])
        h = town.modes.phase.position(row["tightest phase"])
        mine = town.demand.zone.position == zone
        assert row["in need"] == pytest.approx(town.effects.need[mine, h, s].sum())


def test_books_do_not_count_as_numbers_that_a_solver_must_hold():
    from instances.accounts import Ledger

    people = Ledger("people")
    people.read("census", 5, 1e9, "people")
    people.drop("census", "rounding", ["a"], 0.001, "people")
    assert not [w for w in quality(booked(people)).warnings if w.startswith("accounts")]
    assert not [row for row in table(booked(people), "ranges") if row["datum"].startswith("accounts")]
