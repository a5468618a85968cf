"""Rules as things that can be stretched: one side of one row that somebody set."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from formulations.algebra.block import Block
from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from instances.index import Index

SAME = 1e-9
"""Relative difference up to which the shares of a promise's rows count as one number."""


@dataclass(frozen=True)
class Rule:
    """One limit somebody set.

    Attributes
    ----------
    row
        Position in the matrix; a row with two different sides is two rules.
    name, label
        Row block, and row block with element: ``promise_1_moderate[flood 2|days]``.
    doc, unit, limit
        As declared; ``limit`` in ``unit``.
    floor
        At least the limit; otherwise at most.
    scale
        What counts as relaxing the rule by 100 %: the limit; for shares the part that was promised; for a limit of
        zero all that can happen.
    most
        Nobody stretches the rule beyond this many units: all that can happen. Infinite if that is unlimited.
    whole
        The left side is always a whole number, so only whole limits make sense.
    total
        People in need whom a promise is about, where the limit is one share of it in all rows of the block.
    where
        What the row is about, by index: ``(("scenario", "flood 2"), ("phase", "days"))``.
    """

    row: int
    name: str
    label: str
    doc: str
    unit: str
    limit: float
    floor: bool
    scale: float
    most: float
    whole: bool
    total: float | None = None
    where: tuple[tuple[str, str], ...] = ()

    @property
    def share(self) -> float | None:
        """The limit as a share of the people in need; None where the rule is not about a share."""
        return None if self.total is None else self.limit / self.total


def rules_of(matrix: Matrix) -> list[Rule]:
    """Every rule of the matrix, side by side in order of rows."""
    found = []
    for block in matrix.rows.values():
        if block.rule and block.size:
            found += _rules_of(matrix, block)
    return found


def _rules_of(matrix: Matrix, block: Block) -> list[Rule]:
    least, most = _range(matrix, block)
    totals = _totals(matrix, block, most)
    found = []
    for k in range(block.size):
        row = block.start + k
        label, where, whole = block.label(k), places_of(block, k), _whole(matrix, row)
        sides = [(True, float(matrix.row_lower[row])), (False, float(matrix.row_upper[row]))]
        for floor, limit in sides:
            if not math.isfinite(limit):
                continue
            reach = max(0.0, limit - least[k] if floor else most[k] - limit)
            total = None if totals is None else float(totals[k])
            scale = abs(limit)
            if total is not None and total > limit:
                scale = total - limit
            elif scale <= SAME:
                scale = reach if 0 < reach < math.inf else 1.0
            found.append(
                Rule(row, block.name, label, block.doc, block.unit, limit, floor, scale, reach, whole, total, where)
            )
    return found


def _range(matrix: Matrix, block: Block) -> tuple[Floats, Floats]:
    """Least and largest value of each row of the block within the bounds of the columns."""
    part = matrix.A[block.span].tocsr()
    up, down = part.maximum(0).tocoo(), (-part).maximum(0).tocoo()
    least, most = np.zeros(block.size), np.zeros(block.size)
    for signed, low, high in ((up, matrix.lower, matrix.upper), (down, -matrix.upper, -matrix.lower)):
        np.add.at(least, signed.row, signed.data * low[signed.col])
        np.add.at(most, signed.row, signed.data * high[signed.col])
    return least, most


def _totals(matrix: Matrix, block: Block, most: Floats) -> Floats | None:
    """People in need, row by row, if the block promises one share of them.

    A promise adds up people times shares that run from 0 to 1, so the largest value of its row is everybody in need.
    """
    lower, upper = matrix.row_lower[block.span], matrix.row_upper[block.span]
    if not block.dims or block.unit != "people" or np.isfinite(lower).any() or not np.isfinite(upper).all():
        return None
    if not (np.isfinite(most).all() and (most > 0).all()):
        return None
    share = upper / most
    same = float(share.max() - share.min()) <= SAME and 0.0 <= float(share.min()) and float(share.max()) <= 1.0
    return most if same else None


def _whole(matrix: Matrix, row: int) -> bool:
    span = slice(int(matrix.A.indptr[row]), int(matrix.A.indptr[row + 1]))
    values, columns = matrix.A.data[span], matrix.A.indices[span]
    return bool(matrix.integer[columns].all() and (values == np.round(values)).all())


def places_of(block: Block, k: int) -> tuple[tuple[str, str], ...]:
    """Names behind the k-th element, by the index they come from: scenario, phase, zone, site, mode, ..."""
    found: dict[str, str] = {}
    for index, at in zip(block.dims, np.unravel_index(k, block.shape), strict=True):
        _unfold(index, int(at), found)
    return tuple(found.items())


def _unfold(index: Index, at: int, found: dict[str, str]) -> None:
    if index.names is not None:
        found[index.name] = index.label(at)
        return
    for part in index.parts.values():
        _unfold(part.target, int(part.position[at]), found)
