"""Lower a matrix to HiGHS with one call, and run it under a clock of our own.

HiGHS keeps its own time limit badly on large models: the root relaxation of a mixed-integer program does not look at
callbacks at all, and presolve and heuristics look at the clock rarely. So it runs in a thread that can be left behind,
and its callbacks record every better plan and every better bound on the way.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from solver.backends.answer import Answer, ModelError, State
from solver.backends.exchange import file_names, replacing
from solver.backends.plausible import plausible
from solver.backends.search import Search
from solver.clock import Stop, watch

if TYPE_CHECKING:
    import highspy

SMALLEST, LARGEST, FAR = 1e-12, 1e15, 1e20
"""HiGHS drops smaller coefficients, refuses larger ones, and takes larger bounds for infinite (its options)."""

TIGHT = 1e-9
"""Tolerance of a second try, when the plan found with HiGHS's own (1e-6) did not stand up to our check."""

ROWWISE, MINIMISE, FEASIBLE = 2, 1, 2
"""HiGHS's numbers for the matrix format, the sense, and the solution status ``kSolutionStatusFeasible``."""


def to_highs(matrix: Matrix, weights: Mapping[str, float]) -> highspy.Highs:
    """HiGHS model that minimises the weighted sum of the objectives; silent.

    Raises
    ------
    ModelError
        If HiGHS would drop or change numbers; the first ones are named.
    """
    return _lowered(matrix, *matrix.cost(weights))


def write(matrix: Matrix, weights: Mapping[str, float], path: Path | str) -> None:
    """Write the program as ``.mps`` or ``.lp``, names as :func:`solver.backends.exchange.file_names` gives them.

    HiGHS writes 15 significant digits, and in LP files a row with two different bounds as two, ``...lo`` and
    ``...up``. An existing file is replaced only when the new one is complete.

    Raises
    ------
    ValueError
        If the suffix is neither ``.mps`` nor ``.lp``.
    OSError
        If the file cannot be written.
    """
    import highspy

    path = Path(path)
    if path.suffix.lower() not in (".mps", ".lp"):
        raise ValueError(
            f"{path}: programs are written as .mps or .lp, not as {path.suffix or 'a file without suffix'}."
        )
    model = to_highs(matrix, weights)
    for j, name in enumerate(file_names(matrix.columns)):
        model.passColName(j, name)
    for r, name in enumerate(file_names(matrix.rows)):
        model.passRowName(r, name)
    with replacing(path) as part:
        if model.writeModel(str(part)) == highspy.HighsStatus.kError:
            raise OSError(f"{path}: HiGHS could not write the program; is there a folder of that name and room in it?")


def run_highs(matrix: Matrix, search: Search) -> Answer:
    """Minimise with HiGHS; comes back in time even if HiGHS does not.

    Raises
    ------
    ModelError
        See :func:`to_highs`.
    """
    scale = unit_of(search.cost)
    model = lowered_for(matrix, search, scale, scale * search.constant)
    _give_start(model, matrix, search)
    _listen(model, matrix, search, scale)
    watched = watch(
        lambda: _work(model, matrix, search, scale), search.clock, search.stop, search.record.news, search.tell
    )
    search.record.close()
    best = search.record.best
    if watched.result is None:
        x = None if best is None else best[1]
        return Answer("stopped", x, search.record.bound, None, watched.limit_hit, watched.left_running)
    if search.record.fault is not None:
        raise search.record.fault
    answer = watched.result
    if answer.state != "stopped":
        return answer
    return Answer("stopped", answer.x, answer.bound, answer.duals, watched.limit_hit or "time")


