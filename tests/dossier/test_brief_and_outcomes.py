"""The first page, the scenarios, zones and rules of a dossier, against the plan's own tables."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from solver.dossier import dossier
from solver.dossier.dossier import plan_of
from solver.dossier.reasons import reasons
from solver.fronts.run import FrontRun, perform_front
from solver.words import number, percent, say
from tests.dossier.test_dossier import section, words_of
from tests.fronts.conftest import town_study
from tests.instances.tiny import tiny_instance


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> FrontRun:
    """A front whose study says what share without a place is too much, in a town of zones with a site it must keep."""
    town = tiny_instance(demand=5, sites=3)
    status = town.sites.status.copy()
    status[0] = "required"
    town = replace(town, sites=replace(town.sites, status=status))
    study = town_study(points=4, robustness={"limits": {"share": 0.3, "minutes": 60}})
    return perform_front(study, tmp_path_factory.mktemp("limited") / "town", built=town)


def test_in_brief_tells_cost_people_and_proof_of_this_plan(finished):
    for at in range(len(finished.front)):
        plan = plan_of(finished, at)
        made = dossier(finished, str(at + 1), quick=True)
        assert made.sections[0].key == "brief"
        told = made.sections[0].sentences
        assert 3 <= len(told) <= 6
        words = " ".join(told)
        assert f"{number(plan.openings['cost'].sum())} {plan.instance.about.money} before the event" in words
        assert f"{plan.openings[plan.openings['role'] == 'shelter']['site'].nunique()} of " in words or "no " in words
        table = plan.scenarios
        worst = table.loc[table["unserved"].idxmax()]
        if worst["unserved"] > 0:
            assert f"“{worst['title']}”: {number(worst['unserved'])} people" in words
        assert ("Proven" in told[-1]) == (finished.front.labels[at].value == "proven")
        assert "Proven best: no plan is better." not in words  # said of a solve with weights, which this was not


def test_bars_of_scenarios_are_people_without_a_place(finished):
    stored = pd.read_parquet(finished.folder / "scenarios.parquet")
    need = finished.asked.instance.effects.need.sum(axis=(0, 1))
    made = dossier(finished, "1", quick=True)
    mine = stored[(stored["set"] == "own") & (stored["id"] == 1)]
    without = np.sort(mine["share"].to_numpy() * need)[::-1]
    drawn = section(made, "futures").lengths
    assert [bar.text for bar in drawn] == [number(v) for v in without]
    assert [bar.share for bar in drawn] == pytest.approx(without / without.max())
    widths = [float(w) / 200 for w in re.findall(r'<rect x="0" y="1" height="10" width="([\d.]+)"', made.html())]
    assert widths == pytest.approx(without / without.max(), abs=1e-3)
    assert not any(bar.wrong for bar in drawn) and "limits of the study" not in words_of(made.html())


def test_scenarios_that_break_the_limits_of_the_study_are_marked_and_named(limited):
    stored = pd.read_parquet(limited.folder / "scenarios.parquet")
    scenarios = limited.asked.instance.scenarios
    titles = dict(zip(scenarios.scenario.labels(), scenarios.title, strict=True))
    seen = set()
    for at in range(len(limited.front)):
        mine = stored[(stored["set"] == "own") & (stored["id"] == at + 1)]
        broken = {str(titles[s]) or s for s in mine.loc[(mine["share"] > 0.3) | (mine["minutes"] > 60), "scenario"]}
        futures = section(dossier(limited, str(at + 1), quick=True), "futures")
        assert {row[0] for row in futures.tables[0].rows if row[-1] == "no"} == broken
        assert {bar.title for bar in futures.lengths if bar.wrong} <= broken
        for title in broken:
            assert f"“{title}”" in futures.sentences[1]
        kept = mine.loc[(mine["share"] <= 0.3) & (mine["minutes"] <= 60), "probability"].sum()
        assert futures.tables[0].foot[-1] == percent(kept / mine["probability"].sum())
        seen.add(bool(broken))
    assert True in seen


def test_zones_are_those_of_the_plan_worst_first(limited):
    at = len(limited.front) - 1
    zones = plan_of(limited, at).zones
    rows = section(dossier(limited, str(at + 1), quick=True), "zones").tables[0].rows
    assert {row[0] for row in rows} == {t or z for t, z in zip(zones["title"], zones["zone"], strict=True)}
    assert [row[2] for row in rows] == [number(v, 1) for v in sorted(zones["expected_unserved"], reverse=True)]
    assert sorted(row[4] for row in rows) == sorted(number(v) for v in zones["worst_unserved"])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_rules_stand_in_words_and_say_what_the_plan_achieves(limited, lang):
    found = plan_of(limited, 0).promises
    assert "required" in set(found["rule"])
    rows = section(dossier(limited, "1", lang, quick=True), "rules").tables[0].rows
    assert len(rows) == len(found)
    title = str(limited.asked.instance.sites.title[0]) or limited.asked.instance.sites.site.label(0)
    asked = [row for row in rows if row[1] == title]
    assert asked and asked[0][2] == {"en": "at least 1 use", "zh": "至少 1 种用途"}[lang]
    assert asked[0][4] == say("dossier.yes", lang)
    for row in rows:
        assert not any(re.search(r"promise_\d|tied_in|required_option|limit_", cell) for cell in row)


def test_a_site_that_the_data_ask_for_can_be_left_out_to_see_what_that_costs(limited):
    """The same numbers as in a town whose data do not ask for it, where it stands in the same plan."""
    sites = limited.asked.instance.sites
    free = replace(
        limited.asked.instance,
        sites=replace(sites, status=np.where(sites.status == "required", "candidate", sites.status)),
    )
    x = limited.front.plans[[len(limited.front) - 1]]
    found, other = reasons(limited.asked, x), reasons(replace(limited.asked, instance=free), x)
    assert 0 in found.site
    assert found.mean == pytest.approx(other.mean) and found.worst == pytest.approx(other.worst)
    made = section(dossier(limited, str(len(limited.front))), "reasons")
    assert sum("data ask for it" in item for item in made.items) == 1


def test_words_of_a_dossier_in_chinese_are_chinese(finished):
    made = dossier(finished, "1", "zh", quick=True)
    assert made.sections[0].title == "要点"
    assert "欧元" in section(made, "values").tables[0].rows[0][1] or finished.asked.instance.about.money != "EUR"
    for part in made.sections:
        for sentence in part.sentences:
            assert '"' not in sentence
