"""``refugia solve``: from a study to a plan with a proof."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from solver.command.ending import carry_out, leave_behind
from solver.command.flags import AsJson, Debug, Force, InLanguage, Quiet, What, examples, words
from solver.command.voice import Voice


def add(app: typer.Typer) -> None:
    """Register the command."""

    @app.command(
        help=f"{words('solve')}\n\n{words('codes')}",
        epilog=examples(
            "refugia solve helsinki",
            "refugia solve my-study.yaml --gap 0.02 --time-limit 600 --out runs/first",
            "refugia solve city --set instance.options.demand=200 --set question.budget=2e6 --json",
        ),
    )
    def solve(
        what: What,
        out: Annotated[Path | None, typer.Option("--out", "-o", help=words("out solve"), show_default=False)] = None,
        gap: Annotated[float | None, typer.Option(help=words("gap"), show_default=False)] = None,
        time_limit: Annotated[float | None, typer.Option(help=words("time"), show_default=False)] = None,
        threads: Annotated[int | None, typer.Option(help=words("threads"), show_default=False)] = None,
        seed: Annotated[int | None, typer.Option(help=words("seed"), show_default=False)] = None,
        backend: Annotated[str | None, typer.Option(help=words("backend"), show_default=False)] = None,
        values: Annotated[list[str] | None, typer.Option("--set", help=words("set solve"), show_default=False)] = None,
        resume: Annotated[bool, typer.Option("--resume", help=words("resume"))] = False,
        force: Force = False,
        json: AsJson = False,
        lang: InLanguage = None,
        quiet: Quiet = False,
        debug: Debug = False,
    ) -> None:
        voice = Voice.of(json, lang, quiet, debug)
        flags = {"gap": gap, "time_limit": time_limit, "threads": threads, "seed": seed, "backend": backend}
        told = {f"solve.{name}": value for name, value in flags.items() if value is not None}
        carry_out(voice, lambda: _solve(what, out, values or [], told, resume, force, voice))


def _solve(
    what: str, out: Path | None, values: list[str], told: dict[str, Any], resume: bool, force: bool, voice: Voice
) -> int:
    from solver.command.given import given, values_of
    from solver.command.result import show
    from solver.run import perform

    found = given(what, {**values_of(values, voice.lang), **told}, voice.lang)
    target = out if out is not None else free(Path("runs") / found.name, resume or force)
    with voice.progress() as sink:
        run = perform(found.study, target, force=force, resume=resume, lang=voice.lang, sink=sink, built=found.instance)
    if run.solution.left_running:
        leave_behind()
    if found.plain:
        voice.lines([voice.say("result.default study", name=what)])
    show(run, voice)
    return run.exit_code


def free(wanted: Path, replacing: bool) -> Path:
    """The folder itself, or with the first number that no other run has."""
    if replacing:
        return wanted
    number = 1
    while (path := wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}")).exists():
        number += 1
    return path
