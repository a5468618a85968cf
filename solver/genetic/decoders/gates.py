"""Which ways are open to whom: bits by rank for every caller and member, from sixteen ranks in one number.

A way is open if its option is open and every link on it that its scenario cuts is strengthened. Ways that need the
same share a *gate*, so that a population is looked at gate by gate, and ways only look up their gate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats
from formulations.algebra.matrix import Matrix
from solver.genetic.decoders.ways import Ints, Ways, block_of

Words = NDArray[np.uint16]

WORD = 16
"""Ranks in one number."""

LOWEST = np.full(1 << WORD, WORD, np.uint8)
for _bit in reversed(range(WORD)):
    LOWEST[1 << _bit :: 1 << (_bit + 1)] = _bit
"""Place of the lowest bit of each number; 16 for zero."""


@dataclass(frozen=True, eq=False)
class Gates:
    """Gates of the ways.

    Attributes
    ----------
    ranked
        Gate of each caller's ways by rank, shape (words, callers, 16); the last gate, which is never open, where a
        caller has no more ways.
    option
        Option of each gate but the last, shape (gates - 1,); the first ones are the options themselves.
    links
        Links to be strengthened for the gates after them, shape (gates - 1 - options, links).
    """

    ranked: NDArray[np.int32]
    option: Ints
    links: Csr

    @classmethod
    def of(cls, matrix: Matrix, ways: Ways) -> Gates:
        """Read the gates of all ways."""
        options = matrix.columns["open"].size
        slot_option = block_of(matrix, "capacity", "open").indices
        gate = slot_option[ways.slot].astype(np.int32)
        links: Csr = sp.csr_array((0, 0))
        option: NDArray[Any] = np.arange(options)
        if "passable" in matrix.rows:
            gate, links, option = _with_links(matrix, ways, gate)
        count = np.diff(ways.start)
        words = max(1, -(-int(count.max(initial=0)) // WORD))
        ranked = np.full((words, ways.callers, WORD), len(option), np.int32)
        rank = np.arange(ways.size) - np.repeat(ways.start[:-1], count)
        ranked[rank // WORD, ways.caller[ways.ranked], rank % WORD] = gate[ways.ranked]
        return cls(ranked, option.astype(np.int32), links)

    @property
    def words(self) -> int:
        """Numbers by caller."""
        return int(self.ranked.shape[0])

    def open(self, opened: Floats, hardened: Floats | None) -> NDArray[np.bool_]:
        """Open gates: (members, options) and (members, links) -> (members, gates)."""
        ok = np.zeros((len(opened), len(self.option) + 1), bool)
        ok[:, :-1] = (opened > 0.5)[:, self.option]
        if hardened is not None and self.links.shape[0]:
            weak = self.links @ (hardened.T < 0.5).astype(float)
            ok[:, opened.shape[1] : -1] &= np.asarray(weak).T < 0.5
        return ok

    def masks(self, ok: NDArray[np.bool_]) -> Iterator[Words]:
        """Bits of the open ways of each member in turn, (members, gates) -> (words, callers) each.

        Eight members travel together in one byte, so that gates are looked up once for all of them.
        """
        for first in range(0, len(ok), 8):
            some = ok[first : first + 8]
            together = np.packbits(some, axis=0, bitorder="little")[0]
            looked_up = together[self.ranked]
            for k in range(len(some)):
                bits = np.packbits((looked_up & np.uint8(1 << k)).ravel(), bitorder="little")
                yield bits.view("<u2").astype(np.uint16, copy=False).reshape(self.ranked.shape[:2])


def _with_links(
    matrix: Matrix, ways: Ways, gate: NDArray[np.int32]
) -> tuple[NDArray[np.int32], Csr, NDArray[np.integer]]:
    """Gates of their own for what an option and some links open together."""
    trip = block_of(matrix, "passable", "go").indices
    weak = block_of(matrix, "passable", "harden").indices
    way = np.empty(ways.size, np.intp)
    way[ways.trip] = np.arange(ways.size)
    blocked, row = np.unique(way[trip], return_inverse=True)
    shape = (len(blocked), matrix.columns["harden"].size)
    needs = sp.csr_array((np.ones(len(row)), (row, weak)), shape=shape)
    needs.sort_indices()
    number: dict[tuple[int, bytes], int] = {}
    kind = np.empty(len(blocked), np.int32)
    first: list[int] = []
    for k, at in enumerate(blocked):
        key = int(gate[at]), needs.indices[needs.indptr[k] : needs.indptr[k + 1]].tobytes()
        kind[k] = number.setdefault(key, len(number))
        if kind[k] == len(first):
            first.append(k)
    options = matrix.columns["open"].size
    option = np.concatenate([np.arange(options), gate[blocked[first]]])
    gate = gate.copy()
    gate[blocked] = options + kind
    return gate, sp.csr_array(needs[first]), option
