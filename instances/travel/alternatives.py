"""Reasonable alternative routes: not much longer, mostly elsewhere, and without senseless little detours.

Ways over single via nodes, chosen by plateaus: Abraham, Delling, Goldberg & Werneck (2013),
doi:10.1145/2444016.2444019. A plateau is a stretch that lies both in the tree of quickest ways from the source and in
that to the target; the way over it is the quickest from the source to the plateau, along it, and on to the target. A
long plateau makes the way locally optimal about it, which stands in for their test of every part of the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from instances.travel.arcs import Arcs, Floats, Ints, Small, expand
from instances.travel.bundle import Bundle
from instances.travel.reach import Reach

STRETCH = 1.4  # times the quickest way
OVERLAP = 0.7  # of the quickest way's time, shared at most with the ways taken before
LOCALITY = 0.25  # of the quickest way's time, length of a plateau at least; alpha in the paper
TRIED = 4  # plateaus looked at for every way wanted
PAIRS = 400  # couples looked at together


def alternatives(
    arcs: Arcs,
    floor: Small,
    reach: Reach,
    entry: Ints,
    k: int,
    limit: int,
    stretch: float = STRETCH,
    overlap: float = OVERLAP,
    locality: float = LOCALITY,
) -> Bundle:
    """Up to ``k`` ways to each of some entries of ``reach``, beside the quickest one along the tree.

    For people on foot: every arc must have its like the other way round. A way visits no node twice, takes at most
    ``stretch`` times as long as the quickest one, runs over a plateau of at least ``locality`` times the quickest
    time, and shares links worth at most ``overlap`` times the quickest time with the quickest way and the ways taken
    before it. Ways with the least time beside their plateau come first.

    Returns
    -------
    Bundle
        Its couples are positions in ``entry``.
    """
    targets, column = np.unique(reach.node[entry], return_inverse=True)
    if not len(entry) or not k:
        return Bundle.of(np.zeros(0, np.intp), 1, np.zeros(0), np.zeros(0, np.intp), np.zeros(0, np.intp))
    matrix, _ = arcs.sparse(floor)
    back = Reach.search(arcs, matrix, floor, targets.astype(np.intp), limit)
    places = np.unique(np.concatenate([reach.node, back.node]))
    at = np.full((len(targets), len(places)), -1, np.int32)  # entry of every node in the tree of every target
    at[back.tree, np.searchsorted(places, back.node)] = np.arange(len(back), dtype=np.int32)
    there = np.searchsorted(places, reach.node)
    order = np.argsort(reach.tree, kind="stable")
    starts = np.searchsorted(reach.tree[order], np.arange(len(reach.source) + 1)).astype(np.intp)
    found = []
    for first in range(0, len(entry), PAIRS):
        mine = np.arange(first, min(first + PAIRS, len(entry)))
        which, member = expand(starts, reach.tree[entry[mine]].astype(np.intp))
        here, tree = order[member], column[mine][which]
        other = at[tree, there[here]]
        direct = reach.least[entry[mine]].astype(np.float64)
        total = reach.least[here].astype(np.float64) + back.least[np.maximum(other, 0)]
        use = (other >= 0) & (total <= stretch * direct[which]) & (total <= limit)
        which, total, tree = which[use], total[use], tree[use]
        from_here, from_there = here[use].astype(np.intp), other[use].astype(np.intp)
        top, length = _plateaus(reach, back, at, there, tree, which, from_here, from_there)
        good = (top == np.arange(len(top))) & (length >= locality * direct[which])
        chosen = np.flatnonzero(good)
        chosen = chosen[np.lexsort((chosen, total[chosen] - length[chosen], which[chosen]))]
        rank = np.arange(len(chosen)) - np.searchsorted(which[chosen], which[chosen])
        chosen = chosen[rank < TRIED * (k + 1)]  # the quickest way is itself a plateau
        tried = _Tried.over(reach, back, which[chosen], from_here[chosen], from_there[chosen], total[chosen])
        kept = _apart(tried, floor, reach, entry[mine], direct, k, overlap)
        found.append(Bundle.of(mine[tried.couple[kept]], 1, tried.time[kept], *tried.links(kept)))
    return Bundle.joined(found)


def _plateaus(
    reach: Reach, back: Reach, at: Any, there: Ints, tree: Ints, which: Ints, here: Ints, other: Ints
) -> tuple[Ints, Floats]:
    """For every node of every couple: the first node of its plateau (as a position), and the plateau's length, ms."""
    prior = reach.before[here].astype(np.intp)
    onward = at[tree, there[np.maximum(prior, 0)]]  # the node before, in the tree of the target
    same = (prior >= 0) & (onward >= 0)
    same &= back.before[np.maximum(onward, 0)] == other
    same &= back.links[back.link[np.maximum(onward, 0)]] == reach.links[reach.link[here]]
    # Where that node stands in this list: couples and their entries come in blocks of one order.
    key = which * len(reach) + here
    order = np.argsort(key, kind="stable")
    spot = np.minimum(np.searchsorted(key[order], which * len(reach) + prior), max(len(key) - 1, 0))
    linked = order[spot] if len(key) else spot
    top = np.where(same & (key[linked] == which * len(reach) + prior), linked, np.arange(len(here)))
    while len(top) and (top[top] != top).any():
        top = top[top]
    length = np.zeros(len(here))
    np.maximum.at(length, top, (reach.least[here] - reach.least[here[top]]).astype(np.float64))
    return top, length[top]


