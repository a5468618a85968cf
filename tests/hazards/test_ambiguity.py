"""From what is said about unknown probabilities to the set of distributions."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from instances.accounts import Ledger
from instances.hazards.alike import distances
from instances.hazards.ambiguity import unknown_probabilities
from instances.hazards.reduction import thin
from instances.hazards.scenarios_rule import AlikeRule, AmbiguityRule, ScenariosRule
from instances.index import Index
from instances.scenarios import Ambiguity, Scenarios
from instances.schema import InstanceError
from tests.hazards.test_reduction import drawn

WHY = "Said by nobody, for the test alone."


def three() -> Scenarios:
    words = np.array(["flood", "fire", "quake"])
    return Scenarios(
        Index.named("scenario", words), [0.6, 0.3, 0.1], np.array(["moderate", "high", "extreme"]), words, words
    )


def ambiguity(distance: np.ndarray | None = None, ledger: Ledger | None = None, **said: object) -> Ambiguity:
    rule = AmbiguityRule.model_validate({"assumption": WHY, **said})
    return unknown_probabilities(rule, three(), ledger or Ledger("scenarios"), distance)


def test_factors_are_around_the_nominal_probabilities_and_clipped_to_one() -> None:
    found = ambiguity(kind="interval", lower={"factor": 0.5}, upper={"factor": 2.0})
    assert not found.faults
    assert found.lower == pytest.approx([0.3, 0.15, 0.05])
    assert found.upper == pytest.approx([1.0, 0.6, 0.2])
    assert found.radius is None and found.distance is None


def test_absolute_bounds_and_own_bounds_of_levels_and_names_come_before_the_general_ones() -> None:
    found = ambiguity(
        kind="interval",
        upper={"factor": 1.5},
        own={
            "quake": {"upper": {"probability": 0.5}},
            "extreme": {"lower": {"factor": 1}, "upper": {"probability": 0.2}},
            "high": {"upper": {"factor": 2}},
        },
    )
    assert found.lower == pytest.approx([0.0, 0.0, 0.1])
    assert found.upper == pytest.approx([0.9, 0.6, 0.5]), "the name comes before the level"


def test_sets_with_a_radius_hold_every_distribution_within_it_unless_bounds_are_given() -> None:
    found = ambiguity(kind="total variation", radius=0.2)
    assert not found.faults and found.radius == 0.2
    assert (found.lower == 0).all() and (found.upper == 1).all()


def test_a_wasserstein_set_has_the_distances_of_the_scenarios_that_are_left() -> None:
    futures, ledger = drawn(10, seed=2), Ledger("scenarios")
    said = {"kind": "wasserstein", "radius": 0.1, "source": "Somebody (2001)", "clause": "table 3"}
    both = {"reduce": {"to": 4, "keep": [], "stand_in": "any"}, "ambiguity": said}
    left = thin(ScenariosRule.model_validate(both), futures, ledger)
    assert left.ambiguity is not None and not left.ambiguity.faults
    assert left.ambiguity.scenario is left.scenarios.scenario
    kept = [futures.scenarios.scenario.position(name) for name in left.scenarios.scenario.labels()]
    whole = distances(AlikeRule(), futures).between
    assert left.ambiguity.distance == pytest.approx(whole[np.ix_(kept, kept)])
    assert any("Somebody (2001); table 3" in source for source in ledger.sources)
    all_of_them = thin(ScenariosRule.model_validate({"ambiguity": said}), futures, Ledger("scenarios"))
    assert all_of_them.scenarios is futures.scenarios and all_of_them.ambiguity is not None
    assert all_of_them.ambiguity.distance == pytest.approx(whole)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"kind": "interval", "upper": {"factor": 0.9}}, "no distribution fits: upper bounds sum to 0.9"),
        ({"kind": "interval", "lower": {"probability": 0.4}}, "no distribution fits: lower bounds sum to 1.2"),
        (
            {"kind": "interval", "lower": {"probability": 0.2}, "upper": {"factor": 1.5}},
            "lower bound above the upper one in 1 scenarios: quake",
        ),
        ({"kind": "interval", "own": {"tsunami": {}}}, "no level or scenario called 'tsunami'"),
        (
            {"kind": "total variation", "radius": 0.1, "upper": {"probability": 0.5}},
            r"nominal probability of 1 scenarios lies outside its bounds \(flood\)",
        ),
        ({"kind": "wasserstein", "radius": 0.1}, "needs the distances"),
    ],
)
def test_bounds_that_leave_no_distribution_are_refused(said: dict[str, object], fault: str) -> None:
    with pytest.raises(InstanceError, match=fault):
        ambiguity(**said)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"kind": "interval", "radius": 0.1, "upper": {"factor": 2}}, "a radius belongs to"),
        ({"kind": "total variation"}, "a radius belongs to"),
        ({"kind": "interval"}, "give lower, upper or own"),
        ({"kind": "interval", "upper": {"factor": 2, "probability": 0.5}}, "either factor or probability"),
        ({"kind": "interval", "upper": {"factor": 2}, "assumption": None}, "either a source with its clause"),
        ({"kind": "guess"}, "Input should be 'interval'"),
    ],
)
def test_rules_that_say_too_much_or_too_little_are_refused(said: dict[str, object], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        ambiguity(**said)


def test_the_words_say_whether_it_is_assumed() -> None:
    ledger = Ledger("scenarios")
    ambiguity(ledger=ledger, kind="total variation", radius=0.2)
    assert any(WHY in text for text in ledger.assumptions) and not ledger.sources
    assert "at most 0.2" in ledger.notes[-1]
