"""Road graphs from tables of junctions and links, against the tables themselves."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from instances.layers.layer import Layer
from instances.schema import InstanceError
from tests.streets.town import CRS, TABLE, booked, distances, laid, table


def ends(roads):
    at = {(float(x), float(y)): k for k, (x, y) in enumerate(zip(roads.x, roads.y, strict=True))}
    return at, list(zip(roads.tail.position.tolist(), roads.head.position.tolist(), strict=True))


def test_two_directions_of_a_street_are_one_link_and_a_lone_direction_is_one_way():
    network, _, books = laid(table([("a", "b", 100), ("b", "a", 100), ("b", "c", 50)]), oneway="binds", merge=False)
    roads = network.roads
    assert roads.length.tolist() == [100, 50] or sorted(roads.length.tolist()) == [50, 100]
    lone = int(np.flatnonzero(roads.length == 50)[0])
    assert roads.oneway.tolist() == [k == lone for k in range(2)]
    start, stop = roads.tail.position[lone], roads.head.position[lone]
    assert (roads.x[start], roads.x[stop]) == (100.0, 200.0), "from b to c"
    assert booked(books, "e", "merged") == {"other direction of the same street": (1, 100.0)}


def test_one_way_is_not_kept_where_it_does_not_bind():
    network, ledger, _ = laid(table([("a", "b", 100), ("b", "c", 50)]))
    assert network.roads.oneway is None
    assert any("2 of 2 streets are one-way, emergency vehicles may go against them" in n for n in ledger.notes)
    assert any("do not bind" in a for a in ledger.assumptions)


def test_directions_of_different_length_or_name_stay_two_one_way_links():
    rows = [("a", "b", 100), ("b", "a", 130), ("b", "c", 50), ("c", "b", 50)]
    network, _, _ = laid(
        table(rows, name=["Quay", "Quay", "East", "West"]), {**TABLE, "name": "name"}, oneway="binds", merge=False
    )
    assert len(network.roads.link) == 4 and network.roads.oneway.all()


def test_rows_said_twice_and_rows_that_lead_nowhere_are_booked_with_their_metres():
    layers = table([("a", "b", 10), ("a", "b", 10), ("b", "a", 10), ("b", "b", 7), ("b", "c", 5)])
    layers["e"].columns["to"][4] = "z"
    network, _, books = laid(layers)
    assert network.roads.length.tolist() == [10]
    assert booked(books, "e", "dropped") == {
        "starts or ends at a junction that is not in the table": (1, 5.0),
        "ends where it starts, and has no shape": (1, 7.0),
    }
    assert booked(books, "e", "merged") == {
        "the same as another row": (1, 10.0),
        "other direction of the same street": (1, 10.0),
    }
    assert booked(books, "n", "dropped") == {"no link ends here": (1, 0.0)}


def test_unknown_classes_are_booked_by_name_or_take_the_class_the_rule_says():
    layers = table([("a", "b", 10), ("b", "c", 20), ("c", "d", 30)], kind=["primary_link", "other", "way"])
    network, _, books = laid(layers)
    assert network.roads.kind.tolist() == ["primary"]
    assert booked(books, "e", "dropped") == {
        "class 'other' is not known to the rule": (1, 20.0),
        "class 'way' is not known to the rule": (1, 30.0),
    }
    network, _, _ = laid(layers, otherwise="service", rename={"way": "track"}, merge=False)
    assert sorted(network.roads.kind.tolist()) == ["primary", "service", "track"]


def test_classes_of_the_rule_take_the_place_of_those_known_and_say_their_basis():
    lane = {"walk": 5, "drive": 12, "harden": 7, "assumption": "narrow lanes of an old town"}
    network, ledger, _ = laid(table([("a", "b", 600)], kind=["lane"]), classes={"lane": lane})
    assert network.roads.walk[0] == pytest.approx(600 / 5000 * 60)
    assert network.roads.drive[0] == pytest.approx(600 / 12000 * 60)
    assert network.roads.harden[0] == pytest.approx(4200)
    assert any("narrow lanes of an old town" in a for a in ledger.assumptions)


def test_given_speeds_replace_those_of_the_class():
    layers = table([("a", "b", 1000), ("b", "c", 1000)], speed=["60", "none"])
    network, _, _ = laid(layers, {**TABLE, "speed": "speed"}, merge=False)
    assert sorted(np.round(network.roads.drive, 9).tolist()) == [1.0, 2.0], "60 km/h, and 30 of a residential street"


def test_links_keep_their_own_shape_and_the_metres_of_the_table_when_they_are_joined():
    layers = table([("a", "b", 150), ("b", "c", 250)], {"a": (0, 0), "b": (100, 0), "c": (100, 100)})
    bent = shapely.LineString([(100, 0), (50, 40), (0, 0)])  # drawn from b to a
    layers["e"].shape[0] = bent
    roads = laid(layers)[0].roads
    assert roads.length.tolist() == [400]
    line = roads.line(0).tolist()
    assert line in ([[0, 0], [50, 40], [100, 0], [100, 100]], [[100, 100], [100, 0], [50, 40], [0, 0]])


def test_undirected_tables_have_a_column_for_one_way_streets():
    layers = table([("a", "b", 10), ("b", "c", 20), ("c", "a", 30)], way=["yes", "-1", "no"])
    roads = laid(layers, {**TABLE, "directed": False, "oneway": "way"}, oneway="binds", merge=False)[0].roads
    far, (at, _) = distances(roads), ends(roads)
    a, b, c = at[0.0, 0.0], at[100.0, 37.0], at[200.0, 148.0]
    assert far[a, b] == 10 and far[c, b] == 20 and far[a, c] == far[c, a] == 30
    assert far[b, a] == np.inf and far[b, c] == np.inf


def test_a_graph_in_graphml_says_which_links_are_directed():
    layers = table([("a", "b", 10), ("b", "c", 20)], directed=[True, False])
    nodes, edges = layers["n"], layers["e"]
    nodes.columns["node"] = nodes.id
    edges.columns.update(u=edges.columns["from"], v=edges.columns["to"])
    named = {"g.nodes": nodes, "g.edges": edges}
    roads = laid(named, {"graph": "g", "length": "m", "class": "kind"}, oneway="binds", merge=False)[0].roads
    assert dict(zip(roads.length.tolist(), roads.oneway.tolist(), strict=True)) == {10: True, 20: False}


def test_ids_read_as_decimal_numbers_match_ids_read_as_text():
    layers = table([(0, 1, 10), (1, 2, 20)])
    for column in ("from", "to"):
        layers["e"].columns[column] = layers["e"].columns[column].astype(float)
    assert laid(layers)[0].roads.length.sum() == 30


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda at: at.pop("e"), "no layer 'e'; there are n"),
        (lambda at: at["e"].columns.pop("m"), "no column 'm'"),
        (lambda at: at["e"].columns.pop("from"), "no column 'from'"),
        (lambda at: at["e"].columns["m"].__setitem__(0, np.nan), "are missing"),
        (lambda at: at["e"].columns["m"].__setitem__(0, -1.0), "are outside 0 to inf"),
        (lambda at: at["n"].id.__setitem__(0, "b"), "ids of junctions repeat, first b"),
        (lambda at: at["n"].shape.__setitem__(0, None), "1 junctions have no place"),
        (lambda at: at["e"].columns["kind"].__setitem__(slice(None), "x"), "no street is left: 2 class 'x'"),
    ],
)
def test_what_is_wrong_with_a_table_is_said(change, fault):
    layers = table([("a", "b", 10), ("b", "c", 20)])
    change(layers)
    with pytest.raises(InstanceError, match=fault):
        laid(layers)


@st.composite
def graphs(draw):
    node = st.integers(0, 7)
    rows = draw(st.lists(st.tuples(node, node, st.sampled_from([10, 10, 25, 40])), min_size=1, max_size=24))
    back = draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    return rows + [(b, a, m) for (a, b, m), both in zip(rows, back, strict=True) if both]


@given(graphs(), st.booleans())
def test_drives_are_as_long_as_in_the_directed_table_whether_links_are_joined_or_not(rows, merge):
    """Every pair of junctions that is left, with one-way streets binding, against the table itself."""
    rows = [row for row in rows if row[0] != row[1]]
    if not rows:
        return
    places = {str(k): (100.0 * k, 37.0 * k * k) for k in range(8)}
    raw = np.full((8, 8), np.inf)
    np.fill_diagonal(raw, 0)
    for a, b, m in rows:
        raw[a, b] = min(raw[a, b], m)
    for k in range(8):
        raw = np.minimum(raw, raw[:, k : k + 1] + raw[k : k + 1, :])
    roads = laid(table(rows, places), oneway="binds", keep="all", merge=merge)[0].roads
    which = {place: int(name) for name, place in places.items()}
    known = [which.get((float(x), float(y))) for x, y in zip(roads.x, roads.y, strict=True)]
    # The middle of a loop that was parted in two is no junction of the table, unless it falls on one.
    here = np.array([k for k, name in enumerate(known) if name is not None])
    there = np.array([name for name in known if name is not None])
    assert len(here) == len(known), "every junction is one of the table"
    np.testing.assert_allclose(distances(roads)[np.ix_(here, here)], raw[np.ix_(there, there)])


def test_parts_that_are_not_joined_are_dropped_with_their_metres_or_kept_and_reported():
    rows = [("a", "b", 100), ("b", "c", 100), ("x", "y", 30)]
    network, _, books = laid(table(rows))
    assert network.roads.length.sum() == 200
    assert booked(books, "links", "dropped") == {"in a part that is not joined to the largest": (1, 30.0)}
    network, ledger, books = laid(table(rows), keep="all")
    assert network.roads.length.sum() == 230 and not booked(books, "links", "dropped")
    assert any("2 parts that are not joined; the largest: 2 junctions with 0.2 km" in n for n in ledger.notes)


def test_the_metres_kept_in_the_books_are_the_metres_of_the_roads():
    rows = [("a", "b", 100), ("b", "a", 100), ("b", "c", 70), ("c", "d", 60), ("d", "b", 50), ("x", "y", 3)]
    network, _, books = laid(table(rows))
    assert booked(books, "links", "kept")[""] == (len(network.roads.link), network.roads.length.sum())
    assert booked(books, "e", "kept")[""] == (5, 283.0)


def test_streets_wholly_outside_the_extent_are_left_out():
    from pathlib import Path

    from instances.layers.layer import Frame

    layers = table([("a", "b", 10), ("b", "c", 20)], {"a": (0, 0), "b": (10, 0), "c": (30, 0)})
    network, _, books = laid(layers, frame=Frame(CRS, Path("."), (-5.0, -5.0, 5.0, 5.0)))
    assert network.roads.length.tolist() == [10]
    assert booked(books, "e", "dropped") == {"outside the extent": (1, 20.0)}


def test_a_layer_of_another_kind_is_refused():
    layers = table([("a", "b", 10)])
    with pytest.raises(InstanceError, match="layer e: must be an OpenStreetMap extract"):
        laid(layers, {"osm": "e"})
    with pytest.raises(InstanceError, match="no layer 'roads'; there are n, e"):
        laid(layers, {"lines": "roads"})


def test_lines_carry_class_direction_bridge_and_speed():
    shape = np.array(
        [
            shapely.LineString([(0, 0), (100, 0)]),
            shapely.MultiLineString([[(100, 0), (200, 0)], [(200, 0), (200, 60)]]),
            shapely.Point(1, 1),
        ],
        object,
    )
    columns = {
        "c": np.array(["primary", "residential", "residential"]),
        "one": np.array(["-1", "no", ""]),
        "b": np.array(["no", "yes", ""]),
        "v": np.array(["60 mph", "", ""]),
    }
    layers = {"s": Layer("s", np.array(["1", "2", "3"]), shape, columns, CRS)}
    source = {"lines": "s", "class": "c", "oneway": "one", "bridge": "b", "speed": "v"}
    network, _, books = laid(layers, source, oneway="binds")
    roads = network.roads
    main = int(np.flatnonzero(roads.kind == "primary")[0])
    assert roads.oneway.sum() == 1 and roads.oneway[main]
    assert (roads.x[roads.tail.position[main]], roads.x[roads.head.position[main]]) == (100, 0), "against the line"
    assert roads.drive[main] == pytest.approx(100 / (60 * 1609.344) * 60)
    assert network.bridge.tolist() == (roads.kind == "residential").tolist()
    assert booked(books, "s", "dropped") == {"not a line with a length": (1, 0.0)}
