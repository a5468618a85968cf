"""The road graph as arcs: one for each direction in which a link may be used, with times in whole milliseconds.

Sums of integers do not depend on the order in which they are added up, so symmetric trips take exactly the same
time, and the same data give the same times on every machine. The rounding is at most half a millisecond a link.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.network import Roads

Ints = NDArray[np.intp]
Small = NDArray[np.int32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MILLISECONDS = 60_000.0  # in a minute
CLOSED = 2**30 - 1  # ms, twelve days: two of them still fit in 32 bits, so that sums never overflow
ROW_BUDGET = 20_000_000  # cells of one block of shortest-path rows, about 240 MB with predecessors


def milliseconds(minutes: Floats) -> Small:
    """Times of links in whole milliseconds, at least 1; ``CLOSED`` where a link is closed (infinite) or as slow."""
    return np.clip(np.rint(np.minimum(minutes, CLOSED) * MILLISECONDS), 1.0, CLOSED).astype(np.int32)


def limit_of(cutoff: float) -> int:
    """Longest time in milliseconds that counts as within ``cutoff`` minutes; half a millisecond is forgiven."""
    return int(min(np.floor(cutoff * MILLISECONDS + 0.5), CLOSED - 1))


@dataclass(frozen=True, eq=False)
class Arcs:
    """A directed graph, arcs sorted by tail, head and link; those of node ``n`` are ``start[n]:start[n + 1]``."""

    nodes: int
    tail: Ints
    head: Ints
    link: Ints  # the road link that an arc uses
    start: Ints

    @classmethod
    def of(cls, nodes: int, tail: Ints, head: Ints, link: Ints) -> Arcs:
        """From columns in any order; arcs from a node to itself lead nowhere and are left out."""
        tail, head, link = (np.asarray(column, np.intp) for column in (tail, head, link))
        order = np.lexsort((link, head, tail))
        order = order[tail[order] != head[order]]
        start = np.searchsorted(tail[order], np.arange(nodes + 1)).astype(np.intp)
        return cls(nodes, tail[order], head[order], link[order], start)

    @classmethod
    def of_roads(cls, roads: Roads, use: Flags | None = None, oneway: Flags | None = None) -> Arcs:
        """Every link in ``use`` both ways, or only from tail to head where it is ``oneway`` (per link)."""
        links = np.arange(len(roads.link)) if use is None else np.flatnonzero(use)
        back = links if oneway is None else links[~oneway[links]]
        tail, head = roads.tail.position, roads.head.position
        return cls.of(
            len(roads.node),
            np.concatenate([tail[links], head[back]]),
            np.concatenate([head[links], tail[back]]),
            np.concatenate([links, back]),
        )

    def turned(self) -> Arcs:
        """The same graph with every arc the other way round."""
        return Arcs.of(self.nodes, self.head, self.tail, self.link)

    def sparse(self, weight: Small) -> tuple[Any, Ints]:
        """Matrix of weights (ms, per link) for a search, and the arc behind each stored entry.

        Of parallel arcs the quickest counts, of equals the first; arcs over closed links are left out.
        """
        from scipy import sparse

        cost = np.asarray(weight)[self.link]
        use = np.flatnonzero(cost < CLOSED)
        key = self.tail[use] * self.nodes + self.head[use]
        order = np.lexsort((use, cost[use], key))
        first = np.concatenate([[True], np.diff(key[order]) > 0]) if len(use) else np.zeros(0, bool)
        arc = use[order[first]]
        start = np.searchsorted(self.tail[arc], np.arange(self.nodes + 1))
        shape = (self.nodes, self.nodes)
        return sparse.csr_array((cost[arc].astype(np.float64), self.head[arc], start), shape=shape), arc

    def among(self, nodes: Ints) -> Arcs:
        """The arcs between some nodes (sorted), which are numbered anew in their order."""
        place = np.full(self.nodes, -1, np.intp)
        place[nodes] = np.arange(len(nodes))
        tail, member = expand(self.start, nodes)
        head = place[self.head[member]]
        inside = head >= 0
        tail, head, link = tail[inside], head[inside], self.link[member[inside]]
        start = np.searchsorted(tail, np.arange(len(nodes) + 1)).astype(np.intp)
        return Arcs(len(nodes), tail, head, link, start)

    def block(self) -> int:
        """Sources that one search may have at once, for its dense rows to stay within the memory meant for them."""
        return max(1, ROW_BUDGET // max(1, self.nodes))


def expand(start: Ints, of: Ints) -> tuple[Ints, Ints]:
    """All members of the groups ``of``, where group g is ``start[g]:start[g + 1]``: place in ``of``, and member."""
    count = start[of + 1] - start[of]
    which = np.repeat(np.arange(len(of)), count)
    member = np.arange(len(which)) + np.repeat(start[of] - (np.cumsum(count) - count), count)
    return which, member


def nearest_first(matrix: Any, sources: Ints, lead: Floats, limit: float) -> Floats:
    """Milliseconds to every node from the source that is best for it, when source k starts ``lead[k]`` ms late.

    Infinite beyond ``limit``; shape (node,).
    """
    from scipy import sparse
    from scipy.sparse import csgraph

    sources, lead = sources[np.isfinite(lead)], lead[np.isfinite(lead)]
    if not len(sources):
        return np.full(matrix.shape[0], np.inf)
    # Starts of their own: a node that stands for all sources, with an arc to each that takes its lead.
    at, best = np.unique(sources), np.full(matrix.shape[0], np.inf)
    np.minimum.at(best, sources, lead)
    row = sparse.csr_array((best[at] + 1.0, (np.zeros(len(at), np.intp), at)), shape=(1, matrix.shape[0]))
    whole = sparse.block_array([[matrix, None], [row, sparse.csr_array((1, 1))]], format="csr")
    time = csgraph.dijkstra(whole, indices=matrix.shape[0], limit=limit + 1.5)[:-1] - 1.0
    return np.asarray(np.where(time <= limit, time, np.inf), np.float64)


def by_place(x: Floats, y: Floats) -> Ints:
    """An order in which neighbours come one after the other: along a Z-shaped curve (Morton order)."""
    code = np.zeros(len(x), np.int64)
    for k, values in enumerate((x, y)):
        span = np.ptp(values) if len(values) else 0.0
        cell = ((values - np.min(values, initial=np.inf)) / (span or 1.0) * 65535.0).astype(np.int64)
        for bit in range(16):
            code |= ((cell >> bit) & 1) << (2 * bit + k)
    return np.argsort(code, kind="stable").astype(np.intp)


__all__ = [
    "CLOSED",
    "MILLISECONDS",
    "Arcs",
    "Flags",
    "Floats",
    "Ints",
    "Small",
    "by_place",
    "expand",
    "limit_of",
    "milliseconds",
    "nearest_first",
]
