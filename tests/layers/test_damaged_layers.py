"""Damaged files of every format: a layer or an InstanceError, never a crash, another exception or a stray warning."""

from __future__ import annotations

import gzip
import warnings

import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from instances.accounts import Ledger, accounts
from instances.layers.layer import Layer
from instances.layers.osm import Extract
from instances.layers.read import read_layers
from instances.layers.rule import LayerRule
from instances.schema import InstanceError
from tests.layers.made import CRS, X, Y, frame, table

FILES = {
    "gpkg": "land.gpkg",
    "geojson": "land.geojson",
    "shp": "land.shp",
    "shx": "land.shp",
    "dbf": "land.shp",
    "prj": "land.shp",
    "fgb": "land.fgb",
    "parquet": "land.parquet",
    "csv": "land.csv",
    "gz": "packed.csv.gz",
    "graphml": "roads.graphml",
    "osm": "town.osm",
    "pbf": "town.osm.pbf",
}
GRAPH = """<?xml version="1.0" encoding="utf-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="d0" for="node" attr.name="x" attr.type="double"/><key id="d1" for="node" attr.name="y" attr.type="double"/>
<key id="d2" for="edge" attr.name="highway" attr.type="string"/>
<key id="d3" for="edge" attr.name="length" attr.type="double"/>
<graph edgedefault="directed">
<node id="1"><data key="d0">24.93</data><data key="d1">60.16</data></node>
<node id="2"><data key="d0">24.94</data><data key="d1">60.17</data></node>
<edge source="1" target="2"><data key="d2">primary</data><data key="d3">1245.5</data></edge>
</graph></graphml>
"""
TOWN = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
<node id="1" lat="60.16" lon="24.93" version="1"/><node id="2" lat="60.17" lon="24.94" version="1"/>
<node id="3" lat="60.161" lon="24.931" version="1"><tag k="amenity" v="school"/></node>
<way id="1" version="1"><nd ref="1"/><nd ref="2"/>
<tag k="highway" v="primary"/><tag k="name" v="Mannerheimintie"/></way>
<way id="2" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/><tag k="building" v="yes"/></way>
</osm>
"""


def varint(value):
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def part(number, content):
    """A field of a protocol buffer: bytes, or a whole number."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def zigzag(value):
    return value << 1 if value >= 0 else (-value << 1) - 1


def block(kind, content):
    blob = part(1, content)
    head = part(1, kind) + part(3, len(blob))
    return len(head).to_bytes(4, "big") + head + blob


