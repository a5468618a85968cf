"""A recipe that uses every section, followed on a town whose numbers a hand can check; and what a second build runs."""

import math
import os
import shutil
import sqlite3

import numpy as np
import pytest

from instances.container import load
from instances.quality import quality
from instances.recipe.build import build, keep
from instances.recipe.difference import difference
from instances.recipe.opening import open_recipe, recipe_of
from tests.recipe import made_town as made


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return made.write_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def built(folder):
    return build(recipe_of(made.recipe(), folder), folder / "cache")


@pytest.fixture(scope="module")
def town(built):
    return built.instance


def quarter_of(x, y):
    """The quarter by its corner of the town; written without the builder's geometry."""
    return np.char.add(np.where(y > made.MIDDLE_Y, "N", "S"), np.where(x > made.MIDDLE_X, "E", "W"))


def test_every_part_of_an_instance_can_come_from_a_recipe(town):
    parts = "zones demand groups units exclusions suitability roads damage corridors hauls routes accounts"
    assert [name for name in parts.split() if getattr(town, name) is None] == []


def test_every_quarter_keeps_its_people_and_its_children_to_the_person(town):
    quarter = quarter_of(town.demand.x, town.demand.y)
    children = town.groups.night[:, town.groups.group.position("children")]
    assert {q: town.demand.people[quarter == q].sum() for q in made.PEOPLE} == made.PEOPLE
    assert {q: children[quarter == q].sum() for q in made.CHILDREN} == made.CHILDREN
    zone = np.array(town.zones.title)[town.demand.zone.position]
    assert zone.tolist() == np.char.add("Quarter ", quarter).tolist()


def test_a_fifth_is_elderly_and_day_and_night_hold_the_same_people(town):
    elderly = town.groups.group.position("elderly")
    assert town.groups.night[:, elderly].sum() == pytest.approx(0.2 * 11000, abs=1)
    assert town.demand.people.sum() == town.demand.day.sum() == 11000
    assert (town.groups.night <= town.demand.people[:, None]).all()
    assert (town.groups.day <= town.demand.day[:, None]).all()


def test_people_live_on_housing_and_half_as_densely_on_mixed_land(town, folder):
    import geopandas

    land = geopandas.read_file(folder / "land.shp")
    middle = land.geometry.centroid
    weight = land["use"].map({"housing": 1.0, "mixed": 0.5}).fillna(0.0).to_numpy()
    quarter = quarter_of(middle.x.to_numpy(), middle.y.to_numpy())
    expected = {}
    for k, (x, y) in enumerate(zip(middle.x, middle.y, strict=True)):
        share = weight[k] / weight[quarter == quarter[k]].sum()
        expected[round(x), round(y)] = share * made.PEOPLE[str(quarter[k])]
    found = {(round(x), round(y)): n for x, y, n in zip(town.demand.x, town.demand.y, town.demand.people, strict=True)}
    assert set(found) == {place for place, people in expected.items() if people}
    assert max(abs(found[place] - expected[place]) for place in found) <= 1.0  # rounding to whole people


def test_streets_are_parted_where_they_cross_and_keep_their_direction(town):
    roads = town.roads
    assert roads.node.size == 9 * 9 - 2  # at two corners only one street turns; the others end or cross
    assert roads.length.sum() == pytest.approx(2 * 9 * 2000.0, abs=1e-6)
    one = np.flatnonzero(roads.oneway)
    assert set(roads.title[one].tolist()) == {"East Street 2", "East Street 3"} and len(one) == 16
    east = roads.x[roads.head.position] > roads.x[roads.tail.position]
    assert east[one].tolist() == (roads.title[one] == "East Street 2").tolist()  # -1 runs against its line


def test_sites_are_forbidden_by_the_plant_and_by_the_water_and_say_so(town, folder):
    import geopandas
    import rasterio

    plant = geopandas.read_file(folder / "plants.fgb").geometry[0]
    names = dict(zip(town.sites.title.tolist(), town.sites.status.tolist(), strict=True))
    with rasterio.open(folder / "depth.tif") as file:
        at = list(zip(town.sites.x, town.sites.y, strict=True))
        deep = np.array([value[0] for value in file.sample(at)]) > 1.0
    assert math.hypot(plant.x - made.WEST - 1500, plant.y - made.SOUTH - 600) < 200
    assert names["Gym 4"] == "forbidden" and names["School 2"] == "existing" and names["School 1"] == "candidate"
    index = town.exclusions.exclusion
    rules = index["rule"].target.labels(index["rule"].position)
    by = {rule: {int(s) for s, r in zip(index["site"].position, rules, strict=True) if r == rule} for rule in rules}
    assert by["deep"] == set(np.flatnonzero(deep).tolist())
    assert set(np.flatnonzero(town.sites.status == "forbidden").tolist()) == by["deep"] | by["plant"]


