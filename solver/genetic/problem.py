"""The program as pymoo sees it: genomes in, objectives and what is broken out, all members at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from pymoo.core.problem import Problem

from formulations.algebra.elements import Csr, Floats
from formulations.algebra.matrix import Matrix
from solver.certificate import ABSOLUTE, RELATIVE, WHOLE
from solver.genetic.decoder import Decoder, Evaluating, Genomes, Judging
from solver.genetic.variation import Chromosome
from solver.pareto.space import Space

ROOM = 25_000_000
"""Numbers held at once while rows of a population are looked at."""


class SitingProblem(Problem):  # type: ignore[misc]
    """Objectives of genomes through the matrix of the program.

    pymoo's algorithms compare distances with fixed numbers such as 1e-6, so they are given values in units of their
    own: ``(values - origin) / unit``. The values themselves travel along as ``values``.

    Attributes
    ----------
    origin, unit
        Shape (p,). Settled by the first population that is evaluated.
    """

    def __init__(self, space: Space, genome: Chromosome, decoder: Decoder) -> None:
        faults = [] if space.matrix is genome.matrix else ["the genome is of another matrix than the objectives"]
        faults += [] if decoder.genes == genome.size else [f"the decoder takes {decoder.genes} genes of {genome.size}"]
        if faults:
            raise ValueError("\n  - ".join([f"{space.matrix.name}, evolution:", *faults]))
        self.sure = bool(getattr(decoder, "keeps_rows", False))
        rules = 0 if self.sure else 1
        super().__init__(n_var=genome.size, n_obj=space.size, n_ieq_constr=rules, vtype=genome.kind.type)
        self.space, self.genome, self.decoder = space, genome, decoder
        self.at = [space.matrix.objectives[name].start for name in space.names]
        self.origin, self.unit = np.full(space.size, np.nan), np.ones(space.size)

    def judged(self, genomes: Genomes) -> tuple[Floats, Floats]:
        """Objective values, (members, p), and what is broken, (members,)."""
        plans = None
        if isinstance(self.decoder, Evaluating):
            values = self.space.snapped(np.asarray(self.decoder.evaluate(genomes))[:, self.at])
        else:
            plans = self.decoder.decode(genomes)
            values = self.space.values(plans)
        if self.sure:
            broken = np.zeros(len(genomes))
        elif isinstance(self.decoder, Judging):
            broken = np.asarray(self.decoder.violation(genomes), float)
        else:
            broken = breach(self.space.matrix, self.decoder.decode(genomes) if plans is None else plans)
        if not (np.isfinite(values).all() and np.isfinite(broken).all()):
            raise ValueError(f"{self.space.matrix.name}: the decoder gives values that are missing or infinite.")
        return values, broken

    def _evaluate(self, x: Any, out: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        values, broken = self.judged(np.asarray(x, self.genome.kind))
        if np.isnan(self.origin).any():
            kept = values[broken <= 0] if (broken <= 0).any() else values
            self.origin = kept.min(axis=0)
            width = kept.max(axis=0) - self.origin
            self.unit = np.where(width > 0, width, np.maximum(1.0, np.abs(self.origin)))
        out["values"] = values
        out["F"] = (values - self.origin) / self.unit
        if not self.sure:
            out["G"] = broken[:, None]


def breach(matrix: Matrix, plans: Csr) -> Floats:
    """What plans break, in all, beyond the tolerance of a certificate: (members, columns) -> (members,).

    Each row counts as a share of its size, each bound and each whole number as it is; zero says that the plan will
    pass :func:`solver.certificate.verify`.
    """
    plans = sp.csr_array(plans)
    total = np.zeros(plans.shape[0])
    at_once = max(1, ROOM // max(1, max(matrix.shape)))
    sizes = abs(matrix.A).T.tocsr()
    transposed = matrix.A.T.tocsr()
    for start in range(0, plans.shape[0], at_once):
        some = plans[start : start + at_once]
        activity = np.asarray((some @ transposed).toarray())
        by = np.maximum(matrix.row_lower - activity, activity - matrix.row_upper)
        rows, where = np.nonzero(by > ABSOLUTE)
        if rows.size:
            over, low = by[rows, where], activity[rows, where] < matrix.row_lower[where]
            side = np.where(low, matrix.row_lower[where], matrix.row_upper[where])
            scale = np.asarray((abs(some) @ sizes).toarray())[rows, where] + np.abs(side)
            counted = np.where(over > ABSOLUTE + RELATIVE * scale, over / np.maximum(1.0, scale), 0.0)
            np.add.at(total, start + rows, counted)
        total[start : start + at_once] += _columns(matrix, np.asarray(some.toarray()))
    return total


def _columns(matrix: Matrix, X: Floats) -> Floats:
    """Bounds and whole numbers, (members, columns) -> (members,)."""
    out = np.maximum(np.maximum(matrix.lower - X, X - matrix.upper), 0.0)
    limit = np.where(X < matrix.lower, matrix.lower, matrix.upper)
    out[out <= ABSOLUTE + RELATIVE * np.where(np.isfinite(limit), np.abs(limit), 0.0)] = 0.0
    part = np.abs(X - np.round(X)) * matrix.integer
    part[part <= WHOLE] = 0.0
    total: Floats = out.sum(axis=1) + part.sum(axis=1)
    return total
