from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from formulations.plan import IntegratedPlan, Promise, StockRules
from instances.instance import Instance
from instances.schema import InstanceError
from solver.plan import TABLES, NoPlanError, Plan, answer
from solver.solve import solve
from tests.instances.tiny import tiny_instance
from tests.outputs.conftest import QUESTION, WEIGHTS


def objective(plan: Plan, name: str) -> float:
    assert plan.solution.certificate is not None
    return plan.solution.certificate.objectives[name]


def by_scenario(plan: Plan) -> pd.Series:
    """People without a place, weighted by phase, in each scenario: from the table alone."""
    weight = dict(zip(plan.instance.phases.phase.labels(), plan.instance.phases.weight, strict=True))
    lost = plan.scenarios["unserved"] * plan.scenarios["phase"].map(weight)
    return lost.groupby(plan.scenarios["scenario"], sort=False).sum()


def test_people_without_a_place_add_up_to_the_certified_objective(whole_plan: Plan) -> None:
    lost = float((by_scenario(whole_plan).to_numpy() * whole_plan.instance.scenarios.probability).sum())
    assert lost == pytest.approx(objective(whole_plan, "unserved"), abs=1e-6)
    assert lost > 0, "with nobody left out the test says nothing"


def test_money_in_the_tables_adds_up_to_the_certified_cost(whole_plan: Plan) -> None:
    parts = (whole_plan.openings, whole_plan.stock, whole_plan.corridors, whole_plan.hardened)
    assert all(len(part) for part in parts)
    assert sum(part["cost"].sum() for part in parts) == pytest.approx(objective(whole_plan, "cost"))


def test_minutes_walked_add_up_to_the_certified_travel(whole_plan: Plan) -> None:
    probability = dict(
        zip(whole_plan.instance.scenarios.scenario.labels(), whole_plan.instance.scenarios.probability, strict=True)
    )
    trips = whole_plan.trips
    walked = (trips["scenario"].map(probability) * trips["people"] * trips["minutes"]).sum()
    assert walked == pytest.approx(objective(whole_plan, "travel"))


def test_goods_short_add_up_to_the_certified_shortage(whole_plan: Plan) -> None:
    goods = whole_plan.instance.commodities
    severity = dict(zip(goods.commodity.labels(), goods.severity, strict=True))
    table = whole_plan.goods
    lost = (table["probability"] * table["short"] * table["commodity"].map(severity)).sum()
    assert lost == pytest.approx(objective(whole_plan, "shortage"), abs=1e-6)


def test_goods_asked_for_are_the_rations_of_those_sheltered_and_the_requests(whole_plan: Plan) -> None:
    town = whole_plan.instance
    days = dict(zip(town.phases.phase.labels(), town.phases.days, strict=True))
    person_days = (whole_plan.trips["people"] * whole_plan.trips["phase"].map(days)).groupby(
        whole_plan.trips["scenario"]
    )
    for (scenario, commodity), row in whole_plan.goods.groupby(["scenario", "commodity"]):
        c, s = town.commodities.commodity.position(commodity), town.scenarios.scenario.position(scenario)
        wanted = town.commodities.ration[c] * person_days.sum()[scenario] + town.requests.request[:, c, s].sum()
        assert row["asked"].item() == pytest.approx(wanted)


def test_nobody_is_counted_twice_or_lost(whole_plan: Plan) -> None:
    table = whole_plan.scenarios
    served = whole_plan.trips.groupby(["scenario", "phase"])["people"].sum()
    for _, row in table.iterrows():
        assert row["served"] == pytest.approx(served.get((row["scenario"], row["phase"]), 0.0))
        s, h = (
            whole_plan.instance.scenarios.scenario.position(row["scenario"]),
            whole_plan.instance.phases.phase.position(row["phase"]),
        )
        assert row["need"] == whole_plan.instance.effects.need[:, h, s].sum()
        assert row["served"] + row["unserved"] == pytest.approx(row["need"])


