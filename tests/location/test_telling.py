"""What an answer says of itself in words is never more than what is known."""

from __future__ import annotations

import re
from dataclasses import replace
from string import Formatter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.location.access import Access
from formulations.location.median.p_median import PMedian
from solver.locating.insight.telling import _outward
from solver.locating.locate import locate
from solver.locating.located import Located
from solver.solution import Status
from solver.words.location import LOCATION
from tests.location.test_alternatives import square
from tests.location.test_names import questions

BETTER_THAN_PROVEN = ("Proven best", "已证明最优")


def points(n: int, seed: int = 0) -> Access:
    at = np.random.default_rng(seed).random((n, 2))
    return Access.of(np.ones(n), np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)))


def stated_bound(text: str) -> float:
    found = re.search(r"No plan is below (\S+) ", text)
    assert found is not None, text
    return float(found[1].replace(",", ""))


def test_a_proven_plan_says_so_with_value_and_sites() -> None:
    located = locate(PMedian(p=3), square())
    text = located.summary()
    assert text.startswith("p-median: Proven best")
    assert f"{located.value:,.0f}" in text
    assert "3 of 7 sites chosen" in text
    assert all(site in text for site in located.chosen)
    assert "已证明最优" in located.summary("zh")


@pytest.mark.parametrize("method", ["auto", "program"])
@pytest.mark.parametrize("seconds", [1e-9, 0.02, 0.3])
def test_a_stopped_run_says_nothing_that_is_not_known(method: str, seconds: float) -> None:
    access = points(120)
    located = locate(PMedian(p=9), access, time_limit=seconds, method=method)
    if located.status is Status.PROVEN:
        return
    for lang in ("en", "zh"):
        text = located.summary(lang)
        assert not any(word in text for word in BETTER_THAN_PROVEN)
    text = located.summary()
    if located.status is Status.NO_PLAN:
        assert "Whether there is one is not known" in text
        assert "sites chosen" not in text
    elif located.gap is not None and located.bound is not None:
        assert stated_bound(text) <= located.bound * (1 + 1e-9)
    else:
        assert "nothing is known about how much better" in text


def made(status: Status, gap: float | None, bound: float | None) -> Located:
    located = locate(PMedian(p=3), square())
    return replace(located, solution=replace(located.solution, status=status, gap=gap, bound=bound))


def test_each_way_to_end_has_its_own_words() -> None:
    stopped = made(Status.TIME_LIMIT, 0.125, 700.0).summary()
    assert "Stopped at the time limit" in stopped
    assert "12.5 %" in stopped
    assert "nothing is known about how much better" in made(Status.TIME_LIMIT, None, None).summary()
    assert "Interrupted" in made(Status.INTERRUPTED, 0.125, 700.0).summary()
    within = made(Status.WITHIN_GAP, 0.01, 700.0).summary()
    assert "Proven: no plan is better by more than 1 %" in within
    failed = made(Status.FAILED, 0.0, 700.0).summary()
    assert "no plan is below" not in failed.lower()


@given(st.floats(-1e9, 1e9).filter(lambda b: b == 0 or abs(b) > 1e-3), st.sampled_from(["below", "above"]))
def test_a_bound_is_rounded_so_that_what_is_said_stays_true(bound: float, side: str) -> None:
    said = float(_outward(bound, side).replace(",", ""))
    room = 1e-9 * abs(bound)
    assert said <= bound + room if side == "below" else said >= bound - room
    assert said == pytest.approx(bound, rel=2e-5, abs=2e-6)


def test_many_sites_are_counted_and_not_all_named() -> None:
    located = locate(PMedian(p=20), points(40))
    assert "and 9 more" in located.summary()


def test_another_language_is_an_error() -> None:
    with pytest.raises(ValueError, match="lang"):
        locate(PMedian(p=1), square()).summary("de")


def test_every_sentence_has_the_same_gaps_to_fill_in_both_languages() -> None:
    for key, texts in LOCATION.items():
        fields = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in texts]
        assert fields[0] == fields[1], key
        assert all(text.strip() for text in texts)


def test_every_question_has_a_name_in_both_languages() -> None:
    assert {f"question.{one.title}" for one in questions()} <= set(LOCATION)
    assert {f"aim.{one.aim}" for one in questions()} <= set(LOCATION)
