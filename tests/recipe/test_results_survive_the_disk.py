import io
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from instances.accounts import Ledger
from instances.index import Index, Map
from instances.layers.rule import LayerRule
from instances.people.residents import Dwellers
from instances.places import Zones
from instances.recipe.codec import MAGIC, DamagedError, Registry, encoded, read
from instances.recipe.signature import Digests
from instances.streets.graph import RoadClass, Streets, build_network

TEXT = st.text(st.characters(exclude_characters="\0"), max_size=6)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
DTYPES = st.sampled_from(["<f8", "<f4", "<i8", "<i4", "<u8", "|b1", "<u1"])
ARRAYS = DTYPES.flatmap(lambda d: hnp.arrays(d, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)))
TEXTS = st.lists(TEXT, max_size=4).map(lambda v: np.array(v, np.str_))
NUMBERS = st.floats(-1e6, 1e6)
SHAPES = st.lists(st.none() | st.builds(shapely.Point, NUMBERS, NUMBERS), max_size=3).map(
    lambda v: np.array([*v, None], object)[:-1]
)
VALUES = st.recursive(
    PLAIN | ARRAYS | TEXTS | SHAPES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(TEXT | st.integers(), inner, max_size=3)
        | st.sets(st.integers(), max_size=3)
    ),
    max_leaves=8,
)


def same(a, b):
    if isinstance(a, np.ndarray):
        if a.dtype.kind == "O":
            return a.shape == b.shape and all(p == q for p, q in zip(a.flat, b.flat, strict=True))
        text = a.dtype.kind == "U" and b.dtype.kind == "U"
        return (
            a.shape == b.shape and (text or a.dtype == b.dtype) and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
        )
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and (a == b or a != a)


@settings(max_examples=300)
@given(VALUES)
def test_what_was_written_is_read(value):
    again = read(encoded(value), Registry())
    assert same(value, again)
    assert Digests().of(again) == Digests().of(value)


def test_a_road_graph_comes_back_with_its_tree_and_one_index_of_links():
    points = [np.array([[0.0, 0.0], [100.0, 0.0]]), np.array([[100.0, 0.0], [100.0, 50.0], [0.0, 0.0]])]
    nothing = np.zeros(2, bool)
    streets = Streets(points, np.array(["path", "path"]), np.array(["", "Weg"]), nothing, nothing)
    network = build_network(streets, {"path": RoadClass(4, 0, 1)}, joined=False)
    again = read(encoded(network), Registry())
    assert again.roads.tail.source is again.roads.link is again.roads.head.source
    assert np.array_equal(again.middle(), network.middle())
    near = shapely.Point(50, 0).buffer(1)
    assert again.tree.query(near).tolist() == network.tree.query(near).tolist() != []
    assert Digests().of(again) == Digests().of(network)


def test_two_results_that_shared_an_index_share_it_again():
    people, site = Index.named("demand", "abc"), Index.named("site", "xy")
    pair = Index.tuples("pair", demand=(people, [0, 1, 2]), site=(site, [0, 0, 1]))
    pair.views["home"] = Map(pair, site, [1, 1, 0])
    digests = Digests()
    first, second = encoded({"people": people}, digests), encoded((pair, pair["site"], np.arange(3)), digests)
    registry = Registry()
    one = read(first, registry)["people"]
    index, to_site, _ = read(second, registry)
    assert index["demand"].target is one
    assert index["site"] is to_site
    assert index["home"].position.tolist() == [1, 1, 0]
    assert read(second, registry)[0] is index
    assert index.labels() == ["a|x", "b|x", "c|y"]


def test_parts_books_rules_and_paths_come_back():
    zones = Zones(Index.named("zone", ["n", "s"]), np.array(["North", "Süd"]))
    rule = LayerRule(path="a.gpkg", columns={"people": "POP"}, where={"use": ["home", 3]})
    ledger = Ledger("step")
    ledger.read("layer", 3, 4.5, "people")
    zones, again, books, path = read(encoded((zones, rule, ledger, Path("a/b"))), Registry())
    assert zones.zone.labels() == ["n", "s"]
    assert path == Path("a/b")
    assert again == rule
    assert books == ledger


def test_one_array_held_twice_is_written_once():
    array = np.arange(10_000.0)
    once, twice = len(encoded([array])), len(encoded([array, array]))
    assert twice < once + 200
    a, b = read(encoded([array, array]), Registry())
    assert a is b


def test_a_file_cut_off_or_changed_anywhere_is_damaged():
    content = encoded(Dwellers(np.arange(3.0), np.arange(3.0), np.ones(3)))
    for size in range(0, len(content), 37):
        with pytest.raises(DamagedError):
            read(content[:size], Registry())
    for at in range(0, len(content), 11):
        changed = bytearray(content)
        changed[at] ^= 1
        with pytest.raises(DamagedError):
            read(bytes(changed), Registry())


@pytest.mark.parametrize(
    "name", ["os:system", "subprocess:Popen", "instances.recipe.codec:io.BytesIO", "instances:nothing"]
)
def test_a_file_that_names_other_classes_is_refused_though_its_checksum_is_right(name):
    import hashlib

    head = json.dumps({"blobs": [], "indexes": [], "tree": {"class": [name, []]}}).encode()
    body = MAGIC + head + len(head).to_bytes(8, "little")
    with pytest.raises(DamagedError):
        read(body + hashlib.sha256(body).digest(), Registry())


def test_a_pickle_is_not_opened():
    file = io.BytesIO()
    pickle.dump({"a": 1}, file)
    with pytest.raises(DamagedError):
        read(file.getvalue(), Registry())


def test_what_cannot_be_kept_is_refused_when_it_is_written():
    for value in (object(), np.array([object()], object), lambda: None, np.array(["2020-01-01"], "M8[D]")):
        with pytest.raises(TypeError):
            encoded(value)
