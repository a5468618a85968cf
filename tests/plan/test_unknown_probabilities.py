"""A plan against the worst of the probabilities that must be reckoned with."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from formulations.measures.robust import robust_value
from formulations.plan import IntegratedPlan
from instances.container import load, save
from instances.instance import Instance
from instances.scenarios import Ambiguity
from instances.schema import InstanceError
from solver.plan import Plan
from solver.solve import solve
from solver.study import Study
from tests.instances.tiny import tiny_instance
from tests.plan.test_the_plan_equals_its_twin import optimum

TOWN = tiny_instance(demand=6, sites=4, seed=0)
SIZE = TOWN.scenarios.scenario.size
BUDGET = 20_000.0


def unsure(kind: str, radius: float | None = None, **bounds: np.ndarray) -> Instance:
    given = {"lower": np.zeros(SIZE), "upper": np.ones(SIZE)} | bounds
    distance = 1.0 - np.eye(SIZE) if kind == "wasserstein" else None
    scenario = TOWN.scenarios.scenario
    return replace(TOWN, ambiguity=Ambiguity(scenario, kind=kind, radius=radius, distance=distance, **given))


def best(name: str, instance: Instance = TOWN, **changes: object) -> float:
    question = IntegratedPlan(budget=BUDGET, objectives=(name,), **changes)  # type: ignore[arg-type]
    value = optimum(question.build(instance).matrix(), {name: 1.0})
    assert value is not None
    return value


@pytest.mark.parametrize("kind", ["total variation", "wasserstein"])
def test_a_wider_set_is_never_better_and_goes_from_the_mean_to_the_worst(kind: str) -> None:
    values = [best("unserved_robust", unsure(kind, radius)) for radius in (0.0, 0.1, 0.3, 1.0)]
    assert values[0] == pytest.approx(best("unserved"), rel=1e-6)
    assert values[-1] == pytest.approx(best("unserved_worst"), rel=1e-6)
    assert all(low <= high + 1e-6 for low, high in pairwise(values)) and values[0] < values[-1]


def test_total_variation_is_the_wasserstein_set_in_which_every_two_scenarios_are_one_apart() -> None:
    for radius in (0.05, 0.2, 0.6):
        both = [best("unserved_robust", unsure(kind, radius)) for kind in ("total variation", "wasserstein")]
        assert both[0] == pytest.approx(both[1], rel=1e-6)


def test_the_tail_is_the_interval_set_up_to_probabilities_divided_by_its_share() -> None:
    p = TOWN.scenarios.probability
    envelope = unsure("interval", upper=np.minimum(p / 0.4, 1.0))
    assert best("unserved_robust", envelope) == pytest.approx(best("unserved_cvar", alpha=0.6), rel=1e-6)


def test_a_plan_tells_its_worst_expectation_from_people_and_not_from_slack_variables() -> None:
    town = unsure("interval", lower=0.5 * TOWN.scenarios.probability)
    question = IntegratedPlan(
        budget=BUDGET, objectives=("unserved", "unserved_robust"), limits={"unserved_robust": 1e6}
    )
    matrix = question.build(town).matrix()
    plan = Plan.of(question, town, matrix, solve(matrix, {"unserved": 1.0, "unserved_robust": 0.0}, gap=0.0))
    weight = dict(zip(town.phases.phase.labels(), town.phases.weight, strict=True))
    table = plan.scenarios.assign(loss=plan.scenarios["unserved"] * plan.scenarios["phase"].map(weight))
    loss = table.groupby("scenario", sort=False)["loss"].sum()[town.scenarios.scenario.labels()].to_numpy()
    expected = robust_value(loss[None], town.scenarios.probability, town.ambiguity)[0]
    values = plan.objectives.set_index("name")["value"]
    assert values["unserved_robust"] == pytest.approx(expected, abs=1e-6)
    assert values["unserved"] < values["unserved_robust"]
    limit = plan.promises.set_index("rule").loc["limit_unserved_robust"]
    assert limit["achieved"] == pytest.approx(expected, abs=1e-6) and limit["kept"]


def test_without_a_set_the_question_is_refused_and_says_what_else_to_ask() -> None:
    for question in (
        IntegratedPlan(objectives=("unserved_robust",)),
        IntegratedPlan(limits={"unserved_robust": 5.0}),
    ):
        with pytest.raises(InstanceError, match="ambiguity set, or use unserved_cvar or unserved_worst"):
            question.build(TOWN)
    off = unsure("total variation", 0.1, upper=np.full(SIZE, 0.5))
    with pytest.raises(InstanceError, match="lies outside its bounds"):
        IntegratedPlan(objectives=("unserved_robust",)).build(off)
    with pytest.raises(InstanceError, match="need shelters"):
        IntegratedPlan(shelters=None, objectives=("unserved_robust",)).build(unsure("total variation", 0.1))


def test_a_study_may_minimise_it_and_a_saved_instance_keeps_its_set(tmp_path) -> None:  # type: ignore[no-untyped-def]
    study = Study.of({"instance": {"case": "helsinki"}, "minimize": {"unserved_robust": 1.0}})
    assert study.plan_question().objectives == ("unserved_robust",)
    for town in (unsure("wasserstein", 0.2), unsure("total variation", 0.2), unsure("interval")):
        save(town, tmp_path / "town.zip", overwrite=True)
        again = load(tmp_path / "town.zip")
        assert again.digest == town.digest
        assert best("unserved_robust", again) == pytest.approx(best("unserved_robust", town))
