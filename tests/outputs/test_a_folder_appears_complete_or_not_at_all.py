from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from solver.outputs.folder import FolderError, filling, may_fill

ROOT = Path(__file__).resolve().parents[2]
HANG = """
import sys, time
from pathlib import Path
from solver.outputs.folder import filling
with filling(Path(sys.argv[1])) as draft:
    (draft / "big.bin").write_bytes(b"x" * 1000)
    print("writing", flush=True)
    time.sleep(60)
"""


def run(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}")
    (folder / "old.txt").write_text("old")


def test_a_folder_that_ends_well_is_there_with_everything_in_it(tmp_path: Path) -> None:
    with filling(tmp_path / "deep" / "run") as draft:
        (draft / "a.txt").write_text("a")
        assert not (tmp_path / "deep" / "run").exists()
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["run"]
    assert [p.name for p in (tmp_path / "deep" / "run").iterdir()] == ["a.txt"]


def test_a_fault_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), filling(tmp_path / "run") as draft:
        (draft / "a.txt").write_text("a")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_fault_on_the_way_leaves_the_former_run_as_it_was(tmp_path: Path) -> None:
    run(tmp_path / "run")
    with pytest.raises(KeyboardInterrupt), filling(tmp_path / "run") as draft:
        (draft / "a.txt").write_text("a")
        raise KeyboardInterrupt
    assert sorted(p.name for p in (tmp_path / "run").iterdir()) == ["manifest.json", "old.txt"]
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_new_run_replaces_the_former_one_whole(tmp_path: Path) -> None:
    run(tmp_path / "run")
    with filling(tmp_path / "run") as draft:
        (draft / "new.txt").write_text("new")
    assert [p.name for p in (tmp_path / "run").iterdir()] == ["new.txt"]
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


@pytest.mark.skipif(os.name == "nt", reason="kills a process the POSIX way")
def test_what_a_killed_run_leaves_is_hidden_and_removed_by_the_next_but_a_living_one_is_left_alone(
    tmp_path: Path,
) -> None:
    target = tmp_path / "run"
    with subprocess.Popen(
        [sys.executable, "-c", HANG, str(target)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None and writer.stdout.readline() == "writing\n"
        (left,) = tmp_path.iterdir()
        with filling(target) as draft:
            (draft / "a.txt").write_text("a")
        assert left.exists(), "its owner is still writing"
        writer.send_signal(signal.SIGKILL)
        writer.wait(timeout=30)
    assert left.exists() and left.name.startswith(".")
    with filling(target) as draft:
        (draft / "b.txt").write_text("b")
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_only_nothing_or_a_run_may_be_written_over(tmp_path: Path) -> None:
    may_fill(tmp_path / "new" / "run", replace=False)
    (tmp_path / "empty").mkdir()
    may_fill(tmp_path / "empty", replace=False)
    run(tmp_path / "run")
    may_fill(tmp_path / "run", replace=True)
    with pytest.raises(FolderError, match="--force"):
        may_fill(tmp_path / "run", replace=False)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "mine", tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(FolderError, match="choose another"):
            may_fill(path, replace=True)


def test_a_result_is_readable_for_whoever_the_mask_lets_in(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with filling(tmp_path / "run"):
            pass
    finally:
        os.umask(before)
    assert (tmp_path / "run").stat().st_mode & 0o777 == 0o755
