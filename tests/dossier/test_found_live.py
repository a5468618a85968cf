"""A dossier of an alternative that a live solve added: the front itself says what it must tell."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from instances.schema import InstanceError
from solver.command.main import app
from solver.dossier import dossier
from solver.explorer.known import digest
from solver.explorer.live.store import Store
from solver.explorer.live.worker import packed
from solver.fronts.parcels import Parcels
from solver.fronts.run import FrontRun
from tests.dossier.test_dossier import section, words_of

TWIN = 1
"""Position of the alternative whose plan stands in for one that was found later."""


@pytest.fixture
def kept(finished, tmp_path):
    """A copy of a run with two live solves beside it; the first one added a plan that the front has too."""
    site = finished.asked.instance.sites.site.label(0)
    return _kept(finished, tmp_path, {"limits": {"cost": [None, 1e6]}, "goals": {}, "force": {f"sites|{site}": 0}})


def _kept(finished, tmp_path, wish):
    run = replace(finished, folder=shutil.copytree(finished.folder, tmp_path / "town"))
    front = run.front
    x = np.asarray(front.plans[[TWIN]].toarray())[0]
    store = Store.beside(run.folder, digest(front))
    job = {
        "id": "1",
        "state": "done",
        "wish": wish,
        "alternative": "L1",
        "added": True,
        "sentences": [{"en": "A sentence of the answer.", "zh": "答复中的一句。"}],
        "addition": {"id": "L1", "label": 2, "distance": 0.0125, "verified": None},
        "plan": packed(x),
    }
    store.save(job)
    store.save({"id": "2", "state": "failed", "wish": wish, "addition": None, "plan": None})
    return run


def test_it_tells_what_the_front_tells_of_the_same_plan(kept):
    found, same = dossier(kept, "L1"), dossier(kept, str(TWIN + 1))
    for key in ("places", "reasons"):
        assert section(found, key).tables == section(same, key).tables
        assert section(found, key).items == section(same, key).items
    one, other = section(found, "futures"), section(same, "futures")
    assert one.tables[0].rows == other.tables[0].rows and one.sentences == other.sentences
    values, of_same = section(found, "values").tables[0].rows, section(same, "values").tables[0].rows
    assert [row[:4] for row in values] == [row[:4] for row in of_same]
    assert found.sections[0].sentences[:-1] == same.sections[0].sentences[:-1]
    assert found.title == "Alternative L1" and "beside the" in found.subtitle


def test_on_land_it_tells_what_the_front_tells_of_the_same_plan(land_front, tmp_path):
    parcel = land_front.asked.instance.land.parcel.label(3)
    run = _kept(land_front, tmp_path, {"limits": {}, "goals": {}, "force": {f"land|{parcel}": 0}})
    found, same = dossier(run, "L1"), dossier(run, str(TWIN + 1))
    for key in ("land", "changes"):
        assert section(found, key).tables == section(same, key).tables
        assert section(found, key).sentences == section(same, key).sentences
    one, other = section(found, "futures"), section(same, "futures")
    assert one.tables[0].rows == other.tables[0].rows and one.sentences == other.sentences
    assert found.sections[0].sentences[:-1] == same.sections[0].sentences[:-1]
    words = " ".join(section(found, "proof").sentences)
    kind = Parcels.of(run.front, run.asked).title(0, "en")
    assert f"{parcel} becomes {kind[:1].upper()}{kind[1:]}." in words


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_was_settled_stands_where_it_says_how_sure_it_is(kept, lang):
    proof = section(dossier(kept, "L1", lang, quick=True), "proof")
    words = " ".join((*proof.sentences, *proof.items))
    sites = kept.asked.instance.sites
    title = str(sites.title[0]) or sites.site.label(0)
    only = {"en": f"only among plans that keep to this: {title} is not used.", "zh": f"成立：禁选{title}。"}
    assert only[lang] in words
    assert {"en": "1.25 % of the range", "zh": "量程的 1.25 %"}[lang] in words
    assert {"en": "A sentence of the answer.", "zh": "答复中的一句。"}[lang] in words
    assert {"en": "Cost at most 1,000,000", "zh": "费用不超过 1,000,000"}[lang] in words


def test_unknown_ones_are_named_with_all_that_there_are(kept):
    with pytest.raises(InstanceError, match=rf"L7.*1 – {len(kept.front)}, L1$"):
        dossier(kept, "L7")


@pytest.mark.parametrize("damage", ["value", "place", "text", "break"])
def test_what_does_not_stand_up_is_refused(kept, damage):
    path = kept.folder.with_name("town.explored") / "1.json"
    told = json.loads(path.read_text("utf-8"))
    plan = told["job"]["plan"]
    if damage == "value":
        plan["value"] = plan["value"][1:]
    elif damage == "place":
        plan["at"][-1] = 10**9
    elif damage == "text":
        plan["value"][0] = "much"
    else:
        plan["value"] = [-5.0 * v for v in plan["value"]]
    path.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(InstanceError, match="L1 cannot be used"):
        dossier(kept, "L1")


def test_results_of_another_front_are_not_taken_for_this_one(kept):
    path = kept.folder.with_name("town.explored") / "1.json"
    path.write_text(path.read_text("utf-8").replace(digest(kept.front), "0" * 16), encoding="utf-8")
    with pytest.raises(InstanceError, match="alternative L1: there is none"):
        dossier(kept, "L1")


def test_the_command_writes_it_beside_those_of_the_front(kept, tmp_path):
    out = tmp_path / "out"
    ended = CliRunner().invoke(app, ["dossier", str(kept.folder), "L1", "2", "--quick", "--out", str(out)])
    assert ended.exit_code == 0, ended.output
    assert sorted(path.name for path in out.iterdir()) == ["alternative-2.html", "alternative-L1.html"]
    assert "Alternative L1" in words_of((out / "alternative-L1.html").read_text("utf-8"))
    assert len(FrontRun.load(kept.folder).front) == len(kept.front)
