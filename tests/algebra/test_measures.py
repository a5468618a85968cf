"""The two faces of a measure agree with each other, with enumeration and with its definition."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, linprog, milp

from formulations.algebra.affine import Affine
from formulations.algebra.matrix import Matrix
from formulations.algebra.program import Program
from formulations.measures.cvar import cvar, cvar_value
from formulations.measures.mean import mean, mean_value
from formulations.measures.worst import worst, worst_value
from instances.index import Index

ALPHAS = [0.0, 0.3, 0.5, 0.9, 0.99]


@st.composite
def distributions(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Losses (some equal, some negative) and probabilities (some zero) of up to six scenarios."""
    n = draw(st.integers(1, 6))
    loss = np.array(draw(st.lists(st.integers(-5, 20), min_size=n, max_size=n)), dtype=float)
    weight = np.array(draw(st.lists(st.integers(0, 5), min_size=n, max_size=n)), dtype=float)
    weight[0] += 1
    return loss, weight / weight.sum()


def optimum(matrix: Matrix, objective: str) -> float:
    """Least value of one objective, by HiGHS inside SciPy."""
    c, constant = matrix.cost({objective: 1.0})
    rows = LinearConstraint(matrix.A, matrix.row_lower, matrix.row_upper) if matrix.shape[0] else None
    found = milp(c, integrality=matrix.integer, bounds=(matrix.lower, matrix.upper), constraints=rows)
    assert found.success, found.message
    return float(found.fun) + constant


def loss_fixed_at(loss: np.ndarray, slack: float = 100.0) -> tuple[Program, Affine]:
    """A loss that can only take the given values, with bounds that leave some slack around them."""
    program = Program("fixed")
    scenario = Index.named("scenario", range(len(loss)))
    variable = program.variable("loss", scenario, lower=loss - slack, upper=loss + slack)
    program.subject_to(known=variable == loss)
    return program, variable


@given(distributions(), st.sampled_from(ALPHAS), st.sampled_from([0.0, 1.0, 100.0]))
def test_cvar_as_rows_is_cvar_as_numbers(case: tuple[np.ndarray, np.ndarray], alpha: float, slack: float) -> None:
    """Also where the loss of each scenario is known in advance, so that the bounds of eta and excess are tight."""
    loss, p = case
    program, variable = loss_fixed_at(loss, slack)
    program.minimize(tail=cvar("tail", variable, p, alpha))
    assert optimum(program.matrix(), "tail") == pytest.approx(cvar_value(loss[None, :], p, alpha)[0], abs=1e-6)


@given(distributions(), st.sampled_from(ALPHAS))
def test_cvar_as_numbers_is_the_dual_definition(case: tuple[np.ndarray, np.ndarray], alpha: float) -> None:
    """Artzner's form: the worst mean under weights of at most p / (1 - alpha), solved as a linear program."""
    loss, p = case
    dual = linprog(-loss, A_eq=np.ones((1, len(loss))), b_eq=[1.0], bounds=np.c_[np.zeros(len(p)), p / (1 - alpha)])
    assert cvar_value(loss[None, :], p, alpha)[0] == pytest.approx(-dual.fun, abs=1e-6)


@given(distributions(), st.sampled_from([0.0, 1.0, 100.0]))
def test_mean_and_worst_as_rows_are_mean_and_worst_as_numbers(
    case: tuple[np.ndarray, np.ndarray], slack: float
) -> None:
    loss, p = case
    program, variable = loss_fixed_at(loss, slack)
    program.minimize(mean=mean(variable, p), worst=worst("top", variable))
    matrix = program.matrix()
    assert optimum(matrix, "mean") == pytest.approx(mean_value(loss[None, :], p)[0], abs=1e-6)
    assert optimum(matrix, "mean") == pytest.approx(sum(q * v for q, v in zip(p, loss, strict=True)), abs=1e-6)
    assert optimum(matrix, "worst") == pytest.approx(worst_value(loss[None, :])[0], abs=1e-6)
    assert worst_value(loss[None, :])[0] == max(loss)


@given(distributions(), st.sampled_from(ALPHAS), st.floats(0.01, 0.99))
def test_a_scenario_split_in_two_changes_nothing(
    case: tuple[np.ndarray, np.ndarray], alpha: float, share: float
) -> None:
    loss, p = case
    twice, parts = np.append(loss, loss[0]), np.append(p, p[0] * share)
    parts[0] = p[0] * (1 - share)
    assert cvar_value(twice[None], parts, alpha)[0] == pytest.approx(cvar_value(loss[None], p, alpha)[0], abs=1e-9)
    assert mean_value(twice[None], parts)[0] == pytest.approx(mean_value(loss[None], p)[0], abs=1e-9)
    assert worst_value(twice[None])[0] == worst_value(loss[None])[0]


@given(distributions())
def test_cvar_at_zero_is_the_mean_and_grows_to_the_worst(case: tuple[np.ndarray, np.ndarray]) -> None:
    loss, p = case
    values = [cvar_value(loss[None], p, alpha)[0] for alpha in ALPHAS]
    assert values[0] == pytest.approx(mean_value(loss[None], p)[0], abs=1e-9)
    assert all(a <= b + 1e-9 for a, b in pairwise(values))
    assert cvar_value(loss[None], p, 1 - 1e-6)[0] == pytest.approx(max(loss[p > 0]), abs=1e-6)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.sampled_from(ALPHAS))
