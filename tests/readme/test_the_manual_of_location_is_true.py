"""The manual of the classic questions names every question, rule, measure, file and argument as it is, and runs."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import formulations.location as location
import formulations.measures.fairness as fairness
from formulations.location.question import Question
from solver.locating import from_spopt
from solver.locating.asking import questions
from solver.locating.layers import DEMAND, LAYERS, RECORD, SITES
from solver.locating.locate import ALGORITHMS
from solver.locating.located import Located
from solver.locating.weighing import NAMED, NUMBERED, PLAIN
from solver.solution import Status
from tests.readme.test_the_manual_of_recipes_is_true import call

ROOT = Path(__file__).parents[2]
MANUALS = {"en": "docs/location.md", "zh": "docs/zh-location.md"}
TEXT = {lang: (ROOT / path).read_text(encoding="utf-8") for lang, path in MANUALS.items()}
NOT_MONOTONE = {"en": "not monotone", "zh": "非单调"}
PROGRAM = {"en": "plain program", "zh": "完整模型"}


def table(lang: str, mark: str) -> list[list[str]]:
    """Rows of the table under a mark."""
    (body,) = re.findall(rf"<!-- {re.escape(mark)} -->\n\|.*\n\|[-|]+\n((?:\|.*\n)+)", TEXT[lang])
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body.splitlines()]


def words(cell: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", cell)


def blocks(lang: str, kind: str) -> list[str]:
    """Blocks between fences: ``python``, or "" for what is typed and printed."""
    found = re.findall(r"^```(\w*)\n((?:(?!```).*\n)*)```$", TEXT[lang], flags=re.MULTILINE)
    return [body for word, body in found if word == kind]


def shown(lang: str) -> list[str]:
    """Lines that the manual shows as printed."""
    return [line for block in blocks(lang, "") for line in block.splitlines() if not line.startswith("refugia ")]


@pytest.mark.parametrize("lang", MANUALS)
def test_the_table_of_questions_names_all_of_them_with_what_they_take(lang: str) -> None:
    rows = {words(row[0])[0]: row for row in table(lang, "questions")}
    known = questions()
    assert set(rows) == set(known)
    common = {f.name for f in dataclasses.fields(Question)}
    for name, one in known.items():
        assert words(rows[name][1]) == [one.__name__]
        assert words(rows[name][2]) == [f.name for f in dataclasses.fields(one) if f.name not in common], name
        assert getattr(location, one.__name__) is one


@pytest.mark.parametrize("lang", MANUALS)
def test_the_table_of_proofs_knows_which_questions_have_an_algorithm(lang: str) -> None:
    rows = {words(row[0])[0]: row for row in table(lang, "proofs")}
    assert set(rows) == set(questions())
    for name, one in questions().items():
        assert (rows[name][1] == PROGRAM[lang]) == (one.title not in ALGORITHMS), name


@pytest.mark.parametrize("lang", MANUALS)
def test_every_measure_of_fairness_is_named_and_its_kind_is_right(lang: str) -> None:
    rows = {re.sub(r"\(.*", "", words(row[0])[0]): row for row in table(lang, "measures")}
    assert sorted(rows) == sorted(fairness.__all__)
    for name, row in rows.items():
        one = getattr(fairness, name)
        asked = re.findall(r"\w+", words(row[0])[0])[1:]
        assert asked == list(inspect.signature(one).parameters)[: len(asked)]
        if inspect.isclass(one):
            assert (row[2] == NOT_MONOTONE[lang]) == (not one.monotone), name


@pytest.mark.parametrize("lang", MANUALS)
def test_every_measure_that_the_command_takes_is_named(lang: str) -> None:
    named = {word.partition("=")[0] for word in words(TEXT[lang])}
    assert {*PLAIN, *NAMED, *NUMBERED} <= named


@pytest.mark.parametrize("lang", MANUALS)
def test_every_rule_status_and_part_of_an_answer_is_named(lang: str) -> None:
    named = " ".join(words(TEXT[lang]))
    own = [f.name for f in dataclasses.fields(Question)]
    parts = [name for name, what in vars(Located).items() if isinstance(what, property)]
    parts += [f.name for f in dataclasses.fields(Located)]
    absent = [word for word in own + parts if not re.search(rf"\b{word}\b", named + TEXT[lang])]
    assert [word for word in absent if word != "good"] == []
    assert {status.value for status in Status} <= set(words(TEXT[lang]))


@pytest.mark.parametrize("lang", MANUALS)
def test_the_table_for_users_of_spopt_names_its_classes_and_arguments(lang: str) -> None:
    ours = {name: one for name, one in vars(from_spopt).items() if hasattr(one, "from_geodataframe")}
    assert {words(row[0])[0] for row in table(lang, "spopt")} == set(ours)
    named = set(words(TEXT[lang]))
    for one in ours.values():
        for make in (getattr(one, way) for way in ("from_cost_matrix", "from_geodataframe") if hasattr(one, way)):
            taken = set(inspect.signature(make).parameters)
            assert taken - named <= {"gdf_demand", "gdf_fac", "frame", "data"}


def test_constructors_take_what_those_of_spopt_take() -> None:
    spopt = pytest.importorskip("spopt.locate")
    for row in table("en", "spopt"):
        (name,) = words(row[0])
        for way in ("from_cost_matrix", "from_geodataframe"):
            mine = getattr(getattr(from_spopt, name), way, None)
            if mine is not None:
                theirs = list(inspect.signature(getattr(getattr(spopt, name), way)).parameters)
                assert list(inspect.signature(mine).parameters)[: len(theirs)] == theirs, (name, way)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The lines of Python of the manual from top to bottom: their names, and what they said."""
    import contextlib
    import io

    names: dict[str, Any] = {}
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        for code in blocks("en", "python"):
            exec(compile(code, "docs/location.md", "exec"), names)
    folder = tmp_path_factory.mktemp("manual") / "plan"
    names["near"].write(folder)
    return {**names, "said": said.getvalue(), "folder": folder}


