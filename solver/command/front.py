"""``refugia front``: from a study to the trade-offs between its objectives, with a proof."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solver.command.ending import carry_out
from solver.command.flags import AsJson, Debug, Force, InLanguage, Quiet, What, examples, words
from solver.command.voice import Voice

if TYPE_CHECKING:
    from solver.fronts.run import FrontRun


def add(app: typer.Typer) -> None:
    """Register the command."""

    @app.command(
        help=f"{words('front')}\n\n{words('front codes')}",
        epilog=examples(
            "refugia front city --points 20",
            "refugia front my-study.yaml --objectives cost,unserved,travel --time-limit 600 --out runs/front",
            "refugia front my-study.yaml --out runs/front --resume",
        ),
    )
    def front(
        what: What,
        out: Annotated[Path | None, typer.Option("--out", "-o", help=words("out front"), show_default=False)] = None,
        objectives: Annotated[str | None, typer.Option(help=words("front objectives"), show_default=False)] = None,
        points: Annotated[int | None, typer.Option(help=words("front points"), show_default=False)] = None,
        gap: Annotated[float | None, typer.Option(help=words("front gap"), show_default=False)] = None,
        time_limit: Annotated[float | None, typer.Option(help=words("front time"), show_default=False)] = None,
        method: Annotated[str | None, typer.Option(help=words("front method"), show_default=False)] = None,
        threads: Annotated[int | None, typer.Option(help=words("threads"), show_default=False)] = None,
        seed: Annotated[int | None, typer.Option(help=words("seed"), show_default=False)] = None,
        values: Annotated[list[str] | None, typer.Option("--set", help=words("set solve"), show_default=False)] = None,
        resume: Annotated[bool, typer.Option("--resume", help=words("front resume"))] = False,
        force: Force = False,
        json: AsJson = False,
        lang: InLanguage = None,
        quiet: Quiet = False,
        debug: Debug = False,
    ) -> None:
        voice = Voice.of(json, lang, quiet, debug)
        flags = {"front.gap": gap, "front.time_limit": time_limit, "front.method": method}
        flags |= {"solve.threads": threads, "solve.seed": seed}
        told: dict[str, Any] = {name: value for name, value in flags.items() if value is not None}
        if points is not None:
            told["front.points"] = points or None
        if objectives is not None:
            told["front.objectives"] = [name.strip() for name in objectives.split(",") if name.strip()]
        carry_out(voice, lambda: _front(what, out, values or [], told, resume, force, voice))


def _front(
    what: str, out: Path | None, values: list[str], told: dict[str, Any], resume: bool, force: bool, voice: Voice
) -> int:
    from solver.command.given import given, values_of
    from solver.command.solve import free
    from solver.fronts.run import perform_front

    found = given(what, {**values_of(values, voice.lang), **told}, voice.lang)
    target = out if out is not None else free(Path("runs") / f"{found.name}-front", resume or force)
    with voice.progress() as sink:
        run = perform_front(
            found.study, target, force=force, resume=resume, lang=voice.lang, sink=sink, built=found.instance
        )
    if found.plain:
        voice.lines([voice.say("result.default study", name=what)])
    voice.document(document(run, voice))
    voice.lines(lines(run, voice))
    return run.exit_code


def document(run: FrontRun, voice: Voice) -> dict[str, Any]:
    """The result as one JSON document."""
    from solver.explain import sentences

    instance = run.asked.instance
    return {
        **run.manifest["result"],
        "folder": str(run.folder),
        "name": instance.about.name,
        "summary": run.summary(voice.lang),
        "explained": sentences(run.explanation, voice.lang, instance) if run.explanation else [],
        "explanation": run.explanation,
        "files": list(run.manifest["files"]),
    }


def lines(run: FrontRun, voice: Voice) -> Iterator[str]:
    """The result in sentences."""
    from solver.explain import sentences

    yield ""
    yield from run.summary(voice.lang)
    if run.explanation is not None:
        yield from sentences(run.explanation, voice.lang, run.asked.instance)
    yield ""
    yield voice.say("result.folder", path=run.folder)
    if run.front is not None:
        named = {"explorer": "explorer.html", "front": "front.csv", "picture": "front.png", "layers": "front.gpkg"}
        for key, name in named.items():
            if name in run.manifest["files"]:
                yield voice.say(f"result.{key}", path=run.folder / name)
        if "parcels.png" in run.manifest["files"]:
            yield voice.say("result.parcels", path=run.folder / "parcels.png")
