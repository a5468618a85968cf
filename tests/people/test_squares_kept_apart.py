from __future__ import annotations

import numpy as np
import pytest
import shapely
from pydantic import ValidationError

from instances.layers.layer import Layer
from instances.people.rule import PeopleRule
from tests.people.towns import run


def two_districts() -> Layer:
    # The border runs through the middle of a column of squares, with a bay that pulls a centre of gravity across.
    west = shapely.Polygon([(0, 0), (250, 0), (250, 90), (150, 90), (150, 110), (250, 110), (250, 300), (0, 300)])
    east = shapely.box(0, 0, 500, 300).difference(west)
    return Layer(
        "districts",
        np.array(["w", "e"]),
        np.array([west, east], object),
        {"people": np.array([701, 302])},
        "EPSG:32631",
    )


@pytest.mark.parametrize("least", [0, 40])
def test_every_district_keeps_its_people_when_squares_are_cut_at_its_border(least):
    rule = {"areas": {"layer": "districts"}, "to": {"grid": 100.0, "apart": True}, "least": least}
    who, _ = run(rule, [two_districts()])
    west, east = two_districts().shape
    at = shapely.points(who.x, who.y)
    assert who.people[shapely.intersects(west, at)].sum() == 701
    assert who.people[shapely.intersects(east, at)].sum() == 302


def test_without_it_a_square_across_the_border_is_one_point():
    rule = {"areas": {"layer": "districts"}, "to": {"grid": 100.0}}
    whole, _ = run(rule, [two_districts()])
    apart, _ = run({**rule, "to": {"grid": 100.0, "apart": True}}, [two_districts()])
    assert whole.people.sum() == apart.people.sum() == 1003
    assert len(apart.people) > len(whole.people) == 15


def test_only_squares_can_be_kept_apart():
    with pytest.raises(ValidationError, match="apart belongs to grid"):
        PeopleRule.model_validate({"areas": {"layer": "a"}, "to": {"places": True, "apart": True}})
