"""One table of the quality report, as data: whoever shows it decides how."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Cell = str | int | float | bool | None


@dataclass(frozen=True)
class Section:
    """A table with a name for programs, a title for people, and columns of (name, unit)."""

    name: str
    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Cell, ...], ...]

    @classmethod
    def of(cls, name: str, title: str, columns: Iterable[tuple[str, str]], rows: Iterable[Sequence[Any]]) -> Section:
        """Section with plain Python values in its cells; NaN becomes None."""
        return cls(name, title, tuple(columns), tuple(tuple(_plain(cell) for cell in row) for row in rows))

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON values."""
        return {
            "name": self.name,
            "title": self.title,
            "columns": [{"name": name, "unit": unit} for name, unit in self.columns],
            "rows": [list(row) for row in self.rows],
        }


def some(labels: Sequence[str], most: int = 5) -> str:
    """The first labels, and how many more there are."""
    more = f" and {len(labels) - most} more" if len(labels) > most else ""
    return ", ".join(labels[:most]) + more


def _plain(cell: Any) -> Cell:
    value: Cell = cell.item() if isinstance(cell, np.generic) else cell
    return None if isinstance(value, float) and not np.isfinite(value) else value
