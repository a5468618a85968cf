"""Export a matrix as a Pyomo model with the formulation's own names, and solve it there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Block, Matrix
from instances.index import Index
from solver.backends.answer import Answer, State
from solver.backends.search import Search
from solver.backends.streams import kept_streams
from solver.clock import watch

if TYPE_CHECKING:
    import pyomo.environ as pyo

GAP_OPTION = {
    "appsi_highs": "mip_rel_gap",
    "cbc": "ratioGap",
    "glpk": "mipgap",
    "gurobi": "MIPGap",
    "cplex": "mip_tolerances_mipgap",
    "scip": "limits/gap",
}
"""What solvers call the relative gap; with any other one Pyomo solves to that solver's own default."""


def to_pyomo(matrix: Matrix, weights: Mapping[str, float]) -> pyo.ConcreteModel:
    """Concrete Pyomo model that minimises the weighted sum of the objectives.

    Variables and rows are components under their own names, their elements under their labels: a block over sites and
    scenarios is ``use["site A", "s3"]``, a block over pairs ``go["district 1", "site A"]``. Where a row has the name
    of a variable it gets ``_rows`` behind it, and a name that Pyomo uses itself gets ``_``. Each objective is the
    Expression ``objective_<name>``; their weighted sum is ``total``.
    """
    return _lowered(matrix, weights)


def values_of(matrix: Matrix, model: pyo.ConcreteModel) -> Floats:
    """Values of a solved model as columns, shape (columns,); NaN for variables that the solver left without one."""
    x = np.full(matrix.shape[1], np.nan)
    for component, block in zip(variable_names(matrix), matrix.columns.values(), strict=True):
        values = [data.value for data in model.component(component).values()]
        x[block.span] = [np.nan if v is None else v for v in values]
    return x


def solve_with_pyomo(
    matrix: Matrix,
    weights: Mapping[str, float],
    solver_name: str = "appsi_highs",
    time_limit: float | None = None,
    gap: float | None = None,
) -> Answer:
    """Solve with any solver that Pyomo finds; value and bound are what Pyomo reports of it, unchecked.

    Keeps only the time limit that the solver keeps itself; :func:`solver.solve.solve` has a clock of its own.

    Raises
    ------
    ValueError
        If Pyomo does not know the solver or cannot find it.
    """
    return _solved(matrix, _lowered(matrix, weights), solver_name, time_limit, gap)


def run_pyomo(matrix: Matrix, search: Search) -> Answer:
    """Minimise with HiGHS by way of Pyomo under our own clock; without progress on the way."""
    model = _with_objective(matrix, search.cost, search.constant)

    def work() -> Answer:
        return _solved(matrix, model, "appsi_highs", search.seconds, search.gap, search.seed, search.threads)

    # Pyomo takes over the process's output while it solves: nothing may be told meanwhile, and it must come back
    with kept_streams():
        watched = watch(work, search.clock, search.stop, search.record.news, lambda: None)
    answer = watched.result
    if answer is None:
        return Answer("stopped", None, -math.inf, None, watched.limit_hit, watched.left_running)
    if answer.x is not None:
        search.record.plan(search.value(answer.x), answer.x)
    search.record.bounded(answer.bound)
    search.tell()
    if answer.state != "stopped":
        return answer
    return Answer("stopped", answer.x, answer.bound, None, watched.limit_hit or "time")


