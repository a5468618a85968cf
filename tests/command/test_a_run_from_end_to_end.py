from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from instances.container import load
from solver.plan import TABLES
from solver.run import Run
from tests.command.conftest import SMALL, Said
from tests.instances.tiny import tiny_instance

Call = Callable[..., Said]
IMPOSSIBLE = ("--set", "question.budget=0", "--set", "question.promises=[{level: high, short: 0}]")


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_proven_plan_ends_with_zero_and_a_whole_folder(finished: Path) -> None:
    expected = {"manifest.json", "study.yaml", "solution.json", "solution.npz", "duals.npz", "progress.jsonl"}
    expected |= {"plan.gpkg", "map.png", "map.svg", "page.html"}
    expected |= {f"tables/{name}.{kind}" for name in TABLES for kind in ("csv", "parquet")}
    found = files(finished)
    assert {name for name in found if not name.startswith("instance.refugia/")} == expected
    assert (finished / "map.png").read_bytes().startswith(b"\x89PNG")
    assert [p.name for p in finished.parent.iterdir()] == [finished.name]


def test_the_manifest_names_inputs_machine_result_and_the_digest_of_every_file(finished: Path) -> None:
    manifest = json.loads((finished / "manifest.json").read_text("utf-8"))
    town = tiny_instance(demand=6, sites=4)
    assert manifest["inputs"]["instance"]["digest"] == town.digest == load(finished / "instance.refugia").digest
    assert manifest["result"]["status"] == "proven" and manifest["result"]["checked"] is True
    assert {"instance", "program", "solve", "tables", "map", "page"} <= set(manifest["timings"])
    assert {"python", "refugia", "highspy", "numpy"} <= set(manifest["versions"])
    assert set(manifest["machine"]) == {"system", "architecture", "cores", "memory"}
    found = files(finished)
    del found["manifest.json"]
    assert {name: about["sha256"] for name, about in manifest["files"].items()} == found


def test_progress_is_kept_as_json_lines_on_one_clock(finished: Path) -> None:
    lines = [json.loads(line) for line in (finished / "progress.jsonl").read_text("utf-8").splitlines()]
    stages = [line["stage"] for line in lines]
    assert stages.index("instance") < stages.index("program") < stages.index("solve") < stages.index("page")
    assert [line["elapsed"] for line in lines] == sorted(line["elapsed"] for line in lines)


def test_a_run_read_back_is_the_run_that_was_made(finished: Path) -> None:
    run = Run.load(finished)
    assert run.plan is not None and run.exit_code == 0
    assert run.solution.certificate is not None and run.solution.certificate.ok
    stored = pq.read_table(finished / "tables" / "openings.parquet").to_pandas()
    assert run.plan.openings["option"].tolist() == stored["option"].tolist()
    with np.load(finished / "solution.npz") as values:
        assert values["open"].sum() == len(run.plan.openings)


def test_the_study_in_the_folder_gives_the_same_plan_again(refugia: Call, finished: Path, tmp_path: Path) -> None:
    again = refugia("solve", finished / "study.yaml", "--out", tmp_path / "again", "--json", "--quiet").document
    assert again["value"] == Run.load(finished).solution.value


