"""Exact recourse: the best second stage for a given first one, as a linear program that stays in HiGHS.

The genes are fixed, everything else (who goes where, stock, shipments, ties of corridors) is free. Between two genomes
only the bounds of the genes change. Each solve starts afresh, because what is shut takes most of the program with it in
presolve; a start from the basis of the relaxation forgoes that, and took two to five times the processor time on
programs of 2,000 to 110,000 columns. A start from the basis of the last genome would besides let what is found, of
several best plans, depend on who was decoded before.
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
from solver.clock import Stop
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
    possible, each row in units of its largest coefficient; the model for that is built when the first such genome
    comes.

    Attributes
    ----------
    weights
        By objective, none negative. The default weighs each by the inverse of its range over all bounds, which is an
        assumption: all ranges matter alike.
    seconds
        Limit for one genome, None for none. When it is over, the best plan found so far counts; without one, the genome
        comes back with all else at its lower bounds, which the rows then show to be no plan. What comes back then
        depends on the machine.
    stop
        Ends the solve at hand likewise, and all that would follow.
    """

    genome: Genome
    weights: dict[str, float]
    seed: int
    measures: Measures
    seconds: float | None
    stop: Stop
    _live: Any = field(repr=False)
    _whole: bool = False
    _stretched: Any = field(default=None, repr=False)

    @classmethod
    def of(
        cls,
        genome: Genome,
        weights: Mapping[str, float] | None = None,
        *,
        seed: int = 0,
        seconds: float | None = None,
        stop: Stop | None = None,
    ) -> Self:
        """Build the model once.

        Raises
        ------
        ValueError
            If a weight is negative or of an unknown objective, all are zero, or the limit is not positive.
        """
        matrix = genome.matrix
        chosen = default_weights(matrix) if weights is None else {k: float(v) for k, v in weights.items()}
        faults = [f"weight of {k} is {v}" for k, v in chosen.items() if not v >= 0]
        faults += [f"objective {k!r} is unknown" for k in chosen if k not in matrix.objectives]
        faults += [] if any(chosen.values()) else ["all weights are zero"]
        faults += [] if seconds is None or seconds > 0 else [f"limit of {seconds} seconds for a genome"]
        if faults:
            raise ValueError("\n  - ".join([f"{matrix.name}, recourse:", *faults]))
        rest = matrix.integer.copy()
        rest[genome.columns] = False
        whole = bool((rest & (matrix.lower < matrix.upper)).any())
        stop = Stop() if stop is None else stop
        model = _model(replace(matrix, integer=rest) if whole else matrix.relax(), chosen, seed, stop)
        return cls(genome, chosen, seed, Measures.of(matrix), seconds, stop, model, whole)

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
        matrix, columns = self.genome.matrix, self.genome.columns
        x, over = (None, True) if self.stop else _solved(self._live, columns, values, self.seconds)
        if x is None and not over:
            if self._stretched is None:
                rest = matrix.integer.copy()
                rest[columns] = False
                stretched = _elastic(replace(matrix, integer=rest if self._whole else np.zeros_like(rest)))
                self._stretched = _model(stretched, {"stretch": 1.0}, self.seed, self.stop)
            x, over = _solved(self._stretched, columns, values, self.seconds)
            if x is None and not over:
                raise ArithmeticError(f"{matrix.name}, recourse: HiGHS found no plan for a genome")
        if x is None:
            x = np.where(np.isfinite(matrix.lower), matrix.lower, np.minimum(matrix.upper, 0.0))
        return self._best_measures(x[: matrix.shape[1]], values)

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


def _model(matrix: Matrix, weights: Mapping[str, float], seed: int, stop: Stop) -> Any:
    import highspy

    from solver.backends.highs import stop_when_asked, to_highs, unit_of

    cost, _ = matrix.cost(weights)
    scale = unit_of(cost)
    model = to_highs(matrix, {name: scale * weight for name, weight in weights.items()})
    for name, value in OPTIONS.items():
        model.setOptionValue(name, value)
    model.setOptionValue("random_seed", seed)
    # threads of another model in this thread would make HiGHS refuse
    highspy.Highs.resetGlobalScheduler(False)
    stop_when_asked(model, stop)
    if matrix.integer.any():
        model.cbMipInterrupt += lambda event: event.interrupt() if stop else None
    return model


def _run(model: Any, seconds: float | None) -> None:
    if seconds is not None:
        # HiGHS counts its clock over all runs of one object
        model.setOptionValue("time_limit", model.getRunTime() + seconds)
    model.run()


def _solved(model: Any, columns: Any, values: Floats, seconds: float | None) -> tuple[Floats | None, bool]:
    """The plan with the columns at their values, or None, and whether the search was cut short."""
    import highspy

    at = np.ascontiguousarray(columns, dtype=np.int32)
    highspy.Highs.resetGlobalScheduler(False)
    model.changeColsBounds(len(at), at, values, values)
    model.clearSolver()
    _run(model, seconds)
    ends = highspy.HighsModelStatus
    cut = ends.kTimeLimit, ends.kInterrupt
    if model.getModelStatus() not in (ends.kOptimal, ends.kInfeasible, *cut):
        model.clearSolver()
        _run(model, seconds)
    status = model.getModelStatus()
    feasible = model.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    found = status == ends.kOptimal or (status in cut and feasible)
    return np.array(model.getSolution().col_value, dtype=float) if found else None, status in cut


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
