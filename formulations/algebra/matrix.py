"""One sparse matrix with every row and column named: what is solved, exported, evaluated and certified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.block import Block as Block
from formulations.algebra.canonical import digest_of
from formulations.algebra.elements import Csr, Floats


@dataclass(frozen=True)
class Violations:
    """By how much one solution breaks each row, each bound and each integrality, absolute, zero where it holds."""

    rows: Floats
    bounds: Floats
    integrality: Floats

    @property
    def largest(self) -> float:
        """The largest of all."""
        return max(float(v.max(initial=0.0)) for v in (self.rows, self.bounds, self.integrality))


@dataclass(frozen=True, eq=False)
class Matrix:
    """``min C x + c0`` subject to ``row_lower <= A x <= row_upper``, ``lower <= x <= upper``, some x integer.

    Attributes
    ----------
    name
        What is asked.
    columns, rows, objectives
        Named blocks in order; together they cover every column, row and objective.
    C, c0
        Objectives, shape (objectives, columns) and (objectives,); all minimised.
    A, row_lower, row_upper
        Rows, shape (rows, columns), (rows,), (rows,); every row has a finite bound.
    lower, upper, integer
        Columns, shape (columns,) each.

    All arrays are locked; ``A`` and ``C`` are in canonical form (sorted, no duplicates, no stored zeros).
    """

    name: str
    columns: dict[str, Block]
    rows: dict[str, Block]
    objectives: dict[str, Block]
    C: Csr
    c0: Floats
    A: Csr
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    integer: NDArray[np.bool_]

    def __post_init__(self) -> None:
        arrays = [getattr(self, field.name) for field in fields(self)]
        arrays += [part for m in (self.A, self.C) for part in (m.data, m.indices, m.indptr)]
        for array in arrays:
            if isinstance(array, np.ndarray):
                array.setflags(write=False)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.row_lower), len(self.lower)

    # -- numbers -------------------------------------------------------------------------------------------------

    def evaluate(self, X: Floats | Csr) -> Floats:
        """Objective values of a population: (members, columns) -> (members, objectives)."""
        return _dense(self._population(X) @ self.C.T) + self.c0

    def objective_values(self, x: Floats) -> dict[str, float]:
        """Value of each objective at one solution, by name."""
        values = self.evaluate(np.asarray(x, dtype=float)[None, :])[0]
        return {name: float(value) for name, value in zip(self.objectives, values, strict=True)}

    def cost(self, weights: Mapping[str, float]) -> tuple[Floats, float]:
        """One weighted objective: coefficients of shape (columns,) and a constant. Objectives not named weigh zero.

        Raises
        ------
        ValueError
            If an objective is unknown, a weight is not finite, or nothing is weighed.
        """
        known = ", ".join(self.objectives) or "none"
        faults = [f"unknown objective {name!r}" for name in weights if name not in self.objectives]
        faults += [f"weight of {name} is {weight}" for name, weight in weights.items() if not np.isfinite(weight)]
        faults += [] if weights else ["no objective is named"]
        if faults:
            raise ValueError(f"{self.name}: {'; '.join(faults)}. The objectives are: {known}.")
        w = np.array([float(weights.get(name, 0.0)) for name in self.objectives])
        return w @ self.C, float(w @ self.c0)

    def violation(self, X: Floats | Csr) -> Floats:
        """Largest absolute violation in each row block: (members, columns) -> (members, row blocks)."""
        activity = _dense(self._population(X) @ self.A.T)
        excess = np.maximum(self.row_lower - activity, activity - self.row_upper)
        largest = [excess[:, block.span].max(axis=1, initial=0.0) for block in self.rows.values()]
        return np.column_stack(largest) if largest else np.zeros((activity.shape[0], 0))

    def violations(self, x: Floats) -> Violations:
        """Violation of every row, bound and integrality at one solution of shape (columns,)."""
        x = np.asarray(x, dtype=float)
        self._population(x[None, :])
        activity = self.A @ x
        return Violations(
            rows=np.maximum(np.maximum(self.row_lower - activity, activity - self.row_upper), 0.0),
            bounds=np.maximum(np.maximum(self.lower - x, x - self.upper), 0.0),
            integrality=np.where(self.integer, np.abs(x - np.round(x)), 0.0),
        )

    def value(self, name: str, x: Floats) -> Floats:
        """The part of ``x`` that a variable occupies, in the shape of its dimensions; leading axes of x are kept."""
        block = _known(self.columns, name, "variable")
        x = np.asarray(x)
        return x[..., block.span].reshape((*x.shape[:-1], *block.shape))

    def _population(self, X: Floats | Csr) -> Floats | Csr:
        if X.ndim != 2 or X.shape[1] != self.shape[1]:
            raise ValueError(f"{self.name}: solutions of shape {X.shape}, expected (members, {self.shape[1]}).")
        numbers = X.data if sp.issparse(X) else X
        if not np.isfinite(numbers).all():
            # a NaN compares false with every tolerance: it must never pass for a small violation
            bad = int((~np.isfinite(numbers)).sum())
            first = ""
            if not sp.issparse(X):
                first = f", first {self.column_label(int(np.argwhere(~np.isfinite(X))[0, 1]))}"
            raise ValueError(f"{self.name}: {bad} values of the solution are missing or infinite{first}.")
        return X

    # -- names ---------------------------------------------------------------------------------------------------

    def block_of_row(self, r: int) -> Block:
        """The row block that row ``r`` belongs to."""
        return _block_at(self.rows, self._row_starts, r, self.shape[0], "row")

    def block_of_column(self, j: int) -> Block:
        """The variable that column ``j`` belongs to."""
        return _block_at(self.columns, self._column_starts, j, self.shape[1], "column")

    def row_label(self, r: int) -> str:
        """``budget`` or ``capacity[site A,s3]``."""
        block = self.block_of_row(r)
        return block.label(r - block.start)

    def column_label(self, j: int) -> str:
        """``open[Kaisaniemi|short]``."""
        block = self.block_of_column(j)
        return block.label(j - block.start)

    def explain(self, name: str, k: int = 0, terms: int = 6) -> str:
        """One row, or one objective, in words: ``served[0]: +1 assign[0|a] +1 assign[0|b] == 1``.

        Parameters
        ----------
        name, k
            Row block and element in it, or the name of an objective.
        terms
            How many terms to write before ``...``.
        """
        if name in self.rows:
            block, matrix, r = self.rows[name], self.A, self.rows[name].start + k
            head, tail = f"{block.label(k)}:", _sense(self.row_lower[r], self.row_upper[r])
        else:
            block = _known(self.objectives, name, "row block or objective", also=self.rows)
            matrix, r = self.C, block.start
            head, tail = f"min {name}:", f"{self.c0[r]:+g}" if self.c0[r] else ""
        span = slice(int(matrix.indptr[r]), int(matrix.indptr[r + 1]))
        columns, values = matrix.indices[span], matrix.data[span]
        words = [f"{v:+g} {self.column_label(int(j))}" for j, v in zip(columns[:terms], values[:terms], strict=True)]
        more = [f"... ({len(columns)} terms)"] if len(columns) > terms else []
        return " ".join([head, *(words or ["0"]), *more, *([tail] if tail else [])])

    @cached_property
    def _row_starts(self) -> NDArray[np.intp]:
        return np.array([block.start for block in self.rows.values()], dtype=np.intp)

    @cached_property
    def _column_starts(self) -> NDArray[np.intp]:
        return np.array([block.start for block in self.columns.values()], dtype=np.intp)

    # -- the whole -----------------------------------------------------------------------------------------------

    def relax(self) -> Matrix:
        """The same without integrality."""
        return replace(self, integer=np.zeros_like(self.integer))

    def digest(self) -> str:
        """SHA-256 over everything that decides the answer: blocks, labels, bounds and coefficients; not the words."""
        return digest_of(
            [self.columns, self.rows, self.objectives],
            [self.C, self.A],
            [self.c0, self.row_lower, self.row_upper, self.lower, self.upper],
            self.integer,
        )

    def __repr__(self) -> str:
        rows, columns = self.shape
        whole = f"{rows} rows, {columns} columns ({int(self.integer.sum())} integer), {self.A.nnz} coefficients"
        return f"Matrix {self.name!r}: {whole}"


def _dense(product: Any) -> Floats:
    return np.asarray(product if isinstance(product, np.ndarray) else product.toarray())


def _known(blocks: dict[str, Block], name: str, what: str, also: Mapping[str, Block] | None = None) -> Block:
    if name not in blocks:
        raise ValueError(f"No {what} named {name!r}; there are {', '.join([*(also or {}), *blocks]) or 'none'}.")
    return blocks[name]


def _block_at(blocks: dict[str, Block], starts: NDArray[np.intp], k: int, size: int, what: str) -> Block:
    if not 0 <= k < size:
        raise IndexError(f"There is no {what} {k}; there are {size}.")
    # side="right" steps over empty blocks, which share their start with the next one
    return list(blocks.values())[int(np.searchsorted(starts, k, side="right")) - 1]


def _sense(lower: float, upper: float) -> str:
    if lower == upper:
        return f"== {lower:g}"
    if np.isfinite(lower) and np.isfinite(upper):
        return f"in [{lower:g}, {upper:g}]"
    return f"<= {upper:g}" if np.isfinite(upper) else f">= {lower:g}"
