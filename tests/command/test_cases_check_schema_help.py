from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from instances.catalog import cases
from solver.study import json_schema
from solver.words import LANGUAGES, WORDS, language, number, percent, say, significant
from tests.command.conftest import Said

ROOT = Path(__file__).resolve().parents[2]
Call = Callable[..., Said]
COMMANDS = ("cases", "build", "check", "solve", "report", "schema")


def test_cases_are_listed_and_each_tells_its_options_and_assumptions(refugia: Call) -> None:
    listed = refugia("cases", "--json").document["cases"]
    assert [c["name"] for c in listed] == [c.name for c in cases()]
    assert all(c.name in refugia("cases").out for c in cases())
    one = refugia("cases", "hurricanes", "--json").document
    assert {option["name"] for option in one["options"]} >= {"scenarios", "speed"}
    assert one["assumptions"] and one["sources"]
    assert one["assumptions"][0] in refugia("cases", "hurricanes").out
    assert refugia("cases", "osm").code == 0
    assert refugia("cases", "hurricane").code == 2


def test_a_case_whose_data_are_not_here_still_tells_its_options_and_what_it_needs(
    refugia: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REFUGIA_DATA", raising=False)
    told = refugia("cases", "kampen", "--json")
    assert told.code == 0
    assert "folder" in [option["name"] for option in told.document["options"]]
    assert "REFUGIA_DATA" in told.document["needs"][0] and "assumptions" not in told.document
    assert "REFUGIA_DATA" in refugia("cases", "kampen").out


def test_check_tells_whether_an_instance_can_be_used(refugia: Call, town_zip: Path, tmp_path: Path) -> None:
    said = refugia("check", town_zip)
    assert said.code == 0 and "tiny: usable" in said.out
    study = tmp_path / "study.yaml"
    study.write_text(f"instance: {town_zip}\nquestion: {{counts: {{castle: 1}}}}\n")
    said = refugia("check", study)
    assert said.code == 2 and "castle" in said.err
    study.write_text(f"instance: {town_zip}\n")
    assert refugia("check", study, "--json").document["study"]["question"]["harden"] == "lanes"


def test_the_schema_is_printed_as_json_whatever_the_flags(refugia: Call) -> None:
    assert refugia("schema").document == refugia("schema", "--json", "--quiet").document == json_schema()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(refugia: Call, command: str) -> None:
    said = refugia(command, "--help")
    assert said.code == 0 and f"refugia {command}" in said.out and "--json" in said.out


def test_the_version_is_that_of_the_package(refugia: Call) -> None:
    said = refugia("--version")
    assert said.code == 0 and said.out.startswith("refugia")


@pytest.mark.parametrize("words", [[], ["build"], ["solve"], ["front"], ["changes"]])
def test_no_sentence_of_the_chinese_help_is_cut_off(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "solver.command.main", *words, "--help"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=60, check=True,
        env={**os.environ, "REFUGIA_LANG": "zh", "PYTHONUTF8": "1", "COLUMNS": "80"},
    )  # fmt: skip
    assert "示例" in done.stdout and "…" not in done.stdout


@pytest.mark.parametrize("words", [["--help"], ["solve", "--help"], ["--version"]])
def test_help_loads_no_heavy_library(words: list[str]) -> None:
    script = (
        "import sys, json\nfrom solver.command.main import app\n"
        f"try: app({words})\nexcept SystemExit: pass\n"
        "print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    # Typer itself takes pydantic to read the flags of a command.
    heavy = {"numpy", "scipy", "pandas", "geopandas", "matplotlib", "yaml", "highspy", "pyogrio"}
    assert not heavy & set(json.loads(done.stderr.splitlines()[-1]))
    assert done.stdout


def test_help_comes_in_the_language_of_the_environment() -> None:
    environment = {**os.environ, "LANG": "zh_CN.UTF-8", "LC_ALL": "", "REFUGIA_LANG": "", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "solver.command.main", "solve", "--help"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    assert "求解方案并证明其优劣" in done.stdout


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "REFUGIA_LANG": "en"}, "en"),
        ({"LANG": "de_DE", "REFUGIA_LANG": "zh"}, "zh"),
    ],
)
def test_the_language_follows_the_environment(environment: dict[str, str], spoken: str) -> None:
    assert language(environment) == spoken


def test_every_sentence_exists_in_both_languages_with_the_same_values() -> None:
    import string

    for key, both in WORDS.items():
        names = [sorted({f for _, f, _, _ in string.Formatter().parse(text) if f}) for text in both]
        assert len(both) == len(LANGUAGES) and all(both), key
        assert names[0] == names[1], key


def test_numbers_are_written_as_people_write_them() -> None:
    assert [number(1234567.0), number(None), number(float("nan")), number(2.50, 2)] == ["1,234,567", "–", "–", "2.5"]
    assert [percent(0.0), percent(0.123), percent(0.00001), percent(1.0)] == ["0 %", "12.3 %", "0.001 %", "100 %"]
    assert [significant(v) for v in (0.0, 1234567.8, 0.0123456, 12.5)] == ["0", "1,234,568", "0.012346", "12.5"]
    with pytest.raises(KeyError):
        say("no such sentence", "en")


def test_a_log_tells_news_and_not_every_digit_of_the_bound() -> None:
    from solver.command.voice import Notable
    from solver.events import Event

    told: list[Event] = []
    log = Notable(told.append, every=15.0, step=0.03)
    news = [
        Event("search", bound=1.0, elapsed=0.0),
        Event("search", incumbent=4.0, bound=1.0, gap=0.75, elapsed=1.0),
        Event("search", incumbent=2.0, bound=1.0, gap=0.5, elapsed=2.0),
        Event("search", incumbent=2.0, bound=1.5, gap=0.25, elapsed=3.0),
        Event("search", incumbent=2.0, bound=1.500001, gap=0.2499995, elapsed=20.0),
        Event("check", incumbent=2.0, bound=1.500001, gap=0.2499995, elapsed=20.1),
    ]
    dull = Event("search", incumbent=2.0, bound=1.5000001, gap=0.24999995, elapsed=4.0)
    for event in [*news[:4], dull, dull, *news[4:]]:
        log(event)
    assert told == news
