"""CLIMADA files of every generation, laid out as CLIMADA and pandas lay them out, and files that must be refused."""

from __future__ import annotations

import os
import pickle

import numpy as np
import pyproj
import pytest
import shapely
from pyproj import Transformer
from scipy import sparse

from instances.hazards.sources.apart import read_climada
from instances.hazards.sources.climada import hazard_file
from instances.hazards.sources.pickled import RefusedError, unpickled
from instances.schema import InstanceError
from tests.hazards.town import CRS, SIDE, futures, ground

h5py = pytest.importorskip("h5py")

TOWN = ground()
LON, LAT = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(TOWN.demand.x, TOWN.demand.y)
COUNT = SIDE * SIDE
DEPTH = np.zeros((5, COUNT))
DEPTH[0, 10:20] = 0.5  # events 1 and 3 touch nothing
DEPTH[2] = np.linspace(0.0, 2.0, COUNT)
DEPTH[4, 5] = 1.0
RATE = np.array([0.1, 0.3, 0.05, 0.2, 0.01])


def write(path, generation="columns", fraction=None, **more):
    """A hazard file with centroids at the lattice's corners."""
    with h5py.File(path, "w") as file:
        text = h5py.string_dtype()
        given = {"event_id": np.arange(1, 6), "frequency": RATE, "orig": np.ones(5, bool), "date": np.arange(5)} | more
        for name, values in given.items():
            file[name] = values
        file.create_dataset("event_name", data=[f"storm {k}" for k in range(5)], dtype=text)
        for name, value in (("units", "m"), ("haz_type", "FL"), ("frequency_unit", "1/year")):
            file.create_dataset(name, data=[value], dtype=text)
        for name, values in (("intensity", DEPTH), ("fraction", fraction)):
            matrix = sparse.csr_matrix(np.zeros((5, COUNT)) if values is None else values)
            group = file.create_group(name)
            for piece in ("data", "indices", "indptr"):
                group[piece] = getattr(matrix, piece)
            group.attrs["shape"] = matrix.shape
        CENTROIDS[generation](file.create_group("centroids"))
    return path


def as_datasets(group):
    group["lat"], group["lon"] = np.zeros(0), np.zeros(0)
    group["latitude"], group["longitude"] = LAT, LON
    group.create_dataset("crs", data=["{'init': 'epsg:4326', 'no_defs': True}"], dtype=h5py.string_dtype())


def as_raster(group):
    """A raster in the town's own system, so that its cells lie exactly on the lattice."""
    group.create_dataset("crs", data=[CRS], dtype=h5py.string_dtype())
    west, south = TOWN.demand.x.min() - 50.0, TOWN.demand.y.min() - 50.0
    meta = group.create_group("meta")
    meta["transform"] = np.array([100.0, 0.0, west, 0.0, 100.0, south])
    meta["width"], meta["height"] = [SIDE], [SIDE]


def as_table(group, blocks, columns):
    group.attrs["pandas_type"] = np.bytes_("frame")
    group.attrs["nblocks"] = len(blocks)
    group.attrs["metadata"] = np.bytes_(pickle.dumps({"crs": pyproj.CRS.from_epsg(4326).to_wkt()}, protocol=0))
    group["axis0"] = np.array([name for names in columns for name in names], "S")
    group["axis1"] = np.arange(COUNT)
    for k, (names, block) in enumerate(zip(columns, blocks, strict=True)):
        group[f"block{k}_items"] = np.array(names, "S")
        if isinstance(block, bytes):
            held = group.create_dataset(f"block{k}_values", (1,), h5py.vlen_dtype(np.uint8))
            held[0] = np.frombuffer(block, np.uint8)
            held.attrs["PSEUDOATOM"] = np.bytes_("object")
        else:
            group[f"block{k}_values"] = block


def as_pickled_points(group, made=None):
    points = np.empty((COUNT, 1), object)
    points[:, 0] = shapely.points(LON, LAT)
    as_table(group, [np.ones((COUNT, 1), np.int64), made or pickle.dumps(points, 4)], [["region_id"], ["geometry"]])


