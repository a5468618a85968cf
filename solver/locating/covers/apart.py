"""Rows that have no site in common: each needs a site of its own, which anybody can check."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Csr


def apart(need: Csr, most: int | None = None) -> NDArray[np.intp]:
    """Rows of which no two share a site, found greedily, those with the fewest sites first; at most so many."""
    columns: Any = sp.csc_array(need)
    free = np.ones(need.shape[0], bool)
    found: list[int] = []
    for i in np.argsort(np.diff(need.indptr), kind="stable"):
        if not free[i]:
            continue
        found.append(int(i))
        if most is not None and len(found) >= most:
            break
        for j in need.indices[need.indptr[i] : need.indptr[i + 1]]:
            free[columns.indices[columns.indptr[j] : columns.indptr[j + 1]]] = False
        free[i] = False
    return np.array(found, dtype=np.intp)
