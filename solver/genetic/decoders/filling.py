"""People go to their nearest open place with room, round by round.

In each round every caller that still has people applies, with all of them, to the best of its ways that is open and
whose slot has room. A slot that more apply to than it has room for takes the nearest first, and so does a yard that
several slots share. Whoever is turned away tries the next best way in the next round. Nobody is moved again.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.genetic.decoders.gates import LOWEST, WORD, Words
from solver.genetic.decoders.ways import Ints, Ways

EMPTY = 1e-9
"""Room, or people, below this share of what there was at first count as none."""

EXACT = 1.0 + 1e-12
"""Sums of people that stay together may pass the room by this factor, which is rounding."""

ONE = np.uint16(1)


Edges: TypeAlias = "NDArray[np.intp] | None"
"""Where the second and all further copies begin; None for one copy."""


class Moves(NamedTuple):
    """Who goes where: people by way, shape (moves,) each."""

    way: Ints
    people: Floats


class Filling:
    """People on their way to their places.

    Parameters
    ----------
    masks
        Open ways by rank, shape (words, callers); used up here.
    standing
        Share of each yard that is taken before anybody comes, shape (yards,); None without yards.
    copies
        How many copies the tables hold. Sums begin anew with each, so that what one member gets does not depend, not
        even in the last digit, on the members beside it.
    whole
        A caller's people stay together.

    Attributes
    ----------
    left
        People without a place so far, shape (callers,).
    room, space
        People that a slot, and share of its area that a yard, can still take in.
    """

    def __init__(
        self, ways: Ways, masks: Words, standing: Floats | None = None, *, copies: int = 1, whole: bool = False
    ) -> None:
        self.ways, self.masks, self.whole = ways, masks, whole
        self._starts = np.arange(1, copies) * (ways.size // copies) if copies > 1 else None
        self.left, self.room = ways.people.copy(), ways.room.copy()
        self.space: Floats | None = None
        if ways.yards is not None and standing is not None:
            self.space = np.maximum(ways.yards.room - standing, 0.0)
        self._granted: list[Moves] = []

    @property
    def moves(self) -> Moves:
        """What has been granted."""
        if not self._granted:
            return Moves(np.empty(0, np.int32), np.empty(0))
        return Moves(*(np.concatenate(part) for part in zip(*self._granted, strict=True)))

    def first(self) -> Ints:
        """Ways that people take at first, whatever the room."""
        ways, bits = self.ways, self.masks[0]
        at, some = ways.start[:-1] + LOWEST.take(bits), bits != 0
        self.masks[0] = bits & (bits - ONE)
        if some.all():
            every: Ints = ways.ranked.take(at)
            return every
        none = np.flatnonzero(~some).astype(np.int32)
        return np.concatenate([ways.ranked.take(at.compress(some)), self._seek(none, 1, None, None)])

    def run(self, way: Ints) -> None:
        """All rounds, from the applications of the first one on."""
        while way.size:
            # slots take people in by the number of their way
            way = np.sort(way)
            caller = self._grant_whole(way) if self.whole else self._grant(way)
            # callers in their own order find their numbers one after the other in memory
            full = self.room <= EMPTY * self.ways.room
            crowded = None if self.space is None else self.space <= EMPTY
            way = self._seek(np.sort(caller), 0, full, crowded)

    def _seek(self, caller: Ints, word: int, full: NDArray[np.bool_] | None, crowded: NDArray[np.bool_] | None) -> Ints:
        """The next best open way of each caller not tried before, where neither slot nor yard is full.

        Ways looked at count as tried. Callers without one are left out.
        """
        ways, found = self.ways, []
        for masks, first in zip(self.masks[word:], range(word * WORD, ways.size + WORD, WORD), strict=False):
            bits, base, used_up = masks.take(caller), ways.start.take(caller) + np.int32(first), []
            while caller.size:
                live = bits != 0
                if not live.all():
                    used_up.append(caller.compress(~live))
                    caller, bits, base = caller.compress(live), bits.compress(live), base.compress(live)
                at = base + LOWEST.take(bits)
                bits &= bits - ONE
                if full is None:
                    good = np.ones(caller.size, bool)
                else:
                    good = ~full.take(ways.ranked_slot.take(at))
                if crowded is not None and ways.yards is not None:
                    yard = ways.yards.yard.take(ways.ranked.take(at))
                    good &= (yard < 0) | ~crowded.take(yard, mode="clip")
                masks[caller.compress(good)] = bits.compress(good)
                found.append(ways.ranked.take(at.compress(good)))
                bad = ~good
                caller, bits, base = caller.compress(bad), bits.compress(bad), base.compress(bad)
            if not used_up:
                break
            caller = np.concatenate(used_up)
            masks[caller] = 0
        return np.concatenate(found) if found else np.empty(0, np.int32)

    def _edges(self, number: Ints) -> Edges:
        """Where copies begin in a list of ways in rising order."""
        return None if self._starts is None else np.searchsorted(number, self._starts)

    def _grant(self, way: Ints) -> Ints:
        """What slots and yards can take of those who apply; returns who has people left."""
        ways = self.ways
        caller, slot = ways.caller.take(way), ways.slot.take(way)
        wish = self.left.take(caller)
        if self.space is None or ways.yards is None:
            people = _rationed(wish, slot, self.room, self._edges(way))
        else:
            people = self._by_area(way, _rationed(wish, slot, self.room.copy(), self._edges(way)))
            self.room = np.maximum(self.room - np.bincount(slot, people, len(self.room)), 0.0)
        self._granted.append(Moves(way, people))
        rest = wish - people
        self.left[caller] = rest
        k = np.flatnonzero(rest)
        caller, rest = caller.take(k), rest.take(k)
        return caller.compress(rest > EMPTY * ways.people.take(caller))

    def _by_area(self, way: Ints, people: Floats) -> Floats:
        """What yards can take of what slots would."""
        yards = self.ways.yards
        assert yards is not None and self.space is not None
        k = np.flatnonzero(yards.yard[way] >= 0)
        k = k[np.argsort(yards.place[way[k]])]
        at, area = yards.yard[way[k]], yards.area[way[k]]
        wanted = people[k] * area
        taken = _rationed(wanted, at, self.space, self._edges(yards.place[way[k]]))
        less = np.flatnonzero(taken < wanted)
        people = people.copy()
        people[k[less]] = taken[less] / area[less]
        return people

    def _grant_whole(self, way: Ints) -> Ints:
        """The same for people who stay together: a place takes, nearest first, those who fit after one another."""
        ways, away = self.ways, []
        while way.size:
            caller, slot = ways.caller[way], ways.slot[way]
            people = self.left[caller]
            fits = people <= self.room[slot] * EXACT
            if self.space is not None and ways.yards is not None:
                yard = ways.yards.yard[way]
                fits &= (yard < 0) | (people * ways.yards.area[way] <= self.space[yard] * EXACT)
            away.append(caller[~fits])
            way = way[fits]
            taken = self._in_turn(way)
            caller = ways.caller[way[taken]]
            self._granted.append(Moves(way[taken], self.left[caller]))
            self.left[caller] = 0.0
            way = way[~taken]
        return np.concatenate(away)

    def _in_turn(self, way: Ints) -> NDArray[np.bool_]:
        """Who is taken if each place takes the nearest first and stops at the first who does not fit."""
        ways = self.ways
        slot, people = ways.slot[way], self.left[ways.caller[way]]
        taken: NDArray[np.bool_] = _before(people, slot, self._edges(way)) + people <= self.room[slot] * EXACT
        if self.space is not None and ways.yards is not None:
            k = np.flatnonzero(taken & (ways.yards.yard[way] >= 0))
            k = k[np.argsort(ways.yards.place[way[k]])]
            yard, area = ways.yards.yard[way[k]], people[k] * ways.yards.area[way[k]]
            fits = _before(area, yard, self._edges(ways.yards.place[way[k]])) + area <= self.space[yard] * EXACT
            taken[k] = fits
            used = np.bincount(yard[fits], area[fits], len(self.space))
            self.space = np.maximum(self.space - used, 0.0)
        used = np.bincount(slot[taken], people[taken], len(self.room))
        self.room = np.maximum(self.room - used, 0.0)
        return taken


def _rationed(wish: Floats, cell: Ints, left: Floats, edges: Edges) -> Floats:
    """What each gets of what is left in its cell, in the order given, in which cells lie together; ``left`` shrinks."""
    if not wish.size:
        return wish
    first, count = _runs(cell)
    reached, base = _sums(wish, first, edges)
    at = cell.take(first)
    load, room = reached.take(first + (count - 1)) - base, left.take(at)
    tight = load > room
    left[at] = np.where(tight, 0.0, room - load)
    if not tight.any():
        return wish
    limit = np.repeat(np.where(tight, base + room, np.inf), count)
    limit -= reached
    limit += wish
    np.minimum(limit, wish, out=limit)
    np.maximum(limit, 0.0, out=limit)
    return limit


def _before(wish: Floats, cell: Ints, edges: Edges) -> Floats:
    """What those wish who come before in the same cell, in the order given, in which cells lie together."""
    if not wish.size:
        return wish
    first, count = _runs(cell)
    reached, base = _sums(wish, first, edges)
    before: Floats = np.maximum(reached - wish - np.repeat(base, count), 0.0)
    return before


def _sums(wish: Floats, first: NDArray[np.intp], edges: Edges) -> tuple[Floats, Floats]:
    """Running sums, begun anew for each copy, and what they were where each run begins."""
    if edges is None:
        reached = np.cumsum(wish)
    else:
        reached = np.empty_like(wish)
        for start, end in pairwise([0, *edges.tolist(), wish.size]):
            np.cumsum(wish[start:end], out=reached[start:end])
    base = np.zeros(first.size)
    base[1:] = reached.take(first[1:] - 1)
    if edges is not None:
        begun = np.searchsorted(first, edges)
        base[begun[begun < first.size]] = 0.0
    return reached, base


def _runs(cell: Ints) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where the runs of equal cells begin, and how long they are."""
    begins = np.empty(cell.size, bool)
    begins[0] = True
    np.not_equal(cell[1:], cell[:-1], out=begins[1:])
    first = np.flatnonzero(begins)
    count = np.empty_like(first)
    np.subtract(first[1:], first[:-1], out=count[:-1])
    count[-1] = cell.size - first[-1]
    return first, count
