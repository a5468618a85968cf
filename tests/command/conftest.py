from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from instances.container import save
from solver.command.main import app
from tests.instances.tiny import tiny_instance

# Three hurricanes: solved in a moment.
SMALL = ("hurricanes", "--set", "instance.options.scenarios=3")


@dataclass(frozen=True)
class Said:
    """What a command wrote, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on stdout; anything else there is a fault."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def faults(self) -> list[str]:
        """Faults of the one error on stderr."""
        head, *faults = self.err[self.err.rindex(" cannot") if " cannot" in self.err else 0 :].split("\n  - ")
        assert head
        return faults


@pytest.fixture
def refugia(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """Runs the command line in this process: ``refugia("solve", "city", "--json")``."""
    for name in ("REFUGIA_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def call(*words: object) -> Said:
        done = CliRunner().invoke(app, [str(w) for w in words])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Said(done.exit_code, done.stdout, done.stderr)

    return call


@pytest.fixture(scope="session")
def town_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tiny_instance(demand=6, sites=4), tmp_path_factory.mktemp("town") / "town.zip", layers=False)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, town_zip: Path) -> Path:
    """A finished run; tests must not change it."""
    folder = tmp_path_factory.mktemp("runs") / "town"
    done = CliRunner().invoke(app, ["solve", str(town_zip), "--out", str(folder), "--gap", "0", "--quiet"])
    assert done.exit_code == 0, done.output
    return folder
