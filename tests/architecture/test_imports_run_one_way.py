from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, circles, imports, modules

ALLOWED = {"instances": {"instances"}, "formulations": {"formulations", "instances"}}
ALLOWED["solver"] = {*ALLOWED["formulations"], "solver"}
OURS = {*ALLOWED, "tests", "notebooks"}
# Both ship HiGHS as a library, and both take long to load.
ONLY_INSIDE_FUNCTIONS = {"highspy", "ortools"}


def against_the_stream(root: Path) -> list[str]:
    return [
        str(one)
        for one in imports(root)
        if (top := one.target.split(".")[0]) in OURS and top not in ALLOWED[one.module.split(".")[0]]
    ]


def test_instances_import_nothing_of_ours_formulations_only_instances_and_solver_both():
    assert against_the_stream(ROOT) == []


def test_no_modules_need_each_other_while_they_are_imported():
    assert circles(imports(ROOT), modules(ROOT)) == []


def test_solver_libraries_are_imported_only_inside_functions():
    early = [one for one in imports(ROOT) if not one.late and one.target.split(".")[0] in ONLY_INSIDE_FUNCTIONS]
    assert [str(one) for one in early] == []


def test_every_folder_with_code_is_a_package():
    lacking = {path.parent for path in modules(ROOT).values() if not (path.parent / "__init__.py").exists()}
    assert sorted(str(folder.relative_to(ROOT)) for folder in lacking) == []


@pytest.fixture
def tree(tmp_path):
    """Writes modules: ``tree("instances/a.py", "import b")``."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return tmp_path

    return write


@pytest.mark.parametrize(
    "line",
    [
        "import solver.store",
        "from formulations import plan",
        "def read():\n    from solver.store import Store",
        "import typing\nif typing.TYPE_CHECKING:\n    import formulations",
        "import importlib\nimportlib.import_module('solver.store')",
        "from tests import conftest",
    ],
)
def test_an_arrow_against_the_stream_is_found_wherever_it_hides(tree, line):
    assert len(against_the_stream(tree("instances/schema.py", line))) == 1


def test_an_arrow_with_the_stream_is_no_fault(tree):
    assert against_the_stream(tree("solver/store.py", "from instances import index\nimport formulations.plan")) == []


def test_a_circle_through_three_modules_is_found(tree):
    tree("instances/a.py", "from instances import b")
    tree("instances/b.py", "from .c import thing")
    root = tree("instances/c.py", "import instances.a")
    assert [sorted(group) for group in circles(imports(root), modules(root))] == [
        ["instances.a", "instances.b", "instances.c"]
    ]


def test_a_circle_that_closes_only_when_a_function_runs_is_no_fault(tree):
    tree("instances/a.py", "from instances import b")
    root = tree("instances/b.py", "def read():\n    from instances import a")
    assert circles(imports(root), modules(root)) == []


def test_a_package_that_gathers_its_modules_is_no_circle(tree):
    tree("instances/__init__.py", "from instances.a import thing")
    tree("instances/a.py", "from instances import b\nthing = 1")
    root = tree("instances/b.py", "")
    assert circles(imports(root), modules(root)) == []
