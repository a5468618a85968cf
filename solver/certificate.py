"""What we checked ourselves, from the matrix alone: the plan, its value, and a bound that needs no trust."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Block, Matrix
from solver.gap import relative_gap
from solver.safe_bound import safe_bound

ABSOLUTE, RELATIVE = 1e-6, 1e-9
"""A row holds if it is broken by at most ``ABSOLUTE + RELATIVE * (sum of its terms' sizes + size of its bound)``."""

WHOLE = 1e-6
"""A number counts as whole if it is this near to one."""

CLAIM = 1e-6
"""A claim agrees with what we compute if it differs by at most this share of the larger of both."""

RESOLUTION = 1e-9
"""Differences of objective below this share of the plan's terms (or of the largest cost) are rounding."""


@dataclass(frozen=True)
class Breach:
    """How well one block of rows, bounds or whole numbers holds.

    Attributes
    ----------
    block
        Name of the row block or variable.
    absolute
        Largest violation, in the unit of the row or variable; zero where everything holds.
    relative
        The same as a share of the row's scale (sizes of its terms and of its bound).
    count
        How many elements are broken beyond the tolerance.
    worst
        Labels of the elements broken most, at most three, worst first.
    """

    block: str
    absolute: float
    relative: float
    count: int
    worst: tuple[str, ...] = ()


@dataclass(frozen=True)
class Certificate:
    """The result of a check; see :func:`verify`.

    Attributes
    ----------
    value, objectives
        Weighted objective and each objective, recomputed with whole numbers made exactly whole.
    claimed_value, claimed_bound
        What the solver said, or None.
    verified_bound
        A lower bound computed by us from row duals, rounding errors subtracted; None if no finite one was found.
    open_columns
        Variables (labels, at most three) without the bounds that would make the verified bound finite.
    claimed_gap, verified_gap
        Relative gap of the plan to either bound (:func:`solver.gap.relative_gap`).
    rows, bounds, integrality
        One entry per row block, per variable, per variable with whole numbers.
    tolerance
        The tolerance in words.
    problems
        One sentence per thing that is wrong, naming the first offenders.
    duals
        Row duals behind the verified bound, shape (rows,), for whoever wants to check it again.
    """

    value: float
    objectives: dict[str, float]
    claimed_value: float | None
    claimed_bound: float | None
    verified_bound: float | None
    open_columns: tuple[str, ...]
    claimed_gap: float | None
    verified_gap: float | None
    rows: tuple[Breach, ...]
    bounds: tuple[Breach, ...]
    integrality: tuple[Breach, ...]
    feasible: bool
    tolerance: str
    problems: tuple[str, ...]
    duals: Floats | None = field(default=None, repr=False, compare=False)

    @property
    def ok(self) -> bool:
        """Nothing is wrong with the plan or with what was claimed about it."""
        return not self.problems

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON; without the duals."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "duals"}
        for kind in ("rows", "bounds", "integrality"):
            plain[kind] = [{**vars(breach), "worst": list(breach.worst)} for breach in plain[kind]]
        for kind in ("open_columns", "problems"):
            plain[kind] = list(plain[kind])
        return {"ok": self.ok, **plain, "objectives": dict(self.objectives)}


def snapped(matrix: Matrix, x: Floats) -> Floats:
    """The plan with whole numbers made exactly whole where they nearly are, and tiny steps over a bound taken back."""
    x = np.array(x, dtype=float)
    near = np.round(x)
    x = np.where(matrix.integer & (np.abs(x - near) <= WHOLE), near, x)
    inside = np.clip(x, matrix.lower, matrix.upper)
    return np.where(np.abs(x - inside) <= ABSOLUTE + RELATIVE * np.abs(inside), inside, x)


def keeps(matrix: Matrix, X: Floats) -> NDArray[np.bool_]:
    """Whether each plan keeps every row, bound and whole number as :func:`verify` judges; shape (members,).

    For many plans of a small program, where a whole certificate for each would take longer than finding it.
    """
    X = np.asarray(X, dtype=float)
    slack = [ABSOLUTE + RELATIVE * np.where(np.isfinite(b), np.abs(b), 0.0) for b in (matrix.lower, matrix.upper)]
    inside = ((X >= matrix.lower - slack[0]) & (X <= matrix.upper + slack[1])).all(axis=1)
    whole = (np.abs(X - np.round(X)) <= WHOLE)[:, matrix.integer].all(axis=1)
    X = np.where(matrix.integer & (np.abs(X - np.round(X)) <= WHOLE), np.round(X), X)
    activity = np.asarray((matrix.A @ X.T).T)
    excess = np.maximum(matrix.row_lower - activity, activity - matrix.row_upper)
    near = np.where(activity < matrix.row_lower, matrix.row_lower, matrix.row_upper)
    scale = np.asarray((abs(matrix.A) @ np.abs(X.T)).T) + np.where(np.isfinite(near), np.abs(near), 0.0)
    kept = (excess <= ABSOLUTE + RELATIVE * scale).all(axis=1)
    return np.asarray(inside & whole & kept)


def resolution(matrix: Matrix, weights: Mapping[str, float], x: Floats) -> float:
    """Difference of objective that is rounding: :data:`RESOLUTION` of the plan's terms or of the largest cost."""
    cost, constant = matrix.cost(weights)
    size = np.abs(cost)
    return RESOLUTION * max(float(size @ np.abs(x)) + abs(constant), float(size.max(initial=0.0)))


def verify(
    matrix: Matrix,
    weights: Mapping[str, float],
    x: Floats,
    claimed_value: float | None = None,
    claimed_bound: float | None = None,
    *,
    duals: Floats | None = None,
    verify_bound: bool = True,
    time_limit: float | None = None,
) -> Certificate:
    """Check a plan and what is said about it; asks no solver but for duals, and trusts none.

    Parameters
    ----------
    x
        The plan, shape (columns,).
    claimed_value, claimed_bound
        Weighted objective and bound to compare with; None or infinite for no claim.
    duals
        Row duals for the verified bound, shape (rows,). Without them the linear relaxation is solved for some.
    verify_bound
        Whether a bound is wanted at all.
    time_limit
        Seconds for solving that relaxation; the duals it has then still give a valid bound.

    Raises
    ------
    ValueError
        If ``x`` has the wrong shape or values that are missing or infinite.
    """
    x = np.asarray(x, dtype=float)
    raw, plan = matrix.violations(x), snapped(matrix, x)
    cost, constant = matrix.cost(weights)
    value = float(cost @ plan + constant)
    rows = _row_breaches(matrix, plan)
    bounds = _breaches(matrix.columns, raw.bounds, *_bound_tolerance(matrix, x), matrix.column_label)
    whole = {name: block for name, block in matrix.columns.items() if matrix.integer[block.span].any()}
    integrality = _breaches(whole, raw.integrality, np.full(len(x), WHOLE), np.ones(len(x)), matrix.column_label)
    problems = [
        *(_sentence(b, "row", "is broken by") for b in rows if b.count),
        *(_sentence(b, "element", "lies outside its bounds by") for b in bounds if b.count),
        *(_sentence(b, "element", "is not whole, off by") for b in integrality if b.count),
    ]
    feasible = not problems
    safe = None
    if verify_bound:
        duals = _duals(matrix, cost, constant, time_limit) if duals is None else duals
        safe = safe_bound(matrix, weights, duals, known=value if feasible else None)
    lowest = None if safe is None else _finite(safe.value)
    fine = resolution(matrix, weights, plan)
    claimed_value, claimed_bound = _finite(claimed_value), _finite(claimed_bound)
    claims = (
        []
        if claimed_value is None
        else _false_value(value, claimed_value, fine + float(np.abs(cost) @ np.abs(x - plan)))
    )
    if feasible:
        # a row broken within its tolerance may lower the value by as much as its dual says
        bought = 0.0 if duals is None else float(np.abs(duals) @ matrix.violations(plan).rows)
        claims += _false_bound("claimed", claimed_bound, value, fine)
        claims += _false_bound("verified", lowest, value, fine + bought)
    return Certificate(
        value=value,
        objectives=matrix.objective_values(plan),
        claimed_value=claimed_value,
        claimed_bound=claimed_bound,
        verified_bound=lowest,
        open_columns=() if safe is None else tuple(matrix.column_label(j) for j in safe.open_columns[:3]),
        claimed_gap=relative_gap(value, claimed_bound, fine),
        verified_gap=relative_gap(value, lowest, fine),
        rows=rows,
        bounds=bounds,
        integrality=integrality,
        feasible=feasible,
        tolerance=f"{ABSOLUTE:g} + {RELATIVE:g} x size of the row; whole numbers {WHOLE:g}, then made exactly whole",
        problems=(*problems, *claims),
        duals=duals,
    )


def _duals(matrix: Matrix, cost: Floats, constant: float, time_limit: float | None) -> Floats | None:
    from solver.backends.highs import run_highs
    from solver.backends.search import Search
    from solver.clock import Clock

    return run_highs(matrix.relax(), Search(cost, constant, Clock(time_limit))).duals


def _row_breaches(matrix: Matrix, x: Floats) -> tuple[Breach, ...]:
    broken = matrix.violations(x).rows
    activity = np.asarray(matrix.A @ x)
    side = np.where(activity < matrix.row_lower, matrix.row_lower, matrix.row_upper)
    side = np.where(np.isfinite(side), np.abs(side), 0.0)
    scale = np.asarray(abs(matrix.A) @ np.abs(x)) + side
    return _breaches(matrix.rows, broken, ABSOLUTE + RELATIVE * scale, scale, matrix.row_label)


def _bound_tolerance(matrix: Matrix, x: Floats) -> tuple[Floats, Floats]:
    side = np.where(x < matrix.lower, matrix.lower, matrix.upper)
    scale = np.where(np.isfinite(side), np.abs(side), 0.0)
    return ABSOLUTE + RELATIVE * scale, scale


def _breaches(
    blocks: Mapping[str, Block],
    broken: Floats,
    tolerance: Floats,
    scale: Floats,
    label: Callable[[int], str],
) -> tuple[Breach, ...]:
    """One entry per block, from violation, tolerance and scale of every element."""
    found = []
    for name, block in blocks.items():
        by = broken[block.span]
        bad = by > tolerance[block.span]
        share = by / np.maximum(scale[block.span], 1.0)
        order = np.flatnonzero(bad)[np.argsort(-by[bad], kind="stable")][:3]
        found.append(
            Breach(
                block=name,
                absolute=float(by.max(initial=0.0)),
                relative=float(share.max(initial=0.0)),
                count=int(bad.sum()),
                worst=tuple(label(block.start + int(k)) for k in order),
            )
        )
    return tuple(found)


def _sentence(breach: Breach, what: str, how: str) -> str:
    more = f", {breach.count} {what}s of {breach.block} in all" if breach.count > len(breach.worst) else ""
    return f"{', '.join(breach.worst)} {how} {breach.absolute:.6g} at most{more}."


def _false_value(value: float, claim: float, allowed: float) -> list[str]:
    if abs(claim - value) <= CLAIM * max(abs(claim), abs(value)) + allowed:
        return []
    return [f"The value claimed is {claim:.12g}; the plan's value is {value:.12g}."]


def _false_bound(whose: str, bound: float | None, value: float, allowed: float) -> list[str]:
    if bound is None or bound <= value + CLAIM * max(abs(bound), abs(value)) + allowed:
        return []
    return [f"The bound {whose}, {bound:.12g}, lies above the value of a plan, {value:.12g}."]


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
