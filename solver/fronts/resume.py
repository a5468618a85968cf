"""What an earlier run of a front study is worth to the next one, and whether it can be trusted."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from instances.schema import InstanceError
from solver.fronts.asked import Asked
from solver.fronts.store import POINTS, read_front
from solver.outputs.folder import MANIFEST, FolderError
from solver.outputs.manifest import FRONT, read_manifest
from solver.pareto.front import Front
from solver.words import say


def known_front(target: Path, asked: Asked, lang: str) -> tuple[Front | None, str]:
    """The front that is there, if it is of the same program, and what to say about it.

    Raises
    ------
    FolderError
        If what is there is no front.
    """
    if not (target / MANIFEST).exists():
        return None, say("resume.nothing", lang)
    if json.loads((target / MANIFEST).read_text("utf-8")).get("kind") != FRONT:
        raise FolderError(f"Cannot write to {target}", [say("resume.no front run", lang)])
    before = read_manifest(target, FRONT)
    if before["program"]["digest"] != asked.matrix.digest():
        return None, say("resume.other", lang)
    if POINTS not in before["files"]:
        return None, say("resume.no front", lang)
    front = read_front(target)
    if front.names != asked.names:
        return None, say("resume.other", lang)
    if faults := front_faults(front, asked):
        raise InstanceError(f"The front in {target} cannot be used", faults)
    said = say("resume.front", lang, points=len(front), facts=len(front.bounds.facts))
    return front, said


def front_faults(front: Front, asked: Asked) -> list[str]:
    """What does not stand up: a front of another program, a plan that breaks a row, a value that is not the plan's."""
    from solver.certificate import verify
    from solver.pareto.space import Space

    if front.matrix_digest != asked.matrix.digest():
        made = front.versions.get("refugia", "another version")
        return [f"this version of refugia writes another program for the study than the one that made it ({made})"]
    values = Space.of(asked.matrix, front.names).values(front.plans)
    wrong = ~np.isclose(values, front.points, rtol=1e-9, atol=1e-9).all(axis=1)
    faults = [f"point {k + 1}: its values are not those of its plan" for k in np.flatnonzero(wrong)]
    for k in range(len(front)):
        x = np.asarray(front.plans[[k]].toarray())[0]
        checked = verify(asked.matrix, {front.names[0]: 1.0}, x, verify_bound=False)
        faults += [f"point {k + 1}: {problem}" for problem in checked.problems]
    return faults
