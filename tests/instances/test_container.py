"""An instance on disk comes back the same or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instances.container import load, save
from instances.index import Index, Map
from tests.instances.tiny import tiny_instance
from tests.instances.tiny_parts import with_every_part

ROOT = Path(__file__).resolve().parents[2]
TOWN = with_every_part(tiny_instance(requests=True))
FORMS = ("town.refugia", "town.zip")


@pytest.fixture
def folder(tmp_path):
    return save(TOWN, tmp_path / "town", layers=False)


def same(one: object, other: object) -> bool:
    if isinstance(one, np.ndarray):
        return one.dtype.kind == other.dtype.kind and one.shape == other.shape and bool((one == other).all())
    if isinstance(one, Index):
        return one.labels() == other.labels() and one.name == other.name and list(one.parts) == list(other.parts)
    if isinstance(one, Map):
        return same(one.position, other.position) and one.target.name == other.target.name
    return one == other


@pytest.mark.parametrize("form", FORMS)
def test_every_field_comes_back(tmp_path, form):
    back = load(save(TOWN, tmp_path / form))
    assert back.digest == TOWN.digest
    assert back.about == TOWN.about
    assert [name for name, _ in back.parts()] == [name for name, _ in TOWN.parts()]
    for name, part in TOWN.parts():
        for f in fields(part):
            assert same(getattr(part, f.name), getattr(getattr(back, name), f.name)), f"{name}.{f.name}"


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@given(
    st.integers(1, 5), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3), st.integers(0, 99),
    st.lists(words, min_size=2, max_size=2), words, st.booleans(),
)  # fmt: skip
def test_saving_and_loading_is_the_identity(
    tmp_path_factory, demand, sites, scenarios, phases, seed, titles, note, zipped
):
    town = tiny_instance(demand, sites, scenarios, phases, seed=seed, requests=seed % 2 == 0)
    zones = replace(town.zones, title=titles)
    town = replace(town, zones=zones, about=replace(town.about, notes=(note,), seed=None))
    place = tmp_path_factory.mktemp("container") / ("town.zip" if zipped else "town")
    back = load(save(town, place, layers=False))
    assert back.digest == town.digest
    assert back.about == town.about
    assert back.zones.title.tolist() == [str(np.str_(title)) for title in titles]


def test_index_sets_whose_names_are_no_file_names_are_kept_apart(tmp_path):
    odd = [Index.named(name, ["a"]) for name in ("../../way out", "需求", "需要", "A b", "a-B")]
    route = Index.tuples("x/y", **{str(k): (index, [0]) for k, index in enumerate(odd)})
    routes = replace(
        TOWN.routes, route=route, scenario=TOWN.scenarios.scenario, metres=[1.0], minutes=np.ones((1, 3)), crossing=None
    )
    town = replace(TOWN, routes=routes, demand=None, effects=None)
    place = save(town, tmp_path / "deep" / "er" / "town")
    assert load(place).digest == town.digest
    assert {path.parent.name for path in place.rglob("*.npy")} == {"arrays"}
    assert [path.name for path in tmp_path.iterdir()] == ["deep"]


def test_a_town_without_streets_sites_without_options_and_no_crs_is_stored_too(tmp_path):
    bare = type(TOWN)(about=replace(TOWN.about, crs=""), sites=replace(TOWN.sites, node=None), scenarios=TOWN.scenarios)
    place = save(bare, tmp_path / "bare")
    assert load(place).digest == bare.digest
    assert not (place / "layers.gpkg").exists()


def test_empty_sets_come_back_empty(tmp_path):
    town = tiny_instance(demand=0, commodities=0, cutoff=0.01, requests=True)
    assert town.requests.request.shape == (3, 0, 3)
    assert len(town.routes.route) == len(town.demand.demand) == 0
    back = load(save(town, tmp_path / "town"))
    assert back.digest == town.digest
    assert back.commodities.unit.dtype.kind == "U"


def test_the_path_of_the_record_and_a_zip_with_a_folder_around_everything_work_too(folder):
    assert load(folder / "instance.json").digest == TOWN.digest
    archive = shutil.make_archive(str(folder.parent / "by hand"), "zip", folder.parent, folder.name)
    assert load(archive).digest == TOWN.digest


def test_the_same_instance_gives_the_same_bytes(tmp_path):
    one, other = (
        save(TOWN, tmp_path / "one.zip"),
        save(with_every_part(tiny_instance(requests=True)), tmp_path / "other.zip"),
    )
    assert one.read_bytes() == other.read_bytes()


def test_the_record_is_a_data_package_whose_resources_are_the_files(tmp_path):
    place = save(TOWN, tmp_path / "town")
    record = json.loads((place / "instance.json").read_text())
    assert record["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    names = [resource["name"] for resource in record["resources"]]
    assert len(set(names)) == len(names)
    assert {resource["path"] for resource in record["resources"]} == {
        path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()
    } - {"instance.json"}
    for resource in record["resources"]:
        if resource["format"] == "npy":
            content = (place / resource["path"]).read_bytes()
            assert resource["bytes"] == len(content)
            assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert record["refugia"]["digest"] == TOWN.digest


def test_any_program_that_reads_npy_reads_the_arrays(folder):
    people = np.load(folder / "arrays" / "demand.people.npy", allow_pickle=False)
    assert (people.dtype, people.tolist()) == (np.dtype("<f8"), TOWN.demand.people.tolist())
    titles = np.load(folder / "arrays" / "zones.title.npy", allow_pickle=False)
    assert [title.decode("utf-8") for title in titles] == ["West side", "东区"]


def test_the_layers_open_in_old_and_new_qgis(tmp_path):
    import pyogrio

    place = save(TOWN, tmp_path / "town")
    view = place / "layers.gpkg"
    with sqlite3.connect(view) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (10200,)
        srs = set(database.execute("SELECT DISTINCT srs_id FROM gpkg_geometry_columns").fetchall())
    database.close()
    assert srs == {(32635,)}
    assert dict(pyogrio.list_layers(view)) == {
        "sites": "Point", "demand": "Point", "links": "LineString", "key places": "Point", "units": "Polygon",
        "parcels": "Polygon", "scenarios": None, "accounts": None,
    }  # fmt: skip
    links = pyogrio.read_dataframe(view, layer="links")
    assert links.geometry.length.to_numpy() == pytest.approx(TOWN.roads.length)
    assert links["cut in"].tolist()[:1] == [
        ", ".join(np.array(TOWN.scenarios.scenario.labels())[TOWN.damage.cut[0]].tolist())
    ]
    sites = pyogrio.read_dataframe(view, layer="sites")
    assert sites["capacity depot"].isna().tolist() == [False, True, False]
    assert sites["id"].tolist() == TOWN.sites.site.labels()


def test_what_qgis_leaves_behind_and_a_missing_view_change_nothing(tmp_path):
    place = save(TOWN, tmp_path / "town")
    with (place / "layers.gpkg").open("ab") as view:
        view.write(b"touched")
    (place / "layers.gpkg-wal").write_bytes(b"")
    assert load(place).digest == TOWN.digest
    (place / "layers.gpkg").unlink()
    assert load(place).digest == TOWN.digest
    assert save(TOWN, place, overwrite=True) == place


def test_importing_the_package_loads_no_library():
    code = "import sys, instances; print(sorted({'numpy', 'pandas', 'pyproj'} & set(sys.modules)), instances.load)"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.startswith("[] <function load")


def test_every_public_name_of_the_package_is_there_and_no_other():
    import instances

    assert all(getattr(instances, name).__module__.startswith("instances.") for name in instances.__all__)
    assert set(instances.__all__) <= set(dir(instances))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = instances.nonsense
