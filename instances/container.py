"""An instance on disk: a folder ``NAME.refugia`` or a zip file with the same content.

    instance.json    schema version, about, index sets, parts, digests; a Data Package (version 2) descriptor
    arrays/*.npy     the data
    layers.gpkg      a view for people and QGIS, derived from the data, never read back and not part of the identity
    build/           how it was built (:mod:`instances.recipe.record`), if a recipe did; not part of the identity

Identity is the digest of the content (:mod:`instances.digest`), so zipping, copying, or opening the layers in QGIS
changes nothing.
"""

from __future__ import annotations

import json
import os
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from instances.instance import Instance
from instances.manifest import rebuilt, recorded
from instances.schema import InstanceError

RECORD, LAYERS, FOLDER, BUILD = "instance.json", "layers.gpkg", ".refugia", "build"
# Files beside a GeoPackage that QGIS leaves behind.
OURS = re.compile(rf"{re.escape(RECORD)}|{re.escape(LAYERS)}(-wal|-shm|-journal)?|arrays(/[^/]+\.npy)?|build(/.+)?")
COMPANION = re.compile(r"([A-Za-z0-9_-]+/)?[A-Za-z0-9_-]+\.(json|md|parquet)")
DAMAGED_ZIP = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError,
    LookupError, OverflowError,
)  # fmt: skip


def save(
    instance: Instance,
    path: str | os.PathLike[str],
    *,
    overwrite: bool = False,
    layers: bool = True,
    beside: Mapping[str, bytes] | None = None,
) -> Path:
    """Write an instance to a folder, or to a zip file if ``path`` ends in ``.zip``.

    Everything is written beside the target first and renamed when complete, so nothing half-written is ever found
    there, and an instance that was there stays if writing fails.

    Parameters
    ----------
    path
        ``.refugia`` is added to a name that ends in neither ``.refugia`` nor ``.zip``. Missing folders on the way are
        made.
    overwrite
        Replace an instance that is there. Anything else is never replaced.
    layers
        Write ``layers.gpkg`` too; instances without a CRS have none.
    beside
        Files about the build, by name; :func:`companions` gives them back.

    Returns
    -------
    Path
        The folder or file written.

    Raises
    ------
    InstanceError
        If something is there that may not be replaced.
    OSError
        If the disk is full or may not be written to.
    """
    target = saveable(path, overwrite=overwrite)
    record, files = recorded(instance)
    target.parent.mkdir(parents=True, exist_ok=True)
    with _replacing(target) as draft:
        view = draft.parent / LAYERS
        if layers and instance.about.crs:
            from instances.geopackage import write_layers

            write_layers(instance, view)
            record["resources"].append({"name": "layers", "path": LAYERS, "format": "gpkg"})
        for name, content in (beside or {}).items():
            if not COMPANION.fullmatch(name):
                raise ValueError(f"{name!r} is no name for a file about a build")
            files[f"{BUILD}/{name}"] = content
        files[RECORD] = (json.dumps(record, indent=1, ensure_ascii=True) + "\n").encode("ascii")
        if target.suffix == ".zip":
            _write_zip(draft, files, view)
        else:
            _write_folder(draft, files, view)
    return target


def saveable(path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
    """Where :func:`save` would write.

    Raises
    ------
    InstanceError
        If something is there that may not be replaced.
    """
    target = Path(path)
    if target.suffix not in (FOLDER, ".zip"):
        target = target.with_name(target.name + FOLDER)
    target = Path(os.path.realpath(target))
    _may_replace(target, overwrite)
    return target


def load(path: str | os.PathLike[str]) -> Instance:
    """Read an instance from a folder, a zip file, or the path of its ``instance.json``.

    Every piece is compared with its recorded digest.

    Raises
    ------
    InstanceError
        If anything is missing, damaged, changed, unknown or unsafe, or the data have faults; all are named.
    """
    place = Path(path)
    place = place.parent if place.name == RECORD else place
    try:
        with _opened(place) as source:
            return rebuilt(_parsed(source.read(RECORD)), source.read, source.arrays())
    except InstanceError as error:
        raise InstanceError(f"{error.what} ({place})", error.faults) from error.__cause__
    except FileNotFoundError as error:
        found = f"no {RECORD} in it; an instance is a folder or zip file that refugia has written"
        fault = found if place.exists() else "no such file or folder"
        raise InstanceError(f"No instance at {place}", [fault]) from error
    except DAMAGED_ZIP as error:
        raise InstanceError(f"The instance at {place} cannot be read", [str(error) or type(error).__name__]) from error


def companions(path: str | os.PathLike[str]) -> dict[str, bytes]:
    """Files about the build that lie with an instance, by name; none for one that no recipe built.

    Raises
    ------
    InstanceError
        If there is no instance, or one of them cannot be read.
    """
    place = Path(path)
    place = place.parent if place.name == RECORD else place
    try:
        with _opened(place) as source:
            known = [name for name in sorted(source.companions()) if COMPANION.fullmatch(name)]
            return {name: source.read(f"{BUILD}/{name}") for name in known}
    except FileNotFoundError as error:
        raise InstanceError(f"No instance at {place}", ["no such file or folder"]) from error
    except DAMAGED_ZIP as error:
        fault = str(error) or type(error).__name__
        raise InstanceError(f"What lies with the instance at {place} cannot be read", [fault]) from error


class _Source(Protocol):
    def read(self, name: str) -> bytes: ...

    def arrays(self) -> set[str]: ...

    def companions(self) -> set[str]: ...


class _Folder:
    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, name: str) -> bytes:
        path = self.root / name
        if path.is_symlink() or (path.parent.is_symlink() and path.parent != self.root):
            raise ValueError("is a link to somewhere else, which is not followed")
        return path.read_bytes()

    def arrays(self) -> set[str]:
        return {f"arrays/{path.name}" for path in self.root.glob("arrays/*")}

    def companions(self) -> set[str]:
        inside = self.root / BUILD
        if inside.is_symlink():
            return set()
        return {p.relative_to(inside).as_posix() for p in inside.rglob("*") if p.is_file() and not p.is_symlink()}


