"""Streets from tables of junctions and links, where a row may be one direction of a street only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from instances.schema import InstanceError
from instances.streets.drawn import Drawn, beyond, book, classed, drop_unknown
from instances.streets.graph import Streets
from instances.streets.pieces import Pieces, number_of
from instances.streets.polylines import Polylines
from instances.streets.speeds import agreed, directions, speeds

if TYPE_CHECKING:
    from instances.accounts import Ledger
    from instances.layers.layer import Box, Layer
    from instances.streets.rule import RoadsRule, TableSource

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Texts = NDArray[np.str_]
Flags = NDArray[np.bool_]

ALIKE = 0.01  # two directions of a street are at most this share, or a metre, longer or shorter than each other


def table_streets(
    nodes: Layer, edges: Layer, source: TableSource, rule: RoadsRule, box: Box | None, ledger: Ledger
) -> Drawn:
    """Links between the junctions of a table.

    In a directed table the two rows of a street are folded into one link; a row without a counterpart is a one-way
    street. Rows match if they join the same junctions in opposite directions, agree in class, name, bridge, tunnel
    and speed, and are about as long.

    Raises
    ------
    InstanceError
        If a column is missing, ids repeat, or junctions have no places.
    """
    places, tail, head = _ends(nodes, edges, source)
    points = _drawing(edges, places, tail, head)
    drawn = points.metres()
    metres = edges.numbers(source.length, "m") if source.length else drawn
    written = edges.texts(source.kind) if source.kind else np.full(len(edges), "", np.str_)
    title = edges.texts(source.name) if source.name else np.full(len(edges), "", np.str_)
    bridge, tunnel = (
        agreed(edges.texts(c)) if c else np.zeros(len(edges), bool) for c in (source.bridge, source.tunnel)
    )
    speed = speeds(edges.texts(source.speed)) if source.speed else None
    way = directions(edges.texts(source.oneway)) if source.oneway else np.zeros(len(edges), np.intp)
    if nodes.faults or edges.faults:
        raise InstanceError("The roads cannot be laid", [*nodes.faults, *edges.faults])
    ids = edges.id
    ledger.read(edges.name, len(edges), float(metres.sum()), "m")
    kind = classed(written, rule)
    keep = drop_unknown(ledger, edges.name, ids, written, kind, metres)
    lost = (tail < 0) | (head < 0)
    book(ledger, edges.name, "starts or ends at a junction that is not in the table", ids, keep & lost, metres)
    keep &= ~lost
    loop = (tail == head) & (points.sizes < 3)
    book(ledger, edges.name, "ends where it starts, and has no shape", ids, keep & loop, metres)
    keep &= ~loop
    short = keep & (metres < 0.98 * drawn - 1.0)
    if source.length and short.any():
        ledger.note(f"{edges.name}: {short.sum()} links have fewer metres than the straight line between their ends")
    keep &= ~beyond(ledger, edges.name, ids, keep, points, metres, box)
    single = np.full(len(edges), source.directed)
    if source.graph is not None and "directed" in edges.columns:
        single = edges.columns["directed"].astype(bool)
    if single.any():
        like = number_of(kind, title, bridge, tunnel, np.nan_to_num(speed, nan=-1.0) if speed is not None else bridge)
        twin, again = _fold(np.flatnonzero(keep & single), tail, head, like, metres)
        ledger.merge(edges.name, "the same as another row", ids[again].tolist(), float(metres[again].sum()), "m")
        ledger.merge(
            edges.name, "other direction of the same street", ids[twin[:, 1]].tolist(),
            float(metres[twin[:, 1]].sum()), "m",
        )  # fmt: skip
        keep[again] = keep[twin[:, 1]] = False
        single[twin[:, 0]] = False
        way = np.where(single, 1, way)
    row = np.flatnonzero(keep)
    back = way[row] < 0
    used = np.unique(np.concatenate([tail[row], head[row]]))
    ledger.read(nodes.name, len(nodes))
    ledger.drop(nodes.name, "no link ends here", nodes.id[np.setdiff1d(np.arange(len(nodes)), used)].tolist())
    pieces = Pieces(
        np.where(back, head[row], tail[row]).astype(np.intp),
        np.where(back, tail[row], head[row]).astype(np.intp),
        np.arange(len(row), dtype=np.intp),
        points.take(row, back),
        metres[row],
        measured=True,
    )
    streets = Streets(
        points=[],
        kind=kind[row],
        title=title[row],
        bridge=bridge[row],
        tunnel=tunnel[row],
        oneway=way[row] != 0,
        speed=None if speed is None else speed[row],
        id=ids[row],
    )
    return Drawn(streets, pieces)


def _ends(nodes: Layer, edges: Layer, source: TableSource) -> tuple[Floats, Ints, Ints]:
    """Places of the junctions; the junction at either end of each link, -1 where the table has none."""
    import shapely

    point = np.array([g is not None for g in nodes.shape], bool)
    point &= shapely.get_type_id(nodes.shape) == shapely.GeometryType.POINT
    if not point.all():
        nodes.fault(f"{(~point).sum()} junctions have no place (a point), first {nodes.first(~point)}")
    places = np.column_stack([shapely.get_x(nodes.shape), shapely.get_y(nodes.shape)])
    known = ("node", "u", "v") if source.graph is not None else (None, "from", "to")
    column = source.id or known[0]
    name = _ids(nodes, column) if column else nodes.id
    order = np.argsort(name, kind="stable")
    ranked = name[order]
    twice = np.concatenate([[False], ranked[1:] == ranked[:-1]]) if len(ranked) else np.zeros(0, bool)
    if twice.any():
        nodes.fault(f"{twice.sum()} ids of junctions repeat, first {ranked[twice][0]}")
    ends = []
    for column in (source.tail or known[1] or "", source.head or known[2] or ""):
        asked = _ids(edges, column)
        if not len(ranked):
            ends.append(np.full(len(edges), -1, np.intp))
            continue
        found = np.minimum(np.searchsorted(ranked, asked), len(ranked) - 1)
        ends.append(np.where(ranked[found] == asked, order[found], -1).astype(np.intp))
    return places, ends[0], ends[1]


def _ids(layer: Layer, column: str) -> Texts:
    """A column of ids as text; whole numbers read as decimal ones lose their ".0"."""
    values = layer.columns.get(column)
    if values is not None and values.dtype.kind == "f" and np.isfinite(values).all() and (values % 1 == 0).all():
        return values.astype(np.int64).astype(np.str_)
    return layer.texts(column)


def _drawing(edges: Layer, places: Floats, tail: Ints, head: Ints) -> Polylines:
    """The links' own lines where the table has them, turned the way of the row and tied to their junctions."""
    import shapely

    a, b = places[np.maximum(tail, 0)], places[np.maximum(head, 0)]
    has = np.array([g is not None for g in edges.shape], bool)
    has &= shapely.get_type_id(edges.shape) == shapely.GeometryType.LINESTRING
    straight = Polylines.straight(a, b)
    if not has.any():
        return straight
    xy, line = shapely.get_coordinates(edges.shape[has], return_index=True)
    sizes = np.bincount(line, minlength=int(has.sum()))
    own = Polylines(xy, np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp))
    first, last = own.xy[own.start[:-1]], own.xy[own.start[1:] - 1]
    apart = [np.hypot(*(p - q).T) for p, q in ((first, a[has]), (last, b[has]), (first, b[has]), (last, a[has]))]
    own = own.take(np.arange(len(own)), apart[2] + apart[3] < apart[0] + apart[1])
    own.xy[own.start[:-1]], own.xy[own.start[1:] - 1] = a[has], b[has]
    place = np.arange(len(edges))
    place[has] = len(edges) + np.arange(len(own))
    return straight.then(own).take(place)


