"""``refugia schema``: what a study may say, for editors."""

from __future__ import annotations

import typer

from solver.command.ending import GOOD, carry_out
from solver.command.flags import AsJson, Debug, InLanguage, Quiet, examples, words
from solver.command.voice import Voice


def add(app: typer.Typer) -> None:
    """Register the command."""

    @app.command(help=words("schema"), epilog=examples("refugia schema > study.schema.json"))
    def schema(json: AsJson = False, lang: InLanguage = None, quiet: Quiet = False, debug: Debug = False) -> None:
        def work() -> int:
            from solver.study import json_schema

            # A schema is a JSON document whoever reads it.
            Voice(json=True, lang=voice.lang).document(json_schema())
            return GOOD

        voice = Voice.of(json, lang, quiet, debug)
        carry_out(voice, work)
