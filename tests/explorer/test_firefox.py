"""The page in Firefox, from disk."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from solver.explorer.page import page_text
from solver.explorer.payload import payload
from solver.outputs.textfile import write_text
from tests.explorer.marionette import FIREFOX, Firefox

DRAWN = """return [...document.querySelectorAll("canvas[data-figure]")].map(canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const found = new Set();
  for (let k = 0; k < data.length; k += 4) found.add((data[k] << 16) | (data[k + 1] << 8) | data[k + 2]);
  return found.size;
})"""

PRESS = "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '%s', bubbles: true}))"


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    if FIREFOX is None:
        pytest.skip("no Firefox found: install firefox-esr to try the explorer in it")
    made = Firefox(tmp_path_factory.mktemp("firefox"))
    yield made
    made.close()


def until(holds: Callable[[], object], what: str) -> None:
    """Ask again until it holds."""
    late = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < late, what
        time.sleep(0.05)


def test_firefox_shows_every_view_without_a_fault(firefox, small, tmp_path):
    path = write_text(page_text(payload(small)), tmp_path / "前沿.html")
    firefox.open(path.as_uri() + "#v=explore&c=1,20")
    until(lambda: firefox.run("return document.documentElement.matches('[data-ready], [data-fault]')"), "never ready")
    assert firefox.run("return document.documentElement.dataset.fault ?? ''") == ""
    for key, view in enumerate(("explore", "compare", "robustness", "noregret", "about"), start=1):
        firefox.run(PRESS % key)
        until(lambda shown=view: firefox.run(f"return !!document.querySelector('main.{shown}')"), f"no {view}")
        until(lambda: (found := firefox.run(DRAWN)) and min(found) > 2, f"{view} stays empty")
    firefox.run(PRESS % 1)
    until(lambda: firefox.run("return !!document.querySelector('.alternatives table')"), "no table")
    assert firefox.run("return document.querySelector('.alternatives table').ariaRowCount") == "121"