def as_columns(group):
    as_table(
        group, [np.column_stack([LON, LAT]), np.ones((COUNT, 1), np.uint8)], [["geometry.x", "geometry.y"], ["on"]]
    )


class Bomb:
    """Runs a command where it is unpickled without care."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return os.system, (f"touch {self.mark}",)


CENTROIDS = {"datasets": as_datasets, "raster": as_raster, "pickled": as_pickled_points, "columns": as_columns}


@pytest.mark.parametrize("generation", sorted(CENTROIDS))
def test_every_generation_gives_back_what_was_written(tmp_path, generation):
    found = hazard_file(write(tmp_path / "h.h5", generation), "h")
    assert np.array_equal(found.intensity.toarray(), DEPTH)
    assert found.rate.tolist() == RATE.tolist()
    assert (found.hazard, found.unit, found.title[2]) == ("flood", "m", "storm 2")
    x, y = Transformer.from_crs(found.crs, CRS, always_xy=True).transform(*found.xy.T)
    assert x == pytest.approx(TOWN.demand.x, abs=0.01) and y == pytest.approx(TOWN.demand.y, abs=0.01)


def test_intensity_counts_as_far_as_the_fraction_says_and_an_empty_fraction_means_all(tmp_path):
    half = hazard_file(write(tmp_path / "a.h5", fraction=np.full(DEPTH.shape, 0.5)), "a")
    assert np.array_equal(half.intensity.toarray(), DEPTH / 2)


@pytest.mark.parametrize("generation", sorted(CENTROIDS))
def test_rates_become_probabilities_and_every_place_takes_the_depth_of_its_own_centroid(tmp_path, generation):
    write(tmp_path / "h.h5", generation)
    found, ledger = futures(climada=[{"path": "h.h5"}], folder=tmp_path)
    assert found.scenarios.probability == pytest.approx(RATE[[0, 2, 4]] / RATE[[0, 2, 4]].sum())
    # 55 % of the people whose home is unusable seek a place at first; homes are unusable in proportion to 1 m.
    expected = np.rint(1000 * 0.55 * np.clip(DEPTH[[0, 2, 4]].T, 0, 1))
    assert found.effects.need[:, 0] == pytest.approx(expected, abs=1.0)  # whole people
    merged = next(row for row in ledger.rows if row[1] == "merged")
    assert (merged[3], merged[4]) == (2, pytest.approx(0.5))
    assert f"{1 - np.exp(-RATE.sum()):.3f}" in " ".join(ledger.notes)


def test_events_that_touch_nothing_are_one_scenario_if_they_are_kept(tmp_path):
    write(tmp_path / "h.h5")
    found, _ = futures(climada=[{"path": "h.h5"}], folder=tmp_path, nothing="keep")
    assert found.scenarios.probability == pytest.approx(np.append(RATE[[0, 2, 4]], RATE[[1, 3]].sum()) / RATE.sum())
    assert found.scenarios.scenario.label(3) == "nothing happens"
    assert not found.effects.need[:, :, 3].any() and not found.damage.cut[:, 3].any()
    assert (found.effects.usable[:, 3] == 1).all()


def test_places_beyond_the_limit_are_untouched_and_counted(tmp_path):
    write(tmp_path / "h.h5")
    near, ledger = futures(climada=[{"path": "h.h5", "distance": 10.0}], folder=tmp_path)
    corners = np.column_stack([TOWN.demand.x, TOWN.demand.y])
    far = np.hypot(*(TOWN.middle[:, None] - corners).T).min(axis=0) > 10.0
    assert f"0 places of people, 0 sites and {far.sum()} links have none" in " ".join(ledger.notes)
    assert far.sum() > 70 and not near.damage.cut[far].any() and near.effects.need.any()


def test_only_the_events_that_reach_most_places_are_kept_if_so_asked_and_the_others_are_booked(tmp_path):
    write(tmp_path / "h.h5")
    found, ledger = futures(climada=[{"path": "h.h5", "most": 2}], folder=tmp_path)
    assert found.scenarios.scenario.labels() == ["h 1", "h 3"]
    assert any("beyond the 2 events" in row[2] for row in ledger.rows)
    assert ledger.warnings


def test_a_pickle_that_would_run_a_command_is_refused_and_nothing_runs(tmp_path, monkeypatch):
    mark = tmp_path / "ran"
    monkeypatch.setitem(CENTROIDS, "bad", lambda group: as_pickled_points(group, pickle.dumps(Bomb(mark))))
    with pytest.raises(InstanceError, match="do not trust this file"):
        hazard_file(write(tmp_path / "h.h5", "bad"), "h")
    assert not mark.exists()
    pickle.loads(pickle.dumps(Bomb(mark)))  # without care it does run
    assert mark.exists()


@pytest.mark.parametrize(
    "raw",
    [
        b"cbuiltins\neval\n(S'1+1'\ntR.",
        b"cos\nsystem\n(S'true'\ntR.",
        b"cnumpy\nload\n(S'x'\ntR.",
        b"cnumpy\nndarray\n((I1000000\nttR.",
        b"Psomewhere\n.",
        b"\x80\x05garbage",
        b"",
    ],
)
def test_bytes_that_name_anything_but_data_are_refused(raw):
    with pytest.raises(RefusedError):
        unpickled(raw)


@pytest.mark.parametrize("protocol", range(6))
def test_arrays_points_and_texts_are_read_whatever_the_protocol(protocol):
    points = np.empty((2, 1), object)
    points[:, 0] = shapely.points([1.0, 2.0], [3.0, 4.0])
    back = unpickled(pickle.dumps({"a": points, "crs": "EPSG:4326", "n": np.arange(3)}, protocol))
    assert shapely.get_coordinates(back["a"][:, 0]).tolist() == [[1.0, 3.0], [2.0, 4.0]]
    assert back["n"].tolist() == [0, 1, 2] and back["crs"] == "EPSG:4326"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"frequency": -RATE}, "from 0 up"),
        ({"event_id": np.arange(4)}, "there are 4 events"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(tmp_path, fault, words):
    with pytest.raises(InstanceError, match=words):
        hazard_file(write(tmp_path / "h.h5", **fault), "h")


def test_a_damaged_file_is_an_error_that_names_it_and_never_another_one(tmp_path):
    whole = write(tmp_path / "h.h5").read_bytes()
    rng = np.random.default_rng(0)
    for k in range(60):
        raw = bytearray(whole[: rng.integers(1, len(whole))] if k % 2 else whole)
        for at in rng.integers(0, len(raw), 20):
            raw[at] = rng.integers(256)
        (tmp_path / "d.h5").write_bytes(raw)
        try:
            hazard_file(tmp_path / "d.h5", "d")
        except InstanceError as error:
            assert error.faults


def test_a_missing_file_and_a_file_of_another_kind_are_named(tmp_path):
    (tmp_path / "t.h5").write_text("no HDF5")
    for name in ("gone.h5", "t.h5"):
        with pytest.raises(InstanceError, match=name):
            futures(climada=[{"path": name}], folder=tmp_path)


@pytest.mark.parametrize("generation", list(CENTROIDS))
def test_a_process_of_its_own_reads_the_same(tmp_path, generation):
    path = write(tmp_path / "h.h5", generation)
    here, apart = hazard_file(path, "h"), read_climada(path, "h")
    assert (here.intensity != apart.intensity).nnz == 0
    assert np.array_equal(here.xy, apart.xy) and here.event.tolist() == apart.event.tolist()
    assert (here.hazard, here.unit, here.crs, here.title.tolist()) == (
        apart.hazard, apart.unit, apart.crs, apart.title.tolist(),
    )  # fmt: skip
    assert (here.rate is None) == (apart.rate is None)


def test_faults_of_a_file_come_back_from_the_process(tmp_path):
    (tmp_path / "no.h5").write_bytes(b"no HDF5 at all")
    with pytest.raises(InstanceError, match="cannot be read as a hazard file"):
        read_climada(tmp_path / "no.h5", "no")


def test_a_reader_that_takes_for_ever_is_stopped(tmp_path):
    path = write(tmp_path / "h.h5")
    with pytest.raises(InstanceError, match="took longer than"):
        read_climada(path, "h", seconds=0.02)  # a process does not even start within that
