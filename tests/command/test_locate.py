"""``refugia locate``: questions listed, asked of files and instances, answered with the promised exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest

from solver.locating.asking import parameters, questions
from solver.words import WORDS
from tests.command.conftest import Said

Call = Callable[..., Said]
CRS = "EPSG:3067"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve demand points and five sites, as layers and as CSV, and a long table of distances between them."""
    folder = tmp_path_factory.mktemp("places")
    rng = np.random.default_rng(8)
    xy = np.array([385000.0, 6672000.0]) + rng.integers(0, 4000, (17, 2))
    demand = gpd.GeoDataFrame(
        {"id": [f"d{k:02}" for k in range(12)], "people": rng.integers(1, 30, 12)},
        geometry=gpd.points_from_xy(*xy[:12].T), crs=CRS,
    )  # fmt: skip
    sites = gpd.GeoDataFrame(
        {"id": [f"00{k}" for k in range(5)], "capacity": [90, 80, 70, 60, 50], "cost": [5, 4, 3, 2, 1]},
        geometry=gpd.points_from_xy(*xy[12:].T), crs=CRS,
    )  # fmt: skip
    demand.to_file(folder / "places.gpkg", layer="demand")
    sites.to_file(folder / "places.gpkg", layer="sites")
    demand.to_parquet(folder / "demand.parquet")
    sites.to_file(folder / "sites.shp", engine="pyogrio")
    for name, frame in (("demand", demand), ("sites", sites)):
        table = pd.DataFrame(frame.drop(columns="geometry")).assign(x=frame.geometry.x, y=frame.geometry.y)
        table.to_csv(folder / f"{name}.csv", index=False)
    metres = np.abs(xy[:12, None] - xy[None, 12:]).sum(axis=2)
    rows = [(d, s, metres[i, j]) for i, d in enumerate(demand["id"]) for j, s in enumerate(sites["id"])]
    pd.DataFrame(rows, columns=["demand", "site", "metres"]).to_csv(folder / "ways.csv", index=False)
    pd.DataFrame(metres, index=demand["id"], columns=sites["id"]).to_csv(folder / "matrix.csv")
    return folder


def best(files: Path, p: int, metric: int = 2) -> tuple[float, list[str]]:
    """p-median by looking at all choices."""
    demand, sites = (pd.read_csv(files / f"{name}.csv", dtype={"id": str}) for name in ("demand", "sites"))
    apart = demand[["x", "y"]].to_numpy()[:, None] - sites[["x", "y"]].to_numpy()[None]
    distance = np.linalg.norm(apart, ord=metric, axis=2)
    people = demand["people"].to_numpy()
    value, chosen = min((float(people @ distance[:, list(c)].min(axis=1)), c) for c in combinations(range(5), p))
    return value, sites["id"][list(chosen)].tolist()


def test_without_a_question_all_are_listed_in_a_sentence_each(refugia: Call) -> None:
    said = refugia("locate", "--json")
    assert said.code == 0
    listed = {one["name"]: one for one in said.document["questions"]}
    assert set(listed) >= {"p-median", "p-center", "lscp", "mclp", "p-dispersion", "ufl"}
    assert set(questions()) - set(listed) == {"multi-level-facility-location"}
    assert "p" in listed["p-median"]["set"] and listed["p-median"]["about"].endswith("?")
    chinese = refugia("locate", "--lang", "zh")
    assert "p-median" in chinese.out and WORDS["ask.p-median"][1][:8] in chinese.out.replace("\n", "")


def test_every_question_has_a_sentence_in_both_languages() -> None:
    assert [one.title for one in questions().values() if f"ask.{one.title}" not in WORDS] == []


@pytest.mark.parametrize(
    "given",
    [
        ("places.gpkg:demand", "places.gpkg:sites"),
        ("demand.parquet", "sites.shp"),
        ("demand.csv", "sites.csv", "--set", f"crs={CRS}"),
    ],
)
def test_files_of_every_kind_give_the_best_plan(
    refugia: Call, files: Path, tmp_path: Path, given: tuple[str, ...]
) -> None:
    demand, sites, *more = given
    out = tmp_path / "plan"
    said = refugia(
        "locate", "p-median", "--demand", files / demand, "--sites", files / sites, *more, "--set", "p=2", "--out", out,
        "--json", "--quiet",
    )  # fmt: skip
    assert said.code == 0, said.err
    value, chosen = best(files, 2)
    assert said.document["value"] == pytest.approx(value) and said.document["chosen"] == chosen
    assert said.document["status"] == "proven" and said.document["exit_code"] == 0
    assert {file.name for file in out.iterdir()} == {"plan.json", "sites.csv", "demand.csv", "plan.gpkg"}
    assert json.loads((out / "plan.json").read_text("utf-8"))["chosen"] == chosen
    back = pyogrio.read_dataframe(out / "plan.gpkg", layer="sites")
    assert back.crs == CRS and back.loc[back["state"] == "chosen", "site"].tolist() == chosen


