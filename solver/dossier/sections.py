"""What a dossier is made of: sentences, tables and pictures under headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from solver.words import say

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Column:
    """A column of a table; numbers stand to the right."""

    title: str
    kind: Literal["text", "number"] = "text"


@dataclass(frozen=True)
class Table:
    """Rows of words; ``foot`` is a last row that sums up."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    foot: Sequence[str] = ()
    caption: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture as a data address, and what it shows."""

    data: str
    shows: str


@dataclass(frozen=True)
class Bar:
    """One value among the alternatives: ``share`` of the way from the best (0) to the worst (1)."""

    share: float
    text: str


@dataclass(frozen=True)
class Length:
    """One value as a length: ``share`` of the longest; ``wrong`` where it breaks a limit."""

    title: str
    share: float
    text: str
    wrong: bool = False


@dataclass(frozen=True)
class Section:
    """One heading with what stands below it; ``key`` names it in links."""

    key: str
    title: str
    sentences: Sequence[str] = ()
    tables: Sequence[Table] = ()
    pictures: Sequence[Picture] = ()
    items: Sequence[str] = ()
    bars: Sequence[tuple[str, Bar]] = field(default=())
    lengths: Sequence[Length] = ()


def column(name: str, lang: str, *, text: bool = False) -> Column:
    """A column by the name of its heading in :data:`solver.words.dossier.DOSSIER`."""
    return Column(say(f"dossier.col {name}", lang), "text" if text else "number")


def records(table: pd.DataFrame) -> list[Any]:
    """Rows of a frame, with its columns as attributes."""
    return list(table.itertuples(index=False))
