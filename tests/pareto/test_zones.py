"""Search zones against their definition: in a zone lies what no known point dominates, and nothing else."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from formulations.algebra.elements import Floats
from solver.pareto.bounds import Fact
from solver.pareto.space import Space
from solver.pareto.zones import OpenZones, local_upper_bounds, split
from tests.pareto.finite import pick_one

TOP = 6


def grid(p: int) -> Floats:
    return np.stack(np.meshgrid(*[np.arange(TOP)] * p, indexing="ij"), axis=-1).reshape(-1, p).astype(float)


def points(p: int) -> st.SearchStrategy[Floats]:
    row = st.tuples(*[st.integers(0, TOP - 1)] * p)
    return st.lists(row, min_size=0, max_size=8).map(lambda rows: np.array(rows, float).reshape(len(rows), p))


@given(st.integers(2, 4).flatmap(points))
def test_zones_hold_exactly_what_no_point_dominates(known: Floats) -> None:
    p = known.shape[1]
    uppers = local_upper_bounds(known, np.full(p, float(TOP)))
    everything = grid(p)
    free = ~(known[:, None, :] <= everything[None, :, :]).all(axis=2).any(axis=0)
    held = (everything[:, None, :] < uppers[None, :, :]).all(axis=2).any(axis=1)
    np.testing.assert_array_equal(held, free)


@given(st.integers(2, 4).flatmap(points))
def test_no_zone_lies_in_another(known: Floats) -> None:
    uppers = local_upper_bounds(known, np.full(known.shape[1], float(TOP)))
    inside = (uppers[:, None, :] <= uppers[None, :, :]).all(axis=2)
    np.testing.assert_array_equal(inside, np.eye(len(uppers), dtype=bool))


@given(points(3), st.randoms(use_true_random=False))
def test_the_order_in_which_points_are_found_does_not_matter(known: Floats, random: object) -> None:
    order = list(range(len(known)))
    random.shuffle(order)  # type: ignore[attr-defined]
    top = np.full((1, 3), float(TOP))
    straight = turned = top
    for y in known:
        straight = split(straight, y)
    for k in order:
        turned = split(turned, known[k])
    np.testing.assert_array_equal(np.unique(straight, axis=0), np.unique(turned, axis=0))


@given(points(3))
def test_three_objectives_leave_at_most_two_zones_per_point_and_one(known: Floats) -> None:
    # Daechert and Klamroth (2015): 2 n + 1 zones for n points of a front with three objectives
    uppers = local_upper_bounds(known, np.full(3, float(TOP)))
    assert len(uppers) <= 2 * len(np.unique(known, axis=0)) + 1


@given(points(3), st.lists(st.tuples(points(3).filter(len), st.integers(0, 30)), max_size=4))
def test_only_zones_that_a_fact_rules_out_are_closed(known: Floats, facts: list[tuple[Floats, int]]) -> None:
    # whatever the order of facts and points, what stays open is what neither of them rules out
    space = Space.of(pick_one(grid(3)))
    zones = OpenZones(space, np.ones(3), np.full((1, 3), float(TOP)))
    levels = [(rows[0], rows.sum(axis=0) + 1.0, float(value)) for rows, value in facts]
    for within, weights, value in levels[::2]:
        zones.learn(Fact(within, weights, value))
    for y in known:
        zones.point(y)
    for within, weights, value in levels[1::2]:
        zones.learn(Fact(within, weights, value))
    boxes = local_upper_bounds(known, np.full(3, float(TOP))) - 1.0
    out = np.zeros(len(boxes), bool)
    for within, weights, value in levels:
        out |= (boxes <= within).all(axis=1) & (boxes @ weights < value)
    want = np.unique(boxes[~out] + 1.0, axis=0)
    have = np.unique(zones.uppers, axis=0)
    # a zone cut out of a closed one may stay open only if it lies in an open one
    assert all((zone <= want).all(axis=1).any() for zone in have)
    assert all((have == zone).all(axis=1).any() for zone in want)
