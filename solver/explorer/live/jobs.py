"""Wishes in a queue, answered one at a time by a process of their own; who listens hears of them as they go on."""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from solver.explorer.live.child import child
from solver.explorer.live.store import Store
from solver.explorer.live.wish import Wish, both

WAITING_AT_MOST = 8
"""Wishes that may wait."""

KEPT = ("id", "state", "wish", "created", "sentences", "nearest", "alternative", "added", "gap", "addition", "plan")
"""What is kept of a job when the server ends."""

ENDED = frozenset({"done", "failed", "cancelled", "interrupted"})
WORKER = "solver.explorer.live.worker"


class BusyError(Exception):
    """Too many wishes are waiting."""


@dataclass(eq=False)
class Job:
    """A wish and what has become of it.

    Attributes
    ----------
    state
        ``waiting``, ``running``, ``done``, ``failed``, ``cancelled``, or ``interrupted`` when the server ended first.
    events
        What listeners are told, numbered; of progress only the latest is kept.
    """

    id: str
    wish: dict[str, Any]
    state: str = "waiting"
    created: str = ""
    sentences: list[dict[str, str]] = field(default_factory=list)
    nearest: dict[str, float] | None = None
    alternative: str | None = None
    added: bool = False
    gap: float | None = None
    addition: dict[str, Any] | None = None
    plan: dict[str, Any] | None = None
    progress: dict[str, Any] | None = None
    events: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)
    count: int = 0

    @property
    def name(self) -> str:
        """Id of the alternative that it may add."""
        return f"L{self.id}"

    def told(self, *, whole: bool = False) -> dict[str, Any]:
        """What the page is told; the alternative itself only with ``whole``."""
        found = {n: getattr(self, n) for n in KEPT if n not in ("addition", "plan")} | {"progress": self.progress}
        return found | ({"addition": self.addition} if whole else {})

    def kept(self) -> dict[str, Any]:
        """What is written to disk."""
        return {name: getattr(self, name) for name in KEPT}

    def note(self, event: str, data: dict[str, Any]) -> None:
        """Add an event for listeners."""
        self.count += 1
        if event == "progress":
            self.events = [e for e in self.events if e[1] != "progress"]
        self.events.append((self.count, event, data))

    def note_end(self) -> None:
        """Add the last event."""
        if self.addition is not None:
            self.note("alternative", {"addition": self.addition})
        self.note(self.state, self.told())


