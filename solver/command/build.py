"""``refugia build``: an instance of a case, on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from solver.command.ending import GOOD, carry_out
from solver.command.flags import AsJson, Debug, Force, InLanguage, Quiet, examples, words
from solver.command.voice import Voice


def add(app: typer.Typer) -> None:
    """Register the command."""

    @app.command(
        help=words("build"),
        epilog=examples("refugia build city --set demand=200 --set seed=7 --out big.zip", "refugia solve big.zip"),
    )
    def build(
        case: Annotated[str, typer.Argument(metavar="CASE", help=words("case"), show_default=False)],
        out: Annotated[Path, typer.Option("--out", "-o", help=words("out build"), show_default=False)],
        options: Annotated[list[str] | None, typer.Option("--set", help=words("set build"), show_default=False)] = None,
        force: Force = False,
        json: AsJson = False,
        lang: InLanguage = None,
        quiet: Quiet = False,
        debug: Debug = False,
    ) -> None:
        voice = Voice.of(json, lang, quiet, debug)
        carry_out(voice, lambda: _build(case, out, options or [], force, voice))


def _build(case: str, out: Path, options: list[str], force: bool, voice: Voice) -> int:
    from instances import catalog
    from instances.container import save
    from solver.command.given import values_of
    from solver.events import Event

    with voice.progress() as sink:
        sink(Event("instance", message=voice.say("stage.instance", name=case)))
        instance = catalog.build(case, **values_of(options, voice.lang))
        path = save(instance, out, overwrite=force)
    sizes = {name: index.size for name, index in sorted(instance.indexes.items())}
    voice.document({"name": case, "path": str(path), "digest": instance.digest, "sizes": sizes})
    voice.lines([voice.say("built", name=case, path=path), voice.say("built.digest", digest=instance.digest)])
    return GOOD
