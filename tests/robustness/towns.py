"""Every plan of a tiny town, by trying every set of openings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import product

import numpy as np

from formulations.algebra.matrix import Matrix
from formulations.plan import IntegratedPlan
from instances.instance import Instance
from solver.robustness.futures import Futures
from solver.robustness.recourse import futures_in
from tests.instances.tiny import tiny_instance

TOWN = tiny_instance(demand=6, sites=3, seed=5, rows=2, columns=4, cutoff=8.0)
QUESTION = IntegratedPlan(harden="none", objectives=("cost", "unserved"))


@dataclass(frozen=True)
class Everything:
    """All openings, what they cost, and what they mean in each scenario."""

    matrix: Matrix
    X: np.ndarray
    cost: np.ndarray
    futures: Futures


@cache
def everything() -> Everything:
    matrix = QUESTION.build(TOWN).matrix()
    block = matrix.columns["open"]
    assert block.size <= 6
    X = np.zeros((2**block.size, matrix.shape[1]))
    X[:, block.span] = list(product((0.0, 1.0), repeat=block.size))
    cost = matrix.evaluate(X)[:, 0]
    return Everything(matrix, X, cost, futures_in(QUESTION, TOWN, matrix, X))


def other_futures(scenarios: int) -> Instance:
    """The same town with more shocks; the first ones are not the same."""
    town = tiny_instance(demand=6, sites=3, seed=5, rows=2, columns=4, cutoff=8.0, scenarios=scenarios)
    return replace(town, about=replace(town.about, name="later"))
