"""The process that writes dossiers for the page: reads the run once, then writes one dossier a line.

Lines are JSON. In: ``{"id", "lang", "quick", "note"}``. Out: ``{"event", ...}``; the last one of a dossier is ``done``
or ``failed``. It is apart from the process that answers wishes, so that neither waits for the other, and ends when
nobody writes to it any more.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from solver.explorer.live.worker import listen

if TYPE_CHECKING:
    from solver.events import Event
    from solver.fronts.run import FrontRun


def main(folder: str, digest: str) -> int:
    """Write dossiers of alternatives of the front in a folder until the input ends.

    Parameters
    ----------
    digest
        Of the front that the page shows; another one that has taken its place is not told about.
    """
    from instances.schema import InstanceError

    # whatever else writes to the output must not be taken for an answer
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    waiting: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=listen, args=(sys.stdin, waiting), daemon=True).start()

    def say(event: str, **rest: Any) -> None:
        out.write(json.dumps({"event": event, **rest}, ensure_ascii=False, allow_nan=False) + "\n")
        out.flush()

    run: FrontRun | None = None
    while True:
        asked = json.loads(waiting.get())
        try:
            say("progress", stage="loading")
            run = _run(folder, digest) if run is None else run
            say("done", html=written(run, asked, lambda event: _tell(say, event)))
        except InstanceError as error:
            say("failed", faults=list(error.faults) or [str(error)])
        except Exception as error:
            say("failed", faults=[f"{type(error).__name__}: {error}"])


def _run(folder: str, digest: str) -> FrontRun:
    from solver.explorer import known
    from solver.fronts.run import FrontRun

    run = FrontRun.load(Path(folder))
    if digest and (run.front is None or known.digest(run.front) != digest):
        raise ValueError("the front was made again since the page was; end the server and start it again")
    return run


def written(run: FrontRun, asked: dict[str, Any], sink: Any) -> str:
    """The dossier that was asked for, as HTML."""
    from solver.dossier import dossier

    return dossier(run, asked["id"], asked["lang"], note=asked["note"], quick=asked["quick"], sink=sink).html()


def _tell(say: Any, event: Event) -> None:
    if event.stage == "reasons" and event.total:
        say("progress", stage="reasons", done=event.done, total=event.total)
    elif event.stage != "reasons":
        say("progress", stage="writing")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
