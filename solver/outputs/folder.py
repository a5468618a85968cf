"""A folder that appears complete or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from instances.schema import InstanceError

MANIFEST = "manifest.json"
LOCK = ".lock"


class FolderError(InstanceError):
    """The results cannot be written there; the message says why and what to do."""


def may_fill(target: Path, *, replace: bool) -> None:
    """Raise a FolderError unless nothing is at ``target``, or a run that may be replaced."""
    what = f"Cannot write to {target}"
    if not os.path.lexists(target):
        above = next(p for p in target.absolute().parents if os.path.lexists(p))
        if not above.is_dir():
            raise FolderError(what, [f"{above} is a file; choose another --out"])
        if not os.access(above, os.W_OK):
            raise FolderError(what, [f"no permission to write to {above}; choose another --out"])
        return
    if not target.is_dir():
        raise FolderError(what, ["is a file; choose another --out"])
    if not any(target.iterdir()):
        return
    if not (target / MANIFEST).is_file():
        raise FolderError(what, ["is a folder with other things in it; choose another --out"])
    if not replace:
        raise FolderError(what, ["a run is there already; replace it with --force, or go on from it with --resume"])


@contextmanager
def filling(target: Path) -> Iterator[Path]:
    """A folder to write to; when the block ends well it becomes ``target``, else everything is as before.

    The folder lies beside the target. If the process is killed it stays behind, and is removed by the next run to the
    same target; a lock tells it from that of a run which is still going on.
    """
    target = target.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{target.name}.part-"
    for old in target.parent.glob(f"{prefix}*"):
        _remove_if_left_behind(old)
    draft = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
    with (draft / LOCK).open("w") as lock:
        _locked(lock)
        try:
            yield draft
            (draft / LOCK).unlink()
            # mkdtemp keeps others out; a result is for everybody whom the user's mask lets in.
            mask = os.umask(0)
            os.umask(mask)
            draft.chmod(0o777 & ~mask)
            _put(draft, target)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise


def _put(draft: Path, target: Path) -> None:
    if not target.exists():
        os.replace(draft, target)
        return
    # A folder cannot be replaced in one step: set it aside, and put it back if the second step fails.
    former = Path(tempfile.mkdtemp(prefix=f".{target.name}.part-", dir=target.parent)) / "former"
    os.replace(target, former)
    try:
        os.replace(draft, target)
    except BaseException:
        os.replace(former, target)
        raise
    finally:
        if target.exists():
            shutil.rmtree(former.parent, ignore_errors=True)


def _locked(lock: IO[str]) -> bool:
    """Take the lock; False if somebody else holds it, or this system has no such locks."""
    try:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True


def _remove_if_left_behind(folder: Path) -> None:
    if (folder / "former" / MANIFEST).exists():
        return  # a run that was set aside when the machine stopped: somebody may still want it
    try:
        with (folder / LOCK).open("r+") as lock:
            if not _locked(lock):
                return
            shutil.rmtree(folder, ignore_errors=True)
    except FileNotFoundError:
        return  # just being made by another run
