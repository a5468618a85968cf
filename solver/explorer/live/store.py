"""What was asked and answered, in a folder beside the run, so that nothing is lost when the server ends.

One file a job, ``<run>.explored/<number>.json``, written whole or not at all. Each carries the digest of the front:
those of another front stay where they are, and are not read.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solver.outputs.folder import FolderError

SUFFIX = ".explored"


@dataclass(frozen=True)
class Store:
    """The folder of results of one front.

    Attributes
    ----------
    digest
        Of the front.
    """

    folder: Path
    digest: str

    @classmethod
    def beside(cls, run: Path, digest: str) -> Store:
        """The folder beside a run, made where it is missing.

        Raises
        ------
        FolderError
            If it cannot be written to.
        """
        found = cls.of(run, digest)
        folder = found.folder
        try:
            folder.mkdir(exist_ok=True)
            probe = folder / ".probe"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise FolderError(f"Cannot write to {folder}", [error.strerror or str(error)]) from error
        return found

    @classmethod
    def of(cls, run: Path, digest: str) -> Store:
        """The folder beside a run to read from, whether it is there or not."""
        return cls(run.absolute().with_name(run.absolute().name + SUFFIX), digest)

    def load(self) -> Iterator[dict[str, Any]]:
        """Jobs of this front in the order they were asked; a file that cannot be read is passed over."""
        numbered = [p for p in self.folder.glob("*.json") if p.stem.isdigit()]
        for path in sorted(numbered, key=lambda p: int(p.stem)):
            try:
                told = json.loads(path.read_text("utf-8"))
                if told["digest"] == self.digest and isinstance(told["job"]["id"], str):
                    yield told["job"]
            except (ValueError, KeyError, TypeError, OSError):
                continue

    def next_number(self) -> int:
        """A number that no file has, of whatever front."""
        return max((int(p.stem) for p in self.folder.glob("*.json") if p.stem.isdigit()), default=0) + 1

    def save(self, job: dict[str, Any]) -> None:
        """Write a job in place of what is known of it."""
        target = self.folder / f"{job['id']}.json"
        draft = target.with_name(f".{target.name}.part")
        text = json.dumps({"digest": self.digest, "job": job}, ensure_ascii=False, allow_nan=False)
        try:
            draft.write_text(text + "\n", encoding="utf-8", newline="\n")
            os.replace(draft, target)
        finally:
            draft.unlink(missing_ok=True)

    def forget(self, job: str) -> None:
        """Remove a job."""
        with contextlib.suppress(FileNotFoundError):
            (self.folder / f"{job}.json").unlink()