@pytest.mark.parametrize("table", ["ways.csv", "matrix.csv"])
def test_distances_come_from_a_long_table_or_a_matrix(refugia: Call, files: Path, tmp_path: Path, table: str) -> None:
    said = refugia(
        "locate", "p-median", "--demand", files / "demand.csv", "--sites", files / "sites.csv", "--distances",
        files / table, "--set", "p=2", "--out", tmp_path / "plan", "--json", "--quiet",
    )  # fmt: skip
    assert said.code == 0, said.err
    value, chosen = best(files, 2, metric=1)
    assert said.document["value"] == pytest.approx(value) and said.document["chosen"] == chosen


def test_people_read_how_it_ended_which_sites_are_chosen_and_where_things_lie(
    refugia: Call, files: Path, tmp_path: Path
) -> None:
    places = ("--demand", files / "places.gpkg:demand", "--sites", files / "places.gpkg:sites")
    said = refugia("locate", "p-median", *places, "--set", "p=2", "--set", "require=003", "--out", tmp_path / "a")
    assert said.code == 0
    assert "proven: value" in said.out and "003" in said.out and str(tmp_path / "a" / "plan.gpkg") in said.out
    chinese = refugia("locate", "p-median", *places, "--set", "p=2", "--out", tmp_path / "b", "--lang", "zh")
    assert "已证明最优" in chinese.out


def test_a_question_is_put_to_a_case_and_to_an_instance_on_disk(refugia: Call, town_zip: Path, tmp_path: Path) -> None:
    said = refugia("locate", "p-median", "--instance", town_zip, "--set", "p=2", "--out", tmp_path / "a", "--json")
    assert said.code == 0 and len(said.document["chosen"]) == 2
    far = refugia(
        "locate", "p-dispersion", "--instance", "city", "--set", "p=3", "--out", tmp_path / "b", "--json", "--quiet"
    )
    assert far.code == 0 and len(far.document["chosen"]) == 3


def test_sites_alone_are_enough_to_spread_them(refugia: Call, files: Path, tmp_path: Path) -> None:
    said = refugia(
        "locate", "p-dispersion", "--sites", files / "places.gpkg:sites", "--set", "p=3", "--out", tmp_path / "a",
        "--json", "--quiet",
    )  # fmt: skip
    sites = pyogrio.read_dataframe(files / "places.gpkg", layer="sites").geometry
    widest = max(min(sites[i].distance(sites[j]) for i, j in combinations(c, 2)) for c in combinations(range(5), 3))
    assert said.code == 0 and said.document["value"] == pytest.approx(widest)


def test_an_impossible_question_ends_with_four_and_says_why(refugia: Call, files: Path, tmp_path: Path) -> None:
    said = refugia(
        "locate", "lscp", "--demand", files / "places.gpkg:demand", "--sites", files / "places.gpkg:sites", "--set",
        "radius=1", "--out", tmp_path / "a",
    )  # fmt: skip
    assert said.code == 4
    assert "no plan possible" in said.out and "within 1" in said.out
    assert [file.name for file in (tmp_path / "a").iterdir()] == ["plan.json"]


def test_a_run_that_was_stopped_ends_with_three_and_never_says_proven(refugia: Call, tmp_path: Path) -> None:
    said = refugia(
        "locate", "capacitated-p-median", "--instance", "city", "--set", "p=6", "--time-limit", "0.001", "--out",
        tmp_path / "a", "--json", "--quiet",
    )  # fmt: skip
    assert said.code in (0, 3)
    assert (said.document["status"] in ("time limit", "no plan")) == (said.code == 3)
    assert (said.document["status"] == "proven") == (said.code == 0)


