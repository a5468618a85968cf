"""Every question of location there is, put to small data of every kind, and its answer by trying all choices of sites.

What a plan is worth is counted by ``question.judge``; which trips are best where sites hold only so much is decided by
SciPy. No row of a program of ours and no fast algorithm is used.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st
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
    Differ,
    FacilityLocation,
    KNearestPMedian,
    Limit,
    MaximalCovering,
    MultiLevelFacilityLocation,
    OrderedMedian,
    PartialCovering,
    PCenter,
    PDispersion,
    PMaxian,
    PMedian,
    Question,
    SetCovering,
    SingleSourceFacilityLocation,
    Siting,
)
from formulations.location.charge.depots import Depots
from formulations.location.question import Measure
from formulations.measures.fairness import (
    Gini,
    KWorst,
    Largest,
    LargestZone,
    MeanDeviation,
    MeanDifference,
    MeanZoneGap,
    Ordered,
    Ranked,
    Tail,
)
from tests.location.choices import choices

Draw = Any
STATUS = ("candidate", "candidate", "candidate", "candidate", "existing", "required", "forbidden")
FRACTIONS = (0.0, 0.1, 0.3, 0.7, 1.1, 2.3, 2.5, 3.3, 4.9)


# -- data ------------------------------------------------------------------------------------------------------------


@st.composite
def towns(draw: Draw, points: int = 7, sites: int = 6, holding: bool = False, whole: bool = False) -> Access:
    """Ties, zero distances, pairs out of reach, places without people, whole and broken numbers, all kinds of sites.

    Parameters
    ----------
    holding
        Capacities near what is needed, else none or any.
    whole
        Whether all numbers are whole.
    """
    n, m = draw(st.integers(1, points)), draw(st.integers(1, sites))

    def numbers(most: int, count: int) -> NDArray[np.float64]:
        each = st.integers(0, most) if whole or draw(st.booleans()) else st.sampled_from(FRACTIONS)
        return np.array(draw(st.lists(each, min_size=count, max_size=count)), float)

    way = numbers(6, n * m).reshape(n, m)
    if draw(st.integers(0, 2)) == 0:
        far = np.array(draw(st.lists(st.booleans(), min_size=n * m, max_size=n * m))).reshape(n, m)
        far[np.arange(n), way.argmin(axis=1)] = False
        way = np.where(far, np.inf, way)
    weight = numbers(4, n)
    weight[draw(st.integers(0, n - 1))] += 1.0
    status = draw(st.none() | st.lists(st.sampled_from(STATUS), min_size=m, max_size=m))
    amount = numbers(3, n) if draw(st.integers(0, 2)) == 0 else None
    takes = weight if amount is None else amount
    room = None
    if holding or draw(st.booleans()):
        share = draw(st.sampled_from([0.4, 0.7, 1.0, 2.0]))
        room = np.ceil(share * takes.sum() / m) + numbers(4, m)
        if draw(st.integers(0, 5)) == 0:
            room[draw(st.integers(0, m - 1))] = np.inf
    near = numbers(9, m * m).reshape(m, m)
    near = np.triu(near, 1) + np.triu(near, 1).T
    return Access.of(
        weight,
        way,
        demand=[f"d{i}" for i in range(n)],
        site=[f"s{j}" for j in range(m)],
        status=status,
        amount=amount,
        capacity=room,
        cost=numbers(9, m),
        zone=draw(st.lists(st.sampled_from("ab"), min_size=n, max_size=n)),
        between=near,
    )


@st.composite
def rules(draw: Draw, access: Access, counted: bool, must_count: bool = False) -> dict[str, Any]:
    """How many sites, how much money, what must or must not be open, plans to differ from; sometimes impossible."""
    labels = access.site.labels()
    status = ["candidate"] * len(labels) if access.status is None else access.status.tolist()
    free = [s for s, kind in zip(labels, status, strict=True) if kind == "candidate"]
    told: dict[str, Any] = {}
    if free and draw(st.integers(0, 4)) == 0:
        told["require"] = (draw(st.sampled_from(free)),)
    elif free and draw(st.integers(0, 4)) == 0:
        told["forbid"] = (draw(st.sampled_from(free)),)
    if draw(st.integers(0, 4)) == 0:
        some = draw(st.lists(st.sampled_from(labels), min_size=1, max_size=3, unique=True))
        told["differ"] = (Differ(tuple(some), draw(st.integers(1, len(some)))),)
    must = status.count("required") + len(told.get("require", ()))
    may = must + len(free) - len(told.get("require", ())) - len(told.get("forbid", ()))
    if counted and (must_count or draw(st.integers(0, 3)) > 0):
        told["p"] = draw(st.integers(must, max(may, must)))
    if (counted and "p" not in told) or draw(st.integers(0, 3)) == 0:
        assert access.cost is not None
        spent = sum(c for c, s in zip(access.cost, labels, strict=True) if s in told.get("require", ()))
        spent += float(access.cost[access.is_status("required")].sum())
        told["budget"] = float(spent) + draw(st.sampled_from([0.0, 0.4, 3.0, 5.6, 10.0, 30.0]))
    return told


def a_radius(draw: Draw, access: Access, least: float = 0.0) -> float:
    """Mostly one of the distances, so that somebody lives exactly at the edge."""
    known = sorted({float(d) for d in access.pairs.distance})
    if draw(st.integers(0, 2)):
        # wide enough for everybody
        nearest = np.where(access.weight > 0, access.distance.min(axis=1), 0.0)
        known = [d for d in known if d >= nearest.max()] or known
    return draw(st.sampled_from([*known, known[-1] + 0.5]))


# -- questions -------------------------------------------------------------------------------------------------------


def _median(draw: Draw, a: Access) -> Question:
    return PMedian(**draw(rules(a, True)))


def _center(draw: Draw, a: Access) -> Question:
    return PCenter(**draw(rules(a, True)))


def _k_nearest(draw: Draw, a: Access) -> Question:
    room = a.capacity is not None and draw(st.booleans())
    k = draw(st.integers(1, 4) | st.tuples(*[st.integers(1, 3)] * a.demand.size))
    return KNearestPMedian(
        k=k, strict=draw(st.booleans()), capacitated=room, undivided=draw(st.booleans()), **draw(rules(a, True))
    )


def _ordered(draw: Draw, a: Access) -> Question:
    lived = len(a.served)
    weights = st.lists(st.sampled_from([0.0, 1.0, 2.0, 0.5]), min_size=lived, max_size=lived).map(sorted).map(tuple)
    kind = draw(st.sampled_from(["share", "worst", "weights"]))
    value = {"share": st.sampled_from([0.1, 0.25, 0.5, 0.7, 1.0]), "worst": st.integers(1, lived), "weights": weights}
    return OrderedMedian(**{kind: draw(value[kind])}, **draw(rules(a, True)))


def _room_median(draw: Draw, a: Access) -> Question:
    return CapacitatedPMedian(undivided=draw(st.booleans()), **draw(rules(a, True)))


def _room_center(draw: Draw, a: Access) -> Question:
    return CapacitatedPCenter(undivided=draw(st.booleans()), **draw(rules(a, True)))


def _charge(kind: type[Question]) -> Callable[[Draw, Access], Question]:
    return lambda draw, a: kind(**draw(rules(a, draw(st.booleans()))))


def _levels(draw: Draw, a: Access) -> Question:
    k, m = draw(st.integers(1, 2)), a.site.size
    haul = np.array(draw(st.lists(st.integers(0, 4), min_size=k * m, max_size=k * m)), float).reshape(k, m)
    if draw(st.integers(0, 3)) == 0:
        haul[0, draw(st.integers(0, m - 1))] = np.inf
    total = float(a.takes[a.served].sum())
    held = [math.inf, total, max(0.5 * total, 1.0)]
    depots = Depots.of(
        haul,
        cost=draw(st.lists(st.integers(0, 9), min_size=k, max_size=k)),
        capacity=draw(st.lists(st.sampled_from(held), min_size=k, max_size=k)),
    )
    return MultiLevelFacilityLocation(depots=depots, **draw(rules(a, draw(st.booleans()))))


def _cover(draw: Draw, a: Access) -> Question:
    return SetCovering(a_radius(draw, a), by=draw(st.sampled_from(["sites", "cost"])), **draw(rules(a, False)))


def _backup_cover(draw: Draw, a: Access) -> Question:
    return BackupSetCovering(a_radius(draw, a), **draw(rules(a, False)))


def _maximal(draw: Draw, a: Access) -> Question:
    radius = a_radius(draw, a) if draw(st.integers(0, 3)) else None
    return MaximalCovering(radius=radius, **draw(rules(a, True)))


def _backup(draw: Draw, a: Access) -> Question:
    radius = a_radius(draw, a) if draw(st.integers(0, 3)) else None
    b = draw(st.sampled_from([0.0, 0.2, 0.5, 0.7, 1.0]))
    return BackupCovering(radius=radius, backup_weight=b, **draw(rules(a, True)))


def _partial(draw: Draw, a: Access) -> Question:
    radius = a_radius(draw, a) if draw(st.integers(0, 3)) else None
    share = draw(st.sampled_from([0.0, 0.3, 0.5, 0.9, 1.0]))
    return PartialCovering(coverage=share, radius=radius, by_cost=draw(st.booleans()), **draw(rules(a, False)))


def _room_maximal(draw: Draw, a: Access) -> Question:
    radius = a_radius(draw, a) if draw(st.integers(0, 3)) else None
    return CapacitatedMaximalCovering(radius=radius, undivided=draw(st.booleans()), **draw(rules(a, True)))


def _room_cover(draw: Draw, a: Access) -> Question:
    radius = a_radius(draw, a) if draw(st.integers(0, 3)) else None
    return CapacitatedSetCovering(
        radius=radius, undivided=draw(st.booleans()), by_cost=draw(st.booleans()), **draw(rules(a, False))
    )


def _dispersion(draw: Draw, a: Access) -> Question:
    return PDispersion(**draw(rules(a, True, True)))


def _maxian(draw: Draw, a: Access) -> Question:
    return PMaxian(counts=draw(st.sampled_from(["nearest", "all"])), **draw(rules(a, True, True)))


KINDS: dict[type[Question], Callable[[Draw, Access], Question]] = {
    PMedian: _median,
    PCenter: _center,
    KNearestPMedian: _k_nearest,
    OrderedMedian: _ordered,
    CapacitatedPMedian: _room_median,
    CapacitatedPCenter: _room_center,
    FacilityLocation: _charge(FacilityLocation),
    CapacitatedFacilityLocation: _charge(CapacitatedFacilityLocation),
    SingleSourceFacilityLocation: _charge(SingleSourceFacilityLocation),
    MultiLevelFacilityLocation: _levels,
    SetCovering: _cover,
    BackupSetCovering: _backup_cover,
    MaximalCovering: _maximal,
    BackupCovering: _backup,
    PartialCovering: _partial,
    CapacitatedMaximalCovering: _room_maximal,
    CapacitatedSetCovering: _room_cover,
    PDispersion: _dispersion,
    PMaxian: _maxian,
}
FAIR = tuple(
    kind
    for kind in KINDS
    if kind not in (PDispersion, PMaxian, CapacitatedFacilityLocation, MultiLevelFacilityLocation)
)
"""Those whose plans with measures of fairness can all be tried: nobody is divided."""
HOLDING = (
    CapacitatedPMedian,
    CapacitatedPCenter,
    CapacitatedFacilityLocation,
    SingleSourceFacilityLocation,
    CapacitatedMaximalCovering,
    CapacitatedSetCovering,
)


def put(draw: Draw, kind: type[Question], access: Access) -> Question:
    """A question of a kind to some data."""
    return KINDS[kind](draw, access)


def data_for(kind: type[Question], **more: Any) -> st.SearchStrategy[Access]:
    """Data of the kind that a question needs, small enough for trying everything."""
    if kind is MultiLevelFacilityLocation:
        return towns(points=4, sites=4, **more)
    return towns(holding=issubclass(kind, HOLDING), **more)


# -- answers ---------------------------------------------------------------------------------------------------------


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
        rows.append(LinearConstraint((np.arange(tier.depot.size)[:, None] == k) * access.takes[i], -np.inf, tier.capacity))
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


@st.composite
def asked(draw: Draw, kind: type[Question], **more: Any) -> tuple[Question, Access]:
    """A question of a kind and data for it."""
    access = draw(data_for(kind, **more))
    return put(draw, kind, access), access


@st.composite
def measures(draw: Draw, access: Access) -> Measure:
    """A measure of fairness that can be asked of some data."""
    lived = len(access.served)
    rank = st.lists(st.sampled_from([0.0, 1.0, 2.0]), min_size=lived, max_size=lived).map(sorted).map(tuple)
    some: list[st.SearchStrategy[Any]] = [
        st.sampled_from([Largest(), LargestZone(), MeanZoneGap(), MeanDeviation(), MeanDifference(), Gini()]),
        st.sampled_from([Tail(0.1), Tail(0.3), Tail(1.0), Ordered(((1.0, 0.5), (0.2, 0.5)))]),
        st.integers(1, lived).map(KWorst),
        rank.map(Ranked),
    ]
    return draw(st.one_of(*some))


@st.composite
def weighed(draw: Draw, kind: type[Question]) -> tuple[Question, Access]:
    """A question with a measure of fairness as its objective, as a limit, or two of them as both."""
    small = {"points": 4, "sites": 3} if issubclass(kind, HOLDING) else {"points": 6, "sites": 5}
    access = draw(towns(holding=issubclass(kind, HOLDING), **small))
    question: Any = put(draw, kind, access)
    if hasattr(question, "undivided") and not isinstance(question, SingleSourceFacilityLocation):
        question = replace(question, undivided=True)
    if isinstance(question, KNearestPMedian):
        question = replace(question, capacitated=False)
    more: dict[str, Any] = {}
    where = draw(st.sampled_from(["objective", "limit", "both"]))
    if where != "limit":
        more["objective"] = draw(measures(access))
    if where != "objective":
        measure = draw(measures(access))
        levels = sorted({measure.value(access, question.judge(access, s).burden) for s in plans(question, access)})
        level = draw(st.sampled_from(levels)) if levels else 1.0
        more["limits"] = (Limit(measure, max(level, 0.0)),)
    return replace(question, **more), access
