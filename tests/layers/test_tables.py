"""Tables: what counts as a number, where a row is, and what is no table."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from instances.layers.table import Places, read_table
from instances.schema import InstanceError
from tests.layers.made import CRS, X, Y, booked, frame, one


def table(folder, text, coded="utf-8", /, **rule):
    (folder / "land.csv").write_bytes(text.encode(coded))
    return one(frame(folder), path="land.csv", **rule)


def faults_of(folder, text, coded="utf-8", /, **rule):
    with pytest.raises(InstanceError) as caught:
        table(folder, text, coded, **rule)
    return "\n".join(caught.value.faults)


def test_codes_with_leading_zeros_stay_texts_and_numbers_become_numbers(tmp_path):
    layer, _ = table(tmp_path, "code,n,share,word,gap\n0075,1,0.5,x,1\n0100,-2,1e3,7,\n")
    assert layer.columns["code"].tolist() == ["0075", "0100"]
    assert layer.columns["n"].dtype == np.int64 and layer.columns["n"].tolist() == [1, -2]
    assert layer.columns["share"].tolist() == [0.5, 1000.0]
    assert layer.columns["word"].tolist() == ["x", "7"]
    assert layer.columns["gap"][0] == 1 and np.isnan(layer.columns["gap"][1])


@pytest.mark.parametrize("names", ["lon,lat", "Longitude,Latitude", "lng,lat"])
def test_degrees_are_found_by_their_names(tmp_path, names):
    layer, _ = table(tmp_path, f"{names}\n24.93,60.16\n")
    assert 300_000 < shapely.get_x(layer.shape[0]) < 500_000


def test_columns_of_places_may_be_named(tmp_path):
    text = f"id,east,north,lon,lat\na,{X},{Y},0,0\n"
    layer, _ = table(tmp_path, text, x="east", y="north", crs=CRS, key="id")
    assert shapely.get_coordinates(layer.shape).tolist() == [[X, Y]]
    assert "no column 'up'" in faults_of(tmp_path, text, x="up", y="north", crs=CRS)
    assert "no reference system" in faults_of(tmp_path, text, x="east", y="north")


def test_degrees_in_a_projected_system_are_a_contradiction(tmp_path):
    assert "TM35FIN" in faults_of(tmp_path, "lon,lat\n24.93,60.16\n", crs=CRS)


def test_metres_in_columns_of_degrees_are_refused(tmp_path):
    assert "are not; say its crs" in faults_of(tmp_path, f"lon,lat\n{X},{Y}\n")


def test_a_table_without_places_has_none(tmp_path):
    layer, _ = table(tmp_path, "u,v\n1,2\n")
    assert layer.shape.tolist() == [None] and layer.columns["u"].tolist() == [1]


def test_rows_without_a_place_fail_or_are_booked(tmp_path):
    text = f"id,x,y\na,{X},{Y}\nb,,\nc,here,{Y}\n"
    assert "2 of 3 features have no place, first b, c" in faults_of(tmp_path, text, crs=CRS, key="id")
    layer, ledger = table(tmp_path, text, crs=CRS, key="id", repair=True)
    assert layer.id.tolist() == ["a"] and booked(ledger) == {"without a place": (2.0, "b, c")}


def test_long_outlines_as_text_are_read(tmp_path):
    circle = shapely.Point(X, Y).buffer(100, quad_segs=3000)
    text = f'id,wkt\na,"{circle.wkt}"\n'
    assert len(text) > csv.field_size_limit()
    layer, _ = table(tmp_path, text, crs=CRS)
    assert shapely.area(layer.shape[0]) == pytest.approx(np.pi * 100**2, rel=1e-6)
    assert csv.field_size_limit() == 131072, "the limit of other users of the module is as it was"


def test_texts_of_other_encodings_say_which(tmp_path):
    text = "id,name\n1,中央公园\n"
    assert "say its encoding" in faults_of(tmp_path, text, "gb18030")
    layer, _ = table(tmp_path, text, "gb18030", encoding="gb18030")
    assert layer.columns["name"].tolist() == ["中央公园"]
    assert "is unknown" in faults_of(tmp_path, text, encoding="klingon")
    semicolons, _ = table(tmp_path, "id;n\n1;2\n", "utf-8-sig", delimiter=";", key="id")
    assert semicolons.columns["n"].tolist() == [2]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("\n\n", "names no columns"),
        ("id,id\n1,2\n", "names 'id' twice"),
        ("id,\n1,2\n", "column 2 has no name"),
        ("id,n\n", "it has no features"),
        ("id,n\n1\n", "1 rows do not have 2 fields, first in record 2"),
        ('id,n\n1,"2\n', "it is no CSV"),
        ("id,n\n1,\x00\n", "zero bytes"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, text, said):
    assert said in faults_of(tmp_path, text)


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\x00"), max_size=20)


@given(rows=st.lists(st.tuples(words, words), min_size=1, max_size=8))
def test_any_text_that_python_writes_is_read_back(tmp_path_factory, rows):
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    writer.writerows([("one", "two"), ("word", "word"), *rows])
    path = tmp_path_factory.mktemp("table") / "land.csv"
    path.write_bytes(stream.getvalue().encode())
    found = read_table(path, Places(), None, ",")
    for k, name in enumerate(("one", "two")):
        assert found.columns[name].tolist() == ["word", *[row[k] for row in rows]]
