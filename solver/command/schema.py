"""``refugia schema``: what a study or a recipe may say, for editors."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from solver.command.ending import GOOD, carry_out
from solver.command.flags import AsJson, Debug, InLanguage, Quiet, examples, words
from solver.command.voice import Voice


class Form(StrEnum):
    """What is written in YAML."""

    study = "study"
    recipe = "recipe"


def add(app: typer.Typer) -> None:
    """Register the command."""

    @app.command(
        help=words("schema"),
        epilog=examples("refugia schema > study.schema.json", "refugia schema recipe > recipe.schema.json"),
    )
    def schema(
        form: Annotated[Form, typer.Argument(help=words("form"))] = Form.study,
        json: AsJson = False,
        lang: InLanguage = None,
        quiet: Quiet = False,
        debug: Debug = False,
    ) -> None:
        def work() -> int:
            # A schema is a JSON document whoever reads it.
            Voice(json=True, lang=voice.lang).document(_schema(form))
            return GOOD

        voice = Voice.of(json, lang, quiet, debug)
        carry_out(voice, work)


def _schema(form: Form) -> dict[str, Any]:
    if form is Form.recipe:
        from instances.recipe.format import json_schema as of_recipe

        return of_recipe()
    from solver.study import json_schema as of_study

    return of_study()
