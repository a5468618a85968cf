"""The page as it is mailed: it asks for nothing, and needs nothing but a browser."""

from __future__ import annotations

import re

import pytest

from solver.explorer.page import notebook, page_text, template
from solver.explorer.payload import payload
from solver.outputs.textfile import write_text

VIEWS = ("explore", "compare", "robustness", "noregret", "about")
LINK = "v={}&c=1,20,30"

COLOURS = """() => [...document.querySelectorAll("canvas[data-figure]")].map(canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const found = new Set();
  for (let k = 0; k < data.length; k += 4)
    found.add((data[k] << 24) | (data[k + 1] << 16) | (data[k + 2] << 8) | data[k + 3]);
  return [canvas.dataset.figure, found.size];
})"""

SHOW = """(view) => {
  refugia.state.view.value = view;
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))));
}"""


def test_the_content_policy_forbids_every_request_and_every_other_script(small):
    text = page_text(payload(small))
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)[1]
    assert "default-src 'none'" in policy
    assert "connect-src 'none'" in policy
    assert re.search(r"script-src 'sha256-[A-Za-z0-9+/=]{44}';", policy)
    head = text.split('<script type="application/json"')[0]
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", head)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_drawn_from_disk_and_asks_for_nothing(open_page, small, view):
    opened = open_page(small, LINK.format(view))
    assert opened.page.evaluate("document.documentElement.dataset.fault ?? ''") == ""
    assert [u for u in opened.asked if not u.startswith(("file:", "data:", "blob:"))] == []
    assert len([u for u in opened.asked if u.startswith("file:")]) == 1
    drawn = opened.run(COLOURS)
    assert drawn, f"{view} has no figure"
    assert [name for name, colours in drawn if colours < 3] == []


def test_a_request_that_a_script_tries_is_stopped_by_the_page_itself(open_page, small):
    opened = open_page(small, quiet=False)
    tried = "() => fetch('http://127.0.0.1:9/').then(() => 'sent', error => String(error))"
    assert "Failed to fetch" in opened.run(tried)
    assert any("Content Security Policy" in line for line in opened.said)


def test_the_page_needs_no_webgl(start_chromium, open_page, small):
    flags = ("disable-gpu", "disable-software-rasterizer", "disable-3d-apis", "disable-webgl", "disable-webgl2")
    opened = open_page(small, LINK.format("explore"), process=start_chromium(*flags))
    assert opened.run("document.createElement('canvas').getContext('webgl2')") is None
    assert opened.run("document.createElement('canvas').getContext('webgl')") is None
    for view in VIEWS:
        opened.run(SHOW, view)
        drawn = opened.run(COLOURS)
        assert drawn, f"{view} has no figure"
        assert [name for name, colours in drawn if colours < 3] == []


def test_the_page_works_in_the_frame_of_a_notebook(open_file, small, tmp_path):
    frame = notebook(page_text(payload(small)))
    outer = write_text(f"<!doctype html><html data-ready='0'><body>{frame}</body></html>", tmp_path / "notebook.html")
    opened = open_file(outer)
    inner = opened.page.frame_locator("iframe")
    inner.locator("html[data-ready]").wait_for(state="attached")
    assert inner.locator("h1").inner_text() == "Kelan Bay"


def test_data_that_look_like_places_to_fill_or_like_markup_stay_text(open_page, small):
    from dataclasses import replace

    title = {"en": "@@payload@@ </script><script>alert(1)</script> <b>x</b>", "zh": "@@live@@"}
    opened = open_page(replace(small, about=replace(small.about, title=title)))
    assert opened.page.locator("h1").inner_text() == title["en"]


def test_a_page_of_another_version_says_so_in_both_languages(open_file, small, tmp_path):
    told = payload(small) | {"schema": "refugia-explorer/2.0"}
    opened = open_file(write_text(page_text(told), tmp_path / "later.html"))
    said = opened.page.locator("[role=alert]").inner_text()
    assert "refugia-explorer/2.0" in said
    assert "重新生成" in said


def test_the_built_page_holds_no_address_but_names_in_standards():
    found = set(re.findall(r"https?://[^\s\"'`<>\\)]+", template()))
    known = (
        "http://www.w3.org/",
        "http://www.opengis.net/",
        "http://www.geopackage.org/spec",
        "http://mrcc.com/qgis.dtd",
    )
    assert [u for u in found if not u.startswith(known)] == []
