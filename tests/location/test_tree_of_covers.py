"""The search tree on rows over sites alone, some of which leave no choice: what is decided at the root stays true."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.locating.terms import Terms
from solver.locating.tree.master import Cuts, Master
from solver.locating.tree.outcome import Outcome
from solver.locating.tree.search import search


class Price:
    """A choice is worth what its sites cost; the master knows everything."""

    def __init__(self, cost: Floats) -> None:
        self.cost = cost

    def separate(self, x: Floats) -> Cuts | None:
        return None

    def value(self, opened: NDArray[np.bool_]) -> float:
        return float(self.cost @ opened)

    def improved(self, x: Floats) -> NDArray[np.bool_] | None:
        return None


def cheapest(cost: Floats, rows: Floats, need: Floats, known: bool) -> Outcome:
    m = len(cost)
    master = Master(m, cost, 0.0, np.zeros(m), np.ones(m), sp.csr_array(rows), need, np.full(len(need), np.inf))
    return search(master, Price(cost), Terms(), np.ones(m, bool) if known else None)


def tried(cost: Floats, rows: Floats, need: Floats) -> float:
    every = (np.array(y) for y in product((0.0, 1.0), repeat=len(cost)))
    return min((float(cost @ y) for y in every if (rows @ y >= need).all()), default=math.inf)


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize(
    ("cost", "rows", "need"),
    [
        # site 0 must be open; its price counts in the bound at the root and must not count twice
        ([3.0, 1.0, 0.0], [[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]], [1.0, 1.0]),
        ([3.0, 1.0, 0.0], [[2.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 2.0, 2.0]], [1.0, 1.0, 1.0]),
        ([0.4, 0.6, 0.2, 0.4], [[1, 0, 0, 0], [1, 1, 1, 0], [1, 0, 1, 0], [0, 0, 2, 2]], [1.0, 1.0, 1.0, 1.0]),
        # here reduced costs decide the last site, and there is nothing to branch on
        ([0.0, 3.0, 0.0], [[0, 0, 1], [1, 0, 0], [0, 0, 1], [0, 0, 1]], [1.0, 1.0, 1.0, 1.0]),
        (
            [44.0, 24.0, 43.0, 5.0],
            [[1, 0, 0, 0], [0, 2, 0, 2], [0, 0, 1, 0], [0, 0, 2, 0], [2, 1, 0, 0], [2, 0, 0, 0]],
            [1.0, 1.0, 1.0, 1.0, 1.0, 2.0],
        ),
    ],
)
def test_a_site_that_a_row_forces_open_never_shuts_a_better_plan_out(
    cost: list[float], rows: list[list[float]], need: list[float], known: bool
) -> None:
    case = np.array(cost), np.array(rows, float), np.array(need)
    outcome = cheapest(*case, known)
    assert outcome.state == "finished"
    assert outcome.value == pytest.approx(tried(*case))
    assert outcome.bound <= outcome.value + 1e-9


@st.composite
def covers(draw: st.DrawFn) -> tuple[Floats, Floats, Floats]:
    """Prices with ties and zeros, rows with one site only, rows that need two."""
    m, k = draw(st.integers(1, 6)), draw(st.integers(1, 7))
    price = draw(st.sampled_from([st.integers(0, 4), st.integers(1, 60), st.sampled_from([0.1, 0.2, 0.7, 0.0])]))
    cost = np.array(draw(st.lists(price, min_size=m, max_size=m)), float)
    entry = st.sampled_from([0.0, 0.0, 1.0, 2.0])
    rows = np.array(draw(st.lists(st.lists(entry, min_size=m, max_size=m), min_size=k, max_size=k)))
    rows[rows.sum(axis=1) == 0, 0] = 1.0
    need = np.array(draw(st.lists(st.sampled_from([1.0, 1.0, 2.0]), min_size=k, max_size=k)))
    return cost, rows, np.minimum(need, rows.sum(axis=1))


@given(case=covers(), known=st.booleans())
@settings(max_examples=150)
def test_the_tree_finds_the_cheapest_choice_that_keeps_the_rows(
    case: tuple[Floats, Floats, Floats], known: bool
) -> None:
    outcome = cheapest(*case, known)
    best = tried(*case)
    assert outcome.state == "finished"
    assert outcome.value == pytest.approx(best, abs=1e-9)
    assert outcome.bound <= best + 1e-9