def _work(model: Any, matrix: Matrix, search: Search, scale: float) -> Answer:
    """Runs in the solver's thread and is the only one to touch the model there."""
    import highspy

    _give_time(model, search.seconds)
    model.run()
    try:
        if model.getModelStatus() == highspy.HighsModelStatus.kSolveError:
            # presolve has been seen to break down on small infeasible programs that the search alone settles
            model.setOptionValue("presolve", "off")
            _give_time(model, search.seconds)
            model.run()
        status, info = model.getModelStatus(), model.getInfo()
        state = _state(model, matrix, search, status)
        if state in ("infeasible", "unbounded"):
            return Answer(state)
        whole = bool(matrix.integer.any())
        solution = model.getSolution()
        x = np.array(solution.col_value, dtype=float) if solution.value_valid else None
        if x is not None and info.primal_solution_status == FEASIBLE and plausible(matrix, x):
            search.record.plan(info.objective_function_value / scale, x)
        if x is None or (whole and info.primal_solution_status != FEASIBLE):
            best = search.record.best
            x = None if best is None else best[1]
        duals = None if whole or not solution.dual_valid else np.array(solution.row_dual, dtype=float) / scale
        bound = info.mip_dual_bound / scale if whole else -math.inf
        if not whole and state == "finished":
            bound = info.objective_function_value / scale
        if state in ("finished", "stopped"):
            search.record.bounded(bound)
            bound = search.record.bound
        message = "" if state != "failed" else f"HiGHS ended with {model.modelStatusToString(status)!r}"
        answer = Answer(state, x, bound, duals, message=message)
        if whole or state != "finished":
            return answer
        return replace(answer, basis=model.getBasis(), iterations=int(info.simplex_iteration_count))
    finally:
        # HiGHS keeps worker threads per calling thread; ours ends here
        highspy.Highs.resetGlobalScheduler(False)


def _state(model: Any, matrix: Matrix, search: Search, status: Any) -> State:
    import highspy

    ends = highspy.HighsModelStatus
    if status in (ends.kOptimal, ends.kModelEmpty):
        return "finished"
    # the only limit on solutions or nodes that is ever set is that on nodes
    if status in (ends.kTimeLimit, ends.kInterrupt, ends.kHighsInterrupt, ends.kSolutionLimit):
        return "stopped"
    if status == ends.kInfeasible:
        return "infeasible"
    if status not in (ends.kUnbounded, ends.kUnboundedOrInfeasible):
        return "failed"
    # Which of the two? Any plan at all decides it: with finite data an unbounded relaxation and one whole-number plan
    # make the program unbounded (Meyer 1974, DOI 10.1007/BF01585518).
    columns = matrix.shape[1]
    model.changeColsCost(columns, np.arange(columns, dtype=np.int32), np.zeros(columns))
    _give_time(model, search.clock.left)
    model.run()
    again = model.getModelStatus()
    if again == ends.kOptimal:
        return "unbounded"
    return "infeasible" if again == ends.kInfeasible else "stopped" if again == ends.kTimeLimit else "failed"


def lowered_for(matrix: Matrix, search: Search, scale: float, constant: float = 0.0) -> Any:
    """HiGHS model of a search, its costs in units of ``1 / scale`` (:func:`unit_of`), its options set."""
    model = _lowered(matrix, scale * search.cost, constant)
    _set(model, search)
    return model


def _lowered(matrix: Matrix, cost: Floats, constant: float) -> Any:
    import highspy

    _refuse_what_would_change(matrix, cost)
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("small_matrix_value", SMALLEST)
    rows, columns = matrix.shape
    status = model.passModel(
        columns,
        rows,
        int(matrix.A.nnz),
        ROWWISE,
        MINIMISE,
        float(constant),
        np.ascontiguousarray(cost, dtype=np.float64),
        np.ascontiguousarray(matrix.lower, dtype=np.float64),
        np.ascontiguousarray(matrix.upper, dtype=np.float64),
        np.ascontiguousarray(matrix.row_lower, dtype=np.float64),
        np.ascontiguousarray(matrix.row_upper, dtype=np.float64),
        np.ascontiguousarray(matrix.A.indptr, dtype=np.int32),
        np.ascontiguousarray(matrix.A.indices, dtype=np.int32),
        np.ascontiguousarray(matrix.A.data, dtype=np.float64),
        matrix.integer.astype(np.int32),
    )
    if status != highspy.HighsStatus.kOk:
        raise ModelError(f"{matrix.name}, HiGHS", [f"the model was not taken as it is ({status}); check its numbers"])
    return model


