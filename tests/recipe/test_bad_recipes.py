"""Recipes and layers that are wrong: one error that names every fault with its place."""

import math
import re

import pytest

from instances.form import put
from instances.recipe.build import build
from instances.recipe.opening import RecipeError, open_recipe, recipe_of
from instances.schema import InstanceError
from tests.recipe import made_town as made


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A town that has been built once, so that what is right is not done again and again."""
    folder = made.write_town(tmp_path_factory.mktemp("town"))
    build(recipe_of(made.recipe(), folder), folder / "cache")
    return folder


def changed(**places):
    """The recipe with other values; places are written with __ for dots."""
    content = made.recipe()
    for place, value in places.items():
        assert put(content, place.replace("__", "."), value, "recipe") is None
    return content


def faults_of(folder, content):
    """Faults of following a recipe, or of reading it."""
    with pytest.raises(InstanceError) as error:
        build(recipe_of(content, folder), folder / "cache")
    assert str(error.value).count("\n  - ") == len(error.value.faults) > 0
    return error.value.faults


def written(folder, content):
    """Faults of a recipe in a file, with the text of the line that each names."""
    path = made.write_recipe(folder, content, "bad.yaml")
    lines = path.read_text("utf-8").splitlines()
    with pytest.raises(RecipeError) as error:
        open_recipe(path)
    found = []
    for fault in error.value.faults:
        number, said = re.fullmatch(r"line (\d+): (.*)", fault, re.DOTALL).groups()
        found.append((lines[int(number) - 1].strip(), said))
    return found


# --- what stands in the file -------------------------------------------------------------------------------------


def test_a_layer_that_is_not_there_is_named_in_every_section_with_its_line(tmp_path):
    places = {
        "roads__source__lines": "streetz",
        "people__areas__layer": "sensus",
        "people__by__land__layer": "lund",
        "people__day__commuters__towards__land__layer": "landd",
        "zones__levels__0__layer": "halfs",
        "sites__from__0__layer": "plazes",
        "sites__exclude__1__layer": "depht",
        "hazards__footprints__0__layer": "vater",
        "hazards__chains__0__services__0__layer": "stazions",
        "hazards__chains__1__heights": "hights",
        "corridors__keys__0__layer": "center",
    }
    found = written(tmp_path, changed(**places))
    assert len(found) == len(places)
    meant = ["streets", "census", "land", "land", "halves", "places", "depth", "water", "stations", "heights", "centre"]
    for (place, wrong), right in zip(places.items(), meant, strict=True):
        dotted = re.sub(r"__(\d+)", r"[\1]", place).replace("__", ".")
        line, said = next(pair for pair in found if pair[1].startswith(f"{dotted}: "))
        assert wrong in line and f"no layer {wrong!r}" in said and f"(did you mean {right}?)" in said


def test_words_that_look_like_layers_and_are_none_are_left_alone(tmp_path):
    assert recipe_of(changed(people__within="roads"), tmp_path)
    with pytest.raises(RecipeError, match=r"people\.within: no layer 'rodes'"):
        recipe_of(changed(people__within="rodes"), tmp_path)


UNKNOWN = {
    "crss": ("crss", "did you mean crs?"),
    "layers.census.pth": ("layers.census.pth", "did you mean path?"),
    "roads.source.onewya": ("roads.source.onewya", "did you mean oneway?"),
    "people.areas.nmae": ("people.areas.nmae", "did you mean name?"),
    "zones.levels.0.titel": ("zones.levels[0].titel", "did you mean title?"),
    "sites.from.0.capacitiy": ("sites.from[0].capacitiy", "did you mean capacity?"),
    "sites.from.2.drwa": ("sites.from[2].drwa", "did you mean draw?"),
    "hazards.declared.0.causes.0.shar": ("hazards.declared[0].causes[0].shar", "did you mean share?"),
    "hazards.chains.1.steeep": ("hazards.chains[1].steeep", "did you mean steep?"),
    "hazards.chains.0.services.0.fials": ("hazards.chains[0].services[0].fials", "did you mean fails?"),
    "travel.walk.cutof": ("travel.walk.cutof", "did you mean cutoff?"),
    "corridors.keys.0.wayz": ("corridors.keys[0].wayz", "did you mean ways?"),
}


def test_unknown_keys_are_named_as_written_with_the_line_and_what_was_meant(tmp_path):
    found = written(tmp_path, changed(**{place.replace(".", "__"): 1 for place in UNKNOWN}))
    assert len(found) == len(UNKNOWN)
    for place, (shown, meant) in UNKNOWN.items():
        line, said = next(pair for pair in found if pair[1].startswith(f"{shown}: "))
        assert line.removeprefix("- ").startswith(f"{place.split('.')[-1]}: 1")
        assert "is unknown; use " in said and said.endswith(f"({meant})")


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("recipe", 2, "recipe: 2 is unknown; use 1"),
        ("name", "", "name: "),
        ("title", "Made town", "title: must be a table, got 'Made town'"),
        ("crs", 32633, "crs: must be text, got 32633"),
        ("extent", {"west": 16, "south": 48, "east": 15, "north": 49}, "west must lie west of east"),
        ("layers.9lives", {"path": "x.gpkg"}, "layers.9lives: '9lives' must be a name of letters, digits and _"),
        ("layers.census", {"path": "census.xyz"}, "census.xyz has no suffix that is known"),
        ("layers.census", {"database": "postgresql://a:secret@host/b", "table": "t"}, "a password in clear"),
        ("layers.census.path", None, "give one of path, database"),
        ("layers.streets.band", 0, "layers.streets.band: must be at least 1, got 0"),
        ("roads.source", "streets", "roads.source: "),
        ("roads.oneway", "no", "roads.oneway: 'no' is unknown; use binds, ignored"),
        ("people", None, "people: must be a table, got nothing"),
        ("people.points", {"layer": "places"}, "people: give exactly one source"),
        ("people.to.grid", -5, "people.to.grid: must be more than 0, got -5"),
        ("people.to.areas", "land", "people.to: give exactly one target"),
        ("people.groups.children.share", 0.1, "people.groups.children: give exactly one number"),
        ("people.by.land.assumption", None, "give either a source with its clause, or an assumption"),
        ("people.day.commuters.share", 1.4, "people.day.commuters.share: must be at most 1, got 1.4"),
        ("zones.levels", [], "zones.levels: "),
        ("zones.promise", "street", "zones: promise names no level; there are half, quarter"),
        ("zones.levels.1.level", "half", "zones: two levels have the same name"),
        ("sites.from", [], "sites.from: "),
        ("sites.from.1.use_column", "use", "sites.from[1]: give either use or use_column"),
        ("sites.from.2.least", 1e9, "sites.from[2]: least 1e+09 m2 is above most"),
        ("sites.exclude.0.above", 3, "sites.exclude[0]: give exactly one of within, beyond, covered, above, below"),
        ("sites.exclude.1.name", "plant", "sites: rules of exclude named twice: plant"),
        ("sites.suitability.criteria.0.radius", None, "measure people needs radius"),
        ("sites.suitability.criteria.0.measure", "beauty", "'beauty' is unknown; use area, distance, road"),
        ("hazards.footprints.0.unit", "kg", "hazards.footprints[0]: unit 'kg' does not measure depth"),
        ("hazards.footprints.0.weight", 3, "give only one of probability, return_period and weight"),
        ("hazards.earthquakes.0.magnitude", 9, "hazards.earthquakes[0].magnitude: must be at most 7.7, got 9"),
        ("hazards.earthquakes.0.at", {"x": 1}, "hazards.earthquakes[0].at: give either x and y, or lon and lat"),
        ("hazards.seasons.0.share", 0.5, "hazards: seasons: shares sum to 1.1, not 1"),
        ("hazards.times.day", 0.75, "hazards.times: day and night sum to 1.25, not 1"),
        ("hazards.declared.0.causes.0.hazard", "meteor", "hazards.declared[0].causes[0]: "),
        ("hazards.chains.0.services.0.needs", ["power"], "needs go in a circle: power"),
        ("hazards.chains.1.slope", "heights", "hazards.chains[1]: give either slope or heights"),
        ("travel.walk.cutoff", 0, "travel.walk.cutoff: must be more than 0, got 0"),
        ("travel.walk.cutoff", math.nan, "travel.walk.cutoff: must be "),
        ("travel.straight", {"detour": 0.5}, "travel.straight.detour: must be at least 1, got 0.5"),
        ("corridors.keys.0.tier", "village", "'village' is unknown; use regional, city, local"),
        ("corridors.keys.0.use", "school", "corridors.keys[0]: give one of layer, osm, use and at"),
        ("scenarios", {"reduce": {"to": 0}}, "scenarios.reduce.to: must be at least 1, got 0"),
    ],
)
def test_every_section_says_what_is_wrong_with_it_and_where(tmp_path, place, value, said):
    found = written(tmp_path, changed(**{place.replace(".", "__"): value}))
    assert len(found) == 1
    assert said in found[0][1]
    section = place.split(".")[0]
    assert found[0][1].startswith(section)


def test_faults_of_all_sections_come_in_one_error_in_the_order_of_the_file(tmp_path):
    wrong = {"crs": 1, "roads__oneway": "no", "people__to__grid": 0, "zones__levels__0__level": "", "travel__walk": 3}
    path = made.write_recipe(tmp_path, changed(**wrong))
    with pytest.raises(RecipeError) as error:
        open_recipe(path, {"seed": -1, "layers.census.band": 0})
    numbers = [int(fault.split()[1].rstrip(":")) for fault in error.value.faults if fault.startswith("line")]
    assert len(numbers) == len(wrong) and numbers == sorted(numbers)
    by_hand = [fault for fault in error.value.faults if fault.startswith("--set")]
    assert len(by_hand) == 2 and "--set seed: must be at least 0, got -1" in by_hand


def test_a_key_that_stands_twice_is_a_fault_and_not_the_last_one_wins(tmp_path):
    path = made.write_recipe(tmp_path)
    path.write_text(path.read_text("utf-8") + "seed: 9\n", "utf-8")
    with pytest.raises(RecipeError, match=r"line \d+: seed stands twice, first in line \d+; keep one"):
        open_recipe(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a recipe is a table"),
        ("- a\n- b\n", "a recipe is a table"),
        ("recipe: [1\n", "no YAML"),
        ("recipe: 1\n\tname: x\n", "no YAML"),
        ("recipe: 1\n", "people: is missing"),
    ],
)
def test_what_is_no_recipe_is_said_to_be_none(tmp_path, text, said):
    path = tmp_path / "recipe.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(RecipeError, match=re.escape(said)):
        open_recipe(path)


def test_a_recipe_that_cannot_be_read_is_one_error(tmp_path):
    (tmp_path / "latin.yaml").write_bytes("recipe: 1\nname: Zürich\n".encode("latin-1"))
    for path, said in ((tmp_path / "none.yaml", "no such file"), (tmp_path, "is a folder"), ("latin.yaml", "UTF-8")):
        with pytest.raises(RecipeError, match=said):
            open_recipe(tmp_path / path)


def test_variables_packages_and_folders_that_are_not_there_are_said(tmp_path, monkeypatch):
    monkeypatch.delenv("NO_SUCH_PLACE", raising=False)
    content = changed(
        layers__census__path="$NO_SUCH_PLACE/census.geojson",
        layers__depth__path="package:no_such_package/depth.tif",
        layers__heights__path="package:numpy/heights.tif",
        folder="nowhere/at/all",
    )
    found = dict(said.split(": ", 1) for _, said in written(tmp_path, content))
    assert found["layers.census.path"].startswith("NO_SUCH_PLACE is not set")
    assert found["layers.depth.path"].startswith("the Python package no_such_package is not installed; pip install")
    assert found["layers.heights.path"].startswith("numpy is installed without heights.tif")
    assert found["folder"] == "there is no folder 'nowhere/at/all'"
    (line, said), *rest = written(tmp_path, changed(folder="${NO_SUCH_PLACE}/data"))
    assert not rest and line.startswith("folder: ") and "it to the folder that holds streets.gpkg" in said


# --- what only the layers show -----------------------------------------------------------------------------------


def test_every_missing_file_is_named_with_where_to_get_it(town):
    content = changed(
        layers__census={"path": "gone.geojson", "url": "https://example.org/census"},
        layers__land__path="gone.shp",
        layers__depth__path="gone.tif",
    )
    faults = faults_of(town, content)
    assert [fault.split(":")[0] for fault in faults] == ["layer census", "layer land", "layer depth"]
    assert "get it from https://example.org/census" in faults[0] and "check the path" in faults[1]


def test_wrong_columns_of_people_and_sites_come_in_one_error(town):
    content = changed(
        people__areas__people="peeple",
        people__groups__children__count="kids",
        people__by__land__column="usage",
        sites__from__0__area="flour",
        sites__from__0__status_column="condition",
    )
    faults = faults_of(town, content)
    for column in ("peeple", "kids", "usage"):
        assert any(f"no column {column!r}; it has " in fault for fault in faults)


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ({"crs": "EPSG:99999999"}, "not a known coordinate reference system"),
        ({"crs": "EPSG:4326"}, "is in degrees"),
        ({"crs": "EPSG:3857"}, "Web Mercator"),
        ({"crs": "EPSG:28992"}, "outside the area of use"),
        ({"extent": {"west": 1, "south": 1, "east": 2, "north": 2}}, "outside the area of use"),
        ({"layers__places__crs": "EPSG:4326"}, "layer places: is in degrees"),
        ({"layers__places__crs": None}, "layer places: has no reference system"),
        ({"layers__streets__crs": "EPSG:28992"}, "layer streets: says it is in WGS 84 / UTM zone 33N"),
        ({"layers__census__key": "remark"}, "every key must be unique"),
        ({"layers__streets__layer": "lanes"}, "no layer 'lanes' in it; it holds streets, centre"),
        ({"layers__streets__layer": None}, "it holds 2 layers; say which"),
        ({"layers__land__where": {"usage": ["park"]}}, "where: no column 'usage'"),
        ({"roads__source__class": "name"}, "no street is left"),
        ({"people__areas__layer": "depth"}, "a vector layer is needed"),
        ({"people__areas__people": "name"}, "4 of 4 values are not numbers"),
        ({"people__within": "plants"}, "has no polygons"),
        ({"people__by__land__weights": {"castle": 1.0}}, "no feature has a weight above 0"),
        ({"sites__from__1__use": "parc"}, "have the use 'parc'"),
        ({"sites__exclude__0__grades": ["royal"]}, "no grade royal; the grades are"),
        ({"sites__exclude__1__layer": "land"}, "has features and no raster values"),
        ({"zones__levels__0__title": "nam"}, "no column 'nam'"),
        ({"zones__levels__0__layer": "places"}, "places"),
        ({"hazards__footprints__0__column": "deep"}, "deep"),
        ({"hazards__footprints__1__layer": "census"}, "name the column of census"),
        ({"hazards__curves": {"choose": ["no_such_curve"]}}, "no curve called 'no_such_curve'"),
        ({"corridors__keys__0__name": "nam"}, "no column 'nam'"),
        ({"scenarios": {"reduce": {"to": 3, "keep": ["mild"]}}}, "no level or scenario called 'mild'"),
        ({"rules": "no_such_pack"}, "no_such_pack"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_what_a_layer_cannot_give_is_said_in_plain_words(town, places, said):
    assert any(said in fault for fault in faults_of(town, changed(**places)))


def without_sites():
    uses = "school", "sports", "warehouse", "hospital", "park", "reserve_land"
    return changed(sites__least_area=dict.fromkeys(uses, 1e9), sites__from__0__statuses={"ready": "candidate"})


def test_a_town_without_any_site_is_refused(town):
    assert any("site" in fault for fault in faults_of(town, without_sites()))


def nobody(table):
    return table.assign(people=0, children=0)


def missing(table):
    table = table.astype({"people": float, "children": float})
    table.loc[1, "people"], table.loc[2, "children"] = math.nan, math.nan
    return table


def negative(table):
    table.loc[1, "people"] = -5
    return table


def more_children_than_people(table):
    table.loc[0, "children"] = 99_999
    return table


def nowhere(table):
    table.loc[0, "geometry"] = None
    return table


def far_away(table):
    return table.assign(geometry=table.geometry.translate(5.0))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (nobody, ["sums to 0"]),
        (missing, ["column people [people]: 1 of 4 values are missing", "column children [people]: 1 of 4 values are"]),
        (negative, ["column people [people]: 1 of 4 values are outside 0"]),
        (more_children_than_people, ["1 features have more of it (children) than people, first NW"]),
        (nowhere, ["1 of 4 features have no place, first NW"]),
        (far_away, ["check the crs and datum"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_census_that_makes_no_sense_is_refused_with_every_reason(town, tmp_path, spoil, said):
    import geopandas

    file = tmp_path / "census.geojson"
    spoil(geopandas.read_file(town / "census.geojson")).to_file(file, driver="GeoJSON")
    faults = faults_of(town, changed(layers__census__path=str(file)))
    assert all(any(words in fault for fault in faults) for words in said)
