from __future__ import annotations

import dataclasses
import itertools
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pytest

from instances.instance import Instance
from instances.schema import InstanceError
from solver.events import Event
from solver.fronts.asked import asked
from solver.fronts.run import FrontRun, perform_front
from solver.fronts.store import load_front, write_front
from solver.outputs.manifest import with_files, write_manifest
from solver.pareto.front import Label, nondominated
from solver.run import Run
from solver.solve import solve
from solver.study import load_study
from tests.fronts.conftest import town_study
from tests.fronts.test_a_front_on_disk_is_the_same_front import same


def test_the_folder_holds_all_that_is_promised_and_nothing_else(finished: FrontRun) -> None:
    expected = {"manifest.json", "study.yaml", "progress.jsonl", "plans.npz", "front.json", "front.csv", "front.gpkg"}
    expected |= {"front.png", "front.svg", "explorer.html"}
    both = ("decisions", "suggestions", "groups", "scenarios")
    expected |= {f"{name}.parquet" for name in ("front", "plans", "bounds", "objectives", *both)}
    expected |= {f"{name}.csv" for name in both}
    assert {p.name for p in finished.folder.iterdir()} == {*expected, "instance.refugia"}
    assert [p.name for p in finished.folder.parent.iterdir()] == [finished.folder.name]


def test_every_pair_of_cost_and_people_is_found_that_listing_all_first_stages_finds(
    finished: FrontRun, town: Instance
) -> None:
    """Against enumeration: each set of openings, with people placed as well as can be by a linear program."""
    question = asked(town_study(), town)
    matrix, front = question.matrix, finished.front
    opened = matrix.columns["open"]
    assert front is not None and matrix.integer.sum() == opened.size <= 8
    values = []
    for choice in itertools.product([0.0, 1.0], repeat=opened.size):
        lower, upper = matrix.lower.copy(), matrix.upper.copy()
        lower[opened.span] = upper[opened.span] = choice
        one = solve(dataclasses.replace(matrix, lower=lower, upper=upper), {"unserved": 1.0}, gap=0.0)
        if one.x is not None:
            values.append([one.objectives["cost"], one.objectives["unserved"]])
    true = np.array(values)[nondominated(np.round(np.array(values), 6))]
    low, width = true.min(axis=0), np.ptp(true, axis=0)
    away = np.maximum(((front.points[None] - true[:, None]) / width).max(axis=2), 0.0).min(axis=1)
    assert away.max() <= 0.02 + 1e-6
    # and nothing is better than the truth
    beyond = ((true[None] - front.points[:, None]) / width).max(axis=2).min(axis=1)
    assert beyond.max() <= 1e-6 and (front.points >= low - 1e-6 * width).all()


def test_a_study_read_back_is_the_one_that_was_made(finished: FrontRun) -> None:
    again = FrontRun.load(finished.folder)
    assert same(again.front, finished.front) and again.manifest == json.loads(json.dumps(finished.manifest))
    assert again.summary("zh") == finished.summary("zh") and again.exit_code == finished.exit_code == 0
    assert same(load_front(finished.folder), finished.front)


def test_the_manifest_says_how_good_the_front_is(finished: FrontRun) -> None:
    result, front = finished.manifest["result"], finished.front
    assert front is not None
    assert result["points"] == len(front) == sum(result["labels"].values())
    assert result["labels"]["proven"] == front.labels.count(Label.PROVEN)
    assert result["epsilon"] == front.epsilon <= result["gap_asked"] == 0.02
    assert set(result["objectives"]) == {"cost", "unserved"}
    assert {"instance", "program", "front", "tables", "pictures"} <= set(finished.manifest["timings"])


def test_progress_is_kept_as_json_lines_on_one_clock(finished: FrontRun) -> None:
    lines = [json.loads(line) for line in (finished.folder / "progress.jsonl").read_text("utf-8").splitlines()]
    stages = [line["stage"] for line in lines]
    assert stages.index("instance") < stages.index("program") < stages.index("front") < stages.index("pictures")
    assert [line["elapsed"] for line in lines] == sorted(line["elapsed"] for line in lines)


