"""Road graphs in GraphML, against NetworkX where it is installed, and against files written here."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from instances.schema import InstanceError
from tests.layers.made import CRS, X, Y, frame, read

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
KEYS = """<key id="a" for="node" attr.name="x" attr.type="double"/>
<key id="b" for="node" attr.name="y" attr.type="double"/>
<key id="c" for="graph" attr.name="crs" attr.type="string"/>
<key id="d" for="edge" attr.name="length" attr.type="double"/>
<key id="e" for="edge" attr.name="highway" attr.type="string"><default>service</default></key>
<key id="f" for="edge" attr.name="oneway" attr.type="boolean"/>
<key id="g" for="edge" attr.name="geometry" attr.type="string"/>
<key id="h" for="node" attr.name="lon" attr.type="double"/>
<key id="i" for="node" attr.name="lat" attr.type="double"/>"""


def node(name, x, y, keys="ab"):
    return f'<node id="{name}"><data key="{keys[0]}">{x}</data><data key="{keys[1]}">{y}</data></node>'


def edge(u, v, more="", **given):
    data = "".join(f'<data key="{key}">{value}</data>' for key, value in given.items())
    return f'<edge source="{u}" target="{v}"{more}>{data}</edge>'


def graph(folder, *parts, crs=CRS, default="directed", head=HEAD):
    named = f'<data key="c">{crs}</data>' if crs else ""
    text = f'{head}{KEYS}<graph edgedefault="{default}">{named}{"".join(parts)}</graph></graphml>'
    (folder / "roads.graphml").write_text(text)
    return text


def roads(folder, **rule):
    found, _ = read({"roads": {"path": "roads.graphml", **rule}}, frame(folder))
    assert list(found) == ["roads.nodes", "roads.edges"]
    return found["roads.nodes"], found["roads.edges"]


def faults_of(folder, **rule):
    with pytest.raises(InstanceError) as caught:
        roads(folder, **rule)
    return "\n".join(caught.value.faults)


def test_junctions_and_links_become_two_layers(tmp_path):
    graph(
        tmp_path,
        node("n1", X, Y),
        node("n2", X + 30, Y + 40),
        edge("n1", "n2", d="50.0", e="primary", f="True"),
        edge("n2", "n1", d="61.5", f="False", g=f"LINESTRING ({X + 30} {Y + 40}, {X} {Y + 40}, {X} {Y})"),
    )
    nodes, edges = roads(tmp_path)
    assert nodes.id.tolist() == ["n1", "n2"]
    assert shapely.get_coordinates(nodes.shape).tolist() == [[X, Y], [X + 30, Y + 40]]
    assert edges.columns["u"].tolist() == ["n1", "n2"] and edges.columns["v"].tolist() == ["n2", "n1"]
    assert edges.columns["highway"].tolist() == ["primary", "service"], "the default of the key"
    assert edges.columns["oneway"].tolist() == [True, False] and edges.columns["directed"].tolist() == [True, True]
    assert shapely.length(edges.shape).tolist() == [50.0, 70.0]


def test_renaming_and_choosing_hold_for_the_links(tmp_path):
    ends = node("1", X, Y), node("2", X + 1, Y)
    graph(tmp_path, *ends, edge("1", "2", e="primary"), edge("2", "1", e="footway"))
    nodes, edges = roads(tmp_path, columns={"class": "highway"}, where={"class": ["primary"]})
    assert len(nodes) == 2 and edges.columns["class"].tolist() == ["primary"]


def test_edges_may_go_both_ways(tmp_path):
    graph(tmp_path, node("1", X, Y), node("2", X + 1, Y), edge("1", "2"), edge("2", "1", ' directed="true"'),
          default="undirected")  # fmt: skip
    assert roads(tmp_path)[1].columns["directed"].tolist() == [False, True]


def test_longitude_and_latitude_need_no_system(tmp_path):
    graph(tmp_path, node("1", 24.93, 60.16, "hi"), node("2", 24.94, 60.16, "hi"), edge("1", "2"), crs=None)
    _, edges = roads(tmp_path)
    radius = 6378137.0 / np.sqrt(1 - 0.00669437999014 * np.sin(np.radians(60.16)) ** 2) * np.cos(np.radians(60.16))
    assert shapely.length(edges.shape[0]) == pytest.approx(np.radians(0.01) * radius, rel=1e-3)


def test_without_a_system_x_and_y_need_one(tmp_path):
    graph(tmp_path, node("1", X, Y), node("2", X + 1, Y), edge("1", "2"), crs=None)
    assert "no reference system" in faults_of(tmp_path)
    assert len(roads(tmp_path, crs=CRS)[0]) == 2


def test_what_other_software_writes_is_read(tmp_path):
    networkx = pytest.importorskip("networkx")
    made = networkx.MultiDiGraph(crs="epsg:4326")
    rng = np.random.default_rng(3)
    for k in range(30):
        made.add_node(1000 + k, x=24.9 + rng.random() / 100, y=60.16 + rng.random() / 100, street_count=k % 4)
    for _ in range(60):
        u, v = rng.choice(30, 2, replace=False) + 1000
        made.add_edge(
            int(u), int(v), highway="residential", length=float(rng.random()), oneway=bool(rng.random() < 0.5)
        )
    networkx.write_graphml(made, tmp_path / "roads.graphml")
    nodes, edges = roads(tmp_path)
    assert nodes.id.tolist() == [str(n) for n in made.nodes]
    assert nodes.columns["street_count"].tolist() == [d["street_count"] for _, d in made.nodes(data=True)]
    theirs = list(made.edges(data=True))
    assert list(zip(edges.columns["u"], edges.columns["v"], strict=True)) == [(str(u), str(v)) for u, v, _ in theirs]
    assert edges.columns["length"].tolist() == [d["length"] for *_, d in theirs]
    assert edges.columns["oneway"].tolist() == [d["oneway"] for *_, d in theirs]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ((), "no nodes"),
        ((node("1", X, Y),), "no edges"),
        ((node("1", X, Y), node("1", X, Y), edge("1", "1")), "share an id"),
        ((node("1", X, Y), edge("1", "2")), "lead to nodes that are not there"),
        ((node("1", X, Y), node("2", X, "north"), edge("1", "2")), "declared double"),
        (('<node id="1"/>', node("2", X, Y), edge("1", "2")), "1 of 2 nodes have no place"),
        (('<node id="1"/>', edge("1", "1")), "neither x and y nor lon and lat"),
        ((node("1", X, Y), '<hyperedge><endpoint node="1"/></hyperedge>'), "hyperedges"),
        ((node("1", X, Y), edge("1", "1", z="1")), "key 'z', which is not declared"),
        ((node("1", X, Y), node("2", X, Y), edge("1", "2", g="LINESTRING (1")), "have no place"),
    ],
)
def test_graphs_that_are_not_whole_are_refused(tmp_path, parts, said):
    graph(tmp_path, *parts)
    assert said in faults_of(tmp_path)


def test_a_document_type_is_refused_before_its_entities_can_do_harm(tmp_path):
    (tmp_path / "secret").write_text("the secret")
    outside = f'<?xml version="1.0"?><!DOCTYPE g [<!ENTITY s SYSTEM "{tmp_path / "secret"}">]>'
    bomb = '<?xml version="1.0"?><!DOCTYPE g [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    for start, entity in ((outside, "s"), (bomb, "b")):
        text = graph(tmp_path, node("1", X, Y), node("2", X, Y + 1), edge("1", "2", e=f"&{entity};"))
        (tmp_path / "roads.graphml").write_text(text.replace(HEAD.splitlines()[0], start))
        assert "DOCTYPE" in faults_of(tmp_path)


def test_other_xml_is_refused(tmp_path):
    (tmp_path / "roads.graphml").write_text("<gpx></gpx>")
    assert "no GraphML: it starts with <gpx>" in faults_of(tmp_path)
