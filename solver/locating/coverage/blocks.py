"""Cover sets in blocks that few sites touch, so that cuts are sparse and say much."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solver.locating.coverage.shortage import Shortage

SPLITS = 1
"""How often blocks are split in two: once saves a third of the rounds; more makes the linear programs too large."""


def blocks(shortage: Shortage) -> NDArray[np.intp]:
    """A block for each set, shape (sets,): greedily, all sets left that one site covers, the site with the most first.

    Then each is split in parts. On a plane a block is about as wide as the radius. One variable for the shortage of
    each block instead of one for all makes the cutting plane method converge in some dozen rounds instead of many
    hundreds.
    """
    columns, sets = shortage.columns, len(shortage.weight)
    left, block = np.ones(sets), np.full(sets, -1, dtype=np.intp)
    number = 0
    count = columns @ left
    while sets and count.max(initial=0.0) > 0:
        j = int(count.argmax())
        members = columns.indices[columns.indptr[j] : columns.indptr[j + 1]]
        members = members[left[members] > 0]
        block[members] = number
        left[members] = 0.0
        number += 1
        touched = shortage.cover[members]
        count -= np.asarray(touched.sum(axis=0)).reshape(-1)
    for _ in range(SPLITS):
        block = _split(shortage, block)
    return block


def _split(shortage: Shortage, block: NDArray[np.intp]) -> NDArray[np.intp]:
    """Each block in two, by the site that covers most nearly half of its sets; left whole where none comes near."""
    order = np.argsort(block, kind="stable")
    number = int(block.max(initial=-1)) + 1
    edges = np.searchsorted(block[order], np.arange(number + 1))
    split = block.copy()
    for b in range(number):
        members = order[edges[b] : edges[b + 1]]
        part = shortage.cover[members]
        share = np.asarray(part.sum(axis=0)).reshape(-1) / len(members)
        j = int(np.abs(share - 0.5).argmin())
        if abs(share[j] - 0.5) < 0.35:
            split[members[part[:, [j]].toarray()[:, 0] > 0]] = number
            number += 1
    return split
