"""What a browser may ask of the server, and what it is refused."""

from __future__ import annotations

import hmac
import json
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from solver.explorer.live.dossiers import DossierError
from solver.explorer.live.jobs import BusyError
from solver.explorer.live.wish import WishError, both, read_wish
from solver.words import LANGUAGES, say

if TYPE_CHECKING:
    from solver.explorer.live.server import LiveServer

LARGEST = 256 * 1024
"""Bytes of a wish."""

LONGEST_NOTE = 4_000
"""Signs of a note that a dossier takes over; it travels in the address."""

HEARTBEAT = 10.0
"""Seconds without news after which a stream says that it is alive."""

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Handler(BaseHTTPRequestHandler):
    """One connection of a browser."""

    server: LiveServer
    server_version = "refugia"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 60

    # -- requests ------------------------------------------------------------------------------------------------

    def do_GET(self) -> None:
        """The page, what there is, one job, its events, or a dossier."""
        parts = self._let_in()
        if parts is None:
            return
        jobs = self.server.jobs
        if parts == [""]:
            self._send(200, self.server.page, "text/html; charset=utf-8")
        elif parts == ["api", "info"]:
            self._tell(200, self.server.info)
        elif parts == ["api", "jobs"]:
            self._tell(200, {"jobs": jobs.told()})
        elif parts == ["api", "dossier"]:
            self._dossier()
        elif parts == ["api", "dossier", "progress"]:
            self._tell(200, self.server.dossiers.progress)
        elif parts[:2] == ["api", "jobs"] and len(parts) in (3, 4) and (job := jobs.one(parts[2])) is not None:
            if len(parts) == 3:
                self._tell(200, job)
            elif parts[3] == "events":
                self._stream(parts[2])
            else:
                self._nothing()
        else:
            self._nothing()

    def do_POST(self) -> None:
        """A new wish."""
        parts = self._let_in()
        if parts is None:
            return
        if parts != ["api", "jobs"]:
            self._nothing()
            return
        body = self._body()
        if body is None:
            return
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            self._tell(422, {"faults": [both("live.fault.json")]})
            return
        known = self.server.known
        try:
            job = self.server.jobs.submit(read_wish(told, known, also=self.server.jobs.names()))
        except WishError as error:
            self._tell(422, {"faults": error.faults})
        except BusyError as error:
            self._tell(429, {"faults": [both("live.busy", waiting=error.args[0])]})
        except OSError as error:
            self._tell(500, {"faults": [both("live.solver failed", message=str(error))]})
        else:
            self._tell(201, job.told())

    def do_DELETE(self) -> None:
        """Cancel a job, or forget one that is over."""
        parts = self._let_in()
        if parts is None:
            return
        if parts[:2] == ["api", "jobs"] and len(parts) == 3 and self.server.jobs.cancel(parts[2]):
            self._send(204, b"", "")
        else:
            self._nothing()

    # -- who may come in -----------------------------------------------------------------------------------------

    def _let_in(self) -> list[str] | None:
        """Parts of the path; None where the request was refused, and told so."""
        url = urlsplit(self.path)
        parts = url.path.removeprefix("/").split("/")
        names = {f"127.0.0.1:{self.server.port}", f"localhost:{self.server.port}"}
        origin = self.headers.get("Origin")
        foreign = origin is not None and origin not in {f"http://{name}" for name in names}
        cross = self.headers.get("Sec-Fetch-Site", "same-origin") in ("cross-site", "same-site") and parts[0] == "api"
        if self.headers.get("Host") not in names or foreign or cross:
            self._refuse(403, "forbidden")
            return None
        api = parts[0] == "api"
        given = self.headers.get("X-Token", "") if api else next(iter(parse_qs(url.query).get("token", [])), "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self.server.token.encode()):
            if api:
                self._refuse(403, "the token is missing or wrong")
            else:
                text = "\n".join(say("live.no token", lang) for lang in LANGUAGES)
                self._refuse(403, text)
            return None
        return parts

    def _body(self) -> bytes | None:
        """What was posted; None where it was refused, and told so."""
        kind = (self.headers.get("Content-Type") or "").split(";")[0].strip().lower()
        length = self.headers.get("Content-Length") or ""
        if kind != "application/json":
            self._refuse(415, "only application/json")
        elif not length.isdecimal() or self.headers.get("Transfer-Encoding"):
            self._refuse(411, "the length is missing")
        elif int(length) > LARGEST:
            self._refuse(413, f"at most {LARGEST} bytes")
        else:
            return self.rfile.read(int(length))
        return None

    # -- answers -------------------------------------------------------------------------------------------------

    def _stream(self, job: str) -> None:
        """Events as the browser's event streams have them (https://html.spec.whatwg.org/#server-sent-events)."""
        last = self.headers.get("Last-Event-ID") or "0"
        after = int(last) if last.isdecimal() else 0
        self.close_connection = True
        self._head(200, {"Content-Type": "text/event-stream; charset=utf-8", "Connection": "close"})
        for event in self.server.jobs.events(job, after, HEARTBEAT):
            if event is None:
                text = ": still here\n\n"
            else:
                number, kind, data = event
                text = f"id: {number}\nevent: {kind}\ndata: {json.dumps(data, allow_nan=False)}\n\n"
            self.wfile.write(text.encode("utf-8"))
            self.wfile.flush()

    def _dossier(self) -> None:
        """The dossier of one alternative: ``?id=L3&lang=zh``, perhaps with ``&quick=1`` and ``&note=``."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        name, lang, note = (asked.get(k, usual) for k, usual in (("id", ""), ("lang", self.server.lang), ("note", "")))
        faults = [both("live.fault.lang", name=lang)] if lang not in LANGUAGES else []
        faults += [both("live.fault.note", most=LONGEST_NOTE)] if len(note) > LONGEST_NOTE else []
        if faults:
            self._tell(422, {"faults": faults})
            return
        try:
            page = self.server.dossiers.write(name, lang, quick=asked.get("quick") == "1", note=note)
        except DossierError as error:
            self._tell(422, {"faults": [dict.fromkeys(LANGUAGES, fault) for fault in error.faults]})
        except BusyError as error:
            self._tell(429, {"faults": [both("live.busy dossiers", waiting=error.args[0])]})
        else:
            plain = "".join(c for c in name if c.isascii() and c.isalnum())
            saved = {"Content-Disposition": f'attachment; filename="alternative-{plain}.html"'}
            self._send(200, page.encode("utf-8"), "text/html; charset=utf-8", saved)

    def _tell(self, status: int, told: Any) -> None:
        text = json.dumps(told, ensure_ascii=False, allow_nan=False)
        self._send(status, text.encode("utf-8"), "application/json; charset=utf-8")

    def _nothing(self) -> None:
        self._refuse(404, "there is nothing here")

    def _refuse(self, status: int, why: str) -> None:
        # what was sent along is not read, so the connection cannot go on
        self.close_connection = True
        self._send(status, (why + "\n").encode("utf-8"), "text/plain; charset=utf-8", {"Connection": "close"})

    def _send(self, status: int, body: bytes, kind: str, more: dict[str, str] | None = None) -> None:
        about = {"Content-Type": kind} if kind else {}
        length = {} if status == 204 else {"Content-Length": str(len(body))}
        self._head(status, {**about, **length, **(more or {})})
        self.wfile.write(body)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse in a plain word what is no request that is known here."""
        self._refuse(code, message or "refused")

    def log_message(self, format: str, *args: Any) -> None:
        """Addresses carry the token, so none is written anywhere."""
