from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from instances.container import load
from tests.command.conftest import Said
from tests.recipe import made_town as made

Call = Callable[..., Said]
SHIPPED = sorted((Path(__file__).parents[2] / "instances" / "catalog").glob("*.yaml"))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town with its recipe; what is built beside it shares one cache. Tests must not change it."""
    town = made.write_town(tmp_path_factory.mktemp("recipes"))
    made.write_recipe(town)
    return town


@pytest.fixture
def recipe(folder: Path) -> Path:
    return folder / "recipe.yaml"


@pytest.fixture
def cache(folder: Path) -> Path:
    return folder / "cache"


def hits(said: Said) -> dict[str, bool]:
    return {step["name"]: step["hit"] for step in said.document["steps"]}


def held(folder: Path) -> set[str]:
    """Names of everything in a folder."""
    return {path.name for path in folder.iterdir()}


def test_a_recipe_becomes_an_instance_that_every_command_can_use(
    refugia: Call, recipe: Path, cache: Path, tmp_path: Path
) -> None:
    said = refugia("build", recipe, "--out", tmp_path / "town", "--cache", cache, "--json", "--quiet")
    assert said.code == 0 and said.document["name"] == str(recipe)
    path = Path(said.document["path"])
    town = load(path)
    assert town.digest == said.document["digest"]
    assert said.document["sizes"] == {name: index.size for name, index in town.indexes.items()}
    assert [step["name"] for step in said.document["steps"] if step["kind"] == "step"] == [
        "roads", "datum", "people", "sites", "places", "modes", "hazards", "scenarios", "travel", "corridors",
    ]  # fmt: skip
    checked = refugia("check", path, "--json", "--quiet")
    assert checked.code == 0 and checked.document["digest"] == town.digest
    same = refugia("changes", path, path, "--json", "--exit-code")
    assert same.code == 0 and same.document["nothing"] is True


def test_the_second_build_takes_every_step_from_the_cache_and_a_fresh_one_takes_none(
    refugia: Call, recipe: Path, cache: Path, tmp_path: Path
) -> None:
    first = refugia("build", recipe, "--out", tmp_path / "one", "--cache", cache, "--json", "--quiet")
    second = refugia("build", recipe, "--out", tmp_path / "two.zip", "--cache", cache, "--json", "--quiet")
    fresh = refugia("build", recipe, "--out", tmp_path / "three", "--fresh", "--json", "--quiet")
    assert all(hits(second).values()) and not any(hits(fresh).values())
    assert first.document["digest"] == second.document["digest"] == fresh.document["digest"]
    assert ".refugia-cache" not in held(tmp_path)  # neither the named cache nor --fresh leaves one here


def test_without_a_word_the_cache_lies_beside_the_instance(refugia: Call, recipe: Path, tmp_path: Path) -> None:
    assert refugia("build", recipe, "--out", tmp_path / "town", "--quiet").code == 0
    assert held(tmp_path) == {"town.refugia", ".refugia-cache"}
    again = refugia("build", recipe, "--out", tmp_path / "again", "--json", "--quiet")
    assert all(hits(again).values())


def test_values_of_the_recipe_are_set_by_place_and_items_of_lists_by_number(
    refugia: Call, recipe: Path, cache: Path, tmp_path: Path
) -> None:
    words = [
        "--set", "travel.walk.cutoff=15", "--set", "hazards.earthquakes.0.magnitude=7",
        "--set", "sites.exclude.0.within=1500", "--set", "title.en=Another town",
        "--set", "people.total={people: 22000, assumption: Twice as many.}",
    ]  # fmt: skip
    said = refugia("build", recipe, "--out", tmp_path / "town", "--cache", cache, "--json", "--quiet", *words)
    assert said.code == 0, said.err
    town = load(said.document["path"])
    assert town.about.title["en"] == "Another town"
    assert town.demand.people.sum() == 22_000
    assert any("magnitude 7," in title for title in town.scenarios.title.tolist())
    assert town.routes is not None and town.routes.metres.max() <= 15 * 4000 / 60 + 1e-6  # at 4 km/h
    assert (town.sites.status == "forbidden").sum() > 10
    assert not hits(said)["people"] and hits(said)["roads"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "travel.walk.cutof=3"], "--set travel.walk.cutof: is unknown; use"),
        (["--set", "hazards.earthquakes.7.magnitude=6"], "7 is no item of this list of 1"),
        (["--set", "hazards.earthquakes.0.magnitude=60"], "hazards.earthquakes[0].magnitude: must be at most 7.7"),
        (["--set", "travel..walk=3"], "names no place in a recipe"),
        (["--set", "name.first=3"], "name is no table in this recipe"),
        (["--set", "travel.walk.cutoff"], "travel.walk.cutoff"),
        (["--set", "travel.walk.cutoff=[1"], "no YAML"),
        (["--set", "folder=/no/such/folder"], "there is no folder '/no/such/folder'"),
        (["--set", "layers.census.path=$NO_SUCH_VARIABLE/x.geojson"], "NO_SUCH_VARIABLE is not set"),
        (["--set", "layers.census.path=gone.geojson"], "no file"),
        (["--set", "rules=no_such_pack"], "no_such_pack"),
    ],
)
def test_what_is_wrong_ends_with_two_one_error_and_nothing_on_disk(
    refugia: Call, recipe: Path, cache: Path, tmp_path: Path, words: list[str], said: str
) -> None:
    out = tmp_path / "here"
    out.mkdir()
    before = held(recipe.parent)
    told = refugia("build", recipe, "--out", out / "town", "--cache", cache, "--quiet", *words)
    assert told.code == 2 and said in told.err
    assert told.err.count("cannot be used") + told.err.count("cannot be followed") <= 1
    assert held(out) == set() and held(recipe.parent) - {cache.name} == before - {cache.name}


def test_all_faults_of_a_recipe_come_at_once_for_people_and_for_programs(
    refugia: Call, folder: Path, tmp_path: Path
) -> None:
    content: dict[str, Any] = made.recipe()
    content["travel"]["walk"]["cutoff"] = "far"
    content["people"]["areas"]["nme"] = "name"
    del content["sites"]["from"][1]["use"]
    path = made.write_recipe(tmp_path, content)
    lines = path.read_text("utf-8").splitlines()
    told = refugia("build", path, "--out", tmp_path / "town", "--quiet")
    assert told.code == 2 and len(told.faults) == 3
    document = refugia("build", path, "--out", tmp_path / "town", "--json", "--quiet").document["error"]
    assert document["exit_code"] == 2 and len(document["faults"]) == 3
    numbers = [int(fault.split(":")[0].removeprefix("line ")) for fault in document["faults"]]
    assert "nme: name" in lines[numbers[0] - 1] and "layer: land" in lines[numbers[1] - 1]
    assert "cutoff: far" in lines[numbers[2] - 1]
    assert held(tmp_path) == {"recipe.yaml"}


def test_an_instance_is_replaced_only_when_asked(refugia: Call, recipe: Path, cache: Path, tmp_path: Path) -> None:
    words = ("build", recipe, "--out", tmp_path / "town", "--cache", cache, "--quiet")
    assert refugia(*words).code == 0
    path = tmp_path / "town.refugia"
    before = (path / "instance.json").read_bytes()
    refused = refugia(*words, "--set", "seed=9")
    assert refused.code == 2 and "town" in refused.err
    assert (path / "instance.json").read_bytes() == before
    assert refugia(*words, "--set", "seed=9", "--force").code == 0
    assert (path / "instance.json").read_bytes() != before


def test_a_failed_build_leaves_the_instance_that_was_there(
    refugia: Call, recipe: Path, cache: Path, tmp_path: Path
) -> None:
    words = ("build", recipe, "--out", tmp_path / "town", "--cache", cache, "--quiet", "--force")
    assert refugia(*words).code == 0
    digest = load(tmp_path / "town.refugia").digest
    assert refugia(*words, "--set", "corridors.keys.0.name=nam").code == 2
    assert load(tmp_path / "town.refugia").digest == digest and held(tmp_path) == {"town.refugia"}


def test_people_are_told_the_steps_in_their_language(refugia: Call, recipe: Path, cache: Path, tmp_path: Path) -> None:
    chinese = refugia("build", recipe, "--out", tmp_path / "zh", "--cache", cache, "--lang", "zh")
    english = refugia("build", recipe, "--out", tmp_path / "en", "--cache", cache, "--lang", "en")
    assert chinese.code == english.code == 0
    assert "已构建" in chinese.out + chinese.err and "Built" in english.out
    for step in ("roads", "people", "travel"):
        assert step in english.out
    assert load(tmp_path / "zh.refugia").digest == load(tmp_path / "en.refugia").digest


def test_a_recipe_is_checked_as_it_is_and_the_report_of_an_instance_is_written(
    refugia: Call, recipe: Path, cache: Path, tmp_path: Path
) -> None:
    checked = refugia("check", recipe, "--json", "--quiet")
    built = refugia("build", recipe, "--out", tmp_path / "town", "--cache", cache, "--json", "--quiet")
    assert checked.code == 0 and checked.document["digest"] == built.document["digest"]
    assert checked.document["faults"] == []
    said = refugia("check", built.document["path"], "--out", tmp_path / "report", "--quiet")
    assert said.code == 0
    page = (tmp_path / "report" / "report.html").read_text("utf-8")
    assert "Made town" in page or "made_town" in page
    broken = made.write_recipe(tmp_path, made.recipe() | {"crs": "EPSG:4326"})
    assert refugia("check", broken, "--quiet").code == 2


def test_changes_name_the_layer_the_feature_and_the_field(refugia: Call, tmp_path: Path) -> None:
    town = tmp_path / "town"
    town.mkdir()
    recipe = made.write_recipe(made.write_town(town))
    assert refugia("build", recipe, "--out", tmp_path / "old", "--quiet").code == 0
    made.census(town, SE=1500)
    assert refugia("build", recipe, "--out", tmp_path / "new", "--quiet", "--set", "travel.drive.nearest=2").code == 0
    told = refugia("changes", tmp_path / "old.refugia", tmp_path / "new.refugia", "--json", "--exit-code")
    assert told.code == 3
    census = next(layer for layer in told.document["layers"] if layer["name"] == "census")
    assert census["changed"] == ["SE"] and [field["name"] for field in census["fields"]] == ["people"]
    assert census["fields"][0]["values"] == [["SE", 1499, 1500]]
    assert [rule["place"] for rule in told.document["rules"]] == ["travel.drive.nearest"]
    shown = refugia("changes", tmp_path / "old.refugia", tmp_path / "new.refugia", "--lang", "zh").out
    assert "census" in shown and "SE" in shown and "1500" in shown


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_schema_of_recipes_accepts_those_of_the_catalog(refugia: Call, path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    from instances.form import parse

    schema = refugia("schema", "recipe").document
    jsonschema.Draft202012Validator.check_schema(schema)
    content, _, faults = parse(path.read_text("utf-8"))
    assert faults == []
    # What an editor sees is JSON: the same values, keys as text.
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(json.loads(json.dumps(content)))) == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("crs", 3),
        ("travel", {"walk": {"cutof": 3}}),
        ("seed", -1),
        ("layers", {"a b": {"path": "x.gpkg"}}),
        ("people", 1),
    ],
)
def test_the_schema_of_recipes_refuses_what_refugia_refuses(refugia: Call, place: str, value: Any) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    from instances.recipe.opening import RecipeError, recipe_of

    validator = jsonschema.Draft202012Validator(refugia("schema", "recipe").document)
    good = json.loads(json.dumps(made.recipe()))
    assert list(validator.iter_errors(good)) == []
    assert list(validator.iter_errors(good | {place: value}))
    with pytest.raises(RecipeError):
        recipe_of(good | {place: value}, Path())
