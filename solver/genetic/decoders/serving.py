"""What decoders of shelters have in common: the tables of a program, and from who goes where to values and plans."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple, Self, TypeVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats
from formulations.algebra.matrix import Matrix
from solver.genetic.decoder import Genomes
from solver.genetic.decoders.filling import Moves
from solver.genetic.decoders.gates import Gates, Words
from solver.genetic.decoders.modes import Modes
from solver.genetic.decoders.sums import Sums, written
from solver.genetic.decoders.ways import Ways
from solver.genetic.genome import Genome

T = TypeVar("T")
R = TypeVar("R")

TOGETHER, MOST = 100_000, 64
"""Callers, and members, looked at together: their numbers stay in the cache of a processor, and calls of numpy pay."""

STRUCTURE = frozenset({"served", "capacity", "linked", "passable", "shared", "one_mode", "chosen_mode"})
"""Rows that greedy plans keep by construction."""


class Part(NamedTuple):
    """Some members side by side, decoded: who goes where, share unserved (copies, callers), modes (copies, modes)."""

    moves: Moves
    unserved: Floats
    modes: Floats | None


@dataclass(eq=False)
class Shelters(ABC):
    """What decoders of shelters have in common; see
    :mod:`solver.genetic.decoders.shelters`.

    Attributes
    ----------
    genome
        Made of ``open`` and, if there are links to strengthen, ``harden``; what is no gene stays at its lower bound.
    ways, gates
        Where people may go, and what opens the ways.
    copies
        Members that are looked at together, each with tables of its own in ``copied``.
    threads
        Groups of members that are evaluated at the same time; the numbers do not depend on it.
    """

    genome: Genome
    ways: Ways
    gates: Gates
    sums: Sums
    modes: Modes | None
    whole: bool
    copies: int
    copied: Ways
    _stage: int
    _of_stage: Csr
    _of_go: dict[int, Floats]
    _of_unserved: Csr
    threads: int = 1
    _last: tuple[Genomes, Floats, Floats] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, genome: Genome, minutes: Floats | None = None, *, threads: int = 1) -> Self:
        """Read the tables of the program once.

        Parameters
        ----------
        minutes
            How far each trip is, shape (trips,). If None, the objective ``travel`` or the limit on it tells; without
            either, trips are tried in the order in which they stand.

        Raises
        ------
        ValueError
            If the program has decisions that these decoders do not make, or genes other than ``open`` and ``harden``.
        """
        matrix = genome.matrix
        faults = [f"{n!r} is no gene of shelters" for n in genome.names if n not in ("open", "harden")]
        ways, sums = Ways.of(matrix, minutes), Sums.of(matrix, STRUCTURE)
        own = {"open", "harden", "go", "unserved", "mode"}
        measured = {matrix.block_of_column(int(j)).name for j in sums.measures.columns}
        free = [n for n, b in matrix.columns.items() if (matrix.lower[b.span] < matrix.upper[b.span]).any()]
        faults += [f"variable {n!r} needs exact recourse" for n in free if n not in own | measured]
        if faults:
            raise ValueError("\n  - ".join([f"{matrix.name}, decoder of shelters:", *faults]))
        # columns up to the last one of the first stage
        stage = max(b.start + b.size for n, b in matrix.columns.items() if n in ("open", "harden"))
        copies = min(MOST, max(1, TOGETHER // max(1, ways.callers)))
        part = sums.part("go")
        per_person = 1.0 / ways.people[ways.caller]
        of_go = {int(k): part[[k]].toarray()[0][ways.trip] * per_person for k in np.flatnonzero(np.diff(part.indptr))}
        return cls(
            genome=genome,
            ways=ways,
            gates=Gates.of(matrix, ways),
            sums=sums,
            modes=Modes.of(matrix),
            whole=bool(matrix.integer[matrix.columns["go"].span].any()),
            copies=copies,
            copied=ways.side_by_side(copies),
            _stage=stage,
            _of_stage=sp.csr_array(sums.whole[:, :stage]),
            _of_go=of_go,
            _of_unserved=sums.part("unserved"),
            threads=threads,
        )

    @property
    def matrix(self) -> Matrix:
        """The program."""
        return self.genome.matrix

    @property
    def genes(self) -> int:
        """Number of genes."""
        return self.genome.size

    def decode(self, genomes: Genomes) -> Csr:
        """Plans, (members, genes) -> (members, columns)."""
        plans = [self._plans(stage, self._part(stage, masks)) for stage, masks in self._groups(genomes)]
        return sp.csr_array(sp.vstack(plans, format="csr")) if plans else sp.csr_array((0, self.matrix.shape[1]))

    def evaluate(self, genomes: Genomes) -> Floats:
        """Objectives, (members, genes) -> (members, objectives), without writing plans down."""
        return self._judged(genomes)[0]

    def violation(self, genomes: Genomes) -> Floats:
        """What rows are broken by beyond the tolerance, as shares of their bounds: (members, genes) -> (members,)."""
        return self._judged(genomes)[1]

    # -- some members side by side -------------------------------------------------------------------------------

    @abstractmethod
    def _part(self, stage: Floats, masks: Words) -> Part:
        """Decode some members: their first stage, (members, columns), and what it opens."""

    def _excess(self, part: Part, stage: Floats) -> Floats:
        """What rows of structure are broken by, (members,)."""
        return np.zeros(len(stage))

    def _groups(self, genomes: Genomes) -> Iterator[tuple[Floats, Words]]:
        """First stages (members, columns up to the last of them) and open ways (words, copies x callers)."""
        stage = self._staged(genomes)
        members, each = len(stage), self.gates.masks(self._opened(stage))
        for first in range(0, members, self.copies):
            some = stage[first : first + self.copies]
            masks = [next(each) for _ in some]
            shut = np.zeros((self.gates.words, (self.copies - len(some)) * self.ways.callers), np.uint16)
            yield some, np.concatenate([*masks, shut], axis=1) if self.copies > 1 else masks[0]

    def _staged(self, genomes: Genomes) -> Floats:
        """First stages, (members, genes) -> (members, columns up to the last one of them)."""
        if genomes.ndim != 2 or genomes.shape[1] != self.genes:
            raise ValueError(f"{self.matrix.name}: genomes of shape {genomes.shape}, expected (members, {self.genes}).")
        stage = np.broadcast_to(self.matrix.lower, (len(genomes), self.matrix.shape[1]))[:, : self._stage].copy()
        stage[:, self.genome.columns] = self.genome.held(np.asarray(genomes, bool))
        return stage

    def _opened(self, stage: Floats) -> NDArray[np.bool_]:
        """Open gates, (members, gates)."""
        columns = self.matrix.columns
        harden = stage[:, columns["harden"].span] if "harden" in columns else None
        return self.gates.open(stage[:, columns["open"].span], harden)

    def _judged(self, genomes: Genomes) -> tuple[Floats, Floats]:
        if self._last is None or not np.array_equal(self._last[0], genomes):
            totals, excess = self._summed(genomes)
            values, breach, _ = self.sums.finish(totals)
            self._last = np.array(genomes), values, breach + excess
        return self._last[1], self._last[2]

    def _summed(self, genomes: Genomes) -> tuple[Floats, Floats]:
        """All sums over the columns decided here (members, sums), and what rows of structure are broken by."""
        each = list(self._each(self._weighed, self._groups(genomes)))
        totals = np.concatenate([np.empty((0, self.sums.whole.shape[0])), *(t for t, _ in each)])
        return totals, np.concatenate([np.empty(0), *(b for _, b in each)])

    def _each(self, work: Callable[[T], R], of: Iterable[T]) -> Iterator[R]:
        """What comes of each part of the work, in the order given, several at a time if there are threads."""
        if self.threads > 1:
            with ThreadPoolExecutor(self.threads) as pool:
                yield from pool.map(work, of)
        else:
            yield from map(work, of)

    def _weighed(self, group: tuple[Floats, Words]) -> tuple[Floats, Floats]:
        """All sums, and what rows of structure are broken by, of some members."""
        part = self._part(*group)
        return self._totals(group[0], part), self._excess(part, group[0])

    def _totals(self, stage: Floats, part: Part) -> Floats:
        """All sums over the columns decided here, (members, sums)."""
        members, size = len(stage), self.ways.size
        totals = np.asarray((self._of_stage @ stage.T).T)
        totals += np.asarray((self._of_unserved @ part.unserved[:members].T).T)
        way, people = part.moves
        if self.copies == 1:
            for k, each in self._of_go.items():
                totals[0, k] += (people * each.take(way)).sum()
        else:
            member, way = np.divmod(way, size)
            for k, each in self._of_go.items():
                totals[:, k] += np.bincount(member, people * each.take(way), minlength=members)
        return totals

    def _plans(self, stage: Floats, part: Part) -> Csr:
        matrix, ways, members = self.matrix, self.ways, len(stage)
        dense = np.broadcast_to(matrix.lower, (members, matrix.shape[1])).copy()
        dense[:, : self._stage] = stage
        dense[:, matrix.columns["unserved"].span] = np.clip(part.unserved[:members], 0.0, 1.0)
        if part.modes is not None:
            dense[:, matrix.columns["mode"].span] = part.modes[:members]
        dense[:, self.sums.measures.columns] = self.sums.finish(self._totals(stage, part))[2]
        member, way = np.divmod(part.moves.way, ways.size)
        share = np.minimum(part.moves.people / ways.people[ways.caller[way]], 1.0)
        return written(matrix, members, {"go": (member.astype(np.int32), ways.trip[way], share)}, dense)

    def _left(self, people: Floats) -> Floats:
        """Shares of people left, (copies x callers,) -> (copies, callers)."""
        return people.reshape(self.copies, -1) / self.ways.people
