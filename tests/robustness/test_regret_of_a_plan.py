"""The least worst regret of a town, against every set of openings tried one by one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from formulations.measures.regret import regret_value
from formulations.plan import IntegratedPlan, Promise
from instances.container import save
from instances.schema import InstanceError
from solver.plan import Plan, answer
from solver.robustness import references, referred, settled
from solver.robustness.futures import futures_of
from solver.robustness.recourse import futures_in
from solver.run import Run, perform
from solver.solve import solve
from solver.study import Study
from tests.robustness.towns import QUESTION, TOWN, everything

BUDGETS = (8_000.0, 10_000.0, 20_000.0, 50_000.0)
LABELS = TOWN.scenarios.scenario.labels()


def affordable(budget: float) -> np.ndarray:
    """Loss of every plan within the budget, by scenario."""
    every = everything()
    return every.futures.unserved[every.cost <= budget]


def asked(budget: float, *objectives: str) -> IntegratedPlan:
    return replace(QUESTION, budget=budget, objectives=objectives or ("unserved_regret",))


@pytest.mark.parametrize("budget", BUDGETS)
def test_references_are_the_best_of_all_plans_in_each_scenario(budget: float) -> None:
    found = references(asked(budget), TOWN, gap=0.0)
    assert found.bound == pytest.approx(affordable(budget).min(axis=0), abs=1e-6)
    assert found.value == pytest.approx(found.bound) and found.overstated == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("budget", BUDGETS)
def test_the_least_regret_is_that_of_all_plans(budget: float) -> None:
    losses = affordable(budget)
    expected = regret_value(losses, losses.min(axis=0)).min()
    question = referred(asked(budget), TOWN, gap=0.0)
    found = solve(question.build(TOWN).matrix(), {"unserved_regret": 1.0}, gap=0.0)
    assert found.value == pytest.approx(expected, abs=1e-6)


def test_somewhere_the_least_mean_the_least_worst_case_and_the_least_regret_are_three_things() -> None:
    """Otherwise the tests above could not tell one measure from another."""
    losses = affordable(20_000.0)
    regret = regret_value(losses, losses.min(axis=0))
    mean = losses @ TOWN.scenarios.probability
    assert regret.min() < regret[mean.argmin()]
    losses = affordable(10_000.0)
    regret = regret_value(losses, losses.min(axis=0))
    assert regret.min() < regret[losses.max(axis=1).argmin()]


def test_promises_are_kept_by_the_plans_with_foresight_too() -> None:
    """A promise about the extreme shock restricts what is best in the high one."""
    every, first = everything(), TOWN.phases.phase.label(0)
    plans = every.cost <= 20_000.0
    need = TOWN.effects.need.copy()
    need[:, 1:, :] = 0.0
    town = replace(TOWN, effects=replace(TOWN.effects, need=need))
    extreme = TOWN.scenarios.level == "extreme"
    share = futures_in(QUESTION, town, every.matrix, every.X[plans]).share[:, extreme].max(axis=1)
    kept = share <= 0.7
    assert 0 < kept.sum() < kept.size
    promise = Promise("extreme", unserved=0.7, phase=first)
    found = references(replace(asked(20_000.0), promises=(promise,)), TOWN, gap=0.0)
    assert found.bound == pytest.approx(every.futures.unserved[plans][kept].min(axis=0), abs=1e-6)
    narrow = references(replace(asked(20_000.0), promises=(replace(promise, unserved=0.4),)), TOWN, gap=0.0)
    assert (narrow.bound > found.bound + 1).any()


def test_a_search_cut_short_overstates_regret_and_never_understates_it() -> None:
    exact = references(asked(20_000.0), TOWN, gap=0.0)
    rough = references(asked(20_000.0), TOWN, gap=0.9)
    hasty = references(asked(20_000.0), TOWN, time_limit=1e-9)
    for found in (rough, hasty):
        assert (found.bound <= exact.bound + 1e-6).all() and (found.bound >= 0).all()


def test_rules_that_contradict_each_other_leave_nothing_to_refer_to_and_the_solve_says_so() -> None:
    question = replace(asked(0.0), promises=(Promise("moderate", unserved=0.0),))
    assert not references(question, TOWN).feasible
    found = solve(referred(question, TOWN).build(TOWN).matrix(), {"unserved_regret": 1.0})
    assert found.status.value == "infeasible"


def test_a_plan_tells_its_regret_from_people_and_not_from_slack_variables() -> None:
    question = referred(replace(asked(20_000.0, "unserved", "unserved_regret")), TOWN, gap=0.0)
    limited = replace(question, limits={"unserved_regret": 1e6})
    plan = answer(limited, TOWN, {"unserved": 1.0, "unserved_regret": 0.0}, gap=0.0)
    matrix = limited.build(TOWN).matrix()
    losses = futures_of(matrix, TOWN, plan.solution.x[None]).unserved  # type: ignore[index]
    expected = regret_value(losses, question.best_losses(TOWN))[0]
    values = plan.objectives.set_index("name")["value"]
    assert values["unserved_regret"] == pytest.approx(expected, abs=1e-6)
    assert plan.promises.set_index("rule").loc["limit_unserved_regret", "achieved"] == pytest.approx(expected, abs=1e-6)


def test_a_limit_on_regret_is_a_rule_like_any_other() -> None:
    losses = affordable(20_000.0)
    regret = regret_value(losses, losses.min(axis=0))
    mean = losses @ TOWN.scenarios.probability
    question = referred(replace(asked(20_000.0, "unserved"), limits={"unserved_regret": float(regret.min())}), TOWN)
    found = solve(question.build(TOWN).matrix(), {"unserved": 1.0}, gap=0.0)
    # with regret allowed to be slack within the recourse, only the first stages that can keep the limit count
    assert found.value == pytest.approx(mean[regret <= regret.min() + 1e-6].min(), rel=1e-5)


def test_without_references_or_with_wrong_ones_the_program_is_refused() -> None:
    with pytest.raises(InstanceError, match="best_unserved is not given"):
        asked(1e4).build(TOWN)
    asked(1e4).check(TOWN)  # nothing is wrong with the question itself
    wrong = {"shock 1": 1.0, "shock 2": -1.0, "deluge": 0.0}
    with pytest.raises(InstanceError) as caught:
        replace(asked(1e4), best_unserved=wrong).build(TOWN)
    for text in ("'deluge' is unknown", "'shock 3' is missing", "shock 2: -1.0 is not a number"):
        assert text in str(caught.value)
    with pytest.raises(InstanceError, match="need shelters"):
        IntegratedPlan(shelters=None, objectives=("unserved_regret",)).check(TOWN)


def test_a_run_finds_its_references_and_keeps_them(tmp_path: Path) -> None:
    save(TOWN, tmp_path / "town.refugia")
    study = Study.of(
        {
            "instance": {"path": "town.refugia"},
            "question": {"budget": 20_000.0, "harden": "none"},
            "minimize": {"unserved_regret": 1.0, "unserved": 0.001},
            "solve": {"gap": 0.0},
        },
        folder=tmp_path,
    )
    assert settled(study, TOWN).question.best_unserved is not None
    run = perform(study, tmp_path / "run")
    losses = affordable(20_000.0)
    assert run.solution.objectives["unserved_regret"] == pytest.approx(
        regret_value(losses, losses.min(axis=0)).min(), abs=1e-5
    )
    again = Run.load(tmp_path / "run")
    assert again.question.best_unserved == pytest.approx(dict(zip(LABELS, losses.min(axis=0), strict=True)))
    assert again.solution.value == run.solution.value and isinstance(again.plan, Plan)
    assert settled(again.study, TOWN) is again.study
