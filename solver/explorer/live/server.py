"""The page of a front on an address of this machine, with new solves.

Nobody else gets in: the server listens on 127.0.0.1, its address carries a random token, and what runs in another page
of the same browser is told apart by the headers ``Host`` (a foreign name that was made to point here), ``Origin`` and
``X-Token`` (which no other page can send). Nothing is ever allowed to other origins.
"""

from __future__ import annotations

import math
import os
import secrets
import threading
import webbrowser
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from instances.schema import InstanceError
from solver.explorer.live.dossiers import Dossiers
from solver.explorer.live.jobs import Jobs
from solver.explorer.live.requests import Handler
from solver.explorer.live.store import Store
from solver.explorer.live.wish import GAP, SECONDS, USUAL_GAP, USUAL_SECONDS, Known
from solver.words import say

HOST = "127.0.0.1"
"""The only address; there is no option for another."""


LEAD = ".open.html"
"""File beside the results that leads a browser to the page."""


class LiveServer(ThreadingHTTPServer):
    """A front, its page and its queue.

    Attributes
    ----------
    token
        What a request has to bring.
    known
        What a wish may speak of.

    Raises
    ------
    InstanceError
        If the run cannot be used, its results cannot be kept beside it, or the port is taken.
    """

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, folder: Path | str, *, port: int = 0, lang: str = "en") -> None:
        from solver.explorer.contents import content_of
        from solver.explorer.page import page_text
        from solver.explorer.payload import payload
        from solver.fronts.run import FrontRun

        self.folder = Path(folder).absolute()
        run = FrontRun.load(self.folder)
        content = content_of(run, every=True)
        # what took the front long takes a single plan long as well
        took = 0.0 if run.front is None else math.ceil(run.front.seconds)
        self.usual_seconds = min(max(USUAL_SECONDS, took), SECONDS[1])
        self.token = secrets.token_urlsafe(32)
        self.known = Known.of(content)
        self.digest = content.about.digest
        self.page = page_text(payload(content, lang), live={"token": self.token}).encode("utf-8")
        self.store = Store.beside(self.folder, self.digest)
        self.lang = lang
        try:
            super().__init__((HOST, port), Handler)
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise InstanceError("The page cannot be served", [say("live.port", lang, port=port, why=why)]) from error
        self.jobs = Jobs(self.folder, self.store)
        self.dossiers = Dossiers(self.folder, self.digest)
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    @property
    def address(self) -> str:
        """The address to open, with the token."""
        return f"http://{HOST}:{self.port}/?token={self.token}"

    @property
    def info(self) -> dict[str, Any]:
        """What the page may ask for."""
        return {
            "digest": self.digest,
            "jobs": self.jobs.told(),
            "options": {
                "objectives": list(self.known.objectives),
                "layers": list(self.known.forceable),
                "seconds": list(SECONDS),
                "gap": list(GAP),
            },
            "defaults": {"seconds": self.usual_seconds, "gap": USUAL_GAP},
        }

    def start(self) -> None:
        """Serve in a thread of its own."""
        self.jobs.start()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.1,), name="refugia-server", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the queue, all processes and the server."""
        self.jobs.close()
        self.dossiers.close()
        if self._thread is not None:
            self.shutdown()
            self._thread.join(5.0)
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away in the middle of an answer is no error of ours."""


def open_address(server: LiveServer) -> Path:
    """Open the page in the reader's browser, by way of a file that nobody else may read.

    Others on the machine see what programs are started with, and the token must not be among that.
    """
    path = server.store.folder / LEAD
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(
            f'<!doctype html><meta http-equiv="refresh" content="0;url={server.address}"><title>Refugia</title>\n'
        )
    webbrowser.open(path.as_uri())
    return path


def serve(
    folder: Path | str,
    *,
    port: int = 0,
    lang: str = "en",
    announce: Callable[[str], None] = lambda text: None,
    open_browser: bool = True,
) -> None:
    """Serve the page of a front with live solves until Ctrl-C.

    Parameters
    ----------
    folder
        Of a front study.
    port
        0 for any that is free.
    announce
        Takes sentences for the reader, the address among them.
    open_browser
        Open the address in the reader's browser.

    Raises
    ------
    InstanceError
        See :class:`LiveServer`.
    """
    announce(say("live.reading", lang, folder=folder))
    server = LiveServer(folder, port=port, lang=lang)
    try:
        server.start()
        announce(say("live.address", lang, address=server.address))
        if open_browser:
            open_address(server)
        threading.Event().wait()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()
        (server.store.folder / LEAD).unlink(missing_ok=True)
    announce(say("live.ended", lang, folder=server.store.folder))
