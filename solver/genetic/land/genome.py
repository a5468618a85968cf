"""A class per parcel as a genome, and the whole plan that follows from it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Csr, Floats
from formulations.algebra.matrix import Matrix
from formulations.zoning import assigned, completed
from solver.genetic.land.terrain import Plans, Terrain


@dataclass(frozen=True, eq=False)
class Classes:
    """The genome of a zoning question: gene i is the class of parcel i."""

    terrain: Terrain
    matrix: Matrix

    @property
    def kind(self) -> np.dtype[np.int8]:
        """Genes are small whole numbers."""
        return np.dtype(np.int8)

    @property
    def size(self) -> int:
        """Number of parcels."""
        return self.terrain.shape[0]

    def read(self, plans: Floats | Csr) -> Plans:
        """Classes of plans, (members, columns) -> (members, parcels)."""
        span = self.matrix.columns["use"].span
        use = plans[:, span] if isinstance(plans, np.ndarray) else sp.csr_array(plans)[:, span].toarray()
        X = np.zeros((len(use), self.matrix.shape[1]))
        X[:, span] = use
        return assigned(self.matrix, X).astype(np.int8)

    def digest(self) -> str:
        """SHA-256 over the program and what may go where."""
        digest = hashlib.sha256(self.matrix.digest().encode())
        digest.update(self.terrain.possible.tobytes())
        return digest.hexdigest()


@dataclass(frozen=True, eq=False)
class Zoned:
    """The decoder of classes: everything else follows from them, and figures are counted without the program."""

    genome: Classes

    @property
    def genes(self) -> int:
        """Number of parcels."""
        return self.genome.size

    @property
    def keeps_rows(self) -> bool:
        """Repair keeps all rules, but not limits set on objectives."""
        return not self.genome.terrain.numbers.question.limits

    def decode(self, genomes: Plans) -> Csr:
        """Plans, (members, parcels) -> (members, columns)."""
        terrain, matrix = self.genome.terrain, self.genome.matrix
        width = matrix.shape[1]
        rows = [sp.csr_array(completed(terrain.numbers, matrix, plan[None, :].astype(np.intp))) for plan in genomes]
        return sp.csr_array(sp.vstack(rows, format="csr")) if rows else sp.csr_array((0, width))

    def evaluate(self, genomes: Plans) -> Floats:
        """Objectives, (members, parcels) -> (members, objectives)."""
        return self.genome.terrain.values(genomes)

    def violation(self, genomes: Plans) -> Floats:
        """What is broken, each rule in its own unit: (members, parcels) -> (members,)."""
        total: Floats = self.genome.terrain.numbers.evaluate(genomes.astype(np.intp))[1].sum(axis=1)
        return total
