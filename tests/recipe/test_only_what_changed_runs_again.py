import os
import threading
from dataclasses import dataclass

import numpy as np
import pytest
import shapely

from instances.index import Index, Map
from instances.layers.grid import Grid
from instances.layers.layer import Layer
from instances.people.residents import Dwellers
from instances.recipe import source
from instances.recipe.runner import Runner
from instances.recipe.store import Store

CODE = ("instances.recipe.rows",)


@dataclass
class Town:
    """A small build: two layers, a step for each, one that takes both, and one after that."""

    folder: object
    ran: list

    def build(self, homes=(1.0, 2.0, 3.0), names=("a", "b", "c"), depth=0.5, share=1.0, limit=1 << 30, store=True):
        self.ran = []
        runner = Runner(Store(self.folder, limit) if store else None)
        here = np.array([shapely.Point(0, k) for k in range(3)], object)
        columns = {"people": np.array(homes), "name": np.array(names)}
        layer = Layer("homes", np.array(["1", "2", "3"]), here, columns, "EPSG:32633")

        def people(ledger):
            self.ran.append("people")
            ledger.read("homes", 3, float(np.sum(homes)), "people")
            demand = Index.named("demand", ["1", "2", "3"])
            return demand, Dwellers(np.zeros(3), np.arange(3.0), np.round(layer.columns["people"] * share, 3))

        def water(ledger):
            self.ran.append("water")
            return {"depth": np.full(3, depth)}

        def wet(ledger):
            self.ran.append("wet")
            pair = Index.tuples("pair", demand=(demand, [0, 2]))
            return pair, dwellers.people * (flood["depth"] > 0.2)

        def last(ledger):
            self.ran.append("last")
            return Map(pair, pair["demand"].target, [0, 2])

        demand, dwellers = runner.step("people", CODE, {"share": share}, {"homes": layer}, people)
        flood = runner.step("water", CODE, {"depth": depth}, {}, water)
        pair, self.sum = runner.step("wet", CODE, None, {"people": dwellers, "who": demand, "flood": flood}, wet)
        way = runner.step("last", CODE, None, {"pair": pair, "sum": self.sum}, last)
        assert way.target is demand
        assert pair["demand"].target is demand
        self.runner = runner
        return self.ran


@pytest.fixture
def town(tmp_path):
    made = Town(tmp_path / "cache", [])
    assert made.build() == ["people", "water", "wet", "last"]
    return made


def test_nothing_runs_when_nothing_changed(town):
    before, books = town.runner.done, town.runner.ledgers
    assert town.build() == []
    assert [d.digest for d in town.runner.done] == [d.digest for d in before]
    assert [d.hit for d in town.runner.done] == [True] * 4
    assert town.runner.ledgers == books
    assert town.sum.tolist() == [1.0, 2.0, 3.0]


def test_a_changed_rule_runs_the_steps_that_depend_on_it_and_no_others(town):
    assert town.build(depth=0.1) == ["water", "wet", "last"]
    assert town.sum.tolist() == [0.0, 0.0, 0.0]


def test_a_changed_cell_of_a_layer_runs_the_steps_that_depend_on_it(town):
    assert town.build(homes=(1.0, 2.0, 4.0)) == ["people", "wet", "last"]


def test_the_wave_stops_where_the_result_is_what_it_was(town):
    assert town.build(names=("a", "b", "other")) == ["people"]
    assert town.build(depth=0.4) == ["water", "wet"]


def test_going_back_finds_the_earlier_results(town):
    town.build(share=0.5)
    assert town.build() == []


def test_without_a_store_everything_runs_and_has_the_same_digests(town):
    before = [d.digest for d in town.runner.done]
    assert town.build(store=False) == ["people", "water", "wet", "last"]
    assert [d.digest for d in town.runner.done] == before


def test_a_damaged_entry_runs_again_and_is_mended(town):
    entries = sorted(town.folder.glob("steps/*/*.step"))
    assert len(entries) == 4
    for k, path in enumerate(entries):
        content = path.read_bytes()
        path.write_bytes([b"", content[:-40], content[:100] + b"x" + content[101:], b"no" * 500][k])
    assert sorted(town.build()) == ["last", "people", "water", "wet"]
    assert town.build() == []


def test_an_entry_that_cannot_be_read_runs_again(town):
    for path in town.folder.glob("steps/*/*.step"):
        path.unlink()
        path.mkdir()
    assert sorted(town.build()) == ["last", "people", "water", "wet"]


