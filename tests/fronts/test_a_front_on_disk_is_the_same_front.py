from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import scipy.sparse as sp

from instances.schema import InstanceError
from solver.fronts import store
from solver.fronts.store import load_front, read_front, write_front
from solver.fronts.summary import proof
from solver.outputs.manifest import FRONT, SCHEMA, with_files, write_manifest
from solver.pareto.bounds import LowerBounds
from solver.pareto.front import Front
from tests.fronts.small import Listed, listed


def same(a: object, b: object) -> bool:
    """Equal to the last bit, whatever it is."""
    if isinstance(a, LowerBounds):
        return isinstance(b, LowerBounds) and same(a.ideal, b.ideal) and same(a.facts, b.facts)
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))  # type: ignore[arg-type]
    if sp.issparse(a):
        return sp.issparse(b) and type(a) is type(b) and a.shape == b.shape and (a != b).nnz == 0
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and np.array_equal(a, b)
    if dataclasses.is_dataclass(a):
        return all(same(getattr(a, f.name), getattr(b, f.name)) for f in dataclasses.fields(a))
    return a == b


def kept(case: Listed, folder: Path, **measured: np.ndarray) -> Path:
    """A folder as a front study leaves it, without city and study."""
    folder.mkdir()
    write_front(case.front, case.matrix, folder, measured)
    content = {"kind": FRONT, "schema": SCHEMA, "result": {"status": case.front.status}}
    write_manifest(with_files(content, folder), folder)
    return folder


@pytest.mark.parametrize(("objectives", "seed"), [(2, 0), (2, 1), (3, 0), (3, 5)])
def test_a_front_read_back_is_the_same_in_every_field(tmp_path: Path, objectives: int, seed: int) -> None:
    case = listed(objectives, seed=seed, known=0.6)
    front = load_front(kept(case, tmp_path / "front"))
    differing = [
        f.name for f in dataclasses.fields(Front) if not same(getattr(case.front, f.name), getattr(front, f.name))
    ]
    assert differing == []
    assert front.hypervolume_gap == case.front.hypervolume_gap and len(front) == len(case.front)


def test_what_nobody_knows_comes_back_as_infinite(tmp_path: Path) -> None:
    case = listed()
    blind = np.full(2, -np.inf)
    front = dataclasses.replace(
        case.front, ideal=blind, bounds=LowerBounds(blind), epsilon=np.inf, verified=np.full(len(case.front), np.inf)
    )
    again = load_front(kept(dataclasses.replace(case, front=front), tmp_path / "front"))
    assert same(again, front)
    assert "Infinity" not in (tmp_path / "front" / "front.json").read_text("utf-8")
    points, ends = (pd.read_parquet(tmp_path / "front" / name) for name in (store.POINTS, store.OBJECTIVES))
    assert points["verified"].isna().all() and ends[["ideal", "bound"]].isna().all(axis=None)
    assert "inf" not in (tmp_path / "front" / store.SHEET).read_text("utf-8-sig")


def test_no_share_is_claimed_of_a_hypervolume_that_nobody_knows(tmp_path: Path) -> None:
    case = listed()
    front = dataclasses.replace(case.front, hypervolume_bound=np.inf)
    about = json.loads((kept(dataclasses.replace(case, front=front), tmp_path / "front") / store.ABOUT).read_text())
    assert about["hypervolume_gap"] is None and about["hypervolume_bound"] is None and about["hypervolume"] > 0
    said = " ".join(proof(front, 0.05, "en"))
    assert "nothing is proven from below" in said and "for certain" not in said


def test_the_files_are_the_same_each_time(tmp_path: Path) -> None:
    case = listed(3)
    first, second = kept(case, tmp_path / "a"), kept(case, tmp_path / "b")
    assert [p.name for p in sorted(first.iterdir())] == [p.name for p in sorted(second.iterdir())]
    assert all((second / p.name).read_bytes() == p.read_bytes() for p in first.iterdir())


