"""Decoders of integrated plans with shelters: who goes where, once it is decided what is open and strengthened."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from formulations.algebra.elements import Floats
from solver.genetic.decoder import Genomes
from solver.genetic.decoders.blocks import Block, blocks_of
from solver.genetic.decoders.filling import Filling
from solver.genetic.decoders.gates import Words
from solver.genetic.decoders.nearest import Nearest
from solver.genetic.decoders.rounds import Rounds
from solver.genetic.decoders.serving import STRUCTURE, Part, Shelters

__all__ = ["Greedy", "Nearest"]

TOGETHER = 200_000
"""Callers of all members looked at together, so that their numbers stay in the cache and calls of numpy pay."""


@dataclass(eq=False)
class Greedy(Shelters):
    """People go to their nearest open place with room; see :mod:`solver.genetic.decoders.filling`.

    The plans keep all rows of structure. Rules on what goes unserved may still be broken, where another way of serving
    people, or none, would keep them.
    """

    @property
    def keeps_rows(self) -> bool:
        """Whether the genome's own rules are all that a plan can break."""
        own = {n for m in self.sums.measures.each for n in self.matrix.rows if n.startswith(f"{m.name}_")}
        rows = [b.span for n, b in self.matrix.rows.items() if n not in STRUCTURE | own]
        return all((self.matrix.A[span].indices < self._stage).all() for span in rows)

    def _summed(self, genomes: Genomes) -> tuple[Floats, Floats]:
        if self._blocks is None:
            return super()._summed(genomes)
        stage = self._staged(genomes)
        ok, totals = self._opened(stage), np.asarray((self._of_stage @ stage.T).T)
        parts = []
        for block in self._blocks:
            step = max(1, TOGETHER // block.callers)
            parts += [(block, slice(k, k + step)) for k in range(0, len(stage), step)]

        def served(part: tuple[Block, slice]) -> Floats:
            return Rounds(part[0], ok[part[1]], totals.shape[1]).totals

        for (_, some), added in zip(parts, self._each(served, parts), strict=True):
            totals[some] += added
        return totals, np.zeros(len(stage))

    @cached_property
    def _blocks(self) -> list[Block] | None:
        """Blocks for the frequent case; None where slots share area, people stay together, and the like."""
        if self.whole or self.modes is not None or self.ways.yards is not None or self.gates.words > 1:
            return None
        return blocks_of(self.ways, self.gates, self._of_go, self._of_unserved)

    def _part(self, stage: Floats, masks: Words) -> Part:
        standing = None
        if self.ways.yards is not None:
            opened = np.zeros((self.copies, self.matrix.columns["open"].size))
            opened[: len(stage)] = stage[:, self.matrix.columns["open"].span]
            standing = np.asarray(self.ways.yards.standing @ opened.T).T.ravel()
        filling = Filling(self.copied, masks, standing, copies=self.copies, whole=self.whole)
        way, modes = filling.first(), None
        if self.modes is not None:
            room = filling.room.reshape(self.copies, -1)
            people = filling.left[self.copied.caller[way]]
            modes = self.modes.chosen(self.copied.slot[way], people, room)
        filling.run(way)
        return Part(filling.moves, self._left(filling.left), modes)
