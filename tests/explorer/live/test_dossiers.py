"""Dossiers from the server: the same as the command writes, for those who may ask, while all else goes on."""

from __future__ import annotations

import html
import re
import shutil
import threading
from urllib.parse import urlencode

import pytest

from solver.dossier import dossier
from solver.explorer.live.requests import LONGEST_NOTE
from solver.explorer.live.server import LiveServer
from solver.fronts.run import FrontRun
from tests.explorer.live.conftest import Caller, wait


def asking(**asked: str) -> str:
    return f"/api/dossier?{urlencode(asked)}"


@pytest.fixture(scope="module")
def ask(few, tmp_path_factory):
    """One server for all of this file."""
    server = LiveServer(shutil.copytree(few.folder, tmp_path_factory.mktemp("written") / "town"))
    server.start()
    yield Caller(server)
    server.close()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_is_what_the_command_writes(ask, few, lang):
    note = "<b>seen</b> & 同意"
    reply = ask("GET", asking(id="2", lang=lang, quick="1", note=note))
    assert reply.status == 200 and reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert reply.headers["Content-Disposition"] == 'attachment; filename="alternative-2.html"'
    assert reply.text == dossier(few, "2", lang, quick=True, note=note).html()


def test_with_reasons_it_takes_longer_and_says_how_far_it_is(ask, few):
    seen, replies = [], []
    asked = threading.Thread(target=lambda: replies.append(ask("GET", asking(id="3", lang="en"))))
    asked.start()
    while asked.is_alive():
        seen.append(ask("GET", "/api/dossier/progress").told)
    assert replies[0].text == dossier(few, "3", "en").html()
    assert {told.get("stage") for told in seen} & {"loading", "writing", "reasons"}
    assert ask("GET", "/api/dossier/progress").told == {}


def test_an_alternative_found_live_has_one_too(ask, few):
    cost = few.front.points[:, 0]
    high = float(cost.min() + 0.4 * (cost.max() - cost.min()))
    site, title = next(iter(ask.server.known.forceable["sites"][0].items()))
    asked = {"limits": {"cost": [None, high]}, "force": {f"sites|{site}": 0}}
    job = ask("POST", "/api/jobs", asked).told["id"]
    found = ask.until(job, "done", "failed")
    assert found["added"], found["sentences"]
    text = ask("GET", asking(id=found["alternative"], lang="en", quick="1")).text
    words = html.unescape(re.sub(r"<[^>]+>", " ", text))
    assert f"only among plans that keep to this: {title} is not used" in words
    assert found["sentences"][0]["en"] in words
    # the command reads the same from beside the run
    run = FrontRun.load(ask.server.folder)
    assert text == dossier(run, found["alternative"], "en", quick=True).html()
    refused = ask("GET", asking(id="L99", lang="zh"))
    assert refused.status == 422 and refused.told["faults"][0]["zh"].endswith(f"1 – 3, {found['alternative']}")


@pytest.mark.parametrize(
    "asked, word",
    [
        ({"id": "99"}, "1 – 3"),
        ({"id": ""}, "1 – 3"),
        ({"id": "../1"}, "1 – 3"),
        ({"id": "1", "lang": "de"}, "en or zh"),
        ({"id": "1", "note": "x" * (LONGEST_NOTE + 1)}, str(LONGEST_NOTE)),
    ],
)
def test_what_cannot_be_written_is_refused_in_words(ask, asked, word):
    reply = ask("GET", asking(**asked))
    assert reply.status == 422 and word in reply.told["faults"][0]["en"]


def test_nobody_without_the_token_or_from_elsewhere_gets_one(ask):
    path = asking(id="1", lang="en", quick="1")
    assert ask("GET", path, X_Token=None).status == 403
    assert ask("GET", f"{path}&token={ask.server.token}", X_Token=None).status == 403
    assert ask("GET", path, Host="example.org").status == 403
    assert ask("GET", path, Origin="http://example.org").status == 403
    assert ask("GET", path, Sec_Fetch_Site="cross-site").status == 403
    assert ask("GET", "/api/dossier/progress", X_Token=None).status == 403
    assert ask("POST", path, {}).status == 404


def test_nothing_else_waits_for_it_and_it_ends_with_the_server(start, monkeypatch):
    monkeypatch.setattr("solver.explorer.live.dossiers.WRITER", "tests.explorer.live.slow_writer")
    ask, replies = start(), []
    asked = [
        threading.Thread(target=lambda: replies.append(ask("GET", asking(id="1", lang="en")).status)) for _ in range(4)
    ]
    for one in asked:
        one.start()
    wait(lambda: ask("GET", "/api/dossier/progress").told.get("done") == 1)
    assert ask("GET", "/api/info").status == 200
    # one is written and three wait: there is no room for another
    wait(lambda: ask.server.dossiers._room._value == 0)
    assert ask("GET", asking(id="1", lang="en")).status == 429
    writer = ask.server.dossiers._writer
    ask.server.close()
    assert writer.poll() is not None
    for one in asked:
        one.join(20)
    assert not any(one.is_alive() for one in asked) and 200 not in replies


def test_a_process_that_dies_is_said_and_the_next_one_is_another(start, monkeypatch, few):
    monkeypatch.setattr("solver.explorer.live.dossiers.WRITER", "tests.explorer.live.no_such_writer")
    ask = start()
    reply = ask("GET", asking(id="1", lang="en"))
    assert reply.status == 422 and "ended without an answer" in reply.told["faults"][0]["en"]
    monkeypatch.setattr("solver.explorer.live.dossiers.WRITER", "solver.explorer.live.writer")
    assert ask("GET", asking(id="1", lang="en", quick="1")).status == 200
