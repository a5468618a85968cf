"""The manual of recipes names every field as it is, and what it shows a newcomer works as written."""

from __future__ import annotations

import inspect
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import typing
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from instances.instance import Instance
from instances.layers.rule import SUFFIXES, LayerRule
from instances.recipe.build import build
from instances.recipe.format import Recipe
from instances.recipe.opening import open_recipe
from instances.rule import Grounded
from instances.schema import InstanceError

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
MANUALS = {"en": "docs/recipes.md", "zh": "docs/zh-recipes.md"}
TEXT = {lang: (ROOT / path).read_text(encoding="utf-8") for lang, path in MANUALS.items()}
REQUIRED = {"en": "required", "zh": "必填"}
BASIS = ["source", "clause", "assumption"]


def held(annotation: Any) -> list[type[BaseModel]]:
    """Models in a type, however deep."""
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in typing.get_args(annotation) for model in held(part)]


def reached() -> dict[str, type[BaseModel]]:
    """Every model that a recipe may contain, by module and class."""
    found: dict[str, type[BaseModel]] = {}
    waiting: list[type[BaseModel]] = [Recipe]
    while waiting:
        model = waiting.pop()
        name = f"{model.__module__.removeprefix('instances.')}.{model.__name__}"
        if name not in found:
            found[name] = model
            waiting += [one for field in model.model_fields.values() for one in held(field.annotation)]
    return found


def tables(lang: str) -> dict[str, list[list[str]]]:
    """Rows of the tables of fields, by the models that they describe."""
    found: dict[str, list[list[str]]] = {}
    for names, body in re.findall(r"<!-- fields: ([\w. ]+) -->\n\|.*\n\|[-|]+\n((?:\|.*\n)+)", TEXT[lang]):
        rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in body.splitlines()]
        for name in names.split():
            assert name not in found, f"{name} has two tables"
            found[name] = rows
    return found


MODELS = reached()
TABLES = {lang: tables(lang) for lang in MANUALS}


def test_the_walk_over_the_models_finds_every_section() -> None:
    assert {"people.rule.PeopleRule", "layers.rule.LayerRule", "hazards.sources.rule.At"} <= set(MODELS)
    assert len(MODELS) > 50


@pytest.mark.parametrize("lang", MANUALS)
def test_every_section_of_a_recipe_has_its_table(lang: str) -> None:
    assert set(TABLES[lang]) == set(MODELS)


@pytest.mark.parametrize("lang", MANUALS)
@pytest.mark.parametrize("name", MODELS)
def test_a_table_names_every_field_with_its_default(lang: str, name: str) -> None:
    model = MODELS[name]
    fields = {field.alias or key: field for key, field in model.model_fields.items()}
    named = [re.findall(r"`(\w+)`", row[0]) for row in TABLES[lang][name]]
    given = [one for group in named for one in group]
    wanted = [key for key in fields if not (issubclass(model, Grounded) and key in BASIS)]
    assert given == [*wanted, *(BASIS if issubclass(model, Grounded) else [])]
    for group, row in zip(named, TABLES[lang][name], strict=True):
        if len(group) == 1:
            field = fields[group[0]]
            assert (row[2] == REQUIRED[lang]) == field.is_required(), f"{name}.{group[0]}"
            default = None if field.is_required() else field.get_default(call_default_factory=True)
            if isinstance(default, str | int | float) and default != "":
                assert row[2] == f"`{json.dumps(default)}`", f"{name}.{group[0]}"


@pytest.mark.parametrize("name", MODELS)
def test_the_english_manual_says_of_a_field_what_the_schema_says(name: str) -> None:
    for row in TABLES["en"][name]:
        named = re.findall(r"`(\w+)`", row[0])
        fields = {field.alias or key: field for key, field in MODELS[name].model_fields.items()}
        said = fields[named[0]].description if len(named) == 1 else None
        if said is not None:
            assert said.rstrip(".").lower() in row[3].replace("\\|", "|").lower(), f"{name}.{named[0]}: {said}"


def test_both_manuals_have_the_same_sections_and_commands() -> None:
    heads = {lang: re.findall(r"^#+ (`\w+`)?", text, flags=re.MULTILINE) for lang, text in TEXT.items()}
    assert heads["en"] == heads["zh"]
    assert commands("en") == [line.removesuffix(" --lang zh") for line in commands("zh")]


def commands(lang: str) -> list[str]:
    """Lines of the manual that call the program."""
    return re.findall(r"^(refugia [^\n#]*?)\s*(?:#.*)?$", TEXT[lang], flags=re.MULTILINE)


def call(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """One line of the manual, typed in a folder."""
    words = shlex.split(line)[1:]
    target = None
    if ">" in words:
        at = words.index(">")
        words, target = words[:at], folder / words[at + 1]
    code = "from solver.command.main import run; run()"
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=folder, capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    if target is not None:
        target.write_text(done.stdout, "utf-8")
    return done


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, subprocess.CompletedProcess[str]]]:
    """Everything that the first section of the manual tells to type, typed."""
    folder = tmp_path_factory.mktemp("newcomer")
    shutil.copytree(EXAMPLES, folder / "docs" / "examples")
    lines = [line for line in commands("en") if "town" in line or "schema" in line]
    return folder, {line: call(f"{line} --json" if " build " in line else line, folder) for line in lines}


