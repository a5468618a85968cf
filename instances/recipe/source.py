"""What a step is made of: the source of its modules and of what they import, and the libraries that compute."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import importlib.util
import re
from collections.abc import Iterable
from pathlib import Path

LIBRARIES = "numpy", "scipy", "shapely", "pyproj", "pyogrio", "rasterio", "exactextract"
IMPORT = re.compile(rb"^\s*(?:from\s+(instances[\w.]*)\s+import\s+(\([^)]*\)|[^\n]*)|import\s+(instances[\w.]*))", re.M)
DATA = {".csv", ".json", ".yaml"}


def code_digest(modules: Iterable[str]) -> str:
    """SHA-256 over the source of modules and of all modules of this package that they import.

    A name of a package stands for all its modules and tables of data.

    Raises
    ------
    ModuleNotFoundError
        If there is no such module.
    """
    files: dict[str, bytes] = {}
    waiting = list(modules)
    for name in waiting:
        if _spec(name) is None:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for path in _files(name):
            files[path.name + "|" + name] = content = _bytes(path)
            waiting += [] if path.suffix != ".py" else _imported(content)
    digest = hashlib.sha256(_libraries().encode())
    for label, content in sorted(files.items()):
        digest.update(f"{label} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _imported(content: bytes) -> list[str]:
    """Modules that a source imports, also inside functions."""
    found = []
    for module, names, plain in IMPORT.findall(content):
        base = (module or plain).decode()
        listed = re.findall(r"\w+", re.sub(r"\bas\s+\w+|#[^\n]*", "", names.decode("utf-8", "replace")))
        inner = [f"{base}.{n}" for n in listed if _spec(f"{base}.{n}")]
        found += [*inner] if inner else [base]
    return found


def _files(name: str) -> list[Path]:
    """The source of a module; for a package also its modules and data, unless it only gathers others."""
    place = _spec(name)
    if place is None:
        return []
    if place.name != "__init__.py" or name == "instances":
        return [place]
    return sorted(p for p in place.parent.iterdir() if p.suffix == ".py" or p.suffix in DATA)


@functools.cache
def _spec(name: str) -> Path | None:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    return Path(spec.origin) if spec is not None and spec.origin and Path(spec.origin).is_file() else None


@functools.cache
def _bytes(path: Path) -> bytes:
    return path.read_bytes()


@functools.cache
def _libraries() -> str:
    versions = []
    for name in LIBRARIES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"{name} absent")
    return ", ".join(versions)
