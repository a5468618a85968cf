"""Plans made to keep every rule: classes allowed, none beside one it must keep apart from, patches and areas right.

All members at once, round by round, each round in this order: borders between classes that keep apart are parted,
patches that are too small grow or are taken over by what lies around them, areas are put right by moving borders. Each
member does only the first of these that it needs, since what comes later is judged after it. A member that still breaks
a rule in the end is given up, and a plan that keeps all rules takes its place: so every plan does.

That repair does better than penalties was found by Strauch et al. (2019), "Constraints in multi-objective optimization
of land use allocation - Repair or penalize?", Environmental Modelling & Software 118, 241-251.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from formulations.algebra.elements import Floats
from solver.genetic.land.terrain import CLOSE, Flags, Ints, Plans, Terrain

ROUNDS = 30
"""Rounds before a member is given up."""

BOLD = 4
"""Every so many rounds patches and areas are put right without regard to other rules."""

STUBBORN = 8
"""Rounds after which patches that are too small are no longer grown but taken over."""


@dataclass(eq=False)
class LandRepair:
    """Makes plans keep the rules.

    Parameters
    ----------
    taste
        Shape (parcels, classes): a small extra wish for classes where repair has a choice, in metres of border; None
        for none.
    sound
        Plans that keep all rules, shape (n, parcels): they stand in for members that cannot be repaired.
    """

    terrain: Terrain
    taste: Floats | None = None
    sound: Plans | None = None
    given_up: int = field(default=0, init=False)

    def __call__(self, genomes: Plans, rng: np.random.Generator) -> Plans:
        """Plans that keep all rules, (members, parcels); unchanged where they do already."""
        plans, broken = self.tried(genomes, rng)
        if broken.any() and self.sound is not None and len(self.sound):
            self.given_up += int(broken.sum())
            plans[broken] = self.sound[rng.integers(0, len(self.sound), int(broken.sum()))]
        return plans

    def tried(self, plans: Plans, rng: np.random.Generator, rounds: int = ROUNDS) -> tuple[Plans, Flags]:
        """Plans after repair, and which of them break a rule still: (members, parcels), (members,)."""
        plans = np.array(plans, np.int8)
        if not len(plans):
            return plans, np.zeros(0, bool)
        self._settle(plans, rng)
        active = np.flatnonzero(self.terrain.needy(plans))
        for turn in range(rounds):
            if not active.size:
                break
            part = plans[active]
            self._round(part, turn, rng)
            plans[active] = part
            active = active[self.terrain.needy(part)]
        left = np.zeros(len(plans), bool)
        left[active] = True
        return plans, left

    def strangers(self, like: Plans, count: int, rng: np.random.Generator) -> Plans:
        """Plans by chance: others with some of their parcels at random; all at random if there are none."""
        t = self.terrain
        anything = np.where(t.possible, rng.random((count, *t.shape)), -1.0).argmax(axis=2).astype(np.int8)
        if len(like):
            kept = rng.random((count, t.shape[0])) >= rng.uniform(0.02, 0.3, count)[:, None]
            anything = np.where(kept, like[rng.integers(0, len(like), count)], anything)
        return self(anything, rng)

    def _settle(self, plans: Plans, rng: np.random.Generator) -> None:
        """Classes that are not possible give way, in place."""
        t = self.terrain
        member, parcel = np.nonzero(~t.possible[np.arange(t.shape[0]), plans])
        if not member.size:
            return
        wish = self._wish(t.beside(plans))[member, parcel]
        wish += rng.random(wish.shape)
        plans[member, parcel] = np.where(t.possible[parcel], wish, -np.inf).argmax(axis=1)

    def _wish(self, beside: np.ndarray) -> Floats:
        return beside + (0.0 if self.taste is None else self.taste)

    def _round(self, plans: Plans, turn: int, rng: np.random.Generator) -> None:
        """One round, in place."""
        t = self.terrain
        beside = t.beside(plans)
        clashes = t.clashes(beside)
        here = plans[:, :, None].astype(np.intp)
        quarrel = np.take_along_axis(clashes, here, axis=2)[:, :, 0]
        apart = np.asarray(quarrel.any(axis=1))
        wish = self._wish(beside)
        if apart.any():
            plans[apart] = self._parted(plans[apart], quarrel[apart], clashes[apart], beside[apart], wish[apart], rng)
        rest = np.flatnonzero(~apart)
        small = np.zeros(len(plans), bool)
        if rest.size:
            small[rest] = self._patched(plans, rest, clashes, beside, wish, turn, rng)
        rest = np.flatnonzero(~apart & ~small)
        if rest.size:
            self._balanced(plans, rest, clashes, beside, wish, turn, rng)

    def _parted(
        self, plans: Plans, quarrel: Flags, clashes: Flags, beside: np.ndarray, wish: Floats, rng: np.random.Generator
    ) -> Plans:
        """One side of each border between classes that keep apart takes another class."""
        t = self.terrain
        # the side with the shorter border to its own class gives way, by chance now and then the other one
        own = np.take_along_axis(beside, plans[:, :, None].astype(np.intp), axis=2)[:, :, 0]
        firm = np.where(quarrel, own * rng.uniform(0.5, 1.5, own.shape), np.inf)
        weakest = np.full(plans.shape, np.inf)
        foe = np.asarray(t.apart[plans[:, t.tail], plans[:, t.head]])
        member, arc = np.nonzero(foe)
        np.minimum.at(weakest, (member, t.tail[arc]), firm[member, t.head[arc]])
        member, parcel = np.nonzero(quarrel & (firm <= weakest))
        fit = np.asarray(t.fits(beside, clashes)[member, parcel])
        open_ = (t.possible & ~clashes)[member, parcel]
        can = np.where(fit.any(axis=1, keepdims=True), fit, open_)
        told = wish[member, parcel] + rng.random(can.shape)
        best = np.where(can, told, -np.inf).argmax(axis=1)
        some = can.any(axis=1)
        plans[member[some], parcel[some]] = best[some]
        # where neither side has another class that goes with all neighbours, any other class is tried
        stuck_m, stuck_p = member[~some], parcel[~some]
        if stuck_m.size:
            other = t.possible[stuck_p].copy()
            other[np.arange(stuck_p.size), plans[stuck_m, stuck_p]] = False
            draw = np.where(other, rng.random(other.shape), -1.0)
            able = (draw.max(axis=1) >= 0) & (rng.random(stuck_p.size) < 0.5)
            plans[stuck_m[able], stuck_p[able]] = draw[able].argmax(axis=1)
        return plans

    def _patched(
        self,
        plans: Plans,
        rest: Ints,
        clashes: Flags,
        beside: np.ndarray,
        wish: Floats,
        turn: int,
        rng: np.random.Generator,
    ) -> Flags:
        """Patches that are too small grow or go, in place; which members had some."""
        t = self.terrain
        if not t.patch.any():
            return np.zeros(len(rest), bool)
        area = t.land.area
        found = t.patches(plans[rest])
        missing = np.maximum(t.patch[found.land_class] - found.area, 0.0)
        missing[missing <= CLOSE * t.patch[found.land_class]] = 0.0
        bad = missing > 0
        had = np.zeros(len(rest), bool)
        had[found.member[bad]] = True
        if not bad.any():
            return had
        share = np.minimum(found.area / np.maximum(t.patch[found.land_class], 1.0), 1.0)
        grows = bad & (rng.random(len(bad)) < share ** (1 + max(0, turn - STUBBORN) / 2))
        # taken over
        member, parcel = np.nonzero((bad & ~grows)[found.number])
        who = rest[member]
        can = self._fit(who, parcel, beside, clashes)
        if turn % BOLD == BOLD - 1:
            can |= t.possible[parcel] & (can.sum(axis=1) < 2)[:, None]
        can[np.arange(len(parcel)), plans[who, parcel]] = False
        told = np.where(can, wish[who, parcel] + rng.random(can.shape), -np.inf)
        some = can.any(axis=1)
        stuck = np.unique(found.number[member[~some], parcel[~some]])
        grows[stuck] = True
        plans[who[some], parcel[some]] = told[some].argmax(axis=1)
        # grown: neighbours in random order until enough
        member, arc = np.nonzero(grows[found.number[:, t.tail]])
        patch = found.number[member, t.tail[arc]]
        to, c = t.head[arc], found.land_class[patch]
        who = rest[member]
        able = (plans[who, to] != c) & t.possible[to, c] & ~clashes[who, to, c]
        patch, to, c, who = patch[able], to[able], c[able], who[able]
        if patch.size:
            code = patch * t.shape[0] + to
            _, once = np.unique(code, return_index=True)
            patch, to, c, who = patch[once], to[once], c[once], who[once]
            told = wish[who, to, c] - 0.5 * wish[who, to, plans[who, to]] + 30.0 * rng.random(len(to))
            order = np.lexsort((-told, patch))
            patch, to, c, who = patch[order], to[order], c[order], who[order]
            before = _running(area[to], patch)
            take = before < missing[patch]
            plans[who[take], to[take]] = c[take]
        return had

    def _fit(self, who: Ints, parcel: Ints, beside: np.ndarray, clashes: Flags) -> Flags:
        t = self.terrain
        near = (beside[who, parcel] > 0) | t.alone[parcel]
        fit: Flags = t.possible[parcel] & ~clashes[who, parcel] & near
        return fit

    def _balanced(
        self,
        plans: Plans,
        rest: Ints,
        clashes: Flags,
        beside: np.ndarray,
        wish: Floats,
        turn: int,
        rng: np.random.Generator,
    ) -> None:
        """Classes with too little land take some over a border, those with too much lose some, in place."""
        t = self.terrain
        areas = t.areas(plans[rest])
        over = areas - t.most * (1 + CLOSE)
        under = t.least * (1 - CLOSE) - areas
        off = np.asarray((over > 0).any(axis=1) | (under > 0).any(axis=1))
        if not off.any():
            return
        rest, areas = rest[off], areas[off]
        some = plans[rest]
        area = t.land.area
        fit = t.fits(beside[rest], clashes[rest])
        # now and then a class begins anew, quarrels with others or takes what they need, lest all block one another
        bold = turn % BOLD == BOLD - 1
        if bold:
            fit |= t.possible & (rng.random(fit.shape) < rng.uniform(0.0, 0.2, (len(rest), 1, 1)))
        here = some[:, :, None].astype(np.intp)
        own = np.take_along_axis(wish[rest], here, axis=2)
        np.put_along_axis(fit, here, False, axis=2)
        lacks, excess = np.maximum(t.least - areas, 0.0), np.maximum(areas - t.most, 0.0)
        room, spare = np.maximum(t.most - areas, 0.0), np.maximum(areas - t.least, 0.0)
        if bold:
            spare = np.where(rng.random(spare.shape) < 0.5, areas, spare)
        # a class that lacks land takes from those with some to spare, one with too much gives to those with room
        gives = np.take_along_axis(np.broadcast_to(excess[:, None, :], fit.shape), here, axis=2) > 0
        spares = np.take_along_axis(spare, some.astype(np.intp), axis=1) >= area
        wanted = fit & spares[:, :, None] & (room[:, None, :] >= area[:, None]) & ((lacks > 0)[:, None, :] | gives)
        score = np.where(wanted, wish[rest] - 0.7 * own + 40.0 * rng.random(fit.shape), -np.inf)
        score += np.where((lacks > 0)[:, None, :], 200.0, 0.0)
        best = score.argmax(axis=2)
        value = np.take_along_axis(score, best[:, :, None], axis=2)[:, :, 0]
        member, parcel = np.nonzero(value > -np.inf)
        to, was = best[member, parcel], some[member, parcel].astype(np.intp)
        order = np.lexsort((-value[member, parcel], member))
        member, parcel, to, was = member[order], parcel[order], to[order], was[order]
        classes = t.shape[1]
        size = area[parcel]
        # enough for what is lacking or too much, and never more than others can give or take
        need = np.maximum(lacks[member, to], np.where(lacks[member, to] > 0, 0.0, excess[member, was]))
        into, outof = member * classes + to, member * classes + was
        purpose = np.where(lacks[member, to] > 0, into, len(some) * classes + outof)
        keep = ranked(size, purpose) < need
        member, parcel, to, was, size = member[keep], parcel[keep], to[keep], was[keep], size[keep]
        keep = ranked(size, member * classes + to) + size <= room[member, to]
        keep &= ranked(size, member * classes + was) + size <= spare[member, was]
        some[member[keep], parcel[keep]] = to[keep]
        plans[rest] = some


def _running(values: Floats, group: Ints) -> Floats:
    """Sum of what comes before in the same group; groups stand together: (n,) -> (n,)."""
    total = np.cumsum(values) - values
    first = np.r_[True, group[1:] != group[:-1]] if len(group) else np.zeros(0, bool)
    begin = np.maximum.accumulate(np.where(first, np.arange(len(group)), 0)) if len(group) else np.zeros(0, int)
    left: Floats = total - total[begin]
    return left


def ranked(values: Floats, group: Ints) -> Floats:
    """Sum of what comes before in the same group, in the order given: (n,) -> (n,)."""
    order = np.argsort(group, kind="stable")
    found = np.empty_like(values)
    found[order] = _running(values[order], group[order])
    return found
