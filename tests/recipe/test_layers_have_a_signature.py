import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from instances.layers.grid import Grid
from instances.layers.layer import Layer
from instances.layers.osm import Extract, Features
from instances.recipe.rows import column_digests, layer_digest, row_digests
from instances.recipe.signature import Digests
from instances.streets.graph import Streets

CRS = "EPSG:32633"


def square(x, y, side):
    return shapely.box(x, y, x + side, y + side)


def example() -> Layer:
    shapes = [square(400000.0 + 100 * k, 5000000.25, 50.5) for k in range(5)]
    shapes[2] = shapely.MultiPolygon([square(400900, 5000900, 10), square(400950, 5000950, 20)])
    columns = {
        "people": np.array([10.0, np.nan, 30.5, 0.1, 7.0]),
        "floors": np.array([1, 2, 3, 4, 5], np.int64),
        "name": np.array(["旧城", "", "b c", 'q"', "z"]),
    }
    return Layer("homes", np.array(["a", "b", "c", "d", "e"]), np.array(shapes, object), columns, CRS)


def in_order(layer, order, names=None):
    columns = {name: layer.columns[name][order] for name in names or layer.columns}
    return Layer(layer.name, layer.id[order], layer.shape[order], columns, layer.crs)


@given(st.permutations(range(5)), st.permutations(["people", "floors", "name"]))
def test_the_order_of_rows_and_columns_does_not_count(order, names):
    layer = example()
    other = in_order(layer, np.array(order), names)
    assert layer_digest(other) == layer_digest(layer)
    assert row_digests(other) == row_digests(layer)


@pytest.mark.parametrize(
    ("driver", "suffix"), [("GPKG", "gpkg"), ("GeoJSON", "geojson"), ("ESRI Shapefile", "shp"), ("Parquet", "parquet")]
)
def test_the_format_of_the_file_does_not_count(tmp_path, driver, suffix):
    import geopandas

    layer = example()
    frame = geopandas.GeoDataFrame({"key": layer.id, **layer.columns}, geometry=layer.shape, crs=CRS)
    path = tmp_path / f"homes.{suffix}"
    if driver == "Parquet":
        frame.to_parquet(path)
        again = geopandas.read_parquet(path)
    else:
        import pyogrio

        extra = {"COORDINATE_PRECISION": 9} if driver == "GeoJSON" else {}
        pyogrio.write_dataframe(frame, path, driver=driver, encoding="utf-8", **extra)
        again = pyogrio.read_dataframe(path).set_crs(CRS, allow_override=True)
    columns = {name: again[name].to_numpy() for name in reversed(["people", "floors", "name"])}
    read = Layer("other name", again["key"].to_numpy().astype(str), again.geometry.to_numpy(), columns, CRS)
    assert column_digests(read) == column_digests(layer)
    assert layer_digest(read) == layer_digest(layer)


@given(st.integers(0, 4), st.sampled_from(["people", "floors", "name", "geometry"]))
def test_one_changed_cell_changes_its_row_its_column_and_nothing_else(row, name):
    layer, other = example(), example()
    if name == "geometry":
        other.shape[row] = shapely.affinity.translate(other.shape[row], 0.01, 0)
    elif name == "name":
        other.columns[name] = other.columns[name].astype("<U9")
        other.columns[name][row] += "!"
    else:
        other.columns[name][row] = 99
    before, after = column_digests(layer), column_digests(other)
    assert {key for key in before if before[key] != after[key]} == {name}
    before, after = row_digests(layer), row_digests(other)
    assert {key for key in before if before[key] != after[key]} == {str(layer.id[row])}
    assert layer_digest(layer) != layer_digest(other)


@given(st.integers(1, 2**20), st.integers(-40, 5), st.floats(-1e-12, 1e-12))
def test_noise_in_the_thirteenth_digit_is_no_change(value, exponent, noise):
    number = np.ldexp(float(value), exponent)
    assert Digests().of(np.array([number])) == Digests().of(np.array([number * (1 + noise)]))
    layer, other = example(), example()
    layer.columns["people"][0], other.columns["people"][0] = number, number * (1 + noise)
    assert layer_digest(layer) == layer_digest(other)


def test_whole_numbers_count_to_the_last_digit():
    layer, other = example(), example()
    layer.columns["floors"] = np.array([1234567890123, 2, 3, 4, 5])
    other.columns["floors"] = np.array([1234567890124, 2, 3, 4, 5])
    assert layer_digest(layer) != layer_digest(other)


def test_a_ring_begun_elsewhere_or_turned_is_the_same_but_a_turned_street_is_not():
    layer, other = example(), example()
    ring = np.array(layer.shape[0].exterior.coords)[:-1]
    turned = np.roll(ring, 2, axis=0)[::-1]
    other.shape[0] = shapely.MultiPolygon([shapely.Polygon(turned)])
    assert layer_digest(layer) == layer_digest(other)
    street = shapely.LineString([(0, 0), (10, 0)])
    layer.shape[0], other.shape[0] = street, shapely.reverse(street)
    assert layer_digest(layer) != layer_digest(other)


def test_another_reference_system_is_another_layer():
    layer = example()
    assert layer_digest(layer) != layer_digest(Layer("homes", layer.id, layer.shape, layer.columns, "EPSG:32634"))


def extract(order=(0, 1), name="Weg"):
    shapes = np.array([shapely.LineString([(0, 0), (10, k)]) for k in range(2)], object)[list(order)]
    tags = [{"osm_id": "1", "highway": "path"}, {"osm_id": "2", "highway": "steps", "name": name}]
    ways = Features(shapes, [tags[k] for k in order])
    none = Features(np.zeros(0, object), [])
    points = [shapely.get_coordinates(s) for s in shapes]
    kinds = np.array([t["highway"] for t in ways.tags])
    streets = Streets(points, kinds, np.array(["", name])[list(order)], np.zeros(2, bool), np.zeros(2, bool))
    return Extract(CRS, streets, none, none, none, (), ways)


def test_a_map_extract_counts_by_its_objects_and_tags_in_any_order():
    digests = Digests()
    assert digests.of(extract()) == digests.of(extract((1, 0)))
    assert digests.of(extract()) != digests.of(extract(name="Pfad"))


def test_a_raster_has_its_own_digest_whatever_it_is_called():
    cells = np.arange(12.0).reshape(3, 4)
    move = (10.0, 0.0, 400000.0, 0.0, -10.0, 5000000.0)
    one, other = Grid.of("a", cells, move, CRS, "m"), Grid.of("b", cells * (1 + 1e-12), move, CRS, "m")
    assert Digests().of(one) == Digests().of(other)
    assert Digests().of(one) != Digests().of(Grid.of("a", cells + 1, move, CRS, "m"))


@settings(max_examples=200)
@given(st.lists(st.text(st.characters(exclude_characters="\0"), max_size=5), max_size=6), st.integers(0, 9))
def test_texts_count_by_their_characters_not_by_the_width_of_the_array(texts, wider):
    array = np.array(texts, np.str_)
    wide = array.astype(f"<U{max(1, array.dtype.itemsize // 4 + wider)}")
    assert Digests().of(array) == Digests().of(wide)
    if texts:
        assert Digests().of(array) != Digests().of(np.array([*texts[:-1], texts[-1] + "x"]))
