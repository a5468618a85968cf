"""The answer to any question of location by trying all choices of sites.

What a plan is worth is counted by ``question.judge``; which trips are best where sites hold only so much is decided by
SciPy. No row of a program of ours and no fast algorithm is used.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from formulations.location import (
    Access,
    BackupCovering,
    BackupSetCovering,
    CapacitatedFacilityLocation,
    CapacitatedMaximalCovering,
    CapacitatedPCenter,
    CapacitatedPMedian,
    CapacitatedSetCovering,
    KNearestPMedian,
    MaximalCovering,
    MultiLevelFacilityLocation,
    PartialCovering,
    PMaxian,
    Question,
    SetCovering,
    SingleSourceFacilityLocation,
    Siting,
)
from tests.location.choices import choices

HOLDING = (
    CapacitatedPMedian,
    CapacitatedPCenter,
    CapacitatedFacilityLocation,
    SingleSourceFacilityLocation,
    CapacitatedMaximalCovering,
    CapacitatedSetCovering,
)


def best(question: Question, access: Access) -> float | None:
    """Value of the best plan, in the sense of the question; None if no choice of sites keeps all rules."""
    worst = -math.inf if _wants_much(question) else math.inf
    value = worst
    for siting in plans(question, access):
        judgement = question.judge(access, siting)
        if judgement.kept and math.isfinite(judgement.value):
            value = max(value, judgement.value) if _wants_much(question) else min(value, judgement.value)
    return None if value == worst else value


def plans(question: Question, access: Access) -> Iterator[Siting]:
    """For each choice of open sites the best trips, if there are any."""
    for opened in choices(question, access):
        if isinstance(question, MultiLevelFacilityLocation):
            yield from _supplied(question, access, opened)
        elif not question.classic and isinstance(question, HOLDING):
            yield from _everywhere(question, access, opened)
        elif isinstance(question, HOLDING) or getattr(question, "capacitated", False):
            siting = _housed(question, access, opened)
            if siting is not None:
                yield siting
        elif isinstance(question, PMaxian) and not opened.any():
            continue
        elif isinstance(question, (SetCovering, BackupSetCovering, MaximalCovering, BackupCovering, PartialCovering)):
            radius = math.inf if question.radius is None else question.radius
            yield Siting.nearest(access, opened, radius)
        else:
            seen = question.seen(access) if isinstance(question, KNearestPMedian) else access
            yield Siting.nearest(seen, opened)


def _everywhere(question: Any, access: Access, opened: NDArray[np.bool_]) -> Iterator[Siting]:
    """All trips there can be where nobody is divided; whoever may be left out may also stay at home."""
    radius = getattr(question, "radius", None)
    reach = np.isfinite(access.distance) & opened & (access.weight > 0)[:, None]
    if radius is not None:
        reach &= access.distance <= radius
    lives = np.flatnonzero(access.weight > 0)
    home = [-1] if question.leaves_out else []
    for to in itertools.product(*([*home, *np.flatnonzero(reach[i]).tolist()] for i in lives)):
        site = np.array(to, np.intp)
        goes = site >= 0
        yield Siting(opened, lives[goes], site[goes], np.ones(int(goes.sum())))


def _wants_much(question: Question) -> bool:
    return question.sense == "max" and question.objective is None


def _housed(question: Any, access: Access, opened: NDArray[np.bool_]) -> Siting | None:
    """Who goes where with these sites open, by SciPy; None if somebody finds no room."""
    radius = getattr(question, "radius", None)
    reach = np.isfinite(access.distance) & opened & (access.weight > 0)[:, None]
    if isinstance(question, KNearestPMedian):
        reach &= np.isfinite(question.seen(access).distance)
    if radius is not None:
        reach &= access.distance <= radius
    everybody = not isinstance(question, CapacitatedMaximalCovering)
    if isinstance(question, CapacitatedPCenter):
        for length in np.unique(access.distance[reach]):
            siting = _shared(question, access, opened, reach & (access.distance <= length), None, True)
            if siting is not None:
                return siting
        return _shared(question, access, opened, reach, None, True)
    worth = np.where(reach, access.distance, 0.0) * access.weight[:, None]
    if not everybody:
        worth = -np.where(reach, access.weight[:, None], 0.0)
    return _shared(question, access, opened, reach, worth, everybody)


def _shared(
    question: Any, access: Access, opened: NDArray[np.bool_], reach: Any, worth: Any, everybody: bool
) -> Siting | None:
    i, j = np.nonzero(reach)
    lives = np.flatnonzero(access.weight > 0)
    if not len(i):
        none = np.empty(0, np.intp)
        return None if everybody else Siting(opened, none, none, np.empty(0))
    total = (np.arange(access.demand.size)[:, None] == i).astype(float)[lives]
    load = (np.arange(access.site.size)[:, None] == j) * access.takes[i]
    assert access.capacity is not None
    answer = milp(
        np.zeros(len(i)) if worth is None else worth[i, j],
        constraints=[
            LinearConstraint(total, 1.0 if everybody else -np.inf, 1.0),
            LinearConstraint(load.astype(float), -np.inf, access.capacity),
        ],
        integrality=np.full(len(i), int(question.undivided)),
        bounds=Bounds(0.0, 1.0),
        options={"mip_rel_gap": 0.0},
    )
    if answer.x is None:
        return None
    share = np.round(answer.x) if question.undivided else np.clip(answer.x, 0.0, 1.0)
    there = share > 1e-9
    return Siting(opened, i[there], j[there], share[there])


def _supplied(question: MultiLevelFacilityLocation, access: Access, opened: NDArray[np.bool_]) -> Iterator[Siting]:
    """For each choice of depots the cheapest ways, by SciPy."""
    assert question.depots is not None
    tier, n, m = question.depots, access.demand.size, access.site.size
    for used in itertools.product((False, True), repeat=tier.depot.size):
        on = np.array(used)
        there = on[:, None, None] & np.isfinite(tier.haul)[:, None, :] & (opened & np.isfinite(access.distance))
        there &= (access.weight > 0)[:, None]
        k, i, j = np.nonzero(there)
        if not len(k):
            continue
        cost = access.weight[i] * access.distance[i, j] + access.takes[i] * tier.haul[k, j]
        lives = np.flatnonzero(access.weight > 0)
        rows = [LinearConstraint((np.arange(n)[:, None] == i).astype(float)[lives], 1.0, 1.0)]
        drawn = (np.arange(tier.depot.size)[:, None] == k) * access.takes[i]
        rows.append(LinearConstraint(drawn, -np.inf, tier.capacity))
        if access.capacity is not None:
            rows.append(LinearConstraint((np.arange(m)[:, None] == j) * access.takes[i], -np.inf, access.capacity))
        answer = milp(cost, constraints=rows, bounds=Bounds(0.0, 1.0))
        if answer.x is None:
            continue
        supply = np.zeros((tier.depot.size, n, m))
        supply[k, i, j] = np.where(answer.x > 1e-9, np.clip(answer.x, 0.0, 1.0), 0.0)
        to_site = supply.sum(axis=0)
        who, where = np.nonzero(to_site)
        yield Siting(opened, who, where, to_site[who, where], {"depot": on.astype(float), "supply": supply})
