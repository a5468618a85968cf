"""A decoder that is dear to ask, and is asked about each genome once."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Csr
from solver.genetic.decoder import Genomes
from solver.genetic.decoders.recourse import Recourse


@dataclass(eq=False)
class Remembered:
    """Plans of exact recourse, each kept for when its genome comes again: at the latest when plans are written.

    What comes after a wish to stop is not kept: it is no plan.
    """

    decoder: Recourse
    _known: dict[bytes, Csr] = field(default_factory=dict, repr=False)

    @property
    def genes(self) -> int:
        """Number of genes."""
        return self.decoder.genes

    @property
    def digest(self) -> str:
        """What tells it from another one: the weights."""
        return str(sorted(self.decoder.weights.items()))

    def decode(self, genomes: Genomes) -> Csr:
        """Plans of the matrix, (members, genes) -> (members, columns)."""
        plans = [self._plan(row) for row in np.asarray(genomes, bool)]
        return sp.csr_array(sp.vstack(plans, format="csr")) if plans else self.decoder.decode(genomes)

    def _plan(self, genome: Genomes) -> Csr:
        key = np.packbits(genome).tobytes()
        if key not in self._known:
            plan = self.decoder.decode(genome[None, :])
            if self.decoder.stop:
                return plan
            self._known[key] = plan
        return self._known[key]
