"""A program given as arrays, its front searched by pyaugmecon: run by a Python that has pyaugmecon and highspy.

    python fronts_pyaugmecon.py PROGRAM.npz PLANS.npz GRID_POINTS

pyaugmecon 1.0.8 (MIT; AUGMECON-R) needs an older numpy than Refugia, so this file imports nothing of Refugia. It says
``ready`` when its model is built; whoever runs it begins to count there.
"""

# mypy: ignore-errors

import sys

import numpy as np
import pyomo.environ as pyo
from pyaugmecon import PyAugmecon
from pyomo.core.expr import LinearExpression
from pyomo.opt import SolverFactory, TerminationCondition

RELATIVE_GAP = 1e-4


@SolverFactory.register("highs_alone")
class Alone:
    """HiGHS on one thread; settings of Gurobi are left out, and a question without an answer is no error."""

    def __init__(self, **settings_of_gurobi):
        self.options = {}

    def solve(self, model):
        highs = pyo.SolverFactory("appsi_highs")
        highs.options.update({"mip_rel_gap": RELATIVE_GAP, "threads": 1})
        result = highs.solve(model, load_solutions=False)
        if result.solver.termination_condition == TerminationCondition.optimal:
            highs.load_vars()
        return result


def built(program):
    """The Pyomo model that pyaugmecon asks for: all objectives in ``obj_list``, none active."""
    lower, upper, integer = program["lower"], program["upper"], program["integer"]
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(len(lower)))
    x = [model.x[j] for j in range(len(lower))]
    for j, var in enumerate(x):
        var.domain = pyo.Integers if integer[j] else pyo.Reals
        var.setlb(lower[j] if np.isfinite(lower[j]) else None)
        var.setub(upper[j] if np.isfinite(upper[j]) else None)
    rows = linear(x, program["indptr"], program["indices"], program["data"], np.zeros(len(program["row_lower"])))
    model.row = pyo.ConstraintList()
    for row, low, high in zip(rows, program["row_lower"].tolist(), program["row_upper"].tolist(), strict=True):
        if row.args and (np.isfinite(low) or np.isfinite(high)):
            model.row.add((low if np.isfinite(low) else None, row, high if np.isfinite(high) else None))
    model.obj_list = pyo.ObjectiveList()
    for sum_ in linear(x, program["c_indptr"], program["c_indices"], program["c_data"], program["c0"]):
        model.obj_list.add(sum_, sense=pyo.minimize)
    for k in model.obj_list:
        model.obj_list[k].deactivate()
    return model


def linear(x, indptr, indices, data, constants):
    """One expression per row of a sparse matrix."""
    coefficients, columns = data.tolist(), indices.tolist()
    for k, (start, end) in enumerate(zip(indptr[:-1].tolist(), indptr[1:].tolist(), strict=True)):
        vars_ = [x[j] for j in columns[start:end]]
        yield LinearExpression(constant=float(constants[k]), linear_coefs=coefficients[start:end], linear_vars=vars_)


def main(program_file, plans_file, grid_points):
    with np.load(program_file) as program:
        model = built(program)
        columns = len(program["lower"])
    print("ready", flush=True)
    options = {
        "name": "front", "grid_points": grid_points, "solver_name": "highs_alone", "solver_io": None, "cpu_count": 1,
        "output_excel": False,
    }  # fmt: skip
    search = PyAugmecon(model, options, {"MIPGap": None, "NonConvex": None})
    search.solve()
    found = [search.get_decision_variables(y)["x"] for y in search.get_pareto_solutions()]
    plans = np.array([[values[j] for j in range(columns)] for values in found], dtype=float)
    np.savez_compressed(plans_file, plans=plans, solves=search.model.models_solved.value())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
