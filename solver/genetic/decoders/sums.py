"""Linear sums over a plan that is never written down: objectives, losses and rows, from parts that decoders know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats
from formulations.algebra.matrix import Matrix
from solver.certificate import ABSOLUTE, RELATIVE
from solver.genetic.decoders.measures import Measures
from solver.genetic.decoders.ways import Ints


@dataclass(frozen=True, eq=False)
class Sums:
    """The rows of a matrix that decide how good a plan is, and whether it keeps the rules.

    Attributes
    ----------
    whole
        Objectives, then watched rows, then losses of measures, shape (sums, columns).
    lower, upper
        Of the watched rows.
    """

    matrix: Matrix
    measures: Measures
    whole: Csr
    lower: Floats
    upper: Floats

    @classmethod
    def of(cls, matrix: Matrix, kept: frozenset[str]) -> Sums:
        """Sums of a matrix; rows of the blocks named ``kept`` hold by construction and are not watched."""
        measures = Measures.of(matrix)
        own = {matrix.block_of_row(m.rows.start).name for m in measures.each}
        own |= {name for m in measures.each for name in matrix.rows if name.startswith(f"{m.name}_")}
        spans = [b.span for name, b in matrix.rows.items() if name not in kept | own]
        rows = np.concatenate([np.empty(0, np.intp), *(np.arange(s.start, s.stop) for s in spans)]).astype(np.intp)
        whole = sp.csr_array(sp.vstack([matrix.C, matrix.A[rows], measures.losses], format="csr"))
        return cls(matrix, measures, whole, matrix.row_lower[rows], matrix.row_upper[rows])

    def part(self, name: str) -> Csr:
        """Coefficients of one variable, shape (sums, elements)."""
        return sp.csr_array(self.whole[:, self.matrix.columns[name].span])

    def finish(self, totals: Floats) -> tuple[Floats, Floats, Floats]:
        """From the sums over all columns but the measures' own to objectives, breach and the measures' columns.

        Shapes (members, sums) -> (members, objectives), (members,), (members, measures' columns). The breach adds up
        what watched rows are broken by beyond the tolerance of a certificate, as a share of their bounds.
        """
        p, watched = len(self.matrix.c0), len(self.lower)
        own = self.measures.values(totals[:, p + watched :] + self.measures.constant)
        rest = totals[:, : p + watched] + own @ self.whole[: p + watched][:, self.measures.columns].T
        row = rest[:, p:]
        by = np.maximum(self.lower - row, row - self.upper)
        side = np.where(row < self.lower, self.lower, self.upper)
        side = np.where(np.isfinite(side), np.abs(side), 0.0)
        # the sizes of the terms of a row are not known here; its own size stands for them
        scale = side + np.abs(row)
        over = np.where(by > ABSOLUTE + RELATIVE * scale, by / np.maximum(1.0, scale), 0.0)
        return rest[:, :p] + self.matrix.c0, over.sum(axis=1), own


def written(matrix: Matrix, members: int, parts: Mapping[str, tuple[Ints, Ints, Floats]], dense: Floats) -> Csr:
    """Plans from parts: triples (member, element, value) by variable, and ``dense`` rows for all other columns."""
    rows: list[NDArray[Any]] = []
    columns: list[NDArray[Any]] = []
    values: list[Floats] = []
    for name, (member, element, value) in parts.items():
        rows.append(member)
        columns.append(element + matrix.columns[name].start)
        values.append(value)
    base = sp.coo_array(dense)
    rows.append(base.row)
    columns.append(base.col)
    values.append(base.data)
    shape = (members, matrix.shape[1])
    at = np.concatenate(rows), np.concatenate(columns)
    plans = sp.csr_array(sp.coo_array((np.concatenate(values), at), shape=shape))
    plans.sort_indices()
    return plans
