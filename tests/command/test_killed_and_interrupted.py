"""A run that is killed leaves no result, one that is interrupted leaves the best plan so far."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from solver.run import Run

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="sends signals the POSIX way")


@contextmanager
def running(out: Path, *, with_plan: bool) -> Iterator[subprocess.Popen[str]]:
    """A run of the command line that is being solved, and has found a plan if that is wanted."""
    command = [sys.executable, "-m", "solver.command.main", "solve", "hurricanes", "--gap", "0", "--json"]
    with subprocess.Popen(
        [*command, "--out", str(out)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            for line in process.stderr:
                event = json.loads(line)
                if event["stage"] == "search" and event["incumbent"] is not None:
                    break
                if event["stage"] == "relaxation" and not with_plan:
                    break
            else:
                pytest.fail("the search ended before it could be interrupted")
            yield process
        finally:
            process.kill()


def test_a_killed_run_leaves_no_folder_and_the_next_run_clears_what_is_left(tmp_path: Path) -> None:
    out = tmp_path / "run"
    with running(out, with_plan=False) as process:
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=60)
    assert not out.exists()
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".run.part-")
    small = ["--set", "instance.options.scenarios=2", "--quiet"]
    command = [sys.executable, "-m", "solver.command.main", "solve", "hurricanes", "--out", str(out), *small]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_ctrl_c_keeps_the_best_plan_and_ends_with_three(tmp_path: Path) -> None:
    out = tmp_path / "run"
    with running(out, with_plan=True) as process:
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=120)
    document = json.loads(told)
    assert process.returncode == document["exit_code"] == 3
    assert document["status"] == "interrupted" and document["certificate"]["ok"]
    run = Run.load(out)
    assert run.plan is not None and run.solution.value == document["value"]
    assert (out / "page.html").exists()
