"""Can so many sites be opened of which no two clash? Asked of a linear program first, then of a search."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats
from solver.locating.spread.cliques import Cliques

Reply = NDArray[np.bool_] | Literal["none", "unknown"]


def most_sites(cliques: Cliques) -> float:
    """At most so many sites do not clash: the relaxation over cliques, counted from its dual solution."""
    rows, m = cliques.A.shape
    if not m:
        return 0.0
    highs = _highs(cliques.A, -np.ones(m), np.full(rows, -np.inf), np.ones(rows), whole=False, seconds=math.inf)
    highs.run()
    dual = np.asarray(highs.getSolution().row_dual, dtype=float)
    return cliques.most(-dual if dual.size == rows else np.ones(rows))


def packing(
    cliques: Cliques, count: int, rows: tuple[Csr, Floats, Floats], seconds: float, seed: int, threads: int
) -> Reply:
    """``count`` sites that do not clash and keep further rows; ``none`` if a search says there are none.

    Parameters
    ----------
    rows
        Matrix (rows, m), lower and upper side: what else is to be kept.
    """
    if rows[0].shape[0]:
        return _with_rows(cliques, count, rows, seconds, seed, threads)
    return _without_rows(cliques, count, seconds, seed, threads)


def _without_rows(cliques: Cliques, count: int, seconds: float, seed: int, threads: int) -> Reply:
    """CP-SAT: pure choices and cliques, its home ground."""
    from ortools.sat.python import cp_model

    A = cliques.A
    model = cp_model.CpModel()
    chosen = [model.new_bool_var("") for _ in range(A.shape[1])]
    for k in range(A.shape[0]):
        members = A.indices[A.indptr[k] : A.indptr[k + 1]]
        if len(members) > 1:
            model.add_at_most_one([chosen[int(j)] for j in members])
    model.add(sum(chosen) == count)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = threads
    solver.parameters.random_seed = seed
    if math.isfinite(seconds):
        solver.parameters.max_time_in_seconds = max(seconds, 1e-3)
    status = solver.solve(model)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return np.array([solver.boolean_value(one) for one in chosen], dtype=bool)
    return "none" if status == cp_model.INFEASIBLE else "unknown"


def _with_rows(
    cliques: Cliques, count: int, rows: tuple[Csr, Floats, Floats], seconds: float, seed: int, threads: int
) -> Reply:
    """HiGHS: budgets need not be whole numbers."""
    import highspy
    import scipy.sparse as sp

    m, size = cliques.A.shape[1], cliques.A.shape[0]
    A = sp.csr_array(sp.vstack([cliques.A, rows[0], sp.csr_array(np.ones((1, m)))]))
    lower = np.concatenate([np.full(size, -np.inf), rows[1], [count]])
    upper = np.concatenate([np.ones(size), rows[2], [count]])
    highs = _highs(A, np.zeros(m), lower, upper, whole=True, seconds=seconds)
    highs.setOptionValue("random_seed", seed)
    highs.setOptionValue("threads", threads)
    highs.run()
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return "none"
    x = np.asarray(highs.getSolution().col_value, dtype=float)
    return x > 0.5 if status == highspy.HighsModelStatus.kOptimal and x.size == m else "unknown"


def _highs(A: Csr, cost: Floats, lower: Floats, upper: Floats, *, whole: bool, seconds: float) -> Any:
    import highspy

    rows, m = A.shape
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = m, rows
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, np.zeros(m), np.ones(m)
    lp.row_lower_, lp.row_upper_ = lower, upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = A.indptr, A.indices, A.data
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * m
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    if math.isfinite(seconds):
        highs.setOptionValue("time_limit", max(seconds, 1e-3))
    highs.passModel(lp)
    return highs