def test_capacity_and_cost_of_a_site_that_the_layer_gives_replace_those_of_the_rule_pack(town):
    options = town.options
    titles = np.array(town.sites.title)[options.option["site"].position]
    shelters = town.modes.role[options.option["mode"].position] == "shelter"
    assert options.capacity[(titles == "School 2") & shelters].max() <= 900 < 5000
    assert set(options.cost[titles == "Gym 3"].tolist()) == {400_000.0}


def test_probabilities_are_those_that_a_hand_works_out(town):
    found = dict(zip(town.scenarios.title.tolist(), town.scenarios.probability.tolist(), strict=True))
    winter_day, share = 0.4 * 0.5, {"flood": 0.5, "quake": 0.2, "outage": 0.3}
    # Every 20 years water reaches the lower line or more: (1/20 - 1/200) of 1/20 events are the smaller flood.
    smaller = (1 / 20 - 1 / 200) / (1 / 20)
    assert found["outage, winter, by day"] == pytest.approx(share["outage"] * winter_day)
    assert found["flood 20, with loss of services, winter, by day"] == pytest.approx(
        share["flood"] * smaller * winter_day
    )
    assert found["flood 200, with loss of services, winter, by day"] == pytest.approx(
        share["flood"] * (1 - smaller) * winter_day
    )
    assert found["quake, magnitude 6.5, with landslide, winter, by day"] == pytest.approx(
        share["quake"] * 0.5 * winter_day
    )
    assert sum(found.values()) == pytest.approx(1.0) and len(found) == town.scenarios.scenario.size == 20


def test_in_the_open_only_the_named_share_of_a_site_is_usable_in_winter(town):
    parks = np.isin(town.sites.use, ["park", "reserve_land"])
    place = {title: k for k, title in enumerate(town.scenarios.title.tolist())}
    pairs = [(k, place[title.replace("winter", "summer")]) for title, k in place.items() if "winter" in title]
    winter, summer = (town.effects.usable[parks][:, list(columns)] for columns in zip(*pairs, strict=True))
    assert parks.sum() == 13 and len(pairs) == 10 and summer.max() == 1.0
    np.testing.assert_allclose(winter, 0.3 * summer, atol=5e-4)  # kept in thousandths


def test_the_town_hall_of_the_layer_and_the_clinic_are_tied_in(town):
    titles, ways = town.corridors.title.tolist(), town.corridors.ways.tolist()
    assert ways[titles.index("Town hall")] == 2
    assert sum("Clinic" in title or "Hospital" in title for title in titles) == 1


def test_the_books_balance_and_open_every_layer(town):
    assert town.accounts.extra_faults() == []
    booked = set(town.accounts.layer.tolist())
    assert set(made.RECIPE["layers"]) - booked == {"depth", "heights"}  # rasters have no features
    residents = (town.accounts.step == "people") & (town.accounts.unit == "people")
    kept = residents & (town.accounts.outcome == "kept")
    assert town.accounts.amount[kept & (town.accounts.layer == "census")].tolist() == [11000.0]


def test_a_built_town_is_looked_over_and_survives_the_disk(built, town, tmp_path):
    found = quality(town)
    assert found.digest == town.digest and found.faults == ()
    assert load(keep(built, tmp_path / "town")).digest == load(keep(built, tmp_path / "town.zip")).digest == town.digest


def test_the_same_recipe_elsewhere_gives_the_same_instance(town, tmp_path):
    assert build(recipe_of(made.recipe(), made.write_town(tmp_path))).instance.digest == town.digest


def test_another_seed_draws_other_blocks(town, folder):
    other = made.recipe() | {"seed": 4}
    other = build(recipe_of(other, folder), folder / "cache").instance
    assert other.sites.site.labels() != town.sites.site.labels()


# --- what runs again ---------------------------------------------------------------------------------------------


class Again:
    """A copy of the town with its cache filled; tells which steps run."""

    def __init__(self, folder):
        self.folder = folder
        self.recipe = made.write_recipe(folder)
        self.first = self.last = build(open_recipe(self.recipe), folder / "cache")

    def ran(self, changes=None):
        self.last = build(open_recipe(self.recipe, changes), self.folder / "cache")
        return [done.name for done in self.last.done if not done.hit]

    @property
    def same(self):
        return self.last.instance.digest == self.first.instance.digest


@pytest.fixture
def again(folder, built, tmp_path):
    """A copy, so that layers may be changed; of its cache all but the layers, which have other paths, is good."""
    copy = tmp_path / "town"
    shutil.copytree(folder, copy)
    return Again(copy)


AFTER_PEOPLE = ["people", "sites", "places", "modes", "hazards", "scenarios", "travel", "corridors"]


def test_a_second_build_runs_nothing_and_gives_the_same(again):
    assert again.ran() == [] and again.same
    assert [one.digest for one in again.last.done] == [one.digest for one in again.first.done]
    assert again.last.instance.about == again.first.instance.about


