"""The GeoPackage that the page makes by itself, read by SQLite, GDAL and Shapely."""

from __future__ import annotations

import base64
import shutil
import sqlite3
import subprocess
import warnings
import xml.etree.ElementTree as ElementTree
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from solver.explorer.content import Choices, Content, Kind, Layer, Shapes

WKT = 'LOCAL_CS["Bay grid",UNIT["metre",1]]'
NEWER = (
    'PROJCRS["Bay",BASEGEOGCRS["WGS 84",DATUM["World Geodetic System 1984",ELLIPSOID["WGS 84",6378137,298.257223563]]],'
    'CONVERSION["x",METHOD["Transverse Mercator",ID["EPSG",9807]],PARAMETER["Longitude of natural origin",117.5,'
    'ANGLEUNIT["degree",0.0174532925199433]],PARAMETER["False easting",500000,LENGTHUNIT["metre",1]]],CS[Cartesian,2],'
    'AXIS["(E)",east],AXIS["(N)",north],LENGTHUNIT["metre",1]]'
)
CHOSEN = (9, 2, 5)


def with_islands(content: Content) -> Content:
    """The same with real coordinates, and quarters that have holes, islands, or no shape at all."""
    far = np.array([400_000.0, 4_300_000.0])

    def moved(shapes: Shapes) -> Shapes:
        return replace(shapes, xy=shapes.xy + far)

    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
    rings = [square * 900, (square * 300 + 300)[::-1], square * 100 + 1500, square * 500 + 2000]
    shapes = Shapes("polygon", np.array([0, 0, 0, 2]), np.arange(5) * 4, np.concatenate(rings) + far)
    count = len(content.alternatives.ids)
    chosen = np.random.default_rng(1).random((count, 3)) > 0.5
    quarters = Layer(
        "quarters 街区",
        {"en": "Quarters & co", "zh": "街区"},
        ('q"1', "q2", "q3"),
        ("环 <1>", "none", "plain"),
        shapes,
        (Kind("park", {"en": "Park", "zh": "公园"}, "reserve", "#9fc95b", hatch="."),),
        Choices(np.arange(3), np.zeros(3, np.int64), chosen),
    )
    layers = (*(replace(layer, shapes=moved(layer.shapes)) for layer in content.layers), quarters)
    grounds = tuple(replace(ground, shapes=moved(ground.shapes)) for ground in content.backdrops)
    return replace(content, layers=layers, backdrops=grounds)


@pytest.fixture
def made(open_page, small, tmp_path):
    """Content, the page, and the file of three alternatives with A and B set."""
    content = with_islands(small)
    opened = open_page(content)
    opened.run(
        """chosen => { const s = window.refugia.state; s.shortlist.value = chosen;
        s.slots.value = [chosen[0], chosen[1], null]; s.notes.value = {"3": "noteworthy 值得"};
        s.limits.value = s.limits.value.map((l, k) => k === 0 ? [null, 300] : l); }""",
        list(CHOSEN),
    )
    opened.page.get_by_role("button", name="Save and share", exact=True).click()
    with opened.page.expect_download() as found:
        opened.page.get_by_role("button", name="GeoPackage", exact=True).click()
    path = tmp_path / "map.gpkg"
    found.value.save_as(path)
    return content, opened, path


def read(path, layer):
    pyogrio = pytest.importorskip("pyogrio")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # GDAL says what it does not like in a warning
        return pyogrio.read_dataframe(path, layer=layer)


