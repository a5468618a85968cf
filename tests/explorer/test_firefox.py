"""The page in Firefox, from disk."""

from __future__ import annotations

import time

import pytest

from solver.explorer.page import page_text, write_text
from solver.explorer.payload import payload
from tests.explorer.marionette import FIREFOX, Firefox

DRAWN = """return [...document.querySelectorAll("canvas[data-figure]")].map(canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const found = new Set();
  for (let k = 0; k < data.length; k += 4) found.add((data[k] << 16) | (data[k + 1] << 8) | data[k + 2]);
  return found.size;
})"""


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    if FIREFOX is None:
        pytest.skip("no Firefox found: install firefox-esr to try the explorer in it")
    made = Firefox(tmp_path_factory.mktemp("firefox"))
    yield made
    made.close()


def test_firefox_shows_every_view_without_a_fault(firefox, small, tmp_path):
    path = write_text(page_text(payload(small)), tmp_path / "前沿.html")
    firefox.open(path.as_uri() + "#v=explore&c=1,20")
    until = time.monotonic() + 60
    while not firefox.run("return document.documentElement.dataset.ready || document.documentElement.dataset.fault"):
        assert time.monotonic() < until, "Firefox did not get the page ready"
        time.sleep(0.1)
    assert firefox.run("return document.documentElement.dataset.fault ?? ''") == ""
    for key in range(1, 6):
        firefox.run(f"dispatchEvent(new KeyboardEvent('keydown', {{key: '{key}'}})); document.body.offsetWidth")
        time.sleep(0.5)
        colours = firefox.run(DRAWN)
        assert colours
        assert min(colours) > 2
    assert firefox.run("return window.wrappedJSObject.refugia.state.model.value.count") == 120