def _refuse_what_would_change(matrix: Matrix, cost: Floats) -> None:
    size = np.abs(matrix.A.data)
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.A.indptr))
    faults = []
    small, large = f"below {SMALLEST:g}, which HiGHS drops", f"of {LARGEST:g} or more, which HiGHS refuses"
    for bad, what in ((size < SMALLEST, small), (size >= LARGEST, large)):
        if bad.any():
            k = int(np.flatnonzero(bad)[0])
            where = f"{matrix.column_label(int(matrix.A.indices[k]))} in {matrix.row_label(int(row[k]))}"
            faults.append(f"{int(bad.sum())} coefficients {what}, first {matrix.A.data[k]:g} of {where}")
    sides: tuple[tuple[Floats, str, Any], ...] = (
        (matrix.row_lower, "row bounds", matrix.row_label),
        (matrix.row_upper, "row bounds", matrix.row_label),
        (matrix.lower, "bounds", matrix.column_label),
        (matrix.upper, "bounds", matrix.column_label),
        (cost, "costs", matrix.column_label),
    )
    for numbers, what, label in sides:
        bad = np.isfinite(numbers) & (np.abs(numbers) >= FAR)
        if bad.any():
            k = int(np.flatnonzero(bad)[0])
            faults.append(
                f"{int(bad.sum())} {what} of {FAR:g} or more count as infinite, first {numbers[k]:g} of {label(k)}"
            )
    if faults:
        raise ModelError(f"{matrix.name} cannot be passed to HiGHS unchanged; choose units that suit", faults)


def unit_of(cost: Floats) -> float:
    """Power of two that brings small costs up to one: HiGHS's tolerances on the objective are absolute (1e-6)."""
    largest = float(np.abs(cost).max(initial=0.0))
    return 2.0 ** math.ceil(-math.log2(largest)) if 1e-200 < largest < 1.0 else 1.0


def _set(model: Any, search: Search) -> None:
    model.setOptionValue("threads", search.threads)
    model.setOptionValue("random_seed", search.seed)
    model.setOptionValue("mip_rel_gap", float(search.gap))
    # the absolute gap (1e-6 by default) would end the search of a small objective early
    model.setOptionValue("mip_abs_gap", 0.0)
    if search.nodes is not None:
        model.setOptionValue("mip_max_nodes", search.nodes)
    if search.tight:
        for tolerance in ("mip_feasibility_tolerance", "primal_feasibility_tolerance", "dual_feasibility_tolerance"):
            model.setOptionValue(tolerance, TIGHT)


def _give_time(model: Any, seconds: float | None) -> None:
    if seconds is not None:
        # HiGHS counts its clock over all runs of one object
        model.setOptionValue("time_limit", model.getRunTime() + seconds)


def _give_start(model: Any, matrix: Matrix, search: Search) -> None:
    if search.start is None or not matrix.integer.any():
        return
    said = np.flatnonzero(~np.isnan(search.start)).astype(np.int32)
    model.setSolution(len(said), said, search.start[said])


def _listen(model: Any, matrix: Matrix, search: Search, scale: float) -> None:
    """Callbacks: only MIP callbacks carry plans and bounds; the simplex and interior point ones can only stop."""
    record, stop = search.record, search.stop

    def guarded(event: Any, act: Any) -> None:
        try:
            act(event.data_out)
        except BaseException as error:  # an exception must not travel through HiGHS
            record.fault = error
            stop.set()
        if stop:
            event.interrupt()

    def plan(data: Any) -> None:
        x = np.asarray(data.mip_solution)
        if plausible(matrix, x):
            record.plan(data.mip_primal_bound / scale, x)

    def bound(data: Any) -> None:
        record.bounded(data.mip_dual_bound / scale)

    model.cbMipImprovingSolution += lambda event: guarded(event, plan)
    model.cbMipLogging += lambda event: guarded(event, bound)
    model.cbMipInterrupt += lambda event: guarded(event, bound)
    stop_when_asked(model, stop)


def stop_when_asked(model: Any, stop: Stop) -> None:
    """Let a linear program end soon after ``stop`` is set."""

    def heed(event: Any) -> None:
        if stop:
            event.interrupt()

    model.cbSimplexInterrupt += heed
    model.cbIpmInterrupt += heed
