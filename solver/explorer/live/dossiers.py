"""Dossiers for the page, written one at a time by a process of their own that keeps the run at hand."""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from solver.explorer.live.child import child
from solver.explorer.live.jobs import BusyError
from solver.words import say

WRITER = "solver.explorer.live.writer"
WAITING_AT_MOST = 3
"""Dossiers that may wait behind the one that is written."""


class DossierError(Exception):
    """A dossier could not be written; names every fault in the language that was asked for."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class Dossiers:
    """Who writes dossiers of a run.

    Parameters
    ----------
    folder
        Of the run; the process reads it for itself when the first dossier is asked for.
    digest
        Of its front.
    """

    def __init__(self, folder: Path, digest: str) -> None:
        self._folder, self._digest = folder.absolute(), digest
        self._turn, self._room = threading.Lock(), threading.BoundedSemaphore(1 + WAITING_AT_MOST)
        self._writer: subprocess.Popen[str] | None = None
        self._closed = False
        self.progress: dict[str, Any] = {}
        """What is known of the dossier that is written now: stage, done, total; empty if there is none."""

    def write(self, name: str, lang: str, *, quick: bool, note: str) -> str:
        """The dossier of an alternative as HTML.

        Raises
        ------
        DossierError
            If there is no such alternative, or the dossier could not be written.
        BusyError
            If too many are waiting.
        """
        if not self._room.acquire(blocking=False):
            raise BusyError(WAITING_AT_MOST)
        try:
            with self._turn:
                return self._written({"id": name, "lang": lang, "quick": quick, "note": note})
        finally:
            self.progress = {}
            self._room.release()

    def close(self) -> None:
        """End the process, whatever it does."""
        self._closed = True
        self._end()

    def _written(self, asked: dict[str, Any]) -> str:
        if self._closed:
            raise DossierError([say("live.dossier closed", asked["lang"])])
        writer = self._begun()
        assert writer.stdin is not None and writer.stdout is not None
        try:
            writer.stdin.write(json.dumps(asked) + "\n")
            writer.stdin.flush()
            for line in writer.stdout:
                told = json.loads(line)
                if told["event"] == "progress":
                    self.progress = told
                elif told["event"] == "done":
                    return str(told["html"])
                else:
                    raise DossierError(told["faults"])
        except (OSError, ValueError):
            pass  # it was ended, or it died
        self._end()
        raise DossierError([say("live.dossier died", asked["lang"])])

    def _begun(self) -> subprocess.Popen[str]:
        if self._writer is not None and self._writer.poll() is not None:
            self._end()
        if self._writer is None:
            self._writer = child(WRITER, self._folder, self._digest)
        return self._writer

    def _end(self) -> None:
        writer, self._writer = self._writer, None
        if writer is None:
            return
        writer.kill()
        writer.wait()
        for pipe in (writer.stdin, writer.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError, ValueError):
                    pipe.close()
