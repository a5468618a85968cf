"""Which alternative a dossier is about: one of the front, or one that a live solve found later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from instances.schema import InstanceError
from solver.certificate import verify
from solver.fronts.run import FrontRun
from solver.pareto.front import Front, Label
from solver.pareto.space import Space
from solver.words import say

if TYPE_CHECKING:
    from formulations.algebra.elements import Floats

LIVE = "live"
"""Origin of an alternative that a live solve found."""


@dataclass(frozen=True, eq=False)
class Subject:
    """An alternative of a front, or one that stands beside it.

    Attributes
    ----------
    run
        Its front ends with the alternative, where that was found later.
    name, at
        Its number, or ``L`` and the number of the wish; its position in the front of ``run``.
    front
        The front as the study made it.
    job
        What was asked and answered (:class:`solver.explorer.live.jobs.Job`); None for an alternative of the front.
    """

    run: FrontRun
    name: str
    at: int
    front: Front
    job: Mapping[str, Any] | None = None

    @property
    def all(self) -> Front:
        """The front with the alternative in it."""
        assert self.run.front is not None
        return self.run.front


def found_later(run: FrontRun) -> dict[str, dict[str, Any]]:
    """Jobs of live solves that added an alternative to the front of a run, by the id of the alternative."""
    from solver.explorer.known import digest
    from solver.explorer.live.store import Store

    if run.front is None or not len(run.front):
        return {}
    jobs = Store.of(run.folder, digest(run.front)).load()
    return {f"L{job['id']}": job for job in jobs if job.get("plan") and job.get("addition")}


def subjects(run: FrontRun, names: list[str], lang: str = "en") -> list[Subject]:
    """Alternatives by their names.

    Raises
    ------
    InstanceError
        If some are unknown, all of them named; if the run has no front; or if what is kept of a live solve is damaged.
    """
    front = run.front
    if front is None or not len(front):
        raise InstanceError(
            f"There is no front in {run.folder}", [f"the run ended: {run.manifest['result']['status']}"]
        )
    known = {str(k + 1): k for k in range(len(front))}
    later = found_later(run) if set(names) - set(known) else {}
    if strange := [n for n in names if n not in known and n not in later]:
        span = ", ".join([f"1 – {len(known)}" if len(known) > 1 else "1", *later])
        raise InstanceError(f"{run.folder}", [say("dossier.unknown", lang, id=n, known=span) for n in strange])
    return [Subject(run, n, known[n], front) if n in known else _beside(run, front, n, later[n]) for n in names]


def _beside(run: FrontRun, front: Front, name: str, job: Mapping[str, Any]) -> Subject:
    """The front with an alternative added that was found later, checked against every row of the program."""
    try:
        x = _columns(job["plan"], run.asked.matrix.shape[1])
        told = job["addition"]
        label = list(Label)[int(told["label"])]
        distance, verified = (np.inf if told[k] is None else float(told[k]) for k in ("distance", "verified"))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise InstanceError(
            f"Alternative {name} cannot be used", [f"what is kept of it is damaged: {error}"]
        ) from error
    checked = verify(run.asked.matrix, {front.names[0]: 1.0}, x, verify_bound=False)
    if checked.problems:
        raise InstanceError(f"Alternative {name} cannot be used", list(checked.problems))
    row = sp.csr_array(x[None, :])
    longer = replace(
        front,
        points=np.vstack([front.points, Space.of(run.asked.matrix, front.names).values(row)]),
        plans=sp.csr_array(sp.vstack([front.plans, row], format="csr")),
        labels=(*front.labels, label),
        distance=np.append(front.distance, distance),
        verified=np.append(front.verified, verified),
        origins=(*front.origins, LIVE),
        supported=np.append(front.supported, False),
    )
    return Subject(replace(run, front=longer), name, len(front), front, job)


def _columns(told: Mapping[str, Any], size: int) -> Floats:
    at, value = np.asarray(told["at"], np.int64), np.asarray(told["value"], float)
    if at.shape != value.shape or at.ndim != 1 or not np.isfinite(value).all():
        raise ValueError("positions and values of its plan do not fit together")
    if len(at) and not 0 <= at.min() <= at.max() < size:
        raise ValueError("its plan is of another program")
    x = np.zeros(size)
    x[at] = value
    return x
