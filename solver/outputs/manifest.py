"""What a run was made from, on what, and which files came of it."""

from __future__ import annotations

import hashlib
import json
import math
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from formulations.algebra.matrix import Matrix
from instances.instance import Instance
from instances.schema import InstanceError
from solver.outputs.folder import MANIFEST
from solver.solution import Solution

if TYPE_CHECKING:
    from solver.study import Study

KIND, FRONT, SCHEMA = "refugia run", "refugia front", 1
COMMANDS = {KIND: "refugia solve", FRONT: "refugia front"}
"""What a folder can be, and the command that writes it."""

DERIVED = (
    *("tables/", "plan.gpkg", "map.png", "map.svg", "page.html", "explorer.html"),
    *("front.csv", "front.gpkg", "front.png", "front.svg"),
    *(f"{name}.csv" for name in ("decisions", "suggestions", "groups", "parties", "scenarios", "robustness")),
    *("parcels.csv", "land.csv", "areas.csv", "parcels.png", "parcels.svg"),
)
"""Files made from the others; opening some of them in other programs changes them, which is no fault."""

PACKAGES = ("refugia", "numpy", "scipy", "pandas", "geopandas", "pyogrio", "matplotlib", "pydantic")


def manifest(
    study: Study, instance: Instance, matrix: Matrix, solution: Solution, timings: dict[str, float], exit_code: int
) -> dict[str, Any]:
    """Everything about a run but its files; see :func:`with_files`."""
    certificate = solution.certificate
    return {
        "kind": KIND,
        "schema": SCHEMA,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        **made_from(study, instance, matrix, solution.matrix_digest),
        "result": {
            "exit_code": exit_code,
            "status": solution.status.value,
            "value": solution.value,
            "bound": solution.bound,
            "gap": solution.gap,
            "gap_asked": study.solve.gap,
            "limit_hit": solution.limit_hit,
            "objectives": dict(solution.objectives),
            "checked": None if certificate is None else certificate.ok,
            "verified_bound": None if certificate is None else certificate.verified_bound,
            "verified_gap": None if certificate is None else certificate.verified_gap,
        },
        "seed": solution.seed,
        "backend": solution.backend,
        "options": dict(solution.options),
        **made_on(solution.versions, timings),
    }


def made_from(study: Study, instance: Instance, matrix: Matrix, digest: str) -> dict[str, Any]:
    """Instance, study and program with their digests; ``digest`` is that of the matrix."""
    from instances.digest import part_digests

    rows, columns = matrix.shape
    return {
        "inputs": {
            "instance": {
                **study.to_dict()["instance"],
                "name": instance.about.name,
                "digest": instance.digest,
                "parts": part_digests(instance),
                "files": _option_files(study),
            },
            "study": {"digest": _sha256(json.dumps(study.to_dict(), sort_keys=True).encode())},
        },
        "study": study.to_dict(),
        "program": {
            "digest": digest,
            "rows": rows,
            "columns": columns,
            "whole_numbers": int(matrix.integer.sum()),
            "coefficients": int(matrix.A.nnz),
        },
    }


def made_on(versions: Mapping[str, str], timings: Mapping[str, float]) -> dict[str, Any]:
    """Versions of everything, seconds of each stage, and the kind of machine."""
    return {
        "versions": {**dict(versions), **{name: _version(name) for name in PACKAGES}},
        "timings": {stage: round(seconds, 3) for stage, seconds in timings.items()},
        "machine": machine(),
    }


def with_files(content: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The manifest with size and SHA-256 of every file in the folder."""
    files = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        if name != MANIFEST and not name.startswith("."):
            files[name] = {"bytes": path.stat().st_size, "sha256": _sha256(path.read_bytes()), "derived": derived(name)}
    return {**content, "files": files}


def write_manifest(content: dict[str, Any], folder: Path) -> None:
    """Write the manifest in one step."""
    draft = folder / f".{MANIFEST}.part"
    draft.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    os.replace(draft, folder / MANIFEST)


def read_manifest(folder: Path, kind: str = KIND) -> dict[str, Any]:
    """The manifest of a run (or of another ``kind``) whose own files are all there and unchanged.

    Raises
    ------
    InstanceError
        If the folder is no run, or files are missing or changed; all of them are named.
    """
    what = f"The run {folder} cannot be read"
    try:
        content = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        fault = f"no {MANIFEST} in it; name a folder that `{COMMANDS[kind]}` has written"
        raise InstanceError(what, [fault if folder.exists() else "no such folder"]) from None
    except (OSError, ValueError) as error:
        raise InstanceError(what, [f"{MANIFEST}: cut off or garbled ({error}); take an unchanged copy"]) from error
    if not isinstance(content, dict) or content.get("kind") != kind:
        raise InstanceError(what, [f"{MANIFEST}: not that of a {kind.removeprefix('refugia ')}"])
    if content.get("schema") != SCHEMA:
        raise InstanceError(what, [f"{MANIFEST}: version {content.get('schema')!r}, this version reads {SCHEMA}"])
    faults = []
    for name, about in content.get("files", {}).items():
        if about["derived"]:
            continue
        path = folder / name
        if not path.is_file():
            faults.append(f"{name}: missing; take an unchanged copy, or solve again")
        elif _sha256(path.read_bytes()) != about["sha256"]:
            faults.append(f"{name}: changed since the run; take an unchanged copy, or solve again")
    if faults:
        raise InstanceError(what, faults)
    return content


def derived(name: str) -> bool:
    """Whether the file shows what others hold."""
    return name.startswith(DERIVED)


def machine() -> dict[str, Any]:
    """What kind of machine this is, without its name: enough to judge timings, not to find it."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"system": platform.system(), "architecture": platform.machine(), "cores": cores, "memory": _memory()}


def _memory() -> str:
    """Memory to the nearest power of two."""
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (AttributeError, ValueError, OSError):
        return "unknown"
    return f"about {2 ** round(math.log2(size)):g} GiB"


def _option_files(study: Study) -> dict[str, dict[str, Any]]:
    """Files that options of the case name, with their digests."""
    from solver.source import SHARED

    paths = {k: Path(v) for k, v in study.instance.options.items() if k in SHARED and isinstance(v, str)}
    return {k: {"name": p.name, "sha256": _sha256(p.read_bytes())} for k, p in paths.items() if p.is_file()}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed as a package"
