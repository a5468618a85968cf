"""``refugia explore``: the trade-offs of a stored front as one page that can be mailed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solver.command.ending import carry_out
from solver.command.flags import AsJson, Debug, FrontFolder, InLanguage, Quiet, examples, words
from solver.command.voice import Voice

if TYPE_CHECKING:
    from solver.explorer.content import Text
    from solver.explorer.export import Exported

MEGABYTES = 8.0


def add(app: typer.Typer) -> None:
    """Register the command."""

    @app.command(
        help=words("explore"),
        epilog=examples(
            "refugia explore runs/city-front --open",
            "refugia explore runs/city-front --serve",
            "refugia explore runs/city-front --leave-out sites.stock,sites.stock2 --coarsen sites=500 --zip",
        ),
    )
    def explore(
        run: FrontFolder,
        out: Annotated[Path | None, typer.Option("--out", "-o", help=words("explore out"), show_default=False)] = None,
        leave_out: Annotated[str | None, typer.Option(help=words("explore leave out"), show_default=False)] = None,
        coarsen: Annotated[
            list[str] | None, typer.Option(metavar="LAYER=METRES", help=words("explore coarsen"), show_default=False)
        ] = None,
        max_size: Annotated[float, typer.Option(metavar="MB", min=0.1, help=words("explore size"))] = MEGABYTES,
        pack: Annotated[bool, typer.Option("--zip", help=words("explore zip"))] = False,
        serve: Annotated[bool, typer.Option("--serve", help=words("explore serve"))] = False,
        port: Annotated[int, typer.Option(min=0, max=65535, help=words("explore port"), show_default=False)] = 0,
        open_: Annotated[
            bool | None, typer.Option("--open/--no-open", help=words("explore open"), show_default=False)
        ] = None,
        force: Annotated[bool, typer.Option("--force", help=words("explore force"))] = False,
        json: AsJson = False,
        lang: InLanguage = None,
        quiet: Quiet = False,
        debug: Debug = False,
    ) -> None:
        voice = Voice.of(json, lang, quiet, debug)
        names = [name.strip() for name in (leave_out or "").split(",") if name.strip()]

        def work() -> int:
            if serve:
                for_files = {
                    "--out": out,
                    "--leave-out": leave_out,
                    "--coarsen": coarsen,
                    "--zip": pack,
                    "--json": json,
                }
                return _served(
                    run, port, open_ is not False, [name for name, given in for_files.items() if given], voice
                )
            target = (out if out is not None else beside(run)).absolute()
            found = _written(run, target, names, coarsen or [], max_size, force, voice)
            packed = zipped(found.path) if pack else None
            voice.document(document(found, packed, voice.lang))
            voice.lines(lines(found, packed, voice))
            if open_:
                _opened(found.path)
            return 0

        carry_out(voice, work)


def beside(run: Path) -> Path:
    """Where the page goes by itself: beside the run, which is replaced as a whole when it is made again."""
    folder = run.absolute()
    return folder.with_name(f"{folder.resolve().name}-explorer.html")


def _served(run: Path, port: int, open_browser: bool, strange: Sequence[str], voice: Voice) -> int:
    from instances.schema import InstanceError
    from solver.explorer.live.server import serve

    faults = [voice.say("explore.not served", name=name) for name in strange] + _no_front(run, voice)
    if faults:
        raise InstanceError(voice.say("error.input"), faults)
    serve(run, port=port, lang=voice.lang, announce=lambda text: voice.lines([text]), open_browser=open_browser)
    return 0


def _written(
    run: Path, target: Path, names: Sequence[str], pairs: Sequence[str], megabytes: float, force: bool, voice: Voice
) -> Exported:
    from instances.schema import InstanceError
    from solver.explorer.contents import content_of
    from solver.explorer.export import export_html
    from solver.explorer.withheld import faults as unknown
    from solver.fronts.run import FrontRun

    cells, faults = _cells(pairs, voice)
    faults += _in_the_way(target, force, voice)
    if solved := _no_front(run, voice):
        raise InstanceError(voice.say("error.input"), [*faults, *solved])
    content = content_of(FrontRun.load(run))
    if faults := [*faults, *unknown(content, names, cells, voice.lang)]:
        raise InstanceError(voice.say("error.input"), faults)
    return export_html(content, target, voice.lang, names, cells, megabytes * 1e6, force=force)


def _cells(pairs: Sequence[str], voice: Voice) -> tuple[dict[str, float], list[str]]:
    """Widths of cells by layer, and what is none."""
    cells, faults = dict[str, float](), list[str]()
    for pair in (part for given in pairs for part in given.split(",")):
        name, _, metres = pair.partition("=")
        try:
            if not name.strip():
                raise ValueError
            cells[name.strip()] = float(metres)
        except ValueError:
            faults.append(voice.say("explore.cells", given=repr(pair)))
    return cells, faults


def _no_front(run: Path, voice: Voice) -> list[str]:
    """That a run is one of a single plan, which has a page already; any other fault is found on reading."""
    import json

    from solver.outputs.folder import MANIFEST
    from solver.outputs.manifest import KIND

    try:
        content = json.loads((run / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return [voice.say("explore.solved", path=run)] if isinstance(content, dict) and content.get("kind") == KIND else []


def _in_the_way(target: Path, force: bool, voice: Voice) -> list[str]:
    """Why nothing may be written there: only a page that somebody can make again is replaced without being told to."""
    from solver.outputs.folder import MANIFEST

    if target.is_dir():
        return [voice.say("explore.folder", path=target)]
    if not target.parent.is_dir():
        return [voice.say("explore.no folder", path=target.parent)]
    if (target.parent / MANIFEST).exists():
        return [voice.say("explore.in run", path=target.parent)]
    if force or not target.exists() or _made_again(target):
        return []
    return [voice.say("explore.there", path=target)]


def _made_again(path: Path) -> bool:
    """Whether a file is a page of the explorer without notes of a reader."""
    from solver.explorer.page import read_payload

    try:
        text = path.read_text("utf-8")
        read_payload(text)
    except (UnicodeDecodeError, ValueError):
        return False
    return '<script type="application/json" id="session">{}</script>' in text


def zipped(path: Path) -> Path:
    """The page in a ZIP file beside it, the same bytes for the same page."""
    import os
    import zipfile

    target = path.with_suffix(".zip")
    draft = target.with_name(f".{target.name}.part")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
            entry = zipfile.ZipInfo(path.name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            file.writestr(entry, path.read_bytes())
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    return target


def document(found: Exported, packed: Path | None, lang: str) -> dict[str, Any]:
    """The result as one JSON document."""
    return {
        "page": str(found.path),
        "bytes": found.size,
        "zip": None if packed is None else str(packed),
        "alternatives": found.alternatives,
        "withheld": _in_words(found.withheld, lang),
        "notes": _in_words(found.notes, lang),
    }


def lines(found: Exported, packed: Path | None, voice: Voice) -> Iterator[str]:
    """The result in sentences."""
    from solver.words import number

    size = number(found.size / 1e6, 1)
    yield voice.say("explore.page", path=found.path, size=size, count=number(found.alternatives))
    if packed is not None:
        yield voice.say("explore.zip", path=packed)
    yield from _in_words(found.withheld, voice.lang)
    yield from _in_words(found.notes, voice.lang)


def _in_words(texts: Sequence[Text], lang: str) -> list[str]:
    return [text[lang] for text in texts]


def _opened(path: Path) -> None:
    import webbrowser

    webbrowser.open(path.as_uri())
