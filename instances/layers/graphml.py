"""Road graphs in GraphML, as OSMnx and NetworkX write them: junctions and links as two layers.

Format: http://graphml.graphdrawing.org/specification.html. A file with a document type is refused, because entities
in it could pull in other files or grow without limit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from instances.layers.content import Content, columns_of, nowhere

CHUNK = 1 << 20
PAIRS = (("lon", "lat"), ("x", "y"))  # NetworkX users write either; OSMnx writes x and y in the system it names
FLAGS = {"true": True, "1": True, "false": False, "0": False}


def read_graphml(file: Path) -> tuple[Content, Content]:
    """Junctions (points, column ``node``) and links (lines, columns ``u``, ``v`` and ``directed``).

    A link without a geometry of its own is the straight line between its ends. The reference system is the one that
    the graph names (``crs``), EPSG:4326 for ``lon`` and ``lat``, else none.

    Raises
    ------
    ValueError
        If the graph is not whole, has hyperedges, links without ends or junctions without a place.
    xml.etree.ElementTree.ParseError
        If the file is no XML.
    """
    graph = _Graph()
    parser = ElementTree.XMLParser(target=graph)
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            parser.feed(chunk)
    parser.close()
    if not graph.seen:
        raise ValueError("it holds no <graph>")
    if not graph.nodes:
        raise ValueError("its graph has no nodes")
    names = [n for n, _ in graph.nodes]
    at = {name: k for k, name in enumerate(names)}
    if len(at) < len(names):
        raise ValueError("nodes share an id; every id must be unique")
    lost = [e.end for e in graph.edges if e.start not in at or e.end not in at]
    if lost:
        raise ValueError(f"{len(lost)} of {len(graph.edges)} edges lead to nodes that are not there")
    columns = _columns([values for _, values in graph.nodes], graph.types("node"))
    xy, crs = _places(columns, graph.about.get("crs"))
    nodes = _content({"node": _texts(names), **columns}, _points(xy), crs)
    return nodes, _links(graph, at, xy, crs)


@dataclass
class _Edge:
    start: str
    end: str
    directed: bool
    values: dict[str, str]


@dataclass
class _Graph:
    """What the parser calls: collects keys, nodes and edges as they come."""

    keys: dict[str, tuple[str, str, str]] = field(default_factory=dict)  # id: (for, name, type)
    defaults: dict[str, str] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)
    nodes: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    edges: list[_Edge] = field(default_factory=list)
    seen: bool = False
    directed: bool = True
    _inside: list[str] = field(default_factory=list)
    _key: str = ""
    _words: list[str] = field(default_factory=list)

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise ValueError("it has a document type (DOCTYPE), which GraphML does not need; remove that line")

    def start(self, tag: str, given: dict[str, str]) -> None:
        kind = tag.rpartition("}")[2]
        if not self._inside and kind != "graphml":
            raise ValueError(f"it is no GraphML: it starts with <{kind}>")
        self._inside.append(kind)
        self._words = []
        if kind == "key":
            self._key = _of(given, "id")
            self.keys[self._key] = (
                given.get("for", "all"),
                given.get("attr.name", self._key),
                given.get("attr.type", ""),
            )
        elif kind == "graph":
            if self.seen:
                raise ValueError("it holds more than one graph; give one road network")
            self.seen, self.directed = True, given.get("edgedefault", "directed") != "undirected"
        elif kind == "node":
            self.nodes.append((_of(given, "id"), {}))
        elif kind == "edge":
            directed = FLAGS.get(given.get("directed", "").lower(), self.directed)
            self.edges.append(_Edge(_of(given, "source"), _of(given, "target"), directed, {}))
        elif kind == "hyperedge":
            raise ValueError("it holds hyperedges; a road links two nodes")
        elif kind == "data":
            self._key = _of(given, "key")
            if self._key not in self.keys:
                raise ValueError(f"data refers to key {self._key!r}, which is not declared")

    def data(self, text: str) -> None:
        self._words.append(text)

    def end(self, tag: str) -> None:
        kind, text = self._inside.pop(), "".join(self._words)
        self._words = []
        if kind == "default":
            self.defaults[self._key] = text
        if kind != "data" or not self._inside:
            return
        name, above = self.keys[self._key][1], self._inside[-1]
        if above == "node":
            self.nodes[-1][1][name] = text
        elif above == "edge":
            self.edges[-1].values[name] = text
        elif above == "graph":
            self.about[name] = text

    def close(self) -> None:
        """The end of the file; nothing is left to do."""

    def types(self, kind: str) -> dict[str, tuple[str, str]]:
        """Type and default of every attribute of nodes or edges, in the order of the file."""
        return {
            name: (what, self.defaults.get(key, ""))
            for key, (whose, name, what) in self.keys.items()
            if whose in (kind, "all")
        }


def _of(given: dict[str, str], name: str) -> str:
    if name not in given:
        raise ValueError(f"an element has no {name}; the file is damaged")
    return given[name]


def _columns(rows: list[dict[str, str]], types: dict[str, tuple[str, str]]) -> dict[str, NDArray[Any]]:
    """Attributes by name; one that no row has is left away."""
    columns = {}
    for name, (kind, default) in types.items():
        texts = [row.get(name, default) for row in rows]
        if any(texts):
            values = np.empty(len(texts), dtype=object)
            values[:] = [_value(t, kind, name) for t in texts]
            columns[name] = values
    return columns


def _value(text: str, kind: str, name: str) -> Any:
    bare = text.strip()
    if not bare:
        return None
    try:
        if kind in ("int", "long"):
            return int(bare)
        if kind in ("float", "double"):
            return float(bare)
    except ValueError:
        raise ValueError(f"attribute {name} is declared {kind}, but holds {bare[:40]!r}") from None
    return FLAGS.get(bare.lower(), text) if kind == "boolean" else text


def _texts(items: list[str]) -> NDArray[Any]:
    return np.array(items, dtype=object)


def _places(columns: dict[str, NDArray[Any]], named: str | None) -> tuple[NDArray[np.float64], str | None]:
    """Coordinates of the nodes, shape (nodes, 2), and their system."""
    pair = next((p for p in PAIRS if set(p) <= columns.keys()), None)
    if pair is None:
        raise ValueError(f"its nodes have neither x and y nor lon and lat; they have {', '.join(columns) or 'nothing'}")
    if pair == PAIRS[0] and named is not None and set(PAIRS[1]) <= columns.keys():
        pair = PAIRS[1]  # a projected OSMnx graph keeps the degrees beside x and y; its lines are in the named system
    try:
        xy = np.column_stack([[np.nan if v is None else float(v) for v in columns[name]] for name in pair])
    except ValueError as error:
        raise ValueError(f"coordinates of nodes are no numbers ({error})") from None
    bad = ~np.isfinite(xy).all(axis=1)
    if bad.any():
        raise ValueError(f"{bad.sum()} of {len(bad)} nodes have no place ({' and '.join(pair)})")
    return xy, "EPSG:4326" if pair == PAIRS[0] else named


def _points(xy: NDArray[np.float64]) -> NDArray[np.object_]:
    import shapely

    return np.asarray(shapely.points(xy), dtype=object)


def _links(graph: _Graph, at: dict[str, int], xy: NDArray[np.float64], crs: str | None) -> Content:
    import shapely

    edges = graph.edges
    if not edges:
        raise ValueError("its graph has no edges")
    columns = _columns([e.values for e in edges], graph.types("edge"))
    own = columns.pop("geometry", np.full(len(edges), None, dtype=object))
    u, v = ([at[getattr(e, side)] for e in edges] for side in ("start", "end"))
    straight = shapely.linestrings(np.stack([xy[u], xy[v]], axis=1))
    given = np.array([t is not None for t in own], bool)
    shape = nowhere(len(edges))
    shape[~given] = straight[~given]
    shape[given] = shapely.force_2d(shapely.from_wkt(own[given], on_invalid="ignore"))
    ends = {"u": _texts([e.start for e in edges]), "v": _texts([e.end for e in edges])}
    directed = np.array([e.directed for e in edges], bool)
    return _content({**ends, **columns, "directed": directed}, shape, crs)


def _content(raw: dict[str, NDArray[Any]], shape: NDArray[np.object_], crs: str | None) -> Content:
    columns, notes = columns_of(raw)
    return Content(columns, shape, crs, np.arange(1, len(shape) + 1), len(shape), True, tuple(notes))
