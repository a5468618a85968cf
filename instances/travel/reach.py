"""Travel times within a cutoff, for many sources and many scenarios: one search, then repairs.

Shortest-path trees of all sources are found once, under weights that no scenario undercuts. In a scenario, times
along those trees are upper bounds; they are right unless some arc offers a shorter time to its head. Such offers are
sought all at once, taken, and passed on until there are none: then every time is the shortest, by the optimality
conditions of shortest paths. What damage leaves alone costs a few operations on arrays. Repairing shortest paths
instead of searching again: Ramalingam & Reps (1996), doi:10.1006/jagm.1996.0046; the passing-on is theirs with a
queue for all sources and scenarios together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from instances.travel.arcs import CLOSED, Arcs, Floats, Ints, Small, expand

CELLS = 1_000_000  # entries times scenarios repaired together: 4 MB of times, which caches of processors hold


@dataclass(frozen=True, eq=False)
class Reach:
    """Trees within a limit. An entry is a node in the tree of a source; entries are sorted by depth, then by tree.

    Attributes
    ----------
    source
        Node at the root of each tree, shape (trees,).
    tree, node, before, link
        Per entry: its tree, its node, the entry before it on the way from the source and the link between them
        (-1 at the root).
    least
        Per entry: milliseconds from the source under the weights of the first search.
    depth
        Entries of depth d are ``depth[d]:depth[d + 1]``.
    arc_start, arc_to, arc_link
        Arcs between entries of one tree: those that leave entry e are ``arc_start[e]:arc_start[e + 1]``.
    limit
        Milliseconds within which times are sought.
    links, floor
        The road links that arcs use, and their weights (ms) in the first search; ``link`` and ``arc_link`` are
        positions here, and weights and flags of links are given in this order.
    """

    source: Ints
    tree: Small
    node: Small
    before: Small
    link: Small
    least: Small
    depth: Ints
    arc_start: Ints
    arc_to: Small
    arc_link: Small
    limit: int
    links: Ints
    floor: Small

    @classmethod
    def search(
        cls, arcs: Arcs, matrix: Any, floor: Small, sources: Ints, limit: int, onward: Floats | None = None
    ) -> Reach:
        """Trees from ``sources``, nodes best chosen near one another: rows are as long as what they reach together.

        Parameters
        ----------
        matrix, floor
            Least weight of every link in any scenario (ms), and ``arcs.sparse(floor)[0]``.
        limit
            Longest time in ms.
        onward
            Per node, at least so many more ms are to be spent beyond it, shape (node,). Nodes that can only be part
            of longer trips are left out. Times are then right wherever time and ``onward`` are within the limit
            together, and not too short elsewhere.
        """
        from scipy.sparse import csgraph

        sources = np.asarray(sources, np.intp)
        around = csgraph.dijkstra(matrix, indices=sources, limit=limit + 0.5, min_only=True)
        spare = limit if onward is None else limit - onward
        nodes = np.flatnonzero(around <= spare)
        inside = arcs.among(nodes)
        small, arc = inside.sparse(floor)
        start = np.searchsorted(nodes, sources)
        known = (start < len(nodes)) & (nodes[np.minimum(start, len(nodes) - 1)] == sources) if len(nodes) else []
        tree = np.flatnonzero(known)
        if not len(tree):
            return cls._empty(sources, limit)
        distance, back = csgraph.dijkstra(small, indices=start[tree], limit=limit + 0.5, return_predecessors=True)
        row, node = np.nonzero(distance <= (limit if onward is None else (limit - onward)[nodes]))
        place = np.full(distance.shape, -1, np.int32)
        place[row, node] = np.arange(len(row), dtype=np.int32)
        prior = back[row, node].astype(np.intp)  # as scipy's own 32 bits the key below would overflow
        root = prior < 0
        before = np.where(root, -1, place[row, np.where(root, 0, prior)])
        key = inside.tail[arc] * inside.nodes + inside.head[arc]
        at = np.minimum(np.searchsorted(key, np.where(root, 0, prior) * inside.nodes + node), max(len(arc) - 1, 0))
        link = np.where(root, -1, inside.link[arc[at]]) if len(arc) else np.full(len(row), -1, np.intp)
        least = distance[row, node]
        entry, member = expand(inside.start, node)
        to, road = place[row[entry], inside.head[member]], inside.link[member]
        use = (to >= 0) & (floor[road] < CLOSED) & (least[entry] + floor[road] <= limit)
        links, road = np.unique(road[use], return_inverse=True)
        link = np.where(root, -1, np.searchsorted(links, link))
        level = _levels(before)
        order = np.argsort(level, kind="stable")
        rank = np.empty(len(order), np.int32)
        rank[order] = np.arange(len(order), dtype=np.int32)
        arc_from, arc_to = rank[entry[use]], rank[to[use]]
        by = np.argsort(arc_from, kind="stable")
        return cls(
            source=sources,
            tree=tree[row[order]].astype(np.int32),
            node=nodes[node[order]].astype(np.int32),
            before=np.where(before[order] < 0, -1, rank[before[order]]).astype(np.int32),
            link=link[order].astype(np.int32),
            least=least[order].astype(np.int32),
            depth=np.searchsorted(level[order], np.arange(level.max(initial=0) + 2)).astype(np.intp),
            arc_start=np.searchsorted(arc_from[by], np.arange(len(order) + 1)).astype(np.intp),
            arc_to=arc_to[by],
            arc_link=road[by].astype(np.int32),
            limit=limit,
            links=links.astype(np.intp),
            floor=floor[links],
        )

    @classmethod
    def _empty(cls, sources: Ints, limit: int) -> Reach:
        none, ends = np.zeros(0, np.int32), np.zeros(1, np.intp)
        return cls(sources, none, none, none, none, none, np.zeros(2, np.intp), ends, none, none, limit, ends[:0], none)

    def __len__(self) -> int:
        return len(self.node)

    @property
    def far(self) -> int:
        """Stands for "out of reach" among times."""
        return self.limit + 1

    def columns(self, scenarios: int) -> Iterator[slice]:
        """Scenarios in bunches that are repaired together, so that memory stays bounded."""
        width = max(1, CELLS // max(1, len(self)))
        yield from (slice(k, min(k + width, scenarios)) for k in range(0, scenarios, width))

    def times(self, weight: Small) -> Small:
        """Shortest times in milliseconds of every entry in every scenario, ``far`` where out of reach.

        Parameters
        ----------
        weight
            Milliseconds of every link in every scenario, shape (links, scenario); ``CLOSED`` closes a link.

        Returns
        -------
        array of shape (entry, scenario)

        Raises
        ------
        ValueError
            If a weight is below that of the first search: times could then fall outside what was searched.
        """
        if (weight < self.floor[:, None]).any():
            raise ValueError("A weight is below that of the first search; search with the least weight of each link.")
        weight = np.minimum(weight, self.far).astype(np.int32)
        time = np.empty((len(self), weight.shape[1]), np.int32)
        time[: self.depth[1]] = 0
        for a, b in zip(self.depth[1:-1], self.depth[2:], strict=True):
            np.add(time[self.before[a:b]], weight[self.link[a:b]], out=time[a:b])
            np.minimum(time[a:b], self.far, out=time[a:b])
        cell, offer = self._offers(time, weight)
        self._pass_on(time, weight, cell, offer)
        return time

    def _offers(self, time: Small, weight: Small) -> tuple[Ints, Small]:
        """Cells (entry x scenario, flat) whose time along the tree is not the shortest, and what an arc offers."""
        tail, head, link = self._rivals
        width = weight.shape[1]
        step = max(1, 2_000_000 // max(1, width))
        cells, offers = [np.zeros(0, np.intp)], [np.zeros(0, np.int32)]
        for k in range(0, len(tail), step):
            v = head[k : k + step]
            offer = time[tail[k : k + step]]
            offer += weight[link[k : k + step]]
            row, column = np.nonzero(offer < time[v])
            cells.append(v[row].astype(np.intp) * width + column)
            offers.append(offer[row, column])
        return np.concatenate(cells), np.concatenate(offers)

    def _pass_on(self, time: Small, weight: Small, cell: Ints, offer: Small) -> None:
        """Take offers and make new ones from what they improve, until nothing improves."""
        width = weight.shape[1]
        flat, cost = time.reshape(-1), np.ascontiguousarray(weight).reshape(-1)
        to, road = self.arc_to.astype(np.intp) * width, self.arc_link.astype(np.intp) * width
        degree = np.diff(self.arc_start)
        last = np.empty(time.size if len(cell) else 0, np.int32)  # written before it is read
        while len(cell):
            np.minimum.at(flat, cell, offer)
            cell = cell[flat.take(cell) == offer]
            turn = np.arange(len(cell), dtype=np.int32)
            last[cell] = turn
            cell = cell[last.take(cell) == turn]  # each cell once
            entry, scenario = np.divmod(cell, width)
            now, arc, left = flat.take(cell), self.arc_start.take(entry), degree.take(entry)
            cells, offers = [cell[:0]], [offer[:0]]
            while True:  # the first arc of every cell that has one, the second of those that have two, ...
                go = left > 0
                arc, left, scenario, now = arc[go], left[go] - 1, scenario[go], now[go]
                if not len(arc):
                    break
                offer = cost.take(road.take(arc) + scenario)
                offer += now
                cell = to.take(arc)
                cell += scenario
                better = offer < flat.take(cell)
                cells.append(cell[better])
                offers.append(offer[better])
                arc += 1
            cell, offer = np.concatenate(cells), np.concatenate(offers)

    @cached_property
    def _rivals(self) -> tuple[Small, Small, Small]:
        """Arcs that may offer more than the tree: not those of the tree, nor those back to the entry before."""
        tail = np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.arc_start))
        own = (self.before[self.arc_to] == tail) & (self.link[self.arc_to] == self.arc_link)
        rival = ~own & (self.before[tail] != self.arc_to)
        return tail[rival], self.arc_to[rival], self.arc_link[rival]

    @cached_property
    def into(self) -> tuple[Ints, Small, Small]:
        """Arcs by the entry they lead to, lower links first: start, entry they come from, link."""
        tail = np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.arc_start))
        order = np.lexsort((tail, self.arc_link, self.arc_to))
        start = np.searchsorted(self.arc_to[order], np.arange(len(self) + 1)).astype(np.intp)
        return start, tail[order], self.arc_link[order]

    def along_tree(self, flags: np.ndarray) -> np.ndarray:
        """Whether the way along the tree uses a flagged link, shape (entry, scenario); flags (links, scenario)."""
        hit = np.zeros((len(self), flags.shape[1]), bool)
        for a, b in zip(self.depth[1:-1], self.depth[2:], strict=True):
            np.logical_or(hit[self.before[a:b]], flags[self.link[a:b]], out=hit[a:b])
        return hit

    def up(self, entry: Ints) -> tuple[Ints, Ints]:
        """Links of the ways along the trees to entries: which way, and link."""
        which, here = np.arange(len(entry)), np.asarray(entry, np.intp)
        ways, links = [np.zeros(0, np.intp)], [np.zeros(0, np.intp)]
        while len(which):
            go = self.before[here] >= 0
            which, here = which[go], here[go]
            ways.append(which)
            links.append(self.links[self.link[here]])
            here = self.before[here].astype(np.intp)
        return np.concatenate(ways), np.concatenate(links)


def _levels(before: Small) -> Ints:
    """Steps from each entry to its root, by doubling the stride."""
    steps = (before >= 0).astype(np.intp)
    jump = np.where(before >= 0, before, np.arange(len(before))).astype(np.intp)
    while True:
        more = steps + steps[jump]
        if (more == steps).all():
            return steps
        steps, jump = more, jump[jump]


def slowed(minutes: Floats, cut: np.ndarray, slowdown: Floats) -> Floats:
    """Minutes of links in scenarios, shape (link, scenario): slowed, infinite where cut."""
    found: Floats = np.where(cut, np.inf, np.asarray(minutes)[:, None] * slowdown)
    return found
