"""The explorer as one HTML file: the built page of :file:`static/explorer.html` with a payload put in."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

from solver.page.page import embedded


def template() -> str:
    """The built page without a payload."""
    return resources.files("solver.explorer").joinpath("static", "explorer.html").read_text(encoding="utf-8")


def page_text(
    told: Mapping[str, Any], *, session: Mapping[str, Any] | None = None, live: Mapping[str, Any] | None = None
) -> str:
    """The page for a payload.

    Parameters
    ----------
    session
        Shortlist, notes and view to begin with.
    live
        Where the page may ask for new solves (``{"token": ...}``); without it the page may connect to nothing at all,
        by its own content policy.
    """
    lang = told["lang"]
    title = told["about"]["title"].get(lang) or told["about"]["name"]
    count = len(told["alternatives"]["ids"])
    filled = {
        "lang": "zh-Hans" if lang == "zh" else "en",
        "title": html.escape(f"Refugia: {title}"),
        "connect": "'self'" if live is not None else "'none'",
        "plain": html.escape(f"{title}: {count} alternatives. This page needs JavaScript. 此页面需要 JavaScript。"),
        "payload": embedded(told),
        "session": embedded(session or {}),
        "live": embedded(live or {}),
    }
    # Split before filling in, so that data which happen to look like a place to fill are left alone.
    pieces = template().split("@@")
    return "".join(filled[piece] if k % 2 else piece for k, piece in enumerate(pieces))


def notebook(text: str, height: int = 900) -> str:
    """The page as a frame for a notebook: closed off from the notebook around it."""
    return (
        f'<iframe sandbox="allow-scripts allow-downloads allow-modals" title="Refugia" '
        f'style="width:100%;height:{int(height)}px;border:0" srcdoc="{html.escape(text)}"></iframe>'
    )


def read_payload(text: str) -> dict[str, Any]:
    """The payload of a page that :func:`page_text` made.

    Raises
    ------
    ValueError
        If the text is no such page.
    """
    begin = '<script type="application/json" id="payload">'
    if begin not in text:
        raise ValueError("this is no page of the explorer")
    found: dict[str, Any] = json.loads(text.split(begin, 1)[1].split("</script>", 1)[0])
    return found
