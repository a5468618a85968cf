from __future__ import annotations

import numpy as np
import pytest
import shapely
from pydantic import ValidationError

from instances.layers.layer import Layer
from instances.people.rule import PeopleRule
from tests.people.towns import run

TOTAL = {"people": 1000, "assumption": "a round number for the test"}
BY = {"land": {"layer": "land", "column": "use", "weights": {"homes": 1.0}, "assumption": "people live in homes"}}


def land() -> Layer:
    shape = np.array([shapely.box(0, 0, 300, 100), shapely.box(300, 0, 400, 100), shapely.box(0, 100, 50, 200)], object)
    return Layer("land", np.array(["a", "b", "c"]), shape, {"use": np.array(["homes", "works", "homes"])}, "EPSG:32631")


def test_a_total_is_spread_over_what_carries_weight_and_kept_to_the_person():
    who, _ = run({"total": TOTAL, "by": BY, "to": {"grid": 100.0}}, [land()])
    assert who.people.sum() == 1000
    square = {(int(x // 100), int(y // 100)): n for x, y, n in zip(who.x, who.y, who.people, strict=True)}
    # 30,000 m2 and 5,000 m2 of homes: 857.1 and 142.9 people, in three full squares and half of one.
    assert len(square) == 4
    assert square[(0, 1)] in (142, 143) and all(square[(k, 0)] in (285, 286) for k in range(3))
    assert (3, 0) not in square, "nobody lives in the works"


def test_a_total_without_weights_and_without_a_source_says_what_is_missing():
    with pytest.raises(ValidationError, match="exactly one source"):
        PeopleRule.model_validate({"total": TOTAL})
