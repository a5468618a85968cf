"""What cuts of the second stage say about weighted sums of the objectives: a small program over the genes alone.

    min  w @ f   subject to   rules on genes alone,   value of each part >= each of its cuts

All weights share the cuts, so the bounds of a whole front cost little more than one. A mixture of cuts is a mixture of
duals of the program itself; from these we compute each bound by our own arithmetic (:mod:`solver.safe_bound`).

Source: Benders (1962), DOI 10.1007/BF01386316; a variable for each part: Birge and Louveaux (1988),
DOI 10.1016/0377-2217(88)90159-2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.certificate import keeps, snapped
from solver.genetic.decoder import Genomes
from solver.genetic.second_stage import Cut, SecondStage
from solver.pareto.archive import Archive
from solver.pareto.bounds import Fact

NEW = 1e-7
"""Share by which a cut has to say more than the others do, at the first stage that it comes from, to be kept."""

NODES, ENDLESS = 1_000, 2**31 - 1
"""Nodes of a whole-number search among cuts where no time is given, and what HiGHS takes for no limit."""


@dataclass(eq=False)
class Cuts:
    """Cuts gathered so far, and the program over the genes that they make.

    Attributes
    ----------
    second
        Whose cuts they are.
    cuts
        Number of the part, and the cut, in the order they came; only those that said something new.
    solves
        First stages completed.
    """

    second: SecondStage
    cuts: list[tuple[int, Cut]] = field(default_factory=list)
    solves: int = 0

    def __post_init__(self) -> None:
        space, genome = self.second.space, self.second.genome
        matrix = space.matrix
        touched = np.zeros(matrix.shape[1], bool)
        touched[genome.columns] = True
        outside = np.asarray(abs(matrix.A) @ (~touched).astype(float)) > 0
        self._rules = np.flatnonzero(~outside & (np.diff(matrix.A.indptr) > 0))
        self._paid = np.asarray(space.C[:, genome.columns].toarray())
        self._size = np.maximum(1e-12, np.abs(self._paid).max(axis=1, initial=0.0))
        self._size[self.second.objective] = max(1.0, self._size[self.second.objective])
        self._floor = np.array([_least(part.cost, *part.box) for part in self.second.parts])
        self._model: Any = None
        self._said = [_Ceiling(genome.size) for _ in self.second.parts]

    def value(self, g: Floats) -> tuple[Floats, list[Floats]] | None:
        """Objectives at a first stage, whole or not, and the columns of each part; its cuts are kept."""
        second = self.second
        values = self._paid @ g + second.space.c0
        xs: list[Floats] = []
        for number, part in enumerate(second.parts):
            found = part.solve(g, second.seed)
            if found is None:
                return None
            value, x, cut = found
            values[second.objective] += value
            xs.append(x)
            known = self._said[number].at(g)
            if known == -np.inf or cut.constant + cut.slope @ g > known + NEW * max(1.0, abs(known)):
                self._add(number, cut)
        self.solves += 1
        return values, xs

    def taken(self, archive: Archive, members: Genomes, origin: str) -> bool:
        """Complete a genome, shape (genes,), in the best way, and take the plan in; whether it was new."""
        found = self.value(members.astype(float))
        if found is None:
            return False
        x = snapped(archive.space.matrix, self.second.plan(members.astype(float), found[1]))
        return bool(keeps(archive.space.matrix, x[None])[0]) and archive.take(x, origin)

    def hoped(self, members: Genomes) -> Floats:
        """Objectives that no completion of a genome can beat: (n, genes) -> (n, p)."""
        G = np.asarray(members, float)
        values = G @ self._paid.T + self.second.space.c0
        for said, least in zip(self._said, self._floor, strict=True):
            values[:, self.second.objective] += np.maximum(said.over(G), least)
        return np.asarray(values)

    def flipped(self, member: Genomes, flips: NDArray[np.intp]) -> Floats:
        """The same for a genome with one gene changed: (genes,), (flips,) -> (flips, p)."""
        g = member.astype(float)
        by = 1.0 - 2.0 * g[flips]
        values = (self._paid @ g + self.second.space.c0)[None, :] + by[:, None] * self._paid[:, flips].T
        for said, least in zip(self._said, self._floor, strict=True):
            values[:, self.second.objective] += np.maximum(said.beside(g, flips, by), least)
        return np.asarray(values)

    def search(
        self, weights: Floats, within: Floats, seconds: float | None, gap: float = 0.0
    ) -> tuple[Genomes | None, Fact]:
        """The genome that cuts like best for a weighted sum within limits, and what no plan there can beat."""
        import highspy

        model, space = self._live(), self.second.space
        genes, parts, p = self.second.genome.size, len(self.second.parts), space.size
        cost = np.concatenate([weights @ self._paid, np.full(parts, float(weights[self.second.objective]))])
        unit = 1.0 / max(float(np.abs(cost).max()), 1e-300)
        highspy.Highs.resetGlobalScheduler(False)
        model.changeColsCost(genes + parts, np.arange(genes + parts, dtype=np.int32), unit * cost)
        kinds = [highspy.HighsVarType.kInteger] * genes + [highspy.HighsVarType.kContinuous] * parts
        everything = np.arange(genes + parts, dtype=np.int32)
        model.changeColsIntegrality(genes + parts, everything, np.array(kinds))
        for k in range(p):
            side = float(within[k] - space.c0[k]) / self._size[k] if np.isfinite(within[k]) else np.inf
            model.changeRowBounds(len(self._rules) + k, -np.inf, side)
        model.setOptionValue("mip_rel_gap", gap)
        model.setOptionValue("time_limit", np.inf if seconds is None else model.getRunTime() + seconds)
        # without a clock, nodes are the limit, so that the answer can be had again
        model.setOptionValue("mip_max_nodes", NODES if seconds is None else ENDLESS)
        model.run()
        status, info = model.getModelStatus(), model.getInfo()
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        g = np.array(model.getSolution().col_value[:genes], float) > 0.5 if found else None
        bound = info.mip_dual_bound / unit + float(weights @ space.c0)
        ends = highspy.HighsModelStatus
        if status == ends.kInfeasible:
            bound, g = math.inf, None
        elif status not in (ends.kOptimal, ends.kTimeLimit, ends.kSolutionLimit):
            bound = -math.inf
        for k in range(p):
            model.changeRowBounds(len(self._rules) + k, -np.inf, np.inf)
        model.changeColsIntegrality(
            genes + parts, everything, np.array([highspy.HighsVarType.kContinuous] * (genes + parts))
        )
        model.setOptionValue("time_limit", np.inf)
        model.clearSolver()
        return g, Fact(np.array(within, float), np.array(weights, float), bound)

    def least(self, weights: Floats) -> tuple[float, Floats, Floats] | None:
        """What the cuts say: least weighted sum, the genes there, and duals of all rows of the program."""
        import highspy

        model = self._live()
        genes, parts = self.second.genome.size, len(self.second.parts)
        w = float(weights[self.second.objective])
        cost = np.concatenate([weights @ self._paid, np.full(parts, w)])
        unit = 1.0 / max(float(np.abs(cost).max()), 1e-300)
        highspy.Highs.resetGlobalScheduler(False)
        model.changeColsCost(genes + parts, np.arange(genes + parts, dtype=np.int32), unit * cost)
        model.run()
        if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            model.clearSolver()
            model.run()
        if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = model.getSolution()
        g = np.clip(np.array(solution.col_value[:genes], float), 0.0, 1.0)
        duals = np.array(solution.row_dual, float) / unit
        y = np.zeros(self.second.space.matrix.shape[0])
        y[self._rules] = duals[: len(self._rules)]
        for (number, cut), share in zip(self.cuts, duals[len(self._rules) + self.second.space.size :], strict=True):
            if share > 0:
                y[self.second.parts[number].rows] += share * cut.duals
        constant = float(weights @ self.second.space.c0)
        return model.getInfo().objective_function_value / unit + constant, g, y

    def fact(self, weights: Floats, duals: Floats) -> Fact:
        """The bound that duals of all rows give, by our own arithmetic."""
        from solver.safe_bound import safe_bound

        space = self.second.space
        weighing = {name: float(w) for name, w in zip(space.names, weights, strict=True) if w}
        value = safe_bound(space.matrix, weighing, duals).value
        if len(weighing) == 1 and math.isfinite(value):
            k = int(np.flatnonzero(weights)[0])
            value = float(weights[k] * space.raised(np.where(weights > 0, value / weights[k], -np.inf))[k])
        return Fact(np.full(space.size, np.inf), weights, value, verified=True)

    def _add(self, number: int, cut: Cut) -> None:
        self.cuts.append((number, cut))
        self._said[number].add(cut)
        if self._model is not None:
            self._row(number, cut)

    def _row(self, number: int, cut: Cut) -> None:
        at = np.flatnonzero(cut.slope)
        indices = np.append(at, self.second.genome.size + number).astype(np.int32)
        self._model.addRow(cut.constant, np.inf, len(indices), indices, np.append(-cut.slope[at], 1.0))

    def _live(self) -> Any:
        import highspy

        if self._model is not None:
            return self._model
        matrix, genome = self.second.space.matrix, self.second.genome
        genes, parts = genome.size, len(self.second.parts)
        model = highspy.Highs()
        model.setOptionValue("output_flag", False)
        for name, value in {"threads": 1, "random_seed": self.second.seed, "small_matrix_value": 1e-12}.items():
            model.setOptionValue(name, value)
        A = sp.csr_array(matrix.A[self._rules][:, genome.columns])
        rows = len(self._rules)
        sides = matrix.row_lower[self._rules], matrix.row_upper[self._rules]
        columns = np.concatenate([matrix.lower[genome.columns], self._floor])
        model.passModel(
            genes + parts, rows, int(A.nnz), 2, 1, 0.0, np.zeros(genes + parts), columns,
            np.concatenate([matrix.upper[genome.columns], np.full(parts, np.inf)]), *sides,
            A.indptr.astype(np.int32), A.indices.astype(np.int32), A.data, np.zeros(genes + parts, np.int32),
        )  # fmt: skip
        for k in range(self.second.space.size):
            at = np.flatnonzero(self._paid[k])
            if k == self.second.objective:
                indices = np.concatenate([at, genes + np.arange(parts)]).astype(np.int32)
                numbers = np.concatenate([self._paid[k, at], np.ones(parts)])
            else:
                indices, numbers = at.astype(np.int32), self._paid[k, at]
            model.addRow(-np.inf, np.inf, len(indices), indices, numbers / self._size[k])
        self._model = model
        for number, cut in self.cuts:
            self._row(number, cut)
        return model


class _Ceiling:
    """Cuts of one part as arrays: their largest value at a genome."""

    def __init__(self, genes: int) -> None:
        self.constants, self.slopes = np.empty(0), np.empty((0, genes))
        self._sparse = sp.csr_array(self.slopes)
        self._new: list[Cut] = []

    def add(self, cut: Cut) -> None:
        self._new.append(cut)

    def _gather(self) -> None:
        if self._new:
            self.constants = np.append(self.constants, [cut.constant for cut in self._new])
            self.slopes = np.vstack([self.slopes, *(cut.slope for cut in self._new)])
            self._new, self._sparse = [], sp.csr_array(self.slopes)

    def at(self, g: Floats) -> float:
        self._gather()
        return float((self.constants + self.slopes @ g).max(initial=-np.inf))

    def over(self, G: Floats) -> Floats:
        self._gather()
        # sparse, also because threads of a dense product cost more than they save here
        sums = np.asarray(self._sparse @ G.T)
        return np.asarray((self.constants[:, None] + sums).max(axis=0, initial=-np.inf))

    def beside(self, g: Floats, flips: NDArray[np.intp], by: Floats) -> Floats:
        self._gather()
        here = self.constants + self.slopes @ g
        return np.asarray((here[:, None] + self.slopes[:, flips] * by).max(axis=0, initial=-np.inf))


def _least(cost: Floats, lower: Floats, upper: Floats) -> float:
    """Least cost within bounds alone; may be infinite."""
    at = np.where(cost > 0, lower, upper)
    return float(cost[cost != 0] @ at[cost != 0])
