"""The linear program of the tree, kept alive in HiGHS: bounds move, cuts come and go, the basis stays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Csr, Floats
from solver.locating.tree.floor import Floor, floor_over
from solver.locating.tree.master import Cuts, Master

OPTIONS: dict[str, Any] = {"output_flag": False, "threads": 1, "presolve": "off", "solver": "simplex"}

LARGE = 5000
"""So many new rows at once, and half of all, are too many for the simplex method to start with."""

MOST = 2**31 - 1
"""As many simplex iterations as HiGHS can count."""


@dataclass(frozen=True, eq=False)
class Point:
    """What one linear program says.

    Attributes
    ----------
    state
        ``solved``, ``empty`` (no point, as HiGHS says), ``beyond`` (worse than the ceiling, as HiGHS says), ``cut
        short``.
    x
        Columns, shape (columns,); only of ``solved`` and ``cut short`` worth anything.
    value
        Objective as HiGHS says, constant left out.
    duals
        Row duals, or the ray of an empty program.
    """

    state: Literal["solved", "empty", "beyond", "cut short"]
    x: Floats
    value: float
    duals: Floats


class Relaxation:
    """A master without its whole numbers; the first rows are its own, the others cuts.

    Parameters
    ----------
    master
        Bounds of sites are given with every question, those of the other columns stay.

    Attributes
    ----------
    steps
        Simplex iterations so far.
    """

    def __init__(self, master: Master, seed: int = 0) -> None:
        import highspy

        self._master, self._rows = master, master.A.shape[0]
        self._columns = np.arange(len(master.cost), dtype=np.int32)
        self._sites = np.arange(master.sites, dtype=np.int32)
        self._idle = np.zeros(0, dtype=np.intp)
        self.steps = self._fresh = 0
        self.model = highspy.Highs()
        for name, value in {**OPTIONS, "random_seed": seed}.items():
            self.model.setOptionValue(name, value)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(master.cost), 0
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = master.cost * master.unit, master.lower, master.upper
        lp.row_lower_, lp.row_upper_ = np.zeros(0), np.zeros(0)
        self.model.passModel(lp)
        self.A = sp.csr_array((0, len(master.cost)))
        self.size = self.A
        self.row_lower, self.row_upper = np.zeros(0), np.zeros(0)
        self._append(sp.csr_array(master.A), master.row_lower, master.row_upper)
        self.low = np.array(master.lower[: master.sites], dtype=float)
        self.high = np.array(master.upper[: master.sites], dtype=float)
        # threads of another model in this thread would make HiGHS refuse
        highspy.Highs.resetGlobalScheduler(False)

    @property
    def cuts(self) -> int:
        """Cuts that are in the program now."""
        return self.A.shape[0] - self._rows

    def add(self, cuts: Cuts) -> None:
        """Add rows below those that are there."""
        self._append(sp.csr_array(cuts.A), cuts.lower, np.full(len(cuts.lower), np.inf))
        self._idle = np.concatenate([self._idle, np.zeros(len(cuts.lower), dtype=np.intp)])

    def solve(
        self,
        low: Floats,
        high: Floats,
        *,
        ceiling: float = math.inf,
        seconds: float = math.inf,
        steps: int | None = None,
    ) -> Point:
        """The linear program with sites between ``low`` and ``high``, from the last basis.

        Parameters
        ----------
        ceiling
            HiGHS may stop once its value is surely above this (constant left out).
        steps
            Simplex iterations at most.
        """
        import highspy

        model, ends = self.model, highspy.HighsModelStatus
        moved = np.flatnonzero((low != self.low) | (high != self.high)).astype(np.int32)
        if moved.size:
            model.changeColsBounds(len(moved), moved, low[moved], high[moved])
            self.low, self.high = low.copy(), high.copy()
        model.setOptionValue("objective_bound", ceiling * self._master.unit)
        # HiGHS counts its clock over all runs of one object
        model.setOptionValue("time_limit", model.getRunTime() + seconds if math.isfinite(seconds) else math.inf)
        model.setOptionValue("simplex_iteration_limit", steps)
        if self._fresh >= max(LARGE, 0.5 * self.A.shape[0]):
            # nearly nothing to start from: from inside, then over to a basis
            model.setOptionValue("solver", "ipm")
            model.run()
            model.setOptionValue("solver", "simplex")
        self._fresh = 0
        model.run()
        status = model.getModelStatus()
        self.steps += max(0, model.getInfo().simplex_iteration_count)
        if status == ends.kInfeasible:
            _, given, ray = model.getDualRay()
            return Point("empty", np.zeros(0), math.inf, np.array(ray) if given else np.zeros(self.A.shape[0]))
        found = model.getSolution()
        unit = self._master.unit
        x, duals = np.array(found.col_value), np.array(found.row_dual) / unit
        if len(duals) != self.A.shape[0]:
            duals = np.zeros(self.A.shape[0])
        state = {ends.kOptimal: "solved", ends.kObjectiveBound: "beyond"}.get(status, "cut short")
        return Point(state, x, model.getInfo().objective_function_value / unit, duals)  # type: ignore[arg-type]

    def floor(self, duals: Floats, low: Floats, high: Floats, *, empty: bool = False) -> Floor:
        """Our own bound with sites between ``low`` and ``high``; of the zero objective if it is to be shown empty."""
        m = self._master
        cost = np.zeros_like(m.cost) if empty else m.cost
        return floor_over(
            self.A,
            self.size,
            self.row_lower,
            self.row_upper,
            cost,
            duals,
            np.concatenate([low, m.lower[m.sites :]]),
            np.concatenate([high, m.upper[m.sites :]]),
        )

    def age(self, point: Point) -> None:
        """Count for how many programs in a row each cut had no price."""
        idle = point.duals[self._rows :] == 0.0
        self._idle = np.where(idle, self._idle + 1, 0)

    def drop(self, patience: int) -> int:
        """Take out cuts that had no price for so long; how many."""
        old = self._idle >= patience
        if not old.any():
            return 0
        rows = (self._rows + np.flatnonzero(old)).astype(np.int32)
        self.model.deleteRows(len(rows), rows)
        keep = np.concatenate([np.ones(self._rows, dtype=bool), ~old])
        self.A, self.size = self.A[keep], self.size[keep]
        self.row_lower, self.row_upper, self._idle = self.row_lower[keep], self.row_upper[keep], self._idle[~old]
        return len(rows)

    def basis(self) -> Any:
        """The basis as it is, to come back to with :meth:`restore` while no cut was added or dropped."""
        return self.model.getBasis()

    def restore(self, basis: Any) -> None:
        """Go back to a basis."""
        self.model.setBasis(basis)

    def _append(self, A: Csr, lower: Floats, upper: Floats) -> None:
        if not A.shape[0]:
            return
        self._fresh += A.shape[0]
        self.model.addRows(
            A.shape[0],
            np.ascontiguousarray(lower, dtype=float),
            np.ascontiguousarray(upper, dtype=float),
            int(A.nnz),
            A.indptr[:-1].astype(np.int32),
            A.indices.astype(np.int32),
            A.data.astype(float),
        )
        self.A = sp.csr_array(sp.vstack([self.A, A], format="csr"))
        self.size = sp.csr_array(sp.vstack([self.size, abs(A)], format="csr"))
        self.row_lower, self.row_upper = np.append(self.row_lower, lower), np.append(self.row_upper, upper)