def test_sqlite_finds_no_fault_and_the_file_can_be_written_to(made):
    _, _, path = made
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []
        assert file.execute("PRAGMA application_id").fetchone() == (int.from_bytes(b"GPKG", "big"),)
        assert file.execute("PRAGMA user_version").fetchone() == (10200,)
        with pytest.raises(sqlite3.IntegrityError):
            file.execute("INSERT INTO gpkg_contents SELECT * FROM gpkg_contents LIMIT 1")
        before = file.execute("SELECT max(fid) FROM sites").fetchone()[0]
        file.execute("INSERT INTO sites (id) VALUES ('new')")
        assert file.execute("SELECT max(fid) FROM sites").fetchone() == (before + 1,)
        file.commit()
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_geometries_are_those_of_the_content_to_a_step(made):
    import shapely

    content, opened, path = made
    step = opened.run("() => window.refugia.state.model.value.frame.step")
    for layer in content.layers:
        table = read(path, layer.name)
        assert len(table) == len(layer.ids)
        assert table.crs.to_epsg() == 32650
        shapes = layer.shapes
        if layer.name.startswith("quarters"):
            ring, none, plain = table.geometry
            assert none is None
            assert ring.geom_type == "MultiPolygon"
            assert [len(part.interiors) for part in ring.geoms] == [1, 0]
            assert ring.area == pytest.approx(900**2 - 300**2 + 100**2)
            assert plain.area == pytest.approx(500**2)
            assert ring.is_valid
            assert plain.is_valid
            assert ring.geoms[0].exterior.is_ccw
            assert not ring.geoms[0].interiors[0].is_ccw
            continue
        assert table.geometry.is_valid.all()
        for f, found in enumerate(table.geometry):
            xy = shapes.xy[shapes.start[f] : shapes.start[f + 1]]
            places = shapely.get_coordinates(found)
            if shapes.kind == "polygon":
                places = places[:-1]
            assert np.abs(places - xy).max() <= step / 2 + 1e-6


def test_decisions_facts_and_shares_are_those_of_the_content(made):
    content, _, path = made
    ids = content.alternatives.ids
    keeps = content.alternatives.values[:, 0] <= 300
    land, sites, *_ = content.layers
    table = read(path, "land")
    today = land.decisions.today
    assert table["today"].tolist() == [land.kinds[k].name for k in today]
    for a in CHOSEN:
        assert table[f"alternative_{ids[a]}"].tolist() == [land.kinds[k].name for k in land.decisions.chosen[a]]
    share = (land.decisions.chosen[keeps] != today).mean(axis=0)
    assert table["share_changed"].to_numpy() == pytest.approx(share, abs=1e-12)
    assert table["people"].to_numpy() == pytest.approx(land.facts["people"])
    table = read(path, "sites")
    made_of = sites.decisions
    assert table["title"].tolist() == list(sites.titles)
    assert table["district"].tolist() == list(sites.groups)
    for a in CHOSEN:
        for f, word in enumerate(table[f"alternative_{ids[a]}"]):
            options = np.flatnonzero((made_of.feature == f) & made_of.chosen[a])
            assert set(filter(None, word.split(", "))) == {sites.kinds[made_of.kind[o]].name for o in options}
    for k, kind in enumerate(sites.kinds):
        column = table[f"share_{kind.name}"].to_numpy()
        for o in np.flatnonzero(made_of.kind == k):
            assert column[made_of.feature[o]] == pytest.approx(made_of.chosen[keeps, o].mean(), abs=1e-12)


def test_differences_are_the_features_that_a_and_b_treat_differently(made):
    content, _, path = made
    land = content.layers[0]
    a, b = (land.decisions.chosen[k] for k in CHOSEN[:2])
    table = read(path, "land_A_B")
    assert table["id"].tolist() == [land.ids[f] for f in np.flatnonzero(a != b)]
    assert table["change"].tolist() == [f"+ {land.kinds[k].name}" for k in b[a != b]]


def test_the_table_of_alternatives_has_all_objectives_in_full_and_what_is_proven(made):
    content, _, path = made
    told = content.alternatives
    table = read(path, "alternatives")
    assert table["id"].tolist() == list(told.ids)
    for k, objective in enumerate(content.objectives):
        assert (table[objective.name].to_numpy(float) == told.values[:, k]).all()
    assert table["proof"].tolist() == [("proven", "within gap", "found")[k] for k in told.label]
    assert np.array_equal(table["verified"].to_numpy(float), told.verified, equal_nan=True)
    assert table["shortlisted"].sum() == 3
    assert table["selected"].sum() == (told.values[:, 0] <= 300).sum()
    assert table.loc[2, "note"] == "noteworthy 值得"


