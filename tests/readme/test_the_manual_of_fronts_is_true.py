"""The manual of fronts names every field, file and column as it is, and what it shows works as written."""

from __future__ import annotations

import inspect
import json
import re
import shutil
import subprocess
import sys
import typing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from pydantic import BaseModel

from formulations.plan.rules import OBJECTIVES
from formulations.zoning import OBJECTIVES as OF_LAND
from solver.fronts import parcels
from solver.fronts.run import MAPS, FrontRun, perform_front
from solver.fronts.store import load_front
from solver.pareto.exact import METHODS
from solver.pareto.front import Label
from solver.pareto.parallel import COLUMNS
from solver.run import EXPLANATION
from solver.study import Study, Zoning, load_study
from solver.tradeoffs import Tradeoffs
from tests.readme.test_the_manual_of_recipes_is_true import call, held

ROOT = Path(__file__).parents[2]
MANUALS = {"en": "docs/fronts.md", "zh": "docs/zh-fronts.md"}
TEXT = {lang: (ROOT / path).read_text(encoding="utf-8") for lang, path in MANUALS.items()}
REQUIRED = {"en": "required", "zh": "必填"}


def reached() -> dict[str, type[BaseModel]]:
    """Every model that a section ``front`` may contain, and the question of zoning, by module and class."""
    found: dict[str, type[BaseModel]] = {}
    waiting: list[type[BaseModel]] = [Tradeoffs, Zoning]
    while waiting:
        model = waiting.pop()
        name = f"{model.__module__.removeprefix('solver.')}.{model.__name__}"
        if name not in found:
            found[name] = model
            waiting += [one for field in model.model_fields.values() for one in held(field.annotation)]
    return found


def table(lang: str, mark: str) -> list[list[str]]:
    """Rows of the table under a mark."""
    (body,) = re.findall(rf"<!-- {re.escape(mark)} -->\n\|.*\n\|[-|]+\n((?:\|.*\n)+)", TEXT[lang])
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))] for line in body.splitlines()]


