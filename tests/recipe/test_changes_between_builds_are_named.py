import dataclasses
import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from instances.container import companions, load, save
from instances.layers.grid import Grid
from instances.layers.layer import Layer
from instances.layers.osm import Extract, Features
from instances.recipe.difference import difference, markdown
from instances.recipe.record import keep_record, read_record, record_of
from instances.recipe.runner import Done
from instances.schema import InstanceError
from instances.streets.graph import Streets
from solver.command.main import app
from tests.instances.tiny import tiny_instance

CRS = "EPSG:32633"


def layer(people=(10.0, 20.0, 30.0), x=(0.0, 100.0, 200.0), ids="abc", name="n"):
    shapes = np.array([shapely.box(v, 0, v + 50, 50) for v in x], object)
    names = np.array([f"{name}{k}" for k in ids])
    return Layer("homes", np.array(list(ids)), shapes, {"people": np.array(people), "name": names}, CRS)


def raster(**changed):
    cells = np.zeros((600, 300))
    for place, value in changed.items():
        cells[int(place[1:]), 10] = value
    return Grid.of("depth", cells, (10.0, 0, 1000.0, 0, -10.0, 9000.0), CRS, "m")


def extract(**tags):
    ways = Features(np.array([shapely.LineString([(0, 0), (1, 1)])], object), [{"osm_id": "7", **tags}])
    none = Features(np.zeros(0, object), [])
    nothing = np.zeros(1, bool)
    streets = Streets([np.array([[0.0, 0], [1, 1]])], np.array(["path"]), np.array([""]), nothing, nothing)
    return Extract(CRS, streets, none, none, none, (), ways)


@pytest.fixture(scope="module")
def instance():
    return tiny_instance()


@pytest.fixture
def built(tmp_path, instance):
    """Saves an instance with the record of a build."""

    def write(name, layers, recipe=None, steps=(), city=None):
        city = city or instance
        done = [Done(n, key, False, 0.1, digest) for n, key, digest in steps]
        return save(city, tmp_path / name, beside=record_of(city, recipe or {}, done, layers).companions())

    return write


def test_the_same_layers_in_another_order_are_no_change(built):
    one = layer()
    turned = one.where(np.array([True, True, True]))
    turned = Layer("homes", one.id[::-1], one.shape[::-1], {k: one.columns[k][::-1] for k in ("name", "people")}, CRS)
    found = difference(
        built("old", {"homes": one, "depth": raster()}), built("new", {"homes": turned, "depth": raster()})
    )
    assert found.nothing
    assert found.sheets() == []


@settings(max_examples=8)
@given(row=st.integers(0, 2), amount=st.floats(0.001, 1e6))
def test_one_changed_cell_names_that_feature_and_field_and_no_other(tmp_path_factory, instance, row, amount):
    people = [10.0, 20.0, 30.0]
    people[row] += amount
    folder = tmp_path_factory.mktemp("city")
    old, new = (
        save(instance, folder / name, layers=False, beside=record_of(instance, {}, [], {"homes": one}).companions())
        for name, one in (("old", layer()), ("new", layer(people)))
    )
    (change,) = difference(old, new).layers
    (column,) = change.fields
    assert (change.name, change.added, change.removed) == ("homes", (), ())
    assert (column.name, column.rows, column.ids, change.changed) == ("people", 1, ("abc"[row],), ("abc"[row],))
    assert column.total == pytest.approx(amount)
    assert column.values[0][1:] == (10.0 * (row + 1), people[row])


def test_added_removed_and_moved_features_and_new_columns_are_named(built):
    new = layer((20.0, 30.0, 5.0), (100.0, 200.002, 900.0), "bcd")
    new.columns["use"] = np.array(["home"] * 3)
    (change,) = difference(built("old", {"homes": layer()}), built("new", {"homes": new})).layers
    assert (change.added, change.removed, change.changed) == (("d",), ("a",), ("c",))
    assert [(f.name, f.state, f.ids) for f in change.fields] == [("use", "added", ()), ("geometry", "changed", ("c",))]


def test_noise_below_what_digests_round_away_is_no_change_of_a_field(built):
    noisy = layer((10.0 * (1 + 1e-12), 20.0, 31.0), (0.0, 100.0000001, 200.0))
    (change,) = difference(built("old", {"homes": layer()}), built("new", {"homes": noisy})).layers
    assert [(f.name, f.ids) for f in change.fields] == [("people", ("c",))]


def test_a_changed_raster_names_the_tiles_and_where_they_lie(built):
    old, new = built("old", {"depth": raster()}), built("new", {"depth": raster(r300=1.0, r599=2.0)})
    (change,) = difference(old, new).layers
    assert [(t.tile, t.box) for t in change.tiles] == [
        ("1,0", (1000.0, 9000.0 - 5120.0, 1000.0 + 2560.0, 9000.0 - 2560.0)),
        ("2,0", (1000.0, 9000.0 - 6000.0, 1000.0 + 2560.0, 9000.0 - 5120.0)),
    ]


