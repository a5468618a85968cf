"""Lower a matrix to CP-SAT exactly, or refuse: it would round what is not whole and still say OPTIMAL."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from solver.backends.answer import Answer, ModelError
from solver.backends.integers import near_multiple, scaled_side, whole_multiple
from solver.backends.search import Search
from solver.clock import watch
from solver.implied import implied_bounds

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

LARGEST = 2**62
"""Largest value that a row, an objective or a bound may reach; CP-SAT computes with 64-bit whole numbers."""


class NotIntegral(ModelError):  # noqa: N818  -- it says what the program is not
    """CP-SAT would have to change this program; the message names every offending block."""


@dataclass(frozen=True)
class Lowered:
    """A CP-SAT model; the objective is the model's / ``denominator`` + ``constant``, off by ``error`` at most."""

    model: cp_model.CpModel
    denominator: int
    constant: float
    error: float

    def bound(self, claimed: float) -> float:
        """A bound on the program's objective from one on the model's."""
        return claimed / self.denominator + self.constant - self.error


def to_cpsat(matrix: Matrix, weights: Mapping[str, float]) -> Lowered:
    """CP-SAT model that minimises the weighted sum of the objectives.

    Rows and objective are multiplied by whole numbers until all their coefficients are whole. No row is rounded; costs
    may lose the noise of their last bits, and bounds are lowered by the most that this can mean.

    Raises
    ------
    NotIntegral
        If a variable is continuous or has no finite bounds, coefficients have no common denominator, or numbers get
        too large for 64 bits.
    """
    return _lowered(matrix, *matrix.cost(weights))


def run_cpsat(matrix: Matrix, search: Search) -> Answer:
    """Minimise with CP-SAT under our own clock.

    Raises
    ------
    NotIntegral
        See :func:`to_cpsat`.
    """
    return prepared(matrix, search.cost, search.constant)(matrix, search)


def prepared(matrix: Matrix, cost: Floats, constant: float) -> Callable[[Matrix, Search], Answer]:
    """:func:`run_cpsat` with the lowering, and so its refusals, done before the search begins."""
    lowered = _lowered(matrix, cost, constant)
    return lambda matrix, search: _run(lowered, matrix, search)


def _run(lowered: Lowered, matrix: Matrix, search: Search) -> Answer:
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    _set(solver, lowered, search)
    watched = watch(
        lambda: _work(solver, lowered, matrix, search),
        search.clock,
        search.stop,
        search.record.news,
        search.tell,
        ask_to_stop=solver.stop_search,
    )
    search.record.close()
    best = search.record.best
    x = None if best is None else best[1]
    if watched.result is None:
        return Answer("stopped", x, search.record.bound, None, watched.limit_hit, watched.left_running)
    if search.record.fault is not None:
        raise search.record.fault
    answer = watched.result
    if answer.state != "stopped":
        return answer
    return Answer("stopped", answer.x, answer.bound, None, watched.limit_hit or "time")


