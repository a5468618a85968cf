"""Exact recourse: the best second stage for a given first one, as a linear program that stays in HiGHS.

The genes are fixed, everything else (who goes where, stock, shipments, ties of corridors) is free. Between two genomes
only the bounds of the genes change, and each solve starts from the basis of the relaxation in which the genes are free:
it stays dual feasible whatever the genes are. To start from the last genome's basis would be a little faster, but of
several best plans the one found would then depend on who was decoded before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Csr, Floats
from formulations.algebra.matrix import Block, Matrix
from solver.certificate import snapped
from solver.genetic.decoder import Genomes
from solver.genetic.decoders.measures import Measures
from solver.genetic.genome import Genome

OPTIONS: dict[str, Any] = {
    "threads": 1,
    "primal_feasibility_tolerance": 1e-9,
    "mip_feasibility_tolerance": 1e-9,
    "mip_rel_gap": 0.0,
}


@dataclass(eq=False)
class Recourse:
    """The best plan of each genome for a weighted sum of the objectives.

    Where the rest of the program has whole numbers (people who stay together, modes that exclude each other), each
    genome is a small mixed-integer program. Where a genome has no plan at all, what comes back breaks as little as
    possible, each row in units of its largest coefficient.

    Attributes
    ----------
    weights
        By objective, none negative. The default weighs each by the inverse of its range over all bounds, which is an
        assumption: all ranges matter alike.
    """

    genome: Genome
    weights: dict[str, float]
    seed: int
    measures: Measures
    _live: Any = field(repr=False)
    _whole: bool = False
    _basis: Any = field(default=None, repr=False)
    _stretched: Any = field(default=None, repr=False)

    @classmethod
    def of(cls, genome: Genome, weights: Mapping[str, float] | None = None, *, seed: int = 0) -> Self:
        """Build the model once.

        Raises
        ------
        ValueError
            If a weight is negative or of an unknown objective, or all are zero.
        """
        matrix = genome.matrix
        chosen = default_weights(matrix) if weights is None else {k: float(v) for k, v in weights.items()}
        faults = [f"weight of {k} is {v}" for k, v in chosen.items() if not v >= 0]
        faults += [f"objective {k!r} is unknown" for k in chosen if k not in matrix.objectives]
        faults += [] if any(chosen.values()) else ["all weights are zero"]
        if faults:
            raise ValueError("\n  - ".join([f"{matrix.name}, recourse:", *faults]))
        rest = matrix.integer.copy()
        rest[genome.columns] = False
        whole = bool((rest & (matrix.lower < matrix.upper)).any())
        model = _model(replace(matrix, integer=rest) if whole else matrix.relax(), chosen, seed)
        made = cls(genome, chosen, seed, Measures.of(matrix), model, whole)
        if not whole:
            model.run()
            made._basis = model.getBasis()
        return made

    @property
    def genes(self) -> int:
        """Number of genes."""
        return self.genome.size

    def decode(self, genomes: Genomes) -> Csr:
        """Plans, (members, genes) -> (members, columns).

        Raises
        ------
        ArithmeticError
            If HiGHS gives up on a genome.
        """
        matrix = self.genome.matrix
        bits = self.genome.held(np.asarray(genomes, bool))
        plans = [sp.csr_array(self._plan(row)[None, :]) for row in bits.astype(float)]
        return sp.csr_array(sp.vstack(plans, format="csr")) if plans else sp.csr_array((0, matrix.shape[1]))

    def _plan(self, values: Floats) -> Floats:
        x = _solved(self._live, self.genome.columns, values, self._basis)
        if x is None:
            if self._stretched is None:
                rest = self.genome.matrix.integer.copy()
                rest[self.genome.columns] = False
                stretched = _elastic(replace(self.genome.matrix, integer=rest if self._whole else np.zeros_like(rest)))
                self._stretched = _model(stretched, {"stretch": 1.0}, self.seed)
            x = _solved(self._stretched, self.genome.columns, values, None)
            if x is None:
                raise ArithmeticError(f"{self.genome.matrix.name}, recourse: HiGHS found no plan for a genome")
        return self._best_measures(x[: self.genome.matrix.shape[1]], values)

    def _best_measures(self, x: Floats, values: Floats) -> Floats:
        """What only measures is at its best, whether or not it was weighed."""
        x[self.genome.columns] = values
        x = snapped(self.genome.matrix, x)
        if self.measures.each:
            losses = self.measures.losses @ x + self.measures.constant
            x[self.measures.columns] = self.measures.values(losses[None, :])[0]
        return x


def default_weights(matrix: Matrix) -> dict[str, float]:
    """Inverse of the range of each objective over the bounds of the columns, those without a bound left out."""
    reach = matrix.upper - matrix.lower
    spread = abs(matrix.C) @ np.where(np.isfinite(reach), reach, 0.0)
    return {name: 1.0 / float(s) if s > 0 else 1.0 for name, s in zip(matrix.objectives, spread, strict=True)}


def _model(matrix: Matrix, weights: Mapping[str, float], seed: int) -> Any:
    import highspy

    from solver.backends.highs import to_highs, unit_of

    cost, _ = matrix.cost(weights)
    scale = unit_of(cost)
    model = to_highs(matrix, {name: scale * weight for name, weight in weights.items()})
    for name, value in OPTIONS.items():
        model.setOptionValue(name, value)
    model.setOptionValue("random_seed", seed)
    # threads of another model in this thread would make HiGHS refuse
    highspy.Highs.resetGlobalScheduler(False)
    return model


def _solved(model: Any, columns: Any, values: Floats, basis: Any) -> Floats | None:
    """The plan with the columns at their values, or None if there is none."""
    import highspy

    at = np.ascontiguousarray(columns, dtype=np.int32)
    highspy.Highs.resetGlobalScheduler(False)
    model.changeColsBounds(len(at), at, values, values)
    model.clearSolver()
    if basis is not None:
        model.setBasis(basis)
    model.run()
    ends = highspy.HighsModelStatus
    if model.getModelStatus() not in (ends.kOptimal, ends.kInfeasible):
        model.clearSolver()
        model.run()
    if model.getModelStatus() != ends.kOptimal:
        return None
    return np.array(model.getSolution().col_value, dtype=float)


def _elastic(matrix: Matrix) -> Matrix:
    """The same with rows that stretch at a price, which is all that counts."""
    largest = abs(matrix.A).max(axis=1).toarray().ravel()
    under, over = (np.flatnonzero(np.isfinite(side)) for side in (matrix.row_lower, matrix.row_upper))
    row = np.concatenate([under, over])
    sign = np.concatenate([np.ones(under.size), -np.ones(over.size)])
    slack = sp.csr_array((sign, (row, np.arange(row.size))), shape=(matrix.shape[0], row.size))
    price = 1.0 / np.maximum(largest[row], 1.0)
    columns = matrix.shape[1]
    return replace(
        matrix,
        columns={**matrix.columns, "stretch": Block("stretch", (), columns, row.size)},
        objectives={"stretch": Block("stretch", (), 0, 1)},
        A=sp.csr_array(sp.hstack([matrix.A, slack], format="csr")),
        C=sp.csr_array(np.concatenate([np.zeros(columns), price])[None, :]),
        c0=np.zeros(1),
        lower=np.concatenate([matrix.lower, np.zeros(row.size)]),
        upper=np.concatenate([matrix.upper, np.full(row.size, np.inf)]),
        integer=np.concatenate([matrix.integer, np.zeros(row.size, bool)]),
    )