class _Zip:
    """Read without unpacking to disk; a folder around everything, as file managers make it, is allowed."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        names = archive.namelist()
        unsafe = [n for n in names if n.startswith("/") or "\\" in n or ":" in n or ".." in PurePosixPath(n).parts]
        twice = sorted({n for n in names if names.count(n) > 1}) if len(set(names)) < len(names) else []
        faults = [f"path {n!r} leads out of the zip file; do not trust it" for n in unsafe]
        faults += [f"{n!r} is in the zip file more than once" for n in twice]
        if faults:
            raise InstanceError("This zip file cannot be read", faults)
        tops = [n[: -len(RECORD)] for n in names if n.count("/") <= 1 and f"/{n}".endswith(f"/{RECORD}")]
        self.top = min(tops, key=len, default="")

    def read(self, name: str) -> bytes:
        try:
            info = self.archive.getinfo(self.top + name)
        except KeyError:
            raise FileNotFoundError(name) from None
        try:
            return self.archive.read(info)
        except DAMAGED_ZIP as error:
            raise ValueError(f"damaged in the zip file ({error})") from error

    def arrays(self) -> set[str]:
        inside = f"{self.top}arrays/"
        names = self.archive.namelist()
        return {n.removeprefix(self.top) for n in names if n.startswith(inside) and n != inside}

    def companions(self) -> set[str]:
        inside = f"{self.top}{BUILD}/"
        names = self.archive.namelist()
        return {n.removeprefix(inside) for n in names if n.startswith(inside) and not n.endswith("/")}


@contextmanager
def _opened(place: Path) -> Iterator[_Source]:
    if place.is_dir():
        yield _Folder(place)
        return
    with zipfile.ZipFile(place) as archive:
        yield _Zip(archive)


def _parsed(content: bytes) -> Any:
    """JSON without duplicate keys, of which the reader would silently keep the last."""

    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            keys = [key for key, _ in pairs]
            raise ValueError(f"duplicate keys {sorted({k for k in keys if keys.count(k) > 1})}")
        return made

    try:
        return json.loads(content, object_pairs_hook=table)
    except (ValueError, RecursionError) as error:
        fault = f"{RECORD}: cut off or garbled ({error}); take an unchanged copy"
        raise InstanceError("This instance cannot be read", [fault]) from error


def _may_replace(target: Path, overwrite: bool) -> None:
    """Raise unless there is nothing at ``target``, or an instance, complete or not, and nothing of anybody else's."""
    if not os.path.lexists(target):
        return
    if target.is_dir():
        found = sorted(p.relative_to(target).as_posix() for p in target.rglob("*"))
        foreign = [name for name in found if not OURS.fullmatch(name)]
        ours = not foreign and (not found or RECORD in found) and target.suffix == FOLDER
        fault = f"is a folder with other things in it ({', '.join(foreign[:3]) or 'no ' + RECORD}); choose another name"
    else:
        ours = target.suffix == ".zip" and _holds_record(target)
        fault = "is a file, and no zipped instance; choose another name"
    if not ours:
        raise InstanceError(f"Cannot save to {target}", [fault])
    if not overwrite:
        raise InstanceError(
            f"Cannot save to {target}", ["an instance is there already; allow overwriting to replace it"]
        )


def _holds_record(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return RECORD in archive.namelist()
    except DAMAGED_ZIP:
        return False


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """A path to write to; when the block ends well it becomes ``target``, else everything is as before."""
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent, ignore_cleanup_errors=True) as work:
        draft, former = Path(work, "new"), Path(work, "former")
        yield draft
        if not target.is_dir():
            os.replace(draft, target)
            return
        # A folder cannot be replaced in one step: set it aside, and put it back if the second step fails.
        os.replace(target, former)
        try:
            os.replace(draft, target)
        except BaseException:
            os.replace(former, target)
            raise


def _write_folder(draft: Path, files: dict[str, bytes], view: Path) -> None:
    (draft / "arrays").mkdir(parents=True)
    for name, content in files.items():
        (draft / name).parent.mkdir(parents=True, exist_ok=True)
        (draft / name).write_bytes(content)
    if view.exists():
        os.replace(view, draft / LAYERS)


def _write_zip(draft: Path, files: dict[str, bytes], view: Path) -> None:
    if view.exists():
        files = files | {LAYERS: view.read_bytes()}
    with zipfile.ZipFile(draft, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name)  # dated 1980, so that the same instance gives the same file
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED)