def test_reporting_twice_changes_nothing_and_another_language_changes_only_what_is_shown(
    refugia: Call, finished: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(finished, copy)
    before = files(copy)
    assert refugia("report", copy, "--quiet").code == 0
    assert files(copy) == before
    assert refugia("report", copy, "--lang", "zh").code == 0
    changed = {name for name, digest in files(copy).items() if before[name] != digest}
    assert {"page.html", "plan.gpkg"} <= changed <= {"page.html", "plan.gpkg", "map.png", "map.svg", "manifest.json"}
    assert refugia("report", copy, "--quiet").code == 0
    assert files(copy) == before


def test_what_other_programs_do_to_the_shown_files_does_not_spoil_a_run(
    refugia: Call, finished: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(finished, copy)
    before = files(copy)
    (copy / "plan.gpkg").write_bytes(b"rewritten by QGIS")
    (copy / "page.html").unlink()
    (copy / "tables" / "people.csv").write_text("saved by Excel")
    assert refugia("report", copy, "--quiet").code == 0
    assert files(copy) == before


def test_the_last_lines_tell_proof_value_cost_people_and_where_things_lie(refugia: Call, finished: Path) -> None:
    said = refugia("report", finished)
    run = Run.load(finished)
    assert run.plan is not None
    assert "Proven best: no plan is better." in said.out
    assert "Checked by us, not by the solver" in said.out
    for sentence in run.plan.summary("en"):
        assert sentence in said.out
    for name in ("page.html", "map.png", "plan.gpkg", "tables"):
        assert str(finished / name) in said.out


def test_the_last_lines_come_in_chinese(
    refugia: Call, finished: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(finished, tmp_path / "copy")
    monkeypatch.setenv("REFUGIA_LANG", "zh")
    assert "已证明最优：不存在更好的方案。" in refugia("report", tmp_path / "copy").out


def test_json_is_one_document_on_stdout_and_json_lines_on_stderr(refugia: Call, tmp_path: Path) -> None:
    said = refugia("solve", *SMALL, "--json", "--out", tmp_path / "run")
    assert said.code == said.document["exit_code"] == 0
    assert said.document["gap"] <= 0.01 and said.document["certificate"]["ok"]
    assert set(said.document["files"]) == set(files(tmp_path / "run")) - {"manifest.json"}
    stages = [json.loads(line)["stage"] for line in said.err.splitlines()]
    assert stages[0] == "instance" and "search" in stages


def test_quiet_says_nothing(refugia: Call, tmp_path: Path) -> None:
    said = refugia("solve", *SMALL, "--quiet", "--out", tmp_path / "run")
    assert (said.code, said.out, said.err) == (0, "", "")


def test_a_limit_ends_with_three_keeps_the_plan_and_a_resumed_run_starts_from_it(refugia: Call, tmp_path: Path) -> None:
    out = tmp_path / "run"
    words = ("solve", "hurricanes", "--out", out, "--json")
    first = refugia(*words, "--gap", "0", "--time-limit", "2")
    assert first.code == 3 and first.document["status"] == "time limit"
    assert first.document["value"] >= first.document["bound"] and Run.load(out).plan is not None
    second = refugia(*words, "--gap", "0.9", "--resume")
    assert second.code == 0 and second.document["value"] <= first.document["value"] * (1 + 1e-9)
    assert f"starting from the plan of value {first.document['value']:,.0f}" in second.err
    third = refugia("solve", *SMALL, "--out", out, "--resume", "--json")
    assert third.code == 0 and "about another program" in third.err


def test_contradicting_rules_end_with_four_and_an_explanation(refugia: Call, tmp_path: Path) -> None:
    said = refugia("solve", *SMALL, *IMPOSSIBLE, "--out", tmp_path / "run", "--json")
    assert said.code == 4 and said.document["status"] == "infeasible"
    rules = {rule["rule"] for rule in said.document["explanation"]["conflict"]}
    assert "budget" in rules and any(name.startswith("promise") for name in rules)
    assert said.document["explanation"]["repairs"]
    assert not (tmp_path / "run" / "page.html").exists()
    again = refugia("report", tmp_path / "run")
    assert again.code == 4
    for sentence in (said.document["message"], *said.document["explained"]):
        assert sentence in again.out


def test_a_fault_of_ours_ends_with_one_says_so_and_leaves_nothing(
    refugia: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("somewhere deep")

    monkeypatch.setattr("solver.outputs.tables.write_tables", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    said = refugia("solve", *SMALL, "--out", tmp_path / "run", "--quiet")
    assert said.code == 1 and "fault of Refugia" in said.err and "somewhere deep" in said.err
    (note,) = tmp_path.iterdir()
    assert note.name.startswith("refugia-fault-") and "ZeroDivisionError" in note.read_text("utf-8")


def test_a_full_disk_is_named_and_leaves_nothing(
    refugia: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "plan.gpkg")

    monkeypatch.setattr("solver.outputs.geopackage.write_geopackage", full)
    said = refugia("solve", *SMALL, "--out", tmp_path / "run", "--quiet")
    assert said.code == 2 and "No space left on device" in said.err and list(tmp_path.iterdir()) == []


def test_runs_without_a_name_are_numbered(refugia: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for expected in ("hurricanes", "hurricanes-2"):
        assert refugia("solve", *SMALL, "--json", "-q").document["folder"] == str(tmp_path / "runs" / expected)


def test_a_built_instance_can_be_checked_and_solved(refugia: Call, tmp_path: Path) -> None:
    built = refugia("build", "hurricanes", "--set", "scenarios=3", "--out", tmp_path / "h.zip", "--json").document
    checked = refugia("check", tmp_path / "h.zip", "--json").document
    assert built["digest"] == checked["digest"] == load(tmp_path / "h.zip").digest
    assert checked["verdict"].startswith("usable")
    solved = refugia("solve", tmp_path / "h.zip", "--out", tmp_path / "run", "--gap", "0.05", "--json")
    assert solved.code == 0, solved.err
