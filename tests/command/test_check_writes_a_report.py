"""``refugia check --out``: the quality report on disk."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from instances.container import load, save
from instances.quality import quality
from solver.page.quality import quality_page
from tests.command.conftest import Said
from tests.instances.tiny import tiny_instance

Call = Callable[..., Said]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports")


def test_a_report_is_a_page_data_tables_and_maps(refugia: Call, town_zip: Path, folder: Path) -> None:
    said = refugia("check", town_zip, "--out", folder / "town")
    assert said.code == 0 and f"Report: {folder / 'town' / 'report.html'}" in said.out
    found = {p.relative_to(folder / "town").as_posix() for p in (folder / "town").rglob("*") if p.is_file()}
    sections = quality(load(town_zip)).sections
    tables = {f"tables/{section.name.replace(' ', '_')}.csv" for section in sections}
    maps = {f"thumbnails/{name}.png" for name in ("people", "sites", "uses", "roads", "zones")}
    assert found == {"report.html", "report.json", "manifest.json", *tables, *maps}
    assert all((folder / "town" / name).read_bytes().startswith(b"\x89PNG") for name in maps)
    told = json.loads((folder / "town" / "report.json").read_text("utf-8"))
    assert told["digest"] == load(town_zip).digest and told["verdict"] == quality(load(town_zip)).verdict
    for section in sections:
        with (folder / "town" / "tables" / f"{section.name.replace(' ', '_')}.csv").open(encoding="utf-8") as file:
            rows = list(csv.reader(file))
        assert len(rows) == 1 + len(section.rows) and len(rows[0]) == len(section.columns)


def test_the_page_asks_for_nothing_and_holds_every_map_and_table(refugia: Call, town_zip: Path, folder: Path) -> None:
    assert refugia("check", town_zip, "--out", folder / "page", "--quiet").code == 0
    page = (folder / "page" / "report.html").read_text("utf-8")
    assert "default-src 'none'" in page and "<script" not in page
    assert not re.search(r"""(?:src|href)=["'](?!data:)|url\((?!["']?data:)|@import""", page)
    assert page.count("data:image/png;base64,") == 5
    for section in quality(load(town_zip)).sections:
        assert section.title.replace("&", "&amp;") in page


def test_a_report_is_replaced_only_when_asked_and_a_run_never(
    refugia: Call, town_zip: Path, folder: Path, finished: Path
) -> None:
    assert refugia("check", town_zip, "--out", folder / "again", "--quiet").code == 0
    said = refugia("check", town_zip, "--out", folder / "again")
    assert said.code == 2 and "a report is there already" in said.err
    assert refugia("check", town_zip, "--out", folder / "again", "--force", "--lang", "zh", "--quiet").code == 0
    page = (folder / "again" / "report.html").read_text("utf-8")
    assert "小镇" in page and "数值范围" in page and 'lang="zh-Hans"' in page
    said = refugia("check", town_zip, "--out", finished, "--force")
    assert said.code == 2 and "something else than a report is there" in said.err


def test_the_json_on_stdout_names_the_report(refugia: Call, town_zip: Path, folder: Path) -> None:
    said = refugia("check", town_zip, "--json", "--out", folder / "json")
    assert said.document["report"] == str(folder / "json" / "report.html")
    assert "report" not in refugia("check", town_zip, "--json").document


def test_texts_of_the_data_cannot_break_the_page() -> None:
    town = tiny_instance()
    nasty = '<script>alert(1)</script> & "quoted"'
    about = replace(town.about, notes=(nasty,), title={"en": nasty})
    found = replace(quality(replace(town, about=about)), warnings=(nasty,), faults=(nasty,))
    page = quality_page(found, nasty, {})
    assert "<script" not in page and page.count("&lt;script&gt;") == 5


def test_a_town_of_sites_alone_gets_its_maps_too(refugia: Call, tmp_path: Path) -> None:
    town = tiny_instance()
    bare = type(town)(about=town.about, sites=replace(town.sites, node=None, zone=None), scenarios=town.scenarios)
    save(bare, tmp_path / "bare.zip", layers=False)
    assert refugia("check", tmp_path / "bare.zip", "--out", tmp_path / "report", "--quiet").code == 0
    assert {p.name for p in (tmp_path / "report" / "thumbnails").iterdir()} == {"sites.png", "uses.png"}


def test_the_faults_of_data_that_make_no_instance_are_written_too(refugia: Call, tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"not a zip")
    said = refugia("check", tmp_path / "broken.zip", "--out", tmp_path / "report")
    assert said.code == 2
    told = json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))
    assert told["verdict"] == "not usable" and told["faults"]
    assert "Not usable" in (tmp_path / "report" / "report.html").read_text("utf-8")
