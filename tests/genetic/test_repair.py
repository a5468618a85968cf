from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.algebra.program import Program
from instances.index import Index
from solver.genetic.genome import Genome
from solver.genetic.repair import Repair
from tests.genetic.programs import everything, location


@st.composite
def ruled_programs(draw):
    """A few yes-or-no decisions under a few random rules, some of them fixed."""
    genes = draw(st.integers(2, 7))
    program = Program("rules")
    J = Index("site", genes)
    open_ = program.binary("open", J)
    for k in range(draw(st.integers(1, 3))):
        row = np.array(draw(st.lists(st.integers(-5, 5), min_size=genes, max_size=genes)), float)
        limit = draw(st.integers(-4, 10))
        body = (row * open_).sum()
        kind = draw(st.sampled_from(["<=", ">=", "=="]))
        relation = body <= limit if kind == "<=" else body >= limit if kind == ">=" else body == limit
        program.require(**{f"rule{k}": relation})
    program.minimize(one=open_.sum(), two=-open_.sum())
    for j in draw(st.lists(st.integers(0, genes - 1), max_size=2, unique=True)):
        program.fix("open", [j], draw(st.sampled_from([0.0, 1.0])))
    return program.matrix()


def allowed(matrix):
    """All genomes that keep rows and bounds, by enumeration."""
    X = everything(matrix.shape[1]).astype(float)
    kept = matrix.violation(X).max(axis=1, initial=0.0) <= 1e-9
    kept &= ((X >= matrix.lower) & (X <= matrix.upper)).all(axis=1)
    return X[kept] > 0.5


@given(ruled_programs(), st.integers(0, 5))
def test_a_repaired_genome_keeps_every_rule_that_any_genome_keeps(matrix, seed):
    genome = Genome.of(matrix)
    good = {row.tobytes() for row in allowed(matrix)}
    members = everything(genome.size)
    repaired = Repair(genome)(members, np.random.default_rng(seed))
    if good:
        assert all(row.tobytes() in good for row in repaired)
    else:
        assert (genome.rules.violation(repaired) > 0).all()


@given(ruled_programs(), st.integers(0, 5))
def test_a_genome_that_keeps_the_rules_is_left_as_it_is(matrix, seed):
    genome = Genome.of(matrix)
    good = allowed(matrix)
    assert np.array_equal(Repair(genome)(good, np.random.default_rng(seed)), good)


@given(ruled_programs())
def test_the_rules_of_a_genome_hold_for_exactly_those_that_are_plans(matrix):
    genome = Genome.of(matrix)
    members = everything(genome.size)
    fixed = (genome.held(members) == members).all(axis=1)
    kept = fixed & (genome.rules.violation(members) == 0)
    assert {row.tobytes() for row in members[kept]} == {row.tobytes() for row in allowed(matrix)}


def budgeted():
    """Sites and stock share a budget; at most one grade per place; stock is no gene."""
    program = Program("budget")
    J = Index("option", 6)
    place = Index("place", 3)
    open_ = program.binary("open", J)
    stock = program.variable("stock", lower=2.0, upper=10.0)
    from instances.index import Map

    site = Map(J, place, np.array([0, 0, 1, 1, 2, 2]))
    program.require(budget=(np.array([4.0, 6, 4, 6, 4, 6]) * open_).sum() + stock <= 13, grade=open_.sum_by(site) <= 1)
    program.minimize(cost=open_.sum(), room=-stock)
    return program.matrix()


def test_a_budget_shared_with_other_decisions_binds_genes_as_if_those_took_the_least_they_can():
    matrix = budgeted()
    genome = Genome.of(matrix, groups=np.array([0, 0, 1, 1, 2, 2]))
    assert "budget" in genome.rules.labels
    at = genome.rules.labels.index("budget")
    assert genome.rules.upper[at] == pytest.approx(11.0)
    repaired = Repair(genome)(everything(6), np.random.default_rng(0))
    cost = repaired @ np.array([4.0, 6, 4, 6, 4, 6])
    assert cost.max() <= 11 and repaired.reshape(-1, 3, 2).sum(axis=2).max() == 1


def test_rows_that_only_tie_other_decisions_to_genes_are_no_rules():
    _, genome, _ = location(0)
    assert genome.rules.labels == ()


def test_what_is_worth_little_goes_out_first():
    matrix = budgeted()
    worth = np.array([1.0, 100, 1, 100, 1, 100])
    repaired = Repair(Genome.of(matrix), worth)(np.ones((20, 6), bool), np.random.default_rng(0))
    assert repaired[:, 1::2].sum() > repaired[:, ::2].sum()


def test_repair_draws_from_its_generator_alone():
    genome = Genome.of(budgeted())
    once, twice = (Repair(genome)(everything(6), np.random.default_rng(4)) for _ in range(2))
    assert np.array_equal(once, twice)


def test_all_faults_of_a_genome_are_told_at_once():
    matrix = budgeted()
    with pytest.raises(ValueError, match="unknown") as told:
        Genome.of(matrix, ("open", "roof", "stock"), coordinates=np.zeros((2, 2)))
    assert "'stock' is not yes-or-no" in str(told.value) and "coordinates" in str(told.value)


@pytest.mark.parametrize("worth", [np.ones(5), np.zeros(6)])
def test_worth_that_is_not_one_positive_number_per_gene_is_refused(worth):
    with pytest.raises(ValueError, match="worth"):
        Repair(Genome.of(budgeted()), worth)
