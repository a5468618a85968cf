"""``refugia check``: can this be used, and what should one know first?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solver.command.ending import GOOD, carry_out
from solver.command.flags import AsJson, Debug, Force, InLanguage, Quiet, What, examples, words
from solver.command.voice import Voice

if TYPE_CHECKING:
    from instances.quality import Quality


MOST_ROWS = 25


def add(app: typer.Typer) -> None:
    """Register the command."""

    @app.command(
        help=words("check"),
        epilog=examples("refugia check helsinki", "refugia check my-study.yaml", "refugia check big.zip --out report"),
    )
    def check(
        what: What,
        out: Annotated[Path | None, typer.Option("--out", "-o", help=words("out check"), show_default=False)] = None,
        force: Force = False,
        json: AsJson = False,
        lang: InLanguage = None,
        quiet: Quiet = False,
        debug: Debug = False,
    ) -> None:
        voice = Voice.of(json, lang, quiet, debug)
        carry_out(voice, lambda: _check(what, out, force, voice))


def _check(what: str, out: Path | None, force: bool, voice: Voice) -> int:
    from instances.quality import quality, unusable
    from instances.schema import InstanceError
    from solver.command.given import instance_of
    from solver.events import Event
    from solver.fronts.asked import front_question, tradeoffs_of
    from solver.outputs.quality import may_write_report, write_report

    if out is not None:
        may_write_report(out, replace=force)  # before minutes are spent
    try:
        with voice.progress() as sink:
            sink(Event("instance", message=voice.say("stage.instance", name=what)))
            instance, study = instance_of(what, voice.lang)
            found = quality(instance)
            if study is not None:
                fronts = study.front is not None or study.question.zoning is not None
                question = front_question(study, tradeoffs_of(study)) if fronts else study.plan_question()
                question.check(instance)
    except InstanceError as error:
        if out is not None:  # the faults, for those who were not there
            refused = unusable(Path(what).name, error)
            write_report(refused, None, out, refused.to_dict(), voice.lang, replace=force)
        raise
    content = {**found.to_dict(), "study": study.to_dict() if study else None}
    if out is not None:
        write_report(found, instance, out, content, voice.lang, replace=force)
        content["report"] = str(out / "report.html")
    voice.document(content)
    voice.lines([f"{found.name}: {voice.say(f'check.{found.verdict}')}"])
    if study is not None:
        voice.lines([voice.say("check.study")])
    voice.show(*_tables(found, voice))
    for key in ("assumptions", "sources", "notes", "warnings"):
        texts = getattr(found, key)
        if texts:
            voice.lines(["", voice.say(f"check.{key}"), *(f"  - {text}" for text in texts)])
    if out is not None:
        voice.lines(["", voice.say("check.report", path=out / "report.html")])
    return GOOD


def _tables(found: Quality, voice: Voice) -> list[Any]:
    from rich.table import Table

    from solver.page.quality import titled
    from solver.words import term

    tables = []
    for section in found.sections:
        table = Table(title=titled(section, voice.lang), title_justify="left")
        for k, (name, unit) in enumerate(section.columns):
            numeric = all(isinstance(row[k], int | float) or row[k] is None for row in section.rows)
            shown = term("column", name, voice.lang)
            heading = f"{shown}\n\\[{unit}]" if unit not in ("", "1") else shown
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
