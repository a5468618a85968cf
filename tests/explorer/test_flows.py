"""What a reader does with mouse and keyboard, step by step, and what the page answers; counted beside it by numpy."""

from __future__ import annotations

import re

import numpy as np
import pytest

from solver.choosing.goals import closest
from solver.explorer.content import Content
from tests.explorer.conftest import Opened
from tests.explorer.reading import column, count, names, picture, rows

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
    canvas.press("ArrowLeft")
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