def test_people_go_only_to_what_is_opened_in_a_mode_that_serves_the_phase_and_is_near_enough(whole_plan: Plan) -> None:
    modes = whole_plan.instance.modes
    opened = set(zip(whole_plan.openings["site"], whole_plan.openings["mode"], strict=True))
    for _, trip in whole_plan.trips.iterrows():
        m = modes.mode.position(trip["mode"])
        assert (trip["site"], trip["mode"]) in opened
        assert modes.serves[m, whole_plan.instance.phases.phase.position(trip["phase"])]
        assert trip["minutes"] <= modes.standard[m] + 1e-9


def test_no_place_is_fuller_than_it_can_be_and_the_fullest_moment_is_that_of_the_trips(whole_plan: Plan) -> None:
    shelters = whole_plan.openings[whole_plan.openings["role"] == "shelter"]
    present = whole_plan.trips.groupby(["site", "mode", "scenario", "phase"])["people"].sum()
    assert (shelters["used_max"] <= shelters["capacity"] * (1 + 1e-9)).all()
    for _, row in shelters.iterrows():
        assert row["used_max"] == pytest.approx(present[row["site"], row["mode"]].max())
        assert row["used_mean"] <= row["used_max"] + 1e-9


def test_stock_fits_into_the_rooms(whole_plan: Plan) -> None:
    goods = whole_plan.instance.commodities
    volume = dict(zip(goods.commodity.labels(), goods.volume, strict=True))
    held = (
        (whole_plan.stock["amount"] * whole_plan.stock["commodity"].map(volume)).groupby(whole_plan.stock["site"]).sum()
    )
    rooms = whole_plan.openings[whole_plan.openings["role"] == "stock"].set_index("site")
    for site, amount in held.items():
        assert amount <= rooms.loc[site, "capacity"] * (1 + 1e-9)
        assert amount == pytest.approx(rooms.loc[site, "used_max"])


def test_zones_and_demand_points_tell_the_same_story(whole_plan: Plan) -> None:
    assert whole_plan.zones["people"].sum() == whole_plan.people["people"].sum()
    # Points may be worst off in different phases, so a zone never has more than its points together.
    by_zone = whole_plan.people.groupby("zone")["expected_unserved"].sum()
    for _, zone in whole_plan.zones.iterrows():
        assert zone["expected_unserved"] <= by_zone[zone["zone"]] + 1e-9
        assert zone["worst_unserved"] >= zone["expected_unserved"] - 1e-9


def test_the_worst_and_the_tail_are_computed_from_people_and_not_from_slack_variables(whole_plan: Plan) -> None:
    """Neither is minimised here, so the program's own variables for them are free to say anything."""
    loss = by_scenario(whole_plan)
    values = whole_plan.objectives.set_index("name")["value"]
    assert values["unserved_worst"] == pytest.approx(loss.max())
    probability, tail, left = whole_plan.instance.scenarios.probability, 0.0, 0.5  # alpha is 0.5
    for s in np.argsort(-loss.to_numpy()):
        used = min(left, probability[s])
        tail, left = tail + used * loss.iloc[s], left - used
    assert values["unserved_cvar"] == pytest.approx(tail / 0.5)


def test_beds_of_a_zone_are_the_most_people_that_its_sites_can_hold_at_a_time(whole_plan: Plan) -> None:
    town = whole_plan.instance
    for h, phase in enumerate(town.phases.phase.labels()):
        total = dict.fromkeys(town.zones.zone.labels(), 0.0)
        for site, rows in whole_plan.openings.groupby("site"):
            options = [town.options.option.position(o) for o in rows["option"]]
            stock = sum(town.options.footprint[o] for o, r in zip(options, rows["role"], strict=True) if r == "stock")
            shelters = [o for o, r in zip(options, rows["role"], strict=True) if r == "shelter"]
            if not shelters:
                continue
            modes = town.options.option["mode"].position[shelters]
            room = town.options.capacity[shelters] * town.options.ready[shelters, h] * town.modes.serves[modes, h]
            best = linprog(-room, A_ub=[town.options.footprint[shelters]], b_ub=[1 - stock], bounds=(0, 1))
            j = town.sites.site.position(site)
            total[town.zones.zone.label(int(town.sites.zone.position[j]))] -= best.fun
        beds = dict(zip(whole_plan.zones["zone"], whole_plan.zones[f"beds_{phase}"], strict=True))
        assert beds == pytest.approx(total)


