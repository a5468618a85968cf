from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT, kept_files

LONGEST = 400
CODE = {".py", ".js", ".mjs", ".ts", ".tsx", ".css", ".html", ".j2", ".qml", ".yaml", ".yml", ""}
DRAWERS = {"util", "utility", "utilitie", "helper", "common", "base", "manager", "misc", "stuff", "tool", "lib"}


def home(*names: str) -> str:
    # Put together here, so that this file does not name them either.
    return "/" + "/".join(names)


# A path of one machine, or where one machine gets its packages from.
FOLDERS = "|".join(map(home, ("work", "tmp", "root", "home", "Users")))
PRIVATE = re.compile(rf"(?<![\w.~-])(?:{FOLDERS})/|{'pypi'}\.org|{'pythonhosted'}\.org")


def code_files() -> list[Path]:
    return [
        path
        for path in kept_files()
        if path.suffix in CODE and path.name != "LICENSE" and path.relative_to(ROOT).parts[:2] != ("tests", "golden")
    ]


def drawer(path: Path) -> bool:
    """A name that says nothing about what is inside, as a file or as a folder on the way to it."""
    return any(Path(part).stem.lower().strip("_").removesuffix("s") in DRAWERS for part in path.parts)


def length(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def private(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if PRIVATE.search(line)]


def test_the_repository_has_files_of_all_three_packages():
    tops = {path.relative_to(ROOT).parts[0] for path in code_files()}
    assert tops >= {*PACKAGES, "tests"}


def test_no_file_of_code_is_longer_than_four_hundred_lines():
    assert {str(path.relative_to(ROOT)): n for path in code_files() if (n := length(path)) > LONGEST} == {}


def test_no_file_or_folder_is_a_drawer_for_anything():
    assert [str(path.relative_to(ROOT)) for path in kept_files() if drawer(path.relative_to(ROOT))] == []


def test_no_text_names_a_path_or_a_package_source_of_one_machine():
    named = {}
    for path in kept_files():
        content = path.read_bytes()
        if b"\0" not in content and (lines := private(content.decode("utf-8"))):
            named[str(path.relative_to(ROOT))] = lines[:3]
    assert named == {}


@pytest.mark.parametrize(
    "text",
    [home("work", "main"), f"see {home('tmp', 'x.csv')}", f"'{home('home', 'ada')}/city'", "https://pypi." + "org/x"],
)
def test_a_private_path_is_recognised(text):
    assert private(text) == [text]


@pytest.mark.parametrize(
    "text", ["docs/work/plan.md", "https://example.org/tmp/", "people/work", "~/tmp/x", "a /worksite/"]
)
def test_an_ordinary_path_is_no_private_one(text):
    assert private(text) == []


@pytest.mark.parametrize(
    "name", ["solver/utils.py", "instances/helpers/roads.py", "tests/_common.py", "solver/Manager.py"]
)
def test_a_drawer_is_recognised(name):
    assert drawer(Path(name))


@pytest.mark.parametrize("name", ["instances/basemap.py", "solver/common_random_numbers.py", "tests/conftest.py"])
def test_a_name_that_only_contains_a_drawer_is_no_drawer(name):
    assert not drawer(Path(name))
