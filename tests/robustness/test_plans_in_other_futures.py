"""The same plans under other weights and in other scenarios."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from formulations.measures.cvar import cvar_value
from formulations.measures.robust import robust_value
from formulations.plan import IntegratedPlan, ShelterRules, StockRules
from instances.scenarios import Ambiguity
from instances.schema import InstanceError
from solver.plan import Plan
from solver.robustness import bands, futures_in, futures_of, measured, robustness, weightings
from solver.robustness.scenarios import NONE, loss_rows, scenario_of_columns
from solver.solve import solve
from tests.instances.tiny import tiny_instance
from tests.robustness.towns import QUESTION, TOWN, everything, other_futures


def test_values_in_each_scenario_are_those_of_the_plan_as_tables() -> None:
    question = IntegratedPlan(stock=StockRules(), objectives=("unserved", "travel", "cost"), budget=40_000.0)
    town = tiny_instance(demand=6, sites=4, seed=0)
    matrix = question.build(town).matrix()
    solution = solve(matrix, {"unserved": 100.0, "travel": 1.0, "cost": 0.0}, gap=0.0)
    plan = Plan.of(question, town, matrix, solution)
    found = futures_of(matrix, town, solution.x[None])  # type: ignore[index]
    order = town.scenarios.scenario.labels()
    table = plan.scenarios.groupby("scenario", sort=False)[["need", "unserved"]].sum().loc[order]
    assert found.share[0] == pytest.approx((table["unserved"] / table["need"]).to_numpy(), abs=1e-9)
    assert found.unserved[0] @ town.scenarios.probability == pytest.approx(solution.objectives["unserved"])
    walked = plan.trips.assign(walk=plan.trips["people"] * plan.trips["minutes"]).groupby("scenario")
    mean = (walked["walk"].sum() / walked["people"].sum()).loc[order]
    assert found.minutes[0] == pytest.approx(mean.to_numpy(), rel=1e-6)


def test_every_column_knows_its_scenario_and_no_row_but_a_measure_joins_two() -> None:
    question = IntegratedPlan(stock=StockRules(), objectives=("unserved", "unserved_cvar"), shelters=ShelterRules())
    matrix = question.build(TOWN).matrix()
    about = scenario_of_columns(matrix, TOWN.scenarios.scenario)
    for j in range(0, matrix.shape[1], 7):
        label = matrix.column_label(j)
        named = [s for s, name in enumerate(TOWN.scenarios.scenario.labels()) if name in label]
        assert named == ([] if about[j] == NONE else [about[j]]), label
    for r in range(matrix.shape[0]):
        columns = matrix.A.indices[matrix.A.indptr[r] : matrix.A.indptr[r + 1]]
        assert len(set(about[columns].tolist()) - {NONE}) <= 1, matrix.row_label(r)
    losses = loss_rows(matrix, TOWN)
    mean = matrix.C[matrix.objectives["unserved"].start]
    assert np.asarray(TOWN.scenarios.probability @ losses) == pytest.approx(mean.toarray().ravel())


def test_recourse_for_the_own_scenarios_is_never_worse_and_equal_where_only_people_were_minimised() -> None:
    question = replace(QUESTION, budget=20_000.0)
    matrix = question.build(TOWN).matrix()
    lazy = solve(matrix, {"cost": 1.0, "unserved": 1e-3}, gap=0.0)
    keen = solve(matrix, {"cost": 0.0, "unserved": 1.0}, gap=0.0)
    X = np.vstack([lazy.x, keen.x])  # type: ignore[list-item]
    own, again = futures_of(matrix, TOWN, X), futures_in(question, TOWN, matrix, X)
    assert (again.unserved <= own.unserved + 1e-6).all()
    assert again.unserved[1] == pytest.approx(own.unserved[1], abs=1e-6)
    assert (again.minutes[1] <= own.minutes[1] + 1e-4).all()


def test_in_other_scenarios_a_plan_does_what_a_solve_with_its_sites_required_does() -> None:
    later = other_futures(5)
    every = everything()
    chosen = [5, 20, 41]
    found = futures_in(QUESTION, later, every.matrix, every.X[chosen])
    assert found.unserved.shape == (3, 5)
    names = [every.matrix.column_label(j) for j in range(every.matrix.columns["open"].size)]
    for row, k in zip(found.unserved, chosen, strict=True):
        options = [n.removeprefix("open[").removesuffix("]") for n in names]
        closed = tuple(o for o, x in zip(options, every.X[k], strict=False) if x == 0)
        opened = tuple(o for o, x in zip(options, every.X[k], strict=False) if x == 1)
        question = replace(QUESTION, require=opened, forbid=closed, objectives=("unserved",))
        value = solve(question.build(later).matrix(), {"unserved": 1.0}, gap=0.0).value
        assert row @ later.scenarios.probability == pytest.approx(value, abs=1e-5)


def test_stock_and_strengthened_links_are_carried_by_name() -> None:
    town = tiny_instance(demand=6, sites=4, seed=0)
    question = IntegratedPlan(stock=StockRules(), harden="all", objectives=("cost", "unserved"), budget=60_000.0)
    matrix = question.build(town).matrix()
    best = solve(matrix, {"unserved": 1.0, "cost": 0.0}, gap=0.0)
    assert best.values("harden").sum() > 0
    again = futures_in(question, town, matrix, best.x[None])  # type: ignore[index]
    assert again.unserved[0] @ town.scenarios.probability == pytest.approx(best.objectives["unserved"], abs=1e-5)
    bare = best.x.copy()  # type: ignore[union-attr]
    bare[matrix.columns["harden"].span] = 0.0
    without = futures_in(question, town, matrix, bare[None])
    assert (without.unserved >= again.unserved - 1e-6).all()


def test_a_plan_that_opens_what_is_not_there_is_refused_by_name() -> None:
    every = everything()
    site = TOWN.sites.site.label(0)
    with pytest.raises(InstanceError, match=rf"open\[{site}\|"):
        futures_in(replace(QUESTION, forbid=(site,)), TOWN, every.matrix, np.ones_like(every.X[:1]))
    with pytest.raises(InstanceError, match="no shelters"):
        futures_in(replace(QUESTION, shelters=None), TOWN, every.matrix, every.X[:1])


def test_weights_of_scenarios_are_those_one_names() -> None:
    futures = everything().futures
    weights = weightings(futures)
    assert weights["given"] == pytest.approx(TOWN.scenarios.probability)
    assert weights["equal"] == pytest.approx([1 / 3] * 3)
    assert weights["hazard earthquake"] == pytest.approx((TOWN.scenarios.hazard == "earthquake") * 1.0)
    assert weights["level moderate"] == pytest.approx((TOWN.scenarios.level == "moderate") * 1.0)
    assert all(p.sum() == pytest.approx(1.0) for p in weights.values())


def test_the_table_of_measures_is_their_definition() -> None:
    futures = everything().futures.only([3, 30, 60])
    losses, best = futures.unserved, everything().futures.unserved.min(axis=0)
    table = measured(futures, alpha=0.6, best=best).set_index(["weighting", "plan"])
    for name, p in weightings(futures).items():
        for k, plan in enumerate(futures.plans):
            row = table.loc[(name, plan)]
            counts = p > 0
            assert row["mean"] == pytest.approx(losses[k] @ p)
            assert row["cvar"] == pytest.approx(cvar_value(losses[[k]], p, 0.6)[0])
            assert row["worst"] == pytest.approx(losses[k][counts].max())
            assert row["regret"] == pytest.approx((losses[k] - best)[counts].max())
            assert row["mean"] <= row["cvar"] + 1e-9 and row["cvar"] <= row["worst"] + 1e-9


def test_worst_probabilities_stand_beside_the_given_ones_only() -> None:
    futures = everything().futures.only([3, 30])
    unknown = Ambiguity(TOWN.scenarios.scenario, np.zeros(3), np.ones(3), kind="total variation", radius=0.2)
    table = measured(futures, ambiguity=unknown).set_index("weighting")
    expected = robust_value(futures.unserved, TOWN.scenarios.probability, unknown)
    assert table.loc["given", "robust"].to_numpy() == pytest.approx(expected)
    assert table.loc["equal", "robust"].isna().all()
    with pytest.raises(ValueError, match=r"historic: probability: the sum is 0\.9"):
        measured(futures, {"historic": [0.3, 0.3, 0.3], "other": [1.0, 0.0, 0.0]})


def test_robustness_counts_scenarios_that_meet_every_limit() -> None:
    futures = everything().futures
    limits = {"share": 0.5, "minutes": 4.0}
    found = robustness(futures, limits)
    for k in range(0, len(futures.plans), 9):
        met = [
            futures.share[k, s] <= 0.5 + 1e-6 and futures.minutes[k, s] <= 4.0 + 1e-5
            for s in range(len(futures.scenarios))
        ]
        assert found.by_count[k] == pytest.approx(sum(met) / 3)
        assert found.by_probability[k] == pytest.approx(
            sum(p for p, m in zip(futures.probability, met, strict=True) if m)
        )
    assert 0 < found.met.mean() < 1
    looser = robustness(futures, {"share": 0.8, "minutes": 5.0})
    assert (looser.by_count >= found.by_count).all()
    missed = found.frame().set_index("plan")["missed"]
    assert (missed == "").to_numpy().tolist() == found.met.all(axis=1).tolist()
    for wrong in ({}, {"wealth": 1.0}, {"share": -0.1}, {"share": np.nan}):
        with pytest.raises(ValueError, match="limits:"):
            robustness(futures, wrong)


def test_bands_go_from_the_least_to_the_greatest_regret() -> None:
    futures = everything().futures
    table = bands(futures)
    regret = futures.unserved - futures.unserved.min(axis=0)
    assert table["regret 0"].to_numpy() == pytest.approx(regret.min(axis=1))
    assert table["regret 0.5"].to_numpy() == pytest.approx(np.sort(regret, axis=1)[:, 1])
    assert table["regret 1"].to_numpy() == pytest.approx(regret.max(axis=1))


def test_frames_have_a_row_for_every_plan_and_scenario() -> None:
    futures = everything().futures.only([1, 2])
    table = futures.frame()
    assert len(table) == 6 and table["unserved"].to_numpy() == pytest.approx(futures.unserved.ravel())