def test_the_first_ten_minutes_work_as_written(followed: Any) -> None:
    _, done = followed
    assert [line.split()[1] for line in done] == ["build", "check", "solve", "build", "changes", "schema"]
    for line, result in done.items():
        assert result.returncode == 0, f"{line}: {result.stderr}"
    (report,) = [" ".join(result.stdout.split()) for line, result in done.items() if line.startswith("refugia check")]
    assert "can reach no place" in report


def test_only_the_walks_are_looked_for_again_when_people_walk_less_far(followed: Any) -> None:
    folder, done = followed
    (again,) = [result for line, result in done.items() if "--set travel" in line]
    ran = [step["name"] for step in json.loads(again.stdout)["steps"] if not step["hit"]]
    assert ran == ["travel"]
    (told,) = [result.stdout for line, result in done.items() if line.startswith("refugia changes")]
    assert "travel.walk.cutoff" in told
    schema = json.loads((folder / "recipe.schema.json").read_text("utf-8"))
    assert set(schema["properties"]) == set(Recipe.model_fields)


def test_the_example_keeps_everybody_and_is_marked_as_invented() -> None:
    files = sorted(EXAMPLES.iterdir())
    assert sum(path.stat().st_size for path in files) < 60_000
    blocks = json.loads((EXAMPLES / "blocks.geojson").read_text("utf-8"))
    instance: Instance = build(open_recipe(EXAMPLES / "town.yaml")).instance
    assert instance.demand.people.sum() == sum(f["properties"]["people"] for f in blocks["features"])
    assert "invented" in instance.about.title["en"] and "虚构" in instance.about.title["zh"]
    for path in files:
        assert path.suffix == ".csv" or "nvented" in path.read_text("utf-8"), path.name


def test_the_example_uses_every_kind_of_section_that_it_says_a_recipe_may_have() -> None:
    content = yaml.safe_load((EXAMPLES / "town.yaml").read_text("utf-8"))
    assert {"layers", "roads", "people", "zones", "sites", "hazards", "travel", "corridors"} <= set(content)


@pytest.mark.parametrize("lang", MANUALS)
def test_the_layers_shown_in_the_manual_are_layers(lang: str) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", TEXT[lang], flags=re.DOTALL)
    assert blocks
    for block in blocks:
        for rule in yaml.safe_load(block)["layers"].values():
            LayerRule.model_validate(rule)


@pytest.mark.parametrize("lang", MANUALS)
def test_formats_that_the_manual_says_are_not_read_are_not_known(lang: str) -> None:
    assert "NetCDF" in TEXT[lang] and "VRT" in TEXT[lang]
    assert not {".nc", ".vrt"} & set(SUFFIXES)


@pytest.mark.parametrize("lang", MANUALS)
def test_every_file_and_page_that_the_manual_names_exists(lang: str) -> None:
    named = re.findall(r"`((?:docs|instances|solver)/[\w./-]+)`", TEXT[lang])
    linked = re.findall(r"\]\(([\w.-]+\.md)\)", TEXT[lang])
    assert named and linked
    for path in [ROOT / name for name in named] + [ROOT / "docs" / name for name in linked]:
        assert path.exists(), path


IN_THE_MANUAL = ("crs is missing", "is unknown; use", "there are", "is not set")
CHANGES = {
    "crs is missing": ("crs: EPSG:32631", "#"),
    "is unknown; use": ("walk: {cutoff: 30}", "walk: {cutof: 30}"),
    "there are": ("- layer: candidates", "- layer: candidate"),
    "no file 'mine.yaml'": ("seed: 1", "seed: 1\nrules: mine.yaml"),
    "is not set": ("seed: 1", "folder: $REFUGIA_NO_SUCH_FOLDER\nseed: 1"),
}


@pytest.mark.parametrize("message", CHANGES)
def test_faults_read_as_the_manual_says(message: str, tmp_path: Path) -> None:
    folder = tmp_path / "examples"
    shutil.copytree(EXAMPLES, folder)
    text = (folder / "town.yaml").read_text("utf-8")
    before, after = CHANGES[message]
    assert before in text
    (folder / "town.yaml").write_text(text.replace(before, after, 1), "utf-8")
    with pytest.raises(InstanceError, match=message):
        build(open_recipe(folder / "town.yaml"))
    for manual in TEXT.values():
        assert message in manual or message not in IN_THE_MANUAL


@pytest.mark.parametrize("lang", MANUALS)
def test_the_lines_of_python_run_as_written(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (lines,) = re.findall(r"```python\n(.*?)```", TEXT[lang], re.DOTALL)
    names: dict[str, Any] = {}
    exec(lines, names)
    assert names["built"].instance.about.name == yaml.safe_load((EXAMPLES / "town.yaml").read_text())["name"]