def _solved(
    matrix: Matrix,
    model: Any,
    solver_name: str,
    time_limit: float | None,
    gap: float | None,
    seed: int | None = None,
    threads: int | None = None,
) -> Answer:
    import pyomo.environ as pyo

    solver = pyo.SolverFactory(solver_name)
    if not solver.available(exception_flag=False):
        raise ValueError(f"Pyomo finds no solver {solver_name!r}; install it or choose another, such as 'appsi_highs'.")
    options: dict[str, Any] = {}
    if gap is not None and solver_name in GAP_OPTION:
        options[GAP_OPTION[solver_name]] = gap
    if solver_name == "appsi_highs":
        options |= {"mip_abs_gap": 0.0, **({} if seed is None else {"random_seed": seed})}
        options |= {} if threads is None else {"threads": threads}
    # some solvers refuse the keyword when it says nothing
    limit = {} if time_limit is None else {"timelimit": max(time_limit, 0.01)}
    results = solver.solve(model, load_solutions=False, options=options, **limit)
    ended, has_plan = results.solver.termination_condition, len(results.solution) > 0
    ends = pyo.TerminationCondition
    if ended in (ends.infeasibleOrUnbounded, ends.unbounded):
        # any plan at all decides which of the two it is
        model.total.set_value(0.0)
        results = solver.solve(model, load_solutions=False, options=options, **limit)
        ended = results.solver.termination_condition
        return Answer("unbounded" if ended == ends.optimal else _state(ended, ends))
    state = _state(ended, ends)
    x = None
    if has_plan and state in ("finished", "stopped"):
        # Pyomo warns about a plan of a stopped solver; that it was stopped is in our answer
        results.solver.status = pyo.SolverStatus.ok
        model.solutions.load_from(results)
        x = values_of(matrix, model)
        # Pyomo leaves out variables that no row and no objective holds
        x = np.where(np.isnan(x), np.clip(0.0, matrix.lower, matrix.upper), x)
    return Answer(state, x, _bound(results), message="" if state != "failed" else f"Pyomo reports {ended!s}")


def _state(ended: Any, ends: Any) -> State:
    if ended == ends.optimal:
        return "finished"
    if ended in (ends.maxTimeLimit, ends.userInterrupt, ends.maxIterations, ends.maxEvaluations):
        return "stopped"
    return "infeasible" if ended == ends.infeasible else "failed"


def _bound(results: Any) -> float:
    bound = results.problem.lower_bound
    return float(bound) if isinstance(bound, int | float) and math.isfinite(bound) else -math.inf


# -- lowering ----------------------------------------------------------------------------------------------------


def variable_names(matrix: Matrix) -> list[str]:
    """Component names of the variables, in order."""
    return [_free_name(name, set()) for name in matrix.columns]


def row_names(matrix: Matrix) -> list[str]:
    """Component names of the row blocks, in order."""
    taken = {*variable_names(matrix), "total", *(f"objective_{name}" for name in matrix.objectives)}
    return [_free_name(name, taken) for name in matrix.rows]


def _free_name(name: str, taken: set[str]) -> str:
    import pyomo.environ as pyo

    reserved = name == "total" or name.startswith("objective_") or hasattr(pyo.ConcreteModel, name)
    free = f"{name}_" if reserved or hasattr(pyo.ConcreteModel(), name) else name
    return f"{free}_rows" if free in taken else free


def _lowered(matrix: Matrix, weights: Mapping[str, float]) -> Any:
    import pyomo.environ as pyo

    model, x = _without_objective(matrix)
    matrix.cost(weights)  # says what is wrong with the weights
    parts = []
    for k, name in enumerate(matrix.objectives):
        span = slice(int(matrix.C.indptr[k]), int(matrix.C.indptr[k + 1]))
        body = _linear(matrix.C.data[span], x[matrix.C.indices[span]], float(matrix.c0[k]))
        model.add_component(f"objective_{name}", pyo.Expression(expr=body))
        parts.append(float(weights.get(name, 0.0)) * model.component(f"objective_{name}"))
    model.total = pyo.Objective(expr=sum(parts))
    return model


def _with_objective(matrix: Matrix, cost: Floats, constant: float) -> Any:
    import pyomo.environ as pyo

    model, x = _without_objective(matrix)
    used = np.flatnonzero(cost)
    model.total = pyo.Objective(expr=_linear(cost[used], x[used], constant))
    return model


