"""Front studies of land from end to end: tiny towns against all plans there are, and the folder of a small town."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pytest
import yaml
from typer.testing import CliRunner

from formulations.zoning import Numbers, Zoning, patch_faults
from instances.catalog import build
from instances.instance import Instance
from instances.schema import InstanceError
from solver.command.main import app
from solver.events import Event
from solver.firststage import first_stage
from solver.fronts.asked import asked, classes_of
from solver.fronts.run import FrontRun, perform_front
from solver.fronts.store import load_front
from solver.pareto.front import Label, nondominated
from solver.run import perform
from solver.study import Study, StudyError, default_study
from tests.fronts.test_a_front_on_disk_is_the_same_front import same
from tests.zoning.towns import EVERYTHING, all_ways, land_of, with_land

FIVE = Zoning().objectives
QUICK = {"population": 20, "generations": 3}


def land_study(zoning: dict[str, object] | bool = True, minimize: tuple[str, ...] = (), **front: object) -> Study:
    return Study.of(
        {
            "instance": "land",  # not built: tests hand the town over
            "question": {"zoning": zoning},
            "minimize": dict.fromkeys(minimize, 0),
            "front": {"time_limit": None, "genetic": QUICK, **front},
        }
    )


@pytest.fixture(scope="module")
def town() -> Instance:
    return build("land", parcels=100, seed=1, scenarios=3)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, town: Instance) -> FrontRun:
    """A finished front of land; tests must not change its folder."""
    study = land_study(minimize=("unserved_worst", "displaced"), points=30)
    return perform_front(study, tmp_path_factory.mktemp("land") / "town", built=town)


def sound(instance: Instance, question: Zoning) -> np.ndarray:
    """Objectives of every plan that keeps all rules, counted one by one."""
    values, broken = Numbers.of(question, instance).evaluate(all_ways(land_of(instance)))
    return values[(broken == 0).all(axis=1)]


@pytest.mark.parametrize(
    ("names", "seed", "patch"),
    [
        (("unsuitability", "change"), 4, 0.0),
        (("fragmentation", "change"), 2, 1.1),
        (("exposure", "fragmentation", "change"), 2, 1.1),
    ],
)
def test_an_exact_front_of_a_tiny_town_has_every_point_there_is(
    names: tuple[str, ...], seed: int, patch: float, tmp_path: Path
) -> None:
    instance = with_land(rows=2, columns=3, classes=3, seed=seed, patch=patch)
    values = sound(instance, Zoning(names))
    true = np.unique(np.round(values[nondominated(np.round(values, 6))], 6), axis=0)
    study = land_study(objectives=list(names), method="exact", points=None, gap=0)
    run = perform_front(study, tmp_path / "run", built=instance)
    assert run.front is not None and run.front.complete and run.exit_code == 0
    assert np.unique(np.round(run.front.points, 6), axis=0) == pytest.approx(true, abs=2e-6)
    assert set(run.front.labels) == {Label.PROVEN}


def test_a_sum_of_objectives_is_weighed_as_one_where_the_front_is_exact(tmp_path: Path) -> None:
    instance = with_land(rows=2, columns=3, classes=3, seed=0)
    values = sound(instance, Zoning(("change", "exposure", "fragmentation")))
    values = np.column_stack([values[:, 0] + 2 * values[:, 1], values[:, 2]])
    true = np.unique(np.round(values[nondominated(np.round(values, 6))], 6), axis=0)
    money = {"name": "money", "of": {"change": 1.0, "exposure": 2.0}}
    study = land_study(objectives=[money, "fragmentation"], method="exact", points=None, gap=0)
    front = perform_front(study, tmp_path / "run", built=instance).front
    assert front is not None and front.complete
    assert np.unique(np.round(front.points, 6), axis=0) == pytest.approx(true, abs=2e-6)


def test_every_plan_in_the_folder_keeps_every_rule_and_has_its_values(finished: FrontRun, town: Instance) -> None:
    front, question = finished.front, finished.asked.question
    assert front is not None and isinstance(question, Zoning) and front.names == FIVE and 10 < len(front) <= 30
    plans = classes_of(finished.asked.matrix, front)
    values, broken = Numbers.of(question, town).evaluate(plans)
    assert (broken == 0).all() and values == pytest.approx(front.points)
    assert not any(patch_faults(land_of(town), plan) for plan in plans)
    # and from what was written by name, without a look at the program
    table = pd.read_parquet(finished.folder / "parcels.parquet")
    at = {name: k for k, name in enumerate(land_of(town).land_class.labels())}
    written = table["class"].map(at).to_numpy().reshape(len(front), -1)
    assert np.array_equal(written, plans) and table["id"].tolist() == sorted(table["id"])
    assert np.array_equal(table["changed"].to_numpy().reshape(plans.shape), plans != land_of(town).present.position)


def test_what_is_measured_beside_the_front_is_counted_from_the_plans(finished: FrontRun, town: Instance) -> None:
    table = pd.read_parquet(finished.folder / "front.parquet")
    front = finished.front
    assert front is not None and list(table.columns[-2:]) == ["unserved_worst", "displaced"]
    numbers = Numbers.of(Zoning(EVERYTHING), town)
    plans = classes_of(finished.asked.matrix, front)
    assert table["unserved_worst"].to_numpy() == pytest.approx(numbers.losses(plans).max(axis=1))
    land, p = land_of(town), town.scenarios.probability
    people = land.area * land.residents[plans]
    assert table["displaced"].to_numpy() == pytest.approx(people @ land.displaced @ p)


def test_a_front_of_land_read_back_is_the_one_that_was_made(finished: FrontRun) -> None:
    again = FrontRun.load(finished.folder)
    assert same(again.front, finished.front) and same(load_front(finished.folder), finished.front)
    assert again.summary("zh") == finished.summary("zh") and again.exit_code == finished.exit_code == 0
    kept = Study.of(yaml.safe_load((finished.folder / "study.yaml").read_text("utf-8")), folder=finished.folder)
    assert kept.question == finished.asked.study.question


def test_tables_of_parcels_and_areas_add_up(finished: FrontRun, town: Instance) -> None:
    land, front = land_of(town), finished.front
    assert front is not None
    plans, kinds = classes_of(finished.asked.matrix, front), land.land_class.labels()
    table = pd.read_parquet(finished.folder / "land.parquet")
    share = table[[f"share_{name}" for name in kinds]].to_numpy()
    assert share.sum(axis=1) == pytest.approx(1.0)
    for k in range(land.parcel.size):
        assert share[k] == pytest.approx(np.bincount(plans[:, k], minlength=len(kinds)) / len(front))
        same_in_all, today = len(set(plans[:, k].tolist())) == 1, land.present.position[k]
        kind = "open" if not same_in_all else "kept" if plans[0, k] == today else "turned"
        assert table["kind"][k] == kind and table["share"][k] == pytest.approx(share[k].max())
    areas = pd.read_parquet(finished.folder / "areas.parquet")
    assert areas.groupby("id")["hectares"].sum().to_numpy() == pytest.approx(land.area.sum() / 1e4)
    assert (areas["hectares"] >= areas["least"] - 1e-6).all() and (areas["hectares"] <= areas["most"] + 1e-6).all()
    taken = pd.read_parquet(finished.folder / "decisions.parquet")
    assert set(taken["block"]) == {"use"} and taken["share"].sum() == pytest.approx(land.parcel.size)
    assert [block.name for block in first_stage(finished.asked.matrix)] == ["use"]


def test_the_geopackage_draws_each_parcel_by_its_class(finished: FrontRun, town: Instance) -> None:
    land, front = land_of(town), finished.front
    assert front is not None
    layer = pyogrio.read_dataframe(finished.folder / "front.gpkg", layer="front_parcels")
    assert layer.geometry.area.to_numpy() == pytest.approx(land.area, rel=1e-6) and layer.is_valid.all()
    names, plans = np.array(land.land_class.labels()), classes_of(finished.asked.matrix, front)
    shown = [c for c in layer.columns if c.startswith("plan_")]
    assert shown
    for column in shown:
        assert layer[column].tolist() == names[plans[int(column.removeprefix("plan_")) - 1]].tolist()
    with sqlite3.connect(finished.folder / "front.gpkg") as file:
        styles = file.execute("SELECT styleQML, useAsDefault FROM layer_styles").fetchall()
    assert len(styles) == len(shown) + 2 and sum(default for _, default in styles) == 1
    for qml, _ in styles:
        assert all(f'value="{name}"' in qml for name in names)
    assert {f'attr="{c}"' for c in (*shown, "today", "usual")} == {
        f'attr="{c}"' for c in (*shown, "today", "usual") for qml, _ in styles if f'attr="{c}"' in qml
    }


def test_the_summary_tells_what_all_plans_agree_on_in_both_languages(finished: FrontRun) -> None:
    kinds = pd.read_parquet(finished.folder / "land.parquet")["kind"].value_counts()
    said = " ".join(finished.summary("en"))
    kept, turned, differ = (kinds.get(k, 0) for k in ("kept", "turned", "open"))
    assert f"Of 100 parcels {kept} stay what they are" in said
    assert f"{turned} turn into the same use in every one, and {differ} differ" in said
    assert "100 个地块中" in " ".join(finished.summary("zh"))


def test_who_finds_no_place_is_told_scenario_by_scenario(finished: FrontRun, town: Instance) -> None:
    front = finished.front
    assert front is not None
    table = pd.read_parquet(finished.folder / "scenarios.parquet")
    losses = Numbers.of(Zoning(), town).losses(classes_of(finished.asked.matrix, front))
    assert table["unserved"].to_numpy().reshape(losses.shape) == pytest.approx(losses)
    assert table["minutes"].isna().all() and table["share"].between(0, 1).all()
    mean = (table["unserved"] * table["probability"]).groupby(table["id"]).sum().to_numpy()
    assert mean == pytest.approx(front.points[:, FIVE.index("unserved")])


def test_plans_of_land_are_put_to_other_scenarios_of_the_same_land(town: Instance, tmp_path: Path) -> None:
    harder = {"case": "land", "options": {"parcels": 100, "seed": 1, "scenarios": 6}}
    terms = {"limits": {"share": 0.1}, "weightings": ["equal"], "instance": harder}
    run = perform_front(land_study(robustness=terms, points=6), tmp_path / "run", built=town)
    assert run.robustness is not None and run.front is not None and not run.manifest["result"]["faults"]
    assert run.robustness.groupby(["set", "weighting"])["id"].count().to_dict() == {
        (which, w): len(run.front) for which in ("own", "other") for w in ("equal", "given")
    }
    table = pd.read_parquet(run.folder / "scenarios.parquet")
    others = Numbers.of(Zoning(patches="none"), build("land", parcels=100, seed=1, scenarios=6))
    losses = others.losses(classes_of(run.asked.matrix, run.front))
    assert table[table["set"] == "other"]["unserved"].to_numpy() == pytest.approx(losses.ravel())
    share = table[table["set"] == "own"].pivot(index="id", columns="scenario", values="share").to_numpy()
    own = run.robustness.query("set == 'own' and weighting == 'equal'").sort_values("id")
    assert own["met"].to_numpy() == pytest.approx((share <= 0.1).mean(axis=1))
    again = FrontRun.load(run.folder)
    assert again.summary("en") == run.summary("en")
    strange = {**terms, "instance": {"case": "land", "options": {"parcels": 120, "seed": 1}}}
    run = perform_front(land_study(robustness=strange, points=6), tmp_path / "strange", built=town)
    assert run.front is not None and "other parcels" in " ".join(run.manifest["result"]["faults"])


def test_a_front_of_land_that_is_there_is_not_searched_again_but_goes_on_where_more_is_asked(
    finished: FrontRun, town: Instance, tmp_path: Path
) -> None:
    shutil.copytree(finished.folder, tmp_path / "run")
    same_again = land_study(minimize=("unserved_worst", "displaced"), points=30)
    again = perform_front(same_again, tmp_path / "run", built=town, resume=True)
    assert again.front is not None and finished.front is not None and again.front.solves == 0
    assert np.array_equal(again.front.points, finished.front.points)
    heard: list[Event] = []
    more = land_study(minimize=("unserved_worst", "displaced"), points=30, genetic={**QUICK, "generations": 6})
    on = perform_front(more, tmp_path / "run", built=town, resume=True, sink=heard.append).front
    assert on is not None and on.options["generations"] == 6
    assert [e.done for e in heard if e.stage == "evolution"] == [4, 5, 6]
    proven = {(f.weights.tobytes(), f.value) for f in on.bounds.facts}
    assert proven >= {(f.weights.tobytes(), f.value) for f in finished.front.bounds.facts}


def test_a_stopped_front_of_land_is_kept(town: Instance, tmp_path: Path) -> None:
    def stop(event: Event) -> None:
        if event.stage == "evolution":
            raise KeyboardInterrupt

    run = perform_front(land_study(genetic={**QUICK, "generations": 500}), tmp_path / "run", built=town, sink=stop)
    assert run.front is not None and len(run.front) and run.front.status == "stopped"
    assert (Numbers.of(Zoning(), town).evaluate(classes_of(run.asked.matrix, run.front))[1] == 0).all()
    assert run.exit_code == (0 if run.front.epsilon <= 0.01 else 3)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"question": {"zoning": True, "stock": True, "budget": 1.0}}, "zoning stands alone; leave out stock, budget"),
        ({"question": {"zoning": True, "shelters": True}}, "zoning stands alone; leave out shelters"),
        (
            {"question": {"zoning": True}, "minimize": {"cost": 1}},
            "'cost' is no objective of zoning; use unsuitability",
        ),
        ({"minimize": {"exposure": 1}}, "'exposure' is no objective of plans; use cost"),
        ({"front": {"objectives": ["cost", "exposure"]}}, "front.objectives: 'exposure' is no objective of plans"),
        ({"question": {"zoning": {"patch": 1}}}, "question.zoning.patch: is unknown; use targets, apart, patches"),
        (
            {"question": {"zoning": True}, "front": {"robustness": {"limits": {"minutes": 9}}}},
            "front.robustness.limits.minutes: nobody is sent anywhere",
        ),
        (
            {"question": {"zoning": True}, "front": {"objectives": ["change", {"name": "a", "of": {"exposure": 2}}]}},
            "sums of objectives of zoning need front.method: exact",
        ),
        (
            {"question": {"zoning": {"patches": "local"}}, "front": {"method": "exact"}},
            "front.method: exact needs question.zoning.patches: exact, or none",
        ),
    ],
)
def test_what_does_not_fit_zoning_is_said(content: dict[str, object], said: str) -> None:
    with pytest.raises(StudyError) as caught:
        Study.of({"instance": "land", **content})
    assert any(said in fault for fault in caught.value.faults), caught.value.faults


def test_people_without_a_place_cannot_be_counted_where_open_land_takes_nobody_in(town: Instance) -> None:
    with pytest.raises(InstanceError, match="unserved_worst need shelters"):
        asked(land_study({"shelters": False}, minimize=("unserved_worst",)), town)
    names = asked(land_study({"shelters": False}), town).names
    assert names == ("unsuitability", "change", "fragmentation", "exposure")


def test_a_zoning_study_is_not_solved_for_one_plan(town: Instance, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="use `refugia front`"):
        perform(land_study(), tmp_path / "run", built=town)
    assert not (tmp_path / "run").exists()


def test_an_instance_with_land_and_no_options_is_asked_about_its_land(town: Instance) -> None:
    study = default_study(town, {"case": "land"})
    assert study.question.zoning is not None and Study.of(study.to_dict()) == study
    assert study.zoning_question(FIVE) == Zoning()


def test_the_command_carries_a_study_of_land_out(tmp_path: Path) -> None:
    sets = ["instance.options.parcels=80", "front.genetic.population=12", "front.genetic.generations=2"]
    flags = [flag for value in sets for flag in ("--set", value)]
    out = tmp_path / "run"
    found = CliRunner().invoke(app, ["front", "land", *flags, "--points", "8", "--json", "--out", str(out)])
    assert found.exit_code == 0, found.output
    result = json.loads(found.stdout)
    assert result["points"] == 8 and {"parcels.png", "land.csv", "front.gpkg"} <= set(result["files"])
    assert "parcels" in " ".join(result["summary"])
