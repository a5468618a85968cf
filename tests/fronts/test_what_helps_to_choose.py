from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from instances.container import save
from instances.instance import Instance
from instances.schema import InstanceError
from solver.fronts.run import FrontRun, perform_front
from solver.study import Study, StudyError
from tests.fronts.conftest import town_study
from tests.instances.tiny import tiny_instance

CHOOSE = {
    "goals": {"cost": 20_000.0},
    "parties": {"mayor": {"cost": 1.0}, "red cross": {"unserved": 1.0}},
    "representatives": 0.2,
}


@pytest.fixture(scope="module")
def weighed(tmp_path_factory: pytest.TempPathFactory, town: Instance) -> FrontRun:
    """A front with everything that helps to choose, put to nine shocks in place of three."""
    folder = tmp_path_factory.mktemp("weighed")
    save(tiny_instance(demand=5, sites=3, scenarios=9), folder / "other.zip")
    more = {"limits": {"share": 0.5, "minutes": 10.0}, "instance": str(folder / "other.zip")}
    own = [{"name": "mostly the last", "of": {"shock 1": 1.0, "shock 3": 3.0}}, "equal"]
    study = town_study(choose=CHOOSE, robustness={**more, "weightings": own})
    return perform_front(study, folder / "run", built=town)


def table(run: FrontRun, name: str) -> pd.DataFrame:
    return pd.read_parquet(run.folder / f"{name}.parquet")


def test_suggested_plans_stand_on_the_front_with_their_values_and_reasons(weighed: FrontRun) -> None:
    points, given = table(weighed, "front").set_index("id"), table(weighed, "suggestions")
    assert {"balanced", "goals", "least regret"} <= set(given["kind"])
    assert (given[["cost", "unserved"]].to_numpy() == points.loc[given["id"], ["cost", "unserved"]].to_numpy()).all()
    goal = given.set_index("kind").loc["goals"]
    within = points[points["cost"] <= 20_000.0]
    assert goal["unserved"] == within["unserved"].min()
    for lang in ("en", "zh"):
        told = " ".join(weighed.summary(lang))
        assert all(reason in told for reason in given[f"reason_{lang}"])
        assert all(title in told for title in given[f"title_{lang}"])


def test_every_point_is_near_the_one_that_stands_for_it(weighed: FrontRun) -> None:
    points, groups = table(weighed, "front").set_index("id")[["cost", "unserved"]], table(weighed, "groups")
    width = points.max() - points.min()
    stands = set(groups.loc[groups["stands"], "id"])
    assert set(groups["representative"]) == stands
    away = (points.loc[groups["representative"]].to_numpy() - points.loc[groups["id"]].to_numpy()) / width.to_numpy()
    assert away.max() <= 0.2 + 1e-9
    for middle in groups.loc[groups["middle"], "family"]:
        assert (groups.loc[groups["middle"], "family"] == middle).sum() == 1


def test_a_party_that_weighs_one_thing_takes_the_best_in_it(weighed: FrontRun) -> None:
    points, seen = table(weighed, "front").set_index("id"), table(weighed, "parties")
    taken = seen[seen["favourite"]].set_index("party")["id"]
    assert points.loc[taken["mayor"], "cost"] == points["cost"].min()
    assert points.loc[taken["red cross"], "unserved"] == pytest.approx(points["unserved"].min())
    worst = seen.groupby("id")["regret"].max()
    assert worst[seen.loc[seen["agreed"], "id"].iloc[0]] == pytest.approx(worst.min())


def test_values_under_other_weights_are_those_of_the_scenarios(weighed: FrontRun, town: Instance) -> None:
    each, robust = table(weighed, "scenarios"), table(weighed, "robustness")
    assert each.groupby("set")["scenario"].nunique().to_dict() == {"own": 3, "other": 9}
    assert set(robust.loc[robust["set"] == "own", "weighting"]) == {"given", "mostly the last", "equal"}
    for (which, k), rows in each.groupby(["set", "id"]):
        loss, p = rows["unserved"].to_numpy(), rows["probability"].to_numpy()
        kept = (rows["share"] <= 0.5 + 1e-6) & (rows["minutes"] <= 10 + 1e-5)
        mine = robust[(robust["set"] == which) & (robust["id"] == k)].set_index("weighting")
        assert mine.loc["given", "mean"] == pytest.approx(loss @ p, abs=1e-6)
        assert mine.loc["given", "worst"] == pytest.approx(loss.max())
        assert mine.loc["given", "met"] == pytest.approx(p[kept.to_numpy()].sum())
        assert mine.loc["equal", "mean"] == pytest.approx(loss.mean(), abs=1e-6)
        assert mine.loc["equal", "met_count"] == pytest.approx(kept.mean())
        if which == "own":
            assert mine.loc["mostly the last", "mean"] == pytest.approx(0.25 * loss[0] + 0.75 * loss[2], abs=1e-6)