def test_objectives_beside_the_front_are_computed_from_the_plans(finished: FrontRun, town: Instance) -> None:
    table = pd.read_parquet(finished.folder / "front.parquet")
    assert list(table.columns[-2:]) == ["unserved_worst", "travel"]
    front, question = finished.front, finished.asked
    assert front is not None and town.phases is not None and town.effects is not None
    need, weight = town.effects.need, town.phases.weight
    call = question.matrix.columns["unserved"].dims[0]
    i, h, s = (call[k].position for k in ("demand", "phase", "scenario"))
    for k in range(len(front)):
        left = question.matrix.value("unserved", front.plans[[k]].toarray()[0])
        loss = np.zeros(need.shape[2])
        np.add.at(loss, s, weight[h] * need[i, h, s] * left)
        assert table["unserved_worst"][k] == pytest.approx(loss.max(), rel=1e-6, abs=1e-6)
        assert loss @ town.scenarios.probability == pytest.approx(front.points[k, 1], rel=1e-6, abs=1e-6)


def test_sites_in_the_geopackage_carry_the_share_of_plans_that_prepare_them(finished: FrontRun, town: Instance) -> None:
    sites = pyogrio.read_dataframe(finished.folder / "front.gpkg", layer="front_sites")
    front, (prepared,) = finished.front, finished.asked.matrix.columns["open"].dims
    assert front is not None and town.options is not None
    opened = front.plans.toarray()[:, finished.asked.matrix.columns["open"].span] > 0.5
    home = town.options.option["site"].position[prepared["option"].position]
    for k, label in enumerate(town.sites.site.labels()):
        row = sites[sites["site"] == label].iloc[0]
        count = int(opened[:, home == k].any(axis=1).sum())
        assert row["plans"] == count and row["share"] == pytest.approx(count / len(front))
        assert row.geometry.x == pytest.approx(town.sites.x[k])
        assert (row["usage"] == "always") == (count == len(front)) and (row["usage"] == "never") == (count == 0)
        for name in [c for c in sites.columns if c.startswith("plan_")]:
            assert bool(row[name]) == opened[int(name.removeprefix("plan_")) - 1, home == k].any()
    points = pyogrio.read_dataframe(finished.folder / "front.gpkg", layer="points")
    assert np.array_equal(points[["cost", "unserved"]].to_numpy(), front.points)


def test_a_front_that_is_there_is_not_searched_again(finished: FrontRun, town: Instance, tmp_path: Path) -> None:
    shutil.copytree(finished.folder, tmp_path / "run")
    heard: list[Event] = []
    again = perform_front(town_study(), tmp_path / "run", built=town, resume=True, sink=heard.append)
    assert again.front is not None and finished.front is not None
    assert again.front.solves == 0
    assert np.array_equal(again.front.points, finished.front.points)
    assert again.front.labels == finished.front.labels and again.front.origins == finished.front.origins
    assert any(f"going on from {len(finished.front)} points" in event.message for event in heard)


def test_a_stopped_study_goes_on_from_what_it_has(town: Instance, tmp_path: Path) -> None:
    pressed: list[Event] = []

    def stop(event: Event) -> None:
        if (event.done or 0) >= 3 and not pressed:
            pressed.append(event)
            raise KeyboardInterrupt

    first = perform_front(town_study(), tmp_path / "run", built=town, sink=stop)
    assert first.exit_code == 3 and first.front is not None and first.front.status == "stopped"
    assert len(first.front) >= 1 and "--resume" in " ".join(first.summary("en"))
    second = perform_front(town_study(), tmp_path / "run", built=town, resume=True)
    whole = perform_front(town_study(), tmp_path / "whole", built=town)
    assert second.exit_code == 0 and second.front is not None and whole.front is not None
    assert second.front.solves < whole.front.solves
    assert second.front.epsilon <= 0.02


def test_nothing_is_taken_over_from_another_program(finished: FrontRun, town: Instance, tmp_path: Path) -> None:
    shutil.copytree(finished.folder, tmp_path / "run")
    heard: list[Event] = []
    other = town_study().model_copy(update={"minimize": {"cost": 1.0}})
    again = perform_front(other, tmp_path / "run", built=town, resume=True, sink=heard.append)
    assert any("about another program" in event.message for event in heard)
    assert again.front is not None and again.front.solves > 0


def test_a_run_of_another_kind_is_not_taken_for_a_front(town: Instance, tmp_path: Path) -> None:
    from solver.run import perform

    plain = town_study().model_copy(update={"front": None})
    perform(plain, tmp_path / "run", built=town)
    with pytest.raises(InstanceError, match="a run is there already"):
        perform_front(town_study(), tmp_path / "run", built=town)
    with pytest.raises(InstanceError, match="a run of another kind is there"):
        perform_front(town_study(), tmp_path / "run", built=town, resume=True)
    assert Run.load(tmp_path / "run").plan is not None
    assert perform_front(town_study(points=3), tmp_path / "run", built=town, force=True).exit_code == 0
    with pytest.raises(InstanceError, match="not that of a run"):
        Run.load(tmp_path / "run")


