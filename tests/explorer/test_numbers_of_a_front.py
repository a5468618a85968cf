"""From a front that was solved to the page of it in a browser: every number on view, against the run's own files."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from formulations.measures.cvar import cvar_value
from solver.explorer.export import export_html
from solver.fronts.run import FrontRun
from tests.dossier.conftest import land_front
from tests.explorer.conftest import Opened, visits
from tests.fronts.conftest import finished, town

__all__ = ["finished", "land_front", "town"]

LABELS = ("proven", "within gap", "found")
FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))"
MODEL = """() => {
    const { ids, objectives, values, label, labels, distance, verified, origin, layers } = refugia.state.model.value;
    const plain = (v) => Array.from(v, (x) => Number.isFinite(x) ? x : null);
    return {
        ids, names: objectives.map((o) => o.name), values: values.map(plain), distance: plain(distance),
        labels: Array.from(label, (k) => labels[k]), verified: plain(verified), origin,
        taken: ids.map((_, a) => layers.flatMap((layer) => [...refugia.decisions(layer, a)].flatMap((v, o) =>
            layer.classes ? [[layer.ids[o], layer.kinds[v].name]]
            : v ? [[layer.ids[layer.choices.feature[o]], layer.kinds[layer.choices.kind[o]].name]] : []))),
    };
}"""
ROWS = """() => [...document.querySelectorAll(".alternatives tbody:not([aria-hidden]) tr")].map((row) => ({
    id: row.querySelector("th").textContent.trim(),
    cells: [...row.querySelectorAll("td")].map((cell) => [cell.textContent.trim(), cell.title]),
}))"""


@pytest.fixture(scope="module")
def show(browser, tmp_path_factory) -> Any:
    """The page of a run, opened once for the module."""
    with visits(browser) as open_it:
        kept: dict[str, Opened] = {}

        def shown(run: FrontRun) -> Opened:
            if str(run.folder) not in kept:
                path = tmp_path_factory.mktemp("page") / "front.html"
                export_html(run, path)
                kept[str(run.folder)] = open_it(path)
            return kept[str(run.folder)]

        yield shown


@pytest.fixture(params=["finished", "land_front"])
def run(request) -> FrontRun:
    found: FrontRun = request.getfixturevalue(request.param)
    assert found.front is not None and len(found.front) > 1
    return found


def stored(run: FrontRun, name: str) -> pd.DataFrame:
    return pd.read_parquet(run.folder / f"{name}.parquet")


def see(opened: Opened, link: str) -> None:
    digest = opened.run("() => refugia.state.model.value.about.digest.slice(0, 8)")
    opened.run("link => { location.hash = link; }", f"d={digest}&l=en&{link}")
    opened.run(FRAME)


def near(text: str, value: float, digits: int = 4) -> bool:
    """Whether a text is the value to so many digits; halves may fall either way."""
    told = float(text.replace(",", "").replace("−", "-"))
    after = max(0, min(6, digits - (1 if value == 0 else int(np.floor(np.log10(abs(value)))) + 1)))
    return abs(told - value) <= 0.5000001 * 10.0**-after


def share(text: str) -> float:
    return float(text.removesuffix(" %")) / 100


def test_the_page_holds_the_points_labels_and_distances_of_the_front_to_the_bit(show: Callable[..., Opened], run):
    told, front, table = show(run).run(MODEL), run.front, stored(run, "front")
    assert told["ids"] == table["id"].astype(str).tolist()
    assert told["names"][: len(front.names)] == list(front.names)
    values = np.array(told["values"], float).T
    assert np.array_equal(values[:, : len(front.names)], front.points)
    assert np.array_equal(values, table[told["names"]].to_numpy())
    assert told["labels"] == [label.value for label in front.labels]
    for name in ("distance", "verified"):
        known = getattr(front, name)
        assert told[name] == [float(v) if np.isfinite(v) else None for v in known]
    assert told["origin"] == list(front.origins)


def test_the_table_shows_them_as_written_and_in_full(show, run):
    opened, front, table = show(run), run.front, stored(run, "front")
    see(opened, "v=explore")
    names = opened.run("() => refugia.state.model.value.objectives.map((o) => o.name)")
    rows = opened.run(ROWS)
    assert [row["id"] for row in rows] == table["id"].astype(str).tolist()
    for k, row in enumerate(rows):
        _, *cells, label, distance, origin = row["cells"]
        for (text, full), value in zip(cells, table.loc[k, names], strict=True):
            assert near(text, value), (text, value)
            assert float(full.replace(",", "")) == pytest.approx(value, rel=1e-12, abs=1e-12)
        assert label[0] == table["label"][k] == front.labels[k].value
        assert share(distance[0]) == pytest.approx(front.distance[k], abs=6e-4)
        assert origin[0].split()[0] == table["origin"][k]


def test_the_whole_front_is_told_as_far_as_it_is_proven(show, run):
    opened, front = show(run), run.front
    see(opened, "v=about")
    text = opened.page.locator("main").inner_text()
    rows = dict(re.findall(r"^(proven|within gap|found)\s+(\d+)\b", text, re.M))
    counted = {label: sum(one.value == label for one in front.labels) for label in LABELS}
    assert {label: int(rows.get(label, 0)) for label in LABELS} == counted
    sentences = opened.page.locator("main .sentence").all_inner_texts()
    assert sentences and str(len(front)) in sentences[0]


def test_means_and_tails_over_scenarios_are_those_of_the_stored_scenarios(show, finished):
    table = stored(finished, "scenarios")
    table = table[table["set"] == "own"]
    p = table[table["id"] == 1]["probability"].to_numpy()
    opened = show(finished)
    for measure in ("unserved", "minutes"):
        values = table.pivot(index="id", columns="scenario", values=measure)[table["scenario"].unique()].to_numpy()
        see(opened, f"v=robustness&e={measure}&c=1,3,6")
        mine = values[[0, 2, 5]]
        expected = {"mean": mine @ p, "cvar": cvar_value(mine, p, 0.9), "worst": mine.max(axis=1)}
        for name, wanted in expected.items():
            cells = opened.page.locator(f"[data-number={name}]")
            told = cells.evaluate_all("all => all.map((c) => [c.textContent, c.title])")
            assert [float(full.replace(",", "")) for _, full in told] == pytest.approx(wanted, rel=1e-4, abs=1e-9)
            assert all(near(text, value, 5) for (text, _), value in zip(told, wanted, strict=True))
    # the objective over scenarios is the mean of what is stored for each
    unserved = table.assign(w=table["unserved"] * table["probability"]).groupby("id")["w"].sum()
    assert unserved.to_numpy() == pytest.approx(finished.front.points[:, 1])


def test_decisions_are_those_of_the_plans_table(show, run):
    told, table = show(run).run(MODEL), stored(run, "plans")
    assert set(table["value"]) == {1.0}
    for a, taken in enumerate(told["taken"], start=1):
        wanted = {tuple(element.split("|")) for element in table[table["id"] == a]["element"]}
        assert {tuple(pair) for pair in taken} == wanted


def test_what_an_alternative_prepares_is_told_by_the_names_of_the_plans_table(show, finished):
    opened, table = show(finished), stored(finished, "plans")
    titles = dict(
        opened.run(
            "() => { const [s] = refugia.state.model.value.layers; return s.ids.map((v, k) => [v, s.titles[k]]); }"
        )
    )
    kinds = {"refuge": "Refuge for hours", "stay": "Stay for days"}
    see(opened, "v=explore&a=1")
    opened.page.locator(".prepared summary").click()
    for a in (1, 4, 6):
        see(opened, f"v=explore&a={a}")
        mine = [element.split("|") for element in table[table["id"] == a]["element"]]
        told = opened.page.locator(".prepared dl > div").evaluate_all(
            "all => all.map((d) => ['dt', 'dd'].map((part) => d.querySelector(part).textContent.trim()))"
        )
        assert told == [
            [f"{label} ({len(here)})", ", ".join(titles[place] for place in here) or "none"]
            for kind, label in kinds.items()
            for here in [[place for place, which in mine if which == kind]]
        ]
    opened.page.locator(".prepared summary").click()


def test_the_classes_of_land_in_the_table_below_the_map_are_counted_from_the_parcels(show, land_front):
    opened, parcels = show(land_front), stored(land_front, "parcels")
    see(opened, "v=explore&a=3")
    opened.page.locator(".prepared summary").click()
    mine = parcels[parcels["id"] == 3]
    names = opened.run("() => refugia.state.model.value.layers[0].kinds.map((k) => k.name)")
    cells = opened.page.locator(".prepared tbody tr").evaluate_all(
        "all => all.map((r) => [...r.querySelectorAll('td')].map((c) => c.textContent))"
    )
    for name, (number, fresh, *_) in zip(names, cells, strict=False):
        assert int(number) == int((mine["class"] == name).sum())
        assert int(fresh) == int(((mine["class"] == name) & mine["changed"]).sum())
    opened.page.locator(".prepared summary").click()


def test_suggestions_are_those_of_the_suggestions_table_in_both_languages(show, run):
    opened, table = show(run), stored(run, "suggestions")
    for lang, button in (("zh", "中文"), ("en", "English")):
        see(opened, "v=explore")
        opened.page.get_by_role("button", name=button).click()
        opened.page.locator(f"html[lang={'zh-Hans' if lang == 'zh' else 'en'}]").wait_for(state="attached")
        told = opened.page.locator(".suggestions li button").evaluate_all(
            "all => all.map((b) => [b.querySelector('b').textContent, b.querySelector('.title').textContent.trim(),"
            " b.querySelector('.reason').textContent.trim()])"
        )
        wanted = [
            [str(row["id"]), f"{row[f'title_{lang}']} {row['id']}", row[f"reason_{lang}"]]
            for _, row in table.iterrows()
        ]
        assert told == wanted
