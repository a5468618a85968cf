from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import solver

ROOT = Path(__file__).resolve().parents[2]
README = """
from formulations.plan import IntegratedPlan, Promise
from solver import Plan, solve
from tests.instances.tiny import tiny_instance
town = tiny_instance(demand=6, sites=4)
question = IntegratedPlan(promises=(Promise("moderate", unserved=0.5),))
program = question.build(town)
solution = solve(program, {"cost": 1, "unserved": 3000})
plan = Plan.of(question, town, program.matrix(), solution)
assert plan.summary() and len(plan.openings)
"""


def run(script: str) -> None:
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_ten_lines_lead_from_a_city_to_a_plan() -> None:
    run(README)


def test_every_name_of_the_package_can_be_imported() -> None:
    for name in solver.__all__:
        assert callable(getattr(solver, name)), name
    assert set(solver.__all__) <= set(dir(solver))


def test_the_function_solve_is_not_hidden_by_the_module_of_its_name() -> None:
    checks = (
        "import types\nfrom solver import explain, solve\nassert {type(explain), type(solve)} == {types.FunctionType}"
    )
    for first in (
        "import solver.solve",
        "from solver.solve import solve",
        "import solver.explain",
        "import solver.run",
    ):
        run(f"{first}\n{checks}")


def test_importing_the_package_loads_nothing_heavy() -> None:
    run("import solver, sys\nassert not {'numpy', 'scipy', 'pandas', 'highspy'} & set(sys.modules)")
