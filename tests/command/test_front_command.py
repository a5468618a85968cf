"""``refugia front``: exit codes, what is said, and what is left behind when it is stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from solver.fronts.run import FrontRun
from solver.fronts.store import load_front
from tests.command.conftest import Said

Call = Callable[..., Said]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory, town_zip: Path) -> Path:
    """A study of the town: cost against people without a place, all points within 2 % of the range."""
    content = {
        "instance": str(town_zip),
        "question": {"shelters": True, "harden": "none"},
        "front": {"objectives": ["cost", "unserved"], "points": None, "gap": 0.02, "time_limit": 120},
    }
    path = tmp_path_factory.mktemp("studies") / "town.yaml"
    path.write_text(yaml.safe_dump(content), "utf-8")
    return path


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory, study: Path) -> tuple[Path, Said]:
    """A finished front and what was said; tests must not change it."""
    from typer.testing import CliRunner

    from solver.command.main import app

    folder = tmp_path_factory.mktemp("fronts") / "town"
    done = CliRunner().invoke(app, ["front", str(study), "--out", str(folder), "--lang", "en"])
    return folder, Said(done.exit_code, done.stdout, done.stderr)


def test_a_front_ends_with_zero_and_says_what_is_proven_and_where_it_lies(front: tuple[Path, Said]) -> None:
    folder, said = front
    assert said.code == 0
    run = FrontRun.load(folder)
    assert run.front is not None
    for sentence in run.summary("en"):
        assert sentence in said.out
    assert f"{len(run.front)} plans of which none" in said.out and "Proven" in said.out
    for name in ("front.csv", "front.png", "front.gpkg"):
        assert str(folder / name) in said.out


def test_progress_tells_points_and_how_far_the_front_may_be(front: tuple[Path, Said]) -> None:
    _, said = front
    lines = [line for line in said.err.splitlines() if " front " in line]
    assert len(lines) >= 2 and any("points" in line and "%" in line for line in lines)


def test_json_is_one_document_and_quiet_says_nothing(refugia: Call, study: Path, tmp_path: Path) -> None:
    said = refugia("front", study, "--json", "--points", 3, "--out", tmp_path / "a")
    assert said.code == said.document["exit_code"] == 0
    assert said.document["points"] == len(load_front(tmp_path / "a")) and said.document["objectives"]["cost"] == "EUR"
    assert set(said.document["files"]) == {
        p.relative_to(tmp_path / "a").as_posix() for p in (tmp_path / "a").rglob("*") if p.is_file()
    } - {"manifest.json"}
    assert all(json.loads(line)["stage"] for line in said.err.splitlines())
    silent = refugia("front", study, "--quiet", "--points", 3, "--out", tmp_path / "b")
    assert (silent.code, silent.out, silent.err) == (0, "", "")


def test_the_last_lines_come_in_chinese(refugia: Call, study: Path, tmp_path: Path) -> None:
    said = refugia("front", study, "--points", 2, "--lang", "zh", "--out", tmp_path / "run")
    assert "个方案" in said.out and "结果：" in said.out


def test_flags_stand_in_the_study_that_is_kept(refugia: Call, study: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    flags = ("--points", 2, "--gap", 0.1, "--time-limit", 50, "--objectives", "cost, unserved_worst", "--seed", 3)
    assert refugia("front", study, *flags, "--method", "exact", "--quiet", "--out", out).code == 0
    kept = yaml.safe_load((out / "study.yaml").read_text("utf-8"))
    assert kept["front"]["objectives"] == ["cost", "unserved_worst"] and kept["solve"]["seed"] == 3
    assert [kept["front"][k] for k in ("points", "gap", "time_limit", "method")] == [2, 0.1, 50, "exact"]
    assert load_front(out).names == ("cost", "unserved_worst")
    again = refugia("front", out / "study.yaml", "--json", "--quiet", "--out", tmp_path / "again").document
    assert again["points"] == len(load_front(out))


def test_points_zero_asks_for_every_point(refugia: Call, study: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert refugia("front", study, "--points", 0, "--gap", 0.5, "--quiet", "--out", out).code == 0
    assert yaml.safe_load((out / "study.yaml").read_text("utf-8"))["front"]["points"] is None


def test_a_front_that_is_there_is_kept_unless_it_may_be_replaced_or_resumed(
    refugia: Call, front: tuple[Path, Said], study: Path, tmp_path: Path
) -> None:
    folder, _ = front
    before = (folder / "manifest.json").read_bytes()
    refused = refugia("front", study, "--out", folder)
    assert refused.code == 2 and "--force" in refused.err and "--resume" in refused.err
    assert (folder / "manifest.json").read_bytes() == before
    import shutil

    shutil.copytree(folder, tmp_path / "copy")
    resumed = refugia("front", study, "--out", tmp_path / "copy", "--resume", "--json")
    assert resumed.code == 0 and resumed.document["solves"] == 0
    assert resumed.document["points"] == len(load_front(folder)) and "going on from" in resumed.err
    forced = refugia("front", study, "--out", tmp_path / "copy", "--force", "--points", 2, "--json", "--quiet")
    assert forced.code == 0 and forced.document["solves"] > 0


def test_faults_of_the_section_are_all_named_with_their_lines(refugia: Call, town_zip: Path, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(
        f"instance: {town_zip}\nfront:\n  objectives: [cost, unservd]\n  method: magic\n  points: 1\n  gapp: 0.1\n",
        "utf-8",
    )
    said = refugia("front", path, "--out", tmp_path / "run")
    assert said.code == 2 and not (tmp_path / "run").exists()
    assert "line 3" in said.err and "did you mean unserved?" in said.err
    assert "line 4" in said.err and "auto, exact, genetic, hybrid" in said.err
    assert "line 5" in said.err and "line 6" in said.err and "did you mean gap?" in said.err


def test_contradicting_rules_end_with_four_and_are_explained(refugia: Call, study: Path, tmp_path: Path) -> None:
    rules = ("--set", "question.budget=0", "--set", "question.promises=[{level: moderate, unserved: 0}]")
    said = refugia("front", study, *rules, "--json", "--out", tmp_path / "run")
    assert said.code == said.document["exit_code"] == 4
    assert said.document["points"] == 0 and said.document["explained"]


def test_no_time_at_all_ends_with_three(refugia: Call, study: Path, tmp_path: Path) -> None:
    said = refugia("front", study, "--time-limit", 1e-6, "--json", "--out", tmp_path / "run")
    assert said.code == said.document["exit_code"] == 3
    assert (tmp_path / "run" / "manifest.json").exists()


@pytest.mark.skipif(os.name == "nt", reason="sends signals the POSIX way")
def test_ctrl_c_keeps_what_was_found_and_the_next_run_goes_on_from_it(tmp_path: Path) -> None:
    out = tmp_path / "run"
    command = [sys.executable, "-m", "solver.command.main", "front", "hurricanes", "--json", "--out", str(out)]
    command += ["--set", "instance.options.scenarios=6"]
    flags = ["--gap", "0.0001", "--points", "0", "--time-limit", "40"]
    with subprocess.Popen(
        [*command, *flags], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            seen = 0
            for line in process.stderr:
                event = json.loads(line)
                seen += event["stage"] == "front" and event["done"] is not None
                if seen == 2:
                    break
            else:
                pytest.fail("the search ended before it could be interrupted")
            process.send_signal(signal.SIGINT)
            told, _ = process.communicate(timeout=120)
        finally:
            process.kill()
    document = json.loads(told)
    assert process.returncode == document["exit_code"] == 3 and document["status"] == "stopped"
    found = load_front(out)
    assert len(found) == document["points"] >= 1
    small = subprocess.run(
        [*command, "--gap", "0.9", "--points", "2", "--resume"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "going on from" in small.stderr and small.returncode == 0, small.stderr
