"""What took part in a run, by version."""

from __future__ import annotations

import platform
from functools import cache
from importlib import metadata

EXTRA = {"cpsat": ("ortools",), "pyomo": ("pyomo",)}


def versions(backend: str) -> dict[str, str]:
    """Versions of Python, of this package and of what a backend uses; nothing is imported for it."""
    packages = ("refugia", "numpy", "scipy", "highspy", *EXTRA.get(backend, ()))
    return {"python": platform.python_version(), **{name: _version(name) for name in packages}}


@cache
def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed as a package"
