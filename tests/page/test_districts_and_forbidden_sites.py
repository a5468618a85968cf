"""What a recipe adds to an instance, on the page and the printed map: districts, forbidden sites, ranks, no roads."""

from __future__ import annotations

import dataclasses
import re
from urllib.parse import quote

import matplotlib.image
import numpy as np
import pytest
import shapely

from formulations.plan import IntegratedPlan
from instances.outlines import polygons
from solver.outputs.map import write_map
from solver.page.packing import unpack
from solver.page.page import write_page
from solver.page.palette import palette
from solver.page.payload import page_payload
from solver.plan import answer
from tests.instances.tiny import tiny_instance
from tests.instances.tiny_parts import halves, with_every_part
from tests.page.test_browser import BROWSER, Shown
from tests.page.test_map import near

browser = [
    pytest.mark.browser,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium found: install chromium to test the page in a browser"),
]
QUESTION, WEIGHTS = (
    IntegratedPlan(objectives=("cost", "unserved", "travel")),
    {"cost": 1.0, "unserved": 90.0, "travel": 1.0},
)


def town(**less):
    """A town with districts; its first site is forbidden."""
    full = halves(with_every_part(tiny_instance(demand=10, sites=7)))
    status = full.sites.status.copy()
    status[0] = "forbidden"
    return dataclasses.replace(full, sites=dataclasses.replace(full.sites, status=status), **less)


@pytest.fixture(scope="module")
def plan():
    return answer(QUESTION, town(), WEIGHTS)


@pytest.fixture(scope="module")
def roadless():
    """People walk straight lines: there is no network at all."""
    full = town()
    routes = dataclasses.replace(full.routes, crossing=None)
    hauls = dataclasses.replace(full.hauls, crossing=None)
    sites = dataclasses.replace(full.sites, node=None)
    bare = {"roads": None, "damage": None, "corridors": None, "routes": routes, "hauls": hauls, "sites": sites}
    return answer(QUESTION, dataclasses.replace(full, **bare), WEIGHTS)


def test_every_border_of_a_level_is_drawn_once_and_where_it_is(plan):
    sent, units = page_payload(plan)["map"], plan.instance.units
    count, level = unpack(sent["units"]["count"]), unpack(sent["units"]["level"])
    points = np.column_stack([unpack(sent["units"][axis]) for axis in ("x", "y")]) + sent["corner"]
    lines = np.array([shapely.linestrings(line) for line in np.split(points, np.cumsum(count)[:-1])])
    for k, name in enumerate(sent["units"]["levels"]):
        wanted = shapely.union_all(shapely.boundary(polygons(units)[units.level == name]))
        drawn = shapely.multilinestrings(lines[level == k])
        assert drawn.length == pytest.approx(wanted.length, abs=2.0 * count[level == k].sum())
        assert shapely.hausdorff_distance(drawn, wanted) < 2.0


def test_the_page_knows_why_a_site_is_forbidden_and_ranks_only_the_others(plan):
    first, *others = page_payload(plan)["names"]["site"]
    assert first["why"] == [["Deep water", 1.2, 0.5, "m", "evade"]] and "ranked" not in first
    ranks = plan.instance.suitability
    assert [site["ranked"][1] for site in others] == ranks.rank[1:].tolist()
    assert [site["ranked"][3] for site in others] == ranks.worst_rank[1:].tolist()
    assert not any("why" in site for site in others)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_districts_and_a_town_without_roads_are_printed(plan, roadless, tmp_path, lang):
    colour = palette()["unit"]
    for number, (drawn, units) in enumerate([(plan, True), (roadless, True), (plan, False)]):
        if not units:
            drawn = dataclasses.replace(drawn, instance=dataclasses.replace(drawn.instance, units=None))
        image = matplotlib.image.imread(write_map(drawn, tmp_path / f"{number}.png", lang))
        assert (near(image, colour, 0.01) > 300) == units


def test_a_town_without_roads_has_a_page_without_roads(roadless):
    sent = page_payload(roadless)["map"]
    assert sent["roads"] is None and sent["units"] is not None
    assert unpack(sent["flows"]["people"]).sum() > 0


@pytest.mark.parametrize(("lang", "words"), [("en", "It may not be used."), ("zh", "不可使用。")])
class TestInABrowser:
    pytestmark = browser

    def test_a_forbidden_site_says_why(self, plan, tmp_path, lang, words):
        site = plan.instance.sites.site.label(0)
        page = write_page(plan, tmp_path / "page.html")
        shown = Shown(page, tmp_path, view=f"lang={lang}&place={quote(site)}")
        assert shown.root.get("data-fault") is None and shown.root["data-ready"] == "yes"
        card = re.search(r'<div class="card[^"]*" id="card"[^>]*>(.*?)</div>', shown.dom, flags=re.S)[1]
        assert words in card and "Deep water" in card and re.search(r"1\.2\s*m", card.replace("&nbsp;", " "))

    def test_a_ranked_site_says_how_firm_its_rank_is(self, plan, tmp_path, lang, words):
        site, ranks = plan.instance.sites.site.label(3), plan.instance.suitability
        page = write_page(plan, tmp_path / "page.html")
        shown = Shown(page, tmp_path, view=f"lang={lang}&place={quote(site)}")
        card = re.search(r'<div class="card[^"]*" id="card"[^>]*>(.*?)</div>\s*<', shown.dom, flags=re.S)[1]
        assert words not in card
        rank, best, worst = (f"{ranks.rank[3]:.0f}", f"{ranks.best_rank[3]:.0f}", f"{ranks.worst_rank[3]:.0f}")
        said = {
            "en": f"rank {rank} of 6; between {best} and {worst}",
            "zh": f"第 {rank}；权重变化时在第 {best} 至第 {worst} 之间",
        }
        assert said[lang] in card

    def test_a_town_without_roads_is_drawn(self, roadless, tmp_path, lang, words):
        shown = Shown(write_page(roadless, tmp_path / "page.html", lang), tmp_path)
        assert shown.root.get("data-fault") is None and shown.root["data-ready"] == "yes"
        assert [line for line in shown.log.splitlines() if "CONSOLE" in line] == []
        assert shown.map["marks"] > 10
        assert ("Streets" if lang == "en" else "街道") not in shown.text
        assert ("Borders of districts" if lang == "en" else "分区边界") in shown.text
