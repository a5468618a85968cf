"""``refugia cases``: what is ready to be built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from solver.command.ending import GOOD, carry_out
from solver.command.flags import AsJson, Debug, InLanguage, Quiet, examples, words
from solver.command.voice import Voice

if TYPE_CHECKING:
    from instances.catalog import Case, Choice


def add(app: typer.Typer) -> None:
    """Register the command."""

    @app.command(help=words("cases"), epilog=examples("refugia cases", "refugia cases city --json"))
    def cases(
        name: Annotated[str | None, typer.Argument(help=words("case"), show_default=False)] = None,
        json: AsJson = False,
        lang: InLanguage = None,
        quiet: Quiet = False,
        debug: Debug = False,
    ) -> None:
        voice = Voice.of(json, lang, quiet, debug)
        carry_out(voice, lambda: _one(name, voice) if name else _all(voice))


def _all(voice: Voice) -> int:
    from rich.table import Table

    from instances.catalog import cases

    found = cases()
    voice.document({"cases": [{"name": c.name, "title": c.title, "about": c.about} for c in found]})
    table = Table(title=voice.say("cases.title"), title_justify="left")
    table.add_column(voice.say("cases.name"), style="bold", no_wrap=True)
    table.add_column(voice.say("cases.about"))
    for case in found:
        table.add_row(case.name, f"{case.title[voice.lang]}. {case.about[voice.lang]}")
    voice.show(table)
    voice.lines([voice.say("cases.more")])
    return GOOD


def _one(name: str, voice: Voice) -> int:
    from rich.table import Table

    from instances.catalog import case

    chosen = case(name)
    choices = chosen.choices()
    about = _about(chosen, choices)
    voice.document(
        {
            "name": chosen.name,
            "title": chosen.title,
            "about": chosen.about,
            "options": [vars(choice) | {"among": list(choice.among)} for choice in choices],
            **about,
        }
    )
    table = Table(title=voice.say("cases.options"), title_justify="left")
    for key in ("option", "default", "kind", "about"):
        table.add_column(voice.say(f"cases.{key}"), no_wrap=key == "option")
    for c in choices:
        table.add_row(c.name, voice.say("cases.required") if c.required else f"{c.default}", c.limits(), c.doc)
    voice.lines([chosen.title[voice.lang], chosen.about[voice.lang], ""])
    voice.show(table)
    for key, title in (("needs", "cases.needs"), ("assumptions", "check.assumptions"), ("sources", "check.sources")):
        if about.get(key):
            voice.lines(["", voice.say(title), *(f"  - {text}" for text in about[key])])
    return GOOD


def _about(chosen: Case, choices: tuple[Choice, ...]) -> dict[str, Any]:
    """What the case assumes, which only the built instance knows; or what it needs, where its data are not here."""
    if any(choice.required for choice in choices):
        return {}
    from instances.catalog import build
    from instances.schema import InstanceError

    try:
        about = build(chosen.name).about
    except InstanceError as error:
        return {"needs": list(error.faults)}
    return {"assumptions": list(about.assumptions), "sources": list(about.sources), "synthetic": about.synthetic}
