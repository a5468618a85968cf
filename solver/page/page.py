"""The page of a run: one HTML file that shows the plan, its proof and its map, offline and in two languages."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solver.outputs.textfile import write_text
from solver.page.palette import palette

if TYPE_CHECKING:
    from solver.plan import Plan

# In this order they make one script: each uses only what stands before it, or is called after all are read.
SCRIPTS = (
    "read.js",
    "symbols.js",
    "mapdata.js",
    "mapdraw.js",
    "mapview.js",
    "mapcard.js",
    "maplegend.js",
    "tables.js",
    "proof.js",
    "sections.js",
    "prepared.js",
    "account.js",
    "start.js",
)
STYLES = ("page.css", "tables.css", "map.css", "narrow.css")  # the last overrides


def write_page(plan: Plan, path: str | Path, lang: str = "en") -> Path:
    """Write the page of a plan as one self-contained HTML file and return its path.

    The file holds everything it needs and asks for nothing: its content policy forbids every request, and allows only
    the one script whose hash it names. English and Chinese are both inside; ``lang`` (``en`` or ``zh``) is shown first.

    Raises
    ------
    ValueError
        If ``lang`` is unknown.
    OSError
        If the file cannot be written; nothing half-written is left behind.
    """
    return write_text(page_text(plan, lang), path)


def page_text(plan: Plan, lang: str = "en") -> str:
    """The page as text; see :func:`write_page`."""
    from solver.page.payload import page_payload

    payload = page_payload(plan, lang)
    script = page_script()
    title = payload["about"]["title"].get(lang) or payload["about"]["name"]
    filled = {
        "lang": "zh-Hans" if lang == "zh" else "en",
        "policy": policy(script),
        "title": html.escape(f"Refugia: {title}"),
        "style": "\n".join(_part(name) for name in STYLES),
        "plain": html.escape(_plain_words(payload)),
        "payload": embedded(payload),
        "texts": embedded(texts()),
        "palette": embedded(palette()),
        "script": script,
    }
    # Split before filling in, so that data which happen to look like a place to fill are left alone.
    pieces = _part("page.html").split("{{")
    return pieces[0] + "".join(
        filled[name] + rest for name, rest in (piece.split("}}", maxsplit=1) for piece in pieces[1:])
    )


def policy(script: str) -> str:
    """Content policy: nothing may be loaded or sent, and no script may run but this one."""
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def embedded(value: Any) -> str:
    """JSON that may stand inside an HTML script element, whatever the texts in it say."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


@cache
def texts() -> dict[str, dict[str, str]]:
    """Every sentence of the page by key, in English (``en``) and Chinese (``zh``)."""
    found: dict[str, dict[str, str]] = json.loads(_part("texts.json"))
    return found


def page_script() -> str:
    """All the script of the page, closed off from anything else."""
    body = "\n".join(_part(name) for name in SCRIPTS)
    return f'"use strict";\n(() => {{\n{body}\n}})();'


def _plain_words(payload: dict[str, Any]) -> str:
    """What a reader sees whose browser runs no scripts."""
    solution, facts = payload["solution"], payload["summary"]
    return (
        f"{payload['about']['name']}: {facts['places']} shelters, {facts['depots']} stores, cost {facts['cost']:,.0f} "
        f"{payload['about']['money']}. Status: {solution['status']}; value {solution['value']}, bound "
        f"{solution['bound']}, gap {solution['gap']}. The map and the tables need JavaScript."
    )


def _part(name: str) -> str:
    return resources.files("solver.page").joinpath("web", name).read_text(encoding="utf-8")
