"""``refugia dossier``: a document for each of a few alternatives of a front."""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import Annotated, Any

import typer

from solver.command.ending import carry_out
from solver.command.flags import AsJson, Debug, FrontFolder, InLanguage, Quiet, examples, words
from solver.command.voice import Voice

Numbers = Annotated[list[str], typer.Argument(metavar="NUMBER...", help=words("alternatives"), show_default=False)]
Out = Annotated[Path | None, typer.Option("--out", "-o", help=words("dossier out"), show_default=False)]
Pdf = Annotated[bool, typer.Option("--pdf", help=words("pdf"))]
Fast = Annotated[bool, typer.Option("--quick", help=words("quick"))]
Notes = Annotated[Path | None, typer.Option("--notes", help=words("notes"), show_default=False)]


def add(app: typer.Typer) -> None:
    """Register the command."""

    @app.command(
        help=words("dossier"),
        epilog=examples("refugia dossier runs/helsinki-front 20", "refugia dossier runs/a-front 3 14 --pdf --lang zh"),
    )
    def dossier(
        run: FrontFolder,
        numbers: Numbers,
        out: Out = None,
        pdf: Pdf = False,
        fast: Fast = False,
        notes: Notes = None,
        json: AsJson = False,
        lang: InLanguage = None,
        quiet: Quiet = False,
        debug: Debug = False,
    ) -> None:
        voice = Voice.of(json, lang, quiet, debug)
        carry_out(voice, lambda: _dossier(run, numbers, out, pdf, fast, notes, voice))


def _dossier(
    folder: Path, numbers: list[str], out: Path | None, pdf: bool, quick: bool, notes: Path | None, voice: Voice
) -> int:
    from solver.dossier import dossier, write_dossier
    from solver.dossier.printed import print_pdf
    from solver.dossier.subject import subjects
    from solver.fronts.run import FrontRun

    said = _notes(notes)
    written: list[Path] = []
    with voice.progress() as sink:
        run = FrontRun.load(folder)
        subjects(run, numbers, voice.lang)  # all that are unknown, before any work is done
        target = out if out is not None else run.folder.with_name(f"{run.folder.name}-dossiers")
        target.mkdir(parents=True, exist_ok=True)
        for name in dict.fromkeys(numbers):
            made = dossier(run, name, voice.lang, note=said.get(name, ""), quick=quick, sink=sink)
            page = write_dossier(made, target / f"alternative-{name}.html")
            written += [page, print_pdf(page, page.with_suffix(".pdf"), voice.lang)] if pdf else [page]
    voice.document({"folder": str(target), "files": [path.name for path in written]})
    voice.lines([voice.say("result.dossier", path=path) for path in written])
    return 0


def _notes(path: Path | None) -> dict[str, str]:
    """Notes by number of the alternative, from a file of the explorer."""
    from instances.schema import InstanceError

    if path is None:
        return {}
    try:
        told: Any = json_module.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise InstanceError(f"The notes {path} cannot be read", [str(error)]) from error
    found = told.get("notes") if isinstance(told, dict) else None
    if not isinstance(found, dict) or not all(isinstance(note, str) for note in found.values()):
        raise InstanceError(f"The notes {path} cannot be read", ["no file of notes saved from the explorer"])
    return found