def _without_objective(matrix: Matrix) -> tuple[Any, Any]:
    import pyomo.environ as pyo
    from pyomo.common.gc_manager import PauseGC

    model, x = pyo.ConcreteModel(), np.empty(matrix.shape[1], dtype=object)
    with PauseGC():
        for component, block in zip(variable_names(matrix), matrix.columns.values(), strict=True):
            x[block.span] = _add_variable(model, component, block, matrix)
        for component, block in zip(row_names(matrix), matrix.rows.values(), strict=True):
            _add_rows(model, component, block, matrix, x)
    return model, x


def _add_variable(model: Any, component: str, block: Block, matrix: Matrix) -> list[Any]:
    import pyomo.environ as pyo

    keys = list(keys_of(block))
    whole = matrix.integer[block.span]
    kinds = dict(zip(keys, (pyo.Integers if w else pyo.Reals for w in whole.tolist()), strict=True))
    lower, upper = matrix.lower[block.span].tolist(), matrix.upper[block.span].tolist()
    bounds = {k: (_finite(lo), _finite(up)) for k, lo, up in zip(keys, lower, upper, strict=True)}
    if not block.dims:
        model.add_component(component, pyo.Var(domain=kinds[None], bounds=bounds[None]))
        return [model.component(component)]
    variable = pyo.Var(keys, domain=lambda _, *k: kinds[_key(k)], bounds=lambda _, *k: bounds[_key(k)], dense=True)
    model.add_component(component, variable)
    return [variable[k] for k in keys]


def _add_rows(model: Any, component: str, block: Block, matrix: Matrix, x: Any) -> None:
    import pyomo.environ as pyo

    pointer, index, data = matrix.A.indptr, matrix.A.indices, matrix.A.data
    rows = {}
    for key, r in zip(keys_of(block), range(block.start, block.start + block.size), strict=True):
        span = slice(int(pointer[r]), int(pointer[r + 1]))
        lower, upper = float(matrix.row_lower[r]), float(matrix.row_upper[r])
        if span.start == span.stop:
            rows[key] = pyo.Constraint.Feasible if lower <= 0.0 <= upper else pyo.Constraint.Infeasible
            continue
        body = _linear(data[span], x[index[span]], 0.0)
        rows[key] = body == lower if lower == upper else pyo.inequality(_finite(lower), body, _finite(upper))
    if not block.dims:
        model.add_component(component, pyo.Constraint(expr=rows[None]))
    else:
        model.add_component(component, pyo.Constraint(list(rows), rule=lambda _, *k: rows[_key(k)]))


def _linear(coefficients: Floats, variables: Any, constant: float) -> Any:
    from pyomo.core.expr.numeric_expr import LinearExpression

    # built from its parts: adding terms one by one is many times slower
    return LinearExpression(constant=constant, linear_coefs=coefficients.tolist(), linear_vars=variables.tolist())


def keys_of(block: Block) -> Iterator[Any]:
    """Pyomo's index of each element: a label, a tuple of labels, or None without dimensions.

    Tuple sets are taken apart into the labels of their components. Where tuples repeat, such as several routes
    between the same two places, every key gets its number at the end.
    """
    if not block.dims:
        return iter([None])
    columns = [column for dim in block.dims for column in _parts(dim)]
    lengths = [dim.size for dim in block.dims]
    positions = np.unravel_index(np.arange(block.size), lengths)
    spread = [[column[p] for p in positions[d].tolist()] for d, dim in enumerate(block.dims) for column in _parts(dim)]
    keys = list(zip(*spread, strict=True)) if columns else []
    if len(set(keys)) < len(keys):
        keys = [(*key, str(k)) for k, key in enumerate(keys)]
    return iter(keys if keys and len(keys[0]) > 1 else [key[0] for key in keys])


def _parts(dim: Index) -> list[list[str]]:
    if dim.names is not None:
        return [dim.names.tolist()]
    return [
        [column[p] for p in map_.position.tolist()] for map_ in dim.parts.values() for column in _parts(map_.target)
    ]


def _key(key: tuple[Any, ...]) -> Any:
    return key[0] if len(key) == 1 else key


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
