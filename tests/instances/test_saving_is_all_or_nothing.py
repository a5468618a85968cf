"""Full disks, killed runs and other people's files: what was there stays, what is new is whole."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from instances.container import load, save
from instances.schema import InstanceError
from tests.instances.tiny import tiny_instance

ROOT = Path(__file__).resolve().parents[2]
TOWN = tiny_instance(requests=True)
FORMS = ("town.refugia", "town.zip")


@pytest.fixture
def folder(tmp_path):
    return save(TOWN, tmp_path / "town", layers=False)


@pytest.mark.parametrize("form", FORMS)
def test_an_instance_is_replaced_only_if_that_is_allowed(tmp_path, form):
    place = save(tiny_instance(seed=1), tmp_path / form)
    with pytest.raises(InstanceError, match="allow overwriting"):
        save(TOWN, place)
    assert load(place).digest == tiny_instance(seed=1).digest
    assert load(save(TOWN, place, overwrite=True)).digest == TOWN.digest
    assert [path.name for path in tmp_path.iterdir()] == [form]


def test_nothing_but_an_instance_is_ever_replaced(tmp_path, folder):
    (tmp_path / "photos.refugia").mkdir()
    (tmp_path / "photos.refugia" / "cat.jpg").write_bytes(b"meow")
    (tmp_path / "thesis.zip").write_bytes(b"years of work")
    (tmp_path / "plain.refugia").write_bytes(b"a file")
    (folder / "my project.qgz").write_bytes(b"drawn by hand")
    for name, piece in (
        ("photos", "cat.jpg"),
        ("thesis.zip", "no zipped instance"),
        ("plain.refugia", "no zipped instance"),
        ("town", "my project.qgz"),
    ):
        with pytest.raises(InstanceError, match=piece):
            save(TOWN, tmp_path / name, overwrite=True)
    assert (tmp_path / "thesis.zip").read_bytes() == b"years of work"
    assert (tmp_path / "photos.refugia" / "cat.jpg").exists()
    assert (folder / "my project.qgz").exists()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("after", [0, 1, 7])
def test_a_full_disk_leaves_everything_as_it_was(tmp_path, monkeypatch, form, before, after):
    place = tmp_path / form
    if before:
        save(tiny_instance(seed=1), place, layers=False)
    written = 0

    def full(*_):
        nonlocal written
        written += 1
        if written > after:
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        real_bytes, real_entry = Path.write_bytes, zipfile.ZipFile.writestr
        patch.setattr(Path, "write_bytes", lambda self, content: (full(), real_bytes(self, content))[1])
        patch.setattr(zipfile.ZipFile, "writestr", lambda self, *args: (full(), real_entry(self, *args))[1])
        with pytest.raises(OSError, match="No space left"):
            save(TOWN, place, overwrite=True, layers=False)
    assert [path.name for path in tmp_path.iterdir()] == ([form] if before else [])
    if before:
        assert load(place).digest == tiny_instance(seed=1).digest


def test_an_instance_that_cannot_be_moved_into_place_leaves_the_former_one(tmp_path, monkeypatch):
    place = save(tiny_instance(seed=1), tmp_path / "town", layers=False)
    real, calls = os.replace, []

    def second_fails(source, target):
        calls.append(source)
        if len(calls) == 2:
            raise OSError(errno.EIO, "Input/output error")
        return real(source, target)

    monkeypatch.setattr(os, "replace", second_fails)
    with pytest.raises(OSError, match="Input/output"):
        save(TOWN, place, overwrite=True, layers=False)
    assert len(calls) == 3
    assert load(place).digest == tiny_instance(seed=1).digest
    assert [path.name for path in tmp_path.iterdir()] == [place.name]


SAVE = """
import sys
from instances.container import save
from tests.instances.tiny import tiny_instance
{first}
save(tiny_instance(), sys.argv[1], layers=False)
"""


def in_another_process(first: str, target: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", SAVE.format(first=first), str(target)], cwd=ROOT, capture_output=True, text=True
    )


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
@pytest.mark.parametrize("form", FORMS)
def test_a_disk_that_takes_no_more_bytes_leaves_nothing_half_written(tmp_path, form):
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))"
    ended = in_another_process(limit, tmp_path / form)
    assert "OSError: [Errno 27] File too large" in ended.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize("form", FORMS)
def test_a_killed_run_leaves_no_instance_and_the_next_run_succeeds(tmp_path, form):
    kill = (
        "import os, signal, itertools; from pathlib import Path; from zipfile import ZipFile; n = itertools.count()\n"
        "def dying(real): return lambda *a: os.kill(os.getpid(), signal.SIGKILL) if next(n) == 9 else real(*a)\n"
        "Path.write_bytes, ZipFile.writestr = dying(Path.write_bytes), dying(ZipFile.writestr)"
    )
    ended = in_another_process(kill, tmp_path / form)
    assert ended.returncode == -signal.SIGKILL
    assert not (tmp_path / form).exists()
    assert load(save(TOWN, tmp_path / form, layers=False)).digest == TOWN.digest
