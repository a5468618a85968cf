"""Links under construction: lines cut at junctions, freed of doubles, joined where nothing else meets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from instances.streets.polylines import Polylines

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Pieces:
    """Links under construction: end vertices, the source line they come from, their points and metres."""

    tail: Ints
    head: Ints
    line: Ints
    points: Polylines
    metres: Floats
    measured: bool = False  # metres are given by the source; else they are those of the points

    def __len__(self) -> int:
        return len(self.tail)

    def take(self, keep: Flags) -> Pieces:
        """The pieces for which ``keep`` is true."""
        at = np.flatnonzero(keep)
        return replace(
            self,
            tail=self.tail[at],
            head=self.head[at],
            line=self.line[at],
            points=self.points.take(at),
            metres=self.metres[at],
        )


def split(points: Polylines) -> Pieces:
    """Cut lines at junctions: a vertex is one if it ends a line or is used more than once (within 1 mm)."""
    every, line = points.xy, np.repeat(np.arange(len(points)), points.sizes)
    vertex = _vertices(every)
    again = np.concatenate([[False], (line[1:] == line[:-1]) & (vertex[1:] == vertex[:-1])])  # a point given twice
    every, line, vertex = every[~again], line[~again], vertex[~again]
    first = np.concatenate([[True], line[1:] != line[:-1]])
    last = np.concatenate([line[1:] != line[:-1], [True]])
    junction = first | last | (np.bincount(vertex)[vertex] > 1)
    stops = np.flatnonzero(junction)
    begin, end = stops[:-1], stops[1:]
    inside = line[begin] == line[end]
    begin, end = begin[inside], end[inside]
    cut = Polylines(every, np.array([0, len(every)])).ranges(begin, end)
    return Pieces(vertex[begin], vertex[end], line[begin].astype(np.intp), cut, cut.metres())


def _vertices(xy: Floats) -> Ints:
    """One number for each place, within 1 mm, in the order of easting and then northing."""
    cell = np.rint(xy * 1000.0).astype(np.int64)
    cell -= cell.min(axis=0)
    wide = int(cell[:, 1].max()) + 1
    if int(cell[:, 0].max()) < 2**62 // wide:  # one number sorts far faster than a pair
        return np.asarray(np.unique(cell[:, 0] * wide + cell[:, 1], return_inverse=True)[1].ravel(), np.intp)
    return np.asarray(np.unique(cell, axis=0, return_inverse=True)[1].ravel(), np.intp)


def once(pieces: Pieces, directed: Flags | None = None) -> Flags:
    """Marks stretches to keep of those drawn twice: as parallel links they would pass for two separate ways.

    Of ``directed`` lines (shape (lines,)) there and back are two ways, and only the same way again is one too many.
    """
    low, high = np.minimum(pieces.tail, pieces.head), np.maximum(pieces.tail, pieces.head)
    order = np.lexsort((high, low))
    same = (np.diff(low[order]) == 0) & (np.diff(high[order]) == 0)
    several = np.zeros(len(pieces), bool)
    several[order[1:][same]] = several[order[:-1][same]] = True
    seen: set[bytes] = set()
    keep = np.ones(len(pieces), bool)
    for k in np.flatnonzero(several).tolist():
        points = pieces.points[k]
        there, back = points.tobytes(), points[::-1].tobytes()
        if directed is not None and directed[pieces.line[k]]:
            there = back = b"to " + there
        keep[k] = there not in seen and back not in seen
        seen.add(there)
    return keep


def open_loops(pieces: Pieces) -> Pieces:
    """A loop back to its own junction is parted in two at its middle point, so that every link has two ends."""
    loop = pieces.tail == pieces.head
    if not loop.any():
        return pieces
    rest, loops = pieces.take(~loop), pieces.take(loop)
    middle = max(pieces.tail.max(), pieces.head.max()) + 1 + np.arange(len(loops))
    begin, end = loops.points.start[:-1], loops.points.start[1:] - 1
    half = begin + loops.points.sizes // 2
    halves = loops.points.ranges(begin, half).then(loops.points.ranges(half, end))
    drawn = halves.metres()
    if pieces.measured:
        whole = np.maximum(drawn[: len(loops)] + drawn[len(loops) :], 1e-9)
        drawn *= np.tile(loops.metres / whole, 2)
    return replace(
        pieces,
        tail=np.concatenate([rest.tail, loops.tail, middle]),
        head=np.concatenate([rest.head, middle, loops.head]),
        line=np.concatenate([rest.line, loops.line, loops.line]),
        points=rest.points.then(halves),
        metres=np.concatenate([rest.metres, drawn]),
    )


def merge(pieces: Pieces, like: Ints, directed: Flags | None = None) -> Pieces:
    """Join chains of pieces that are alike through vertices where just two of them meet.

    Parameters
    ----------
    like
        Only lines of the same number are joined, shape (lines,).
    directed
        Lines that run from tail to head only; they are joined only where one goes on from the other.
    """
    kind = like[pieces.line]
    count = len(pieces)
    end = np.concatenate([pieces.tail, pieces.head])
    order = np.argsort(end, kind="stable")
    piece = np.tile(np.arange(count), 2)[order]
    arrives = order >= count  # this end is the head of its piece
    start = np.searchsorted(end[order], np.arange(int(end.max()) + 2))
    two = np.flatnonzero(np.diff(start) == 2)
    a, b = piece[start[two]], piece[start[two] + 1]
    smooth = (kind[a] == kind[b]) & (a != b)
    one_way = np.zeros(count, bool) if directed is None else directed[pieces.line]
    smooth &= ~one_way[a] | (arrives[start[two]] != arrives[start[two] + 1])
    graph = sparse.coo_array((np.ones(smooth.sum()), (a[smooth], b[smooth])), shape=(count, count))
    chain = csgraph.connected_components(graph, directed=False)[1]
    joint = set(two[smooth].tolist())

    size = np.bincount(chain)[chain]
    first = np.unique(chain, return_index=True)[1]  # a chain stands where its first piece stood
    members: dict[int, list[int]] = {}
    for k in np.flatnonzero(size > 1).tolist():
        members.setdefault(int(chain[k]), []).append(k)
    rows: list[int] = []
    turned: list[bool] = []
    bounds, heads = [0], []
    tail, head, line = pieces.tail.copy(), pieces.head.copy(), pieces.line.copy()
    for group in members.values():
        (begin, stop), row, back = _thread(pieces, group, joint)
        if one_way[group[0]] and back[0]:
            begin, stop, row, back = stop, begin, row[::-1], [not one for one in back[::-1]]
        chains = [(begin, stop, row, back)]
        if begin == stop and pieces.measured:  # part the ring at a vertex, where both ways round are known in metres
            half = len(row) // 2
            middle = int(pieces.tail[row[half]] if not back[half] else pieces.head[row[half]])
            chains = [(begin, middle, row[:half], back[:half]), (middle, stop, row[half:], back[half:])]
        for lead, (start_at, stop_at, some, ways) in zip(group, chains, strict=False):
            tail[lead], head[lead] = start_at, stop_at
            line[lead] = pieces.line[max(some, key=lambda k: (pieces.metres[k], -k))]  # the longest gives the name
            rows += some
            turned += ways
            bounds.append(len(rows))
            heads.append(lead)
    leads = np.union1d(first, np.array(heads, np.intp))
    strung = _string(pieces.points.take(np.array(rows, np.intp), np.array(turned, bool)), np.array(bounds))
    metres = pieces.metres.copy()
    metres[heads] = np.add.reduceat(pieces.metres[rows], bounds[:-1]) if pieces.measured and rows else strung.metres()
    place = np.arange(count)
    place[heads] = count + np.arange(len(heads))
    points = pieces.points.then(strung).take(place[leads])
    return replace(pieces, tail=tail[leads], head=head[leads], line=line[leads], points=points, metres=metres[leads])


def _thread(pieces: Pieces, group: list[int], joint: set[int]) -> tuple[tuple[int, int], list[int], list[bool]]:
    """Put the links of one chain in a row: its two end vertices, its links in order, and which are turned round."""
    at: dict[int, list[int]] = {}
    for k in group:
        at.setdefault(int(pieces.tail[k]), []).append(k)
        at.setdefault(int(pieces.head[k]), []).append(k)
    ends = [v for v, ks in at.items() if v not in joint or len(ks) == 1]
    here = begin = min(ends) if ends else min(at)  # a ring has no end: begin anywhere
    row: list[int] = []
    back: list[bool] = []
    used: set[int] = set()
    while (step := next((k for k in at[here] if k not in used), None)) is not None:
        used.add(step)
        forward = int(pieces.tail[step]) == here
        row.append(step)
        back.append(not forward)
        here = int(pieces.head[step] if forward else pieces.tail[step])
        if here not in joint:
            break
    return (begin, here), row, back


def _string(lines: Polylines, bounds: Ints) -> Polylines:
    """Join consecutive lines that go on from one another: those from ``bounds[c]`` to ``bounds[c + 1]`` into line c."""
    drop = np.zeros(len(lines.xy), bool)
    drop[lines.start[:-1]] = True  # the first point of a line is the last of the one before
    drop[lines.start[bounds[:-1]]] = False
    kept = np.concatenate([[0], np.cumsum(~drop)])
    return Polylines(lines.xy[~drop], kept[lines.start[bounds]].astype(np.intp))


def parts(pieces: Pieces) -> Ints:
    """Number of the connected part that each piece belongs to, directions aside."""
    size = int(max(pieces.tail.max(), pieces.head.max())) + 1
    graph = sparse.coo_array((np.ones(len(pieces)), (pieces.tail, pieces.head)), shape=(size, size))
    return np.asarray(csgraph.connected_components(graph, directed=False)[1][pieces.tail], np.intp)


def number_of(*columns: NDArray[Any]) -> Ints:
    """Rows that agree in all columns get the same number."""
    number = np.zeros(len(columns[0]), np.intp)
    for column in columns:
        value = np.unique(column, return_inverse=True)[1].ravel().astype(np.intp)
        number = np.unique(number * (int(value.max(initial=0)) + 1) + value, return_inverse=True)[1].ravel()
    return number.astype(np.intp)
