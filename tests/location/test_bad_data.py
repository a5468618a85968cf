"""Whatever is wrong with data or a question is said at once, by name and in our own words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from formulations.location import (
    Access,
    BackupCovering,
    BackupSetCovering,
    CapacitatedFacilityLocation,
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
    PDispersion,
    PMaxian,
    PMedian,
    Question,
    SetCovering,
)
from formulations.location.charge.depots import Depots
from formulations.measures.fairness import Floor, Gini, KWorst, Largest, Tail
from instances.schema import InstanceError
from solver.locating.locate import locate
from solver.solution import Status

NAN, INF = float("nan"), float("inf")
WEIGHT, WAY = [1.0, 2.0, 1.0], [[1.0, 2.0, 3.0], [2.0, 1.0, 4.0], [3.0, 3.0, 1.0]]


def town(**more: Any) -> Access:
    data: dict[str, Any] = {"weight": WEIGHT, "distance": WAY, "demand": ["u", "v", "w"], "site": ["a", "b", "c"]}
    return Access.of(**{**data, **more})


def whole() -> Access:
    return town(capacity=[9, 9, 9], cost=[1, 2, 3], between=1.0 - np.eye(3), zone=["x", "x", "y"])


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"weight": [NAN, 1, 1]}, "weight: 1 missing (NaN), first at u"),
        ({"weight": [1, INF, 1]}, "weight: 1 infinite, first at v"),
        ({"weight": [1, 1, -1]}, "weight: 1 negative, first at w"),
        ({"weight": ["many", 1, 1]}, "weight: not numbers"),
        ({"weight": None}, "weight: of shape (), expected (3,)"),
        ({"weight": [1, 2]}, "weight: of shape (2,), expected (3,)"),
        ({"weight": [0, 0, 0]}, "weight: nobody needs a place"),
        ({"distance": [[NAN, 1, 1]] * 3}, "distance: 3 missing (NaN), first from u to a"),
        ({"distance": [[1, -1, 1]] * 3}, "distance: 3 negative, first from u to b"),
        ({"distance": [[INF] * 3, [1] * 3, [1] * 3]}, "distance: 1 demand points where somebody lives reach no site"),
        ({"distance": [["far", 1, 1]] * 3}, "distance: not numbers"),
        ({"distance": [[1, 2], [1], [1, 2]]}, "distance: not numbers"),
        ({"distance": [1, 2, 3]}, "distance: of shape (3,)"),
        ({"distance": np.zeros((3, 0)), "site": []}, "distance: there is no site"),
        ({"distance": np.zeros((3, 2))}, "distance: 2 site along axis 1, but 3 names"),
        ({"capacity": "plenty"}, "capacity: not numbers"),
        ({"capacity": 3}, "capacity: of shape (), expected (3,)"),
        ({"cost": [NAN, 1, 1]}, "cost: 1 missing (NaN), first at a"),
        ({"cost": [1, INF, 1]}, "cost: 1 infinite, first at b"),
        ({"amount": [-1, 1, 1]}, "amount: 1 negative, first at u"),
        ({"status": ["open", "candidate", "candidate"]}, "status: unknown values 'open'"),
        ({"status": ["candidate"]}, "status: of shape (1,), expected (3,)"),
        ({"demand": ["u", "u", "w"]}, "demand: 1 duplicate ids, first 'u'"),
        ({"site": ["a", "b", "b"]}, "site: 1 duplicate ids, first 'b'"),
        ({"site": 3}, "site: 'int' object is not iterable"),
        ({"zone": ["x"]}, "zone: 1 names for 3 demand points"),
        ({"zone": 3}, "zone: 3, expected the name of the zone"),
        ({"between": [1, 2, 3]}, "between: of shape (3,), expected (3, 3)"),
        ({"between": np.arange(9.0).reshape(3, 3)}, "between: 6 differ from the way back, first from a to b"),
        ({"groups": {"old": ["a", 1, 1]}}, "groups, old: not numbers"),
        ({"groups": {"old": [1, 1]}}, "groups, old: of shape (2,)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_fault_of_the_data_is_named(wrong: dict[str, Any], fault: str) -> None:
    with pytest.raises(InstanceError) as told:
        town(**wrong)
    assert any(fault in one for one in told.value.faults), told.value.faults


def test_all_faults_of_the_data_come_at_once() -> None:
    with pytest.raises(InstanceError) as told:
        town(
            weight=[NAN, -1, INF],
            distance=[[NAN, -1, 1]] * 3,
            site=["a", "a", "b"],
            capacity="text",
            cost=[-1, 1, 1],
            status=["x", "y", "z"],
            zone=3,
        )
    named = [fault.split(":")[0] for fault in told.value.faults]
    assert set(named) == {"weight", "distance", "site", "capacity", "cost", "status", "zone"}
    assert named.count("weight") == 3


@pytest.mark.parametrize(
    ("between", "fault"), [("abc", "not numbers"), ([1, 2], "of shape (2,)"), (np.zeros((0, 0)), "there is no site")]
)
def test_distances_between_sites_alone_are_looked_over_too(between: Any, fault: str) -> None:
    with pytest.raises(InstanceError) as told:
        Access.of_sites(between)
    assert fault in str(told.value)


@pytest.mark.parametrize(
    ("haul", "more", "fault"),
    [
        ("abc", {}, "haul: not numbers"),
        ([[NAN, 1, 1]], {}, "haul: 1 missing (NaN)"),
        ([[1.0], [2.0]], {"depot": ["k", "k"]}, "depot: 1 duplicate ids, first 'k'"),
        ([[1.0]], {"cost": "free"}, "cost: not numbers"),
        ([[1.0]], {"cost": [1, 2]}, "cost: of shape (2,), expected (1,)"),
    ],
)
def test_a_fault_of_depots_is_named(haul: Any, more: dict[str, Any], fault: str) -> None:
    with pytest.raises(InstanceError) as told:
        Depots.of(haul, **more)
    assert any(fault in one for one in told.value.faults)


WRONG: Any = [
    (PMedian(4), "p: 4 sites to choose, but 0 are required and only 3 may open"),
    (PMedian(-1), "p: -1, expected a whole number"),
    (PMedian(2.0), "p: 2.0, expected a whole number"),  # type: ignore[arg-type]
    (PMedian(NAN), "p: nan, expected a whole number"),  # type: ignore[arg-type]
    (PMedian("2"), "p: '2', expected a whole number"),  # type: ignore[arg-type]
    (PMedian(budget=NAN), "budget: nan, expected a number"),
    (PMedian(budget=-1), "budget: -1, expected a number"),
    (PMedian(budget="5"), "budget: '5', expected a number"),  # type: ignore[arg-type]
    (PMedian(1, require=("q",)), "require: no site named 'q'"),
    (PMedian(1, require=("a",), forbid=("a",)), "require, forbid: 1 sites must be open and must not, first a"),
    (PMedian(1, differ=(Differ(("q",)),)), "differ: no site named 'q'"),
    (PMedian(1, differ=(Differ(("a",), NAN),)), "differ: by nan"),  # type: ignore[arg-type]
    (PMedian(1, objective="gini"), "objective, limits: 'gini', expected a measure"),  # type: ignore[arg-type]
    (PMedian(1, limits=("short",)), "limits: 'short', expected Limit"),  # type: ignore[arg-type]
    (PMedian(1, limits=(Limit(Largest(), NAN),)), "limits: largest at most nan"),
    (PMedian(1, limits=(Limit(Gini(), INF),)), "limits: gini at most inf"),
    (PMedian(1, limits=(Limit(Largest(), "3"),)), "limits: largest at most '3'"),  # type: ignore[arg-type]
    (PMedian(1, objective=Tail(NAN)), "share: nan"),
    (PMedian(1, objective=Tail("a")), "share: 'a'"),  # type: ignore[arg-type]
    (PMedian(1, objective=KWorst(0)), "k: 0"),
    (SetCovering(NAN), "radius: nan"),
    (SetCovering(-1), "radius: -1"),
    (SetCovering("1"), "radius: '1'"),  # type: ignore[arg-type]
    (BackupSetCovering(NAN), "radius: nan"),
    (MaximalCovering(p=1, radius=NAN), "radius: nan"),
    (MaximalCovering(p=1, radius=-1), "radius: -1"),
    (MaximalCovering(), "p, budget: give one of them"),
    (BackupCovering(p=1, radius=2, backup_weight="a"), "backup_weight: 'a'"),  # type: ignore[arg-type]
    (BackupCovering(p=1, radius=2, backup_weight=NAN), "backup_weight: nan"),
    (PartialCovering(coverage=NAN), "coverage: nan"),
    (PartialCovering(coverage=None), "coverage: None"),  # type: ignore[arg-type]
    (CapacitatedSetCovering(radius=0.5), "radius: 3 demand points have no site within 0.5, first u, v, w"),
    (KNearestPMedian(p=1, k=0), "k: 0, expected whole numbers from 1 up"),
    (KNearestPMedian(p=1, k=((1,), 2, 3)), "k: ((1,), 2, 3)"),  # type: ignore[arg-type]
    (OrderedMedian(1), "share, worst, weights: none given"),
    (OrderedMedian(1, share="a"), "share: 'a'"),  # type: ignore[arg-type]
    (OrderedMedian(1, weights=("a", "b", "c")), "weights: not numbers"),  # type: ignore[arg-type]
    (OrderedMedian(1, weights=(3, 2, 1)), "weights: they fall"),
    (MultiLevelFacilityLocation(), "depots: the upper tier is missing"),
    (MultiLevelFacilityLocation(depots=[[1, 2, 3]]), "depots: the upper tier"),  # type: ignore[arg-type]
    (MultiLevelFacilityLocation(depots=Depots.of([[1, 2]])), "depots: haul to 2 sites, but there are 3"),
    (
        MultiLevelFacilityLocation(depots=Depots.of([[INF] * 3])),
        "haul: 3 demand points have no way to a depot, first u",
    ),
    (PMaxian(), "p: None"),
    (PDispersion(1), "p: 1, and no site exists"),
    (PDispersion(2, objective=Largest()), "measures of fairness weigh burdens of people"),
]


@pytest.mark.parametrize(("question", "fault"), WRONG, ids=[fault for _, fault in WRONG])
def test_a_fault_of_the_question_is_named_before_anything_is_searched(question: Question, fault: str) -> None:
    access = whole()
    assert any(fault in one for one in question.faults(access)), question.faults(access)
    for asked in (lambda: locate(question, access), lambda: question.build(access)):
        with pytest.raises(InstanceError) as told:
            asked()
        assert fault in str(told.value)


def test_what_a_question_needs_and_the_data_lack_is_named() -> None:
    access = town()
    assert "capacity" in str(CapacitatedPMedian(1).faults(access))
    assert "cost" in str(FacilityLocation().faults(access))
    assert {fault.split(":")[0] for fault in CapacitatedFacilityLocation().faults(access)} == {"capacity", "cost"}
    assert "cost" in str(PMedian(budget=3).faults(access))
    assert "between" in str(PDispersion(2).faults(access))


def test_sites_that_are_endlessly_far_from_each_other_are_named() -> None:
    near = np.full((3, 3), INF)
    np.fill_diagonal(near, 0.0)
    with pytest.raises(InstanceError, match="between: 6 infinite, first from a to b"):
        locate(PDispersion(2), Access.of_sites(near, site=["a", "b", "c"]))


def test_a_share_that_is_no_number_is_no_promise() -> None:
    for share in (NAN, "all", 2.0):
        with pytest.raises(InstanceError, match="share"):
            Floor(share)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "question",
    [CapacitatedPMedian(2), CapacitatedFacilityLocation(), CapacitatedSetCovering()],
    ids=lambda question: question.title,
)
def test_capacities_that_cannot_be_enough_are_an_answer_with_a_reason(question: Question) -> None:
    told = locate(question, town(capacity=[1, 1, 1], cost=[1, 1, 1]))
    assert told.status is Status.INFEASIBLE
    assert told.siting is None and told.value is None
    # the 4 that are needed and what there is: 3 altogether, or the point that needs 2 of a site that holds 1
    assert told.message and any(digit in told.message for digit in "1234")


def test_people_who_reach_nothing_are_left_out_where_the_question_may() -> None:
    alone = town(distance=[[INF] * 3] * 3, unreached=True, capacity=[1, 1, 1])
    for question in (MaximalCovering(p=1, radius=3), BackupCovering(p=1, radius=3)):
        told = locate(question, alone)
        assert told.status is Status.PROVEN
        assert told.judgement is not None and told.judgement.objectives["covered"] == 0.0
    assert locate(PartialCovering(0.5), alone).status is Status.INFEASIBLE
    with pytest.raises(InstanceError, match="reach no site"):
        locate(PMedian(1), alone)


@pytest.mark.parametrize("data", [None, [[1.0]], "town"])
def test_data_of_another_kind_are_refused_with_what_to_do(data: object) -> None:
    with pytest.raises(TypeError, match=r"expected an Access or an Instance, got \w+; see Access.of"):
        locate(PMedian(1), data)  # type: ignore[arg-type]
