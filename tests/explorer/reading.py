"""What a test reads off an open page."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from solver.explorer.content import Content
from tests.explorer.conftest import Opened

VIEWS = ("explore", "compare", "robustness", "noregret", "about")
FULL = "a=18&c=18,30,40&s=7,18&b=cost:~400&g=travel:12&h=s3&q=unserved:6000"


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
