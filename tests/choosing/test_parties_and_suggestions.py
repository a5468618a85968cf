"""Several parties side by side, and the plans suggested first."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.algebra.program import Program
from instances.index import Index
from solver.choosing import closest, knee, least_regret, parties, suggestions, topsis
from solver.pareto.assemble import assemble
from solver.pareto.bounds import LowerBounds
from solver.pareto.front import Front
from solver.pareto.space import Space
from solver.words import WORDS
from tests.choosing.test_one_plan_from_a_front import point_sets

LINE = [[0, 100], [20, 50], [50, 20], [100, 0]]


def test_each_party_has_its_favourite_and_the_middle_is_what_none_refuses() -> None:
    found = parties(LINE, {"treasury": [9, 1], "relief": [1, 9], "mayor": [1, 1]})
    assert found.names == ("treasury", "relief", "mayor")
    assert found.favourites[:2] == (0, 3)
    assert found.loss[0] == pytest.approx([0.1, 0.23, 0.47, 0.9])
    assert found.regret[0] == pytest.approx([0.0, 0.13, 0.37, 0.8])
    assert found.worst == pytest.approx([0.8, 0.37, 0.37, 0.8]) and found.position in (1, 2)
    assert found.ranks[0].tolist() == [1, 2, 3, 4] and found.ranks[1].tolist() == [4, 3, 2, 1]
    assert found.ranks[2].tolist() == [3.5, 1.5, 1.5, 3.5]
    assert sorted(found.agreed(0.75).tolist()) == [1, 2] and found.agreed(0.25).tolist() == []


def test_parties_that_want_the_same_agree_wholly_and_opposite_ones_not_at_all() -> None:
    assert parties(LINE, {"a": [3, 1], "b": [3, 1]}).concordance == pytest.approx(1.0)
    assert parties(LINE, {"a": [1, 0], "b": [0, 1]}).concordance == pytest.approx(0.0)
    assert np.isnan(parties(LINE, {"a": [1, 0]}).concordance)


@given(point_sets(least=3, p=3), st.integers(0, 1000))
def test_concordance_is_the_friedman_statistic_over_its_largest_value(points: np.ndarray, seed: int) -> None:
    """W = chi^2 / (m (n - 1)), with the statistic from SciPy, ties corrected in both."""
    from scipy.stats import friedmanchisquare

    weights = np.random.default_rng(seed).dirichlet(np.ones(3), 4)
    found = parties(points, {str(k): w for k, w in enumerate(weights)})
    if np.isnan(found.concordance):
        assert (np.ptp(found.ranks, axis=1) == 0).all()
        return
    statistic = friedmanchisquare(*found.ranks.T).statistic
    assert found.concordance == pytest.approx(statistic / (4 * (len(points) - 1)), abs=1e-9)


@given(point_sets(), st.integers(0, 1000))
def test_the_compromise_is_the_least_worst_regret_and_a_favourite_has_none(points: np.ndarray, seed: int) -> None:
    weights = np.random.default_rng(seed).dirichlet(np.ones(points.shape[1]), 3)
    found = parties(points, {str(k): w for k, w in enumerate(weights)})
    assert found.worst[found.position] == pytest.approx(found.worst.min())
    for row, favourite in zip(found.regret, found.favourites, strict=True):
        assert row[favourite] == pytest.approx(0.0, abs=1e-9) and (row >= 0).all()
    table = found.frame()
    assert len(table) == 3 * len(points) and table["favourite"].sum() == 3


def test_weights_that_are_none_are_named_by_party() -> None:
    with pytest.raises(ValueError, match=r"(?s)left: all weights are zero.*right: shape"):
        parties(LINE, {"left": [0, 0], "right": [1, 2, 3], "middle": [1, 1]})
    with pytest.raises(ValueError, match="at least one party"):
        parties(LINE, {})


# -- suggestions -----------------------------------------------------------------------------------------------------


def front_of(points: list[list[float]]) -> Front:
    """A front of a program that picks one of some points."""
    Y = np.asarray(points, float)
    program, point = Program("points"), Index.named("point", range(len(Y)))
    pick = program.binary("pick", point)
    program.subject_to(one=pick.sum() == 1)
    program.objective("cost", (Y[:, 0] * pick).sum(), unit="EUR")
    program.objective("unserved", (Y[:, 1] * pick).sum(), unit="people")
    space = Space.of(program.matrix())
    bounds = LowerBounds(Y.min(axis=0))
    return assemble(
        space,
        np.eye(len(Y)),
        ["exact"] * len(Y),
        bounds,
        gap=0.0,
        complete=True,
        status="complete",
        method="by hand",
        seconds=0.0,
        solves=0,
    )


def test_each_suggestion_is_what_its_method_says_and_tells_why() -> None:
    front = front_of([[0, 100], [10, 45], [30, 30], [60, 10], [100, 0]])
    found = {s.kind: s for s in suggestions(front, goals={"cost": 65.0, "unserved": 12.0})}
    assert list(found) == ["balanced", "knee", "goals", "least regret"]
    assert found["balanced"].position == topsis(front.points).position
    assert found["knee"].position == knee(front.points).position
    assert found["goals"].position == closest(front.points, [65, 12]).position == 3
    assert found["least regret"].position == least_regret(front.points).position == 2
    assert found["goals"].values == {"cost": 60.0, "unserved": 10.0}
    assert "Reaches every goal" in found["goals"].reason() and "2 %" in found["goals"].reason()
    assert "30 %" in found["least regret"].reason("zh") and found["knee"].title("zh") == "拐点"
    for s in found.values():
        for lang in ("en", "zh"):
            assert s.title(lang) and "{" not in s.reason(lang)
    missed = suggestions(front, goals={"cost": 5.0, "unserved": 5.0})[2]
    assert missed.figure > 0 and "Misses the goals" in missed.reason()


def test_what_has_no_ground_is_not_suggested() -> None:
    straight = front_of([[0, 100], [50, 50], [100, 0]])
    assert [s.kind for s in suggestions(straight)] == ["balanced", "least regret"]


def test_weights_pull_the_balanced_plan_and_not_the_knee() -> None:
    front = front_of([[0, 100], [10, 45], [30, 30], [60, 10], [100, 0]])
    thrifty = {s.kind: s.position for s in suggestions(front, weights={"cost": 9, "unserved": 1})}
    generous = {s.kind: s.position for s in suggestions(front, weights={"cost": 1, "unserved": 9})}
    assert thrifty["balanced"] < generous["balanced"] and thrifty["knee"] == generous["knee"]


def test_names_that_are_no_objectives_are_refused_at_once() -> None:
    front = front_of([[0, 1], [1, 0]])
    with pytest.raises(ValueError, match=r"(?s)goals: 'price'.*weights: 'people'"):
        suggestions(front, goals={"price": 1.0}, weights={"people": 1.0})


def test_every_kind_has_its_words() -> None:
    for kind in ("balanced", "knee", "goals", "least regret"):
        assert f"suggestion.{kind}" in WORDS and f"suggestion.{kind}.why" in WORDS