def test_the_best_choice_under_each_measure_is_that_of_enumeration(seed: int, alpha: float) -> None:
    """Open two of four sites; the rows of all measures together must not get in each other's way."""
    rng = np.random.default_rng(seed)
    relief, need = rng.integers(0, 9, (4, 3)).astype(float), rng.integers(5, 20, 3).astype(float)
    p = rng.dirichlet(np.ones(3))
    site, scenario = Index.named("site", "abcd"), Index.named("scenario", "uvw")
    program = Program("choice")
    open_ = program.binary("open", site)
    unmet = program.variable("unmet", scenario, upper=need)
    program.subject_to(need=unmet + (relief * open_.across(scenario)).sum(over=site) >= need, count=open_.sum() == 2)
    program.minimize(mean=mean(unmet, p), tail=cvar("tail", unmet, p, alpha), worst=worst("top", unmet))
    matrix = program.matrix()
    plans = np.array([plan for plan in product([0, 1], repeat=4) if sum(plan) == 2])
    loss = np.maximum(need - plans @ relief, 0)
    assert optimum(matrix, "mean") == pytest.approx(mean_value(loss, p).min(), abs=1e-6)
    assert optimum(matrix, "tail") == pytest.approx(cvar_value(loss, p, alpha).min(), abs=1e-6)
    assert optimum(matrix, "worst") == pytest.approx(worst_value(loss).min(), abs=1e-6)


def test_every_variable_of_a_measure_is_bounded_when_the_loss_is() -> None:
    program = Program("bounds")
    unmet = program.variable("unmet", Index.named("scenario", "uvw"), upper=[3.0, 8.0, 5.0])
    cvar("tail", unmet + 1, [0.5, 0.25, 0.25], 0.9)
    worst("top", unmet + 1)
    matrix = program.matrix()
    assert {
        name: (matrix.lower[b.span].tolist(), matrix.upper[b.span].tolist()) for name, b in matrix.columns.items()
    } == {
        "unmet": ([0, 0, 0], [3, 8, 5]),
        "tail_eta": ([1], [9]),
        "tail_excess": ([0, 0, 0], [3, 8, 5]),
        "top_worst": ([1], [9]),
    }
    assert matrix.explain("tail_tail", 1) == "tail_tail[v]: -1 unmet[v] +1 tail_eta +1 tail_excess[v] >= 1"
    assert matrix.explain("top_above", 2) == "top_above[w]: -1 unmet[w] +1 top_worst >= 1"


def test_a_known_largest_loss_bounds_a_measure_of_an_unbounded_one() -> None:
    program = Program("upper")
    unmet = program.variable("unmet", Index.named("scenario", "uv"))
    cvar("tail", unmet, [0.5, 0.5], 0.5, upper=40, unit="people")
    worst("top", unmet, upper=40, unit="people")
    matrix = program.matrix()
    assert matrix.upper[2:].tolist() == [40, 40, 40, 40]
    assert matrix.lower[2:].tolist() == [0, 0, 0, 0]
    assert {b.unit for name, b in matrix.columns.items() if name != "unmet"} == {"people"}


def test_the_worst_is_taken_over_all_dimensions() -> None:
    site, scenario = Index.named("site", "ab"), Index.named("scenario", "uvw")
    program = Program("wide")
    loss = program.variable("loss", site, scenario, upper=99)
    program.subject_to(known=loss == np.array([[1.0, 2, 3], [6, 5, 4]]))
    program.minimize(worst=worst("top", loss))
    assert optimum(program.matrix(), "worst") == pytest.approx(6)


def test_faults_of_probability_alpha_and_loss_are_named() -> None:
    program = Program("faults")
    site, scenario = Index.named("site", "ab"), Index.named("scenario", "uv")
    loss, wide = program.variable("loss", scenario), program.variable("wide", site, scenario)
    for p, text in (
        ([0.5, 0.4], "the sum is 0.9, not 1"),
        ([1.5, -0.5], "1 values are negative, first at position 1"),
        ([1.0, np.nan], "1 values are missing"),
        ([1.0], r"shape \(1,\), expected \(2,\)"),
    ):
        for build in (
            lambda p=p: mean(loss, p),
            lambda p=p: cvar("t", loss, p, 0.5),
            lambda p=p: mean_value([[1, 2]], p),
        ):
            with pytest.raises(ValueError, match=text):
                build()
    for alpha in (1.0, -0.1, np.nan):
        with pytest.raises(ValueError, match=r"alpha must lie in \[0, 1\)"):
            cvar("t", loss, [0.5, 0.5], alpha)
        with pytest.raises(ValueError, match=r"alpha must lie in \[0, 1\)"):
            cvar_value([[1, 2]], [0.5, 0.5], alpha)
    with pytest.raises(ValueError, match="sum it until only the scenario is left"):
        mean(wide, [0.5, 0.5])
    with pytest.raises(ValueError, match="nothing to compare"):
        worst("top", loss.sum())
    with pytest.raises(ValueError, match=r"expected \(members, scenarios\)"):
        worst_value([1.0, 2.0])
    with pytest.raises(ValueError, match="1 losses are missing"):
        cvar_value([[1.0, np.nan]], [0.5, 0.5], 0.5)
    assert list(program.columns) == ["loss", "wide"], "a refused measure leaves nothing behind"
