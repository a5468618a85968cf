"""Small layers of streets, and the step that lays them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely

from instances.accounts import Ledger, accounts
from instances.layers.layer import Frame, Layer
from instances.streets.laying import lay_streets
from instances.streets.rule import RoadsRule

CRS = "EPSG:32631"
FRAME = Frame(CRS, Path("."))


def table(rows, places=None, **columns):
    """Layers ``n`` and ``e`` from rows of (from, to, metres)."""
    names = sorted({str(end) for row in rows for end in row[:2]})
    places = places or {name: (100.0 * k, 37.0 * k * k) for k, name in enumerate(names)}
    nodes = Layer("n", np.array(list(places), str), shapely.points(list(places.values())), {}, CRS)
    content = {
        "from": np.array([str(row[0]) for row in rows]),
        "to": np.array([str(row[1]) for row in rows]),
        "m": np.array([float(row[2]) for row in rows]),
        "kind": np.array(columns.pop("kind", ["residential"] * len(rows))),
        **{name: np.array(values) for name, values in columns.items()},
    }
    ids = np.array([f"e{k}" for k in range(len(rows))])
    return {"n": nodes, "e": Layer("e", ids, np.full(len(rows), None, object), content, CRS)}


TABLE = {"nodes": "n", "edges": "e", "length": "m", "class": "kind"}


def laid(layers, source=TABLE, frame=FRAME, **rule):
    """The network, its ledger, and its books, which must balance."""
    ledger = Ledger("roads")
    network = lay_streets(RoadsRule.model_validate({"source": source, **rule}), layers, frame, ledger)
    books = accounts([ledger])
    assert not books.faults and not network.roads.faults
    return network, ledger, books


def booked(books, layer, outcome):
    """Features and amounts booked, by reason."""
    mine = np.flatnonzero((books.layer == layer) & (books.outcome == outcome))
    return {str(books.reason[k]): (int(books.features[k]), round(float(books.amount[k]), 6)) for k in mine}


def distances(roads):
    """Driving metres between all junctions by Floyd and Warshall, as plain loops over the definition."""
    count = len(roads.node)
    far = np.full((count, count), np.inf)
    np.fill_diagonal(far, 0.0)
    for k, (a, b) in enumerate(zip(roads.tail.position, roads.head.position, strict=True)):
        if not roads.drivable[k]:
            continue
        far[a, b] = min(far[a, b], roads.length[k])
        if roads.oneway is None or not roads.oneway[k]:
            far[b, a] = min(far[b, a], roads.length[k])
    for k in range(count):
        far = np.minimum(far, far[:, k : k + 1] + far[k : k + 1, :])
    return far
