"""A solution on disk: facts as JSON, values by variable and duals as arrays; read back, it is checked again."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from instances.schema import InstanceError
from solver.certificate import verify
from solver.record import Moment
from solver.solution import Solution, Status

FACTS, VALUES, DUALS = "solution.json", "solution.npz", "duals.npz"


def write_solution(solution: Solution, matrix: Matrix, folder: Path) -> None:
    """Write ``solution.json``; with a plan also ``solution.npz`` (by variable) and ``duals.npz`` (by rows)."""
    text = json.dumps(solution.to_dict(), indent=1, ensure_ascii=False, allow_nan=False)
    (folder / FACTS).write_text(text + "\n", encoding="utf-8")
    if solution.x is None:
        return
    np.savez_compressed(folder / VALUES, allow_pickle=False, **{k: matrix.value(k, solution.x) for k in matrix.columns})
    duals = solution.certificate.duals if solution.certificate is not None else None
    if duals is not None:
        blocks = {name: duals[block.span] for name, block in matrix.rows.items()}
        np.savez_compressed(folder / DUALS, allow_pickle=False, **blocks)


def read_solution(folder: Path, matrix: Matrix) -> Solution:
    """The solution in a folder for the program that it was found for, with its certificate computed again.

    Raises
    ------
    InstanceError
        If it was found for another program, is damaged, or does not stand up to the check.
    """
    what = f"The solution in {folder} cannot be used"
    try:
        facts = json.loads((folder / FACTS).read_text("utf-8"))
        if facts["matrix_digest"] != matrix.digest():
            made = facts["versions"].get("refugia", "another version")
            fault = f"this version of refugia writes another program for the study than the one that made it ({made})"
            raise InstanceError(what, [f"{fault}; solve again"])
        x = read_values(folder, matrix) if (folder / VALUES).exists() else None
        duals = _joined(folder / DUALS, matrix.rows, matrix.shape[0]) if (folder / DUALS).exists() else None
        return _solution(facts, matrix, x, duals, what)
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        if isinstance(error, InstanceError):
            raise
        raise InstanceError(
            what, [f"{type(error).__name__}: {error}; take an unchanged copy, or solve again"]
        ) from error


def read_values(folder: Path, matrix: Matrix) -> Floats:
    """Columns of the stored plan, shape (columns,)."""
    return _joined(folder / VALUES, matrix.columns, matrix.shape[1])


def _joined(path: Path, blocks: Any, size: int) -> Floats:
    out = np.full(size, np.nan)
    with np.load(path, allow_pickle=False) as stored:
        if set(stored.files) != set(blocks):
            raise ValueError(f"{path.name} holds {', '.join(stored.files)}, expected {', '.join(blocks)}")
        for name, block in blocks.items():
            out[block.span] = np.asarray(stored[name], dtype=float).reshape(-1)
    return out


def _solution(facts: dict[str, Any], matrix: Matrix, x: Floats | None, duals: Floats | None, what: str) -> Solution:
    weights, stored, certificate = facts["weights"], facts["certificate"], None
    if x is not None and stored is not None:
        bound = stored["claimed_bound"]
        wanted = stored["verified_bound"] is not None
        certificate = verify(matrix, weights, x, claimed_bound=bound, duals=duals, verify_bound=wanted)
        faults = [] if facts["status"] == Status.FAILED.value else list(certificate.problems)
        if not np.isclose(certificate.value, facts["value"], rtol=1e-9, atol=1e-9):
            faults.append(f"{FACTS} says value {facts['value']}, the plan's value is {certificate.value}")
        if faults:
            raise InstanceError(what, faults)
    return Solution(
        status=Status(facts["status"]),
        value=facts["value"],
        objectives=dict(facts["objectives"]),
        bound=facts["bound"],
        gap=facts["gap"],
        limit_hit=facts["limit_hit"],
        x=x,
        certificate=certificate,
        seconds=facts["seconds"],
        seed=facts["seed"],
        backend=facts["backend"],
        options=facts["options"],
        versions=facts["versions"],
        matrix_digest=facts["matrix_digest"],
        weights=weights,
        history=tuple(Moment(*moment) for moment in facts["history"]),
        left_running=False,
        message=facts["message"],
        shapes=MappingProxyType({name: (block.span, block.shape) for name, block in matrix.columns.items()}),
    )
