"""What the explorer is told of a front of plans, against the front, its tables on disk, and the instance."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from formulations.measures.cvar import cvar_value
from instances.schema import InstanceError
from solver.explorer.blocks import unblock
from solver.explorer.content import Choices, Content, Layer
from solver.explorer.contents import content_of, teller
from solver.explorer.payload import payload
from solver.fronts.run import FrontRun, perform_front
from solver.study import Study
from tests.instances.tiny import tiny_instance


def study(**front: object) -> Study:
    """Money against people and goods, with stock, corridors and strengthened roads."""
    harm = {"name": "harm", "of": {"unserved": 1, "shortage": 0.01}}
    return Study.of(
        {
            "title": {"en": "A town", "zh": "小镇"},
            "instance": "city",  # not built: tests hand the town over
            "question": {"shelters": True, "stock": True, "corridors": {"holds": "moderate"}, "harden": "lanes"},
            "minimize": dict.fromkeys(("cost", "unserved", "unserved_worst", "unserved_cvar", "travel", "shortage"), 1),
            "front": {
                "objectives": ["cost", harm],
                "points": 3,
                "gap": 0.3,
                "time_limit": 60,
                "choose": {"goals": {"cost": 1e5}},
                **front,
            },
        }
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> FrontRun:
    """A front of a town with everything that may be planned; tests must not change its folder."""
    made = perform_front(study(), tmp_path_factory.mktemp("fronts") / "town", built=tiny_instance(5, 4))
    return FrontRun.load(made.folder)


@pytest.fixture(scope="module")
def content(run: FrontRun) -> Content:
    return content_of(run)


def layer(content: Content, name: str) -> Layer:
    return next(found for found in content.layers if found.name == name)


def choices(layer: Layer) -> Choices:
    assert isinstance(layer.decisions, Choices)
    return layer.decisions


def test_points_labels_and_distances_are_those_of_the_front_to_the_bit(run: FrontRun, content: Content) -> None:
    front, told = run.front, content.alternatives
    assert front is not None and len(front) > 1
    table = pd.read_parquet(run.folder / "front.parquet")
    names = [objective.name for objective in content.objectives]
    assert names[:2] == list(front.names) and set(names[2:]) == {
        "unserved", "unserved_worst", "unserved_cvar", "travel", "shortage",
    }  # fmt: skip
    assert np.array_equal(told.values[:, :2], front.points)
    assert np.array_equal(told.values, table[names].to_numpy())
    assert [("proven", "within gap", "found")[k] for k in told.label] == table["label"].tolist()
    assert np.array_equal(told.distance, table["distance"].to_numpy(), equal_nan=True)
    assert np.array_equal(told.verified, table["verified"].to_numpy(), equal_nan=True)
    assert list(told.origin) == table["origin"].tolist() and list(told.ids) == table["id"].astype(str).tolist()


def test_the_page_decodes_to_the_same_bits(run: FrontRun, content: Content) -> None:
    told = json.loads(json.dumps(payload(content)))
    assert run.front is not None
    values = unblock(told["alternatives"]["values"])
    assert np.array_equal(values[:2].T, run.front.points) and np.array_equal(values.T, content.alternatives.values)
    assert content.futures is not None
    for measure, kept in zip(content.futures.measures, told["futures"]["measures"], strict=True):
        assert np.array_equal(unblock(kept["values"]), measure.values)
    for given, kept in zip(content.layers, told["layers"], strict=True):
        bits = np.unpackbits(unblock(kept["choices"]["chosen"]), axis=1, bitorder="little")[:, : len(run.front)]
        assert np.array_equal(bits.T.astype(bool), choices(given).chosen)


def test_what_is_measured_only_is_said_to_be_so_and_nothing_is_proven_about_it(run: FrontRun, content: Content) -> None:
    front = run.front
    assert front is not None
    for k, objective in enumerate(content.objectives):
        weighed = objective.name in front.names
        assert objective.measured is not weighed
        if weighed:
            assert objective.nadir == front.nadir[k] and objective.ideal == front.ideal[k]
            assert objective.bound == front.bounds.ideal[k]
        else:
            assert objective.ideal is None and objective.bound is None
            assert objective.nadir == content.alternatives.values[:, k].max()
    assert {o.name: o.goal for o in content.objectives if o.goal is not None} == {"cost": 1e5}
    assert all(set(o.label) == set(o.unit) == {"en", "zh"} for o in content.objectives)


def test_sites_and_corridors_are_the_decisions_of_the_plans_table(run: FrontRun, content: Content) -> None:
    table = pd.read_parquet(run.folder / "plans.parquet")
    told = set[tuple[str, str, str]]()
    for name, block in (("sites", "open"), ("corridors", "corridor")):
        part = layer(content, name)
        made = choices(part)
        for plan, option in np.argwhere(made.chosen):
            feature, kind = part.ids[made.feature[option]], part.kinds[made.kind[option]].name
            told.add(
                (str(plan + 1), "harden", feature) if kind == "harden" else (str(plan + 1), block, f"{feature}|{kind}")
            )
    wanted = table[table["block"].isin(["open", "corridor", "harden"])]
    assert len(wanted) == len(told)
    assert told == set(zip(wanted["id"].astype(str), wanted["block"], wanted["element"], strict=True))


def test_amounts_are_the_stock_of_the_plans_table(run: FrontRun, content: Content) -> None:
    table = pd.read_parquet(run.folder / "plans.parquet")
    stock = table[table["block"] == "stock"]
    sites = layer(content, "sites")
    assert len(stock) and [a.name for a in sites.amounts] == ["stock.water", "stock.food"]
    names = stock["element"].str.split("|")
    for amount in sites.amounts:
        mine = stock[names.str[-1] == amount.name.removeprefix("stock.")]
        for plan in range(len(content.alternatives.ids)):
            rows = mine[mine["id"] == plan + 1]
            held = rows.groupby(rows["element"].str.split("|").str[0])["value"].sum()
            told = {sites.ids[f]: v for f, v in zip(amount.feature, amount.values[plan], strict=True) if v > 0}
            assert told == pytest.approx(held.to_dict())


def test_measures_are_those_of_the_scenarios_table(run: FrontRun, content: Content) -> None:
    table = pd.read_parquet(run.folder / "scenarios.parquet")
    futures = content.futures
    assert futures is not None
    n, s = len(content.alternatives.ids), len(futures.names)
    assert table["scenario"].tolist() == list(futures.names) * n
    for measure in futures.measures[:3]:
        assert measure.values.ravel().tolist() == table[measure.name].tolist()
    assert np.array_equal(futures.probability, table["probability"].to_numpy()[:s])


def test_objectives_that_sum_up_a_measure_do_so_and_weighted_sums_have_none(content: Content) -> None:
    futures = content.futures
    assert futures is not None
    found = {o.name: (o.measure, o.how) for o in content.objectives}
    assert found == {
        "cost": ("", ""),
        "harm": ("", ""),
        "unserved": ("unserved", "mean"),
        "unserved_worst": ("unserved", "worst"),
        "unserved_cvar": ("unserved", "cvar"),
        "travel": ("travel", "mean"),
        "shortage": ("shortage", "mean"),
    }
    values = {o.name: content.alternatives.values[:, k] for k, o in enumerate(content.objectives)}
    measures = {m.name: m.values for m in futures.measures}
    for name, (measure, how) in found.items():
        if how == "mean":
            assert measures[measure] @ futures.probability == pytest.approx(values[name], rel=1e-6, abs=1e-6)
    people = measures["unserved"]
    assert people.max(axis=1) == pytest.approx(values["unserved_worst"], rel=1e-6, abs=1e-6)
    assert cvar_value(people, futures.probability, futures.alpha) == pytest.approx(values["unserved_cvar"], rel=1e-6)


def test_a_measure_that_does_not_add_up_to_the_objective_is_not_named(run: FrontRun, content: Content) -> None:
    from solver.explorer.known import objectives

    futures, front = content.futures, run.front
    assert futures is not None and front is not None
    other = tuple(replace(m, values=m.values * 1.001 + 0.01) for m in futures.measures)
    names = tuple(o.name for o in content.objectives)
    told = objectives(run.asked, front, names, content.alternatives.values, replace(futures, measures=other))
    assert {o.measure for o in told} == {""}


def test_the_map_shows_places_and_hazards_where_the_instance_has_them(run: FrontRun, content: Content) -> None:
    instance, sites = run.asked.instance, layer(content, "sites")
    at = [instance.sites.site.position(label) for label in sites.ids]
    assert np.array_equal(sites.shapes.xy, np.column_stack([instance.sites.x, instance.sites.y])[at])
    assert np.array_equal(sites.facts["area"], instance.sites.area[at])
    assert sites.groups == tuple(instance.zones.title[instance.sites.zone.position[k]] for k in at)
    overlays = {o.name: o for o in content.overlays}
    assert np.array_equal(overlays["cut"].values > 0, instance.damage.cut.T)
    assert overlays["unusable"].values == pytest.approx(255 * (1 - instance.effects.usable[at].T), abs=0.5 + 1e-9)
    ways = layer(content, "corridors")
    links = [instance.roads.link.position(label) for label in ways.ids]
    for part, link in enumerate(links):
        ends = ways.shapes.xy[[ways.shapes.start[part], ways.shapes.start[part + 1] - 1]]
        assert np.array_equal(ends, instance.roads.line(link)[[0, -1]])
    assert np.array_equal(ways.facts["length"], instance.roads.length[links])


def test_suggestions_families_and_proofs_are_those_that_the_study_has(run: FrontRun, content: Content) -> None:
    from solver.fronts.summary import proof

    assert run.chosen is not None and run.front is not None
    assert [(s.kind, s.at) for s in content.suggestions] == [(s.kind, s.position) for s in run.chosen.suggestions]
    assert content.suggestions[0].reason["zh"] == run.chosen.suggestions[0].reason("zh")
    groups = pd.read_parquet(run.folder / "groups.parquet")
    assert content.alternatives.stands is not None
    assert (content.alternatives.stands + 1).tolist() == groups["representative"].tolist()
    for lang in ("en", "zh"):
        assert content.proof.sentences[lang][: len(proof(run.front, 0.3, lang))] == tuple(proof(run.front, 0.3, lang))
    assert content.proof.epsilon == run.front.epsilon and content.proof.gap == 0.3
    assert content.about.title == {"en": "A town", "zh": "小镇"} and content.about.kind == "plan"
    assert content.about.wkt.startswith("PROJC")


def test_drivers_tell_scenarios_apart_as_the_instance_does(run: FrontRun, content: Content) -> None:
    assert content.futures is not None
    drivers, futures = {d.name: d for d in content.futures.drivers}, run.asked.instance.scenarios
    level = [drivers["level"].words[int(k)]["en"] for k in drivers["level"].values]
    assert level == futures.level.tolist()
    assert [w["zh"] for w in drivers["hazard"].words] == ["洪水", "洪水 + 大风", "地震"]
    damage, roads = run.asked.instance.damage, run.asked.instance.roads
    cut = [sum(roads.length[e] for e in np.flatnonzero(damage.cut[:, s])) / 1000 for s in range(3)]
    assert drivers["cut"].values == pytest.approx(cut)


def test_a_plan_told_alone_is_told_as_it_is_among_the_others(run: FrontRun, content: Content) -> None:
    front, told = run.front, teller(run, every=False)
    assert front is not None and content.futures is not None
    assert told.names == tuple(o.name for o in content.objectives)
    for k in range(len(front)):
        plan = sp.csr_array(front.plans[[k]])
        assert np.array_equal(told.values(plan)[0], content.alternatives.values[k])
        for alone, every in zip(told.layers(plan), content.layers, strict=True):
            assert alone.ids == every.ids and np.array_equal(choices(alone).chosen[0], choices(every).chosen[k])
            for one, all_ in zip(alone.amounts, every.amounts, strict=True):
                assert np.array_equal(one.values[0], all_.values[k])
        for one, every_ in zip(told.measures(plan), content.futures.measures, strict=True):
            assert one.values[0] == pytest.approx(every_.values[k], rel=1e-9, abs=1e-9)


def test_with_everything_every_option_of_the_program_is_there(run: FrontRun, content: Content) -> None:
    wide, matrix = content_of(run, every=True), run.asked.matrix
    assert len(choices(layer(wide, "sites")).feature) == matrix.columns["open"].size
    both = matrix.columns["corridor"].size + matrix.columns["harden"].size
    assert len(choices(layer(wide, "corridors")).feature) == both
    few = choices(layer(content, "corridors"))
    assert few.chosen.any(axis=0).all()
    assert few.chosen.sum() == choices(layer(wide, "corridors")).chosen.sum()


def test_a_plan_with_decisions_that_are_not_told_is_an_error_and_not_hidden(run: FrontRun) -> None:
    narrow, front = teller(run, every=False), run.front
    assert front is not None
    hidden = narrow.hidden
    if not len(hidden):
        narrow = replace(narrow, hidden=np.flatnonzero(front.plans[[0]].toarray()[0] > 0.5)[:1])
        hidden = narrow.hidden
    plan = sp.lil_array(front.plans[[0]])
    plan[0, int(hidden[0])] = 1.0
    with pytest.raises(ValueError, match=r"1 decisions that no plan of the front takes, first .*every=True"):
        narrow.layers(sp.csr_array(plan))


def test_a_study_without_a_front_is_one_error(run: FrontRun) -> None:
    none = replace(run, front=None, manifest={"result": {"status": "infeasible"}})
    with pytest.raises(InstanceError, match="nothing to explore") as caught:
        content_of(none)
    assert caught.value.faults == ["the study ended without a front: infeasible"]


def test_without_stored_tables_the_same_is_counted_again(run: FrontRun, content: Content, tmp_path) -> None:
    again = content_of(replace(run, folder=tmp_path))
    assert again.alternatives.values == pytest.approx(content.alternatives.values, rel=1e-12)
    assert content.futures is not None and again.futures is not None
    for one, other in zip(again.futures.measures, content.futures.measures, strict=True):
        assert one.name == other.name and one.values == pytest.approx(other.values, rel=1e-9, abs=1e-9)
