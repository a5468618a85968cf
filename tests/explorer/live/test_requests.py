"""Who gets in, and what is refused: each wall of the server tried alone, all others being kept."""

from __future__ import annotations

import json
import shutil
import socket

import pytest

from instances.schema import InstanceError
from solver.explorer.live.requests import LARGEST
from solver.explorer.live.server import HOST, LiveServer, open_address
from tests.explorer.live.conftest import Caller


@pytest.fixture(scope="module")
def ask(few, tmp_path_factory):
    """One server for all of this file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("solver.explorer.live.jobs.WORKER", "tests.explorer.live.slow_worker")
        server = LiveServer(shutil.copytree(few.folder, tmp_path_factory.mktemp("asked") / "town"))
        server.start()
        yield Caller(server)
        server.close()


@pytest.fixture(autouse=True)
def nothing_asked(ask):
    """What is refused is no job; what is taken is done with."""
    yield
    for job in ask.server.jobs.told():
        ask.server.jobs.cancel(job["id"])
        ask.server.jobs.cancel(job["id"])


def test_the_page_opens_with_its_address_and_may_connect_to_its_own_server_only(ask):
    reply = ask("GET", ask.server.address.split(str(ask.server.port))[1], X_Token=None)
    assert reply.status == 200 and reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "connect-src 'self';" in reply.text and ask.server.token in reply.text
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Content-Security-Policy"] == "frame-ancestors 'none'"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    assert not any(name.lower().startswith("access-control") for name in reply.headers)


@pytest.mark.parametrize("path", ["/", "/?token=", "/?token=wrong", "/?Token={}", "/?token={}x", "/index.html"])
def test_the_page_is_refused_without_its_token_and_says_why(ask, path):
    reply = ask("GET", path.format(ask.server.token))
    assert reply.status == 403 and ask.server.token not in reply.text
    assert "refugia explore --serve" in reply.text and "令牌" in reply.text


@pytest.mark.parametrize("method, path", [("GET", "/api/info"), ("GET", "/api/jobs"), ("POST", "/api/jobs")])
@pytest.mark.parametrize("token", [None, "", "wrong", "ü"])
def test_the_interface_is_refused_without_the_token_in_its_header(ask, method, path, token):
    told = {} if method == "POST" else None
    named = None if token is None else token.encode("utf-8").decode("latin-1")
    reply = ask(method, f"{path}?token={ask.server.token}", told, X_Token=named)
    assert reply.status == 403 and ask.server.jobs.told() == []


@pytest.mark.parametrize(
    "host", [None, "example.org", "example.org:{}", "127.0.0.1", "127.0.0.1.example.org:{}", "0:{}"]
)
def test_a_foreign_name_that_points_here_gets_nothing(ask, host):
    named = host and host.format(ask.server.port)
    for path in ("/api/info", f"/?token={ask.server.token}"):
        assert ask("GET", path, Host=named).status == 403


def test_the_own_names_are_let_in(ask):
    for name in ("127.0.0.1", "localhost"):
        own = f"{name}:{ask.server.port}"
        assert ask("GET", "/api/info", Host=own, Origin=f"http://{own}").status == 200


@pytest.mark.parametrize("origin", ["http://example.org", "null", "https://127.0.0.1:{}", "http://127.0.0.1:1"])
def test_another_origin_gets_nothing(ask, origin):
    assert ask("POST", "/api/jobs", {}, Origin=origin.format(ask.server.port)).status == 403
    assert ask.server.jobs.told() == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_request_that_the_browser_says_comes_from_elsewhere_gets_nothing(ask, site):
    assert ask("GET", "/api/info", Sec_Fetch_Site=site).status == 403


def test_no_other_origin_is_ever_told_that_it_may_ask(ask):
    reply = ask("OPTIONS", "/api/jobs", Origin="http://example.org", Access_Control_Request_Method="POST")
    assert reply.status >= 400
    assert not any(name.lower().startswith("access-control") for name in reply.headers)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_taken(ask, kind):
    assert ask("POST", "/api/jobs", {}, Content_Type=kind).status == 415


def test_a_body_that_is_too_large_is_refused_before_it_is_read(ask):
    assert ask("POST", "/api/jobs", body=b"", Content_Length=str(LARGEST + 1)).status == 413
    assert ask("POST", "/api/jobs", body=b"", Content_Length="99999999999999999999").status == 413


@pytest.mark.parametrize("length", ["-1", "x", "1e3", None])
def test_a_body_without_a_length_is_refused(ask, length):
    headers = {"Content_Length": length} if length else {"Transfer_Encoding": "chunked"}
    assert (
        ask(
            "POST", "/api/jobs", body=None if length is None else b"", **headers, Content_Type="application/json"
        ).status
        == 411
    )


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 100_000, b""])
def test_what_is_no_json_is_refused_in_words(ask, body):
    reply = ask("POST", "/api/jobs", body=body, Content_Length=str(len(body)))
    assert reply.status == 422 and "JSON" in reply.told["faults"][0]["en"]


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/x", "/api/jobs/1", "/api/jobs/1/events", "/api/jobs/../info", "/api/jobs/%2e%2e/x"]
)
def test_what_is_not_there_is_not_found(ask, path):
    assert ask("GET", path).status == 404
    assert ask("DELETE", path).status == 404
    assert ask("POST", path, {}).status == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH", "TRACE", "CONNECT", "HEAD"])
def test_other_methods_are_refused(ask, method):
    assert ask(method, "/api/info").status in (403, 405, 501)


def test_every_fault_of_a_wish_is_named_at_once_in_both_languages(ask):
    wish = {
        "limits": {"cost": [3, 1], "beauty": [None, 1], "travel": [0, 1], "unserved": [None, "much"]},
        "goals": {"cost": "low", "unserved": True},
        "force": {"moon|1": 1, "sites|nowhere": 1, "sites": 1},
        "seconds": 0,
        "gap": 7,
        "colour": "red",
        "start": 3,
    }
    reply = ask("POST", "/api/jobs", wish)
    assert reply.status == 422 and ask.server.jobs.told() == []
    faults = reply.told["faults"]
    assert all(fault["en"] and fault["zh"] and fault["en"] != fault["zh"] for fault in faults)
    said = "\n".join(fault["en"] for fault in faults)
    for word in ("colour", "lower limit 3", "beauty", "travel", "pair of numbers", "moon", "nowhere", "seconds", "gap"):
        assert word in said, word
    assert len(faults) >= 11


@pytest.mark.parametrize("what", [2, -1, 0.5, "1", True, None])
def test_a_site_is_a_matter_of_one_or_zero(ask, few, what):
    site = ask.server.known.forceable["sites"][0]
    reply = ask("POST", "/api/jobs", {"force": {f"sites|{next(iter(site))}": what}})
    assert reply.status == 422 and "1 (must) or 0 (must not)" in reply.told["faults"][0]["en"]


@pytest.mark.parametrize(
    "given", ["[]", "3", "null", '{"limits": []}', '{"goals": 1}', '{"seconds": NaN}', '{"gap": 1e999}']
)
def test_wishes_of_the_wrong_shape_are_refused(ask, given):
    expected = 422 if given != '{"limits": []}' else 201  # an empty table of either kind asks for nothing
    assert ask("POST", "/api/jobs", body=given.encode(), Content_Length=str(len(given))).status == expected


def test_what_is_printed_for_a_job_is_what_was_asked(ask):
    wish = {"limits": {"cost": [None, 1e6]}, "goals": {"unserved": 5}, "seconds": 1, "gap": 0.02, "start": "2"}
    told = ask("POST", "/api/jobs", wish).told
    assert {name: told["wish"][name] for name in wish} == wish
    assert json.loads(ask("GET", "/api/info").text)["jobs"][0]["id"] == told["id"]


def test_it_listens_on_this_machine_alone(ask):
    assert ask.server.server_address[0] == HOST == "127.0.0.1"
    here = socket.gethostbyname(socket.gethostname())
    if here.startswith("127."):
        pytest.skip("this machine has no other address")
    with pytest.raises(OSError), socket.create_connection((here, ask.server.port), timeout=2):
        pass


def test_a_port_that_is_taken_is_said_in_words(ask, folder):
    with pytest.raises(InstanceError, match=f"Port {ask.server.port}"):
        LiveServer(folder, port=ask.server.port)


def test_tokens_differ_from_start_to_start(start, slow):
    assert len({start().server.token for _ in range(2)}) == 2


def test_the_browser_is_led_to_the_page_without_a_word_that_others_can_read(ask, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    path = open_address(ask.server)
    assert opened == [path.as_uri()] and ask.server.token not in opened[0]
    assert ask.server.address in path.read_text("utf-8") and path.stat().st_mode & 0o077 == 0
