"""The queue over HTTP: with the real solver, and with a stand-in that takes as long as it is told to."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from solver.explorer.blocks import unblock
from solver.explorer.contents import content_of, teller
from solver.explorer.live.jobs import WAITING_AT_MOST
from solver.explorer.live.worker import unpacked
from solver.fronts.run import FrontRun
from tests.explorer.live.conftest import wait

WISH = {"gap": 0.0, "seconds": 60}


def limit(few: FrontRun, share: float) -> float:
    cost = few.front.points[:, 0]
    return float(cost.min() + share * np.ptp(cost))


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # one that nobody has waited for yet is over too
    return (
        Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z" if Path("/proc").exists() else False
    )


# -- with the real solver --------------------------------------------------------------------------------------------


def test_a_wish_is_told_with_progress_and_ends_in_an_alternative_that_fits_the_page(start, few):
    ask = start()
    high = limit(few, 0.4)
    job = ask("POST", "/api/jobs", {**WISH, "limits": {"cost": [None, high]}}).told["id"]
    events = ask.events(job)
    kinds = [kind for _, kind, _ in events]
    assert kinds[-2:] == ["alternative", "done"] and "progress" in kinds
    assert [n for n, _, _ in events] == sorted({n for n, _, _ in events})
    addition, done = events[-2][2]["addition"], events[-1][2]
    assert done["alternative"] == addition["id"] == f"L{job}" and done["added"]
    content = content_of(few, every=True)
    assert len(addition["values"]) == len(content.objectives) and addition["values"][0] <= high + 1e-6
    plan = ask.server.jobs._jobs[job].plan
    x = unpacked(plan, few.asked.matrix.shape[1])
    told = teller(few)
    import scipy.sparse as sp

    row = sp.csr_array(x[None, :])
    assert np.allclose(addition["values"], told.values(row)[0])
    for layer, mine in zip(content.layers, told.layers(row), strict=True):
        sent = addition["layers"][layer.name]
        assert unblock(sent["chosen"]).tolist() == mine.decisions.chosen[0].astype(int).tolist()
        assert unblock(sent["chosen"]).size == layer.decisions.chosen.shape[1]
    for measure in content.futures.measures:
        values = unblock(addition["measures"][measure.name])
        assert values.shape == measure.values.shape[1:]
    unserved = unblock(addition["measures"]["unserved"]) @ content.futures.probability
    assert unserved == pytest.approx(addition["values"][1], abs=1e-6)


def test_the_same_wish_again_names_the_alternative_that_is_there(start, few):
    ask = start()
    wish = {**WISH, "limits": {"cost": [None, limit(few, 0.4)]}}
    first = ask.until(ask("POST", "/api/jobs", wish).told["id"], "done", "failed")
    second = ask.until(ask("POST", "/api/jobs", wish).told["id"], "done", "failed")
    assert first["added"] and not second["added"]
    assert second["alternative"] == first["alternative"] and second["addition"] is None


def test_a_wish_without_a_plan_fails_in_words_with_values_within_reach(start, few):
    ask = start()
    job = ask("POST", "/api/jobs", {**WISH, "limits": {"cost": [None, -5.0]}}).told["id"]
    told = ask.until(job, "done", "failed")
    assert told["state"] == "failed" and told["nearest"]["cost"] == pytest.approx(0.0, abs=1e-6)
    assert "No plan does this: Cost at most -5 EUR." in told["sentences"][0]["en"]
    assert "费用" in told["sentences"][0]["zh"]


def test_a_server_that_starts_again_knows_what_was_answered(start, few, folder):
    ask = start()
    wish = {**WISH, "limits": {"cost": [None, limit(few, 0.4)]}}
    before = ask.until(ask("POST", "/api/jobs", wish).told["id"], "done")
    ask.server.close()
    again = start()
    assert again("GET", f"/api/jobs/{before['id']}").told == before
    assert [kind for _, kind, _ in again.events(before["id"])] == ["alternative", "done"]
    # and the plan itself is known, not only its numbers
    second = again.until(again("POST", "/api/jobs", wish).told["id"], "done")
    assert second["alternative"] == before["alternative"] and second["id"] != before["id"]


def test_a_front_that_was_made_again_is_not_asked_for_the_page_of_the_old_one(start, every, folder):
    ask = start()
    ask.until(ask("POST", "/api/jobs", {"seconds": 20}).told["id"], "done")
    ask.server.jobs._end_worker()
    shutil.rmtree(folder)
    shutil.copytree(every.folder, folder)
    told = ask.until(ask("POST", "/api/jobs", WISH).told["id"], "done", "failed")
    assert told["state"] == "failed" and "made again" in told["sentences"][0]["en"]


# -- with a stand-in -------------------------------------------------------------------------------------------------


def test_one_wish_is_worked_on_while_others_wait_their_turn(start, slow):
    ask = start()
    ids = [ask("POST", "/api/jobs", {"seconds": 1}).told["id"] for _ in range(3)]
    most = 0
    for _ in range(400):
        states = [job["state"] for job in ask("GET", "/api/jobs").told["jobs"]]
        most = max(most, states.count("running"))
        if states == ["done"] * 3:
            break
    assert most == 1
    assert [ask.until(k, "done")["state"] for k in ids] == ["done"] * 3


def test_a_wish_too_many_is_refused_in_words(start, slow):
    ask = start()
    ask.until(ask("POST", "/api/jobs", {"seconds": 60}).told["id"], "running")
    assert [ask("POST", "/api/jobs", {"seconds": 60}).status for _ in range(WAITING_AT_MOST)] == [201] * WAITING_AT_MOST
    reply = ask("POST", "/api/jobs", {})
    assert reply.status == 429 and str(WAITING_AT_MOST) in reply.told["faults"][0]["zh"]


def running_pid(ask, job: str) -> int:
    return wait(lambda: (ask("GET", f"/api/jobs/{job}").told["progress"] or {}).get("pid"))


def test_cancelling_ends_the_process_and_the_next_wish_is_answered(start, slow):
    ask = start()
    job = ask("POST", "/api/jobs", {"seconds": 600}).told["id"]
    pid = running_pid(ask, job)
    later = ask("POST", "/api/jobs", {"seconds": 1}).told["id"]
    assert ask("DELETE", f"/api/jobs/{job}").status == 204
    assert gone(pid)
    assert ask("GET", f"/api/jobs/{job}").told["state"] == "cancelled"
    assert ask.events(job)[-1][1] == "cancelled"
    assert ask.until(later, "done")["state"] == "done"


def test_cancelling_what_waits_leaves_what_runs_alone(start, slow):
    ask = start()
    first, second = (ask("POST", "/api/jobs", {"seconds": 2}).told["id"] for _ in range(2))
    pid = running_pid(ask, first)
    assert ask("DELETE", f"/api/jobs/{second}").status == 204
    assert not gone(pid) and ask.until(first, "done")["state"] == "done"
    assert ask("GET", f"/api/jobs/{second}").told["state"] == "cancelled"


def test_a_job_that_is_over_can_be_forgotten_and_stays_so(start, slow, folder):
    ask = start()
    job = ask("POST", "/api/jobs", {"seconds": 1}).told["id"]
    ask.until(job, "done")
    assert ask("DELETE", f"/api/jobs/{job}").status == 204 and ask("GET", f"/api/jobs/{job}").status == 404
    ask.server.close()
    assert start()("GET", "/api/jobs").told["jobs"] == []


def test_a_process_that_dies_is_said_so_and_replaced(start, slow):
    ask = start()
    job = ask("POST", "/api/jobs", {"seconds": 1, "gap": 0.5}).told["id"]
    told = ask.until(job, "failed", "done")
    assert told["state"] == "failed" and "ended without an answer" in told["sentences"][0]["en"]
    assert ask.until(ask("POST", "/api/jobs", {"seconds": 1}).told["id"], "done")


def test_listeners_go_on_behind_the_event_that_they_heard_last(start, slow):
    ask = start()
    job = ask("POST", "/api/jobs", {"seconds": 1}).told["id"]
    events = ask.events(job)
    last = events[-1][0]
    assert ask.events(job, Last_Event_ID=str(last - 1)) == events[-1:]
    assert ask.events(job, Last_Event_ID=str(last)) == []


def test_what_ran_when_the_server_ended_is_interrupted_and_says_so(start, slow, folder):
    ask = start()
    first, second = (ask("POST", "/api/jobs", {"seconds": 600}).told["id"] for _ in range(2))
    pid = running_pid(ask, first)
    ask.server.close()
    assert gone(pid)
    again = start()
    for job in (first, second):
        told = again("GET", f"/api/jobs/{job}").told
        assert told["state"] == "interrupted" and told["wish"]["seconds"] == 600
        assert again.events(job)[-1][1] == "interrupted"
    assert again("POST", "/api/jobs", {"seconds": 1}).told["id"] not in (first, second)


def test_what_ran_when_the_server_was_killed_is_interrupted_too(start, slow, folder):
    ask = start()
    job = ask("POST", "/api/jobs", {"seconds": 600}).told["id"]
    ask.until(job, "running")
    # a server that is killed writes nothing more: what it has written by then is what the next one finds
    kept = json.loads((ask.server.store.folder / f"{job}.json").read_text("utf-8"))
    assert kept["job"]["state"] == "waiting" and kept["digest"] == ask.server.digest
    assert start()("GET", f"/api/jobs/{job}").told["state"] == "interrupted"


def test_results_of_another_front_and_broken_files_are_left_alone(start, slow, folder):
    beside = folder.with_name("town.explored")
    beside.mkdir()
    (beside / "7.json").write_text(json.dumps({"digest": "another", "job": {"id": "7", "state": "done"}}))
    (beside / "8.json").write_text("{")
    (beside / "notes.txt").write_text("mine")
    ask = start()
    assert ask("GET", "/api/jobs").told["jobs"] == []
    assert ask("POST", "/api/jobs", {"seconds": 1}).told["id"] == "9"
    assert {p.name for p in beside.iterdir()} == {"7.json", "8.json", "9.json", "notes.txt"}


SERVE = """
import sys
import solver.explorer.live.jobs as jobs
from solver.explorer.live.server import serve
jobs.WORKER = "tests.explorer.live.slow_worker"
serve(sys.argv[1], announce=lambda text: print(text, flush=True), open_browser=False)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for child processes in /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_process_is_left_when_the_server_ends(folder, how):
    root = Path(__file__).parents[3]
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(folder)], stdout=subprocess.PIPE, text=True, cwd=root, encoding="utf-8"
    )
    try:
        lines = [server.stdout.readline(), server.stdout.readline()]
        assert "http://127.0.0.1:" in lines[1] and "token=" in lines[1]
        children = wait(lambda: children_of(server.pid))
        server.send_signal(how)
        rest = server.stdout.read()
        assert server.wait(20) == (0 if how == signal.SIGINT else -signal.SIGKILL)
        assert ("town.explored" in rest) is (how == signal.SIGINT)
        assert wait(lambda: all(gone(pid) for pid in children))
    finally:
        if server.poll() is None:
            server.kill()
        server.stdout.close()


def children_of(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(path.parent.name))
    return found
