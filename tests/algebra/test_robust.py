"""The worst expectation over an ambiguity set: rows, numbers, and what it must equal at its ends."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from formulations.algebra.affine import Affine
from formulations.algebra.program import Program
from formulations.measures.cvar import cvar_value
from formulations.measures.mean import mean_value
from formulations.measures.robust import robust, robust_value
from formulations.measures.worst import worst_value
from instances.index import Index
from instances.scenarios import AMBIGUITIES, Ambiguity
from tests.algebra.test_measures import ALPHAS, distributions, optimum

RADII = (0.0, 0.1, 0.35, 1.0, 3.0)


def made(kind: str, p: np.ndarray, radius: float, **given: np.ndarray) -> Ambiguity:
    """A set over scenarios on a line, so that distances are easy to see; without bounds where none are given."""
    size = len(p)
    at = np.arange(size) % max(size - 1, 1)  # the last one lies where the first does
    bounds = {"lower": np.zeros(size), "upper": np.ones(size)} | given
    distance = np.abs(at[:, None] - at[None, :]) if kind == "wasserstein" else None
    within = None if kind == "interval" else radius
    return Ambiguity(Index.named("scenario", range(size)), kind=kind, radius=within, distance=distance, **bounds)


@st.composite
def cases(draw: st.DrawFn, kind: str) -> tuple[np.ndarray, np.ndarray, Ambiguity]:
    """Losses, probabilities and a set around them, with bounds or without."""
    loss, p = draw(distributions())
    share = [np.array(draw(st.lists(st.sampled_from([0.0, 0.4, 1.0]), min_size=p.size, max_size=p.size))) for _ in "lu"]
    bounds = {"lower": share[0] * p, "upper": p + share[1] * (1.0 - p)} if draw(st.booleans()) else {}
    return loss, p, made(kind, p, draw(st.sampled_from(RADII)), **bounds)


def by_definition(loss: np.ndarray, p: np.ndarray, unknown: Ambiguity) -> float:
    """The maximum over distributions, written down as the definition says and solved by SciPy."""
    n = loss.size
    if unknown.kind == "wasserstein":  # how much goes from s to t
        way, arrives = unknown.distance.reshape(1, -1), np.kron(np.ones(n), np.eye(n))
        found = linprog(
            -np.tile(loss, n),
            A_ub=np.vstack([way, arrives, -arrives]),
            b_ub=[unknown.radius, *unknown.upper, *-unknown.lower],
            A_eq=np.kron(np.eye(n), np.ones(n)),
            b_eq=p,
        )
    else:  # probabilities, and how far each is from its nominal value
        eye, none = np.eye(n), np.zeros(n)
        radius = np.inf if unknown.radius is None else unknown.radius
        found = linprog(
            np.concatenate([-loss, none]),
            A_ub=np.vstack([np.hstack([eye, -eye]), np.hstack([-eye, -eye]), [*none, *(none + 0.5)]]),
            b_ub=[*p, *-p, min(radius, 2.0 * n)],
            A_eq=[[*(none + 1.0), *none]],
            b_eq=[1.0],
            bounds=[*zip(unknown.lower, unknown.upper, strict=True), *[(0, None)] * n],
        )
    assert found.success, found.message
    return -float(found.fun)


def least(loss: np.ndarray, p: np.ndarray, unknown: Ambiguity, slack: float) -> float:
    """The measure of a fixed loss as rows; ``slack`` is left between the loss and its bounds."""
    program = Program("fixed")
    variable = program.variable("loss", unknown.scenario, lower=loss - slack, upper=loss + slack)
    program.subject_to(known=variable == loss)
    program.minimize(robust=robust("r", variable, p, unknown))
    return optimum(program.matrix(), "robust")


@pytest.mark.parametrize("kind", AMBIGUITIES)
@pytest.mark.parametrize("slack", [0.0, 100.0])
@settings(deadline=None)
@given(st.data())
def test_rows_and_numbers_agree_with_the_definition(kind: str, slack: float, data: st.DataObject) -> None:
    """Also where the loss is known in advance, so that the bounds of all new variables are tight."""
    loss, p, unknown = data.draw(cases(kind))
    assert not unknown.faults
    value = robust_value(loss[None], p, unknown)[0]
    assert value == pytest.approx(by_definition(loss, p, unknown), abs=1e-6)
    assert least(loss, p, unknown, slack) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("kind", AMBIGUITIES)
@settings(deadline=None)
@given(st.data())
def test_it_lies_between_the_mean_and_the_worst_and_at_radius_zero_it_is_the_mean(
    kind: str, data: st.DataObject
) -> None:
    loss, p, unknown = data.draw(cases(kind))
    value = robust_value(loss[None], p, unknown)[0]
    assert mean_value(loss[None], p)[0] - 1e-9 <= value <= worst_value(loss[None])[0] + 1e-9
    if unknown.radius == 0.0 and unknown.kind == "total variation":
        assert value == pytest.approx(mean_value(loss[None], p)[0], abs=1e-9)


@settings(deadline=None)
@given(distributions(), st.sampled_from(["total variation", "wasserstein"]))
def test_it_grows_with_the_radius_from_the_mean_to_the_worst(case: tuple[np.ndarray, np.ndarray], kind: str) -> None:
    """In Wasserstein sets scenarios in the same place are one: probability moves between them for nothing."""
    loss, p = case
    loss[-1] = loss[0]
    values = [robust_value(loss[None], p, made(kind, p, radius))[0] for radius in RADII]
    values.append(robust_value(loss[None], p, made(kind, p, 10.0))[0])
    assert values[0] == pytest.approx(mean_value(loss[None], p)[0], abs=1e-7)
    assert all(low <= high + 1e-7 for low, high in pairwise(values))
    assert values[-1] == pytest.approx(worst_value(loss[None])[0], abs=1e-7)


@given(distributions())
def test_an_interval_from_nothing_to_everything_is_the_worst_and_a_closed_one_the_mean(
    case: tuple[np.ndarray, np.ndarray],
) -> None:
    loss, p = case
    assert robust_value(loss[None], p, made("interval", p, 0.0))[0] == pytest.approx(loss.max())
    closed = made("interval", p, 0.0, lower=p, upper=p)
    assert robust_value(loss[None], p, closed)[0] == pytest.approx(mean_value(loss[None], p)[0], abs=1e-9)


@given(distributions(), st.sampled_from(ALPHAS))
def test_cvar_is_the_interval_up_to_the_probability_divided_by_the_share_that_counts(
    case: tuple[np.ndarray, np.ndarray], alpha: float
) -> None:
    """Rockafellar and Uryasev (2002), section 3: the risk envelope of CVaR."""
    loss, p = case
    envelope = made("interval", p, 0.0, upper=np.minimum(p / (1.0 - alpha), 1.0))
    assert robust_value(loss[None], p, envelope)[0] == pytest.approx(cvar_value(loss[None], p, alpha)[0], abs=1e-9)


def test_known_sets_give_known_numbers() -> None:
    """Losses 0, 10, 20 at 0.5, 0.3, 0.2: moving 0.1 from the first to the last gains 2; on a line that costs 0.2."""
    loss, p = np.array([[0.0, 10.0, 20.0]]), np.array([0.5, 0.3, 0.2])
    assert mean_value(loss, p)[0] == pytest.approx(7.0)
    assert robust_value(loss, p, made("total variation", p, 0.1))[0] == pytest.approx(9.0)
    assert robust_value(loss, p, made("interval", p, 0.0, lower=p / 2, upper=p * 1.5))[0] == pytest.approx(
        0.25 * 0 + 0.45 * 10 + 0.3 * 20
    )
    line = np.abs(np.arange(3.0)[:, None] - np.arange(3.0))
    ball = Ambiguity(
        Index.named("scenario", "abc"), np.zeros(3), np.ones(3), kind="wasserstein", radius=0.2, distance=line
    )
    assert robust_value(loss, p, ball)[0] == pytest.approx(9.0)


@pytest.mark.parametrize("kind", AMBIGUITIES)
def test_the_best_choice_is_that_of_enumeration(kind: str) -> None:
    """Open two of four sites, probabilities unknown."""
    rng = np.random.default_rng(5)
    for _ in range(5):
        relief, need = rng.integers(0, 9, (4, 3)).astype(float), rng.integers(5, 20, 3).astype(float)
        p = rng.dirichlet(np.ones(3))
        unknown = made(kind, p, 0.2, lower=0.5 * p, upper=np.minimum(1.6 * p, 1.0))
        site, program = Index.named("site", "abcd"), Program("choice")
        open_ = program.binary("open", site)
        unmet = program.variable("unmet", unknown.scenario, upper=need)
        served = (relief * open_.across(unknown.scenario)).sum(over=site)
        program.subject_to(need=unmet + served >= need, count=open_.sum() == 2)
        program.minimize(robust=robust("r", unmet, p, unknown))
        plans = np.array([plan for plan in product([0, 1], repeat=4) if sum(plan) == 2])
        values = robust_value(np.maximum(need - plans @ relief, 0), p, unknown)
        assert optimum(program.matrix(), "robust") == pytest.approx(values.min(), abs=1e-6)


@pytest.mark.parametrize("kind", AMBIGUITIES)
def test_every_variable_is_bounded_when_the_loss_is(kind: str) -> None:
    p = np.array([0.5, 0.25, 0.25])
    unknown = made(kind, p, 0.2, lower=0.5 * p)
    program = Program("bounds")
    robust("r", program.variable("unmet", unknown.scenario, upper=[3.0, 8.0, 5.0]), p, unknown, unit="people")
    matrix = program.matrix()
    assert np.isfinite(matrix.lower).all() and np.isfinite(matrix.upper).all()
    assert {b.unit for name, b in matrix.columns.items() if name != "unmet"} == {"people"}
    rows = {"interval": ["r_tail"], "total variation": ["r_covers", "r_tail", "r_head"]}
    assert list(matrix.rows) == rows.get(kind, ["r_covers", "r_moved"])


def test_rows_read_as_written() -> None:
    p = np.array([0.5, 0.25, 0.25])
    program, unknown = Program("words"), made("interval", p, 0.0)
    robust("r", program.variable("unmet", unknown.scenario, upper=9.0), p, unknown)
    assert program.matrix().explain("r_tail", 1) == "r_tail[1]: -1 unmet[1] +1 r_threshold +1 r_above[1] >= 0"
    program, unknown = Program("words"), made("wasserstein", p, 0.0)
    robust("r", program.variable("unmet", unknown.scenario, upper=9.0), p, unknown)
    assert program.matrix().explain("r_moved", 1) == "r_moved[0|1]: -1 r_loss[1] +1 r_price +1 r_worth[0] >= 0"


def test_sets_that_do_not_fit_are_refused_and_leave_nothing_behind() -> None:
    p = np.array([0.5, 0.25, 0.25])
    program = Program("faults")

    def loss(size: int) -> Affine:
        return program.variable(f"loss {len(program.columns)}", Index.named("scenario", range(size)), upper=1.0)

    with pytest.raises(ValueError, match="the loss runs over scenario"):
        robust("r", loss(3), p, made("interval", p, 0.0))
    with pytest.raises(ValueError, match="over 2 scenarios, the losses have 3"):
        robust_value([[1.0, 2.0, 3.0]], p, made("interval", p[:2], 0.0))
    with pytest.raises(ValueError, match="1 scenarios lies outside its bounds, first 0"):
        robust_value([[1.0, 2.0, 3.0]], p, made("total variation", p, 0.1, upper=np.full(3, 0.4)))
    with pytest.raises(ValueError, match="no distribution fits"):
        robust_value([[1.0, 2.0, 3.0]], p, made("interval", p, 0.0, upper=np.full(3, 0.2)))
    ball = made("wasserstein", p, 0.1)
    with pytest.raises(ValueError, match="to itself must be 0"):
        robust_value([[1.0, 2.0, 3.0]], p, replace(ball, distance=np.ones((3, 3))))
    assert all(name.startswith("loss") for name in program.columns)
