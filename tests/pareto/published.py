"""Readers of published multi-objective programs and their fronts: knapsacks (2kp50, 3kp50) and ``.fgt`` files."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from formulations.algebra.elements import Floats
from formulations.algebra.program import Program
from instances.index import Index

KNAPSACKS = ("2kp50", "3kp50")

FORGET = "Forget21-UFLP_{n}_3_1-1000_1-100_spheredown_1_{k}.fgt"
"""Uncapacitated facility location with n customers and n sites, three objectives; MOrepo-Forget21."""

SENSES = {0: (0.0, np.inf), 1: (-np.inf, 0.0), 2: (0.0, 0.0)}
"""Distance of a row's lower and upper bound from its right-hand side: at least, at most, equal."""


def read_knapsack(folder: Path) -> Program:
    """The knapsack in a folder with a.csv (weights), b.csv (room) and c.csv (gains); gains are negated."""
    a, b, c = (_table(folder / f"{name}.csv") for name in "abc")
    return _program(folder.name, -c, a, np.full(len(a), -np.inf), b[:, 0])


def read_knapsack_front(folder: Path) -> Floats:
    """The published front, shape (points, objectives), as gains to be minimised, in the order of its values."""
    return _in_order(-_table(folder / "pareto_sols.csv"))


def read_fgt(path: Path) -> Program:
    """The program in a ``.fgt`` file: columns, rows, objectives; senses; C; A; sense and side of rows; bounds."""
    words = path.read_text().split()
    columns, rows, p = (int(w) for w in words[:3])
    if words[3 : 3 + p] != ["minsum"] * p:
        raise ValueError(f"{path.name}: objectives {words[3 : 3 + p]}; only sums to be minimised are read.")
    numbers = np.array(words[3 + p :], float)
    C, A, senses, bounds = np.split(numbers, np.cumsum([p * columns, rows * columns, 2 * rows]))
    kind, side = senses.reshape(rows, 2).T
    low, high = np.array([SENSES[int(k)] for k in kind]).T
    if (bounds != np.repeat([0.0, 1.0], columns)).any():
        raise ValueError(f"{path.name}: only columns that are 0 or 1 are read.")
    return _program(path.stem, C.reshape(p, columns), A.reshape(rows, columns), side + low, side + high)


def _program(name: str, C: Floats, A: Floats, low: Floats, high: Floats) -> Program:
    program = Program(name)
    x = program.binary("x", Index("item", C.shape[1]))
    for k, gains in enumerate(C):
        program.objective(f"f{k + 1}", (gains * x).sum())
    for k, terms in enumerate(A):
        total = (terms * x).sum()
        row = total == high[k] if low[k] == high[k] else total <= high[k] if np.isfinite(high[k]) else total >= low[k]
        program.subject_to(**{f"row{k + 1}": row})
    return program


def _table(path: Path) -> Floats:
    """A table without its header and its first column, which count."""
    with path.open() as lines:
        return np.array([row[1:] for row in list(csv.reader(lines))[1:]], float)


def _in_order(points: Floats) -> Floats:
    return points[np.lexsort(points.T[::-1])]
