"""The page on other screens, on paper, and by keyboard alone."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from tests.explorer.conftest import Opened
from tests.explorer.reading import FULL, VIEWS

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
