"""What hangs together: parts of the road graph, and where vehicles can go and also come back from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

if TYPE_CHECKING:
    from instances.network import Roads

Ints = NDArray[np.intp]
Flags = NDArray[np.bool_]


def joined_parts(roads: Roads, links: Flags | None = None) -> Ints:
    """Number of the connected part of each junction, directions aside, shape (node,); part 0 has the most metres."""
    return _ranked(roads, links, "weak", None)


def round_trips(roads: Roads) -> Ints:
    """Number of the part of each junction within which vehicles get everywhere and back, shape (node,).

    Strongly connected components of the drivable links, one-way streets observed where the roads say so; part 0 has
    the most metres of links with both ends in it.
    """
    return _ranked(roads, roads.drivable, "strong", roads.oneway)


def truck_net(roads: Roads, oneway: bool = True) -> Flags:
    """Links on which trucks get everywhere and back: the largest part of the drivable streets, shape (link,).

    All links where no street is open to vehicles: then nothing can be driven, and places join the nearest link.
    """
    part = _ranked(roads, roads.drivable, "strong", roads.oneway if oneway else None)
    inside = (part[roads.tail.position] == 0) & (part[roads.head.position] == 0)
    return np.asarray(roads.drivable & inside, bool) if roads.drivable.any() else np.ones(len(roads.link), bool)


def _ranked(roads: Roads, links: Flags | None, connection: Literal["weak", "strong"], oneway: Flags | None) -> Ints:
    at = np.arange(len(roads.link)) if links is None else np.flatnonzero(links)
    tail, head = roads.tail.position[at], roads.head.position[at]
    back = np.ones(len(at), bool) if oneway is None else ~oneway[at]
    rows, columns = np.concatenate([tail, head[back]]), np.concatenate([head, tail[back]])
    graph = sparse.coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(roads.node),) * 2)
    count, part = csgraph.connected_components(graph, directed=True, connection=connection)
    inside = part[tail] == part[head]
    metres = np.bincount(part[tail][inside], roads.length[at][inside], minlength=count)
    order = np.lexsort((-np.bincount(part, minlength=count), -metres))
    rank = np.empty(count, np.intp)
    rank[order] = np.arange(count)
    return rank[part]


def in_words(roads: Roads) -> list[str]:
    """How the graph hangs together, one sentence each."""
    part = joined_parts(roads)
    size = np.bincount(part)
    metres = np.bincount(part[roads.tail.position], roads.length, minlength=len(size)) / 1000.0
    listed = ", ".join(f"{n} junctions with {km:.1f} km" for n, km in zip(size[:3], metres[:3], strict=False))
    said = [f"roads: {len(size)} parts that are not joined; the largest: {listed}"] if len(size) > 1 else []
    if not roads.drivable.any():
        return [*said, "roads: no link is open to vehicles"]
    trip = round_trips(roads)
    ends = np.unique(np.concatenate([roads.tail.position[roads.drivable], roads.head.position[roads.drivable]]))
    core = trip[ends] == 0
    one = "one-way streets observed" if roads.oneway is not None else "one-way streets may be driven both ways"
    said.append(
        f"roads: vehicles get everywhere and back between {core.sum()} of {len(ends)} junctions on streets open to "
        f"them, {one}; {(~core).sum()} lie outside"
    )
    return said
