from __future__ import annotations

import io
import os
import pickle
from typing import Any

import numpy as np
import pytest

from solver.genetic.checkpoint import CheckpointError
from solver.genetic.evolve import evolve
from tests.genetic.programs import location

TERMS: dict[str, Any] = {"population": 8, "generations": 2}


def saved(path, of=0, **terms):
    space, genome, decoder = location(of)
    evolve(space, genome, decoder, checkpoint=path, **{**TERMS, **terms})
    return path


def resumed(path, of=0, **terms):
    space, genome, decoder = location(of)
    return evolve(space, genome, decoder, checkpoint=path, resume=True, **{**TERMS, **terms})


def test_the_file_of_another_program_is_refused_by_name(tmp_path):
    path = saved(tmp_path / "a.npz")
    with pytest.raises(CheckpointError, match="another program"):
        resumed(path, of=1)


@pytest.mark.parametrize(
    ("changed", "word"),
    [({"seed": 5}, "seed"), ({"population": 9}, "population"), ({"algorithm": "sms"}, "algorithm")],
)
def test_the_file_of_another_run_is_refused_and_what_differs_is_named(tmp_path, changed, word):
    path = saved(tmp_path / "a.npz")
    with pytest.raises(CheckpointError, match=f"another run:\n  - {word} is"):
        resumed(path, **changed)


def test_more_generations_are_no_other_run(tmp_path):
    path = saved(tmp_path / "a.npz")
    assert resumed(path, generations=5).generations == 5


@pytest.mark.parametrize("cut", [0, 10, 200, -30])
def test_a_file_that_is_cut_short_is_refused(tmp_path, cut):
    path = saved(tmp_path / "a.npz")
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(CheckpointError, match="not a complete one"):
        resumed(path)


def test_other_arrays_are_refused(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, x=np.arange(3))
    with pytest.raises(CheckpointError):
        resumed(path)


class Trap:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_nothing_in_a_file_is_executed(tmp_path):
    trap = tmp_path / "sprung"
    for name in ("pickle.npz", "array.npz"):
        path = tmp_path / name
        if name == "pickle.npz":
            path.write_bytes(pickle.dumps(Trap(trap)))
        else:
            good = dict(np.load(saved(tmp_path / "good.npz")))
            good["genomes"] = np.array([Trap(trap)], object)
            held = io.BytesIO()
            np.savez(held, **good)
            path.write_bytes(held.getvalue())
        with pytest.raises(CheckpointError):
            resumed(path)
        assert not trap.exists()
    pickle.loads(pickle.dumps(Trap(trap)))
    assert trap.exists()  # the trap would have sprung


def test_a_new_checkpoint_takes_the_place_of_the_old_one_at_once(tmp_path, monkeypatch):
    path = saved(tmp_path / "a.npz")
    old = path.read_bytes()
    real = np.savez_compressed

    def full(file, **arrays):
        file.write(b"half")
        raise OSError("no room left")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(OSError, match="no room"):
        resumed(path, generations=4)
    assert path.read_bytes() == old and [p.name for p in tmp_path.iterdir()] == ["a.npz"]
    monkeypatch.setattr(np, "savez_compressed", real)
    assert resumed(path, generations=4).generations == 4


def test_resume_without_a_file_starts_anew(tmp_path):
    found = resumed(tmp_path / "new" / "a.npz")
    assert found.generations == 2 and (tmp_path / "new" / "a.npz").exists()
