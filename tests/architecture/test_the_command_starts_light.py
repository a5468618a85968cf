from __future__ import annotations

import json
import subprocess
import sys

from tests.architecture.tree import ROOT

HEAVY = {
    "geopandas", "highspy", "matplotlib", "ortools", "pandas", "pyarrow", "pydantic", "pyogrio", "pyomo", "pyrosm",
    "scipy", "shapely",
}  # fmt: skip


def loaded_after(statement: str) -> set[str]:
    """Top-level modules that a fresh interpreter holds after the statement."""
    script = f"{statement}\nimport sys, json\nprint(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_command_line_starts_without_any_heavy_library():
    assert loaded_after("import solver.command.main") & HEAVY == set()


def test_a_heavy_library_would_be_seen():
    assert loaded_after("import scipy") & HEAVY == {"scipy"}
