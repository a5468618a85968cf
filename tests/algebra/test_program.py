"""Declaring variables, objectives and rows: what is accepted, and what is said about what is not."""

from __future__ import annotations

import numpy as np
import pytest

from formulations.algebra.program import Program
from instances.index import Index


@pytest.fixture
def site() -> Index:
    return Index.named("site", ["Aula", "Bastion", "Cellar"])


@pytest.fixture
def program() -> Program:
    return Program("plan")


def test_blocks_follow_each_other_and_keep_unit_and_words(program: Program, site: Index) -> None:
    scenario = Index.named("scenario", ["dry", "wet"])
    open_ = program.binary("open", site, unit="yes/no", doc="Site is prepared")
    unmet = program.variable("unmet", site, scenario, unit="people", upper=9)
    program.objective("people", unmet.sum(), unit="people", doc="People without a place")
    program.minimize(cost=open_.sum() + 4)
    program.subject_to(linked=unmet <= open_.across(scenario))
    program.require(budget=open_.sum() <= 2)
    program.describe("budget", unit="sites", doc="What the council granted")
    matrix = program.matrix()
    assert [(b.name, b.start, b.size, b.shape, b.unit) for b in matrix.columns.values()] == [
        ("open", 0, 3, (3,), "yes/no"),
        ("unmet", 3, 6, (3, 2), "people"),
    ]
    assert [(b.name, b.start, b.size, b.rule, b.unit) for b in matrix.rows.values()] == [
        ("linked", 0, 6, False, ""),
        ("budget", 6, 1, True, "sites"),
    ]
    assert [(b.name, b.unit, b.doc) for b in matrix.objectives.values()] == [
        ("people", "people", "People without a place"),
        ("cost", "", ""),
    ]
    assert matrix.integer.tolist() == [True] * 3 + [False] * 6
    assert matrix.upper.tolist() == [1] * 3 + [9] * 6
    assert matrix.c0.tolist() == [0, 4]
    assert matrix.rows["budget"].doc == "What the council granted"


def test_a_name_is_used_once_among_its_kind(program: Program, site: Index) -> None:
    open_ = program.binary("open", site)
    program.minimize(open=open_.sum())
    program.subject_to(open=open_ <= 1)
    with pytest.raises(ValueError, match="variable 'open' is already defined"):
        program.binary("open")
    with pytest.raises(ValueError, match="objective 'open' is already defined"):
        program.minimize(open=open_.sum())
    with pytest.raises(ValueError, match="rows open: already defined"):
        program.require(open=open_ <= 1)
    with pytest.raises(ValueError, match="no rows named 'closed'; there are open"):
        program.describe("closed", unit="sites")


def test_crossed_bounds_are_counted_and_named(program: Program, site: Index) -> None:
    with pytest.raises(ValueError, match="2 of 3 elements have no value between their bounds, first at Aula, Cellar"):
        program.variable("size", site, lower=[3, 1, 2], upper=[2, 1, 1])
    with pytest.raises(ValueError, match=r"upper bound of size: 1 of 3 values are missing \(NaN\), first at Bastion"):
        program.variable("size", site, upper=[1, np.nan, 1])
    with pytest.raises(ValueError, match="no value between"):
        program.variable("size", lower=np.inf)
    assert not program.columns


def test_bounds_only_get_tighter(program: Program, site: Index) -> None:
    program.variable("size", site, lower=[0, 1, 2], upper=5)
    program.bound("size", lower=1, upper=[9, 4, 3])
    low, high = program.column_bounds()
    assert low.tolist() == [1, 1, 2]
    assert high.tolist() == [5, 4, 3]
    with pytest.raises(ValueError, match="1 of 3 elements have no value between their bounds, first at Cellar"):
        program.bound("size", lower=[0, 0, 4])
    with pytest.raises(ValueError, match="no variable named 'width'; there are size"):
        program.bound("width", lower=1)


def test_fixing_takes_positions_a_mask_or_a_pair_of_positions(program: Program, site: Index) -> None:
    program.binary("open", site)
    program.variable("size", site, site, upper=9)
    program.fix("open", [0, 2], [1, 0])
    program.fix("size", (1, 2), 7)
    program.fix("size", np.eye(3, dtype=bool), 2)
    low, high = program.column_bounds()
    assert low.tolist() == [1, 0, 0, 2, 0, 0, 0, 2, 7, 0, 0, 2]
    assert high.tolist() == [1, 1, 0, 2, 9, 9, 9, 2, 7, 9, 9, 2]


