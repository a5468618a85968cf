"""Readers of published warehouse location problems, and their optima."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from formulations.location.access import Access

CAP = [f"cap{a}{b}" for a in (7, 8, 9, 10, 13) for b in (1, 2, 3, 4)]
"""OR-Library's small problems; 7, 10 and 13 are also known without capacities."""

HOLMBERG = [f"p{k}" for k in range(1, 25)]


def read_cap(path: Path) -> Access:
    """OR-Library ``cap``: costs are for the whole demand of a customer, so its weight is one."""
    words = iter(path.read_text().split())
    m, n = int(next(words)), int(next(words))
    sites = np.array([[float(next(words)), float(next(words))] for _ in range(m)])
    amount, cost = np.empty(n), np.empty((n, m))
    for i in range(n):
        amount[i] = float(next(words))
        cost[i] = [float(next(words)) for _ in range(m)]
    if any(True for _ in words):
        raise ValueError(f"{path.name}: more numbers than {m} sites and {n} customers need")
    return Access.of(np.ones(n), cost, capacity=sites[:, 0], cost=sites[:, 1], amount=amount)


def read_holmberg(path: Path) -> Access:
    """Holmberg's: capacity and fixed cost of each site, demands, then what each site's customers cost as a whole."""
    numbers = np.array(path.read_text().split(), float)
    m, n = int(numbers[0]), int(numbers[1])
    sites = numbers[2 : 2 + 2 * m].reshape(m, 2)
    amount = numbers[2 + 2 * m : 2 + 2 * m + n]
    cost = numbers[2 + 2 * m + n :].reshape(m, n)
    return Access.of(np.ones(n), cost.T, capacity=sites[:, 0], cost=sites[:, 1], amount=amount)


def published(data: Path, name: str, question: str) -> float:
    """The optimum of ``cap/cap71.txt`` or ``holmberg/p1``; given to three decimals."""
    with (data / "known_values.csv").open() as lines:
        rows = [row for row in csv.reader(lines) if row[:2] == [name, question]]
    (row,) = rows
    return float(row[2])
