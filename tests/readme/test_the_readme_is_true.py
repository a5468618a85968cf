"""What the README shows a newcomer works as written."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


EXAMPLES = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.parametrize("code", EXAMPLES, ids=["plan", "location"])
def test_the_ten_lines_of_python_run(code: str) -> None:
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "within gap" in done.stdout or "proven" in done.stdout
    for promised in re.findall(r"\)  # (proven .*)", code):
        assert promised in done.stdout


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^refugia (\w+)", README, flags=re.MULTILINE))))
def test_every_command_that_the_readme_names_exists(command: str) -> None:
    code = "import sys; from solver.command.main import run; sys.argv = ['refugia', sys.argv[1], '--help']; run()"
    done = subprocess.run(
        [sys.executable, "-c", code, command], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert command in done.stdout


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:^|`)make ([a-z-]+)", README, flags=re.MULTILINE))))
def test_every_make_target_that_the_readme_names_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:solver|instances|formulations|notebooks|docs)/[\w./]+)`", README)))
)
def test_every_file_that_the_readme_names_exists(path: str) -> None:
    assert (ROOT / path).exists()
