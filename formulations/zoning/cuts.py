"""Patches of a least size by cuts: rows that a plan with a small patch breaks and no plan with large patches does.

    cut_ikc    use_ic <= sum_{j beside K, not in K} use_jc        parcel i of K, a connected set smaller than patch_c

Where parcel i has the class, its patch is larger than K and so goes on beyond it. Rows for every connected K would say
all there is to say about patches; those for the patches that turned up too small are enough to go on with. So a
question with ``patches="local"`` is solved to the exact answer by solving, cutting and solving again, which takes a
small part of the time that the flow of ``patches="exact"`` takes.

The cuts are the node cuts of connected subgraphs (Carvajal, Constantino, Goycoolea, Vielma & Weintraub (2013),
"Imposing connectivity constraints in forest planning models", Operations Research 61(4), 824-836).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from formulations.algebra.matrix import Block, Matrix
from formulations.zoning.patches import checked, patches
from instances.land import Land

CUTS = "patch_cuts"
"""Name of the row block."""


def with_cuts(matrix: Matrix, land: Land, assignments: ArrayLike) -> Matrix:
    """The program with rows against every patch of some plans that is too small; itself where there is none.

    Parameters
    ----------
    matrix
        Program of a zoning question; cuts that it has already are kept.
    assignments
        Class of every parcel in every plan, shape (members, parcels).
    """
    plans = checked(land, assignments)
    found = patches(land, plans)
    small = np.flatnonzero(found.missing(land) > 0)
    option = matrix.columns["use"].dims[0]
    first = matrix.columns["use"].start
    at = np.full(land.allowed.shape, -1)
    at[option["parcel"].position, option["land_class"].position] = np.arange(option.size)
    a, b = land.boundary["a"].position, land.boundary["b"].position
    seen, row, column, value, rows = set[tuple[int, bytes]](), [], [], [], 0
    for k in small.tolist():
        inside = found.number[found.member[k]] == k
        kind = int(found.land_class[k])
        key = kind, inside.tobytes()
        if key in seen:
            continue
        seen.add(key)
        rim = np.unique(np.concatenate([b[inside[a] & ~inside[b]], a[inside[b] & ~inside[a]]]))
        beyond = at[rim, kind]
        beyond = beyond[beyond >= 0]
        for i in at[inside, kind].tolist():
            if i >= 0:
                row += [rows] * (1 + beyond.size)
                column += [first + i, *(first + beyond).tolist()]
                value += [1.0, *[-1.0] * beyond.size]
                rows += 1
    if not rows:
        return matrix
    more = sp.csr_array((value, (row, column)), shape=(rows, matrix.shape[1]))
    return _extended(matrix, more)


def _extended(matrix: Matrix, more: sp.csr_array) -> Matrix:
    """The program with rows ``more @ x <= 0`` at its end, in the block of the cuts there are already."""
    rows = int(more.shape[0])
    had = matrix.rows.get(CUTS)
    start, size = (had.start, had.size + rows) if had else (matrix.shape[0], rows)
    if had and had.start + had.size != matrix.shape[0]:
        raise ValueError(f"{matrix.name}: rows were added after {CUTS}; add cuts to the program before them.")
    doc = "A patch that would be too small goes on beyond its parcels."
    return replace(
        matrix,
        rows={**matrix.rows, CUTS: Block(CUTS, (), start, size, "parcels", doc, rule=True)},
        A=sp.csr_array(sp.vstack([matrix.A, more], format="csr")),
        row_lower=np.append(matrix.row_lower, np.full(rows, -np.inf)),
        row_upper=np.append(matrix.row_upper, np.zeros(rows)),
    )
