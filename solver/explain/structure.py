"""Where no plan exists even without rules: which blocks of rows clash."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from formulations.algebra.matrix import Matrix
from solver.clock import Clock
from solver.explain.oracle import Live, Stopped


@dataclass(frozen=True)
class Clash:
    """Blocks of rows that cannot hold together within the bounds of the variables.

    Attributes
    ----------
    blocks
        Name and meaning of each; empty if bounds and whole numbers alone contradict one another.
    irreducible
        None of the blocks can be left out; otherwise time ran out, and some of them may be innocent.
    """

    blocks: tuple[tuple[str, str], ...]
    irreducible: bool


def clash(matrix: Matrix, clock: Clock, *, relaxed: bool) -> tuple[Clash, Stopped | None]:
    """Blocks that clash, by leaving out one block after the other (rules are left out from the start).

    Source: Chinneck & Dravnieks (1991), deletion filter, doi:10.1287/ijoc.3.2.157, over blocks instead of rows.
    """
    live = Live(matrix.relax() if relaxed else matrix, clock)
    blocks = [block for block in matrix.rows.values() if block.size]
    for block in blocks:
        if block.rule:
            _free(live, range(block.start, block.start + block.size))
    kept = [block for block in blocks if not block.rule]
    stopped = None
    try:
        for block in list(kept):
            rows = range(block.start, block.start + block.size)
            _free(live, rows)
            if live.holds():
                _bind(live, matrix, rows)
            else:
                kept.remove(block)
    except Stopped as stop:
        stopped = stop
    return Clash(tuple((block.name, block.doc) for block in kept), stopped is None), stopped


def _free(live: Live, rows: range) -> None:
    _bounds(live, rows, np.full(len(rows), -np.inf), np.full(len(rows), np.inf))


def _bind(live: Live, matrix: Matrix, rows: range) -> None:
    span = slice(rows.start, rows.stop)
    _bounds(live, rows, matrix.row_lower[span], matrix.row_upper[span])


def _bounds(live: Live, rows: range, lower: np.ndarray, upper: np.ndarray) -> None:
    live.model.changeRowsBounds(len(rows), np.array(rows, dtype=np.int32), lower.copy(), upper.copy())
