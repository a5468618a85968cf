"""A layer as read: features with ids, shapes in the city's reference system, and columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Texts = NDArray[np.str_]
Flags = NDArray[np.bool_]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Frame:
    """Where the city lies, and where its files are.

    Attributes
    ----------
    crs
        Projected system in metres of everything that is built.
    folder
        Relative paths of layers start here.
    box
        Extent in ``crs`` (west, south, east, north); None takes layers whole.
    """

    crs: str
    folder: Path
    box: Box | None = None


@dataclass(frozen=True, eq=False)
class Layer:
    """Features of one layer. The order is that of the file.

    Attributes
    ----------
    id
        One unique text a feature, shape (features,).
    shape
        Shapely geometries in the frame's CRS; None for rows of a table without places.
    columns
        By name, shape (features,): float64, int64, bool or text. A missing number is NaN, a missing text "".
    """

    name: str
    id: Texts
    shape: NDArray[np.object_]
    columns: dict[str, NDArray[Any]]
    crs: str
    faults: list[str] = field(default_factory=list)  # filled by the readers of columns below; the step raises them

    def __len__(self) -> int:
        return len(self.id)

    def where(self, keep: Flags) -> Layer:
        """The features for which ``keep`` is true."""
        columns = {name: values[keep] for name, values in self.columns.items()}
        return Layer(self.name, self.id[keep], self.shape[keep], columns, self.crs, self.faults)

    def numbers(
        self,
        column: str,
        unit: str,
        lower: float = 0.0,
        upper: float = np.inf,
        scale: float = 1.0,
        gaps: bool = False,
    ) -> Floats:
        """A column as numbers times ``scale``; what is wrong with it is added to :attr:`faults`, once.

        Text that reads as a number counts as one, because many formats keep numbers as text. ``gaps`` allows missing
        values (NaN); without it they are a fault, because a missing datum is not a zero.
        """
        if column not in self.columns:
            self._missing(column)
            return np.zeros(len(self))
        values = np.full(len(self), np.nan)
        words = np.zeros(len(self), bool)
        for k, value in enumerate(self.columns[column].tolist()):
            if value is None or (isinstance(value, str) and not value.strip()):
                continue
            try:
                values[k] = float(value)
            except (TypeError, ValueError):
                words[k] = True
        values *= scale
        gap = np.isnan(values) & ~words
        for bad, what in (
            (words, "are not numbers"),
            (gap & (not gaps), "are missing; a missing datum is not a zero"),
            (np.isinf(values), "are infinite"),
            (np.isfinite(values) & ((values < lower) | (values > upper)), f"are outside {lower:g} to {upper:g}"),
        ):
            if bad.any():
                self.fault(
                    f"column {column} [{unit}]: {bad.sum()} of {len(bad)} values {what}, first {self.first(bad)}"
                )
        return values

    def texts(self, column: str, default: str | None = None) -> Texts:
        """A column as text; without ``default`` the column must be there."""
        if column not in self.columns:
            if default is None:
                self._missing(column)
            return np.array([default or ""] * len(self), np.str_)  # np.full would cut the text to one character
        texts = ["" if v is None or v != v else str(v).strip() for v in self.columns[column].tolist()]
        return np.array([t or (default or "") for t in texts], np.str_)

    def fault(self, text: str) -> None:
        """Record what is wrong with this layer."""
        line = f"layer {self.name}: {text}"
        if line not in self.faults:
            self.faults.append(line)

    def first(self, bad: Flags) -> str:
        """The first offenders by id."""
        return ", ".join(self.id[bad][:3].tolist()) + (", ..." if bad.sum() > 3 else "")

    def _missing(self, column: str) -> None:
        self.fault(f"no column {column!r}; it has {', '.join(self.columns) or 'none'}")