def test_changed_source_runs_the_step_again(town, monkeypatch):
    real = source._bytes
    for changed, expected in (("rows.py", 4), ("digest.py", 4), ("voice.py", 0)):
        monkeypatch.setattr(source, "_bytes", lambda p, c=changed: real(p) + (b"# new" if p.name == c else b""))
        assert len(town.build()) == expected, changed


def test_results_may_not_be_written_to_whether_made_or_found(town):
    for _ in range(2):
        with pytest.raises(ValueError, match="read-only"):
            town.sum[0] = 9.0
        town.build()


def test_the_store_keeps_to_its_limit_and_drops_what_was_used_longest_ago(town):
    store = Store(town.folder)
    sizes = {path: path.stat().st_size for path in town.folder.glob("steps/*/*.step")}
    used = {path: 1000 + k for k, path in enumerate(sorted(sizes))}
    for path, when in used.items():
        os.utime(path, (when, when))
    limit = sum(sizes.values()) - 1
    town.build(share=0.25, limit=limit)
    assert store.size() <= limit
    # Which entry is the oldest hangs on digests of the code, and one that the build takes is fresh again.
    gone = [when for path, when in used.items() if not path.exists()]
    left = [when for path, when in used.items() if path.exists() and path.stat().st_mtime == when]
    assert gone and all(first < then for first in gone for then in left)


def test_an_index_made_anew_with_the_content_of_a_known_one_becomes_that_one(tmp_path):
    runner = Runner()
    one = runner.step("one", CODE, None, {}, lambda ledger: Index.named("zone", "ab"))
    two = runner.step("two", CODE, None, {}, lambda ledger: (Index.named("zone", "ab"), np.arange(2)))
    assert two[0] is one


def test_two_builds_at_once_share_a_store(tmp_path):
    faults = []

    def work(seed):
        try:
            for k in range(5):
                town = Town(tmp_path / "cache", [])
                town.build(share=1.0 + (k + seed) % 3, limit=20_000)
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert not list((tmp_path / "cache").glob("steps/*/.draft-*"))


def read_homes(runner, path, calls, rule=None):
    def read(ledger):
        calls.append(path.name)
        values = np.array([float(v) for v in path.read_text().split()])
        ids = np.array([str(k) for k in range(len(values))])
        ledger.read("homes", len(ids))
        return {"homes": Layer("homes", ids, np.full(len(ids), None, object), {"v": values}, "EPSG:32633")}

    return runner.layer("homes", rule, read, [path])["homes"]


def test_a_file_whose_bytes_have_not_changed_is_not_read(tmp_path):
    path, calls = tmp_path / "homes.txt", []
    path.write_text("1 2 3")
    for _ in range(2):
        runner = Runner(Store(tmp_path / "cache"))
        read_homes(runner, path, calls)
    assert calls == ["homes.txt"]
    os.utime(path, (1, 1))  # touched, same bytes
    read_homes(Runner(Store(tmp_path / "cache")), path, calls)
    assert calls == ["homes.txt"]
    (tmp_path / "homes.prj").write_text("another file of the layer")
    read_homes(Runner(Store(tmp_path / "cache")), path, calls)
    assert len(calls) == 2


def test_a_file_with_other_bytes_and_the_same_content_is_read_and_changes_no_step(tmp_path):
    path, calls, ran = tmp_path / "homes.txt", [], []
    for text in ("1 2 3", "1.0   2.0 3.00"):
        path.write_text(text)
        runner = Runner(Store(tmp_path / "cache"))
        layer = read_homes(runner, path, calls)
        runner.step("count", CODE, None, {"homes": layer}, lambda ledger: ran.append(1))
    assert len(calls) == 2
    assert ran == [1]


def test_a_raster_is_not_read_again_for_its_digest(tmp_path, monkeypatch):
    path, calls = tmp_path / "depth.tif", []
    path.write_bytes(b"stands for a file")
    digest = Grid.digest
    monkeypatch.setattr(Grid, "digest", lambda grid: calls.append(1) or digest(grid))
    for _ in range(2):
        runner = Runner(Store(tmp_path / "cache"))
        cells = runner.layer(
            "depth",
            None,
            lambda ledger: {"depth": Grid.of("depth", np.eye(3), (1, 0, 0, 0, -1, 0), "EPSG:32633")},
            [path],
        )
        runner.step("wet", CODE, None, cells, lambda ledger: 1)
    assert calls == [1]
