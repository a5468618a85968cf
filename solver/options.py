"""What a solve may be told, and every fault of it at once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix

BACKENDS = ("highs", "cpsat", "pyomo")


class OptionError(ValueError):
    """A solve was asked for in a way that cannot be meant; the message lists every fault."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = list(faults)
        super().__init__("\n  - ".join(["solve:", *self.faults]))


@dataclass(frozen=True)
class Options:
    """See :func:`solver.solve.solve`."""

    gap: float
    time_limit: float | None
    seed: int
    threads: int
    backend: str
    verify_bound: bool
    start: bool = False

    def faults(self) -> list[str]:
        """One sentence per option that cannot be used."""
        found = []
        if not _number(self.gap) or not 0 <= self.gap < math.inf:
            found.append(f"gap is {self.gap!r}; give a share of the plan's value, such as 0.01, or 0")
        if self.time_limit is not None and (not _number(self.time_limit) or not 0 < self.time_limit < math.inf):
            found.append(f"time_limit is {self.time_limit!r}; give seconds above zero, or None for no limit")
        if not _whole(self.seed) or not 0 <= self.seed < 2**31:
            found.append(f"seed is {self.seed!r}; give a whole number from 0 to {2**31 - 1}")
        if not _whole(self.threads) or self.threads < 1:
            found.append(f"threads is {self.threads!r}; give a whole number of at least 1")
        if self.backend not in BACKENDS:
            found.append(f"backend is {self.backend!r}; there are {', '.join(BACKENDS)}")
        return found

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def weights_of(matrix: Matrix, weights: Mapping[str, float] | None) -> tuple[dict[str, float], list[str]]:
    """The weights meant, and what is wrong with them."""
    if weights is None:
        if len(matrix.objectives) == 1:
            return {next(iter(matrix.objectives)): 1.0}, []
        names = ", ".join(matrix.objectives) or "none"
        return {}, [f"weights are missing; they may be left out only with a single objective, here: {names}"]
    try:
        given = {str(name): float(weight) for name, weight in weights.items()}
        matrix.cost(given)
    except (TypeError, ValueError, AttributeError) as error:
        return {}, [f"weights: {error}"]
    return given, []


def start_of(matrix: Matrix, start: ArrayLike | Mapping[str, ArrayLike] | None) -> tuple[Floats | None, list[str]]:
    """A start as columns, NaN where it says nothing, and what is wrong with it."""
    if start is None:
        return None, []
    columns = matrix.shape[1]
    if not isinstance(start, Mapping):
        x = np.array(start, dtype=float)
        if x.shape != (columns,):
            return None, [f"start has shape {x.shape}; give ({columns},), or a mapping from variable to values"]
        return (
            (x, [])
            if np.isfinite(x).all()
            else (None, [f"start has {int((~np.isfinite(x)).sum())} values missing or infinite"])
        )
    x, faults = np.full(columns, np.nan), []
    for name, values in start.items():
        if name not in matrix.columns:
            faults.append(f"start: no variable named {name!r}; there are {', '.join(matrix.columns)}")
            continue
        block, given = matrix.columns[name], np.array(values, dtype=float)
        if given.shape != block.shape:
            faults.append(f"start: {name} has shape {given.shape}, expected {block.shape}")
        elif not np.isfinite(given).all():
            faults.append(f"start: {name} has {int((~np.isfinite(given)).sum())} values missing or infinite")
        else:
            x[block.span] = given.ravel()
    return x, faults


def _number(value: object) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def _whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
