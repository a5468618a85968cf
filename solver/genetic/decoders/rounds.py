"""What it costs when people go to their nearest open place with room: many members at once, block by block.

The rule is that of :mod:`solver.genetic.decoders.filling`, of which this is the frequent case: people may be parted,
and slots share no area. A slot that turns somebody away is full then and stays so, and so does every slot that was
passed over. So a round is: everybody's best way among those that are open and not full; ways sorted, so that those of
one slot lie together, the nearest first; running sums; whoever lies beyond the room goes on, with what is left.

Nothing here depends on who else is looked at: sums run along the row of one member.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.genetic.decoders.blocks import Block
from solver.genetic.decoders.filling import EMPTY
from solver.genetic.decoders.gates import WORD, Words
from solver.genetic.decoders.ways import Ints

ZERO, ONE = np.uint16(0), np.uint16(1)
EIGHT = (1 << np.arange(8)).astype(np.uint8)[:, None]

Bools = NDArray[np.bool_]
Ids = NDArray[np.intp]


class Rounds:
    """All rounds of one block for some members.

    Parameters
    ----------
    ok
        Open gates, shape (members, gates).
    sums
        How many sums there are.

    Attributes
    ----------
    totals
        What the people of the block add to each sum, shape (members, sums).
    left
        People without a place, shape (members, callers).
    """

    def __init__(self, block: Block, ok: Bools, sums: int) -> None:
        self.block, self.members = block, len(ok)
        self.totals = np.zeros((self.members, sums))
        masks = _looked_up(ok, block.gates)
        self.left = np.where(masks == 0, block.people, 0.0)
        self._room = np.tile(block.room, self.members)
        self._none_left = EMPTY * block.people
        # the last slot has room for everybody and is never full
        self._enough = np.tile(np.append(EMPTY * block.room[:-1], 0.0), self.members)
        self._run(masks)
        for k, loss in block.losses.items():
            # not a product of matrices, whose last digits depend on how many rows there are
            self.totals[:, k] += np.einsum("mc,c->m", self.left, loss)

    def _run(self, masks: Words) -> None:
        block, members = self.block, self.members
        starts = np.arange(members + 1) * block.callers
        first = np.arange(0, block.ranked.size, WORD + 1, dtype=np.int32)
        way = np.sort(block.ranked.take(_lowest(masks) + first), axis=1).astype(np.intp).ravel()
        for k, cost in block.full.items():
            self.totals[:, k] += cost.take(way).reshape(members, -1).sum(axis=1)
        row, caller = self._grant(way, block.wish.take(way), starts)
        if not row.size:
            return
        masks &= ~_looked_up((self._room <= self._enough).reshape(members, -1), block.slots)
        full, left = None, self.left.ravel()
        while row.size:
            way, starts = self._next(row, caller, masks.ravel(), full)
            row = np.repeat(np.arange(members), np.diff(starts))
            at = block.caller.take(way) + block.callers * row
            wish = left.take(at)
            left[at] = 0.0
            for k, cost in block.costs.items():
                self.totals[:, k] += np.bincount(row, wish * cost.take(way), members)
            row, caller = self._grant(way, wish, starts)
            full = self._room <= self._enough

    def _grant(self, way: Ids, wish: Floats, starts: Ids) -> tuple[Ids, Ids]:
        """Take in those who apply; returns whose people go on, as members and callers.

        Parameters
        ----------
        way, wish
            Ways in rising order for each member, and the people on them.
        starts
            Where each member begins, and where the last one ends.
        """
        block, size = self.block, way.size
        if not size:
            return way, way
        slot = block.slot.take(way)
        begins = np.empty(size + 1, bool)
        np.not_equal(slot[1:], slot[:-1], out=begins[1:-1])
        begins[starts] = True
        edge = np.flatnonzero(begins)
        first = edge[:-1]
        cell = slot.take(first) + len(block.room) * _rows(first, starts)
        reached = _sums(wish, starts)
        end = reached.take(edge[1:] - 1)
        base = np.append(0.0, end[:-1])
        base[np.searchsorted(first, starts[starts < size])] = 0.0
        load, room = end - base, self._room.take(cell)
        tight = load > room
        self._room[cell] = np.where(tight, 0.0, room - load)
        if not tight.any():
            return way[:0], way[:0]
        limit = np.repeat(np.where(tight, base + room, np.inf), np.diff(edge))
        over = np.flatnonzero(reached > limit)
        rest = np.minimum(reached.take(over) - limit.take(over), wish.take(over))
        way, row = way.take(over), _rows(over, starts)
        for k, cost in block.costs.items():
            self.totals[:, k] -= np.bincount(row, rest * cost.take(way), self.members)
        caller: Ids = block.caller.take(way).astype(np.intp)
        self.left.ravel()[row * block.callers + caller] = rest
        on = np.flatnonzero(rest > self._none_left.take(caller))
        return row.take(on), caller.take(on)

    def _next(self, row: Ids, caller: Ids, masks: Words, full: Bools | None) -> tuple[Ids, Ids]:
        """Ways that people try next, in rising order for each member, and where each member begins.

        If ``full`` is None, the masks know what is full.
        """
        block = self.block
        bits = masks.take(row * block.callers + caller)
        live = np.flatnonzero(bits)
        row, caller, bits = row.take(live), caller.take(live), bits.take(live)
        if full is not None:
            at = block.slots.reshape(-1, WORD).take(caller, axis=0) + (row * len(block.room))[:, None]
            bits &= ~np.packbits(full.take(at), bitorder="little").view("<u2")
            live = np.flatnonzero(bits)
            row, caller, bits = row.take(live), caller.take(live), bits.take(live)
        way = block.ranked.take(caller * (WORD + 1) + _lowest(bits))
        number = np.sort((row * (block.none + 1) + way).astype(np.int32)).astype(np.intp)
        starts = np.searchsorted(number, np.arange(self.members + 1) * (block.none + 1))
        number -= np.repeat(np.arange(self.members), np.diff(starts)) * (block.none + 1)
        return number, starts


def _rows(at: Ids, starts: Ids) -> Ids:
    """Members of places in rising order."""
    rows: Ids = np.repeat(np.arange(starts.size - 1), np.diff(np.searchsorted(at, starts)))
    return rows


def _sums(values: Floats, starts: Ids) -> Floats:
    """Running sums, begun anew for each member."""
    each = values.size // (starts.size - 1)
    if (np.diff(starts) == each).all():
        whole: Floats = np.cumsum(values.reshape(-1, each), axis=1).ravel()
        return whole
    reached = np.empty_like(values)
    for first, last in pairwise(np.unique(starts).tolist()):
        np.add.accumulate(values[first:last], out=reached[first:last])
    return reached


def _lowest(bits: Words) -> NDArray[np.uint8]:
    """Place of the lowest bit; 16 for none."""
    place: NDArray[np.uint8] = np.bitwise_count((bits - ONE) & ~bits)
    return place


def _looked_up(ok: Bools, where: Ints) -> Words:
    """Bits by rank from a table, (members, entries) and (callers x 16,) -> (members, callers).

    Eight members travel together in one byte.
    """
    members, at = len(ok), where.astype(np.intp)
    bits = np.empty((members, where.size // 8), np.uint8)
    for first, together in zip(range(0, members, 8), np.packbits(ok, axis=0, bitorder="little"), strict=True):
        some = bits[first : first + 8]
        some[:] = np.packbits(together.take(at) & EIGHT[: len(some)], axis=1, bitorder="little")
    return bits.view("<u2").astype(np.uint16, copy=False)
