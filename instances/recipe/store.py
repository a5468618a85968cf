"""Results of steps on disk, by key. Safe to delete at any time, and for several processes at once.

    FOLDER/steps/ab/abcdef....step    one result with its books; written beside and renamed, so never half there
    FOLDER/files.json                 digests of files by path, size and time of change

An entry that cannot be read is as good as none. When the folder grows over its limit, the entries that were used
longest ago go.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from instances.recipe.codec import DamagedError, Registry, read
from instances.recipe.signature import file_digest

LIMIT = 8 * 2**30  # bytes
STALE = 86_400.0  # s; a draft older than this was left behind by a process that died
TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# Results of refugia build; may be deleted at any time.\n"


class Store:
    """A folder of results.

    Parameters
    ----------
    folder
        Made when something is written.
    limit
        Bytes that all entries together may take.
    """

    def __init__(self, folder: str | os.PathLike[str], limit: int = LIMIT) -> None:
        self.folder, self.limit = Path(folder), limit
        self._files: dict[str, list[Any]] | None = None

    def get(self, key: str, registry: Registry) -> Any:
        """The value stored under a key, or None."""
        path = self._path(key)
        try:
            value = read(path.read_bytes(), registry)
        except (OSError, DamagedError, MemoryError):
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return value

    def put(self, key: str, writing: Callable[[BinaryIO], None]) -> None:
        """Store what ``writing`` writes to a file; a full or read-only disk is no reason to stop a build."""
        path = self._path(key)
        with contextlib.suppress(OSError):
            self._prepare(path.parent)
            handle, draft = tempfile.mkstemp(prefix=".draft-", dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    writing(file)
                os.replace(draft, path)
            except BaseException:
                os.unlink(draft)
                raise
            self._evict(path)

    def file_digest(self, path: Path) -> str:
        """SHA-256 of a file, known again by its size and time of change.

        Raises
        ------
        OSError
            If it cannot be read.
        """
        known = self._known_files()
        place, state = str(path.absolute()), path.stat()
        now = [state.st_size, state.st_mtime_ns]
        if known.get(place, [])[:2] != now or len(known[place]) != 3:
            known[place] = [*now, file_digest(path)]
            # A file that is just being written may change again within the resolution of the clock.
            if time.time_ns() - state.st_mtime_ns > 2_000_000_000:
                self._keep_files(known)
        return str(known[place][2])

    def size(self) -> int:
        """Bytes of all entries."""
        return sum(size for _, size, _ in self._entries())

    def _path(self, key: str) -> Path:
        return self.folder / "steps" / key[:2] / f"{key}.step"

    def _prepare(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in (("CACHEDIR.TAG", TAG), (".gitignore", "*\n")):
            if not (self.folder / name).exists():
                (self.folder / name).write_text(text, "utf-8")

    def _entries(self) -> list[tuple[float, int, Path]]:
        """When it was used last, how large it is, and where, for every entry."""
        found = []
        for path in self.folder.glob("steps/*/*"):
            with contextlib.suppress(OSError):  # gone in the meantime
                state = path.stat()
                if path.suffix == ".step":
                    found.append((state.st_mtime, state.st_size, path))
                elif time.time() - state.st_mtime > STALE:
                    path.unlink()
        return sorted(found)

    def _evict(self, newest: Path) -> None:
        entries = self._entries()
        over = sum(size for _, size, _ in entries) - self.limit
        for _, size, path in sorted(entries, key=lambda entry: entry[2] == newest):
            if over <= 0:
                break
            path.unlink(missing_ok=True)
            over -= size

    def _known_files(self) -> dict[str, list[Any]]:
        if self._files is None:
            self._files = {}
            with contextlib.suppress(OSError, ValueError):
                content = json.loads((self.folder / "files.json").read_text("utf-8"))
                if isinstance(content, dict):
                    self._files = {k: v for k, v in content.items() if isinstance(v, list)}
        return self._files

    def _keep_files(self, known: dict[str, list[Any]]) -> None:
        with contextlib.suppress(OSError):
            self._prepare(self.folder)
            handle, draft = tempfile.mkstemp(prefix=".draft-", dir=self.folder)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(known, file, indent=0, sort_keys=True)
            os.replace(draft, self.folder / "files.json")