def test_fixing_outside_the_bounds_or_to_nothing_is_refused(program: Program, site: Index) -> None:
    program.binary("open", site)
    with pytest.raises(ValueError, match="no value between their bounds, first at Bastion"):
        program.fix("open", [1], 2)
    with pytest.raises(ValueError, match="no value between their bounds, first at Cellar"):
        program.fix("open", [2], 0.5)
    with pytest.raises(ValueError, match="1 values are missing"):
        program.fix("open", 1, np.nan)
    with pytest.raises(ValueError, match="mask of shape"):
        program.fix("open", np.array([True, False]), 1)
    assert program.column_bounds()[1].tolist() == [1, 1, 1]


def test_faults_of_rows_are_reported_together(program: Program, site: Index) -> None:
    open_ = program.binary("open", site)
    with pytest.raises(ValueError) as error:
        program.subject_to(
            compared=1 <= 2,  # type: ignore[arg-type]
            foreign=Program("other").binary("open", site) <= 1,
            free=open_ <= np.array([1, np.inf, np.inf]),
            never=open_ >= np.array([np.inf, 0, 0]),
            fine=open_ <= 1,
        )
    text = str(error.value)
    for part in (
        "rows compared: expected a relation, got bool",
        "rows foreign: the expression belongs to 'other'",
        "rows free: 2 are bounded by infinity and say nothing, first at Bastion, Cellar",
        "rows never: 1 can never hold, first at Aula",
    ):
        assert part in text
    assert not program.rows, "nothing is added when something is wrong"


def test_an_objective_is_one_value_of_this_program(program: Program, site: Index) -> None:
    with pytest.raises(ValueError, match=r"runs over site\[3\]; sum it"):
        program.minimize(cost=program.binary("open", site))
    with pytest.raises(TypeError, match="expected an expression, got int"):
        program.minimize(cost=3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="belongs to 'other'"):
        program.minimize(cost=Program("other").variable("x"))


def test_dimensions_are_index_sets(program: Program) -> None:
    with pytest.raises(TypeError, match="must be index sets, got int"):
        program.variable("x", 3)  # type: ignore[arg-type]


def test_a_sum_can_start_from_nothing(program: Program, site: Index) -> None:
    cost = program.constant(0.0)
    program.minimize(cost=cost + program.binary("open", site).sum() + 2)
    program.subject_to(known=program.constant([1.0, 2.0, 3.0], site) + program.variable("size", site) <= 3)
    matrix = program.matrix()
    assert matrix.explain("cost") == "min cost: +1 open[Aula] +1 open[Bastion] +1 open[Cellar] +2"
    assert matrix.row_upper.tolist() == [2, 1, 0]


def test_an_empty_program_and_empty_sets_make_a_matrix(program: Program) -> None:
    assert program.matrix().shape == (0, 0)
    none = Index.named("nowhere", [])
    scenario = Index.named("scenario", ["dry", "wet"])
    x = program.variable("x", none, scenario)
    y = program.variable("y", scenario)
    program.subject_to(empty=x <= 1, full=x.sum(over=none) + y >= 1)
    program.minimize(total=x.sum() + y.sum())
    matrix = program.matrix()
    assert matrix.shape == (2, 2)
    assert matrix.explain("full", 1) == "full[wet]: +1 y[wet] >= 1"
    assert matrix.row_label(0) == "full[dry]"
    assert matrix.column_label(1) == "y[wet]"
    np.testing.assert_array_equal(matrix.violation(np.zeros((1, 2))), [[0, 1]])


def test_a_program_can_grow_after_a_matrix_was_made(program: Program, site: Index) -> None:
    open_ = program.binary("open", site)
    program.subject_to(some=open_.sum() >= 1)
    before = program.matrix()
    program.subject_to(few=open_.sum() + program.variable("slack") <= 2)
    assert before.shape == (1, 3)
    assert program.matrix().shape == (2, 4)
    assert program.matrix().A.shape == (2, 4)


def test_changing_the_data_afterwards_does_not_reach_the_program(program: Program, site: Index) -> None:
    limit = np.array([1.0, 2.0, 3.0])
    size = program.variable("size", site, upper=limit)
    program.subject_to(room=limit * size <= limit)
    limit[:] = -1
    matrix = program.matrix()
    assert matrix.upper.tolist() == matrix.row_upper.tolist() == matrix.A.data.tolist() == [1, 2, 3]
