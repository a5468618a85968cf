"""Readers of published warehouse location problems."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from formulations.location.access import Access


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
