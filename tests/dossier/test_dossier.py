"""The dossier says what the front and its plans say, and nothing else."""

from __future__ import annotations

import html
import re
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from instances.schema import InstanceError
from solver.dossier import dossier, write_dossier
from solver.dossier.dossier import plan_of
from solver.dossier.printed import BROWSERS, print_pdf
from solver.dossier.reasons import opened, reasons, without
from solver.solve import solve
from solver.words import number, percent, significant


def words_of(text: str) -> str:
    body = re.sub(r"<(style|head)\b.*?</\1>", " ", text, flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def section(made, key):
    return next(s for s in made.sections if s.key == key)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_value_is_that_of_the_front(finished, lang):
    front = finished.front
    for at in (0, len(front) - 1):
        made = dossier(finished, str(at + 1), lang, quick=True)
        rows = section(made, "values").tables[0].rows
        for k, row in enumerate(rows[: len(front.names)]):
            assert row[1].startswith(significant(float(front.points[at, k])))
            assert row[2].startswith(significant(float(front.points[:, k].min())))
            better = int((front.points[:, k] < front.points[at, k] - 1e-9).sum())
            assert str(better + 1) in row[4]


def test_scenario_rows_are_those_of_the_stored_table(finished):
    stored = pd.read_parquet(finished.folder / "scenarios.parquet")
    at = 0
    mine = stored[(stored["set"] == "own") & (stored["id"] == at + 1)]
    table = section(dossier(finished, "1", quick=True), "futures").tables[0]
    assert sorted(row[4] for row in table.rows) == sorted(percent(v) for v in mine["share"])
    need = finished.asked.instance.effects.need.sum(axis=(0, 1))
    without_place = (mine["share"].to_numpy() * need) @ mine["probability"].to_numpy()
    assert table.foot[3] == number(without_place)


def test_places_are_those_that_the_plan_opens(finished):
    for at in range(len(finished.front)):
        plan = plan_of(finished, at)
        made = section(dossier(finished, str(at + 1), quick=True), "places")
        shown = [row[0] for table in made.tables for row in table.rows]
        assert sorted(shown) == sorted(plan.openings["title"])


def test_what_is_lost_without_a_place_is_what_a_new_solve_without_it_says(finished):
    """Another way to the same number: the whole program of the study, the first stage fixed, without that place."""
    asked, front = finished.asked, finished.front
    checked = 0
    for at in range(len(front)):
        x = front.plans[[at]]
        found = reasons(asked, x)
        if found is None:
            continue
        base = _least_unserved(asked, x)
        for k, site in enumerate(found.site):
            left = _least_unserved(asked, without(asked, x, int(site)))
            assert found.mean[k] == pytest.approx(left - base, abs=1e-4)
            assert found.worst[k] >= found.mean[k] - 1e-6
            checked += 1
    assert checked > 3


def _least_unserved(asked, x) -> float:
    matrix = asked.matrix
    span = matrix.columns["open"].span
    fixed = np.asarray(x.toarray())[0][span]
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    lower[span] = upper[span] = fixed
    found = solve(replace(matrix, lower=lower, upper=upper), {"unserved": 1.0}, gap=0.0)
    assert found.x is not None
    return float(found.value)


def test_a_plan_without_a_site_opens_nothing_there_and_the_rest_as_before(finished):
    asked, front = finished.asked, finished.front
    at = int(np.argmax([len(opened(asked, front.plans[[k]])) for k in range(len(front))]))
    x = front.plans[[at]]
    sites = opened(asked, x)
    assert len(sites) >= 2
    left = without(asked, x, int(sites[0]))
    assert set(opened(asked, left)) == set(sites) - {sites[0]}
    assert sp.csr_array(left).shape == x.shape


def test_unknown_alternatives_are_named(finished):
    with pytest.raises(InstanceError) as caught:
        dossier(finished, "99")
    assert "99" in str(caught.value)
    with pytest.raises(ValueError, match="lang"):
        dossier(finished, "1", "de")


def test_the_page_asks_for_nothing_and_holds_notes_and_data_as_text(finished, tmp_path):
    made = dossier(finished, "1", note="<script>alert(1)</script> seen & agreed", quick=True)
    text = write_dossier(made, tmp_path / "方案.html").read_text("utf-8")
    assert "default-src 'none'" in text
    assert "<script" not in text
    assert not re.search(r"""(?:src|href)=["'](?!data:|#)""", text)
    assert "<script>alert(1)</script> seen & agreed" in words_of(text)
    for part in (*finished.asked.instance.about.assumptions, *finished.asked.instance.about.sources):
        assert re.sub(r"\s+", " ", part) in words_of(text)


def test_a_dossier_of_land_tells_classes_parcels_and_scenarios(land_front):
    front, land = land_front.front, land_front.asked.instance.land
    areas = pd.read_parquet(land_front.folder / "areas.parquet")
    parcels = pd.read_parquet(land_front.folder / "parcels.parquet")
    for at in (0, len(front) - 1):
        made = dossier(land_front, str(at + 1))
        rows = section(made, "land").tables[0].rows
        mine = areas[areas["id"] == at + 1]
        assert [row[2] for row in rows] == [number(v, 1) for v in mine["hectares"]]
        changed = parcels[(parcels["id"] == at + 1) & parcels["changed"]]
        named = [row[0] for row in section(made, "changes").tables[0].rows]
        assert set(named) <= set(changed["parcel"])
        assert len(named) == min(60, len(changed))
        futures = section(made, "futures").tables
        assert len(futures[0].rows) == land.scenario.size


@pytest.mark.skipif(not any(map(shutil.which, BROWSERS)), reason="no browser to print with")
def test_the_dossier_prints_as_pdf(finished, tmp_path):
    page = write_dossier(dossier(finished, "1", quick=True), tmp_path / "one.html")
    content = print_pdf(page, tmp_path / "one.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) >= 2


def test_without_a_browser_the_error_says_what_to_do(finished, tmp_path, monkeypatch):
    monkeypatch.setattr("solver.dossier.printed.BROWSERS", ("no-such-browser",))
    with pytest.raises(InstanceError, match=r"open .*one\.html"):
        print_pdf(tmp_path / "one.html", tmp_path / "one.pdf")