def words(cell: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", cell)


MODELS = reached()


@pytest.mark.parametrize("lang", MANUALS)
def test_every_section_has_its_table(lang: str) -> None:
    assert {"tradeoffs.Tradeoffs", "tradeoffs.Group", "tradeoffs.Weighting", "source.Source"} <= set(MODELS)
    assert sorted(re.findall(r"<!-- fields: ([\w.]+) -->", TEXT[lang])) == sorted(MODELS)


@pytest.mark.parametrize("lang", MANUALS)
@pytest.mark.parametrize("name", MODELS)
def test_a_table_names_every_field_with_its_default_and_choices(lang: str, name: str) -> None:
    fields, rows = MODELS[name].model_fields, table(lang, f"fields: {name}")
    assert [words(row[0]) for row in rows] == [[key] for key in fields]
    for field, (key, value, default, meaning) in zip(fields.values(), rows, strict=True):
        assert (default == REQUIRED[lang]) == field.is_required(), f"{name}.{key}"
        usual = None if field.is_required() else field.get_default(call_default_factory=True)
        if isinstance(usual, str | int | float) and usual != "":
            assert default == f"`{json.dumps(usual)}`", f"{name}.{key}"
        if typing.get_origin(field.annotation) is typing.Literal:
            assert words(value) == list(typing.get_args(field.annotation)), f"{name}.{key}"
        if lang == "en":
            assert (field.description or "").rstrip(".").lower() in meaning.lower(), f"{name}.{key}"


@pytest.mark.parametrize("lang", MANUALS)
def test_every_objective_label_and_method_is_named(lang: str) -> None:
    named = set(words(TEXT[lang]))
    assert set(OBJECTIVES) | set(OF_LAND) | {label.value for label in Label} <= named
    asked = set(typing.get_args(Tradeoffs.model_fields["method"].annotation))
    assert asked | set(METHODS) <= named
    assert f"{COLUMNS:,}" in TEXT[lang]


def test_both_manuals_have_the_same_sections_commands_and_sources() -> None:
    def commands(lang: str) -> list[str]:
        return [line.removesuffix(" --lang zh") for line in re.findall(r"^refugia .*$", TEXT[lang], re.MULTILINE)]

    assert commands("en") == commands("zh")
    for pattern in (r"^(#+) ", r"<!-- ([\w:. ]+) -->", r"\]\((https?://[^)]+)\)"):
        first, second = (re.findall(pattern, TEXT[lang], re.MULTILINE) for lang in MANUALS)
        assert first == second
    blocks = [
        [re.sub(r"#.*", "", b) for b in re.findall(r"```(?:python|yaml)\n(.*?)```", t, re.S)] for t in TEXT.values()
    ]
    assert blocks[0] == blocks[1]


@pytest.mark.parametrize("lang", MANUALS)
def test_the_section_shown_in_the_manual_is_one(lang: str) -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", TEXT[lang], flags=re.DOTALL)
    study = Study.of({"instance": "city", **yaml.safe_load(block)})
    assert study.front is not None and [group.name for group in study.front.objectives] == ["cost", "hardship"]


@pytest.mark.parametrize("lang", MANUALS)
def test_every_file_and_module_that_the_manual_names_exists(lang: str) -> None:
    named = re.findall(r"`((?:docs|notebooks)/[\w./-]+)`", TEXT[lang])
    linked = re.findall(r"\]\(([\w.-]+\.md)\)", TEXT[lang])
    modules = re.findall(r"`(solver(?:\.\w+)+)`", TEXT[lang])
    assert named and linked and modules
    for path in [ROOT / name for name in named] + [ROOT / "docs" / name for name in linked]:
        assert path.exists(), path
    for name in modules:
        path = ROOT / name.replace(".", "/")
        inside = path.parent.with_suffix(".py")
        found = path.is_dir() or path.with_suffix(".py").exists()
        assert found or f"def {path.name}(" in inside.read_text("utf-8"), name


@pytest.mark.parametrize("lang", MANUALS)
def test_every_option_that_the_manual_uses_is_in_the_help(lang: str) -> None:
    code = "import sys; from solver.command.main import run; sys.argv = ['refugia', 'front', '--help']; run()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    used = set(re.findall(r" (--[a-z][a-z-]+)", TEXT[lang])) | {"--resume", "--points"}
    assert {option for option in used if option not in done.stdout} == set()


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> FrontRun:
    """The example of the manual, with everything that it can ask for, cut short."""
    study = load_study(
        ROOT / "docs" / "examples" / "front.yaml",
        {
            "front.points": 4,
            "front.time_limit": 30,
            "front.method": "hybrid",
            "front.genetic": {"population": 8, "generations": 2},
            "front.robustness.instance": {"path": "town.yaml", "options": {"travel.walk.cutoff": 40}},
        },
    )
    folder = tmp_path_factory.mktemp("manual")
    return perform_front(study, folder / "town-front")


@pytest.fixture(scope="module")
def zoned(tmp_path_factory: pytest.TempPathFactory) -> FrontRun:
    """A zoning front of a small town, cut short."""
    size = {"parcels": 100, "scenarios": 2}
    few = {"instance": {"case": "land", "options": size}, "front.genetic": {"population": 12, "generations": 2}}
    study = load_study(ROOT / "solver" / "studies" / "land.yaml", few | {"front.points": 4})
    return perform_front(study, tmp_path_factory.mktemp("land") / "front")


OF_ZONING = {f"{name}.{kind}" for name in parcels.TABLES for kind in ("csv", "parquet")} | set(MAPS)


@pytest.mark.parametrize("lang", MANUALS)
def test_every_file_of_a_run_is_in_the_manual(lang: str, finished: FrontRun) -> None:
    listed = [words(row[0])[0] for row in table(lang, "files")]
    assert sorted(listed) == sorted({path.name for path in finished.folder.iterdir()} | {EXPLANATION} | OF_ZONING)


@pytest.mark.parametrize("lang", MANUALS)
def test_every_column_of_a_run_is_in_the_manual(lang: str, finished: FrontRun) -> None:
    # families are told only where plans differ, and unknown probabilities only where there are such
    check_columns(lang, finished, {"groups": {"family", "middle"}, "robustness": {"robust"}})
    written = {path.stem for path in finished.folder.glob("*.parquet")}
    assert {words(row[0])[0] for row in table(lang, "columns")} == written | set(parcels.TABLES)


@pytest.mark.long
@pytest.mark.parametrize("lang", MANUALS)
def test_every_file_and_column_of_a_zoning_run_is_in_the_manual(lang: str, zoned: FrontRun) -> None:
    check_columns(lang, zoned, {"groups": {"family", "middle"}})
    there = {path.name for path in zoned.folder.iterdir()}
    assert OF_ZONING <= there <= {words(row[0])[0] for row in table(lang, "files")}


def check_columns(lang: str, run: FrontRun, absent: dict[str, set[str]]) -> None:
    """The tables of a run have the columns that the manual tells; some may be ``absent``."""
    # what stands in brackets explains
    told = {words(row[0])[0]: words(re.sub(r"[(（][^)）]*[)）]", "", row[1])) for row in table(lang, "columns")}
    names = "|".join(sorted({*OBJECTIVES, *OF_LAND, *run.asked.names}, key=len, reverse=True))
    for path in run.folder.glob("*.parquet"):
        columns = list(pd.read_parquet(path).columns)
        if path.stem in ("front", "suggestions", "bounds"):
            columns = [re.sub(names, "NAME", column) for column in columns]
        if path.stem == "land":
            columns = [re.sub("share_.*", "share_CLASS", column) for column in columns]
        assert set(columns) <= set(told[path.stem]), path.stem
        assert set(told[path.stem]) - set(columns) <= absent.get(path.stem, set()), path.stem


def test_the_folder_is_read_as_the_manual_says(finished: FrontRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(finished.folder.parent)
    (code,) = [block for block in python("en") if "load_front" in block]
    names: dict[str, Any] = {}
    exec(code, names)
    assert len(names["front"]) == len(load_front(finished.folder)) == finished.manifest["result"]["points"]


def python(lang: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", TEXT[lang], flags=re.DOTALL)


def test_the_lines_of_python_run_as_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    (code,) = [block for block in python("en") if "exact_front" in block]
    exec(code, {})
    said = capsys.readouterr().out
    assert "missed by at most" in said and "proven" in said and "Closest to the goals" in said


@pytest.mark.long
def test_the_zoning_lines_run_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (code,) = [block for block in python("en") if "land_front" in block]
    names: dict[str, Any] = {}
    exec(code, names)
    assert len(names["zoning"]) > 1 and names["zoning"].epsilon < 1.0


@pytest.mark.long
def test_the_first_ten_minutes_work_as_written(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs" / "examples", tmp_path / "docs" / "examples")
    lines = re.findall(r"^(refugia front docs/.*)$", TEXT["en"], flags=re.MULTILINE)
    assert len(lines) == 2 and "--resume" in lines[1]
    results = []
    for line in lines:
        done = call(f"{line} --json", tmp_path)
        assert done.returncode in (0, 3), done.stderr
        results.append(json.loads(done.stdout))
    assert results[0]["points"] <= results[1]["points"] and results[1]["epsilon"] <= results[0]["epsilon"] + 1e-9
    assert {path.name for path in (tmp_path / "town-front").iterdir()} >= {"front.png", "front.csv"}


def test_the_walk_over_the_models_is_that_of_the_study() -> None:
    assert inspect.isclass(Study.model_fields["front"].annotation) or Tradeoffs in held(
        Study.model_fields["front"].annotation
    )
