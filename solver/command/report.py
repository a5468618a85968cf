"""``refugia report``: tables, layers, map and page of a stored run, made again."""

from __future__ import annotations

import typer

from solver.command.ending import carry_out
from solver.command.flags import AsJson, Debug, InLanguage, Quiet, RunFolder, examples, words
from solver.command.voice import Voice


def add(app: typer.Typer) -> None:
    """Register the command."""

    @app.command(help=words("report"), epilog=examples("refugia report runs/helsinki --lang zh"))
    def report(
        run: RunFolder, json: AsJson = False, lang: InLanguage = None, quiet: Quiet = False, debug: Debug = False
    ) -> None:
        voice = Voice.of(json, lang, quiet, debug)

        def work() -> int:
            from solver.command.result import show
            from solver.run import Run

            with voice.progress() as sink:
                stored = Run.load(run)
                if stored.plan is not None:
                    stored = stored.report(voice.lang, sink)
            show(stored, voice)
            return stored.exit_code

        carry_out(voice, work)
