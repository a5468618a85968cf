"""The space of objective values: which values there can be, and how far two different ones are apart at least."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from formulations.algebra.elements import Csr, Floats
from formulations.algebra.matrix import Matrix
from solver.pareto.lattice import whole_anyway

DIGITS = 6
"""Decimal digits of coefficients that still count as written numbers when a common step is looked for."""

NEAR = 1e-6
"""Share of the step by which a value may miss a multiple of the step and still be meant to be one."""

ROUNDING = 1e-12
"""Share of the value by which it may miss one besides."""


@dataclass(frozen=True, eq=False)
class Space:
    """Some objectives of a program, all minimised, in a fixed order.

    Attributes
    ----------
    matrix
        The program.
    names
        Objectives looked at, p of them; others of the program are free.
    C, c0
        Their coefficients, shape (p, columns) and (p,).
    step
        Shape (p,). Values of objective k on the front are ``c0[k]`` plus whole multiples of ``step[k]``; 0 where none
        can be shown.
    """

    matrix: Matrix
    names: tuple[str, ...]
    C: Csr
    c0: Floats
    step: Floats

    @classmethod
    def of(cls, matrix: Matrix, names: Sequence[str] | None = None) -> Space:
        """The space of the objectives named, of all if None.

        Raises
        ------
        ValueError
            If a name is unknown or stands twice, or there are fewer than two; all faults at once.
        """
        chosen = tuple(matrix.objectives) if names is None else tuple(names)
        known = ", ".join(matrix.objectives) or "none"
        faults = [f"objective {n!r} is unknown; there are {known}" for n in chosen if n not in matrix.objectives]
        faults += [f"objective {n!r} stands twice" for n in sorted({n for n in chosen if chosen.count(n) > 1})]
        faults += [] if len(chosen) > 1 else ["a front needs two objectives or more"]
        if faults:
            raise ValueError("\n  - ".join([f"{matrix.name}, front:", *faults]))
        at = [matrix.objectives[name].start for name in chosen]
        C = matrix.C[at]
        continuous = [k for k in range(len(at)) if _continuous(matrix, C, k)]
        step = np.array([_step(matrix, C, k, continuous == [k]) for k in range(len(at))])
        return cls(matrix, chosen, C, matrix.c0[at], step)

    @property
    def size(self) -> int:
        """Number of objectives, p."""
        return len(self.names)

    @property
    def discrete(self) -> bool:
        """Every objective has a step, so the front is a finite set that can be listed without a gap."""
        return bool((self.step > 0).all())

    def values(self, X: Floats | Csr) -> Floats:
        """Objective values of plans, (members, columns) -> (members, p); on the step where there is one."""
        product = X @ self.C.T
        return self.snapped(np.asarray(product if isinstance(product, np.ndarray) else product.toarray()) + self.c0)

    def snapped(self, Y: Floats) -> Floats:
        """Values that are a multiple of the step but for rounding, made exactly that: (..., p) -> (..., p).

        What lies between two multiples stays: it is a plan that can be made better by its continuous columns alone.
        """
        step = np.where(self.step > 0, self.step, 1.0)
        near = np.round((Y - self.c0) / step) * step + self.c0
        return np.where((self.step > 0) & (np.abs(Y - near) <= NEAR * step + ROUNDING * np.abs(near)), near, Y)

    def raised(self, bound: Floats) -> Floats:
        """Lower bounds on values, rounded up to the next value there can be: (..., p) -> (..., p)."""
        step = np.where(self.step > 0, self.step, 1.0)
        with np.errstate(invalid="ignore"):
            up = np.ceil((bound - self.c0) / step - 1e-6) * step + self.c0
        return np.where((self.step > 0) & np.isfinite(bound), up, bound)

    def below(self, upper: Floats) -> Floats:
        """Largest values strictly below ``upper`` where there is a step, ``upper`` itself elsewhere: (..., p)."""
        step = np.where(self.step > 0, self.step, 1.0)
        with np.errstate(invalid="ignore"):
            down = (np.ceil((upper - self.c0) / step - 1e-6) - 1.0) * step + self.c0
        return np.where((self.step > 0) & np.isfinite(upper), down, upper)

    def resolution(self, weights: Floats) -> float:
        """Least difference between two different weighted sums of values, 0 where none can be shown."""
        used = weights != 0
        if not (self.step[used] > 0).all():
            return 0.0
        return _common(np.abs(weights[used] * self.step[used]))


def _step(matrix: Matrix, C: Csr, k: int, alone: bool) -> float:
    """Least step of an objective, 0 if none can be shown.

    Continuous columns that are whole anyway have one too if no other objective has any (``alone``): then whatever the
    whole numbers are, this objective is as low as it can be on a step, and any other value is dominated by that.
    """
    span = slice(int(C.indptr[k]), int(C.indptr[k + 1]))
    columns, numbers = C.indices[span], C.data[span]
    moving = matrix.lower[columns] < matrix.upper[columns]
    continuous = columns[moving & ~matrix.integer[columns]]
    if len(continuous) and not (alone and whole_anyway(matrix, continuous)):
        return 0.0
    # columns that cannot move are part of the constant, which must be on the step too
    fixed = float(numbers[~moving] @ matrix.lower[columns[~moving]])
    counted = np.abs(np.append(numbers[moving], fixed))
    return _common(counted[counted > 0]) if (counted > 0).any() else 1.0


def _continuous(matrix: Matrix, C: Csr, k: int) -> bool:
    columns = C.indices[int(C.indptr[k]) : int(C.indptr[k + 1])]
    return bool((~matrix.integer[columns] & (matrix.lower[columns] < matrix.upper[columns])).any())


def _common(numbers: Floats) -> float:
    """Greatest common measure of numbers written with few digits, 0 without one."""
    for digits in range(DIGITS + 1):
        scaled = numbers * 10.0**digits
        whole = np.round(scaled)
        if whole.max(initial=0.0) >= 2.0**53:
            return 0.0
        if (np.abs(scaled - whole) <= 1e-9 * np.maximum(1.0, scaled)).all():
            return math.gcd(*(int(v) for v in np.unique(whole))) / 10.0**digits
    return 0.0
