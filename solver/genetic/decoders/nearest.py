"""Everybody goes to the nearest open place: sixteen members at once, one bit of a number for each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.genetic.decoder import Genomes
from solver.genetic.decoders.filling import Filling, Moves
from solver.genetic.decoders.gates import WORD, Words
from solver.genetic.decoders.serving import Part, Shelters


@dataclass(eq=False)
class Nearest(Shelters):
    """Everybody goes to the nearest open place, whether it has room or not.

    Rows of capacity and shared area may be broken; :meth:`violation` says by how much.
    """

    def __post_init__(self) -> None:
        if self.modes is not None or self.whole:
            raise ValueError(
                f"{self.matrix.name}, nearest places: modes that exclude each other, and people who stay together, "
                "need a decoder that looks at room."
            )

    def _part(self, stage: Floats, masks: Words) -> Part:
        filling = Filling(self.copied, masks)
        way = filling.first()
        caller = self.copied.caller[way]
        people = filling.left[caller]
        filling.left[caller] = 0.0
        return Part(Moves(way, people), self._left(filling.left), None)

    def _excess(self, part: Part, stage: Floats) -> Floats:
        way, people = part.moves
        load = np.bincount(self.copied.slot[way], people, len(self.copied.room)) / self.copied.room
        total: NDArray[np.float64] = np.maximum(load - 1.0, 0.0).reshape(self.copies, -1).sum(axis=1)
        if self.copied.yards is not None and self.ways.yards is not None:
            yards = self.copied.yards
            k = np.flatnonzero(yards.yard[way] >= 0)
            used = np.bincount(yards.yard[way[k]], people[k] * yards.area[way[k]], len(yards.room))
            over = (used - yards.room).reshape(self.copies, -1)
            over[: len(stage)] += np.asarray(yards.standing @ stage[:, self.matrix.columns["open"].span].T).T
            total += np.maximum(over, 0.0).sum(axis=1)
        return total[: len(stage)]

    def evaluate(self, genomes: Genomes) -> Floats:
        """Objectives, (members, genes) -> (members, objectives).

        Rank by rank, the members for whom a way is the best open one are a number of sixteen bits. What such a number
        costs is added up over all ways with it, and only then told apart by member.
        """
        stage = self._staged(genomes)
        ok = self._opened(stage)
        gates, costs = self._ranked
        bits = (np.arange(1 << WORD)[None, :] >> np.arange(WORD)[:, None]) & 1
        totals = np.asarray((self._of_stage @ stage.T).T)
        for first in range(0, len(stage), WORD):
            some = ok[first : first + WORD]
            both = np.zeros((WORD, some.shape[1]), bool)
            both[: len(some)] = some
            numbers = np.ascontiguousarray(np.packbits(both, axis=0, bitorder="little").T).view("<u2")[:, 0]
            left = np.full(self.ways.callers, numbers.dtype.type((1 << WORD) - 1))
            taken = numbers.take(gates)
            for way in taken:
                way &= left
                left &= ~way
            of = slice(first, first + len(some))
            for k, cost in costs.items():
                table = np.bincount(taken.ravel(), cost, minlength=1 << WORD)
                totals[of, k] += (bits[: len(some)] * table).sum(axis=1)
            lost = (left[None, :] >> np.arange(len(some), dtype=left.dtype)[:, None]) & 1
            totals[of] += np.asarray((self._of_unserved @ lost.T.astype(float)).T)
        return self.sums.finish(totals)[0]

    @cached_property
    def _ranked(self) -> tuple[NDArray[np.int32], dict[int, Floats]]:
        """Gates (ranks, callers), and for each sum the cost of taking them (ranks x callers,)."""
        ways = self.ways
        ranks = int(np.diff(ways.start).max(initial=0))
        gates = np.ascontiguousarray(self.gates.ranked.transpose(0, 2, 1).reshape(-1, ways.callers)[:ranks])
        caller = ways.caller[ways.ranked]
        rank = np.arange(ways.size) - ways.start[caller]
        costs = {}
        for k, each in self._of_go.items():
            cost = np.zeros(gates.shape)
            cost[rank, caller] = (each * ways.people[ways.caller])[ways.ranked]
            costs[k] = cost.ravel()
        return gates, costs