def test_where_no_plan_keeps_the_rules_the_folder_says_why(town: Instance, tmp_path: Path) -> None:
    study = load_study_of(town_study().to_dict(), {"budget": 0.0, "promises": [{"level": "moderate", "unserved": 0.0}]})
    run = perform_front(study, tmp_path / "run", built=town)
    assert run.exit_code == 4 and run.front is None and run.explanation is not None
    assert (run.folder / "explanation.json").exists() and not (run.folder / "front.parquet").exists()
    again = FrontRun.load(run.folder)
    assert again.explanation == run.explanation and "contradict" in again.summary("en")[0]
    with pytest.raises(InstanceError, match="ended without a front"):
        load_front(run.folder)


def load_study_of(content: dict[str, object], question: dict[str, object]) -> object:
    from solver.study import Study

    return Study.of({**content, "question": {**content["question"], **question}})  # type: ignore[dict-item]


def test_a_plan_that_breaks_a_rule_is_found_out_even_where_all_digests_agree(
    finished: FrontRun, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(finished.folder, folder)
    front = finished.front
    assert front is not None
    plans = front.plans.toarray()
    plans[0, finished.asked.matrix.columns["go"].span] = 1.0  # people go to places that are not open
    import scipy.sparse as sp

    write_front(dataclasses.replace(front, plans=sp.csr_array(plans)), finished.asked.matrix, folder)
    write_manifest(with_files(finished.manifest, folder), folder)
    load_front(folder)  # digests alone do not tell
    with pytest.raises(InstanceError, match=r"point 1: .*row"):
        FrontRun.load(folder)


def test_values_that_are_not_those_of_the_plans_are_found_out(finished: FrontRun, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(finished.folder, folder)
    front = finished.front
    assert front is not None
    better = front.points.copy()
    better[1, 0] *= 0.9
    write_front(dataclasses.replace(front, points=better), finished.asked.matrix, folder)
    write_manifest(with_files(finished.manifest, folder), folder)
    with pytest.raises(InstanceError, match="point 2: its values are not those of its plan"):
        FrontRun.load(folder)


def test_objectives_can_be_added_up_to_one_that_is_weighed(town: Instance, tmp_path: Path) -> None:
    study = town_study(objectives=["cost", {"name": "service", "of": {"unserved": 10.0, "travel": 0.01}}], points=5)
    run = perform_front(study, tmp_path / "run", built=town)
    assert run.front is not None and run.front.names == ("cost", "service")
    table = pd.read_parquet(run.folder / "front.parquet")
    assert table["service"].to_numpy() == pytest.approx((10 * table["unserved"] + 0.01 * table["travel"]).to_numpy())
    assert load_study(run.folder / "study.yaml").front == study.front


@pytest.mark.parametrize("method", ["genetic", "hybrid"])
def test_evolution_makes_a_front_of_the_same_form_that_is_no_better_than_the_truth(
    finished: FrontRun, town: Instance, tmp_path: Path, method: str
) -> None:
    few = {"population": 12, "generations": 6}
    run = perform_front(town_study(method=method, genetic=few), tmp_path / "run", built=town)
    front, exact = run.front, finished.front
    assert front is not None and exact is not None and front.method == method
    assert same(load_front(run.folder), front)
    slack = exact.epsilon * exact.scale + 1e-6 * exact.scale
    # what exact search has proven holds for every plan, whoever finds it
    assert ((exact.points[None] <= front.points[:, None] + slack).all(axis=2)).any(axis=1).all()
    again = perform_front(town_study(method=method, genetic=few), tmp_path / "again", built=town)
    assert again.front is not None and np.array_equal(again.front.points, front.points)


def test_the_example_of_a_front_study_can_be_read_and_put() -> None:
    from solver.fronts.asked import front_question, tradeoffs_of

    path = Path(__file__).resolve().parents[2] / "docs" / "examples" / "front.yaml"
    study = load_study(path)
    assert study.instance.path == str(path.with_name("town.yaml"))
    asked_for = front_question(study, tradeoffs_of(study)).objectives
    assert asked_for == ("cost", "unserved", "travel", "unserved_worst", "disturbance")
