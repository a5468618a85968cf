from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.architecture.tree import PACKAGES, ROOT, imports, kept_files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PINNED = dict(re.findall(r"^([a-z0-9-]+)==(\S+)$", LOCK, re.MULTILINE))
RUNTIME = [Requirement(text) for text in PROJECT["project"]["dependencies"]]
EXTRAS = [
    Requirement(text)
    for group in PROJECT["project"]["optional-dependencies"].values()
    for text in group
    if not text.startswith("refugia")
]
# What users may install beside; `dev` is for us.
OPTIONAL = [
    Requirement(text)
    for name, group in PROJECT["project"]["optional-dependencies"].items()
    for text in group
    if name != "dev" and not text.startswith("refugia")
]
PYTHONS = ["3.11", "3.12", "3.13"]


def test_every_line_of_the_lock_is_an_exact_version_and_nothing_else():
    lines = [line for line in LOCK.splitlines() if line and not line.lstrip().startswith("#")]
    assert len(PINNED) == len(lines) > len(RUNTIME)


@pytest.mark.parametrize("requirement", RUNTIME + EXTRAS, ids=str)
def test_the_lock_has_a_version_that_the_declared_range_allows(requirement):
    assert requirement.specifier.contains(PINNED[canonicalize_name(requirement.name)])


def test_the_lock_keeps_highspy_clear_of_wrong_results_and_of_the_clash_with_ortools():
    highspy = next(requirement for requirement in RUNTIME if requirement.name == "highspy")
    assert Version(PINNED["highspy"]).release[:2] == (1, 13)
    assert not highspy.specifier.contains("1.14.0")
    assert not highspy.specifier.contains("1.15.0")


def test_the_python_range_is_the_same_wherever_it_is_written():
    declared = SpecifierSet(PROJECT["project"]["requires-python"])
    script = (ROOT / ".ci" / "venv").read_text("utf-8")
    lowest = re.search(r"^lowest=(\S+)", script, re.MULTILINE)
    below = re.search(r"^below=(\S+)", script, re.MULTILINE)
    assert lowest and below
    assert declared == SpecifierSet(f">={lowest[1]},<{below[1]}")
    assert [f"3.{minor}" for minor in range(8, 20) if declared.contains(f"3.{minor}")] == PYTHONS
    assert sorted(re.findall(r"python(3\.\d+)\b", re.search(r"^candidates=.*$", script, re.MULTILINE)[0])) == PYTHONS
    classifiers = PROJECT["project"]["classifiers"]
    assert [c.split(" :: ")[-1] for c in classifiers if "Python :: 3." in c] == PYTHONS
    assert PROJECT["tool"]["mypy"]["python_version"] == PYTHONS[0]
    assert PROJECT["tool"]["ruff"]["target-version"] == "py" + PYTHONS[0].replace(".", "")
    assert f"--python-version {PYTHONS[0]} " in (ROOT / "Makefile").read_text("utf-8")


def test_every_library_that_the_packages_import_is_declared():
    names = {"yaml": "pyyaml"}
    declared = {canonicalize_name(r.name) for r in [*RUNTIME, *OPTIONAL]}
    outside = {one.target.split(".")[0] for one in imports(ROOT)} - set(sys.stdlib_module_names) - set(PACKAGES)
    assert {canonicalize_name(names.get(name, name)) for name in outside} - declared == set()


def copyleft(distribution: metadata.Distribution) -> bool:
    """Under the GPL or AGPL and nothing milder; the LGPL and the exception for run-time libraries do not count."""
    about = distribution.metadata
    stated = [about.get("License-Expression") or "", *(about.get_all("Classifier") or [])]
    words = " ; ".join(text for text in stated if "License" in text or text == stated[0])
    return bool(re.search(r"(?<!L)GPL(?![\w.+-]* ?-?(?:with|WITH))|GNU (?:Affero )?General Public", words))


def test_nothing_that_runs_with_refugia_is_under_the_gpl():
    seen: set[str] = set()
    ahead = [r.name for r in [*RUNTIME, *OPTIONAL]]
    while ahead:
        name = canonicalize_name(ahead.pop())
        if name in seen:
            continue
        seen.add(name)
        for text in metadata.requires(name) or []:
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                ahead.append(needed.name)
    assert len(seen) > len(RUNTIME)
    assert [name for name in sorted(seen) if copyleft(metadata.distribution(name))] == []


@pytest.mark.parametrize(
    ("stated", "is_copyleft"),
    [
        ("License-Expression: GPL-3.0-or-later", True),
        ("License-Expression: AGPL-3.0-only", True),
        ("Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)", True),
        ("License-Expression: BSD-3-Clause AND GPL-3.0-or-later WITH GCC-exception-3.1", False),
        ("License-Expression: LGPL-2.1-or-later", False),
        ("Classifier: License :: OSI Approved :: MIT License", False),
    ],
)
def test_a_licence_is_read_as_it_is_meant(tmp_path, stated, is_copyleft):
    folder = tmp_path / "thing-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: thing\nVersion: 1\n{stated}\n", "utf-8")
    assert copyleft(metadata.PathDistribution(folder)) is is_copyleft


def test_the_wheel_carries_every_file_of_the_packages_and_nothing_else(tmp_path):
    ours = [path.relative_to(ROOT) for path in kept_files() if path.relative_to(ROOT).parts[0] in PACKAGES]
    for path in [*ours, *(ROOT / name for name in ("pyproject.toml", "README.md", "LICENSE"))]:
        copy = tmp_path / "tree" / (ROOT / path).relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((ROOT / path).read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run(
        [*command, "--wheel-dir", str(tmp_path), str(tmp_path / "tree")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("refugia-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
        entry = next(archive.read(n).decode("utf-8") for n in archive.namelist() if n.endswith("entry_points.txt"))
    # the sources of the explorer's page stay at home; the page that they build goes along
    assert packed == {path.as_posix() for path in ours if path.parts[:3] != ("solver", "explorer", "web")}
    assert "solver/explorer/static/explorer.html" in packed
    assert "refugia = solver.command.main:run" in entry
