"""What completes a genome: the rest of the plan, once it is decided which genes are in."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias, runtime_checkable

from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats

Genomes: TypeAlias = NDArray[Any]
"""Shape (members, genes): which genes are in, or which of its values each one has."""


class Decoder(Protocol):
    """From genomes to whole plans, all members at once.

    A decoder is a function of the genomes alone: the same genome gives the same plan, whoever else is decoded with it.

    A decoder may also have

    ``evaluate``
        See :class:`Evaluating`.
    ``violation``
        See :class:`Judging`.
    ``keeps_rows``
        True if every genome that keeps the rules of :class:`~solver.genetic.genome.Genome` gives a plan that keeps
        all rows, so that nothing needs to be looked at during the search. What is reported is checked all the same.
    """

    @property
    def genes(self) -> int:
        """Number of genes of a genome."""
        ...

    def decode(self, genomes: Genomes) -> Csr:
        """Plans of the matrix, (members, genes) -> (members, columns); they keep all rows wherever they can."""
        ...


@runtime_checkable
class Evaluating(Protocol):
    """A decoder that knows the objectives of a plan without writing the plan down."""

    def evaluate(self, genomes: Genomes) -> Floats:
        """All objectives of the matrix in its order, (members, genes) -> (members, objectives)."""
        ...


@runtime_checkable
class Judging(Protocol):
    """A decoder that knows by how much a plan breaks rows without writing the plan down."""

    def violation(self, genomes: Genomes) -> Floats:
        """Zero where the plan keeps all rows, larger where it breaks more: (members, genes) -> (members,)."""
        ...
