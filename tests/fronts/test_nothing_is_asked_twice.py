"""What facts answer without a solver, against all plans there are."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from solver.pareto.archive import Archive
from solver.pareto.corners import open_boxes
from solver.pareto.recall import Recalling, least_sum
from solver.pareto.space import Space
from tests.fronts.small import listed


@given(st.integers(0, 10_000), st.integers(2, 3))
def test_no_plan_has_a_smaller_sum_than_the_facts_allow(seed: int, objectives: int) -> None:
    case = listed(objectives, items=6, seed=seed)
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0, 1, objectives)
    limits = np.where(rng.random(objectives) < 0.5, np.inf, case.values[rng.integers(len(case.values))])
    bounds = case.front.bounds
    facts = [f for f in bounds.facts if (limits <= f.within).all()]
    inside = (case.values <= limits).all(axis=1)
    least = least_sum(facts, bounds.ideal, weights, limits)
    assert not inside.any() or (case.values[inside] @ weights).min() >= least - 1e-7


@given(st.integers(0, 10_000), st.integers(2, 3))
def test_every_plan_is_dominated_or_in_an_open_box(seed: int, objectives: int) -> None:
    case = listed(objectives, items=6, seed=seed, known=0.5)
    space = Space.of(case.matrix)
    lows, tops = open_boxes(space, case.front.points, case.front.bounds)
    beaten = (case.front.points[None] <= case.values[:, None] + 1e-9).all(axis=2).any(axis=1)
    boxed = ((case.values[:, None] >= lows[None] - 1e-6) & (case.values[:, None] <= tops[None] + 1e-6)).all(axis=2)
    assert (beaten | boxed.any(axis=1)).all()


@given(st.integers(0, 1000), st.integers(2, 3))
def test_a_question_asked_again_is_answered_the_same_without_a_solver(seed: int, objectives: int) -> None:
    case = listed(objectives, items=6, seed=seed)
    space = Space.of(case.matrix)
    archive = Archive.empty(space)
    ask = Recalling(space, archive=archive)
    rng = np.random.default_rng(seed)
    questions = [
        (
            rng.integers(1, 5, objectives).astype(float),
            case.values[rng.integers(len(case.values))] + rng.integers(-9, 9),
        )
        for _ in range(4)
    ]
    first = []
    for weights, within in questions:
        outcome = ask.minimize(weights, within)
        inside = (case.values <= within).all(axis=1)
        assert (outcome.state == "empty") == (not inside.any())
        if outcome.y is not None and outcome.x is not None:
            assert outcome.y @ weights == (case.values[inside] @ weights).min()
            archive.take(outcome.x, "exact")
        archive.prove(outcome.fact)
        first.append(outcome)
    solved = ask.solves
    for (weights, within), before in zip(questions, first, strict=True):
        again = ask.minimize(weights, within)
        assert again.state == before.state and again.fact.value == before.fact.value
    assert ask.solves == solved <= len(questions)


def test_the_limits_of_a_fact_stay_what_they_were_when_it_was_proven() -> None:
    case = listed()
    ask = Recalling(Space.of(case.matrix))
    within, weights = np.full(2, np.inf), np.ones(2)
    outcome = ask.minimize(weights, within)
    within[:], weights[:] = 0.0, 0.0
    assert np.isinf(outcome.fact.within).all() and (outcome.fact.weights == 1.0).all()
