"""The second stage of a program by itself: what the first stage leaves to do, best possible, and why it is no better.

Once the first stage is fixed, a program often falls apart: what happens in one scenario has nothing to do with what
happens in another. Each part is a small linear program that stays in HiGHS, and from one first stage to the next only
bounds change. Its duals say more than its value: for every first stage ``g``

    value of the part  >=  constant + slope @ g

with equality at the ``g`` that it was solved for. Such cuts hold for all weights of the objectives, so all questions
about a front share them.

Source: Benders (1962), DOI 10.1007/BF01386316.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats
from solver.genetic.genome import Genome
from solver.pareto.space import Space

LEAST = 1_000
"""Columns of the second stage that are solved together where they fall into smaller parts."""

Positions = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Cut:
    """The least value of a part for every first stage: ``constant + slope @ g``.

    Attributes
    ----------
    slope
        Shape (genes,).
    duals
        Of the rows of the part, shape (rows of the part,), which the cut follows from.
    """

    constant: float
    slope: Floats
    duals: Floats


@dataclass(eq=False)
class Part:
    """Columns and rows that, once the first stage is fixed, have nothing to do with others.

    Rows on a single column of the second stage, such as ``go <= open``, are not rows to HiGHS but bounds of the column.

    Attributes
    ----------
    columns, rows
        Positions in the matrix, ascending.
    A, G
        Coefficients of the rows on columns of the part, and on genes.
    cost
        In the objective that depends on the second stage.
    single
        Positions among ``rows`` of those that are bounds, each on column ``on`` (position among ``columns``) with
        coefficient ``by``.
    """

    columns: Positions
    rows: Positions
    A: Csr
    G: Csr
    cost: Floats
    sides: tuple[Floats, Floats]
    box: tuple[Floats, Floats]
    single: Positions
    on: Positions
    by: Floats
    _live: Any = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.genes = np.unique(self.G.indices)
        self._last: tuple[bytes, tuple[float, Floats, Cut] | None] | None = None
        self.kept = np.setdiff1d(np.arange(len(self.rows)), self.single)

    def solve(self, g: Floats, seed: int = 0) -> tuple[float, Floats, Cut] | None:
        """Value, columns and cut at a first stage, shape (genes,), whole or not; None if there is no plan."""
        mine = g[self.genes].tobytes()
        if self._last is not None and self._last[0] == mine:
            return self._last[1]
        found = self._solved(g, seed)
        self._last = mine, found
        return found

    def _solved(self, g: Floats, seed: int) -> tuple[float, Floats, Cut] | None:
        import highspy

        moved = np.asarray(self.G @ g)
        low, high = self.sides[0] - moved, self.sides[1] - moved
        box, limiting = self._boxed(low[self.single], high[self.single])
        if self._live is None:
            self._live = self._model(seed)
        model, count = self._live, len(self.columns)
        highspy.Highs.resetGlobalScheduler(False)
        model.changeColsBounds(count, np.arange(count, dtype=np.int32), *box)
        for row, at in enumerate(self.kept):
            if self.G.indptr[at] < self.G.indptr[at + 1]:
                model.changeRowBounds(row, low[at], high[at])
        model.run()
        if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            model.clearSolver()
            model.run()
        if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = model.getSolution()
        x = np.clip(np.array(solution.col_value, float), *box)
        duals = np.zeros(len(self.rows))
        duals[self.kept] = np.array(solution.row_dual, float)
        left = self.cost - self.A.T @ duals
        # what a bound is worth belongs to the row that the bound comes from
        for of, wanted in zip(limiting, (left > 0, left < 0), strict=True):
            mine = np.flatnonzero(wanted & (of >= 0))
            duals[self.single[of[mine]]] = left[mine] / self.by[of[mine]]
        return float(self.cost @ x), x, self.cut(duals)

    def cut(self, duals: Floats) -> Cut:
        """What follows from duals, whatever they are."""
        y = np.where(np.isinf(self.sides[0]), np.minimum(duals, 0.0), duals)
        y = np.where(np.isinf(self.sides[1]), np.maximum(y, 0.0), y)
        side = np.where(y > 0, *self.sides)
        left = self.cost - self.A.T @ y
        at = np.where(left > 0, *self.box)
        # rounding must not count a column without end
        tiny = np.abs(left) <= 1e-9 * (np.abs(self.cost) + abs(self.A.T) @ np.abs(y))
        left = np.where(np.isinf(at) & tiny, 0.0, left)
        constant = float(y[y != 0] @ side[y != 0] + left[left != 0] @ at[left != 0])
        return Cut(constant, -np.asarray(self.G.T @ y), y)

    def _boxed(self, low: Floats, high: Floats) -> tuple[tuple[Floats, Floats], tuple[Positions, Positions]]:
        """Bounds of columns, those from rows among them; and for each the row that it comes from, -1 for none."""
        swap = self.by < 0
        least, most = np.where(swap, high, low) / self.by, np.where(swap, low, high) / self.by
        found = self.box[0].copy(), self.box[1].copy()
        rows = np.full(len(found[0]), -1), np.full(len(found[0]), -1)
        np.maximum.at(found[0], self.on, least)
        np.minimum.at(found[1], self.on, most)
        # of equal bounds that of the row says more, since it moves with the first stage
        for side, given in enumerate((least, most)):
            tight = np.flatnonzero(np.isfinite(given) & (given == found[side][self.on]))
            rows[side][self.on[tight]] = tight
        return found, rows

    def _model(self, seed: int) -> Any:
        import highspy

        A = sp.csr_array(self.A[self.kept])
        model = highspy.Highs()
        model.setOptionValue("output_flag", False)
        model.setOptionValue("small_matrix_value", 1e-12)
        for name, value in {"threads": 1, "random_seed": seed, "primal_feasibility_tolerance": 1e-9}.items():
            model.setOptionValue(name, value)
        low, high = self.sides[0][self.kept], self.sides[1][self.kept]
        whole = np.zeros(A.shape[1], np.int32)
        parts = (A.indptr.astype(np.int32), A.indices.astype(np.int32), A.data)
        model.passModel(A.shape[1], A.shape[0], int(A.nnz), 2, 1, 0.0, self.cost, *self.box, low, high, *parts, whole)
        return model


@dataclass(eq=False)
class SecondStage:
    """All parts of the second stage.

    Attributes
    ----------
    objective
        Position in the space of the one objective that the second stage counts in.
    constant, slope
        What that objective is besides the parts: ``constant + slope @ g``.
    """

    space: Space
    genome: Genome
    objective: int
    constant: float
    slope: Floats
    parts: list[Part]
    seed: int = 0

    @classmethod
    def of(cls, space: Space, genome: Genome, seed: int = 0) -> Self | None:
        """The second stage, or None if it has whole numbers, or counts in no objective or in several."""
        matrix = space.matrix
        gene = np.zeros(matrix.shape[1], bool)
        gene[genome.columns] = True
        counts = [k for k in range(space.size) if space.C[[k]][:, ~gene].count_nonzero()]
        if len(counts) != 1 or (matrix.integer & ~gene & (matrix.lower < matrix.upper)).any():
            return None
        cost = space.C[[counts[0]]].toarray().ravel()
        slope = cost[genome.columns]
        rest = np.flatnonzero(~gene)
        A = sp.csr_array(matrix.A[:, rest])
        _, found = sp.csgraph.connected_components(_linked(A), directed=False)
        group = _gathered(np.asarray(found, np.intp), len(rest), LEAST)
        columns_of, rows_of = group[: len(rest)], group[len(rest) :]
        used = np.flatnonzero(np.diff(A.indptr))
        parts = []
        for number in np.unique(columns_of):
            mine = rest[columns_of == number]
            rows = used[rows_of[used] == number]
            if not cost[mine].any() and not rows.size:
                continue
            parts.append(_part(space, genome, mine, rows, cost[mine]))
        return cls(space, genome, counts[0], float(space.c0[counts[0]]), slope, parts, seed)

    def plan(self, g: Floats, xs: list[Floats]) -> Floats:
        """A plan from its first stage and all parts: (columns,)."""
        matrix = self.space.matrix
        x: Floats = np.clip(np.zeros(matrix.shape[1]), matrix.lower, matrix.upper)
        x[self.genome.columns] = g
        for part, mine in zip(self.parts, xs, strict=True):
            x[part.columns] = mine
        return x


def _linked(A: Csr) -> Csr:
    """Columns and rows as nodes, coefficients as edges."""
    return sp.csr_array(sp.block_array([[None, A.T], [A, None]], format="csr"))


def _gathered(group: Positions, columns: int, least: int) -> Positions:
    """Groups so small that calls would cost more than solving are put together."""
    sizes = np.bincount(group[:columns], minlength=int(group.max(initial=-1)) + 1)
    return np.asarray((np.cumsum(sizes) - sizes) // least)[group]


def _part(space: Space, genome: Genome, columns: Positions, rows: Positions, cost: Floats) -> Part:
    matrix = space.matrix
    mine = sp.csr_array(matrix.A[rows])
    A, G = sp.csr_array(mine[:, columns]), sp.csr_array(mine[:, genome.columns])
    A.sort_indices()
    single = np.flatnonzero(np.diff(A.indptr) == 1)
    return Part(
        columns=columns,
        rows=rows,
        A=A,
        G=G,
        cost=cost,
        sides=(matrix.row_lower[rows], matrix.row_upper[rows]),
        box=(matrix.lower[columns], matrix.upper[columns]),
        single=single,
        on=A.indices[A.indptr[single]].astype(np.intp),
        by=A.data[A.indptr[single]],
    )