def town_pbf():
    """Two nodes and a street in OpenStreetMap PBF, without compression, so that every byte counts."""
    words = b"".join(part(1, w) for w in (b"", b"highway", b"primary"))
    nodes = [(1, 601600000, 249300000), (2, 601700000, 249400000)]
    group = b"".join(part(1, part(1, zigzag(i)) + part(8, zigzag(lat)) + part(9, zigzag(lon))) for i, lat, lon in nodes)
    way = part(1, 1) + part(2, varint(1)) + part(3, varint(2)) + part(8, varint(zigzag(1)) + varint(zigzag(1)))
    data = part(1, words) + part(2, group) + part(2, part(3, way))
    head = part(4, b"OsmSchema-V0.6") + part(16, b"test")
    return block(b"OSMHeader", head) + block(b"OSMData", data)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """One whole file of every format."""
    folder = tmp_path_factory.mktemp("whole")
    features = table()
    for suffix in ("gpkg", "geojson", "shp", "fgb"):
        features.to_file(folder / f"land.{suffix}")
    features.to_parquet(folder / "land.parquet", write_covering_bbox=True)
    text = (
        features.assign(wkt=shapely.to_wkt(features.geometry.to_numpy())).drop(columns="geometry").to_csv(index=False)
    )
    (folder / "land.csv").write_text(text)
    (folder / "packed.csv.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    (folder / "roads.graphml").write_text(GRAPH)
    (folder / "town.osm").write_text(TOWN)
    (folder / "town.osm.pbf").write_bytes(town_pbf())
    return folder


def rule(name):
    return LayerRule(path=name, crs=CRS if name.endswith((".csv", ".gz")) else "EPSG:4326" if "roads" in name else None)


def outcome(folder, name):
    """What became of a file: the layers, or None for an InstanceError; anything else gets through."""
    ledger = Ledger("read")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = read_layers({"land": rule(name)}, frame(folder), ledger)
        except InstanceError as error:
            assert error.faults and all(fault.startswith("layer land") for fault in error.faults)
            return None
    assert accounts([ledger]).faults == ()
    for layer in found.values():
        assert isinstance(layer, Layer | Extract)
        if isinstance(layer, Layer):
            assert len(set(layer.id.tolist())) == len(layer) == len(layer.shape)
            assert all(len(values) == len(layer) for values in layer.columns.values())
            assert shapely.is_valid(layer.shape[shapely.is_geometry(layer.shape)]).all()
    return found


def damaged(whole, tmp_path_factory, suffix, change):
    """The outcome for a copy of a file of which one part was changed."""
    folder = tmp_path_factory.mktemp("damaged")
    name = FILES[suffix]
    for part_ in sorted(whole.glob(name.split(".")[0] + ".*")):
        if name.endswith(".shp") == (part_.suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg")):
            content = part_.read_bytes()
            (folder / part_.name).write_bytes(change(content) if part_.suffix == f".{suffix}" else content)
    return outcome(folder, name)


@pytest.mark.parametrize("name", sorted(set(FILES.values())))
def test_the_whole_files_are_read(whole, name):
    found = outcome(whole, name)
    assert found is not None
    if name.startswith("land"):
        assert len(found["land"]) == 5


quiet = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.mark.parametrize("suffix", sorted(FILES))
@quiet
@given(data=st.data())
def test_changed_bytes_end_in_a_layer_or_in_faults(whole, tmp_path_factory, suffix, capfd, data):
    size = len(next(whole.glob(f"*.{suffix}")).read_bytes())
    # In texts, signs that mean something get further than bytes that are no UTF-8.
    signs = st.sampled_from(b'0123456789-.,eE"<>{}[]() xab/')
    byte = signs if suffix in ("csv", "geojson", "graphml", "osm", "prj") else st.integers(0, 255)
    changes = data.draw(st.lists(st.tuples(st.integers(0, size - 1), byte), min_size=1, max_size=12))

    def change(content):
        flipped = bytearray(content)
        for at, value in changes:
            flipped[at] = value
        return bytes(flipped)

    damaged(whole, tmp_path_factory, suffix, change)
    out, err = capfd.readouterr()
    assert out == "" and err == "", "what a library says must not reach the terminal"


@pytest.mark.parametrize("suffix", sorted(set(FILES) - {"csv", "prj"}))
@quiet
@given(share=st.floats(0, 1, exclude_max=True))
def test_files_that_were_cut_off_are_refused(whole, tmp_path_factory, suffix, capfd, share):
    def cut(content):
        # White space and zeros at the end may be missing without harm.
        return content.rstrip(b" \r\n\t\x00\x1a")[: int(share * len(content.rstrip(b" \r\n\t\x00\x1a")))]

    assert damaged(whole, tmp_path_factory, suffix, cut) is None
    out, err = capfd.readouterr()
    assert out == "" and err == ""


@quiet
@given(content=st.binary(max_size=400), suffix=st.sampled_from(sorted(set(FILES) - {"shx", "dbf", "prj"})))
def test_anything_under_a_known_name_ends_in_a_layer_or_in_faults(whole, tmp_path_factory, content, suffix):
    damaged(whole, tmp_path_factory, suffix, lambda _: content)


@pytest.mark.parametrize("change", [("primary", "prizary"), ('v="primary"', 'v=""'), ('k="highway"', 'k="railway"')])
def test_a_town_without_a_street_that_is_known_is_refused(tmp_path, change):
    (tmp_path / "town.osm").write_text(TOWN.replace(*change))
    assert outcome(tmp_path, "town.osm") is None


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_table_that_was_cut_off_within_a_row_is_refused(whole, tmp_path, share):
    rows = [f"{k},{X + k},{Y}" for k in range(1000)]
    text = "\n".join(["id,x,y", *rows])
    cut = text[: int(share * len(text))].rpartition("\n")[0] + "\n5"
    (tmp_path / "land.csv").write_text(cut)
    assert outcome(tmp_path, "land.csv") is None


def test_a_shapefile_needs_all_of_its_files(whole, tmp_path):
    for suffix in (".shp", ".shx", ".dbf", ".prj"):
        (tmp_path / f"land{suffix}").write_bytes((whole / f"land{suffix}").read_bytes())
    assert outcome(tmp_path, "land.shp") is not None
    for suffix in (".shx", ".dbf", ".prj"):
        content = (tmp_path / f"land{suffix}").read_bytes()
        (tmp_path / f"land{suffix}").unlink()
        assert outcome(tmp_path, "land.shp") is None, suffix
        (tmp_path / f"land{suffix}").write_bytes(content)
    assert pyogrio.read_info(tmp_path / "land.shp")["features"] == 5