@pytest.mark.parametrize(
    ("words", "faults"),
    [
        (("p-medan",), ["did you mean p-median"]),
        (("p-median",), ["give --demand FILE and --sites FILE, or --instance"]),
        (("p-median", "--set", "p=x", "--set", "q=3"), ["p: 'x', expected a whole number", "q: p-median has no such"]),
        (("lscp",), ["radius"]),
        (("p-median", "--demand", "no.gpkg", "--sites", "no.csv", "--set", "p=1"), ["no such file"]),
        (("p-median", "--instance", "city", "--sites", "s.csv"), ["--instance brings its own data"]),
        (("p-median", "--instance", "city", "--set", "people=x"), ["--set people: has no meaning here; use mode"]),
        (("p-median", "--instance", "city", "--set", "mode=tent", "--set", "p=1"), ["mode: 'tent' is unknown"]),
        (("--set", "p=1"), ["no question is named"]),
        (("--objective", "gini"), ["no question is named"]),
        (("multi-level-facility-location",), ["needs data that cannot be given here (depots)"]),
        (
            ("p-median", "--objective", "gine", "--limit", "largest", "--limit", "worst=2.5=7", "--floor", "0.8"),
            [
                "--objective 'gine': no such measure",
                "--limit 'largest': give a measure and a number",
                "--limit 'worst=2.5': no such measure",
                "--floor: p-median leaves nobody without cover",
            ],
        ),
        (
            ("mclp", "--floor", "80", "--floor", "north=0.5"),
            ["--floor '80': give a share", "--floor 'north=0.5': give"],
        ),
        (("p-median", "--instance", "city", "--set", "p=1", "--limit", "zone:nowhere=9"), ["nowhere"]),
    ],
)
def test_bad_input_ends_with_two_and_names_every_fault(
    refugia: Call, tmp_path: Path, words: tuple[str, ...], faults: list[str]
) -> None:
    said = refugia("locate", *words, "--out", tmp_path / "a")
    assert said.code == 2
    for fault in faults:
        assert fault in said.err
    assert not (tmp_path / "a").exists()


def test_layers_and_columns_that_are_not_there_are_named_with_those_that_are(
    refugia: Call, files: Path, tmp_path: Path
) -> None:
    places = ("--demand", files / "places.gpkg", "--sites", files / "places.gpkg:sites")
    said = refugia("locate", "p-median", *places, "--set", "p=1", "--out", tmp_path / "a")
    assert said.code == 2 and "holds 2 layers" in said.err and "FILE:LAYER" in said.err
    places = ("--demand", files / "places.gpkg:demand", "--sites", files / "places.gpkg:sites")
    said = refugia("locate", "p-median", *places, "--set", "p=1", "--set", "people=souls", "--out", tmp_path / "a")
    assert said.code == 2 and "people: no column 'souls'; there are id, people, geometry" in said.err
    bare = ("--demand", files / "demand.csv", "--sites", files / "sites.csv")
    said = refugia("locate", "p-median", *bare, "--set", "p=1", "--out", tmp_path / "a")
    assert said.code == 2 and "no reference system" in said.err


def test_a_plan_is_replaced_only_when_asked_and_nothing_else_ever(refugia: Call, files: Path, tmp_path: Path) -> None:
    words = (
        "locate", "p-median", "--demand", files / "places.gpkg:demand", "--sites", files / "places.gpkg:sites", "--set",
        "p=1", "--out", tmp_path / "a", "--quiet",
    )  # fmt: skip
    assert refugia(*words).code == 0
    again = refugia(*words)
    assert again.code == 2 and "already" in again.err
    assert refugia(*words, "--force").code == 0
    (tmp_path / "a" / "mine.txt").write_text("mine", "utf-8")
    assert refugia(*words, "--force").code == 2 and (tmp_path / "a" / "mine.txt").exists()


def test_the_listing_names_what_may_be_set() -> None:
    assert list(parameters(questions()["p-median"])) == ["budget", "require", "forbid", "p"]


def test_layers_in_degrees_are_projected_when_a_system_is_named(refugia: Call, files: Path, tmp_path: Path) -> None:
    for name in ("demand", "sites"):
        layer = gpd.read_file(files / "places.gpkg", layer=name).to_crs(4326)
        table = pd.DataFrame(layer.drop(columns="geometry")).assign(lon=layer.geometry.x, lat=layer.geometry.y)
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    words = ("p-median", "--demand", tmp_path / "demand.csv", "--sites", tmp_path / "sites.csv", "--set", "p=2")
    refused = refugia("locate", *words, "--out", tmp_path / "a")
    assert refused.code == 2 and "is in degrees" in refused.err
    said = refugia("locate", *words, "--set", f"crs={CRS}", "--out", tmp_path / "a", "--json", "--quiet")
    value, chosen = best(files, 2)
    assert said.code == 0 and said.document["chosen"] == chosen
    assert said.document["value"] == pytest.approx(value, rel=1e-6)