@pytest.mark.parametrize("lang", MANUALS)
def test_the_lines_of_python_run_and_say_what_the_manual_shows(lang: str, ran: dict[str, Any]) -> None:
    assert len(shown(lang)) >= 3
    assert [line for line in shown(lang) if line not in ran["said"]] == []


def test_what_the_lines_show_is_what_their_comments_say(ran: dict[str, Any]) -> None:
    for name in ("plan", "near", "fair", "both", "zones", "elderly", "floor", "equal", "model"):
        assert ran[name].status is Status.PROVEN, name
    limits = {
        "both": ("largest", 2000.0),
        "zones": ("largest_zone_mean_west", 900.0),
        "elderly": ("largest_group_mean_elderly", 920.0),
        "floor": ("largest_zone_mean", 0.6),
    }
    for name, (measure, most) in limits.items():
        assert ran[name].judgement.objectives[measure] <= most * (1 + 1e-9)
    for name in ("both", "zones", "elderly", "fair"):
        assert ran[name].judgement.objectives["distance"] > ran["plan"].value
    assert ran["fair"].value == pytest.approx(
        ran["locate"](ran["OrderedMedian"](4, share=0.1), ran["town"]).value, rel=1e-9
    )
    assert ran["model"].value == pytest.approx(ran["plan"].value)


@pytest.mark.parametrize("lang", MANUALS)
def test_every_file_and_column_of_a_plan_is_in_the_manual(lang: str, ran: dict[str, Any]) -> None:
    import pandas as pd

    rows = {words(row[0])[0]: words(row[1]) for row in table(lang, "files")}
    assert set(rows) == {RECORD, SITES, DEMAND, LAYERS} == {path.name for path in ran["folder"].iterdir()}
    for name, index in ((SITES, "site"), (DEMAND, "demand")):
        columns = set(pd.read_csv(ran["folder"] / name).columns)
        assert set(rows[name]) | {index} <= columns
        assert columns - set(rows[name]) - {index} <= {"name", "residents"}
    assert {"status", "bound", "verified_bound", "gap", "chosen", "solution"} <= set(
        json.loads((ran["folder"] / RECORD).read_text(encoding="utf-8"))
    )


def test_both_manuals_have_the_same_sections_tables_lines_and_sources() -> None:
    for pattern in (r"^(#+) ", r"<!-- ([\w:. ]+) -->", r"\]\((https?://[^)]+)\)", r"^refugia .*$"):
        first, second = (re.findall(pattern, TEXT[lang], re.MULTILINE) for lang in MANUALS)
        assert first == [line.removesuffix(" --lang zh") for line in second]
    codes = [[ast.dump(ast.parse(block)) for block in blocks(lang, "python")] for lang in MANUALS]
    assert codes[0] == codes[1]
    assert shown("en") == shown("zh")


@pytest.mark.parametrize("lang", MANUALS)
def test_every_file_and_module_that_the_manual_names_exists(lang: str) -> None:
    named = re.findall(r"`((?:docs|notebooks|tests|formulations)/[\w./-]+)`", TEXT[lang])
    linked = re.findall(r"\]\(([\w.-]+\.md)\)", TEXT[lang])
    modules = re.findall(r"`((?:solver|formulations)(?:\.\w+)+)`", TEXT[lang])
    assert named and linked and modules
    for path in [ROOT / name for name in named] + [ROOT / "docs" / name for name in linked]:
        assert path.exists(), path
    for name in modules:
        path = ROOT / name.replace(".", "/")
        found = path.is_dir() or path.with_suffix(".py").exists()
        assert found or f"def {path.name}(" in path.parent.with_suffix(".py").read_text("utf-8"), name


@pytest.mark.parametrize("lang", MANUALS)
def test_every_option_that_the_manual_uses_is_in_the_help(lang: str) -> None:
    code = "import sys; from solver.command.main import run; sys.argv = ['refugia', 'locate', '--help']; run()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    used = set(re.findall(r"(--[a-z][a-z-]+)\b", TEXT[lang]))
    assert {"--set", "--distances"} <= used
    assert {option for option in used if option not in done.stdout} == set()


def test_the_commands_work_as_written(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs" / "examples", tmp_path / "docs" / "examples")
    lines = re.findall(r"^(refugia locate .*)$", TEXT["en"], flags=re.MULTILINE)
    assert len(lines) >= 3
    for line in lines:
        done = call(f"{line} --json", tmp_path)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["status"] == "proven"
    assert (tmp_path / "town-median" / LAYERS).exists()
