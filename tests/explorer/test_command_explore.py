"""``refugia explore``: the page it writes, what it says, and what stands in its way."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from instances.container import save
from solver.command.main import app
from solver.explorer import export_html, show
from solver.explorer.blocks import unblock
from solver.explorer.page import read_payload
from solver.fronts.run import FrontRun
from tests.command.conftest import Said, finished, refugia, town_zip
from tests.instances.tiny import tiny_instance

__all__ = ["finished", "refugia", "town_zip"]

Call = Callable[..., Said]


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished front; tests must not change its folder."""
    folder = tmp_path_factory.mktemp("fronts")
    town = save(tiny_instance(demand=5, sites=3), folder / "town.zip", layers=False)
    study = {
        "instance": str(town),
        "question": {"shelters": True, "harden": "none"},
        "front": {"objectives": ["cost", "unserved"], "points": 4, "gap": 0.1, "time_limit": 60},
    }
    (folder / "town.yaml").write_text(yaml.safe_dump(study), "utf-8")
    done = CliRunner().invoke(app, ["front", str(folder / "town.yaml"), "--out", str(folder / "run"), "--quiet"])
    assert done.exit_code == 0, done.output
    return folder / "run"


@pytest.fixture
def page(front: Path) -> Iterator[Path]:
    """Where the page goes by itself."""
    found = front.with_name("run-explorer.html")
    yield found
    for path in (found, found.with_suffix(".zip")):
        path.unlink(missing_ok=True)


def test_the_page_lies_beside_the_run_and_holds_its_front(refugia: Call, front: Path, page: Path) -> None:
    before = {p: p.read_bytes() for p in front.rglob("*") if p.is_file()}
    said = refugia("explore", front)
    assert said.code == 0 and str(page) in said.out and "MB" in said.out
    table = pd.read_parquet(front / "front.parquet")
    told = read_payload(page.read_text("utf-8"))
    assert np.array_equal(unblock(told["alternatives"]["values"])[:2].T, table[["cost", "unserved"]].to_numpy())
    assert f"Page with {len(table)} alternatives" in said.out
    assert {p: p.read_bytes() for p in front.rglob("*") if p.is_file()} == before
    FrontRun.load(front)


def test_the_same_run_gives_the_same_page(refugia: Call, front: Path, page: Path) -> None:
    refugia("explore", front)
    first = page.read_bytes()
    assert refugia("explore", front, "--quiet").out == "" and page.read_bytes() == first


def test_json_is_one_document_with_path_size_and_what_was_withheld(refugia: Call, front: Path, tmp_path: Path) -> None:
    target = tmp_path / "a page.html"
    said = refugia("explore", front, "--out", target, "--leave-out", "sites.facts, roads", "--json", "--lang", "zh")
    told = said.document
    assert told["page"] == str(target) and told["bytes"] == target.stat().st_size and told["zip"] is None
    assert told["withheld"] == ["场所：未包含面积、容量等属性。", "未包含：道路。"] and told["notes"] == []
    kept = read_payload(target.read_text("utf-8"))
    assert kept["lang"] == "zh" and not kept["backdrops"] and kept["layers"][0]["facts"] == {}
    assert [w["zh"] for w in kept["about"]["withheld"]] == told["withheld"]


def test_withheld_places_are_nowhere_in_the_page_of_a_run(refugia: Call, front: Path, tmp_path: Path) -> None:
    plain, coarse = tmp_path / "plain.html", tmp_path / "coarse.html"
    assert refugia("explore", front, "--out", plain).code == 0
    said = refugia("explore", front, "--out", coarse, "--coarsen", "sites=500", "--leave-out", "roads")
    assert said.code == 0 and "cells of 500 m" in said.out
    sites = FrontRun.load(front).asked.instance.sites
    names = [*sites.site.labels(), *sites.title.tolist()]

    def named(path: Path) -> list[str]:
        text = path.read_text("utf-8")
        return [n for n in names if re.search(rf"(?<!\w){re.escape(n)}(?!\w)", text)]

    assert len(named(plain)) == len(names) and not named(coarse)
    told = read_payload(coarse.read_text("utf-8"))
    shapes, frame = told["layers"][0]["shapes"], told["frame"]
    xy = np.column_stack([unblock(shapes[a]) for a in "xy"]) * frame["step"] + frame["corner"]
    assert np.abs(xy / 500 % 1 - 0.5).max() < 1e-3


def test_zip_holds_the_same_page_and_is_the_same_each_time(refugia: Call, front: Path, page: Path) -> None:
    refugia("explore", front, "--zip")
    packed = page.with_suffix(".zip")
    first = packed.read_bytes()
    with zipfile.ZipFile(packed) as file:
        assert file.namelist() == [page.name] and file.read(page.name) == page.read_bytes()
    said = refugia("explore", front, "--zip", "--json")
    assert said.document["zip"] == str(packed) and packed.read_bytes() == first


