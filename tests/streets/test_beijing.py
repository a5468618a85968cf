"""The drivable network of central Beijing, against the table it comes from and the part marked there as connected."""

from __future__ import annotations

import csv
import gzip

import numpy as np
import pytest
import shapely

from instances.layers.layer import Layer
from instances.streets.components import round_trips
from tests.streets.town import booked, laid

CRS = "EPSG:32650"
SOURCE = {"nodes": "n", "edges": "e", "from": "u", "to": "v", "length": "length_m", "class": "highway", "name": "name"}
# Of footways and steps the table says nothing about vehicles: here every class is open to them, as in its in_scc.
OPEN = {
    name: {"drive": 30, "harden": 0, "assumption": "every street of the table is open"}
    for name in ("footway", "path", "trail", "cycleway", "steps")
}


@pytest.fixture(scope="module")
def layers(benchmark_data):
    import pyproj

    content = {}
    for name in ("nodes", "edges"):
        with gzip.open(benchmark_data / "beijing_roads" / f"{name}.csv.gz", "rt", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        content[name] = {column: np.array([row[column] for row in rows]) for column in rows[0]}
    nodes, edges = content["nodes"], content["edges"]
    place = pyproj.Transformer.from_crs(4326, CRS, always_xy=True).transform
    x, y = place(nodes["lon"].astype(float), nodes["lat"].astype(float))
    count = len(edges["u"])
    ids = np.arange(count).astype(str)
    return {
        "n": Layer("n", nodes["id"], shapely.points(x, y), nodes, CRS),
        "e": Layer("e", ids, np.full(count, None, object), edges, CRS),
    }


def test_every_junction_every_direction_and_every_metre_of_the_table_is_there(layers):
    network, _, books = laid(
        layers, SOURCE, oneway="binds", merge=False, keep="all", otherwise="residential", classes=OPEN
    )
    roads = network.roads
    rows = layers["e"].columns
    used = set(rows["u"].tolist()) | set(rows["v"].tolist())
    assert (len(layers["n"]), len(roads.node)) == (32_552, len(used))
    assert booked(books, "n", "dropped") == {"no link ends here": (32_552 - len(used), 0.0)}
    assert len(roads.link) + (~roads.oneway).sum() == 67_710, "a two-way link stands for two rows"
    metres = layers["e"].columns["length_m"].astype(float)
    twice = np.where(roads.oneway, 1.0, 2.0) @ roads.length
    assert twice == pytest.approx(metres.sum(), rel=1e-3), "the two directions of a street differ by 1 % at most"
    kept, given = booked(books, "e", "kept")[""][1], booked(books, "e", "read")[""][1]
    merged = sum(amount for _, amount in booked(books, "e", "merged").values())
    assert given == pytest.approx(metres.sum()) and kept + merged == pytest.approx(given)
    assert roads.length.sum() == pytest.approx(kept)


def test_where_vehicles_get_everywhere_and_back_is_where_the_table_says(layers):
    """Against SciPy on the rows as they are, and against the table's own mark.

    The mark includes 30 junctions more, which the rows of the table do not let anybody reach and leave again.
    """
    from scipy import sparse
    from scipy.sparse import csgraph

    rule = {"oneway": "binds", "otherwise": "residential", "classes": OPEN}
    roads = laid(layers, SOURCE, merge=False, keep="all", **rule)[0].roads
    nodes, rows = layers["n"], layers["e"].columns
    tail, head = rows["u"].astype(int), rows["v"].astype(int)
    graph = sparse.coo_array((np.ones(len(tail)), (tail, head)), shape=(len(nodes),) * 2)
    part = csgraph.connected_components(graph, directed=True, connection="strong")[1]
    core = part == np.bincount(part).argmax()
    marked = nodes.columns["in_scc"] == "1"
    assert (core & ~marked).sum() == 0 and (marked & ~core).sum() == 30
    ended = np.isin(np.arange(len(nodes)), np.concatenate([tail, head]))
    xy = shapely.get_coordinates(nodes.shape)[ended]
    ours = sorted(zip(roads.x.tolist(), roads.y.tolist(), (round_trips(roads) == 0).tolist(), strict=True))
    assert ours == sorted(zip(*xy.T.tolist(), core[ended].tolist(), strict=True))


def test_joining_links_keeps_the_metres_of_the_largest_part(layers):
    rule = {"oneway": "binds", "otherwise": "residential", "classes": OPEN}
    plain, _, _ = laid(layers, SOURCE, merge=False, **rule)
    joined, _, _ = laid(layers, SOURCE, merge=True, **rule)
    assert joined.roads.length.sum() == pytest.approx(plain.roads.length.sum())
    assert len(joined.roads.link) < len(plain.roads.link)
