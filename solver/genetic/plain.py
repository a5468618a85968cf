"""The decoder of programs without a second stage: all columns are genes, or have only one value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Csr
from solver.genetic.decoder import Genomes
from solver.genetic.genome import Genome


@dataclass(frozen=True, eq=False)
class Identity:
    """The genome is the plan.

    Raises
    ------
    ValueError
        If the program has a decision that is not a gene; the first ones are named.
    """

    genome: Genome

    def __post_init__(self) -> None:
        matrix = self.genome.matrix
        free = matrix.lower < matrix.upper
        free[self.genome.columns] = False
        if free.any():
            some = ", ".join(matrix.column_label(int(j)) for j in np.flatnonzero(free)[:3])
            raise ValueError(
                f"{matrix.name}: {int(free.sum())} decisions are not genes, first {some}; a decoder has to make them."
            )

    @property
    def genes(self) -> int:
        """Number of genes."""
        return self.genome.size

    @property
    def keeps_rows(self) -> bool:
        """All rows are rules of the genome."""
        return True

    def decode(self, genomes: Genomes) -> Csr:
        """Plans, (members, genes) -> (members, columns)."""
        matrix = self.genome.matrix
        X = np.broadcast_to(matrix.lower, (len(genomes), matrix.shape[1])).copy()
        X[:, self.genome.columns] = genomes
        return sp.csr_array(X)