def test_a_small_size_makes_the_page_coarser_and_says_so(refugia: Call, front: Path, tmp_path: Path) -> None:
    said = refugia("explore", front, "--out", tmp_path / "page.html", "--max-size", 0.1, "--json")
    notes = said.document["notes"]
    small = said.document["bytes"] <= 1e5
    assert small or ("0.1 MB asked for" in notes[-1] and any("1/65,535" in note for note in notes))


def test_open_shows_the_page_in_the_browser(
    refugia: Call, front: Path, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import webbrowser

    shown: list[str] = []
    monkeypatch.setattr(webbrowser, "open", shown.append)
    refugia("explore", front, "--open")
    assert shown == [page.as_uri()]


def test_what_somebody_else_wrote_is_not_replaced_without_being_told_to(
    refugia: Call, front: Path, tmp_path: Path
) -> None:
    target = tmp_path / "notes.html"
    target.write_text("mine", "utf-8")
    said = refugia("explore", front, "--out", target)
    assert said.code == 2 and "--force" in said.err and target.read_text("utf-8") == "mine"
    assert refugia("explore", front, "--out", target, "--force").code == 0
    empty = '<script type="application/json" id="session">{}</script>'
    text = target.read_text("utf-8")
    assert empty in text
    target.write_text(text.replace(empty, empty.replace("{}", '{"notes":{"1":"mine"}}')), "utf-8")
    said = refugia("explore", front, "--out", target)
    assert said.code == 2 and "somebody's notes" in said.err and '"mine"' in target.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--coarsen", "sites"], ["LAYER=METRES"]),
        (["--coarsen", "sites=wide,=5"], ["'sites=wide'", "'=5'"]),
        (["--leave-out", "ports,lakes", "--coarsen", "hills=5"], ["'ports'", "'lakes'", "'hills'"]),
    ],
)
def test_names_and_widths_that_are_none_are_one_error_that_lists_them(
    refugia: Call, front: Path, tmp_path: Path, words: list[str], said: list[str]
) -> None:
    ended = refugia("explore", front, "--out", tmp_path / "page.html", *words)
    assert ended.code == 2 and ended.err.count("\n  - ") == len(said) and not list(tmp_path.iterdir())
    assert all(part in ended.err for part in said)


def test_a_page_never_goes_into_a_run_nor_where_there_is_no_folder(refugia: Call, front: Path, tmp_path: Path) -> None:
    for target, said in (
        (front / "page.html", "is a run"),
        (tmp_path / "no" / "page.html", "no such folder"),
        (tmp_path, "is a folder"),
    ):
        ended = refugia("explore", front, "--out", target)
        assert ended.code == 2 and said in ended.err and not (front / "page.html").exists()


def test_a_run_of_one_plan_and_a_folder_that_is_none_are_one_clear_error(
    refugia: Call, finished: Path, tmp_path: Path
) -> None:
    ended = refugia("explore", finished, "--out", tmp_path / "page.html")
    assert ended.code == 2 and "`refugia front` finds the trade-offs" in ended.err
    ended = refugia("explore", tmp_path / "nowhere", "--out", tmp_path / "page.html", "--json")
    assert ended.code == 2 and ended.document["error"]["faults"] == ["no such folder"]


def test_a_front_without_plans_is_one_clear_error(refugia: Call, tmp_path: Path) -> None:
    town = save(tiny_instance(demand=5, sites=3), tmp_path / "town.zip", layers=False)
    study = {
        "instance": str(town),
        "question": {"shelters": True, "harden": "none", "budget": 0.0, "limits": {"unserved": 0.0}},
        "front": {"objectives": ["cost", "unserved"], "time_limit": 30},
    }
    (tmp_path / "none.yaml").write_text(yaml.safe_dump(study), "utf-8")
    refugia("front", tmp_path / "none.yaml", "--out", tmp_path / "run", "--quiet")
    ended = refugia("explore", tmp_path / "run")
    assert ended.code == 2 and "ended without a front: infeasible" in ended.err


def test_a_notebook_shows_the_page_in_a_closed_frame(front: Path, tmp_path: Path) -> None:
    shown = show(front, "zh", 640)
    frame = shown._repr_html_()
    assert frame.startswith('<iframe sandbox="allow-scripts') and "height:640px" in frame
    assert "allow-same-origin" not in frame and read_payload(shown.text)["lang"] == "zh"
    made = export_html(FrontRun.load(front), tmp_path / "page.html", "zh")
    assert made.path.read_text("utf-8") == shown.text
    assert json.loads(json.dumps(read_payload(shown.text)))["about"]["kind"] == "plan"