def asked(refugia: Call, files: Path, out: Path, *words: object) -> Said:
    """A question put to the twelve demand points and five sites, where the first six points are one zone."""
    table = pd.read_csv(files / "demand.csv", dtype={"id": str})
    table["zone"], table["old"] = np.where(np.arange(12) < 6, "north", "south"), np.arange(12) % 3
    table.to_csv(out.with_suffix(".csv"), index=False)
    places = ("--demand", out.with_suffix(".csv"), "--sites", files / "sites.csv", "--set", f"crs={CRS}")
    return refugia("locate", words[0], *places, "--out", out, "--json", *words[1:])


def ways(files: Path) -> tuple[np.ndarray, np.ndarray]:
    """People, and the distance of each to the nearest site for all pairs of sites."""
    demand, sites = (pd.read_csv(files / f"{name}.csv") for name in ("demand", "sites"))
    apart = demand[["x", "y"]].to_numpy()[:, None] - sites[["x", "y"]].to_numpy()[None]
    distance = np.linalg.norm(apart, axis=2)
    return demand["people"].to_numpy(), np.array([distance[:, list(c)].min(axis=1) for c in combinations(range(5), 2)])


def test_a_measure_of_fairness_takes_the_place_of_the_objective(refugia: Call, files: Path, tmp_path: Path) -> None:
    _, way = ways(files)
    said = asked(refugia, files, tmp_path / "a", "p-median", "--set", "p=2", "--objective", "largest")
    assert said.code == 0 and said.document["value"] == pytest.approx(way.max(axis=1).min())
    said = asked(refugia, files, tmp_path / "b", "p-median", "--set", "p=2", "--objective", "worst=3")
    assert said.document["value"] == pytest.approx(np.sort(way, axis=1)[:, -3:].mean(axis=1).min())


def test_limits_hold_and_cost_what_they_cost(refugia: Call, files: Path, tmp_path: Path) -> None:
    people, way = ways(files)
    walked, longest = way @ people, way.max(axis=1)
    limit = float(np.sort(longest)[1]) + 0.001
    truth = walked[longest <= limit].min()
    assert truth > walked.min()
    said = asked(refugia, files, tmp_path / "a", "p-median", "--set", "p=2", "--limit", f"largest={limit}")
    assert said.code == 0 and said.document["value"] == pytest.approx(truth)
    north = way[:, :6] @ people[:6] / people[:6].sum()
    limit = float(np.sort(north)[1]) + 0.001
    words = ("p-median", "--set", "p=2", "--limit", f"zone:north={limit}")
    said = asked(refugia, files, tmp_path / "b", *words)
    assert said.document["value"] == pytest.approx(walked[north <= limit].min())


def test_floors_are_kept_in_each_zone_and_group(refugia: Call, files: Path, tmp_path: Path) -> None:
    people, way = ways(files)
    radius = float(np.median(way.min(axis=0)))
    near, old = way <= radius, np.arange(12) % 3
    shares = {
        "0.4": np.minimum(near[:, :6] @ people[:6] / people[:6].sum(), near[:, 6:] @ people[6:] / people[6:].sum()),
        "zone:south=0.4": near[:, 6:] @ people[6:] / people[6:].sum(),
        "group:old=0.4": near @ old / old.sum(),
    }
    for k, (floor, share) in enumerate(shares.items()):
        words = ("mclp", "--set", "p=2", "--set", f"radius={radius}", "--set", "groups=old", "--floor", floor)
        said = asked(refugia, files, tmp_path / str(k), *words)
        kept = share >= 0.4 - 1e-9
        assert said.code == (0 if kept.any() else 4), said.err
        if kept.any():
            assert said.document["objectives"]["covered"] == pytest.approx((near @ people)[kept].max())


def test_fairness_that_cannot_be_ends_with_four_and_a_reason_on_disk(
    refugia: Call, files: Path, tmp_path: Path
) -> None:
    said = asked(refugia, files, tmp_path / "a", "p-median", "--set", "p=2", "--limit", "largest=1")
    assert said.code == 4
    record = json.loads((tmp_path / "a" / "plan.json").read_text("utf-8"))
    assert record["status"] == "infeasible" and "largest" in json.dumps(record)
    assert said.document["summary"]
