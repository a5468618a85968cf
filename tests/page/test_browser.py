"""The page in a real browser, opened from disk as a mayor's office would."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

from solver.page.page import write_page

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ("no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-sync", "hide-scrollbars")
QUIET += ("disable-background-networking", "disable-component-update")
FLAGS = ["--headless", "--enable-logging=stderr", "--v=0", *(f"--{q}" for q in QUIET)]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium found: install chromium to test the page in a browser"),
]


def browse(
    path: Path, folder: Path, *more: str, view: str = "", width: int = 1400, budget: int = 5000
) -> subprocess.CompletedProcess[str]:
    """Let the browser run for ``budget`` milliseconds of its own time."""
    address = path.as_uri() + (f"#{view}" if view else "")
    call = [
        str(BROWSER),
        *FLAGS,
        f"--virtual-time-budget={budget}",
        f"--window-size={width},1600",
        f"--user-data-dir={folder / 'profile'}",
        *more,
        address,
    ]
    return subprocess.run(call, capture_output=True, text=True, timeout=120, check=True)


class Shown:
    """What a browser made of the page."""

    def __init__(self, path: Path, folder: Path, view: str = "", width: int = 1400) -> None:
        # On a busy machine the browser's own time runs out before the page has had its turn: give it more.
        for budget in (5000, 30_000, 120_000):
            answer = browse(path, folder, "--dump-dom", view=view, width=width, budget=budget)
            self.dom, self.log = answer.stdout, answer.stderr
            if re.search(r"<html[^>]* data-(ready|fault)=", self.dom):
                break
        body = re.sub(r"<(script|style)\b.*?</\1>", "", self.dom, flags=re.S)
        self.text = html.unescape(re.sub(r"<[^>]+>", " ", body)).replace("\u00a0", " ")
        self.text = re.sub(r"\s+", " ", self.text)
        self.root = dict(re.findall(r'([\w-]+)="([^"]*)"', re.search(r"<html[^>]*>", self.dom)[0]))

    @property
    def map(self) -> dict[str, int]:
        return json.loads(html.unescape(self.root["data-map"]))


@pytest.fixture(scope="module")
def page(plan, tmp_path_factory):
    return write_page(plan, tmp_path_factory.mktemp("browser") / "方案 #1 (plan).html")


@pytest.fixture(scope="module")
def shown(page, tmp_path_factory):
    return Shown(page, tmp_path_factory.mktemp("profile"))


def test_the_page_gets_ready_from_disk_without_a_word_on_the_console(shown):
    assert shown.root.get("data-fault") is None
    assert shown.root["data-ready"] == "yes"
    assert [line for line in shown.log.splitlines() if "CONSOLE" in line] == []


def test_the_map_is_drawn(shown):
    assert shown.map["width"] > 800
    assert shown.map["colours"] > 50
    assert shown.map["marks"] > 10


def test_rendered_numbers_are_those_of_the_plan(plan, shown):
    assert f"{plan.solution.value:,.0f}" in shown.text
    assert f"{plan.solution.bound:,.0f}" in shown.text
    for row in plan.scenarios.itertuples():
        assert f"{row.served:,.0f} of {row.need:,.0f} people" in shown.text
    for row in plan.openings[plan.openings["role"] == "shelter"].itertuples():
        assert f"{row.capacity:,.0f}" in shown.text
        assert row.title in shown.text
    places = plan.openings.loc[plan.openings["role"] == "shelter", "site"].nunique()
    assert re.search(rf"Prepare {places} places? as shelters", shown.text)


def test_what_is_invented_and_assumed_is_said_on_top_and_in_full_below(plan, shown):
    assert plan.instance.about.synthetic
    assert "This city is invented." in shown.text
    for text in (*plan.instance.about.assumptions, *plan.instance.about.sources):
        assert re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)) in re.sub(
            r"\s+", " ", re.sub(r"<[^>]+>", " ", shown.text)
        )
    assert "© OpenStreetMap contributors, ODbL" in shown.text


def test_texts_of_the_data_never_become_markup(shown):
    assert "<script>alert" not in re.sub(r"<script\b.*?</script>", "", shown.dom, flags=re.S)


def test_the_page_can_be_read_in_chinese(page, tmp_path):
    chinese = Shown(page, tmp_path, view="lang=zh")
    assert chinese.root["lang"] == "zh-Hans"
    assert chinese.root["data-ready"] == "yes"
    for text in ("小镇", "这个方案有多好？", "各情景下的结果", "假设与数据来源", "所有方案的下限"):
        assert text in chinese.text
    assert "How good is this plan?" not in chinese.text


def test_a_link_opens_a_scenario_with_a_place(plan, page, tmp_path):
    scenario = plan.instance.scenarios.scenario.label(1)
    site = plan.openings["site"].iloc[0]
    view = f"scenario={quote(scenario)}&phase=days&place={quote(site)}"
    opened = Shown(page, tmp_path, view=view)
    assert opened.root["data-ready"] == "yes"
    card = re.search(r'<div class="card[^"]*" id="card"[^>]*>(.*?)</div>', opened.dom, flags=re.S)
    assert card and plan.openings["title"].iloc[0] in card[1]
    assert "Cut roads" in opened.text
    assert 'aria-pressed="true"' in opened.dom


def test_the_page_works_on_a_phone(page, tmp_path):
    small = Shown(page, tmp_path, width=420)
    assert small.root["data-ready"] == "yes"
    assert small.map["width"] <= 500
    assert small.map["colours"] > 50


def test_the_page_prints(page, tmp_path):
    browse(page, tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'page.pdf'}")
    content = (tmp_path / "page.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) >= 3


def test_nothing_but_controls_that_a_keyboard_reaches(shown):
    assert re.findall(r'tabindex="[1-9]', shown.dom) == []
    for control in re.findall(r"<(?:select|input|canvas)\b[^>]*>", shown.dom):
        named = "aria-label" in control or 'type="checkbox"' in control or re.search(r'id="(scenario|place)"', control)
        assert named, control
    assert re.findall(r"<(?:div|span|p|svg)\b[^>]*onclick", shown.dom) == []
