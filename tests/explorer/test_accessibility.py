"""What axe finds on the page as it is mailed: nothing, in every view, language and width, and with everything open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.explorer.conftest import Opened

VIEWS = ("explore", "compare", "robustness", "noregret", "about")
FULL = "v=explore&a=18&c=18,30,40&s=7,18&b=cost:~400,unserved:~9000&g=travel:12&h=s3&q=unserved:6000"
RUN = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.flatMap(
  ({ id, help, nodes }) => nodes.map((n) => `${id}: ${help}: ${n.target.join(" ")}: ${n.any.map((c) => c.message)}`))"""
WIDE, NARROW = {"width": 1400, "height": 1000}, {"width": 420, "height": 900}


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core; evaluated from outside, as the policy of the page lets no other script in."""
    found = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    return (Path(found.__file__).parent / "axe.min.js").read_text("utf-8")


@pytest.fixture(scope="module")
def opened(keep_open, tiny, axe) -> Opened:
    told = keep_open(tiny)
    told.run(axe)
    return told


@pytest.fixture
def look(opened) -> Callable[..., Opened]:
    """The page in a state that a link tells, in a window of some width."""

    def at(link: str, lang: str = "en", size: dict[str, int] = WIDE) -> Opened:
        opened.page.set_viewport_size(size)
        opened.run("link => { location.hash = link; }", f"d=00000000&l={lang}&{link}")
        opened.page.locator(f"html[lang={'zh-Hans' if lang == 'zh' else 'en'}]").wait_for(state="attached")
        opened.run("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")
        return opened

    return at


def test_axe_runs_on_this_page_and_finds_a_fault_that_is_planted(look):
    opened = look("v=about")
    opened.run("() => document.querySelector('main').append(document.createElement('button'))")
    assert any(line.startswith("button-name") for line in opened.run(RUN))
    opened.run("() => document.querySelector('main > button:last-child').remove()")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_in_a_view_with_slots_limits_and_goals(look, view, lang, size):
    opened = look(FULL.replace("v=explore", f"v={view}"), lang, size)
    assert opened.page.locator(f"main.{view} section.card").count() > 1
    assert opened.run(RUN) == []


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_in_a_view_before_anything_is_set(look, view):
    assert look(f"v={view}").run(RUN) == []


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_where_no_alternative_keeps_the_limits(look, view):
    assert look(f"v={view}&b=cost:~1").run(RUN) == []


def test_axe_finds_nothing_in_the_cloud_of_three_objectives(look):
    assert look("v=explore&x=cost,unserved,travel,3&r=0.2,0.2").run(RUN) == []


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("name", ["Axes", "Limits and goal: Walking", "Shortlist (2)", "Save and share"])
def test_axe_finds_nothing_in_what_a_button_opens(look, name, size):
    opened = look(FULL, size=size)
    opened.page.get_by_role("button", name=name, exact=True).click()
    opened.page.get_by_role("dialog").wait_for()
    assert opened.run(RUN) == []
    opened.page.keyboard.press("Escape")
    opened.page.get_by_role("dialog").wait_for(state="detached")


def test_axe_finds_nothing_in_what_an_alternative_prepares_and_what_lies_under_the_pointer(look):
    opened = look(FULL)
    opened.page.locator(".prepared summary").click()
    opened.page.locator(".mapcard canvas").press("n")
    opened.page.locator(".mapcard .tip").wait_for()
    assert opened.run(RUN) == []
    opened.page.locator(".mapcard canvas").press("Escape")
    opened.page.locator(".prepared summary").click()


def test_axe_finds_nothing_in_what_is_told_of_a_foreign_link_and_of_withheld_layers(open_page, tiny, axe):
    from dataclasses import replace

    told = {"en": "Sites are left out.", "zh": "略去场所。"}
    opened = open_page(replace(tiny, about=replace(tiny.about, withheld=(told,))), "v=about&d=ffffffff")
    opened.run(axe)
    opened.page.get_by_role("alert").wait_for()
    assert opened.run(RUN) == []
