"""Values on a lattice although some columns are continuous: against all plans of small programs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from formulations.algebra.matrix import Matrix
from formulations.algebra.program import Program
from instances.index import Index
from solver.pareto.lattice import whole_anyway
from solver.pareto.space import Space


def chain(link: float = 1.0, side: float = 0.0, both: bool = False) -> Matrix:
    """Two yes-or-no decisions that push two continuous columns, one of which pushes the other."""
    program = Program("chain")
    choice, level = Index.named("choice", "ab"), Index.named("level", "xy")
    take = program.binary("take", choice)
    high = program.variable("high", level, upper=5.0)
    single = [(high * row).sum() for row in np.eye(2)]
    program.subject_to(
        push=single[0] + (take * [2.0, 1.0]).sum() >= 3.0 + side,
        follow=single[1] - link * single[0] >= 0.0,
    )
    program.objective("height", (high * [1.0, 3.0]).sum())
    program.objective("price", (take * [4.0, 2.0]).sum() + (single[0] if both else 0.0))
    return program.matrix()


def test_an_objective_of_columns_that_are_whole_anyway_has_a_step() -> None:
    assert Space.of(chain()).step.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("matrix", [chain(link=0.5), chain(side=0.5), chain(both=True)], ids=["link", "side", "both"])
def test_without_a_network_of_whole_numbers_no_step_is_claimed(matrix: Matrix) -> None:
    assert Space.of(matrix).step[0] == 0.0


@given(st.data())
def test_where_columns_are_called_whole_the_best_value_is_whole(data: st.DataObject) -> None:
    """Random rows of -1, 0, 1, whatever they look like: a linear program per choice says whether it was true."""
    rows, free = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 3))
    entries = st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=free, max_size=free)
    A = np.array(data.draw(st.lists(entries, min_size=rows, max_size=rows)))
    B = np.array(data.draw(st.lists(st.integers(-2, 2), min_size=rows, max_size=rows)), float)
    side = np.array(data.draw(st.lists(st.integers(-3, 3), min_size=rows, max_size=rows)), float)
    cost = np.array(data.draw(st.lists(st.integers(1, 5), min_size=free, max_size=free)), float)
    program = Program("random")
    row, column = Index("row", rows), Index("column", free)
    x = program.variable("x", column, upper=4.0)
    y = program.binary("y")
    body = program.constant(np.zeros(rows), row)
    for j in range(free):
        body = body + A[:, j] * (x * np.eye(free)[j]).sum().over(row)
    program.subject_to(all=body + B * y.over(row) >= side)
    program.objective("cost", (x * cost).sum())
    matrix = program.matrix()
    if not whole_anyway(matrix, np.arange(free)):
        return
    for chosen in (0.0, 1.0):
        found = linprog(cost, -A, B * chosen - side, bounds=[(0, 4)] * free)
        if found.success:
            assert float(found.fun or 0.0) == pytest.approx(round(float(found.fun or 0.0)), abs=1e-7)
