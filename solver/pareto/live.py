"""A small program kept alive in HiGHS: between two questions only costs and limits on the objectives change.

For programs of some hundred numbers most of the time of a question goes into building the model, starting a thread,
and heuristics that cost more than the whole tree. Here the model is built once, a row per objective is there from the
beginning (free where there is no limit), heuristics are off, and HiGHS runs in the caller's thread.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Floats
from solver.pareto.space import Space

COLUMNS, NUMBERS = 400, 10_000
"""Programs with no more columns and coefficients (rows and objectives together) are small."""

FINER = 1e-3
"""Unit of a limit on an objective without a step, as a share of its largest coefficient."""

OPTIONS: dict[str, Any] = {
    "output_flag": False,
    "threads": 1,
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_feasibility_jump": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_root_reduced_cost": False,
    "mip_detect_symmetry": False,
    "mip_allow_restart": False,
    "mip_allow_cut_separation_at_nodes": False,
}


@dataclass(frozen=True, eq=False)
class Reply:
    """What HiGHS says: ``x`` is not checked yet, and ``bound`` is in the unit of the cost; ``-inf`` without one."""

    state: Literal["solved", "empty", "stopped"]
    x: Floats | None
    bound: float


class Live:
    """A program in HiGHS with one more row per objective.

    Parameters
    ----------
    whole
        Whether whole numbers must be whole; otherwise it is the linear relaxation, started from its last basis.
    """

    def __init__(self, space: Space, *, whole: bool, seed: int = 0) -> None:
        import highspy

        from solver.backends.highs import to_highs

        matrix, p = space.matrix, space.size
        self._space = space
        self._whole = whole and bool(matrix.integer.any())
        self._unit = units(space)
        self._model = to_highs(matrix if self._whole else matrix.relax(), {space.names[0]: 1.0})
        # costs change with every question, and their constants are added by who asks
        self._model.changeObjectiveOffset(0.0)
        self._columns = np.arange(matrix.shape[1], dtype=np.int32)
        self._rows = (matrix.shape[0] + np.arange(p)).astype(np.int32)
        C = sp.csr_array(sp.diags_array(1.0 / self._unit) @ space.C)
        free = np.full(p, np.inf)
        status = self._model.addRows(
            p, -free, free, int(C.nnz), C.indptr[:-1].astype(np.int32), C.indices.astype(np.int32), C.data
        )
        if status == highspy.HighsStatus.kError:
            raise ValueError(f"{matrix.name}: HiGHS did not take the objectives as rows")
        for name, value in OPTIONS.items():
            self._model.setOptionValue(name, value)
        self._model.setOptionValue("random_seed", seed)
        if not self._whole:
            self._model.setOptionValue("presolve", "off")
        # threads of another model in this thread would make HiGHS refuse
        highspy.Highs.resetGlobalScheduler(False)

    def minimize(
        self,
        cost: Floats,
        limits: Floats,
        *,
        absolute: float = 0.0,
        relative: float = 0.0,
        start: Floats | None = None,
        seconds: float | None = None,
    ) -> Reply:
        """Least ``cost @ x`` with objectives up to ``limits``, down to a gap of ``absolute`` or ``relative``."""
        import highspy

        model, p = self._model, self._space.size
        model.changeColsCost(len(cost), self._columns, np.ascontiguousarray(cost, dtype=np.float64))
        upper = (limits - self._space.c0) / self._unit
        model.changeRowsBounds(p, self._rows, np.full(p, -np.inf), np.ascontiguousarray(upper))
        if self._whole:
            model.setOptionValue("mip_abs_gap", float(absolute))
            model.setOptionValue("mip_rel_gap", float(relative))
            if start is not None:
                model.setSolution(len(start), self._columns, start)
        # HiGHS counts its clock over all runs of one object
        model.setOptionValue("time_limit", math.inf if seconds is None else model.getRunTime() + seconds)
        model.run()
        status, ends = model.getModelStatus(), highspy.HighsModelStatus
        if status == ends.kInfeasible:
            return Reply("empty", None, math.inf)
        info = model.getInfo()
        found = model.getSolution()
        x = np.array(found.col_value) if found.value_valid and info.primal_solution_status == 2 else None
        if status == ends.kOptimal and x is not None:
            return Reply("solved", x, info.mip_dual_bound if self._whole else info.objective_function_value)
        return Reply("stopped", x, info.mip_dual_bound if self._whole else -math.inf)


def units(space: Space) -> Floats:
    """Units of rows that limit objectives, shape (p,): HiGHS keeps rows to 1e-6, little against what has to count."""
    largest = np.array([np.abs(space.C[[k]].data).max(initial=0.0) for k in range(space.size)])
    return np.where(space.step > 0, space.step, np.where(largest > 0, FINER * largest, 1.0))


def small(space: Space) -> bool:
    """Whether a program is small enough to be kept alive."""
    rows, columns = space.matrix.shape
    return columns <= COLUMNS and rows <= COLUMNS * 4 and space.matrix.A.nnz + space.C.nnz <= NUMBERS
