"""``refugia dossier`` from the command line."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from solver.command.main import app
from tests.fronts.conftest import finished, town

__all__ = ["finished", "town"]


@pytest.fixture
def run(finished, tmp_path):
    def told(*given: str):
        return CliRunner().invoke(app, ["dossier", str(finished.folder), *given, "--quick"])

    return told


def test_a_dossier_for_each_alternative_with_its_note(run, tmp_path):
    notes = tmp_path / "notes.json"
    notes.write_text(json.dumps({"notes": {"1": "Agreed on Monday."}}), encoding="utf-8")
    ended = run("1", "2", "--out", str(tmp_path / "out"), "--notes", str(notes), "--json")
    assert ended.exit_code == 0, ended.output
    assert json.loads(ended.stdout)["files"] == ["alternative-1.html", "alternative-2.html"]
    assert "Agreed on Monday." in (tmp_path / "out" / "alternative-1.html").read_text("utf-8")
    assert "Agreed on Monday." not in (tmp_path / "out" / "alternative-2.html").read_text("utf-8")


def test_every_unknown_number_is_named_and_nothing_is_written(run, tmp_path):
    ended = run("1", "77", "x", "--out", str(tmp_path / "out"))
    assert ended.exit_code == 2
    assert "77" in ended.output
    assert "alternative x" in ended.output
    assert not (tmp_path / "out").exists()


def test_a_file_that_holds_no_notes_is_an_error(run, tmp_path):
    (tmp_path / "notes.json").write_text("[1]", encoding="utf-8")
    ended = run("1", "--notes", str(tmp_path / "notes.json"), "--out", str(tmp_path / "out"))
    assert ended.exit_code == 2
    assert "notes.json" in ended.output
