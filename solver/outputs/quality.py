"""The quality report on disk: page, data, a table for each section, maps."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from instances.schema import InstanceError
from solver.outputs.folder import MANIFEST, filling, may_fill

if TYPE_CHECKING:
    from instances.instance import Instance
    from instances.quality import Quality

KIND = "refugia quality report 1"


def may_write_report(folder: Path, *, replace: bool) -> None:
    """Raise an InstanceError unless nothing is there, or a report that may be replaced; a run is never replaced."""
    kept = folder / MANIFEST
    if kept.is_file() and not _is_report(kept):
        raise InstanceError(
            f"Cannot write to {folder}", ["something else than a report is there; choose another --out"]
        )
    if kept.is_file() and not replace:
        raise InstanceError(f"Cannot write to {folder}", ["a report is there already; replace it with --force"])
    may_fill(folder, replace=replace)


def write_report(
    found: Quality,
    instance: Instance | None,
    folder: Path,
    content: dict[str, Any],
    lang: str,
    *,
    replace: bool = False,
) -> Path:
    """Write ``report.html``, ``report.json``, ``tables/*.csv`` and ``thumbnails/*.png``; the folder appears complete.

    Parameters
    ----------
    instance
        What is drawn; None where the data make no instance.
    content
        The report for programs.

    Raises
    ------
    InstanceError
        If the folder may not be written.
    """
    from solver.outputs.thumbnails import draw_thumbnails
    from solver.page.quality import file_name, quality_page

    may_write_report(folder, replace=replace)
    with filling(folder) as draft:
        maps = {} if instance is None else draw_thumbnails(instance, draft / "thumbnails", lang)
        title = found.name
        if instance is not None:
            title = instance.about.title.get(lang) or instance.about.title.get("en") or found.name
        (draft / "report.html").write_text(quality_page(found, title, maps, lang), "utf-8", newline="\n")
        _json(draft / "report.json", content)
        tables = draft / "tables"
        tables.mkdir()
        for section in found.sections:
            with (tables / f"{file_name(section)}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(
                    [f"{name} [{unit}]" if unit not in ("", "1") else name for name, unit in section.columns]
                )
                writer.writerows([["" if cell is None else cell for cell in row] for row in section.rows])
        _json(draft / MANIFEST, {"kind": KIND, "name": found.name, "digest": found.digest, "verdict": found.verdict})
    return folder


def _is_report(manifest: Path) -> bool:
    try:
        return bool(json.loads(manifest.read_text("utf-8")).get("kind") == KIND)
    except (ValueError, AttributeError, OSError):
        return False


def _json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n", "utf-8", newline="\n")
