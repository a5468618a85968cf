"""Which scenario a column or a row of a program is about, and what each scenario loses, as rows over the columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Csr
from formulations.algebra.matrix import Matrix
from instances.index import Index
from instances.schema import InstanceError

if TYPE_CHECKING:
    from instances.instance import Instance

NONE = -1
"""Stands for a column that belongs to no scenario: decided before the event, or a measure over all scenarios."""


def scenario_of_columns(matrix: Matrix, scenario: Index) -> NDArray[np.intp]:
    """Position of the scenario that each column belongs to, :data:`NONE` without one; shape (columns,)."""
    found = np.full(matrix.shape[1], NONE)
    for block in matrix.columns.values():
        for axis, dim in enumerate(block.dims):
            at = _into(dim, scenario)
            if at is not None and block.size:
                found[block.span] = at[np.unravel_index(np.arange(block.size), block.shape)[axis]]
    return found


def _into(index: Index, scenario: Index) -> NDArray[np.intp] | None:
    """The scenario of each element of an index set, however deep it is nested; None if it has none."""
    if index is scenario:
        return np.arange(index.size)
    for part in index.parts.values():
        below = _into(part.target, scenario)
        if below is not None:
            return np.asarray(below[part.position])
    return None


def loss_rows(matrix: Matrix, instance: Instance) -> Csr:
    """People without a place in each scenario, weighted by phase, as rows over the columns: (scenarios, columns).

    Raises
    ------
    InstanceError
        If the program was asked without shelters: then it says nothing about people.
    """
    return _over_calls(matrix, instance, weighted=True)


def people_rows(matrix: Matrix, instance: Instance) -> Csr:
    """People without a place in each scenario, added over phases: (scenarios, columns)."""
    return _over_calls(matrix, instance, weighted=False)


def _over_calls(matrix: Matrix, instance: Instance, weighted: bool) -> Csr:
    if "unserved" not in matrix.columns or instance.effects is None or instance.phases is None:
        raise InstanceError(f"{matrix.name} says nothing about people", ["the question has no shelters"])
    block = matrix.columns["unserved"]
    (call,) = block.dims
    i, h, s = (call[key].position for key in ("demand", "phase", "scenario"))
    people = instance.effects.need[i, h, s] * (instance.phases.weight[h] if weighted else 1.0)
    shape = instance.scenarios.scenario.size, matrix.shape[1]
    return sp.csr_array((people, (s, np.arange(block.start, block.start + block.size))), shape=shape)


def minutes_rows(matrix: Matrix, instance: Instance) -> Csr:
    """Person-minutes of walking in each scenario, as rows over the columns: (scenarios, columns)."""
    block = matrix.columns["go"]
    (trip,) = block.dims
    assert instance.effects is not None and instance.routes is not None
    i, h, s, r = (trip[key].position for key in ("demand", "phase", "scenario", "route"))
    walked = instance.effects.need[i, h, s] * instance.routes.minutes[r, s]
    shape = instance.scenarios.scenario.size, matrix.shape[1]
    return sp.csr_array((walked, (s, np.arange(block.start, block.start + block.size))), shape=shape)
