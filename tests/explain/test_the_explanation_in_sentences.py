"""The explanation as people read it, in both languages, of a made-up town."""

from __future__ import annotations

import json

import pytest

from formulations.plan import IntegratedPlan, Promise
from solver.explain import explain, sentences
from solver.words.explain import EXPLAIN
from tests.instances.tiny import tiny_instance

ENGLISH = [
    "These 2 rules cannot all be kept, whatever plan is made:",
    "  - Promise 1 (moderate shocks): everybody in need has a place in “Shock 1, moderate”, first hours (165 people).",
    "  - Budget: at most 1,000 EUR before the event.",
    "Proven: no smaller set of rules is in conflict.",
    "What would help at the least change (proven; every limit counted by its relative change):",
    "  - raise the budget from 1,000 to 53,400 EUR (by 52,400)",
    "Each of these was checked: with the changed limits there is a plan.",
    "Proven: no change of promise 1 (moderate shocks) alone is enough.",
]


@pytest.fixture(scope="module")
def town():
    return tiny_instance()


@pytest.fixture(scope="module")
def why(town):
    promises = (Promise("moderate", 0.0), Promise("high", 0.6))
    return explain(IntegratedPlan(promises=promises, budget=1000.0).build(town).matrix(), prices={"budget": 1e-3})


def test_a_mayor_reads_what_is_in_conflict_and_what_would_help(why, town):
    said = why.sentences("en", town)
    assert said == [*ENGLISH[:6], *said[6:-2], *ENGLISH[6:]]


def test_the_same_is_said_in_chinese(why, town):
    said = why.sentences("zh", town)
    assert len(said) == len(why.sentences("en", town))
    assert said[2] == "  - 预算：灾前支出不超过 1,000 EUR。"
    assert "  - 将预算由 1,000 提高到 53,400 EUR（增加 52,400）" in said


def test_the_plain_data_say_the_same_after_a_trip_through_json(why, town):
    stored = json.loads(json.dumps(why.to_dict(), allow_nan=False))
    assert sentences(stored, "en", town) == why.sentences("en", town)


def test_without_the_instance_labels_stand_in_for_titles(why):
    assert "“shock 1”" in why.sentences("en")[1]


def test_every_sentence_takes_the_same_values_in_both_languages():
    import string

    for key, (english, chinese) in EXPLAIN.items():
        fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (english, chinese)]
        assert fields[0] == fields[1], key


def test_an_unknown_language_is_refused(why):
    with pytest.raises(ValueError, match="en or zh"):
        why.sentences("fi")
