"""Parts of a town that have nothing to do with each other, as small tables that stay in the cache of a processor.

Callers that share no slot, not even through others, never meet: those of one phase and scenario never meet those of
another. A *block* is a group of callers with all slots they can reach, and every number that a round of applications
looks up for it lies close together. Within a block ways are numbered slot by slot, the nearest caller first, as in
:mod:`~solver.genetic.decoders.ways`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats
from solver.genetic.decoders.gates import WORD, Gates
from solver.genetic.decoders.ways import Ints, Ways

SIZE = 2_000
"""Callers of a block, unless more of them belong together."""


@dataclass(frozen=True, eq=False)
class Block:
    """Callers with all slots they can reach.

    One way more than there are, the last one, stands for no way at all; it leads to a slot of its own, the last one,
    that has room for everybody, and nobody takes it. So tables have no holes.

    Attributes
    ----------
    gates, slots
        By caller and rank, sixteen ranks each, shape (callers x 16,): the gate, and the slot of the block. Where a
        caller has no more ways, the gate that is never open and the last slot.
    ranked
        Way by caller and rank, seventeen ranks each, shape (callers x 17,); the last one is always no way.
    people
        In need at each caller, shape (callers,).
    caller, slot, wish
        Of each way, shape (ways + 1,): its caller, its slot, the people of its caller.
    room
        People that each slot takes if its option is open, shape (slots + 1,).
    costs
        By sum: what one person on each way adds to it, shape (ways + 1,).
    full
        By sum: what all people of its caller add on each way, shape (ways + 1,).
    losses
        By sum: what one person of each caller without a place adds to it, shape (callers,).
    """

    gates: Ints
    slots: Ints
    ranked: Ints
    people: Floats
    caller: Ints
    slot: Ints
    wish: Floats
    room: Floats
    costs: dict[int, Floats]
    full: dict[int, Floats]
    losses: dict[int, Floats]

    @property
    def callers(self) -> int:
        """Number of callers."""
        return len(self.people)

    @property
    def none(self) -> int:
        """The last way."""
        return len(self.caller) - 1


def blocks_of(ways: Ways, gates: Gates, of_go: dict[int, Floats], of_unserved: Csr) -> list[Block]:
    """Blocks of a town where no caller has more than sixteen ways and slots share no area.

    Parameters
    ----------
    of_go
        By sum: what one person on each way adds, shape (ways,).
    of_unserved
        What a caller without a place adds, shape (sums, callers).
    """
    parts = _groups(ways)
    losses = sp.csc_array(of_unserved)
    return [_block(callers, ways, gates, of_go, losses) for callers in parts]


def _groups(ways: Ways) -> list[NDArray[np.intp]]:
    """Callers by block."""
    from scipy.sparse.csgraph import connected_components

    points = ways.callers + len(ways.room)
    meet = sp.coo_array((np.ones(ways.size, bool), (ways.caller, ways.slot + ways.callers)), shape=(points, points))
    _, label = connected_components(meet, directed=False)
    label = label[: ways.callers]
    order = np.argsort(label, kind="stable")
    size = np.bincount(label)
    # whole components until a block is full
    reached = np.cumsum(size)
    number, ends, taken = 0, [], 0
    while number < len(size):
        last = int(np.searchsorted(reached, taken + SIZE, side="right")) - 1
        number = max(number, last) + 1
        taken = int(reached[number - 1])
        ends.append(taken)
    return [part for part in np.split(order, ends[:-1]) if part.size]


def _block(
    callers: NDArray[np.intp], ways: Ways, gates: Gates, of_go: dict[int, Floats], losses: sp.csc_array
) -> Block:
    count = np.diff(ways.start)[callers]
    first = np.repeat(ways.start[callers] - np.concatenate([[0], np.cumsum(count)[:-1]]), count)
    ranked = ways.ranked[np.arange(first.size) + first]
    caller = np.repeat(np.arange(len(callers)), count)
    rank = np.arange(first.size) - np.repeat(np.cumsum(count) - count, count)
    own, at = np.unique(ranked, return_inverse=True)
    slots, slot = np.unique(ways.slot[own], return_inverse=True)
    by_way = np.full(own.size + 1, 0, np.int32)
    by_way[at] = caller
    numbers = np.full((len(callers), WORD + 1), own.size, np.int32)
    numbers[caller, rank] = at
    reach = np.full((len(callers), WORD), slots.size, np.int32)
    reach[caller, rank] = slot[at]
    people = ways.people[callers]
    part = sp.csr_array(losses[:, callers])
    wish = np.append(ways.people[ways.caller[own]], 0.0)
    costs = {k: np.append(each[own], 0.0) for k, each in of_go.items() if each[own].any()}
    return Block(
        gates=np.ascontiguousarray(gates.ranked[0, callers]).ravel(),
        slots=reach.ravel(),
        ranked=numbers.ravel(),
        people=people,
        caller=by_way,
        slot=np.append(slot, slots.size).astype(np.int32),
        wish=wish,
        room=np.append(ways.room[slots], np.inf),
        costs=costs,
        full={k: wish * each for k, each in costs.items()},
        losses={int(k): part[[k]].toarray()[0] / people for k in np.flatnonzero(np.diff(part.indptr))},
    )
