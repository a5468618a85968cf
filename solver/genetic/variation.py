"""What evolution asks of whatever it evolves: genomes of one kind, children of two, moves of one, and repair."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from formulations.algebra.elements import Csr, Floats
from formulations.algebra.matrix import Matrix
from solver.genetic.decoder import Genomes


class Chromosome(Protocol):
    """What the genes stand for: sites that are in or out, parcels that have one of several classes, ..."""

    @property
    def matrix(self) -> Matrix:
        """The program that plans belong to."""
        ...

    @property
    def size(self) -> int:
        """Number of genes."""
        ...

    @property
    def kind(self) -> np.dtype[Any]:
        """Type of a gene: yes or no, or a small whole number."""
        ...

    def read(self, plans: Floats | Csr) -> Genomes:
        """The genomes of plans, (members, columns) -> (members, genes)."""
        ...

    def digest(self) -> str:
        """SHA-256 over all that the meaning of the genes depends on."""
        ...


class Operators(Protocol):
    """How children are made. All members at once; every draw is from the generator given."""

    def describe(self) -> dict[str, float]:
        """Settings, as plain numbers."""
        ...

    def crossed(self, A: Genomes, B: Genomes, rng: np.random.Generator) -> Genomes:
        """Two children of every pair, one after the other: (pairs, genes) twice -> (2 pairs, genes)."""
        ...

    def moved(self, X: Genomes, rng: np.random.Generator) -> Genomes:
        """Every member after one or a few moves: (members, genes)."""
        ...


class Mending(Protocol):
    """How genomes are made to keep the rules."""

    def __call__(self, genomes: Genomes, rng: np.random.Generator) -> Genomes:
        """Genomes that keep the rules, (members, genes); unchanged where they do already."""
        ...

    def strangers(self, like: Genomes, count: int, rng: np.random.Generator) -> Genomes:
        """Genomes by chance that keep the rules, in rough things like some others: (count, genes)."""
        ...