def _work(solver: Any, lowered: Lowered, matrix: Matrix, search: Search) -> Answer:
    from ortools.sat.python import cp_model

    record = search.record

    def guarded(act: Any) -> None:
        try:
            act()
        except BaseException as error:  # an exception must not travel through CP-SAT
            record.fault = error
            search.stop.set()
        gap = record.gap
        if search.stop or (gap is not None and gap <= search.gap):
            # CP-SAT measures its own gap without the constant, so the gap is watched here
            solver.stop_search()

    class Plans(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            def take() -> None:
                x = np.array(self.response_proto.solution, dtype=float)
                record.plan(search.value(x), x)

            guarded(take)

    solver.best_bound_callback = lambda bound: guarded(lambda: record.bounded(lowered.bound(bound)))
    left = search.seconds
    if left is not None:
        solver.parameters.max_time_in_seconds = left
    status = solver.solve(lowered.model, Plans())
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        record.bounded(lowered.bound(solver.best_objective_bound))
    best = record.best
    x = None if best is None else best[1]
    gap = record.gap
    if status == cp_model.INFEASIBLE:
        return Answer("infeasible")
    if status == cp_model.OPTIMAL or (gap is not None and gap <= search.gap):
        return Answer("finished", x, record.bound)
    if status in (cp_model.FEASIBLE, cp_model.UNKNOWN):
        return Answer("stopped", x, record.bound)
    return Answer("failed", x, record.bound, message=f"CP-SAT ended with {solver.status_name(status)!r}")


def _set(solver: Any, lowered: Lowered, search: Search) -> None:
    # CP-SAT's own handler for Ctrl-C would take the place of Python's, and ends the process outside the main thread
    solver.parameters.catch_sigint_signal = False
    solver.parameters.num_workers = search.threads
    solver.parameters.random_seed = search.seed
    solver.parameters.relative_gap_limit = 0.0
    solver.parameters.absolute_gap_limit = 0.0
    if search.start is not None:
        said = np.flatnonzero(~np.isnan(search.start))
        hint = lowered.model.proto.solution_hint
        hint.vars.extend(said.tolist())
        hint.values.extend(np.rint(search.start[said]).astype(np.int64).tolist())


def _lowered(matrix: Matrix, cost: Floats, constant: float) -> Lowered:
    from ortools.sat.python import cp_model

    lower, upper = _domains(matrix)
    faults = [*_continuous(matrix), *_endless(matrix, lower, upper)]
    rows = _rows(matrix, faults)
    reach = np.where(np.isfinite(lower) & np.isfinite(upper), np.maximum(np.abs(lower), np.abs(upper)), 0.0)
    objective = near_multiple(cost, reach)
    if objective is None:
        bad = [n for n, b in matrix.columns.items() if near_multiple(cost[b.span], reach[b.span]) is None]
        faults.append(f"costs of {', '.join(bad) or 'all variables'} have no common denominator; round or rescale them")
    if not faults:
        faults += _overflows(matrix, reach, rows, objective)
    if faults:
        raise NotIntegral(
            f"{matrix.name} cannot be passed to CP-SAT unchanged; use HiGHS, or change the program", faults
        )
    assert objective is not None
    model = cp_model.CpModel()
    proto = model.proto
    for lo, up in zip(lower.tolist(), upper.tolist(), strict=True):
        if lo > up:  # no whole number between the bounds; CP-SAT takes an empty domain for a mistake
            model.add_bool_or([])
            lo = up
        proto.variables.add().domain.extend([int(lo), int(up)])
    for columns, numbers, low, high in rows:
        if low is not None and high is not None and low > high:
            model.add_bool_or([])
            continue
        linear = proto.constraints.add().linear
        linear.vars.extend(columns)
        linear.coeffs.extend(numbers)
        linear.domain.extend([-LARGEST if low is None else low, LARGEST if high is None else high])
    used = np.flatnonzero(cost).tolist()
    proto.objective.vars.extend(used)
    proto.objective.coeffs.extend([objective[0][j] for j in used])
    if wrong := model.validate():
        raise NotIntegral(f"{matrix.name} was refused by CP-SAT", [wrong.splitlines()[0]])
    return Lowered(model, objective[1], constant, objective[2])


def _domains(matrix: Matrix) -> tuple[Floats, Floats]:
    """Whole numbers within the bounds, implied ones where a column has none; infinite where nothing limits it."""
    low, high = matrix.lower, matrix.upper
    if np.isinf(low).any() or np.isinf(high).any():
        low, high = implied_bounds(matrix.A, matrix.row_lower, matrix.row_upper, low, high)
    return np.ceil(low), np.floor(high)


def _rows(matrix: Matrix, faults: list[str]) -> list[tuple[list[int], list[int], int | None, int | None]]:
    rows, index, data = [], matrix.A.indices.tolist(), matrix.A.data
    bad: dict[str, list[str]] = {}
    for r, (start, end) in enumerate(_spans(matrix)):
        scaled = whole_multiple(data[start:end])
        if scaled is None:
            bad.setdefault(matrix.block_of_row(r).name, []).append(matrix.row_label(r))
            continue
        numbers, denominator = scaled
        low = scaled_side(float(matrix.row_lower[r]), denominator, upper=False)
        high = scaled_side(float(matrix.row_upper[r]), denominator, upper=True)
        rows.append((index[start:end], numbers, low, high))
    for name, labels in bad.items():
        faults.append(f"{len(labels)} rows of {name} have coefficients without a common denominator, first {labels[0]}")
    return rows


def _spans(matrix: Matrix) -> Iterator[tuple[int, int]]:
    pointer = matrix.A.indptr.tolist()
    return pairwise(pointer)


def _continuous(matrix: Matrix) -> list[str]:
    names = [name for name, block in matrix.columns.items() if not matrix.integer[block.span].all()]
    return [f"{name} is continuous; CP-SAT would round it" for name in names]


def _endless(matrix: Matrix, lower: Floats, upper: Floats) -> list[str]:
    endless = ~(np.isfinite(lower) & np.isfinite(upper))
    return [
        f"{name} has {int(endless[block.span].sum())} elements without finite bounds, first "
        f"{block.label(int(np.flatnonzero(endless[block.span])[0]))}; declare bounds"
        for name, block in matrix.columns.items()
        if endless[block.span].any()
    ]


def _overflows(
    matrix: Matrix,
    reach: Floats,
    rows: list[tuple[list[int], list[int], int | None, int | None]],
    objective: tuple[list[int], int, float] | None,
) -> list[str]:
    """Blocks whose values may leave 64 bits, computed in whole numbers of any size."""
    far = [int(v) for v in reach.tolist()]
    faults: dict[str, str] = {}
    for name, block in matrix.columns.items():
        if any(v >= LARGEST for v in far[block.span]):
            faults[name] = f"bounds of {name} leave 64 bits"
    for r, (columns, numbers, low, high) in enumerate(rows):
        size = sum(abs(a) * far[j] for j, a in zip(columns, numbers, strict=True))
        if max(size, abs(low or 0), abs(high or 0)) >= LARGEST:
            name = matrix.block_of_row(r).name
            faults.setdefault(name, f"rows of {name} leave 64 bits, first {matrix.row_label(r)}; use larger units")
    if objective is not None and sum(abs(a) * far[j] for j, a in enumerate(objective[0])) >= LARGEST:
        faults["objective"] = (
            f"the objective leaves 64 bits (its denominator is 1e{math.log10(objective[1]):.0f}); round costs"
        )
    return list(faults.values())
