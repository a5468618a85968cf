"""highspy and ortools both ship HiGHS as a shared library; with the wrong pair of versions the second import fails."""

from __future__ import annotations

import subprocess
import sys

import pytest

# maximise x + 2y over x + y <= 4, x, y <= 3 and whole: 7 at (1, 3), found by hand.
HIGHS = """
import highspy
h = highspy.Highs()
h.setOptionValue("output_flag", False)
x, y = h.addIntegral(0, 3), h.addIntegral(0, 3)
h.addConstr(x + y <= 4)
h.maximize(x + 2 * y)
print("highs", round(h.getObjectiveValue()))
"""
CP_SAT = """
from ortools.sat.python import cp_model
m = cp_model.CpModel()
x, y = m.new_int_var(0, 3, "x"), m.new_int_var(0, 3, "y")
m.add(x + y <= 4)
m.maximize(x + 2 * y)
s = cp_model.CpSolver()
s.solve(m)
print("cp-sat", round(s.objective_value))
"""
# The linear solvers of ortools are the part that loads its own HiGHS.
LINEAR = """
from ortools.math_opt.python import mathopt
m = mathopt.Model()
x, y = m.add_integer_variable(lb=0, ub=3), m.add_integer_variable(lb=0, ub=3)
m.add_linear_constraint(x + y <= 4)
m.maximize(x + 2 * y)
print("mathopt", round(mathopt.solve(m, mathopt.SolverType.HIGHS).objective_value()))
"""


@pytest.mark.parametrize("order", [(HIGHS, CP_SAT), (CP_SAT, HIGHS), (HIGHS, LINEAR), (LINEAR, HIGHS)])
def test_highspy_and_ortools_solve_in_one_process_in_either_order(order):
    done = subprocess.run([sys.executable, "-c", "".join(order)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answers = [line.split() for line in done.stdout.splitlines()]
    assert len(answers) == 2
    assert [value for _, value in answers] == ["7", "7"]
