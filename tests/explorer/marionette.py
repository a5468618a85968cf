"""Firefox without a driver: its own remote protocol (Marionette) over a socket.

A message is its length in bytes, a colon, and JSON: ``[0, id, command, parameters]`` there, ``[1, id, error, result]``
back.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

FIREFOX = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)


class Firefox:
    """A headless Firefox with one page."""

    def __init__(self, folder: Path, patience: float = 60.0) -> None:
        profile = folder / "profile"
        profile.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        quiet = {
            "marionette.port": port,
            "app.update.enabled": False,
            "datareporting.policy.dataSubmissionEnabled": False,
        }
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in quiet.items()]
        (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
        call = [str(FIREFOX), "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
        self.process = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.count = 0
        try:
            self.socket = self._connected(port, time.monotonic() + patience)
            self.socket.settimeout(patience)
            self._received()  # it introduces itself first
            self.ask("WebDriver:NewSession", {"strictFileInteractability": True})
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    def _connected(self, port: int, until: float) -> socket.socket:
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=5)
            except OSError:
                if time.monotonic() > until or self.process.poll() is not None:
                    raise
                time.sleep(0.2)

    def _received(self) -> Any:
        head = b""
        while not head.endswith(b":"):
            head += self._bytes(1)
        return json.loads(self._bytes(int(head[:-1])))

    def _bytes(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            part = self.socket.recv(count - len(found))
            if not part:
                raise ConnectionError("Firefox closed the connection")
            found += part
        return found

    def ask(self, command: str, given: dict[str, Any]) -> Any:
        """The answer to a command."""
        self.count += 1
        text = json.dumps([0, self.count, command, given]).encode()
        self.socket.sendall(str(len(text)).encode() + b":" + text)
        _, number, error, result = self._received()
        assert number == self.count
        if error:
            raise RuntimeError(f"{command}: {error['error']}: {error['message']}")
        return result

    def open(self, address: str) -> None:
        """Go to a page."""
        self.ask("WebDriver:Navigate", {"url": address})

    def run(self, script: str) -> Any:
        """What the body of a function returns in the page."""
        return self.ask("WebDriver:ExecuteScript", {"script": script, "args": []})["value"]

    def close(self) -> None:
        """End it."""
        try:
            self.ask("Marionette:Quit", {"flags": ["eForceQuit"]})
        except (OSError, RuntimeError, ConnectionError):
            pass
        finally:
            self.socket.close()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