def test_every_layer_has_one_default_style_whose_categories_cover_its_values(made):
    _, _, path = made
    with closing(sqlite3.connect(path)) as file:
        rows = file.execute("SELECT f_table_name, useAsDefault, styleQML FROM layer_styles").fetchall()
        layers = {name for (name,) in file.execute("SELECT table_name FROM gpkg_geometry_columns")}
        defaults = [name for name, default, _ in rows if default]
        assert sorted(defaults) == sorted(layers)
        for name, _, text in rows:
            drawn = ElementTree.fromstring(text.split("\n", 1)[1]).find("renderer-v2")
            column = drawn.get("attr")
            values = {v for (v,) in file.execute(f'SELECT DISTINCT "{column}" FROM "{name}"')}
            if drawn.get("type") == "categorizedSymbol":
                assert values <= {c.get("value") for c in drawn.iter("category")}
            symbols = {s.get("name") for s in drawn.iter("symbol")}
            used = {c.get("symbol") for c in (*drawn.iter("category"), *drawn.iter("range"))}
            assert used == symbols


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="ogrinfo is not installed")
def test_gdal_reads_every_layer_without_a_word_of_complaint(made):
    _, _, path = made
    done = subprocess.run(["ogrinfo", "-ro", "-al", "-so", str(path)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "Layer name: quarters 街区" in done.stdout


@pytest.mark.parametrize(("crs", "wkt"), [("", ""), ("", WKT), ("", NEWER)])
def test_a_front_without_an_epsg_code_says_its_own_system_or_none(open_page, small, tmp_path, crs, wkt):
    opened = open_page(replace(small, about=replace(small.about, crs=crs, wkt=wkt)))
    opened.page.get_by_role("button", name="Save and share", exact=True).click()
    with opened.page.expect_download() as found:
        opened.page.get_by_role("button", name="GeoPackage", exact=True).click()
    path = tmp_path / "map.gpkg"
    found.value.save_as(path)
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        wanted = -1 if not wkt else 100_000
        assert file.execute("SELECT DISTINCT srs_id FROM gpkg_geometry_columns").fetchall() == [(wanted,)]
        column = "definition_12_063" if wkt == NEWER else "definition"
        asked = file.execute(f"SELECT {column} FROM gpkg_spatial_ref_sys WHERE srs_id = ?", (wanted,))
        assert asked.fetchone() == (wkt or "undefined",)
    if wkt == NEWER:
        assert "117.5" in read(path, "land").crs.to_wkt()


TREE = """async ([count, wide]) => {
  const texts = Array.from({ length: count }, (_, k) => `${(k * 7919) % 100003} 表 ` + "x".repeat((k * 131) % wide));
  const row = k => [1000003 * k - 5, k * 0.5, "y".repeat((k * 977) % 3950)];
  const rows = (function* () { for (let k = 0; k < 3 * count; k++) yield row(k); })();
  const made = await window.refugia.calc.database([
    { name: "texts", sql: "CREATE TABLE texts (word TEXT NOT NULL PRIMARY KEY)", rows: texts.map(t => [t]), key: -1,
      unique: [[0]] },
    { name: "rows", sql: "CREATE TABLE rows (id INTEGER PRIMARY KEY, half REAL, text TEXT)", rows, key: 0 },
  ], { applicationId: 1, userVersion: 2 }, async () => {});
  const octets = new Uint8Array(await made.arrayBuffer());
  let text = "";
  for (let k = 0; k < octets.length; k += 30000) text += String.fromCharCode(...octets.subarray(k, k + 30000));
  return [texts, btoa(text)];
}"""


def test_trees_of_every_shape_are_sound_and_indexes_find_what_tables_hold(open_page, small, tmp_path):
    opened = open_page(small)
    # around the sizes at which a leaf, a page above it, and a value of its own pages begin
    for count, wide in [(0, 1), (1, 1), *((n, 1100) for n in range(3, 60, 4)), (120, 9000), (700, 30), (900, 1000)]:
        texts, data = opened.run(TREE, [count, wide])
        path = tmp_path / f"{count}.db"
        path.write_bytes(base64.b64decode(data))
        with closing(sqlite3.connect(path)) as file:
            assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)], (count, wide)
            assert file.execute("SELECT word FROM texts ORDER BY rowid").fetchall() == [(t,) for t in texts]
            for text in texts[:: max(1, count // 20)]:
                assert file.execute("SELECT count(*) FROM texts WHERE word = ?", (text,)).fetchone() == (1,)
            found = file.execute("SELECT id, half, length(text) FROM rows ORDER BY id").fetchall()
            assert found == [(1000003 * k - 5, k * 0.5, (k * 977) % 3950) for k in range(3 * count)]
