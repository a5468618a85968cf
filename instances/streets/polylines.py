"""Many lines in two arrays: taken, turned round, cut and joined without a loop over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Polylines:
    """Line k has the points ``xy[start[k]:start[k + 1]]``."""

    xy: Floats  # shape (points, 2)
    start: Ints  # shape (lines + 1,)

    @classmethod
    def of(cls, points: Sequence[Floats]) -> Polylines:
        """From one array a line."""
        sizes = np.fromiter((len(p) for p in points), np.intp, len(points))
        xy = np.concatenate(points) if len(points) else np.zeros((0, 2))
        return cls(np.asarray(xy, np.float64), np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp))

    @classmethod
    def straight(cls, tail: Floats, head: Floats) -> Polylines:
        """One straight line from each tail to its head, both of shape (lines, 2)."""
        xy = np.stack([tail, head], axis=1).reshape(-1, 2)
        return cls(np.asarray(xy, np.float64), np.arange(0, 2 * len(tail) + 1, 2, dtype=np.intp))

    @property
    def sizes(self) -> Ints:
        """Points of each line."""
        return np.diff(self.start)

    def __len__(self) -> int:
        return len(self.start) - 1

    def __getitem__(self, line: int) -> Floats:
        return self.xy[self.start[line] : self.start[line + 1]]

    def ranges(self, begin: Ints, end: Ints) -> Polylines:
        """Lines made of the points from ``begin`` to ``end``, both included."""
        sizes = end - begin + 1
        start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp)
        at = np.arange(start[-1]) + np.repeat(begin - start[:-1], sizes)
        return Polylines(self.xy[at], start)

    def take(self, at: Ints, turned: Flags | None = None) -> Polylines:
        """The lines at some positions; ``turned`` ones from their end to their beginning."""
        begin, sizes = self.start[at], self.sizes[at]
        start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp)
        step = np.arange(start[-1]) - np.repeat(start[:-1], sizes)
        if turned is not None:
            back = np.repeat(turned, sizes)
            step = np.where(back, np.repeat(sizes, sizes) - 1 - step, step)
        return Polylines(self.xy[np.repeat(begin, sizes) + step], start)

    def then(self, others: Polylines) -> Polylines:
        """These lines, followed by others."""
        return Polylines(
            np.concatenate([self.xy, others.xy]), np.concatenate([self.start, others.start[1:] + self.start[-1]])
        )

    def metres(self) -> Floats:
        """Length of each line.

        Lines with equally many points are summed as rows of one table, which adds in the same order as a sum over each
        line alone; so the same street is as long in every city, to the last bit.
        """
        found = np.zeros(len(self))
        sizes = self.sizes
        for size in np.unique(sizes):
            at = np.flatnonzero(sizes == size)
            step = np.diff(self.xy[self.start[at][:, None] + np.arange(size)], axis=1)
            found[at] = np.hypot(step[..., 0], step[..., 1]).sum(axis=1)
        return found

    def shapes(self) -> NDArray[Any]:
        """Shapely line strings."""
        import shapely

        return np.asarray(shapely.linestrings(self.xy, indices=np.repeat(np.arange(len(self)), self.sizes)))
