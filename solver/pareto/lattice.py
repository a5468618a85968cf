"""Columns that need not be declared whole because they are whole anyway, once the others are."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.matrix import Matrix


def whole_anyway(matrix: Matrix, columns: NDArray[np.integer[Any]]) -> bool:
    """Whether the best values of some continuous columns are whole numbers for every choice of the integer ones.

    True where rows hold at most one +1 and one -1 among continuous columns, whole coefficients of integer columns and
    whole bounds. Transposed, such rows are those of a network, so every vertex is whole (Hoffman and Kruskal 1956), and
    a linear function that is minimised over the continuous columns is so at a vertex. Only rows and columns that hang
    together with those asked for are looked at. False says nothing.

    Parameters
    ----------
    columns
        Positions of continuous columns.
    """
    free = ~matrix.integer & (matrix.lower < matrix.upper)
    A = sp.csr_array(matrix.A)
    row = np.repeat(np.arange(A.shape[0]), np.diff(A.indptr))
    links = free[A.indices]
    pattern = sp.csr_array((np.ones(int(links.sum())), (row[links], A.indices[links])), shape=A.shape)
    size, part = sp.csgraph.connected_components(
        sp.block_array([[None, pattern], [pattern.T, None]], format="csr"), directed=False
    )
    asked = np.zeros(size, bool)
    asked[part[A.shape[0] + columns]] = True
    rows, kept = asked[part[: A.shape[0]]], asked[part[A.shape[0] :]] & free
    inside = rows[row]
    terms, mine = A.data[inside], links[inside]
    ends = np.concatenate([matrix.row_lower[rows], matrix.row_upper[rows], matrix.lower[kept], matrix.upper[kept]])
    if not (_whole(terms) and _whole(ends[np.isfinite(ends)]) and (np.abs(terms[mine]) == 1).all()):
        return False
    # a continuous column that cannot move is a constant of the row
    fixed = np.flatnonzero(~matrix.integer & ~free)
    if not _whole(matrix.lower[np.intersect1d(fixed, A.indices[inside])]):
        return False
    at = row[inside][mine]
    return all((np.bincount(at[terms[mine] == sign], minlength=1) <= 1).all() for sign in (1.0, -1.0))


def _whole(numbers: NDArray[np.float64]) -> bool:
    return bool((numbers == np.round(numbers)).all())