def test_what_was_told_is_told_again_when_the_run_is_read(weighed: FrontRun) -> None:
    again = FrontRun.load(weighed.folder)
    for lang in ("en", "zh"):
        assert again.summary(lang) == weighed.summary(lang)
    assert again.asked.tradeoffs.robustness is not None and (weighed.folder / "other.refugia").exists()
    assert again.asked.tradeoffs.robustness.instance is not None
    assert again.asked.tradeoffs.robustness.instance.path == str(weighed.folder / "other.refugia")


@pytest.mark.parametrize("measure", ["unserved_cvar", "unserved_worst", "unserved_regret"])
def test_objectives_over_uncertain_futures_are_those_of_the_scenarios(
    measure: str, town: Instance, tmp_path: Path
) -> None:
    plain = town_study(objectives=["cost", measure], points=6, robustness={"recourse": "plan"})
    study = plain.model_copy(update={"minimize": {"cost": 1.0}})
    run = perform_front(study, tmp_path / "run", built=town)
    assert run.front is not None and len(run.front) >= 2 and run.exit_code == 0
    best = run.asked.question.best_unserved
    for k, rows in table(run, "scenarios").groupby("id"):
        loss, p = rows["unserved"].to_numpy(), rows["probability"].to_numpy()
        order = np.argsort(-loss)
        left = np.clip(0.1 - (np.cumsum(p[order]) - p[order]), 0.0, p[order])
        expected = {
            "unserved_cvar": loss[order] @ left / 0.1,
            "unserved_worst": loss.max(),
            "unserved_regret": 0.0 if best is None else (loss - [best[name] for name in rows["scenario"]]).max(),
        }
        assert run.front.points[int(k) - 1, 1] == pytest.approx(expected[measure], abs=1e-4)


def test_everything_wrong_with_choosing_is_said_at_once() -> None:
    bad = {"goals": {"price": 1.0}, "weights": {"cost": 0.0}, "parties": {"mayor": {"beauty": 1.0}}}
    with pytest.raises(StudyError) as told:
        Study.of({"instance": "city", "front": {"choose": bad}})
    assert all(word in str(told.value) for word in ("'price'", "'beauty'", "choose.weights: all weights are zero"))


def test_weightings_that_are_not_there_are_named_before_the_search(town: Instance, tmp_path: Path) -> None:
    study = town_study(robustness={"weightings": ["hazard dragon", {"name": "x", "of": {"shock 99": 1.0}}]})
    with pytest.raises(InstanceError) as told:
        perform_front(study, tmp_path / "run", built=town)
    assert "hazard dragon" in str(told.value) and "shock 99" in str(told.value) and not (tmp_path / "run").exists()


@pytest.mark.parametrize("method", ["genetic", "hybrid"])
def test_an_evolution_that_goes_on_ends_where_one_in_one_go_ends(town: Instance, tmp_path: Path, method: str) -> None:
    def study(generations: int) -> Study:
        few = {"population": 8, "generations": generations}
        return town_study(method=method, genetic=few, gap=0.0, time_limit=None)

    whole = perform_front(study(9), tmp_path / "whole", built=town)
    perform_front(study(4), tmp_path / "run", built=town)
    again = perform_front(study(9), tmp_path / "run", built=town, resume=True)
    assert whole.front is not None and again.front is not None
    assert (again.folder / "evolution.npz").exists()
    if method == "genetic":
        assert np.array_equal(again.front.points, whole.front.points)
    assert again.front.epsilon <= whole.front.epsilon + 1e-9


def test_stock_evolves_by_exact_recourse(town: Instance, tmp_path: Path) -> None:
    plain = town_study(method="genetic", genetic={"population": 6, "generations": 2}, time_limit=20.0)
    study = Study.of({**plain.to_dict(), "question": {"shelters": True, "stock": True, "harden": "none"}})
    run = perform_front(study, tmp_path / "run", built=town)
    assert run.front is not None and FrontRun.load(run.folder).front is not None
    greedy = study.model_copy(
        update={
            "front": study.front.model_copy(
                update={"genetic": study.front.genetic.model_copy(update={"decoder": "greedy"})}
            )
        }  # type: ignore[union-attr]
    )
    with pytest.raises(InstanceError, match="decoder: exact"):
        perform_front(greedy, tmp_path / "greedy", built=town)
