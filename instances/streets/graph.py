"""From surveyed street lines to a road graph: split at junctions, merge what only bends, keep what hangs together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from instances.index import Index, Map
from instances.network import Roads
from instances.schema import InstanceError
from instances.streets.pieces import Pieces, merge, number_of, once, open_loops, parts, split
from instances.streets.polylines import Polylines
from instances.streets.snapping import Snapped, snap

if TYPE_CHECKING:
    from instances.accounts import Ledger

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LINKS = "links"  # what the books call the pieces that streets are cut into

__all__ = ["Network", "RoadClass", "Snapped", "Streets", "build_network", "lay", "snap"]


@dataclass(frozen=True)
class RoadClass:
    """What a class of road allows: speeds in km/h (``drive`` 0: no vehicles) and what strengthening costs a metre."""

    walk: float
    drive: float
    harden: float


@dataclass(frozen=True, eq=False)
class Streets:
    """Street lines in projected metres, as surveyed. Lines meet only where they share a vertex (within 1 mm).

    A bridge therefore does not touch the street below it.
    """

    points: list[Floats]  # per line, shape (points, 2)
    kind: NDArray[np.str_]
    title: NDArray[np.str_]
    bridge: Flags
    tunnel: Flags
    oneway: Flags | None = None  # vehicles go along the line only; None: both ways everywhere
    speed: Floats | None = None  # km/h where known, else NaN: takes the place of the speed of the class
    on_wheels: Flags | None = None  # open to vehicles; None: as the class says
    on_foot: Flags | None = None  # open to walkers; None: all
    id: NDArray[np.str_] | None = None  # names of the lines in the source, for the books


@dataclass(frozen=True, eq=False)
class Network:
    """A road graph with what hazards ask about its links, and what was left out on the way."""

    roads: Roads
    bridge: Flags  # per link
    tunnel: Flags
    notes: tuple[str, ...]
    tree: Any = field(repr=False, default=None)  # spatial index over the links
    on_foot: Flags | None = None  # links that people may walk; None: all

    def middle(self) -> Floats:
        """Point halfway along each link, shape (link, 2)."""
        import shapely

        halves = shapely.line_interpolate_point(self.tree.geometries, 0.5, normalized=True)
        return np.asarray(shapely.get_coordinates(halves), np.float64)


def build_network(
    streets: Streets,
    classes: dict[str, RoadClass],
    bridge_factor: float = 8.0,
    joined: bool = True,
    keep: Literal["largest", "all"] = "largest",
    ledger: Ledger | None = None,
) -> Network:
    """Graph of junctions and links.

    A vertex is a junction if it ends a line or is used more than once. Junctions that only join two links of the
    same kind are merged away (their shape is kept). A loop back to its own junction is parted in two at its middle
    point, so that every link has two ends. Of several parts that do not touch, the one with the most metres is kept;
    what is left out is counted in ``notes``.

    Parameters
    ----------
    bridge_factor
        Strengthening a metre of bridge or tunnel costs this many times a metre of street of its class.
    joined
        Merge links through junctions of degree two.
    keep
        Parts that do not touch: the one with the most metres, or all.
    ledger
        Books every piece, with its metres.

    Raises
    ------
    InstanceError
        If there are no lines, or a kind has no class.
    """
    unknown = sorted(set(streets.kind.tolist()) - set(classes))
    if unknown or not streets.points:
        faults = [f"no road class for {', '.join(unknown)}; add it to the classes"] if unknown else []
        faults += [] if streets.points else ["no street lines; choose an extract or layer that holds roads"]
        raise InstanceError("The road graph cannot be built", faults)
    return lay(split(Polylines.of(streets.points)), streets, classes, bridge_factor, joined, keep, ledger)


def lay(
    pieces: Pieces,
    streets: Streets,
    classes: dict[str, RoadClass],
    bridge_factor: float,
    joined: bool,
    keep: Literal["largest", "all"],
    ledger: Ledger | None,
) -> Network:
    """Graph of pieces whose ends are known; see :func:`build_network`."""
    notes = []
    if ledger is not None:
        ledger.read(LINKS, len(pieces), float(pieces.metres.sum()), "m")
    # Rows of a table are told apart by the table itself; their drawings are often straight lines and mean little.
    single = np.ones(len(pieces), bool) if pieces.measured else once(pieces, streets.oneway)
    if not single.all():
        notes.append(f"roads: {(~single).sum()} stretches are drawn twice, kept once")
        _book(ledger, "drawn twice", pieces, ~single, streets)
    pieces = pieces.take(single)
    if joined:
        before = pieces
        pieces = merge(pieces, _likeness(streets), streets.oneway)
        if ledger is not None:
            gone = _names(before, streets)[~np.isin(before.line, pieces.line)].tolist()
            fewer = len(before) - len(pieces)
            ledger.merge(LINKS, "joined with the next: nothing else meets there", [*gone, *[""] * fewer][:fewer])
    whole, pieces = pieces, open_loops(pieces)
    if ledger is not None and len(pieces) > len(whole):
        extra = len(pieces) - len(whole)
        ledger.read(LINKS, extra, 0.0, "m")
        notes.append(f"roads: {extra} loops are parted in two, so that every link has two ends")
    part = parts(pieces)
    metres = np.bincount(part, weights=pieces.metres)
    main = part == metres.argmax()
    others = np.unique(part[~main])
    if len(others) and keep == "largest":
        notes.append(
            f"roads: dropped {len(others)} parts ({_km(pieces, ~main)}, {(~main).sum()} links) "
            "not joined to the largest"
        )
        _book(ledger, "in a part that is not joined to the largest", pieces, ~main, streets)
        pieces = pieces.take(main)
    elif len(others):
        notes.append(
            f"roads: {len(others)} parts ({_km(pieces, ~main)}, {(~main).sum()} links) are not joined to the largest "
            f"({_km(pieces, main)}); all are kept"
        )
    return _network(pieces, streets, classes, bridge_factor, notes)


def _likeness(streets: Streets) -> Ints:
    """Lines of one number may be joined: same class, bridge, tunnel, speed and rules."""
    columns: list[NDArray[Any]] = [streets.kind, streets.bridge, streets.tunnel]
    columns += [c for c in (streets.oneway, streets.on_wheels, streets.on_foot) if c is not None]
    if streets.speed is not None:
        columns.append(np.nan_to_num(streets.speed, nan=-1.0))
    return number_of(*columns)


def _network(
    pieces: Pieces, streets: Streets, classes: dict[str, RoadClass], bridge_factor: float, notes: list[str]
) -> Network:
    import shapely

    vertices, end = np.unique(np.concatenate([pieces.tail, pieces.head]), return_inverse=True)
    count = len(pieces)
    xy = np.zeros((len(vertices), 2))
    xy[end[:count]] = pieces.points.xy[pieces.points.start[:-1]]
    xy[end[count:]] = pieces.points.xy[pieces.points.start[1:] - 1]
    # Numbers follow geography (north-west first), not the file, so that a re-sorted file gives the same graph.
    rank = np.lexsort((xy[:, 0], -xy[:, 1]))
    place = np.empty_like(rank)
    place[rank] = np.arange(len(rank))
    tail, head = place[end[:count]], place[end[count:]]
    order = np.lexsort((pieces.metres, np.maximum(tail, head), np.minimum(tail, head)))
    tail, head = tail[order], head[order]
    line, points = pieces.line[order], pieces.points.take(order)
    kind = streets.kind[line]
    bridge, tunnel = streets.bridge[line], streets.tunnel[line]
    metres = pieces.metres[order]
    known, of = np.unique(kind, return_inverse=True)
    walk, drive, cost = (np.array([getattr(classes[k], f) for k in known])[of] for f in ("walk", "drive", "harden"))
    closed = drive <= 0
    if streets.speed is not None:
        drive = np.where(np.isfinite(streets.speed[line]) & ~closed, streets.speed[line], drive)
    if streets.on_wheels is not None:
        closed = closed | ~streets.on_wheels[line]
    node = Index.named("node", [f"n{k}" for k in range(len(vertices))])
    link = Index.named("link", [f"l{k}" for k in range(count)])
    roads = Roads(
        node=node,
        link=link,
        tail=Map(link, node, tail),
        head=Map(link, node, head),
        x=xy[rank, 0],
        y=xy[rank, 1],
        length=metres,
        walk=metres / (walk * 1000.0 / 60.0),
        drive=metres / (np.where(closed, walk, drive) * 1000.0 / 60.0),
        drivable=~closed,
        harden=metres * cost * np.where(bridge | tunnel, bridge_factor, 1.0),
        kind=kind,
        title=streets.title[line],
        oneway=None if streets.oneway is None else streets.oneway[line],
        shape_xy=points.xy,
        shape_start=points.start,
    )
    on_foot = None if streets.on_foot is None else streets.on_foot[line]
    return Network(roads, bridge, tunnel, tuple(notes), shapely.STRtree(points.shapes()), on_foot)


def _book(ledger: Ledger | None, reason: str, pieces: Pieces, which: Flags, streets: Streets) -> None:
    if ledger is not None:
        ledger.drop(LINKS, reason, _names(pieces, streets)[which].tolist(), float(pieces.metres[which].sum()), "m")


def _names(pieces: Pieces, streets: Streets) -> NDArray[np.str_]:
    """What the source calls the lines that pieces come from."""
    return pieces.line.astype(np.str_) if streets.id is None else streets.id[pieces.line]


def _km(pieces: Pieces, which: Flags) -> str:
    return f"{pieces.metres[which].sum() / 1000.0:.2f} km"