def test_every_rule_is_listed_with_what_it_achieves(whole_plan: Plan) -> None:
    table = whole_plan.promises
    assert set(table["rule"]) >= {"budget", "standing", "tied_in", "promise_1_moderate", "promise_2_high_goods"}
    assert table["kept"].all(), "a certified plan keeps its rules"
    moderate = table[table["rule"] == "promise_1_moderate"]
    told = whole_plan.scenarios.set_index(["scenario", "phase"])["unserved_share"]
    for _, row in moderate.iterrows():
        assert row["achieved_share"] == pytest.approx(told[row["scenario"], row["phase"]], abs=1e-9)
        assert row["limit_share"] == pytest.approx(0.5)
    goods = table[table["rule"] == "promise_2_high_goods"]
    short = whole_plan.goods.set_index(["scenario", "commodity"])["short_share"]
    for _, row in goods.iterrows():
        assert row["achieved_share"] == pytest.approx(short[row["scenario"], row["commodity"]], abs=1e-9)
    budget = table[table["rule"] == "budget"].iloc[0]
    assert budget["achieved"] == pytest.approx(objective(whole_plan, "cost"))


def test_a_promise_that_a_plan_breaks_is_shown_as_broken(town: Instance) -> None:
    careless = IntegratedPlan(objectives=("cost",))
    matrix = careless.build(town).matrix()
    nothing = solve(matrix, {"cost": 1.0})
    strict = dataclasses.replace(careless, promises=(Promise("moderate", unserved=0.0), Promise("high", unserved=1.0)))
    plan = Plan.of(strict, town, strict.build(town).matrix(), nothing)
    kept = plan.promises.groupby("level")["kept"].all()
    assert not kept["moderate"] and kept["high"]
    assert (plan.promises.loc[plan.promises["level"] == "moderate", "achieved_share"] == 1.0).all()


@pytest.mark.parametrize(
    ("question", "empty"),
    [
        (IntegratedPlan(), {"stock", "goods", "shipments", "corridors", "promises"}),
        (
            IntegratedPlan(shelters=None, stock=StockRules(), objectives=("cost", "shortage")),
            {"trips", "people", "zones", "corridors", "promises"},
        ),
    ],
)
def test_a_part_that_is_left_out_has_a_table_with_columns_and_no_rows(
    town: Instance, whole_plan: Plan, question: IntegratedPlan, empty: set[str]
) -> None:
    plan = answer(question, town, dict.fromkeys(question.objectives, 1.0))
    for name in TABLES:
        table, full = getattr(plan, name), getattr(whole_plan, name)
        if name in empty:
            assert not len(table)
        assert set(full.columns) - set(table.columns) <= {"beds_hours", "beds_days"}
        assert [table[c].dtype == full[c].dtype for c in table.columns] == [True] * len(table.columns)
    assert plan.summary("en") and plan.summary("zh")


def test_values_that_are_no_plan_are_refused(town: Instance) -> None:
    question = IntegratedPlan()
    matrix = question.build(town).matrix()
    good = solve(matrix, {"cost": 1.0, "unserved": 300.0})
    half = np.array(good.x)
    half[matrix.columns["open"].start] = 0.5
    with pytest.raises(InstanceError, match=r"taken by halves, first open\["):
        Plan.of(question, town, matrix, dataclasses.replace(good, x=half))
    with pytest.raises(InstanceError, match="no solution of this program"):
        Plan.of(question, town, matrix, dataclasses.replace(good, x=half[:-1]))
    with pytest.raises(InstanceError, match="no plan to show"):
        Plan.of(question, town, matrix, dataclasses.replace(good, x=None))