def test_a_changed_tag_on_a_map_names_the_object_and_the_tag(built):
    old, new = (built(n, {"map": extract(highway="path", lit=lit)}) for n, lit in (("old", "no"), ("new", "yes")))
    (change,) = difference(old, new).layers
    (column,) = change.fields
    assert (change.name, column.name, column.values) == ("map.ways", "lit", (("7", "no", "yes"),))


def test_rules_and_steps_that_differ_are_named(built):
    steps = [("roads", "k1", "d1"), ("people", "k2", "d2"), ("sites", "k3", "d3")]
    after = [("roads", "k1", "d1"), ("people", "k9", "d2"), ("sites", "k8", "d8"), ("travel", "k", "d")]
    recipe = {"seed": 1, "sites": {"grades": [{"area": 1.0}, {"area": 2.0}]}}
    changed = {"seed": 1, "sites": {"grades": [{"area": 1.0}, {"area": 2.5}]}, "zones": "quarters"}
    found = difference(built("old", {}, recipe, steps), built("new", {}, changed, after))
    assert [(r.place, r.old, r.new) for r in found.rules] == [
        ("sites.grades.1.area", 2.0, 2.5),
        ("zones", None, "quarters"),
    ]
    assert [(s.name, s.state) for s in found.steps] == [
        ("people", "same result"), ("sites", "changed"), ("travel", "added"),
    ]  # fmt: skip
    assert found.unchanged == ("roads",)
    assert found.same and not found.nothing


def test_instances_without_records_are_compared_by_label_and_datum(tmp_path, instance):
    demand = instance.demand
    people = demand.people.copy()
    people[1] += 7.0
    other = dataclasses.replace(instance, demand=dataclasses.replace(demand, people=people))
    found = difference(save(instance, tmp_path / "old"), save(other, tmp_path / "new.zip"))
    assert not found.recorded and not found.same
    assert found.digests == {"demand": "changed"}
    (change,) = found.parts
    (column,) = change.fields
    assert (change.name, column.name, column.ids) == ("demand", "people", (demand.demand.label(1),))
    assert (column.rows, column.largest) == (1, pytest.approx(7.0))


def test_the_record_is_no_part_of_the_identity_and_goes_with_the_instance(built, tmp_path, instance):
    path = built("city", {"homes": layer(), "depth": raster()}, {"name": "city"})
    assert load(path).digest == instance.digest
    zipped = keep_record(path, tmp_path / "city.zip")
    assert companions(zipped) == companions(path) != {}
    assert load(zipped).digest == instance.digest
    record = read_record(zipped)
    assert record.recipe == {"name": "city"}
    again = record.layer("homes")
    assert again.columns["people"].tolist() == [10.0, 20.0, 30.0]
    assert difference(path, zipped).nothing
    save(instance, path, overwrite=True)
    assert companions(path) == {}


def test_a_damaged_record_is_one_clear_error_and_a_damaged_snapshot_only_loses_detail(built):
    old, new = built("old", {"homes": layer()}), built("new", {"homes": layer((1.0, 2.0, 3.0))})
    (new / "build/layers/0.parquet").write_bytes(b"PAR1 nothing PAR1")
    (change,) = difference(old, new).layers
    assert not change.known
    (new / "build/build.json").write_text("{")
    with pytest.raises(InstanceError, match=r"build\.json"):
        difference(old, new)


@pytest.mark.parametrize("name", ["../x.json", "/x.json", "a/b/c.json", "x.exe", "instance.json/../../y.json"])
def test_companions_cannot_be_written_elsewhere(instance, tmp_path, name):
    with pytest.raises(ValueError, match="no name"):
        save(instance, tmp_path / "city", beside={name: b""})


def test_the_command_shows_changes_and_tells_by_its_exit_code(built, tmp_path):
    old, new = (
        built("old", {"homes": layer()}, {"seed": 1}),
        built("new", {"homes": layer((1.0, 20.0, 30.0))}, {"seed": 2}),
    )
    run = CliRunner().invoke
    for paths, plain, asked in (((old, new), 0, 3), ((old, old), 0, 0)):
        arguments = ["changes", *map(str, paths)]
        assert run(app, arguments).exit_code == plain
        assert run(app, [*arguments, "--exit-code"]).exit_code == asked
    assert run(app, ["changes", str(old), str(tmp_path / "none"), "--exit-code"]).exit_code == 2
    found = json.loads(run(app, ["changes", str(old), str(new), "--json"]).stdout)
    assert found["layers"][0]["fields"][0]["ids"] == ["a"]
    out = tmp_path / "changes.md"
    shown = run(app, ["changes", str(old), str(new), "--lang", "zh", "--out", str(out)]).stdout
    assert "变化的字段" in shown
    assert "| homes | people | 改变 | 1 | -9 | 9 | a | 10 | 1 |" in out.read_text("utf-8")
    assert "| homes | people | changed | 1 | -9 | 9 | a | 10 | 1 |" in markdown(difference(old, new))
