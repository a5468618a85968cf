"""The manual of the explorer names every option, limit and word as it is, and what it shows works as written."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_group

from solver.command.main import app
from solver.explorer.budget import LIMIT, MOST
from solver.explorer.live.jobs import WAITING_AT_MOST
from solver.explorer.live.store import SUFFIX
from solver.explorer.live.wish import SECONDS, USUAL_GAP, USUAL_SECONDS
from solver.explorer.page import page_text, read_payload, template
from solver.fronts.run import FrontRun, perform_front
from solver.study import load_study
from tests.readme.test_the_manual_of_recipes_is_true import call

ROOT = Path(__file__).parents[2]
WEB = ROOT / "solver" / "explorer" / "web"
STATIC = ROOT / "solver" / "explorer" / "static"
MANUALS = {"en": "docs/explorer.md", "zh": "docs/zh-explorer.md"}
TEXT = {lang: (ROOT / path).read_text(encoding="utf-8") for lang, path in MANUALS.items()}
FLAT = {lang: re.sub(r"\s+", " " if lang == "en" else "", text) for lang, text in TEXT.items()}
NUMBERS = {8: ("eight", "八")}
# Words of the page that the manuals lead a reader by.
LED_BY = (
    *("axes.title", "axes.axes", "suggestion.heading", "scatter.heading", "map.scenario", "map.prepares"),
    *("table.heading", "common.heading", "table.distance", "compare.numbers", "robust.limit", "robust.failing"),
    *("live.dossier", "live.title", "live.cancel", "live.seconds"),
    *("label.proven", "label.within gap", "label.found", "shell.fault"),
    *("view.explore", "view.compare", "view.robustness", "view.noregret", "view.about", "out.title", "out.shortlist"),
)


def options(command: str) -> set[str]:
    """Every option of a command as it is typed, but ``--help``, which they all have."""
    found = get_group(app).commands[command].params  # type: ignore[attr-defined]
    names = {name for one in found if one.param_type_name == "option" for name in (*one.opts, *one.secondary_opts)}
    return names - {"--help", "-h"}


def commands(lang: str) -> list[str]:
    lines = re.findall(r"^refugia .*$", TEXT[lang], re.MULTILINE)
    return [re.sub(r"\s+#.*", "", line) for line in lines]


def words_of_the_page() -> dict[str, dict[str, str]]:
    """Every short word of the page by key, in both languages."""
    found = {}
    for path in sorted((WEB / "src" / "words").glob("*.ts")):
        pairs = re.findall(r'^  "([^"]+)": \["([^"]*)", "([^"]*)"\],', path.read_text("utf-8"), re.MULTILINE)
        for key, en, zh in pairs:
            found[key] = {"en": en, "zh": zh}
    return found


@pytest.mark.parametrize("lang", MANUALS)
@pytest.mark.parametrize("command", ["explore", "dossier"])
def test_a_table_names_every_option_of_a_command(command: str, lang: str) -> None:
    (body,) = re.findall(rf"<!-- options: {command} -->\n\|.*\n\|[-|]+\n((?:\|.*\n)+)", TEXT[lang])
    named = [name for row in body.splitlines() for name in re.findall(r"`(--?[a-z-]+)`", row.split("|")[1])]
    assert len(named) == len(set(named))
    assert set(named) == options(command)


@pytest.mark.parametrize("lang", MANUALS)
def test_every_option_that_is_typed_in_the_manual_exists(lang: str) -> None:
    for line in commands(lang):
        command = line.split()[1]
        assert set(re.findall(r" (--?[a-z][a-z-]*)", line)) <= options(command), line
    anywhere = options("explore") | options("dossier")
    assert set(re.findall(r"[` ](--[a-z][a-z-]*)", TEXT[lang])) <= anywhere


def test_both_manuals_have_the_same_sections_commands_tables_and_sources() -> None:
    plain = {lang: [line.replace(" --lang zh", "") for line in commands(lang)] for lang in MANUALS}
    assert plain["en"] == plain["zh"] and len(plain["en"]) == 7
    for pattern in (r"^(#+) ", r"<!-- ([\w: ]+) -->", r"\]\((https?://[^)]+)\)", r"^\|[-|]+$", r"^(\d\. |- |\| )"):
        first, second = (re.findall(pattern, TEXT[lang], re.MULTILINE) for lang in MANUALS)
        assert first == second
    assert re.sub(r"#.*", "", python("en")) == re.sub(r"#.*", "", python("zh"))


def python(lang: str) -> str:
    (code,) = re.findall(r"```python\n(.*?)```", TEXT[lang], flags=re.DOTALL)
    return code


@pytest.mark.parametrize("lang", MANUALS)
@pytest.mark.parametrize("key", LED_BY)
def test_the_manual_uses_the_words_of_the_page(lang: str, key: str) -> None:
    word = words_of_the_page()[key][lang]
    assert (word if lang == "en" else re.sub(r"\s+", "", word)) in FLAT[lang]


@pytest.mark.parametrize("lang", MANUALS)
def test_limits_in_the_manual_are_those_of_the_program(lang: str) -> None:
    spelled = NUMBERS[WAITING_AT_MOST][lang == "zh"]
    text = TEXT[lang]
    assert f"{MOST / 1e6:g} MB" in text and f"{LIMIT / 1e6:g} MB" in text and spelled in text
    assert f"{SECONDS[1]:,.0f}" in text and f"{USUAL_SECONDS:g}" in text and f"{100 * USUAL_GAP:g} %" in text
    assert f"`RUN{SUFFIX}`" in text


@pytest.mark.parametrize("lang", MANUALS)
def test_browsers_in_the_manual_are_those_that_the_page_is_built_for(lang: str) -> None:
    (targets,) = re.findall(r"target: \[(.*?)\]", (WEB / "build.mjs").read_text("utf-8"))
    versions = dict(re.findall(r'"([a-z]+)([\d.]+)"', targets))
    assert set(versions) == {"chrome", "firefox", "safari"}
    for name, version in versions.items():
        assert re.search(rf"{name.title()}[^|,、]* {re.escape(version)}\b", TEXT[lang]), name


@pytest.mark.parametrize("lang", MANUALS)
def test_every_file_and_picture_that_the_manual_names_exists(lang: str) -> None:
    named = re.findall(r"`((?:docs|notebooks|solver|tests)/[\w./-]+)`", TEXT[lang])
    linked = re.findall(r"\]\(([\w./-]+\.(?:md|png))(?:#[\w-]+)?\)", TEXT[lang])
    inside = re.findall(r"`(?:web/)?(state\.ts|hash\.ts|App\.tsx|src/[\w./]+)`", TEXT[lang])
    assert named and linked and inside
    for path in [ROOT / name for name in named] + [ROOT / "docs" / name for name in linked]:
        assert path.exists(), path
    for name in inside:
        assert (WEB / "src" / name.removeprefix("src/")).exists(), name


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "images").iterdir()), ids=lambda path: path.name)
def test_pictures_are_small_and_name_whose_map_they_show(path: Path) -> None:
    assert path.stat().st_size < 150_000
    using = [text for text in (*TEXT.values(), (ROOT / "README.md").read_text("utf-8")) if path.name in text]
    assert using
    for text in using:
        _, below = text.split(path.name, 1)
        assert "OpenStreetMap" in below[:600] and "ODbL" in below[:600]


def test_the_policy_in_the_manual_is_that_of_a_page() -> None:
    (policy,) = re.findall(r"`(default-src 'none'; connect-src 'none')`", TEXT["en"])
    told = {"lang": "en", "about": {"title": {"en": "x"}, "name": "x"}, "alternatives": {"ids": []}}
    assert all(part in page_text(told) for part in policy.split("; "))


def test_the_notices_are_those_of_what_the_page_contains() -> None:
    lock: dict[str, dict[str, Any]] = json.loads((WEB / "package-lock.json").read_text("utf-8"))["packages"]
    sources = [path.read_text("utf-8") for path in (WEB / "src").rglob("*.ts*")]
    imported = {name for text in sources for name in re.findall(r'from "((?:@[\w-]+/)?[\w-]+)[\w/-]*"', text)}
    inside = {"preact"}  # what the markup of the page is compiled to
    ahead = [*imported]
    while ahead:
        name = ahead.pop()
        inside.add(name)
        ahead += [*lock[f"node_modules/{name}"].get("dependencies", {})]
    text = (STATIC / "THIRD_PARTY.txt").read_text("utf-8")
    listed = dict(re.findall(r"^  (\S+) +(\d[\d.]*) ", text, re.MULTILINE))
    assert listed == {name: lock[f"node_modules/{name}"]["version"] for name in inside}
    assert {lock[f"node_modules/{name}"]["license"] for name in inside} == {"MIT"}
    for name in inside:
        (notice,) = re.findall(rf"^{re.escape(name)}\n-+\n\n(The MIT License.*?SOFTWARE\.)$", text, re.M | re.S)
        assert "Copyright (c)" in notice and "AS IS" in notice
    for name in imported:
        assert name in template()


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> FrontRun:
    """A front as the manual makes it, of fewer points."""
    study = load_study(ROOT / "docs" / "examples" / "front.yaml", {"front.points": 9, "front.time_limit": 60})
    return perform_front(study, tmp_path_factory.mktemp("newcomer") / "town-front")


def test_the_folder_of_a_front_has_the_page(there: FrontRun) -> None:
    told = read_payload((there.folder / "explorer.html").read_text("utf-8"))
    assert len(told["alternatives"]["ids"]) == len(there.front or ())


def test_the_lines_about_a_page_and_a_dossier_work_as_typed(there: FrontRun) -> None:
    ours = [line for line in commands("en") if re.match(r"refugia (explore|dossier)", line)]
    # a browser, a server and a printer are tested elsewhere
    typed = [line for line in ours if not re.search(r"--(open|serve|pdf)", line)]
    assert len(typed) == 3
    last = str(len(there.front or ()))
    for line in typed:
        done = call(re.sub(r" 9 14 ", f" 1 {last} ", line), there.folder.parent)
        assert done.returncode == 0, done.stderr
    written = {path.relative_to(there.folder.parent).as_posix() for path in there.folder.parent.rglob("*")}
    assert {"town-front-explorer.html", "town-front-explorer.zip", "share.html", "share.zip"} <= written
    assert {f"town-front-dossiers/alternative-{k}.html" for k in ("1", last)} <= written
    shared = read_payload((there.folder.parent / "share.html").read_text("utf-8"))
    assert shared["about"]["withheld"] and "roads" not in {ground["name"] for ground in shared["backdrops"]}


def test_the_lines_of_python_run_as_written(
    there: FrontRun, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(there.folder.parent)
    names: dict[str, Any] = {}
    exec(python("en"), names)
    assert "500 m" in capsys.readouterr().out
    assert names["frame"]._repr_html_().startswith("<iframe sandbox")