def test_an_infeasible_question_says_so_and_hands_over_what_explains_it(town: Instance) -> None:
    question = IntegratedPlan(budget=0.0, promises=(Promise("moderate", unserved=0.0),))
    with pytest.raises(NoPlanError, match="contradict") as caught:
        answer(question, town, {"cost": 1.0, "unserved": 1.0})
    assert caught.value.solution.x is None


def test_the_weights_of_the_solve_stand_beside_the_objectives(whole_plan: Plan) -> None:
    weights = dict(zip(whole_plan.objectives["name"], whole_plan.objectives["weight"], strict=True))
    assert weights == {**WEIGHTS, "unserved_cvar": 0.0, "unserved_worst": 0.0}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_summary_names_costs_and_ends_with_the_proof(whole_plan: Plan, lang: str) -> None:
    said = whole_plan.summary(lang)
    assert any(f"{objective(whole_plan, 'cost'):,.0f}" in sentence for sentence in said)
    assert said[-1] == {"en": "Proven best: no plan is better.", "zh": "已证明最优：不存在更好的方案。"}[lang]


def test_an_unknown_language_is_refused(whole_plan: Plan) -> None:
    with pytest.raises(ValueError, match="fr"):
        whole_plan.summary("fr")


def test_one_call_gives_the_same_plan_as_the_steps(town: Instance) -> None:
    question, weights = IntegratedPlan(), {"cost": 1.0, "unserved": 300.0}
    matrix = question.build(town).matrix()
    steps = Plan.of(question, town, matrix, solve(matrix, weights, gap=0.0))
    at_once = answer(question, town, weights, gap=0.0)
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(at_once, name), getattr(steps, name))


def test_the_largest_question_of_the_tests_really_holds_every_part() -> None:
    assert QUESTION.shelters and QUESTION.stock and QUESTION.corridors and QUESTION.promises and QUESTION.budget
    assert tiny_instance().digest


@pytest.mark.parametrize("with_operations", [True, False], ids=["haul by haul", "in pools"])
def test_goods_arrive_only_from_stock_that_survives_and_what_does_not_arrive_is_short(
    town: Instance, with_operations: bool
) -> None:
    weights = {k: v for k, v in WEIGHTS.items() if with_operations or k != "operations"} | {"shortage": 100.0}
    question = IntegratedPlan(stock=StockRules(days=3.0), objectives=tuple(weights))
    plan = answer(question, town, weights, gap=0.0)
    assert len(plan.shipments)
    held = plan.stock.set_index(["site", "commodity"])["amount"]
    sent = plan.shipments.groupby(["scenario", "commodity", "origin"])["amount"].sum()
    got = plan.shipments.groupby(["scenario", "commodity", "destination"])["amount"].sum()
    reach = {(town.sites.site.label(int(o)), town.sites.site.label(int(d))) for o, d in hauls_of(town)}
    assert set(zip(plan.shipments["origin"], plan.shipments["destination"], strict=True)) <= reach
    covered = np.clip(3.0 - town.phases.start / 24.0, 0.0, town.phases.days)
    days = dict(zip(town.phases.phase.labels(), covered, strict=True))
    person_days = plan.trips["people"] * plan.trips["phase"].map(days)
    present = person_days.groupby([plan.trips["scenario"], plan.trips["site"]]).sum()
    for s, scenario in enumerate(town.scenarios.scenario.labels()):
        for c, commodity in enumerate(town.commodities.commodity.labels()):
            missing = 0.0
            for j, site in enumerate(town.sites.site.labels()):
                alive = town.effects.survives[j, s] * held.get((site, commodity), 0.0)
                kept = alive - sent.get((scenario, commodity, site), 0.0)
                assert kept >= -1e-6
                wanted = (
                    town.commodities.ration[c] * present.get((scenario, site), 0.0) + town.requests.request[j, c, s]
                )
                missing += max(0.0, wanted - kept - got.get((scenario, commodity, site), 0.0))
            told = plan.goods.set_index(["scenario", "commodity"])["short"]
            assert missing <= told[scenario, commodity] + 1e-4


def hauls_of(town: Instance) -> np.ndarray:
    return np.column_stack([town.hauls.haul[k].position for k in ("origin", "destination")])
