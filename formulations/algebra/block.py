"""A named run of columns or rows."""

from __future__ import annotations

from dataclasses import dataclass

from formulations.algebra.elements import Dims, label_of, shape_of


@dataclass(frozen=True)
class Block:
    """The run of columns (or rows, or objectives) that one name occupies.

    Attributes
    ----------
    name
        As written in the formulation.
    dims
        Index sets, first one slowest; empty for a single element.
    start, size
        Position of the first element in the matrix, and how many there are.
    unit, doc
        What the numbers are, in words.
    rule
        Rows only: somebody set it and may relax it, as opposed to physics and logic.
    """

    name: str
    dims: Dims
    start: int
    size: int
    unit: str = ""
    doc: str = ""
    rule: bool = False

    @property
    def span(self) -> slice:
        """Where the block lies in the matrix."""
        return slice(self.start, self.start + self.size)

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the dimensions."""
        return shape_of(self.dims)

    def label(self, k: int) -> str:
        """Name of the k-th element: ``open[Kaisaniemi|short]``, ``capacity[site A,s3]``, or ``budget``."""
        return f"{self.name}[{label_of(self.dims, k)}]" if self.dims else self.name
