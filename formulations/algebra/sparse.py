"""Row operations on compressed sparse matrices, without the detours a general product would take.

None of them changes its input; results may share arrays with it, so nothing here is ever edited in place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

if TYPE_CHECKING:
    from formulations.algebra.elements import Csr, Floats


def identity_from(start: int, size: int) -> Csr:
    """One row per new column: shape (size, start + size)."""
    kind = _kind(start + size)
    arrays = np.ones(size), np.arange(start, start + size, dtype=kind), np.arange(size + 1, dtype=kind)
    return sp.csr_array(arrays, shape=(size, start + size))


def empty_rows(size: int) -> Csr:
    """Rows without terms: shape (size, 0)."""
    return sp.csr_array((size, 0), dtype=np.float64)


def take_rows(matrix: Csr, position: NDArray[np.intp]) -> Csr:
    """Rows at the given positions, in that order, repeats allowed."""
    return matrix[position]


def scale_rows(matrix: Csr, scale: Floats) -> Csr:
    """Each row times its number."""
    data = matrix.data * np.repeat(scale, np.diff(matrix.indptr))
    return sp.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def sum_rows(matrix: Csr, group: NDArray[np.intp], groups: int) -> Csr:
    """Add up the rows of each group: shape (rows, columns) -> (groups, columns)."""
    if group.size > 1 and (group[1:] < group[:-1]).any():
        order = np.argsort(group, kind="stable")
        matrix, group = matrix[order], group[order]
    # rows of one group are now neighbours: merging them only thins out the row pointers
    indptr = matrix.indptr[np.searchsorted(group, np.arange(groups + 1))]
    merged = sp.csr_array((matrix.data, matrix.indices, indptr), shape=(groups, matrix.shape[1]))
    if not merged.has_canonical_format:
        merged = merged.copy()
        merged.sum_duplicates()
    return merged


def add(left: Csr, right: Csr, factor: float) -> Csr:
    """``left + factor * right``; the narrower one is widened with empty columns."""
    wide = max(left.shape[1], right.shape[1])
    a, b = widen(left, wide), widen(right, wide)
    return a + b if factor == 1.0 else a - b if factor == -1.0 else a + factor * b


def widen(matrix: Csr, columns: int) -> Csr:
    """The same rows with empty columns at the end."""
    if matrix.shape[1] == columns:
        return matrix
    return sp.csr_array((matrix.data, matrix.indices, matrix.indptr), shape=(matrix.shape[0], columns))


def stack(matrices: Sequence[Csr], columns: int) -> Csr:
    """All rows under each other, columns sorted, no duplicates, no stored zeros; arrays of its own."""
    entries = sum(m.nnz for m in matrices)
    kind = _kind(max(entries, columns))
    data = np.concatenate([np.empty(0), *(m.data for m in matrices)])
    indices = np.concatenate([np.empty(0, dtype=kind), *(m.indices.astype(kind, copy=False) for m in matrices)])
    ends = np.cumsum([0, *(m.nnz for m in matrices)])
    indptr = np.concatenate(
        [
            np.zeros(1, dtype=kind),
            *((m.indptr[1:] + e).astype(kind, copy=False) for m, e in zip(matrices, ends[:-1], strict=True)),
        ]
    )
    stacked = sp.csr_array((data, indices, indptr), shape=(len(indptr) - 1, columns))
    stacked.sum_duplicates()
    stacked.eliminate_zeros()
    return stacked


def _kind(largest: int) -> type[np.signedinteger]:
    return np.int32 if largest < np.iinfo(np.int32).max else np.int64
