"""Decoders of integrated plans with shelters: who goes where, once it is decided what is open and strengthened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from formulations.algebra.elements import Floats
from solver.genetic.decoders.filling import Filling
from solver.genetic.decoders.gates import Words
from solver.genetic.decoders.nearest import Nearest
from solver.genetic.decoders.serving import STRUCTURE, Part, Shelters

__all__ = ["Greedy", "Nearest"]


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