class Jobs:
    """The queue of a front, and the process that works it off.

    Parameters
    ----------
    folder
        Of the run; the worker reads it for itself.
    """

    def __init__(self, folder: Path, store: Store) -> None:
        self._folder, self._store = folder.absolute(), store
        self._changed = threading.Condition()
        self._jobs: dict[str, Job] = {}
        self._worker: subprocess.Popen[str] | None = None
        self._closed = False
        self._next = store.next_number()
        for told in store.load():
            job = Job(**{name: told[name] for name in KEPT if name in told})
            if job.state not in ENDED:
                job.state, job.sentences = "interrupted", [both("live.interrupted")]
                store.save(job.kept())
            job.note_end()
            self._jobs[job.id] = job
        self._thread = threading.Thread(target=self._work, name="refugia-jobs", daemon=True)

    def start(self) -> None:
        """Begin to work; the front is read before somebody asks."""
        with self._changed:
            self._begin_worker()
        self._thread.start()

    def close(self) -> None:
        """End everything; what runs is marked as interrupted."""
        with self._changed:
            self._closed = True
            for job in self._jobs.values():
                if job.state not in ENDED:
                    self._end(job, "interrupted", sentences=[both("live.interrupted")])
            self._end_worker()
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(5.0)

    # -- what the page asks --------------------------------------------------------------------------------------

    def submit(self, wish: Wish) -> Job:
        """Put a wish into the queue.

        Raises
        ------
        BusyError
            If too many are waiting.
        """
        with self._changed:
            waiting = sum(job.state == "waiting" for job in self._jobs.values())
            if waiting >= WAITING_AT_MOST or self._closed:
                raise BusyError(waiting)
            job = Job(str(self._next), wish.to_dict(), created=datetime.now(UTC).isoformat(timespec="seconds"))
            self._next += 1
            self._store.save(job.kept())
            self._jobs[job.id] = job
            self._changed.notify_all()
            return job

    def cancel(self, name: str) -> bool:
        """End a job that is not over, whatever it does; forget one that is over. False if there is none."""
        with self._changed:
            job = self._jobs.get(name)
            if job is None:
                return False
            if job.state in ENDED:
                del self._jobs[name]
                self._store.forget(name)
                self._changed.notify_all()
                return True
            running = job.state == "running"
            self._end(job, "cancelled")
            if running:
                self._end_worker()
                # the next one is read while the reader thinks
                self._begin_worker()
            self._changed.notify_all()
            return True

    def told(self) -> list[dict[str, Any]]:
        """All jobs, in the order they were asked."""
        with self._changed:
            return [job.told() for job in self._jobs.values()]

    def one(self, name: str) -> dict[str, Any] | None:
        """One job with its alternative; None if there is none."""
        with self._changed:
            job = self._jobs.get(name)
            return None if job is None else job.told(whole=True)

    def names(self) -> set[str]:
        """Ids of the alternatives that were added."""
        with self._changed:
            return {job.name for job in self._jobs.values() if job.addition is not None}

    def events(self, name: str, after: int, heartbeat: float) -> Iterator[tuple[int, str, dict[str, Any]] | None]:
        """Events of a job behind number ``after`` until it is over; None every ``heartbeat`` seconds without one."""
        while True:
            with self._changed:
                job = self._jobs.get(name)
                if job is None or self._closed:
                    return
                found = [event for event in job.events if event[0] > after]
                over = job.state in ENDED
                if not found and not over and not self._changed.wait(heartbeat):
                    found = []
                    silent = True
                else:
                    silent = False
            if silent:
                yield None
                continue
            for event in found:
                after = event[0]
                yield event
            if over:
                return

    # -- the worker ----------------------------------------------------------------------------------------------

    def _begin_worker(self) -> subprocess.Popen[str]:
        if self._worker is not None and self._worker.poll() is not None:
            self._end_worker()
        if self._worker is None:
            self._worker = child(WORKER, self._folder, self._store.digest)
            assert self._worker.stdin is not None
            self._worker.stdin.write("{}\n")
            self._worker.stdin.flush()
        return self._worker

    def _end_worker(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            self._worker.wait()
            # it is gone, so who reads what it says has come to the end
            for pipe in (self._worker.stdin, self._worker.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError, ValueError):
                        pipe.close()
            self._worker = None

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._closed and not any(job.state == "waiting" for job in self._jobs.values()):
                    self._changed.wait()
                if self._closed:
                    return
                job = next(job for job in self._jobs.values() if job.state == "waiting")
                job.state = "running"
                job.note("progress", {"stage": "loading", "elapsed": 0.0})
                self._changed.notify_all()
                worker = self._begin_worker()
                later = [
                    {"id": other.name, "plan": other.plan} for other in self._jobs.values() if other.plan is not None
                ]
                asked = {"job": job.id, "name": job.name, "wish": job.wish, "later": later}
            self._listen(job, worker, asked)

    def _listen(self, job: Job, worker: subprocess.Popen[str], asked: dict[str, Any]) -> None:
        """Hand a wish to the worker and take in what it says, until the job is over."""
        assert worker.stdin is not None and worker.stdout is not None
        try:
            worker.stdin.write(json.dumps(asked) + "\n")
            worker.stdin.flush()
            for line in worker.stdout:
                told = json.loads(line)
                if told["job"] not in ("", job.id):
                    continue
                with self._changed:
                    if job.state != "running":
                        return
                    self._take(job, told)
                    self._changed.notify_all()
                    if job.state != "running":
                        return
        except (OSError, ValueError):
            pass  # it was ended, or it died
        with self._changed:
            if job.state == "running":
                self._end(job, "failed", sentences=[both("live.worker died")])
                self._end_worker()
                self._changed.notify_all()

    def _take(self, job: Job, told: dict[str, Any]) -> None:
        data = {name: value for name, value in told.items() if name not in ("job", "event")}
        if told["event"] == "progress":
            data["message"] = both(f"live.stage.{data['stage']}") if data["stage"] else {}
            job.progress = data
            job.note("progress", data)
        elif told["event"] == "alternative":
            job.addition, job.plan = data["addition"], data["plan"]
        elif told["event"] in ("done", "failed"):
            self._end(job, told["event"], **data)

    def _end(self, job: Job, state: str, **data: Any) -> None:
        job.state, job.progress = state, None
        for name, value in data.items():
            setattr(job, name, value)
        if state != "done":
            job.addition = job.plan = None
        job.note_end()
        # a full disk must not end the queue; the page has the answer all the same
        with contextlib.suppress(OSError):
            self._store.save(job.kept())
