"""The same for the map, the other views, languages, and an alternative that is added."""

from __future__ import annotations

import re

import numpy as np
import pytest

from solver.explorer.blocks import block
from solver.explorer.page import page_text
from solver.explorer.payload import payload
from solver.outputs.textfile import write_text
from tests.explorer.reading import FULL, VIEWS, column, count, picture, rows

# the map


def test_scenario_and_layers_change_the_map_and_the_link(open_page, small, expect):
    opened = open_page(small, "a=18")
    plain = picture(opened, "map")
    opened.page.get_by_label("Hazard scenario").select_option(label=small.futures.titles[4]["en"])
    opened.page.wait_for_url(re.compile("h=s5(&|$)"))
    flooded = picture(opened, "map")
    opened.page.get_by_role("checkbox", name="Flood depth").uncheck()
    assert picture(opened, "map") != flooded
    opened.page.get_by_label("Hazard scenario").select_option("-1")
    opened.page.get_by_role("checkbox", name="Sites").uncheck()
    opened.page.wait_for_url(re.compile("n=flood,sites"))
    hidden = picture(opened, "map")
    assert flooded != plain != hidden
    opened.page.get_by_role("checkbox", name="Sites").check()
    assert picture(opened, "map") == plain


# the other views


def test_no_regret_flags_what_all_of_the_selection_take_and_shows_a_plan_that_is_real(open_page, small, expect):
    low = float(np.sort(column(small, 0))[9])
    inside = np.flatnonzero(column(small, 0) <= low)
    opened = open_page(small, f"v=noregret&b=cost:~{low!r}")
    expect(opened.page.locator("#main [aria-live]").first).to_have_text(f"{len(inside)} of 120 alternatives")
    sites = small.layers[1]
    always = np.flatnonzero(sites.decisions.chosen[inside].all(axis=0))
    wanted = {
        (sites.titles[sites.decisions.feature[o]], sites.kinds[sites.decisions.kind[o]].label["en"]) for o in always
    }
    assert 0 < len(wanted) < len(sites.decisions.feature)
    opened.page.get_by_role("button", name="Only ≥ 90 %").click()
    opened.page.get_by_label("Layer", exact=True).select_option("sites")
    more = opened.page.locator(".ranking").get_by_role("button", name=re.compile("^Show all"))
    if more.count():
        more.click()
    table = opened.page.locator(".ranking tbody tr.always")
    shown = [[cell.strip() for cell in row.locator("th, td").all_inner_texts()[:2]] for row in table.all()]
    assert {tuple(cells) for cells in shown} == wanted
    expect(table.first.locator(".flag")).to_have_text("always")
    real = opened.run(
        "() => refugia.calc.frequencies(refugia.state.model.value.layers, refugia.state.selection.value).nearest"
    )
    assert real in inside
    expect(opened.page.locator("#noregret-real")).to_have_text(f"One real plan: alternative {real + 1}")
    opened.page.get_by_role("button", name="Put into slot B").click()
    assert opened.state("slots") == [None, real, None]


def test_a_limit_in_robustness_lists_the_futures_that_break_it_in_words(open_page, small, expect):
    opened = open_page(small, "v=robustness&c=3")
    page, values = opened.page, next(m for m in small.futures.measures if m.name == "unserved").values[2]
    limit = float(np.quantile(values, 0.7).round())
    page.get_by_role("spinbutton", name="Limit on People without a place").fill(f"{limit:g}")
    page.keyboard.press("Enter")
    failing = np.flatnonzero(values > limit)
    told = page.locator(".failing .one")
    expect(told).to_contain_text(f"Fails in {len(failing)} of 24 scenarios")
    listed = told.locator("tbody button").all_inner_texts()
    assert sorted(listed) == sorted(small.futures.titles[s]["en"] for s in failing)
    told.locator("tbody button").first.click()
    assert small.futures.titles[opened.state("scenario")]["en"] == listed[0]


def test_about_shows_what_is_proven_word_for_word_in_both_languages(open_page, small, expect):
    opened = open_page(small, "v=about")
    for lang, button in (("en", "English"), ("zh", "中文")):
        opened.page.get_by_role("button", name=button).click()
        expect(opened.page.locator("#main .sentence")).to_have_text(list(small.proof.sentences[lang]))
    labels = opened.page.locator("#main section[aria-labelledby=about-distances] tbody tr td:nth-of-type(1)")
    assert [int(n) for n in labels.all_inner_texts()] == np.bincount(small.alternatives.label, minlength=3).tolist()


@pytest.mark.parametrize("view", VIEWS)
def test_the_language_changes_the_page_as_a_whole(open_page, small, expect, view):
    opened = open_page(small, f"v={view}&{FULL}")
    headings = opened.page.locator("main h2").all_inner_texts()
    opened.page.get_by_role("button", name="中文").click()
    expect(opened.page.locator("html")).to_have_attribute("lang", "zh-Hans")
    opened.page.wait_for_url(re.compile("&l=zh&"))
    changed = opened.page.locator("main h2").all_inner_texts()
    assert len(changed) == len(headings) and all(re.search("[\u4e00-\u9fff]", text) for text in changed)
    names = opened.run("() => [...document.querySelectorAll('[aria-label]')].map(n => n.getAttribute('aria-label'))")
    foreign = [n for n in names if not re.search("[\u4e00-\u9fff]", n)]
    assert [n for n in foreign if re.search("[A-Za-z]{3}", n)] == []
    opened.page.get_by_role("button", name="English").click()
    expect(opened.page.locator("html")).to_have_attribute("lang", "en")
    assert opened.page.locator("main h2").all_inner_texts() == headings


def test_an_alternative_that_was_added_stands_with_a_star_in_table_lines_and_cloud(open_file, small, expect, tmp_path):
    land, sites, roads = small.layers
    told = {
        "id": "live-1", "job": "j", "values": (column_means := small.alternatives.values.mean(axis=0)).tolist(),
        "label": 0, "distance": 0.0, "verified": None, "origin": "live",
        "layers": {
            "land": {"classes": block(land.decisions.today.astype(np.uint8), "u1"), "amounts": {}},
            "sites": {"chosen": block(sites.decisions.chosen[5].astype(np.uint8), "u1"), "amounts": {}},
            "corridors": {"chosen": block(roads.decisions.chosen[5].astype(np.uint8), "u1"), "amounts": {}},
        },
        "measures": {},
    }  # fmt: skip
    path = write_text(page_text(payload(small), session={"additions": [told]}), tmp_path / "added.html")
    opened = open_file(path, "a=live-1")
    expect(count(opened)).to_have_text("121 alternatives, no limits set")
    row = rows(opened).and_(opened.page.locator("[aria-current]"))
    expect(row.get_by_role("img", name="solved live")).to_be_visible()
    assert [
        float(t.replace(",", "")) for t in row.locator("td[title]").evaluate_all("a => a.map(d => d.title)")[:6]
    ] == (pytest.approx(column_means, rel=1e-11))
    expect(opened.page.locator(".axes-legend .live")).to_be_visible()
    expect(opened.page.locator(".scatter .key")).to_contain_text("✦ solved live")
    opened.page.get_by_role("button", name=re.compile("With those solved live")).wait_for()
    for view in VIEWS:  # what it lacks is a dash, not a fault
        opened.run("view => { refugia.state.view.value = view; refugia.state.slots.value = [120, 4, null]; }", view)
        expect(opened.page.locator(f"main.{view} h2").first).to_be_visible()
