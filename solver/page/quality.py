"""The quality report as one HTML file: verdict, warnings, maps and tables; no scripts, and it asks for nothing."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solver.words import WORDS, say, significant, term

if TYPE_CHECKING:
    from instances.quality import Quality, Section

MOST_ROWS = 200
OPEN_ROWS = 30  # longer tables are folded
STYLES = ("page.css", "tables.css", "quality.css")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
VERDICTS = {"usable": "usable", "usable with warnings": "warned", "not usable": "refused"}


def quality_page(found: Quality, title: str, maps: Mapping[str, Path], lang: str = "en") -> str:
    """The page as text.

    Parameters
    ----------
    title
        Name of the city for people.
    maps
        PNG files by name (``people``, ``sites``, ...); they are put into the page.
    """
    style = "\n".join(resources.files("solver.page").joinpath("web", name).read_text("utf-8") for name in STYLES)
    body = [_head(found, title, lang), _said(found, lang)]
    if maps:
        body.append(_section(say("report.maps", lang), ""))
        body.append(f'<div class="wide maps">{_figures(maps, lang)}</div>')
    tables = "".join(_table(section, lang) for section in found.sections)
    if tables:
        body.append(_section(say("report.tables", lang), tables))
    for key in ("notes", "assumptions", "sources"):
        texts = getattr(found, key)
        if texts:
            listed = "".join(f"<li>{html.escape(text)}</li>" for text in texts)
            body.append(_section(say(f"check.{key}", lang), f'<ul class="plain">{listed}</ul>'))
    return (
        f'<!doctype html>\n<html lang="{"zh-Hans" if lang == "zh" else "en"}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="generator" content="Refugia">\n'
        f"<title>{html.escape(f'Refugia: {title}')}</title>\n<style>{style}</style>\n</head>\n"
        f'<body class="report">\n<main>\n{"".join(body)}\n</main>\n</body>\n</html>\n'
    )


def titled(section: Section, lang: str) -> str:
    """Title of a section; in Chinese ours, with what the report adds in brackets."""
    if lang == "en" or f"section.{section.name}" not in WORDS:
        return section.title
    _, bracket, added = section.title.partition("(")
    return say(f"section.{section.name}", lang) + (f"（{added.rstrip(')')}）" if bracket else "")


def _head(found: Quality, title: str, lang: str) -> str:
    lines = [f'<p class="over">{say("report.over", lang)}</p>', f"<h1>{html.escape(title)}</h1>"]
    verdict = say(f"check.{found.verdict}", lang)
    lines.append(f'<p class="status verdict {VERDICTS[found.verdict]}">{verdict[:1].upper()}{verdict[1:]}</p>')
    if found.synthetic:
        lines.append(f'<p class="note">{say("report.synthetic", lang)}</p>')
    if found.digest:
        digest = f"{say('report.digest', lang)} <code>{found.digest}</code>"
        lines.append(f'<p class="fine">{html.escape(found.name)} · {digest}</p>')
    return f'<section class="column answer">{"".join(lines)}</section>'


def _said(found: Quality, lang: str) -> str:
    parts = []
    for key in ("faults", "warnings"):
        texts = getattr(found, key)
        if texts:
            listed = "".join(f"<li>{html.escape(text)}</li>" for text in texts)
            parts.append(
                _section(f"{say(f'check.{key}', lang)} ({len(texts)})", f'<ul class="said {key}">{listed}</ul>')
            )
    return "".join(parts) or _section(say("check.warnings", lang), f"<p>{say('check.no warnings', lang)}</p>")


def _figures(maps: Mapping[str, Path], lang: str) -> str:
    figures = []
    for name, path in maps.items():
        title = html.escape(say(f"map.{name}", lang))
        data = base64.b64encode(path.read_bytes()).decode("ascii")
        picture = f'<img alt="{title}" src="data:image/png;base64,{data}">'
        figures.append(f"<figure><figcaption>{title}</figcaption>{picture}</figure>")
    return "".join(figures)


def _section(title: str, content: str) -> str:
    return f'<section class="column"><h2>{html.escape(title)}</h2>{content}</section>'


def _table(section: Section, lang: str) -> str:
    numeric = [
        any(row[k] is not None for row in section.rows)
        and all(isinstance(row[k], int | float) or row[k] is None for row in section.rows)
        and not all(isinstance(row[k], bool) for row in section.rows)
        for k in range(len(section.columns))
    ]
    side = [' class="number"' if right else "" for right in numeric]
    heads = []
    for k, (name, unit) in enumerate(section.columns):
        beside = unit in ("", "1") or unit.startswith("as ")  # nothing, or in another column
        small = "" if beside else f" <small>{html.escape(term('unit', unit, lang))}</small>"
        heads.append(f"<th{side[k]}>{html.escape(term('column', name, lang))}{small}</th>")
    rows = [
        "<tr>" + "".join(f"<td{side[k]}>{_cell(value)}</td>" for k, value in enumerate(row)) + "</tr>"
        for row in section.rows[:MOST_ROWS]
    ]
    count = len(section.rows)
    more = ""
    if count > MOST_ROWS:
        text = say("report.more", lang, count=f"{count - MOST_ROWS:,}", name=file_name(section))
        more = f'<p class="fine">{html.escape(text)}</p>'
    title = html.escape(titled(section, lang))
    summary = f"<summary>{title} <small>{say('report.rows', lang, count=f'{count:,}')}</small></summary>"
    table = f"<table><thead><tr>{''.join(heads)}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    unfolded = " open" if count <= OPEN_ROWS else ""
    return f'<details{unfolded}>{summary}<div class="tablebox">{table}{more}</div></details>'


def file_name(section: Section) -> str:
    """Name of a section's table on disk, without a suffix."""
    return section.name.replace(" ", "_")


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool | str):
        return html.escape(str(value))
    return html.escape(significant(float(value)))
