from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from solver.genetic.algorithms import spread_weights
from solver.genetic.operators import Siting, halves, uniform, union
from tests.genetic.programs import location

members = arrays(bool, (6, 9))
seeds = st.integers(0, 1000)


@given(members, members, seeds)
def test_union_children_have_what_both_parents_have_and_nothing_that_none_has(A, B, seed):
    for child, parent in zip(union(A, B, np.random.default_rng(seed)), (A, B), strict=True):
        assert (child >= (A & B)).all() and (child <= (A | B)).all()
        assert np.array_equal(child.sum(axis=1), parent.sum(axis=1))


@given(members, members, seeds)
def test_the_two_children_of_a_pair_share_out_what_their_parents_have(A, B, seed):
    rng = np.random.default_rng(seed)
    where = rng.random((9, 2))
    for first, second in (union(A, B, rng), uniform(A, B, rng, np.arange(9)), halves(A, B, rng, where)):
        assert np.array_equal(first.astype(int) + second, A.astype(int) + B)


@given(members, members, seeds)
def test_genes_of_one_site_come_from_the_same_parent(A, B, seed):
    groups = np.repeat(np.arange(3), 3)
    child, _ = uniform(A, B, np.random.default_rng(seed), groups)
    for g in range(3):
        own = groups == g
        assert ((child[:, own] == A[:, own]).all(axis=1) | (child[:, own] == B[:, own]).all(axis=1)).all()


def test_a_half_is_cut_by_a_straight_line():
    rng = np.random.default_rng(3)
    where = rng.random((40, 2))
    A, B = np.ones((30, 40), bool), np.zeros((30, 40), bool)
    for child in halves(A, B, rng, where)[0]:
        if child.all() or not child.any():
            continue
        from scipy.optimize import linprog

        # a x + b y <= c on one side and more on the other, for some a, b and c
        rows = np.column_stack([where, -np.ones(40)]) * np.where(child, 1.0, -1.0)[:, None]
        found = linprog(np.zeros(3), rows, np.where(child, 0.0, -1e-9), bounds=[(-1, 1), (-1, 1), (None, None)])
        assert found.status == 0


def test_a_swap_keeps_the_number_of_sites_and_goes_to_a_near_one():
    _, genome, _ = location(1, sites=30)
    operators = Siting(genome, near=4)
    rng = np.random.default_rng(0)
    X = rng.random((200, 30)) < 0.3
    moved = operators._swap(X.copy(), rng)
    assert np.array_equal(moved.sum(axis=1), X.sum(axis=1))
    where = genome.coordinates
    distance = np.linalg.norm(where[:, None] - where[None], axis=2)
    for before, after in zip(X, moved, strict=True):
        gone, come = np.flatnonzero(before & ~after), np.flatnonzero(after & ~before)
        assert len(gone) == len(come) <= 1
        if len(gone):
            assert distance[gone[0], come[0]] <= np.sort(distance[gone[0]])[4]
    assert (moved != X).any()


def test_moves_never_touch_what_is_fixed():
    space, _, _ = location(2, sites=8)
    from dataclasses import replace

    from solver.genetic.genome import Genome

    matrix = space.matrix
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    lower[2], upper[5] = 1.0, 0.0
    genome = Genome.of(replace(matrix, lower=lower, upper=upper), coordinates=np.arange(16.0).reshape(8, 2))
    rng = np.random.default_rng(0)
    X = genome.held(rng.random((300, 8)) < 0.5)
    moved = Siting(genome, moves=3.0).moved(X, rng)
    assert moved[:, 2].all() and not moved[:, 5].any() and (moved != X).any()


def test_a_regrade_stays_on_the_site():
    from solver.genetic.genome import Genome
    from tests.genetic.test_repair import budgeted

    groups = np.array([0, 0, 1, 1, 2, 2])
    genome = Genome.of(budgeted(), groups=groups)
    rng = np.random.default_rng(0)
    X = np.zeros((50, 6), bool)
    X[:, ::2] = rng.random((50, 3)) < 0.6
    moved = Siting(genome)._regrade(X.copy(), rng)
    assert np.array_equal(moved.reshape(-1, 3, 2).any(axis=2), X.reshape(-1, 3, 2).any(axis=2))
    assert (moved[X.any(axis=1)] != X[X.any(axis=1)]).any(axis=1).all()


@given(seeds)
def test_the_same_generator_gives_the_same_children(seed):
    _, genome, _ = location(1)
    operators = Siting(genome)
    X = np.random.default_rng(9).random((10, genome.size)) < 0.5
    made = []
    for _ in range(2):
        rng = np.random.default_rng(seed)
        made.append(operators.moved(operators.crossed(X[:5], X[5:], rng), rng))
    assert np.array_equal(*made)


@pytest.mark.parametrize(("objectives", "most"), [(2, 50), (3, 100), (4, 60), (6, 100), (8, 20)])
def test_weights_are_on_the_simplex_all_different_and_no_more_than_asked_for(objectives, most):
    weights = spread_weights(objectives, most)
    assert objectives < len(weights) <= most
    assert np.allclose(weights.sum(axis=1), 1) and (weights >= 0).all()
    assert len(np.unique(weights.round(9), axis=0)) == len(weights)


def test_settings_out_of_range_are_refused_together():
    _, genome, _ = location(1)
    with pytest.raises(ValueError, match="cross") as told:
        Siting(genome, cross=1.5, near=0, moves=0.5)
    assert "near" in str(told.value) and "moves" in str(told.value)
