"""The process that answers wishes: reads a front once, then one wish a line, and tells what it finds a line at a time.

Lines are JSON. In: ``{"job", "name", "wish", "later": [{"id", "plan"}]}``. Out: ``{"job", "event", ...}``; the last
one of a job is ``done``, ``failed``. It ends when nobody writes to it any more, whatever it does at the moment, so that
no process is left behind by a server that was killed. To cancel a wish, end the process.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

if TYPE_CHECKING:
    from solver.explorer.contents import Teller
    from solver.explorer.live.answer import Desk

PAUSE = 0.25
"""Seconds between two lines about the progress of one stage."""

Say = Callable[..., None]


def main(folder: str, digest: str) -> int:
    """Answer wishes about the front in a folder until the input ends.

    Parameters
    ----------
    digest
        Of the front that the page shows; another one that has taken its place is not asked.
    """
    # whatever else writes to the output must not be taken for an answer
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    waiting: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=listen, args=(sys.stdin, waiting), daemon=True).start()
    room: tuple[Desk, Teller] | None = None
    while True:
        line = waiting.get()
        if not line:  # the front is read before anybody asks
            continue
        asked = json.loads(line)

        def say(event: str, job: str = asked.get("job", ""), **rest: Any) -> None:
            out.write(json.dumps({"job": job, "event": event, **rest}, ensure_ascii=False, allow_nan=False) + "\n")
            out.flush()

        try:
            if room is None:
                say("progress", stage="loading", elapsed=0.0)
                room = room_of(folder, digest)
            if "wish" in asked:
                _perform(*room, asked, say)
                if room[0].left_running:
                    os._exit(0)  # the next wish gets a process of its own
        except Exception as error:
            from solver.explorer.live.wish import both

            message = f"{type(error).__name__}: {error}"
            say("failed", sentences=[both("live.solver failed", message=message)])


def listen(lines: TextIO, waiting: SimpleQueue[str]) -> None:
    """Hand on lines as they come, and end the process when there are no more."""
    for line in lines:
        waiting.put(line.strip())
    os._exit(0)


def room_of(folder: str, digest: str = "") -> tuple[Desk, Teller]:
    """What is kept between wishes about the front in a folder, and who tells what plans come to.

    Raises
    ------
    ValueError
        If a digest is given and the front has another.
    """
    import scipy.sparse as sp

    from solver.explorer import known
    from solver.explorer.contents import teller
    from solver.explorer.live.answer import Desk
    from solver.explorer.naming import begun, named
    from solver.fronts.run import FrontRun

    run = FrontRun.load(Path(folder))
    told = teller(run)
    front = run.front
    assert front is not None
    if digest and known.digest(front) != digest:
        raise ValueError("the front was made again since the page was; end the server and start it again")
    few = sp.csr_array(front.plans[[0]])
    ids = [str(k + 1) for k in range(len(front))]
    labels = [begun(named("objective", name)) for name in front.names]
    return Desk(run.asked, front, sp.csr_array(front.plans), ids, told.layers(few), labels), told


def _perform(desk: Desk, told: Teller, asked: dict[str, Any], say: Say) -> None:
    from solver.explorer.live.addition import addition_of
    from solver.explorer.live.answer import Refusal, answer
    from solver.explorer.live.wish import Wish

    for plan in asked["later"]:
        if plan["id"] not in desk.ids:
            desk.learn(plan["id"], unpacked(plan["plan"], desk.asked.matrix.shape[1]))
    given = asked["wish"]
    force = {tuple(key.split("|", 1)): what for key, what in given["force"].items()}
    wish = Wish(
        {name: (low, high) for name, (low, high) in given["limits"].items()},
        given["goals"],
        {(layer, feature): what for (layer, feature), what in force.items()},
        given["start"],
        given["seconds"],
        given["gap"],
    )
    began, last = time.monotonic(), ("", -1.0)

    def tell(stage: str, known: dict[str, Any]) -> None:
        nonlocal last
        elapsed = time.monotonic() - began
        if stage == last[0] and elapsed - last[1] < PAUSE:
            return
        last = stage, elapsed
        say("progress", stage=stage, elapsed=elapsed, share=min(0.99, elapsed / wish.seconds), **known)

    found = answer(desk, wish, tell)
    sentences = [dict(s) for s in found.sentences]
    if isinstance(found, Refusal):
        say("failed", sentences=sentences, nearest=found.nearest)
        return
    if found.known is not None:
        say("done", alternative=found.known, added=False, gap=found.gap, sentences=sentences)
        return
    tell("results", {})
    name = asked["name"]
    say("alternative", addition=addition_of(found, told, name, asked["job"]), plan=packed(found.x))
    desk.learn(name, found.x)
    say("done", alternative=name, added=True, gap=found.gap, sentences=sentences)


def packed(x: np.ndarray) -> dict[str, list[float]]:
    """A plan as plain data: which columns are not 0, and their values."""
    at = np.flatnonzero(x)
    return {"at": at.tolist(), "value": x[at].tolist()}


def unpacked(told: dict[str, Any], columns: int) -> np.ndarray:
    """The plan that :func:`packed` was given."""
    x = np.zeros(columns)
    x[np.array(told["at"], int)] = told["value"]
    return x


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
