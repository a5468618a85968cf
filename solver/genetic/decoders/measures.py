"""Columns that only measure: threshold, excess, worst loss and the like, set to their best values by formula.

The measures of :mod:`formulations.measures` write themselves into a program as variables and rows that bound them from
below. Once the losses of a plan are known, the best values of those variables follow:

    cvar           eta the quantile at which the weights of the larger losses reach 1, excess_s = max(0, L_s - eta)
    worst          max_s L_s
    robust         interval: as cvar, with the slacks of the probabilities as weights
                   total variation: threshold and price from the two quantiles between which probability moves
                   Wasserstein: a linear program of its own for each plan, solved by SciPy

The losses are read from the rows of the measure, so nothing is said here about what a loss is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats
from formulations.algebra.matrix import Matrix

KINDS: tuple[tuple[str, frozenset[str], str], ...] = (
    ("cvar", frozenset({"eta", "excess"}), "tail"),
    ("interval", frozenset({"threshold", "above"}), "tail"),
    ("variation", frozenset({"loss", "threshold", "price", "above", "below"}), "covers"),
    ("wasserstein", frozenset({"loss", "price", "worth"}), "covers"),
    ("wasserstein", frozenset({"loss", "price", "worth", "high", "low"}), "covers"),
    ("worst", frozenset({"worst"}), "above"),
)
"""What each measure is called in a program: the endings of its variables, and of the rows that hold the losses."""


@dataclass(frozen=True, eq=False)
class Measure:
    """One measure in a matrix.

    Attributes
    ----------
    name
        Prefix of its variables.
    rows
        Where its losses stand.
    columns
        Positions of its variables, in the order of the matrix.
    weights
        What one unit of each of its variables costs, shape (columns,), in the first objective or limit that has them.
    """

    matrix: Matrix
    name: str
    kind: str
    rows: slice
    columns: NDArray[np.intp]
    weights: Floats

    def values(self, losses: Floats) -> Floats:
        """Best values of its variables, (members, losses) -> (members, columns), within their bounds."""
        found = {
            "cvar": self._cvar,
            "interval": self._interval,
            "variation": self._variation,
            "wasserstein": self._wasserstein,
            "worst": self._worst,
        }[self.kind](losses)
        names = [f"{self.name}_{word}" for word in found]
        if self.kind == "wasserstein":
            values = found[""]
        else:
            values = np.empty((len(losses), len(self.columns)))
            for name, part in zip(names, found.values(), strict=True):
                values[:, self._at(name)] = part
        best: Floats = np.clip(values, self.matrix.lower[self.columns], self.matrix.upper[self.columns])
        return best

    def _at(self, name: str) -> NDArray[np.intp]:
        span = self.matrix.columns[name].span
        return np.flatnonzero((self.columns >= span.start) & (self.columns < span.stop))

    def _weight(self, word: str) -> Floats:
        return self.weights[self._at(f"{self.name}_{word}")]

    def _cvar(self, losses: Floats) -> dict[str, Floats]:
        eta = _quantile(losses, self._weight("excess"), float(self._weight("eta")[0]))
        return {"eta": eta[:, None], "excess": np.maximum(losses - eta[:, None], 0.0)}

    def _interval(self, losses: Floats) -> dict[str, Floats]:
        level = _quantile(losses, self._weight("above"), float(self._weight("threshold")[0]))
        return {"threshold": level[:, None], "above": np.maximum(losses - level[:, None], 0.0)}

    def _worst(self, losses: Floats) -> dict[str, Floats]:
        return {"worst": losses.max(axis=1, keepdims=True)}

    def _variation(self, losses: Floats) -> dict[str, Floats]:
        more, less = self._weight("above"), self._weight("below")
        radius = float(self._weight("price")[0])
        # either probability moves as far as it may, between two quantiles, or the price is nothing
        upper, lower = _quantile(losses, more, radius), -_quantile(-losses, less, radius)
        levels = np.column_stack([np.minimum(lower, upper), losses])
        prices = np.column_stack([np.maximum(upper - lower, 0.0), np.zeros(losses.shape)])
        beyond = np.maximum(losses[:, None, :] - levels[:, :, None] - prices[:, :, None], 0.0)
        short = np.maximum(levels[:, :, None] - losses[:, None, :], 0.0)
        cost = radius * prices + beyond @ more + short @ less
        best = np.argmin(cost, axis=1)[:, None]
        level, price = np.take_along_axis(levels, best, axis=1), np.take_along_axis(prices, best, axis=1)
        return {
            "loss": losses,
            "threshold": level,
            "price": price,
            "above": np.maximum(losses - level - price, 0.0),
            "below": np.maximum(level - losses, 0.0),
        }

    def _wasserstein(self, losses: Floats) -> dict[str, Floats]:
        from scipy.optimize import Bounds, LinearConstraint, milp

        matrix = self.matrix
        moved = matrix.rows[f"{self.name}_moved"].span
        A = sp.csr_array(sp.csr_array(matrix.A[moved])[:, self.columns])
        own = self._at(f"{self.name}_loss")
        lower, upper = (np.array(b[self.columns]) for b in (matrix.lower, matrix.upper))
        rows = LinearConstraint(A, matrix.row_lower[moved], matrix.row_upper[moved])
        values = np.empty((len(losses), len(self.columns)))
        for k, loss in enumerate(losses):
            lower[own] = upper[own] = np.clip(loss, matrix.lower[self.columns[own]], matrix.upper[self.columns[own]])
            answer = milp(self.weights, constraints=rows, bounds=Bounds(lower, upper))
            if not answer.success:
                raise ArithmeticError(f"{matrix.name}, {self.name}: no worst distribution found ({answer.message})")
            values[k] = answer.x
        return {"": values}


def _quantile(losses: Floats, weights: Floats, room: float) -> Floats:
    """Least level such that the weights of the losses above it add up to no more than ``room``: one per row."""
    order = np.argsort(-losses, axis=1, kind="stable")
    reached = np.cumsum(weights[order], axis=1) >= room * (1.0 - 1e-12)
    at = np.where(reached.any(axis=1), np.argmax(reached, axis=1), losses.shape[1] - 1)
    level: Floats = np.take_along_axis(losses, np.take_along_axis(order, at[:, None], axis=1), axis=1)[:, 0]
    return level


@dataclass(frozen=True, eq=False)
class Measures:
    """All measures of a matrix.

    Attributes
    ----------
    columns
        Their columns together, in order of the matrix.
    losses
        Coefficients of the losses, shape (losses, columns of the matrix), the measures' own columns left out.
    constant
        What the losses are without any decision, shape (losses,).
    """

    each: tuple[Measure, ...]
    columns: NDArray[np.intp]
    losses: Csr
    constant: Floats

    @classmethod
    def of(cls, matrix: Matrix) -> Measures:
        """Find the measures of a matrix by the names of their variables and rows."""
        each = tuple(m for name in _prefixes(matrix.columns) if (m := _measure(matrix, name)) is not None)
        columns = np.sort(np.concatenate([m.columns for m in each])) if each else np.empty(0, np.intp)
        kept = np.ones(matrix.shape[1])
        kept[columns] = 0.0
        rows = np.concatenate([np.arange(m.rows.start, m.rows.stop) for m in each]) if each else np.empty(0, np.intp)
        losses = sp.csr_array(matrix.A[rows].multiply(kept[None, :]))
        losses.eliminate_zeros()
        # body = measure - loss >= bound, and what is constant in the loss stands in the bound
        return cls(each, columns, sp.csr_array(-losses), np.array(matrix.row_lower[rows]))

    def values(self, losses: Floats) -> Floats:
        """Best values, (members, losses) -> (members, columns)."""
        values, first = np.empty((len(losses), len(self.columns))), 0
        for measure in self.each:
            size = measure.rows.stop - measure.rows.start
            at = np.searchsorted(self.columns, measure.columns)
            values[:, at] = measure.values(losses[:, first : first + size])
            first += size
        return values


def _prefixes(names: Iterable[str]) -> list[str]:
    """What measures are called: a prefix of a variable's name, in order of appearance."""
    endings = {word for _, words, _ in KINDS for word in words}
    found: dict[str, None] = {}
    for name in names:
        stem, _, word = name.rpartition("_")
        if stem and word in endings:
            found[stem] = None
    return list(found)


def _measure(matrix: Matrix, name: str) -> Measure | None:
    every = {n.rpartition("_")[2] for n in matrix.columns if n.rpartition("_")[0] == name}
    for kind, words, rows in KINDS:
        if every == words and f"{name}_{rows}" in matrix.rows:
            spans = [matrix.columns[n].span for n in matrix.columns if n.rpartition("_")[0] == name]
            columns = np.concatenate([np.arange(s.start, s.stop) for s in spans])
            return Measure(matrix, name, kind, matrix.rows[f"{name}_{rows}"].span, columns, _weights(matrix, columns))
    return None


def _weights(matrix: Matrix, columns: NDArray[np.intp]) -> Floats:
    """Coefficients in the first objective, else in the first limit, that has any of the columns."""
    own = matrix.C[:, columns].toarray()
    if (used := np.flatnonzero((own != 0).any(axis=1))).size:
        return np.array(own[used[0]])
    limits = [block.start for name, block in matrix.rows.items() if name.startswith("limit_")]
    own = matrix.A[limits][:, columns].toarray()
    if (used := np.flatnonzero((own != 0).any(axis=1))).size:
        return np.array(own[used[0]])
    return np.zeros(len(columns))
