"""A PostGIS server of one's own, started on loopback where Debian's packages are installed."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PASSWORD = "rosebud-1941"


@dataclass(frozen=True)
class Server:
    """How to reach the server, as its owner."""

    port: int
    user: str = "owner"
    password: str = PASSWORD

    def connection(self, database: str = "city", user: str | None = None, password: str | None = None) -> str:
        return f"postgresql://{user or self.user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def run(self, *statements: str, database: str = "city") -> None:
        import psycopg

        with psycopg.connect(self.connection(database), autocommit=True) as session:
            for statement in statements:
                session.execute(statement)

    def insert(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        import psycopg

        with psycopg.connect(self.connection()) as session, session.cursor() as cursor:
            cursor.executemany(statement, rows)


def programs() -> Path | None:
    """Folder of initdb and postgres that come with PostGIS."""
    for control in sorted(Path("/usr/share/postgresql").glob("*/extension/postgis.control"), reverse=True):
        found = Path("/usr/lib/postgresql") / control.parts[4] / "bin"
        if (found / "initdb").exists():
            return found
    return None


def unprivileged(folder: Path) -> list[str]:
    """What to put before a command: initdb refuses to run as root."""
    if os.geteuid() != 0:
        return []
    for name in ("postgres", "nobody"):
        try:
            who = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, who.pw_uid, who.pw_gid)
        for file in folder.iterdir():
            os.chown(file, who.pw_uid, who.pw_gid)
        return ["setpriv", f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}", "--clear-groups"]
    pytest.skip("no user postgres or nobody to run a server as")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    pytest.importorskip("psycopg", reason="reading PostGIS needs psycopg")
    binaries = programs()
    if binaries is None:
        pytest.skip("no PostGIS server to start: install postgresql-15-postgis-3")
    folder = Path(tempfile.mkdtemp(prefix="refugia-postgis-"))
    (folder / "password").write_text(PASSWORD)
    before = unprivileged(folder)
    data = folder / "data"
    silent: dict[str, Any] = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = None
    try:
        subprocess.run(
            [*before, binaries / "initdb", "-D", data, "-U", "owner", "--auth=scram-sha-256", "--encoding=UTF8",
             "--locale=C", f"--pwfile={folder / 'password'}", "--no-sync"],
            check=True, **silent,
        )  # fmt: skip
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        process = subprocess.Popen(
            [*before, binaries / "postgres", "-D", data, "-p", str(port), "-k", folder, "-h", "127.0.0.1",
             "-c", "fsync=off", "-c", "shared_buffers=16MB"],
            **silent,
        )  # fmt: skip
        found = Server(port)
        ready = [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
        for _ in range(60):
            if subprocess.run(ready, check=False, **silent).returncode == 0 or process.poll() is not None:
                break
            subprocess.run(["sleep", "0.25"], check=False)
        assert process.poll() is None, "the server did not start"
        found.run("CREATE DATABASE city", "CREATE DATABASE plain", database="postgres")
        found.run("CREATE EXTENSION postgis")
        yield found
    finally:
        if process is not None:
            process.terminate()
            process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)
