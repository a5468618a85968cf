"""Which links a quickest way uses, read back from times alone, so that equal times always give the same way."""

from __future__ import annotations

import numpy as np

from instances.travel.arcs import Ints, Small
from instances.travel.reach import Reach

Prints = np.ndarray  # one unsigned 64-bit number a way


def trace(reach: Reach, time: Small, weight: Small, entry: Ints, scenario: Ints) -> tuple[Ints, Ints]:
    """Links of the quickest ways to entries that are in reach, each in a scenario: which way, and road link.

    ``time`` and ``weight`` are those of :meth:`Reach.times`. Of equally quick ways, the one that comes in over the
    first link in the order of links is taken, from the end backwards.
    """
    width = time.shape[1]
    start, prior, road = reach.into
    flat, cost = time.reshape(-1), np.ascontiguousarray(weight).reshape(-1)
    which, here = np.arange(len(entry)), np.asarray(entry, np.intp)
    ways, links = [np.zeros(0, np.intp)], [np.zeros(0, np.intp)]
    now = flat.take(here * width + scenario)
    while True:
        go = now > 0  # only a source takes no time
        which, here, scenario, now = which[go], here[go], scenario[go], now[go]
        if not len(which):
            return np.concatenate(ways), np.concatenate(links)
        arc, taken, at = start.take(here), np.empty(len(here), np.intp), np.arange(len(here))
        while len(at):  # the first arc that explains the time; there is one, or the time would not stand
            try_, s = arc.take(at), scenario.take(at)
            offer = flat.take(prior.take(try_).astype(np.intp) * width + s)
            offer = offer + cost.take(road.take(try_).astype(np.intp) * width + s)
            fits = offer == now.take(at)
            taken[at[fits]] = try_[fits]
            at = at[~fits]
            arc[at] += 1
        ways.append(which)
        links.append(reach.links[road[taken]])
        here = prior[taken].astype(np.intp)
        now = flat.take(here * width + scenario)


def fingerprints(ways: int, way: Ints, link: Ints, token: Prints) -> Prints:
    """A number for the set of links of each way.

    Two ways between the same ends are the same exactly if their sets of links are. Sets are compared by sums of
    fixed random 64-bit numbers, one a link: two different sets agree with probability 2**-64.
    """
    order = np.argsort(way, kind="stable")
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(token[link[order]], dtype=np.uint64)])
    ends = np.searchsorted(way[order], np.arange(ways + 1))
    return np.asarray(sums[ends[1:]] - sums[ends[:-1]])


def tokens(links: int) -> Prints:
    """The numbers of links behind :func:`fingerprints`, always the same."""
    return np.random.default_rng(20).integers(0, 2**64, size=links, dtype=np.uint64)
