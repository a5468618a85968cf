"""``refugia check``: can this be used, and what should one know first?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from solver.command.ending import GOOD, carry_out
from solver.command.flags import AsJson, Debug, InLanguage, Quiet, What, examples, words
from solver.command.voice import Voice

if TYPE_CHECKING:
    from instances.quality import Quality


MOST_ROWS = 25


def add(app: typer.Typer) -> None:
    """Register the command."""

    @app.command(
        help=words("check"),
        epilog=examples("refugia check helsinki", "refugia check my-study.yaml", "refugia check big.zip"),
    )
    def check(
        what: What, json: AsJson = False, lang: InLanguage = None, quiet: Quiet = False, debug: Debug = False
    ) -> None:
        voice = Voice.of(json, lang, quiet, debug)
        carry_out(voice, lambda: _check(what, voice))


def _check(what: str, voice: Voice) -> int:
    from instances.quality import quality
    from instances.schema import InstanceError
    from solver.command.given import instance_of
    from solver.events import Event

    with voice.progress() as sink:
        sink(Event("instance", message=voice.say("stage.instance", name=what)))
        instance, study = instance_of(what, voice.lang)
        found = quality(instance)
        if study is not None:
            study.plan_question().check(instance)
    if found.faults:
        raise InstanceError(f"{what}", list(found.faults))
    voice.document({**found.to_dict(), "study": study.to_dict() if study else None})
    voice.lines([f"{found.name}: {voice.say(f'check.{found.verdict}')}"])
    if study is not None:
        voice.lines([voice.say("check.study")])
    voice.show(*_tables(found, voice))
    for key in ("assumptions", "sources", "notes", "warnings"):
        texts = getattr(found, key)
        if texts:
            voice.lines(["", voice.say(f"check.{key}"), *(f"  - {text}" for text in texts)])
    return GOOD


def _tables(found: Quality, voice: Voice) -> list[Any]:
    from rich.table import Table

    tables = []
    for section in found.sections:
        table = Table(title=section.title, title_justify="left")
        for k, (name, unit) in enumerate(section.columns):
            numeric = all(isinstance(row[k], int | float) or row[k] is None for row in section.rows)
            heading = f"{name}\n\\[{unit}]" if unit not in ("", "1") else name
            table.add_column(heading, justify="right" if numeric else "left")
        for row in section.rows[:MOST_ROWS]:
            table.add_row(*(_cell(value) for value in row))
        if len(section.rows) > MOST_ROWS:
            table.caption = voice.say("check.more", count=len(section.rows) - MOST_ROWS)
            table.caption_justify = "left"
        tables.append(table)
    return tables


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.6g}"
    return str(value).replace("[", r"\[")
