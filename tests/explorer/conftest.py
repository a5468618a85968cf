"""A browser for the tests of the explorer: Debian's Chromium, opened from disk as somebody does who got a mail."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from solver.explorer.content import Content
from solver.explorer.page import page_text
from solver.explorer.payload import payload
from solver.outputs.textfile import write_text
from tests.explorer.generated import generated

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ("no-sandbox", "disable-quic", "no-first-run", "disable-sync")
QUIET += ("disable-background-networking", "disable-component-update")
PATIENCE = 60_000
"""Milliseconds that a busy machine is given; nothing is timed by it."""


@dataclass
class Opened:
    """A page on view, and what it said and asked for since."""

    page: Any
    path: Path
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def state(self) -> Callable[[str], Any]:
        """Value of a signal by name."""
        return lambda name: self.page.evaluate("name => window.refugia.state[name].value", name)

    def run(self, script: str, given: Any = None) -> Any:
        """The value of a script; ``refugia`` is what the page shows to tests."""
        return self.page.evaluate(script, given)


@pytest.fixture(scope="session")
def start_chromium() -> Iterator[Callable[..., Any]]:
    """Start Chromium with more flags; one process for each set of flags."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: `make setup-dev`")
    if CHROMIUM is None:
        pytest.skip("no Chromium found: install chromium to test the explorer in a browser")
    with sync_api.sync_playwright() as driver:

        @cache
        def start(*flags: str) -> Any:
            return driver.chromium.launch(executable_path=CHROMIUM, args=[f"--{f}" for f in (*QUIET, *flags)])

        yield start


@pytest.fixture(scope="session")
def browser(start_chromium) -> Any:
    return start_chromium()


@contextmanager
def visits(browser: Any) -> Iterator[Callable[..., Opened]]:
    """Opens HTML files from disk and waits until they are ready; a word on a console is a fault at the end."""
    contexts: list[Any] = []
    watched: list[Opened] = []

    def open_it(path: Path, link: str = "", *, process: Any = None, quiet: bool = True, **options: Any) -> Opened:
        contexts.append((process or browser).new_context(**{"viewport": {"width": 1400, "height": 1000}, **options}))
        contexts[-1].set_default_timeout(PATIENCE)
        opened = Opened(contexts[-1].new_page(), path)
        opened.page.on("console", lambda message: opened.said.append(message.text))
        opened.page.on("pageerror", lambda error: opened.said.append(str(error)))
        opened.page.on("request", lambda asked: opened.asked.append(asked.url))
        if quiet:
            watched.append(opened)
        opened.page.goto(path.as_uri() + (f"#{link}" if link else ""))
        opened.page.locator("html[data-ready], html[data-fault]").wait_for(state="attached")
        return opened

    yield open_it
    said = [line for opened in watched for line in opened.said]
    for context in contexts:
        context.close()
    assert said == []


@pytest.fixture
def open_file(browser) -> Iterator[Callable[..., Opened]]:
    """Open an HTML file from disk and wait until it is ready; a word on the console fails the test at its end."""
    with visits(browser) as open_it:
        yield open_it


@pytest.fixture
def open_page(open_file, tmp_path) -> Callable[..., Opened]:
    """Open the page of a content."""

    def open_it(content: Content, link: str = "", *, lang: str = "en", **options: Any) -> Opened:
        return open_file(
            write_text(page_text(payload(content, lang)), tmp_path / "前沿 #1 (front).html"), link, **options
        )

    return open_it


@pytest.fixture(scope="module")
def keep_open(browser, tmp_path_factory) -> Iterator[Callable[..., Opened]]:
    """Open the page of a content for all tests of a module, which leave it as they found it."""
    with visits(browser) as open_it:

        def keep(content: Content, link: str = "", *, lang: str = "en", **options: Any) -> Opened:
            path = tmp_path_factory.mktemp("kept") / "front.html"
            return open_it(write_text(page_text(payload(content, lang)), path), link, **options)

        yield keep


@pytest.fixture(scope="session")
def small() -> Content:
    """A front of 120 alternatives that is quick to open."""
    return generated(120, 24, 20, 30, 30)


@pytest.fixture(scope="session")
def tiny() -> Content:
    """A front of 40 alternatives, for what takes its time over every element of a page."""
    return generated(40, 12, 8, 12, 12)


@pytest.fixture
def expect() -> Any:
    """Playwright's way to wait until something is so."""
    found = pytest.importorskip("playwright.sync_api").expect
    found.set_options(timeout=PATIENCE)
    return found
