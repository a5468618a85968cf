"""Why there is no plan: every number said is compared with all choices there are."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.location.access import Access
from formulations.location.charge.capacitated_facility_location import CapacitatedFacilityLocation
from formulations.location.covering.maximal_covering import MaximalCovering
from formulations.location.covering.set_covering import SetCovering
from formulations.location.median.capacitated_p_median import CapacitatedPMedian
from formulations.location.median.p_median import PMedian
from formulations.location.question import Question
from formulations.location.spread.p_dispersion import PDispersion
from solver.locating.insight.impossible import impossible
from solver.locating.locate import locate
from solver.locating.located import Located
from solver.solution import Status
from tests.location.tiny import every_plan, tiny_access

METHODS = ("auto", "program")


def refused(question: Question, access: Access, method: str = "auto") -> str:
    """The message of a question without a plan."""
    located: Located = locate(question, access, method=method)
    assert located.status is Status.INFEASIBLE
    assert located.siting is None
    assert located.message in located.summary()
    return located.message


def least_number(text: str) -> float:
    found = re.search(r"(?:at least|at most) ([\d,.]*\d)", text)
    assert found is not None, text
    return float(found[1].replace(",", ""))


@given(tiny_access(), st.integers(0, 2))
def test_too_few_sites_come_with_the_number_that_it_takes(access: Access, p: int) -> None:
    question = PMedian(p=p)
    if question.faults(access):
        return
    sizes = {len(plan) for plan in every_plan(PMedian(), access)}
    if p in sizes:
        assert locate(question, access).status is Status.PROVEN
        return
    for method in METHODS:
        message = refused(question, access, method)
        if sizes:
            assert "too few" in message
            assert least_number(message) == min(sizes)
        else:
            assert "no allowed site within reach" in message


@given(tiny_access(), st.integers(0, 4))
def test_too_little_money_comes_with_what_the_cheapest_plan_costs(access: Access, budget: int) -> None:
    question = PMedian(budget=float(budget))
    assert access.cost is not None
    price = dict(zip(access.site.labels(), access.cost, strict=True))
    costs = {sum(price[site] for site in plan) for plan in every_plan(PMedian(), access)}
    if not costs or min(costs) <= budget:
        return
    for method in METHODS:
        message = refused(question, access, method)
        assert f"The budget of {budget} is too small" in message
        assert least_number(message) == min(costs)


def test_a_demand_point_whose_only_site_is_forbidden_is_named() -> None:
    access = Access.of([1, 2, 3], [[1, np.inf], [1, 2], [np.inf, 1]], demand=["a", "b", "c"], site=["S", "T"])
    for method in METHODS:
        message = refused(PMedian(p=1, forbid=("T",)), access, method)
        assert message == "Demand point c has no allowed site within reach."
    crowd = Access.of([1, 2, 0, 3], [[1, np.inf]] + 3 * [[np.inf, 1]], site=["S", "T"])
    message = refused(PMedian(p=1, forbid=("T",)), crowd)
    assert message == "2 demand points have no allowed site within reach, first 1, 3."


def room(capacity: list[float], *, undivided: bool = True, amount: list[float] | None = None) -> Access:
    return Access.of([4, 4, 4], np.ones((3, len(capacity))), capacity=capacity, amount=amount, demand=["a", "b", "c"])


def test_too_little_capacity_is_said_in_numbers() -> None:
    message = refused(CapacitatedPMedian(p=2), room([5, 6, 0, 0]))
    assert message == "All demand points together take 12, but the sites that may open hold 11."
    message = refused(CapacitatedPMedian(p=2), room([4, 5, 6, 7]))
    assert message == "2 sites are too few: the other rules need at least 3 (proven)."


def test_the_largest_sites_together_being_too_small_says_how_many_it_takes() -> None:
    message = refused(CapacitatedPMedian(p=2), room([4, 4, 5, 5]))
    assert message.startswith("All demand points together take 12, but the 2 largest sites that may open hold 10; ")
    assert message.endswith("at least 3 sites are needed.")


def test_a_demand_point_too_large_for_any_site_is_named() -> None:
    access = room([8, 8, 8, 8], amount=[1, 9, 1])
    want = "Demand point b takes 9 and goes to one site as a whole, but the largest that it reaches holds 8."
    assert refused(CapacitatedPMedian(p=3), access) == want
    assert locate(CapacitatedPMedian(p=3, undivided=False), access).status is Status.PROVEN
    alone = Access.of([1, 1], [[1, np.inf], [1, 1]], capacity=[3, 9], amount=[4, 1], demand=["a", "b"])
    want = "Demand point a takes 4, but the sites that it reaches hold 3 altogether."
    assert refused(CapacitatedPMedian(p=2, undivided=False), alone) == want


def test_what_no_number_explains_is_told_as_rules_that_clash() -> None:
    """Two sites of the three would do and the money would do for two, but not for the two that do."""
    access = Access.of(
        [1, 1], [[1, np.inf, 2], [np.inf, 1, 2]], cost=[1, 9, 12], site=["A", "B", "C"], demand=["a", "b"]
    )
    message = impossible(PMedian(p=2, budget=9.0), access)
    assert "too small" in message
    assert least_number(message) == 10
    # undivided points of 3, 3 and 3 do not fit into sites of 5 and 4 that could hold all of them in parts
    pieces = Access.of([3, 3, 3], np.ones((3, 2)), capacity=[5, 4], site=["A", "B"])
    message = refused(CapacitatedPMedian(p=2), pieces)
    assert "not found" not in message
    assert message


def test_without_time_nothing_is_claimed_that_was_not_found() -> None:
    access = Access.of([1, 1, 1], np.where(np.eye(3), 1.0, np.inf))
    message = impossible(PMedian(p=2), access, time_limit=0.0)
    assert "not found in the time given" in message
    assert "too few" not in message


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_reasons_exist_in_both_languages(lang: str) -> None:
    access = Access.of([1, 1, 1], np.where(np.eye(3), 1.0, np.inf), cost=[1, 1, 1])
    assert "3" in impossible(PMedian(p=2), access, lang=lang)
    assert "3" in impossible(PMedian(budget=2.0), access, lang=lang)
    assert "1" in impossible(PMedian(p=2, forbid=("1",)), access, lang=lang)


def test_a_reason_is_only_looked_for_when_asked() -> None:
    access = Access.of([1, 1, 1], np.where(np.eye(3), 1.0, np.inf))
    question = replace(PMedian(p=2))
    assert locate(question, access, explain=False, method="program").message == ""


SQUARE = Access.of(
    [1, 2, 3],
    [[1, 5, 9], [5, 1, 9], [9, 9, 2]],
    cost=[1, 2, 3],
    capacity=[2, 3, 3],
    between=[[0, 4, 8], [4, 0, 8], [8, 8, 0]],
    demand=["a", "b", "c"],
    site=["X", "Y", "Z"],
)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("question", "want"),
    [
        (SetCovering(1.5), "Demand point c has no allowed site within 1.5."),
        (SetCovering(3.0, budget=2.0), "The budget of 2 is too small: .* at least 6 "),
        (CapacitatedFacilityLocation(budget=3.0), "The budget of 3 is too small: .* at least 5 "),
        (PDispersion(p=2, budget=2.0), "The budget of 2 is too small: .* at least 3 "),
        (MaximalCovering(p=2, radius=1.0, budget=2.0), "The budget of 2 is too small: .* at least 3 "),
    ],
)
def test_every_kind_of_question_is_told_in_the_same_words_on_both_ways(
    question: Question, want: str, method: str
) -> None:
    assert re.match(want, refused(question, SQUARE, method))
