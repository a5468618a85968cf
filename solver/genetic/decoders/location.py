"""Decoder of p-median and p-center: everybody goes to the nearest open site.

From the rows ``nearest``, ``reach`` and ``chain`` of :class:`formulations.location.MedianCenter` follows what the other
variables are at least, and that is what they are set to: ``beyond`` for all rings within the nearest open site,
``longest`` for the least length that the rows allow, ``over`` for all below it. Distances are not asked for again; they
are in the coefficients.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats
from formulations.algebra.matrix import Matrix
from solver.genetic.decoder import Genomes
from solver.genetic.decoders.ways import block_of
from solver.genetic.genome import Genome


@dataclass(eq=False)
class NearestSite:
    """Plans of a question of location, from the sites that are open.

    Attributes
    ----------
    number
        Ring of each demand point that each site lies in, from 0; the number of its rings where it lies in none.
        Shape (demand points, sites).
    rings
        Rings of each demand point, shape (demand points,).
    start
        First element of ``beyond`` of each demand point, shape (demand points + 1,).
    level
        Element of ``over`` that each element of ``beyond`` needs, -1 for none; shape (inner rings,).
    """

    genome: Genome
    number: NDArray[np.int32]
    rings: NDArray[np.int32]
    start: NDArray[np.intp]
    level: NDArray[np.intp]
    keeps_rows: bool
    _sums: Floats = field(repr=False)

    @classmethod
    def of(cls, genome: Genome) -> Self:
        """Read the tables of the program once.

        Raises
        ------
        ValueError
            If the program is no question of location with the genome ``open``.
        """
        matrix = genome.matrix
        missing = [n for n in ("open", "beyond") if n not in matrix.columns]
        faults = [f"variable {n!r} is missing" for n in missing]
        faults += [] if "nearest" in matrix.rows else ["rows 'nearest' are missing"]
        faults += [] if genome.names == ("open",) else [f"genes are {', '.join(genome.names)}, not 'open'"]
        strange = [n for n in matrix.columns if n not in ("open", "beyond", "longest", "over")]
        faults += [f"variable {n!r} is unknown here" for n in strange]
        if faults:
            raise ValueError("\n  - ".join([f"{matrix.name}, decoder of locations:", *faults]))
        (ring,), (inner,) = matrix.rows["nearest"].dims, matrix.columns["beyond"].dims
        _, owner = np.unique(ring["demand"].position, return_inverse=True)
        rings = np.bincount(owner)
        rank = np.arange(ring.size) - np.repeat(np.cumsum(rings) - rings, rings)
        sites = matrix.columns["open"].size
        within = block_of(matrix, "nearest", "open").tocoo()
        number = np.repeat(rings[:, None], sites, axis=1).astype(np.int32)
        number[owner[within.row], within.col] = rank[within.row]
        count = np.bincount(owner[inner["ring"].position], minlength=len(rings))
        level = np.full(inner.size, -1)
        if "reach" in matrix.rows:
            tied = block_of(matrix, "reach", "beyond").indices
            level[tied] = block_of(matrix, "reach", "over").indices
        C = matrix.C[:, matrix.columns["beyond"].span].toarray()
        return cls(
            genome=genome,
            number=number,
            rings=rings.astype(np.int32),
            start=np.concatenate([[0], np.cumsum(count)]),
            level=level,
            keeps_rows=_always_reached(matrix, number < rings[:, None]),
            _sums=np.concatenate([np.zeros((len(C), 1)), np.cumsum(C, axis=1)], axis=1),
        )

    @property
    def genes(self) -> int:
        """Number of genes."""
        return self.genome.size

    def decode(self, genomes: Genomes) -> Csr:
        """Plans, (members, genes) -> (members, columns)."""
        matrix = self.genome.matrix
        opened, first = self._first(genomes)
        inner = np.diff(self.start)
        passed = np.minimum(first, inner)
        rank = np.arange(self.start[-1]) - np.repeat(self.start[:-1], inner)
        plans = np.zeros((len(opened), matrix.shape[1]))
        plans[:, matrix.columns["open"].span] = opened
        plans[:, matrix.columns["beyond"].span] = rank < np.repeat(passed, inner, axis=1)
        if "longest" in matrix.columns:
            top = self._longest(passed)[:, None]
            plans[:, matrix.columns["longest"].span] = np.arange(matrix.columns["longest"].size) == top
            plans[:, matrix.columns["over"].span] = np.arange(matrix.columns["over"].size) < top
        return sp.csr_array(plans)

    def evaluate(self, genomes: Genomes) -> Floats:
        """Objectives, (members, genes) -> (members, objectives), without writing plans down."""
        matrix = self.genome.matrix
        opened, first = self._first(genomes)
        passed = np.minimum(first, np.diff(self.start))
        values = np.asarray((matrix.C[:, matrix.columns["open"].span] @ opened.T.astype(float)).T) + matrix.c0
        for k, sums in enumerate(self._sums):
            if sums[-1]:
                values[:, k] += (sums[self.start[:-1] + passed] - sums[self.start[:-1]]).sum(axis=1)
        if "longest" in matrix.columns:
            top = self._longest(passed)
            values += matrix.C[:, matrix.columns["longest"].span].toarray().T[top]
            over = matrix.C[:, matrix.columns["over"].span].toarray().T
            values += np.concatenate([np.zeros((1, len(matrix.c0))), np.cumsum(over, axis=0)])[top]
        return values

    def violation(self, genomes: Genomes) -> Floats:
        """Demand points without a site within reach, and what the genome breaks: (members, genes) -> (members,)."""
        opened, first = self._first(genomes)
        lost = (first >= self.rings).sum(axis=1)
        broken: Floats = lost + self.genome.rules.violation(opened)
        return broken

    def _first(self, genomes: Genomes) -> tuple[NDArray[np.bool_], NDArray[np.int32]]:
        """Genomes as they count, and the number of the nearest ring with an open site: (members, demand points)."""
        opened = self.genome.held(np.asarray(genomes, bool))
        number = self.number.T
        first = np.empty((len(opened), len(self.rings)), np.int32)
        for k, sites in enumerate(opened):
            first[k] = number[sites].min(axis=0, initial=number.max(initial=0), where=True)
        return opened, np.minimum(first, self.rings)

    def _longest(self, passed: NDArray[np.integer]) -> NDArray[np.intp]:
        """Least length that the rows allow, (members, demand points) -> (members,)."""
        level = np.append(self.level, -1)
        at = np.where(passed > 0, self.start[:-1] + passed - 1, len(self.level))
        top: NDArray[np.intp] = level[at].max(axis=1, initial=-1) + 1
        return top


def _always_reached(matrix: Matrix, reached: NDArray[np.bool_]) -> bool:
    """Whether every choice that keeps the row ``count`` gives everybody a site within reach."""
    if "count" not in matrix.rows:
        return False
    least = matrix.row_lower[matrix.rows["count"].start]
    return bool((reached.sum(axis=1) + least > reached.shape[1]).all())
