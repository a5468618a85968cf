"""Conflicts and repairs against enumeration of every point and every set of rules."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import assume, given, settings

from formulations.algebra.matrix import Block
from formulations.algebra.program import Program
from solver.explain import explain
from solver.explain.repair import changed
from solver.explain.rules import rules_of
from tests.solver.programs import matrix_of, whole_programs


def as_rules(matrix):
    """The same program with every row a rule."""
    block = matrix.rows["row"]
    return replace(matrix, rows={"row": Block("row", block.dims, 0, block.size, unit="unit", rule=True)})


def points(matrix):
    ranges = [range(int(lo), int(up) + 1) for lo, up in zip(matrix.lower, matrix.upper, strict=True)]
    return np.array(list(product(*ranges)), float)


def kept(matrix, rules):
    """Which point keeps which rule, shape (points, rules), by enumeration."""
    activity = points(matrix) @ matrix.A.toarray().T
    return np.column_stack(
        [activity[:, r.row] >= r.limit - 1e-9 if r.floor else activity[:, r.row] <= r.limit + 1e-9 for r in rules]
    )


def smallest_by_trial(table):
    """Size of the smallest set of rules that no point keeps."""
    rules = range(table.shape[1])
    sizes = (
        n for n in range(table.shape[1] + 1) for group in combinations(rules, n) if not table[:, group].all(1).any()
    )
    return next(sizes)


@settings(max_examples=60, deadline=None)
@given(whole_programs())
def test_the_smallest_conflict_is_the_one_found_by_trying_all_sets(program):
    matrix = as_rules(program)
    rules = rules_of(matrix)
    table = kept(matrix, rules)
    assume(not table.all(1).any())
    why = explain(matrix)
    assert why.proof == "smallest"
    assert len(why.conflict) == smallest_by_trial(table)
    chosen = [rules.index(rule) for rule in why.conflict]
    assert not table[:, chosen].all(1).any()
    for group in combinations(chosen, len(chosen) - 1):
        assert table[:, group].all(1).any()


@settings(max_examples=40, deadline=None)
@given(whole_programs())
def test_every_repair_leaves_a_point_and_the_cheapest_is_no_dearer_than_any_point(program):
    matrix = as_rules(program)
    rules = rules_of(matrix)
    assume(not kept(matrix, rules).all(1).any())
    why = explain(matrix)
    best = why.repairs[0]
    assert best.proven
    for repair in why.repairs:
        repaired = changed(matrix, {change.rule: change.to for change in repair.changes})
        assert kept(repaired, rules_of(repaired)).all(1).any()
    activity = points(matrix) @ matrix.A.toarray().T
    scale = sum(rule.scale for rule in rules)
    missed = sum(
        np.maximum(0.0, rule.limit - activity[:, rule.row] if rule.floor else activity[:, rule.row] - rule.limit)
        for rule in rules
    )
    assert best.stretch == pytest.approx(missed.min() / scale, rel=2e-3, abs=1e-6)


def shelters(budget, promised, whole=True):
    """Three shelters of 40 places for 100 people, 10 each."""
    program = Program("three shelters")
    variables = [program.binary(f"open_{k}") for k in range(3)]
    served = program.variable("served", upper=100.0)
    program.objective("cost", 10.0 * (variables[0] + variables[1] + variables[2]))
    program.subject_to(room=served <= 40.0 * (variables[0] + variables[1] + variables[2]))
    program.require(
        budget=10.0 * (variables[0] + variables[1] + variables[2]) <= budget,
        service=served >= promised,
    )
    matrix = program.matrix()
    return matrix if whole else matrix.relax()


def test_a_conflict_that_only_whole_shelters_have_is_said_to_be_one():
    assert not explain(shelters(25.0, 100.0)).divisible
    assert explain(shelters(20.0, 100.0, whole=False)).divisible
    with pytest.raises(ValueError, match="nothing to explain"):
        explain(shelters(25.0, 100.0, whole=False))


def test_each_rule_alone_is_changed_as_far_as_needed_and_no_further():
    matrix = shelters(20.0, 90.0)
    why = explain(matrix)
    assert {rule.name for rule in why.conflict} == {"budget", "service"}
    alone = {repair.kinds: repair.changes[0].to for repair in why.repairs}
    assert alone[("budget",)] == 30.0
    assert alone[("service",)] == 80.0
    for repair in why.repairs:
        (change,) = repair.changes
        little_less = changed(matrix, {change.rule: change.to - 0.01 * change.by})
        assert explain(little_less).conflict, "one per cent less must not be enough"


def test_a_price_decides_which_repair_is_the_cheapest():
    matrix = shelters(20.0, 90.0)
    assert explain(matrix).repairs[0].kinds == ("service",)
    assert explain(matrix, prices={"service": 100.0}).repairs[0].kinds == ("budget",)
    with pytest.raises(ValueError, match="servise: no rule of that name"):
        explain(matrix, prices={"servise": 1.0})


def test_a_rule_with_two_sides_is_repaired_on_the_side_that_hurts():
    program = Program("fixed number")
    x = program.variable("x", upper=5.0)
    program.objective("x", 1.0 * x)
    program.require(exact=x == 8.0)
    why = explain(program.matrix())
    (rule,) = why.conflict
    assert rule.floor
    assert why.repairs[0].changes[0].to == 5.0


def test_structure_that_clashes_is_named_by_blocks_and_the_innocent_are_left_out():
    matrix = matrix_of([[1, 1], [1, 0], [1, 1]], [3, -np.inf, -np.inf], [np.inf, 1, 2], [0, 0], [5, 5], True, [[1, 1]])
    blocks = {
        name: Block(name, (), k, 1, doc=name, rule=name == "rule") for k, name in enumerate(("need", "rule", "room"))
    }
    why = explain(replace(matrix, rows=blocks))
    assert why.structural and why.clash.irreducible
    assert [name for name, _ in why.clash.blocks] == ["need", "room"]
    assert why.repairs == ()
    assert any("need" in line for line in why.sentences("en"))


def test_without_time_nothing_is_claimed():
    why = explain(shelters(20.0, 90.0), time_limit=0.0)
    assert why.proof == "conflict" and why.stopped == "time"
    assert "Time ran out" in " ".join(why.sentences("en"))


def test_promises_are_recognised_as_one_share_of_those_in_need():
    # three rules in the order of the matrix: shares of 0.1 of 50 and 200 people
    program = Program("promises")
    from instances.index import Index

    case = Index.named("scenario", ["small", "large"])
    without = program.variable("unserved", case, upper=1.0)
    people = np.array([50.0, 200.0])
    program.objective("unserved", (people * without).sum())
    program.require(promise_1_high=people * without <= 0.1 * people)
    program.describe("promise_1_high", unit="people", doc="At most a tenth.")
    program.subject_to(room=people * (1.0 - without) <= np.array([40.0, 100.0]))
    why = explain(program.matrix())
    assert [rule.share for rule in rules_of(program.matrix())] == pytest.approx([0.1, 0.1])
    uniform = next(repair for repair in why.repairs if repair.shares)
    assert uniform.shares == {"promise_1_high": pytest.approx(0.5)}
    rows = next(repair for repair in why.repairs if not repair.shares)
    assert [change.to for change in rows.changes] == [10.0, 100.0]