@dataclass(frozen=True, eq=False)
class _Tried:
    """Ways over a via node each: couple, time, and the links of both halves."""

    couple: Ints
    time: Floats
    way: Ints
    link: Ints
    simple: np.ndarray

    @classmethod
    def over(cls, reach: Reach, back: Reach, couple: Ints, here: Ints, other: Ints, time: Floats) -> _Tried:
        there, links = reach.up(here)
        onward, more = back.up(other)
        way, link = np.concatenate([there, onward]), np.concatenate([links, more])
        nodes = [_nodes(reach, here), _nodes(back, other)]
        visit = np.concatenate([nodes[0][0], nodes[1][0]]), np.concatenate([nodes[0][1], nodes[1][1]])
        order = np.lexsort((visit[1], visit[0]))
        again = (np.diff(visit[0][order]) == 0) & (np.diff(visit[1][order]) == 0)
        times = np.bincount(visit[0][order][1:][again], minlength=len(couple))
        return cls(couple, time, way, link, times == 1)  # only the via node is met twice: it ends both halves

    def links(self, kept: Ints) -> tuple[Ints, Ints]:
        """Columns way and link of some ways, numbered anew."""
        number = np.full(len(self.couple), -1, np.intp)
        number[kept] = np.arange(len(kept))
        use = number[self.way] >= 0
        return number[self.way[use]], self.link[use]


def _nodes(reach: Reach, entry: Ints) -> tuple[Ints, Ints]:
    """Nodes of the ways along the tree to entries, both ends included: which way, and node."""
    which, here = np.arange(len(entry)), entry
    ways, nodes = [which], [reach.node[here]]
    while len(which):
        go = reach.before[here] >= 0
        which, here = which[go], reach.before[here[go]].astype(np.intp)
        ways.append(which)
        nodes.append(reach.node[here])
    return np.concatenate(ways), np.concatenate(nodes).astype(np.intp)


def _apart(tried: _Tried, floor: Small, reach: Reach, entry: Ints, direct: Floats, k: int, overlap: float) -> Ints:
    """The ways to take: one a couple in each turn, the first that shares little enough with those taken."""
    links = len(floor)
    quick, quick_link = reach.up(entry)
    taken = np.unique(quick * links + quick_link)
    keys = tried.couple[tried.way] * links + tried.link
    cost = floor[tried.link].astype(np.float64)
    alive, kept = tried.simple.copy(), [np.zeros(0, np.intp)]
    for _ in range(k):
        shared = np.bincount(tried.way, cost * np.isin(keys, taken), minlength=len(alive))
        alive &= shared <= overlap * direct[tried.couple]
        left = np.flatnonzero(alive)
        if not len(left):
            break
        first = left[np.concatenate([[True], np.diff(tried.couple[left]) > 0])]
        kept.append(first)
        alive[first] = False
        chosen = np.zeros(len(alive), bool)
        chosen[first] = True
        taken = np.union1d(taken, keys[chosen[tried.way]])
    return np.sort(np.concatenate(kept))
