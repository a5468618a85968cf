from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from solver.fronts.summary import ending, proof
from solver.pareto.front import Front
from solver.words import WORDS
from solver.words.fronts import FRONTS
from tests.fronts.small import listed


def front(**changes: object) -> Front:
    return dataclasses.replace(listed(2, known=0.7).front, **changes)


def test_a_complete_front_is_said_to_be_complete() -> None:
    said = proof(front(complete=True, epsilon=0.0), 0.01, "en")
    assert said[1] == "Proven complete: there is no other trade-off between loss_0, loss_1."
    assert ending(front(complete=True), 0.01, "en") == []
    coarse = proof(front(complete=True, resolution=np.array([0.0, 2.5])), 0.01, "en")
    assert coarse[2] == "Points closer together than the resolution may count as one: loss_1 2.5 people."


def test_what_is_missing_is_said_with_its_share_of_the_range() -> None:
    said = proof(front(epsilon=0.0123, hypervolume=0.5, hypervolume_bound=0.625), 0.05, "en")
    assert "at most 1.23 % of the range worse in any objective." in said[2]
    assert said[3] == "Of what any front can reach, these plans reach 80 % for certain."


def test_without_bounds_nothing_is_promised() -> None:
    said = " ".join(proof(front(epsilon=np.inf), 0.05, "en"))
    assert "is not known" in said and "%" not in said.split("judged")[1]


def test_who_stopped_early_is_told_how_to_go_on() -> None:
    assert "--resume" in ending(front(status="stopped", epsilon=0.2), 0.01, "en")[0]
    part = front(status="representation", epsilon=0.2)
    assert "front.points: null" in ending(part, 0.01, "en", len(part))[0]
    assert ending(part, 0.01, "en", len(part) + 1) == ending(part, 0.3, "en") == []
    grown = front(status="representation", epsilon=0.2, method="genetic")
    assert "All generations are done" in ending(grown, 0.01, "en", len(grown) + 1)[0]


@pytest.mark.parametrize("key", sorted(FRONTS))
def test_both_languages_of_a_sentence_take_the_same_values(key: str) -> None:
    import string

    english, chinese = (sorted(name for _, name, _, _ in string.Formatter().parse(text) if name) for text in WORDS[key])
    assert english == chinese
    assert WORDS[key][0] and WORDS[key][1] != WORDS[key][0]