def test_a_longer_walk_runs_travel_only(again):
    assert again.ran({"travel.walk.cutoff": 20}) == ["travel"]
    assert again.last.instance.routes.route.size < again.first.instance.routes.route.size


def test_fewer_scenarios_run_no_hazard_again_and_keep_the_probability_of_every_level(again):
    assert again.ran({"scenarios": {"reduce": {"to": 8}}}) == ["scenarios", "travel"]
    every, few = again.first.instance.scenarios, again.last.instance.scenarios
    assert (every.scenario.size, few.scenario.size) == (20, 8)
    for level in set(every.level.tolist()):
        kept = few.probability[few.level == level].sum()
        assert kept == pytest.approx(every.probability[every.level == level].sum())


def test_words_of_the_recipe_run_nothing(again):
    assert again.ran({"title.en": "Another name", "layers.census.title": "Census"}) in ([], ["census"])
    assert again.last.instance.about.title["en"] == "Another name"


def test_one_more_person_runs_people_and_what_follows_but_not_the_roads(again):
    made.census(again.folder, NE=3002)
    assert again.ran() == ["census", "datum", *AFTER_PEOPLE]
    assert again.last.instance.demand.people.sum() == 11001
    made.census(again.folder)
    assert again.ran() == [] and again.same  # back again: every result is still there


def test_a_column_that_nobody_uses_stops_at_the_steps_that_take_the_layer(again):
    import geopandas

    file = again.folder / "census.geojson"
    table = geopandas.read_file(file)
    table.assign(remark="counted again").to_file(file, driver="GeoJSON", COORDINATE_PRECISION=9)
    assert again.ran() == ["census", "datum", "people", "places"]
    assert again.same


def test_a_file_that_was_only_touched_is_not_read_again(again):
    for file in again.folder.iterdir():
        if file.is_file():
            os.utime(file, (1, 1))
    assert again.ran() == [] and again.same


def test_a_geopackage_written_in_another_order_is_read_and_nothing_more(again):
    import geopandas

    file = again.folder / "streets.gpkg"
    table = geopandas.read_file(file, layer="streets")
    table.iloc[::-1].to_file(file, layer="streets", driver="GPKG")
    assert again.ran() == ["streets", "centre"] and again.same  # both lie in the file that changed


def test_a_geopackage_that_another_program_opened_is_read_and_nothing_more(again):
    file = again.folder / "water.gpkg"
    before = file.read_bytes()
    with sqlite3.connect(file) as base:
        base.execute("update gpkg_contents set last_change = '2031-01-01T00:00:00.000Z'")
    base.close()
    assert file.read_bytes() != before
    assert again.ran() == ["water"] and again.same


def test_a_file_beside_a_shapefile_counts_as_part_of_it(again):
    import geopandas

    file = again.folder / "land.shp"
    shapes = file.read_bytes()
    table = geopandas.read_file(file)
    table.loc[table["plot"] == "0/0", "use"] = "work"
    table.to_file(file)
    assert file.read_bytes() == shapes  # only the table beside it differs
    assert again.ran()[:3] == ["land", "datum", "people"] and not again.same


def test_a_changed_raster_runs_what_asks_it_and_not_the_people(again):
    import rasterio

    with rasterio.open(again.folder / "depth.tif", "r+") as file:
        values = file.read(1)
        file.write(np.where(values > 0, values + 0.5, values), 1)
    ran = again.ran()
    assert ran[0] == "depth" and "hazards" in ran and not {"roads", "people", "heights"} & set(ran)


def test_without_a_cache_every_step_runs_and_gives_the_same(again):
    fresh = build(open_recipe(again.recipe))
    assert not any(one.hit for one in fresh.done) and fresh.instance.digest == again.first.instance.digest


def test_a_damaged_cache_costs_time_and_nothing_else(again):
    files = [path for path in (again.folder / "cache").rglob("*") if path.is_file()]
    for path in files:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert len(again.ran()) == len(again.first.done) and again.same


def test_changes_between_builds_name_the_layer_the_feature_and_the_field(again, tmp_path):
    old = keep(again.first, tmp_path / "old")
    made.census(again.folder, SW=2600)
    again.ran({"travel.walk.cutoff": 20})
    found = difference(old, keep(again.last, tmp_path / "new"))
    assert [(one.name, one.changed) for one in found.layers] == [("census", ("SW",))]
    (field,) = found.layers[0].fields
    assert (field.name, field.ids, field.total) == ("people", ("SW",), 100.0)
    assert [(one.place, one.old, one.new) for one in found.rules] == [("travel.walk.cutoff", 25, 20)]
    assert {"roads", "streets", "land"} <= set(found.unchanged)
    assert {"census", "people", "travel"} <= {step.name for step in found.steps if step.state == "changed"}
    assert next(step.state for step in found.steps if step.name == "datum") == "same result"
