"""Whenever a search is stopped it claims nothing that is not so: its plan keeps the rules, its bounds hold."""

from __future__ import annotations

import math
from collections.abc import Iterator
from importlib import import_module

import numpy as np
import pytest

from formulations.location import (
    Access,
    BackupCovering,
    BackupSetCovering,
    CapacitatedFacilityLocation,
    CapacitatedPCenter,
    CapacitatedPMedian,
    FacilityLocation,
    KNearestPMedian,
    Limit,
    MaximalCovering,
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
from formulations.measures.fairness import Gini, Tail
from solver.clock import Clock, Stop
from solver.locating.certified import signed
from solver.locating.locate import ALGORITHMS, locate
from solver.locating.terms import Found, Terms
from solver.solution import Status


class After(Stop):
    """Says that the search must end from the k-th look on: the same moment on every machine."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks = looks

    def __bool__(self) -> bool:
        self.looks -= 1
        return self.looks < 0 or super().__bool__()


def town(seed: int = 3, n: int = 40, m: int = 14) -> Access:
    draw = np.random.default_rng(seed)
    people, places = draw.uniform(0, 100, (n, 2)), draw.uniform(0, 100, (m, 2))
    weight = draw.integers(1, 20, n).astype(float)

    def apart(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.rint(np.hypot(*(a[:, None] - b).transpose(2, 0, 1)))

    return Access.of(
        weight,
        apart(people, places),
        capacity=np.rint(draw.uniform(0.5, 1.5, m) * weight.sum() * 3 / m),
        cost=np.rint(draw.uniform(200, 800, m)),
        between=apart(places, places),
    )


def questions() -> Iterator[Question]:
    yield from (PMedian(4), PMedian(budget=1800.0), PCenter(4), KNearestPMedian(p=4, k=3), FacilityLocation())
    yield from (OrderedMedian(4, share=0.2), OrderedMedian(4, worst=7), CapacitatedPMedian(6), CapacitatedPCenter(6))
    yield from (CapacitatedFacilityLocation(), SingleSourceFacilityLocation(), SetCovering(40.0, by="cost"))
    yield from (SetCovering(40.0), BackupSetCovering(45.0), MaximalCovering(p=4, radius=18.0))
    yield from (BackupCovering(p=5, radius=25.0), PartialCovering(coverage=0.8, radius=22.0))
    yield from (PDispersion(5), PMaxian(3), PMaxian(3, counts="all"))


def test_no_fast_algorithm_is_left_out_here() -> None:
    assert {question.title for question in questions()} == set(ALGORITHMS)


@pytest.mark.parametrize("question", list(questions()), ids=lambda question: f"{question.title} {question}"[:60])
def test_whenever_it_is_stopped_a_fast_algorithm_claims_nothing_that_is_not_so(question: Question) -> None:
    access = town()
    sure = locate(question, access, method="program")
    assert sure.status is Status.PROVEN and sure.solution.value is not None
    best = sure.solution.value
    edge = best + 1e-6 * max(1.0, abs(best))
    module, name = ALGORITHMS[question.title].split(":")
    algorithm = getattr(import_module(module), name)
    ended = False
    for looks in (0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 233, 610, 100_000):
        terms = Terms(Clock(None), stop=After(looks))
        found: Found | None = algorithm(question, access, terms)
        if found is None:
            continue
        assert found.state != "infeasible", looks
        assert found.bound <= edge, looks
        assert found.verified is None or found.verified <= edge, looks
        now = terms.record.now
        assert now.bound is None or now.bound <= edge, looks
        value = math.inf
        if found.siting is not None:
            judgement = question.judge(access, found.siting)
            assert judgement.kept, looks
            value = signed(question, judgement.value)
            assert value >= best - (edge - best), looks
        if found.state == "finished":
            ended = True
            assert value <= edge, looks
    assert ended, "with time enough it ends"


@pytest.mark.parametrize("method", ["auto", "program"])
@pytest.mark.parametrize("question", list(questions())[::3], ids=lambda question: question.title)
def test_with_hardly_any_time_an_answer_says_only_what_is_so(question: Question, method: str) -> None:
    access = town(5, 60, 20)
    told = locate(question, access, time_limit=1e-3, method=method)
    assert told.status in (Status.TIME_LIMIT, Status.NO_PLAN, Status.PROVEN, Status.WITHIN_GAP), told.message
    if told.good or told.bound is not None:
        best = locate(question, access).solution.value
        assert best is not None
        edge = best + 1e-6 * max(1.0, abs(best))
        assert not told.good or signed(question, told.value or 0.0) <= edge
        assert told.solution.bound is None or told.solution.bound <= edge
    if told.siting is not None:
        assert question.judge(access, told.siting).kept


@pytest.mark.parametrize("limits", [(), (Limit(Tail(1.0), 40.0),)])
def test_without_a_plan_nothing_is_said_of_a_ratio_but_that_it_is_not_negative(limits: tuple[Limit, ...]) -> None:
    access = town(5, 60, 20)
    told = locate(PMedian(4, objective=Gini(), limits=limits), access, time_limit=1e-3)
    if told.siting is None:
        assert told.status in (Status.NO_PLAN, Status.TIME_LIMIT)
        assert told.value is None
        assert told.bound == 0.0
    else:
        assert told.bound is not None and told.value is not None
        assert 0.0 <= told.bound <= told.value <= 1.0
