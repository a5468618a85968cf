"""The explorer of a front study as a file, and in a notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from solver.explorer.budget import MOST
from solver.explorer.content import Content, Text

if TYPE_CHECKING:
    from solver.fronts.run import FrontRun


@dataclass(frozen=True)
class Exported:
    """A page that was written.

    Attributes
    ----------
    size
        Of the file [bytes].
    alternatives
        Plans on the page.
    withheld
        What was left out or made coarser before, in words.
    notes
        What was made coarser for the size, and whether the page is larger than asked for.
    """

    path: Path
    size: int
    alternatives: int
    withheld: tuple[Text, ...]
    notes: tuple[Text, ...]


def export_html(
    run: FrontRun | Content | Path | str,
    path: Path | str,
    lang: str = "en",
    leave_out: Sequence[str] = (),
    coarsen: Mapping[str, float] | None = None,
    most: float = MOST,
    *,
    force: bool = False,
) -> Exported:
    """Write the explorer as one HTML file that needs nothing else.

    Parameters
    ----------
    run
        A front study, its folder, or a content made by hand.
    lang
        Language to begin with, ``en`` or ``zh``; a reader can change it.
    leave_out, coarsen
        See :func:`solver.explorer.withheld.withheld`.
    most
        Bytes that the file should have at most; see :func:`solver.explorer.budget.fitted`.
    force
        Write it even if it is far larger.

    Raises
    ------
    InstanceError
        If the study cannot be read or has no front, a name is not known, or the page is too large.
    ValueError
        If ``lang`` is neither ``en`` nor ``zh``.
    OSError
        If the file cannot be written.
    """
    from solver.explorer.budget import fitted
    from solver.explorer.page import page_text
    from solver.explorer.withheld import withheld
    from solver.outputs.textfile import write_text

    content = withheld(_content(run), leave_out, coarsen, lang)
    told, notes = fitted(content, lang, most, force=force)
    written = write_text(page_text(told), path)
    size = written.stat().st_size
    return Exported(written, size, len(content.alternatives.ids), tuple(content.about.withheld), notes)


@dataclass(frozen=True, eq=False)
class Shown:
    """A page for a notebook, which shows it by itself."""

    text: str
    height: int = 900

    def _repr_html_(self) -> str:
        from solver.explorer.page import notebook

        return notebook(self.text, self.height)


def show(run: FrontRun | Content | Path | str, lang: str = "en", height: int = 900, most: float = MOST) -> Shown:
    """The explorer for a notebook, closed off from the notebook around it.

    Parameters
    ----------
    height
        Of the frame, in pixels.

    Raises
    ------
    InstanceError
        If the study cannot be read or has no front, or the page is too large.
    """
    from solver.explorer.budget import fitted
    from solver.explorer.page import page_text

    return Shown(page_text(fitted(_content(run), lang, most)[0]), height)


def _content(run: FrontRun | Content | Path | str) -> Content:
    if isinstance(run, Content):
        return run
    from solver.explorer.contents import content_of
    from solver.fronts.run import FrontRun

    return content_of(FrontRun.load(run) if isinstance(run, Path | str) else run)
