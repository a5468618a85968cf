from __future__ import annotations

import http.client
import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from solver.explorer.live.answer import Desk
from solver.explorer.live.server import LiveServer
from solver.explorer.live.worker import room_of
from solver.fronts.run import FrontRun, perform_front
from tests.fronts.conftest import town_study
from tests.instances.tiny import tiny_instance

PATIENCE = 60.0


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> FrontRun:
    """Three plans of a town that has many more; tests must not change its folder."""
    folder = tmp_path_factory.mktemp("live") / "town"
    return perform_front(town_study(points=3, gap=0.3), folder, built=tiny_instance(demand=5, sites=4))


@pytest.fixture(scope="session")
def every(tmp_path_factory: pytest.TempPathFactory) -> FrontRun:
    """All plans of that town between which only a weighing decides."""
    folder = tmp_path_factory.mktemp("live") / "every"
    return perform_front(town_study(gap=0.0), folder, built=tiny_instance(demand=5, sites=4))


@pytest.fixture
def desk(few: FrontRun) -> Desk:
    return room_of(str(few.folder))[0]


@pytest.fixture
def folder(few: FrontRun, tmp_path: Path) -> Path:
    """A copy of the run with room beside it."""
    return Path(shutil.copytree(few.folder, tmp_path / "town"))


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def told(self) -> Any:
        return json.loads(self.text)


@dataclass
class Caller:
    """Asks a server as the page does, unless told otherwise."""

    server: LiveServer
    usual: dict[str, str] = field(default_factory=dict)

    def __call__(
        self, method: str, path: str, told: Any = None, *, body: bytes | None = None, **headers: str | None
    ) -> Reply:
        port = self.server.port
        sent = {"Host": f"127.0.0.1:{port}", "X-Token": self.server.token}
        sent |= {"Content-Type": "application/json"} if told is not None or body is not None else {}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in {**sent, **named}.items() if value is not None}
        data = json.dumps(told).encode() if told is not None else body
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            line.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            if data is not None and "Content-Length" not in sent:
                sent["Content-Length"] = str(len(data))
            for name, value in sent.items():
                line.putheader(name, value)
            line.endheaders(data if data is not None and len(data) < 200_000 else None)
            answer = line.getresponse()
            return Reply(answer.status, dict(answer.getheaders()), answer.read().decode())
        finally:
            line.close()

    def events(self, job: str, **headers: str) -> list[tuple[int, str, Any]]:
        """All events of a job until it is over."""
        found = []
        for block in self("GET", f"/api/jobs/{job}/events", **headers).text.split("\n\n"):
            told = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
            if told:
                found.append((int(told["id"]), told["event"], json.loads(told["data"])))
        return found

    def until(self, job: str, *states: str) -> Any:
        """The job once it is in one of the states."""
        return wait(lambda: next((j for j in [self("GET", f"/api/jobs/{job}").told] if j["state"] in states), None))


def wait(found: Callable[[], Any]) -> Any:
    """What a question comes to, asked until it is answered."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if (answer := found()) is not None and answer is not False:
            return answer
        time.sleep(0.02)
    raise AssertionError("nothing came of it in time")


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., Caller]]:
    """Start servers of the copied run."""
    running: list[LiveServer] = []

    def begin(**options: Any) -> Caller:
        server = LiveServer(folder, **options)
        running.append(server)
        server.start()
        return Caller(server)

    yield begin
    for server in running:
        server.close()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solve with a process that takes as long as it is told to."""
    monkeypatch.setattr("solver.explorer.live.jobs.WORKER", "tests.explorer.live.slow_worker")