def _fold(rows: Ints, tail: Ints, head: Ints, like: Ints, metres: Floats) -> tuple[Ints, Ints]:
    """Pairs of rows that are the two directions of one street, the earlier row first; and rows that say the same again.

    Where several alike links join the same junctions, the shortest there goes with the shortest back, and so on.
    """
    low, high = np.minimum(tail, head)[rows], np.maximum(tail, head)[rows]
    up = (tail < head)[rows]
    order = np.lexsort((rows, metres[rows], up, like[rows], high, low))
    rows, low, high, up = rows[order], low[order], high[order], up[order]
    same = np.ones(len(rows), bool)  # as the row before: same ends, and alike
    same[:1] = False
    for column in (low, high, like[rows]):
        same[1:] &= column[1:] == column[:-1]
    again = same & np.concatenate([[False], (up[1:] == up[:-1]) & (metres[rows][1:] == metres[rows][:-1])])
    doubled = rows[again]
    street = np.cumsum(~same)[~again]
    rows, up = rows[~again], up[~again]
    turn = street * 2 + up
    first = np.searchsorted(turn, turn)  # sorted: streets in order, and within a street down before up
    nth = np.arange(len(turn)) - first
    there, back = np.flatnonzero(up), np.flatnonzero(~up)
    wide = int(nth.max(initial=0)) + 1
    key_there, key_back = street[there] * wide + nth[there], street[back] * wide + nth[back]
    _, i, j = np.intersect1d(key_there, key_back, assume_unique=True, return_indices=True)
    a, b = rows[there[i]], rows[back[j]]
    close = np.abs(metres[a] - metres[b]) <= np.maximum(1.0, ALIKE * np.maximum(metres[a], metres[b]))
    pairs = np.column_stack([np.minimum(a, b), np.maximum(a, b)])[close]
    return pairs.astype(np.intp), np.asarray(doubled, np.intp)
