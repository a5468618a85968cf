"""The same features through every format give the same layer."""

from __future__ import annotations

import gzip

import geopandas
import numpy as np
import pandas
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from instances.layers import vector
from tests.layers.made import CRS, X, Y, booked, frame, one, same, table

FORMATS = ("gpkg", "geojson", "shp", "fgb", "parquet", "csv", "csv.gz")


def write(features, folder, suffix):
    """A file of this format, written by other software than ours, and the rule that reads it."""
    path = folder / f"land.{suffix}"
    if suffix == "parquet":
        features.to_parquet(path, write_covering_bbox=True)
    elif suffix.startswith("csv"):
        text = shapely.to_wkt(features.geometry.to_numpy(), rounding_precision=12)
        content = features.drop(columns="geometry").assign(wkt=text).to_csv(index=False)
        path.write_bytes(gzip.compress(content.encode()) if suffix == "csv.gz" else content.encode())
        return {"path": path.name, "key": "code", "crs": str(features.crs)}
    else:
        features.to_file(path, **({"COORDINATE_PRECISION": 11} if suffix == "geojson" else {}))
    return {"path": path.name, "key": "code"}


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("crs", [CRS, "EPSG:4326", "EPSG:32634"])
def test_every_format_in_every_system_gives_the_same_layer(tmp_path, suffix, crs):
    layer, _ = one(frame(tmp_path), **write(table(crs), tmp_path, suffix))
    same(layer, table())
    assert layer.crs == CRS and layer.columns["people"].dtype == np.float64


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("crs", [CRS, "EPSG:4326"])
def test_a_box_keeps_the_same_features_whether_the_file_is_read_whole_or_through_a_window(
    tmp_path, suffix, crs, monkeypatch
):
    box = (X + 60, Y - 50, X + 420, Y + 420)
    rule = write(table(crs), tmp_path, suffix)
    expected = table()[shapely.intersects(table().geometry.to_numpy(), shapely.box(*box))]
    assert sorted(expected["code"]) == ["a1", "b2", "c3"]
    whole, ledger = one(frame(tmp_path, box), **rule)
    same(whole, expected)
    assert booked(ledger) == {"outside the box": (2.0, booked(ledger)["outside the box"][1])}
    monkeypatch.setattr(vector, "WINDOWED", 0)
    seen, ledger = one(frame(tmp_path, box), **rule)
    same(seen, expected)
    assert sum(count for count, _ in booked(ledger).values()) == 2
    if not suffix.startswith("csv"):
        assert "outside the box, not read" in booked(ledger)


finite = st.floats(-1e5, 1e5, allow_nan=False)
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).filter(
    lambda t: t.strip() == t and not t.replace(".", "").isdigit() and t.lower() not in ("nan", "inf")
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=st.lists(st.tuples(finite, finite, words, st.integers(-(2**53), 2**53)), min_size=1, max_size=8))
@pytest.mark.parametrize("suffix", FORMATS)
def test_any_words_numbers_and_places_survive_every_format(tmp_path_factory, suffix, rows):
    points = [shapely.Point(X + x, Y + y) for x, y, _, _ in rows]
    features = geopandas.GeoDataFrame(
        {"code": [f"k{k}" for k in range(len(rows))], "word": [r[2] for r in rows], "n": [r[3] for r in rows]},
        geometry=points,
        crs=CRS,
    )
    layer, _ = one(frame(folder := tmp_path_factory.mktemp("trip")), **write(features, folder, suffix))
    order = np.argsort(layer.id)
    assert layer.id[order].tolist() == features["code"].tolist()
    assert layer.columns["word"][order].tolist() == features["word"].tolist()
    assert layer.columns["n"][order].astype(np.int64).tolist() == features["n"].tolist()
    found = shapely.get_coordinates(layer.shape[order])
    np.testing.assert_allclose(found, shapely.get_coordinates(points), atol=1e-3)


def test_row_groups_of_geoparquet_outside_the_box_are_not_read(tmp_path, monkeypatch):
    import pyarrow.parquet as pq

    place = np.arange(1000)
    features = geopandas.GeoDataFrame(
        {"n": place}, geometry=shapely.points(X + 10.0 * place, np.full(1000, Y)), crs=CRS
    )
    features.to_parquet(tmp_path / "land.parquet", write_covering_bbox=True, row_group_size=100)
    monkeypatch.setattr(vector, "WINDOWED", 0)
    opened = []
    read = pq.ParquetFile.read_row_group
    monkeypatch.setattr(
        pq.ParquetFile, "read_row_group", lambda self, k, **more: opened.append(k) or read(self, k, **more)
    )
    layer, ledger = one(frame(tmp_path, (X + 2005, Y - 1, X + 2995, Y + 1)), path="land.parquet")
    assert opened == [2] and layer.columns["n"].tolist() == list(range(201, 300))
    assert layer.id.tolist() == [str(k) for k in range(202, 301)], "positions are those in the whole file"
    assert booked(ledger)["outside the box, not read"] == (901.0, "")


def test_a_window_of_a_geopackage_names_features_as_the_whole_file_does(tmp_path, monkeypatch):
    table().to_file(tmp_path / "land.gpkg")
    box = (X + 390, Y + 390, X + 460, Y + 470)
    whole, _ = one(frame(tmp_path, box), path="land.gpkg")
    monkeypatch.setattr(vector, "WINDOWED", 0)
    seen, _ = one(frame(tmp_path, box), path="land.gpkg")
    assert whole.id.tolist() == seen.id.tolist() == ["3"]


def test_integers_with_gaps_keep_their_numbers_in_every_format(tmp_path):
    features = table(floors=pandas.array([1, None, 3, 4, 5], dtype="Int64"))
    for suffix in FORMATS:
        layer, _ = one(frame(tmp_path), **write(features, tmp_path, suffix))
        found = dict(zip(layer.id.tolist(), layer.columns["floors"].tolist(), strict=True))
        assert np.isnan(found.pop("b2")), suffix
        assert found == {"a1": 1, "c3": 3, "d4": 4, "007": 5}
