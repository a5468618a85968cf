from __future__ import annotations

import numpy as np
import pytest

from formulations.algebra.program import Program
from instances.index import Index
from solver.backends.pyomo import solve_with_pyomo, to_pyomo, values_of, variable_names
from solver.solution import Status
from solver.solve import solve
from tests.solver.programs import facilities, matrix_of

BOTH = {"cost": 1.0, "walk": 0.5}


def test_pyomo_compiles_back_to_the_same_matrix():
    from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

    matrix = facilities(seed=3).matrix()
    model = to_pyomo(matrix, BOTH)
    form = LinearStandardFormCompiler().write(model, mixed_form=True)
    place = {id(v): k for k, v in enumerate(form.columns)}
    order = [place[id(v)] for name in variable_names(matrix) for v in model.component(name).values()]
    assert abs(form.A.tocsr()[:, order] - matrix.A).max() == 0
    cost, constant = matrix.cost(BOTH)
    assert np.array_equal(form.c.toarray().ravel()[order], cost)
    assert form.c_offset[0] == constant
    bounds = [(v.lb, v.ub, v.is_integer()) for v in form.columns]
    given = zip(matrix.lower.tolist(), matrix.upper.tolist(), matrix.integer.tolist(), strict=True)
    assert [bounds[k] for k in order] == list(given)


def test_a_reader_finds_names_labels_and_objectives():
    matrix = facilities(seed=3).matrix()
    model = to_pyomo(matrix, BOTH)
    assert model.open["school 2"].is_integer()
    assert not model.assign["district 1", "school 2"].is_integer()
    assert str(model.served["district 4"].expr).count("district 4") == 6
    model.objective_cost.set_value(100.0)
    model.objective_walk.set_value(6.0)
    assert model.total.expr() == 103.0


def test_the_values_of_a_solved_model_come_back_as_columns():
    import pyomo.environ as pyo

    matrix = facilities(seed=3).matrix()
    model = to_pyomo(matrix, BOTH)
    pyo.SolverFactory("appsi_highs").solve(model)
    x = values_of(matrix, model)
    best = solve(matrix, BOTH, gap=0)
    assert float(matrix.cost(BOTH)[0] @ x) == pytest.approx(best.value, rel=1e-6)
    values = matrix.objective_values(x)
    for name in ("cost", "walk"):
        assert pyo.value(model.component(f"objective_{name}")) == pytest.approx(values[name])


def test_a_rule_of_the_users_own_can_be_added():
    import pyomo.environ as pyo

    matrix = facilities(seed=3).matrix()
    model = to_pyomo(matrix, BOTH)
    best = solve(matrix, BOTH, gap=0)
    closed = int(np.flatnonzero(best.values("open") == 0)[0])
    model.keep_it = pyo.Constraint(expr=model.open[f"school {closed}"] == 1)
    pyo.SolverFactory("appsi_highs").solve(model, options={"mip_rel_gap": 0})
    assert pyo.value(model.total) >= best.value - 1e-6
    assert values_of(matrix, model)[closed] == pytest.approx(1)


def test_names_that_meet_pyomos_own_or_each_other_are_told_apart():
    program = Program("names")
    x = [program.variable(name, upper=4.0) for name in ("name", "total", "stock", "objective_cost", "active")]
    program.minimize(cost=sum(x[1:], x[0]))
    program.subject_to(stock=x[2] >= 2.0, name=x[0] + x[1] >= 1.0, total=x[4] >= 1.0)
    found = solve(program, backend="pyomo")
    assert found.value == pytest.approx(4.0)
    model = to_pyomo(program.matrix(), {"cost": 1.0})
    assert model.stock.is_variable_type() and model.stock_rows.ctype.__name__ == "Constraint"


def test_repeated_tuples_keep_their_own_variables():
    """Two routes between the same places: the keys must not fall together."""
    J = Index.named("site", ["a", "b"])
    route = Index.tuples("route", site=(J, np.array([0, 0, 1])))
    program = Program("routes")
    go = program.variable("go", route, upper=1.0)
    program.minimize(total=-1.0 * go.sum())
    program.subject_to(most=go.sum_by(route["site"]) <= 1.5)
    assert solve(program, backend="pyomo").value == pytest.approx(-2.5)
    assert list(to_pyomo(program.matrix(), {"total": 1.0}).go) == [("a", "0"), ("a", "1"), ("b", "2")]


def test_rows_without_terms_hold_or_do_not():
    holds = matrix_of([[0.0], [1.0]], [-1.0, 0.0], [1.0, 3.0], [0], [9], False, [[-1.0]])
    assert solve(holds, backend="pyomo").value == -3.0
    fails = matrix_of([[0.0], [1.0]], [1.0, 0.0], [2.0, 3.0], [0], [9], False, [[-1.0]])
    assert solve(fails, backend="pyomo").status is Status.INFEASIBLE


def test_a_solver_that_is_not_there_is_an_error_that_says_so():
    with pytest.raises(ValueError, match="nosuch"):
        solve_with_pyomo(facilities(4, 3).matrix(), BOTH, "nosuch")
