"""``refugia build``: an instance of a case or of a recipe, on disk, with a record of how it was made."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solver.command.ending import GOOD, carry_out
from solver.command.flags import AsJson, Debug, Force, InLanguage, Quiet, examples, words
from solver.command.voice import Voice

if TYPE_CHECKING:
    from instances.instance import Instance
    from instances.recipe.build import Built


def add(app: typer.Typer) -> None:
    """Register the command."""

    @app.command(
        help=words("build"),
        epilog=examples(
            "refugia build my-city.yaml --out my-city",
            "refugia build kampen --set folder=data --set travel.walk.cutoff=20 --out kampen",
            "refugia build city --set demand=200 --set seed=7 --out big.zip",
        ),
    )
    def build(
        case: Annotated[str, typer.Argument(metavar="CASE|RECIPE", help=words("build what"), show_default=False)],
        out: Annotated[Path, typer.Option("--out", "-o", help=words("out build"), show_default=False)],
        options: Annotated[list[str] | None, typer.Option("--set", help=words("set build"), show_default=False)] = None,
        cache: Annotated[Path | None, typer.Option("--cache", help=words("cache"), show_default=False)] = None,
        fresh: Annotated[bool, typer.Option("--fresh", help=words("fresh"))] = False,
        force: Force = False,
        json: AsJson = False,
        lang: InLanguage = None,
        quiet: Quiet = False,
        debug: Debug = False,
    ) -> None:
        voice = Voice.of(json, lang, quiet, debug)
        carry_out(voice, lambda: _build(case, out, options or [], _place(out, cache, fresh), force, voice))


def _place(out: Path, cache: Path | None, fresh: bool) -> Path | None:
    """Where steps are kept between builds: beside the instance unless the user says otherwise."""
    return None if fresh else cache or out.absolute().parent / ".refugia-cache"


def _build(case: str, out: Path, options: list[str], cache: Path | None, force: bool, voice: Voice) -> int:
    from instances import catalog
    from instances.container import save, saveable
    from solver.command.given import recipe_of, values_of
    from solver.events import Event

    saveable(out, overwrite=force)  # before minutes are spent
    built: Built | None = None
    with voice.progress() as sink:
        sink(Event("instance", message=voice.say("stage.instance", name=case)))
        values = values_of(options, voice.lang)
        opened = recipe_of(case, values, voice.lang)
        if opened is None:
            instance = catalog.build(case, **values)
            path = save(instance, out, overwrite=force)
        else:
            from instances.recipe.build import build, keep

            started = perf_counter()

            def tell(step: str) -> None:
                sink(Event("instance", elapsed=perf_counter() - started, message=voice.say("step", name=step)))

            built = build(opened, cache, tell)
            instance = built.instance
            path = keep(built, out, overwrite=force)
    voice.document(_document(case, path, instance, built))
    voice.lines([voice.say("built", name=case, path=path), voice.say("built.digest", digest=instance.digest)])
    if built is not None:
        _tell(built, voice)
    return GOOD


def _document(case: str, path: Path, instance: Instance, built: Built | None) -> dict[str, Any]:
    sizes = {name: index.size for name, index in sorted(instance.indexes.items())}
    found: dict[str, Any] = {"name": case, "path": str(path), "digest": instance.digest, "sizes": sizes}
    if built is not None:
        found["steps"] = [step.to_dict() for step in built.done]
        found["warnings"] = list(built.warnings)
    return found


def _tell(built: Built, voice: Voice) -> None:
    """What was done: steps with their seconds, what was dropped, and what to look at."""
    from rich.table import Table

    table = Table(title=voice.say("built.steps"), title_justify="left")
    for key, side in (("step", "left"), ("seconds", "right"), ("state", "left")):
        table.add_column(voice.say(f"built.{key}"), justify=side)  # type: ignore[arg-type]
    for step in built.done:
        table.add_row(step.name, f"{step.seconds:.2f}", voice.say("built.reused" if step.hit else "built.ran"))
    voice.show(table)
    notes = list(built.instance.about.notes)
    for key, texts in (("notes", notes), ("warnings", list(built.warnings))):
        if texts:
            voice.lines(["", voice.say(f"check.{key}"), *(f"  - {text}" for text in texts)])