def test_the_schema_of_the_points_says_what_each_number_is(tmp_path: Path) -> None:
    case = listed(3)
    folder = kept(case, tmp_path / "front")
    schema = pq.read_schema(folder / store.POINTS)
    said = {name: schema.field(name).metadata for name in case.front.names}
    assert said["loss_0"] == {b"role": b"objective", b"unit": b"EUR"}
    assert [said[name][b"unit"] for name in case.front.names] == [b"EUR", b"people", b"h"]
    table = pd.read_parquet(folder / store.POINTS)
    assert table["id"].tolist() == list(range(1, len(case.front) + 1))
    assert np.array_equal(table[list(case.front.names)].to_numpy(), case.front.points)


def test_the_named_decisions_are_those_of_the_sparse_plans(tmp_path: Path) -> None:
    case = listed(2, items=9)
    folder = kept(case, tmp_path / "front")
    plans, table = case.front.plans.toarray(), pd.read_parquet(folder / store.NAMED)
    again = np.zeros_like(plans)
    place = {f"box {k + 1}": k for k in range(plans.shape[1])}
    again[table["id"] - 1, table["element"].map(place)] = table["value"]
    assert np.array_equal(again, plans) and set(table["block"]) == {"take"}


def test_how_often_a_decision_is_taken_is_counted_over_the_plans(tmp_path: Path) -> None:
    case = listed(2, items=9, seed=3)
    table = pd.read_parquet(kept(case, tmp_path / "front") / store.DECISIONS)
    count = (case.front.plans.toarray() > 0.5).sum(axis=0)
    assert table["points"].tolist() == count.tolist()
    assert table["share"].tolist() == (count / len(case.front)).tolist()
    assert (table["kind"] == "core").tolist() == (count == len(case.front)).tolist()
    assert (table["kind"] == "never").tolist() == (count == 0).tolist()


def test_the_sheet_holds_the_same_points_as_the_table(tmp_path: Path) -> None:
    case = listed(3, seed=2)
    folder = kept(case, tmp_path / "front", extra=np.linspace(0.1, 0.7, len(case.front)))
    sheet, table = (
        pd.read_csv(folder / store.SHEET, encoding="utf-8-sig", dtype=str),
        pd.read_parquet(folder / store.POINTS),
    )
    assert list(sheet.columns) == list(table.columns) and len(sheet) == len(table)
    for name in (*case.front.names, "distance", "verified", "extra"):
        assert [float(text) for text in sheet[name]] == table[name].tolist(), name
    assert sheet["label"].tolist() == table["label"].tolist()


@pytest.mark.parametrize("name", [store.POINTS, store.OBJECTIVES, store.BOUNDS, store.PLANS, store.NAMED, store.ABOUT])
def test_a_file_that_was_changed_or_lost_is_named(tmp_path: Path, name: str) -> None:
    folder = kept(listed(), tmp_path / "front")
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(InstanceError, match=f"{name}: changed since the run"):
        load_front(folder)
    (folder / name).unlink()
    with pytest.raises(InstanceError, match=f"{name}: missing"):
        load_front(folder)


def test_what_excel_does_to_the_sheet_does_not_spoil_a_front(tmp_path: Path) -> None:
    case = listed()
    folder = kept(case, tmp_path / "front")
    (folder / store.SHEET).write_text("saved by Excel")
    assert same(load_front(folder), case.front)


def test_a_folder_that_is_no_front_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(InstanceError, match="no such folder"):
        load_front(tmp_path / "nowhere")
    with pytest.raises(InstanceError, match="name a folder that `refugia front` has written"):
        load_front(tmp_path)
    folder = kept(listed(), tmp_path / "front")
    content = json.loads((folder / "manifest.json").read_text("utf-8"))
    (folder / "manifest.json").write_text(json.dumps(content | {"kind": "refugia run"}))
    with pytest.raises(InstanceError, match="not that of a front"):
        load_front(folder)
    (folder / "manifest.json").write_text(json.dumps(content | {"schema": 99}))
    with pytest.raises(InstanceError, match="version 99"):
        load_front(folder)


def test_a_front_of_another_program_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="another program"):
        write_front(listed(seed=0).front, listed(seed=1).matrix, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_front_can_be_moved_to_another_place(tmp_path: Path) -> None:
    case = listed()
    folder = kept(case, tmp_path / "front")
    shutil.move(folder, tmp_path / "elsewhere")
    assert same(read_front(tmp_path / "elsewhere"), load_front(tmp_path / "elsewhere"))
