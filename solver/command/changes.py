"""``refugia changes``: what differs between two builds, by layer, feature and field."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solver.command.ending import GOOD, carry_out
from solver.command.flags import AsJson, Debug, InLanguage, Quiet, examples, words
from solver.command.voice import Voice

if TYPE_CHECKING:
    from instances.recipe.difference import Difference, Sheet

CHANGED = 3
"""Ends a command that was asked to tell by its exit code; 1, 2 and 130 say that something went wrong."""

MOST_ROWS = 25
Old = Annotated[Path, typer.Argument(metavar="OLD", help=words("changes old"), show_default=False)]
New = Annotated[Path, typer.Argument(metavar="NEW", help=words("changes new"), show_default=False)]


def add(app: typer.Typer) -> None:
    """Register the command."""

    @app.command(
        help=words("changes"),
        epilog=examples(
            "refugia changes city.refugia city-new.refugia",
            "refugia changes old.zip new.zip --out changes.md --exit-code",
        ),
    )
    def changes(
        old: Old,
        new: New,
        out: Annotated[Path | None, typer.Option("--out", "-o", help=words("changes out"), show_default=False)] = None,
        exit_code: Annotated[bool, typer.Option("--exit-code", help=words("changes exit code"))] = False,
        json: AsJson = False,
        lang: InLanguage = None,
        quiet: Quiet = False,
        debug: Debug = False,
    ) -> None:
        voice = Voice.of(json, lang, quiet, debug)
        carry_out(voice, lambda: _changes(old, new, out, exit_code, voice))


def _changes(old: Path, new: Path, out: Path | None, exit_code: bool, voice: Voice) -> int:
    from instances.recipe.difference import difference, markdown

    found = difference(old, new)
    if out is not None:
        out.write_text(markdown(found, lambda key: voice.say(f"changes.{key}")), "utf-8")
    voice.document(found.to_dict())
    voice.lines(_summary(found, voice))
    voice.show(*(_table(sheet, voice) for sheet in found.sheets()))
    if out is not None:
        voice.lines([voice.say("changes.written", path=out)])
    return GOOD if found.nothing or not exit_code else CHANGED


def _summary(found: Difference, voice: Voice) -> list[str]:
    lines = [voice.say("changes.nothing")] if found.nothing else []
    if found.same and not found.nothing:
        lines.append(voice.say("changes.same"))
    return lines if found.recorded else [*lines, voice.say("changes.unrecorded")]


def _table(sheet: Sheet, voice: Voice) -> Any:
    from rich.table import Table

    table = Table(title=voice.say(f"changes.{sheet.name}"), title_justify="left")
    for k, name in enumerate(sheet.columns):
        numeric = all(isinstance(row[k], int | float) or row[k] is None for row in sheet.rows)
        table.add_column(voice.say(f"changes.{name}"), justify="right" if numeric else "left")
    for row in sheet.rows[:MOST_ROWS]:
        table.add_row(*(_cell(name, value, voice) for name, value in zip(sheet.columns, row, strict=True)))
    if len(sheet.rows) > MOST_ROWS:
        table.caption = voice.say("check.more", count=len(sheet.rows) - MOST_ROWS)
        table.caption_justify = "left"
    return table


def _cell(column: str, value: Any, voice: Voice) -> str:
    from instances.recipe.difference import CODED

    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.9g}"
    if column in CODED and value:
        return voice.say(f"changes.{value}")
    return str(value).replace("[", r"\[")
