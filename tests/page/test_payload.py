from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest

from formulations.plan import IntegratedPlan
from solver.page.packing import unpack
from solver.page.payload import TABLES, page_payload, table
from solver.plan import Plan
from solver.solve import solve


@pytest.fixture(scope="module")
def payload(plan):
    return page_payload(plan)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_of_the_page_equals_the_plan_to_the_last_digit(plan, payload, name):
    frame, sent = getattr(plan, name), payload["tables"][name]
    assert sent["columns"] == list(frame.columns)
    assert len(sent["rows"]) == len(frame)
    for row, (_, mine) in zip(sent["rows"], frame.iterrows(), strict=True):
        for value, own in zip(row, mine.tolist(), strict=True):
            assert value is None if isinstance(own, float) and math.isnan(own) else value == own


def test_the_proof_on_the_page_is_the_one_of_the_solve(plan, payload):
    solution, sent = plan.solution, payload["solution"]
    assert [sent[k] for k in ("value", "bound", "gap", "seed", "backend")] == [
        getattr(solution, k) for k in ("value", "bound", "gap", "seed", "backend")
    ]
    assert sent["status"] == solution.status.value
    assert sent["certificate"]["verified_bound"] == solution.certificate.verified_bound
    assert sent["history"][-1] == [getattr(solution.history[-1], k) for k in ("elapsed", "incumbent", "bound")]


def test_people_without_a_place_on_the_map_add_up_to_the_table_of_scenarios(plan, payload):
    scenarios, phases = len(payload["names"]["scenario"]), len(payload["names"]["phase"])
    drawn = unpack(payload["map"]["unserved"]).reshape(scenarios, phases, -1).sum(axis=2).ravel() / 10
    points = len(payload["names"]["demand"])
    assert np.allclose(drawn, plan.scenarios["unserved"], atol=0.05 * points)  # the map counts tenths of people


def test_trips_on_the_map_carry_the_people_of_the_plan(plan, payload):
    flows = payload["map"]["flows"]
    assert flows["left_out"] == 0
    drawn = pd.DataFrame({k: unpack(flows[k]) for k in ("scenario", "site", "people")})
    drawn = drawn.groupby(["scenario", "site"])["people"].sum() / 10
    names = payload["names"]
    for (scenario, site), people in plan.trips.groupby(["scenario", "site"])["people"].sum().items():
        s = next(k for k, x in enumerate(names["scenario"]) if x["id"] == scenario)
        j = next(k for k, x in enumerate(names["site"]) if x["id"] == site)
        assert drawn[s, j] == pytest.approx(people, abs=1.0)


def test_the_fullest_use_of_a_place_is_the_one_in_its_table(plan, payload):
    use = payload["map"]["use"]
    names = payload["names"]
    drawn = (
        pd.DataFrame({k: unpack(use[k]) for k in ("site", "mode", "people")}).groupby(["site", "mode"])["people"].max()
    )
    shelters = plan.openings[(plan.openings["role"] == "shelter") & (plan.openings["used_max"] > 0.1)]
    assert len(shelters)
    for row in shelters.itertuples():
        j = next(k for k, x in enumerate(names["site"]) if x["id"] == row.site)
        m = next(k for k, x in enumerate(names["mode"]) if x["id"] == row.mode)
        assert drawn[j, m] / 10 == pytest.approx(row.used_max, abs=0.06)


def test_links_on_the_map_are_those_of_the_plan(plan, payload):
    roads, labels = payload["map"]["roads"], plan.instance.roads.link.labels()
    assert [labels[k] for k in unpack(roads["corridor"])] == plan.corridors["link"].tolist()
    assert [labels[k] for k in unpack(roads["hardened"])] == plan.hardened["link"].tolist()
    for s, cut in enumerate(roads["cut"]):
        assert unpack(cut).tolist() == np.flatnonzero(plan.instance.damage.cut[:, s]).tolist()


def test_the_sentence_on_top_counts_what_the_tables_hold(plan, payload):
    facts, scenarios = payload["summary"], plan.scenarios
    assert facts["places"] == len({r.site for r in plan.openings.itertuples() if r.role == "shelter"})
    assert facts["cost"] == pytest.approx(
        sum(t["cost"].sum() for t in (plan.openings, plan.stock, plan.corridors, plan.hardened)), rel=1e-6
    )
    need = sum(r.probability * r.need for r in scenarios.itertuples())
    served = sum(r.probability * r.served for r in scenarios.itertuples())
    assert facts["served_mean"] == pytest.approx(served / need)
    assert facts["worst"][0] == max(scenarios.itertuples(), key=lambda r: r.unserved).scenario


def test_an_unknown_language_is_refused(plan):
    with pytest.raises(ValueError, match="'fr' is unknown; use en or zh"):
        page_payload(plan, "fr")


def test_what_is_missing_travels_as_null():
    assert table(pd.DataFrame({"a": [1.5, math.nan, math.inf], "b": ["x", "", "y"]}))["rows"] == [
        [1.5, "x"],
        [None, ""],
        [None, "y"],
    ]


def test_parts_left_out_of_the_question_leave_empty_tables(plan):
    question = IntegratedPlan(objectives=("cost", "unserved"), harden="none")
    program = question.build(plan.instance)
    solution = solve(program, weights={"cost": 1.0, "unserved": 5000.0}, gap=0.05, time_limit=60)
    lean = Plan.of(question, plan.instance, program.matrix(), solution)
    sent = page_payload(lean)
    assert sent["tables"]["corridors"]["rows"] == sent["tables"]["stock"]["rows"] == []
    assert sent["summary"]["depots"] == 0
    assert unpack(sent["map"]["roads"]["corridor"]).size == 0


def test_an_instance_without_roads_or_people_still_has_a_page(plan):
    bare = dataclasses.replace(
        plan.instance, roads=None, corridors=None, damage=None, routes=None, hauls=None, demand=None, effects=None,
        sites=dataclasses.replace(plan.instance.sites, node=None),
    )  # fmt: skip
    empty = {name: frame.iloc[:0] for name, frame in plan.tables().items()}
    sent = page_payload(dataclasses.replace(plan, instance=bare, **empty))
    assert sent["map"]["roads"] is None
    assert sent["map"]["people"] is None
    assert sent["summary"]["served_mean"] is None
