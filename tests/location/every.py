"""Every question of location there is, as it may be asked of some small town, with measures of fairness or without."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from formulations.location import (
    Access,
    BackupCovering,
    BackupSetCovering,
    CapacitatedFacilityLocation,
    CapacitatedMaximalCovering,
    CapacitatedPCenter,
    CapacitatedPMedian,
    CapacitatedSetCovering,
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
from tests.location.towns import Draw, a_radius, rules, towns
from tests.location.trying import HOLDING, plans


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


def put(draw: Draw, kind: type[Question], access: Access) -> Question:
    """A question of a kind to some data."""
    return KINDS[kind](draw, access)


def data_for(kind: type[Question], **more: Any) -> st.SearchStrategy[Access]:
    """Data of the kind that a question needs, small enough for trying everything."""
    if kind is MultiLevelFacilityLocation:
        return towns(points=4, sites=4, **more)
    return towns(holding=issubclass(kind, HOLDING), **more)


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
