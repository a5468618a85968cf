"""What a reader does with mouse and keyboard, step by step, and what the page answers; counted beside it by numpy."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Any

import numpy as np
import pytest

from solver.choosing.goals import closest
from solver.explorer.blocks import block
from solver.explorer.content import Content
from solver.explorer.page import page_text, write_text
from solver.explorer.payload import payload
from tests.explorer.conftest import Opened

VIEWS = ("explore", "compare", "robustness", "noregret", "about")
FULL = "a=18&c=18,30,40&s=7,18&b=cost:~400&g=travel:12&h=s3&q=unserved:6000"


@pytest.fixture
def expect() -> Any:
    return pytest.importorskip("playwright.sync_api").expect


def rows(opened: Opened) -> Any:
    return opened.page.locator(".alternatives tbody:not([aria-hidden]) tr")


def names(opened: Opened) -> list[str]:
    """Alternatives in the rows on view, without letters."""
    return [re.sub(r"[^0-9].*", "", text, flags=re.S) for text in rows(opened).locator("th").all_inner_texts()]


def count(opened: Opened) -> Any:
    return opened.page.get_by_role("status").filter(has_text="alternatives")


def picture(opened: Opened, figure: str) -> str:
    """The canvas as it is after the next frame."""
    opened.run("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")
    found: str = opened.run("name => document.querySelector(`canvas[data-figure='${name}']`).toDataURL()", figure)
    return found


def column(content: Content, k: int) -> np.ndarray:
    return content.alternatives.values[:, k]


# limits and goals


def test_a_range_dragged_on_an_axis_narrows_the_count_the_table_the_scatter_and_the_link(open_page, small, expect):
    opened = open_page(small)
    before = picture(opened, "scatter")
    box = opened.page.locator(".axis-track").first.bounding_box()
    x, top, high = box["x"] + box["width"] / 2, box["y"] + 12, box["height"] - 24
    opened.page.mouse.move(x, top + 0.15 * high)
    opened.page.mouse.down()
    opened.page.mouse.move(x, top + 0.3 * high)
    opened.page.mouse.move(x, top + 0.45 * high)
    opened.page.mouse.up()
    expect(count(opened)).to_contain_text("keep the limits")
    low, most = opened.state("limits")[0]
    inside = (column(small, 0) >= low) & (column(small, 0) <= most)
    assert 0 < inside.sum() < 120
    expect(count(opened)).to_have_text(f"{inside.sum()} of 120 alternatives keep the limits")
    assert count(opened).get_attribute("aria-live") == "polite"
    assert opened.page.locator(".alternatives table").get_attribute("aria-rowcount") == str(inside.sum() + 1)
    assert {int(name) - 1 for name in names(opened)} <= set(np.flatnonzero(inside).tolist())
    opened.page.wait_for_url(re.compile(re.escape(f"b=cost:{low:g}~{most:g}")))
    assert picture(opened, "scatter") != before
    opened.page.get_by_role("button", name="Clear limits").click()
    expect(count(opened)).to_have_text("120 alternatives, no limits set")
    opened.page.wait_for_url(re.compile(r"#(?!.*&b=)"))


def test_a_limit_set_by_key_keeps_the_focus_and_r_clears_it(open_page, small, expect):
    opened = open_page(small)
    handle = opened.page.get_by_role("slider", name="People without a place: at most")
    handle.focus()
    for _ in range(3):
        opened.page.keyboard.press("PageUp")
    expect(count(opened)).to_contain_text("keep the limits")
    most = opened.state("limits")[1][1]
    expect(count(opened)).to_have_text(f"{(column(small, 1) <= most).sum()} of 120 alternatives keep the limits")
    expect(handle).to_be_focused()
    assert handle.get_attribute("aria-valuetext") == f"{most:,.6g} people"
    opened.page.locator("main").focus()
    opened.page.keyboard.press("r")
    expect(count(opened)).to_have_text("120 alternatives, no limits set")


def test_a_limit_typed_with_every_digit_keeps_the_alternative_that_has_it(open_page, small, expect):
    opened = open_page(small)
    opened.page.get_by_role("button", name="Limits and goal: Cost").click()
    form = opened.page.get_by_role("dialog")
    expect(form.get_by_label("at most")).to_be_focused()
    form.get_by_label("at most").fill(repr(float(column(small, 0).min())))
    opened.page.keyboard.press("Enter")
    expect(form).to_have_count(0)
    expect(opened.page.get_by_role("button", name="Limits and goal: Cost")).to_be_focused()
    expect(count(opened)).to_have_text("1 of 120 alternatives keep the limits")
    assert names(opened) == [str(column(small, 0).argmin() + 1)]


def test_a_goal_set_by_key_brings_the_alternative_closest_to_it(open_page, small, expect):
    opened = open_page(small)
    expect(opened.page.get_by_role("button", name=re.compile("Closest to the goals"))).to_have_count(0)
    opened.page.get_by_role("slider", name="Walking: at most").focus()
    for key in ("PageUp", "PageUp", "PageUp", "PageUp", "g"):
        opened.page.keyboard.press(key)
    goal = opened.state("goals")[3]
    wished = np.full(6, np.inf)
    wished[3] = goal
    best = small.alternatives.ids[closest(small.alternatives.values, wished).position]
    offer = opened.page.get_by_role("button", name=re.compile("Closest to the goals"))
    expect(offer).to_contain_text(best)
    offer.click()
    expect(opened.page.locator("#map-title")).to_have_text(f"Alternative {best}")
    expect(offer).to_have_attribute("aria-current", "true")
    expect(opened.page.get_by_role("slider", name="Walking: goal")).to_have_attribute("aria-valuenow", f"{goal:g}")


# the current alternative


def test_row_suggestion_and_key_make_an_alternative_current_everywhere(open_page, small, expect):
    opened = open_page(small)
    title, table = opened.page.locator("#map-title"), opened.page.get_by_role("region", name=re.compile("Table of"))
    table.evaluate("box => { box.scrollTop = 0; }")
    rows(opened).filter(has=opened.page.get_by_role("rowheader", name="3", exact=True)).click()
    expect(title).to_have_text("Alternative 3")
    knee = next(s for s in small.suggestions if s.kind == "knee")
    opened.page.get_by_role("button", name=re.compile("^Knee")).click()
    expect(title).to_have_text(f"Alternative {small.alternatives.ids[knee.at]}")
    expect(rows(opened).and_(opened.page.locator("[aria-current]")).locator("th")).to_have_text(str(knee.at + 1))
    opened.page.wait_for_url(re.compile(f"[#&]a={knee.at + 1}&"))
    table.focus()
    opened.page.keyboard.press("Home")
    expect(title).to_have_text("Alternative 1")
    opened.page.keyboard.press("ArrowDown")
    expect(title).to_have_text("Alternative 2")
    opened.page.locator("main").focus()
    opened.page.keyboard.press("ArrowUp")
    opened.page.keyboard.press("ArrowUp")
    expect(title).to_have_text("Alternative 120")
    expect(table.locator("tr[aria-current]")).to_be_in_viewport()


def places(opened: Opened, content: Content, x: int, y: int) -> np.ndarray:
    """Where the points of two objectives lie in the window, from what the card says: better is right and up."""
    box = opened.page.locator("canvas[data-figure=scatter]").bounding_box()
    left, right, top, bottom = 56, 16, 34, 44
    found = []
    for k, length in ((x, box["width"] - left - right), (y, box["height"] - top - bottom)):
        values = column(content, k)
        found.append((values.max() + 0.05 * np.ptp(values) - values) / (1.1 * np.ptp(values)) * length)
    return np.column_stack([box["x"] + left + found[0], box["y"] + box["height"] - bottom - found[1]])


def test_a_click_in_the_scatter_takes_the_alternative_that_lies_there(open_page, small, expect):
    opened = open_page(small, "a=1")
    canvas = opened.page.locator("canvas[data-figure=scatter]")
    canvas.scroll_into_view_if_needed()
    at = places(opened, small, 0, 1)
    apart = np.hypot(*(at[:, None] - at).transpose(2, 0, 1)) + np.where(np.eye(120), np.inf, 0)
    lone = int(apart.min(axis=0)[1:].argmax()) + 1
    assert apart[lone].min() > 8
    opened.page.mouse.click(*at[lone])
    expect(opened.page.locator("#map-title")).to_contain_text(f"Alternative {lone + 1}")
    opened.page.keyboard.press("ArrowLeft")  # the click has moved the focus to the canvas
    expect(opened.page.locator("#map-title")).not_to_contain_text(f"Alternative {lone + 1}")
    assert column(small, 0)[opened.state("current")] > column(small, 0)[lone]


def test_a_rectangle_in_the_scatter_limits_both_objectives_and_a_button_takes_that_back(open_page, small, expect):
    opened = open_page(small)
    opened.page.locator("canvas[data-figure=scatter]").scroll_into_view_if_needed()
    (right, top), (left, bottom) = (np.quantile(places(opened, small, 0, 1), share, axis=0) for share in (0.8, 0.2))
    top, bottom = min(top, bottom), max(top, bottom)
    opened.page.mouse.move(left, top)
    opened.page.mouse.down()
    opened.page.mouse.move(right, bottom, steps=3)
    opened.page.mouse.up()
    expect(count(opened)).to_contain_text("keep the limits")
    at, limits = places(opened, small, 0, 1), opened.state("limits")
    inside = np.all([(column(small, k) >= limits[k][0]) & (column(small, k) <= limits[k][1]) for k in (0, 1)], axis=0)
    drawn = (at[:, 0] > left) & (at[:, 0] < right) & (at[:, 1] > top) & (at[:, 1] < bottom)
    edge = np.min(np.abs(np.column_stack([at[:, [0]] - [left, right], at[:, [1]] - [top, bottom]])), axis=1) < 2
    assert (inside == drawn)[~edge].all() and 0 < inside.sum() < 120
    assert limits[2:] == [[None, None]] * 4
    expect(count(opened)).to_have_text(f"{inside.sum()} of 120 alternatives keep the limits")
    opened.page.get_by_role("button", name="Clear these limits").click()
    expect(count(opened)).to_have_text("120 alternatives, no limits set")


def test_headers_sort_the_table_both_ways_and_say_so(open_page, small, expect):
    opened = open_page(small)
    header = opened.page.get_by_role("columnheader", name="Goods short")
    for down in (False, True):
        header.get_by_role("button").click()
        expect(header).to_have_attribute("aria-sort", "descending" if down else "ascending")
        opened.page.locator(".alternatives .rows").evaluate("box => { box.scrollTop = 0; }")
        order = np.argsort(column(small, 4), kind="stable")
        wanted = [str(k + 1) for k in (order[::-1] if down else order)]
        expect(rows(opened).first.locator("th")).to_have_text(wanted[0])
        shown = names(opened)
        assert shown == wanted[: len(shown)] and len(shown) > 5
    opened.page.wait_for_url(re.compile("t=shortage!"))


def test_stars_and_the_key_s_make_the_shortlist_and_the_table_can_show_it_alone(open_page, small, expect):
    opened = open_page(small, "a=5")
    opened.page.keyboard.press("s")
    opened.page.get_by_role("button", name="Put alternative 6 on the shortlist").click()
    button = opened.page.get_by_role("button", name="Shortlist (2)")
    expect(button).to_be_visible()
    opened.page.get_by_label("Rows to show").select_option("shortlist")
    expect(rows(opened)).to_have_count(2)
    assert names(opened) == ["5", "6"]
    button.click()
    dialog = opened.page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Note on alternative 6").fill("ask the owner")
    dialog.get_by_role("button", name="Remove alternative 5 from the shortlist").click()
    opened.page.keyboard.press("Escape")
    expect(opened.page.get_by_role("button", name="Shortlist (1)")).to_be_focused()
    assert opened.state("notes") == {"6": "ask the owner"}
    expect(rows(opened)).to_have_count(1)


# slots and comparison


def test_keys_fill_the_slots_and_compare_shows_letters_numbers_and_differences(open_page, small, expect):
    opened = open_page(small)
    chosen = (3, 40, 90)
    for letter, a in zip("abc", chosen, strict=True):
        opened.run("a => { refugia.state.current.value = a; }", a)
        opened.page.keyboard.press(letter)
        expect(
            opened.page.get_by_role("button", name=f"Alternative {a + 1} is in slot {letter.upper()}")
        ).to_be_visible()
    opened.page.keyboard.press("2")
    table = opened.page.get_by_role("region", name="Objectives of the alternatives side by side")
    for letter, a in zip("ABC", chosen, strict=True):
        expect(table.get_by_role("columnheader", name=f"{letter} Alternative {a + 1}")).to_be_visible()
    for k, objective in enumerate(small.objectives):
        row = table.get_by_role("row").filter(has_text=objective.label["en"]).first
        shown = [
            float(t.replace(",", "")) for t in row.locator("span.value").evaluate_all("all => all.map(v => v.title)")
        ]
        mine = column(small, k)[list(chosen)]
        assert shown == pytest.approx(mine, rel=1e-11)
        best = row.locator("td.best")
        expect(best).to_have_count(1)
        assert best.locator(".value").get_attribute("title") == row.locator("span.value").nth(
            int(mine.argmin())
        ).get_attribute("title")
        for j in (1, 2):
            cell = row.locator("td.change").nth(j - 1)
            better = mine[j] < mine[0]
            expect(cell).to_contain_text("better" if better else "worse")
            percent = abs(mine[j] - mine[0]) / abs(mine[0]) * 100
            assert f"{percent:,.1f}".removesuffix(".0") in cell.inner_text()
    pairs = opened.page.get_by_role("group", name="Pair that is compared")
    first = picture(opened, "compare-map-difference")
    pairs.get_by_role("button", name="from B to C").click()
    expect(pairs.get_by_role("button", name="from B to C")).to_have_attribute("aria-pressed", "true")
    assert picture(opened, "compare-map-difference") != first
    expect(opened.page.get_by_role("heading", name="What differs from B to C")).to_be_visible()


def test_compare_offers_a_start_and_takes_an_alternative_by_its_number(open_page, small, expect):
    opened = open_page(small, "v=compare&a=7")
    opened.page.locator(".compare-offer button").first.click()
    expect(opened.page.get_by_role("columnheader", name=re.compile("^A Alternative 7"))).to_be_visible()
    number = opened.page.get_by_role("textbox", name="Number of another alternative for slot C")
    expect(number).to_have_count(0)  # as long as all are in the list
    opened.run("() => refugia.state.setLimit(0, [null, 300])")
    number.fill("none such")
    number.press("Enter")
    expect(opened.page.get_by_role("alert")).to_have_text("No alternative is called none such.")
    number.fill("100")
    number.press("Enter")
    expect(opened.page.get_by_role("columnheader", name="C Alternative 100")).to_be_visible()
    expect(opened.page.get_by_role("alert")).to_have_count(0)
    opened.page.get_by_label("Alternative in slot A").select_option("")
    expect(opened.page.get_by_role("columnheader", name=re.compile("^A "))).to_have_count(0)
    assert opened.state("slots")[0] is None and opened.state("slots")[2] == 99


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


# on other screens, on paper, and by keyboard alone

OVER = """() => [...document.querySelectorAll("main :is(button, input, select, canvas, h2, p), header *")].filter((n) =>
    n.checkVisibility() && !n.closest(".scrolled, .scroll, .rows, .axes-scroll, .hidden, .skip") &&
    (n.getBoundingClientRect().right > innerWidth + 1 || n.getBoundingClientRect().left < -1))
    .map((n) => n.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module")
def kept(keep_open, tiny) -> Opened:
    return keep_open(tiny)


def show(opened: Opened, link: str) -> None:
    opened.run("link => { location.hash = link; }", f"d=00000000&{link}")
    opened.run("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")


@pytest.mark.parametrize("width", [1000, 420, 320])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_view_is_wider_than_the_window(kept, lang, width):
    kept.page.set_viewport_size({"width": width, "height": 900})
    for view in VIEWS:
        for link in (f"v={view}&l={lang}", f"v={view}&l={lang}&{FULL}"):
            show(kept, link)
            assert kept.run("() => document.documentElement.scrollWidth") <= width, link
            assert kept.run(OVER) == [], link


STOPS = """() => {
    const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")];
    window.stops = all.filter((n) => n.tabIndex >= 0 && !n.disabled && n.checkVisibility({ visibilityProperty: true }));
    document.activeElement.blur();
    return window.stops.map((n) => n.getAttribute("aria-label") || n.innerText || n.className || n.tagName);
}"""


@pytest.mark.parametrize("view", VIEWS)
def test_tab_reaches_every_control_in_the_order_of_the_page_and_is_never_caught(kept, view):
    kept.page.set_viewport_size({"width": 1400, "height": 1000})
    show(kept, f"v={view}&l=en&{FULL}")
    wanted = kept.run(STOPS)
    assert len(wanted) > 12
    walked = []
    for _ in range(len(wanted)):
        kept.page.keyboard.press("Tab")
        walked.append(kept.run("() => window.stops.indexOf(document.activeElement)"))
    assert [wanted[k] if k >= 0 else "elsewhere" for k in walked] == wanted
    kept.page.keyboard.press("Tab")
    assert kept.run("() => document.activeElement === document.body || document.activeElement === window.stops[0]")
    kept.run("() => document.activeElement.blur()")


def test_the_first_tab_offers_to_skip_to_the_content(open_page, small, expect):
    opened = open_page(small)
    opened.page.keyboard.press("Tab")
    expect(opened.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(opened.page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    opened.page.keyboard.press("Enter")
    expect(opened.page.locator("main")).to_be_focused()
    opened.page.wait_for_url(re.compile("#d="))


def test_letters_typed_into_a_field_are_no_commands(open_page, small, expect):
    opened = open_page(small, "v=noregret&b=cost:~400")
    field = opened.page.get_by_role("searchbox", name="Find a name")
    field.click()
    opened.page.keyboard.type("abcrs 1")
    expect(field).to_have_value("abcrs 1")
    assert opened.state("slots") == [None] * 3 and opened.state("limits")[0] == [None, 400]
    assert opened.state("shortlist") == [] and opened.state("view") == "noregret"
    expect(opened.page.locator(".ranking")).to_contain_text("Nothing fits the filter.")


def test_nothing_moves_by_itself_where_the_reader_wants_no_motion(open_page, small):
    opened = open_page(small, FULL, reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll("*")].filter((n) => {
        const { transitionDuration: t, animationName: a, scrollBehavior: s } = getComputedStyle(n);
        return t.split(",").some((v) => parseFloat(v) > 0.01) || a !== "none" || s === "smooth";
    }).map((n) => n.className || n.tagName)"""
    assert opened.run(moving) == []


def test_every_view_prints_in_chinese_on_paper_of_its_own(kept, tmp_path):
    pdftotext = shutil.which("pdftotext")
    kept.page.set_viewport_size({"width": 1400, "height": 1000})
    for view in VIEWS:
        show(kept, f"v={view}&l=zh&{FULL}")
        headings = kept.page.locator("main h2:not(.hidden)").all_inner_texts()
        kept.page.pdf(path=str(tmp_path / "page.pdf"), format="A4")
        assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
        if pdftotext is None:
            continue
        told = subprocess.run(
            [pdftotext, tmp_path / "page.pdf", "-"], capture_output=True, check=True, text=True
        ).stdout
        told = re.sub(r"\s", "", told)
        assert "克兰湾" in told
        # a letter in a box is a word of its own on paper
        assert [h for h in headings if re.sub(r"\s|^[ABC]\s", "", h) not in told] == [], view
